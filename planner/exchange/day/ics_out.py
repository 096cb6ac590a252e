"""Exports the rep's days as iCalendar (RFC 5545), with alarms, so that a phone rings.

Written by the library `icalendar`. Times are in UTC, so that they are the same instants wherever they are read. The
same thing keeps its UID, so that a second import elsewhere updates the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar

from planner.domain.day.events import UTC

PRODUCT = "-//planner//planner//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a day to export. Times are local and naive, or dates for whole days (the end is the day after the
    last).

    `alarm` is how many minutes before its start it rings, None for no alarm.
    """

    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    about: str = ""
    place: str = ""
    alarm: int | None = None
    busy: bool = True


def write(entries: Sequence[Entry], now: datetime, name: str) -> bytes:
    """Return a calendar of the entries as bytes. `now` is local and dates this edition, so later ones rank higher."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    stamp = now.astimezone(UTC).replace(microsecond=0)
    for entry in entries:
        event = icalendar.Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", stamp)
        event.add("sequence", int(stamp.timestamp()) // 60)
        event.add("summary", entry.title)
        event.add("dtstart", _instant(entry.start))
        event.add("dtend", _instant(entry.end))
        event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
        if entry.about:
            event.add("description", entry.about)
        if entry.place:
            event.add("location", entry.place)
        if entry.alarm is not None:
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.title)
            alarm.add("trigger", timedelta(minutes=-entry.alarm))
            event.add_component(alarm)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _instant(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
