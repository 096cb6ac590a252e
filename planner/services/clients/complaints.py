"""Takes complaints through their steps: logged, answered, resolved, checked. Each step is a task with a date (S26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients import care as rules
from planner.domain.clients.care import Care, Step
from planner.domain.clients.complaints import Complaint, State, check_step, count_repeated
from planner.domain.day.tasks import Due, Task, TaskState
from planner.domain.errors import InputError, StateError, refuse_overwriting
from planner.domain.text import clean
from planner.domain.workdays import worked_ahead
from planner.services.calls.activity_log import contact_or_new, require_database
from planner.services.clients import care
from planner.services.context import AppContext
from planner.store.clients import care as steps
from planner.store.clients import complaints as store
from planner.store.day import tasks

if TYPE_CHECKING:
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads, Writer

NO_COMPLAINTS = "No complaints yet. Log one: planner complaint add TEXT --contact NAME --kind WORD"


@dataclass(frozen=True, slots=True)
class Complaints:
    """A list of complaints, and how often each kind recurred within ninety days."""

    rows: tuple[Complaint, ...]
    repeated: Mapping[str, int]


def add(
    ctx: AppContext,
    text: str,
    *,
    contact: str,
    kind: str,
    due: Due | None = None,
    received: datetime | None = None,
    apologised: bool = False,
) -> Complaint:
    """Log a complaint and the task to answer it. `due` defaults to `care.answer` working days from today."""
    when = received or ctx.now()
    if when > ctx.now():
        raise InputError(
            f"{formats.when_text(when, ctx.today())} is in the future. Enter when you received the complaint."
        )
    with ctx.database.write("complaint") as change:
        contact_id, name, _ = contact_or_new(ctx, change, contact)
        if due is None:
            due = Due(worked_ahead(ctx.today(), care.is_working_day(ctx, change), ctx.config["care.answer"]))
        elif due.day < ctx.today():
            raise InputError(f"{formats.when_text(due, ctx.today())} is in the past. Choose a later time.")
        complaint = Complaint(
            0,
            clean(kind).lower(),
            clean(text, lines=True),
            Due(when.date(), when.time().replace(second=0, microsecond=0)),
            due,
            State.APOLOGISED if apologised else State.HEARD,
            name,
            contact_id,
        )
        complaint = replace(complaint, id=store.add(change, complaint, int(ctx.clock.timestamp())))
        _task(ctx, change, complaint)
        change.label = f"complaint from {name}: {complaint.kind}"
    return complaint


def _task(ctx: AppContext, change: Writer, complaint: Complaint) -> Task | None:
    """Replace the open task of a complaint with its next step, if there is one."""
    about = complaint.about
    for task in steps.find_tasks(change, (Care.COMPLAINT,), about=about):
        if task.state is TaskState.OPEN:
            steps.remove(change, task)
    title = complaint.what_next()
    if not title:
        return None
    step = Step(Care.COMPLAINT, complaint.due.day, title, f"{about} {complaint.state}")
    task = care.add(ctx, change, step, complaint.contact_id)
    if complaint.due.at is not None:
        task = replace(task, due=complaint.due)
        tasks.put(change, task)
    return task


def answer(
    ctx: AppContext,
    complaint_id: int,
    *,
    state: State | None = None,
    agreed: str | None = None,
    compensation: str | None = None,
    escalated: str | None = None,
    due: Due | None = None,
    seen: Complaint | None = None,
) -> Complaint:
    """Update a complaint: its state (agreed by default if `agreed` is given), the agreement and its due time, the
    compensation, or the escalation. A resolved complaint gets a follow-up call as a task.

    Raises StateError if a field no longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    require_database(ctx, NO_COMPLAINTS)
    if state is None and agreed:
        state = State.AGREED
    if (state, agreed, compensation, escalated, due) == (None,) * 5:
        raise InputError("Nothing to change. Use --agreed TEXT, --state STATE, --compensation TEXT or --escalate TO.")
    if due is not None and due.day < ctx.today():
        raise InputError(f"{formats.when_text(due, ctx.today())} is in the past. Choose a later time.")
    with ctx.database.write("complaint") as change:
        complaint = store.get(change, complaint_id)
        if complaint.state is State.CHECKED:
            raise StateError(f"Complaint {complaint_id} has already been followed up.")
        said = {"agreed": agreed, "compensation": compensation, "escalated": escalated, "due": due}
        refuse_overwriting(
            [
                ("due time" if name == "due" else name, getattr(complaint, name))
                for name, value in said.items()
                if seen is not None and value and getattr(complaint, name) not in (getattr(seen, name), value)
            ]
        )
        changed = _changed(complaint, agreed, compensation, escalated, due)
        if state is not None and (state is not complaint.state or not agreed):
            check_step(complaint, state)
            changed = _advance(ctx, change, changed, state, due)
        store.put(change, changed)
        _task(ctx, change, changed)
        change.label = f"complaint from {complaint.contact or 'a customer'}: {changed.state.label}"
    return changed


def _changed(
    complaint: Complaint, agreed: str | None, compensation: str | None, escalated: str | None, due: Due | None
) -> Complaint:
    words = {"agreed": agreed, "compensation": compensation, "escalated": escalated}
    said = {name: clean(text, lines=True) for name, text in words.items() if text is not None}
    changed = replace(complaint, **said)  # type: ignore[arg-type]
    return changed if due is None else replace(changed, due=due)


def _advance(ctx: AppContext, reads: Reads, complaint: Complaint, state: State, due: Due | None) -> Complaint:
    """Return a complaint in a later state. A resolved one is checked some days later unless `due` is given."""
    changed = replace(complaint, state=state)
    if state is State.DONE:
        days, is_working_day = ctx.config["care.follow_up"], care.is_working_day(ctx, reads)
        check = due or Due(rules.follow_up(ctx.today(), ctx.today(), days, is_working_day))
        return replace(changed, done_on=ctx.today(), due=check)
    return changed


def step_done(ctx: AppContext, change: WriteTransaction, task: Task) -> Task | None:
    """Advance a complaint after its task was ticked off: answered, then done, then checked. Returns the next task, or
    None if the complaint was deleted or has moved on meanwhile.
    """
    _, number, state = task.about.split()
    try:
        complaint = store.get(change, int(number))
    except StateError:
        return None
    if complaint.state != state:
        return None
    following = {State.AGREED: State.DONE, State.DONE: State.CHECKED}.get(complaint.state, State.AGREED)
    changed = _advance(ctx, change, complaint, following, None)
    store.put(change, changed)
    return _task(ctx, change, changed)


def list_complaints(ctx: AppContext, *, checked: bool = False) -> Complaints:
    """Return unchecked complaints, or all, and the kinds that recur."""
    if not ctx.database.exists():
        return Complaints((), {})
    with ctx.database.read() as reads:
        everything = store.query(reads, checked=True)
    rows = tuple(each for each in everything if checked or each.state is not State.CHECKED)
    return Complaints(rows, count_repeated(everything, ctx.today()))


def drop(ctx: AppContext, complaint_id: int) -> Complaint:
    """Delete a mistyped complaint and its open task."""
    require_database(ctx, NO_COMPLAINTS)
    with ctx.database.write("drop") as change:
        complaint = store.get(change, complaint_id)
        for task in steps.find_tasks(change, (Care.COMPLAINT,), about=complaint.about):
            if task.state is TaskState.OPEN:
                steps.remove(change, task)
        store.drop(change, complaint_id)
        change.label = f"deleted complaint: {complaint.kind}"
    return complaint
