"""Events of a calendar, and the times at which they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from planner.domain.blocks import MIDNIGHT, Busy

A_DAY = 24 * 3600
UTC = timezone.utc  # noqa: UP017 - the name that says what it is, also on the hot side
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class EventTime:
    """One time of an event: seconds since 1970 UTC, or as if UTC were local time where it is `floating`.

    An all-day one is floating, its end the midnight after its last day. `title` where this one is called otherwise.
    """

    start: int
    end: int
    floating: bool = False
    all_day: bool = False
    busy: bool = True
    title: str = ""

    def local(self) -> tuple[datetime, datetime]:
        """Begin and end in the local time of this machine, naive."""
        if self.floating:
            return EPOCH + timedelta(seconds=self.start), EPOCH + timedelta(seconds=self.end)
        return datetime.fromtimestamp(self.start), datetime.fromtimestamp(self.end)


@dataclass(frozen=True, slots=True)
class Event:
    """An event with its times. `source` is its text (iCalendar); `until` the last day its times reach, None where it
    ends by itself.
    """

    uid: str
    title: str
    times: tuple[EventTime, ...]
    source: str
    place: str = ""
    until: date | None = None


def busy_on(day: date, times: list[tuple[str, EventTime]]) -> list[Busy]:
    """What some times, each with its event's title, take of a day.

    Those of whole days, and those that last a day and more, take nothing, but are named.
    """
    found = []
    midnight = datetime.combine(day, datetime.min.time())
    for title, each in times:
        start, end = each.local()
        if each.all_day or each.end - each.start >= A_DAY:
            if start < midnight + timedelta(days=1) and end > midnight:
                found.append(Busy(0, 0, each.title or title, all_day=True))
            continue
        if not each.busy:
            continue
        first = max(0, int((start - midnight).total_seconds() // 60))
        if not each.floating and start >= midnight:  # the length it has, whatever the clocks do meanwhile
            end = start + timedelta(seconds=each.end - each.start)
        last = min(MIDNIGHT, -int((midnight - end).total_seconds() // 60))
        if first < last:
            found.append(Busy(first, last, each.title or title))
    return sorted(found, key=lambda busy: (busy.first, busy.last, busy.title))
