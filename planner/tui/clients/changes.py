"""Changes to clients made through services, each returning the message for the rep. Run in workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.text import plural
from planner.services.context import AppContext
from planner.tui.messages import Unchanged

if TYPE_CHECKING:
    from planner.domain.clients.complaints import Complaint, State
    from planner.domain.clients.deals import Deal, Stage
    from planner.domain.clients.people import Contact
    from planner.services.progress import Progress
    from planner.tui.clients.modals.clients import AnswerWanted, ComplaintWanted
    from planner.tui.shared.entity_form import Edited


def put_contact(
    ctx: AppContext,
    contact: Contact | None,
    wanted: Edited,
    *,
    referrer: str | None = None,
    force: bool = False,
) -> tuple[str, int]:
    """Add a contact, or edit one without overwriting changes made elsewhere in the meantime.

    `referrer` resolves a referrer's name that fits several contacts. `force` allows a phone number that another contact
    already has. Returns the message and the contact's id.
    """
    from planner.services.clients import people

    fields = dict(wanted.fields) if referrer is None else {**wanted.fields, "referrer": referrer}
    if contact is None:
        fields.pop("name", None)
        made = people.add(ctx, wanted.typed["name"], fields, force=force)
        return f"Added: {made.name}", made.id
    if not fields:
        return Unchanged(f"No changes to {contact.name}"), contact.id
    changed = people.edit(ctx, str(contact.id), fields, seen=contact, force=force)
    return f"Saved: {changed.name}", contact.id


def drop_contact(ctx: AppContext, contact_id: int) -> str:
    """Delete a contact."""
    from planner.services.clients import people

    return f"Deleted: {people.drop(ctx, str(contact_id))[0].name}. Your counts stay."


def complain(ctx: AppContext, contact_id: int, wanted: ComplaintWanted) -> str:
    """Log a complaint."""
    from planner.services.clients import complaints

    made = complaints.add(
        ctx, wanted.text, contact=str(contact_id), kind=wanted.kind, due=wanted.due, apologised=wanted.apologised
    )
    often = complaints.list_complaints(ctx).repeated.get(made.kind.casefold())
    if often:
        ctx.notice(f"{often} {made.kind} complaints in 90 days. Time to fix the cause.")
    return f"Complaint logged. Answer by {formats.near_text(made.due, ctx.today())}."


def answer(ctx: AppContext, seen: Complaint, wanted: AnswerWanted) -> str:
    """Record what was agreed about a complaint, checked against its state when `seen`."""
    from planner.services.clients import complaints

    made = complaints.answer(
        ctx,
        seen.id,
        agreed=wanted.agreed or None,
        compensation=wanted.compensation or None,
        escalated=wanted.escalated or None,
        due=wanted.due,
        seen=seen,
    )
    return _complaint_text(made)


def advance(ctx: AppContext, complaint_id: int, state: State) -> str:
    """Move a complaint to a later state."""
    from planner.services.clients import complaints

    return _complaint_text(complaints.answer(ctx, complaint_id, state=state))


def _complaint_text(complaint: Complaint) -> str:
    following = complaint.what_next()
    return f"Marked {complaint.state}" + (f". Next: {following}" if following else "")


def bar(ctx: AppContext, contact: Contact) -> str:
    """Mark a contact as do-not-call, or undo that."""
    from planner.services.clients import people

    changed = people.edit(ctx, str(contact.id), {"do_not_call": not contact.do_not_call}, seen=contact)
    return f"{'Do not call' if changed.do_not_call else 'OK to call again'}: {changed.name}"


def dial(ctx: AppContext, contact: Contact, *, force: bool = False) -> str:
    """Pass a contact's number to the dialler."""
    from planner.services.calls import dialing

    number, _ = dialing.number_of(ctx, str(contact.id), force=force)
    return Unchanged(dialing.dial(ctx, number).said)


def list_contact(ctx: AppContext, contact_id: int, *, force: bool = False) -> str:
    """Put a contact on the next calling list."""
    from planner.services.calls import calling_list

    day = calling_list.day_for(ctx)
    built = calling_list.add(ctx, day, str(contact_id), force=force)
    when = formats.near_text(day, ctx.today())
    return (
        f"Added to the calling list for {when}" if built.added else Unchanged(f"Already on the calling list for {when}")
    )


# deals


def put_deal(ctx: AppContext, deal: Deal | None, wanted: Edited, who: str | None = None) -> str:
    """Add a deal, or edit one without overwriting changes made elsewhere in the meantime. `who` is the contact chosen
    when the typed name fits several.
    """
    from planner.services.clients import deals

    fields = dict(wanted.fields)
    contact = fields.pop("contact", None) if who is None else who
    fields.pop("contact", None)
    if deal is None:
        made = deals.add(ctx, fields.pop("title"), contact=contact or None, **fields)
        return f"Added: {made.title}"
    if not wanted.fields:
        return Unchanged(f"No changes to {deal.title}")
    return f"Saved: {deals.edit(ctx, deal.id, fields, contact=contact, seen=deal).title}"


def move_deal(ctx: AppContext, deal_id: int, stage: Stage) -> str:
    """Move a deal to another stage."""
    from planner.services.clients import deals

    moved = deals.move(ctx, deal_id, stage)
    return f"Moved to {moved.stage.label}: {moved.title}"


def win(ctx: AppContext, seen: Deal, wanted: Edited) -> str:
    """Win a deal, checked against its state when `seen`, and do everything that follows from it."""
    from planner.services.clients import deals

    terms = dict(wanted.fields)
    deal, follows = deals.won(ctx, seen.id, amount=terms.pop("value", seen.value), seen=seen, **terms)
    due = [formats.near_text(task.due, ctx.today()) for task in follows if task.due is not None]
    said = f"Won: {deal.title}. Follow-up call {due[0]}"
    return said + (f", renewal call {due[-1]}" if len(due) > 1 else "") + ". If they're happy then, ask for a referral."


def reopen(ctx: AppContext, deal_id: int) -> str:
    """Reopen a won or lost deal."""
    from planner.services.clients import deals

    deal, _ = deals.reopen(ctx, deal_id)
    return f"Reopened at {deal.stage.label}: {deal.title}"


def renew(ctx: AppContext, deal_id: int) -> str:
    """Open the renewal of a won deal."""
    from planner.services.clients import deals

    deal = deals.renew(ctx, deal_id)
    until = "" if deal.contract_end is None else f", until {formats.near_text(deal.contract_end, ctx.today())}"
    return f"Renewal opened: {deal.title}{until}"


def export(
    ctx: AppContext,
    what: str,
    path: str,
    tell: Progress,
    *,
    wanted: str = "",
    ids: Sequence[int] | None = None,
    force: bool = False,
    passphrase: str | None = None,
) -> str:
    """Export data from the database to a file, and log the export."""
    from planner.services.transfer import exports

    ready = exports.prepare(ctx, what, path, wanted=wanted, ids=ids, tell=tell)
    if ready.sealed:
        tell("encrypting", 0, 0)
    exports.write(ctx, ready, force=force, passphrase=passphrase)
    return Unchanged(f"Exported {plural(ready.rows, 'row', 'rows')} to {ready.path}")
