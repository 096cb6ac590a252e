"""Prorates the figures of a plan or a goal that started late, by working days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from planner.domain import formats
from planner.domain.errors import StateError
from planner.domain.money import from_fraction
from planner.domain.plan.goals import Goal, Metric
from planner.domain.plan.pace import prorated
from planner.domain.plan.plan import MonthPlan
from planner.domain.workdays import Period, WorkCalendar, month_of


def plan_in_force(plan: MonthPlan, calendar: WorkCalendar) -> tuple[Period, MonthPlan]:
    """Return the days that count for a plan, and its figures, prorated if it began mid-month.

    Raises StateError if the calendar leaves it no working day.
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
        raise StateError(
            f"Your calendar has no working days from {formats.when_text(plan.starts)} to the end of the month."
        )
    return counting, replace(plan, quota=part(plan.quota), personal_plan=part(plan.personal_plan))


def plan_as_set(plan: MonthPlan, calendar: WorkCalendar) -> tuple[Period, MonthPlan]:
    """Like `plan_in_force`, but with the figures as set if no working day is left."""
    try:
        return plan_in_force(plan, calendar)
    except StateError:
        return Period(plan.starts or plan.month.first, plan.month.last), plan


def goal_in_force(goal: Goal, target: Fraction, calendar: WorkCalendar, stretch: Period) -> Fraction:
    """Return a late goal's target prorated by working days: in whole units except for money, and at least one."""
    part = prorated(target, calendar, goal.period, stretch)
    return part if goal.metric is Metric.REVENUE else Fraction(max(1, round(part)))


def plans_in_force(
    plans: Iterable[MonthPlan], calendar: WorkCalendar, period: Period
) -> dict[date, tuple[Fraction, Fraction, date]]:
    """Return quota and plan in force, and the day they count from, for the months of a period, by first of the month.
    Months without a plan, or without a working day left for it, are omitted. What was brought in is subtracted, leaving
    what the days that count should bring.
    """
    first, last = month_of(period.first).first, month_of(period.last).first
    found = {}
    for each in plans:
        if not first <= each.month.first <= last:
            continue
        try:
            counting, figures = plan_in_force(each, calendar)
        except StateError:
            continue  # no working day left, which is reported where the plan is set and shown
        left = (
            max(Fraction(0), Fraction(amount - each.brought_in)) for amount in (figures.quota, figures.personal_plan)
        )
        quota, personal = left
        found[each.month.first] = (quota, personal, counting.first)
    return found
