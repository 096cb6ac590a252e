"""Undo and redo of every kind of change, across connections and in any order."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner.domain.day.tasks import Due, Priority
from planner.domain.plan.goals import GoalState, Horizon, Metric
from planner.domain.plan.plan import MonthPlan
from planner.domain.workdays import Period, parse_month
from planner.services import history
from planner.services.calls import activity_log, log_corrections
from planner.services.context import AppContext
from planner.services.day import day, tasks
from planner.services.day.today_store import TodayStore
from planner.services.plan import calendar, goals, plan
from planner.store import connection, recorder
from planner.store.recorder import LOGGED
from tests import recording
from tests.drills import often
from tests.scenes import context_at

MONTH = parse_month("2026-11")


@pytest.fixture(autouse=True)
def _check_recording() -> Iterator[None]:
    with recording.checked():
        yield


MONDAY = date(2026, 11, 16)


def content(ctx: AppContext) -> dict[str, list[tuple[Any, ...]]]:
    """Every logged table, without the backup mark and the order of unplaced tasks, which building a day derives."""
    handle = sqlite3.connect(ctx.path)
    try:
        found = {name: handle.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() for name in LOGGED}
        found["meta"] = [row for row in found["meta"] if row[1] != "backup_day"]
        names = [row[1] for row in handle.execute("PRAGMA table_info(task)")]
        rank, placed, kind = (names.index(name) for name in ("rank", "placed", "kind"))
        # counter tasks are derived, not typed
        found["task"] = [
            row if row[placed] else (*row[:rank], 0, *row[rank + 1 :]) for row in found["task"] if row[kind] == "own"
        ]
        found["day_count"] = [row for row in handle.execute("SELECT * FROM day_count ORDER BY day") if any(row[1:])]
        return found
    finally:
        handle.close()


def first_goal(ctx: AppContext) -> int:
    return goals.list_goals(ctx, all_states=True)[0].goal.id


def first_task(ctx: AppContext) -> int:
    return tasks.list_tasks(ctx)[0].id


def logged_row(ctx: AppContext) -> int:
    return activity_log.on_day(ctx, MONDAY)[0].id


CHANGES = {
    "a call": lambda ctx: activity_log.log(ctx, "dial", outcome="refused"),
    "a call with a new contact": lambda ctx: activity_log.log(ctx, "dial", contact="new: Kim [x] 김민수"),
    "a deal": lambda ctx: activity_log.log(ctx, "deal", amount=Decimal("12.50")),
    "yesterday's calls": lambda ctx: activity_log.log(ctx, "dial", count=50, moment=datetime(2026, 11, 15, 12)),
    "a corrected row": lambda ctx: log_corrections.edit(ctx, logged_row(ctx), count=7, note="so it was"),
    "a dropped row": lambda ctx: log_corrections.drop(ctx, logged_row(ctx)),
    "a plan": lambda ctx: plan.set_plan(ctx, MONTH, Decimal(700), "2x", currency="EUR"),
    "a plan with acts": lambda ctx: plan.set_plan_and_acts(
        ctx, MONTH, MonthPlan(MONTH, Decimal(1), Decimal(5)), calls_a_day=100, meetings_a_month=8
    ),
    "a goal": lambda ctx: goals.add(ctx, "flat", Horizon.FIVE_YEARS, for_whom="Anna"),
    "a goal under it": lambda ctx: goals.add(
        ctx, "calls", Horizon.MONTH, parent_id=first_goal(ctx), metric=Metric.DIALS, target=Decimal(1950)
    ),
    "an edited goal": lambda ctx: goals.edit(ctx, first_goal(ctx), {"title": "house", "why": "room"}),
    "a goal reached": lambda ctx: goals.set_state(ctx, first_goal(ctx), state=GoalState.DONE),
    "a task": lambda ctx: tasks.add(ctx, "write", due=Due(MONDAY, time(16)), priority=Priority.A),
    "a task that comes again": lambda ctx: tasks.add(ctx, "report", every="FREQ=DAILY", contact="new: Lee"),
    "a task done": lambda ctx: tasks.complete(ctx, first_task(ctx)),
    "a task moved": lambda ctx: tasks.move(ctx, first_task(ctx), "down"),
    "a task put off": lambda ctx: tasks.snooze(ctx, first_task(ctx), Due(date(2026, 12, 1))),
    "a task dropped": lambda ctx: tasks.drop(ctx, first_task(ctx), reason="not needed"),
    "a day off": lambda ctx: calendar.set_days(ctx, [Period(MONDAY, date(2026, 11, 18))], Fraction(0), "trip"),
    "a day as usual": lambda ctx: calendar.set_days(ctx, [Period(MONDAY, MONDAY)], None),
    "the day opened": day.open_day,
    "the day closed": lambda ctx: day.close_day(ctx, without_list=True),
}
numbers = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=often(5, 60))
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=12))
@example(["a task", "a task", "a task put off", "a call with a new contact"])
def test_any_sequence_of_changes_can_be_undone_and_redone(tmp_path: Path, names: list[str]) -> None:
    from planner.domain.errors import PlannerError

    folder = tmp_path / str(next(numbers))
    folder.mkdir()
    ctx = context_at(folder)
    ctx.database.raw().close()
    states = [content(ctx)]
    for name in names:
        try:
            CHANGES[name](ctx)  # type: ignore[no-untyped-call]
        except (PlannerError, IndexError):
            assert content(ctx) == states[-1], f"{name} failed and left something behind"
            continue
        if content(ctx) != states[-1]:
            states.append(content(ctx))
        live = TodayStore(ctx)
        live.read()  # building the day in between must not disturb the history
        live.close()
    for state in reversed(states[:-1]):
        assert history.undo(ctx) is not None
        assert content(ctx) == state
    assert history.undo(ctx) is None
    for state in states[1:]:
        assert history.redo(ctx) is not None
        assert content(ctx) == state
    assert history.redo(ctx) is None


def test_every_change_has_a_descriptive_label(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    goals.add(ctx, "flat", Horizon.FIVE_YEARS)
    tasks.add(ctx, "first")
    tasks.add(ctx, "second")
    activity_log.log(ctx, "dial")
    for name, change in CHANGES.items():
        if not tasks.list_tasks(ctx):
            tasks.add(ctx, "one more")
        if not activity_log.on_day(ctx, MONDAY):
            activity_log.log(ctx, "dial")
        before = history.changes(ctx, 1)[0].id
        change(ctx)  # type: ignore[no-untyped-call]
        newest = history.changes(ctx, 1)[0]
        assert newest.id > before, name
        assert newest.label not in ("", "edit", "drop", "log", "done", "move"), name


def test_new_change_clears_redo(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    activity_log.log(ctx, "dial")
    activity_log.log(ctx, "proposal")
    assert history.undo(ctx) == "proposal"
    activity_log.log(ctx, "email")
    assert history.redo(ctx) is None
    assert history.undo(ctx) == "email"
    assert history.undo(ctx) == "call"


def test_redone_goals_keep_their_parents(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    wish = goals.add(ctx, "flat", Horizon.FIVE_YEARS)
    goals.add(ctx, "year", Horizon.YEAR, parent_id=wish.id)
    for _ in range(2):
        history.undo(ctx)
    assert goals.list_goals(ctx) == []
    for _ in range(2):
        history.redo(ctx)
    assert [node.goal.parent_id for node in goals.list_goals(ctx)] == [None, wish.id]


def test_reference_cache_is_complete_during_concurrent_reads(ctx: AppContext) -> None:
    ctx.database.raw().close()
    with closing(connection.connect(ctx.path)) as handle:
        whole = recorder.references(handle, "contact")
        recorder._references.clear()
        seen: list[list[tuple[str, str, bool]]] = []

        class Halfway:
            """A connection during whose query another one asks."""

            def execute(self, sql: str) -> sqlite3.Cursor:
                if sql.endswith("(letter)"):
                    seen.append(list(recorder.references(handle, "contact")))
                return handle.execute(sql)

        assert recorder.references(Halfway(), "contact") == whole  # type: ignore[arg-type]
        assert seen == [whole]
        assert recorder.references(handle, "contact") == whole


def test_column_added_by_a_newer_version_is_kept(ctx: AppContext) -> None:
    task = tasks.add(ctx, "write")
    with closing(sqlite3.connect(ctx.path)) as handle:
        handle.execute("ALTER TABLE task ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'")
    tasks.edit(ctx, task.id, {"title": "write to Kim"})
    with closing(sqlite3.connect(ctx.path)) as handle:
        assert handle.execute("SELECT title, mood FROM task").fetchall() == [("write to Kim", "calm")]
