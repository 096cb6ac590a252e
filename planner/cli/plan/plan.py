"""`planner plan`: quota and plan of a month, a quarter or a year."""

from __future__ import annotations

import argparse
from dataclasses import replace
from decimal import Decimal
from typing import Any

from planner.cli.plan import arguments
from planner.cli.shared.common import Group, emit, money, print_lines, ratio, read_when, warn
from planner.cli.shared.odds_text import (
    compare,
    funnel_object,
    odds_lines,
    odds_object,
    rate_lines,
    record_lines,
    record_object,
    supposed_object,
    trial_lines,
    trials_object,
)
from planner.cli.shared.plan_text import (
    amount,
    course_object,
    like_last,
    month_lines,
    offer_lines,
    offer_object,
    option,
    quota_head,
    quota_lines,
    quota_object,
    rows,
)
from planner.domain import formats
from planner.domain.errors import InputError, StateError
from planner.domain.forecast.days_left import OTHER_COMES
from planner.domain.forecast.stages import STAGES
from planner.domain.forecast.supposition import Supposition
from planner.domain.money import parse_amount
from planner.domain.plan.plan import DEFAULT_MULTIPLE, MonthPlan, month_text, personal_from
from planner.domain.plan.quotas import Stretch
from planner.domain.typed.dates import read_month
from planner.domain.workdays import Period, month_of
from planner.services.context import AppContext
from planner.services.day.reading import reading
from planner.services.forecast import explain as whys
from planner.services.forecast.odds import own_record
from planner.services.plan import new_month, quotas
from planner.services.plan import plan as service
from planner.services.plan.new_month import Offer


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("plan")
    parser = group.add("set", set_, "set the quota and personal plan for a month, or the quota for a quarter or year")
    parser.add_argument("--month", metavar="YYYY-MM", help="the month (default: this month)")
    arguments.add_stretch(parser)
    parser.add_argument("--quota", metavar="AMOUNT", help="your official number")
    parser.add_argument(
        "--like-last",
        action="store_true",
        help="start a month from your last plan and goals; other options override its figures",
    )
    parser.add_argument(
        "--personal",
        metavar="AMOUNT|2x",
        help="your own plan (default: plan.multiple times the quota, or what your goals need if that's more)",
    )
    parser.add_argument("--currency", metavar="CODE", help="currency code, such as EUR; one currency per database")
    parser.add_argument("--average-deal", metavar="AMOUNT", help="your estimate of revenue per deal")
    parser.add_argument("--expected-other", metavar="AMOUNT", help="revenue expected from renewals and repeat orders")
    parser.add_argument("--below-double", action="store_true", help="set a plan of less than twice the quota anyway")
    parser.add_argument("--from", dest="starts", metavar="DATE", help="the first day that counts (default: the 1st)")
    parser.add_argument(
        "--brought-in",
        metavar="AMOUNT",
        help="revenue closed before --from, which then defaults to today; the quota and plan cover the whole month",
    )
    parser.add_argument(
        "--whole", action="store_true", help="with --from: keep the full figures instead of prorating them"
    )
    parser.add_argument("--calls-per-day", metavar="N", help="your daily capacity in calls")
    parser = group.add("show", show, "show the month's progress, odds and forecast", reads=True)
    parser.add_argument("--month", metavar="YYYY-MM")
    arguments.add_stretch(parser)
    parser = group.add("what-if", what_if, "see the month's odds with other figures; nothing is saved", reads=True)
    parser.add_argument("--month", metavar="YYYY-MM")
    parser.add_argument(
        "--rate", action="append", default=[], metavar="STAGE=R", help="a rate, such as meeting-booked=15%%"
    )
    parser.add_argument("--calls-per-day", metavar="N", help="calls per full day")
    parser.add_argument("--average-deal", metavar="AMOUNT", help="revenue per deal")
    parser.add_argument("--days-off", metavar="N", help="working days to take off (0.5 for a half day)")
    parser = group.add("rates", rates, "show your conversion rates, or the log behind one of them", reads=True)
    parser.add_argument("stage", nargs="?", metavar="STAGE", help=", ".join(STAGES))
    group.add("record", record, "show how accurate your odds were in past months", reads=True)
    parser = group.add("why", why, "explain any figure, down to the log", reads=True)
    parser.add_argument("figure", nargs="?", metavar="FIGURE", help="such as dials, plan, forecast, needed, noes")
    parser.add_argument("--month", metavar="YYYY-MM")


def record(args: argparse.Namespace, ctx: AppContext) -> int:
    with reading(ctx) as facts:
        found = own_record(facts)
    return emit(record_object(found)) if args.json else print_lines("\n".join(record_lines(found)))


# options that only apply to a month
OF_A_MONTH = ("average_deal", "expected_other", "starts", "brought_in", "calls_per_day", "whole", "like_last")


def set_(args: argparse.Namespace, ctx: AppContext) -> int:
    stretch = arguments.stretch(args, ctx)
    if stretch is not None:
        return _set_quota(args, ctx, stretch)
    month = read_month(args.month, ctx.today()) if args.month else None
    if args.like_last:
        return _like_last(args, ctx, month)
    given = _given_figures(args, ctx)
    nothing = args.quota is None and args.personal is None and args.currency is None and not given
    if month is None and nothing:
        month = new_month.due_month(ctx)
    month = month or month_of(ctx.today())
    known = service.in_place(ctx, month)
    if args.quota is None and known is None:
        return _explain(ctx, month)
    if known is not None and nothing:
        raise InputError(
            f"{formats.month_text(month.first)} already has a plan of {formats.amount(known.personal_plan)} and a "
            f"quota of {formats.amount(known.quota)}. To change it, add an option such as --quota."
        )
    quota, personal = _figures(args, ctx, month, known)
    late = known is None and ctx.today() in month and not given.get("starts") and "brought_in" not in given
    result = service.set_plan(
        ctx,
        month,
        quota,
        personal,
        below_double=args.below_double or args.quota is None,
        currency=args.currency,
        **given,
    )
    _say_set(result)
    if late and new_month.begun_without_log(ctx, month):
        warn(
            f"The plan counts from {formats.when_text(month.first)}. Starting mid-month? Enter what you've already "
            "won: planner plan set --brought-in AMOUNT --from DATE"
        )
    return 0


def _figures(args: argparse.Namespace, ctx: AppContext, month: Period, known: MonthPlan | None) -> tuple[Decimal, str]:
    """The quota and the personal plan to set: as given, else those that are set, else as proposed."""
    if args.quota is not None:
        quota = parse_amount(args.quota, what="quota")
        return quota, args.personal or service.propose(ctx, month, quota)
    assert known is not None
    return known.quota, args.personal or str(known.personal_plan)


def _say_set(result: service.PlanSet) -> None:
    _say_plan(result.plan, result.currency)
    if result.in_force != result.plan:
        warn(
            f"Prorated to the working days from {formats.when_text(result.in_force.counting.first)}: quota "
            f"{formats.amount(result.in_force.quota)}, personal plan {formats.amount(result.in_force.personal_plan)}. "
            "Use --whole to keep the full figures."
        )
    for notice in result.notices:
        warn(notice)


def _given_figures(args: argparse.Namespace, ctx: AppContext) -> dict[str, Any]:
    """The other figures given for a month, by their names in `MonthPlan`."""
    found: dict[str, Any] = {}
    for name, what in (
        ("average_deal", "average deal"), ("expected_other", "expected revenue"), ("brought_in", "already won")
    ):  # fmt: skip
        if getattr(args, name) is not None:
            found[name] = parse_amount(getattr(args, name), what=what)
    if args.starts is not None:
        found["starts"] = read_when(args.starts, ctx, "near").day
    if args.whole:
        found["whole"] = True
    if args.calls_per_day is not None:
        found["calls_per_day"] = arguments.calls(args.calls_per_day)
    return found


def _say_plan(plan: MonthPlan, currency: str | None) -> None:
    unit = f" {currency}" if currency else ""
    multiple = f" ({formats.number(plan.multiple, 2)}× the quota)" if plan.multiple else ""
    starts = f", from {formats.when_text(plan.starts)}" if plan.starts else ""
    won = f", {formats.amount(plan.brought_in)}{unit} already won" if plan.brought_in else ""
    print_lines(
        f"Plan for {formats.month_text(plan.month.first)}{starts}: quota {formats.amount(plan.quota)}{unit}, "
        f"personal plan {formats.amount(plan.personal_plan)}{unit}{multiple}{won}"
    )


def _set_quota(args: argparse.Namespace, ctx: AppContext, stretch: Stretch) -> int:
    foreign = next((name for name in OF_A_MONTH if getattr(args, name)), None)
    if foreign is not None:
        named = "--from" if foreign == "starts" else f"--{foreign.replace('_', '-')}"
        raise InputError(f"{named} works only for a month. For a quarter or year, use --quota and --personal.")
    if args.quota is None:
        raise InputError(f"Enter the quota for {stretch.title}: planner plan set {option(stretch)} --quota AMOUNT")
    quota = parse_amount(args.quota, what="quota")
    quotas.set_quota(ctx, stretch, quota, args.personal, below_double=args.below_double, currency=args.currency)
    view = quotas.show(ctx, stretch)
    print_lines(quota_head(view))
    for line in month_lines(view):
        print_lines(line)
    return 0


def _explain(ctx: AppContext, month: Period) -> int:
    """Show what is offered for a month without a plan and how to accept it. Sets nothing."""
    offered = new_month.make_offer(ctx, month)
    name = formats.month_text(month.first)
    if offered is None:
        raise InputError(
            f"{name} has no plan yet. Set one: "
            f"planner plan set --month {month_text(month)} --quota AMOUNT --personal 2x"
        )
    for line in offer_lines(offered):
        print_lines(line)
    raise InputError(f"Nothing is saved yet. To accept: {like_last(offered.month)} (add options to override figures)")


def _like_last(args: argparse.Namespace, ctx: AppContext, month: Period | None) -> int:
    month = month or new_month.due_month(ctx) or month_of(ctx.today())
    offered = new_month.make_offer(ctx, month)
    name = formats.month_text(month.first)
    if offered is None:
        known = service.in_place(ctx, month)
        if known is None:
            raise StateError(f"There's no plan before {name} to start from. Use --quota and --personal.")
        raise StateError(
            f"{name} already has a plan of {formats.amount(known.personal_plan)} and a quota of "
            f"{formats.amount(known.quota)}. To change it, use an option such as --quota."
        )
    plan = offered.plan
    if args.quota is not None:
        quota = parse_amount(args.quota, what="quota")
        multiple = plan.multiple or DEFAULT_MULTIPLE
        personal = personal_from(args.personal, quota) if args.personal else round(quota * multiple, 2)
        plan = replace(plan, quota=quota, personal_plan=personal)
    elif args.personal is not None:
        plan = replace(plan, personal_plan=personal_from(args.personal, plan.quota))
    given = _given_figures(args, ctx)
    if "brought_in" in given:
        given = {"starts": ctx.today(), **given, "whole": True}
    begun = new_month.take(ctx, offered.with_plan(replace(plan, **given)), below_double=args.below_double)
    _say_plan(begun.plan, offered.currency)
    for line in begun.goals:
        print_lines(line)
    return 0


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    stretch = arguments.stretch(args, ctx)
    if stretch is not None:
        found = quotas.show(ctx, stretch)
        return emit(quota_object(found)) if args.json else print_lines("\n".join(quota_lines(found)))
    view = service.show(ctx, read_month(args.month, ctx.today()) if args.month else None)
    offered = new_month.make_offer(ctx, view.month) if view.plan is None else None
    if args.json:
        return emit(as_object(view) | {"offer": None if offered is None else offer_object(offered)})
    lines = as_lines(view)
    if view.plan is None:
        lines = [lines[0], *_without_plan(view, offered)]
    return print_lines("\n".join([*lines, *odds_lines(view)]))


def _without_plan(view: service.PlanView, offered: Offer | None) -> list[str]:
    """Say that a month has no plan, and which command sets one."""
    month = month_text(view.month)
    lines = [f"{formats.amount(view.booked)} closed. No plan for {formats.month_text(view.month.first)} yet."]
    if offered is None:
        return [*lines, f"Set one: planner plan set --month {month} --quota AMOUNT --personal 2x"]
    return [*lines, *offer_lines(offered), f"To accept: {like_last(view.month)}"]


def what_if(args: argparse.Namespace, ctx: AppContext) -> int:
    supposition = Supposition(
        rates=dict(arguments.supposed_rate(text) for text in args.rate),
        calls_per_day=None if args.calls_per_day is None else arguments.number(args.calls_per_day, "calls per day"),
        average_deal=None if args.average_deal is None else float(parse_amount(args.average_deal, what="average deal")),
        days_off=0 if args.days_off is None else arguments.number(args.days_off, "days off"),
    )
    if not supposition:
        raise InputError(
            "What should change? Use --rate STAGE=R, --calls-per-day N, --average-deal AMOUNT or --days-off N."
        )
    view = service.show(ctx, read_month(args.month, ctx.today()) if args.month else None, supposition)
    if args.json:
        return emit(as_object(view) | {"supposed": supposed_object(supposition)})
    return print_lines("\n".join(compare(view)))


def rates(args: argparse.Namespace, ctx: AppContext) -> int:
    view = service.show(ctx)
    if args.stage is None:
        if args.json:
            return emit(funnel_object(view.outlook))
        return print_lines("\n".join(rate_lines(view.outlook)))
    rate = view.outlook.rates[arguments.stage(args.stage)]
    if args.json:
        return emit(trials_object(rate, view.outlook))
    return print_lines("\n".join(trial_lines(rate, view.outlook)))


def why(args: argparse.Namespace, ctx: AppContext) -> int:
    reasons = whys.read(ctx, read_month(args.month, ctx.today()) if args.month else None)
    figures = reasons.figures if args.figure is None else reasons.find(args.figure)
    if args.json:
        return emit(
            [{"figure": each.key, "name": each.name, "value": each.value, "why": list(each.lines)} for each in figures]
        )
    for index, each in enumerate(figures):
        print_lines(f"{'' if not index else chr(10)}{each.value}  {each.name}  ({each.key})")
        for line in each.lines:
            print_lines(f"  {line}")
    return 0


def as_object(view: service.PlanView) -> dict[str, object]:
    """The object of `plan show --json`. Null stands for what can't be computed yet or doesn't apply."""
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
        **course_object(view.days, quota, own),
        **odds_object(view),
        "shortfall": money(own.spread.shortfall) if own else None,
    }


def as_lines(view: service.PlanView) -> list[str]:
    """Format `plan show` as text, with quota and plan side by side."""
    days = view.days
    unit = f"  ({view.currency})" if view.currency else ""
    head = (
        f"{formats.month_text(view.month.first)}   {formats.number(float(days.total))} working "
        f"{'day' if days.total == 1 else 'days'}, "
        f"{formats.number(float(days.left))} left{unit}"
    )
    if view.plan is None or view.plan_course is None or view.quota_course is None:
        return [head]
    own = view.plan_course
    table = rows(own, view.quota_course, view.booked)
    lines = [head, *(f"  {name:<22} {left:>17} {right:>17}" for name, left, right in table)]
    if view.plan.brought_in:
        lines.append(
            f"  {formats.amount(view.plan.brought_in)} of that was won before the plan started on "
            f"{formats.when_text(view.plan.counting.first)}."
        )
    expected = view.outlook.facts.expected_left
    if expected and view.outlook.left:
        lines.append(
            f"  {formats.amount(round(expected))} is expected from renewals and repeat orders. The odds count it as "
            f"{formats.percent(OTHER_COMES)} likely; pace doesn't include it."
        )
    if own.spread.shortfall and view.days.left:
        lines.append(
            f"  {amount(own.spread.shortfall)} of the plan won't fit in the days left under the daily cap "
            "(plan.cap). Options: more hours, a better list, better conversion, closing open deals, or a lower plan."
        )
    return lines
