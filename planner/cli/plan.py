"""`planner plan`: the month's two figures."""

from __future__ import annotations

import argparse
from fractions import Fraction

from planner.cli.common import Group, emit, money, number, ratio, read_when, say, warn
from planner.domain.money import format_amount, format_number, parse_amount
from planner.domain.pace import Course
from planner.domain.plan import month_text
from planner.domain.workdays import month_of, parse_month
from planner.services import plan as service
from planner.services.desk import Desk

STAGES = ("conversation", "meeting-booked", "meeting-held", "proposal", "deal")


def register(commands: Group) -> None:
    """Add the group."""
    group = commands.group("plan", "the month's quota, and your own plan above it")
    parser = group.add("set", set_, "set a month's quota and personal plan")
    parser.add_argument("--month", metavar="YYYY-MM", help="the month (default: this one)")
    parser.add_argument("--quota", required=True, metavar="AMOUNT", help="the official figure")
    parser.add_argument(
        "--personal", metavar="AMOUNT|2x", help="your own plan (default: plan.multiple times the quota)"
    )
    parser.add_argument("--currency", metavar="CODE", help="three letters; one currency a database")
    parser.add_argument("--average-deal", metavar="AMOUNT", help="what a deal brings, as you reckon")
    parser.add_argument("--expected-other", metavar="AMOUNT", help="expected from renewals and repeat orders")
    parser.add_argument("--below-double", action="store_true", help="consent to a plan under twice the quota")
    parser.add_argument("--from", dest="starts", metavar="DATE", help="the first day that counts (default: the 1st)")
    parser.add_argument("--whole", action="store_true", help="with --from: keep the full figures")
    parser = group.add("show", show, "where the month stands", reads=True)
    parser.add_argument("--month", metavar="YYYY-MM")


def set_(args: argparse.Namespace, desk: Desk) -> int:
    month = parse_month(args.month) if args.month else month_of(desk.today())
    average = None if args.average_deal is None else parse_amount(args.average_deal, what="average deal")
    other = None if args.expected_other is None else parse_amount(args.expected_other, what="expected other")
    result = service.set_plan(
        desk,
        month,
        parse_amount(args.quota, what="quota"),
        args.personal if args.personal is not None else f"{desk.config['plan.multiple']}x",
        below_double=args.below_double,
        currency=args.currency,
        average_deal=average,
        expected_other=other,
        starts=None if args.starts is None else read_when(args.starts, desk, "near").day,
        whole=args.whole,
    )
    plan, unit = result.plan, f" {result.currency}" if result.currency else ""
    multiple = f" ({format_number(plan.multiple, 2)}× the quota)" if plan.multiple else ""
    starts = f", from {plan.starts}" if plan.starts else ""
    say(
        f"plan for {month_text(plan.month)}{starts}: quota {format_amount(plan.quota)}{unit}, "
        f"personal plan {format_amount(plan.personal_plan)}{unit}{multiple}"
    )
    if plan.starts is not None and not plan.whole:
        warn(f"the figures are taken in proportion to the working days from {plan.starts}; --whole keeps all of them.")
    for notice in result.notices:
        warn(notice)
    return 0


def show(args: argparse.Namespace, desk: Desk) -> int:
    view = service.show(desk, parse_month(args.month) if args.month else None)
    if args.json:
        return emit(as_object(view))
    return say("\n".join(as_lines(view)))


def as_object(view: service.PlanView) -> dict[str, object]:
    """The object of `plan show --json`; odds, rates and forecast are null until they can be computed."""
    plan, quota, own = view.plan, view.quota_course, view.plan_course
    nothing = {"mean": None, "low": None, "high": None}
    return {
        "month": month_text(view.month),
        "currency": view.currency,
        "quota": None if plan is None else money(plan.quota),
        "personal_plan": None if plan is None else money(plan.personal_plan),
        "average_deal": None if plan is None else money(plan.average_deal),
        "booked": money(view.booked),
        "quota_attainment": ratio(view.booked, quota.pace.target) if quota else None,
        "plan_attainment": ratio(view.booked, own.pace.target) if own else None,
        "working_days": {
            "total": number(view.days.total),
            "elapsed": number(view.days.elapsed),
            "left": number(view.days.left),
        },
        "pace": {
            "quota_line": money(quota.pace.line) if quota else None,
            "plan_line": money(own.pace.line) if own else None,
            "quota_delta": money(quota.pace.delta) if quota else None,
            "plan_delta": money(own.pace.delta) if own else None,
            "plan_delta_days": number(own.pace.delta_days) if own else None,
            "run_rate": money(own.pace.run_rate) if own else None,
            "required_per_day": money(own.pace.required) if own else None,
            "quota_required_per_day": money(quota.pace.required) if quota else None,
            "quota_verdict": quota.pace.verdict if quota else None,
            "plan_verdict": own.pace.verdict if own else None,
        },
        "forecast": {
            "by_pace": nothing,
            "by_pipeline": nothing,
            "p_quota": None,
            "p_plan": None,
            "low_confidence": None,
        },
        "funnel": [
            {"stage": stage, "trials": None, "successes": None, "mean": None, "low": None, "high": None}
            for stage in STAGES
        ],
        "activity": {
            "dials": {
                "needed": None,
                "capacity": None,
                "done": view.dials_done,
                "today": view.dials_today,
                "p_plan_at_capacity": None,
            }
        },
        "shortfall": money(own.spread.shortfall) if own else None,
    }


def as_lines(view: service.PlanView) -> list[str]:
    """`plan show` as text: both lines side by side."""
    days = view.days
    unit = f"  ({view.currency})" if view.currency else ""
    head = (
        f"{view.month.first:%B %Y}   {format_number(_decimal(days.total))} working days, "
        f"{format_number(_decimal(days.left))} left{unit}"
    )
    if view.plan is None or view.plan_course is None or view.quota_course is None:
        return [head, f"booked {format_amount(view.booked)}; no plan yet: planner plan set --quota … --personal 2x"]
    rows = [("", "personal plan", "quota")]
    own, quota = view.plan_course, view.quota_course
    rows.append(("target", _amount(own.pace.target), _amount(quota.pace.target)))
    rows.append(("booked", format_amount(view.booked), format_amount(view.booked)))
    rows.append(("reached", _share(own), _share(quota)))
    rows.append(("line today", _amount(own.pace.line), _amount(quota.pace.line)))
    rows.append(("ahead or behind", _delta(own), _delta(quota)))
    rows.append(("needed a working day", _required(own), _required(quota)))
    rows.append(("verdict", _verdict(own), _verdict(quota)))
    lines = [head, *(f"  {name:<22}{left:>18}{right:>18}" for name, left, right in rows)]
    if own.spread.shortfall:
        lines.append(
            f"  {_amount(own.spread.shortfall)} of the plan finds no room under the daily cap. Ways out: more hours, "
            "a better list, a higher rate, what is open in the pipeline, a lower plan."
        )
    return lines


def _decimal(value: Fraction) -> float:
    return float(value)


def _amount(value: Fraction) -> str:
    return format_amount(round(float(value), 2))


def _share(course: Course) -> str:
    return f"{100 * float(course.pace.done / course.pace.target):.1f} %" if course.pace.target else "n/a"


def _delta(course: Course) -> str:
    delta = course.pace.delta
    sign = "▲" if delta > 0 else "▼" if delta < 0 else "▬"
    return f"{sign} {_amount(abs(delta))}"


def _required(course: Course) -> str:
    return "–" if course.pace.required is None else _amount(course.pace.required)


def _verdict(course: Course) -> str:
    if course.pace.verdict == "missed":
        return f"missed by {_amount(course.pace.short_by)}"
    return str(course.pace.verdict)
