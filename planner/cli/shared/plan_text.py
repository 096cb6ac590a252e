"""Renders a new month, a quarter or a year as text and JSON."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from planner.cli.shared.common import json_number, money, ratio
from planner.domain import formats
from planner.domain.plan.pace import Course
from planner.domain.plan.plan import month_text
from planner.domain.plan.quotas import Stretch
from planner.domain.workdays import Period, WorkingDays
from planner.services.plan.new_month import MonthEnd, Offer
from planner.services.plan.quotas import QuotaView


def like_last(month: Period) -> str:
    """The command that starts a month with the rep's last figures."""
    return f"planner plan set --month {month_text(month)} --like-last"


def offer_lines(offered: Offer) -> list[str]:
    """How the old month ended, the offer for the new one, and the goals that continue."""
    lines = [offered.last.sentence()]
    if offered.year_ago is not None:
        lines.append(offered.year_ago.sentence())
    lines.append(f"Proposed for {formats.month_text(offered.month.first)}:")
    lines += [f"  {name:<14} {value:>16}  {source}".rstrip() for name, value, source in offered.figures()]
    lines += [f"  goal           {line}" for line in offered.goal_lines()]
    return lines


def offer_object(offered: Offer) -> dict[str, object]:
    """The offer for a month, for `plan show --json`."""
    plan = offered.plan
    return {
        "quota": money(plan.quota),
        "personal_plan": money(plan.personal_plan),
        "average_deal": money(plan.average_deal),
        "calls_per_day": plan.calls_per_day,
        "last": _end_object(offered.last),
        "year_ago": None if offered.year_ago is None else _end_object(offered.year_ago),
        "goals": [
            {
                "title": each.new.title,
                "horizon": each.new.horizon.value,
                "metric": None if each.new.metric is None else each.new.metric.value,
                "target": json_number(each.new.target),
                "follows": each.old.id,
            }
            for each in offered.goals
        ],
        "command": like_last(offered.month),
    }


def _end_object(end: MonthEnd) -> dict[str, object]:
    return {
        "month": month_text(end.month),
        "quota": money(end.quota),
        "personal_plan": money(end.personal_plan),
        "booked": money(end.booked),
    }


def course_object(days: WorkingDays, quota: Course | None, own: Course | None) -> dict[str, object]:
    """Working days and pace of a month, quarter or year, for `plan show --json`."""
    return {
        "working_days": {
            "total": json_number(days.total),
            "elapsed": json_number(days.elapsed),
            "left": json_number(days.left),
        },
        "pace": {
            "quota_line": money(quota.pace.line) if quota else None,
            "plan_line": money(own.pace.line) if own else None,
            "quota_delta": money(quota.pace.delta) if quota else None,
            "plan_delta": money(own.pace.delta) if own else None,
            "plan_delta_days": json_number(own.pace.delta_days) if own else None,
            "run_rate": money(own.pace.run_rate) if own else None,
            "required_per_day": money(own.pace.required) if own else None,
            "quota_required_per_day": money(quota.pace.required) if quota else None,
            "quota_verdict": quota.pace.verdict if quota else None,
            "plan_verdict": own.pace.verdict if own else None,
        },
    }


def quota_object(view: QuotaView) -> dict[str, object]:
    """The object of `plan show --quarter|--year --json`. Null stands for what isn't set or doesn't apply."""
    quota, own = view.quota_course, view.plan_course
    return {
        "period": view.stretch.name,
        "from": view.stretch.period.first.isoformat(),
        "to": view.stretch.period.last.isoformat(),
        "currency": view.currency,
        "quota": money(view.quota),
        "personal_plan": money(view.personal_plan),
        "booked": money(view.booked),
        "quota_attainment": ratio(view.booked, view.quota) if view.quota is not None else None,
        "plan_attainment": ratio(view.booked, view.personal_plan) if view.personal_plan is not None else None,
        "left": {
            "quota": money(quota.pace.short_by) if quota else None,
            "personal_plan": money(own.pace.short_by) if own else None,
            "to_plan": money(view.left_to_plan),
        },
        **course_object(view.days, quota, own),
        "months": [
            {
                "month": month_text(each.month),
                "quota": None if each.figures is None else money(each.figures.quota),
                "personal_plan": None if each.figures is None else money(each.figures.personal_plan),
                "booked": money(each.booked),
                "planned": each.figures is not None and each.figures.own,
            }
            for each in view.months
        ],
    }


def quota_head(view: QuotaView) -> str:
    stretch, unit = view.stretch, f" {view.currency}" if view.currency else ""
    head = f"{stretch.title} ({stretch.span_text()})"
    if view.quota is None or view.personal_plan is None:
        return head
    own = "" if view.personal_own else " (your default multiple)"
    quota, plan = formats.amount(view.quota), formats.amount(view.personal_plan)
    return f"{head}: quota {quota}{unit}, personal plan {plan}{unit}{own}"


def month_lines(view: QuotaView) -> list[str]:
    """The months with their own figures, or their share of the whole."""
    lines = [f"  {'':<14}{'quota':>14}{'personal plan':>16}{'closed':>14}"]
    for each in view.months:
        figures = each.figures
        quota, own = (
            ("–", "–") if figures is None else (formats.amount(figures.quota), formats.amount(figures.personal_plan))
        )
        told = "" if figures is None or figures.own else f"   share of {figures.source}, not planned yet"
        lines.append(
            f"  {formats.month_text(each.month.first):<14}{quota:>14}{own:>16}{formats.amount(each.booked):>14}{told}"
        )
    return lines


def quota_lines(view: QuotaView) -> list[str]:
    """Format `plan show --quarter|--year` as text."""
    lines = [quota_head(view)]
    if view.quota_course is None or view.plan_course is None:
        lines.append(
            f"  {formats.amount(view.booked)} closed. No quota for {view.stretch.title} yet. Set one: "
            f"planner plan set {option(view.stretch)} --quota AMOUNT"
        )
        return [*lines, *month_lines(view)]
    lines += [
        f"  {name:<22} {left:>17} {right:>17}"
        for name, left, right in rows(view.plan_course, view.quota_course, view.booked)
    ]
    lines += month_lines(view)
    if view.left_to_plan and view.months_planned < len(view.months):
        lines.append(f"  {formats.amount(view.left_to_plan)} of the quota isn't in any month's plan yet.")
    return lines


def option(stretch: Stretch) -> str:
    return f"--{'year' if stretch.is_year else 'quarter'} {stretch.name}"


def rows(own: Course, quota: Course, booked: Decimal) -> list[tuple[str, str, str]]:
    """Quota and plan side by side."""
    return [
        ("", "personal plan", "quota"),
        ("target", amount(own.pace.target), amount(quota.pace.target)),
        ("closed", formats.amount(booked), formats.amount(booked)),
        ("attainment", _share(own), _share(quota)),
        ("pace today", amount(own.pace.line), amount(quota.pace.line)),
        ("ahead or behind", _delta(own), _delta(quota)),
        ("needed per working day", _required(own), _required(quota)),
        ("status", _status(own), _status(quota)),
    ]


def amount(value: Fraction) -> str:
    """Format an amount, to the hundredth."""
    return formats.amount(round(float(value), 2))


def _share(course: Course) -> str:
    return formats.percent(float(course.pace.done / course.pace.target), 1) if course.pace.target else "n/a"


def _delta(course: Course) -> str:
    delta = course.pace.delta
    sign = "▲" if delta > 0 else "▼" if delta < 0 else "▬"
    return f"{sign} {amount(abs(delta))}"


def _required(course: Course) -> str:
    return "–" if course.pace.required is None else amount(course.pace.required)


def _status(course: Course) -> str:
    if course.pace.verdict == "missed":
        return f"missed by {amount(course.pace.short_by)}"
    return course.pace.status
