"""The day's rituals: opening in the morning, closing in the evening, and the log in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from planner.domain.day.activity import WORDS
from planner.domain.day.blocks import Piece
from planner.domain.day.day import CloseWords, Counter, DayRecord
from planner.domain.day.day_progress import NOT_YET, block_states
from planner.domain.day.snapshot import asked, next_working_day
from planner.domain.day.tasks import Task, TaskState
from planner.domain.errors import InputError, StateError, refuse_overwriting
from planner.domain.plan.proration import plans_in_force
from planner.domain.review.review import Celebrated, celebrated, week_name, week_of
from planner.domain.review.self_review import REMINDED, Kept
from planner.domain.text import clean
from planner.domain.workdays import DAY, month_of
from planner.services.calls import custom_lists
from planner.services.calls.activity_log import require_database
from planner.services.calls.calling_list import target
from planner.services.context import AppContext
from planner.services.day import blocks, meetings
from planner.services.day.reading import Reading, reading
from planner.services.plan import new_month
from planner.services.plan.calendar import OwnCalendar
from planner.store import activity_log
from planner.store.activity_log import day_counts
from planner.store.calls import calling_list
from planner.store.day import day as store
from planner.store.day import tasks
from planner.store.review import self_review
from planner.store.today_queries import Today, fill

if TYPE_CHECKING:
    from planner.domain.day.events import Meeting
    from planner.services.plan.new_month import Offer
    from planner.store.recorder import Reads, Writer

TOP = 3
UNASKED = ("free", "before")  # block states with nothing to do
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

            frozen = asked(facts, today)
            said = odds.said(facts.outlook(month_of(today), morning=True))
    with ctx.database.write("day opened") as change:
        record = store.get(change, today)
        if record.opened and not record.closed and not anew:
            assert record.opened_at is not None
            raise StateError(
                f"Today was opened at {record.opened_at:%H:%M} and its targets stand; --anew takes them again."
            )
        if record.opened and record.closed and not anew:
            change.label = "day opened again"
            record = replace(record, closed_at=None)
        else:
            frozen = frozen if frozen is not None else asked(Reading(ctx, change), today)
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
    return tuple(task.id for task in tasks.listed(change) if task.on_list(today))[:TOP]


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
    require_database(ctx, "There is nothing to close: no plan, no goal, nothing logged.")
    now = ctx.now()
    if day is None and now.time() < NOON:
        day = left_open(ctx)
        if day is None and now.date() == ctx.today() and _closed_since_midnight(ctx):
            raise StateError("No day is open: the one before was closed after midnight, and today hasn't been opened.")
    today = day or ctx.today()
    if today > ctx.today():
        raise InputError(f"{today:%A} {today} is still to come.")
    with ctx.database.write("day closed") as change:
        record = store.get(change, today)
        if record.closed:
            assert record.closed_at is not None
            raise StateError(
                f"{'Today' if today == ctx.today() else today} was closed at {record.closed_at:%H:%M} already."
            )
        following = next_working_day(Reading(ctx, change), today)
        if not record.opened and following < ctx.today():
            raise StateError(f"{today:%A} {today} was never opened, so there is nothing to close.")
        listed = calling_list.count(change, following)
        if not listed and not without_list and following >= ctx.today():
            raise InputError(
                f"There is no calling list for {following:%A} {following} yet: planner list build makes one, "
                "--without-list closes the day knowingly without."
            )
        note = "without list" if not listed else ""
        record = replace(record, closed_at=now, note=note, words=_cleaned(said or record.words))
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
        return _left_open(facts)


def _left_open(facts: Reading) -> date | None:
    today = facts.record(facts.today)
    before = facts.last_worked(facts.today)
    if today.opened or today.closed or before is None or before.closed or not before.opened:
        return None
    return before.day if next_working_day(facts, before.day) >= facts.today else None


def _cleaned(said: CloseWords) -> CloseWords:
    return CloseWords(clean(said.went_well), clean(said.went_wrong), clean(said.what_else), clean(said.will_try))


def _merged(now: CloseWords, said: CloseWords, seen: CloseWords | None) -> CloseWords:
    """Merge the four lines: take `said`, but refuse to overwrite lines changed since `seen`. Lines unchanged since
    `seen` keep their current text.
    """
    if seen is None:
        return said
    changed = []
    for each in fields(said):
        there, before, wanted = getattr(now, each.name), getattr(seen, each.name), getattr(said, each.name)
        if there not in (before, wanted) and wanted != before:
            changed.append((f"line on {each.name}", there))
    refuse_overwriting(changed)
    return said.over(seen, now)


def say(ctx: AppContext, day: date, said: CloseWords, seen: CloseWords | None = None) -> DayRecord:
    """Save a day's four lines, whether it is closed or not. Raises StateError if a line no longer matches `seen`, so
    that a change made elsewhere isn't overwritten.
    """
    with ctx.database.write(f"what was said of {day}") as change:
        record = store.get(change, day)
        record = replace(record, words=_cleaned(_merged(record.words, said, seen)))
        store.put(change, record)
    return record


@dataclass(frozen=True, slots=True)
class Morning:
    """What the morning shows: affirmations, a thought, the drive item, yesterday's "will try", the overdue count, open
    items from reviews, a week whose review is unfinished, and the previous working day if it is still open.
    """

    affirmations: tuple[str, ...]
    thought: str
    drive: str
    will_try: str
    overdue: int
    opened: bool
    kept: Kept = field(default_factory=Kept)
    review_due: str = ""
    left_open: date | None = None


def morning(ctx: AppContext) -> Morning:
    """Return what the morning shows."""
    today = ctx.today()
    thoughts = custom_lists.get(ctx, "thoughts").lines
    drive = custom_lists.get(ctx, "drive").lines
    before, overdue, opened, kept, due = None, 0, False, Kept(), ""
    if ctx.database.exists():
        with ctx.database.read() as reads:
            before = store.last_worked(reads, today)
            overdue = len(_overdue(reads, today))
            opened = store.get(reads, today).opened
            kept = Kept(
                tuple(self_review.open_corrections(reads, week_of(today).first - REMINDED)),
                tuple(self_review.aims(reads, week_of(today).first)),
            )
            due = _review_due(reads, week_of(today).first - DAY * 7)
    return Morning(
        affirmations=custom_lists.get(ctx, "affirmations").lines,
        thought=thoughts[today.toordinal() % len(thoughts)] if thoughts else "",
        drive=drive[0] if drive else "",
        will_try="" if before is None else before.words.will_try,
        overdue=overdue,
        opened=opened,
        kept=kept,
        review_due=due,
        left_open=left_open(ctx),
    )


def _review_due(reads: Reads, monday: date) -> str:
    """Return the name of a week with activity but no finished review, else ""."""
    counts = day_counts(reads)
    worked = any(any(counts.of(monday + DAY * number).values()) for number in range(7))
    return week_name(monday) if worked and not self_review.get(reads, monday).finished else ""


def _overdue(reads: Reads, today: date) -> list[Task]:
    return [task for task in tasks.listed(reads) if task.due is not None and task.due.day < today]


def overdue(ctx: AppContext) -> list[tuple[Task, tuple[str, ...]]]:
    """Return the overdue open tasks in order, each with the reasons for its rank."""
    if not ctx.database.exists():
        return []
    today = ctx.today()
    with ctx.database.read() as reads:
        known = tasks.weights(reads)
        return [(task, known.of(task, today).reasons) for task in _overdue(reads, today)]


@dataclass(frozen=True, slots=True)
class Evening:
    """What closing a day looks back on and ahead to.

    `counters` are (metric, done, target). `unsaid` are the (position, name) of unmarked blocks. `week_over` means that
    no working day of the week is left. `meetings` are over and without an outcome. `new_month` is the offer for the
    month of the next working day, if it has no plan yet.
    """

    day: date
    counters: tuple[tuple[str, int, int | None], ...]
    done: tuple[str, ...]
    left: tuple[str, ...]
    top: tuple[int, int]
    kept: int
    counted: int
    unsaid: tuple[tuple[int, str], ...]
    stops: tuple[int, int]
    list_day: date
    listed: int
    wanted: int | None
    said: CloseWords
    questions: tuple[str, ...]
    celebrated: Celebrated = field(default_factory=Celebrated)
    week_over: bool = False
    meetings: tuple[Meeting, ...] = ()
    new_month: Offer | None = None


def evening(ctx: AppContext, day: date | None = None) -> Evening:
    """Return what the evening shows, for today by default."""
    today = day or ctx.today()
    questions = (*custom_lists.get(ctx, "evening").lines, "", "", "", "")[:4]
    with reading(ctx) as facts:
        reads = facts.reads
        assert reads is not None
        record, counts = facts.record(today), facts.counts.of(today)
        wanted = record.targets if record.targets is not None else asked(facts, today)
        done = [task for task in tasks.listed(reads, state=TaskState.DONE) if task.done_on == today]
        left = [task for task in tasks.listed(reads) if task.on_list(today)]
        following = next_working_day(facts, today)
        plans = plans_in_force(facts.plans, facts.calendar, month_of(today))
        told = _whole(_day_facts(facts, today, record))
        return Evening(
            day=today,
            counters=tuple((name, counts.get(name, 0), _target(wanted, name)) for name in WORDS if name in wanted),
            done=tuple(task.title for task in done),
            left=tuple(task.title for task in left),
            top=(sum(_before_noon(ctx, task) for task in done if task.id in record.top_three), len(record.top_three)),
            kept=sum(state == "kept" for _, _, state in told),
            counted=sum(state in ("kept", "short", "missed") for _, _, state in told),
            unsaid=tuple((position, name) for position, name, state in told if state is None),
            stops=(counts.get("stops_refused", 0), counts.get("stops_given_in", 0)),
            list_day=following,
            listed=calling_list.count(reads, following),
            wanted=target(facts, following),
            said=record.words,
            questions=questions,
            celebrated=celebrated(today, facts.today, facts.counts, plans, facts.calendar),
            week_over=following > week_of(today).last,
            meetings=tuple(meetings.unmarked_in(ctx, reads)),
            new_month=new_month.of_reading(facts, month_of(following)) if following > month_of(today).last else None,
        )


def _target(wanted: Any, name: str) -> int | None:
    found: Counter | None = wanted.get(name)
    return None if found is None else found.target


def _before_noon(ctx: AppContext, task: Task) -> bool:
    turns = time(ctx.clock.turns_at // 60, ctx.clock.turns_at % 60)
    return task.done_time is not None and turns <= task.done_time <= NOON


def _whole(facts: list[tuple[Piece, str | None]]) -> list[tuple[int, str, str | None]]:
    """Return each block once, although meetings may cut it: kept if all of it was, short if only some was."""
    found: dict[int, tuple[str, list[str | None]]] = {}
    for piece, state in facts:
        if piece.position is not None:
            found.setdefault(piece.position, (piece.title or piece.kind, []))[1].append(state)
    whole = []
    for position, (name, states_) in found.items():
        asked = [state for state in states_ if state not in UNASKED] or states_
        same = asked[0] if len(set(asked)) == 1 else "now" if "now" in asked else "short"
        whole.append((position, name, same))
    return whole


def _day_facts(facts: Reading, day: date, record: DayRecord) -> list[tuple[Piece, str | None]]:
    """Return the pieces of a day with their states, as Today shows them."""
    pieces = blocks.of_day(facts.reads, day, facts.calendar.weight(day), facts.week).pieces
    found = Today(day)
    found.blocks = blocks.lines(pieces)
    if facts.reads is None:
        found.began = NOT_YET
    else:
        wanted = record.targets if record.targets is not None else asked(facts, day) if day >= facts.today else {}
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
        told = tuple(_day_facts(facts, day, record))
        weight = float(facts.calendar.weight(day))
        if reads is None:
            return DayLog(record, weight, told, (), (0, 0), 0, following)
        stops = tuple(
            (row.moment, row.outcome or "refused", row.reason or "")
            for row in activity_log.listed(reads, day)
            if row.kind == "stop"
            for _ in range(row.count)
        )
        done = [task for task in tasks.listed(reads, state=TaskState.DONE) if task.id in record.top_three]
        return DayLog(
            record,
            weight,
            told,
            stops,
            (sum(_before_noon(ctx, task) and task.done_on == day for task in done), len(record.top_three)),
            calling_list.count(reads, following),
            following,
        )


def logs(ctx: AppContext, first: date, last: date) -> Sequence[DayLog]:
    """Return the logs of a range of days."""
    return [log(ctx, first + DAY * number) for number in range((last - first).days + 1)]
