"""Dates and times as people write them (`commands.md`).

A small grammar rather than a guesser: a phrase is a day, an hour or a range of hours, or both in either order, and must
match as a whole. An ambiguous phrase is refused, or read one way with an explanation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from planner.domain.errors import InputError
from planner.domain.typed import zones
from planner.domain.workdays import DAY, Period, month_of, week_of

FIRST_YEAR, LAST_YEAR = 1970, 2200
LONGEST_PHRASE = 100  # characters
LONGEST_RANGE = 3660  # days
JUST_OVER = 31  # days for which past days off are still the ones meant
Towards = Literal["future", "past", "near", "from", "until"]
HINT = "write a date like 2026-11-27, 27 Nov, today, tomorrow 9am, fri, next fri 14:30, +3d, in 2 weeks or end of month"

WEEKDAY_OF = {
    name: index
    for index, names in enumerate(
        [
            ("monday", "mon"),
            ("tuesday", "tue", "tues"),
            ("wednesday", "wed"),
            ("thursday", "thu", "thur", "thurs"),
            ("friday", "fri"),
            ("saturday", "sat"),
            ("sunday", "sun"),
        ]
    )
    for name in names
}
MONTH_OF = {
    name: index
    for index, names in enumerate(
        [
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ],
        start=1,
    )
    for name in names
}
NUMBER_OF = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"a": 1, "an": 1}
_UNITS = {"d": "days", "day": "days", "w": "weeks", "wk": "weeks", "week": "weeks", "mo": "months", "month": "months"}
_UNITS |= {"y": "years", "year": "years"}
DAY_NAMES = "|".join(sorted(WEEKDAY_OF, key=len, reverse=True))
MONTH_NAMES = "|".join(sorted(MONTH_OF, key=len, reverse=True))
_NUMBER = rf"\d{{1,4}}|(?:{'|'.join(NUMBER_OF)})(?= )"  # "and" is not "an d"
_UNIT = r"days?|d|weeks?|wk|w|months?|mo|years?|y"
_PARTS = "morning|afternoon|evening|night"

# Words that may precede a date or an hour.
PREPOSITIONS = ("by", "on", "at", "until", "till", "due", "before", "after", "from", "starting", "beginning")
_PREPOSITIONS = rf"(?:(?:{'|'.join(PREPOSITIONS)}) )"
# 14:30, 9am, 9.30am, 17h, 17h30, noon, and a bare 10 or 10.30 only if the words around it leave no other reading
_CLOCK = r"\d{1,2}[:h]\d{2}(?: ?[ap]m)?|\d{1,2}(?:\.\d{2})? ?[ap]m|\d{1,2}h|noon|midday|midnight"
_HOUR = rf"(?:{_CLOCK}|\d{{1,2}}(?:\.\d{{2}})?)"
_TIME = (
    rf"(?P<before>{_PREPOSITIONS}*)"
    rf"(?:(?P<open>between )?(?P<begin>{_HOUR}) ?(?P<to>-|\.\.|to|thru|through|until|till|and) ?)?"
    rf"(?P<end>{_HOUR})(?: (?P<zone>{zones.WRITTEN}))?"
)
_DAY_THEN_TIME = re.compile(rf"(?P<day>.+?) (?P<to_end>to )?{_TIME}")
_TIME_THEN_DAY = re.compile(rf"{_TIME} (?P<day>.+)")
_TIME_ONLY = re.compile(_TIME)
_NAMED_HOURS = {"noon": 12, "midday": 12, "midnight": 0}
# A bare number is an hour after these ("fri 10", "27 nov 10"), but not after "in 2 weeks".
_TAKES_AN_HOUR = re.compile(
    rf".*(?:\b(?:{DAY_NAMES}|today|tomorrow|yesterday|tonight|{_PARTS}|{MONTH_NAMES}|\d{{4}})"
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
LONGEST_UNDATED = 183  # days in a range whose ends have no year, beyond which the ends must be reversed


class WrongDate(InputError):
    """A date that can't be right: the wrong weekday for it, or a zone abbreviation of several places."""


@dataclass(frozen=True, slots=True)
class When:
    """A resolved date, its hour if given, and the minutes of a range of hours. `said` explains how an ambiguous phrase
    was read, or is empty.
    """

    day: date
    at: time | None = None
    said: str = ""
    minutes: int | None = None

    def moment(self, default: time = time(12)) -> datetime:
        """Return the local date and time, with `default` if no hour was given."""
        return datetime.combine(self.day, self.at or default)

    def at_end(self) -> When:
        """Return the end of a range of hours, for what is due by it. Anything else is unchanged."""
        if self.minutes is None:
            return self
        end = self.moment() + timedelta(minutes=self.minutes)
        said = f"by the end of {self.at:%H:%M} to {end:%H:%M}"
        return When(end.date(), end.time(), f"{self.said}, {said}" if self.said else said)

    def echo(self) -> str:
        """Format as ``Fri 27 Nov 2026``, ``Fri 27 Nov 2026 14:30`` or ``Fri 27 Nov 2026 14:30 to 15:30``."""
        day = f"{self.day:%a} {self.day.day} {self.day:%b %Y}"
        if self.at is None:
            return day
        end = "" if self.minutes is None else f" to {self.moment() + timedelta(minutes=self.minutes):%H:%M}"
        return f"{day} {self.at:%H:%M}{end}"


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
    if WORKING_DAYS.search(_normal(text)):
        raise WrongDate(f"{text!r} counts working days, which a date can't; write the date itself.")
    found = _read(text, now, today, towards)
    if found is None and _as_range(_normal(text), now, today) is not None:
        raise WrongDate(f"{text!r} is a range of days; write one of them.")
    if found is None:
        raise InputError(f"{text!r} is not a date I can read; {HINT}.")
    if found.minutes is not None and not spans:
        raise WrongDate(f"{text!r} is a range of hours; write one time, such as {found.at:%H:%M}.")
    return found


def _read(text: str, now: datetime, today: date, towards: Towards) -> When | None:
    """Parse as in `parse_when`, but return None for anything else."""
    phrase = _normal(text)
    if not phrase:
        raise InputError(f"No date was given; {HINT}.")
    found = _Phrase(text, now, today, towards).read(phrase) if len(phrase) <= LONGEST_PHRASE else None
    if found is not None and not FIRST_YEAR <= found.day.year <= LAST_YEAR:
        raise InputError(f"{text!r} is in the year {found.day.year}; I keep years from {FIRST_YEAR} to {LAST_YEAR}.")
    return found


def is_hour(text: str) -> bool:
    """Whether a phrase is an hour or a range of hours, without a day."""
    return _TIME_ONLY.fullmatch(_normal(text)) is not None


def _normal(text: str) -> str:
    """Return a phrase in lower case and the spelling the patterns expect."""
    phrase = re.sub(r"[\s,]+", " ", re.sub(r"[–—]", "-", text.lower())).strip()
    phrase = re.sub(r"\b([ap])\.m\b\.?", r"\1m", phrase)
    phrase = re.sub(r"\b(\d{1,2}) ?o'?clock\b", r"\1:00", phrase)
    phrase = re.sub(r"\bhalf past (\d{1,2})\b", r"\1:30", phrase)
    phrase = re.sub(r"\b(?:a )?quarter past (\d{1,2})\b", r"\1:15", phrase)
    phrase = re.sub(r"\b(?:a )?quarter to (\d{1,2})\b", lambda to: f"{int(to[1]) - 1 or 12}:45", phrase)
    phrase = re.sub(r"\b(\d{1,2}:\d{2}) ?h\b", r"\1", phrase)
    phrase = re.sub(r"\b(\d{1,2}) h\b", r"\1h", phrase)
    phrase = re.sub(rf"\b(\d{{1,2}})\. ?(?={MONTH_NAMES})", r"\1 ", phrase)
    phrase = re.sub(rf"\b({MONTH_NAMES})\.(?= |$)", r"\1", phrase)
    phrase = re.sub(rf"^({DAY_NAMES})\.? (?=\d|{MONTH_NAMES})", r"\1 ", phrase)
    # in "thu 19 10:00" the hour comes last, so the number is the day
    hour = r"(?:at )?(?:\d{1,2}[:.h]\d{2}|\d{1,2} ?[ap]m)\b"
    phrase = re.sub(rf"\b({DAY_NAMES}) (\d{{1,2}}) (?={hour})", r"\1 \2th ", phrase)
    phrase = re.sub(r"(?<= )'(?=\d\d\b)", "20", phrase)
    phrase = re.sub(r"\b(\d{1,2}(?:[:.]\d{2})?) in the morning\b", r"\1am", phrase)
    phrase = re.sub(r"\b((?:0?\d|1[0-2])(?:[:.]\d{2})?) (?:in the (?:afternoon|evening)|at night)\b", r"\1pm", phrase)
    phrase = re.sub(r" in the (morning|afternoon|evening)\b", r" \1", phrase)
    phrase = re.sub(r"\b(\d{1,2}:\d{2})z\b", r"\1 utc", phrase)
    # machine formats: 2026-11-27T14:30:00, …Z, …+01:00
    phrase = re.sub(
        r"^(\d{4}-\d{2}-\d{2})t(\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?(z|[+-]\d{2}:\d{2})\b",
        lambda iso: f"{iso[1]} {iso[2]} utc{iso[3].strip('z')}",
        phrase,
    )
    phrase = re.sub(r"^(\d{4}-\d{2}-\d{2})t(?=\d)", r"\1 ", phrase)
    return re.sub(r"^(\S{10} \d{1,2}:\d{2}):\d{2}(?:\.\d+)?", r"\1", phrase)


class _Phrase:
    """Parser of one phrase. Each reader returns None for what it doesn't know."""

    def __init__(self, text: str, now: datetime, today: date, towards: Towards) -> None:
        self.text, self.now, self.today, self.towards = text, now, today, towards

    def read(self, phrase: str) -> When | None:
        return self._relative_clock(phrase) or self._day_and_time(phrase) or self._day(phrase)

    # hours

    def _relative_clock(self, phrase: str) -> When | None:
        if phrase == "now":
            return self._moment(self.now)
        amount = rf"({_NUMBER}|\d+[.,]\d+|half an) ?(h|hours?|hr|min|minutes?)"
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
        for pattern in (_TIME_ONLY, _DAY_THEN_TIME, _TIME_THEN_DAY):
            match = pattern.fullmatch(phrase)
            found = None if match is None else self._with_time(match, front=pattern is _TIME_THEN_DAY)
            if found is not None:
                return found
        return None

    def _with_time(self, match: re.Match[str], *, front: bool) -> When | None:
        parts = match.groupdict()
        day_text, before, end = parts.get("day"), parts["before"].split(), parts["end"]
        takes_hour = day_text is not None and not front and _TAKES_AN_HOUR.fullmatch(day_text) is not None
        if not _are_hours(parts, before, takes_hour=takes_hour, front=front):
            return None
        day = When(self.today) if day_text is None else self._day(day_text, timed=True)
        if day is None:
            return None
        late = re.search(r"\b(?:tonight|afternoon|evening|night)$", day_text or "") is not None and not front
        times = self._hours(parts["begin"], end, late=late, plain=not takes_hour)
        if times is None:
            return None
        found = When(day.day, times[0], "", times[1])
        said = [day.said, times[2]]
        if takes_hour and end.isdigit() and parts["begin"] is None and not before:
            said.append(self._which_number(day_text or "", day.day, int(end)))
        if parts["zone"] is not None:
            found = self._here(found, parts["zone"])
            said.append(found.said)
        if day_text is None and self.towards == "future" and found.moment() < self.now:
            said.append(f"{found.at:%H:%M} is over today, so tomorrow")
            found = replace(found, day=found.day + DAY)
        return replace(found, said="; ".join(filter(None, said)))

    def _which_number(self, day_text: str, day: date, number: int) -> str:
        """Report a number that may not be an hour: ``27 nov 10``, or ``fri 20`` before Friday the 20th."""
        dated = re.search(rf"\b(?:{MONTH_NAMES})\b(?!.*\d{{4}})", day_text) is not None
        return f"{number} is read as the hour" if dated or number == day.day else ""

    def _hours(self, begin: str | None, end: str, *, late: bool, plain: bool) -> tuple[time, int | None, str] | None:
        """Return the hour, the minutes of a range and how they were read, or None for a number that is no hour.

        `late` means in the evening, `plain` that only the words between the numbers make them hours.
        """
        if begin is None:
            minute, half = self._minute(end)
            if minute is None or minute >= 24 * 60:
                return None
            evening = late and not half and 60 <= minute < 12 * 60
            minute += 12 * 60 if evening else 0
            night = end.isdigit() and 60 <= minute < 7 * 60
            said = f"{minute // 60:02}:00 is in the night; write {minute // 60}pm for the afternoon" if night else ""
            return time(minute // 60, minute % 60), None, said
        (first, first_half), (last, last_half) = self._minute(begin), self._minute(end)
        if first is None or last is None:
            return None
        noon, day = 12 * 60, 24 * 60
        last, shifted = last or day, False
        if late and not first_half and not last_half:
            first, last = (minute + noon if minute < noon else minute for minute in (first, last))
        if last_half == "pm" and not first_half and first < noon <= last and first + noon < last:
            first += noon  # 2-4pm, but 10-2pm starts in the morning
        if last < first and not last_half and last + noon > first and last < noon and first < 18 * 60:
            last += noon  # 9am-5, 10 to 2
            shifted = True
        length = last - first if last > first else last + day - first
        if first >= day or (last <= first and length > noon):
            raise WrongDate(f"{self.text!r} ends before it begins.")
        said = "the numbers are read as hours" if plain and begin.isdigit() and end.isdigit() else ""
        said = f"until {last // 60:02}:{last % 60:02} of the same day" if shifted else said
        return time(first // 60, first % 60), length, said

    def _minute(self, written: str) -> tuple[int | None, str]:
        """Return a time of day in minutes (24:00 is 1440) and its am or pm, with None for a number that is no hour."""
        if written in _NAMED_HOURS:
            return _NAMED_HOURS[written] * 60, "named"
        match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2})|h)? ?([ap]m)?", written)
        assert match is not None
        hour, minute, half = int(match[1]), int(match[2] or 0), match[3] or ""
        if (half and not 1 <= hour <= 12) or hour * 60 + minute > 24 * 60 or minute > 59:
            if _is_bare(written):
                return None, ""
            raise InputError(f"{self.text!r}: {written!r} is not a time of day; write it like 14:30 or 9am.")
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return hour * 60 + minute, half

    def _here(self, found: When, zone: str) -> When:
        """Convert a time in a zone to local time."""
        try:
            named = zones.read(zone)
        except InputError as problem:
            raise WrongDate(f"{self.text!r}: {problem}") from problem
        if named is None:
            raise InputError(f"{self.text!r}: {zone!r} is not a time zone I know; write EST, UTC+2 or Berlin time.")
        moment = zones.here(found.moment(), named.zone)
        said = f"{found.at:%H:%M} {named.name}" if named.name.startswith(("UTC", "GMT")) else ""
        return replace(found, day=moment.date(), at=moment.time(), said=said or f"{found.at:%H:%M} in {named.name}")

    # days

    def _day(self, phrase: str, *, timed: bool = False) -> When | None:
        """Parse a day without hours. `timed` means its hours were given separately."""
        words = re.fullmatch(rf"((?:{_PREPOSITIONS})*)(.+)", phrase)
        before, rest = (words[1].split(), words[2]) if words else ([], phrase)
        part = re.fullmatch(rf"(?:this |(.+) )({_PARTS})", rest)
        if part:
            found = self._day(part[1] or "today", timed=timed)
            unsaid = "no hour was given" if found is not None and not timed else ""
            return None if found is None else replace(found, said="; ".join(filter(None, (found.said, unsaid))))
        for reader in (self._named, self._weekday, self._dated, self._offset):
            found = reader(rest)
            if found is None:
                continue
            if "after" in before and not timed:
                return When(found.day + DAY, None, "the day after")
            if "before" in before and not timed:
                return replace(found, said=found.said or "the day itself")
            return found
        return None

    def _named(self, rest: str) -> When | None:
        rest = re.sub(r"\bof (?:the|this) ", "of ", rest).removeprefix("the ")
        rest = {"eow": "end of week", "eom": "end of month", "eoy": "end of year"}.get(rest, rest)
        rest = {"month end": "end of month", "year end": "end of year", "quarter end": "end of quarter"}.get(rest, rest)
        near = {"today": 0, "tod": 0, "tonight": 0, "eod": 0, "end of day": 0, "tomorrow": 1, "tom": 1, "tmr": 1}
        near |= {"yesterday": -1, "day after tomorrow": 2, "day before yesterday": -2}
        if rest in near:
            return When(self.today + near[rest] * DAY)
        after_next = re.fullmatch(r"(week|month) after next", rest)
        if after_next:
            return When(_period(after_next[1], self.today, 2).first, None, f"the first day of that {after_next[1]}")
        edge = re.fullmatch(r"(?:(end|start|beginning) of )?(next )?(week|month|quarter|year)", rest)
        if edge and (edge[1] or edge[2]):
            period = _period(edge[3], self.today, 1 if edge[2] else 0)
            monday = not edge[1] and edge[3] == "week"
            return When(period.last if edge[1] == "end" else period.first, None, "the Monday of next week" * monday)
        month = re.fullmatch(rf"(end|start|beginning) of ({MONTH_NAMES})(?: (\d{{4}}))?", rest)
        if month is None:
            return None
        first = date(int(month[3]) if month[3] else self.today.year, MONTH_OF[month[2]], 1)
        if not month[3] and month_of(first).last < self.today:
            first = first.replace(year=first.year + 1)
        return When(month_of(first).last if month[1] == "end" else first)

    def _weekday(self, rest: str) -> When | None:
        match = re.fullmatch(rf"(?:(next|this|last|coming|this coming) )?({DAY_NAMES})", rest)
        if match:
            return self._one_weekday(match[1] or "", WEEKDAY_OF[match[2]])
        week = re.fullmatch(rf"(?:on )?({DAY_NAMES}) (?:of )?(next|this|last) week", rest) or re.fullmatch(
            rf"(?P<which>next|this|last) week (?:on )?(?P<day>{DAY_NAMES})", rest
        )
        if week:
            named = week.groupdict() or {"day": week[1], "which": week[2]}
            shift = {"next": 7, "this": 0, "last": -7}[named["which"]]
            day = week_of(self.today).first + timedelta(days=shift + WEEKDAY_OF[named["day"]])
            return When(day)
        after_next = re.fullmatch(rf"(?:the )?({DAY_NAMES}) after next", rest)
        if after_next:
            coming = self._one_weekday("", WEEKDAY_OF[after_next[1]]).day
            first, second = (When(coming + timedelta(days=7 * weeks)).echo() for weeks in (1, 2))
            raise WrongDate(f"{self.text!r} may be {first} or {second}; write the date.")
        week_on = re.fullmatch(rf"({DAY_NAMES}) week|a week on ({DAY_NAMES})", rest)
        if week_on:  # British English: a week after the coming one
            day = self._one_weekday("", WEEKDAY_OF[week_on[1] or week_on[2]]).day + timedelta(days=7)
            return When(day, None, f"a week after the coming {day:%A}")
        ahead = rf"(?:in )?(?:{_NUMBER}) weeks?(?: from now)?"
        later = re.fullmatch(rf"(?P<day>{DAY_NAMES}) (?P<ahead>in (?:{_NUMBER}) weeks?)", rest) or re.fullmatch(
            rf"(?P<ahead>{ahead}) (?:on )?(?P<day>{DAY_NAMES})", rest
        )
        if later is None:
            return None
        then = self._offset(later["ahead"])
        if then is None:
            return None
        day = week_of(then.day).first + timedelta(days=WEEKDAY_OF[later["day"]])
        return When(day, None, f"the {day:%A} of that week")

    def _one_weekday(self, prefix: str, wanted: int) -> When:
        today = self.today
        ahead, back = (wanted - today.weekday()) % 7, (today.weekday() - wanted) % 7
        if prefix == "last":
            return When(today - timedelta(days=back or 7))
        if prefix == "next":
            # "next fri" is always the Friday of next week.
            day = week_of(today).first + timedelta(days=7 + wanted)
            return When(day, None, f"the {day:%A} of next week")
        if self.towards in ("past", "until"):
            return When(today - timedelta(days=back))
        if ahead == 0 and prefix != "this" and self.towards != "from":
            return When(today + timedelta(days=7), None, f"today is a {today:%A}, so the one a week from now")
        return When(today + timedelta(days=ahead))

    def _offset(self, rest: str) -> When | None:
        match = re.fullmatch(
            rf"(?:in |\+)?({_NUMBER}) ?({_UNIT})|({_NUMBER}) ?({_UNIT}) (ago|from now)|-(\d+) ?(d|w)", rest
        )
        if match:
            back = match[5] == "ago" or match[6] is not None
            return self._shifted(self.today, match[1] or match[3] or match[6], match[2] or match[4] or match[7], back)
        match = re.fullmatch(rf"(?:(the|{_NUMBER}) )?({_UNIT}) (from|after|before) (.+)", rest)
        base = None if match is None else self._day(match[4])
        if match is None or base is None:
            return None
        number = match[1] if match[1] and match[1] != "the" else "a"
        return replace(self._shifted(base.day, number, match[2], match[3] == "before"), said=base.said)

    def _shifted(self, day: date, number: str, unit: str, back: bool) -> When:
        many = NUMBER_OF[number] if number in NUMBER_OF else int(number)
        name = _UNITS[unit] if unit in _UNITS else _UNITS[unit.rstrip("s")]
        if many > {"days": 36_500, "weeks": 5_200, "months": 1_200, "years": 100}[name]:
            raise InputError(f"{self.text!r} is more than a hundred years away.")
        return When(day + relativedelta(**{name: -many if back else many}))  # type: ignore[arg-type]

    def _dated(self, rest: str) -> When | None:
        """Parse a date whose weekday, if given, must match: ``fri 27 nov``, ``27 nov (fri)``."""
        match = re.fullmatch(rf"(?:(?:next |this )?({DAY_NAMES}) )?(.+?)(?: \(?({DAY_NAMES})\)?)?", rest)
        assert match is not None
        name, written = match[1] or match[3], match[2]
        if name is not None and re.fullmatch(r"2[4-9]|3[01]", written):
            written += "th"  # not an hour
        found = self._date_alone(written)
        if found is not None and name is not None and found.day.weekday() != WEEKDAY_OF[name]:
            day = replace(found, at=None).echo().partition(" ")[2]
            raise WrongDate(f"{self.text!r}: {day} is a {found.day:%A}, not a {_weekday_name(name)}.")
        return found

    def _date_alone(self, rest: str) -> When | None:
        iso = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", rest)
        if iso:
            return When(self._date(int(iso[1]), int(iso[3]), int(iso[4])))
        named = re.fullmatch(
            rf"(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]?({MONTH_NAMES})(?:[ -](\d{{4}}|\d{{2}}))?", rest
        )
        if named:
            return self._with_month(named[3], named[2], named[1])
        named = re.fullmatch(rf"({MONTH_NAMES})[ -]?(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: (\d{{4}}|\d{{2}}))?", rest)
        if named:
            return self._with_month(named[3], named[1], named[2])
        dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?", rest)
        if dotted:  # day.month.year is the only dotted order
            return self._in_year(dotted[3], int(dotted[2]), int(dotted[1]))
        slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?|(\d{1,2})-(\d{1,2})-(\d{4})", rest)
        if slashed:
            first, second = int(slashed[1] or slashed[4]), int(slashed[2] or slashed[5])
            if 1 <= first <= 12 and 1 <= second <= 12 and first != second:
                raise WrongDate(
                    f"{self.text!r} can be read two ways (day or month first); write it like 2026-11-27 or 27 Nov."
                )
            day, month = (first, second) if first > 12 else (second, first)
            return self._in_year(slashed[3] or slashed[6], month, day)
        ordinal = re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)(?: of (?:(next|this|the) )month)?", rest)
        if ordinal:
            return self._of_month(int(ordinal[1]), ordinal[2] or "")
        return None

    def _date(self, year: int, month: int, day: int) -> date:
        try:
            return date(year, month, day)
        except ValueError as error:
            raise InputError(f"{self.text!r} names a day that doesn't exist.") from error

    def _with_month(self, year: str | None, month: str, day: str) -> When | None:
        if year is not None and len(year) == 2 and int(year) < 24:
            return None  # could be an hour as well as a year
        return self._in_year(year, MONTH_OF[month], int(day))

    def _in_year(self, year: str | None, month: int, day: int) -> When:
        today = self.today
        if year is not None and len(year) == 2:
            full = min((century + int(year) for century in (1900, 2000)), key=lambda each: abs(each - today.year))
            return When(self._date(full, month, day), None, f"the year {full}" if abs(full - today.year) > 9 else "")
        if year is not None:
            return When(self._date(int(year), month, day))
        if (month, day) == (2, 29):
            candidates = [date(y, 2, 29) for y in range(today.year - 8, today.year + 9) if _leap(y)]
        else:
            candidates = [self._date(today.year + shift, month, day) for shift in (-1, 0, 1)]
        if self.towards in ("future", "from"):
            found = min(candidate for candidate in candidates if candidate >= today)
        elif self.towards == "until":
            found = max(candidate for candidate in candidates if candidate <= today)
        else:
            found = min(candidates, key=lambda candidate: abs(candidate - today))
        return When(found, None, f"the one in {found.year}" if found.year != today.year else "")

    def _of_month(self, day: int, which: str) -> When:
        if not 1 <= day <= 31:
            raise InputError(f"{self.text!r} names a day that doesn't exist.")
        back = self.towards in ("past", "until")
        first = self.today.replace(day=1)
        if which:
            month = month_of(first + relativedelta(months=1 if which == "next" else 0))
            return When(self._date(month.first.year, month.first.month, day))
        for months in range(12):
            month = month_of(first + relativedelta(months=-months if back else months))
            if day <= month.last.day:
                found = month.first.replace(day=day)
                if (found <= self.today) if back else (found >= self.today):
                    return When(found)
        raise InputError(f"{self.text!r} names a day that doesn't exist.")


def _are_hours(parts: dict[str, str | None], before: list[str], *, takes_hour: bool, front: bool) -> bool:
    """Whether numbers in the place of hours are meant as hours, which bare ones alone aren't."""
    begin, end, opened = parts["begin"], str(parts["end"]), parts["open"] is not None
    if begin is not None:
        if (parts["to"] == "and") is not opened:
            return False
        return not (_is_bare(begin) and _is_bare(end)) or takes_hour or opened or "from" in before
    if not _is_bare(end):
        return True
    if re.fullmatch(r"\d{1,2}\.(?:0[1-9]|1[0-2])", end) and before[-1:] != ["at"]:
        return False  # could be a date as well
    if takes_hour:
        return True
    if parts.get("day") is None:
        return before[-1:] == ["at"]
    if front:
        return bool(before) and before[-1] != "on"
    return bool(before) or parts.get("to_end") is not None


def _is_bare(written: str) -> bool:
    return re.fullmatch(r"\d{1,2}(?:\.\d{2})?", written) is not None


def _period(unit: str, today: date, shift: int) -> Period:
    """Return the week, month, quarter or year containing today, or the one `shift` periods later."""
    if unit == "week":
        return week_of(today + timedelta(days=7 * shift))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(today.year, (today.month - 1) // months * months + 1, 1) + relativedelta(months=months * shift)
    return Period(first, first + relativedelta(months=months) - DAY)


def _weekday_name(name: str) -> str:
    return f"{date(2026, 11, 16 + WEEKDAY_OF[name]):%A}"  # the 16th is a Monday


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


# ranges of days


def read_days(text: str, now: datetime, *, today: date | None = None) -> tuple[Period, str]:
    """Parse a period, and return it with an explanation if it was ambiguous (else an empty string).

    The end is the first date that fits after the start. The whole range is the one containing today, one just past, or
    the coming one. ``next week`` is all of it. Raises InputError.
    """
    today = today or now.date()
    phrase = _normal(text)
    found = _as_range(phrase, now, today)
    if found is not None:
        return found
    if _FLOATING.fullmatch(phrase) and phrase not in WEEKDAY_OF:
        day, said = _nearby(phrase, phrase, now, today)
    else:
        when = parse_when(text, now, towards="near", today=today)
        if when.at is not None:
            raise InputError(f"{text!r} is an hour, not a day.")
        day, said = Period(when.day, when.day), when.said
    return day, said


def _as_range(phrase: str, now: datetime, today: date) -> tuple[Period, str] | None:
    """Parse a phrase that names several days, or return None. Raises InputError for an impossible range."""
    if len(phrase) > LONGEST_PHRASE:
        return None
    whole = re.fullmatch(r"(this|next|last) (week|month|quarter|year)|(?:the )?whole (week|month)", phrase)
    if whole:
        unit, shift = whole[2] or whole[3], {"next": 1, "last": -1}.get(whole[1], 0)
        period = _period(unit, today, shift)
        return period, f"the whole {unit}, {_ends(period)}"
    for separator in _BETWEEN_DAYS:
        if separator == r" and " and not phrase.startswith("between "):
            continue
        for match in re.finditer(separator, phrase):
            first = re.sub(r"^(?:from|between) ", "", phrase[: match.start()])
            ends = _with_months(first, phrase[match.end() :])
            try:
                return _nearby(*ends, now, today)
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


def _nearby(first: str, last: str, now: datetime, today: date) -> tuple[Period, str]:
    """Return the range between two days relative to today. Raises InputError, or WrongDate for an impossible one."""

    def day(text: str, towards: Towards, anchor: date) -> date:
        found = _read(text, datetime.combine(anchor, now.time()), anchor, towards)
        if found is None:
            raise InputError(f"{text!r} is not a date I can read; {HINT}.")
        if found.at is not None:
            raise InputError(f"{text!r} is an hour, not a day.")
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
            said = "the one that is over already" if over < today else "the one that today is in"
        elif start.year != today.year:
            said = f"the one in {start.year}"
    dated = not (_FLOATING.fullmatch(first) is None or _FLOATING.fullmatch(last) is None)
    if end < start or (dated and (end - start).days > LONGEST_UNDATED):
        raise WrongDate(f"The range {first}..{last} ends before it begins.")
    if (end - start).days > LONGEST_RANGE:
        raise WrongDate(f"The range {first}..{last} is longer than ten years.")
    return Period(start, end), said


def _ends(period: Period) -> str:
    return f"{When(period.first).echo()} to {When(period.last).echo()}"
