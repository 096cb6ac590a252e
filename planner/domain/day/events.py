"""Calendar events and the times at which they occur."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from planner.domain import formats
from planner.domain.day.blocks import MIDNIGHT, Busy
from planner.domain.workdays import DAY, Period, WorkCalendar

A_DAY = 24 * 3600
LONGEST_OFF = 92  # days beyond which an all-day event is a project, not a vacation
UTC = timezone.utc  # noqa: UP017 - the name that says what it is, also on the hot side
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class EventTime:
    """One occurrence of an event: seconds since 1970 UTC, or local time read as UTC if `floating`.

    An all-day one is floating and ends at the midnight after its last day. `title` is set if the event's differs.
    """

    start: int
    end: int
    floating: bool = False
    all_day: bool = False
    busy: bool = True
    title: str = ""

    def local(self) -> tuple[datetime, datetime]:
        """Return the naive start and end in this machine's local time."""
        if self.floating:
            return EPOCH + timedelta(seconds=self.start), EPOCH + timedelta(seconds=self.end)
        return datetime.fromtimestamp(self.start), datetime.fromtimestamp(self.end)


@dataclass(frozen=True, slots=True)
class Event:
    """An event with its times. `source` is its iCalendar text. `until` is the last day covered by its times, None if
    the event ends by itself.
    """

    uid: str
    title: str
    times: tuple[EventTime, ...]
    source: str
    place: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A calendar that is read again and again.

    `source` says where its secret address is kept, or is ``vdir:`` and a path. `place` is what may be shown of it: the
    server or the path. A `local` one may be on this machine or its network. `etag`, `modified` and `digest` are those
    of the last good answer. `fetched_at` and `tried_at` are seconds since 1970 UTC. `problem` is the sentence about a
    failed try, empty after a good one.
    """

    id: int
    name: str
    source: str
    place: str
    local: bool
    etag: str = ""
    modified: str = ""
    digest: str = ""
    fetched_at: int | None = None
    tried_at: int | None = None
    problem: str = ""

    def due(self, now: float, every: int) -> bool:
        """Whether it is to be read again: `every` so many seconds, and a quarter of that after a failure. A clock that
        was set back doesn't stop it.
        """
        if self.tried_at is None:
            return True
        return not 0 <= now - self.tried_at < (every // 4 if self.problem else every)


def calendar_problems(states: Sequence[tuple[str, int | None, str]], today: date) -> list[str]:
    """Return a sentence for each calendar whose last try failed: (name, when it was last read well, the problem)."""
    found = []
    for name, fetched, problem in states:
        if problem:
            since = "" if fetched is None else f" since {formats.near_text(datetime.fromtimestamp(fetched), today)}"
            found.append(f"{name} not refreshed{since}: {problem}")
    return found


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting: local start and end (`start_at` as stored), the contact, and its outcome.

    `own`: entered here, so it can be moved and dropped. `outcome` is ``held``, ``no-show`` or empty. `outcome_id` is
    the log row of the outcome, or of the question about it. `id` is that of its time, `event_id` that of the event.
    `calendar` is the subscribed calendar it is from, empty for others.
    """

    id: int
    event_id: int
    title: str
    place: str
    start: datetime
    end: datetime
    start_at: int
    contact_id: int | None
    contact: str | None
    own: bool
    outcome: str = ""
    outcome_id: int | None = None
    calendar: str = ""

    @property
    def who(self) -> str:
        """The contact it is with, else its title."""
        return self.contact or self.title

    @property
    def span(self) -> str:
        """``Mon 16 Nov 14:00–15:00``."""
        return f"{formats.when_text(self.start)}–{self.end:%H:%M}"

    @property
    def minutes(self) -> int:
        """Its length in minutes."""
        return int((self.end - self.start).total_seconds()) // 60

    def state(self, now: datetime) -> str:
        """Return ``held``, ``no-show``, ``over`` (without an outcome yet), ``now`` or ``planned``."""
        if self.outcome:
            return self.outcome
        return "planned" if now < self.start else "now" if now < self.end else "over"


@dataclass(frozen=True, slots=True)
class Timed:
    """An event time that touches a day: its id, the event's title, the outcome and the subscribed calendar, if any."""

    id: int
    title: str
    time: EventTime
    outcome: str = ""
    calendar: str = ""


def busy_on(day: date, times: Sequence[Timed]) -> list[Busy]:
    """Return the time that events take on a day.

    All-day events, and those that last a day or more, take none but are named.
    """
    found = []
    midnight = datetime.combine(day, datetime.min.time())
    for timed in times:
        title, each = timed.title, timed.time
        start, end = each.local()
        if each.all_day or each.end - each.start >= A_DAY:
            if start < midnight + timedelta(days=1) and end > midnight:
                found.append(Busy(0, 0, each.title or title, all_day=True))
            continue
        if not each.busy:
            continue
        first = max(0, int((start - midnight).total_seconds() // 60))
        if not each.floating and start >= midnight:  # keep its real length across a clock change
            end = start + timedelta(seconds=each.end - each.start)
        last = min(MIDNIGHT, -int((midnight - end).total_seconds() // 60))
        if first < last:
            found.append(
                Busy(
                    first,
                    last,
                    each.title or title,
                    meeting_id=timed.id,
                    outcome=timed.outcome or None,
                    calendar=timed.calendar,
                )
            )
    return sorted(found, key=lambda busy: (busy.first, busy.last, busy.title))


@dataclass(frozen=True, slots=True)
class TimeOff:
    """A run of days that the calendar shows as busy but planner counts as worked, so they may be days off."""

    title: str
    days: Period

    @property
    def span(self) -> str:
        """The days in the form `planner calendar off` takes: ``2026-12-24..2026-12-31``."""
        first, last = self.days.first, self.days.last
        return first.isoformat() if first == last else f"{first}..{last}"

    def sentence(self) -> str:
        """Return a sentence that reports it and says how to take it off."""
        when = formats.days_text(self.days.first, self.days.last)
        return (
            f"{self.title} ({when}) is all day in your calendar but still counts as working time. If you're off: "
            f"planner calendar off {self.span}"
        )


def whole_days(time: EventTime) -> Period | None:
    """Return the dates covered by an all-day time, or one of a day or more, and None for a shorter one."""
    start, end = time.local()
    if not time.all_day and time.end - time.start < A_DAY:
        return None
    return Period(start.date(), max(start.date(), (end - timedelta(microseconds=1)).date()))


def time_off(events: Iterable[tuple[str, Iterable[EventTime]]], calendar: WorkCalendar, today: date) -> list[TimeOff]:
    """Return the all-day busy events (title, times) that may be days off the rep's calendar doesn't have yet.

    Only a single unbroken run of days from today on qualifies, because a recurring one is work. A run without worked
    days is already known, and one with an exception of the rep's is already decided.
    """
    found: dict[Period, TimeOff] = {}
    for title, times in events:
        runs: list[Period] = []
        for each in sorted(times, key=lambda time: time.start):
            days = whole_days(each)
            if days is None or not each.busy:
                runs = []
                break
            if runs and days.first <= runs[-1].last + DAY:
                runs[-1] = Period(runs[-1].first, max(runs[-1].last, days.last))
            else:
                runs.append(days)
        left = runs[0].from_day(today) if len(runs) == 1 else None
        if left is None or (left.last - left.first).days >= LONGEST_OFF:
            continue
        if any(calendar.is_working_day(day) for day in left) and not any(day in calendar.exceptions for day in left):
            found.setdefault(left, TimeOff(title, left))
    return sorted(found.values(), key=lambda each: (each.days.first, each.days.last))
