"""Events of imported calendars, and what they take of a day.

Written in plain SQL on the connection of a change, like other imports: its rows carry the change's id.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, func, select

from planner.domain.events import EPOCH, Event, EventTime
from planner.store import history
from planner.store.database import raw_of
from planner.store.tables import EventRow, EventTimeRow, Meta


def on(session: Session, day: date) -> list[tuple[str, EventTime]]:
    """The times that touch a day, each with its event's title."""
    return [(title, each) for _, title, _, each in between(session, day, day)]


def between(session: Session, first: date, last: date) -> list[tuple[str, str, str, EventTime]]:
    """The times that touch a run of days, each with its event's UID, title and place, in the order of their begin."""
    begin, end = datetime.combine(first, time()), datetime.combine(last, time()) + timedelta(days=1)
    floating = (round((begin - EPOCH).total_seconds()), round((end - EPOCH).total_seconds()))
    absolute = (round(begin.timestamp()), round(end.timestamp()))
    row = EventTimeRow
    touches = [
        (col(row.floating) == kind) & (col(row.start_at) < stop) & (col(row.end_at) > start)
        for kind, (start, stop) in ((0, absolute), (1, floating))
    ]
    query = (
        select(EventRow.uid, EventRow.title, EventRow.place, EventTimeRow)
        .join(EventRow, col(EventRow.id) == col(EventTimeRow.event_id))
        .where(touches[0] | touches[1])
        .order_by(col(row.start_at), col(row.id))
    )
    return [(uid, title, place, _time(found)) for uid, title, place, found in session.exec(query)]


def _time(row: EventTimeRow) -> EventTime:
    return EventTime(
        row.start_at, row.end_at, bool(row.floating), bool(row.all_day), busy=bool(row.busy), title=row.title
    )


def database_uid(session: Session) -> str:
    """What this database is called everywhere, for UIDs of what it writes out."""
    return session.exec(select(Meta.value).where(Meta.key == "uid")).one()


@dataclass
class Counts:
    """What an import of events made, changed and found the same."""

    made: int = 0
    changed: int = 0
    same: int = 0


def put(handle: sqlite3.Connection, events: Sequence[Event], change_id: int, now: int, *, dry: bool = False) -> Counts:
    """Take events in: new ones, and those that say something else than before. Rows carry the change's id.

    With `dry`, only count.
    """
    known = {
        uid: (row_id, source) for row_id, uid, source in handle.execute("SELECT id, uid, source FROM event").fetchall()
    }
    counts = Counts()
    for event in events:
        there = known.get(event.uid)
        if there is not None and _same(handle, there[0], there[1], event):
            counts.same += 1
            continue
        if there is None:
            counts.made += 1
        else:
            counts.changed += 1
        if dry:
            continue
        until = None if event.until is None else event.until.isoformat()
        if there is None:
            row_id = handle.execute(
                "INSERT INTO event (uid, title, place, source, until, created_at, change_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (event.uid, event.title, event.place, event.source, until, now, change_id),
            ).lastrowid
            assert row_id is not None
        else:
            row_id = there[0]
            handle.execute(
                # its change's id too: times that are filled in later go with it when it is undone
                "UPDATE event SET title = ?, place = ?, source = ?, until = ?, change_id = ? WHERE id = ?",
                (event.title, event.place, event.source, until, change_id, row_id),
            )
            handle.execute("DELETE FROM event_time WHERE event_id = ?", (row_id,))
        put_times(handle, row_id, event.times, change_id)
        known[event.uid] = (row_id, event.source)
    return counts


def _same(handle: sqlite3.Connection, event_id: int, source: str, event: Event) -> bool:
    """Whether an event says what it said before: the same text, or the same times by another."""
    title, place, until = handle.execute("SELECT title, place, until FROM event WHERE id = ?", (event_id,)).fetchone()
    if event.until is not None:
        return source == event.source and until is not None  # it is filled in further by itself
    rows = handle.execute(
        "SELECT start_at, end_at, floating, all_day, busy, title FROM event_time WHERE event_id = ? ORDER BY id",
        (event_id,),
    )
    times = tuple(EventTime(row[0], row[1], bool(row[2]), bool(row[3]), bool(row[4]), row[5]) for row in rows)
    return (title, place, until, _ordered(times)) == (event.title, event.place, None, _ordered(event.times))


def _ordered(times: Sequence[EventTime]) -> list[tuple[datetime, datetime, bool, bool, str]]:
    """Times as they are read off the wall here: one without a zone that comes back in UTC is the same."""
    return sorted((*each.local(), each.all_day, each.busy, each.title) for each in times)


def put_times(handle: sqlite3.Connection, event_id: int, times: Sequence[EventTime], change_id: int | None) -> None:
    """Write the times of an event."""
    handle.executemany(
        "INSERT INTO event_time (event_id, start_at, end_at, floating, all_day, busy, title, change_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(event_id, t.start, t.end, int(t.floating), int(t.all_day), int(t.busy), t.title, change_id) for t in times],
    )


def record(handle: sqlite3.Connection, change_id: int) -> None:
    """Record what an import has made, so that it is undone as one."""
    history.record_import(handle, change_id)


def running_out(session: Session, before: date) -> list[tuple[int, str, date]]:
    """The events that repeat without end and are filled in only to a day before `before`: id, source, that day."""
    query = select(EventRow.id, EventRow.source, EventRow.until).where(
        col(EventRow.until).is_not(None), col(EventRow.until) < before.isoformat()
    )
    rows = session.exec(query)
    return [(key, source, date.fromisoformat(until)) for key, source, until in rows if key is not None and until]


def refill(session: Session, event_id: int, times: Sequence[EventTime], until: date) -> None:
    """Add the times of an event that it hasn't yet. They belong to the change that the others came with."""
    raw = raw_of(session)
    change_id = raw.execute("SELECT change_id FROM event WHERE id = ?", (event_id,)).fetchone()[0]
    known = {
        (row[0], bool(row[1]))
        for row in raw.execute("SELECT start_at, floating FROM event_time WHERE event_id = ?", (event_id,))
    }
    last = max((start for start, _ in known), default=0)
    fresh = [each for each in times if each.start > last and (each.start, each.floating) not in known]
    put_times(raw, event_id, fresh, change_id)
    raw.execute("UPDATE event SET until = ? WHERE id = ?", (until.isoformat(), event_id))


def there(handle: sqlite3.Connection, uids: Iterable[str]) -> int:
    """How many events of some UIDs there are."""
    return sum(handle.execute("SELECT count(*) FROM event WHERE uid = ?", (uid,)).fetchone()[0] for uid in uids)


def drop(handle: sqlite3.Connection, uids: Iterable[str]) -> None:
    """Delete events by their UIDs, with their times."""
    for uid in uids:
        handle.execute("DELETE FROM event_time WHERE event_id = (SELECT id FROM event WHERE uid = ?)", (uid,))
        handle.execute("DELETE FROM event WHERE uid = ?", (uid,))


def repeating(session: Session) -> set[str]:
    """The UIDs of the events that come more than once."""
    query = (
        select(EventRow.uid)
        .join(EventTimeRow, col(EventTimeRow.event_id) == col(EventRow.id))
        .group_by(col(EventRow.uid))
        .having((func.count() > 1) | (func.max(EventRow.until).is_not(None)))
    )
    return set(session.exec(query))
