"""Sets the quotas of quarters and years, and shows their status by month."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain.day.snapshot import course_of
from planner.domain.errors import StateError
from planner.domain.plan.plan import confirm_double, personal_from
from planner.domain.plan.quotas import Figures, PeriodPlan, Stretch
from planner.domain.workdays import Period, WorkingDays, working_days
from planner.services.day.reading import reading
from planner.services.plan.calendar import work_calendar
from planner.services.plan.plan import check_currency
from planner.store import activity_log
from planner.store.plan import plan as store

if TYPE_CHECKING:
    from planner.domain.plan.pace import Course
    from planner.services.context import AppContext
    from planner.services.day.reading import Reading


@dataclass(frozen=True, slots=True)
class MonthOfIt:
    """A month of a quarter's or year's quota: its own figures or its share, None if nothing is set, and its revenue."""

    month: Period
    figures: Figures | None
    booked: Decimal


@dataclass(frozen=True, slots=True)
class QuotaView:
    """A quarter's or year's status. Amounts in the database's currency, days in working days.

    `quota` and `personal_plan` are None if not set. `personal_own` means that the rep has set the latter. `planned` is
    the total (quota, plan) of the `months_planned` months that have a plan of their own.
    """

    stretch: Stretch
    currency: str | None
    quota: Decimal | None
    personal_plan: Decimal | None
    personal_own: bool
    booked: Decimal
    days: WorkingDays
    quota_course: Course | None
    plan_course: Course | None
    months: tuple[MonthOfIt, ...]
    planned: tuple[Decimal, Decimal]
    months_planned: int

    @property
    def left_to_plan(self) -> Decimal | None:
        """Return the part of the quota not yet covered by months' own plans, or None without a quota."""
        return None if self.quota is None else max(Decimal(0), self.quota - self.planned[0])


def set_quota(
    ctx: AppContext,
    stretch: Stretch,
    quota: Decimal,
    personal: str | None = None,
    *,
    below_double: bool = False,
    currency: str | None = None,
) -> PeriodPlan:
    """Set the quota of a quarter or year and the rep's plan for it as one change. `personal` is an amount, a multiple
    such as ``2x``, or "" for the default multiple. None leaves it unchanged.

    Raises InputError at or under the quota, BelowDouble under twice the quota without consent, StateError if the
    calendar leaves no working day.
    """
    with ctx.database.write(f"quota for {stretch.title}") as change:
        known = store.period_plans(change).get(stretch.name)
        own = None if known is None else known.personal_plan
        if personal is not None:
            own = personal_from(personal, quota) if personal.strip() else None
        plan = PeriodPlan(stretch.name, quota, own)
        if plan.personal_plan is not None:
            confirm_double(Figures(plan.quota, plan.personal_plan), below_double)
        if not work_calendar(ctx, change).total(stretch.period):
            raise StateError(
                f"Your calendar has no working days in {stretch.title}, so there's nothing to spread a quota over."
            )
        store.put_longer(change, plan)
        if currency is not None:
            store.set_currency(
                change, check_currency(currency), stretch.months[0], booked=activity_log.any_amount(change)
            )
    return plan


def show(ctx: AppContext, stretch: Stretch) -> QuotaView:
    """Return the status of a quarter or year."""
    with reading(ctx) as facts:
        return view(facts, stretch)


def view(facts: Reading, stretch: Stretch) -> QuotaView:
    """Return the status of a quarter or year from one reading."""
    months = tuple(MonthOfIt(month, facts.figures(month), facts.revenue(month)) for month in stretch.months)
    own = [each.figures for each in months if each.figures is not None and each.figures.own]
    booked = sum((each.booked for each in months), Decimal(0))
    plan = facts.quotas.longer.get(stretch.name)
    quota = None if plan is None else plan.quota
    personal = None if plan is None else plan.personal(facts.quotas.multiple)
    today, closed, period = facts.today, facts.closed, stretch.period
    quota_course, plan_course = (
        None if each is None else course_of(facts, Fraction(each), Fraction(booked), period, today, closed=closed)
        for each in (quota, personal)
    )
    return QuotaView(
        stretch=stretch,
        currency=facts.currency,
        quota=quota,
        personal_plan=personal,
        personal_own=plan is not None and plan.personal_plan is not None,
        booked=booked,
        days=working_days(facts.calendar, period, today, closed=closed),
        quota_course=quota_course,
        plan_course=plan_course,
        months=months,
        planned=(
            sum((each.quota for each in own), Decimal(0)),
            sum((each.personal_plan for each in own), Decimal(0)),
        ),
        months_planned=len(own),
    )
