"""Shows the progress of long work in a worker, and lets the rep stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from planner.domain.errors import StateError

LONG = 0.5  # seconds before progress is shown
EVERY = 0.1  # seconds between updates


class Work:
    """A long task in a worker, passed to a service as its progress callback. `tell` is called in the worker with the
    text.
    """

    def __init__(self, tell: Callable[[Work, str], None], stopped: str) -> None:
        self.show_info = tell
        self._sentence = stopped
        self._stop = Event()
        self._begun = time.monotonic()
        self._told = 0.0

    def __call__(self, what: str, done: int, of: int) -> None:
        if self._stop.is_set():
            raise StateError(self._sentence)
        now = time.monotonic()
        if now - self._begun > LONG and now - self._told > EVERY:
            self._told = now
            amount = "" if not done else f" {done:,}" + (f" of {of:,}" if of else "")
            self.show_info(self, f"{what}{amount} …")

    @property
    def stopped(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Stop the work at its next progress call, with nothing changed."""
        self._stop.set()
