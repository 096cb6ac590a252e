"""Appends to the log in plain SQL, for a key, `planner log` and the calling session.

No SQLModel, no dataclasses, no json. A test compares it with the tables.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from planner.domain.day.activity import SPOKEN, label
from planner.store.recorder import Recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.store.recorder import Writer

WRONG = "wrong-number"


def append(
    connection: sqlite3.Connection,
    *,
    moment: datetime,
    now: datetime,
    kind: str,
    outcome: str | None = None,
    count: int = 1,
    contact: tuple[int, str] | None = None,
    amount: int | None = None,
    minutes: int | None = None,
    reason: str | None = None,
    note: str | None = None,
    day: date | None = None,
    today: date | None = None,
) -> tuple[int, int]:
    """Append one row to the log, as a change of its own.

    `moment` is when it happened and `now` when it is logged (local, naive). `day` and `today` are the rep's days of the
    two, by default their dates. Returns the ids of the row and the change. The caller has checked the values
    (`domain.activity.check`).
    """
    name = label(kind, outcome, count, None if contact is None else contact[1])
    logged_at = int(now.timestamp())
    with Recorder(connection, logged_at, name, today or now.date()) as change:
        row_id = change.insert(
            "activity",
            at=int(moment.timestamp()),
            day=(day or moment.date()).isoformat(),
            local_time=f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}",
            kind=kind,
            outcome=outcome,
            count=count,
            contact_id=None if contact is None else contact[0],
            amount=amount,
            minutes=minutes,
            reason=reason,
            note=note,
            logged_at=logged_at,
        )
        if contact is not None:
            if outcome == WRONG:
                mark_wrong(change, contact[0])
            if settles(kind, outcome):
                settle_callbacks(change, contact[0], day or moment.date(), moment)
        return row_id, change.id


def set_outcome(
    connection: sqlite3.Connection, row_id: int, outcome: str, now: datetime, today: date | None = None
) -> int | None:
    """Set the outcome of a logged row, as a change. Returns None when the row is gone."""
    name = f"call outcome: {outcome.replace('-', ' ')}"
    with Recorder(connection, int(now.timestamp()), name, today or now.date()) as change:
        row = change.execute("SELECT contact_id FROM activity WHERE id = ?", (row_id,)).fetchone()
        if row is None:
            return None
        change.confirm("activity", row_id, outcome=outcome)
        if row[0] is not None:
            if outcome == WRONG:
                mark_wrong(change, row[0])
            if settles("dial", outcome):
                settle_callbacks(change, row[0], today or now.date(), now)
        return change.id


def settles(kind: str, outcome: str | None) -> bool:
    """Whether a log row settles its contact's callbacks, because they were spoken with or aren't there."""
    if kind == "dial":
        return outcome in SPOKEN or outcome == WRONG
    return kind == "conversation" or (kind == "meeting-held" and outcome != "no-show")


def settle_callbacks(change: Writer, contact_id: int, day: date, at: datetime) -> None:
    """Tick off a contact's callbacks due by a day, at a local time on it. A repeating one is ticked by hand, which
    creates its next date.
    """
    rows = change.execute(
        "SELECT id FROM task WHERE contact_id = ? AND kind = 'callback' AND state = 'open' AND due < ?"
        " AND every IS NULL",
        (contact_id, (day + timedelta(days=1)).isoformat()),
    ).fetchall()
    for (task_id,) in rows:
        change.update("task", task_id, state="done", done_on=day.isoformat(), done_time=f"{at:%H:%M}")


def mark_wrong(change: Writer, contact_id: int, number: str | None = None) -> None:
    """Mark the dialled number as wrong (default: the first that isn't yet), as part of a change."""
    row = change.execute(
        "SELECT id FROM contact_way WHERE contact_id = ? AND kind = 'phone' AND wrong = 0"
        " AND value = coalesce(?, value) ORDER BY position LIMIT 1",
        (contact_id, number),
    ).fetchone()
    if row is not None:
        change.update("contact_way", row[0], wrong=1)


def last_call(connection: sqlite3.Connection, day: date) -> int | None:
    """Return the id of the last single call logged on a day, or None."""
    row = connection.execute(
        "SELECT id FROM activity WHERE day = ? AND kind = 'dial' AND count = 1 ORDER BY id DESC LIMIT 1",
        (day.isoformat(),),
    ).fetchone()
    return None if row is None else int(row[0])


def latest_outcomes(connection: sqlite3.Connection, day: date, limit: int) -> list[tuple[str, int]]:
    """Return the last outcomes logged on a day, newest first, each with when it was logged."""
    rows = connection.execute(
        "SELECT coalesce(outcome, ''), logged_at FROM activity WHERE day = ? AND kind = 'dial'"
        " ORDER BY id DESC LIMIT ?",
        (day.isoformat(), limit),
    )
    return [(row[0], row[1]) for row in rows]


def contact_by(connection: sqlite3.Connection, wanted: str) -> Sequence[tuple[int, str]]:
    """Return the contacts with an id or a name (any case), three at most."""
    if wanted.isascii() and wanted.isdigit():
        if len(wanted) > 15:
            return []
        return connection.execute("SELECT id, name FROM contact WHERE id = ?", (int(wanted),)).fetchall()
    return connection.execute(
        "SELECT id, name FROM contact WHERE name = ? COLLATE NOCASE ORDER BY id LIMIT 3", (wanted,)
    ).fetchall()


def backup_due(connection: sqlite3.Connection, today: date) -> bool:
    """Whether this is the day's first write, before which a backup is made."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'backup_day'").fetchone()
    return row is None or row[0] != today.isoformat()
