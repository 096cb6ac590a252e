"""Times a calling session: the call clock, the gap clock and the pace (S17, S18).

Instants (since 1970 UTC) and durations are whole seconds. Both the screen and the log take their figures from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

AMBER, RED = 150, 180  # seconds of a call: wind up, over
LONGEST_AWAY = 300  # seconds with the program closed beyond which it was a pause, not a gap
SPRINT_CALLS, SPRINT_SECONDS = 25, 45 * 60


@dataclass(frozen=True, slots=True)
class CallTimer:
    """The state of a session's clocks. `began` and `ended` are those of the call without an outcome yet, `gap_from`
    when the gap since the last call began, `paused_at` when a pause began.
    """

    began: int | None = None
    ended: int | None = None
    gap_from: int | None = None
    paused_at: int | None = None

    @property
    def talking(self) -> bool:
        """Whether the call clock is running."""
        return self.began is not None and self.ended is None

    @property
    def in_call(self) -> bool:
        """Whether a call has begun that has no outcome yet."""
        return self.began is not None

    def call_seconds(self, now: int) -> int:
        """Return the length of the call so far, or in all."""
        if self.began is None:
            return 0
        return max(0, (now if self.ended is None else self.ended) - self.began)

    def gap_seconds(self, now: int) -> int | None:
        """Return the gap since the last call, or before this one, and None before the first."""
        if self.gap_from is None:
            return None
        until = self.began if self.began is not None else self.paused_at if self.paused_at is not None else now
        return max(0, until - self.gap_from)

    def press(self, now: int) -> CallTimer:
        """Start the call, stop its clock, or let it go on."""
        standing = self.resumed(now)
        if standing.began is None:
            return replace(standing, began=now, ended=None)
        return replace(standing, ended=now if standing.ended is None else None)

    def stopped(self, now: int) -> CallTimer:
        """Stop the call clock, as an outcome does. A call that was never started has length 0."""
        standing = self.resumed(now)
        began = now if standing.began is None else standing.began
        return replace(standing, began=began, ended=now if standing.ended is None else standing.ended)

    def finished(self) -> CallTimer:
        """Return the state after an outcome: the gap to the next call starts at the end of this one."""
        return CallTimer(gap_from=self.ended)

    def paused(self, now: int) -> CallTimer:
        """Pause between two calls. A call itself isn't paused."""
        return self if self.began is not None or self.paused_at is not None else replace(self, paused_at=now)

    def resumed(self, now: int) -> CallTimer:
        """Resume, leaving the pause out of the gap."""
        if self.paused_at is None:
            return self
        gap_from = None if self.gap_from is None else self.gap_from + max(0, now - self.paused_at)
        return replace(self, gap_from=gap_from, paused_at=None)

    def pause_seconds(self, now: int) -> int:
        """Return the length of the pause so far."""
        return 0 if self.paused_at is None else max(0, now - self.paused_at)

    def come_back(self, now: int, seen: int) -> CallTimer:
        """Restore after the program was closed: a call goes on, a long absence since `seen` (last key) is a pause."""
        return self if now - seen <= LONGEST_AWAY else self.paused(seen)


@dataclass(frozen=True, slots=True)
class Tally:
    """Totals of a session from the log: calls, seconds of conversation, the number of known gaps and their sum."""

    calls: int = 0
    talk: int = 0
    gaps: int = 0
    gap_sum: int = 0

    @property
    def average_gap(self) -> float | None:
        """Seconds, None before the second call."""
        return self.gap_sum / self.gaps if self.gaps else None

    @property
    def average_talk(self) -> float | None:
        """Seconds, None before the first call."""
        return self.talk / self.calls if self.calls else None

    def plus(self, seconds: int, gap: int | None) -> Tally:
        """Return the tally with one more call."""
        known = gap is not None
        return Tally(self.calls + 1, self.talk + seconds, self.gaps + known, self.gap_sum + (gap or 0))


def per_hour(calls: int, seconds: int) -> float | None:
    """Return calls per hour, None before the first call and in the first minute, which are too early to tell."""
    return calls * 3600 / seconds if calls and seconds >= 60 else None


def needed_per_hour(left: int, minutes: int) -> float | None:
    """Return the calls per hour needed to finish within some minutes, None if no time is left."""
    return max(0, left) * 60 / minutes if minutes > 0 else None


def warning(seconds: int, amber: int = AMBER, red: int = RED) -> str:
    """Return the colour of a call of this length: "", ``amber`` or ``red``."""
    return "red" if seconds >= red else "amber" if seconds >= amber else ""


def clock(seconds: float | None) -> str:
    """Format as ``01:12`` or ``1:02:03``, a dash if unknown."""
    if seconds is None:
        return "–"
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 60:02}:{whole % 60:02}"


def sprint_over(calls: int, seconds: int) -> bool:
    """Whether a sprint has reached 25 calls or 45 minutes."""
    return calls >= SPRINT_CALLS or seconds >= SPRINT_SECONDS


@dataclass(frozen=True, slots=True)
class Sprint:
    """A finished sprint: its day, calls and seconds."""

    day: str
    calls: int
    seconds: int

    @property
    def pace(self) -> float:
        """Calls per hour."""
        return self.calls * 3600 / max(1, self.seconds)


def record(sprints: Iterable[Sprint]) -> Sprint | None:
    """Return the best sprint: the fastest with 25 calls, else the one with the most calls."""
    return max(sprints, key=lambda one: (min(one.calls, SPRINT_CALLS), one.pace), default=None)
