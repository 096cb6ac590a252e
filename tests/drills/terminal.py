"""A terminal that waits as long as a machine with much else to do may take."""

from __future__ import annotations

import bench.terminal
from tests.tui.helpers import PATIENCE


class Terminal(bench.terminal.Terminal):
    """A child in a terminal of its own."""

    def __enter__(self) -> Terminal:
        return self

    def wait(self, wanted: bytes, seconds: float = PATIENCE, *, start: int = 0) -> float:
        """Wait until something is painted; the seconds since the start."""
        return super().wait(wanted, seconds, start=start)

    def exit_code(self) -> int:
        """What the program ended with."""
        return self._process.wait(PATIENCE)
