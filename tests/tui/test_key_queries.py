"""What each key asks the database for: no more statements, and no more of SQLite's own steps, with a year of data than
with little.

SQLite counts the steps of its virtual machine, so a query that goes through the whole log, every contact or every task
shows here whatever the machine. `python -m bench.keys` measures the same keys in time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench import data
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from tests.tui.helpers import press, running

EACH = 100  # steps per call of the handler
MORE_STEPS = 12_000  # a scan of 5,000 tasks takes 20,000
ATTEMPTS = 3  # as the look of each second falls on any key, which one of them then has for its own
MORE_STATEMENTS = 30  # a full page of a list, or the look of each second at other programs' changes

# A screen's keys, and what they may read of everything there is, in steps, with the reason.
KEYS: dict[str, tuple[str, int]] = {
    "deals": ("6 tab right left escape", 25_000),  # the order of all contacts by name
    "tasks": ("down down down down J u x x u z u", 0),
    "the day": ("t J u x u escape", 45_000),  # whose birthday it is
    "a week": ("W J u escape", 55_000),  # the same, as the day is made anew
    "a calling list": ("l down delete u escape", 0),
    "goals": ("4 x u escape", 55_000),  # the day is made anew
    "clients": ("6 down end escape", 25_000),  # the order of all contacts by name
    "the search": ("slash g i escape escape", 25_000),  # what begins with it
    "the evening": ("b escape", 12_000),  # the counts of each day
    "counting": ("d 1 u U u", 0),
    "calls": ("2 space 1 u s u escape", 0),
}


@dataclass
class Spent:
    """What was asked of SQLite."""

    steps: int = 0
    statements: int = 0

    def minus(self, other: Spent) -> Spent:
        return Spent(self.steps - other.steps, self.statements - other.statements)


@contextmanager
def counted(patch: pytest.MonkeyPatch) -> Iterator[Spent]:
    """Count what all connections opened from now on are asked."""
    spent, connect = Spent(), sqlite3.connect

    def step() -> None:
        spent.steps += EACH

    def trace(statement: str) -> None:
        spent.statements += not statement.startswith("--")  # what a trigger runs

    def opened(*args: Any, **options: Any) -> sqlite3.Connection:
        handle: sqlite3.Connection = connect(*args, **options)
        handle.set_progress_handler(step, EACH)
        handle.set_trace_callback(trace)
        return handle

    patch.setattr(sqlite3, "connect", opened)
    yield spent
    patch.setattr(sqlite3, "connect", connect)


async def asked(ctx: AppContext, patch: pytest.MonkeyPatch) -> dict[tuple[str, int, str], Spent]:
    """Press the keys of each screen, and return what each asked for."""
    data.listed(ctx, 20)
    with closing(TodayStore(ctx)) as live:
        live.bring_search_up()
        live.read()
    found = {}
    with counted(patch) as spent:
        async with running(ctx) as pilot:
            await press(pilot, "3", "1")  # the odds, which are kept from here on
            for name, (keys, _) in KEYS.items():
                for number, key in enumerate(keys.split()):
                    before = Spent(spent.steps, spent.statements)
                    await press(pilot, key)
                    found[name, number, key] = spent.minus(before)
    return found


async def test_no_key_asks_for_more_with_a_year_of_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "little").mkdir()
    little = await asked(data.build(tmp_path / "little", 1, activities=300, contacts=60, tasks=60), monkeypatch)
    year: dict[tuple[str, int, str], Spent] = {}
    for number in range(ATTEMPTS):
        (tmp_path / f"{number}").mkdir()
        found = await asked(data.build(tmp_path / f"{number}", 1, activities=10_000), monkeypatch)
        assert sum(each.statements for each in found.values()) > 1_000  # they were counted
        for at, spent in found.items():
            least = year.get(at, spent)
            year[at] = Spent(min(least.steps, spent.steps), min(least.statements, spent.statements))
        problems = []
        for at, few in little.items():
            more = year[at].minus(few)
            if more.statements > MORE_STATEMENTS or more.steps > MORE_STEPS + KEYS[at[0]][1]:
                problems.append(f"{at}: {few} with little data, {year[at]} with a year")
        if not problems:
            return
    pytest.fail("\n".join(problems))
