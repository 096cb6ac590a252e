"""Logging by command, and putting right what was logged wrong."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain.calls import AMOUNT_KINDS, Activity
from planner.domain.errors import InputError, StateError
from planner.domain.people import Contact
from planner.domain.text import clean
from planner.services.desk import Desk
from planner.services.live import append, ensure_backup
from planner.store import calls as store
from planner.store import connection, hot, meetings, people

if TYPE_CHECKING:
    from planner.domain.events import Meeting
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads


PLANNED_WITHIN = timedelta(days=14)  # how long after a meeting was planned a row of the log is taken for it


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """A row as it was written; `made_contact` when the person was new, `meeting` the planned one that it marks."""

    entry: Activity
    made_contact: bool = False
    meeting: Meeting | None = None


def log(
    desk: Desk,
    kind: str,
    *,
    outcome: str | None = None,
    count: int = 1,
    contact: str | None = None,
    moment: datetime | None = None,
    amount: Decimal | None = None,
    minutes: int | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> LoggedEntry:
    """Log one row. A contact that is not known yet is made; a moment in the future is refused."""
    now = desk.now()
    happened = moment or now
    if happened > now:
        raise InputError(f"{happened:%Y-%m-%d %H:%M} is still to come; only what has happened can be logged.")
    entry = Activity(
        id=0,
        moment=happened,
        kind=kind,
        outcome=outcome,
        count=count,
        amount=amount,
        minutes=minutes,
        reason=_text(reason),
        note=_text(note),
        day=desk.clock.day_of(happened),
    )
    if kind == "deal" and amount is None:
        desk.notice("No --amount was given, so the deal counts but books no revenue.")
    if contact is not None:
        found = find_contact(desk, contact)
        if found is None:
            return _log_with_new_contact(desk, entry, contact)
        entry = replace(entry, contact_id=found[0], contact=found[1])
        if kind == "meeting-held" and count == 1:
            planned = _log_planned(desk, entry, dated=moment is not None)
            if planned is not None:
                return planned
    handle = desk.database.raw()
    try:
        ensure_backup(handle, desk)
        row_id, _ = append(handle, entry, now, desk)
    except sqlite3.Error as error:
        raise connection.sentence(error, desk.path) from error
    finally:
        handle.close()
    return LoggedEntry(replace(entry, id=row_id))


def _log_planned(desk: Desk, entry: Activity, *, dated: bool) -> LoggedEntry | None:
    """Log a meeting that was planned, and mark it, as one change; None where none was. Without a time of its own it was
    when it was planned.
    """
    contact_id = entry.contact_id
    assert contact_id is not None
    with desk.database.write("log") as change:
        open_ones = meetings.open_with(change, contact_id)
        begun = [each for each in open_ones if entry.moment - PLANNED_WITHIN <= each.start <= entry.moment]
        if not begun:
            return None
        meeting = begun[-1]
        if not dated:
            entry = replace(
                entry,
                moment=meeting.start,
                day=desk.clock.day_of(meeting.start),
                minutes=meeting.minutes if entry.minutes is None and entry.outcome != "no-show" else entry.minutes,
            )
        change.label = entry.label
        entry = store.add(change, entry, int(desk.clock.timestamp()))
        outcome = entry.outcome or "held"
        meetings.mark(change, meeting, outcome, entry.id)
        if hot.settles(entry.kind, outcome):
            hot.settle_callbacks(change, contact_id, entry.counts_for, entry.moment)
    return LoggedEntry(entry, meeting=replace(meeting, outcome=outcome))


def _log_with_new_contact(desk: Desk, entry: Activity, wanted: str) -> LoggedEntry:
    """The person and the row as one change, so that one undo takes both back."""
    with desk.database.write("log") as change:
        contact_id, name, made = contact_or_new(change, wanted, desk.clock.timestamp())
        entry = replace(entry, contact_id=contact_id, contact=name)
        change.label = entry.label
        entry = store.add(change, entry, int(desk.clock.timestamp()))
    return LoggedEntry(entry, made)


def _text(text: str | None) -> str | None:
    if text is None:
        return None
    cleaned = clean(text)
    if len(cleaned) > 10_000:
        raise InputError(f"A note can have 10,000 characters; this one has {len(cleaned):,}.")
    return cleaned or None


def find_contact(desk: Desk, wanted: str) -> tuple[int, str] | None:
    """The one contact behind an id or a name; None when a name is new. Raises StateError for several or a wrong id."""
    if not desk.database.exists():
        return None
    with desk.database.read() as reads:
        return one_contact(reads, wanted)


def one_contact(reads: Reads, wanted: str) -> tuple[int, str] | None:
    """See `find_contact`."""
    name = clean(wanted)
    if not name:
        raise InputError("A contact needs a name.")
    found = people.find(reads, name)
    if len(found) > 1:
        ids = ", ".join(str(contact.id) for contact in found)
        raise StateError(f"Several contacts are called {name!r} (ids {ids}); name one by its id.")
    if not found and name.isascii() and name.isdigit():
        raise StateError(f"There is no contact {name}.")
    return (found[0].id, found[0].name) if found else None


def contact_or_new(change: WriteTransaction, wanted: str, now: float) -> tuple[int, str, bool]:
    """The contact behind an id or a name, made when the name is new; and whether it was made."""
    found = one_contact(change, wanted)
    if found is not None:
        return (*found, False)
    made = people.add(change, Contact(0, "", clean(wanted)), int(now))
    return made.id, made.name, True


def listed(desk: Desk, day: date) -> list[Activity]:
    """A day's rows."""
    if not desk.database.exists():
        return []
    with desk.database.read() as reads:
        return store.listed(reads, day)


def edit(
    desk: Desk,
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
    """Put a logged row right. None leaves a field as it is; an empty text or outcome clears it."""
    if moment is not None and moment > desk.now():
        raise InputError(f"{moment:%Y-%m-%d %H:%M} is still to come; only what has happened can be logged.")
    require_database(desk, f"There is no row {activity_id} in the log.")
    with desk.database.write("edit") as change:
        entry = store.get(change, activity_id)
        if kind is not None or count is not None or amount is not None:
            _check_booking(entry)
        new_kind = kind or entry.kind
        kept_outcome = entry.outcome if new_kind == entry.kind else None
        changed = replace(
            entry,
            kind=new_kind,
            outcome=kept_outcome if outcome is None else outcome or None,
            count=entry.count if count is None else count,
            moment=moment or entry.moment,
            day=entry.day if moment is None else desk.clock.day_of(moment),
            amount=(entry.amount if new_kind in AMOUNT_KINDS else None) if amount is None else amount,
            minutes=entry.minutes if minutes is None else minutes,
            reason=entry.reason if reason is None else _text(reason),
            note=entry.note if note is None else _text(note),
        )
        if contact:
            contact_id, name, _ = contact_or_new(change, contact, desk.clock.timestamp())
            changed = replace(changed, contact_id=contact_id, contact=name)
        elif contact == "":
            changed = replace(changed, contact_id=None, contact=None)
        change.label = f"edited {changed.label}"
        store.put(change, changed)
        said, before = (changed.outcome, changed.contact_id), (entry.outcome, entry.contact_id)
        if changed.contact_id is not None and said != before:
            if changed.outcome == hot.WRONG:
                hot.mark_wrong(change, changed.contact_id)
            if hot.settles(changed.kind, changed.outcome):
                hot.settle_callbacks(change, changed.contact_id, changed.counts_for, changed.moment)
    return changed


def drop(desk: Desk, *activity_ids: int) -> list[Activity]:
    """Take rows out of the log, as one change: all or none."""
    require_database(desk, f"There is no row {activity_ids[0]} in the log.")
    with desk.database.write("drop") as change:
        found = [store.get(change, activity_id) for activity_id in dict.fromkeys(activity_ids)]
        for entry in found:
            _check_booking(entry)
        for entry in found:
            store.drop(change, entry.id)
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        change.label = f"dropped {found[0].label}{more}"
    return found


def _check_booking(entry: Activity) -> None:
    """Refuse to take a deal's booking away from it behind its back."""
    if entry.deal_id is not None:
        raise StateError(
            f"Row {entry.id} is what deal {entry.deal_id} has booked; `planner deal pay`, `deal refund` and "
            f"`deal reopen {entry.deal_id}` change that."
        )


def require_database(desk: Desk, otherwise: str) -> None:
    """Refuse an edit where there is no database yet, instead of making one for nothing."""
    if not desk.database.exists():
        raise StateError(otherwise)
