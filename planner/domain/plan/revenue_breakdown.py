"""Splits revenue goals over the months of their years, before and after shortfalls (`maths.md` 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from planner.domain.day_counts import DayCounts
from planner.domain.money import from_fraction
from planner.domain.plan.goal_tree import month_shares, rolled_shares
from planner.domain.plan.goals import Goal, GoalState, Metric
from planner.domain.plan.plan import MonthPlan, revenue_within
from planner.domain.plan.proration import goal_in_force
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of


@dataclass(frozen=True, slots=True)
class MonthFall:
    """A month's part of a yearly goal: the share first planned, the revenue it brought, and what is required now."""

    month: Period
    planned: Fraction
    done: Fraction
    asked: Fraction


@dataclass(frozen=True, slots=True)
class YearFall:
    """A revenue goal's year (on a growth path, the current one) by month, as seen from the month `current`."""

    goal: Goal
    stretch: Period
    target: Fraction
    months: tuple[MonthFall, ...]
    current: int

    def fall_in(self, month: Period) -> MonthFall | None:
        """Return the part in a calendar month, or None outside the stretch."""
        return next((fall for fall in self.months if fall.month.first in month or month.first in fall.month), None)

    @property
    def missed(self) -> Fraction:
        """Shortfall of past months against their plan, below 0 for a surplus."""
        over = self.months[: self.current]
        return sum((fall.planned - fall.done for fall in over), Fraction(0))


@dataclass(frozen=True, slots=True)
class RevenueBreakdown:
    """Splits revenue goals over months, given the calendar, the counts, the seasons (January first) and the plans,
    which hold what was brought into their months.
    """

    today: date
    calendar: WorkCalendar
    counts: DayCounts
    seasons: Sequence[float]
    plans: Sequence[MonthPlan] = ()

    def year(self, goal: Goal, day: date) -> YearFall | None:
        """Split a goal over the months of the stretch containing `day`, with shortfalls rolled into the rest.

        None for another metric, a goal that isn't open, or a `day` outside the stretch.
        """
        if goal.state is not GoalState.OPEN or goal.metric is not Metric.REVENUE:
            return None
        found = goal.stretch(day)
        if found is None or day > found[0].last:
            return None
        stretch, figure = found
        target = Fraction(figure)
        if goal.prorated:
            target = goal_in_force(goal, target, self.calendar, stretch)
        months = _months(stretch)
        starts = max(goal.counting.first, stretch.first)
        counting = [month.from_day(starts) for month in months]
        weights = [
            Fraction(str(self.seasons[month.first.month - 1])) * self.calendar.total(part)
            for month, part in zip(months, counting, strict=True)
        ]
        if not any(weights):
            return None
        done = [Fraction(revenue_within(self.counts, self.plans, month)) for month in months]
        # view a future month from today, assuming the months in between meet their targets
        seen = min(max(min(day, self.today), starts), stretch.last)
        current = next(index for index, month in enumerate(months) if seen in month)
        # revenue before a growth path began stands as it is, and its year's pace starts from there
        before = [Fraction(revenue_within(self.counts, self.plans, month.up_to(starts - DAY))) for month in months]
        shares = month_shares(max(Fraction(0), target - sum(before)), weights)
        planned = [share + amount for share, amount in zip(shares, before, strict=True)]
        asked = rolled_shares(target, weights, done, current)
        falls = tuple(MonthFall(*row) for row in zip(months, planned, done, asked, strict=True))
        return YearFall(goal, stretch, target, falls, current)

    def month(self, goal: Goal, month: Period) -> Decimal | None:
        """Return a goal's target for a month with earlier shortfalls rolled in, or None if it has none."""
        fall = self.year(goal, month.first) or self.year(goal, month.last)  # the goal may start later in the month
        part = None if fall is None else fall.fall_in(month)
        return None if part is None else from_fraction(part.asked)

    def largest_target(self, goals: Iterable[Goal], month: Period) -> tuple[Goal, Decimal] | None:
        """Return the goal with the highest target for a month, and that target, or None."""
        asking = [(goal, share) for goal in goals if (share := self.month(goal, month)) is not None]
        return max(asking, key=lambda pair: pair[1], default=None)

    def leading_year(self, goals: Iterable[Goal], day: date) -> YearFall | None:
        """Return the year of the goal with the highest target for the month of a day."""
        month = month_of(day)
        found = self.largest_target(goals, month)
        if found is None:
            return None
        return self.year(found[0], month.first) or self.year(found[0], month.last)


def _months(stretch: Period) -> list[Period]:
    found = []
    month = month_of(stretch.first)
    while month.first <= stretch.last:
        found.append(Period(max(month.first, stretch.first), min(month.last, stretch.last)))
        month = month_of(month.last + DAY)
    return found
