"""Shows a company through its people: who works there, open business and the shared history."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain.clients.deals import Deal
from planner.domain.clients.people import Contact
from planner.domain.errors import StateError
from planner.domain.text import clean
from planner.services.calls.activity_log import require_database
from planner.services.clients.dossier import Dossier, Event, NextStep, deal_events, dossier
from planner.services.clients.people import NO_CONTACTS, wanted_contact
from planner.services.context import AppContext
from planner.store.clients import deals
from planner.store.clients import people as store

if TYPE_CHECKING:
    from planner.store.recorder import Reads

MOST = 40  # people shown in full


@dataclass(frozen=True, slots=True)
class Company:
    """A company with its people's dossiers (decision-makers first, `others` counts those not shown), its deals
    including those without a contact, the amount booked, the next step with any of them, and the shared history, newest
    first, with the contact's name.
    """

    id: int
    name: str
    people: tuple[Dossier, ...]
    others: int
    deals: tuple[Deal, ...]
    booked: Decimal
    next_step: tuple[str, NextStep] | None
    history: tuple[tuple[str, Event], ...]


def show(ctx: AppContext, wanted: str) -> Company:
    """Return a company by its name or by a contact there (name or id). Raises StateError if there is none."""
    require_database(ctx, NO_CONTACTS)
    with ctx.database.read() as reads:
        found = store.company(reads, clean(wanted))
        if found is not None:
            return _whole(ctx, reads, *found)
        return _at(ctx, reads, wanted_contact(ctx, reads, wanted))


def of_contact(ctx: AppContext, contact_id: int) -> Company:
    """Return a contact's company. Raises StateError if none is known."""
    require_database(ctx, NO_CONTACTS)
    with ctx.database.read() as reads:
        return _at(ctx, reads, store.get(reads, contact_id))


def _at(ctx: AppContext, reads: Reads, contact: Contact) -> Company:
    if contact.company_id is None or contact.company is None:
        raise StateError(f"{contact.name} has no company yet.")
    return _whole(ctx, reads, contact.company_id, contact.company)


def _whole(ctx: AppContext, reads: Reads, company_id: int, name: str) -> Company:
    known, total = store.members(reads, company_id, MOST)
    people = tuple(dossier(ctx, reads, contact) for contact in known)
    theirs = tuple(deals.query(reads, closed=True, company_id=company_id))
    steps = [(each.contact.name, each.next_step) for each in people if each.next_step is not None]
    steps.sort(key=lambda pair: str(pair[1].due) if pair[1].due else "~")
    history = [(each.contact.name, event) for each in people for event in each.history]
    history += [("", event) for deal in theirs if deal.contact_id is None for event in deal_events(deal)]
    return Company(
        id=company_id,
        name=name,
        people=people,
        others=total - len(people),
        deals=theirs,
        booked=deals.booked_by_company(reads, company_id),
        next_step=steps[0] if steps else None,
        history=tuple(sorted(history, key=lambda pair: pair[1].at, reverse=True)),
    )
