"""Meetings of one's own, in plain SQL: rows of `event` without a source, which fill the day as imported ones do."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from planner.store.connection import new_uid
from planner.store.recorder import Recorder

OWN_EVENT = ".planner"


def put(
    change: Recorder, contact_id: int | None, title: str, due: str, minutes: int, place: str, now: int
) -> tuple[int, int]:
    """Enter a meeting of one's own, local time ``2026-11-19T11:00``. Returns the ids of the event and of its time."""
    database = change.connection.execute("SELECT value FROM meta WHERE key = 'uid'").fetchone()[0]
    start = int(datetime.fromisoformat(due).timestamp())
    event_id = change.insert(
        "event",
        uid=f"meeting-{new_uid()}@{database}{OWN_EVENT}",
        title=title,
        place=place,
        source="",
        created_at=now,
        contact_id=contact_id,
    )
    time_id = change.insert(
        "event_time",
        event_id=event_id,
        start_at=start,
        end_at=start + minutes * 60,
        floating=0,
        all_day=0,
        busy=1,
        title="",
    )
    return event_id, time_id


_MEETING = (
    "SELECT event_time.id, CASE event_time.title WHEN '' THEN event.title ELSE event_time.title END, place, start_at,"
    " end_at, floating, contact.name, event.source = '' FROM event_time JOIN event ON event.id = event_id"
    " LEFT JOIN contact ON contact.id = event.contact_id WHERE all_day = 0"
)
MeetingRow = tuple[int, str, str, int, int, int, str | None, int]


def add(
    connection: sqlite3.Connection, contact_id: int | None, title: str, due: str, minutes: int, place: str, now: int
) -> int:
    """Enter a meeting, as a change of its own. Returns the id of its time."""
    with Recorder(connection, now, f"meeting {title}") as change:
        _, time_id = put(change, contact_id, title, due, minutes, place, now)
    return time_id


def since(connection: sqlite3.Connection, instant: int) -> list[MeetingRow]:
    """The meetings that end after an instant: id, title, place, start, end, floating, contact, whether one's own."""
    return connection.execute(f"{_MEETING} AND end_at > ? ORDER BY start_at, event_time.id", (instant,)).fetchall()


def one(connection: sqlite3.Connection, time_id: int) -> MeetingRow | None:
    """One of them."""
    row: MeetingRow | None = connection.execute(f"{_MEETING} AND event_time.id = ?", (time_id,)).fetchone()
    return row


def move(connection: sqlite3.Connection, time_id: int, start: int, now: int) -> None:
    """Put a meeting to another time; its length stays."""
    begin, end = connection.execute("SELECT start_at, end_at FROM event_time WHERE id = ?", (time_id,)).fetchone()
    with Recorder(connection, now, "meeting moved") as change:
        change.confirm("event_time", time_id, start_at=start, end_at=start + end - begin)


def drop(connection: sqlite3.Connection, time_id: int, now: int) -> None:
    """Drop a meeting."""
    event_id, title = connection.execute(
        "SELECT event.id, event.title FROM event JOIN event_time ON event.id = event_id WHERE event_time.id = ?",
        (time_id,),
    ).fetchone()
    with Recorder(connection, now, f"meeting {title} dropped") as change:
        change.delete("event_time", time_id)
        change.delete("event", event_id)
