"""Dates and times as people write them (`commands.md`).

A small grammar rather than a guesser: what it reads it reads one way, and what it can't read is an error that says
what can be. Ambiguous numeric dates (``03/04/2026``) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from planner.domain.errors import InputError
from planner.domain.workdays import Period, month_of, week_of

FIRST_YEAR, LAST_YEAR = 1970, 2200
Towards = Literal["future", "past", "near"]
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
_MONTHS = {
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
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"a": 1, "an": 1}
_UNITS = {"d": "days", "day": "days", "w": "weeks", "wk": "weeks", "week": "weeks", "mo": "months", "month": "months"}
_UNITS |= {"y": "years", "year": "years"}
_CLOCK_UNITS = {"h": "hours", "hour": "hours", "hr": "hours", "min": "minutes", "minute": "minutes"}
_DAY_NAMES = "|".join(sorted(WEEKDAY_OF, key=len, reverse=True))
MONTH_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NUMBER = r"\d{1,4}|" + "|".join(_NUMBERS)


@dataclass(frozen=True, slots=True)
class When:
    """A resolved date, with its hour when one was said. `said` tells how an ambiguous phrase was taken, or is empty."""

    day: date
    at: time | None = None
    said: str = ""

    def moment(self, default: time = time(12)) -> datetime:
        """The local date and time, `default` standing in where no hour was said."""
        return datetime.combine(self.day, self.at or default)

    def echo(self) -> str:
        """``Fri 27 Nov 2026`` or ``Fri 27 Nov 2026 14:30``."""
        day = f"{self.day:%a} {self.day.day} {self.day:%b %Y}"
        return day if self.at is None else f"{day} {self.at:%H:%M}"


def parse_when(text: str, now: datetime, *, towards: Towards = "future", today: date | None = None) -> When:
    """Read a phrase, against the local time `now`; years from 1970 to 2200. `today` is the rep's day, where it isn't
    the date of `now`.

    `towards` says which way a bare weekday or a date without a year looks: to the future (what is due), to the past
    (what has happened), or to the nearest such date, with weekdays ahead (a calendar). A date without a year that
    has happened is the nearest one too, so that one just ahead is seen to be still to come, not taken for last
    year's. Raises InputError with what can be read.
    """
    today = today or now.date()
    phrase = re.sub(r"[\s,]+", " ", text.strip().lower()).replace("o'clock", "").strip()
    if not phrase:
        raise InputError(f"No date was given; {HINT}.")
    iso = re.fullmatch(r"(\d{4}-\d{2}-\d{2})[t ](\d{1,2}:\d{2})(?::(\d{2}))?", phrase)
    if iso:
        return _within(When(_iso(iso[1], text), _clock(iso[2], text)), text)
    moment = _relative_clock(phrase, now)
    if moment is not None:
        return When(moment.date(), moment.time().replace(second=0, microsecond=0))
    rest, at = _split_clock(phrase, text)
    if not rest:
        day, said = today, ""
        if at is not None and towards == "future" and datetime.combine(day, at) < now:
            day, said = day + timedelta(days=1), f"{at:%H:%M} is over today, so tomorrow"
        return When(day, at, said)
    for reader in (_words, _weekday, _offset, _dates):
        found = reader(rest, today, towards, text)
        if found is not None:
            return _within(When(found.day, at if at is not None else found.at, found.said), text)
    raise InputError(f"{text!r} is not a date I can read; {HINT}.")


def _within(found: When, text: str) -> When:
    if not FIRST_YEAR <= found.day.year <= LAST_YEAR:
        raise InputError(f"{text!r} is in the year {found.day.year}; I keep years from {FIRST_YEAR} to {LAST_YEAR}.")
    return found


def parse_days(text: str, now: datetime) -> Period:
    """Read one date, or a range as ``2026-12-24..2026-12-31``, as a run of dates."""
    first, dots, last = text.partition("..")
    if not dots:
        day = parse_when(text, now, towards="near").day
        return Period(day, day)
    start, end = parse_when(first, now, towards="near").day, parse_when(last, now, towards="near").day
    if end < start:
        raise InputError(f"The range {text!r} ends before it begins.")
    if (end - start).days > 3660:
        raise InputError(f"The range {text!r} is longer than ten years.")
    return Period(start, end)


def _iso(written: str, text: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InputError(f"{text!r} names a day that doesn't exist.") from error


def _clock(written: str, text: str) -> time:
    match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|a|p)?", written)
    if match is None:
        raise InputError(f"{text!r}: {written!r} is not a time of day; write it like 14:30 or 9am.")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12:
            raise InputError(f"{text!r}: {written!r} is not a time of day; write it like 14:30 or 9am.")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or minute > 59:
        raise InputError(f"{text!r}: {written!r} is not a time of day; write it like 14:30 or 9am.")
    return time(hour, minute)


def _split_clock(phrase: str, text: str) -> tuple[str, time | None]:
    """Take a time of day off the end (``fri 14:30``, ``tomorrow at 9am``, ``noon``) or the front (``9am tomorrow``)."""
    for word, at in (("noon", time(12)), ("midday", time(12)), ("midnight", time(0))):
        if re.search(rf"(^| ){word}$", phrase):
            return re.sub(rf"(^| )(at )?{word}$", "", phrase).strip(), at
    clock = r"\d{1,2}[:h]\d{2} ?(?:am|pm)?|\d{1,2} ?(?:am|pm)"
    end = re.search(rf"(?:^|(?: at)? )({clock})$", phrase) or re.search(r"(?:^| )at (\d{1,2})$", phrase)
    if end:
        return phrase[: end.start()].removesuffix(" at").strip(), _clock(end[1].strip(), text)
    front = re.match(rf"(?:at )?({clock}) (?:on )?", phrase)
    if front:
        return phrase[front.end() :].strip(), _clock(front[1].strip(), text)
    day_and_hour = re.fullmatch(rf"((?:next |this )?(?:{_DAY_NAMES})|today|tomorrow|yesterday) (\d{{1,2}})", phrase)
    if day_and_hour:
        return day_and_hour[1], _clock(day_and_hour[2], text)
    return phrase.removeprefix("on "), None


def _relative_clock(phrase: str, now: datetime) -> datetime | None:
    if phrase == "now":
        return now
    match = re.fullmatch(rf"(?:in |\+)({_NUMBER}) ?(h|hours?|hr|min|minutes?)( ago)?", phrase)
    ago = re.fullmatch(rf"({_NUMBER}) ?(h|hours?|hr|min|minutes?) ago", phrase)
    found = match or ago
    if found is None or (match and match[3]):
        return None
    number = _number(found[1])
    unit = _CLOCK_UNITS[found[2].rstrip("s") if found[2] not in _CLOCK_UNITS else found[2]]
    shift = timedelta(**{unit: number})
    return now - shift if ago else now + shift


def _number(word: str) -> int:
    return _NUMBERS[word] if word in _NUMBERS else int(word)


def _words(rest: str, today: date, towards: Towards, text: str) -> When | None:
    named: dict[str, Callable[[], date]] = {
        "today": lambda: today,
        "tod": lambda: today,
        "tonight": lambda: today,
        "tomorrow": lambda: today + timedelta(days=1),
        "tom": lambda: today + timedelta(days=1),
        "tmr": lambda: today + timedelta(days=1),
        "yesterday": lambda: today - timedelta(days=1),
        "day after tomorrow": lambda: today + timedelta(days=2),
        "the day after tomorrow": lambda: today + timedelta(days=2),
        "day before yesterday": lambda: today - timedelta(days=2),
        "end of week": lambda: week_of(today).last,
        "end of the week": lambda: week_of(today).last,
        "end of month": lambda: month_of(today).last,
        "end of the month": lambda: month_of(today).last,
        "month end": lambda: month_of(today).last,
        "eom": lambda: month_of(today).last,
        "end of next month": lambda: month_of(today + relativedelta(months=1, day=1)).last,
        "end of year": lambda: date(today.year, 12, 31),
        "end of the year": lambda: date(today.year, 12, 31),
        "next week": lambda: week_of(today).first + timedelta(days=7),
        "next month": lambda: today + relativedelta(months=1, day=1),
        "next year": lambda: date(today.year + 1, 1, 1),
    }
    if rest not in named:
        return None
    said = "the Monday of next week" if rest == "next week" else ""
    return When(named[rest](), None, said)


def _weekday(rest: str, today: date, towards: Towards, text: str) -> When | None:
    match = re.fullmatch(rf"(next |this |last |on )?({_DAY_NAMES})", rest)
    if match is None:
        return None
    prefix, wanted = (match[1] or "").strip(), WEEKDAY_OF[match[2]]
    ahead = (wanted - today.weekday()) % 7
    if prefix == "last" or (towards == "past" and prefix != "next"):
        back = (today.weekday() - wanted) % 7
        if prefix == "last":
            back = back or 7
        return When(today - timedelta(days=back))
    if prefix == "next":
        # "next fri" is the Friday of next week, whatever day it is now.
        day = week_of(today).first + timedelta(days=7 + wanted)
        return When(day, None, f"the {day:%A} of next week")
    if ahead == 0 and prefix != "this":
        return When(today + timedelta(days=7), None, f"today is a {today:%A}, so the one a week from now")
    return When(today + timedelta(days=ahead))


def _offset(rest: str, today: date, towards: Towards, text: str) -> When | None:
    units = r"days?|d|weeks?|wk|w|months?|mo|years?|y"
    match = re.fullmatch(
        rf"(?:in |\+)?({_NUMBER}) ?({units})|({_NUMBER}) ?({units}) (ago|from now)|-(\d+) ?(d|w)", rest
    )
    if match is None:
        return None
    number = _number(match[1] or match[3] or match[6])
    unit = match[2] or match[4] or match[7]
    back = match[5] == "ago" or match[6] is not None
    name = _UNITS[unit] if unit in _UNITS else _UNITS[unit.rstrip("s")]
    if number > {"days": 36_500, "weeks": 5_200, "months": 1_200, "years": 100}[name]:
        raise InputError(f"{text!r} is more than a hundred years away.")
    shift = relativedelta(**{name: -number if back else number})  # type: ignore[arg-type]
    return When(today + shift)


def _dates(rest: str, today: date, towards: Towards, text: str) -> When | None:
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", rest):
        year, month, day = (int(part) for part in rest.split("-"))
        return When(_date(year, month, day, text))
    rest = re.sub(rf"^(?:{_DAY_NAMES}) (?=\d)", "", rest)
    named = re.fullmatch(rf"(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]?({MONTH_NAMES})\.?(?:[ -](\d{{4}}))?", rest)
    if named:
        return _in_year(named[3], _MONTHS[named[2]], int(named[1]), today, towards, text)
    named = re.fullmatch(rf"({MONTH_NAMES})\.?[ -]?(\d{{1,2}})(?:st|nd|rd|th)?(?: (\d{{4}}))?", rest)
    if named:
        return _in_year(named[3], _MONTHS[named[1]], int(named[2]), today, towards, text)
    dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?", rest)
    if dotted:  # day.month.year is written with dots only one way
        return _in_year(dotted[3], int(dotted[2]), int(dotted[1]), today, towards, text)
    slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?", rest)
    if slashed:
        first, second = int(slashed[1]), int(slashed[2])
        if first <= 12 and second <= 12 and first != second:
            raise InputError(f"{text!r} can be read two ways (day or month first); write it like 2026-11-27 or 27 Nov.")
        day, month = (first, second) if first > 12 else (second, first)
        return _in_year(slashed[3], month, day, today, towards, text)
    ordinal = re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)", rest)
    if ordinal:
        return _of_month(int(ordinal[1]), today, towards, text)
    return None


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InputError(f"{text!r} names a day that doesn't exist.") from error


def _in_year(year: str | None, month: int, day: int, today: date, towards: Towards, text: str) -> When:
    if year is not None:
        return When(_date(int(year), month, day, text))
    if (month, day) == (2, 29):
        candidates = [date(y, 2, 29) for y in range(today.year - 8, today.year + 9) if _leap(y)]
    else:
        candidates = [_date(today.year + shift, month, day, text) for shift in (-1, 0, 1)]
    if towards == "future":
        found = min(candidate for candidate in candidates if candidate >= today)
    else:
        found = min(candidates, key=lambda candidate: abs(candidate - today))
    return When(found, None, f"the one in {found.year}" if found.year != today.year else "")


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _of_month(day: int, today: date, towards: Towards, text: str) -> When:
    if not 1 <= day <= 31:
        raise InputError(f"{text!r} names a day that doesn't exist.")
    first, step = today.replace(day=1), -1 if towards == "past" else 1
    for months in range(12):
        month = month_of(first + relativedelta(months=step * months))
        if day <= month.last.day:
            found = month.first.replace(day=day)
            if (found <= today) if towards == "past" else (found >= today):
                return When(found)
    raise InputError(f"{text!r} names a day that doesn't exist.")
