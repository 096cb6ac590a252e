"""Reads the facts that every view is computed from, each once and when first needed.

Every view of a day, a month or the goals is calculated from here (`domain.snapshot.DayFacts`), so that two views of one
figure can't differ. Without a database it describes a rep who has nothing yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from planner.domain.clients import special_days
from planner.domain.day import day as day_rules
from planner.domain.day import snapshot
from planner.domain.day_counts import DayCounts
from planner.domain.plan import plan as plans
from planner.domain.plan import revenue_breakdown
from planner.domain.plan.quotas import Figures, Quotas, year_of
from planner.domain.review import review
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of, worked_ahead
from planner.services.day import week
from planner.services.plan import calendar
from planner.store import activity_log, today_queries
from planner.store.clients import people
from planner.store.day import day as days
from planner.store.day import tasks
from planner.store.forecast import funnel
from planner.store.plan import goals as goal_store
from planner.store.plan import plan as plan_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.config.reading import Config
    from planner.domain.clients.special_days import SpecialDay
    from planner.domain.day.blocks import WeekTemplate
    from planner.domain.day.day import DayRecord
    from planner.domain.day.snapshot import Rules
    from planner.domain.forecast.outlook import Outlook
    from planner.domain.plan.goals import Goal
    from planner.domain.plan.plan import MonthPlan
    from planner.domain.plan.revenue_breakdown import RevenueBreakdown
    from planner.services.context import AppContext
    from planner.store.forecast.funnel import Log
    from planner.store.recorder import Reads

WEEK = 7 * DAY


LOG_REACHES = timedelta(days=600 * 7 // 5)


class Reading:
    """The facts of one reading of the database, on a connection in its transaction, or None without a database."""

    def __init__(self, ctx: AppContext, reads: Reads | None, *, ended: bool = False) -> None:
        self.ctx, self.reads = ctx, reads
        self._ended = ended
        self.key = ctx.key()  # before the settings, so that newer ones are cached under the older key and soon replaced
        self.today = ctx.today()

    @cached_property
    def config(self) -> Config:
        """Return the current settings."""
        return self.ctx.current_config()

    @cached_property
    def rules(self) -> Rules:
        """Return the settings that planning depends on."""
        config = self.config
        return snapshot.Rules(
            cap=config.cap,
            catch_up_days=config.catch_up_days,
            ahead=config["plan.ahead"],
            seasons=config["plan.seasons"],
            mail_minutes=config["mail.minutes"],
            mail_windows=config.mail_windows,
        )

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Return the work calendar."""
        return calendar.work_calendar(self.ctx, self.reads)

    @cached_property
    def goals(self) -> Mapping[int, Goal]:
        """Return all goals by id, in the rep's order."""
        return {} if self.reads is None else goal_store.load_all(self.reads)

    @cached_property
    def done_tasks(self) -> Mapping[int, int]:
        """Return the number of done tasks of each goal that has any."""
        return {} if self.reads is None else tasks.done_by_goal(self.reads)

    @cached_property
    def counts(self) -> DayCounts:
        """Return the daily counts."""
        return DayCounts(activity_log.METRICS, ()) if self.reads is None else activity_log.day_counts(self.reads)

    def done_within(self, goal: Goal, period: Period | None) -> Decimal:
        """Return what was done of a goal in a period, in units. A tally includes all manual counts and done tasks."""
        column = None if goal.metric is None else goal.metric.counted
        if column is None:
            return goal.tally + self.done_tasks.get(goal.id, 0)
        if column == "revenue":
            return plans.revenue_within(self.counts, self.plans, period)
        return Decimal(self.counts.total(column, period))

    def revenue(self, month: Period, last: date | None = None) -> Decimal:
        """Return a month's revenue up to and including `last` (default: its end), as it counts towards the plan."""
        return plans.revenue_of(self.counts, month, self.plan(month), last)

    @cached_property
    def plans(self) -> list[MonthPlan]:
        """Return all plans, by month."""
        return [] if self.reads is None else plan_store.load_all(self.reads)

    def plan(self, month: Period) -> MonthPlan | None:
        """Return the plan of a month as it was set."""
        return next((plan for plan in self.plans if plan.month == month), None)

    @cached_property
    def quotas(self) -> Quotas:
        """Return the quotas of months, quarters and years."""
        return Quotas(
            {each.month.first: Figures(each.quota, each.personal_plan) for each in self.plans},
            {} if self.reads is None else plan_store.period_plans(self.reads),
            Decimal(str(self.config["plan.multiple"])),
            self.config["plan.year_starts"],
        )

    def month_weights(self, months: Iterable[Period]) -> dict[date, Fraction]:
        """Return season × working days of some months, by the first of each."""
        seasons, working = self.rules.seasons, self.calendar.total
        return {each.first: Fraction(str(seasons[each.first.month - 1])) * working(each) for each in months}

    def figures(self, month: Period) -> Figures | None:
        """Return a month's figures: its own plan, or its share of a longer quota."""
        year = year_of(month.first, self.quotas.year_starts)
        return self.quotas.figures_of(month, self.month_weights(year.months))

    @cached_property
    def currency(self) -> str | None:
        """Return the database's single currency, or None if it isn't set yet."""
        return None if self.reads is None else plan_store.currency(self.reads)

    @cached_property
    def breakdown(self) -> RevenueBreakdown:
        """Return how the revenue goals are spread over months."""
        return revenue_breakdown.RevenueBreakdown(
            self.today, self.calendar, self.counts, self.rules.seasons, self.plans
        )

    @cached_property
    def week(self) -> WeekTemplate:
        """Return the week in force."""
        return week.in_force(self.reads)

    def special_days(self, reads: Reads, day: date) -> tuple[SpecialDay, ...]:
        """Return the contacts' special days that a day shows: its own, on a working day those of the following days
        off, and those a week after any of them, while there is time for a card. Reads from `reads` when the day is
        assembled, because contact changes don't make a day stale.
        """
        shown, following = [day], worked_ahead(day, self.calendar.is_working_day)
        if self.calendar.is_working_day(day) and following > day + DAY:
            shown += Period(day + DAY, following - DAY)
        shown += [each + WEEK for each in shown]
        wanted = {f"{each:%m-%d}" for each in shown}
        if "02-28" in wanted:
            wanted.add("02-29")
        known = people.with_days(reads, sorted(wanted))
        found = [each for key, name, days in known for each in special_days.special_days(key, name, days, shown)]
        return tuple(sorted(found, key=lambda each: (each.day, each.kind, each.name)))

    # opened and closed days

    @cached_property
    def _near(self) -> Period:
        """Return the days whose records are read together, as far back as a mid-month check looks."""
        return Period(month_of(self.today - WEEK).first - review.CARRIED_FOR * DAY, month_of(self.today + WEEK).last)

    @cached_property
    def _records(self) -> dict[date, DayRecord]:
        return {} if self.reads is None else days.records(self.reads, self._near)

    def record(self, day: date) -> DayRecord:
        """Return a day's record: when it was opened and closed, and its frozen targets."""
        if self.reads is None or day in self._near:
            return self._records.get(day) or day_rules.DayRecord(day)
        return days.get(self.reads, day)

    @property
    def closed(self) -> bool:
        """Return whether today is closed, or assumed to be (`as_closed`)."""
        return self._ended or self.record(self.today).closed

    def as_closed(self) -> Reading:
        """Return the same facts as if today were closed with what was done so far."""
        return self if self.closed else Reading(self.ctx, self.reads, ended=True)

    def frozen_targets(self, period: Period) -> dict[date, Mapping[str, int] | None]:
        """Return the targets by metric of the opened days in a period."""
        known = self._records
        if self.reads is not None and (period.first not in self._near or period.last not in self._near):
            known = days.records(self.reads, period)
        return {
            day: {name: counter.target for name, counter in (record.targets or {}).items()}
            for day, record in known.items()
            if day in period and record.opened
        }

    @cached_property
    def _firsts(self) -> tuple[date | None, date | None, date | None]:
        return (None, None, None) if self.reads is None else days.firsts(self.reads)

    @property
    def began(self) -> date | None:
        """Return the first day that was opened or closed."""
        return self._firsts[0]

    @cached_property
    def first_use(self) -> datetime | None:
        """Return when the program was first used, or None. Nothing before that counts as missed."""
        return None if self.reads is None else today_queries.first_use(self.reads)

    @property
    def first_known(self) -> date | None:
        """Return the first day in the log or the deals."""
        return self._firsts[1]

    @property
    def first_said(self) -> date | None:
        """Return the first day with stated odds."""
        return self._firsts[2]

    def last_worked(self, day: date) -> DayRecord | None:
        """Return the last day before `day` that was opened or closed."""
        near = max((each for each in self._records if each < day), default=None)
        if near is not None and day in self._near:
            return self._records[near]
        if self.reads is None or self.began is None or self.began >= day:
            return None
        return days.last_worked(self.reads, day)

    # the odds

    @cached_property
    def state(self) -> tuple[object, ...]:
        """Return a value that changes whenever an input of the odds changes."""
        return (self.today, self.key, *self._signatures[0])

    @cached_property
    def _signatures(self) -> tuple[tuple[object, ...], tuple[object, ...]]:
        assert self.reads is not None
        return funnel.signatures(self.reads)

    @cached_property
    def log(self) -> Log:
        """Return the log for the rates, up to now. Anything older than 600 working days weighs a thousandth."""
        if self.reads is None:
            return funnel.Log()
        since = self.today - LOG_REACHES
        return funnel.Log(self._entries(self.reads, since), funnel.deals(self.reads, since, self.today))

    def _entries(self, reads: Reads, since: date) -> funnel.Entries:
        """Return the log's entries, cached on the context until the log changes."""
        state = (self.today, *self._signatures[1])
        with self.ctx.lock:
            kept: tuple[object, funnel.Entries] | None = self.ctx.memory.get("entries")
            if kept is None or kept[0] != state:
                kept = self.ctx.memory["entries"] = (state, funnel.entries(reads, since, self.today, self.counts))
        return kept[1]

    def outlook(self, month: Period, *, morning: bool = False) -> Outlook:
        """Return the current odds of a month, or with `morning` those before anything was done today."""
        from planner.services.forecast import odds  # loaded only when odds are needed

        return odds.outlook(self, month, morning=morning)


@contextmanager
def reading(ctx: AppContext) -> Iterator[Reading]:
    """Yield one reading of the database, or an empty one if there is none."""
    if not ctx.database.exists():
        yield Reading(ctx, None)
        return
    with ctx.database.read() as reads:
        yield Reading(ctx, reads)
