"""The same work with the same number of open tasks in other programs: `python -m bench.peers --at FOLDER,FOLDER`.

The folders are where the peers' commands are (`task` of Taskwarrior, `calcurse`, `dooit`, `ktui` of kanban-tui,
`harlequin`). Those that aren't found are left out. Figures are milliseconds of processor time until the first task is
painted or the command has ended: medians, every program in turn. dooit shows its workspaces first and harlequin, a
database client, its editor, so both are measured until those are painted.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bench.run import PYTHON, ROOT
from bench.terminal import Terminal
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from tests.scenes import typical

TITLE = "Ring Given{} about the offer"
Command = list[str]


class Peer:
    """A program with a home of its own, and the commands of the work. A command that it lacks is None."""

    def __init__(self, name: str, program: str, home: Path) -> None:
        self.name, self.program, self.home = name, program, home
        self.env = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
        }
        self.start: tuple[Command, bytes] | None = None
        self.add: Command | None = None
        self.list: Command | None = None

    def run(self, *words: str, text: str = "") -> None:
        """Run the program to prepare its data."""
        subprocess.run([self.program, *words], env=self.env, input=text, text=True, check=True, capture_output=True)

    def begin(self, command: Command, wanted: bytes) -> None:
        """Start its screen once, so that it makes its files."""
        with Terminal(command, self.env) as terminal:
            terminal.wait(wanted)
            until = time.monotonic() + 2.0  # it may never be quiet: dooit paints a clock
            while time.monotonic() < until:
                terminal.read(0.1)


def taskwarrior(peer: Peer, count: int) -> None:
    """`task`, a program in C++ with commands only."""
    (peer.home / ".taskrc").write_text(f"data.location={peer.home / '.task'}\nconfirmation=off\n", encoding="utf-8")
    rows = [{"description": TITLE.format(number), "status": "pending"} for number in range(count)]
    peer.run("import", "-", text=json.dumps(rows))
    peer.add = [peer.program, "add", "Ring Kim"]
    peer.list = [peer.program, "list"]


def calcurse(peer: Peer, count: int) -> None:
    """`calcurse`, a program in C on text files, without a command that adds a task."""
    folder = peer.home / "data" / "calcurse"
    folder.mkdir(parents=True)
    (folder / "todo").write_text("".join(f"[1] {TITLE.format(number)}\n" for number in range(count)), encoding="utf-8")
    (folder / "apts").touch()
    peer.list = [peer.program, "-t"]
    peer.start = [peer.program], b"Ring"


def dooit(peer: Peer, count: int) -> None:
    """`dooit`, in Textual and SQLAlchemy, without commands."""
    path = str(peer.home / "dooit.db")
    command = [peer.program, "--db", path]
    peer.begin(command, b"NORMAL")
    with closing(sqlite3.connect(path)) as handle, handle:
        handle.execute("INSERT OR IGNORE INTO workspace VALUES (1, 0, '', 1, NULL)")
        handle.execute("INSERT INTO workspace VALUES (NULL, 0, 'Prospects', 0, 1)")
        own = handle.execute("SELECT max(id) FROM workspace").fetchone()[0]
        handle.executemany(
            "INSERT INTO todo VALUES (NULL, ?, ?, NULL, 0, NULL, 1, 1, ?, NULL)",
            [(number, TITLE.format(number), own) for number in range(count)],
        )
    peer.start = command, b"Prospects"


def kanban_tui(peer: Peer, count: int) -> None:
    """`ktui`, in Textual on plain SQL."""
    peer.run("board", "create", "Prospects", "--set-active")
    with closing(sqlite3.connect(peer.home / "data" / "kanban_tui" / "kanban_tui.db")) as handle, handle:
        column = handle.execute(
            "SELECT column_id FROM columns WHERE visible AND board_id = (SELECT max(board_id) FROM boards)"
            " ORDER BY position LIMIT 1"
        ).fetchone()[0]
        handle.executemany(
            "INSERT INTO tasks (title, column, description, creation_date, position)"
            " VALUES (?, ?, '', '2026-11-16 09:00:00', ?)",
            [(TITLE.format(number), column, number) for number in range(count)],
        )
    peer.start = [peer.program], b"Ring"
    peer.add = [peer.program, "task", "create", "Ring Kim"]
    peer.list = [peer.program, "task", "list"]


def harlequin(peer: Peer, count: int) -> None:
    """`harlequin`, a database client in Textual: only its start, on a database of so many rows."""
    path = str(peer.home / "tasks.sqlite")
    with closing(sqlite3.connect(path)) as handle, handle:
        handle.execute("CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT)")
        handle.executemany("INSERT INTO task (title) VALUES (?)", [(TITLE.format(each),) for each in range(count)])
    peer.start = [peer.program, "-a", "sqlite", path], b"Query Editor"


PEERS: dict[str, tuple[str, Callable[[Peer, int], None]]] = {
    "Taskwarrior": ("task", taskwarrior),
    "calcurse": ("calcurse", calcurse),
    "dooit": ("dooit", dooit),
    "kanban-tui": ("ktui", kanban_tui),
    "harlequin": ("harlequin", harlequin),
}


def planner(home: Path, count: int) -> Peer:
    """planner itself, by this tree's code."""
    peer = Peer("planner", PYTHON, home)
    ctx: AppContext = typical(home)
    with closing(sqlite3.connect(ctx.path)) as handle, handle:
        rank = handle.execute("SELECT max(rank) FROM task").fetchone()[0]
        handle.executemany(
            "INSERT INTO task (title, kind, rank, state, since, reason, created_at)"
            " VALUES (?, 'own', ?, 'open', '2026-11-16', '', 1700000000)",
            [(TITLE.format(number), rank + number) for number in range(1, count + 1)],
        )
        handle.execute("DELETE FROM laid_day")
    with closing(TodayStore(ctx)) as live:
        live.bring_search_up()
        live.read()
    peer.env |= {"PLANNER_DB": ctx.path, "PLANNER_CONFIG": ctx.settings_path, "PYTHONPATH": str(ROOT)}
    peer.env["PLANNER_NOW"] = "2026-11-16T09:42"
    words = [PYTHON, "-m", "planner"]
    peer.start = words, b"quit"
    peer.add = [*words, "task", "add", "Ring Kim"]
    peer.list = [*words, "task", "list"]
    return peer


def spent_starting(peer: Peer, command: Command, wanted: bytes) -> float:
    """Milliseconds of processor time until something is painted, infinite after a minute."""
    with Terminal(command, peer.env) as terminal:
        try:
            terminal.wait(wanted, 60.0)
        except TimeoutError:
            return math.inf
        return float(1000 * time.clock_gettime((~terminal.pid << 3) | 2))  # see `bench.keys`


def spent_on(peer: Peer, command: Command) -> float:
    """Milliseconds of processor time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=peer.env, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measured(peers: list[Peer], runs: int) -> dict[tuple[str, str], list[float]]:
    """Measure every program in turn, after once to warm up. What takes more than a minute isn't tried again."""
    found: dict[tuple[str, str], list[float]] = {}
    for number in range(runs + 1):
        for peer in peers:
            for what, command in (("add", peer.add), ("list", peer.list)):
                if command is not None:
                    found.setdefault((peer.name, what), []).append(spent_on(peer, command))
            if peer.start is not None and math.inf not in found.get((peer.name, "start"), ()):
                found.setdefault((peer.name, "start"), []).append(spent_starting(peer, *peer.start))
        if not number:
            found = {key: times for key, times in found.items() if math.inf in times}
    return found


def main() -> None:
    """Print a table for each number of tasks."""
    parser = argparse.ArgumentParser(description="The same work in other programs (CPU milliseconds).")
    parser.add_argument("--at", default="", help="folders with the peers' commands, separated by commas")
    parser.add_argument("--tasks", default="100,10000", help="how many open tasks, separated by commas")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    places = os.pathsep.join([*options.at.split(","), os.environ["PATH"]])
    for count in map(int, options.tasks.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            homes = Path(folder)
            (homes / "planner").mkdir()
            peers = [planner(homes / "planner", count)]
            for name, (command, prepare) in PEERS.items():
                program = shutil.which(command, path=places)
                if program is None:
                    print(f"{name} isn't installed")
                    continue
                (homes / command).mkdir()
                peer = Peer(name, program, homes / command)
                prepare(peer, count)
                peers.append(peer)
            found = measured(peers, options.runs)
        print(f"\n{f'{count:,} open tasks (CPU ms)':<30}{'start':>8}{'add':>8}{'list':>8}")
        for peer in peers:
            row = [found.get((peer.name, what)) for what in ("start", "add", "list")]
            cells = [f"{statistics.median(each):>8.0f}" if each else f"{'–':>8}" for each in row]
            print(f"{peer.name:<30}{''.join(cells)}")


if __name__ == "__main__":
    main()
