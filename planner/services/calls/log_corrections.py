"""Corrects and deletes rows of the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from planner.domain import formats
from planner.domain.calls.activity_log import AMOUNT_KINDS, Activity
from planner.domain.day.activity import read_outcome
from planner.domain.errors import InputError, StateError
from planner.services.calls.activity_log import checked_note, contact_or_new, follow, require_database
from planner.services.context import AppContext
from planner.store import activity_log as store
from planner.store.day import meetings

Given = TypeVar("Given")


def edit(
    ctx: AppContext,
    activity_id: int,
    *,
    kind: str | None = None,
    outcome: str | None = None,
    count: int | None = None,
    contact: str | None = None,
    moment: datetime | None = None,
    amount: Decimal | None = None,
    minutes: int | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> Activity:
    """Correct a logged row. None leaves a field unchanged, and an empty text or outcome clears it."""
    if moment is not None and moment > ctx.now():
        raise InputError(f"{formats.when_text(moment, ctx.today())} is in the future. Log it once it has happened.")
    require_database(ctx, f"There's no entry {activity_id} in the log.")
    with ctx.database.write("edit") as change:
        entry = store.get(change, activity_id)
        if kind is not None or count is not None or amount is not None:
            _check_booking(entry)
        new_kind = kind or entry.kind
        outcome = read_outcome(new_kind, outcome)
        changed = replace(
            entry,
            kind=new_kind,
            outcome=_given(outcome, entry.outcome if new_kind == entry.kind else None) or None,
            count=_given(count, entry.count),
            moment=moment or entry.moment,
            day=entry.day if moment is None else ctx.clock.day_of(moment),
            amount=_given(amount, entry.amount if new_kind in AMOUNT_KINDS else None),
            minutes=_given(minutes, entry.minutes),
            reason=entry.reason if reason is None else checked_note(reason),
            note=entry.note if note is None else checked_note(note),
        )
        if contact:
            contact_id, name, _ = contact_or_new(ctx, change, contact)
            changed = replace(changed, contact_id=contact_id, contact=name)
        elif contact == "":
            changed = replace(changed, contact_id=None, contact=None)
        change.label = f"edited {changed.label}"
        store.put(change, changed)
        if entry.kind == "meeting-held":
            meetings.follow_log(change, changed.id, changed.kind, changed.outcome)
        said = (changed.kind, changed.outcome, changed.contact_id)
        if said != (entry.kind, entry.outcome, entry.contact_id):
            follow(change, changed)
    return changed


def _given(value: Given | None, before: Given) -> Given:
    return before if value is None else value


def drop(ctx: AppContext, *activity_ids: int) -> list[Activity]:
    """Delete rows from the log as one change, all or none."""
    require_database(ctx, f"There's no entry {activity_ids[0]} in the log.")
    with ctx.database.write("drop") as change:
        found = [store.get(change, activity_id) for activity_id in dict.fromkeys(activity_ids)]
        for entry in found:
            _check_booking(entry)
        for entry in found:
            store.drop(change, entry.id)
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        change.label = f"deleted {found[0].label}{more}"
    return found


def _check_booking(entry: Activity) -> None:
    """Refuse to change a row that is a deal's booking."""
    if entry.deal_id is not None:
        raise StateError(
            f"Entry {entry.id} is the revenue of deal {entry.deal_id}. Change it with `planner deal pay`, "
            f"`planner deal refund` or `planner deal reopen {entry.deal_id}`."
        )
