"""The only place that asks what time it is.

`PLANNER_NOW=2026-11-23T09:00` starts the clock there and lets it run on (demos, screenshots, tests). Local time is
naive, as a rep reads it off the wall, with the UTC instant stored beside it. On the quick path: nothing but `datetime`
(which sqlite3 loads anyway), `os` and `time`.
"""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timedelta

from planner.domain.errors import InputError

VARIABLE = "PLANNER_NOW"


class Clock:
    """The rep's local time. `started` is a local start time, None follows the system.

    `turns_at` is the minute after midnight at which the rep's day turns (`day.turns_at`). Until then it is still the
    day before.
    """

    def __init__(self, started: datetime | None = None, turns_at: int = 0) -> None:
        self.turns_at = turns_at
        self._offset = 0.0 if started is None else started.timestamp() - time.time()
        self._monotonic = None if started is None else time.monotonic()
        self._started = None if started is None else started.timestamp()

    @classmethod
    def from_environment(cls, turns_at: int = 0) -> Clock:
        """Return the clock set by `PLANNER_NOW`, or the system's. Raises InputError for an unreadable value."""
        text = os.environ.get(VARIABLE, "")
        if not text:
            return cls(turns_at=turns_at)
        try:
            started = datetime.fromisoformat(text)
        except ValueError as error:
            raise InputError(f"{VARIABLE}={text!r} isn't a time. Write it like 2026-11-23T09:00.") from error
        if not 1971 <= started.year <= 2199:
            raise InputError(f"{VARIABLE}={text!r} is out of range. Use a year from 1971 to 2199.")
        if started.tzinfo is not None:
            started = started.astimezone().replace(tzinfo=None)
        return cls(started, turns_at)

    def timestamp(self) -> float:
        """Return seconds since 1970 UTC."""
        if self._started is None or self._monotonic is None:
            return time.time()
        return self._started + time.monotonic() - self._monotonic

    def now(self) -> datetime:
        """Return local time, naive."""
        return datetime.fromtimestamp(self.timestamp())

    def today(self) -> date:
        """Return the rep's local date."""
        return self.day_of(self.now())

    def day_of(self, moment: datetime) -> date:
        """Return the rep's day that a local time belongs to."""
        return (moment - timedelta(minutes=self.turns_at)).date() if self.turns_at else moment.date()


class FixedClock(Clock):
    """A clock that stands still until it is moved, for tests and screenshots."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def timestamp(self) -> float:
        return self.moment.timestamp()


class LateClock(Clock):
    """A clock some seconds behind another one, for what was done then and arrives only now."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__(turns_at=clock.turns_at)
        self._clock, self._seconds = clock, seconds

    def timestamp(self) -> float:
        return self._clock.timestamp() - self._seconds
