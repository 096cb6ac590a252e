"""Manages promises to customers: each is made, then kept or broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from planner.domain import formats
from planner.domain.clients.promises import Promise, PromiseState
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, StateError
from planner.domain.text import clean
from planner.domain.typed.quick_add import QuickAdd
from planner.services.calls.activity_log import contact_or_new, require_database, split_contact
from planner.services.context import AppContext
from planner.store.clients import promises as store

NO_PROMISES = "No promises yet. Add one: planner promise add TEXT --contact NAME --due WHEN"


def add(ctx: AppContext, text: str, due: Due, *, contact: str | None = None) -> Promise:
    """Make a promise with a due time, optionally to a contact (id, name or ``new: NAME``)."""
    promise = Promise(0, clean(text), due)
    if promise.by < ctx.now():
        raise InputError(_over(ctx, due))
    with ctx.database.write(f"promise: {promise.text}") as change:
        if contact is not None:
            contact_id, _, _ = contact_or_new(ctx, change, contact)
            promise = replace(promise, contact_id=contact_id)
        return store.get(change, store.add(change, promise, int(ctx.clock.timestamp())))


def _over(ctx: AppContext, due: Due) -> str:
    return f"{formats.when_text(due, ctx.today())} is in the past. Choose a later time."


def quick(ctx: AppContext, wanted: QuickAdd) -> Promise:
    """Make the promise in a typed line, to its @contact or to the one contact its text begins with."""
    if wanted.due is None:
        raise InputError("By when? Add a time, such as tomorrow 10.")
    if wanted.contact is not None or not ctx.database.exists():
        return add(ctx, wanted.title, wanted.due, contact=wanted.contact)
    with ctx.database.read() as reads:
        found, rest = split_contact(ctx, reads, wanted.title.split())
    if found is None:
        ctx.notice(f"No contact is called {wanted.title.split()[0]!r}. To link the promise to one, add @NAME.")
    return add(ctx, " ".join(rest), wanted.due, contact=None if found is None else str(found[0]))


def list_promises(ctx: AppContext, *, settled: bool = False) -> list[Promise]:
    """Return open promises by due time, or all."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        return store.query(reads, settled=settled)


def settle(
    ctx: AppContext, *promise_ids: int, kept: bool | None, moment: datetime | None = None, note: str = ""
) -> list[Promise]:
    """Mark promises kept or broken (None reopens them) as one change, all or none."""
    when = moment or ctx.now()
    if when > ctx.now():
        raise InputError(f"{formats.when_text(when, ctx.today())} is in the future. Enter when it happened.")
    require_database(ctx, NO_PROMISES)
    word = "reopened" if kept is None else "kept" if kept else "broken"
    with ctx.database.write(word) as change:
        found = []
        for promise_id in promise_ids:
            promise = store.get(change, promise_id)
            if promise.kept is kept or (kept is not None and promise.kept is not None):
                raise StateError(
                    f"Promise {promise_id} ({promise.text}) is already {promise.state}."
                    + ("" if promise.kept is kept else f" Use `planner promise reopen {promise_id}` first.")
                )
            made = datetime.fromtimestamp(store.made_at(change, promise_id))
            if kept is not None and when < made.replace(second=0, microsecond=0):
                raise InputError(f"The promise was made later, on {formats.when_text(made, ctx.today())}.")
            settled = None if kept is None else when.replace(microsecond=0)
            found.append(replace(promise, kept=kept, settled=settled, note=clean(note) or promise.note))
            store.put(change, found[-1])
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        late = ", but late" if found[0].state is PromiseState.LATE else ""
        change.label = f"promise {word}{late}: {found[0].text}{more}"
    return found


def edit(ctx: AppContext, promise_id: int, changes: dict[str, Any], contact: str | None = None) -> Promise:
    """Change an open promise's text, due time or contact."""
    require_database(ctx, NO_PROMISES)
    with ctx.database.write("edit") as change:
        promise = store.get(change, promise_id)
        if promise.kept is not None:
            raise StateError(f"Promise {promise_id} ({promise.text}) is already {promise.state}. Reopen it first.")
        if "text" in changes:
            changes["text"] = clean(changes["text"])
        changed = replace(promise, **changes)
        if contact is not None:
            contact_id = contact_or_new(ctx, change, contact)[0] if contact else None
            changed = replace(changed, contact_id=contact_id)
        if "due" in changes and changed.by < ctx.now():
            raise InputError(_over(ctx, changed.due))
        change.label = f"edited promise: {changed.text}"
        store.put(change, changed)
        return store.get(change, promise_id)


def drop(ctx: AppContext, *promise_ids: int) -> list[Promise]:
    """Delete mistyped promises as one change, all or none."""
    require_database(ctx, NO_PROMISES)
    with ctx.database.write("drop") as change:
        found = [store.get(change, promise_id) for promise_id in dict.fromkeys(promise_ids)]
        for promise in found:
            store.drop(change, promise.id)
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        change.label = f"deleted promise: {found[0].text}{more}"
    return found
