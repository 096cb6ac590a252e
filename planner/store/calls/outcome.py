"""Saves the outcome of a call: the log row, its consequences and the session's position after it, in one change."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from planner.domain.day.activity import SPOKEN, label
from planner.store import follow_ups, quick_log
from planner.store.calls.session import State, keep
from planner.store.day import meetings
from planner.store.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended and what follows. Instants are seconds since 1970 UTC.

    `due` and `place` belong to a callback or meeting, `again` is when a due callback that wasn't reached comes up next,
    `number` is the one dialled, and `proposal` says that one was promised.
    """

    outcome: str
    contact_id: int
    name: str
    began: datetime
    seconds: int | None
    gap: int | None
    day: date
    today: date
    now: int
    note: str = ""
    reason: str = ""
    number: str = ""
    due: str | None = None
    minutes: int = 60
    place: str = ""
    again: str | None = None
    proposal: str | None = None
    proposal_title: str = ""


def write(connection: sqlite3.Connection, wanted: Outcome, after: State | None) -> int:
    """Write a call, its consequences and the session's position after it. Returns the log row's id. A call made outside
    of a session has none, and leaves the position as it is.
    """
    name = label("dial", wanted.outcome, 1, wanted.name)
    with Recorder(connection, wanted.now, name, wanted.today) as change:
        row_id = change.insert(
            "activity",
            at=int(wanted.began.timestamp()),
            day=wanted.day.isoformat(),
            local_time=f"{wanted.began:%H:%M:%S}",
            kind="dial",
            outcome=wanted.outcome,
            count=1,
            contact_id=wanted.contact_id,
            reason=wanted.reason or None,
            note=wanted.note or None,
            logged_at=wanted.now,
            session_id=None if after is None else after.session_id,
            seconds=wanted.seconds,
            gap=wanted.gap,
        )
        if quick_log.settles("dial", wanted.outcome):
            quick_log.settle_callbacks(change, wanted.contact_id, wanted.today, datetime.fromtimestamp(wanted.now))
        elif wanted.again is not None:
            _call_again(change, wanted)
        if wanted.outcome == "callback" and wanted.due:
            _follow_up(change, wanted, f"Call back {wanted.name}", wanted.due, kind="callback")
        if wanted.outcome == "meeting" and wanted.due:
            meetings.put(
                change, wanted.contact_id, wanted.name, wanted.due, wanted.minutes, wanted.place, wanted.now, row_id
            )
        if wanted.proposal is not None:
            _follow_up(change, wanted, wanted.proposal_title, wanted.proposal or None, priority="A")
        if wanted.outcome == quick_log.WRONG:
            quick_log.mark_wrong(change, wanted.contact_id, wanted.number or None)
        # no next step doesn't mean the answer failed, but it led nowhere
        next_step = wanted.outcome in ("callback", "meeting") or wanted.proposal is not None
        worked = int(wanted.outcome in SPOKEN and next_step)
        for heard in connection.execute(
            "SELECT id FROM heard WHERE contact_id = ? AND worked IS NULL", (wanted.contact_id,)
        ).fetchall():
            change.update("heard", heard[0], worked=worked, activity_id=row_id)
        if after is not None:
            keep(connection, after)
    return row_id


def _call_again(change: Recorder, wanted: Outcome) -> None:
    """Reschedule the callback of a contact who wasn't reached."""
    for (task_id,) in change.execute(
        "SELECT id FROM task WHERE contact_id = ? AND kind = 'callback' AND state = 'open' AND due < ?",
        (wanted.contact_id, (wanted.today + timedelta(days=1)).isoformat()),
    ).fetchall():
        change.update("task", task_id, due=wanted.again)


def _follow_up(
    change: Recorder, wanted: Outcome, title: str, due: str | None, *, kind: str = "own", priority: str | None = None
) -> None:
    follow_ups.task(
        change,
        title,
        today=wanted.today,
        now=wanted.now,
        due=due,
        kind=kind,
        priority=priority,
        contact_id=wanted.contact_id,
    )


def put_off(connection: sqlite3.Connection, task_id: int, due: str, now: int, name: str, after: State) -> None:
    """Postpone a callback, as a change, with the session's position after it."""
    with Recorder(connection, now, f"moved callback: {name}") as change:
        change.confirm("task", task_id, due=due)
        keep(connection, after)


def set_need(connection: sqlite3.Connection, contact_id: int, need: str, now: int, name: str) -> None:
    """Set a contact's need."""
    with Recorder(connection, now, f"need {'already chosen' if need == 'chosen' else need}: {name}") as change:
        change.confirm("contact", contact_id, need=need)


def set_kind(connection: sqlite3.Connection, contact_id: int, kind: str, now: int, name: str) -> None:
    """Set a contact's kind of customer."""
    with Recorder(connection, now, f"customer type {kind or 'cleared'}: {name}") as change:
        change.confirm("contact", contact_id, kind=kind)


def set_do_not_call(connection: sqlite3.Connection, contact_id: int, do_not_call: bool, now: int, day: date) -> None:
    """Set whether a contact asked not to be called, which takes them off the lists from `day` on."""
    (name,) = connection.execute("SELECT name FROM contact WHERE id = ?", (contact_id,)).fetchone()
    with Recorder(connection, now, f"{'do not call' if do_not_call else 'OK to call'}: {name}") as change:
        change.confirm("contact", contact_id, do_not_call=int(do_not_call))
        if do_not_call:
            follow_ups.take_off(change, contact_id, day)


@dataclass(frozen=True, slots=True)
class Undone:
    """A call taken back by an undo: whose it was, its note, start, seconds and preceding gap."""

    contact_id: int
    note: str
    at: int
    seconds: int
    gap: int | None


def last_call_of_change(connection: sqlite3.Connection) -> Undone | None:
    """Return the session call that the newest change logged, or None."""
    row = connection.execute(
        "SELECT activity.contact_id, coalesce(activity.note, ''), at, coalesce(seconds, 0), gap FROM change_row"
        " JOIN activity ON activity.id = row_id"
        " WHERE change_row.change_id = (SELECT max(id) FROM change WHERE undone = 0) AND tbl = 'activity'"
        " AND image IS NULL AND activity.session_id IS NOT NULL AND activity.contact_id IS NOT NULL LIMIT 1"
    ).fetchone()
    return None if row is None else Undone(*row)


def check(
    connection: sqlite3.Connection, activity_id: int, day: date, now: int, name: str, answer: str, yes: bool
) -> int:
    """Record the first answer to the questions after a call, as a change. The others are added to its row."""
    with Recorder(connection, now, f"after-call check: {name}") as change:
        return change.insert("call_check", activity_id=activity_id, day=day.isoformat(), why="", **{answer: int(yes)})


def add_to_check(connection: sqlite3.Connection, check_id: int, **values: object) -> None:
    """Add an answer to an existing check, to be undone along with it."""
    sets = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE call_check SET {sets} WHERE id = ?", (*values.values(), check_id))
