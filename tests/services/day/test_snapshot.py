"""The day as it is kept: read once, planned, and made anew only where something that it rests on has changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from planner.domain.calls.activity_log import Activity
from planner.domain.day.tasks import Due, Priority
from planner.domain.errors import PlannerError
from planner.domain.plan.goals import Horizon
from planner.domain.workdays import Period
from planner.services import history
from planner.services.calls import activity_log, log_corrections
from planner.services.clients import deals, duplicates, people, promises
from planner.services.context import AppContext
from planner.services.day import blocks, evening, snapshot, tasks, week
from planner.services.day.today_store import TodayStore
from planner.services.forecast import odds
from planner.services.plan import calendar, goals, months, plan
from planner.store import connection
from planner.store.recorder import Writer
from planner.store.today_queries import Today
from tests.drills import LONG
from tests.scenes import MONTH, NOW, typical
from tests.services.test_every_change import ACTS, Rep, rep  # noqa: F401

# worked out anew by themselves, once the counts have moved on
ODDS = ("p_plan", "p_quota", "forecast", "forecast_low", "forecast_high", "noes", "noes_low", "noes_high", "advice")


def seen(today: Today) -> dict[str, Any]:
    """All that a day shows; its tasks by what they say, because making a day anew brings them into its order."""
    found = dict(vars(today))
    found["tasks"] = {
        line.id: tuple(getattr(line, name) for name in line.__slots__ if name != "rank") for line in today.tasks
    }
    found["due"] = [(each.kind, each.at, each.text, each.contact) for each in today.due]
    found["blocks"] = [tuple(getattr(block, name) for name in block.__slots__) for block in today.blocks]
    del found["odds_key"]
    return found


def anew(ctx: AppContext) -> Today:
    """The day made from nothing."""
    with closing(sqlite3.connect(ctx.path)) as handle, handle:
        handle.execute("DELETE FROM laid_day")
    ctx.kept.clear()
    with closing(TodayStore(ctx)) as live:
        return live.read()


def test_kept_snapshot_always_equals_a_rebuilt_one(
    rep: Rep,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    ctx = rep.ctx()
    for number, (name, act) in enumerate(ACTS.items()):
        with suppress(PlannerError, IndexError):
            rep.do(act)
        if number % 3 and not LONG:
            continue
        with closing(TodayStore(ctx)) as live:
            live.ctx.reread_config()
            kept = seen(live.read())
        made = seen(anew(rep.ctx()))
        for figure in ODDS:
            del kept[figure], made[figure]
        assert kept == made, name


def statements(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What making a day anew says to the database, transaction by transaction."""
    found: list[list[str]] = [[]]
    connect = connection.connect

    def traced(path: str) -> sqlite3.Connection:
        handle = connect(path)

        def trace(statement: str) -> None:
            if statement.startswith("BEGIN"):
                found.append([])
            found[-1].append(statement)

        handle.set_trace_callback(trace)
        return handle

    monkeypatch.setattr(connection, "connect", traced)
    anew(ctx)
    return found


def test_building_a_day_takes_fifteen_selects_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = statements(typical(tmp_path), monkeypatch)
    planned = next(part for part in parts if any("FROM goal" in each for each in part))
    assert len([each for each in planned if each.lstrip().startswith("SELECT")]) <= 15, "\n".join(planned)


@pytest.fixture
def laid(tmp_path: Path) -> AppContext:
    """A typical day, kept."""
    ctx = typical(tmp_path)
    with closing(TodayStore(ctx)) as live:
        live.read()
    return ctx


def test_moving_a_block_recomputes_neither_odds_nor_targets(laid: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> Any:
        raise AssertionError("a moved block asks for nothing of that")

    block = next(each for each in blocks.read(laid, laid.today()).blocks if each.block.kind == "calls")
    monkeypatch.setattr(odds, "outlook", never)
    monkeypatch.setattr(snapshot, "plan_day", never)
    blocks.move(laid, laid.today(), block, block.block.first + 15, block.block.last)
    with closing(TodayStore(laid)) as live:
        assert live.peek() is None  # stale
        today = live.read()
        assert live.peek() is not None
    moved = next(each for each in today.blocks if each.position == block.position)
    assert moved.first == block.block.first + 15


@pytest.mark.parametrize("what", ["a task", "a call", "a promise"])
def test_unrelated_changes_keep_the_snapshot(laid: AppContext, what: str) -> None:
    if what == "a task":
        tasks.edit(laid, tasks.add(laid, "write").id, {"title": "write to Kim"})
    elif what == "a call":
        activity_log.log(laid, "dial")
    else:
        promises.add(laid, "price list", Due(laid.today() + timedelta(days=1)))
    with closing(TodayStore(laid)) as live:
        assert live.peek() is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda ctx: goals.edit(ctx, 3, {"target": Decimal(7)}),
        lambda ctx: deals.add(ctx, "Press", contact="Hanbit Trading", value=Decimal(9)),
        lambda ctx: activity_log.log(ctx, "dial", moment=NOW - timedelta(days=3)),
        lambda ctx: week.use(ctx, week.templates(ctx)[-1]),
        lambda ctx: plan.set_plan(ctx, MONTH, Decimal(700_000), "3x"),
    ],
    ids=["a goal", "a deal", "a call of another day", "the week", "the plan"],
)
def test_changes_of_inputs_make_the_snapshot_stale(laid: AppContext, change: Any) -> None:
    change(laid)
    with closing(TodayStore(laid)) as live:
        assert live.peek() is None


def test_odds_are_kept_until_their_inputs_change(laid: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    facts = odds._facts

    def counted(*words: Any) -> Any:
        asked.append(words)
        return facts(*words)

    monkeypatch.setattr(odds, "_facts", counted)
    snapshot.refresh_odds(laid)
    asked.clear()
    tasks.add(laid, "write")
    snapshot.refresh_odds(laid)
    assert not asked
    activity_log.log(laid, "dial")
    snapshot.refresh_odds(laid)
    assert len(asked) == 1


def test_snapshot_is_replanned_if_the_database_changes_meanwhile(
    laid: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned, writer = snapshot.plan_day, Writer
    times: list[object] = []

    def counted(*words: Any) -> Any:
        times.append(words)
        return planned(*words)

    def meanwhile(handle: sqlite3.Connection) -> Writer:
        with closing(sqlite3.connect(laid.path)) as other, other:  # another program, between reading and keeping
            other.execute("UPDATE month_plan SET personal_plan = 210000000")
        return writer(handle)

    with closing(sqlite3.connect(laid.path)) as handle, handle:
        handle.execute("DELETE FROM laid_day")
    monkeypatch.setattr(snapshot, "plan_day", counted)
    monkeypatch.setattr(snapshot, "Writer", meanwhile)
    with closing(TodayStore(laid)) as live:
        assert live.read().personal_plan == 210_000_000
        assert live.peek() is not None
    assert len(times) == 2


def test_call_counted_while_the_day_is_built_is_shown(laid: AppContext) -> None:
    with closing(TodayStore(laid)) as live:
        made = live.rebuild()
        live.log(Activity(0, datetime(2026, 11, 16, 9, 42), "dial"))
        shown = live.glance() or made
        live.refresh_counts(shown)
        assert shown.counts["dials"] == made.counts["dials"] + 1 == 38


@pytest.mark.parametrize(
    "correct",
    [
        lambda ctx, row: log_corrections.edit(ctx, row, outcome="conversation"),
        log_corrections.drop,
        lambda ctx, row: activity_log.log(ctx, "dial", contact="new: Somebody New"),
    ],
    ids=["edited", "dropped", "with a new contact"],
)
def test_correcting_todays_log_makes_the_snapshot_stale(laid: AppContext, correct: Any) -> None:
    row = activity_log.log(laid, "dial").entry.id
    correct(laid, row)
    with closing(TodayStore(laid)) as live:
        assert live.peek() is None


def order(ctx: AppContext) -> list[str]:
    """The open tasks of today, as its list shows them."""
    with closing(TodayStore(ctx)) as live:
        return [str(line.title) for line in live.read().tasks if line.kind == "own" and not line.done]


def test_task_list_is_reordered_when_priorities_change(ctx: AppContext) -> None:
    goal = goals.add(ctx, "Flat", Horizon.FIVE_YEARS).id
    alpha, beta, gamma = (tasks.add(ctx, each, priority=Priority.B).id for each in ("Alpha", "Beta", "Gamma"))
    assert order(ctx) == ["Alpha", "Beta", "Gamma"]
    tasks.edit(ctx, gamma, {"goal_id": goal})
    assert order(ctx) == [each.title for each in tasks.list_tasks(ctx)] == ["Gamma", "Alpha", "Beta"]
    history.undo(ctx)
    assert order(ctx) == ["Alpha", "Beta", "Gamma"]
    tasks.complete(ctx, beta)
    tasks.edit(ctx, alpha, {"priority": Priority.C})
    tasks.reopen(ctx, beta)
    assert order(ctx) == ["Beta", "Gamma", "Alpha"]


def test_merging_contacts_reorders_their_tasks(ctx: AppContext) -> None:
    people.add(ctx, "Kim", {})
    people.add(ctx, "Kim Min-jun", {})
    deals.add(ctx, "Press", contact="Kim", value=Decimal(90_000))
    tasks.add(ctx, "Alpha", priority=Priority.B)
    tasks.add(ctx, "Beta", priority=Priority.B, contact="Kim Min-jun")
    assert order(ctx) == ["Alpha", "Beta"]
    duplicates.merge(ctx, "Kim", "Kim Min-jun")
    assert order(ctx) == ["Beta", "Alpha"]
    history.undo(ctx)
    assert order(ctx) == ["Alpha", "Beta"]


@pytest.mark.parametrize("first", [plan.show, evening.read, snapshot.refresh_odds])
def test_odds_use_settings_written_meanwhile(laid: AppContext, first: Any) -> None:
    before = plan.show(laid).outlook.facts
    first(laid)
    Path(laid.settings_path).write_text("[calendar]\nmonday = 0\ntuesday = 0\n[plan]\nprobability = 0.95\n")
    first(laid)
    after = plan.show(laid).outlook.facts
    assert (after.left, after.wanted) == (4.5, 0.95)  # the 26th is off, the 27th half
    assert after.left < before.left


@pytest.mark.parametrize("span", months.Span)
def test_plan_without_a_working_day_left_covers_its_whole_month(ctx: AppContext, span: months.Span) -> None:
    plan.set_plan(ctx, MONTH, Decimal(1_000), "2x", starts=date(2026, 11, 27))
    activity_log.log(ctx, "deal", amount=Decimal(300), moment=datetime(2026, 11, 10, 10))
    calendar.set_days(ctx, [Period(date(2026, 11, 27), date(2026, 11, 30))], Fraction(0))
    sheet = months.read(ctx, span, ctx.today())
    assert sheet.booked == 300
    assert sheet.quota is not None
    assert (int(sheet.quota.target), int(sheet.quota.done)) == (1_000, 300)
