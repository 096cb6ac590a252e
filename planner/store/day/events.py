"""Queries and changes of imported calendars' events and the time they take out of a day.

As with other imports, their rows carry the id of the change that added them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from planner.domain.day.events import A_DAY, EPOCH, Event, EventTime, Timed
from planner.store import metadata
from planner.store.mapper import Mapper, stored_column
from planner.store.recorder import Recorder

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

TIMES = Mapper(EventTime, "event_time", start=stored_column("start_at"), end=stored_column("end_at"))


def on_day(reads: Reads, day: date) -> list[Timed]:
    """Return the event times that touch a day."""
    rows = _select_touching(
        reads,
        "event_time.id, event.title, (SELECT outcome FROM meeting_outcome WHERE meeting_outcome.event_id = event.id"
        " AND meeting_outcome.start_at = event_time.start_at),"
        " coalesce((SELECT name FROM calendar WHERE calendar.id = event.calendar_id), '')",
        day,
        day,
    )
    return [
        Timed(key, title, TIMES.from_row(row), outcome or "", calendar) for key, title, outcome, calendar, *row in rows
    ]


def times_between(
    reads: Reads, first: date, last: date, *, foreign: bool = True
) -> list[tuple[str, str, str, EventTime]]:
    """Return the times that touch a range of days, each with its event's UID, title and place, by start time. Those of
    other calendars only if `foreign`.
    """
    rows = _select_touching(reads, "event.uid, event.title, event.place, event.source", first, last)
    return [
        (uid, title, place, TIMES.from_row(row)) for uid, title, place, source, *row in rows if foreign or not source
    ]


def _select_touching(reads: Reads, columns: str, first: date, last: date) -> Iterable[Sequence[Any]]:
    """Select columns of the times touching a range of days and of their events, then the times' own columns."""
    begin, end = datetime.combine(first, time()), datetime.combine(last, time()) + timedelta(days=1)
    floating = (round((end - EPOCH).total_seconds()), round((begin - EPOCH).total_seconds()))
    absolute = (round(end.timestamp()), round(begin.timestamp()))
    return reads.execute(
        f"SELECT {columns}, {TIMES.columns} FROM event_time"
        " JOIN event ON event.id = event_time.event_id"
        " WHERE (floating = 0 AND start_at < ? AND end_at > ?) OR (floating = 1 AND start_at < ? AND end_at > ?)"
        " ORDER BY start_at, event_time.id",
        (*absolute, *floating),
    )


def whole_days(reads: Reads, since: date) -> list[tuple[str, list[EventTime]]]:
    """Return the finite events that take whole days from a date on, each as its title and all its times."""
    begin = round((datetime.combine(since, time()) - EPOCH).total_seconds()) - A_DAY
    rows = reads.execute(
        f"SELECT event.id, event.title, {TIMES.columns} FROM event_time JOIN event ON event.id = event_time.event_id"
        " WHERE event.until IS NULL AND event.id IN (SELECT event_id FROM event_time WHERE busy = 1 AND end_at > ?"
        " AND (all_day = 1 OR end_at - start_at >= ?)) ORDER BY event.id, start_at",
        (begin, A_DAY),
    )
    found: dict[int, tuple[str, list[EventTime]]] = {}
    for event_id, title, *row in rows:
        found.setdefault(event_id, (title, []))[1].append(TIMES.from_row(row))
    return list(found.values())


def database_uid(reads: Reads) -> str:
    """Return the database's unique id, used in the UIDs of what it exports."""
    found = metadata.get(reads, "uid")
    assert found is not None, "every database has one from its making"
    return found


@dataclass
class Counts:
    """How many events an import added, changed and found unchanged, and how many are gone."""

    made: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0


def take(
    reads: Reads, events: Sequence[Event], now: int, change: Writer | None = None, calendar_id: int | None = None
) -> Counts:
    """Take in the events that are new or changed: an import under a Recorder, or for a subscribed calendar, whose they
    become. Without a change, only count them.
    """
    rows = reads.execute("SELECT id, uid, source, calendar_id FROM event").fetchall()
    known = {uid: (row_id, source, owner) for row_id, uid, source, owner in rows}
    counts = Counts()
    for event in events:
        there = known.get(event.uid)
        unchanged = there is not None and _is_unchanged(reads, there[0], there[1], event)
        if unchanged and there is not None and calendar_id in (None, there[2]):
            counts.same += 1
            continue
        if there is None:
            counts.made += 1
        else:
            counts.changed += 1
        if change is not None:
            row_id = _put(change, None if there is None else there[0], event, now, calendar_id)
            known[event.uid] = (row_id, event.source, calendar_id)
    return counts


def _put(change: Writer, row_id: int | None, event: Event, now: int, calendar_id: int | None) -> int:
    """Write an event and its times, all carrying the change's id if it is recorded. Returns the event's id."""
    change_id = change.id if isinstance(change, Recorder) else None
    values = {
        "title": event.title,
        "place": event.place,
        "source": event.source,
        "until": None if event.until is None else event.until.isoformat(),
        # on its previous times too: times filled in later are undone along with it
        "change_id": change_id,
    }
    if calendar_id is not None:
        values["calendar_id"] = calendar_id
    if row_id is None:
        values |= {"uid": event.uid, "created_at": now}
        change.bulk("event", tuple(values), [tuple(values.values())])
        row_id = int(change.execute("SELECT id FROM event WHERE uid = ?", (event.uid,)).fetchone()[0])
    elif change_id is None:
        change.update("event", row_id, **values)
        _set_times(change, row_id, event.times)
        return row_id
    else:
        _drop_times(change, row_id)
        change.update("event", row_id, **values)
    put_times(change, row_id, event.times, change_id)
    return row_id


def _set_times(writer: Writer, event_id: int, times: Sequence[EventTime]) -> None:
    """Make an event's times those given, each under the id that it had, so that a moved meeting is still the same one
    to who marks it.
    """
    rows = writer.execute(f"SELECT id, {TIMES.columns} FROM event_time WHERE event_id = ? ORDER BY id", (event_id,))
    there = {row[0]: TIMES.from_row(row[1:]) for row in rows}
    left, free = Counter(times), []
    for key, each in there.items():
        if left[each]:
            left[each] -= 1
        else:
            free.append(key)
    wanted = list(left.elements())
    for key, each in zip(free, wanted, strict=False):
        writer.update("event_time", key, **TIMES.values(each))
    for key in free[len(wanted) :]:
        writer.delete("event_time", key)
    put_times(writer, event_id, wanted[len(free) :], None)
    # of an import that the calendar has taken over, so that undoing it leaves them
    writer.execute("UPDATE event_time SET change_id = NULL WHERE event_id = ? AND change_id IS NOT NULL", (event_id,))


def _drop_times(change: Writer, event_id: int) -> None:
    for (key,) in change.execute("SELECT id FROM event_time WHERE event_id = ?", (event_id,)).fetchall():
        change.delete("event_time", key)


def _is_unchanged(reads: Reads, event_id: int, source: str, event: Event) -> bool:
    """Whether an event is unchanged: the same text, or the same times from a different text."""
    title, place, until = reads.execute("SELECT title, place, until FROM event WHERE id = ?", (event_id,)).fetchone()
    if event.until is not None:
        # its times are extended automatically
        return _without_calendar(source) == _without_calendar(event.source) and until is not None
    rows = reads.execute(
        "SELECT start_at, end_at, floating, all_day, busy, title FROM event_time WHERE event_id = ? ORDER BY id",
        (event_id,),
    )
    times = tuple(EventTime(row[0], row[1], bool(row[2]), bool(row[3]), bool(row[4]), row[5]) for row in rows)
    return (title, place, until, _local_times(times)) == (event.title, event.place, None, _local_times(event.times))


_CALENDAR = re.compile(r"^X-WR-CALNAME:.*\r\n", re.MULTILINE)


def _without_calendar(source: str) -> str:
    """Return an event's text without the calendar it came with, which older ones don't say."""
    return _CALENDAR.sub("", source)


def missing(reads: Reads, title: str, uids: Set[str], now: int) -> list[tuple[str, str, int, EventTime]]:
    """Return the events of a calendar that aren't over and have none of some UIDs: their UID and title, and the id and
    moment of their next time.
    """
    rows = reads.execute(
        f"SELECT event.uid, event.title, event_time.id, {TIMES.columns} FROM event"
        " JOIN event_time ON event_time.event_id = event.id"
        " WHERE instr(event.source, ?) AND end_at > ? ORDER BY start_at DESC",
        (f"\r\nX-WR-CALNAME:{title}\r\n", now),
    )
    found = {uid: (uid, name, time_id, TIMES.from_row(row)) for uid, name, time_id, *row in rows if uid not in uids}
    return sorted(found.values(), key=lambda each: each[3].start)


def _local_times(times: Sequence[EventTime]) -> list[tuple[datetime, datetime, bool, bool, str]]:
    """Return times as local wall-clock values, so that one without a zone that comes back in UTC counts as the same."""
    return sorted((*each.local(), each.all_day, each.busy, each.title) for each in times)


def put_times(writer: Writer, event_id: int, times: Sequence[EventTime], change_id: int | None) -> None:
    """Write the times of an event under the change that added it."""
    names = ("event_id", "start_at", "end_at", "floating", "all_day", "busy", "title", "change_id")
    writer.bulk("event_time", names, [(event_id, *TIMES.values(each).values(), change_id) for each in times])


def running_out(reads: Reads, before: date) -> list[tuple[int, str, date]]:
    """Return endlessly repeating events filled in only to a day before `before`, as id, source and that day."""
    rows = reads.execute(
        "SELECT id, source, until FROM event WHERE until IS NOT NULL AND until < ?", (before.isoformat(),)
    )
    return [(key, source, date.fromisoformat(until)) for key, source, until in rows]


def refill(writer: Writer, event_id: int, times: Sequence[EventTime], until: date) -> None:
    """Add an event's missing times, under the same change as its existing ones."""
    change_id = writer.execute("SELECT change_id FROM event WHERE id = ?", (event_id,)).fetchone()[0]
    rows = writer.execute("SELECT start_at, floating FROM event_time WHERE event_id = ?", (event_id,))
    known = {(start, bool(floating)) for start, floating in rows}
    last = max((start for start, _ in known), default=0)
    fresh = [each for each in times if each.start > last and (each.start, each.floating) not in known]
    put_times(writer, event_id, fresh, change_id)
    writer.update("event", event_id, until=until.isoformat())


def count_known(reads: Reads, uids: Iterable[str]) -> int:
    """Return how many events have one of the given UIDs."""
    return sum(reads.execute("SELECT count(*) FROM event WHERE uid = ?", (uid,)).fetchone()[0] for uid in uids)


def drop(change: Recorder, uids: Iterable[str]) -> None:
    """Delete events and their times by UID."""
    for uid in uids:
        for (key,) in change.execute("SELECT id FROM event WHERE uid = ?", (uid,)).fetchall():
            change.delete("event", key)


def link(change: Recorder, uid: str, contact_id: int) -> None:
    """Say who an event is with, unless that is known already."""
    for (key,) in change.execute("SELECT id FROM event WHERE uid = ? AND contact_id IS NULL", (uid,)).fetchall():
        change.update("event", key, contact_id=contact_id)


def repeating(reads: Reads) -> set[str]:
    """Return the UIDs of the events that occur more than once."""
    rows = reads.execute(
        "SELECT uid FROM event JOIN event_time ON event_time.event_id = event.id GROUP BY uid"
        " HAVING count(*) > 1 OR max(until) IS NOT NULL"
    )
    return {uid for (uid,) in rows}
