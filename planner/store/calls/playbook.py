"""Reads and records objections, how they were answered, and the drill, in plain SQL because the rep is on a call."""

from __future__ import annotations

import sqlite3
from datetime import date

from planner.store.recorder import Recorder


def log_objection(
    connection: sqlite3.Connection,
    *,
    objection: str,
    way: str,
    answer: str,
    sort: str,
    contact_id: int | None,
    day: date,
    now: int,
    worked: bool | None = None,
) -> int:
    """Log an objection and how it was answered."""
    with Recorder(connection, now, f"objection: {objection}") as change:
        return change.insert(
            "heard",
            objection=objection,
            way=way,
            answer=answer,
            sort=sort,
            contact_id=contact_id,
            day=day.isoformat(),
            at=now,
            worked=None if worked is None else int(worked),
        )


def statistics(connection: sqlite3.Connection) -> list[tuple[str, str, int, int, int]]:
    """Return the log's objections and answers: both texts, times worked, times tried, times heard."""
    return connection.execute(
        "SELECT objection, answer, coalesce(sum(worked), 0), count(worked), count(*) FROM heard GROUP BY 1, 2"
    ).fetchall()


def latest(connection: sqlite3.Connection, most: int) -> list[tuple[str, str, str, str, int | None]]:
    """Return the log's latest objections: the text, the day, the contact's name, the approach, whether it worked."""
    return connection.execute(
        "SELECT objection, day, coalesce(contact.name, ''), way, worked FROM heard"
        " LEFT JOIN contact ON contact.id = contact_id ORDER BY at DESC, heard.id DESC LIMIT ?",
        (most,),
    ).fetchall()


def drills(connection: sqlite3.Connection) -> dict[str, tuple[int, str, int, int]]:
    """Return drill progress by objection: the step, when it is due, times drilled, times fluent."""
    rows = connection.execute("SELECT objection, step, due, times, fluent FROM drill")
    return {row[0]: tuple(row[1:]) for row in rows}


def drill(connection: sqlite3.Connection, objection: str, step: int, due: date, now: int, *, fluent: bool) -> None:
    """Record how an objection was answered in a drill."""
    with Recorder(connection, now, f"drill: {objection}") as change:
        row = connection.execute("SELECT id, times, fluent FROM drill WHERE objection = ?", (objection,)).fetchone()
        if row is None:
            change.insert("drill", objection=objection, step=step, due=due.isoformat(), times=1, fluent=int(fluent))
        else:
            change.update(
                "drill", row[0], step=step, due=due.isoformat(), times=row[1] + 1, fluent=row[2] + int(fluent)
            )
