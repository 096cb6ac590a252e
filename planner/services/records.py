"""Records of a day, and the day that passes both lines: celebrated quietly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import review as rules
from planner.domain.records import broken, to_beat
from planner.domain.review import Record
from planner.domain.workdays import Period, month_of
from planner.services.calendar import work_calendar
from planner.services.desk import Desk
from planner.services.effective import plans_of
from planner.store import review as store

if TYPE_CHECKING:
    from planner.store.recorder import Reads


@dataclass(frozen=True, slots=True)
class Celebrated:
    """What a day was: the records it set, and whether it is the first of its month over both lines."""

    records: tuple[Record, ...] = ()
    over_both: bool = False


def of_day(desk: Desk, reads: Reads, day: date) -> Celebrated:
    """What there is to celebrate of a day."""
    counts = store.counts(reads, Period(day, day)).get(day, {})
    beat = to_beat(store.bests(reads, day))
    found = tuple(Record(name, day, counts[name], beat[name]) for name in broken(counts, beat))
    over = counts.get("revenue", 0) > 0 and over_both(desk, reads, Period(day, day)) is not None
    return Celebrated(found, over)


def over_both(desk: Desk, reads: Reads, period: Period) -> date | None:
    """The first day of a month on which what was booked in it stood over the lines of quota and plan at its end, where
    that day lies in a period; days to come are none.
    """
    whole = Period(month_of(period.first).first, month_of(period.last).last)
    calendar = work_calendar(desk, reads, whole)
    found, weights = plans_of(reads, calendar, whole), dict(calendar.weights(whole))
    counts = store.counts(reads, whole)
    for month in {month_of(day).first: month_of(day) for day in period}.values():
        if month.first not in found:
            continue
        _, _, starts = found[month.first]
        booked, asked = 0, Fraction(0)
        for day in month:
            if day > desk.today():
                return None
            booked += counts.get(day, {}).get("revenue", 0)
            asked += max(rules.plan_share(found, weights, [day]))
            if day >= starts and booked > 0 and Decimal(booked) >= round(asked * 100):
                if day in period:
                    return day
                break
    return None
