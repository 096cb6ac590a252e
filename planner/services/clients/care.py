"""Creates the steps of customer care: follow-ups and renewals after a win, and competitors' contracts that end (S25).

These steps run inside the transaction of another change (winning a deal, editing a contact, ticking a task off), so
that one undo reverts everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
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
    """Return the function that tells whether a day is a working day."""
    return work_calendar(ctx, reads).is_working_day


def lead_times(ctx: AppContext) -> tuple[int, int]:
    """Return the days before a contract's end of the first sign and of the call. The first sign is never later."""
    call = ctx.config["care.renewal"]
    return max(ctx.config["care.first_sign"], call), call


def add(ctx: AppContext, change: Writer, step: Step, contact_id: int | None, deal_id: int | None = None) -> Task:
    """Add a care step to the task list."""
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


def add_after_win(ctx: AppContext, change: Writer, deal: Deal) -> list[Task]:
    """Add the tasks after a win: the follow-up call and the renewal if the contract ends."""
    who = deal.contact or deal.company or deal.title
    closed = deal.closed or ctx.today()
    day = care.follow_up(closed, ctx.today(), ctx.config["care.follow_up"], is_working_day(ctx, change))
    step = Step(Care.FOLLOW_UP, day, f"Follow-up call with {who}: happy with “{deal.title}”?", closed.isoformat())
    return [add(ctx, change, step, deal.contact_id, deal.id), *renewal(ctx, change, deal)]


def renewal(ctx: AppContext, change: Writer, deal: Deal) -> list[Task]:
    """Update a deal's renewal tasks to its contract's end. Returns the new ones."""
    wanted: list[Step] = []
    if deal.stage is Stage.WON and (end := deal.runs_until(ctx.today())) is not None:
        wanted = _renewal_steps(ctx, change, deal, end)
    known = store.find_tasks(change, OURS, deal_id=deal.id)
    return _in_line(ctx, change, known, wanted, deal.contact_id, deal.id)


def _renewal_steps(ctx: AppContext, reads: Reads, deal: Deal, end: date) -> list[Step]:
    who = deal.contact or deal.company or "the customer"
    on = formats.dated_text(end)
    return care.contract_steps(
        end,
        ctx.today(),
        is_working_day(ctx, reads),
        days=lead_times(ctx),
        cares=OURS,
        titles=(f"Check in with {who}: “{deal.title}” ends {on}", f"Renewal call with {who}: “{deal.title}” ends {on}"),
    )


def rename_tasks(ctx: AppContext, change: Writer, contact: Contact) -> None:
    """Update the titles of care tasks after a contact is renamed."""
    for deal in deals.query(change, stage=Stage.WON, contact_id=contact.id):
        renewal(ctx, change, deal)
    for task in store.find_tasks(change, (Care.REFERRAL,), contact_id=contact.id):
        if task.state is TaskState.OPEN:
            tasks.put(change, replace(task, title=_asking(contact.name)))
    for complaint in complaints.query(change, contact_id=contact.id):
        for task in store.find_tasks(change, (Care.COMPLAINT,), about=complaint.about):
            if task.state is TaskState.OPEN:
                tasks.put(change, replace(task, title=complaint.what_next()[:500]))


def chance(ctx: AppContext, change: Writer, contact: Contact) -> list[Task]:
    """Update the tasks for a competitor's contract to its end. Returns the new ones."""
    wanted: list[Step] = []
    if contact.supplier_until is not None:
        theirs = contact.supplier or "their supplier"
        on = formats.dated_text(contact.supplier_until)
        wanted = care.contract_steps(
            contact.supplier_until,
            ctx.today(),
            is_working_day(ctx, change),
            days=lead_times(ctx),
            cares=THEIRS,
            titles=(
                f"Get in touch with {contact.name}: contract with {theirs} ends {on}",
                f"Call {contact.name}: contract with {theirs} ends {on}",
            ),
        )
    return _in_line(ctx, change, store.find_tasks(change, THEIRS, contact_id=contact.id), wanted, contact.id, None)


def _in_line(
    ctx: AppContext,
    change: Writer,
    known: Sequence[Task],
    wanted: Sequence[Step],
    contact_id: int | None,
    deal_id: int | None,
) -> list[Task]:
    """Remove tasks no longer wanted, keep existing ones with the rep's own date, and add new ones."""
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
    """Make sure a customer with an open renewal has a dated next step: the second touch, unless one is open."""
    known = store.find_tasks(change, (Care.SECOND_TOUCH,), contact_id=deal.contact_id, any_deal=True)
    if deal.contact_id is not None and any(task.state is TaskState.OPEN for task in known):
        return
    day = care.second_touch(ctx.today(), is_working_day(ctx, change))
    step = Step(Care.SECOND_TOUCH, day, _again(deal), str(deal.contract_end or ""))
    add(ctx, change, step, deal.contact_id, deal.id)


def _again(deal: Deal) -> str:
    return f"Check back with {deal.contact or deal.company or 'the customer'}: renewal of {deal.title}"


def _asking(name: str) -> str:
    return f"Ask {name} for a referral: who else could you help?"[:500]


def ask_for_referral(ctx: AppContext, contact_id: int) -> tuple[Task, bool]:
    """Make sure a satisfied contact is asked for a referral (S30). Returns the task and whether it is new."""
    with ctx.database.write("referral to ask for") as change:
        for task in store.find_tasks(change, (Care.REFERRAL,), contact_id=contact_id):
            if task.state is TaskState.OPEN:
                return task, False
        name = people.get(change, contact_id).name
        day = care.ask_again(ctx.today(), is_working_day(ctx, change))
        step = Step(Care.REFERRAL, day, _asking(name))
        return add(ctx, change, step, contact_id), True


def cancel_tasks(change: Writer, deal_id: int, cares: tuple[Care, ...] = tuple(Care)) -> None:
    """Remove a deal's open care tasks of the given kinds, for a deal that is no longer won."""
    for task in store.find_tasks(change, cares, deal_id=deal_id):
        if task.state is TaskState.OPEN:
            store.remove(change, task)


def _comes_round(ctx: AppContext, change: Writer, deal_id: int) -> None:
    """Add the next round of a self-renewing contract after this round's call is done."""
    deal = deals.get(change, deal_id)
    if deal.stage is Stage.WON and (end := deal.next_end(ctx.today())) is not None:
        for step in _renewal_steps(ctx, change, deal, end):
            if not any(task.about == step.about for task in store.find_tasks(change, (step.care,), deal_id=deal_id)):
                add(ctx, change, step, deal.contact_id, deal_id)


def add_after_step(ctx: AppContext, change: WriteTransaction, task: Task) -> Task | None:
    """Add what follows a ticked-off step: a second touch within three days of a renewal call, because a competitor may
    have called meanwhile.
    """
    if task.care not in CALLS:
        return None
    title = f"Check back on: {task.title}"
    if task.deal_id is not None:
        _comes_round(ctx, change, task.deal_id)
        title = _again(deals.get(change, task.deal_id))
    elif task.contact_id is not None:
        contact = people.get(change, task.contact_id)
        title = f"Check back with {contact.name}: contract with {contact.supplier or 'their supplier'}"
    day = care.second_touch(ctx.today(), is_working_day(ctx, change))
    return add(ctx, change, Step(Care.SECOND_TOUCH, day, title, task.about), task.contact_id, task.deal_id)
