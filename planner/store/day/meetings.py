"""Queries and changes of meetings in plain SQL: rows of `event` and `event_time`, and their outcomes. The rep's own
have no source.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from planner.domain.day.events import EventTime, Meeting
from planner.store.connection import new_uid

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Recorder

OWN_EVENT = ".planner"
LINKED_WITHIN = 14 * 24 * 3600  # seconds between a booking and the meeting entered for it

_MEETING = (
    "SELECT event_time.id, event.id, CASE event_time.title WHEN '' THEN event.title ELSE event_time.title END,"
    " event.place, event_time.start_at, end_at, floating, contact.id, contact.name, event.source = '',"
    " coalesce(meeting_outcome.outcome, ''), meeting_outcome.id, coalesce(calendar.name, '')"
    " FROM event_time JOIN event ON event.id = event_time.event_id"
    " LEFT JOIN contact ON contact.id = event.contact_id LEFT JOIN calendar ON calendar.id = event.calendar_id"
    " LEFT JOIN meeting_outcome ON meeting_outcome.event_id = event.id"
    " AND meeting_outcome.start_at = event_time.start_at WHERE all_day = 0"
)


def _meeting(
    row: tuple[int, int, str, str, int, int, int, int | None, str | None, int, str, int | None, str],
) -> Meeting:
    (
        time_id,
        event_id,
        title,
        place,
        start_at,
        end_at,
        floating,
        contact_id,
        contact,
        own,
        outcome,
        outcome_id,
        calendar,
    ) = row
    start, end = EventTime(start_at, end_at, bool(floating)).local()
    return Meeting(
        time_id,
        event_id,
        title,
        place,
        start,
        end,
        start_at,
        contact_id,
        contact,
        bool(own),
        outcome,
        outcome_id,
        calendar,
    )


def put(
    change: Recorder,
    contact_id: int | None,
    title: str,
    due: str,
    minutes: int,
    place: str,
    now: int,
    booking_id: int | None = None,
) -> int:
    """Add a meeting of the rep's own at a local time such as ``2026-11-19T11:00``. Returns the id of its time.

    `booking_id` is the log row of its booking. Without one, the contact's newest booking that has no meeting yet is
    used.
    """
    if booking_id is None and contact_id is not None:
        booking_id = _booking(change, contact_id, now - LINKED_WITHIN)
    database = change.execute("SELECT value FROM meta WHERE key = 'uid'").fetchone()[0]
    start = int(datetime.fromisoformat(due).timestamp())
    event_id = change.insert(
        "event",
        uid=f"meeting-{new_uid()}@{database}{OWN_EVENT}",
        title=title,
        place=place,
        source="",
        created_at=now,
        contact_id=contact_id,
        booking_id=booking_id,
    )
    return change.insert(
        "event_time",
        event_id=event_id,
        start_at=start,
        end_at=start + minutes * 60,
        floating=0,
        all_day=0,
        busy=1,
        title="",
    )


def _booking(reads: Reads, contact_id: int, since: int) -> int | None:
    row = reads.execute(
        "SELECT activity.id FROM activity WHERE contact_id = ? AND at >= ?"
        " AND (kind = 'meeting-booked' OR (kind = 'dial' AND outcome = 'meeting'))"
        " AND NOT EXISTS (SELECT 1 FROM event WHERE booking_id = activity.id) ORDER BY at DESC LIMIT 1",
        (contact_id, since),
    ).fetchone()
    return None if row is None else int(row[0])


def ending_after(reads: Reads, instant: int) -> list[Meeting]:
    """Return the meetings that end after an instant (seconds since 1970 UTC)."""
    rows = reads.execute(f"{_MEETING} AND end_at > ? ORDER BY event_time.start_at, event_time.id", (instant,))
    return [_meeting(row) for row in rows]


def get(reads: Reads, time_id: int) -> Meeting | None:
    """Return one meeting by the id of its time, or None."""
    row = reads.execute(f"{_MEETING} AND event_time.id = ?", (time_id,)).fetchone()
    return None if row is None else _meeting(row)


def find_unmarked(reads: Reads, after: int, now: int) -> list[Meeting]:
    """Return the rep's own meetings that began after an instant, are over by `now` and have no outcome yet."""
    rows = reads.execute(
        f"{_MEETING} AND event.source = '' AND coalesce(meeting_outcome.outcome, '') = ''"
        " AND event_time.start_at > ? AND end_at <= ? ORDER BY event_time.start_at, event_time.id",
        (after, now),
    )
    return [_meeting(row) for row in rows]


def open_with(reads: Reads, contact_id: int) -> list[Meeting]:
    """Return a contact's meetings without an outcome, future ones included, by start time."""
    rows = reads.execute(
        f"{_MEETING} AND event.contact_id = ? AND coalesce(meeting_outcome.outcome, '') = ''"
        " ORDER BY event_time.start_at, event_time.id",
        (contact_id,),
    )
    return [_meeting(row) for row in rows]


def mark(change: Recorder, meeting: Meeting, outcome: str, activity_id: int | None) -> None:
    """Record a meeting's outcome and the log row that counts it."""
    if meeting.outcome_id is not None:
        change.update("meeting_outcome", meeting.outcome_id, outcome=outcome, activity_id=activity_id)
    else:
        change.insert(
            "meeting_outcome",
            event_id=meeting.event_id,
            start_at=meeting.start_at,
            outcome=outcome,
            activity_id=activity_id,
        )


def follow_log(change: Recorder, activity_id: int, kind: str, outcome: str | None) -> None:
    """Sync a meeting's outcome with the log row that counts it. A row of another kind reopens the meeting."""
    row = change.execute("SELECT id FROM meeting_outcome WHERE activity_id = ?", (activity_id,)).fetchone()
    if row is None:
        return
    if kind == "meeting-held":
        change.update("meeting_outcome", row[0], outcome=outcome or "held")
    else:
        change.delete("meeting_outcome", row[0])


def edit(
    change: Recorder,
    meeting: Meeting,
    *,
    title: str,
    place: str,
    contact_id: int | None,
    start: int,
    minutes: int,
) -> None:
    """Edit one of the rep's own meetings. `start` is seconds since 1970 UTC. Recorded even if nothing changes."""
    change.confirm("event", meeting.event_id, title=title, place=place, contact_id=contact_id)
    change.update("event_time", meeting.id, start_at=start, end_at=start + minutes * 60)


def drop(change: Recorder, meeting: Meeting) -> None:
    """Delete a meeting, of a repeating one only this time. What was logged for it stays."""
    times = change.execute("SELECT count(*) FROM event_time WHERE event_id = ?", (meeting.event_id,)).fetchone()[0]
    if times > 1:
        change.delete("event_time", meeting.id)
    else:
        change.delete("event", meeting.event_id)
