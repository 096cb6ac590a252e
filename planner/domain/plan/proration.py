"""The figures in force of a plan or a goal that was taken up late: its part of them, by working days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from planner.domain.errors import StateError
from planner.domain.money import from_fraction
from planner.domain.plan.goals import Goal, Metric
from planner.domain.plan.pace import prorated
from planner.domain.plan.plan import MonthPlan
from planner.domain.workdays import Period, WorkCalendar, month_of


def plan_in_force(plan: MonthPlan, calendar: WorkCalendar) -> tuple[Period, MonthPlan]:
    """The days that count for a plan, and its figures in proportion where it was taken up mid-month.

    Raises StateError where the calendar leaves it no working day.
    """
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


def plan_as_set(plan: MonthPlan, calendar: WorkCalendar) -> tuple[Period, MonthPlan]:
    """As `plan_in_force`; where no working day is left to it, the figures stand as they were set."""
    try:
        return plan_in_force(plan, calendar)
    except StateError:
        return Period(plan.starts or plan.month.first, plan.month.last), plan


def goal_in_force(goal: Goal, target: Fraction, calendar: WorkCalendar, stretch: Period) -> Fraction:
    """The target of a goal that was started late, by working days: in whole units but for money, and at least one."""
    part = prorated(target, calendar, goal.period, stretch)
    return part if goal.metric is Metric.REVENUE else Fraction(max(1, round(part)))


def plans_in_force(
    plans: Iterable[MonthPlan], calendar: WorkCalendar, period: Period
) -> dict[date, tuple[Fraction, Fraction, date]]:
    """Quota and plan in force of the months that a period touches, and the day from which they count, by the first of
    each; a month without a plan, or without a working day left for it, isn't in it. What was brought in is taken off:
    it is what the days that count are to bring.
    """
    first, last = month_of(period.first).first, month_of(period.last).first
    found = {}
    for each in plans:
        if not first <= each.month.first <= last:
            continue
        try:
            counting, figures = plan_in_force(each, calendar)
        except StateError:
            continue  # no working day is left for it: said where the plan is set and shown
        left = (
            max(Fraction(0), Fraction(amount - each.brought_in)) for amount in (figures.quota, figures.personal_plan)
        )
        quota, personal = left
        found[each.month.first] = (quota, personal, counting.first)
    return found
