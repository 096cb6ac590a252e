"""Events of imported calendars, and what they take of a day.

Like those of other imports, their rows carry the id of the change that brought them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from planner.domain.day.events import A_DAY, EPOCH, Event, EventTime, Timed
from planner.store import metadata
from planner.store.mapper import Mapper, stored

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Recorder, Writer

TIMES = Mapper(EventTime, "event_time", start=stored("start_at"), end=stored("end_at"))


def on(reads: Reads, day: date) -> list[Timed]:
    """The times that touch a day."""
    rows = _touching(
        reads,
        "event_time.id, event.title, (SELECT outcome FROM meeting_outcome WHERE meeting_outcome.event_id = event.id"
        " AND meeting_outcome.start_at = event_time.start_at)",
        day,
        day,
    )
    return [Timed(key, title, TIMES.of(row), outcome or "") for key, title, outcome, *row in rows]


def between(reads: Reads, first: date, last: date) -> list[tuple[str, str, str, EventTime]]:
    """The times that touch a run of days, each with its event's UID, title and place, in the order of their begin."""
    rows = _touching(reads, "event.uid, event.title, event.place", first, last)
    return [(uid, title, place, TIMES.of(row)) for uid, title, place, *row in rows]


def _touching(reads: Reads, columns: str, first: date, last: date) -> Iterable[Sequence[Any]]:
    """Columns of the times that touch a run of days and of their events, then those of the times themselves."""
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
    """The events that end by themselves and take whole days from a date on: title and all times of each."""
    begin = round((datetime.combine(since, time()) - EPOCH).total_seconds()) - A_DAY
    rows = reads.execute(
        f"SELECT event.id, event.title, {TIMES.columns} FROM event_time JOIN event ON event.id = event_time.event_id"
        " WHERE event.until IS NULL AND event.id IN (SELECT event_id FROM event_time WHERE busy = 1 AND end_at > ?"
        " AND (all_day = 1 OR end_at - start_at >= ?)) ORDER BY event.id, start_at",
        (begin, A_DAY),
    )
    found: dict[int, tuple[str, list[EventTime]]] = {}
    for event_id, title, *row in rows:
        found.setdefault(event_id, (title, []))[1].append(TIMES.of(row))
    return list(found.values())


def database_uid(reads: Reads) -> str:
    """What this database is called everywhere, for UIDs of what it writes out."""
    found = metadata.get(reads, "uid")
    assert found is not None, "every database has one from its making"
    return found


@dataclass
class Counts:
    """What an import of events made, changed and found the same."""

    made: int = 0
    changed: int = 0
    same: int = 0


def take(reads: Reads, events: Sequence[Event], now: int, change: Recorder | None = None) -> Counts:
    """Take events in: new ones, and those that say something else than before; without a change, only count them."""
    rows = reads.execute("SELECT id, uid, source FROM event").fetchall()
    known = {uid: (row_id, source) for row_id, uid, source in rows}
    counts = Counts()
    for event in events:
        there = known.get(event.uid)
        if there is not None and _same(reads, there[0], there[1], event):
            counts.same += 1
            continue
        if there is None:
            counts.made += 1
        else:
            counts.changed += 1
        if change is not None:
            known[event.uid] = (_put(change, None if there is None else there[0], event, now), event.source)
    return counts


def _put(change: Recorder, row_id: int | None, event: Event, now: int) -> int:
    """Write an event with its times; all of them carry the change's id. Returns the event's id."""
    values = {
        "title": event.title,
        "place": event.place,
        "source": event.source,
        "until": None if event.until is None else event.until.isoformat(),
        # also where it stood before: times that are filled in later go with it when it is undone
        "change_id": change.id,
    }
    if row_id is None:
        values |= {"uid": event.uid, "created_at": now}
        change.bulk("event", tuple(values), [tuple(values.values())])
        row_id = int(change.execute("SELECT id FROM event WHERE uid = ?", (event.uid,)).fetchone()[0])
    else:
        _drop_times(change, row_id)
        change.update("event", row_id, **values)
    put_times(change, row_id, event.times, change.id)
    return row_id


def _drop_times(change: Recorder, event_id: int) -> None:
    for (key,) in change.execute("SELECT id FROM event_time WHERE event_id = ?", (event_id,)).fetchall():
        change.delete("event_time", key)


def _same(reads: Reads, event_id: int, source: str, event: Event) -> bool:
    """Whether an event says what it said before: the same text, or the same times by another."""
    title, place, until = reads.execute("SELECT title, place, until FROM event WHERE id = ?", (event_id,)).fetchone()
    if event.until is not None:
        return source == event.source and until is not None  # it is filled in further by itself
    rows = reads.execute(
        "SELECT start_at, end_at, floating, all_day, busy, title FROM event_time WHERE event_id = ? ORDER BY id",
        (event_id,),
    )
    times = tuple(EventTime(row[0], row[1], bool(row[2]), bool(row[3]), bool(row[4]), row[5]) for row in rows)
    return (title, place, until, _ordered(times)) == (event.title, event.place, None, _ordered(event.times))


def _ordered(times: Sequence[EventTime]) -> list[tuple[datetime, datetime, bool, bool, str]]:
    """Times as they are read off the wall here: one without a zone that comes back in UTC is the same."""
    return sorted((*each.local(), each.all_day, each.busy, each.title) for each in times)


def put_times(writer: Writer, event_id: int, times: Sequence[EventTime], change_id: int | None) -> None:
    """Write the times of an event, which belong to the change that it came with."""
    names = ("event_id", "start_at", "end_at", "floating", "all_day", "busy", "title", "change_id")
    writer.bulk("event_time", names, [(event_id, *TIMES.values(each).values(), change_id) for each in times])


def running_out(reads: Reads, before: date) -> list[tuple[int, str, date]]:
    """The events that repeat without end and are filled in only to a day before `before`: id, source, that day."""
    rows = reads.execute(
        "SELECT id, source, until FROM event WHERE until IS NOT NULL AND until < ?", (before.isoformat(),)
    )
    return [(key, source, date.fromisoformat(until)) for key, source, until in rows]


def refill(writer: Writer, event_id: int, times: Sequence[EventTime], until: date) -> None:
    """Add the times of an event that it hasn't yet. They belong to the change that the others came with."""
    change_id = writer.execute("SELECT change_id FROM event WHERE id = ?", (event_id,)).fetchone()[0]
    rows = writer.execute("SELECT start_at, floating FROM event_time WHERE event_id = ?", (event_id,))
    known = {(start, bool(floating)) for start, floating in rows}
    last = max((start for start, _ in known), default=0)
    fresh = [each for each in times if each.start > last and (each.start, each.floating) not in known]
    put_times(writer, event_id, fresh, change_id)
    writer.update("event", event_id, until=until.isoformat())


def there(reads: Reads, uids: Iterable[str]) -> int:
    """How many events of some UIDs there are."""
    return sum(reads.execute("SELECT count(*) FROM event WHERE uid = ?", (uid,)).fetchone()[0] for uid in uids)


def drop(change: Recorder, uids: Iterable[str]) -> None:
    """Delete events by their UIDs, with their times."""
    for uid in uids:
        for (key,) in change.execute("SELECT id FROM event WHERE uid = ?", (uid,)).fetchall():
            change.delete("event", key)


def repeating(reads: Reads) -> set[str]:
    """The UIDs of the events that come more than once."""
    rows = reads.execute(
        "SELECT uid FROM event JOIN event_time ON event_time.event_id = event.id GROUP BY uid"
        " HAVING count(*) > 1 OR max(until) IS NOT NULL"
    )
    return {uid for (uid,) in rows}
