"""`planner plan`: the month's two figures."""

from __future__ import annotations

import argparse
import math
from difflib import get_close_matches
from fractions import Fraction

from planner.cli.common import Group, emit, money, number, ratio, read_when, say, warn
from planner.cli.odds import (
    compared,
    funnel_object,
    odds_lines,
    odds_object,
    rate_lines,
    supposed_object,
    trial_lines,
    trials_object,
)
from planner.domain.errors import InputError
from planner.domain.money import format_amount, format_number, parse_amount
from planner.domain.outlook import Supposition
from planner.domain.pace import Course
from planner.domain.plan import month_text
from planner.domain.stages import STAGES
from planner.domain.workdays import month_of, parse_month
from planner.services import plan as service
from planner.services import why as whys
from planner.services.desk import Desk


def register(commands: Group) -> None:
    """Add the group."""
    group = commands.group("plan")
    parser = group.add("set", set_, "set a month's quota and personal plan")
    parser.add_argument("--month", metavar="YYYY-MM", help="the month (default: this one)")
    parser.add_argument("--quota", required=True, metavar="AMOUNT", help="the official figure")
    parser.add_argument(
        "--personal",
        metavar="AMOUNT|2x",
        help="your own plan (default: plan.multiple times the quota, or what your goals ask if that is more)",
    )
    parser.add_argument("--currency", metavar="CODE", help="three letters; one currency a database")
    parser.add_argument("--average-deal", metavar="AMOUNT", help="what a deal brings, as you reckon")
    parser.add_argument("--expected-other", metavar="AMOUNT", help="expected from renewals and repeat orders")
    parser.add_argument("--below-double", action="store_true", help="consent to a plan under twice the quota")
    parser.add_argument("--from", dest="starts", metavar="DATE", help="the first day that counts (default: the 1st)")
    parser.add_argument("--whole", action="store_true", help="with --from: keep the full figures")
    parser.add_argument("--calls-per-day", metavar="N", help="how many calls a full day holds")
    parser = group.add("show", show, "where the month stands, its odds and forecast", reads=True)
    parser.add_argument("--month", metavar="YYYY-MM")
    parser = group.add("what-if", what_if, "the same figures under a supposition; nothing is saved", reads=True)
    parser.add_argument("--month", metavar="YYYY-MM")
    parser.add_argument(
        "--rate", action="append", default=[], metavar="STAGE=R", help="a rate, such as meeting-booked=0.15 or =15%%"
    )
    parser.add_argument("--calls-per-day", metavar="N")
    parser.add_argument("--average-deal", metavar="AMOUNT")
    parser.add_argument("--days-off", metavar="N", help="working days less (half days as 0.5)")
    parser = group.add("rates", rates, "your conversion rates; of one stage, the trials behind it", reads=True)
    parser.add_argument("stage", nargs="?", metavar="STAGE", help=", ".join(STAGES))
    parser = group.add("why", why, "why this number: any figure, taken back to the log", reads=True)
    parser.add_argument("figure", nargs="?", metavar="FIGURE", help="such as dials, plan, forecast, needed, noes")
    parser.add_argument("--month", metavar="YYYY-MM")


def set_(args: argparse.Namespace, desk: Desk) -> int:
    month = parse_month(args.month) if args.month else month_of(desk.today())
    average = None if args.average_deal is None else parse_amount(args.average_deal, what="average deal")
    quota = parse_amount(args.quota, what="quota")
    other = None if args.expected_other is None else parse_amount(args.expected_other, what="expected other")
    result = service.set_plan(
        desk,
        month,
        quota,
        args.personal if args.personal is not None else service.proposed(desk, month, quota),
        below_double=args.below_double,
        currency=args.currency,
        average_deal=average,
        expected_other=other,
        starts=None if args.starts is None else read_when(args.starts, desk, "near").day,
        whole=args.whole,
        calls_per_day=None if args.calls_per_day is None else _calls(args.calls_per_day),
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
    return say("\n".join([*as_lines(view), *odds_lines(view)]))


def what_if(args: argparse.Namespace, desk: Desk) -> int:
    supposition = Supposition(
        rates=dict(_rate(text) for text in args.rate),
        calls_per_day=None if args.calls_per_day is None else _plain(args.calls_per_day, "calls per day"),
        average_deal=None if args.average_deal is None else float(parse_amount(args.average_deal, what="average deal")),
        days_off=0 if args.days_off is None else _plain(args.days_off, "days off"),
    )
    if not supposition:
        raise InputError(
            "What is to be supposed? Give --rate STAGE=R, --calls-per-day N, --average-deal V or --days-off N."
        )
    view = service.show(desk, parse_month(args.month) if args.month else None, supposition)
    if args.json:
        return emit(as_object(view) | {"supposed": supposed_object(supposition)})
    return say("\n".join(compared(view)))


def rates(args: argparse.Namespace, desk: Desk) -> int:
    view = service.show(desk)
    if args.stage is None:
        if args.json:
            return emit(funnel_object(view.outlook))
        return say("\n".join(rate_lines(view.outlook)))
    rate = view.outlook.rates[_stage(args.stage)]
    if args.json:
        return emit(trials_object(rate, view.outlook))
    return say("\n".join(trial_lines(rate, view.outlook)))


def why(args: argparse.Namespace, desk: Desk) -> int:
    reasons = whys.read(desk, parse_month(args.month) if args.month else None)
    figures = reasons.figures if args.figure is None else reasons.find(args.figure)
    if args.json:
        return emit(
            [{"figure": each.key, "name": each.name, "value": each.value, "why": list(each.lines)} for each in figures]
        )
    for index, each in enumerate(figures):
        say(f"{'' if not index else chr(10)}{each.value}  {each.name}  ({each.key})")
        for line in each.lines:
            say(f"  {line}")
    return 0


def _stage(text: str) -> str:
    name = text.strip().lower().replace("_", "-").replace(" ", "-")
    if name not in STAGES:
        near = get_close_matches(name, STAGES, n=1, cutoff=0.4)
        guess = f"; did you mean {near[0]}" if near else ""
        raise InputError(f"{text!r} is not a stage{guess}. The stages are {', '.join(STAGES)}.")
    return name


def _rate(text: str) -> tuple[str, float]:
    """``meeting-booked=0.15`` or ``meeting-booked=15%``."""
    stage, equals, written = text.partition("=")
    if not equals:
        raise InputError(f"{text!r} is not a supposed rate; write it like meeting-booked=0.15 or meeting-booked=15%.")
    return _stage(stage), read_rate(written, _stage(stage))


def read_rate(text: str, stage: str) -> float:
    """A rate as typed: ``0.15`` or ``15%``."""
    share = text.strip().endswith("%")
    rate = _plain(text.strip().removesuffix("%"), f"the rate of {stage}") / (100 if share else 1)
    if not share and 1 < rate < 100:
        raise InputError(f"The rate of {stage} lies between 0 and 1; for {rate:g} % write {rate:g}%.")
    return rate


def _plain(text: str, what: str) -> float:
    try:
        found = float(text.strip().replace(",", ".") if text.count(",") == 1 else text)
        if not math.isfinite(found):
            raise ValueError
    except ValueError as error:
        raise InputError(f"{what}: {text!r} is not a number I can read; write it like 100 or 0.5.") from error
    if found < 0:
        raise InputError(f"{what}: {text!r} is negative; it must be 0 or more.")
    return found


def _calls(text: str) -> int:
    found = _plain(text, "calls per day")
    if found != int(found):
        raise InputError(f"calls per day: {text!r} is not a whole number.")
    return int(found)


def as_object(view: service.PlanView) -> dict[str, object]:
    """The object of `plan show --json`; what can't be computed yet, or doesn't apply, is null."""
    plan, quota, own = view.plan, view.quota_course, view.plan_course
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
        **odds_object(view),
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
    lines = [head, *(f"  {name:<22} {left:>17} {right:>17}" for name, left, right in rows)]
    if view.plan.expected_other:
        lines.append(
            f"  {format_amount(view.plan.expected_other)} is expected from elsewhere: the odds count on it, "
            "the pace doesn't."
        )
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
