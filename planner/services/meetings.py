"""Meetings of one's own: entered, listed, moved, dropped; they fill the day as those of an imported calendar do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from planner.domain.errors import InputError, StateError
from planner.domain.events import EventTime
from planner.domain.tasks import Due
from planner.domain.text import clean
from planner.services.blocks import check_free
from planner.services.calls import find_contact
from planner.services.desk import Desk
from planner.services.live import Live
from planner.store import meetings as store

LONGEST = 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting: local begin and end. `own`: entered here, so that it can be moved and dropped."""

    id: int
    title: str
    place: str
    start: datetime
    end: datetime
    contact: str | None
    own: bool


def add(
    desk: Desk,
    title: str,
    due: Due,
    *,
    minutes: int = 60,
    place: str = "",
    contact: str | None = None,
    knowingly: bool = False,
) -> Meeting:
    """Enter a meeting. One in family or sleep is refused, unless `knowingly`."""
    start = _start(due, minutes)
    text = clean(title)
    if not text:
        raise InputError("A meeting needs a title, or whom it is with.")
    contact_id = None
    if contact is not None:
        found = find_contact(desk, contact)
        if found is None:
            raise StateError(f"There is no contact {contact!r}; `planner contact add` makes one.")
        contact_id = found[0]
    if not knowingly:
        check_free(desk, start)
    with closing(Live(desk)) as live, live.writing() as handle:
        meeting_id = store.add(
            handle, contact_id, text[:200], str(due), minutes, clean(place)[:200], int(desk.clock.timestamp())
        )
        return _one(handle, meeting_id)


def _start(due: Due, minutes: int) -> datetime:
    if due.at is None:
        raise InputError("At what hour? Write it like thu 11, or tomorrow 14:30.")
    if not 1 <= minutes <= LONGEST:
        raise InputError(f"A meeting takes from 1 to {LONGEST:,} minutes, not {minutes:,}.")
    return datetime.combine(due.day, due.at)


def listed(desk: Desk) -> list[Meeting]:
    """The meetings from today on, in the order of their begin."""
    with closing(Live(desk)) as live, live.reading() as handle:
        if handle is None:
            return []
        midnight = datetime.combine(desk.today(), datetime.min.time())
        return [_meeting(row) for row in store.since(handle, int(midnight.timestamp()))]


def move(desk: Desk, meeting_id: int, due: Due, *, knowingly: bool = False) -> Meeting:
    """Put a meeting of one's own to another time; its length stays."""
    start = _start(due, 1)
    if not knowingly:
        check_free(desk, start)
    with closing(Live(desk)) as live, live.writing() as handle:
        _own(handle, meeting_id)
        store.move(handle, meeting_id, int(start.timestamp()), int(desk.clock.timestamp()))
        return _one(handle, meeting_id)


def drop(desk: Desk, meeting_id: int) -> Meeting:
    """Drop a meeting of one's own."""
    with closing(Live(desk)) as live, live.writing() as handle:
        found = _own(handle, meeting_id)
        store.drop(handle, meeting_id, int(desk.clock.timestamp()))
        return found


def _own(handle: sqlite3.Connection, meeting_id: int) -> Meeting:
    found = _one(handle, meeting_id)
    if not found.own:
        raise StateError(f"{found.title} came with a calendar; change it there, and import it again.")
    return found


def _one(handle: sqlite3.Connection, meeting_id: int) -> Meeting:
    row = store.one(handle, meeting_id)
    if row is None:
        raise StateError(f"There is no meeting {meeting_id}; `planner meeting list` shows those there are.")
    return _meeting(row)


def _meeting(row: tuple[int, str, str, int, int, int, str | None, int]) -> Meeting:
    start, end = EventTime(row[3], row[4], bool(row[5])).local()
    return Meeting(row[0], row[1], row[2], start, end, row[6], bool(row[7]))
