"""A pseudo-terminal with timeouts long enough for a busy machine."""

from __future__ import annotations

from collections.abc import Sequence

import bench.terminal
from tests.tui.helpers import COMPACT, PATIENCE


class Terminal(bench.terminal.Terminal):
    """A child process in its own pseudo-terminal."""

    def __init__(self, command: Sequence[str], env: dict[str, str], size: tuple[int, int] = COMPACT) -> None:
        super().__init__(command, env, size)

    def __enter__(self) -> Terminal:
        return self

    def wait(self, wanted: bytes, seconds: float = PATIENCE, *, start: int = 0) -> float:
        """Wait until `wanted` is painted. Returns the seconds since the start."""
        return super().wait(wanted, seconds, start=start)

    def exit_code(self) -> int:
        """Wait for the program to end and return its exit code."""
        return self._process.wait(PATIENCE)
