"""Manages learning items: books and trainings with a pace, what was learned from them, and where it was used (S28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from planner.domain import formats
from planner.domain.day.snapshot import next_working_day
from planner.domain.day.tasks import Due, Priority, Task, TaskState
from planner.domain.errors import InputError, StateError
from planner.domain.fields import clean_fields, refuse_conflicts
from planner.domain.review.learning import FIELDS, Kind, Learning, Shelf, Use, as_of, nudges, pace
from planner.domain.text import clean
from planner.services.calls.activity_log import contact_or_new, require_database
from planner.services.clients.people import wanted_contact
from planner.services.context import AppContext
from planner.services.day.reading import Reading
from planner.store import activity_log
from planner.store.clients import care as steps
from planner.store.clients import deals
from planner.store.day import tasks
from planner.store.review import learning as store

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

NOTHING = "Nothing to learn yet. Add a book with `planner book add TITLE`."


def read(ctx: AppContext) -> Shelf:
    """Return everything the rep learns."""
    if not ctx.database.exists():
        return Shelf((), None, ())
    with ctx.database.read() as reads:
        return shelf(ctx, reads)


def shelf(ctx: AppContext, reads: Reads, on: date | None = None) -> Shelf:
    """Like `read`, on an open connection and as of a day."""
    today = min(on or ctx.today(), ctx.today())
    rows = tuple(as_of(row, today) for row in store.load_all(reads) if row.started <= today)
    return Shelf(rows, pace(rows, ctx.config["learning.pace"], today), tuple(nudges(rows, today)))


def add(
    ctx: AppContext,
    title: str,
    kind: Kind = Kind.BOOK,
    *,
    author: str = "",
    started: date | None = None,
    done_on: date | None = None,
    taken: str = "",
) -> Learning:
    """Add a book or training, started or already finished. Raises InputError for a future date."""
    today = ctx.today()
    for day in (started, done_on):
        if day is not None and day > today:
            raise InputError(f"{formats.when_text(day, today)} is in the future. Enter today or an earlier day.")
    row = Learning(0, kind, clean(title), started or today, clean(author), done_on, clean(taken, lines=True))
    with ctx.database.write(f"added {kind.label}: {row.title}") as change:
        same = [each for each in store.load_all(change) if each.title.casefold() == row.title.casefold()]
        if any(each.kind is kind and each.done_on is None for each in same):
            raise StateError(f"You're already learning from {row.title}.")
        return replace(row, id=store.put(change, row, int(ctx.clock.timestamp())))


def ask(ctx: AppContext, question: str, *, contact: str | None = None, author: str = "") -> tuple[Learning, Task]:
    """Save a question that couldn't be answered, with a task to find out by the next working day."""
    text = clean(question)
    with ctx.database.write(f"added question: {text}") as change:
        now = int(ctx.clock.timestamp())
        row = Learning(0, Kind.QUESTION, text, ctx.today(), clean(author))
        contact_id = None if contact is None else contact_or_new(ctx, change, contact)[0]
        due = next_working_day(Reading(ctx, change), ctx.today())
        task = Task(0, f"Find out: {text}"[:500], due, Due(due), Priority.B, contact_id=contact_id, tags=("learning",))
        task = tasks.add(change, task, now, ctx.today())
        row = replace(row, task_id=task.id)
        return replace(row, id=store.put(change, row, now)), task


def finish(
    ctx: AppContext, learning_id: int, *, taken: str = "", day: date | None = None, what: str = "book"
) -> Learning:
    """Finish an item, noting what was learned. A question's task is completed with it."""
    require_database(ctx, NOTHING)
    when = day or ctx.today()
    if when > ctx.today():
        raise InputError(f"{formats.when_text(when, ctx.today())} is in the future. Enter today or an earlier day.")
    with ctx.database.write("finished learning item") as change:
        row = store.require(change, learning_id, what)
        if row.done_on is not None and not taken:
            finished = formats.when_text(row.done_on, ctx.today())
            raise StateError(f"You already finished {row.title} on {finished}. Add takeaways with --taken.")
        row = replace(row, done_on=row.done_on or when, taken=_append_note(row.taken, clean(taken, lines=True)))
        store.put(change, row, 0)
        if row.task_id is not None:
            _finish_task(ctx, change, row.task_id)
        change.label = f"finished {row.kind.label}: {row.title}"
    return row


def _append_note(before: str, more: str) -> str:
    """Return the takeaways, with new ones appended."""
    return more if not before else before if not more or more in before else f"{before}\n{more}"


def _finish_task(ctx: AppContext, change: Writer, task_id: int) -> None:
    task = next((each for each in tasks.query(change) if each.id == task_id), None)  # only open tasks
    if task is not None:
        now = ctx.now().time().replace(second=0, microsecond=0)
        tasks.put(change, replace(task, state=TaskState.DONE, done_on=ctx.today(), done_time=now))


def edit(
    ctx: AppContext, learning_id: int, *, seen: Learning | None = None, what: str = "book", **changes: Any
) -> Learning:
    """Change fields of an item, named as in `Learning`. A question's open task is renamed and done with it.

    Raises StateError if a field no longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    require_database(ctx, NOTHING)
    done_on = changes.get("done_on")
    if done_on is not None and done_on > ctx.today():
        raise InputError(f"{formats.when_text(done_on, ctx.today())} is in the future. Enter today or an earlier day.")
    with ctx.database.write("learning item") as change:
        row = store.require(change, learning_id, what)
        wanted = clean_fields(changes, FIELDS)
        if seen is not None:
            refuse_conflicts(row, seen, wanted, FIELDS)
        changed = replace(row, **wanted)
        store.put(change, changed, 0)
        if changed.task_id is not None:
            _task_follows(ctx, change, changed, reopened="done_on" in changes and done_on is None)
        change.label = f"{'finished' if done_on and row.done_on is None else 'edited'} {changed.kind}: {changed.title}"
    return changed


def _task_follows(ctx: AppContext, change: Writer, row: Learning, *, reopened: bool) -> None:
    """Update the task of a question to match it."""
    assert row.task_id is not None
    task = tasks.get(change, row.task_id)
    if task.state is TaskState.DONE and reopened:
        tasks.put(change, replace(task, state=TaskState.OPEN, done_on=None, done_time=None))
    elif task.state is TaskState.OPEN:
        tasks.put(change, replace(task, title=f"Find out: {row.title}"[:500]))
        if row.done_on is not None:
            _finish_task(ctx, change, row.task_id)


def record_use(
    ctx: AppContext,
    learning_id: int,
    *,
    note: str = "",
    contact: str | None = None,
    deal_id: int | None = None,
    activity_id: int | None = None,
    day: date | None = None,
    what: str = "book",
) -> Learning:
    """Record a use of something learned: a note, a contact, a deal or a call (a row of the log)."""
    require_database(ctx, NOTHING)
    when = day or ctx.today()
    if when > ctx.today():
        raise InputError(f"{formats.when_text(when, ctx.today())} is in the future. Enter today or an earlier day.")
    with ctx.database.write("logged use") as change:
        row = store.require(change, learning_id, what)
        contact_id = None
        if contact is not None:
            contact_id = wanted_contact(ctx, change, contact).id
        if deal_id is not None:
            contact_id = contact_id or deals.get(change, deal_id).contact_id
        if activity_id is not None:
            call = activity_log.get(change, activity_id)
            contact_id, when = contact_id or call.contact_id, call.counts_for if day is None else when
        use = Use(0, when, clean(note), None, contact_id, None, deal_id, activity_id)
        store.add_use(change, learning_id, use)
        change.label = f"logged use of {row.kind.label}: {row.title}"
        return store.require(change, learning_id, what)


def drop(ctx: AppContext, learning_id: int, *, what: str = "book") -> Learning:
    """Delete a mistyped item, with a question's open task."""
    require_database(ctx, NOTHING)
    with ctx.database.write("deleted learning item") as change:
        row = store.require(change, learning_id, what)
        task = next((each for each in tasks.query(change) if each.id == row.task_id), None)
        store.drop(change, learning_id)
        if task is not None:
            steps.remove(change, task)
        change.label = f"deleted {row.kind.label}: {row.title}"
    return row
