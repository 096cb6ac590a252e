"""Shows the progress of long work on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

Item = TypeVar("Item")


class Terminal:
    """A progress line on stderr for work that takes longer than half a second."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._shown = False
        self._live = sys.stderr.isatty()

    def __call__(self, what: str, done: int, of: int) -> None:
        if self._live and time.monotonic() - self._begun > 0.5:
            amount = "" if not done else f" {done:,}" + (f" of {of:,}" if of else "")
            print(f"\r\033[K{what}{amount} …", end="", file=sys.stderr, flush=True)
            self._shown = True

    def clear(self) -> None:
        """Erase the line."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._shown = False

    def wrap(self, show: Callable[[Item], None]) -> Callable[[Item], None]:
        """Wrap `show` so that the line is erased before it prints."""

        def shown_clear(item: Item) -> None:
            self.clear()
            show(item)

        return shown_clear
