"""Decides which dates are worked, and how much of each (`maths.md` 1).

A weight is a `Fraction` in [0, 1]: 1 for a full day, 1/2 for a half day, 0 for a day off. Fractions rather than floats
keep the ceiling of a quotient from being off by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Protocol

from planner.domain import formats
from planner.domain.errors import InputError

FULL, OFF = Fraction(1), Fraction(0)
MONDAY_TO_FRIDAY: tuple[Fraction, ...] = (FULL,) * 5 + (OFF,) * 2
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = timedelta(days=1)
LONGEST_WALK = 366  # days to search for a working day


@dataclass(frozen=True, slots=True)
class Period:
    """An unbroken run of dates, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InputError(f"{formats.days_text(self.first, self.last, date.min)} ends before it starts.")

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)

    def overlaps(self, other: Period) -> bool:
        """Whether the two share a date."""
        return self.first <= other.last and other.first <= self.last

    def from_day(self, first: date) -> Period | None:
        """Return the part from `first` on, or None if nothing is left."""
        start = max(first, self.first)
        return Period(start, self.last) if start <= self.last else None

    def up_to(self, last: date) -> Period | None:
        """Return the part up to and including `last`, or None if nothing is left."""
        end = min(last, self.last)
        return Period(self.first, end) if end >= self.first else None


def month_of(day: date) -> Period:
    """Return the calendar month that contains `day`."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Period(first, following - DAY)


def week_of(day: date) -> Period:
    """Return the ISO week (Monday to Sunday) that contains `day`."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def parse_month(text: str) -> Period:
    """Parse a month such as ``2026-11``. Raises InputError for anything else."""
    try:
        year, month = text.strip().split("-")
        if len(year) != 4 or not 1 <= len(month) <= 2 or not 1970 <= int(year) <= 2200:
            raise ValueError
        return month_of(date(int(year), int(month), 1))
    except ValueError as error:
        raise InputError(f"{text!r} isn't a month. Write it like 2026-11 or November 2026.") from error


@dataclass(frozen=True, slots=True)
class CalendarException:
    """The rep's override for one date: its weight and why."""

    weight: Fraction
    note: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise InputError(f"A day's weight must be between 0 and 1, not {self.weight}.")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The rep's working calendar: weights of dates from the week template, then public holidays, then the rep's
    exceptions. Later ones win.

    `made_up` holds days off that a country works in exchange for others, such as certain Saturdays.
    """

    week: tuple[Fraction, ...] = MONDAY_TO_FRIDAY
    holidays: Mapping[date, str] = field(default_factory=dict)
    exceptions: Mapping[date, CalendarException] = field(default_factory=dict)
    made_up: Container[date] = frozenset()
    _totals: dict[Period, Fraction] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not all(0 <= weight <= 1 for weight in self.week):
            raise InputError("The week template needs seven weights between 0 and 1, starting with Monday.")

    def weight(self, day: date) -> Fraction:
        """Return w_d, the weight of one date."""
        exception = self.exceptions.get(day)
        if exception is not None:
            return exception.weight
        if day in self.holidays:
            return OFF
        return self.week[day.weekday()] or (self._made_up_weight(day) if day in self.made_up else OFF)

    def _made_up_weight(self, day: date) -> Fraction:
        """Return the weight of the last working weekday before it, which a made-up Saturday takes over."""
        before = (self.week[(day.weekday() - back) % 7] for back in range(1, 7))
        return next((weight for weight in before if weight), OFF)

    def reason_for(self, day: date) -> str:
        """Return why a date differs from its weekday: the rep's note, else the holiday, else an empty string."""
        exception = self.exceptions.get(day)
        if exception is not None and exception.note:
            return exception.note
        return self.holidays.get(day, "") or ("makeup workday" if day in self.made_up else "")

    def is_working_day(self, day: date) -> bool:
        """Whether a date is worked, at least in part."""
        return self.weight(day) > 0

    def taken_off(self, day: date) -> bool:
        """Whether a date is a public holiday or was taken off by the rep, so more than a weekend."""
        exception = self.exceptions.get(day)
        return day in self.holidays if exception is None else not exception.weight

    def total(self, period: Period | None) -> Fraction:
        """Return W, the sum of the weights in a period (0 for an empty one)."""
        if period is None:
            return OFF
        found = self._totals.get(period)
        if found is None:  # group by weight: adding fractions day by day takes five years a second
            counted = Counter(self.weight(day) for day in period)
            found = self._totals[period] = sum((weight * count for weight, count in counted.items()), OFF)
        return found

    def weights(self, period: Period | None) -> list[tuple[date, Fraction]]:
        """Return each date of a period with its weight, days off included."""
        return [] if period is None else [(day, self.weight(day)) for day in period]


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Working days of a period as of some day: all of them (W), those elapsed (E) and those remaining (R). W = E +
    R.
    """

    total: Fraction
    elapsed: Fraction
    left: Fraction


def working_days(calendar: WorkCalendar, period: Period, today: date, *, closed: bool = False) -> WorkingDays:
    """Return W, E (before today) and R of a period. Today belongs to R until it is closed."""
    first_open = today + DAY if closed else today
    total = calendar.total(period)
    elapsed = calendar.total(period.up_to(first_open - DAY))
    return WorkingDays(total, elapsed, total - elapsed)


class Worked(Protocol):
    """Protocol of what callers need of a calendar for a single date."""

    def is_working_day(self, day: date) -> bool:
        """Whether a date is worked, at least in part."""

    def taken_off(self, day: date) -> bool:
        """Whether a date is a public holiday or was taken off by the rep."""


def nearest_worked(day: date, is_working_day: Callable[[date], bool], *, back: bool = False) -> date:
    """Return the date itself if it is worked, else the next working day (the previous one with `back`). If there is
    none within a year, return the date itself.
    """
    step = -DAY if back else DAY
    found = day
    for _ in range(LONGEST_WALK):
        if is_working_day(found):
            return found
        found += step
    return day


def worked_ahead(day: date, is_working_day: Callable[[date], bool], count: int = 1) -> date:
    """Return the date `count` working days later. With a count of 0 it is the date itself if worked, else the next
    working day. If a year has no working day, every day counts.
    """
    found = day if count else nearest_worked(day, is_working_day)
    for _ in range(count):
        found = nearest_worked(found + DAY, is_working_day)
    return found
