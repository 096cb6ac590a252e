"""Promises to customers: made, kept or broken, never forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from planner.domain.errors import InputError, StateError
from planner.domain.people import name_key
from planner.domain.promises import Promise, PromiseState
from planner.domain.quickadd import QuickAdd
from planner.domain.tasks import Due
from planner.domain.text import clean
from planner.services.calls import contact_or_new, require_database
from planner.services.desk import Desk
from planner.store import people
from planner.store import promises as store

if TYPE_CHECKING:
    from planner.store.recorder import Reads

NO_PROMISES = "There are no promises yet; `planner promise add TEXT --contact NAME --due WHEN` makes one."


def add(desk: Desk, text: str, due: Due, *, contact: str | None = None) -> Promise:
    """Make a promise with its due time. A contact that is not known yet is made."""
    promise = Promise(0, clean(text), due)
    if promise.by < desk.now():
        raise InputError(f"{due} is over already; a promise is for a time to come.")
    with desk.database.write(f"promise: {promise.text}") as change:
        if contact is not None:
            contact_id, _, _ = contact_or_new(change, contact, desk.clock.timestamp())
            promise = replace(promise, contact_id=contact_id)
        return store.get(change, store.add(change, promise, int(desk.clock.timestamp())))


def quick(desk: Desk, wanted: QuickAdd) -> Promise:
    """Make the promise that a line says: to whom its text begins with, where that is one contact, or its @contact."""
    if wanted.due is None:
        raise InputError("Until when? A promise has a time, such as tomorrow 10.")
    if wanted.contact is not None or not desk.database.exists():
        return add(desk, wanted.title, wanted.due, contact=wanted.contact)
    with desk.database.read() as reads:
        found, text = _to_whom(reads, wanted.title.split())
    if found is None:
        desk.notice(
            f"Nobody is called {wanted.title.split()[0]!r} yet, so the promise is to nobody; @NAME says to whom."
        )
    return add(desk, text, wanted.due, contact=None if found is None else str(found))


LONGEST_NAME_WORDS = 6


def _to_whom(reads: Reads, words: list[str]) -> tuple[int | None, str]:
    """The contact that a text begins with, by the whole name or its first words, and what is left of the text.

    Raises StateError where several people may be meant.
    """
    for count in range(min(LONGEST_NAME_WORDS, len(words) - 1), 0, -1):
        name = " ".join(words[:count]).rstrip(",:;")
        known = people.begin_with(reads, name)
        exact = [each for each in known if name_key(each.name) == name_key(name)]
        one = exact if len(exact) == 1 else known
        if len(one) == 1:
            return one[0].id, " ".join(words[count:])
        if one:
            who = ", ".join(f"{each.name} (@{each.id})" for each in one[:5])
            raise StateError(f"Several may be meant by {name!r}: {who}; say which with @ID.")
    return None, " ".join(words)


def listed(desk: Desk, *, settled: bool = False) -> list[Promise]:
    """Open promises by their due time, or all."""
    if not desk.database.exists():
        return []
    with desk.database.read() as reads:
        return store.listed(reads, settled=settled)


def settle(
    desk: Desk, *promise_ids: int, kept: bool | None, moment: datetime | None = None, note: str = ""
) -> list[Promise]:
    """Mark promises kept or broken (None: open again), as one change: all or none."""
    when = moment or desk.now()
    if when > desk.now():
        raise InputError(f"{when:%Y-%m-%d %H:%M} is still to come; only what has happened can be marked.")
    require_database(desk, NO_PROMISES)
    word = "reopened" if kept is None else "kept" if kept else "broken"
    with desk.database.write(word) as change:
        found = []
        for promise_id in promise_ids:
            promise = store.get(change, promise_id)
            if promise.kept is kept or (kept is not None and promise.kept is not None):
                raise StateError(
                    f"Promise {promise_id} ({promise.text}) is {promise.state} already"
                    + ("." if promise.kept is kept else f"; `planner promise reopen {promise_id}` first.")
                )
            made = datetime.fromtimestamp(store.made_at(change, promise_id))
            if kept is not None and when < made.replace(second=0, microsecond=0):
                raise InputError(f"{when:%Y-%m-%d %H:%M} is before the promise was made ({made:%Y-%m-%d %H:%M}).")
            settled = None if kept is None else when.replace(microsecond=0)
            found.append(replace(promise, kept=kept, settled=settled, note=clean(note) or promise.note))
            store.put(change, found[-1])
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        late = " late" if found[0].state is PromiseState.LATE else ""
        change.label = f"promise {word}{late}: {found[0].text}{more}"
    return found


def edit(desk: Desk, promise_id: int, changes: dict[str, Any], contact: str | None = None) -> Promise:
    """Change an open promise's text, due time or contact."""
    require_database(desk, NO_PROMISES)
    with desk.database.write("edit") as change:
        promise = store.get(change, promise_id)
        if promise.kept is not None:
            raise StateError(f"Promise {promise_id} ({promise.text}) is {promise.state}; reopen it first.")
        if "text" in changes:
            changes["text"] = clean(changes["text"])
        changed = replace(promise, **changes)
        if contact is not None:
            contact_id = contact_or_new(change, contact, desk.clock.timestamp())[0] if contact else None
            changed = replace(changed, contact_id=contact_id)
        if "due" in changes and changed.by < desk.now():
            raise InputError(f"{changed.due} is over already; a promise is for a time to come.")
        change.label = f"edited promise: {changed.text}"
        store.put(change, changed)
        return store.get(change, promise_id)


def drop(desk: Desk, *promise_ids: int) -> list[Promise]:
    """Delete promises that were typed by mistake, as one change: all or none."""
    require_database(desk, NO_PROMISES)
    with desk.database.write("drop") as change:
        found = [store.get(change, promise_id) for promise_id in dict.fromkeys(promise_ids)]
        for promise in found:
            store.drop(change, promise.id)
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        change.label = f"dropped promise: {found[0].text}{more}"
    return found
