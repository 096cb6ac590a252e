"""Queries of a calling session in plain SQL: the rep's position in it, whom to call, and its totals.

The next prospect is read beforehand, so that they appear at once. An outcome is written in `outcome.py`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from planner.domain.calls.calling_list import UNREACHED
from planner.domain.calls.session import CallTimer, Sprint, Tally
from planner.domain.day.activity import SPOKEN
from planner.store.numbering import device_of, number_of


@dataclass(frozen=True, slots=True)
class State:
    """The row of `call_state`: the session, who is on the line or next, the clocks, and the note so far."""

    day: str = ""
    seen: int = 0
    session_id: int | None = None
    sprint_id: int | None = None
    contact_id: int | None = None
    standing: CallTimer = field(default_factory=CallTimer)
    note: str = ""
    skipped: tuple[int, ...] = ()


def state(connection: sqlite3.Connection) -> State:
    """Return the session's position."""
    row = connection.execute(
        "SELECT day, seen, session_id, sprint_id, contact_id, began, ended, gap_from, paused_at, note, skipped"
        " FROM call_state WHERE id = 1"
    ).fetchone()
    if row is None:
        return State()
    day, seen, session_id, sprint_id, contact_id, *clocks, note, skipped = row
    return State(day, seen, session_id, sprint_id, contact_id, CallTimer(*clocks), note, tuple(json.loads(skipped)))


def keep(connection: sqlite3.Connection, found: State) -> None:
    """Store the session's position, in the caller's transaction or in its own."""
    clocks = found.standing
    connection.execute(
        "INSERT OR REPLACE INTO call_state (id, day, seen, session_id, sprint_id, contact_id, began, ended, gap_from,"
        " paused_at, note, skipped) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            found.day,
            found.seen,
            found.session_id,
            found.sprint_id,
            found.contact_id,
            clocks.began,
            clocks.ended,
            clocks.gap_from,
            clocks.paused_at,
            found.note,
            json.dumps(list(found.skipped)),
        ),
    )


def begin(connection: sqlite3.Connection, day: date, at: int) -> int:
    """Begin a session and return its id."""
    return _begin(connection, "session", day, at, None)


def begin_sprint(connection: sqlite3.Connection, session_id: int, day: date, at: int) -> int:
    """Begin a sprint within a session and return its id."""
    return _begin(connection, "sprint", day, at, tally(connection, session_id).calls)


def _begin(connection: sqlite3.Connection, kind: str, day: date, at: int, calls: int | None) -> int:
    device = device_of(connection)
    row_id = connection.execute(
        "INSERT INTO call_session (id, kind, day, started_at, calls) VALUES (?, ?, ?, ?, ?)",
        (
            None if device is None else number_of(connection, "call_session", device, {}),
            kind,
            day.isoformat(),
            at,
            calls,
        ),
    ).lastrowid
    assert row_id is not None
    return row_id


def end(connection: sqlite3.Connection, session_id: int, at: int, calls: int) -> None:
    """End a session or a sprint."""
    connection.execute("UPDATE call_session SET ended_at = ?, calls = ? WHERE id = ?", (at, calls, session_id))


def add_pause(connection: sqlite3.Connection, session_id: int, seconds: int) -> None:
    """Add a finished pause to a session."""
    connection.execute("UPDATE call_session SET paused = paused + ? WHERE id = ?", (seconds, session_id))


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A stored session or sprint: its start, its end (None while it runs), its pause time in seconds and its calls. A
    sprint that is still running has those made in its session before it.
    """

    id: int
    day: date
    started: int
    ended: int | None
    paused: int
    calls: int | None = None


def session(connection: sqlite3.Connection, session_id: int) -> SessionRow | None:
    """Return one session, or None."""
    row = connection.execute(
        "SELECT id, day, started_at, ended_at, paused, calls FROM call_session WHERE id = ?", (session_id,)
    ).fetchone()
    return None if row is None else SessionRow(row[0], date.fromisoformat(row[1]), *row[2:])


# a session's rows are found by day, since an own index would mean writing one more page with each call
_OF = "activity.day = (SELECT day FROM call_session WHERE id = :session) AND session_id = :session"


def tally(connection: sqlite3.Connection, session_id: int) -> Tally:
    """Return what the log says about a session."""
    row = connection.execute(
        f"SELECT count(*), coalesce(sum(seconds), 0), count(gap), coalesce(sum(gap), 0) FROM activity WHERE {_OF}",
        {"session": session_id},
    ).fetchone()
    return Tally(*row)


def last_end(connection: sqlite3.Connection, session_id: int) -> int | None:
    """Return when the last call of a session ended."""
    row = connection.execute(
        f"SELECT max(at + coalesce(seconds, 0)) FROM activity WHERE {_OF}", {"session": session_id}
    ).fetchone()
    return None if row[0] is None else int(row[0])


def sprints(connection: sqlite3.Connection) -> list[Sprint]:
    """Return the finished sprints."""
    rows = connection.execute(
        "SELECT day, calls, ended_at - started_at FROM call_session WHERE kind = 'sprint' AND ended_at IS NOT NULL"
        " AND calls > 0 ORDER BY id"
    )
    return [Sprint(*row) for row in rows]


def number_of_day(connection: sqlite3.Connection, session_id: int, day: date) -> int:
    """Return a session's number within its day, from 1."""
    return int(
        connection.execute(
            "SELECT count(*) FROM call_session WHERE day = ? AND kind = 'session' AND id <= ?",
            (day.isoformat(), session_id),
        ).fetchone()[0]
    )


def sessions_of_day(connection: sqlite3.Connection, day: date) -> int:
    """Return how many sessions a day has had."""
    row = connection.execute(
        "SELECT count(*) FROM call_session WHERE day = ? AND kind = 'session'", (day.isoformat(),)
    ).fetchone()
    return int(row[0])


# whom to call


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact with an open callback, due as ISO with or without a time."""

    contact_id: int
    task_id: int
    due: str


def callbacks(connection: sqlite3.Connection, day: date) -> list[Waiting]:
    """Return the open callbacks due by a day, by time, without do-not-call contacts."""
    rows = connection.execute(
        "SELECT contact_id, id, due FROM task INDEXED BY task_open WHERE state = 'open' AND kind = 'callback'"
        " AND contact_id IS NOT NULL AND due < ? AND EXISTS (SELECT 1 FROM contact_way"
        " WHERE contact_way.contact_id = task.contact_id AND contact_way.kind = 'phone' AND wrong = 0)"
        " AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = task.contact_id AND do_not_call = 1)"
        " ORDER BY due, id",
        ((day + timedelta(days=1)).isoformat(),),
    )
    return [Waiting(*row) for row in rows]


def still_to_call(connection: sqlite3.Connection, day: date, hour: int) -> list[int]:
    """Return the contacts on a day's list still to be called, in order, with those whose last unanswered try was at
    this same hour at the end.
    """
    unreached = ", ".join(f"'{outcome}'" for outcome in UNREACHED)
    rows = connection.execute(
        "SELECT list_entry.contact_id, (SELECT outcome IN (" + unreached + ") AND substr(local_time, 1, 2) = ?"
        " FROM activity INDEXED BY activity_contact WHERE activity.contact_id = list_entry.contact_id"
        " AND kind = 'dial' AND list_entry.reason = '' ORDER BY activity.day DESC, activity.id DESC LIMIT 1)"
        " AS same_hour FROM list_entry"
        " WHERE day = ? AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.contact_id = list_entry.contact_id"
        " AND activity.day = list_entry.day AND at >= coalesce(asked_at, 0) AND kind <> 'stop')"
        " AND EXISTS (SELECT 1 FROM contact_way WHERE contact_way.contact_id = list_entry.contact_id"
        " AND contact_way.kind = 'phone' AND wrong = 0)"
        " AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = list_entry.contact_id AND do_not_call = 1)"
        " ORDER BY coalesce(same_hour, 0), position",
        (f"{hour:02}", day.isoformat()),
    )
    return [row[0] for row in rows]


def unskip(found: State, contact_ids: Iterable[int]) -> State:
    """Return the state with some contacts no longer moved to the end."""
    gone = set(contact_ids)
    return replace(found, skipped=tuple(key for key in found.skipped if key not in gone))


def in_order(waiting: Sequence[Waiting], listed_ids: Sequence[int], found: State, now: str) -> list[int]:
    """Return whom to call, in order: callbacks whose time has come, the list, then skipped contacts. Contacts with a
    callback later today aren't called before it.
    """
    first = list(dict.fromkeys(each.contact_id for each in waiting if each.due[: len(now)] <= now))
    elsewhere = {each.contact_id for each in waiting}  # first, or later today
    rest = [key for key in listed_ids if key not in elsewhere] if elsewhere else list(listed_ids)
    if found.skipped:
        skipped = [key for key in found.skipped if key in rest]
        rest = [key for key in rest if key not in skipped] + skipped
    return first + rest


# insight


def by_hour(connection: sqlite3.Connection, since: date, until: date | None = None) -> list[tuple[int, int, int, int]]:
    """Return (weekday, hour, dials, spoken) for calls and conversations between two days. Monday is 0."""
    spoken = ", ".join(f"'{outcome}'" for outcome in SPOKEN)
    return connection.execute(
        "SELECT (strftime('%w', day) + 6) % 7, CAST(substr(local_time, 1, 2) AS INTEGER), sum(count),"
        f" sum(CASE WHEN outcome IN ({spoken}) THEN count ELSE 0 END) FROM activity"
        # bulk-counted calls say nothing about hours, nor do those without an outcome
        " WHERE kind = 'dial' AND outcome IS NOT NULL AND count = 1 AND day BETWEEN ? AND ? GROUP BY 1, 2",
        (since.isoformat(), "9999" if until is None else until.isoformat()),
    ).fetchall()


def sessions(connection: sqlite3.Connection, limit: int) -> list[tuple[SessionRow, Tally, int]]:
    """Return the newest sessions, each with its log tally and how many contacts were spoken to."""
    spoken = ", ".join(f"'{outcome}'" for outcome in SPOKEN)
    rows = connection.execute(
        "SELECT call_session.id, call_session.day, started_at, ended_at, paused, count(activity.id),"
        " coalesce(sum(seconds), 0), count(gap), coalesce(sum(gap), 0),"
        f" coalesce(sum(outcome IN ({spoken})), 0), max(at + coalesce(seconds, 0))"
        " FROM call_session LEFT JOIN activity ON activity.day = call_session.day AND session_id = call_session.id"
        " WHERE call_session.kind = 'session' GROUP BY call_session.id ORDER BY call_session.id DESC LIMIT ?",
        (limit,),
    )
    return [
        (SessionRow(row[0], date.fromisoformat(row[1]), row[2], row[3] or row[10], row[4]), Tally(*row[5:9]), row[9])
        for row in rows
    ]
