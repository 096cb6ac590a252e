"""Sets the month's plan over its quota, and shows its status."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.snapshot import course_of, wanted_of
from planner.domain.errors import InputError, StateError
from planner.domain.forecast.outlook import Outlook
from planner.domain.forecast.supposition import NOTHING, Supposition
from planner.domain.plan.goals import Goal, GoalState, Horizon, Metric
from planner.domain.plan.pace import Course
from planner.domain.plan.plan import MonthPlan, confirm_double, personal_from, revenue_of
from planner.domain.plan.proration import plan_as_set, plan_in_force
from planner.domain.text import plural
from planner.domain.workdays import DAY, Period, WorkingDays, month_of, working_days
from planner.services.context import AppContext
from planner.services.day.reading import Reading, reading
from planner.services.forecast import odds
from planner.services.plan import new_month
from planner.services.plan.calendar import work_calendar
from planner.store import activity_log
from planner.store.plan import goals
from planner.store.plan import plan as store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.domain.plan.new_month import Renewal
    from planner.services.plan.new_month import Offer
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Writer


@dataclass(frozen=True, slots=True)
class PlanSet:
    """The result of setting a plan: the plan, the currency, notices for the rep (such as goals that require more), and
    the figures in force, which may be cut for a plan that counts from a later day.
    """

    plan: MonthPlan
    currency: str | None
    notices: tuple[str, ...]
    in_force: MonthPlan


def set_plan(
    ctx: AppContext,
    month: Period,
    quota: Decimal,
    personal: str,
    *,
    below_double: bool = False,
    currency: str | None = None,
    average_deal: Decimal | None = None,
    expected_other: Decimal | None = None,
    starts: date | None = None,
    whole: bool = False,
    calls_per_day: int | None = None,
    brought_in: Decimal | None = None,
) -> PlanSet:
    """Set a month's quota and personal plan (an amount or a multiple such as ``2x``) as one change. With `brought_in`,
    even 0, the figures are the whole month's and count from `starts` (default: today).

    Raises InputError at or under the quota, BelowDouble under twice the quota without consent, StateError if the
    calendar leaves no working day. Anything not given stays unchanged.
    """
    if brought_in is not None:
        known = in_place(ctx, month)
        whole, starts = True, starts or (known.starts if known is not None else None) or _under_way(ctx, month)
    plan = MonthPlan(
        month,
        quota,
        personal_from(personal, quota),
        average_deal,
        expected_other if expected_other is not None else Decimal(0),
        starts,
        whole,
        calls_per_day,
        brought_in or Decimal(0),
    )
    confirm_double(plan, below_double)
    code = None if currency is None else check_currency(currency)
    with ctx.database.write(f"plan for {formats.month_text(month.first)}") as change:
        return _put(ctx, change, plan, code, keep_other=expected_other is None, keep_brought_in=brought_in is None)


def in_place(ctx: AppContext, month: Period) -> MonthPlan | None:
    """Return the plan of a month as set."""
    if not ctx.database.exists():
        return None
    with ctx.database.read() as reads:
        return store.get(reads, month)


def _under_way(ctx: AppContext, month: Period) -> date:
    """Return today, for a plan of the current month."""
    today = ctx.today()
    if today not in month:
        raise InputError(
            f"{formats.month_text(month.first)} isn't the current month. Set the plan's start date with --from."
        )
    return today


def set_plan_and_acts(
    ctx: AppContext,
    month: Period,
    plan: MonthPlan,
    *,
    below_double: bool = False,
    currency: str | None = None,
    calls_a_day: int | None = None,
    meetings_a_month: int | None = None,
    seen: FormFacts | None = None,
    goals_going_on: Sequence[Renewal] = (),
) -> PlanSet:
    """Save the month form as one change: the figures, a month goal each for calls and meetings, and the goals carried
    over.

    The activity goals count from today, so that a rep who starts mid-month isn't behind at once. None or 0 sets no
    goal. Raises StateError if the plan no longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    if calls_a_day and plan.calls_per_day is None:
        plan = replace(plan, calls_per_day=calls_a_day)
    confirm_double(plan, below_double)
    code = None if currency is None else check_currency(currency)
    with ctx.database.write(f"plan for {formats.month_text(month.first)}") as change:
        known = store.get(change, month)
        if seen is not None and known is not None and known != seen.plan:
            raise StateError(
                f"The plan was changed elsewhere to {formats.amount(known.personal_plan)}, with a quota of "
                f"{formats.amount(known.quota)}. Save again to overwrite it with yours."
            )
        result = _put(ctx, change, plan, code, keep_other=True, keep_brought_in=plan.starts is None)
        new_month.renew(ctx, change, goals_going_on)
        calendar = work_calendar(ctx, change)
        starts = max(month.first, min(ctx.today(), month.last))
        left = calendar.total(Period(starts, month.last))
        calls_target = round(left * (calls_a_day or 0))
        part = left / calendar.total(month)
        meetings_target = math.ceil(part * (meetings_a_month or 0))
        if meetings_a_month and meetings_target < meetings_a_month:
            told = (
                f"From {formats.when_text(starts)}, your target is {plural(meetings_target, 'meeting', 'meetings')}, "
                f"your share of {meetings_a_month} a month."
            )
            result = replace(result, notices=(*result.notices, told))
        for metric, title, target in (
            (Metric.DIALS, "Calls", calls_target),
            (Metric.MEETINGS_BOOKED, "Meetings with new clients", meetings_target),
        ):
            if target:
                _put_act(ctx, change, month, metric, title, Decimal(target), starts)
    return result


def keep(ctx: AppContext, month: Period, supposition: Supposition) -> str:
    """Save a what-if's calls per day and average deal in the month's plan as one change. Returns a description.

    Raises StateError without a plan.
    """
    with ctx.database.write("plan from what-if") as change:
        plan = store.get(change, month)
        if plan is None:
            raise StateError(f"There's no plan for {formats.month_text(month.first)} yet. Press g to set one.")
        told = []
        if supposition.calls_per_day is not None:
            plan = replace(plan, calls_per_day=max(1, round(supposition.calls_per_day)))
            told.append(f"{plan.calls_per_day:,} calls a day")
        if supposition.average_deal is not None:
            average = Decimal(round(supposition.average_deal))
            plan = replace(plan, average_deal=average)
            told.append(f"an average deal of {formats.amount(average)}")
        change.label = f"plan for {formats.month_text(month.first)}: {' and '.join(told)}"
        store.put(change, plan)
    return f"Saved to your plan: {' and '.join(told)}"


@dataclass(frozen=True, slots=True)
class FormFacts:
    """The initial values of a month's form: the plan as set, which activities already have a goal, the required share
    of the revenue goals, and the offer for a new month. `fresh` means that working days have passed with nothing
    logged.
    """

    plan: MonthPlan | None
    currency: str | None
    has_calls: bool
    has_meetings: bool
    share: Decimal | None = None
    offer: Offer | None = None
    fresh: bool = False


def form_facts(ctx: AppContext, month: Period) -> FormFacts:
    """Return the initial values of a month's form."""
    with reading(ctx) as facts:
        offer = new_month.of_reading(facts, month)
        there = [*facts.goals.values(), *(each.new for each in (offer.goals if offer is not None else ()))]
        counted = {
            goal.metric
            for goal in there
            if goal.state is GoalState.OPEN and goal.target is not None and goal.period.overlaps(month)
        }
        return FormFacts(
            facts.plan(month),
            facts.currency,
            has_calls=Metric.DIALS in counted,
            has_meetings=bool({Metric.MEETINGS, Metric.MEETINGS_BOOKED} & counted),
            share=_tree_share(facts, month),
            offer=offer,
            fresh=new_month.taken_up_late(facts, month),
        )


def _put_act(
    ctx: AppContext, change: WriteTransaction, month: Period, metric: Metric, title: str, target: Decimal, starts: date
) -> None:
    """Set the month goal of a metric, reusing an existing one."""
    for goal in goals.load_all(change).values():
        if (goal.metric, goal.horizon, goal.state, goal.period) == (metric, Horizon.MONTH, GoalState.OPEN, month):
            goals.put(change, replace(goal, target=target, starts=starts, whole=True))
            return
    goal = Goal(0, title, Horizon.MONTH, month, metric=metric, target=target, starts=starts, whole=True)
    goals.add(change, goal, int(ctx.clock.timestamp()))


def _put(
    ctx: AppContext, change: Writer, plan: MonthPlan, currency: str | None, *, keep_other: bool, keep_brought_in: bool
) -> PlanSet:
    """Store a plan within a change. Anything not given stays unchanged."""
    month, known = plan.month, store.get(change, plan.month)
    if known is not None:
        plan = replace(
            plan,
            average_deal=plan.average_deal if plan.average_deal is not None else known.average_deal,
            expected_other=known.expected_other if keep_other else plan.expected_other,
            starts=plan.starts or known.starts,
            whole=plan.whole or (known.whole and (plan.starts is None or bool(known.brought_in))),
            calls_per_day=plan.calls_per_day if plan.calls_per_day is not None else known.calls_per_day,
            brought_in=known.brought_in if keep_brought_in else plan.brought_in,
        )
    calendar = work_calendar(ctx, change)
    if not calendar.total(Period(plan.starts or month.first, month.last)):
        raise StateError(
            f"Your calendar has no working days in {formats.month_text(month.first)}, so there's nothing to spread a "
            "plan over."
        )
    store.put(change, plan)
    if currency is not None:
        store.set_currency(change, currency, month, booked=activity_log.any_amount(change))
    facts = Reading(ctx, change)
    notices = (*_asked_by_goals(facts, plan), *_counted_twice(facts, plan))
    return PlanSet(plan, store.currency(change), notices, plan_as_set(plan, calendar)[1])


def _counted_twice(facts: Reading, plan: MonthPlan) -> list[str]:
    """Return a notice about revenue logged before the plan's first day, which counts as part of `brought_in`."""
    if not plan.brought_in or plan.counting.first == plan.month.first:
        return []
    logged = revenue_of(facts.counts, plan.month, None, plan.counting.first - DAY)
    if not logged:
        return []
    return [
        f"Your log has {formats.amount(logged)} before {formats.when_text(plan.counting.first)}. It counts as part "
        f"of the {formats.amount(plan.brought_in)} already won, not on top of it."
    ]


def check_currency(text: str) -> str:
    """Return a three-letter currency code in upper case. Raises InputError."""
    code = text.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise InputError(f"{text!r} is not a currency. Enter a currency code, such as EUR.")
    return code


def _asked_by_goals(facts: Reading, plan: MonthPlan) -> list[str]:
    """Return notices for revenue goals that require more of the month than the plan."""
    found = []
    for goal in facts.goals.values():
        share = facts.breakdown.month(goal, plan.month)
        if share is not None and share > plan.personal_plan:
            found.append(
                f"Goal {goal.id} ({goal.title}) needs {formats.amount(share)} in "
                f"{formats.month_text(plan.month.first)}, more than your plan of {formats.amount(plan.personal_plan)}."
            )
    return found


def propose(ctx: AppContext, month: Period, quota: Decimal) -> str:
    """Return the proposed personal plan: the larger of the quota's multiple and what the goal tree requires."""
    multiple = f"{ctx.config['plan.multiple']}x"
    with reading(ctx) as facts:
        share = _tree_share(facts, month)
    if share is None or (quota and share <= personal_from(multiple, quota)) or share <= quota:
        return multiple
    return str(share)


def _tree_share(facts: Reading, month: Period) -> Decimal | None:
    """Return the highest share that a revenue goal requires of a month, or None."""
    found = facts.breakdown.largest_target(facts.goals.values(), month)
    return None if found is None else found[1]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A month's current status. Figures in the database's currency, days in working days.

    `quota_course` and `plan_course` are as of this morning (after closing: as of the evening). `dials` is the day's
    counter. All three are None if not set. `outlook` is the current odds.
    """

    month: Period
    currency: str | None
    plan: MonthPlan | None
    booked: Decimal
    days: WorkingDays
    quota_course: Course | None
    plan_course: Course | None
    dials_done: int
    dials_today: int | None
    outlook: Outlook


def show(ctx: AppContext, month: Period | None = None, supposition: Supposition = NOTHING) -> PlanView:
    """Return the plan of a month (default: the current one), with its odds under a supposition."""
    with reading(ctx) as facts:
        today, closed = facts.today, facts.closed
        month = month or month_of(today)
        counting, plan = month, facts.plan(month)
        if plan is not None:
            counting, plan = plan_in_force(plan, facts.calendar)
        booked = facts.revenue(month)
        figures = (None, None) if plan is None else (plan.quota, plan.personal_plan)
        start = Fraction(plan.brought_in if plan is not None else 0)
        quota_course, plan_course = (
            None
            if each is None
            else course_of(facts, Fraction(each), Fraction(booked), counting, today, closed=closed, start=start)
            for each in figures
        )
        dials = wanted_of(facts, today).get("dials") if today in month and facts.reads is not None else None
        return PlanView(
            month=month,
            currency=facts.currency,
            plan=plan,
            booked=booked,
            days=working_days(facts.calendar, counting, today, closed=closed),
            quota_course=quota_course,
            plan_course=plan_course,
            dials_done=facts.counts.total("dials", counting),
            dials_today=None if dials is None else dials.target,
            outlook=odds.suppose(facts.outlook(month), supposition),
        )
