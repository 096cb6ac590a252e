"""Today by keys and mouse."""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from planner import platform
from planner.domain.calls.activity_log import Activity
from planner.domain.day.figures import expected_by_now
from planner.domain.errors import DatabaseGone
from planner.domain.plan.goals import Horizon, Metric
from planner.services import history
from planner.services.calls import activity_log
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import Today, TodayStore
from planner.services.plan import goals
from planner.store.today_queries import BlockLine
from planner.tui.app import PlannerApp
from planner.tui.palette import Palette, entries, in_order
from planner.tui.plan.goals import GoalsScreen
from planner.tui.plan.modals.plan import PlanModal
from planner.tui.shared.modals.help import HelpModal
from tests.drills import often
from tests.scenes import NOW, context_at, count, move_clock, overfull, typical
from tests.tui.helpers import (
    COMPACT,
    PATIENCE,
    app_on,
    held_back,
    noted,
    press,
    running,
    says,
    settled,
    shown,
    text,
    today_screen,
    wait_for,
)


def dials(ctx: AppContext) -> int:
    handle = sqlite3.connect(ctx.path)
    try:
        row = handle.execute("SELECT sum(dials) FROM day_count WHERE day = '2026-11-16'").fetchone()
        return int(row[0] or 0)
    finally:
        handle.close()


async def test_a_hundred_keys_log_and_show_a_hundred_calls(ctx: AppContext) -> None:
    async with running(ctx, COMPACT) as pilot:
        await pilot.press(*"d" * 100)
        await wait_for(pilot, says(pilot, "Calls           100 ╱"))
        assert dials(ctx) == 100
        assert len(activity_log.on_day(ctx, NOW.date())) == 100


@pytest.mark.parametrize("hour", [7, 9, 15, 23])
async def test_first_start_welcomes_with_the_key_that_starts(tmp_path: Path, hour: int) -> None:
    ctx = context_at(tmp_path, NOW.replace(hour=hour))
    async with running(ctx) as pilot:
        for step in ("g     Set your quota", "6 I   Bring your contacts", "2     Make your first call", "F2    Take"):
            assert step in shown(pilot)
        assert "Priorities" not in shown(pilot), "no tables of zeros"
        assert shown(pilot).splitlines()[-1].startswith(" g set plan  F2 tour")
        assert not {"✗", "!"} & set(shown(pilot))
        await press(pilot, "d")
        assert not {"✗", "!"} & set(shown(pilot))
    async with running(ctx) as pilot:
        assert "Welcome" not in shown(pilot) and "No plan for this month yet" in shown(pilot)


@pytest.mark.parametrize(
    ("key", "metric", "kind"),
    [("d", "dials", "dial"), ("c", "conversations", "conversation"), ("m", "meetings_booked", "meeting-booked"),
     ("p", "proposals", "proposal")],
)  # fmt: skip
async def test_one_key_counts_one(ctx: AppContext, key: str, metric: str, kind: str) -> None:
    async with running(ctx) as pilot:
        await pilot.press(key)
        assert today_screen(pilot).today.counts[metric] == 1
        assert [row.kind for row in activity_log.on_day(ctx, NOW.date())] == [kind]
        await pilot.press("u")
        await wait_for(pilot, says(pilot, "Undid"))
        await wait_for(pilot, lambda: today_screen(pilot).today.counts[metric] == 0)
        await pilot.press("U")
        await wait_for(pilot, lambda: today_screen(pilot).today.counts[metric] == 1)


async def test_digit_after_a_call_logs_its_outcome(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "7")  # without a call the digit opens a screen
        assert pilot.app.screen is not today_screen(pilot)
        await press(pilot, "1")
        await pilot.press("d", "4")
        await wait_for(pilot, says(pilot, "Call: refused"))
        assert [row.outcome for row in activity_log.on_day(ctx, NOW.date())] == ["refused"]
        assert today_screen(pilot).today.counts["conversations"] == 1
        await press(pilot, "7", "1")
        assert [row.outcome for row in activity_log.on_day(ctx, NOW.date())] == ["refused"]
        await pilot.press("o", "1")
        await wait_for(pilot, says(pilot, "Call: no answer"))
        assert [row.outcome for row in activity_log.on_day(ctx, NOW.date())] == ["no-answer"]
        assert today_screen(pilot).today.counts["conversations"] == 0


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_every_outcome_is_offered_at_every_width(ctx: AppContext, width: int) -> None:
    async with running(ctx, (width, 24)) as pilot:
        await pilot.press("d")
        offered = shown(pilot).splitlines()[-2]
        assert all(f"{digit} " in offered for digit in range(1, 9))


async def test_outcome_offer_ends_after_five_seconds(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await pilot.press("d")
        assert says(pilot, "4 refused")()
        move_clock(ctx, NOW + timedelta(seconds=6))
        await wait_for(pilot, lambda: "4 refused" not in shown(pilot))
        await pilot.press("4")
        assert [row.outcome for row in activity_log.on_day(ctx, NOW.date())] == [None]


async def test_outcome_offer_ends_with_the_next_message(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await pilot.press("d", "p", "4")
        assert [row.outcome for row in activity_log.on_day(ctx, NOW.date())] == [None, None]
        await pilot.press("d")
        today_screen(pilot).show_error("something")
        await pilot.press("4")
        assert {row.outcome for row in activity_log.on_day(ctx, NOW.date())} == {None}


async def test_background_work_waits_to_report_until_the_offer_ends(ctx: AppContext) -> None:
    go_on = threading.Event()

    def slow() -> str:
        go_on.wait(PATIENCE)
        return "slow work"

    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        with held_back():
            app.carry_out(slow)
            await pilot.press("d")
            go_on.set()
            await wait_for(pilot, lambda: not app._busy)
            await pilot.press("4")
        assert [row.outcome for row in activity_log.on_day(ctx, NOW.date())] == ["refused"]
        assert says(pilot, "Call: refused")()
        move_clock(ctx, NOW + timedelta(seconds=6))
        await wait_for(pilot, says(pilot, "slow work"))


async def test_outcome_offer_ends_with_the_next_change_however_slow(ctx: AppContext) -> None:
    go_on = threading.Event()

    def slow() -> str:
        go_on.wait(PATIENCE)
        return "slow work"

    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        with held_back():
            await pilot.press("d")
            app.carry_out(slow)
            await pilot.press("4")
            go_on.set()
        await wait_for(pilot, lambda: isinstance(app.screen, GoalsScreen) and "slow work" in shown(pilot))
    assert [row.outcome for row in activity_log.on_day(ctx, NOW.date())] == [None]


async def test_plan_form_keeps_the_current_plan(tmp_path: Path) -> None:
    from planner.services.plan import plan
    from planner.services.plan.plan import form_facts
    from tests.scenes import MONTH

    ctx = context_at(tmp_path)
    plan.set_plan(ctx, MONTH, Decimal(700_000), "2x", starts=NOW.date())
    goals.add(ctx, "My calls", Horizon.MONTH, metric=Metric.DIALS, target=Decimal(420))
    move_clock(ctx, datetime(2026, 11, 21, 10))  # a Saturday without a target
    async with running(ctx) as pilot:
        await pilot.press("g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        await wait_for(pilot, says(pilot, "plan 1,400,000, quota 700,000"))
        await pilot.press("enter")
        await wait_for(pilot, says(pilot, "plan 1,400,000"))
    kept = form_facts(ctx, MONTH).plan
    assert kept is not None
    assert kept.quota == 700_000
    assert kept.starts == NOW.date()
    assert [node.goal.target for node in goals.list_goals(ctx)] == [420]


async def test_outcome_on_a_locked_database_is_reported(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "BUSY_SECONDS", 0.05)
    count(ctx, "dial")
    async with running(ctx) as pilot:
        holder = sqlite3.connect(ctx.path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        await pilot.press("o")
        await wait_for(pilot, says(pilot, "in use by another program"))
        holder.execute("ROLLBACK")
        holder.close()


async def test_selected_task_stays_visible_when_the_terminal_shrinks(tmp_path: Path) -> None:
    ctx = overfull(tmp_path)
    async with running(ctx, (120, 50)) as pilot:
        screen = today_screen(pilot)
        for _ in range(25):
            await pilot.press("down")
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, says(pilot, f"▌  {screen.today.tasks[25].rank:>3} "))


async def test_won_deal_is_entered_with_its_amount(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx, COMPACT) as pilot:
        await pilot.press("w", *"lots", "enter")
        await wait_for(pilot, says(pilot, "isn't a number"))
        await pilot.press("ctrl+u", *"88k")
        await wait_for(pilot, says(pilot, "88,000 RUB closed today"))
        await pilot.press("enter")
        await wait_for(pilot, says(pilot, "Won: November 2026 deal, 88,000 closed"))
        assert activity_log.on_day(ctx, NOW.date())[-1].amount == Decimal(88_000)
        assert says(pilot, "100%")()
        assert "700,000 RUB closed" in shown(pilot)


async def test_plan_form_sets_quota_and_plan_in_one_change(ctx: AppContext) -> None:
    async with running(ctx, COMPACT) as pilot:
        assert "Set your quota" in shown(pilot)
        await pilot.press("g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        await wait_for(pilot, says(pilot, "plan 1,400,000, quota 700,000"))
        await pilot.press("enter")
        await wait_for(pilot, says(pilot, "╱ 100"))
        assert "1,400,000  plan" in shown(pilot)
        assert today_screen(pilot).today.target("dials") == 100
        assert [node.goal.metric for node in goals.list_goals(ctx)] == ["dials", "meetings-booked"]
        await pilot.press("u")
        await wait_for(pilot, says(pilot, "Welcome to planner"))
        assert goals.list_goals(ctx) == []


async def test_plan_below_double_needs_confirmation(ctx: AppContext) -> None:
    async with running(ctx, COMPACT) as pilot:
        await pilot.press("g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        await pilot.press("tab", "tab", "ctrl+u", *"900000", "enter")
        await wait_for(pilot, says(pilot, "twice"))
        await pilot.press("enter")
        await wait_for(pilot, says(pilot, "900,000  plan"))
        await pilot.press("g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        await pilot.press("tab", "tab", "ctrl+u", *"700000", "enter")
        await wait_for(pilot, says(pilot, "isn't above your quota"))
        await pilot.press("escape")
        await wait_for(pilot, says(pilot, "900,000  plan"))


async def test_tasks_are_added_ranked_completed_snoozed_and_dropped(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        for title in ("first", "second", "[third]"):
            await pilot.press("a")
            await wait_for(pilot, says(pilot, "New task"))
            await pilot.press(*title, "enter")
            await wait_for(pilot, says(pilot, f"Added: {title}"))
        await wait_for(pilot, lambda: len(today_screen(pilot).today.tasks) == 3)
        await pilot.press("j", "j", "K")
        await wait_for(pilot, says(pilot, "Moved to place 2: [third]"))
        await wait_for(pilot, lambda: today_screen(pilot).today.tasks[1].title == "[third]")
        await pilot.press("x")
        await wait_for(pilot, says(pilot, "Done: [third]"))
        await wait_for(pilot, lambda: today_screen(pilot).today.tasks[2].done)
        await pilot.press("k", "k", "k", "z")
        await wait_for(pilot, says(pilot, "Snoozed until tomorrow: first"))
        await wait_for(pilot, lambda: len(today_screen(pilot).today.tasks) == 2)
        await pilot.press("delete")
        await wait_for(pilot, says(pilot, "Dropped: second"))
        assert history.changes(ctx, 1)[0].label == "dropped task: second"


async def test_counter_task_cannot_be_checked_off(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await pilot.press("x")
        await wait_for(pilot, says(pilot, "updates as you count"))


async def test_mouse_works_like_the_keys(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        before = today_screen(pilot).today.counts["conversations"]
        await pilot.click("#counters", offset=(30, 2))  # the second tile
        assert today_screen(pilot).today.counts["conversations"] == before + 1
        await pilot.click("#tasks", offset=(10, 3))
        assert today_screen(pilot).query_one("#tasks").cursor == 2  # type: ignore[attr-defined]
        await pilot.click("#footer", offset=(2, 0))
        await wait_for(pilot, says(pilot, "Call counted"))
        await pilot.click("#footer", offset=(105, 0))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, HelpModal))


async def test_help_opens_and_closes_with_the_same_key(ctx: AppContext) -> None:
    for key in ("question_mark", "f1"):
        async with running(ctx) as pilot:
            await pilot.press(key)
            await wait_for(pilot, says(pilot, "Count a meeting booked"))
            await pilot.press(key)
            await wait_for(pilot, lambda pilot=pilot: not isinstance(pilot.app.screen, HelpModal))  # type: ignore[misc]


async def test_help_has_a_title_and_is_searched(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "question_mark")
        assert "Keys · Today" in shown(pilot) and "esc close" in shown(pilot)
        assert "Count a proposal sent" in shown(pilot) and "Undo the last change" in shown(pilot)
        await press(pilot, *text("undo"))
        assert "History" in shown(pilot) and "Undo the last change" in shown(pilot)
        assert "Count a proposal sent" not in shown(pilot)
        await press(pilot, *text("xyz"))
        assert "No key matches." in shown(pilot)
        await press(pilot, *["backspace"] * 7, "pagedown", "pagedown", "pagedown", "pagedown")
        assert "Quit (everything is already saved)" in shown(pilot)
        await press(pilot, "escape", "2", "question_mark")
        assert "Keys · Calls" in shown(pilot)


async def test_palette_lists_every_action_with_its_key(ctx: AppContext) -> None:
    app = app_on(ctx)
    async with app.run_test():
        found = {entry.title: entry.keys for entry in entries(app, app.screen)}
    for title in (
        "log: call",
        "task: add",
        "plan: set quota and plan",
        "day: start or end day",
        "history: undo",
    ):
        assert title in found
    assert found["log: call"] == "d"
    assert found["history: redo"] == "U ^r"
    assert not any("outcome" in title and "last" not in title for title in found), "only what is valid now"


async def test_palette_begins_with_the_keys_of_the_footer(tmp_path: Path) -> None:
    app = app_on(typical(tmp_path))
    async with app.run_test() as pilot:
        found = [entry.title for entry in in_order(app, app.screen)]
        assert found[:4] == ["log: call", "log: conversation", "log: meeting", "log: proposal"]
        assert found.index("task: move up") < found.index("client: import a file") < found.index("screen: plan")
        await press(pilot, "3")
        found = [entry.title for entry in in_order(app, app.screen)]
        assert found[:3] == ["plan: set quota and plan", "plan: what if", "plan: why"]
        assert sorted(found) == sorted(entry.title for entry in entries(app, app.screen))


@pytest.mark.parametrize(("size", "width"), [((80, 24), 76), ((120, 36), 90), ((200, 50), 90)])
async def test_palette_finds_a_command_and_carries_it_out(ctx: AppContext, size: tuple[int, int], width: int) -> None:
    async with running(ctx, size) as pilot:
        await press(pilot, "ctrl+p")
        assert pilot.app.screen.query_one("#pick").size.width + 6 == width
        assert shown(pilot).count("screen: calling list") <= 1
        await press(pilot, *text("log call"))
        (chosen,) = (line for line in shown(pilot).splitlines() if "▌  log: call " in line)
        assert " d   │" in chosen
        await press(pilot, "enter")
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == 1)
        await press(pilot, "ctrl+p", *text("xyzxyz"))
        assert "No such command." in shown(pilot)


async def test_theme_is_chosen_by_name(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "ctrl+p", *text("change the theme"), "enter", *text("planner light"), "escape")
        assert pilot.app.theme == "planner-dark"
        await press(pilot, "ctrl+p", *text("change the theme"), "enter", *text("planner-light"), "enter")
        assert pilot.app.theme == "planner-light"


async def test_paging_in_a_tiny_palette_does_not_crash(ctx: AppContext) -> None:
    async with running(ctx, (30, 4)) as pilot:
        await pilot.press("ctrl+p")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Palette))
        await pilot.press("down", "pageup", "pagedown", "escape", "d")
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == 1)


async def test_external_calls_show_within_two_seconds(ctx: AppContext) -> None:
    count(ctx, "dial")
    async with running(ctx, COMPACT) as first, running(ctx, COMPACT) as second:
        count(ctx, "dial", 4)
        for pilot in (first, second):
            await wait_for(pilot, lambda pilot=pilot: today_screen(pilot).today.counts["dials"] == 5)  # type: ignore[misc]
            assert "Calls           5 ╱" in shown(pilot)


async def test_external_plan_change_is_shown(ctx: AppContext) -> None:
    count(ctx, "dial")
    async with running(ctx, COMPACT) as pilot:
        tasks.add(ctx, "from the other window")
        await wait_for(pilot, says(pilot, "from the other window"))
        from planner.services.plan import plan
        from tests.scenes import MONTH

        plan.set_plan(ctx, MONTH, Decimal(100), "3x")
        await wait_for(pilot, says(pilot, "300  plan"))


async def test_today_moves_to_the_next_day_after_midnight(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await pilot.press("d")
        move_clock(ctx, datetime(2026, 11, 17, 0, 0, 1))
        await wait_for(pilot, says(pilot, "Tue 17 Nov"))
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == 0)
        await pilot.press("d")
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == 1)
        assert len(activity_log.on_day(ctx, NOW.date())) == 1


async def test_locked_database_is_reported_and_nothing_counted(
    ctx: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "BUSY_SECONDS", 0.05)
    async with running(ctx) as pilot:
        await pilot.press("d")
        holder = sqlite3.connect(ctx.path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        await pilot.press("d")
        await wait_for(pilot, says(pilot, "in use by another program"))
        assert today_screen(pilot).today.counts["dials"] == 1
        holder.execute("ROLLBACK")
        holder.close()
        await pilot.press("d")
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == 2)
        assert dials(ctx) == 2


async def test_amount_is_kept_while_the_database_is_locked(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "BUSY_SECONDS", 0.05)
    count(ctx, "dial")
    async with running(ctx) as pilot:
        holder = sqlite3.connect(ctx.path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        await pilot.press("w", *"4321", "enter")
        await wait_for(pilot, lambda: "in use by another program" in shown(pilot) and "4321" in shown(pilot))
        holder.execute("ROLLBACK")
        holder.close()
        await pilot.press("enter")
        await wait_for(pilot, says(pilot, "4,321 closed"))


async def test_day_is_opened_and_closed_by_one_key(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    count(ctx, "dial")
    async with running(ctx) as pilot:
        await press(pilot, "b", "enter")
        await wait_for(pilot, lambda: today_screen(pilot).today.opened_at is not None)
        await press(pilot, "b", "enter")
        assert "No calling list for Tue 17 Nov yet" in shown(pilot)
        await press(pilot, "w", *["enter"] * 4)
        await wait_for(pilot, lambda: today_screen(pilot).today.closed_at is not None)
        await press(pilot, "b")
        await wait_for(pilot, lambda: today_screen(pilot).today.closed_at is None)


async def test_long_list_scrolls_with_the_cursor(tmp_path: Path) -> None:
    ctx = overfull(tmp_path)
    async with running(ctx, (80, 24)) as pilot:
        screen = today_screen(pilot)
        for _ in range(len(screen.today.tasks) + 5):
            await pilot.press("down")
        last = screen.today.tasks[-1]
        await wait_for(pilot, says(pilot, f"▌  {last.rank:>3} "))
        assert "more" not in shown(pilot).splitlines()[-3]
        for _ in range(len(screen.today.tasks) + 5):
            await pilot.press("up")
        await wait_for(pilot, says(pilot, "▌    1"))


async def test_invalid_setting_shows_a_banner(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[plan]\ncap = 99\n", encoding="utf-8")
    async with running(context_at(tmp_path)) as pilot:
        await wait_for(pilot, says(pilot, "plan.cap"))


async def test_theme_is_saved_only_on_request(ctx: AppContext) -> None:
    app = app_on(ctx)
    async with app.run_test():
        app.theme = "nord"
        assert not Path(ctx.settings_path).exists()
        app.keep_theme()
    assert 'theme = "nord"' in Path(ctx.settings_path).read_text(encoding="utf-8")
    assert app_on(AppContext(ctx.path, ctx.clock, ctx.settings_path)).theme == "nord"


async def test_no_control_characters_reach_the_terminal(tmp_path: Path) -> None:
    ctx = overfull(tmp_path)
    handle = sqlite3.connect(ctx.path)
    # as if written by another program
    handle.execute("UPDATE task SET title = 'a' || char(27) || '[2Jb' || char(8238) || char(155) || 'c' WHERE id % 2")
    handle.execute("UPDATE goal SET title = char(27) || ']52;c;aGk=' || char(7), for_whom = char(8238)")
    handle.execute("DELETE FROM laid_day")
    handle.commit()
    handle.close()
    async with running(ctx, (200, 50)) as pilot:
        text = shown(pilot)
        assert not any(ord(char) < 32 and char != "\n" for char in text)
        assert not any(char in text for char in "\x9b\u202e")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (99, 30), (100, 30), (120, 36), (200, 50), (40, 12), (20, 8)])
async def test_nothing_is_wider_than_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    from rich.cells import cell_len

    ctx = overfull(tmp_path)
    async with running(ctx, size) as pilot:
        await pilot.press("d")
        lines = shown(pilot).splitlines()
        assert max(cell_len(line) for line in lines) <= size[0]
        footer = lines[-1]
        assert footer.endswith(("quit", "quit ")) or size[0] < 30, footer


async def test_counting_continues_during_a_service_call(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await pilot.press("a", *"one", "enter", *"ddd")
        await wait_for(pilot, says(pilot, "one"))
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == 3)


def test_counts_wait_while_the_file_is_gone(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    live = TodayStore(ctx)
    live.log(Activity(0, NOW, "dial"))
    Path(ctx.path).rename(tmp_path / "moved.db")
    logged = live.log(Activity(0, NOW + timedelta(minutes=5), "dial"))
    assert "is gone" in logged.waits
    live.set_outcome(logged.id, "refused")
    assert live.last_call_id() == logged.id
    live.log(Activity(0, NOW + timedelta(minutes=6), "proposal"))
    assert live.take_back_waiting() == Activity(0, NOW + timedelta(minutes=6), "proposal")
    assert not os.path.exists(ctx.path)
    with pytest.raises(DatabaseGone):
        live.read()
    with pytest.raises(DatabaseGone), ctx.database.write("a task"):
        pass
    assert not os.path.exists(ctx.path)
    Path(tmp_path / "moved.db").replace(ctx.path)
    move_clock(ctx, NOW + timedelta(hours=1))
    live.log(Activity(0, ctx.now(), "dial"))
    rows = [(row.moment.minute, row.kind, row.outcome) for row in activity_log.on_day(ctx, NOW.date())]
    assert rows == [(42, "dial", None), (47, "dial", "refused"), (42, "dial", None)]
    assert live.undo() == "call" and live.undo() == "call (refused)"
    live.close()


@pytest.mark.parametrize("how", ["moved into its place", "never overwrites", "empty", "no database"])
def test_file_that_replaced_the_database_is_left_alone(tmp_path: Path, how: str) -> None:
    ctx, other = context_at(tmp_path), context_at(tmp_path / "other")
    count(other, "dial", 7)
    live = TodayStore(ctx)
    live.log(Activity(0, NOW, "dial"))
    kept = Path(ctx.path).read_bytes()
    theirs = {"empty": b"", "no database": b"a list of things to buy\n" * 90}.get(how, Path(other.path).read_bytes())
    if how != "never overwrites":
        Path(ctx.path).unlink()
    Path(ctx.path).write_bytes(theirs)
    assert live.log(Activity(0, NOW, "dial")).waits
    assert live.missing_reason()
    with pytest.raises(DatabaseGone), ctx.database.write("a task"):
        pass
    assert Path(ctx.path).read_bytes() == theirs
    Path(ctx.path).write_bytes(kept)
    assert not live.missing_reason()
    assert live.write_waiting() == 1
    assert dials(ctx) == 2
    live.close()


async def test_missing_file_is_reported_and_counts_stay_on_the_screen(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    moved = tmp_path / "moved.db"
    async with running(ctx, COMPACT) as pilot:
        before = today_screen(pilot).today.counts["dials"]
        Path(ctx.path).rename(moved)
        await wait_for(pilot, says(pilot, "Nothing can be saved"))
        await press(pilot, "d", "d", "c")
        await wait_for(pilot, says(pilot, "Not saved yet: conversation. 3 entries are waiting to be saved."))
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Undid: conversation, which wasn't saved yet"))
        await press(pilot, "o", "4")
        await wait_for(pilot, says(pilot, "Call: refused"))
        assert f"Calls           {before + 2} ╱" in shown(pilot)
        await press(pilot, "a", *text("Call Kim"), "enter")
        await wait_for(pilot, noted(pilot, "Nothing can be saved"))  # in the form, with what was typed
        await press(pilot, "escape", "ctrl+q")
        await wait_for(pilot, says(pilot, "Quit and lose 2 unsaved entries?"))
        await press(pilot, "n")
        assert not os.path.exists(ctx.path)
        moved.rename(ctx.path)
        await wait_for(pilot, says(pilot, "The database is back: 2 entries saved"))
        assert today_screen(pilot).today.counts["dials"] == before + 2 == dials(ctx)
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Undid: call (refused)"))
        assert dials(ctx) == before + 1


@pytest.mark.parametrize("place", ["calls", "clients", "review", "day", "plan", "goals", "mail", "deals", "care",
                                   "playbook", "week", "list", "settings"][: often(4, 13)])  # fmt: skip
async def test_every_screen_survives_a_file_that_vanishes_and_returns(tmp_path: Path, place: str) -> None:
    ctx = typical(tmp_path)
    moved = tmp_path / "moved.db"
    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        app.show(place)
        await settled(pilot)
        Path(ctx.path).rename(moved)
        await wait_for(pilot, says(pilot, "Nothing can be saved"))
        move_clock(ctx, NOW + timedelta(hours=20))  # another day begins meanwhile
        await press(pilot, "space", "1", "n", *"abc", "escape", "e", "escape", "x", "enter", "escape", "u", "escape")
        await press(pilot, "escape", "escape")
        assert not os.path.exists(ctx.path)
        move_clock(ctx, NOW)
        moved.rename(ctx.path)
        await wait_for(pilot, lambda: not app._file_trouble)
        before = today_screen(pilot).today.counts["dials"]
        await wait_for(pilot, lambda: app.screen is today_screen(pilot))
        await press(pilot, "d")
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == before + 1)


def test_polling_during_a_commit_is_no_error(ctx: AppContext) -> None:
    live = TodayStore(ctx)
    live.log(Activity(0, NOW, "dial"))
    live.read()
    holder = sqlite3.connect(ctx.path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert not live.has_changed()
    holder.execute(
        "INSERT INTO activity (at, day, local_time, kind, count, logged_at)"
        " VALUES (0, '2026-11-16', '09:00:00', 'dial', 1, 0)"
    )
    holder.execute("COMMIT")
    holder.close()
    assert live.has_changed()
    assert live.read().counts["dials"] == 2
    live.close()


def test_today_store_works_without_a_database(tmp_path: Path) -> None:
    live = TodayStore(context_at(tmp_path))
    assert live.undo() is None
    assert live.last_call_id() is None
    assert not live.has_changed()
    live.log(Activity(0, NOW, "dial"))
    assert live.last_call_id() == 1
    live.close()


def test_expected_calls_ignore_time_before_the_first_use() -> None:
    today = Today(date(2026, 11, 16))
    today.blocks = [BlockLine((8 * 60 + 30, 12 * 60, "calls", "", 1, 0, None, "", None, ""))]
    today.began = 10 * 60 + 30
    times = [datetime(2026, 11, 16, hour, minute) for hour, minute in ((10, 30), (11, 15), (12, 0))]
    assert [expected_by_now(today, now, 90) for now in times] == [0, 45, 90]
    today.began = -24 * 60
    assert expected_by_now(today, times[0], 90) == 51
