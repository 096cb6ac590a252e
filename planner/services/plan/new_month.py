"""Starts a month: how the old one ended, and a new plan from the rep's last figures, accepted with one key."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from planner.domain import formats
from planner.domain.day import day_progress
from planner.domain.day.snapshot import next_working_day
from planner.domain.errors import StateError
from planner.domain.plan.goals import Goal, GoalState
from planner.domain.plan.new_month import Left, Renewal, renewals
from planner.domain.plan.plan import MonthPlan, confirm_double, month_text
from planner.domain.plan.proration import plan_as_set
from planner.domain.text import plural
from planner.domain.workdays import DAY, Period, month_of, parse_month
from planner.services.day.reading import reading
from planner.services.forecast import odds
from planner.store.plan import goals
from planner.store.plan import plan as store

if TYPE_CHECKING:
    from planner.services.context import AppContext
    from planner.services.day.reading import Reading
    from planner.store.database import WriteTransaction

CLEAR = 3  # significant digits of an average deal


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """A finished or nearly finished month: its revenue and two figures, None without a plan."""

    month: Period
    booked: Decimal
    quota: Decimal | None = None
    personal_plan: Decimal | None = None

    def sentence(self) -> str:
        """Return ``November 2026: 1,200,000 closed, 86% of plan, 171% of quota``."""
        shares = [
            f"{formats.percent(float(self.booked / figure))} of {name}"
            for name, figure in (("plan", self.personal_plan), ("quota", self.quota))
            if figure
        ]
        closed = f"{formats.amount(self.booked)} closed"
        return f"{formats.month_text(self.month.first)}: {', '.join([closed, *shares])}"


@dataclass(frozen=True, slots=True)
class Offer:
    """An offered month plan, based on the month `last` or on the longer quota `quota_from`. `tree` is what the rep's
    goals require if that exceeds the multiple of the quota.

    `year_ago` is the same month last year, if known. `goals` are carried over with the plan. `average_is_own` means
    that the average deal comes from the rep's own deals.
    """

    last: MonthEnd
    plan: MonthPlan
    currency: str | None
    year_ago: MonthEnd | None = None
    quota_from: str = ""
    tree: Decimal | None = None
    average_is_own: bool = False
    goals: tuple[Renewal, ...] = ()

    @property
    def month(self) -> Period:
        """Return the month that begins."""
        return self.plan.month

    def with_plan(self, plan: MonthPlan) -> Offer:
        """Return the offer with the rep's figures. Goals based on calls per day change with them."""
        now, before = plan.calls_per_day, self.plan.calls_per_day
        if now and before:
            return replace(self, plan=plan, goals=tuple(each.with_calls(now, before) for each in self.goals))
        return replace(self, plan=plan)

    def figures(self) -> list[tuple[str, str, str]]:
        """Return the offered figures as (name, value, source)."""
        plan, last = self.plan, formats.month_text(self.last.month.first)
        unit = f" {self.currency}" if self.currency else ""
        multiple = "" if plan.multiple is None else f"{formats.number(plan.multiple, 2)}× your quota"
        found = [
            (
                "quota",
                f"{formats.amount(plan.quota)}{unit}",
                f"your share of {self.quota_from}" if self.quota_from else f"same as {last}",
            ),
            (
                "personal plan",
                f"{formats.amount(plan.personal_plan)}{unit}",
                "what your goals need" if self.tree is not None else multiple,
            ),
        ]
        if plan.average_deal is not None:
            found.append(
                (
                    "average deal",
                    formats.amount(plan.average_deal),
                    "from your won deals" if self.average_is_own else f"same as {last}",
                )
            )
        if plan.calls_per_day is not None:
            found.append(("calls a day", f"{plan.calls_per_day:,}", f"same as {last}"))
        return found

    def goal_lines(self) -> list[str]:
        """Return the goals carried over, one per line."""
        found = []
        for each in self.goals:
            target = (
                ""
                if each.new.target is None or each.new.metric is None
                else f": {formats.amount(each.new.target)} {each.new.metric.words}"
            )
            why = ", what's left of the goal above" if each.shared else ""
            week = f" (week of {formats.when_text(each.new.period.first)})" if each.new.horizon == "week" else ""
            found.append(f"{each.new.title}{week}{target}{why}")
        return found


def due_month(ctx: AppContext) -> Period | None:
    """Return the month to offer a plan for: this one if it has none, or the next from the evening before."""
    if not ctx.database.exists():
        return None
    with reading(ctx) as facts:
        return _due_month(facts)


def _due_month(facts: Reading) -> Period | None:
    today, now = facts.today, facts.ctx.now()
    following = next_working_day(facts, today)
    planned = max((month_text(plan.month) for plan in facts.plans if plan.month.first <= following), default="")
    minute = now.hour * 60 + now.minute + (24 * 60 if now.date() > today else 0)
    evening = facts.closed or not facts.calendar.weight(today) or minute >= day_progress.EVENING
    found = day_progress.month_to_plan(today.isoformat(), following.isoformat(), planned, evening=evening)
    return parse_month(found) if found else None


def make_offer(ctx: AppContext, month: Period | None = None) -> Offer | None:
    """Return the offer for a month (default: the one that is due), or None if it already has a plan or no earlier month
    has one.
    """
    if not ctx.database.exists():
        return None
    with reading(ctx) as facts:
        wanted = month or _due_month(facts)
        return None if wanted is None else of_reading(facts, wanted)


def of_reading(facts: Reading, month: Period) -> Offer | None:
    """Like `make_offer`, from one reading."""
    before = [plan for plan in facts.plans if plan.month.first < month.first]
    if not before or facts.plan(month) is not None:
        return None
    last = before[-1]
    average = odds.own_average(facts)
    share = facts.figures(month)
    if share is not None and round(share.quota) <= 0:
        share = None  # the other months use up the longer quota, so the last month's figures are used
    quota = last.quota if share is None else Decimal(round(share.quota))
    personal = quota * last.multiple if last.multiple is not None else last.personal_plan
    if share is not None:
        personal = max(personal, Decimal(round(share.personal_plan)))
    if personal <= quota:
        personal = quota * facts.quotas.multiple
    tree = facts.breakdown.largest_target(facts.goals.values(), month)
    more = None if tree is None or tree[1] <= personal else tree[1]
    plan = MonthPlan(
        month,
        quota,
        round(personal if more is None else more, 2),
        _clear(average) if average else last.average_deal,
        calls_per_day=last.calls_per_day,
    )
    return Offer(
        last=_month_end(facts, last.month),
        plan=plan,
        currency=facts.currency,
        year_ago=_year_ago(facts, month),
        quota_from="" if share is None else share.source,
        tree=more,
        average_is_own=bool(average),
        goals=tuple(renewals(facts.goals, last.month, month, facts.calendar, _left(facts, month), last.calls_per_day)),
    )


def _clear(amount: float) -> Decimal:
    """Return an average deal rounded to its significant digits."""
    size = math.floor(math.log10(amount)) if amount > 0 else 0
    return max(Decimal("0.01"), Decimal(str(round(amount, min(2, CLEAR - 1 - size)))))


def _month_end(facts: Reading, month: Period) -> MonthEnd:
    plan = facts.plan(month)
    if plan is None:
        return MonthEnd(month, facts.revenue(month))
    plan = plan_as_set(plan, facts.calendar)[1]
    return MonthEnd(month, facts.revenue(month), plan.quota, plan.personal_plan)


def _year_ago(facts: Reading, month: Period) -> MonthEnd | None:
    found = _month_end(facts, month_of(month.first - relativedelta(years=1)))
    return found if found.booked or found.quota is not None else None


def _left(facts: Reading, month: Period) -> Left:
    """Return the function for what a goal leaves for a period: revenue by months, else by working days."""

    def left(goal: Goal, period: Period) -> Fraction:
        if period == month and goal.id and (share := facts.breakdown.month(goal, month)) is not None:
            return Fraction(share)
        found = goal.stretch(period.first)
        if found is None:
            return Fraction(0)
        stretch, figure = found
        rest, part = stretch.from_day(period.first), period.from_day(stretch.first)
        part = None if part is None else part.up_to(stretch.last)
        days = facts.calendar.total(rest)
        done = Fraction(facts.done_within(goal, stretch.up_to(period.first - DAY))) if goal.id else Fraction(0)
        return (Fraction(figure) - done) * facts.calendar.total(part) / days if days else Fraction(0)

    return left


def begun_without_log(ctx: AppContext, month: Period) -> bool:
    """Return whether planner was first used in the middle of a month."""
    with reading(ctx) as facts:
        return taken_up_late(facts, month)


def taken_up_late(facts: Reading, month: Period) -> bool:
    """Return whether working days of a month have passed with nothing logged."""
    over = month.up_to(facts.today - DAY)
    worked = facts.calendar.total(over)
    return bool(worked) and over is not None and not any(any(facts.counts.counts_on(day).values()) for day in over)


@dataclass(frozen=True, slots=True)
class Begun:
    """An accepted plan, and the goals created for it."""

    plan: MonthPlan
    goals: tuple[str, ...]

    def sentence(self) -> str:
        """Return ``December 2026: plan 1,400,000, quota 700,000, 4 goals carried over``."""
        with_goals = f", {plural(len(self.goals), 'goal', 'goals')} carried over" if self.goals else ""
        return (
            f"{formats.month_text(self.plan.month.first)}: plan {formats.amount(self.plan.personal_plan)}, quota "
            f"{formats.amount(self.plan.quota)}{with_goals}"
        )


def take(ctx: AppContext, offered: Offer, *, below_double: bool = False) -> Begun:
    """Save an offered plan and the goals carried over as one change.

    Raises StateError if the month got a plan meanwhile, BelowDouble under twice the quota without consent.
    """
    plan = offered.plan
    confirm_double(plan, below_double)
    with ctx.database.write(f"plan for {formats.month_text(plan.month.first)}") as change:
        known = store.get(change, plan.month)
        if known is not None:
            raise StateError(
                f"{formats.month_text(plan.month.first)} already has a plan, set elsewhere: "
                f"{formats.amount(known.personal_plan)}, quota {formats.amount(known.quota)}."
            )
        store.put(change, plan)
        made = renew(ctx, change, offered.goals)
    return Begun(plan, tuple(f"Goal {goal.id} carried over: {goal.title}" for goal in made))


def renew(ctx: AppContext, change: WriteTransaction, wanted: Sequence[Renewal]) -> list[Goal]:
    """Create the goals carried over within a change, skipping any created meanwhile. Returns the new ones."""
    ids, made = dict[int, int](), list[Goal]()
    there = goals.load_all(change)
    for each in wanted:
        new = each.new
        if each.under in ids:
            new = replace(new, parent_id=ids[each.under])
        known = next(
            (
                goal.id
                for goal in there.values()
                if (goal.title, goal.horizon, goal.metric, goal.period)
                == (new.title, new.horizon, new.metric, new.period)
                and goal.state is not GoalState.DROPPED
            ),
            None,
        )
        if known is None:
            made.append(goals.add(change, new, int(ctx.clock.timestamp())))
        ids[each.old.id] = made[-1].id if known is None else known
    return made
