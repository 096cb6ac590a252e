"""Days that come every year: birthdays, name days, wedding days, with or without the year they began (S23).

They are stored as ``1975-12-12``, or ``--12-12`` without a year (RFC 6350).
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from planner.domain import fields, formats
from planner.domain.errors import InputError
from planner.domain.typed.names import MONTH_NAMES, MONTH_OF

MOST_DATES = 30
LONGEST_DATE = 200
EXAMPLES = "12 Dec 1975, or 12 Dec without the year"

_STORED = re.compile(r"(?:\d{4}-|--)\d{2}-\d{2}", re.ASCII)
_TYPED = re.compile(
    rf"(?P<stored>{_STORED.pattern})"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[ -]?(?:of )?(?P<month>{MONTH_NAMES})\.?(?:,?[ -](?P<year>\d{{4}}))?"
    rf"|(?P<month2>{MONTH_NAMES})\.? ?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year2>\d{{4}}))?"
    r"|(?P<day3>\d{1,2})\.(?P<month3>\d{1,2})\.(?P<year3>\d{4})?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A contact's birthday or another special day that recurs. `kind` is birthday or date, `said` is its
    description.
    """

    contact_id: int
    name: str
    kind: str
    day: date
    said: str


def comes_on(text: str, year: int) -> date:
    """Return the date in a year of ``1975-12-12`` or ``--12-12``. 29 February falls on the 28th in a common year."""
    month, day = int(text[-5:-3]), int(text[-2:])
    return date(year, month, 28 if (month, day) == (2, 29) and not isleap(year) else day)


def day_text(text: str) -> str:
    """Format ``--11-03`` as ``3 Nov`` and, with its year, ``1975-12-12`` as ``12 Dec 1975``."""
    day = comes_on(text, 2000 if text.startswith("--") else int(text[:4]))
    return formats.yearly_text(day) + ("" if text.startswith("--") else f" {day.year}")


def special_days(contact_id: int, name: str, days: Iterable[tuple[str, str]], on: Iterable[date]) -> list[SpecialDay]:
    """Return which of a contact's days, as (day, description or ``birthday``), recur on the given dates. Days with a
    year also tell how many years ago they were, once it is at least one.
    """
    found = []
    for date_ in on:
        for text, what in days:
            year = None if text.startswith("--") else int(text[:4])
            if comes_on(text, date_.year) != date_ or (year is not None and year > date_.year):
                continue
            kind = "birthday" if what == "birthday" else "date"
            years = 0 if year is None else date_.year - year
            age = f", turns {years}" if kind == "birthday" else f", {years} {'year' if years == 1 else 'years'}"
            found.append(SpecialDay(contact_id, name, kind, date_, what + (age if years else "")))
    return found


def read_yearly(text: str) -> str | None:
    """Parse ``12 Dec``, ``December 12th, 1975``, ``12.12.1975`` or a stored day, None if empty. Raises InputError."""
    if not text:
        return None
    match = _TYPED.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} isn't a date. Write it like {EXAMPLES}.")
    return _stored(match)


def read_named_day(text: str) -> tuple[str, str]:
    """Parse ``3 Nov name day`` into the day and its description. Raises InputError."""
    match = re.match(rf"(?:{_TYPED.pattern})(?= |$)", text, re.ASCII | re.IGNORECASE)
    if match is None or not text[match.end() :].strip():
        raise InputError(f"{text!r} needs a date and a description, such as 1 May 2019 married, or 3 Nov name day.")
    return _stored(match), text[match.end() :].strip()


def _stored(match: re.Match[str]) -> str:
    if match["stored"]:
        return match["stored"]
    year, month, day = (match[f"{part}{way}"] for way in ("", "2", "3") if match[f"day{way}"] for part in _PARTS)
    number = int(month) if month.isdigit() else MONTH_OF[month.lower()]
    found = f"{year or '-'}-{number:02}-{int(day):02}"
    try:
        check_birthday(found)
    except InputError as problem:
        raise InputError(f"{match[0]!r} isn't a date. Write it like {EXAMPLES}.") from problem
    return found


_PARTS = ("year", "month", "day")


def check_birthday(text: str, what: str = "birthday") -> None:
    """Raise InputError for an invalid day of the year."""
    try:
        if not _STORED.fullmatch(text):  # Python also accepts 19751212 and 1975-W50-5
            raise ValueError(text)
        date.fromisoformat(text.replace("--", "2000-", 1))
    except ValueError as error:
        raise InputError(f"{text!r} isn't a valid date ({what}). Write it like {EXAMPLES}.") from error


def check_dates(dates: Sequence[tuple[str, str]]) -> None:
    """Raise InputError for too many days of the year, an invalid one, or one without a description."""
    if len(dates) > MOST_DATES or any(not what or len(what) > LONGEST_DATE for _, what in dates):
        raise InputError(f"A contact can have up to {MOST_DATES} dates of up to {LONGEST_DATE} characters each.")
    for day, what in dates:
        check_birthday(day, what)


YEARLY = fields.Kind(
    lambda text, read_day: read_yearly(text),
    lambda value: day_text(value) if value else "",
    lambda value: value or None,
    plain=lambda value: value or "",
)
NAMED_DAYS = fields.several(
    ";",
    lambda pair: f"{day_text(pair[0])} {pair[1]}",
    lambda pair: {"date": pair[0], "what": pair[1]},
    plain=" ".join,
)
