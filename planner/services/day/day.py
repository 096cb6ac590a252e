"""Opens and closes a day, with its four evening lines, and reads its log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.blocks import Piece
from planner.domain.day.day import CloseWords, DayRecord
from planner.domain.day.day_progress import NOT_YET, block_states
from planner.domain.day.snapshot import next_working_day, targets_of
from planner.domain.day.tasks import Task
from planner.domain.errors import InputError, StateError, refuse_overwriting
from planner.domain.text import clean
from planner.domain.workdays import DAY, month_of
from planner.services.calls.activity_log import require_database
from planner.services.context import AppContext
from planner.services.day import blocks
from planner.services.day.reading import Reading, reading
from planner.services.plan.calendar import OwnCalendar
from planner.store import activity_log
from planner.store.calls import calling_list
from planner.store.day import day as store
from planner.store.day import tasks
from planner.store.today_queries import Today, fill

if TYPE_CHECKING:
    from planner.store.recorder import Writer

TOP = 3
NOTES = {"went_well": "what went well", "went_wrong": "what went wrong", "what_else": "what else you could do",
         "will_try": "what you'll try"}  # fmt: skip
NOON = time(12)


def open_day(ctx: AppContext, *, anew: bool = False) -> DayRecord:
    """Open today and freeze its targets, blocks and three most important tasks. `anew` recalculates the targets. A
    closed day is reopened.
    """
    today, now = ctx.today(), ctx.now()
    ctx.reread_config()
    frozen = said = None
    if ctx.database.exists():
        with reading(ctx) as facts:  # before the write, because the odds are slow
            from planner.services.forecast import odds  # loaded only when a day is opened

            frozen = targets_of(facts, today)
            said = odds.odds_to_state(facts.outlook(month_of(today), morning=True))
    with ctx.database.write("started the day") as change:
        record = store.get(change, today)
        if record.opened and not record.closed and not anew:
            assert record.opened_at is not None
            raise StateError(
                f"You started today at {record.opened_at:%H:%M}, and its targets are set. To set them again, use "
                "`planner day open --recalculate`."
            )
        if record.opened and record.closed and not anew:
            change.label = "reopened day"
            record = replace(record, closed_at=None)
        else:
            frozen = frozen if frozen is not None else targets_of(Reading(ctx, change), today)
            top = _top(ctx, change, today)
            record = replace(record, opened_at=now, closed_at=None, targets=frozen, top_three=top)
            if said is not None:
                store.put_said(change, said)
        blocks.fix(change, today, blocks.weight_of(ctx, change, today))
        store.put(change, record)
    return record


def _top(ctx: AppContext, change: Writer, today: date) -> tuple[int, ...]:
    """Return the ids of the top three tasks, which belong before noon."""
    tasks.fold(change, today, OwnCalendar(ctx, change))
    tasks.rank_anew(change, today)
    return tuple(task.id for task in tasks.query(change) if task.on_list(today))[:TOP]


def close_day(
    ctx: AppContext,
    *,
    without_list: bool = False,
    said: CloseWords | None = None,
    day: date | None = None,
) -> DayRecord:
    """Close a day, so that it no longer counts as a day left. `said` are its four lines. `without_list` allows closing
    without a calling list for the next day. `day` defaults to today, or before noon to the previous day if that is
    still open and today isn't opened yet, for evenings that run past midnight.

    Raises InputError for a future day, StateError for a closed one or a long past one that was never opened.
    """
    require_database(ctx, "There's nothing to end yet: no plan, no goals and nothing logged.")
    now = ctx.now()
    if day is None and now.time() < NOON:
        day = left_open(ctx)
        if day is None and now.date() == ctx.today() and _closed_since_midnight(ctx):
            raise StateError("No day is open. You ended yesterday after midnight and haven't started today yet.")
    today = day or ctx.today()
    if today > ctx.today():
        raise InputError(f"{formats.when_text(today, ctx.today())} is in the future.")
    with ctx.database.write("ended day") as change:
        record = store.get(change, today)
        if record.closed:
            assert record.closed_at is not None
            raise StateError(f"You already ended {formats.near_text(today, ctx.today())} at {record.closed_at:%H:%M}.")
        following = next_working_day(Reading(ctx, change), today)
        if not record.opened and following < ctx.today():
            raise StateError(f"You never started {formats.when_text(today, ctx.today())}, so there's nothing to end.")
        listed = calling_list.count(change, following)
        if not listed and not without_list and following >= ctx.today():
            raise InputError(
                f"There's no calling list for {formats.when_text(following)} yet. Build it with `planner list build`, "
                "or use --without-list to end the day without one."
            )
        note = "without list" if not listed else ""
        record = replace(record, closed_at=now, note=note, words=_clean(said or record.words))
        blocks.fix(change, today, blocks.weight_of(ctx, change, today))
        store.put(change, record)
        store.close_mail(change, today, int(ctx.clock.timestamp()))
    return record


def _closed_since_midnight(ctx: AppContext) -> bool:
    """Return whether the previous day was closed on today's date and today wasn't opened since."""
    with ctx.database.read() as reads:
        today, before = store.get(reads, ctx.today()), store.last_worked(reads, ctx.today())
    if today.opened or before is None or before.closed_at is None:
        return False
    return before.closed_at.date() == ctx.today()


def left_open(ctx: AppContext) -> date | None:
    """Return the last working day if it is still open and today isn't opened yet, else None."""
    if not ctx.database.exists():
        return None
    with reading(ctx) as facts:
        today, before = facts.record(facts.today), facts.last_worked(facts.today)
        if today.opened or today.closed or before is None or before.closed or not before.opened:
            return None
        return before.day if next_working_day(facts, before.day) >= facts.today else None


def _clean(said: CloseWords) -> CloseWords:
    return CloseWords(clean(said.went_well), clean(said.went_wrong), clean(said.what_else), clean(said.will_try))


def _merge(now: CloseWords, said: CloseWords, seen: CloseWords | None) -> CloseWords:
    """Merge the four lines: take `said`, but refuse to overwrite lines changed since `seen`. Lines unchanged since
    `seen` keep their current text.
    """
    if seen is None:
        return said
    changed = []
    for each in fields(said):
        there, before, wanted = getattr(now, each.name), getattr(seen, each.name), getattr(said, each.name)
        if there not in (before, wanted) and wanted != before:
            changed.append((f"note on {NOTES[each.name]}", there))
    refuse_overwriting(changed)
    return said.merge_edits(seen, now)


def save_notes(ctx: AppContext, day: date, said: CloseWords, seen: CloseWords | None = None) -> DayRecord:
    """Save a day's four lines, whether it is closed or not. Raises StateError if a line no longer matches `seen`, so
    that a change made elsewhere isn't overwritten.
    """
    with ctx.database.write(f"evening notes for {formats.when_text(day)}") as change:
        record = store.get(change, day)
        record = replace(record, words=_clean(_merge(record.words, said, seen)))
        store.put(change, record)
    return record


def before_noon(ctx: AppContext, task: Task) -> bool:
    """Return whether a task was done before noon of the rep's day."""
    turns = time(ctx.clock.turns_at // 60, ctx.clock.turns_at % 60)
    return task.done_time is not None and turns <= task.done_time <= NOON


def day_facts(facts: Reading, day: date, record: DayRecord) -> list[tuple[Piece, str | None]]:
    """Return the pieces of a day with their states, as Today shows them."""
    pieces = blocks.of_day(facts.reads, day, facts.calendar.weight(day), facts.week).pieces
    found = Today(day)
    found.blocks = blocks.lines(pieces)
    if facts.reads is None:
        found.began = NOT_YET
    else:
        wanted = record.targets if record.targets is not None else targets_of(facts, day) if day >= facts.today else {}
        found.targets = {name: (counter.target, counter.goal_id) for name, counter in wanted.items()}
        fill(facts.reads, found)
    if day < facts.today:  # left open, but over: unmarked blocks get their final state
        found.closed_at = found.closed_at or "over"
    return list(zip(pieces, block_states(found, facts.ctx.now()), strict=True))


@dataclass(frozen=True, slots=True)
class DayLog:
    """A day for the review: its blocks with states, temptations and close."""

    record: DayRecord
    weight: float
    pieces: tuple[tuple[Piece, str | None], ...]
    stops: tuple[tuple[datetime, str, str], ...]
    top: tuple[int, int]
    listed: int
    list_day: date


def log(ctx: AppContext, day: date) -> DayLog:
    """Return a day's log: blocks, temptations and close."""
    with reading(ctx) as facts:
        record, reads = facts.record(day), facts.reads
        following = next_working_day(facts, day)
        told = tuple(day_facts(facts, day, record))
        weight = float(facts.calendar.weight(day))
        if reads is None:
            return DayLog(record, weight, told, (), (0, 0), 0, following)
        stops = tuple(
            (row.moment, row.outcome or "refused", row.reason or "")
            for row in activity_log.on_day(reads, day)
            if row.kind == "stop"
            for _ in range(row.count)
        )
        done = [task for task in tasks.query(reads, done_on=day) if task.id in record.top_three]
        return DayLog(
            record,
            weight,
            told,
            stops,
            (sum(before_noon(ctx, task) for task in done), len(record.top_three)),
            calling_list.count(reads, following),
            following,
        )


def logs(ctx: AppContext, first: date, last: date) -> Sequence[DayLog]:
    """Return the logs of a range of days."""
    return [log(ctx, first + DAY * number) for number in range((last - first).days + 1)]
