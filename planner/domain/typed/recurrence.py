"""Recurring tasks: words or an RRULE (RFC 5545), following the calendar (`commands.md`, `--every`).

Monday to Friday (``BYDAY=MO,TU,WE,TH,FR``) means working days: it is stored so that any calendar can read it, but falls
on the rep's own working days. So ``every weekday`` and ``every working day`` are the same rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from dateutil.relativedelta import relativedelta

from planner.domain.errors import InputError
from planner.domain.typed import when
from planner.domain.workdays import DAY, Worked

_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_BY_DAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAYS = "MO,TU,WE,TH,FR"
_ALLOWED = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST", "BYYEARDAY"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_SOONEST = timedelta(days=366 * 9)
# A day that a shorter month lacks falls on that month's last day: 29 Feb on 28 Feb.
_LEAP_DAY = "BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"


@dataclass(frozen=True, slots=True)
class Every:
    """A recurrence: an RRULE counted by the calendar, or from each completion with `from_done`.

    `lasts` is its duration from its first day (``(2, "weeks")``), until `starting` fixes that day.
    """

    rule: str
    from_done: bool = False
    lasts: tuple[int, str] | None = None

    def __str__(self) -> str:
        lasts = "" if self.lasts is None else f" for {self.lasts[0]} {self.lasts[1]}"
        return f"every {in_words(self.rule)}{lasts}" + (" after it is done" if self.from_done else "")

    def first(self, today: date, calendar: Worked, *, after: date | None = None) -> date:
        """Return the first day from today on, or after `after`. Raises InputError if the rule has ended."""
        if self.from_done and after is None:
            return today
        found = first_date(self.rule, today, today - DAY if after is None else after, calendar)
        if found is None:
            raise InputError("That rule has no day left.")
        return found

    def starting(self, first: date) -> Every:
        """Return the rule with its end fixed by its first day."""
        if self.lasts is None:
            return self
        last = first + relativedelta(**{self.lasts[1]: self.lasts[0]}) - DAY  # type: ignore[arg-type]
        return Every(f"{self.rule};UNTIL={last:%Y%m%d}", self.from_done)


_AFTER = re.compile(
    r" (?:after (?:(?:it(?:'s| is) )?(?:done|completed|finished)|completion)|from completion|when done)"
    r"(?=$| for | until | till )"
)
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(when.NUMBER_OF)})"
_TAIL = re.compile(
    rf"(?P<rule>.+?) (?:(?:for )?(?P<times>{_NUMBER}) ?(?:times|x)"
    rf"|for (?:the next )?(?P<many>{_NUMBER}) (?P<unit>days?|weeks?|months?|years?)|(?:until|till) (?P<until>.+))"
)


def parse_repeat(text: str, *, today: date | None = None) -> Every:
    """Parse ``every 2 weeks`` (by the calendar), or ``every! 2 weeks`` and ``2 weeks after done`` (from completion). An
    end is allowed: ``monday 10 times``, ``day for 2 weeks``, ``friday until 18 dec`` (a date from `today` on).
    """
    phrase = " ".join(text.strip().lower().split())
    from_done = phrase.startswith("every!") or _AFTER.search(phrase) is not None
    phrase = _AFTER.sub("", phrase.removeprefix("every!").strip())
    tail = None if "freq=" in phrase else _TAIL.fullmatch(phrase)
    if tail is None:
        return Every(parse_every(text if "freq=" in phrase else phrase), from_done)
    rule = parse_every(tail["rule"])
    if tail["times"]:
        if from_done:
            raise InputError(
                f"{text!r}: what is counted from each completion has no number of times; write until when."
            )
        return Every(f"{rule};COUNT={_number(tail['times'])}")
    if tail["many"]:
        return Every(rule, from_done, (_number(tail["many"]), tail["unit"].rstrip("s") + "s"))
    if today is None:
        until = _iso_day(tail["until"], text)
    else:
        last = when.parse_when(tail["until"], datetime.combine(today, time()), towards="from")
        if last.at is not None:
            raise InputError(f"{text!r}: a rule ends on a day, not at an hour.")
        until = last.day
    return Every(f"{rule};UNTIL={until:%Y%m%d}", from_done)


def parse_every(text: str) -> str:
    """Return the RRULE for ``weekday``, ``monday``, ``2 weeks``, ``month end`` or an RRULE. Raises InputError."""
    phrase = " ".join(text.strip().lower().split()).removeprefix("every ")
    if "freq=" in phrase:
        return _rrule(text.strip().upper().removeprefix("RRULE:"), text)
    phrase = re.sub(r" of (?:each|every) ", " of the ", phrase.removeprefix("the ")).replace(" and every ", " and ")
    for reader in () if not phrase else (_plainly, _on_weekdays, _by_interval, _in_period, _of_year):
        rule = reader(phrase)
        if rule is not None:
            return rule
    raise InputError(
        f"{text!r} is not a rule I can read; write weekday, monday, 2 weeks, month end, or an RRULE like "
        "FREQ=MONTHLY;BYMONTHDAY=15."
    )


_WORKING_DAY = "working days?|weekdays?|work ?days?|business days?"
_PLAIN = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
    **dict.fromkeys(("quarter", "quarterly"), "FREQ=MONTHLY;INTERVAL=3"),
    **dict.fromkeys(("fortnight", "fortnightly"), "FREQ=WEEKLY;INTERVAL=2"),
    **dict.fromkeys(("weekend", "weekends"), "FREQ=WEEKLY;BYDAY=SA,SU"),
    **dict.fromkeys(("month end", "end of month", "end of the month", "month's end"), "FREQ=MONTHLY;BYMONTHDAY=-1"),
    **dict.fromkeys(("month start", "start of month", "start of the month"), "FREQ=MONTHLY;BYMONTHDAY=1"),
    **dict.fromkeys(
        ("quarter end", "end of quarter", "end of the quarter"), "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
    ),
    **dict.fromkeys(("year end", "end of year", "end of the year"), "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"),
}


def _plainly(phrase: str) -> str | None:
    if re.fullmatch(_WORKING_DAY, phrase):
        return f"FREQ=WEEKLY;BYDAY={_WEEKDAYS}"
    return _PLAIN.get(phrase)


def _on_weekdays(phrase: str) -> str | None:
    """Parse ``mon, wed and fri``, ``mon-fri``, ``other tuesday``, ``day except sunday``."""
    other = re.fullmatch(rf"(other|{_NUMBER}) (.+)", phrase)
    days = _weekdays(other[2] if other else phrase)
    if days is None:
        return None
    interval = 1 if other is None else 2 if other[1] == "other" else _number(other[1])
    if other is not None and other[1] != "other" and not phrase.endswith("s"):
        return None  # "2 mondays" is every other Monday, "2 monday" means nothing
    return f"FREQ=WEEKLY{_every(interval)};BYDAY={days}" if interval else None


def _weekdays(phrase: str) -> str | None:
    """Return BYDAY for several weekdays, or None."""
    but = re.fullmatch(rf"(?:days?|({_WORKING_DAY})) (?:except|but)(?: on)? (.+)", phrase)
    if but:
        without = _weekdays(re.sub(r"weekends?", "sat and sun", but[2]))
        every = _WEEKDAYS.split(",") if but[1] else _BY_DAY
        left = ",".join(day for day in every if without is not None and day not in without.split(","))
        return left or None
    run = re.fullmatch(r"([a-z]+)(?: ?[-–] ?| to | through )([a-z]+)", phrase)
    if run and run[1] in when.WEEKDAY_OF and run[2] in when.WEEKDAY_OF:
        first, last = when.WEEKDAY_OF[run[1]], when.WEEKDAY_OF[run[2]]
        found = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    else:
        names = [part for part in re.split(r"[ ,&/]+|\band\b", phrase) if part]
        known = [when.WEEKDAY_OF.get(name, when.WEEKDAY_OF.get(name.removesuffix("s"))) for name in names]
        found = {day for day in known if day is not None}
        if not known or None in known:
            return None
    return ",".join(_BY_DAY[day] for day in sorted(found))


def _by_interval(phrase: str) -> str | None:
    """Parse ``2 weeks``, ``other month``, ``3rd day``, ``2 weeks on tue and thu``, ``3 months on the 15th``."""
    match = re.fullmatch(
        rf"(?:(other|{_NUMBER}|{_PLACE}) )?(day|week|month|quarter|year)s?(?: on (?:the )?(.+))?", phrase
    )
    if match is None:
        return None
    place = _PLACES.get(match[1] or "") or _ordinal_number(match[1] or "")
    interval = 2 if match[1] == "other" else _number(match[1] or "1") if place is None else place
    unit, on = match[2], match[3]
    if interval < 1 or (place == 1 and unit == "day"):
        return None
    if unit == "quarter":
        if on is not None:
            return _in_period(f"{on} of the quarter") if interval == 1 else None
        unit, interval = "month", interval * 3
    rule = f"FREQ={_UNITS[unit]}{_every(interval)}"
    if on is None:
        return rule
    if unit == "week":
        days = _weekdays(on)
        return None if days is None else f"{rule};BYDAY={days}"
    if unit == "month":
        days, _ = _days_of_month(re.sub(r"^(\d{1,2})$", r"\1th", on)) or (None, False)
        return None if days is None else f"{rule};{days}"
    if unit == "year":
        dated = _of_year(on)
        return None if dated is None or _LEAP_DAY in dated else dated.replace("FREQ=YEARLY", rule)
    return None


_PLACES = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), start=1
    )
} | {"last": -1, "second last": -2, "second to last": -2, "third last": -3}
_PLACE = rf"(?:{'|'.join(sorted(_PLACES, key=len, reverse=True))}|\d{{1,2}}(?:st|nd|rd|th))"


def _ordinal_number(word: str) -> int | None:
    return int(word[:-2]) if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", word) else None


def _in_period(phrase: str) -> str | None:
    """Parse ``15th``, ``first monday``, ``last working day of the quarter``, ``last fri of march``."""
    match = re.fullmatch(rf"(.+?)(?: of (?:the )?(month|quarter|year|{when.MONTH_NAMES}))?", phrase)
    assert match is not None
    found = _days_of_month(match[1])
    if found is None:
        return None
    days, backwards = found
    period = match[2] or "month"
    if period == "month":
        return f"FREQ=MONTHLY;{days}"
    if period in when.MONTH_OF:
        return (
            None if "BYMONTHDAY=" in days and not backwards else f"FREQ=YEARLY;BYMONTH={when.MONTH_OF[period]};{days}"
        )
    if re.search(r"(?:^|[;=,])5[A-Z]", days):
        return None  # the fifth Monday of a quarter needn't be in its first month
    if period == "quarter":
        return f"FREQ=MONTHLY;BYMONTH={'3,6,9,12' if backwards else '1,4,7,10'};{days}"
    return f"FREQ=YEARLY;BYMONTH={12 if backwards else 1};{days}"


def _days_of_month(phrase: str) -> tuple[str, bool] | None:
    """Return days of a month as RRULE parts and whether they count from its end, or None for anything else."""
    if phrase == "end":
        return "BYMONTHDAY=-1", True
    match = re.fullmatch(rf"(.+?)(?: (day|{_WORKING_DAY}|{when.DAY_NAMES}))?", phrase)
    assert match is not None
    noun = match[2]
    items = [item.removeprefix("the ") for item in re.split(r" ?, ?(?:and )?| and ", match[1])]
    if noun is None and not any(_ordinal_number(item) for item in items):
        return None
    if noun == "day":
        items = [item.removesuffix(" day") for item in items]
    plain = [int(item) if noun is None and item.isdigit() else 0 for item in items]  # as in "1 and 15th"
    places = [_PLACES.get(item) or _ordinal_number(item) or number for item, number in zip(items, plain, strict=True)]
    if not all(-3 <= place <= 31 and place for place in places):
        return None
    places = sorted(set(places), key=lambda place: place if place > 0 else 99 + place)
    backwards, listed = places[0] < 0, ",".join(str(place) for place in places)
    if noun is None or noun == "day":
        return _month_days(places), backwards
    if noun in when.WEEKDAY_OF:
        day = _BY_DAY[when.WEEKDAY_OF[noun]]
        within = all(place <= 5 for place in places)
        return (f"BYDAY={','.join(f'{place}{day}' for place in places)}", backwards) if within else None
    return (f"BYDAY={_WEEKDAYS};BYSETPOS={listed}", backwards) if places[-1] <= 23 else None


def _month_days(places: list[int]) -> str:
    """Return BYMONTHDAY for some days. A month too short for the last of them uses its own last day."""
    if places == [31] or (places[-1] in (29, 30) and (len(places) == 1 or places[-2] < 28)):
        days = [*places[:-1], *range(28, places[-1] + 1)]
        found = [*range(1, len(places)), -1]
        return f"BYMONTHDAY={','.join(map(str, days))};BYSETPOS={','.join(map(str, found))}"
    return f"BYMONTHDAY={','.join(str(-1 if place == 31 else place) for place in places)}"


def _of_year(phrase: str) -> str | None:
    """Parse ``5th of march``, ``25 dec``, ``march 5``."""
    match = re.fullmatch(rf"(\d{{1,2}})(?:st|nd|rd|th)?\.?(?: of)? ({when.MONTH_NAMES})\.?", phrase)
    turned = re.fullmatch(rf"({when.MONTH_NAMES})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?", phrase)
    if match is None and turned is None:
        return None
    day, name = (match[1], match[2]) if match else (turned[2], turned[1]) if turned else ("", "")
    month = when.MONTH_OF[name]
    try:
        date(2028, month, int(day))  # a leap year
    except ValueError:
        return None
    return (
        f"FREQ=YEARLY;{_LEAP_DAY}"
        if (month, int(day)) == (2, 29)
        else f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={int(day)}"
    )


def _every(interval: int) -> str:
    return "" if interval == 1 else f";INTERVAL={interval}"


def _number(word: str) -> int:
    return when.NUMBER_OF[word] if word in when.NUMBER_OF else int(word)


def _iso_day(written: str, text: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InputError(f"{text!r}: {written!r} is not a date; write it like 2026-11-27.") from error


def _rrule(rule: str, text: str) -> str:
    parts = dict(part.partition("=")[::2] for part in rule.split(";") if part)
    unknown = set(parts) - _ALLOWED
    if unknown or parts.get("FREQ") not in _FREQUENCIES:
        raise InputError(f"{text!r} is not a rule of days I can use (days, weeks, months or years; no hours).")
    if not re.fullmatch(r"\d{1,3}", parts.get("INTERVAL", "1"), re.ASCII) or not int(parts.get("INTERVAL", "1")):
        raise InputError(f"{text!r}: the interval must be from 1 to 999.")
    if parts["FREQ"] in ("WEEKLY", "DAILY") and re.search(r"\d", parts.get("BYDAY", "")):
        raise InputError(f"{text!r}: the first or last Monday is a rule of months, not of weeks or days.")
    try:
        start = datetime(2026, 1, 1)
        if "UNTIL" not in parts and not any(True for _ in _occurrences(rule, start, start - timedelta(days=1))):
            raise InputError(f"{text!r} never comes.")
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{text!r} is not a rule I can read ({error}).") from error
    return rule


def next_date(rule: str, start: date, after: date, calendar: Worked) -> date | None:
    """Return the first date of the rule strictly after `after`, counted from `start`, or None if it has ended.

    A working-day rule follows the rep's `calendar`. A monthly rule starting on the 29th, 30th or 31st falls on the last
    day of a shorter month and then returns to its day: 31 Jan, 28 Feb, 31 Mar. The same goes for a yearly one from 29
    Feb.
    """
    return next(_dates(rule, start, after, calendar), None)


def first_date(rule: str, start: date, after: date, calendar: Worked) -> date | None:
    """Return the first date of a new rule after `after`, or None if it has ended. For ``every other tuesday`` that is
    the coming Tuesday, from which the others are counted.
    """
    return next_date(re.sub(r";INTERVAL=\d+(?=.*;BY)", "", rule), start, after, calendar)


def on_working_days(rule: str) -> bool:
    """Whether a rule means working days and so follows the rep's calendar."""
    return set(_parts(rule).get("BYDAY", "").split(",")) == set(_WEEKDAYS.split(","))


def _parts(rule: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in rule.split(";"))


def _dates(rule: str, start: date, after: date, calendar: Worked) -> Iterator[date]:
    """Yield all dates as described in `next_date`."""
    parts = _parts(rule)
    if on_working_days(rule):
        yield from _worked_dates(parts, start, after, calendar.is_working_day)
        return
    if parts.get("FREQ") == "MONTHLY" and start.day > 28 and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        days = ",".join(str(day) for day in range(28, start.day + 1))
        rule += f";BYMONTHDAY={days};BYSETPOS=-1"
    if (
        parts.get("FREQ") == "YEARLY"
        and (start.month, start.day) == (2, 29)
        and not any(p.startswith("BY") for p in parts)
    ):
        rule += f";{_LEAP_DAY}"
    after_ = datetime.combine(after, time())
    yield from (found.date() for found in _occurrences(rule, datetime.combine(start, time()), after_))


def _worked_dates(
    parts: dict[str, str], start: date, after: date, is_working_day: Callable[[date], bool]
) -> Iterator[date]:
    """Yield the dates of a working-day rule after a day. Of each week, month or year it takes the worked days, and of
    those the positions it names (the last, the first).
    """
    frequency = parts["FREQ"]
    until = parts.get("UNTIL", "")[:8]
    last = datetime.strptime(until, "%Y%m%d").date() if until else date.max
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    places = [int(place) for place in parts["BYSETPOS"].split(",")] if "BYSETPOS" in parts else None
    kept = {name: value for name, value in parts.items() if name not in ("BYDAY", "BYSETPOS", "COUNT", "UNTIL")}
    every_day = {} if frequency == "DAILY" else {"BYDAY": ",".join(_BY_DAY)}
    rule = ";".join(f"{name}={value}" for name, value in (kept | every_day).items())
    # take each span as a whole, because the first working day may precede the day the rule starts on
    begin, each_interval = _span(frequency, start), parts.get("INTERVAL", "1") == "1"
    if count is None and each_interval:  # don't walk through earlier years again
        begin = max(begin, _span(frequency, after))
    before = datetime.combine(begin, time()) - timedelta(days=1)
    days = (found.date() for found in _occurrences(rule, before + timedelta(days=1), before, near=max(start, after)))
    for _, span in groupby(days, key=lambda day: _span(frequency, day)):
        worked = [day for day in span if is_working_day(day)]
        if places is not None:
            at = {place - 1 if place > 0 else len(worked) + place for place in places}
            worked = [day for index, day in enumerate(worked) if index in at]
        for day in worked:
            if day < start:
                continue
            if day > last or count == 0:
                return
            count = None if count is None else count - 1
            if day > after:
                yield day


def _span(frequency: str, day: date) -> date:
    """Return the first day of the week, month or year containing a day. For daily rules it is the day itself."""
    if frequency == "WEEKLY":
        return day - timedelta(days=day.weekday())
    if frequency == "DAILY":
        return day
    return day.replace(day=1) if frequency == "MONTHLY" else day.replace(month=1, day=1)


def folded(rule: str, start: date, due: date, today: date, calendar: Worked) -> tuple[date, int]:
    """Return the last date of a rule up to `today`, and how many dates from `due` on were missed before it.

    Two weeks away make one task, not fourteen, and dates on holidays or vacations don't count as missed.
    """
    missed, last = 0, due
    for following in _dates(rule, start, due, calendar):
        if following > today:
            break
        missed += not calendar.taken_off(last)
        last = following
    return last, missed


def _occurrences(rule: str, start: datetime, after: datetime, *, near: date | None = None) -> Iterator[datetime]:
    """Yield the occurrences after a moment, for nine years at most. A rule that never occurs (30 February) would
    otherwise be searched up to the year 9999.
    """
    from dateutil.rrule import rrule, rrulestr  # 4 ms, and a list of tasks only names their rules

    found = rrulestr(rule, dtstart=start, ignoretz=True)
    assert isinstance(found, rrule)
    limit = max(start, after, *([] if near is None else [datetime.combine(near, time())])) + _SOONEST
    if "COUNT=" not in rule and "UNTIL=" not in rule:
        found = found.replace(until=limit)
    for occurrence in found:
        if occurrence > limit:
            return
        if occurrence > after:
            yield occurrence


_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLACE_WORDS = {number: word for word, number in reversed(_PLACES.items()) if number < 5}
_MONTHS_OF_QUARTER = ("1,4,7,10", "3,6,9,12")


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def in_words(rule: str) -> str:
    """Describe a rule in words that `parse_repeat` reads back, or return the RRULE if it has none."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    until = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", parts.pop("UNTIL", ""))
    end = f" until {'-'.join(until.groups())}" if until else f" {parts['COUNT']} times" if "COUNT" in parts else ""
    parts.pop("COUNT", None)
    words = _in_words(parts)
    return f"{words}{end}" if words else rule


def _in_words(parts: dict[str, str]) -> str:
    interval, names = int(parts.get("INTERVAL", "1")), set(parts) - {"FREQ", "INTERVAL"}
    unit = {frequency: word for word, frequency in _UNITS.items()}[parts["FREQ"]]
    every = unit if interval == 1 else f"{interval} {unit}s"
    if not names:
        return every
    if unit == "week" and names == {"BYDAY"} and set(parts["BYDAY"].split(",")) <= set(_BY_DAY):
        days = ", ".join(_NAMES[_BY_DAY.index(day)] for day in parts["BYDAY"].split(","))
        working = "weekday" if parts["BYDAY"] == _WEEKDAYS else days
        return working if interval == 1 else f"{every} on {days}"
    if unit == "day" or unit == "week":
        return ""
    within, months = _in_month(parts), parts.get("BYMONTH")
    if not within:
        return ""
    if unit == "month" and months is None:
        alone = "month end" if within == "last day" else f"{within} of the month"
        return alone if interval == 1 else f"{every} on the {within}"
    if unit == "month" and months in _MONTHS_OF_QUARTER and interval == 1:
        return f"{within} of the quarter"
    if unit == "year" and months is not None and months.isdigit():
        month = _MONTHS[int(months) - 1]
        dated = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", within)
        said = f"{dated[1]} {month}" if dated else f"{within} of {month}"
        return said if interval == 1 else f"{every} on {said}"
    return ""


def _in_month(parts: dict[str, str]) -> str:
    """Describe the days of a month: ``15th and last day``, ``first Mon``, ``5th working day``, or an empty string."""
    names = set(parts) - {"FREQ", "INTERVAL", "BYMONTH"}
    positions = parts.get("BYSETPOS", "")
    if names == {"BYDAY", "BYSETPOS"} and parts["BYDAY"] == _WEEKDAYS:
        return f"{_listed(positions.split(','))} working day"
    if names == {"BYDAY"}:
        found = [re.fullmatch(r"(-?\d)([A-Z]{2})", day) for day in parts["BYDAY"].split(",")]
        placed = [match.groups() for match in found if match]
        if len(placed) == len(found) and len({day for _, day in placed}) == 1:
            return f"{_listed([place for place, _ in placed])} {_NAMES[_BY_DAY.index(placed[0][1])]}"
        return ""
    days = parts.get("BYMONTHDAY", "").split(",")
    if names == {"BYMONTHDAY", "BYSETPOS"}:  # a day that falls on the last one of a shorter month
        whole = [int(day) for day in days if day.isdigit()]
        for many in range(len(whole)):
            if _month_days([*whole[:many], whole[-1]]) == f"BYMONTHDAY={parts['BYMONTHDAY']};BYSETPOS={positions}":
                return _listed([*days[:many], days[-1]], ordinals=True)
        return ""
    if names != {"BYMONTHDAY"} or not all(re.fullmatch(r"\d+|-[1-3]", day) for day in days):
        return ""
    listed = _listed(days, ordinals=True)
    return f"{listed} day" if any(day.startswith("-") for day in days) else listed


def _listed(places: list[str], *, ordinals: bool = False) -> str:
    words = []
    for place in places:
        number = int(place)
        spelled = number < 0 or (number < 5 and not ordinals)
        words.append(_PLACE_WORDS.get(number, place) if spelled else _ordinal(number))
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
