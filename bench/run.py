"""The first table of ratios: `python -m bench.run` (`make bench`).

Every figure is a ratio between two programs run in turn in one session, because absolute times drift with the machine.
The goals are those of the issue at hand and, in brackets, of the finished program.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.terminal import Terminal
from tests.scenes import typical

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


@dataclass
class Row:
    """One figure against its measure, in milliseconds (KiB for memory), and the goal for the ratio."""

    what: str
    ours: list[float]
    measure: list[float]
    goal: str

    def line(self) -> str:
        """As a line of the table."""
        ours, measure = statistics.median(self.ours), statistics.median(self.measure)
        pairs = sorted(a / b for a, b in zip(self.ours, self.measure, strict=True))
        spread = f"{pairs[0]:.2f}–{pairs[-1]:.2f}"
        return f"{self.what:<46}{ours:>10.1f}{measure:>10.1f}{ours / measure:>8.2f}  {spread:<12}{self.goal}"


def in_turn(runs: int, ours: Callable[[], float], measure: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Both in turn, once for nothing and then `runs` times."""
    ours(), measure()
    first, second = [], []
    for _ in range(runs):
        first.append(ours())
        second.append(measure())
    return first, second


def timed(command: list[str], env: dict[str, str]) -> float:
    """Milliseconds of a whole process."""
    start = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    return 1000 * (time.perf_counter() - start)


def started(command: list[str], env: dict[str, str], wanted: bytes) -> float:
    """Milliseconds from the start until something is painted."""
    with Terminal(command, env) as terminal:
        return 1000 * terminal.wait(wanted)


def resident(command: list[str], env: dict[str, str], wanted: bytes) -> float:
    """KiB once something is painted and all is still."""
    with Terminal(command, env) as terminal:
        terminal.wait(wanted)
        terminal.settle()
        return terminal.resident()


def keys(command: list[str], env: dict[str, str], wanted: bytes, count: int, before: int) -> list[float]:
    """Milliseconds from each of `count` keys until its figure is painted; `before` is the count at the start."""
    found = []
    with Terminal(command, env) as terminal:
        terminal.wait(wanted)
        terminal.settle()
        for number in range(1, count + 1):
            position = len(terminal.output)
            start = time.perf_counter()
            terminal.press("d")
            terminal.wait(f"{before + number:,}".encode(), start=position)
            found.append(1000 * (time.perf_counter() - start))
            terminal.settle(0.02)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--keys", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        desk = typical(Path(folder))
        # as installed: with bytecode, and with a buffered output
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        env = {**plain, "PLANNER_DB": desk.path, "PLANNER_CONFIG": desk.settings_path}
        env |= {"PLANNER_NOW": "2026-11-16T09:42", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        planner = str(BIN / "planner")
        python = str(BIN / "python")
        bare = [python, str(ROOT / "bench" / "bare.py")]
        nothing = [python, "-c", "import sqlite3"]
        subprocess.run([planner, "today"], env=env, check=True, capture_output=True)
        rows = []
        for name, words, goal in (
            ("planner log dial", ["log", "dial"], "≤ 1.8 (1.3)"),
            ("planner status", ["status"], "≤ 1.8 (1.3)"),
            ("planner today", ["today"], "≤ 1.8 (1.3)"),
            ("planner today --json", ["today", "--json"], "≤ 1.8 (1.3)"),
        ):
            ours, measure = in_turn(
                options.runs * 2, partial(timed, [planner, *words], env), partial(timed, nothing, env)
            )
            rows.append(Row(f"{name} ÷ import sqlite3", ours, measure, goal))
        # the figures come with the first paint; the footer's "quit" only with the live screen
        for name, text, goal in (
            ("start to figures readable ÷ bare app", b"1,400,000", "(0.2)"),
            ("start to interactive Today ÷ bare app", b"quit", "≤ 1.3 (1.15)"),
        ):
            ours, measure = in_turn(
                options.runs,
                partial(started, [planner], env, text),
                partial(started, bare, env, b"ready-to-work"),
            )
            rows.append(Row(name, ours, measure, goal))
        ours, measure = in_turn(
            5, lambda: resident([planner], env, b"quit"), lambda: resident(bare, env, b"ready-to-work")
        )
        rows.append(Row("memory there ÷ bare app (KiB)", ours, measure, "(1.2)"))
        ours, measure = [], []
        for _ in range(3):
            before = int(
                subprocess.run([planner, "status"], env=env, check=True, capture_output=True, text=True)
                .stdout.split()[1]
                .split("/")[0]
            )
            ours += keys([planner], env, b"quit", options.keys, before)
            measure += keys([*bare, "counter"], env, b"ready-to-work", options.keys, 0)
        rows.append(Row("key → committed → painted ÷ bare counter", ours, measure, "≤ 2 (1.7)"))
        tail = 99 * len(ours) // 100
        rows.append(Row("  the same, 99th percentile", [sorted(ours)[tail]], [sorted(measure)[tail]], "(2.5)"))
    print(f"{'':<46}{'ours':>10}{'measure':>10}{'ratio':>8}  {'pairs':<12}goal")
    for row in rows:
        print(row.line())


if __name__ == "__main__":
    main()
