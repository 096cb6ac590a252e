"""How much memory and processor time does an import take, and does its memory grow with the file?

    python -m bench.imports [--rows 50000] [--large 190]

Each command runs in a process of its own on a database of its own. Memory is the most that was resident, and time is
that of the processor, because the time of day drifts with what else the machine does. The files of `--large` megabytes
take minutes, so they are only imported when asked for.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import data

KINDS: dict[str, Callable[[Path, int], None]] = {
    "contacts": data.contacts_csv,
    "calls": data.calls_csv,
    "deals": data.deals_csv,
}
PLANNER = [sys.executable, "-m", "planner"]
TIMES = 4  # how much longer the second file is
LARGE_GOAL = "≤ 500 MB"


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: seconds of the processor, and megabytes at most."""

    seconds: float
    megabytes: float


def spent(words: list[str], folder: Path) -> Spent:
    """Run a command on the database in a folder, and return what it took."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PLANNER")}
    env |= {"PLANNER_DB": str(folder / "planner.db"), "PLANNER_CONFIG": str(folder / "config.toml")}
    process = subprocess.Popen([*PLANNER, *words], env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"planner {' '.join(words)} failed with {process.returncode}")
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def in_turn(path: Path, kind: str, folder: Path) -> dict[str, Spent]:
    """Preview a file, import it, import it again, list the contacts and undo the import, on a new database."""
    folder.mkdir()
    spent(["log", "dial"], folder)
    return {
        "preview": spent(["import", kind, str(path), "--dry-run"], folder),
        "import": spent(["import", kind, str(path)], folder),
        "the same again": spent(["import", kind, str(path)], folder),
        "contact list": spent(["contact", "list"], folder),
        "its undo": spent(["undo"], folder),
    }


def line(what: str, one: Spent, more: Spent, whole: Spent) -> str:
    """Format what a command took with a file, with one that is `TIMES` as long, and in parts of the import."""
    return (
        f"{what:<28}{one.seconds:>9.1f}{more.seconds / one.seconds:>9.2f}{one.seconds / whole.seconds:>9.2f}"
        f"{one.megabytes:>9.0f}{more.megabytes / one.megabytes:>9.2f}"
    )


def write(path: Path, kind: str, megabytes: int) -> None:
    """Write a file of about a number of megabytes."""
    KINDS[kind](path, 10_000)
    KINDS[kind](path, 10_000 * megabytes * 2**20 // path.stat().st_size)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--large", type=int, metavar="MB", help="also import files of this size")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"\n{f'{options.rows:,} rows':<28}{'CPU s':>9}{f'× {TIMES}':>9}{'÷ import':>9}{'MB':>9}{f'× {TIMES}':>9}")
        for kind, make in KINDS.items():
            found = []
            for times in (1, TIMES):
                path = folder / f"{kind}{times}.csv"
                make(path, options.rows * times)
                found.append(in_turn(path, kind, folder / f"{kind} {times}"))
            for what, one in found[0].items():
                print(line(f"{kind}: {what}", one, found[1][what], found[0]["import"]), flush=True)
        for kind in ("contacts", "calls") if options.large else ():
            path, place = folder / f"{kind} large.csv", folder / f"{kind} large"
            write(path, kind, options.large)
            place.mkdir()
            took = spent(["import", kind, str(path)], place)
            print(
                f"{options.large} MB of {kind}: {took.seconds:.0f} s, {took.megabytes:.0f} MB ({LARGE_GOAL})",
                flush=True,
            )


if __name__ == "__main__":
    main()
