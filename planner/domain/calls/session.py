"""The arithmetic of a calling session: the call clock, the gap clock, and the pace (S17, S18).

Instants (since 1970 UTC) and durations are whole seconds. What the screen shows and what is logged both come from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

AMBER, RED = 150, 180  # seconds of a call: wind up; over
LONGEST_AWAY = 300  # longer than this with the program closed was no gap between two calls but a pause
SPRINT_CALLS, SPRINT_SECONDS = 25, 45 * 60


@dataclass(frozen=True, slots=True)
class CallTimer:
    """Where a session stands. `began` and `ended` are the call's, whose outcome is still to come; `gap_from` since when
    nobody is called; `paused_at` since when there is a pause.
    """

    began: int | None = None
    ended: int | None = None
    gap_from: int | None = None
    paused_at: int | None = None

    @property
    def talking(self) -> bool:
        """Whether the call clock runs."""
        return self.began is not None and self.ended is None

    @property
    def in_call(self) -> bool:
        """Whether a call was begun whose outcome isn't said."""
        return self.began is not None

    def call_seconds(self, now: int) -> int:
        """How long the call is, or was."""
        if self.began is None:
            return 0
        return max(0, (now if self.ended is None else self.ended) - self.began)

    def gap_seconds(self, now: int) -> int | None:
        """How long nobody has been called, or hadn't before this call; None before the first."""
        if self.gap_from is None:
            return None
        until = self.began if self.began is not None else self.paused_at if self.paused_at is not None else now
        return max(0, until - self.gap_from)

    def press(self, now: int) -> CallTimer:
        """Start the call; stop its clock; let it go on."""
        standing = self.resumed(now)
        if standing.began is None:
            return replace(standing, began=now, ended=None)
        return replace(standing, ended=now if standing.ended is None else None)

    def stopped(self, now: int) -> CallTimer:
        """The call clock stopped, as an outcome does; a call that was never started is one of no length."""
        standing = self.resumed(now)
        began = now if standing.began is None else standing.began
        return replace(standing, began=began, ended=now if standing.ended is None else standing.ended)

    def finished(self) -> CallTimer:
        """After the outcome: the gap to the next call runs from the end of this one."""
        return CallTimer(gap_from=self.ended)

    def paused(self, now: int) -> CallTimer:
        """Paused between two calls; a call isn't paused."""
        return self if self.began is not None or self.paused_at is not None else replace(self, paused_at=now)

    def resumed(self, now: int) -> CallTimer:
        """Going on: the pause is no gap."""
        if self.paused_at is None:
            return self
        gap_from = None if self.gap_from is None else self.gap_from + max(0, now - self.paused_at)
        return replace(self, gap_from=gap_from, paused_at=None)

    def pause_seconds(self, now: int) -> int:
        """How long the pause is by now."""
        return 0 if self.paused_at is None else max(0, now - self.paused_at)

    def come_back(self, now: int, seen: int) -> CallTimer:
        """After the program was closed: a call goes on; a long absence since the last key, `seen`, is a pause."""
        return self if now - seen <= LONGEST_AWAY else self.paused(seen)


@dataclass(frozen=True, slots=True)
class Tally:
    """What the log says of a session: calls, seconds of talk, the gaps that are known and their sum."""

    calls: int = 0
    talk: int = 0
    gaps: int = 0
    gap_sum: int = 0

    @property
    def average_gap(self) -> float | None:
        """Seconds; None before the second call."""
        return self.gap_sum / self.gaps if self.gaps else None

    @property
    def average_talk(self) -> float | None:
        """Seconds; None before the first call."""
        return self.talk / self.calls if self.calls else None

    def plus(self, seconds: int, gap: int | None) -> Tally:
        """With one call more."""
        known = gap is not None
        return Tally(self.calls + 1, self.talk + seconds, self.gaps + known, self.gap_sum + (gap or 0))


def per_hour(calls: int, seconds: int) -> float | None:
    """Calls an hour; None before the first call and in the first minute, which say nothing yet."""
    return calls * 3600 / seconds if calls and seconds >= 60 else None


def needed_per_hour(left: int, minutes: int) -> float | None:
    """Calls an hour that make what is left within some minutes; None when no time is left."""
    return max(0, left) * 60 / minutes if minutes > 0 else None


def warning(seconds: int, amber: int = AMBER, red: int = RED) -> str:
    """How a call of some length looks: "", ``amber`` or ``red``."""
    return "red" if seconds >= red else "amber" if seconds >= amber else ""


def clock(seconds: float | None) -> str:
    """``01:12``, ``1:02:03``; a dash where it isn't known."""
    if seconds is None:
        return "–"
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 60:02}:{whole % 60:02}"


def sprint_over(calls: int, seconds: int) -> bool:
    """Whether a sprint has its 25 calls or its 45 minutes."""
    return calls >= SPRINT_CALLS or seconds >= SPRINT_SECONDS


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint that is over: its day, its calls and its seconds."""

    day: str
    calls: int
    seconds: int

    @property
    def pace(self) -> float:
        """Calls an hour."""
        return self.calls * 3600 / max(1, self.seconds)


def record(sprints: Iterable[Sprint]) -> Sprint | None:
    """The best sprint: the quickest of those with 25 calls, else the one with the most calls."""
    return max(sprints, key=lambda one: (min(one.calls, SPRINT_CALLS), one.pace), default=None)
