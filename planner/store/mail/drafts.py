"""Queries and changes of emails to write."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from planner.domain.errors import StateError
from planner.store import follow_ups
from planner.store.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Draft:
    """An email to write: recipient, subject, whether it carries a proposal, and the recipient's address."""

    id: int
    contact_id: int | None
    name: str
    subject: str
    proposal: bool
    address: str


_DRAFT = (
    "SELECT draft.id, draft.contact_id, coalesce(contact.name, draft.name), subject, proposal, coalesce((SELECT value"
    " FROM contact_way WHERE contact_way.contact_id = draft.contact_id AND contact_way.kind = 'email'"
    " ORDER BY position LIMIT 1), '') FROM draft LEFT JOIN contact ON contact.id = draft.contact_id"
    " WHERE draft.state = 'open'"
)


def drafts(connection: sqlite3.Connection) -> list[Draft]:
    """Return the emails waiting to be written, oldest first."""
    return [_draft(row) for row in connection.execute(f"{_DRAFT} ORDER BY draft.id").fetchall()]


def draft_by(connection: sqlite3.Connection, draft_id: int) -> Draft | None:
    """Return one of them, or None."""
    row = connection.execute(f"{_DRAFT} AND draft.id = ?", (draft_id,)).fetchone()
    return None if row is None else _draft(row)


def _draft(row: tuple[int, int | None, str, str, int, str]) -> Draft:
    return Draft(row[0], row[1], row[2], row[3], bool(row[4]), row[5])


def add_draft(change: Recorder, name: str, contact_id: int | None, subject: str, proposal: bool, now: int) -> int:
    """Queue an email, within a change. A recipient who isn't a contact is only a name. Returns its id."""
    return change.insert(
        "draft",
        contact_id=contact_id,
        name=name,
        subject=subject,
        proposal=int(proposal),
        state="open",
        created_at=now,
    )


def _still_open(connection: sqlite3.Connection, draft: Draft) -> None:
    """Refuse a draft that another program has settled in the meantime."""
    if draft_by(connection, draft.id) is None:
        raise StateError(f"The email to {draft.name} was already sent or removed.")


def drop_draft(connection: sqlite3.Connection, draft: Draft, now: int) -> None:
    """Drop an email that won't be written."""
    with Recorder(connection, now, f"email removed from the queue: {draft.name}") as change:
        _still_open(connection, draft)
        change.update("draft", draft.id, state="dropped")


def send_draft(
    connection: sqlite3.Connection, draft: Draft, *, day: date, local_time: str, now: int, call_on: str | None
) -> None:
    """Log a sent email and, if it carried a proposal, that too, with a follow-up call on `call_on`."""
    with Recorder(connection, now, f"email sent: {draft.name}", day) as change:
        _still_open(connection, draft)
        change.update("draft", draft.id, state="sent", sent_at=now)
        for kind in ("email", "proposal") if draft.proposal else ("email",):
            change.insert(
                "activity",
                at=now,
                day=day.isoformat(),
                local_time=local_time,
                kind=kind,
                count=1,
                contact_id=draft.contact_id,
                note=draft.subject or None,
                logged_at=now,
            )
        if draft.proposal and call_on is not None:
            follow_ups.task(
                change,
                f"Call back {draft.name}: the proposal",
                today=day,
                now=now,
                due=call_on,
                kind="callback",
                contact_id=draft.contact_id,
            )
