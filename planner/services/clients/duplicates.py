"""Finds duplicate contacts and merges them field by field as one change, never without consent."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients.duplicates import Finder, Pair
from planner.domain.clients.people import FIELDS, MOST_WAYS, Contact, ContactMethod, Numbering, email_key, phone_key
from planner.domain.errors import InputError, StateError
from planner.domain.text import plural
from planner.services.calls.activity_log import numbering, require_database
from planner.services.clients import care
from planner.services.clients.people import NO_CONTACTS, wanted_contact
from planner.services.context import AppContext
from planner.services.plan.calendar import OwnCalendar
from planner.store import follow_ups, metadata
from planner.store.clients import merging, people
from planner.store.day import tasks

if TYPE_CHECKING:
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads

# fields where a merge picks one value; numbers, addresses, tags and notes are combined
TOGETHER = ("phones", "emails", "tags", "notes", "dates", "do_not_call", "referrer")
CHOSEN = tuple(field.name for field in FIELDS if field.name not in TOGETHER)


@dataclass(frozen=True, slots=True)
class Found:
    """Two contacts that may be the same, and the evidence for it."""

    pair: Pair
    first: Contact
    second: Contact


def find(ctx: AppContext, *, sure: bool = False, tick: Callable[[int], None] = lambda done: None) -> list[Found]:
    """Return the pairs, most certain first. `sure` limits them to those offered as the same."""
    if not ctx.database.exists():
        return []
    from rapidfuzz.distance import JaroWinkler

    with ctx.database.read() as reads:
        contacts = people.query(reads)
        apart = _kept_apart(reads)
    known = {contact.id: contact for contact in contacts}
    pairs = Finder(contacts, JaroWinkler.normalized_similarity, numbering(ctx)).pairs(tick)
    found = [Found(pair, known[pair.first], known[pair.second]) for pair in pairs if pair.same or not sure]
    return [each for each in found if _both(each.first, each.second) not in apart]


APART = "not-the-same"  # metadata key of the pairs the rep has marked as different
MOST_APART = 10_000


def _both(first: Contact, second: Contact) -> str:
    return " ".join(sorted((first.uid, second.uid)))


def _kept_apart(reads: Reads) -> set[str]:
    return set(json.loads(metadata.get(reads, APART) or "[]"))


def tell_apart(ctx: AppContext, first: int, second: int) -> tuple[Contact, Contact]:
    """Mark two contacts as different, so that they aren't offered again."""
    require_database(ctx, NO_CONTACTS)
    with ctx.database.write("told apart") as change:
        one, other = people.get(change, first), people.get(change, second)
        apart = [*_kept_apart(change), _both(one, other)][-MOST_APART:]
        metadata.put(change, APART, json.dumps(apart))
        change.label = f"not duplicates: {one.name}, {other.name}"
    return one, other


def merge(ctx: AppContext, keep: str, gone: str, *, take: Collection[str] = ()) -> Contact:
    """Merge the second contact into the first as one change. Its values fill empty fields and replace those in `take`.

    Everything linked to the second (log, tasks, promises, deals, emails) moves to the first.
    """
    unknown = [name for name in take if name not in CHOSEN]
    if unknown:
        raise InputError(f"You can't choose {unknown[0]!r}. Use one of {', '.join(CHOSEN)}.")
    require_database(ctx, NO_CONTACTS)
    with ctx.database.write("merge") as change:
        first, second = wanted_contact(ctx, change, keep), wanted_contact(ctx, change, gone)
        if first.id == second.id:
            raise StateError(f"Both are the same contact: {first.name} ({first.id}).")
        merged = _merge(ctx, change, first, second, take)
        change.label = f"merged {second.name} into {merged.name}"
    return merged


def merge_sure(ctx: AppContext) -> list[tuple[Contact, Contact]]:
    """Merge all pairs offered as the same into the older contact, as one change. Returns each removed contact with the
    merged one. Pairs that can't be merged (too many numbers) stay, with a notice.
    """
    pairs = find(ctx, sure=True)
    if not pairs:
        return []
    done: list[tuple[Contact, Contact]] = []
    into: dict[int, int] = {}

    def stands(contact_id: int) -> int:
        while contact_id in into:
            contact_id = into[contact_id]
        return contact_id

    with ctx.database.write("merged") as change:
        apart = _kept_apart(change)
        for each in pairs:
            keep, gone = sorted((stands(each.first.id), stands(each.second.id)))
            if keep == gone:
                continue
            first, second = people.get(change, keep), people.get(change, gone)
            if _both(first, second) in apart:
                continue
            try:
                merged = _merge(ctx, change, first, second, ())
            except StateError as problem:
                ctx.notice(f"{second.name} and {first.name} weren't merged. {problem}")
                continue
            into[gone] = keep
            done.append((second, merged))
        change.label = f"merged {plural(len(done), 'duplicate', 'duplicates')}"
    return done


def _merge(
    ctx: AppContext, change: WriteTransaction, first: Contact, second: Contact, take: Collection[str]
) -> Contact:
    """Merge the second contact into the first within a change."""
    merged = merged_of(first, second, take, numbering(ctx))
    merging.move(change, second.id, first.id)
    tasks.settle(change, ctx.today(), OwnCalendar(ctx, change))  # the merge may have raised task priorities
    people.drop(change, second.id)
    people.put(change, merged, int(ctx.clock.timestamp()))
    if merged.do_not_call:
        follow_ups.take_off(change, merged.id, ctx.today())
    care.chance(ctx, change, merged)
    care.rename_tasks(ctx, change, merged)
    if second.supplier_until not in (None, merged.supplier_until):
        ctx.notice(
            f"Kept the supplier of {merged.name} ({_supplier(merged)}) and dropped that of {second.name} "
            f"({_supplier(second)})."
        )
    return merged


def _supplier(contact: Contact) -> str:
    until = "" if contact.supplier_until is None else f", until {formats.dated_text(contact.supplier_until)}"
    return f"{contact.supplier or 'not named'}{until}"


def merged_of(first: Contact, second: Contact, take: Collection[str] = (), home: Numbering | None = None) -> Contact:
    """Return the merged contact. `home` is the number format of the rep's country."""
    changes: dict[str, object] = {}
    for name in CHOSEN:
        ours, theirs = getattr(first, name), getattr(second, name)
        silent = ours is None if name == "consent" else not ours  # False is an answer
        if theirs not in ("", None) and (silent or name in take):
            changes[name] = theirs
    changes["do_not_call"] = first.do_not_call or second.do_not_call  # either request holds for both
    if not changes.get("consent", first.consent):
        changes["mailing"] = ""
    if first.referrer_id is None and second.referrer_id not in (None, first.id):
        changes |= {"referrer": second.referrer, "referrer_id": second.referrer_id}
    changes["dates"] = tuple(dict.fromkeys((*first.dates, *second.dates)))
    changes["phones"] = _merge_methods(first.phones, second.phones, lambda number: phone_key(number, home))
    changes["emails"] = _merge_methods(first.emails, second.emails, email_key)
    changes["tags"] = tuple(dict.fromkeys((*first.tags, *second.tags)))
    if second.notes and second.notes not in first.notes:
        changes["notes"] = f"{first.notes}\n\n{second.notes}".strip()
    return replace(first, **changes)  # type: ignore[arg-type]


def _merge_methods(
    ours: tuple[ContactMethod, ...], theirs: tuple[ContactMethod, ...], key: Callable[[str], str]
) -> tuple[ContactMethod, ...]:
    known = {key(way.value) for way in ours}
    found = (*ours, *(way for way in theirs if key(way.value) not in known))
    if len(found) > MOST_WAYS:
        raise StateError(
            f"Together they have {len(found)} numbers or addresses, and a contact can have up to {MOST_WAYS}."
        )
    return found
