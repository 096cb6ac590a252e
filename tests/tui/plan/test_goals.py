"""Goals by keys and mouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from textual.pilot import Pilot

from planner.domain.plan.goals import GoalState, Horizon, Metric
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.plan import goal_tree, goals
from planner.tui.day.widgets.today import TaskList
from planner.tui.plan.goals import GoalsScreen
from planner.tui.plan.modals.goal import GoalModal
from planner.tui.plan.widgets.goal_detail import week_lines
from planner.tui.plan.widgets.goals import GoalLines, pace_mark, sign_of
from tests.scenes import overfull, typical
from tests.tui.helpers import press, running, says, settled, shown, today_screen, wait_for


def titles(ctx: AppContext) -> dict[str, str]:
    """Every open goal's title with its parent's."""
    rungs = {node.goal.id: node.goal for node in goals.list_goals(ctx)}
    return {goal.title: rungs[goal.parent_id].title if goal.parent_id else "" for goal in rungs.values()}


def tree(pilot: Pilot[None]) -> GoalLines:
    return pilot.app.screen.query_one(GoalLines)


def chosen(pilot: Pilot[None]) -> str:
    line = tree(pilot).chosen
    assert line is not None
    return line.goal.goal.title if line.goal else str(line.key)


async def choose(pilot: Pilot[None], title: str) -> None:
    """Put the cursor on a goal by its title."""
    await press(pilot, "home")
    for _ in range(200):
        if chosen(pilot) == title:
            return
        await pilot.press("down")
    raise AssertionError(f"{title} isn't there: {shown(pilot)}")


async def write(pilot: Pilot[None], **fields: str) -> None:
    """Fill in the open form and save it."""
    assert isinstance(pilot.app.screen, GoalModal)
    for name, text in fields.items():
        pilot.app.screen.query_one(f"#field-{name}").value = text  # type: ignore[attr-defined]
    await press(pilot, "enter")


async def test_first_wish_and_a_goal_under_it(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "4")
        assert "No goals yet" in shown(pilot)
        await press(pilot, "n")
        await write(pilot, title="Дом у моря 바닷가", for_whom="Anna", picture="the terrace")
        await wait_for(pilot, says(pilot, "New goal: Дом у моря"))
        await press(pilot, "n")
        await write(pilot, title="Cold calls", horizon="month", metric="dials", target="1950")
        await settled(pilot)
    assert titles(ctx) == {"Дом у моря 바닷가": "", "Cold calls": "Дом у моря 바닷가"}
    wish, calls = (node.goal for node in goals.list_goals(ctx))
    assert (wish.horizon, wish.for_whom, wish.picture) == (Horizon.FIVE_YEARS, "Anna", "the terrace")
    assert (calls.metric, calls.target) == (Metric.DIALS, Decimal(1950))


async def test_goals_show_their_pace_and_path_to_today(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "4")
        text = shown(pilot)
        assert "887 ╱ 1,950  ▼ 150" in text
        assert "· 116 calls" in text
        await choose(pilot, "Cold calls")
        text = shown(pilot)
        assert "a family home › Top rep" in text
        assert "116 today" in text
        await choose(pilot, "a family home")
        assert "Anna and the kids" in shown(pilot)
        assert "Keys in hand" in shown(pilot)


async def test_editing_a_goal_changes_only_typed_fields(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    goals.edit(ctx, 3, {"why": "two\nlines"})
    async with running(ctx) as pilot:
        await press(pilot, "4")
        await choose(pilot, "Deals")
        await press(pilot, "e")
        await write(pilot, target="6", due="2026-11-28")
        await wait_for(pilot, says(pilot, "Saved: Deals"))
        assert "1 ╱ 6" in shown(pilot)
        goal = goals.show(ctx, 3).goal
        assert (goal.target, goal.period.last, goal.why) == (Decimal(6), date(2026, 11, 28), "two\nlines")
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "1 ╱ 4"))


async def test_invalid_goal_is_explained_in_the_form(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "4", "n")
        await write(pilot, title="X", horizon="soon")
        assert "'soon' is not a horizon" in shown(pilot)
        await write(pilot, horizon="month", target="5")
        assert "A target needs a metric" in shown(pilot)
        await write(pilot, title="")
        assert "Enter a title" in shown(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, GoalsScreen)


async def test_refused_goal_reopens_the_form_with_its_input(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        await choose(pilot, "Deals")
        await press(pilot, "n")
        await write(pilot, title="Too long for its place", horizon="5y", why="typed at length")
        await wait_for(pilot, says(pilot, "can't go under goal"))
        assert "typed at length" in shown(pilot)
        await write(pilot, horizon="week")
        await wait_for(pilot, says(pilot, "New goal: Too long for its place"))
    assert titles(ctx)["Too long for its place"] == "Deals"


async def test_task_can_be_checked_off_but_not_a_counter(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    tasks.add(ctx, "Call the bank", goal_id=3)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        await choose(pilot, "Deals")
        await pilot.press("down")
        await press(pilot, "x")
        assert "This count comes from your log" in shown(pilot)
        await pilot.press("down")
        await press(pilot, "x")
        await wait_for(pilot, says(pilot, "Done: Call the bank"))
    assert tasks.list_tasks(ctx, goal_id=3) == []
    assert "Deals" in titles(ctx)


async def test_other_keys_are_inactive_while_moving(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "4", "down", "m", "x", "delete", "n", "a")
        assert isinstance(pilot.app.screen, GoalsScreen)
        await press(pilot, "escape", "t")
    assert len(titles(ctx)) == 7


async def test_goals_are_completed_dropped_and_reopened(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        await choose(pilot, "Meetings")
        await press(pilot, "x")
        await choose(pilot, "Proposals")
        await press(pilot, "delete")
        await wait_for(pilot, says(pilot, "2 done or dropped"))
        assert "Meetings" not in titles(ctx)
        await press(pilot, "v")
        await wait_for(pilot, lambda: "✓ Meetings" in shown(pilot) and "✗ Proposals" in shown(pilot))
        await choose(pilot, "Meetings")
        await press(pilot, "x")
        await wait_for(pilot, says(pilot, "Reopened: Meetings"))
    states = {node.goal.title: node.goal.state for node in goals.list_goals(ctx, all_states=True)}
    assert (states["Meetings"], states["Proposals"]) == (GoalState.OPEN, GoalState.DROPPED)


async def test_goal_is_moved_under_another_or_to_the_top(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        await choose(pilot, "Cold calls")
        await press(pilot, "m")
        assert "select its new parent" in shown(pilot)
        await choose(pilot, "a family home")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, 'Moved under "a family home"'))
        assert titles(ctx)["Cold calls"] == "a family home"
        await choose(pilot, "Cold calls")
        await press(pilot, "m", "t")
        assert titles(ctx)["Cold calls"] == ""
        await choose(pilot, "a family home")
        await press(pilot, "m")
        await choose(pilot, "Deals")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Choose another parent"))
        await press(pilot, "m", "escape")
        assert isinstance(pilot.app.screen, GoalsScreen)
        assert tree(pilot).moving is None


async def test_siblings_are_reordered(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        await choose(pilot, "Conversations")
        await press(pilot, "K")
        order = [node.goal.title for node in goals.list_goals(ctx)]
        assert order.index("Conversations") < order.index("Cold calls")
        await press(pilot, "K")
        await wait_for(pilot, says(pilot, "is already first among"))
        await press(pilot, "J", "J", "J")
        assert [node.goal.title for node in goals.list_goals(ctx)][-1] == "Conversations"


async def test_task_leads_to_its_goal_and_back(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        await choose(pilot, "Deals")
        await press(pilot, "a")
        pilot.app.screen.query_one("#field-line").value = "Call the bank"  # type: ignore[attr-defined]
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Call the bank"))
        assert [task.title for task in tasks.list_tasks(ctx, goal_id=3)] == ["Call the bank"]
        await press(pilot, "1")
        today = today_screen(pilot)
        assert pilot.app.screen is today
        today.choose(("task", tasks.list_tasks(ctx, goal_id=3)[0].id))
        await press(pilot, "enter")
        line = tree(pilot).chosen
        assert line is not None and line.task is not None and line.task.title == "Call the bank"
        assert "└ Top rep in the company" in shown(pilot)
        await press(pilot, "enter")
        assert pilot.app.screen is today
        assert today.query_one(TaskList).chosen_id == line.task.id


async def test_task_without_a_goal_says_so(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        alone = next(task.id for task in today_screen(pilot).today.tasks if task.kind == "own")
        today_screen(pilot).choose(("task", alone))
        await press(pilot, "enter")
        assert "This task has no goal yet" in shown(pilot)


async def test_mouse_works_like_the_keys(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "4")
        row = next(y for y, line in enumerate(shown(pilot).splitlines()) if "Meetings" in line)
        await pilot.click(offset=(20, row))
        assert chosen(pilot) == "Meetings"
        await pilot.click(offset=(20, row), times=2)
        await settled(pilot)
        assert type(pilot.app.screen) is GoalModal
        await press(pilot, "escape")
        footer = shown(pilot).splitlines()[-1]
        await pilot.click(offset=(footer.index("today") - 1, 35))
        await settled(pilot)
        assert len(pilot.app.screen_stack) == 1


async def test_external_change_is_shown(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    other = AppContext(ctx.path, ctx.clock, ctx.settings_path)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        goals.add(other, "From elsewhere", Horizon.YEAR, parent_id=1, metric=Metric.REVENUE, target=Decimal(5_000_000))
        await wait_for(pilot, says(pilot, "From elsewhere"))
        await press(pilot, "1")
        assert pilot.app.screen is today_screen(pilot)


async def test_cursor_stays_visible_in_a_long_tree(tmp_path: Path) -> None:
    ctx = overfull(tmp_path)
    for number in range(40):
        goals.add(ctx, f"[b]Wish[/] {number}", Horizon.FIVE_YEARS)
    async with running(ctx, (80, 24)) as pilot:
        await press(pilot, "4", "end")
        assert "▌  [b]Wish[/] 39" in shown(pilot)
        await press(pilot, "home")
        assert "▌  a family home" in shown(pilot)
        assert "more" in shown(pilot)


async def test_a_large_screen_has_the_pace_of_the_branch_beside_the_tree(tmp_path: Path) -> None:
    async with running(typical(tmp_path), (200, 50)) as pilot:
        await press(pilot, "4")
        await wait_for(pilot, says(pilot, "Twelve weeks"))
        assert "from this morning: 116 today · 579 this week · 1,100 this month" in shown(pilot)
        await choose(pilot, "Meetings")
        assert "from this morning: 116 today" not in shown(pilot)
        assert "from this morning: 1 today · 2 this week" in shown(pilot)  # of the deals above it


async def test_an_empty_tree_shows_only_the_keys_that_do_something(ctx: AppContext) -> None:
    async with running(ctx, (120, 36)) as pilot:
        await press(pilot, "4")
        await wait_for(pilot, says(pilot, "n add your first goal"))
        footer = shown(pilot).splitlines()[-1]
        assert "new goal" in footer
        assert "drop" not in footer


def test_each_row_of_the_weeks_has_its_number(tmp_path: Path) -> None:
    found = (line.goal for line in goal_tree.read(typical(tmp_path)).lines)
    rungs = [each for each in found if each is not None and each.goal.metric is not None]
    weeks = {"deals": [0] * 11 + [1], "dials": [0] * 11 + [1_137]}
    lines = [line for line in week_lines(rungs, weeks, 60) if line]
    assert [line[-1] for line in lines] == [("    1", "bold"), ("1,137", "bold")]


@pytest.mark.parametrize("scene", [typical, overfull])
def test_the_mark_in_a_bar_is_on_the_side_that_the_sign_says(
    scene: Callable[[Path], AppContext], tmp_path: Path
) -> None:
    signs = set()
    for item in filter(None, (line.goal for line in goal_tree.read(scene(tmp_path)).lines)):
        mark, sign = pace_mark(item), sign_of(item)[0][:1]
        if mark is not None and item.done is not None and sign not in ("", "✓"):
            signs.add(sign)
            assert {"▼": mark > item.done, "▲": mark < item.done, "▬": mark == item.done}[sign], item.goal.title
    assert "▼" in signs
