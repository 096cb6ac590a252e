"""Continues a month's goals into the next one: under the same goals, with their share of what those still need."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from planner.domain.plan.goals import Goal, GoalState, Horizon, Metric
from planner.domain.workdays import Period, WorkCalendar, month_of, week_of

LAST_DAYS = timedelta(days=6)  # a weekly goal that overlaps these last days of the old month continues

ACTS = frozenset({Metric.MEETINGS, Metric.MEETINGS_BOOKED, Metric.CONVERSATIONS, Metric.PROPOSALS})
# What a goal leaves for the days of a period, in its unit.
Left = Callable[[Goal, Period], Fraction]


@dataclass(frozen=True, slots=True)
class Renewal:
    """A goal of the old month with its successor, placed under the successor of the old goal `under`, if given.
    `shared` means its target is what the goal above leaves for it, `by_calls` that it comes from the calls per day.
    """

    old: Goal
    new: Goal
    under: int | None = None
    shared: bool = False
    by_calls: bool = False

    def with_calls(self, calls: int, before: int) -> Renewal:
        """Return the same for other calls per day than `before`, if its target depends on them."""
        if not self.by_calls or self.new.target is None:
            return self
        return replace(self, new=replace(self.new, target=Decimal(math.ceil(self.new.target * calls / before))))


@dataclass(frozen=True, slots=True)
class _Month:
    """The input for a month's goals. `goals` are all existing ones."""

    goals: Mapping[int, Goal]
    old: Period
    month: Period
    calendar: WorkCalendar
    left: Left
    calls_per_day: int | None

    def period(self, goal: Goal) -> Period:
        """Return the month, or the week of its first working day."""
        if goal.horizon is Horizon.MONTH:
            return self.month
        worked = (day for day, weight in self.calendar.weights(self.month) if weight)
        return week_of(next(worked, self.month.first))

    def ended_goals(self) -> list[Goal]:
        """Return the goals of the old month and its last week that weren't dropped, parents first."""
        last = Period(self.old.last - LAST_DAYS, self.old.last)
        found = [
            goal
            for goal in self.goals.values()
            if goal.state is not GoalState.DROPPED
            and (
                (goal.horizon is Horizon.MONTH and month_of(goal.period.last) == self.old)
                or (goal.horizon is Horizon.WEEK and goal.period.overlaps(last))
            )
        ]
        return sorted(found, key=lambda goal: (goal.horizon.level, self._depth(goal), goal.position, goal.id))

    def _depth(self, goal: Goal) -> int:
        above = list(self.above(goal))
        return len(above)

    def above(self, goal: Goal) -> Iterable[Goal]:
        """Yield the goals above one, nearest first."""
        seen = {goal.id}
        while goal.parent_id in self.goals and goal.parent_id not in seen:
            goal = self.goals[goal.parent_id]  # type: ignore[index]
            seen.add(goal.id)
            yield goal

    def successor(self, goal: Goal) -> Goal | None:
        """Return the goal that the rep has already made for the new period, if any."""
        period = self.period(goal)
        return next(
            (
                each
                for each in self.goals.values()
                if _is_same(goal, each) and each.state is not GoalState.DROPPED and each.period.overlaps(period)
            ),
            None,
        )

    def by_calls(self, goal: Goal) -> bool:
        """Whether a target equals the plan's calls per day times the days it counted."""
        made_of = (self.calls_per_day or 0) * self.calendar.total(goal.counting)
        return goal.metric is Metric.DIALS and bool(made_of) and abs(Fraction(goal.target or 0) - made_of) < 1

    def target(self, goal: Goal, period: Period) -> Fraction:
        """Return the target for a period. It is the old one, unless that came from calls per day (recomputed for these
        days) or counted only part of its period (scaled up to the whole).
        """
        days = self.calendar.total(period) if self.by_calls(goal) else Fraction(0)
        if days:
            return (self.calls_per_day or 0) * days
        counted, whole = self.calendar.total(goal.counting), self.calendar.total(goal.period)
        part = goal.metric in ACTS and bool(counted)
        return Fraction(goal.target or 0) * (whole / counted if part else 1)

    def share(self, goal: Goal, carrier: Goal | None, ended: Iterable[Goal], period: Period) -> Fraction | None:
        """Return what the goal above leaves for a period, shared among siblings by their old targets, or None if its
        figure doesn't apply or nothing is left.
        """
        if carrier is None or carrier.metric is not goal.metric or carrier.target is None or goal.target is None:
            return None
        left = self.left(carrier, period)
        sisters = [
            Fraction(each.target)
            for each in ended
            if (each.parent_id, each.metric, each.horizon) == (goal.parent_id, goal.metric, goal.horizon)
            and each.target is not None
        ]
        return left * Fraction(goal.target) / sum(sisters, Fraction(0)) if left > 0 else None


def renewals(
    goals: Mapping[int, Goal],
    old: Period,
    month: Period,
    calendar: WorkCalendar,
    left: Left,
    calls_per_day: int | None = None,
) -> list[Renewal]:
    """Renew the goals of an old month for another, parents first. Each stays under its parent, or the nearest ancestor
    that still runs, so that none ends up at the top of the goal tree.

    `calls_per_day` is the old plan's: a call goal derived from it is derived from it again.
    """
    facts = _Month(goals, old, month, calendar, left, calls_per_day)
    ended = facts.ended_goals()
    found: dict[int, Renewal] = {}
    for goal in ended:
        period = facts.period(goal)
        if facts.successor(goal) is not None or any(_is_same(goal, each.old) for each in found.values()):
            continue
        parent_id, under, carrier = goal.parent_id, None, None
        for above in facts.above(goal):
            if above.id in found:
                under, carrier = above.id, found[above.id].new
                break
            carrier = facts.successor(above) if above in ended else above
            if carrier is not None and carrier.state is GoalState.OPEN and carrier.period.last >= period.first:
                parent_id = carrier.id
                break
            carrier = None
        share = facts.share(goal, carrier, ended, period)
        target = None
        if goal.target is not None:
            target = Decimal(max(1, math.ceil(facts.target(goal, period) if share is None else share)))
        new = replace(
            goal, id=0, period=period, parent_id=parent_id, target=target, whole=True,
            starts=month.first if period.first < month.first else None,
            state=GoalState.OPEN, tally=Decimal(0),
        )  # fmt: skip
        found[goal.id] = Renewal(goal, new, under, share is not None, share is None and facts.by_calls(goal))
    return list(found.values())


def _is_same(one: Goal, other: Goal) -> bool:
    return (one.horizon, one.metric, one.title.casefold()) == (other.horizon, other.metric, other.title.casefold())
