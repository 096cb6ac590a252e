"""Gathers a contact with everything linked to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients import contact_cadence
from planner.domain.clients import deals as deal_rules
from planner.domain.day.activity import PAYMENT
from planner.store import activity_log
from planner.store.clients import complaints, deals, people, promises
from planner.store.day import meetings, tasks
from planner.store.mail import letters

if TYPE_CHECKING:
    from planner.domain.calls.activity_log import Activity
    from planner.domain.clients.complaints import Complaint
    from planner.domain.clients.contact_cadence import Touch
    from planner.domain.clients.deals import Deal
    from planner.domain.clients.people import Contact
    from planner.domain.clients.promises import Promise
    from planner.domain.day.events import Meeting
    from planner.domain.day.tasks import Due, Task
    from planner.services.context import AppContext
    from planner.store.recorder import Reads


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step with a contact and its time: an open promise or a task."""

    kind: str
    text: str
    due: Due | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened with a contact: the day (ISO, with the hour if known), kind and text, and when what was
    promised is due.
    """

    at: str
    kind: str
    text: str
    due: Due | None = None

    def line(self, today: date | None = None) -> str:
        """Return the text with the due time, which is ISO without `today`."""
        if self.due is None:
            return self.text
        when = str(self.due).replace("T", " ") if today is None else formats.when_text(self.due, today)
        return f"{self.text}, by {when}"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A contact with everything linked to it. The log and the history start with the newest.

    `colleagues` work at the same company, `referred` came through this contact, and `meetings` are those to come or
    without an outcome.
    """

    contact: Contact
    next_step: NextStep | None
    promises: tuple[Promise, ...]
    tasks: tuple[Task, ...]
    deals: tuple[Deal, ...]
    log: tuple[Activity, ...]
    complaints: tuple[Complaint, ...] = ()
    touch: Touch | None = None
    colleagues: tuple[Contact, ...] = ()
    referred: tuple[Contact, ...] = ()
    history: tuple[Event, ...] = ()
    meetings: tuple[Meeting, ...] = ()


def dossier(ctx: AppContext, reads: Reads, contact: Contact) -> Dossier:
    """Return everything linked to a contact."""
    promised = promises.query(reads, settled=True, contact_id=contact.id)
    doing = tasks.query(reads, contact_id=contact.id)
    waiting = [promise for promise in promised if promise.kept is None]
    log = activity_log.with_contact(reads, contact.id)
    theirs = deals.query(reads, closed=True, contact_id=contact.id)
    complained = complaints.query(reads, checked=True, contact_id=contact.id)
    rhythms = contact_cadence.read_rhythms(ctx.config["touch.rhythms"])
    last, since = people.contact_days(reads, contact.id)
    return Dossier(
        contact=contact,
        next_step=next_steps(waiting, doing).get(contact.id),
        promises=tuple(promised),
        tasks=tuple(doing),
        deals=tuple(theirs),
        log=tuple(log),
        complaints=tuple(complained),
        touch=contact_cadence.of_contact(contact, last, since, ctx.today(), rhythms),
        colleagues=tuple(people.colleagues(reads, contact)),
        referred=tuple(people.referred_by(reads, contact.id)),
        history=tuple(_history(reads, contact.id, log, promised, theirs, complained)),
        meetings=tuple(meetings.open_with(reads, contact.id)),
    )


def _history(
    reads: Reads,
    contact_id: int,
    log: Iterable[Activity],
    promised: Iterable[Promise],
    theirs: Iterable[Deal],
    complained: Iterable[Complaint],
) -> list[Event]:
    """Return a contact's history, newest first."""
    found = [
        Event(f"{entry.moment:%Y-%m-%dT%H:%M}", entry.kind, _format_details(entry))
        for entry in log
        if entry.kind != PAYMENT
    ]
    for each in promised:
        if each.settled is not None:
            found.append(Event(f"{each.settled:%Y-%m-%dT%H:%M}", "promise", f"{each.text} ({each.state})"))
        made = datetime.fromtimestamp(promises.made_at(reads, each.id))
        found.append(Event(f"{made:%Y-%m-%dT%H:%M}", "promised", each.text, each.due))
    found += [Event(at, "email in", text) for at, text in letters.decided_with(reads, contact_id)]
    for deal in theirs:
        found += deal_events(deal)
    found += [Event(str(each.received), "complaint", _format_complaint(each)) for each in complained]
    found += [Event(at, kind, text) for at, kind, text in tasks.decided_with(reads, contact_id)]
    return sorted(found, key=lambda event: event.at, reverse=True)


def _format_complaint(complaint: Complaint) -> str:
    """Return a complaint's text with what was agreed."""
    agreed = [
        f"agreed: {complaint.agreed}" if complaint.agreed else "",
        f"compensation: {complaint.compensation}" if complaint.compensation else "",
        f"escalated to {complaint.escalated}" if complaint.escalated else "",
    ]
    return "; ".join([f"{complaint.kind}: {complaint.text} ({complaint.state.label})", *filter(None, agreed)])


def deal_events(deal: Deal) -> list[Event]:
    """Return the opening and the loss of a deal. Its bookings are in the log."""
    amount = "" if deal.value is None else f", {formats.amount(deal.value)}"
    found = [] if deal.opened is None else [Event(deal.opened.isoformat(), "opened", f"{deal.title}{amount}")]
    if deal.closed is not None and deal.stage is deal_rules.Stage.LOST:
        reason = f": {deal.reason}" if deal.reason else ""
        found.append(Event(deal.closed.isoformat(), "lost", f"{deal.title}{reason}"))
    return found


def _format_details(entry: Activity) -> str:
    """Return the details of a log row besides its kind."""
    amount = "" if entry.amount is None else formats.amount(entry.amount)
    words = (
        "" if entry.outcome is None else entry.outcome.replace("-", " "),
        amount,
        entry.note or "",
        entry.reason or "",
    )
    return ", ".join(word for word in words if word)


def next_steps(open_promises: Iterable[Promise], open_tasks: Iterable[Task]) -> dict[int, NextStep]:
    """Return the earliest open item of each contact. Undated ones come last."""
    found: dict[int, NextStep] = {}
    steps = [(promise.contact_id, NextStep("promise", promise.text, promise.due)) for promise in open_promises]
    steps += [(task.contact_id, NextStep("task", task.title, task.due)) for task in open_tasks]
    for contact_id, step in sorted(steps, key=lambda pair: str(pair[1].due) if pair[1].due else "~"):
        if contact_id is not None:
            found.setdefault(contact_id, step)
    return found
