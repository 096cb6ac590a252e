"""A month, a quarter or a year to look at: both lines, what was booked day by day, and what is left to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from planner.domain.errors import StateError
from planner.domain.forecast import Forecast
from planner.domain.funnel import WeekdayRate, weekday_rates
from planner.domain.goals import Goal, GoalState, Metric
from planner.domain.outlook import Outlook, ready
from planner.domain.pace import Course, course
from planner.domain.plan import MonthPlan
from planner.domain.workdays import DAY, Period, WorkCalendar, WorkingDays, month_of, working_days
from planner.services import odds
from planner.services.calendar import work_calendar
from planner.services.desk import Desk
from planner.services.effective import effective_plan
from planner.services.laying import aim
from planner.services.tree import MonthFall, YearFall, year_of

if TYPE_CHECKING:
    from planner.store.recorder import Reads


class Span(StrEnum):
    """How much is looked at."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def period(self, day: date) -> Period:
        """The span that holds a day."""
        if self is Span.MONTH:
            return month_of(day)
        if self is Span.YEAR:
            return Period(date(day.year, 1, 1), date(day.year, 12, 31))
        first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        return Period(first, first + relativedelta(months=3) - DAY)

    def step(self, day: date, count: int) -> date:
        """The first day of the span that lies `count` spans on."""
        months = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[self]
        return self.period(day).first + relativedelta(months=months * count)

    def name_of(self, period: Period) -> str:
        """``November 2026``, ``Q4 2026``, ``2026``."""
        first = period.first
        if self is Span.MONTH:
            return f"{first:%B} {first.year}"
        return f"Q{(first.month + 2) // 3} {first.year}" if self is Span.QUARTER else str(first.year)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A date: its weight, what made it so, what was booked on it, and where both lines stand at its end.

    `counts` says that the plan counts it: one taken up mid-month doesn't count the days before.
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
    """A month of a longer span: its two figures where they are set, what was booked, its working days.

    Of a plan taken up mid-month, its part of the month. `fall` is what the year's goal asks of it.
    """

    month: Period
    working_days: Fraction
    plan: MonthPlan | None
    booked: Decimal
    fall: MonthFall | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a span asks in one metric: revenue, or that of a goal. `cap` is the most that a full day takes."""

    metric: str
    course: Course
    done: Fraction
    goal: Goal | None = None

    @property
    def counted(self) -> str:
        """The column of the day's counts behind the metric."""
        return Metric(self.metric).counted or self.metric

    @property
    def shortfall(self) -> Fraction:
        """What finds no room under the daily cap."""
        return self.course.spread.shortfall


@dataclass(frozen=True, slots=True)
class Standing:
    """One of the two figures: its target, what was booked towards it, and where its line stands now.

    `required` is what a full day must bring (None when no day is left); `behind_days` is below 0 when ahead.
    """

    target: Fraction
    done: Fraction
    line: Fraction
    required: Fraction | None
    behind_days: Fraction | None

    @property
    def delta(self) -> Fraction:
        """How far ahead of the line (below 0: behind)."""
        return self.done - self.line


@dataclass(frozen=True, slots=True)
class Sheet:
    """A span as of a day. Amounts in `currency`; `days` only of a month.

    `quota` and `plan` stand over the months that have them (`planned` of all of them); None where nothing was set.
    `year`, of a quarter or year, is how that of the goal that asks most falls on its months.
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


def read(desk: Desk, span: Span, day: date) -> Sheet:
    """The span that holds a day, as of today."""
    period = span.period(day)
    today = desk.today()
    if not desk.database.exists():
        return _empty(desk, span, period, today)
    from planner.store import day as days
    from planner.store import goals
    from planner.store import plan as plans

    with desk.database.read() as reads:
        calendar = work_calendar(desk, reads, period)
        closed = days.get(reads, today).closed
        months = tuple(_month(reads, calendar, month) for month in _months(period))
        ladder = goals.every(reads)
        year = None
        if span is not Span.MONTH:
            year = year_of(desk, reads, ladder, max(period.first, min(today, period.last)))
        if year is not None:
            months = tuple(replace(month, fall=year.of(month.month)) for month in months)
        held = [(month.booked, month.month, month.plan) for month in months if month.plan is not None]
        counting = held[0][1] if span is Span.MONTH and held else period
        quota = _standing([(booked, part, plan.quota) for booked, part, plan in held], calendar, today, closed)
        plan = _standing([(booked, part, plan.personal_plan) for booked, part, plan in held], calendar, today, closed)
        revenue = None
        if span is Span.MONTH and plan is not None:
            revenue = _course(desk, plan, calendar, counting, today, closed)
        return Sheet(
            span=span,
            period=period,
            today=today,
            currency=plans.currency(reads),
            months=months,
            working=working_days(calendar, counting, today, closed=closed),
            booked=sum((month.booked for month in months), Decimal(0)),
            quota=quota,
            plan=plan,
            cap=desk.config.cap,
            days=_days(reads, calendar, counting, period, quota, plan) if span is Span.MONTH else (),
            asked=tuple(_asked(desk, reads, ladder, period, today, revenue, closed)),
            planned=len(held),
            year=year,
        )


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to be expected of a span: the odds of its month (of today's month in a longer span), ready to be shown.

    `fan` is the forecast by pace at the end of each day to come, `forecast` that of the whole span, `weekdays` the rate
    of talks by weekday, the best first.
    """

    outlook: Outlook
    fan: tuple[tuple[date, Forecast], ...]
    forecast: Forecast | None
    weekdays: tuple[WeekdayRate, ...]


def look_ahead(desk: Desk, sheet: Sheet) -> Ahead:
    """Work out what is to be expected of a span that was read: up to a third of a second, so in a worker."""
    month = sheet.period if sheet.span is Span.MONTH else month_of(max(sheet.period.first, sheet.today))
    if not desk.database.exists():
        return Ahead(ready(odds.outlook(desk, None, month)), (), None, ())
    from planner.store import funnel

    with desk.database.read() as reads:
        known = ready(odds.outlook(desk, reads, month))
        weekdays = weekday_rates(funnel.calls_by_day(reads, sheet.today))
    fan: list[tuple[date, Forecast]] = []
    run = 0.0
    for day in sheet.days:
        if day.day < sheet.today or not day.counts:
            continue
        run += float(day.weight) if day.day > sheet.today else known.facts.weight_today
        found = known.amount_within(run, known.facts.booked) if day.weight or not fan else fan[-1][1]
        if found is not None:
            fan.append((day.day, found))
    forecast = known.by_pace
    if sheet.span is not Span.MONTH:
        forecast = known.amount_within(float(sheet.working.left), float(sheet.booked))
    return Ahead(known, tuple(fan), forecast, tuple(weekdays))


def _standing(
    parts: list[tuple[Decimal, Period, Decimal]], calendar: WorkCalendar, today: date, closed: bool
) -> Standing | None:
    """A figure over the months that have it: each month has its own line, and the days left are theirs."""
    target = done = line = left = total = Fraction(0)
    for booked, period, figure in parts:
        days = working_days(calendar, period, today, closed=closed)
        target, done = target + Fraction(figure), done + Fraction(booked)
        line += Fraction(figure) * days.elapsed / days.total if days.total else 0
        left, total = left + days.left, total + days.total
    if not parts:
        return None
    short = max(Fraction(0), target - done)
    required = short / left if left else (None if short else Fraction(0))
    return Standing(target, done, line, required, (line - done) / (target / total) if target and total else None)


def _empty(desk: Desk, span: Span, period: Period, today: date) -> Sheet:
    """The span of a rep who has nothing yet: only its calendar."""
    calendar = work_calendar(desk, None, period)
    months = tuple(MonthFigures(month, calendar.total(month), None, Decimal(0)) for month in _months(period))
    days = [
        DayFigures(day, weight, calendar.holidays.get(day, ""), own=False, booked=Decimal(0))
        for day, weight in calendar.weights(period)
    ]
    return Sheet(
        span, period, today, None, months, working_days(calendar, period, today), Decimal(0), None, None,
        desk.config.cap, tuple(days) if span is Span.MONTH else (),
    )  # fmt: skip


def _months(period: Period) -> list[Period]:
    found, month = [], month_of(period.first)
    while month.first <= period.last:
        found.append(month)
        month = month_of(month.last + DAY)
    return found


def _month(reads: Reads, calendar: WorkCalendar, month: Period) -> MonthFigures:
    from planner.store import calls
    from planner.store import plan as plans

    plan = plans.get(reads, month)
    part, plan = (month, None) if plan is None else _effective(plan, calendar)
    booked = Decimal(calls.counted(reads, "revenue", part)) / 100
    return MonthFigures(part, calendar.total(part), plan, booked)


def _effective(plan: MonthPlan, calendar: WorkCalendar) -> tuple[Period, MonthPlan]:
    try:
        return effective_plan(plan, calendar)
    except StateError:  # no working day is left to it: the figures stand as they were set
        return plan.month, plan


def _course(
    desk: Desk, plan: Standing, calendar: WorkCalendar, period: Period, today: date, closed: bool
) -> Course | None:
    try:
        return course(
            plan.target, plan.done, calendar, period, today,
            closed=closed, cap=desk.config.cap, window=desk.config.catch_up_days, ahead=desk.config["plan.ahead"],
        )  # fmt: skip
    except StateError:
        return None  # a calendar without a working day: the sheet says so by its 0 days


def _days(
    reads: Reads,
    calendar: WorkCalendar,
    counting: Period,
    month: Period,
    quota: Standing | None,
    plan: Standing | None,
) -> tuple[DayFigures, ...]:
    from planner.store import calls

    booked = calls.revenue_by_day(reads, month)
    total, run = calendar.total(counting), Fraction(0)
    found = []
    for day, weight in calendar.weights(month):
        if day in counting:
            run += weight
        exception = calendar.exceptions.get(day)
        why = (exception.note if exception else "") or calendar.holidays.get(day, "")
        quota_line, plan_line = (
            None if standing is None or not total else standing.target * run / total for standing in (quota, plan)
        )
        amount = Decimal(booked.get(day, 0)) / 100
        own = exception is not None
        found.append(DayFigures(day, weight, why, own, amount, quota_line, plan_line, day in counting))
    return tuple(found)


ORDER = (Metric.DIALS, Metric.CONVERSATIONS, Metric.MEETINGS_BOOKED, Metric.MEETINGS, Metric.PROPOSALS, Metric.DEALS)


def _asked(
    desk: Desk,
    reads: Reads,
    goals: dict[int, Goal],
    period: Period,
    today: date,
    revenue: Course | None,
    closed: bool,
) -> list[Asked]:
    """Revenue, then what the goals of the span ask in each metric: the one that asks most."""
    from planner.services.goals import done_amount

    found = [] if revenue is None else [Asked("revenue", revenue, revenue.pace.done)]
    if today not in period:
        return found
    for metric in ORDER:
        best: Asked | None = None
        for goal in goals.values():
            if goal.state is not GoalState.OPEN or goal.metric is not metric or today not in goal.counting:
                continue
            calendar = work_calendar(desk, reads, Period(min(today, goal.period.first), goal.period.last))
            try:
                held = aim(desk, reads, goal, calendar, today, closed=closed)
            except StateError:
                continue
            if held is None:
                continue
            asked = Asked(metric.value, held.course, Fraction(done_amount(reads, goal, today) or 0), goal)
            if best is None or (asked.course.pace.required or 0) > (best.course.pace.required or 0):
                best = asked
        if best is not None:
            found.append(best)
    return found
