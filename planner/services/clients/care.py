"""Looking after customers: the follow-up and the renewal that a win brings, others' contracts that end (S25).

These steps are parts of other changes (winning a deal, editing a contact, ticking a task off): they work inside the
transaction of that change, so that one undo takes it all back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from planner.domain.clients import care
from planner.domain.clients.care import CALLS, OURS, THEIRS, Care, Step
from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import Contact
from planner.domain.day.tasks import Due, Priority, Task, TaskState
from planner.services.context import AppContext
from planner.services.plan.calendar import work_calendar
from planner.store.clients import care as store
from planner.store.clients import complaints, deals, people
from planner.store.day import tasks

if TYPE_CHECKING:
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads, Writer


def is_working_day(ctx: AppContext, reads: Reads) -> Callable[[date], bool]:
    """Whether a day is worked."""
    return work_calendar(ctx, reads).is_working_day


def lead_times(ctx: AppContext) -> tuple[int, int]:
    """How many days before a contract's end its first sign and its call are; a first sign isn't after the call."""
    call = ctx.config["care.renewal"]
    return max(ctx.config["care.first_sign"], call), call


def add(ctx: AppContext, change: Writer, step: Step, contact_id: int | None, deal_id: int | None = None) -> Task:
    """Put a step on the list as a task."""
    today = ctx.today()
    task = Task(
        0,
        step.title[:500],
        max(step.day, today),
        Due(step.day),
        Priority.A if step.care in (*CALLS, Care.COMPLAINT) else Priority.B,
        contact_id=contact_id,
        care=step.care.value,
        about=step.about,
        deal_id=deal_id,
    )
    return tasks.add(change, task, int(ctx.clock.timestamp()), today)


def won(ctx: AppContext, change: Writer, deal: Deal) -> list[Task]:
    """What a win brings: the call that asks whether they are content, and the renewal of what runs out."""
    who = deal.contact or deal.company or deal.title
    closed = deal.closed or ctx.today()
    day = care.follow_up(closed, ctx.today(), ctx.config["care.follow_up"], is_working_day(ctx, change))
    step = Step(Care.FOLLOW_UP, day, f"Follow-up call {who}: content with {deal.title}?", closed.isoformat())
    return [add(ctx, change, step, deal.contact_id, deal.id), *renewal(ctx, change, deal)]


def renewal(ctx: AppContext, change: Writer, deal: Deal) -> list[Task]:
    """Bring the renewal tasks of a deal in line with its contract's end. Returns those that are new."""
    wanted: list[Step] = []
    if deal.stage is Stage.WON and (end := deal.runs_until(ctx.today())) is not None:
        wanted = _renewal_steps(ctx, change, deal, end)
    known = store.of(change, OURS, deal_id=deal.id)
    return _in_line(ctx, change, known, wanted, deal.contact_id, deal.id)


def _renewal_steps(ctx: AppContext, reads: Reads, deal: Deal, end: date) -> list[Step]:
    who = deal.contact or deal.company or "the customer"
    on = f"{end.day} {end:%b %Y}"
    return care.contract_steps(
        end,
        ctx.today(),
        is_working_day(ctx, reads),
        days=lead_times(ctx),
        cares=OURS,
        titles=(f"First sign {who}: {deal.title} ends {on}", f"Renewal call {who}: {deal.title} ends {on}"),
    )


def renamed(ctx: AppContext, change: Writer, contact: Contact) -> None:
    """Bring the steps with somebody whose name has changed in line with it."""
    for deal in deals.listed(change, stage=Stage.WON, contact_id=contact.id):
        renewal(ctx, change, deal)
    for task in store.of(change, (Care.REFERRAL,), contact_id=contact.id):
        if task.state is TaskState.OPEN:
            tasks.put(change, replace(task, title=_asking(contact.name)))
    for complaint in complaints.listed(change, contact_id=contact.id):
        for task in store.of(change, (Care.COMPLAINT,), about=complaint.about):
            if task.state is TaskState.OPEN:
                tasks.put(change, replace(task, title=complaint.what_next()[:500]))


def chance(ctx: AppContext, change: Writer, contact: Contact) -> list[Task]:
    """Bring the tasks of a competitor's contract in line with its end. Returns those that are new."""
    wanted: list[Step] = []
    if contact.supplier_until is not None:
        theirs = contact.supplier or "their supplier"
        on = f"{contact.supplier_until.day} {contact.supplier_until:%b %Y}"
        wanted = care.contract_steps(
            contact.supplier_until,
            ctx.today(),
            is_working_day(ctx, change),
            days=lead_times(ctx),
            cares=THEIRS,
            titles=(
                f"First word {contact.name}: the contract with {theirs} ends {on}",
                f"Call {contact.name}: the contract with {theirs} ends {on}",
            ),
        )
    return _in_line(ctx, change, store.of(change, THEIRS, contact_id=contact.id), wanted, contact.id, None)


def _in_line(
    ctx: AppContext,
    change: Writer,
    known: Sequence[Task],
    wanted: Sequence[Step],
    contact_id: int | None,
    deal_id: int | None,
) -> list[Task]:
    """Take away what nothing asks for any more, keep what is there (with the rep's own date), add what is new."""
    asked = {(step.care.value, step.about): step for step in wanted}
    for task in known:
        if task.state is not TaskState.OPEN:
            continue
        step = asked.get((task.care, task.about))
        if step is None:
            store.remove(change, task)
        elif task.title != step.title[:500]:  # a name in it has changed
            tasks.put(change, replace(task, title=step.title[:500]))
    there = {(task.care, task.about) for task in known}
    return [
        add(ctx, change, step, contact_id, deal_id) for step in wanted if (step.care.value, step.about) not in there
    ]


def next_touch(ctx: AppContext, change: Writer, deal: Deal) -> None:
    """See to a dated next step with a customer whose renewal is open: the second touch, where there is none yet."""
    known = store.of(change, (Care.SECOND_TOUCH,), contact_id=deal.contact_id, any_deal=True)
    if deal.contact_id is not None and any(task.state is TaskState.OPEN for task in known):
        return
    day = care.second_touch(ctx.today(), is_working_day(ctx, change))
    who = deal.contact or deal.company or "the customer"
    step = Step(
        Care.SECOND_TOUCH, day, f"Second touch {who}: the renewal of {deal.title}", str(deal.contract_end or "")
    )
    add(ctx, change, step, deal.contact_id, deal.id)


def _asking(name: str) -> str:
    return f"Ask {name} for a referral: who else should know of you?"[:500]


def ask_for_referral(ctx: AppContext, contact_id: int) -> tuple[Task, bool]:
    """See to it that somebody who is content is asked for a referral (S30). Returns the task, and whether it is new."""
    with ctx.database.write("referral to ask for") as change:
        for task in store.of(change, (Care.REFERRAL,), contact_id=contact_id):
            if task.state is TaskState.OPEN:
                return task, False
        name = people.get(change, contact_id).name
        day = care.ask_again(ctx.today(), is_working_day(ctx, change))
        step = Step(Care.REFERRAL, day, _asking(name))
        return add(ctx, change, step, contact_id), True


def cancel_tasks(change: Writer, deal_id: int, cares: tuple[Care, ...] = tuple(Care)) -> None:
    """Take away what is open of a deal that isn't won any more, or of some kinds."""
    for task in store.of(change, cares, deal_id=deal_id):
        if task.state is TaskState.OPEN:
            store.remove(change, task)


def _comes_round(ctx: AppContext, change: Writer, deal_id: int) -> None:
    """Put the next round of a contract that renews by itself on the list, once this one's call is done."""
    deal = deals.get(change, deal_id)
    if deal.stage is Stage.WON and (end := deal.next_end(ctx.today())) is not None:
        for step in _renewal_steps(ctx, change, deal, end):
            if not any(task.about == step.about for task in store.of(change, (step.care,), deal_id=deal_id)):
                add(ctx, change, step, deal.contact_id, deal_id)


def done(ctx: AppContext, change: WriteTransaction, task: Task) -> Task | None:
    """What follows a step that was ticked off: a second touch within three days of a renewal's call (a competitor may
    have called meanwhile).
    """
    if task.care not in CALLS:
        return None
    if task.deal_id is not None:
        _comes_round(ctx, change, task.deal_id)
    day = care.second_touch(ctx.today(), is_working_day(ctx, change))
    title = f"Second touch: {task.title}"
    return add(ctx, change, Step(Care.SECOND_TOUCH, day, title, task.about), task.contact_id, task.deal_id)
