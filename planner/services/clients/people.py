"""Manages contacts and everything known about them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.domain.calls import activity_log as log
from planner.domain.clients.people import FIELDS, LINES, Contact, ContactLine, ContactMethod, Need, name_key
from planner.domain.clients.special_days import SpecialDay, read_named_day, read_yearly
from planner.domain.errors import InputError, KnownAlready, StateError
from planner.domain.fields import refuse_conflicts
from planner.domain.text import clean
from planner.domain.typed import zones
from planner.services.calls import activity_log as naming
from planner.services.clients import care, dossier
from planner.services.day import reading
from planner.store import activity_log, follow_ups
from planner.store.clients import erase, promises
from planner.store.clients import people as store
from planner.store.day import tasks
from planner.store.safety import backup
from planner.store.transfer import exports

if TYPE_CHECKING:
    from planner.services.clients.dossier import Dossier, NextStep
    from planner.services.context import AppContext
    from planner.store.recorder import Reads

NO_CONTACTS = "No contacts yet. Add one with `planner contact add NAME`, or import a file: planner import contacts FILE"


def clean_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Return typed contact fields as those of `Contact`, with clean text and an empty company removed."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name in ("phones", "emails"):
            found[name] = tuple(_way(name, text) for text in value if clean(text))
        elif name == "tags":
            found[name] = tuple(dict.fromkeys(clean(tag) for text in value for tag in text.split(",") if clean(tag)))
        elif name == "dates":
            found[name] = tuple(read_named_day(clean(text)) for text in value)
        elif name == "birthday":
            found[name] = read_yearly(clean(value or ""))
        elif name == "zone":
            found[name] = zones.parse_zone(clean(value))
        elif isinstance(value, str) and name not in ("need", "supplier_until", "referrer"):
            text = clean(value, lines=name in LINES)
            found[name] = text or (None if name == "company" else "")
        else:
            found[name] = value
    return found


def days_of_today(ctx: AppContext) -> tuple[SpecialDay, ...]:
    """Return the birthdays and other special days that today shows."""
    with reading.reading(ctx) as facts:
        return () if facts.reads is None else facts.special_days(facts.reads, ctx.today())


def _way(name: str, text: str) -> ContactMethod:
    value = clean(text)
    if name == "emails" and ("@" not in value or " " in value):
        raise InputError(f"{value!r} isn't an email address.")
    if name == "phones" and not any(char.isdecimal() for char in value):
        raise InputError(f"{value!r} isn't a phone number.")
    return ContactMethod(value)


def add(ctx: AppContext, name: str, fields: dict[str, Any], *, force: bool = False) -> Contact:
    """Add a contact with fields named as in `Contact`, and warn the rep about a namesake.

    Raises KnownAlready if somebody has that number or address already, unless `force`.
    """
    referrer = fields.pop("referrer", None)
    contact = Contact(0, "", clean(name), **clean_fields(fields))
    with ctx.database.write(f"new contact: {contact.name}") as change:
        if not force:
            _check_known(ctx, change, contact)
        naming.warn_of_namesakes(ctx, change, contact.name)
        contact = _with_referrer(ctx, change, contact, referrer)
        made = store.add(change, contact, int(ctx.clock.timestamp()))
        care.chance(ctx, change, made)
        if made.referrer_id is not None:
            entry = log.Activity(
                0, ctx.now(), "referral", contact=made.referrer, contact_id=made.referrer_id, note=made.name
            )
            activity_log.add(change, entry, int(ctx.clock.timestamp()))
    return made


def with_number(ctx: AppContext, number: str) -> list[Contact]:
    """Return the contacts with a phone number, in any format."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        return store.load(reads, store.with_number(reads, number, naming.numbering(ctx)))


def _check_known(ctx: AppContext, reads: Reads, contact: Contact, before: Contact | None = None) -> None:
    """Refuse a number or address that another contact has, unless this contact already had it `before`."""
    had = set() if before is None else {way.value for way in (*before.phones, *before.emails)}
    ways = [("phone", way.value) for way in contact.phones] + [("email", way.value) for way in contact.emails]
    fresh = [(kind, value) for kind, value in ways if value not in had]
    if not fresh:
        return
    found = store.owners_of(reads, fresh, naming.numbering(ctx))
    found.pop(contact.id, None)
    if found:
        known = store.load(reads, list(found)[: store.MOST_FOUND])
        who = " ".join(
            f"{found[each.id]} already belongs to {naming.display_name(each)} (id {each.id})." for each in known
        )
        raise KnownAlready(who)


def edit(
    ctx: AppContext, wanted: str, fields: dict[str, Any], *, seen: Contact | None = None, force: bool = False
) -> Contact:
    """Change fields of a contact, resolved by `one_contact`. Raises StateError if a field no longer matches `seen`, so
    that a change made elsewhere isn't overwritten.

    Raises KnownAlready if a new number or address belongs to somebody else, unless `force`.
    """
    naming.require_database(ctx, NO_CONTACTS)
    referrer = fields.pop("referrer", None)
    with ctx.database.write("edit") as change:
        contact = wanted_contact(ctx, change, wanted)
        wanted_now = clean_fields(fields)
        if seen is not None:
            named = {} if referrer is None else {"referrer": referrer}
            refuse_conflicts(contact, seen, wanted_now | named, FIELDS)
        changed = _with_referrer(ctx, change, replace(contact, **wanted_now), referrer)
        if not force:
            _check_known(ctx, change, changed, contact)
        change.label = f"edited contact: {changed.name}"
        store.put(change, changed, int(ctx.clock.timestamp()))
        if changed.do_not_call and not contact.do_not_call:
            follow_ups.take_off(change, changed.id, ctx.today())
        names = ("name", "supplier", "supplier_until")
        if any(getattr(changed, name) != getattr(contact, name) for name in names):
            care.chance(ctx, change, changed)
        if changed.name != contact.name:
            care.rename_tasks(ctx, change, changed)
    return changed


def _with_referrer(ctx: AppContext, reads: Reads, contact: Contact, wanted: str | None) -> Contact:
    """Return a contact with its referrer set. None leaves it unchanged, and an empty text clears it."""
    if wanted is None:
        return contact
    if not wanted.strip():
        return replace(contact, referrer=None, referrer_id=None)
    referrer = wanted_contact(ctx, reads, wanted)
    return replace(contact, referrer=referrer.name, referrer_id=referrer.id)


def drop(ctx: AppContext, *wanted: str) -> list[Contact]:
    """Delete contacts as one change, all or none. Their log rows stay, without a name."""
    naming.require_database(ctx, NO_CONTACTS)
    with ctx.database.write("drop") as change:
        found = list({each.id: each for each in (wanted_contact(ctx, change, name) for name in wanted)}.values())
        for contact in found:
            store.drop(change, contact.id)
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        change.label = f"deleted contact: {found[0].name}{more}"
    return found


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The result of erasing a person: who, how many changes can no longer be undone, and the files that may still
    contain them (backups and existing exports).
    """

    id: int
    changes: int
    backups: tuple[str, ...]
    exports: tuple[str, ...]


def forget(ctx: AppContext, wanted: str, *, consent: bool) -> Forgotten:
    """Erase a person for good, including from the change history. Counts stay. Can't be undone.

    Accepts an id or a full name, also of a contact that was deleted or merged and exists only in the history. Raises
    InputError without consent, StateError if the match isn't certain.
    """
    naming.require_database(ctx, NO_CONTACTS)
    with ctx.database.read() as reads:
        contact_id = _whom_to_forget(ctx, reads, wanted)
        found = erase.person(reads, contact_id)
    if found is None:
        raise StateError(store.NO_CONTACT.format(wanted))
    if not consent:
        raise InputError(
            f"Forgetting contact {found.id} ({found.names[0]}) can't be undone. It erases their promises, open tasks "
            "and notes, and removes them from the history. Your counts and revenue stay. To go ahead, add --yes."
        )
    with ctx.database.open_connection() as handle:
        gone = erase.forget(handle, found)
        out = dict.fromkeys(each.file for each in exports.list_exports(handle))
    from planner.services.sync import sync  # only here: a list of contacts needn't load what devices need

    sync.note_forgotten(ctx, found.id)
    return Forgotten(
        found.id,
        gone,
        tuple(path for _, path in backup.list_backups(ctx.path)),
        tuple(file for file in out if os.path.exists(file)),
    )


def _whom_to_forget(ctx: AppContext, reads: Reads, wanted: str) -> int:
    """Return the id of the person, without guessing."""
    if naming.is_id(wanted):
        return int(clean(wanted).removeprefix("#"))
    found = naming.one_contact(ctx, reads, wanted)
    if found is None:
        former = erase.find_former(reads, name_key, wanted)
        if len(former) == 1:
            return former[0]
        if former:
            ids = ", ".join(map(str, former))
            raise StateError(f"Several former contacts were called {clean(wanted)!r}: {ids}. Use the id.")
        raise naming.unknown_error(reads, wanted, may_be_new=False)
    if name_key(found[1]) != name_key(wanted):
        raise StateError(
            f"{clean(wanted)!r} may be {naming.display_name(store.get(reads, found[0]))} (id {found[0]}). Forgetting "
            "can't be undone, so use the id."
        )
    return found[0]


def wanted_contact(ctx: AppContext, reads: Reads, wanted: str) -> Contact:
    """Return the contact that a text refers to. Raises WhichContact if several fit, or nobody does."""
    found = naming.one_contact(ctx, reads, wanted)
    if found is None:
        raise naming.unknown_error(reads, wanted, may_be_new=False)
    return store.get(reads, found[0])


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed contact with its next step."""

    contact: Contact
    next_step: NextStep | None


def list_contacts(ctx: AppContext, *, text: str = "", tag: str = "", limit: int | None = None) -> list[Listed]:
    """Return contacts by name. `text` matches anywhere in what is written about them."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        steps = dossier.next_steps(promises.query(reads), tasks.query(reads))
        found = store.query(reads, text=clean(text), tag=clean(tag), limit=limit)
        return [Listed(contact, steps.get(contact.id)) for contact in found]


def list_lines(ctx: AppContext, limit: int | None = None) -> list[tuple[ContactLine, NextStep | None]]:
    """Return what a list shows of the contacts, by name, with their next steps."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        steps = dossier.next_steps(promises.query(reads), tasks.query(reads))
        return [(line, steps.get(line.id)) for line in store.lines(reads, limit)]


def by_ids(ctx: AppContext, ids: Sequence[int]) -> list[Listed]:
    """Return contacts with their next steps, in the order of the ids."""
    if not ids:
        return []
    with ctx.database.read() as reads:
        steps = dossier.next_steps(promises.query(reads), tasks.query(reads))
        known: dict[int, Contact] = {}
        for start in range(0, len(ids), 500):
            known |= {contact.id: contact for contact in store.load(reads, ids[start : start + 500])}
    return [Listed(known[key], steps.get(key)) for key in ids if key in known]


def show(ctx: AppContext, wanted: str) -> Dossier:
    """Return a contact with everything linked to it."""
    naming.require_database(ctx, NO_CONTACTS)
    with ctx.database.read() as reads:
        return dossier.dossier(ctx, reads, wanted_contact(ctx, reads, wanted))


def read_need(text: str) -> Need | None:
    """Parse a need: ``unknown``, ``found``, ``chosen``, or ``none`` for not set."""
    if text.lower() in ("", "none"):
        return None
    try:
        return Need(text.lower())
    except ValueError as error:
        raise InputError(f"{text!r} isn't a valid need. Use {', '.join(Need)}.") from error
