"""Queries and changes of email windows, and of looks at the inbox outside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from planner.domain.errors import StateError
from planner.store import today_queries
from planner.store.recorder import Recorder, Transaction

if TYPE_CHECKING:
    from planner.domain.mail.windows import Opening
    from planner.store.recorder import Reads


def openings(connection: Reads, first: date, last: date) -> dict[date, list[Opening]]:
    """Return the opened windows by day."""
    found: dict[date, list[Opening]] = {}
    rows = connection.execute(
        today_queries.OPENINGS_SQL.replace("SELECT opens", "SELECT day, opens", 1).replace(
            "day = ?", "day BETWEEN ? AND ?"
        ),
        (first.isoformat(), last.isoformat()),
    )
    for day, *opening in rows:
        found.setdefault(date.fromisoformat(day), []).append((*opening,))
    return found


def looks(connection: Reads, first: date, last: date) -> list[tuple[date, int, str, int]]:
    """Return the looks outside a window: day, instant, reason, id."""
    rows = connection.execute(
        "SELECT day, at, reason, id FROM mail_look WHERE day BETWEEN ? AND ? ORDER BY at, id",
        (first.isoformat(), last.isoformat()),
    )
    return [(date.fromisoformat(day), *rest) for day, *rest in rows]


def first_day(connection: Reads) -> date | None:
    """Return the first day with an opened window or a look at the mail. No window counts as missed before it."""
    row = connection.execute(
        "SELECT min(day) FROM (SELECT min(day) AS day FROM mail_window UNION ALL SELECT min(day) FROM mail_look)"
    ).fetchone()
    return None if row[0] is None else date.fromisoformat(row[0])


def running(connection: sqlite3.Connection, day: date) -> int | None:
    """Return the id of the day's window whose clock is running, or None."""
    row = connection.execute(
        "SELECT id FROM mail_window WHERE day = ? AND closed_at IS NULL ORDER BY id DESC LIMIT 1", (day.isoformat(),)
    ).fetchone()
    return None if row is None else int(row[0])


def open_window(connection: sqlite3.Connection, day: date, opens: str, planned: int, now: int) -> int:
    """Start the clock of a window, as a change, and return its id. StateError if another program was faster."""
    with Recorder(connection, now, f"email window opened: {opens}") as change:
        if running(connection, day) is not None:
            raise StateError("An email window is already open.")
        return change.insert("mail_window", day=day.isoformat(), opens=opens, planned=planned, opened_at=now)


def close_window(connection: sqlite3.Connection, window_id: int, now: int, letters: int | None) -> None:
    """Stop a window's clock, as a change. `letters` is the number of emails handled, if the rep gives it. StateError if
    another program was faster.
    """
    with Recorder(connection, now, "email window closed") as change:
        if connection.execute("SELECT closed_at FROM mail_window WHERE id = ?", (window_id,)).fetchone() != (None,):
            raise StateError("That email window is already closed.")
        change.update("mail_window", window_id, closed_at=now, letters=letters)


def log_look(connection: sqlite3.Connection, day: date, reason: str, now: int) -> int:
    """Log a look outside a window, as a change. Returns its id."""
    with Recorder(connection, now, f"peek at email: {reason}") as change:
        return change.insert("mail_look", day=day.isoformat(), at=now, reason=reason)


def end_look(connection: sqlite3.Connection, look_id: int, now: int) -> None:
    """Store when a look ended. Not a change of its own, so it is undone along with the look."""
    with Transaction(connection):
        connection.execute("UPDATE mail_look SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (now, look_id))


def fill(
    connection: sqlite3.Connection,
    windows: Iterable[tuple[date, str, int, int, int, int]],
    looked: Iterable[tuple[date, int, str]],
) -> None:
    """Insert windows (day, opens, planned minutes, opened, closed, letters) and looks, for a demo. Not a change."""
    with Transaction(connection):
        connection.executemany(
            "INSERT INTO mail_window (day, opens, planned, opened_at, closed_at, letters) VALUES (?, ?, ?, ?, ?, ?)",
            [(day.isoformat(), *rest) for day, *rest in windows],
        )
        connection.executemany(
            "INSERT INTO mail_look (day, at, reason) VALUES (?, ?, ?)",
            [(day.isoformat(), *rest) for day, *rest in looked],
        )
