"""Builds the day's snapshot for the quick reads, and saves it until one of its inputs changes.

This is the slow path. It runs when a day is first looked at or an input has changed. The recorder marks which part is
stale: everything, or only the blocks (`store.recorder.mark_stale`).
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from planner.domain.day.day import DayOdds, DaySnapshot, odds_columns
from planner.domain.day.day_progress import NOT_YET
from planner.domain.day.records import to_beat
from planner.domain.day.snapshot import (
    COUNTER_ORDER,
    due_checks,
    fit_of,
    next_due,
    next_mail,
    next_working_day,
    served,
    wanted_of,
    windows_of,
    working_minutes,
)
from planner.domain.errors import DatabaseProblem
from planner.domain.money import to_hundredths
from planner.domain.plan.goals import chain_up
from planner.domain.plan.proration import plan_as_set
from planner.domain.workdays import Period, month_of, working_days
from planner.services.day import blocks
from planner.services.day.reading import Reading
from planner.services.forecast import odds
from planner.services.plan.calendar import OwnCalendar
from planner.store import connection, today_queries
from planner.store.calls import calling_list
from planner.store.database import reading
from planner.store.day import day as days
from planner.store.day import events, tasks
from planner.store.recorder import BLOCKS, Writer
from planner.store.today_queries import Today

if TYPE_CHECKING:
    from planner.domain.day.events import EventTime
    from planner.services.context import AppContext
    from planner.services.day.blocks import DayPlan

# how far ahead endless repeating events are expanded, and how close to that end they are extended
FILLED_AHEAD, FILLED_NEAR = timedelta(days=400), timedelta(days=120)


def plan_day(facts: Reading, day: date) -> DaySnapshot:
    """Return a day planned from the plans, goals, calendar and log."""
    month, today = month_of(day), facts.today
    record = facts.record(day)
    wanted = wanted_of(facts, day)
    current = day == today and not record.closed
    plan, counting = facts.plan(month), month
    if plan is not None:
        counting, plan = plan_as_set(plan, facts.calendar)
    known = facts.outlook(month) if day == today else None
    laid = blocks_of(facts, day)
    available = working_minutes(laid.pieces, facts.calendar.weight(day))
    serves = served(facts, wanted, day)
    chain = chain_up(serves, facts.goals) if serves else []
    before = facts.last_worked(day)
    return DaySnapshot(
        day=day,
        key=facts.key,
        weight=facts.calendar.weight(day),
        plan_period=counting,
        plan_days=working_days(facts.calendar, counting, day, closed=record.closed),
        plan=plan,
        currency=facts.currency,
        counters=wanted,
        blocks=laid.pieces,
        windows=windows_of(facts, day),
        mail_minutes=facts.rules.mail_minutes,
        mail_next=next_mail(facts, day),
        wish=chain[-1].title if chain and chain[-1].is_wish else "",
        for_whom=next((goal.for_whom for goal in chain if goal.for_whom), ""),
        picture=next((goal.picture for goal in reversed(chain) if goal.picture), ""),
        serves=chain[0].title if chain else "",
        # by the rates behind the targets, not those of what was counted since
        fit=fit_of(wanted, available, facts.outlook(month, morning=True) if day == today else None),
        available_minutes=available,
        odds=None if known is None else odds.day_odds(known, today_queries.odds_key(facts.counts.counts_on(day))),
        list_day=next_working_day(facts, day),
        will_try="" if before is None else before.words.will_try,
        day_notes=laid.notes,
        midway=due_checks(facts, day, wanted) if current else (),
        next_due=next_due(facts, day, wanted) if day == today else {},
        bests=to_beat(facts.counts.bests(day)) if current else {},
    )


def blocks_of(facts: Reading, day: date) -> DayPlan:
    """Return a day's blocks around its meetings."""
    return blocks.of_day(facts.reads, day, facts.calendar.weight(day), facts.week)


def build(ctx: AppContext, day: date) -> Today:
    """Update a day's snapshot and return the day.

    A database that can't be written is still shown, and a missing one is an empty day.
    """
    if not ctx.place.exists():
        empty = as_today(plan_day(Reading(ctx, None), day))
        empty.began = NOT_YET
        return empty
    with suppress(DatabaseProblem):  # read-only: plan the day with the events there are
        fill_in_events(ctx, day)
    with ctx.database.open_connection() as handle:
        found = None
        if day == ctx.today():  # other days aren't saved, because their targets change until then
            with suppress(sqlite3.Error):  # read-only: it can still be read, or the read fails itself
                found = _kept_blocks(ctx, handle, day) or _build_and_save(ctx, handle, day)
        return found or _looked_at(ctx, handle, day)


def _looked_at(ctx: AppContext, handle: sqlite3.Connection, day: date) -> Today:
    """Return a day that isn't saved. Its missing counters get their task rows if the database can be written."""
    with reading(handle):
        facts = Reading(ctx, handle)
        snapshot = plan_day(facts, day)
        snapshot = replace(snapshot, special_days=facts.special_days(handle, day))
        lacking = tasks.missing_metrics(handle, _asked(snapshot))
    if lacking:
        with suppress(sqlite3.Error), Writer(handle) as writer:
            tasks.ensure_counters(writer, lacking, ctx.today(), int(ctx.clock.timestamp()))
    found = as_today(snapshot)
    with reading(handle):
        today_queries.fill(handle, found)
    return found


def _asked(snapshot: DaySnapshot) -> list[str]:
    return [name for name in COUNTER_ORDER if name in snapshot.counters]


def _build_and_save(ctx: AppContext, handle: sqlite3.Connection, day: date) -> Today:
    """Return a day planned from one reading, and save it."""
    with reading(handle):  # the odds are slow, and a read blocks nobody's BEGIN, only a COMMIT
        version = connection.data_version(handle)
        facts = Reading(ctx, handle)
        snapshot = plan_day(facts, day)
    with Writer(handle) as writer:
        if connection.data_version(handle) != version:  # somebody wrote meanwhile
            facts = Reading(ctx, handle)
            snapshot = plan_day(facts, day)
        snapshot = replace(snapshot, special_days=facts.special_days(writer, day))
        tasks.ensure_counters(writer, _asked(snapshot), day, int(ctx.clock.timestamp()))
        tasks.settle(writer, day, OwnCalendar(ctx, writer))
        calling_list.carry(writer, day)
        days.keep(writer, snapshot)
        found = as_today(snapshot)
        today_queries.fill(handle, found)
    return found


def _kept_blocks(ctx: AppContext, handle: sqlite3.Connection, day: date) -> Today | None:
    """Return a day with new blocks if only those are stale, or None if it needs more or isn't saved."""
    stale = f"{ctx.key()} {BLOCKS}"
    if days.kept_under(handle, day) != stale:
        return None
    with Writer(handle) as writer:
        if days.kept_under(writer, day) != stale:  # somebody else has updated it
            return None
        facts = Reading(ctx, handle)
        laid = blocks_of(facts, day)
        available = working_minutes(laid.pieces, facts.calendar.weight(day))
        notes = days.notes_text(laid.notes, facts.special_days(writer, day))
        days.keep_blocks(writer, day, facts.key, laid.pieces, available, notes)
    return today_queries.read_today(handle, day, ctx.key())


def fill_in_events(ctx: AppContext, day: date) -> None:
    """Expand endless repeating events further when a day near their end is viewed. Only adds times, calculated before
    anything is locked. This is derived data, not an undoable change.
    """
    with ctx.database.read() as reads:
        short = events.running_out(reads, day + FILLED_NEAR)
    if not short:
        return
    from planner.exchange.day import ics  # loads icalendar
    from planner.exchange.limits import TooSlow
    from planner.exchange.text_file import FileRefused

    last = max(day, ctx.today()) + FILLED_AHEAD
    found: list[tuple[int, tuple[EventTime, ...]]] = []
    for event_id, source, until in short:
        try:
            found.append((event_id, ics.times_of(source, Period(until, last))))
        except (FileRefused, TooSlow, ValueError) as problem:  # could be read on import
            ctx.notice(f"A repeating calendar event couldn't be extended: {problem}")
    if found:
        with ctx.database.derive() as writer:
            for event_id, times in found:
                events.refill(writer, event_id, times, last)


def refresh_odds(ctx: AppContext) -> DayOdds | None:
    """Recalculate today's odds after a change and save them with the day. Returns None without a database.

    Takes a quarter of a second after a change, so it is called from a worker.
    """
    if not ctx.database.exists():
        return None
    today = ctx.today()
    with ctx.database.read() as reads:
        facts = Reading(ctx, reads)
        found = odds.day_odds(facts.outlook(month_of(today)), today_queries.odds_key(facts.counts.counts_on(today)))
    with suppress(DatabaseProblem), ctx.database.derive() as writer:  # shown even if they can't be saved
        days.put_odds(writer, today, found)
    return found


def as_today(snapshot: DaySnapshot) -> Today:
    """Return a snapshot in the form of the quick reads, without the live parts of the day."""
    today = Today(snapshot.day)
    today.weight = round(snapshot.weight * 100)
    today.month_first, today.month_last = snapshot.plan_period.first.isoformat(), snapshot.plan_period.last.isoformat()
    today.days_total = round(snapshot.plan_days.total * 100)
    today.days_elapsed = round(snapshot.plan_days.elapsed * 100)
    today.days_left = round(snapshot.plan_days.left * 100)
    if snapshot.plan is not None:
        today.quota, today.personal_plan = (
            to_hundredths(snapshot.plan.quota),
            to_hundredths(snapshot.plan.personal_plan),
        )
    today.currency = snapshot.currency
    today.wish, today.for_whom = snapshot.wish or None, snapshot.for_whom or None
    today.picture, today.serves = snapshot.picture or None, snapshot.serves or None
    today.mail_minutes, today.mail_next = snapshot.mail_minutes, snapshot.mail_next
    today.asked_minutes = None if snapshot.fit is None else round(snapshot.fit.asked * 100)
    today.available_minutes = snapshot.available_minutes
    today.targets = {name: (counter.target, counter.goal_id) for name, counter in snapshot.counters.items()}
    today.sources = {name: (counter.source, counter.other) for name, counter in snapshot.counters.items()}
    if snapshot.odds is not None:
        for column, value in odds_columns(snapshot.odds).items():
            setattr(today, column, value)
    today.list_day = snapshot.list_day.isoformat() if snapshot.list_day else ""
    today.will_try, today.day_notes = snapshot.will_try, "\n".join(snapshot.day_notes)
    today.special = today_queries.special_days(
        days.notes_text((), snapshot.special_days).partition(today_queries.SPECIAL)[2]
    )
    today.midway, today.bests = "\n".join(snapshot.midway), snapshot.bests_text
    today.next_due = snapshot.next_due_text
    today.blocks = blocks.lines(snapshot.blocks)
    today.windows = [(f"{opens:%H:%M}", f"{closes:%H:%M}") for opens, closes in snapshot.windows]
    return today
