"""What there is to celebrate: records, and the first day of a month above both quota and plan pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from planner.domain.day.records import broken_records, to_beat
from planner.domain.day_counts import DayCounts
from planner.domain.review.review import Plans, Record, plan_share
from planner.domain.workdays import Period, WorkCalendar, month_of


@dataclass(frozen=True, slots=True)
class Celebrated:
    """Achievements of a day: the records it set, and whether it is the month's first above quota and plan pace."""

    records: tuple[Record, ...] = ()
    over_both: bool = False


def find_celebrated(
    day: date,
    today: date,
    counts: DayCounts,
    plans: Mapping[date, tuple[Fraction, Fraction, date]],
    calendar: WorkCalendar,
) -> Celebrated:
    """Return what there is to celebrate about a day."""
    own, beat = counts.counts_on(day), to_beat(counts.bests(day))
    found = tuple(Record(name, day, own[name], beat[name]) for name in broken_records(own, beat))
    over = own.get("revenue", 0) > 0 and over_both(Period(day, day), today, counts, plans, calendar) is not None
    return Celebrated(found, over)


def over_both(period: Period, today: date, counts: DayCounts, plans: Plans, calendar: WorkCalendar) -> date | None:
    """Return the first day of a month whose revenue is above both quota and plan pace at its end, if it is in the
    period. Future days don't count.
    """
    for month in {month_of(day).first: month_of(day) for day in period}.values():
        if month.first not in plans:
            continue
        _, _, starts = plans[month.first]
        weights = dict(calendar.weights(month))
        booked, asked = 0, Fraction(0)
        for day in month:
            if day > today:
                return None
            if day >= starts:  # earlier revenue isn't part of either pace
                booked += counts.counts_on(day).get("revenue", 0)
            asked += max(plan_share(plans, weights, [day]))
            if day >= starts and booked > 0 and Decimal(booked) >= round(asked * 100):
                if day in period:
                    return day
                break
    return None
