"""Queues keys typed faster than screens open, so that each waits until the previous one has taken effect.

Textual sends every key at once to whatever has the focus at that moment. If ``aCall Kim⏎`` is typed while the form
behind ``a`` is still opening, the rest would be lost or taken as keys of the screen below.

Keys that arrive in an open field faster than anyone types come from a terminal that sends a paste as keys. Their line
ends then mean lines, not ⏎, and their tabs mean spaces.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen
    from textual.widget import Widget
    from textual.worker import Worker

LONGEST = 2.0  # seconds that keys are held, so that no key goes unanswered whatever goes wrong
LONGEST_READING = 30.0  # the same while a form is loading, as its keys must not reach the screen below
AGAIN = 0.05  # seconds between checks of whether keys still have to wait


PAUSE = 0.05  # seconds without a key that end a burst
FAST = 0.0015  # seconds between keys, less than anyone types in, while within a paste it is microseconds
LINE_ENDS = ("enter", "ctrl+j")


class Pace:
    """Distinguishes typed keys from those of a paste that the terminal doesn't mark as one."""

    def __init__(self) -> None:
        self._last = 0.0
        self._gaps = self._fast = 0
        self._into_field = False
        self.pasted: list[events.Key] = []
        """The keys of a possibly unfinished paste, from its first line end."""

    def takes(self, event: events.Key, into_field: Callable[[], bool]) -> bool:
        """Register the next key. Returns whether it is held back as part of a paste into a field."""
        gap, self._last = event.time - self._last, event.time
        if gap > PAUSE or gap < 0:
            self._gaps = self._fast = 0
            self._into_field = into_field()
        else:
            self._gaps += 1
            self._fast += gap < FAST
        line_end = event.key in LINE_ENDS or event.key == "tab"
        if self.pasted:
            taken = gap <= PAUSE and (line_end or event.is_printable)
        else:
            taken = line_end and self._into_field and self._gaps >= 3 and self._fast * 2 > self._gaps
        if taken:
            self.pasted.append(event)
        return taken

    def finish(self) -> events.Key | events.Paste:
        """Return what was held back as a paste, or as the one key that ended a line typed very fast."""
        keys, self.pasted = self.pasted, []
        text = "".join(
            "" if key.key == "ctrl+j" and before is not None and before.key == "enter"  # CR LF is a single line end
            else "\n" if key.key in LINE_ENDS
            else "\t" if key.key == "tab"
            else key.character or ""
            for before, key in zip((None, *keys), keys, strict=False)
        )  # fmt: skip
        return keys[0] if len(text) == 1 else events.Paste(text)


class KeyPassed(Message):
    """Sent after a key along the same route, so that its arrival means the key has been handled.

    A field responds to a key with a message of its own (``Submitted``), which takes that route next. `again` is the
    widget to send this message to once more.
    """

    def __init__(self, number: int, again: Widget | None) -> None:
        super().__init__()
        self.number = number
        self.again = again


class Postponed:
    """An action deferred until the running services are done, unless it is cancelled first."""

    def __init__(self) -> None:
        self.is_finished = False

    def cancel(self) -> None:
        """Mark the action as no longer pending."""
        self.is_finished = True


class TypeAhead:
    """The queue of waiting keys, and the key being handled."""

    def __init__(self) -> None:
        self.waiting: deque[events.Key | events.Paste] = deque()
        self.screen: Screen[object] | None = None
        """The screen that the current key was sent to, None if there is no current key."""
        self.target: Screen[object] | Widget | None = None
        self.pace = Pace()
        self.number = 0
        self.since = 0.0
        self.asking: Worker[None] | Postponed | None = None
        """The load that opens a form when it is done."""
        self.longest = LONGEST_READING
        self.leavable = True
        self.passed = False
        """Whether the current key has been handled, apart from what is being loaded for it."""

    @property
    def is_asking(self) -> bool:
        """Return whether a form or another action that a key asked for is still pending."""
        return self.asking is not None and not self.asking.is_finished

    @property
    def is_held(self) -> bool:
        """Return whether keys still wait for a pending action, within the time limit."""
        return self.is_asking and time.monotonic() - self.since < self.longest

    @property
    def busy(self) -> bool:
        """Return whether the next key has to wait. It never waits long, nor for a widget that is gone."""
        if self.is_asking:
            return self.is_held
        if self.screen is None:
            return False
        return time.monotonic() - self.since < LONGEST and self.target is not None and self.target.is_attached

    def send(self, screen: Screen[object], focused: Widget | None) -> KeyPassed:
        """Register a key sent to a screen or its focused widget. Returns the message to send after it."""
        if not self.is_held:
            self.asking = None  # it took too long, so no more keys wait for it
        self.screen, self.target, self.since = screen, focused or screen, time.monotonic()
        self.number += 1
        self.passed = False
        return KeyPassed(self.number, focused)

    def ask(self, asking: Worker[None] | Postponed, *, leavable: bool, longest: float) -> None:
        """Hold the keys until `asking` is done, whether or not a key is being handled."""
        self.asking, self.leavable, self.longest, self.since = asking, leavable, longest, time.monotonic()

    def leave_asking(self) -> bool:
        """If esc is waiting, cancel the load and discard all keys up to the esc. Returns whether that happened."""
        if self.asking is None or not (self.is_asking and self.leavable):
            return False
        behind = next((n for n, event in enumerate(self.waiting) if getattr(event, "key", "") == "escape"), None)
        if behind is None:
            return False
        for _ in range(behind + 1):
            self.waiting.popleft()
        self.asking.cancel()
        self.asking = None
        return True

    def free(self) -> events.Key | events.Paste | None:
        """Finish the current key and return the next one, if any."""
        self.screen = self.target = None
        return self.waiting.popleft() if self.waiting else None
