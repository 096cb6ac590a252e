"""Print what syncing costs at a year and at ten years of data, in CPU: `python -m bench.sync`.

The prototype's figures stand beside ours. They are of another machine, so only their order is comparable.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import data
from planner import platform
from planner.clock import FixedClock
from planner.services.calls import activity_log
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.sync import sync
from tests.scenes import NOW

PROTOTYPE = {("a year", "nothing new"): "0.063 s", ("a year", "a day taken in"): "0.213 s",
             ("ten years", "nothing new"): "0.57 s", ("ten years", "a day taken in"): "2.2 s"}  # fmt: skip


def spent(step: Callable[[], object]) -> float:
    """Return the CPU seconds of a step."""
    before = time.process_time()
    step()
    return time.process_time() - before


def measured(folder: Path, years: str, fill: Callable[[Path], AppContext]) -> list[str]:
    """Return the rows of a table for one amount of data."""
    carried = folder / "carried"
    carried.mkdir()
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    one = fill(folder / "a")
    other = AppContext(str(folder / "b" / "planner.db"), FixedClock(NOW), str(folder / "b" / "config.toml"))
    code: list[str] = []
    rows = [("begun", spent(lambda: code.append(sync.start(one, str(carried)))))]
    rows.append(("joined", spent(lambda: sync.join(other, str(carried), code[0]))))
    sync.now(one)
    sync.now(other)
    rows.append(("nothing new", min(spent(lambda: sync.now(one)) for _ in range(3))))
    for _ in range(100):
        activity_log.log(one, "dial", count=1)
    for number, each in enumerate(people.list_contacts(one)[:10]):
        people.edit(one, str(each.contact.id), {"source": f"fair {number}"})
    rows.append(("a day sent", spent(lambda: sync.now(one))))
    rows.append(("a day taken in", spent(lambda: sync.now(other))))
    newest = max((carried / "0").glob("*[0-9].age"))
    said = [f"{years:<10} {what:<16} {took:7.3f} s  {PROTOTYPE.get((years, what), '')}" for what, took in rows]
    return [*said, f"{years:<10} {'its message':<16} {newest.stat().st_size:7,} B  2.3 kB"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, nargs="*", default=[1, 10])
    wanted = parser.parse_args().years
    platform.keep_key = lambda name, key: False  # the machine's keyring is none of a benchmark's business
    print("of          what              ours      prototype")
    for years in wanted:
        with tempfile.TemporaryDirectory() as folder:
            name = {1: "a year", 10: "ten years"}.get(years, f"{years} years")
            print("\n".join(measured(Path(folder), name, partial(data.build, years=years))))


if __name__ == "__main__":
    main()
