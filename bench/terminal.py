"""Run a program in a pseudo-terminal and wait for what it paints."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from types import TracebackType

CONTROL = re.compile(rb"\x1b\[[0-9;?<>=:]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")


class Terminal:
    """A child process in its own pseudo-terminal. Times are seconds since it was started."""

    def __init__(self, command: Sequence[str], env: dict[str, str], size: tuple[int, int] = (120, 36)) -> None:
        self.output = b""
        self.handle, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.started = time.perf_counter()
        # the terminal has its own size, whatever the size of the one we run in
        env = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}
        # not pty.fork: the test workers have threads, and forking a threaded process may hang
        self._process = subprocess.Popen(
            list(command), env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        self.pid = self._process.pid
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        os.close(self.handle)
        self._process.wait()

    def wait(self, wanted: bytes, seconds: float = 20.0, *, start: int = 0) -> float:
        """Wait until `wanted` is in the text painted since position `start`. Returns seconds since the start."""
        until = time.perf_counter() + seconds
        while wanted not in self.text(start):
            left = until - time.perf_counter()
            if left <= 0:
                raise TimeoutError(f"{wanted!r} was not painted; the last was {self.text()[-300:]!r}")
            self.read(left)
        return time.perf_counter() - self.started

    def text(self, start: int = 0) -> bytes:
        """The painted text without control sequences."""
        return CONTROL.sub(b"", self.output[start:])

    def read(self, seconds: float) -> bool:
        """Read what arrives within a time. Returns whether anything did."""
        ready, _, _ = select.select([self.handle], [], [], seconds)
        if not ready:
            return False
        try:
            self.output += os.read(self.handle, 65536)
        except OSError as error:
            raise EOFError(f"the program has ended: {self.text()[-300:]!r}") from error
        return True

    def exit_code(self) -> int:
        """Wait for the program to end and return its exit code."""
        return self._process.wait(20)

    def settle(self, seconds: float = 0.3) -> None:
        """Read until the output goes quiet."""
        while self.read(seconds):
            pass

    def press(self, keys: str) -> None:
        """Type keys."""
        self.send(keys.encode())

    def send(self, data: bytes) -> None:
        """Send raw bytes."""
        os.write(self.handle, data)

    def resident(self) -> int:
        """Resident memory in KiB (Linux)."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
