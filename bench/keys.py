"""What each key costs, on every screen and by amount of data: `python -m bench.keys`.

The program runs in a pseudo-terminal, as a rep runs it: with its real driver, its threads and its own event loop. Under
Textual's pilot, the test's loop, the headless driver and the pilot's own waiting would be in every figure, and painting
wouldn't be. A key is followed from the moment it is typed until the terminal and the processor are quiet:

- *first* and *last*: milliseconds until the first and the last byte it paints
- *CPU*: milliseconds of processor time of the whole process, all threads, by the system's clock for that process,
  less what the program spends while idle (its look at the clock every second)

All three are medians; *cold* is the CPU of the first time, with whatever is imported for it. The keys of a bare Textual
counter (`bench.bare`) are measured the same way in the same run. Databases are kept between runs (`--made`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench import data
from bench.run import BARE, PYTHON, ROOT, environment
from bench.terminal import Terminal
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.connection import SCHEMA_VERSION
from tests.scenes import context_at, typical

QUIET = 0.3  # seconds without output, less than half the blink of a cursor
BUSY = 0.02  # share of a processor above which the program still works
LONGEST = 20.0

NAMED = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "delete": "\x1b[3~",
    "space": " ",
    "ctrl+p": "\x10",
    "ctrl+u": "\x15",
    "shift+right": "\x1b[1;2C",
}

# By screen: what to type for it on Today, then the steps in order. A step is "what it does: its key", or "- key" if
# only needed to get there or back. They leave everything as it was.
SCREENS: dict[str, tuple[str, str]] = {
    "today": (
        "1",
        "down: down|up: up|- down down down down|count a call: d|its outcome: 1|undo: u|redo: U|undo: u"
        "|count a conversation: c|- u"
        "|task down: J|task up: K|undo: u|- u|tick: x|untick: x|- u|- u|snooze: z|undo: u"
        "|add form: a|type: c|- a l l|enter: enter|undo: u|find: /|type: g|type: i|- ctrl+u esc"
        "|win form: w|- esc|quota form: g|- esc|why: y|- esc|day form: b|- esc|triage: T|- esc|distraction: s|- esc"
        "|email form: M|- esc|meeting: h|- esc|help: ?|- esc|palette: ctrl+p|type: p|- esc|resize order: R|- u",
    ),
    "day": (
        "t",
        "up: up|down: down|later: J|earlier: K|longer: +|shorter: -|undo: u|- u u u|kept: x|undo: u|drop: delete"
        "|undo: u|edit form: e|- esc|new form: n|- esc|next day: right|previous day: left|leave: esc",
    ),
    "week": ("W", "down: down|right: right|later: J|undo: u|longer: +|- u|edit form: e|- esc|next: ]|- [|leave: esc"),
    "list": (
        "l",
        "down: down|pagedown: pagedown|end: end|home: home|drop: delete|undo: u|after: right|- left|leave: esc",
    ),
    "calls": (
        "2",
        "start: space|outcome: 1|undo: u|next step: down|sheet: tab|skip: s|- u|note: n|type: g|- ctrl+u esc"
        "|insight: i|- esc|objection: /|- esc|leave: esc",
    ),
    "plan": (
        "3",
        "down: down|right: right|day off: o|undo: u|half day: h|- u|previous month: [|next month: ]|quarter: s"
        "|year: s|month: s|quota form: g|- esc|what-if: tab|more calls: right|more calls: right|- esc|why: y|- esc"
        "|leave: esc",
    ),
    "goals": ("4", "down: down|up: up|edit form: e|- esc|done: x|undo: u|show done: v|- v|leave: esc"),
    "mail": ("5", "email form: M|- esc|leave: esc"),
    "clients": (
        "6",
        "down: down|up: up|pagedown: pagedown|end: end|home: home|filter: f|type: g|type: i|- ctrl+u enter|- esc 6"
        "|step form: s|- esc|new form: n|- esc|edit form: e|- esc|company: C|- C|leave: esc",
    ),
    "deals": ("6 tab", "down: down|right: right|left: left|on: L|undo: u|turn: v|- v|edit form: e|- esc|leave: esc"),
    "care": (
        "6 tab tab",
        "down: down|pagedown: pagedown|end: end|home: home|kept: space|undo: u|turn: v|- v"
        "|promise form: p|- esc|leave: esc",
    ),
    "review": (
        "7",
        "next page: right|next page: right|previous page: left|span before: [|span after: ]|month: s|day: s|week: s"
        "|find: /|- esc|leave: esc",
    ),
    "playbook": ("8", "down: down|page: tab|find: /|type: p|- ctrl+u esc|drill: D|- esc|leave: esc"),
    "settings": (
        ",",
        "down: down|pagedown: pagedown|end: end|home: home|filter: f|type: m|- ctrl+u enter|page: tab|down: down"
        "|- tab|leave: esc",
    ),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one key cost, in milliseconds. `first` is None if it painted nothing."""

    first: float | None
    last: float
    cpu: float


@dataclass
class Key:
    """A kind of key, with its cost each time."""

    data: str
    screen: str
    what: str
    costs: list[Cost] = field(default_factory=list)

    def median(self, name: str) -> float:
        """The median of a figure, without the first time if there are others."""
        found = [getattr(cost, name) for cost in self.costs[1:] or self.costs]
        return float(statistics.median([each for each in found if each is not None] or [0.0]))


class Watched:
    """A program whose keys are measured."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._clock = (~terminal.pid << 3) | 2  # clock_getcpuclockid(3): a process's time, of all its threads
        self.idle = 0.0

    def spent(self) -> float:
        """Seconds of processor time so far."""
        return float(time.clock_gettime(self._clock))

    def rest(self, seconds: float = QUIET) -> tuple[float | None, float, float]:
        """Wait until output and processor are quiet. Returns the times of the first and last output, and of the last
        work, as of `time.perf_counter`.
        """
        begun = last = time.perf_counter()
        first: float | None = None
        marks = [(begun, self.spent())]
        while True:
            if self.terminal.read(0.02):
                last = time.perf_counter()
                first = first or last
            now = time.perf_counter()
            marks = [*(each for each in marks if now - each[0] <= seconds + 0.05), (now, self.spent())]
            silent = now - max(last, begun) >= seconds
            worked = (marks[-1][1] - marks[0][1]) / max(0.001, now - marks[0][0])
            if (silent and worked < BUSY + self.idle) or now - begun > LONGEST:
                return first, last, now

    def measure_idle(self, seconds: float = 3.0) -> None:
        """Measure what the program spends while nothing is typed."""
        begun, before = time.perf_counter(), self.spent()
        while time.perf_counter() - begun < seconds:
            self.terminal.read(0.05)
        self.idle = (self.spent() - before) / (time.perf_counter() - begun)

    def press(self, name: str) -> Cost:
        """Type a key and follow it until everything is quiet."""
        before, begun = self.spent(), time.perf_counter()
        self.terminal.press(NAMED.get(name, name))
        first, last, now = self.rest()
        cpu = self.spent() - before - self.idle * (now - begun)
        return Cost(None if first is None else 1000 * (first - begun), 1000 * (last - begun), 1000 * cpu)


def steps(screen: str) -> Iterator[tuple[str, str]]:
    """The steps of a screen: what each does ("" if it isn't measured) and its key. Opening it comes first."""
    opening, acts = SCREENS[screen]
    *before, last = opening.split()
    yield from (("", name) for name in before)
    yield "open", last
    for act in acts.split("|"):
        if act.startswith("- "):
            yield from (("", name) for name in act[2:].split())
        else:
            what, _, name = act.rpartition(": ")
            yield what, name
    yield "", "1"


def measure(ctx: AppContext, size: str, screens: list[str], rounds: int) -> list[Key]:
    """Measure the keys of screens in one run of the program."""
    found: dict[tuple[str, str], Key] = {}
    # by this tree's own code, which the installed command may not be
    env = environment(ctx) | {"PYTHONPATH": str(ROOT)}
    with Terminal([PYTHON, "-m", "planner"], env) as terminal:
        terminal.wait(b"quit")
        watched = Watched(terminal)
        watched.rest(4.0)  # it looks whether the search lags after three seconds
        watched.measure_idle()
        for _ in range(rounds):
            for screen in screens:
                for what, name in steps(screen):
                    cost = watched.press(name)
                    if what:
                        found.setdefault((screen, what), Key(size, screen, what)).costs.append(cost)
                print(".", end="", file=sys.stderr, flush=True)
    return list(found.values())


def counted_when_idle(ctx: AppContext, size: str, rounds: int) -> Key:
    """A call counted, then left alone: the odds are recalculated after three seconds."""
    key = Key(size, "today", "count, and what follows once idle")
    env = environment(ctx) | {"PYTHONPATH": str(ROOT)}
    with Terminal([PYTHON, "-m", "planner"], env) as terminal:
        terminal.wait(b"quit")
        watched = Watched(terminal)
        watched.rest(4.0)
        watched.measure_idle()
        for _ in range(rounds):
            before, begun = watched.spent(), time.perf_counter()
            terminal.press("d")
            first, last, now = watched.rest(4.5)
            assert first is not None
            cpu = watched.spent() - before - watched.idle * (now - begun)
            key.costs.append(Cost(1000 * (first - begun), 1000 * (last - begun), 1000 * cpu))
            terminal.press("u")
            watched.rest(4.5)
    return key


def bare(count: int) -> Key:
    """The same figures of a counter without a database."""
    key = Key("bare", "counter", "count")
    with Terminal([*BARE, "counter"], {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}) as terminal:
        terminal.wait(b"ready-to-work")
        watched = Watched(terminal)
        watched.rest(1.0)
        watched.measure_idle()
        key.costs = [watched.press("d") for _ in range(count)]
    return key


def made(folder: Path, size: str) -> AppContext:
    """A database of a size, made once for each version of the schema."""
    kept = folder / f"v{SCHEMA_VERSION}" / size
    if not (kept / "planner.db").exists():
        making = folder / f"making-{os.getpid()}"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        if size == "day":
            ctx = typical(making)
        elif size == "lists":
            ctx = data.copied(made(folder, "ten"), making)
            _fill_lists(ctx)
        else:
            years = {"year": 1, "ten": 10}[size]
            ctx = data.build(making, years)
            data.with_days(ctx, years)
        if size != "lists":
            data.listed(ctx, 60)
        with closing(TodayStore(ctx)) as live:
            live.bring_search_up()
            live.read()
        kept.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # another run was faster
            making.rename(kept)
    return context_at(kept)


def _fill_lists(ctx: AppContext) -> None:
    """Add 50,000 calls to today's list and 50,000 open promises."""
    with closing(sqlite3.connect(ctx.path)) as handle, handle:
        handle.execute("DELETE FROM list_entry")
    data.listed(ctx, 50_000)
    with closing(sqlite3.connect(ctx.path)) as handle, handle:
        handle.execute("PRAGMA synchronous=OFF")
        people = [row[0] for row in handle.execute("SELECT id FROM contact ORDER BY id LIMIT 50000")]
        handle.executemany(
            "INSERT INTO promise (uid, contact_id, text, due, state, note, created_at)"
            " VALUES (?, ?, 'send the price list', ?, 'open', '', 1700000000)",
            [
                (str(uuid.UUID(int=number)), key, f"2026-{11 + number % 2}-{1 + number % 28:02}")
                for number, key in enumerate(people)
            ],
        )


HEAD = f"{'data':<6}{'screen':<10}{'key':<36}{'first':>7}{'last':>8}{'CPU':>8}{'cold':>8}{'÷ bare':>8}"


def line(key: Key, base: Key) -> str:
    """A key's row in the table."""
    ratio = key.median("cpu") / base.median("cpu")
    return (
        f"{key.data:<6}{key.screen:<10}{key.what:<36}{key.median('first'):>7.0f}{key.median('last'):>8.0f}"
        f"{key.median('cpu'):>8.1f}{key.costs[0].cpu:>8.1f}{ratio:>8.1f}"
    )


def main() -> None:
    """Print the table, worst first."""
    parser = argparse.ArgumentParser(description="What each key costs, worst first.")
    sizes = ("day", "year", "ten", "lists")
    parser.add_argument("--data", default=",".join(sizes), help=f"any of {', '.join(sizes)} (lists: 50,000 rows each)")
    parser.add_argument("--screens", default=",".join(SCREENS), help="any of the screens, separated by commas")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--worst", type=int, default=60, help="rows of the table")
    parser.add_argument("--idle", action="store_true", help="also what follows a count once the rep is idle")
    parser.add_argument(
        "--made", type=Path, default=Path(tempfile.gettempdir()) / "planner-bench-keys", help="where databases are kept"
    )
    options = parser.parse_args()
    base, found = bare(12), []
    for size in options.data.split(","):
        with tempfile.TemporaryDirectory() as name:
            ctx = data.copied(made(options.made, size), Path(name) / "data")
            found += measure(ctx, size, options.screens.split(","), options.rounds)
            if options.idle:
                found.append(counted_when_idle(ctx, size, options.rounds))
        print(file=sys.stderr)
    print(HEAD)
    print(line(base, base))
    for key in sorted(found, key=lambda key: -key.median("cpu"))[: options.worst]:
        print(line(key, base))
    slow = sum(key.median("cpu") > 150 for key in found)
    print(f"{len(found)} kinds of key; {slow} of them over 150 ms of CPU")


if __name__ == "__main__":
    main()
