"""Keys typed faster than screens open: each waits until the one before it has done what it does.

Textual sends every key at once to whatever has the focus just then. Of ``aCall Kim⏎`` typed while the form of ``a`` is
still being opened, all that is behind the ``a`` would be lost, or taken for keys of the screen beneath.

What comes faster than anybody types, into a field that is open already, is a paste of a terminal that sends it as keys:
its line ends are lines, not ⏎, and its tabs blanks.
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

LONGEST = 2.0  # seconds that keys are held: whatever went wrong, no key stays unanswered
LONGEST_READING = 30.0  # where a form is still read for: its keys must not reach the screen beneath
AGAIN = 0.05  # seconds after which it is looked again whether they still have to be


PAUSE = 0.05  # seconds without a key that end a burst of them
FAST = 0.0015  # seconds between two keys that nobody types; within a paste it is microseconds
LINE_ENDS = ("enter", "ctrl+j")


class Pace:
    """How fast keys come: whether they are typed, or pasted by a terminal that doesn't say so."""

    def __init__(self) -> None:
        self._last = 0.0
        self._gaps = self._fast = 0
        self._into_field = False
        self.pasted: list[events.Key] = []
        """The keys of a paste from its first line end, while it may still go on."""

    def takes(self, event: events.Key, into_field: Callable[[], bool]) -> bool:
        """Look at the next key, and whether a field would get it now. Returns whether it is held back as pasted."""
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
        """What was held back: a paste, or the one key that ended a line typed very fast."""
        keys, self.pasted = self.pasted, []
        text = "".join(
            "" if key.key == "ctrl+j" and before is not None and before.key == "enter"  # CR and LF are one line end
            else "\n" if key.key in LINE_ENDS
            else "\t" if key.key == "tab"
            else key.character or ""
            for before, key in zip((None, *keys), keys, strict=False)
        )  # fmt: skip
        return keys[0] if len(text) == 1 else events.Paste(text)


class KeyPassed(Message):
    """Sent behind a key on the way that it goes: where this comes by, the key has been dealt with.

    A field answers a key by a message of its own (``Submitted``), which goes that way next: `again` is the widget that
    it is to be sent to once more.
    """

    def __init__(self, number: int, again: Widget | None) -> None:
        super().__init__()
        self.number = number
        self.again = again


class Postponed:
    """What a key asks for while services are under way: it is done behind them, unless it was called off before."""

    def __init__(self) -> None:
        self.is_finished = False

    def cancel(self) -> None:
        """It isn't waited for any more."""
        self.is_finished = True


class TypeAhead:
    """The keys that wait, and the one that is under way."""

    def __init__(self) -> None:
        self.waiting: deque[events.Key | events.Paste] = deque()
        self.screen: Screen[object] | None = None
        """The screen that the key under way was sent to; None where none is under way."""
        self.target: Screen[object] | Widget | None = None
        self.pace = Pace()
        self.number = 0
        self.since = 0.0
        self.asking: Worker[None] | Postponed | None = None
        """The reading that opens a form when it is done."""
        self.longest = LONGEST_READING
        self.leavable = True
        self.passed = False
        """Whether the key under way has been dealt with, but for what is read for it."""

    @property
    def is_asking(self) -> bool:
        """Whether a form is still to be opened, or something else that a key asked for is still to be done."""
        return self.asking is not None and not self.asking.is_finished

    @property
    def is_held(self) -> bool:
        """Whether the keys wait for what is asked, and not too long yet."""
        return self.is_asking and time.monotonic() - self.since < self.longest

    @property
    def busy(self) -> bool:
        """Whether the next key has to wait: not for what has left with its form, and never long."""
        if self.is_asking:
            return self.is_held
        if self.screen is None:
            return False
        return time.monotonic() - self.since < LONGEST and self.target is not None and self.target.is_attached

    def send(self, screen: Screen[object], focused: Widget | None) -> KeyPassed:
        """A key is sent to a screen, or a widget of it; what is sent behind it."""
        if not self.is_held:
            self.asking = None  # it was waited for long enough: no key more waits for it
        self.screen, self.target, self.since = screen, focused or screen, time.monotonic()
        self.number += 1
        self.passed = False
        return KeyPassed(self.number, focused)

    def ask(self, asking: Worker[None] | Postponed, *, leavable: bool, longest: float) -> None:
        """Hold the keys until this is done, whether or not a key is under way."""
        self.asking, self.leavable, self.longest, self.since = asking, leavable, longest, time.monotonic()

    def leave_asking(self) -> bool:
        """Call the reading off where esc waits behind it, with the keys that were typed for its form. Returns whether
        it was.
        """
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
        """The key under way is dealt with: the next, if one waits."""
        self.screen = self.target = None
        return self.waiting.popleft() if self.waiting else None
