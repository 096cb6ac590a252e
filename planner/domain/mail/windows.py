"""Email windows: their states, their clock and the adherence to them (S8, `maths.md` 7).

On the quick path: plain values and no imports. An opening is the log's record of a window: (opens, planned minutes,
opened, closed or None while open, emails). Instants are seconds since 1970 UTC.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Opening = tuple[str, int, int, int | None, int]

LOOK_COSTS = 0.2  # of the day's score, per look outside a window
LEFT_OPEN = 2  # multiple of its minutes charged for a window left open overnight


class Window:
    """An email window of a day. `state` is closed (not due yet, or waiting to be opened), open, overrun, done or
    missed. `minutes` is None if it was never opened, `seconds` is how long it has been open.
    """

    __slots__ = ("closes", "letters", "minutes", "opens", "planned", "seconds", "state")

    def __init__(self, opens: str, planned: int) -> None:
        self.opens, self.planned = opens, planned
        self.closes = clock(minutes_of(opens) + planned)
        self.state = "closed"
        self.minutes: int | None = None
        self.seconds = 0
        self.letters = 0

    @property
    def running(self) -> bool:
        """Whether its clock is running."""
        return self.state in ("open", "overrun")

    @property
    def left(self) -> int:
        """Seconds until it overruns, below 0 once it has."""
        return self.planned * 60 - self.seconds


def minutes_of(text: str) -> int:
    """Return the minutes after midnight of ``13:00``."""
    return int(text[:2]) * 60 + int(text[3:5])


def clock(minute: int) -> str:
    """Format a minute as ``13:30``, never past the end of the day."""
    minute = min(minute, 24 * 60 - 1)
    return f"{minute // 60:02}:{minute % 60:02}"


def states(
    planned: Sequence[tuple[str, int]],
    openings: Iterable[Opening],
    minute: int,
    instant: float,
    *,
    due: bool = True,
    over: bool = False,
    began: int = 0,
) -> list[Window]:
    """Return the windows of a day at `minute` of it (below 0 before the day), `instant` being now.

    `planned` is (opens, minutes) of each. One opened under other settings keeps its own. No window is missed on a day
    off (not `due`), or if it opened before `began`, the minute of first use. On a day that is `over` no clock is
    running, and windows left open count twice their minutes.
    """
    found = {opens: Window(opens, minutes) for opens, minutes in planned}
    running = set()
    for opens, minutes, opened, closed, letters in openings:
        window = found.setdefault(opens, Window(opens, minutes))
        window.planned, window.closes = minutes, clock(minutes_of(opens) + minutes)
        if closed is None and over:
            window.seconds += LEFT_OPEN * minutes * 60
        else:
            window.seconds += max(0, int(instant if closed is None else closed) - opened)
        window.letters += letters
        window.state = "done"
        if closed is None and not over:
            running.add(opens)
    for window in found.values():
        if window.state == "done":
            if window.opens in running:
                window.state = "overrun" if window.left <= 0 else "open"
            window.minutes = int(window.seconds / 60 + 0.5)
        elif due and began <= minutes_of(window.opens) and minute >= minutes_of(window.closes):
            window.state = "missed"
    return sorted(found.values(), key=lambda window: window.opens)


def state_of(windows: Iterable[Window]) -> str:
    """Return the state of mail as a whole: open, overrun or closed."""
    return next((window.state for window in windows if window.running), "closed")


def running(windows: Iterable[Window]) -> Window | None:
    """Return the window whose clock is running."""
    return next((window for window in windows if window.running), None)


def to_open(windows: Iterable[Window], minute: int) -> Window | None:
    """Return the window that may be opened now because it is its time, even if it was open before."""
    return next(
        (
            window
            for window in windows
            if not window.running and minutes_of(window.opens) <= minute < minutes_of(window.closes)
        ),
        None,
    )


def next_open(windows: Iterable[Window], minute: int) -> str | None:
    """Return when mail opens next today, None after the last window. One waiting to be opened doesn't count."""
    return next((window.opens for window in windows if minutes_of(window.opens) > minute), None)


def score(window: Window) -> float | None:
    """Return the score of a window: 1, less for each minute over its time (0 at twice its minutes), 0 if missed, None
    if still to come. Computed in whole minutes, as displayed.
    """
    if window.state == "missed":
        return 0.0
    if window.minutes is None:
        return None
    return max(0.0, 1.0 - max(0, window.minutes - window.planned) / window.planned)


def adherence(windows: Iterable[Window], looks: int) -> float | None:
    """Return the mail part of a day: the mean window score less a fifth per look outside, at least 0, or None if no
    window was due yet.
    """
    scores = [found for window in windows if (found := score(window)) is not None]
    return max(0.0, sum(scores) / len(scores) - LOOK_COSTS * looks) if scores else None


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean over days that had a window due."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def is_falling(weeks: Sequence[float | None]) -> bool:
    """Whether adherence fell two weeks in a row. `weeks` are oldest first and end with the last full one."""
    if len(weeks) < 3:
        return False
    before, between, last = weeks[-3:]
    return before is not None and between is not None and last is not None and before > between > last


def per_minute(letters: int, minutes: int) -> float | None:
    """Return emails per minute, None for 0 minutes."""
    return letters / minutes if minutes else None
