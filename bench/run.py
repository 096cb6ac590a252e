"""Print the tables of ratios for a day, a year and ten years of data: `python -m bench.run` (`make bench`).

Every figure is a ratio between two programs run in turn in one session, because absolute times drift with the machine.
The goals are those of the current issue and, in brackets, of the finished program.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import data
from bench.terminal import Terminal
from planner.domain.clients.client_filter import parse_filter
from planner.domain.review.spans import Span
from planner.domain.workdays import month_of
from planner.exchange.review.html import page
from planner.services.clients.client_list import Clients
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.services.review import charts, review, self_review
from tests.scenes import typical

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


@dataclass
class Row:
    """One measurement against its baseline, in milliseconds (KiB for memory), with the goal for their ratio."""

    what: str
    ours: list[float]
    measure: list[float]
    goal: str

    def line(self) -> str:
        """Format the row for the table."""
        ours, measure = statistics.median(self.ours), statistics.median(self.measure)
        pairs = sorted(a / b for a, b in zip(self.ours, self.measure, strict=True))
        spread = f"{pairs[0]:.2f}–{pairs[-1]:.2f}"
        least = min(self.ours) / min(self.measure)  # on a shared machine, other jobs slow some runs down
        return (
            f"{self.what:<46}{ours:>10.1f}{measure:>10.1f}{ours / measure:>8.2f}{least:>8.2f}  {spread:<13}{self.goal}"
        )


def in_turn(runs: int, ours: Callable[[], float], measure: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Measure both alternately: once to warm up, then `runs` times."""
    ours(), measure()
    first, second = [], []
    for _ in range(runs):
        first.append(ours())
        second.append(measure())
    return first, second


def timed(command: list[str], env: dict[str, str]) -> float:
    """Milliseconds that a whole process takes."""
    start = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    return 1000 * (time.perf_counter() - start)


def started(command: list[str], env: dict[str, str], wanted: bytes) -> float:
    """Milliseconds from start until `wanted` is painted."""
    with Terminal(command, env) as terminal:
        return 1000 * terminal.wait(wanted)


def resident(command: list[str], env: dict[str, str], wanted: bytes) -> float:
    """Resident memory in KiB once `wanted` is painted and the output is idle."""
    with Terminal(command, env) as terminal:
        terminal.wait(wanted)
        terminal.settle()
        return terminal.resident()


FLAT = (120, 30)  # a size at which Today writes its counts in plain digits, not three rows high


def keys(command: list[str], env: dict[str, str], wanted: bytes, count: int, before: int) -> list[float]:
    """Milliseconds from each of `count` keys until its figure is painted. `before` is the count at the start."""
    found = []
    with Terminal(command, env, FLAT) as terminal:
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


def environment(ctx: AppContext) -> dict[str, str]:
    """The environment of an installed program: with bytecode and buffered output."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    plain |= {"PLANNER_DB": ctx.path, "PLANNER_CONFIG": ctx.settings_path}
    return plain | {"PLANNER_NOW": "2026-11-16T09:42", "TERM": "xterm-256color", "COLORTERM": "truecolor"}


PLANNER, PYTHON = str(BIN / "planner"), str(BIN / "python")
BARE = [PYTHON, str(ROOT / "bench" / "bare.py")]


def commands(env: dict[str, str], runs: int) -> list[Row]:
    """The quick commands against a Python that only loads SQLite."""
    rows = []
    for name, words in (
        ("planner log dial", ["log", "dial"]),
        ("planner status", ["status"]),
        ("planner today", ["today"]),
        ("planner today --json", ["today", "--json"]),
    ):
        nothing = [PYTHON, "-c", "import sqlite3"]
        ours, measure = in_turn(runs * 2, partial(timed, [PLANNER, *words], env), partial(timed, nothing, env))
        rows.append(Row(f"{name} ÷ import sqlite3", ours, measure, "≤ 1.8 (1.3)"))
    return rows


def lists(env: dict[str, str], runs: int) -> list[Row]:
    """The read-only commands against the same baseline."""
    rows = []
    nothing = [PYTHON, "-c", "import sqlite3"]
    for words in ("task list", "deal list", "contact list", "goal list", "plan show", "--help"):
        command = [PLANNER, *words.split()]
        ours, measure = in_turn(runs, partial(timed, command, env), partial(timed, nothing, env))
        rows.append(Row(f"planner {words} ÷ import sqlite3", ours, measure, "≤ 4"))
    return rows


def made(ctx: AppContext, runs: int) -> list[str]:
    """CPU milliseconds to lay a day: from nothing, with cached odds, and after a block was moved."""
    from planner.services.day import blocks

    day = ctx.today()

    def spent(before: Callable[[], object]) -> float:
        times = []
        for _ in range(runs):
            before()
            begun = time.process_time()
            live.read()
            times.append(1000 * (time.process_time() - begun))
        return statistics.median(times)

    def forget() -> None:
        with ctx.database.derive() as writer:
            writer.execute("DELETE FROM laid_day")

    def nothing() -> None:
        forget()
        ctx.kept.clear()
        ctx.memory.clear()

    def move() -> float:
        block = next(each for each in blocks.read(ctx, day).blocks if each.block.kind == "calls")
        step = 5 if block.block.first % 10 == 0 else -5
        begun = time.process_time()
        blocks.move(ctx, day, block, block.block.first + step, block.block.last)
        live.read()
        return 1000 * (time.process_time() - begun)

    with closing(TodayStore(ctx)) as live:
        live.read()
        return [
            f"{'a day from nothing':<46}{spent(nothing):>10.1f}",
            f"{'  the same, with the odds at hand':<46}{spent(forget):>10.1f}",
            f"{'a block moved, and the day after it':<46}{statistics.median(move() for _ in range(runs)):>10.1f}",
        ]


def starts(env: dict[str, str], runs: int) -> list[Row]:
    """The start of Today, and its memory, against a bare Textual app."""
    rows = []
    # the figures come with the first paint, the footer's "quit" only with the live screen
    for name, text, goal in (
        ("start to figures readable ÷ bare app", b"behind pace", "(0.2)"),
        ("start to interactive Today ÷ bare app", b"quit", "≤ 1.3 (1.15)"),
    ):
        ours, measure = in_turn(
            runs, partial(started, [PLANNER], env, text), partial(started, BARE, env, b"ready-to-work")
        )
        rows.append(Row(name, ours, measure, goal))
    ours, measure = in_turn(
        5, partial(resident, [PLANNER], env, b"quit"), partial(resident, BARE, env, b"ready-to-work")
    )
    rows.append(Row("memory there ÷ bare app (KiB)", ours, measure, "(1.2)"))
    return rows


def typed(env: dict[str, str], count: int) -> list[Row]:
    """A key counted, committed and painted, against a counter without a database."""
    ours, measure = [], []
    for _ in range(3):
        said = subprocess.run([PLANNER, "status"], env=env, check=True, capture_output=True, text=True).stdout
        before = int(said.split()[1].split("/")[0].replace(",", ""))
        ours += keys([PLANNER], env, b"quit", count, before)
        measure += keys([*BARE, "counter"], env, b"ready-to-work", count, 0)
    tail = 99 * len(ours) // 100
    return [
        Row("key → committed → painted ÷ bare counter", ours, measure, "≤ 2 (1.7)"),
        Row("  the same, 99th percentile", [sorted(ours)[tail]], [sorted(measure)[tail]], "(2.5)"),
    ]


def outcomes(folder: Path, count: int) -> list[Row]:
    """From the outcome of a call to the next prospect painted, with 500,000 activities in the log, against a key of the
    bare counter. Half of the outcomes come after `space`, as in real calling.
    """
    folder.mkdir(parents=True)
    ctx = data.build(folder, 10, 50_000)
    names = data.listed(ctx, 4 * count + 2)
    env = environment(ctx)
    subprocess.run([PLANNER, "today"], env=env, check=True, capture_output=True)
    ours, measure = [], []
    for turn in range(3):
        first = turn * count
        with Terminal([PLANNER], env) as terminal:
            terminal.wait(b"quit")
            terminal.settle()
            terminal.press("2")
            terminal.wait(names[first].encode())
            time.sleep(1.5)  # lets the phrase parser load in the background
            for number in range(count):
                if number % 2:
                    terminal.press(" ")
                    terminal.settle(0.05)
                position = len(terminal.output)
                start = time.perf_counter()
                terminal.press("1")
                terminal.wait(names[first + number + 1].encode(), start=position)
                ours.append(1000 * (time.perf_counter() - start))
                terminal.settle(0.05)
        measure += keys([*BARE, "counter"], env, b"ready-to-work", count, 0)
    tail = 99 * len(ours) // 100
    return [
        Row("outcome → committed → next prospect ÷ bare counter", ours, measure, "≤ 2"),
        Row("  the same, 99th percentile", [sorted(ours)[tail]], [sorted(measure)[tail]], ""),
    ]


def reads(large: AppContext, small: AppContext, runs: int) -> list[Row]:
    """Every query behind Today on a large database against a small one, in one process."""
    from planner import paths
    from planner.store import connection, today_queries

    def read(handle: sqlite3.Connection, ctx: AppContext) -> float:
        begun = time.perf_counter()
        found = today_queries.read_today(handle, ctx.today(), paths.laid_key(ctx.settings_path))
        assert found is not None
        return 1000 * (time.perf_counter() - begun)

    for ctx in (large, small):
        TodayStore(ctx).read()
    handles = [(connection.connect(ctx.path), ctx) for ctx in (large, small)]
    ours, measure = in_turn(runs * 20, partial(read, *handles[0]), partial(read, *handles[1]))
    for handle, _ in handles:
        handle.close()
    return [Row("Today's reads, ten years ÷ one year", ours, measure, "≤ 1.2 (1.05)")]


def reviewed(large: AppContext, small: AppContext, runs: int) -> list[Row]:
    """The weekly report over ten years against one, in one process: the reads alone, and the whole page with charts."""

    def read(ctx: AppContext) -> float:
        begun = time.perf_counter()
        assert review.read(ctx, Span.WEEK).figures["dials"].done
        return 1000 * (time.perf_counter() - begun)

    def whole(ctx: AppContext) -> float:
        begun = time.perf_counter()
        found = review.read(ctx, Span.WEEK)
        assert page(found, self_review.from_report(ctx, found), charts.read(ctx, found.period))
        return 1000 * (time.perf_counter() - begun)

    rows = []
    for what, work in (("weekly report", read), ("weekly report with its charts", whole)):
        ours, measure = in_turn(runs, partial(work, large), partial(work, small))
        rows.append(Row(f"{what}, ten years ÷ one year", ours, measure, "≤ 1.5"))
    return rows


MONTHS = (1, 3, 12, 36, 120)


def recomputed(ten: AppContext, folder: Path, runs: int) -> list[str]:
    """Milliseconds to recompute the odds, and to recompute them for a what-if, by length of history."""
    from planner.domain.forecast.outlook import precompute
    from planner.domain.forecast.supposition import Supposition
    from planner.services.day.reading import reading
    from planner.services.forecast import odds

    lines = []
    first: float | None = None
    for months in MONTHS:
        ctx = data.shortened(ten, folder / f"{months} months", months)
        TodayStore(ctx).read()
        anew, supposed = [], []
        for run in range(runs + 1):
            ctx.kept.clear()
            ctx.memory.clear()
            start = time.perf_counter()
            with reading(ctx) as facts:
                known = precompute(facts.outlook(month_of(facts.today)))
            middle = time.perf_counter()
            precompute(odds.suppose(known, Supposition(rates={"meeting-booked": 0.1 + run / 1_000})))
            if run:
                anew.append(1000 * (middle - start))
                supposed.append(1000 * (time.perf_counter() - middle))
        median = statistics.median(anew)
        first = first or median
        goal = "≤ 300 ms" if months == 12 else ""
        lines.append(
            f"{f'{months} months of history':<46}{median:>10.1f}{statistics.median(supposed):>10.1f}"
            f"{median / first:>8.2f}  {goal}"
        )
    return lines


def seconds(what: str, command: list[str], env: dict[str, str], goal: str) -> str:
    """Time a one-off command in seconds, as a row of the second table."""
    return f"{what:<60}{timed(command, env) / 1000:>8.1f}  {goal}"


def once(folder: Path, ten: AppContext) -> list[str]:
    """Occasional work on ten years of data: imports and their undo, doctor, backup, restore."""
    lines = []
    ctx = data.copied(ten, folder / "once")
    env = environment(ctx)
    for kind, write in (("contacts", data.contacts_csv), ("calls", data.calls_csv), ("deals", data.deals_csv)):
        path = folder / f"{kind}.csv"
        write(path, 50_000)
        words = [PLANNER, "import", kind, str(path)]
        lines.append(seconds(f"import of 50,000 {kind} with preview", words, env, "≤ 10" if kind == "contacts" else ""))
        lines.append(seconds(f"  the same file again: {kind}", words, env, ""))
        lines.append(seconds("  its undo", [PLANNER, "undo"], env, "≤ 2"))
    lines.append(seconds("doctor", [PLANNER, "doctor"], env, ""))
    target = str(folder / "kept.db")
    lines.append(seconds("backup", [PLANNER, "backup", target], env, ""))
    size = os.path.getsize(target) / 2**20
    lines.append(seconds(f"restore of {size:.0f} MB", [PLANNER, "restore", target, "--yes"], env, "≤ 2 for 100 MB"))
    return lines


LINES = ("g", "gi", "given12", "family4321", "given1 family", "5550001", "asked", "asked for m", "proposal pap", "zzz")
FILTERS = ("", "given12", "step:none", "is:client", "tag:fair", "touch:due", "contract:90")


def searched(ten: AppContext, folder: Path, runs: int) -> list[str]:
    """Search as you type and the client list over ten years: median and worst in milliseconds."""
    found = []
    with closing(TodayStore(data.copied(ten, folder / "searched"))) as live:
        clients = Clients(live.ctx, live)
        begun = time.perf_counter()
        clients.hits("g")
        found.append(f"{'everything indexed once':<46}{(time.perf_counter() - begun) * 1000:>10.1f}")

        def often(what: str, step: Callable[[], object], goal: str) -> str:
            times = []
            for _ in range(runs):
                begun = time.perf_counter()
                step()
                times.append((time.perf_counter() - begun) * 1000)
            return f"{what:<46}{statistics.median(times):>10.2f}{max(times):>10.2f}  {goal}"

        found += [often(f"search: {line}", partial(clients.hits, line), "≤ 5") for line in LINES]
        for words in FILTERS:
            found.append(often(f"list: {words or 'everybody'}", partial(clients.find, parse_filter(words)), ""))
        ids = clients.find(parse_filter(""))
        places = iter(range(0, len(ids), max(1, len(ids) // (runs + 2))))

        def page() -> object:
            at = next(places)
            return clients.page(ids[at : at + 45])

        found.append(often("a page of 45 clients", page, ""))
    return found


def table(title: str, rows: list[Row]) -> None:
    """Print rows under a title."""
    print(f"\n{title:<46}{'ours':>10}{'measure':>10}{'ratio':>8}{'least':>8}  {'pairs':<13}goal")
    for row in rows:
        print(row.line(), flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--keys", type=int, default=100)
    parser.add_argument(
        "--only",
        choices=("day", "years", "odds", "made", "once", "calls", "search", "review"),
        help="one of the tables",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("day", "one", "ten"):
            (folder / part).mkdir()
        if options.only in (None, "day"):
            env = environment(typical(folder / "day"))
            subprocess.run([PLANNER, "today"], env=env, check=True, capture_output=True)
            table("a day", commands(env, options.runs) + starts(env, options.runs) + typed(env, options.keys))
            table("commands that only read", lists(env, options.runs))
        if options.only == "day":
            return
        if options.only in (None, "calls"):
            table("50,000 contacts, 500,000 activities", outcomes(folder / "calls", options.keys))
        if options.only == "calls":
            return
        one, ten = data.build(folder / "one", 1), data.build(folder / "ten", 10)
        if options.only in (None, "years"):
            for ctx, title in ((one, "a year"), (ten, "ten years")):
                tried = data.copied(ctx, folder / f"{title} tried")
                with closing(TodayStore(tried)) as live:
                    live.bring_search_up()  # runs once after an import, and `searched` reports how long it takes
                env = environment(tried)
                subprocess.run([PLANNER, "today"], env=env, check=True, capture_output=True)
                table(title, commands(env, options.runs) + starts(env, options.runs) + typed(env, options.keys))
            table("both", reads(data.copied(ten, folder / "r10"), data.copied(one, folder / "r1"), options.runs))
        if options.only in (None, "made"):
            for ctx, title in ((one, "a year"), (ten, "ten years")):
                print(f"\n{f'a day of {title} (CPU milliseconds)':<46}{'median':>10}")
                for line in made(data.copied(ctx, folder / f"{title} made"), options.runs):
                    print(line, flush=True)
        if options.only in (None, "odds"):
            print(f"\n{'the odds (milliseconds)':<46}{'anew':>10}{'what if':>10}{'÷ first':>8}")
            for line in recomputed(ten, folder, options.runs):
                print(line, flush=True)
        if options.only in (None, "search"):
            print(f"\n{'search and client list (milliseconds)':<46}{'median':>10}{'worst':>10}  goal")
            for line in searched(ten, folder, options.runs):
                print(line, flush=True)
        if options.only in (None, "review"):
            for ctx, years in ((one, 1), (ten, 10)):
                data.with_days(ctx, years)
            table("the review", reviewed(ten, one, options.runs))
        if options.only in (None, "once"):
            print("\nonce in a while, with ten years of data (seconds)")
            for line in once(folder, ten):
                print(line, flush=True)


if __name__ == "__main__":
    main()
