"""Today on a large screen: tiles, the month's chart, the day, the next call and the weeks."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from planner.services import overview
from planner.services.day.today_store import Today, TodayStore
from planner.tui.day import dashboard
from planner.tui.shared.big import big
from planner.tui.shared.spans import is_roomy, width_of
from planner.tui.shared.widgets.lines import measure
from tests.scenes import CALLS, NOW, SCENES
from tests.tui.helpers import running, says, settled, shown, today_screen, wait_for

LARGE = (200, 50)


async def test_panels_show_what_today_asks(tmp_path: Path) -> None:
    async with running(CALLS["typical"](tmp_path), LARGE) as pilot:
        await settled(pilot)
        await wait_for(pilot, says(pilot, "● plan"))  # the chart, once it is read
        text = shown(pilot)
        for row in big("115"):
            assert row in text
        for word in ("of 116", "Next call", "Kim Jiwon", "02-555-1234", "Promised today", "Twelve weeks", "Priorities"):
            assert word in text


async def test_a_click_on_a_tile_counts(tmp_path: Path) -> None:
    async with running(SCENES["typical"](tmp_path), LARGE) as pilot:
        before = today_screen(pilot).today.counts["conversations"]
        await pilot.click("#counters", offset=(50, 2))
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["conversations"] == before + 1)


async def test_a_click_on_a_task_with_air_around_it_selects_it(tmp_path: Path) -> None:
    async with running(SCENES["typical"](tmp_path), LARGE) as pilot:
        tasks = today_screen(pilot)._part("tasks")
        await settled(pilot)
        row = next(y for y, (index, _) in enumerate(tasks.rows(*tasks.size)) if index == 2)
        await pilot.click(tasks, offset=(10, row + tasks.gutter.top))
        await wait_for(pilot, lambda: tasks.cursor == 2)


@pytest.mark.parametrize("size", [(100, 34), (120, 36), (159, 60), (160, 40), (200, 50), (320, 90)])
@pytest.mark.parametrize("scene", SCENES)
def test_no_line_is_wider_than_the_screen(tmp_path: Path, scene: str, size: tuple[int, int]) -> None:
    ctx = SCENES[scene](tmp_path)
    live = TodayStore(ctx)
    today = live.read()
    live.close()
    found = overview.read(ctx)
    assert is_roomy(*size)
    lines = dashboard.page_lines(today, ctx.now(), *size)
    lines += dashboard.month_lines(today, found, 100, 20, measure)
    lines += dashboard.column_lines(today, ctx.now(), found, 80, 38, measure)
    assert all(width_of(line, measure) <= size[0] for line in lines)


def snapshot(folder: Path, scene: str) -> Today:
    with closing(TodayStore(SCENES[scene](folder))) as live:
        return live.read()


def test_the_month_has_its_chart_only_where_the_tasks_leave_room(tmp_path: Path) -> None:
    today = snapshot(tmp_path, "typical")
    assert len(today.tasks) == 8
    assert dashboard.month_rows(today, 120, 36) == 14  # 24 rows without title and gap, less the tasks
    today.tasks = today.tasks * 2
    assert dashboard.month_rows(today, 120, 36) == 0
    assert dashboard.month_rows(today, 120, 50) == 20
    assert dashboard.month_rows(today, 200, 50) == 18, "a large screen always has it"


@pytest.mark.parametrize("width", range(100, 201, 7))
@pytest.mark.parametrize("scene", SCENES)
def test_tiles_cut_nothing(tmp_path: Path, scene: str, width: int) -> None:
    today = snapshot(tmp_path, scene)
    today.wish = today.for_whom = ""
    text = "\n".join("".join(part for part, _ in line) for line in dashboard.tile_lines(today, NOW, width - 2))
    assert "…" not in text
    for _, metric, _ in dashboard.shown_counters(today):
        assert not today.target(metric) or f"of {today.target(metric):,}" in text


@pytest.mark.parametrize(("width", "height", "rows"), [(47, 20, 1), (47, 36, 2), (31, 36, 3)])
def test_the_wish_stands_below_the_title_of_the_day(tmp_path: Path, width: int, height: int, rows: int) -> None:
    today = snapshot(tmp_path, "typical")
    lines = dashboard.column_lines(today, NOW, None, width, height)
    title = next(row for row, line in enumerate(lines) if "The day" in "".join(text for text, _ in line))
    assert "a family home" in "".join(text for text, _ in lines[title + 1])
    (_, top, _, _), _ = dashboard.day_area(today, NOW, width, height)
    assert top == title + 1 + rows


def test_overview_without_a_database_is_empty(tmp_path: Path) -> None:
    found = overview.read(SCENES["empty"](tmp_path))
    assert found.card is None
    assert not any(any(week) for week in found.weeks.values())


def test_overview_counts_twelve_weeks(tmp_path: Path) -> None:
    found = overview.read(SCENES["typical"](tmp_path))
    assert len(found.weeks["dials"]) == overview.WEEKS
    assert found.weeks["dials"][-1] == 37
    assert found.sheet is not None
    assert found.ahead is not None


def test_a_count_too_long_for_its_tile_is_shortened_but_large(tmp_path: Path) -> None:
    today = snapshot(tmp_path, "overfull")
    assert today.counts["dials"] == 12_382
    tiles = dashboard.tile_lines(today, NOW, 118)
    assert "of 6,667" in "".join(text for text, _ in tiles[1])
    assert big("12.4k")[0] in "".join(text for text, _ in tiles[2])
