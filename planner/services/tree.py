"""The tree of wishes: how a year's revenue falls on its months, before and after what was missed (`maths.md` 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain.goals import Goal, GoalState, Metric
from planner.domain.goaltree import month_shares, rolled_shares
from planner.domain.money import from_fraction
from planner.domain.workdays import DAY, Period, month_of
from planner.services.calendar import work_calendar
from planner.services.desk import Desk
from planner.services.effective import in_proportion
from planner.store import calls

if TYPE_CHECKING:
    from planner.store.recorder import Reads


@dataclass(frozen=True, slots=True)
class MonthFall:
    """A month of a goal's year: the share planned at first, what it brought, and what is asked now."""

    month: Period
    planned: Fraction
    done: Fraction
    asked: Fraction


@dataclass(frozen=True, slots=True)
class YearFall:
    """A revenue goal's stretch (its year on a growth path) over its months, as seen from the month `current`."""

    goal: Goal
    stretch: Period
    target: Fraction
    months: tuple[MonthFall, ...]
    current: int

    def of(self, month: Period) -> MonthFall | None:
        """The part of a calendar month; None outside the stretch."""
        return next((fall for fall in self.months if fall.month.first in month or month.first in fall.month), None)

    @property
    def missed(self) -> Fraction:
        """What the months that are over brought less than planned (below 0: more)."""
        over = self.months[: self.current]
        return sum((fall.planned - fall.done for fall in over), Fraction(0))


def year_fall(desk: Desk, reads: Reads, goal: Goal, day: date) -> YearFall | None:
    """How a revenue goal falls on the months of the stretch that holds `day`, what was missed rolled into the rest.

    None for another metric, a goal that isn't open, or a stretch that `day` lies outside.
    """
    if goal.state is not GoalState.OPEN or goal.metric is not Metric.REVENUE:
        return None
    found = goal.stretch(day)
    if found is None or day > found[0].last:
        return None
    stretch, figure = found
    calendar = work_calendar(desk, reads, Period(min(goal.period.first, stretch.first), stretch.last))
    target = Fraction(figure)
    if goal.prorated:
        target = in_proportion(goal, target, calendar, stretch)
    seasons = desk.config["plan.seasons"]
    months = _months(stretch)
    weights = [Fraction(str(seasons[month.first.month - 1])) * calendar.total(month) for month in months]
    if not any(weights):
        return None
    planned = month_shares(target, weights)
    done = [Fraction(calls.counted(reads, "revenue", month)) / 100 for month in months]
    # a month to come is seen as from today: those between are taken as asked
    seen = min(max(min(day, desk.today()), stretch.first), stretch.last)
    current = next(index for index, month in enumerate(months) if seen in month)
    asked = rolled_shares(target, weights, done, current)
    falls = tuple(MonthFall(*row) for row in zip(months, planned, done, asked, strict=True))
    return YearFall(goal, stretch, target, falls, current)


def _months(stretch: Period) -> list[Period]:
    found = []
    month = month_of(stretch.first)
    while month.first <= stretch.last:
        found.append(Period(max(month.first, stretch.first), min(month.last, stretch.last)))
        month = month_of(month.last + DAY)
    return found


def month_share(desk: Desk, reads: Reads, goal: Goal, month: Period) -> Decimal | None:
    """What a revenue goal asks of a month, what was missed before rolled in; None where it asks nothing."""
    fall = year_fall(desk, reads, goal, month.first)
    if fall is None:  # taken up later in the month
        fall = year_fall(desk, reads, goal, month.last)
    part = None if fall is None else fall.of(month)
    return None if part is None else from_fraction(part.asked)


def largest_share(desk: Desk, reads: Reads, goals: dict[int, Goal], month: Period) -> tuple[Goal, Decimal] | None:
    """The goal that asks most of a month, and what it asks; None when none does."""
    shares = [(share, goal) for goal in goals.values() if (share := month_share(desk, reads, goal, month)) is not None]
    if not shares:
        return None
    share, goal = max(shares, key=lambda pair: pair[0])
    return goal, share


def year_of(desk: Desk, reads: Reads, goals: dict[int, Goal], day: date) -> YearFall | None:
    """The fall of the goal that asks most of the month of a day."""
    month = month_of(day)
    found = largest_share(desk, reads, goals, month)
    if found is None:
        return None
    return year_fall(desk, reads, found[0], month.first) or year_fall(desk, reads, found[0], month.last)
