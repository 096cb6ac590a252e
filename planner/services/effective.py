"""The figures in force of a plan or goal that was taken up late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain.errors import StateError
from planner.domain.goals import Goal, Metric
from planner.domain.money import from_fraction
from planner.domain.pace import prorated
from planner.domain.plan import MonthPlan
from planner.domain.workdays import Period, WorkCalendar, month_of

if TYPE_CHECKING:
    from planner.store.recorder import Reads


def effective_plan(plan: MonthPlan, calendar: WorkCalendar) -> tuple[Period, MonthPlan]:
    """The days that count for a plan, and its figures in proportion where it was taken up mid-month."""
    if plan.starts is None or plan.starts == plan.month.first:
        return plan.month, plan
    counting = Period(plan.starts, plan.month.last)
    if plan.whole:
        return counting, plan

    def part(amount: Decimal) -> Decimal:
        share = prorated(Fraction(amount), calendar, plan.month, counting)
        return from_fraction(share)

    if not calendar.total(counting):
        raise StateError(f"The calendar leaves no working day from {plan.starts} to the end of the month.")
    return counting, replace(plan, quota=part(plan.quota), personal_plan=part(plan.personal_plan))


def in_proportion(goal: Goal, target: Fraction, calendar: WorkCalendar, stretch: Period) -> Fraction:
    """The target of a goal that was started late, by working days: in whole units but for money, and at least one."""
    part = prorated(target, calendar, goal.period, stretch)
    return part if goal.metric is Metric.REVENUE else Fraction(max(1, round(part)))


def plans_of(reads: Reads, calendar: WorkCalendar, period: Period) -> dict[date, tuple[Fraction, Fraction, date]]:
    """Quota and plan in force of the months that a period touches, and the day from which they count, by the first of
    each; a month without a plan, or without a working day left for it, isn't in it.
    """
    from planner.store import plan

    found = {}
    for each in plan.between(reads, month_of(period.first), month_of(period.last)):
        try:
            counting, figures = effective_plan(each, calendar)
        except StateError:
            continue  # no working day is left for it: said where the plan is set and shown
        found[each.month.first] = (Fraction(figures.quota), Fraction(figures.personal_plan), counting.first)
    return found
