"""Parses dates and times as people write them (`commands.md`).

A small grammar rather than a guesser: a phrase is a day, an hour or a range of hours, or both in either order, and must
match as a whole. An ambiguous phrase is refused, or read one way with an explanation.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from planner.domain.errors import InputError
from planner.domain.typed import zones
from planner.domain.typed.dates import DayReader, period_of
from planner.domain.typed.hours import TIME, are_hours, read_hour, read_range
from planner.domain.typed.moment import HINT, Towards, When, WrongDate
from planner.domain.typed.names import DAY_NAMES, MONTH_NAMES, NUMBER, NUMBER_OF, PARTS_OF_DAY, WEEKDAY_OF, normal
from planner.domain.workdays import DAY, Period

FIRST_YEAR, LAST_YEAR = 1970, 2200
LONGEST_PHRASE = 100  # characters
LONGEST_RANGE = 3660  # days
JUST_OVER = 31  # days for which past days off are still the ones meant
LONGEST_UNDATED = 183  # days in a range whose ends have no year, beyond which the ends must be reversed

_TIME_ALONE = re.compile(TIME)
_DAY_THEN_TIME = re.compile(rf"(?P<day>.+?) (?P<to_end>to )?{TIME}")
_TIME_THEN_DAY = re.compile(rf"{TIME} (?P<day>.+)")
# A bare number is an hour after these ("fri 10", "27 nov 10"), but not after "in 2 weeks".
_TAKES_AN_HOUR = re.compile(
    rf".*(?:\b(?:{DAY_NAMES}|today|tomorrow|yesterday|tonight|{PARTS_OF_DAY}|{MONTH_NAMES}|\d{{4}})"
    rf"|(?:{MONTH_NAMES}) \d{{1,2}}(?:st|nd|rd|th)?|\d(?:st|nd|rd|th)|\d-\d{{1,2}}|\d\.)"
)
# Separators of a range of days, most reliable first.
_BETWEEN_DAYS = (r" ?\.\.(?!\.) ?", r" (?:to|until|till|thru|through) ", r" and ", r" - ", r"-")
# Days that recur: a weekday, a date without its year, a day of the month.
_FLOATING = re.compile(
    rf"(?:{DAY_NAMES})|(?:(?:{DAY_NAMES}) )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ -]?(?:{MONTH_NAMES})"
    rf"|(?:{MONTH_NAMES})[ -]?\d{{1,2}}(?:st|nd|rd|th)?|(?:the )?\d{{1,2}}(?:st|nd|rd|th)"
    r"|\d{1,2}\.\d{1,2}\.|\d{1,2}/\d{1,2})"
)
# "in 3 working days", "5 business days before 31 dec": counting calendar days would be wrong
WORKING_DAYS = re.compile(
    r"(?<!every )(?<!every other )\b(?:\d+|an?|one|two|three|four|five|ten) ?(?:working|business|work) days?\b"
)


def parse_when(
    text: str, now: datetime, *, towards: Towards = "future", today: date | None = None, spans: bool = False
) -> When:
    """Parse a phrase at local time `now`, with years from 1970 to 2200. `today` is the rep's day if it isn't that date.
    With `spans` it may be a range of hours (``fri 10:00 to 11:30``), which sets `minutes`.

    `towards` is how to resolve a bare weekday or a date without a year: in the future (due dates), in the past (past
    events), near (the nearest date, but weekdays ahead, for a calendar), or strictly the first from today on or the
    last until today. A past date without a year is also the nearest one, so that one just ahead shows as being in the
    future instead of last year. Raises InputError with a hint, or WrongDate for a date that can't be right.
    """
    today = today or now.date()
    if WORKING_DAYS.search(normal(text)):
        raise WrongDate(f"{text!r} counts working days, which isn't supported here. Write the date.")
    found = _read(text, now, today, towards)
    if found is None and _as_range(normal(text), now, today) is not None:
        raise WrongDate(f"{text!r} is a range of days. Write a single day.")
    if found is None:
        raise InputError(f"{text!r} isn't a date. {HINT}.")
    if found.minutes is not None and not spans:
        raise WrongDate(f"{text!r} is a time range. Write a single time, such as {found.at:%H:%M}.")
    return found


def _read(text: str, now: datetime, today: date, towards: Towards) -> When | None:
    """Parse as in `parse_when`, but return None for anything else."""
    phrase = normal(text)
    if not phrase:
        raise InputError(f"There's no date. {HINT}.")
    found = _Phrase(text, now, today, towards).read(phrase) if len(phrase) <= LONGEST_PHRASE else None
    if found is not None and not FIRST_YEAR <= found.day.year <= LAST_YEAR:
        raise InputError(f"{text!r} is in {found.day.year}. Use a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return found


class _Phrase:
    """Parser for a phrase: a day, an hour or a range of hours, or both in either order. Each method returns None for
    what it doesn't know.
    """

    def __init__(self, text: str, now: datetime, today: date, towards: Towards) -> None:
        self.text, self.now, self.today, self.towards = text, now, today, towards
        self.days = DayReader(text, today, towards)

    def read(self, phrase: str) -> When | None:
        return self._relative_clock(phrase) or self._day_and_time(phrase) or self.days.read(phrase)

    def _relative_clock(self, phrase: str) -> When | None:
        if phrase == "now":
            return self._moment(self.now)
        amount = rf"({NUMBER}|\d+[.,]\d+|half an) ?(h|hours?|hr|min|minutes?)"
        found = re.fullmatch(rf"(?:in |\+){amount}|{amount} ago", phrase)
        if found is None:
            return None
        number, unit = found[1] or found[3], found[2] or found[4]
        many = 0.5 if number == "half an" else NUMBER_OF.get(number) or float(number.replace(",", "."))
        shift = timedelta(hours=many) if unit.startswith("h") else timedelta(minutes=many)
        return self._moment(self.now - shift if found[3] else self.now + shift)

    def _moment(self, moment: datetime) -> When:
        return When(moment.date(), moment.time().replace(second=0, microsecond=0))

    def _day_and_time(self, phrase: str) -> When | None:
        """Parse ``noon``, ``fri 10:00 to 11:30``, ``at 9 tomorrow``: hours alone, or with a day on either side."""
        for pattern in (_TIME_ALONE, _DAY_THEN_TIME, _TIME_THEN_DAY):
            match = pattern.fullmatch(phrase)
            found = None if match is None else self._with_time(match, front=pattern is _TIME_THEN_DAY)
            if found is not None:
                return found
        return None

    def _with_time(self, match: re.Match[str], *, front: bool) -> When | None:
        parts = match.groupdict()
        day_text, before, end = parts.get("day"), parts["before"].split(), parts["end"]
        takes_hour = day_text is not None and not front and _TAKES_AN_HOUR.fullmatch(day_text) is not None
        if not are_hours(parts, before, takes_hour=takes_hour, front=front):
            return None
        day = When(self.today) if day_text is None else self.days.read(day_text, timed=True)
        if day is None:
            return None
        late = re.search(r"\b(?:tonight|afternoon|evening|night)$", day_text or "") is not None and not front
        begin = parts["begin"]
        if begin is None:
            hours = read_hour(self.text, end, late=late)
        else:
            hours = read_range(self.text, begin, end, late=late, plain=not takes_hour)
        if hours is None:
            return None
        found = When(day.day, hours.at, "", hours.minutes)
        said = [day.said, hours.said]
        if takes_hour and end.isdigit() and begin is None and not before:
            said.append(self._which_number(day_text or "", day.day, int(end)))
        if parts["zone"] is not None:
            found = self._to_local(found, parts["zone"])
            said.append(found.said)
        if day_text is None and self.towards == "future" and found.moment() < self.now:
            said.append(f"{found.at:%H:%M} has passed today, so tomorrow")
            found = replace(found, day=found.day + DAY)
        return replace(found, said="; ".join(filter(None, said)))

    def _which_number(self, day_text: str, day: date, number: int) -> str:
        """Report a number that may not be an hour: ``27 nov 10``, or ``fri 20`` before Friday the 20th."""
        dated = re.search(rf"\b(?:{MONTH_NAMES})\b(?!.*\d{{4}})", day_text) is not None
        return f"{number} is read as a time" if dated or number == day.day else ""

    def _to_local(self, found: When, zone: str) -> When:
        """Convert a time in a zone to local time."""
        try:
            named = zones.read(zone)
        except InputError as problem:
            raise WrongDate(f"{self.text!r}: {problem}") from problem
        if named is None:
            raise InputError(f"{self.text!r}: {zone!r} isn't a known time zone. Write EST, UTC+2 or Berlin time.")
        moment = zones.to_local(found.moment(), named.zone)
        said = f"{found.at:%H:%M} {named.name}" if named.name.startswith(("UTC", "GMT")) else ""
        return replace(found, day=moment.date(), at=moment.time(), said=said or f"{found.at:%H:%M} in {named.name}")


# ranges of days


def read_days(text: str, now: datetime, *, today: date | None = None) -> tuple[Period, str]:
    """Parse a period, and return it with an explanation if it was ambiguous (else an empty string).

    The end is the first date that fits after the start. The whole range is the one containing today, one just past, or
    the coming one. ``next week`` is all of it. Raises InputError.
    """
    today = today or now.date()
    phrase = normal(text)
    found = _as_range(phrase, now, today)
    if found is not None:
        return found
    if _FLOATING.fullmatch(phrase) and phrase not in WEEKDAY_OF:
        day, said = _relative_range(phrase, phrase, now, today)
    else:
        when = parse_when(text, now, towards="near", today=today)
        if when.at is not None:
            raise InputError(f"{text!r} is a time, not a day.")
        day, said = Period(when.day, when.day), when.said
    return day, said


def _as_range(phrase: str, now: datetime, today: date) -> tuple[Period, str] | None:
    """Parse a phrase that names several days, or return None. Raises InputError for an impossible range."""
    if len(phrase) > LONGEST_PHRASE:
        return None
    whole = re.fullmatch(r"(this|next|last) (week|month|quarter|year)|(?:the )?whole (week|month)", phrase)
    if whole:
        unit, shift = whole[2] or whole[3], {"next": 1, "last": -1}.get(whole[1], 0)
        period = period_of(unit, today, shift)
        return period, f"the whole {unit}, {_ends(period)}"
    for separator in _BETWEEN_DAYS:
        if separator == r" and " and not phrase.startswith("between "):
            continue
        for match in re.finditer(separator, phrase):
            first = re.sub(r"^(?:from|between) ", "", phrase[: match.start()])
            ends = _with_months(first, phrase[match.end() :])
            try:
                return _relative_range(*ends, now, today)
            except WrongDate:
                raise
            except InputError:
                if separator == _BETWEEN_DAYS[0]:
                    raise  # two dots only ever separate days
    return None


def _with_months(first: str, last: str) -> tuple[str, str]:
    """Complete ``24..31 dec`` and ``dec 24..31``, where the month appears once."""
    number = r"(?:the )?(\d{1,2})(?:st|nd|rd|th)?\.?"
    behind = re.fullmatch(rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)?( (?:{MONTH_NAMES})(?: \d{{4}})?)", last)
    alone = re.fullmatch(number, first)
    if behind and alone:
        return alone[1] + behind[1], last
    ahead, alone = re.match(rf"(?:(?:{DAY_NAMES}) )?((?:{MONTH_NAMES}) )\d", first), re.fullmatch(number, last)
    if ahead and alone:
        return first, ahead[1] + alone[1]
    return first, last


def _relative_range(first: str, last: str, now: datetime, today: date) -> tuple[Period, str]:
    """Return the range between two days relative to today. Raises InputError, or WrongDate for an impossible one."""

    def day(text: str, towards: Towards, anchor: date) -> date:
        found = _read(text, datetime.combine(anchor, now.time()), anchor, towards)
        if found is None:
            raise InputError(f"{text!r} isn't a date. {HINT}.")
        if found.at is not None:
            raise InputError(f"{text!r} is a time, not a day.")
        return found.day

    def last_after(start: date) -> date:
        if first == last and first in WEEKDAY_OF:
            return start + timedelta(days=7)
        if _FLOATING.fullmatch(last):
            return day(last, "from", start)
        return day(last, "from", start if last.startswith("+") else today)

    def the_one_before(start: date) -> tuple[date, date]:
        try:
            before = day(first, "until", start - DAY)
        except WrongDate:  # falls on another weekday than the one given
            return date.min, date.min
        return before, last_after(before)

    said = ""
    day(last, "from", today)  # raises if it isn't a day at all
    if not _FLOATING.fullmatch(first):
        start = day(first, "from", today)
        end = last_after(start)
    elif not _FLOATING.fullmatch(last) and not last.startswith("+"):
        end = day(last, "from", today)
        start = day(first, "until", end)
    else:
        start = day(first, "from", today)
        end = last_after(start)
        before, over = the_one_before(start)
        yearly = re.search(rf"{MONTH_NAMES}|[./]", first) is not None
        if start > today and (today - over).days <= (JUST_OVER if yearly else 0):
            start, end = before, over
            said = "read as the dates just past" if over < today else "read as the current dates"
        elif start.year != today.year:
            said = f"read as the dates in {start.year}"
    dated = not (_FLOATING.fullmatch(first) is None or _FLOATING.fullmatch(last) is None)
    if end < start or (dated and (end - start).days > LONGEST_UNDATED):
        raise WrongDate(f"The range {first}..{last} ends before it starts.")
    if (end - start).days > LONGEST_RANGE:
        raise WrongDate(f"The range {first}..{last} is longer than ten years.")
    return Period(start, end), said


def _ends(period: Period) -> str:
    return f"{When(period.first).echo()} to {When(period.last).echo()}"
