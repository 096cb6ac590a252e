"""Appending to the log in plain SQL, held against the tables it goes past."""

from __future__ import annotations

import itertools
import json
import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.clock import FixedClock
from planner.domain.calls.activity_log import Activity
from planner.domain.day import activity
from planner.services.day.today_store import append
from planner.store import activity_log, history, quick_log, today_queries
from planner.store.database import Database
from tests.drills import often

NOW = datetime(2026, 11, 16, 9, 42)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(str(tmp_path / "planner.db"), FixedClock(NOW))


def rows(handle: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    return handle.execute(query).fetchall()


def test_quick_append_equals_the_recorder(database: Database) -> None:
    entry = Activity(0, NOW, "dial", "refused", 3, reason="no money", note="[x]")
    handle = database.raw()
    append(handle, entry, NOW)
    with database.write("call") as change:
        activity_log.add(change, entry, int(NOW.timestamp()))
    plain, rich = rows(handle, "SELECT * FROM change_row ORDER BY change_id")
    assert (plain[1], plain[2], plain[4]) == (rich[1], rich[2], rich[4]) == (1, "activity", None)
    first, second = rows(handle, "SELECT * FROM activity ORDER BY id")
    assert first[1:] == second[1:]
    quick_log.set_outcome(handle, 1, "voicemail", NOW)
    with database.write("outcome") as change:
        activity_log.put(change, replace(activity_log.get(change, 2), outcome="voicemail"))
    plain, rich = rows(handle, "SELECT image FROM change_row ORDER BY change_id")[-2:]
    assert {**json.loads(str(plain[0])), "id": 0} == {**json.loads(str(rich[0])), "id": 0}


def test_day_counts_follow_the_counting_rules(database: Database) -> None:
    handle = database.raw()
    wanted = dict.fromkeys(today_queries.COUNT_COLUMNS, 0)
    for kind in activity.KINDS:
        for outcome in (None, *activity.OUTCOMES.get(kind, ())):
            amount = Decimal("12.50") if kind == "deal" else None
            append(handle, Activity(0, NOW, kind, outcome, 2, amount=amount), NOW)
            for name in activity.counts_of(kind, outcome):
                wanted[name] += 2
            wanted["revenue"] += 1250 if amount else 0
    found = rows(handle, f"SELECT {', '.join(today_queries.COUNT_COLUMNS)} FROM day_count")
    assert dict(zip(today_queries.COUNT_COLUMNS, found[0], strict=True)) == wanted


kinds = st.sampled_from(
    [(kind, outcome) for kind in activity.KINDS for outcome in (None, *activity.OUTCOMES.get(kind, ()))]
)
steps = st.lists(
    st.tuples(kinds, st.integers(0, 3), st.sampled_from(["log", "edit", "drop", "undo", "redo"])), max_size=25
)
numbers = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=often(10, 60))
@given(steps)
def test_day_counts_equal_a_recount(tmp_path: Path, sequence: list[tuple[tuple[str, str | None], int, str]]) -> None:
    database = Database(str(tmp_path / f"{next(numbers)}.db"), FixedClock(NOW))
    handle = database.raw()
    logged: list[int] = []
    for (kind, outcome), back, what in sequence:
        entry = Activity(0, NOW - timedelta(days=back), kind, outcome, amount=Decimal(7) if kind == "deal" else None)
        if what == "log" or not logged:
            logged.append(append(handle, entry, NOW)[0])
        elif what == "edit":
            with database.write("edit") as change:
                if change.execute("SELECT 1 FROM activity WHERE id = ?", logged[-1:]).fetchone():
                    activity_log.put(change, replace(entry, id=logged[-1]))
        elif what == "drop":
            with database.write("drop") as change:
                if change.execute("SELECT 1 FROM activity WHERE id = ?", logged[-1:]).fetchone():
                    activity_log.drop(change, logged[-1])
        elif what == "undo":
            history.undo(handle, NOW.date())
        else:
            history.redo(handle, NOW.date())
    sums = ", ".join(f"sum(count * ({rule.format(row='')}))" for rule in activity.COUNTED.values())
    recount = rows(
        handle,
        f"SELECT day, {sums}, sum(CASE kind WHEN 'deal' THEN coalesce(amount, 0) ELSE 0 END)"
        " FROM activity GROUP BY day",
    )
    kept = [row for row in rows(handle, "SELECT * FROM day_count ORDER BY day") if any(row[1:])]
    assert kept == [tuple(value or 0 for value in row) for row in recount]


def test_a_thousand_changes_are_kept(database: Database) -> None:
    handle = database.raw()
    handle.execute("PRAGMA synchronous=OFF")
    for _ in range(1_105):
        quick_log.append(handle, moment=NOW, now=NOW, kind="dial")
    count, newest = handle.execute("SELECT count(*), max(id) FROM change").fetchone()
    assert newest == 1_105
    assert 1_000 <= count <= 1_100
    assert rows(handle, "SELECT count(*) FROM change_row") == [(count,)]
    assert rows(handle, "SELECT dials FROM day_count") == [(1_105,)]


def test_log_ids_are_never_reused(database: Database) -> None:
    handle = database.raw()
    first = quick_log.append(handle, moment=NOW, now=NOW, kind="dial")[0]
    history.undo(handle, NOW.date())
    assert quick_log.append(handle, moment=NOW, now=NOW, kind="dial")[0] > first


def test_day_is_stored_as_local_date(database: Database) -> None:
    handle = database.raw()
    late = datetime(2026, 11, 16, 23, 59, 59)
    quick_log.append(handle, moment=late, now=late, kind="dial")
    quick_log.append(handle, moment=late + timedelta(seconds=1), now=late + timedelta(seconds=1), kind="dial")
    assert rows(handle, "SELECT day, local_time FROM activity ORDER BY id") == [
        ("2026-11-16", "23:59:59"),
        ("2026-11-17", "00:00:00"),
    ]
    with database.read() as reads:
        assert activity_log.day_counts(reads).counts_on(date(2026, 11, 17))["dials"] == 1
