"""The spans of time that a review covers: a day, a week, a month, and their names."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.workdays import DAY, Period, month_of

_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def week_of(day: date) -> Period:
    """Return the week that contains a day, Monday to Sunday."""
    monday = day - DAY * day.weekday()
    return Period(monday, monday + DAY * 6)


def week_name(day: date) -> str:
    """Return the ISO week of a day, ``2026-W47``. The first days of a year may be in the previous year's last week."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def parse_span(text: str, today: date) -> tuple[Span, date] | None:
    """Return the span named by ``2026-W46``, ``2026-10``, ``last week`` or ``last month``, with a day in it, or None
    for anything else. Raises InputError for a week or month that doesn't exist.
    """
    words = " ".join(text.lower().split())
    if words == "last week":
        return Span.WEEK, week_of(today).first - DAY
    if words == "last month":
        return Span.MONTH, month_of(today).first - DAY
    week, month = _WEEK.fullmatch(words), _MONTH.fullmatch(words)
    try:
        if week is not None:
            return Span.WEEK, date.fromisocalendar(int(week[1]), int(week[2]), 1)
        return None if month is None else (Span.MONTH, date(int(month[1]), int(month[2]), 1))
    except ValueError as error:
        raise InputError(f"There's no {'week' if week else 'month'} {text.strip()}.") from error


class Span(StrEnum):
    """The length of time a review covers."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def period(self, day: date) -> Period:
        """Return the span that contains a day."""
        if self is Span.DAY:
            return Period(day, day)
        return week_of(day) if self is Span.WEEK else month_of(day)

    def step(self, period: Period, count: int) -> Period:
        """Return the span `count` spans later, or earlier if below 0."""
        if self is Span.DAY:
            return self.period(period.first + DAY * count)
        if self is Span.WEEK:
            return self.period(period.first + DAY * 7 * count)
        return self.period(period.first + relativedelta(months=count))

    def year_before(self, period: Period) -> Period:
        """Return the same span a year earlier: the month, or 52 weeks back, on the same weekdays."""
        if self is Span.MONTH:
            return self.step(period, -12)
        return Period(period.first - DAY * 364, period.last - DAY * 364)

    def title_of(self, period: Period) -> str:
        """Return the span as people read it: ``Tue 17 Nov 2026``, ``Week 2026-W47`` or ``November 2026``."""
        if self is Span.WEEK:
            return f"Week {week_name(period.first)}"
        return formats.dated_text(period.first) if self is Span.DAY else formats.month_text(period.first)

    def name_of(self, period: Period) -> str:
        """Return ``2026-11-17``, ``2026-W47`` or ``2026-11``."""
        if self is Span.WEEK:
            return week_name(period.first)
        return period.first.isoformat()[: 10 if self is Span.DAY else 7]
