"""Adds follow-ups to a change in plain SQL: a task, a contact, a place on a list."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from planner.domain.clients.people import email_key
from planner.store.connection import new_uid
from planner.store.recorder import Recorder, Writer

if TYPE_CHECKING:
    from planner.store.recorder import Reads


def task(
    change: Recorder,
    title: str,
    *,
    today: date,
    now: int,
    due: str | None = None,
    kind: str = "own",
    priority: str | None = None,
    contact_id: int | None = None,
) -> int:
    """Add a task at the end of the list and return its id. `due` is ISO, with or without a time."""
    rank = change.connection.execute("SELECT coalesce(max(rank), 0) + 1000 FROM task WHERE state = 'open'").fetchone()
    since = due[:10] if due and due[:10] > today.isoformat() else today.isoformat()
    return change.insert(
        "task",
        title=title[:500],
        kind=kind,
        due=due,
        priority=priority,
        rank=rank[0],
        state="open",
        since=since,
        contact_id=contact_id,
        reason="",
        created_at=now,
    )


def contact(change: Recorder, name: str, email: str, now: int, source: str = "") -> int:
    """Add a person known by name and email address. Returns their id."""
    contact_id = change.insert(
        "contact", uid=new_uid(), name=name[:200], created_at=now, source=source, tags=json.dumps([])
    )
    if email:
        change.insert(
            "contact_way", contact_id=contact_id, kind="email", value=email, key=email_key(email), label="", position=0
        )
    return contact_id


def asked_for(change: Writer, contact_id: int, day: date, reason: str, asked_at: int, built_on: date) -> None:
    """Put a contact with a request at the top of a day's calling list, along with the request. Several requests from
    one contact all show on their card.
    """
    text = day.isoformat()
    first = change.execute("SELECT coalesce(min(position), 1) - 1 FROM list_entry WHERE day = ?", (text,)).fetchone()[0]
    row = change.execute(
        "SELECT id, reason FROM list_entry WHERE day = ? AND contact_id = ?", (text, contact_id)
    ).fetchone()
    if row is not None:
        said = "; ".join(dict.fromkeys(part for part in (*row[1].split("; "), reason) if part))
        change.update("list_entry", row[0], position=first, reason=said, asked_at=asked_at)
        return
    change.insert(
        "list_entry",
        day=text,
        contact_id=contact_id,
        position=first,
        built_on=built_on.isoformat(),
        reason=reason,
        asked_at=asked_at,
    )


def is_do_not_call(reads: Reads, contact_id: int) -> bool:
    """Whether a contact asked not to be called."""
    row = reads.execute("SELECT do_not_call FROM contact WHERE id = ?", (contact_id,)).fetchone()
    return row is not None and bool(row[0])


def take_off(change: Writer, contact_id: int, today: date) -> None:
    """Take a do-not-call contact off the lists of today and later, except where they were already called."""
    rows = change.execute(
        "SELECT id FROM list_entry WHERE contact_id = ? AND day >= ? AND NOT EXISTS (SELECT 1 FROM activity"
        " WHERE activity.contact_id = list_entry.contact_id AND activity.day = list_entry.day AND kind <> 'stop'"
        " AND at >= coalesce(asked_at, 0))",
        (contact_id, today.isoformat()),
    ).fetchall()
    for (row_id,) in rows:
        change.delete("list_entry", row_id)


def promise(change: Recorder, text: str, due: str, contact_id: int | None, now: int) -> int:
    """Add an open promise and return its id."""
    return change.insert(
        "promise",
        uid=new_uid(),
        contact_id=contact_id,
        text=text,
        due=due,
        state="open",
        note="",
        created_at=now,
    )
