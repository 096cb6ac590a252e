"""Queries and changes of the calendars that are subscribed to. What they hold is derived from them, so nothing of it is
in the history.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from planner.domain.day.events import Event, Subscription
from planner.store.day import events
from planner.store.day.events import Counts
from planner.store.mapper import Mapper
from planner.store.recorder import mark_stale

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

ROWS = Mapper(Subscription, "calendar")


def query(reads: Reads) -> list[Subscription]:
    """Return the subscriptions by name."""
    rows = reads.execute(f"SELECT {ROWS.columns} FROM calendar ORDER BY name COLLATE NOCASE, id")
    return [ROWS.from_row(row) for row in rows]


def counts(reads: Reads, now: int) -> dict[int, tuple[int, int]]:
    """Return how many events each calendar has, and how many times of theirs are still to come."""
    rows = reads.execute(
        "SELECT calendar_id, count(DISTINCT event.id), sum(end_at > ?) FROM event"
        " LEFT JOIN event_time ON event_time.event_id = event.id WHERE calendar_id IS NOT NULL GROUP BY calendar_id",
        (now,),
    )
    return {row[0]: (row[1], row[2] or 0) for row in rows}


def add(writer: Writer, name: str, source: str, place: str, *, local: bool, now: int) -> int:
    """Add a subscription that hasn't been read yet. Returns its id."""
    return writer.insert(
        "calendar", name=name, source=source, place=place, local=int(local), created_at=now,
        etag="", modified="", digest="", problem="",
    )  # fmt: skip


def note(writer: Writer, calendar_id: int, **values: object) -> None:
    """Write down how a try went."""
    writer.update("calendar", calendar_id, **values)


def elsewhere(reads: Reads, calendar_id: int, uids: Collection[str]) -> set[str]:
    """Return the UIDs that already are on another subscribed calendar, since an invitation may be on two."""
    rows = reads.execute("SELECT uid FROM event WHERE calendar_id IS NOT NULL AND calendar_id <> ?", (calendar_id,))
    return {uid for (uid,) in rows if uid in uids}


def take(writer: Writer, calendar_id: int, found: Sequence[Event], kept: Collection[str], since: int) -> Counts:
    """Make a calendar's events those that were found, but for UIDs that are `kept` as they are. Times before `since`
    (seconds since 1970 UTC) and those with an outcome stay as history. Returns what changed.

    An event that was imported from a file before becomes the calendar's.
    """
    other = elsewhere(writer, calendar_id, {event.uid for event in found})
    mine = [event for event in found if event.uid not in other]
    counted = events.take(writer, mine, since, writer, calendar_id)
    there = {event.uid for event in found} | set(kept)
    rows = writer.execute("SELECT id, uid FROM event WHERE calendar_id = ?", (calendar_id,)).fetchall()
    for event_id, uid in rows:
        if uid not in there:
            counted.gone += _end(writer, event_id, since)
    if counted.gone:
        # what another calendar has as well is found there again
        writer.execute("UPDATE calendar SET etag = '', modified = '', digest = '' WHERE id <> ?", (calendar_id,))
    if counted.made or counted.changed or counted.gone:
        mark_stale(writer.connection, {"event", "event_time"}, set(), None)
    return counted


def _end(writer: Writer, event_id: int, since: int) -> bool:
    """Delete the times of an event that is gone, but for its history. Returns whether any was left to delete."""
    kept = (
        "(end_at <= ? OR EXISTS (SELECT 1 FROM meeting_outcome WHERE meeting_outcome.event_id = event_time.event_id"
        " AND meeting_outcome.start_at = event_time.start_at AND outcome <> ''))"
    )
    gone = writer.execute(f"DELETE FROM event_time WHERE event_id = ? AND NOT {kept}", (event_id, since)).rowcount
    if writer.execute("SELECT 1 FROM event_time WHERE event_id = ? LIMIT 1", (event_id,)).fetchone() is None:
        writer.delete("event", event_id)
        return True
    writer.execute("UPDATE event SET until = NULL WHERE id = ? AND until IS NOT NULL", (event_id,))
    return gone > 0


def drop(writer: Writer, calendar_id: int, since: int) -> int:
    """Delete a subscription and its events that aren't over. Returns how many of them there were."""
    rows = writer.execute("SELECT id FROM event WHERE calendar_id = ?", (calendar_id,)).fetchall()
    gone = sum(_end(writer, event_id, since) for (event_id,) in rows)
    writer.delete("calendar", calendar_id)
    mark_stale(writer.connection, {"event", "event_time"}, set(), None)
    return gone
