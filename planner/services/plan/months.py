"""Shows a month, quarter or year in detail: the pace of both figures, daily bookings and what is left to do."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from planner.domain import formats
from planner.domain.day.snapshot import aim, course_of
from planner.domain.errors import StateError
from planner.domain.forecast.amounts import Forecast
from planner.domain.forecast.outlook import Outlook, precompute
from planner.domain.forecast.rates import WeekdayRate, weekday_rates
from planner.domain.plan.goals import Goal, GoalState, Metric
from planner.domain.plan.pace import Course
from planner.domain.plan.plan import MonthPlan, revenue_of
from planner.domain.plan.proration import plan_in_force
from planner.domain.plan.quotas import JANUARY, Stretch, months_of, quarter_of, year_of
from planner.domain.plan.revenue_breakdown import MonthFall, YearFall
from planner.domain.workdays import Period, WorkCalendar, WorkingDays, month_of, working_days
from planner.services.context import AppContext
from planner.services.day.reading import Reading, reading
from planner.services.plan import quotas
from planner.services.plan.quotas import QuotaView


class Span(StrEnum):
    """The lengths of period that can be shown."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def stretch(self, day: date, year_starts: int = JANUARY) -> Stretch | None:
        """Return the quarter or year containing a day, or None for a month."""
        if self is Span.MONTH:
            return None
        return quarter_of(day, year_starts) if self is Span.QUARTER else year_of(day, year_starts)

    def period(self, day: date, year_starts: int = JANUARY) -> Period:
        """Return the period of this span containing a day."""
        found = self.stretch(day, year_starts)
        return month_of(day) if found is None else found.period

    def step(self, day: date, count: int, year_starts: int = JANUARY) -> date:
        """Return the first day of the span `count` spans later."""
        months = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[self]
        return self.period(day, year_starts).first + relativedelta(months=months * count)

    def name_of(self, period: Period, year_starts: int = JANUARY) -> str:
        """Return ``November 2026``, ``Q4 2026`` or ``2026``, for a fiscal year with its months."""
        first = period.first
        found = self.stretch(first, year_starts)
        if found is None:
            return formats.month_text(first)
        return found.title if year_starts == JANUARY else f"{found.title} ({found.span_text()})"


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A date of a month: its weight and the reason for it, the amount booked, and both paces at its end.

    `counts` is False for days before a plan that starts mid-month.
    """

    day: date
    weight: Fraction
    why: str
    own: bool
    booked: Decimal
    quota_line: Fraction | None = None
    plan_line: Fraction | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month of a longer span: its plan if set, amount booked and working days.

    A plan that starts mid-month covers its part of the month. `fall` is the required share of the year's goal, `share`
    what the quota of its quarter or year leaves for a month without a plan.
    """

    month: Period
    working_days: Fraction
    plan: MonthPlan | None
    booked: Decimal
    fall: MonthFall | None = None
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A span's target in one metric: revenue or that of a goal."""

    metric: str
    course: Course
    done: Fraction
    goal: Goal | None = None

    @property
    def counted(self) -> str:
        """Return the daily count column behind the metric."""
        return Metric(self.metric).counted or self.metric

    @property
    def shortfall(self) -> Fraction:
        """Return what doesn't fit under the daily cap."""
        return self.course.spread.shortfall


@dataclass(frozen=True, slots=True)
class Standing:
    """The progress of one of the two figures: its target, what was booked towards it, and its current pace.

    `required` is what a full day must bring (None if no day is left). `behind_days` is negative when ahead.
    """

    target: Fraction
    done: Fraction
    line: Fraction
    required: Fraction | None
    behind_days: Fraction | None

    @property
    def delta(self) -> Fraction:
        """Return how far ahead of the pace it is (negative: behind)."""
        return self.done - self.line


@dataclass(frozen=True, slots=True)
class Sheet:
    """A month, quarter or year as shown on a day. Amounts in `currency`, `days` only for a month.

    `quota` and `plan` cover the `planned` months that have them, None if none has. `year` spreads the goal with the
    highest target over a quarter's or year's months. `brought_in` is the part of `booked` won before the plans began to
    count, which no day includes. `before` is the last earlier plan if the month has none. `longer` is the status of a
    quarter's or year's own quota.
    """

    span: Span
    period: Period
    today: date
    currency: str | None
    months: tuple[MonthFigures, ...]
    working: WorkingDays
    booked: Decimal
    quota: Standing | None
    plan: Standing | None
    cap: Fraction | None
    days: tuple[DayFigures, ...] = ()
    asked: tuple[Asked, ...] = ()
    planned: int = 0
    year: YearFall | None = None
    brought_in: Decimal = Decimal(0)
    before: MonthPlan | None = None
    longer: QuotaView | None = None
    name: str = ""


def read(ctx: AppContext, span: Span, day: date) -> Sheet:
    """Return the span containing a day, as of today."""
    period = span.period(day, ctx.config["plan.year_starts"])
    with reading(ctx) as facts:
        today, calendar, closed = facts.today, facts.calendar, facts.closed
        months = tuple(_month(facts, month) for month in months_of(period))
        year, longer = (None, None) if span is Span.MONTH else _longer(facts, span, period, day)
        if year is not None:
            months = tuple(replace(month, fall=year.fall_in(month.month)) for month in months)
        held = [(month, month.plan) for month in months if month.plan is not None]
        counting = held[0][0].month if span is Span.MONTH and held else period
        quota, plan = _standings(facts, held, longer)
        brought_in = sum((each.brought_in for _, each in held), Decimal(0))
        revenue = _revenue(facts, plan, counting, Fraction(brought_in)) if span is Span.MONTH and plan else None
        return Sheet(
            span=span,
            period=period,
            today=today,
            currency=facts.currency,
            months=months,
            working=working_days(calendar, counting, today, closed=closed),
            booked=sum((month.booked for month in months), Decimal(0)),
            quota=quota,
            plan=plan,
            cap=facts.rules.cap,
            days=_days(facts, counting, period, quota, plan, Fraction(brought_in)) if span is Span.MONTH else (),
            asked=tuple(_targets(facts, period, revenue)),
            planned=len(held),
            year=year,
            brought_in=brought_in,
            before=_last_plan(facts, period) if span is Span.MONTH and not held else None,
            longer=longer,
            name=span.name_of(period, ctx.config["plan.year_starts"]),
        )


def _standings(
    facts: Reading, held: list[tuple[MonthFigures, MonthPlan]], longer: QuotaView | None
) -> tuple[Standing | None, Standing | None]:
    """Where the quota and the plan stand: those of a quarter or year where it has its own, else those of its months."""
    if longer is not None and longer.quota is not None and longer.quota_course is not None:
        return _standing_of(longer.quota_course, longer.booked), _standing_of(longer.plan_course, longer.booked)
    calendar, today, closed = facts.calendar, facts.today, facts.closed
    quota = _standing([(month, each.quota) for month, each in held], calendar, today, closed)
    return quota, _standing([(month, each.personal_plan) for month, each in held], calendar, today, closed)


def _revenue(facts: Reading, plan: Standing, counting: Period, start: Fraction) -> Course | None:
    """The course of a month's revenue. None for a calendar without a working day: the sheet shows its 0 days."""
    with suppress(StateError):
        return course_of(facts, plan.target, plan.done, counting, facts.today, closed=facts.closed, start=start)
    return None


def _longer(facts: Reading, span: Span, period: Period, day: date) -> tuple[YearFall | None, QuotaView | None]:
    """How a quarter or year stands: in the wish that leads to it, and in its own quota."""
    year = facts.breakdown.leading_year(facts.goals.values(), max(period.first, min(facts.today, period.last)))
    stretch = span.stretch(day, facts.quotas.year_starts)
    assert stretch is not None
    with suppress(StateError):  # a calendar without a working day: the sheet says so by its 0 days
        return year, quotas.view(facts, stretch)
    return year, None


def _last_plan(facts: Reading, month: Period) -> MonthPlan | None:
    return next((plan for plan in reversed(facts.plans) if plan.month.first < month.first), None)


FAN_POINTS = 6


@dataclass(frozen=True, slots=True)
class Ahead:
    """The forecast for a span: the odds of its month (for a longer span, of today's month).

    `fan` is the forecast at the end of each day to come, `forecast` that of the whole span (by pace if longer than a
    month), `weekdays` the conversation rate by weekday, best first.
    """

    outlook: Outlook
    fan: tuple[tuple[date, Forecast], ...]
    forecast: Forecast | None
    weekdays: tuple[WeekdayRate, ...]


def look_ahead(ctx: AppContext, sheet: Sheet) -> Ahead:
    """Return what to expect of a span. Takes up to a third of a second, so call it from a worker."""
    month = sheet.period if sheet.span is Span.MONTH else month_of(max(sheet.period.first, sheet.today))
    with reading(ctx) as facts:
        known = precompute(facts.outlook(month))
        counts = facts.counts
        weekdays = weekday_rates(
            (day, dials, counts.counts_on(date.fromisoformat(day)).get("conversations", 0))
            for day, dials in counts.days("dials")
            if day <= sheet.today.isoformat()
        )
    fan = _fan(known, [day for day in sheet.days if day.day >= sheet.today and day.counts], sheet.today)
    forecast = known.forecast
    if sheet.span is not Span.MONTH:
        forecast = known.amount_within(float(sheet.working.left), float(sheet.booked))
    return Ahead(known, fan, forecast, tuple(weekdays))


def _fan(known: Outlook, days: Sequence[DayFigures], today: date) -> tuple[tuple[date, Forecast], ...]:
    """Return the forecast at the end of each day to come, calculated at some days and interpolated between."""
    runs, run = [], 0.0
    for day in days:
        run += float(day.weight) if day.day > today else known.facts.weight_today
        runs.append(run)
    if not runs or known.forecast is None:
        return ()
    booked = known.facts.booked
    nodes = [(0.0, Forecast(booked, booked, booked, booked, (booked, booked)))]
    for index in range(1, FAN_POINTS + 1):
        at = runs[-1] * index / FAN_POINTS
        found = known.forecast_after(at)
        if found is not None and at > nodes[-1][0]:
            nodes.append((at, found))
    fan = []
    for day, run in zip(days, runs, strict=True):
        after = next((index for index, (at, _) in enumerate(nodes) if at >= run - 1e-9), len(nodes) - 1)
        (left, low), (right, high) = nodes[max(0, after - 1)], nodes[after]
        share = (run - left) / (right - left) if right > left else 1.0
        fan.append((day.day, low.interpolate(high, min(1.0, share))))
    return tuple(fan)


def _standing(
    parts: list[tuple[MonthFigures, Decimal]], calendar: WorkCalendar, today: date, closed: bool
) -> Standing | None:
    """Return a figure's standing over the months that have it, each with its own pace and days left."""
    target = done = line = left = total = spread = Fraction(0)
    for month, figure in parts:
        days = working_days(calendar, month.month, today, closed=closed)
        start = Fraction(0 if month.plan is None else min(month.plan.brought_in, figure))
        target, done = target + Fraction(figure), done + Fraction(month.booked)
        line += start + ((Fraction(figure) - start) * days.elapsed / days.total if days.total else 0)
        left, total, spread = left + days.left, total + days.total, spread + Fraction(figure) - start
    if not parts:
        return None
    short = max(Fraction(0), target - done)
    required = short / left if left else (None if short else Fraction(0))
    return Standing(target, done, line, required, (line - done) / (spread / total) if spread and total else None)


def _standing_of(course: Course | None, booked: Decimal) -> Standing | None:
    if course is None:
        return None
    pace = course.pace
    behind = None if pace.delta_days is None else -pace.delta_days
    return Standing(pace.target, Fraction(booked), pace.line, pace.required, behind)


def _month(facts: Reading, month: Period) -> MonthFigures:
    plan, part, booked = facts.plan(month), month, facts.revenue(month)
    if plan is not None:
        try:
            part, plan = plan_in_force(plan, facts.calendar)
        except StateError:  # no working day left: show the figures as set, over the whole month
            booked = revenue_of(facts.counts, month, None)
    share = None if plan is not None else facts.figures(month)
    return MonthFigures(part, facts.calendar.total(part), plan, booked, share=None if share is None else share.quota)


def _days(
    facts: Reading,
    counting: Period,
    month: Period,
    quota: Standing | None,
    plan: Standing | None,
    start: Fraction,
) -> tuple[DayFigures, ...]:
    calendar = facts.calendar
    total, run = calendar.total(counting), Fraction(0)
    found = []
    for day, weight in calendar.weights(month):
        if day in counting:
            run += weight
        quota_line, plan_line = (
            None if standing is None or not total else _line(standing.target, start, run / total)
            for standing in (quota, plan)
        )
        amount = Decimal(facts.counts.counts_on(day).get("revenue", 0)) / 100
        own = day in calendar.exceptions
        found.append(
            DayFigures(day, weight, calendar.reason_for(day), own, amount, quota_line, plan_line, day in counting)
        )
    return tuple(found)


def _line(target: Fraction, start: Fraction, share: Fraction) -> Fraction:
    """Return the pace after a share of the working days. It starts at what was brought in."""
    start = min(start, target)
    return start + (target - start) * share


ORDER = (Metric.DIALS, Metric.CONVERSATIONS, Metric.MEETINGS_BOOKED, Metric.MEETINGS, Metric.PROPOSALS, Metric.DEALS)


def _targets(facts: Reading, period: Period, revenue: Course | None) -> list[Asked]:
    """Return revenue, then per metric the goal of the span with the highest requirement."""
    found = [] if revenue is None else [Asked("revenue", revenue, revenue.pace.done)]
    today = facts.today
    if today not in period:
        return found
    for metric in ORDER:
        best: Asked | None = None
        for goal in facts.goals.values():
            if goal.state is not GoalState.OPEN or goal.metric is not metric or today not in goal.counting:
                continue
            try:
                held = aim(facts, goal, today, closed=facts.closed)
            except StateError:
                continue
            if held is None:
                continue
            asked = Asked(metric.value, held.course, Fraction(facts.done_within(goal, held.stretch)), goal)
            if best is None or (asked.course.pace.required or 0) > (best.course.pace.required or 0):
                best = asked
        if best is not None:
            found.append(best)
    return found
