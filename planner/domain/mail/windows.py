"""Mail in windows: their states, the clock, and what they are worth (S8; `maths.md` 7).

On the quick path: plain values and no imports. An opening is what the log has of a window that was opened: (opens,
planned minutes, opened, closed or None while it is open, letters); instants are seconds since 1970 UTC.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Opening = tuple[str, int, int, int | None, int]

LOOK_COSTS = 0.2  # of the day's score, for each look outside a window
LEFT_OPEN = 2  # times its minutes: what a window counts as that nobody closed on its day


class Window:
    """A window of a day. `state` is closed (its time is to come, or it waits to be opened), open, overrun, done or
    missed; `minutes` is None where it was never opened; `seconds` those it has been open.
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
        """Whether its clock runs."""
        return self.state in ("open", "overrun")

    @property
    def left(self) -> int:
        """Seconds until it is overrun; below 0 once it is."""
        return self.planned * 60 - self.seconds


def minutes_of(text: str) -> int:
    """Minutes after midnight of ``13:00``."""
    return int(text[:2]) * 60 + int(text[3:5])


def clock(minute: int) -> str:
    """``13:30``; never past the end of the day."""
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
    """The windows of a day at `minute` of it (below 0: the day is to come), `instant` being now.

    `planned` is (opens, minutes) of each; one that was opened under other settings stands as it was. On a day that
    asks for no work (not `due`) none is missed, and none that opened before the minute at which the program was first
    used (`began`). A day that is `over` has no running clock: what nobody closed counts
    twice its minutes.
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
    """The state of mail as a whole: open, overrun or closed."""
    return next((window.state for window in windows if window.running), "closed")


def running(windows: Iterable[Window]) -> Window | None:
    """The window whose clock runs."""
    return next((window for window in windows if window.running), None)


def to_open(windows: Iterable[Window], minute: int) -> Window | None:
    """The window that may be opened now: its time is on, whether it was open already or not."""
    return next(
        (
            window
            for window in windows
            if not window.running and minutes_of(window.opens) <= minute < minutes_of(window.closes)
        ),
        None,
    )


def next_open(windows: Iterable[Window], minute: int) -> str | None:
    """When mail opens next on the day; None after the last window. One that waits to be opened is no next one."""
    return next((window.opens for window in windows if minutes_of(window.opens) > minute), None)


def score(window: Window) -> float | None:
    """What a window counts: 1, less for each minute over its time (0 at twice its minutes), 0 missed; None while it is
    still to come. Reckoned in whole minutes, as they are shown.
    """
    if window.state == "missed":
        return 0.0
    if window.minutes is None:
        return None
    return max(0.0, 1.0 - max(0, window.minutes - window.planned) / window.planned)


def adherence(windows: Iterable[Window], looks: int) -> float | None:
    """The mail part of a day: the mean of its windows' scores less a fifth for each look outside, at least 0; None
    where no window was due yet.
    """
    scores = [found for window in windows if (found := score(window)) is not None]
    return max(0.0, sum(scores) / len(scores) - LOOK_COSTS * looks) if scores else None


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of the days that had a window due."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def falling(weeks: Sequence[float | None]) -> bool:
    """Whether adherence fell for two weeks in a row. `weeks` oldest first, the last one that is over at the end."""
    if len(weeks) < 3:
        return False
    before, between, last = weeks[-3:]
    return before is not None and between is not None and last is not None and before > between > last


def per_minute(letters: int, minutes: int) -> float | None:
    """Letters a minute; None without a minute."""
    return letters / minutes if minutes else None
