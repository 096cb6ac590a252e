"""What a click acts on is tinted under the mouse: rows, keys, tabs, tiles, blocks, dates, outcomes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Button

from planner.tui.calls.calls import CallsScreen
from planner.tui.calls.widgets.session import CallKeys
from planner.tui.clients.care import CareScreen
from planner.tui.clients.modals.clients import ContactModal
from planner.tui.clients.widgets.board import BoardLines
from planner.tui.day.day import DayScreen
from planner.tui.day.widgets.day import DayTimeline
from planner.tui.day.widgets.today import Counters, DayColumn, TaskList
from planner.tui.day.widgets.week import WeekGrid
from planner.tui.plan.plan import PlanScreen
from planner.tui.plan.widgets.month_calendar import MonthCalendar
from planner.tui.shared import spans
from planner.tui.shared.widgets.frame import FooterLine, HeaderLine
from planner.tui.shared.widgets.lines import EntryLines, Lines
from tests.scenes import calls_typical, clients_typical, typical
from tests.tui.helpers import press, running, shown, wait_for

SIZES = [(60, 20), (80, 24), (120, 36), (200, 50)]


async def hover(pilot: Pilot[None], part: Lines, x: int, y: int) -> Region | None:
    """Put the mouse on a cell of a widget, and return the cells that are tinted. The text must stay the same."""
    before = [part.render_line(row).text for row in range(part.size.height)]
    wanted = part.area_at(x, y)
    await pilot.hover(part, offset=(x + part.gutter.left, y + part.gutter.top))
    await wait_for(pilot, lambda: part._hovered == wanted)
    assert [part.render_line(row).text for row in range(part.size.height)] == before
    return part._hovered


def text_in(part: Lines, area: Region) -> list[str]:
    """The text in an area of a widget."""
    return [part.render_line(row).crop(area.x, area.right).text.strip() for row in range(area.y, area.bottom)]


def tinted_cells(part: Lines) -> set[tuple[int, int]]:
    """The cells that the mouse has given another background."""
    area, part._hovered = part._hovered, None
    plain = [list(part.render_line(row).divide(range(1, part.size.width + 1))) for row in range(part.size.height)]
    part._hovered = area
    found = [list(part.render_line(row).divide(range(1, part.size.width + 1))) for row in range(part.size.height)]
    return {
        (x, y)
        for y, (line, other) in enumerate(zip(plain, found, strict=True))
        for x, (one, two) in enumerate(zip(line, other, strict=True))
        if one != two
    }


async def test_rows_under_the_mouse_are_tinted(tmp_path: Path) -> None:
    async with running(clients_typical(tmp_path)) as pilot:
        await press(pilot, "6")
        rows = pilot.app.screen.query(EntryLines).first()
        # The entries are two lines high, with an empty one before each.
        assert await hover(pilot, rows, 5, 6) == Region(0, 5, rows.size.width, 2)
        assert tinted_cells(rows) == {(x, y) for x in range(rows.size.width) for y in (5, 6)}
        for y in (4, 0):  # an empty line and its title
            assert await hover(pilot, rows, 5, y) is None


async def test_keys_and_tabs_under_the_mouse_are_tinted(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        footer, header = pilot.app.screen.query_one(FooterLine), pilot.app.screen.query_one(HeaderLine)
        key = await hover(pilot, footer, 2, 0)
        assert key is not None and text_in(footer, key) == ["d call"]
        tab = await hover(pilot, header, 12, 0)
        assert footer._hovered is None
        assert tab is not None and text_in(header, tab) == ["2 Calls"]
        assert await hover(pilot, header, 4, 0) is None  # the current one
        tasks = pilot.app.screen.query_one(TaskList)
        assert await hover(pilot, tasks, 5, 3) == tasks.row_area(3)
        assert await hover(pilot, tasks, 5, 0) is None  # its title
        await pilot.click(header, offset=(12, 0))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, CallsScreen))


async def test_narrow_header_goes_to_the_screen_behind_a_key(tmp_path: Path) -> None:
    async with running(typical(tmp_path), (60, 20)) as pilot:
        header = pilot.app.screen.query_one(HeaderLine)
        tab = await hover(pilot, header, 12, 0)
        assert tab is not None and text_in(header, tab) == ["3"]
        await pilot.click(header, offset=(12, 0))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanScreen))


async def test_all_of_a_tile_is_tinted(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        counters = pilot.app.screen.query_one(Counters)
        area = await hover(pilot, counters, 30, 3)
        assert area is not None and area.height == 6 and "Conversations" in text_in(counters, area)[0]
        tinted = tinted_cells(counters)
        assert len(tinted) > area.area * 9 // 10, "all but what its bar is filled with"
        assert all(area.contains(x, y) for x, y in tinted)
        assert await hover(pilot, counters, 30, 0) is None  # the wish above the tiles


@pytest.mark.parametrize("size", SIZES[:2])
async def test_counters_are_tinted_and_counted_by_the_mouse(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(typical(tmp_path), size) as pilot:
        counters = pilot.app.screen.query_one(Counters)
        lines = [counters.render_line(row).text for row in range(counters.size.height)]
        y = next(row for row, line in enumerate(lines) if " c " in line)
        x = lines[y].index(" c ") + 1
        area = await hover(pilot, counters, x, y)
        assert area is not None and text_in(counters, area)[0].startswith("c ")
        assert tinted_cells(counters) and all(area.contains(*cell) for cell in tinted_cells(counters))
        await pilot.click(counters, offset=(x, y))
        await wait_for(pilot, lambda: "Counted: conversation" in shown(pilot))


async def test_a_click_on_deals_won_asks_what_was_won(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        counters = pilot.app.screen.query_one(Counters)
        await pilot.click(counters, offset=(counters.size.width - 5, 3))
        await wait_for(pilot, lambda: "Amount" in shown(pilot))


@pytest.mark.parametrize("size", [(80, 40), (110, 30), (120, 36), (200, 50)])
async def test_a_block_of_today_opens_the_day_at_it(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(typical(tmp_path), size) as pilot:
        column = pilot.app.screen.query_one(DayColumn)
        await wait_for(pilot, lambda: not spans.is_roomy(*size) or column.overview is not None)
        x, y = next((30, row) for row in range(column.size.height) if "Proposals" in column.render_line(row).text)
        area = await hover(pilot, column, x, y)
        assert area is not None and "Proposals" in text_in(column, area)[0]
        assert tinted_cells(column) and all(area.contains(*cell) for cell in tinted_cells(column))
        await pilot.click(column, offset=(x + column.gutter.left, y + column.gutter.top))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DayScreen))
        chosen = pilot.app.screen.query_one(DayTimeline).chosen
        assert chosen is not None and chosen.start == "16:30"


@pytest.mark.parametrize("size", SIZES)
async def test_blocks_of_the_day_and_the_week_are_tinted(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(typical(tmp_path), size) as pilot:
        await press(pilot, "t", "home")
        day = pilot.app.screen.query_one(DayTimeline)
        y = next(row for row in range(day.size.height) if "Meetings" in day.render_line(row).text)
        area = await hover(pilot, day, 30, y)
        assert area is not None and "Meetings" in text_in(day, area)[0]
        assert tinted_cells(day) and all(area.contains(*cell) for cell in tinted_cells(day))
        assert await hover(pilot, day, 30, 0) is None  # its title
        await press(pilot, "W", "home")
        week = pilot.app.screen.query_one(WeekGrid)
        y = next(row for row in range(week.size.height) if "Proposals" in week.render_line(row).text)
        area = await hover(pilot, week, week.render_line(y).text.index("Proposals"), y)
        assert area is not None and "Proposals" in text_in(week, area)[0]
        assert tinted_cells(week) and all(area.contains(*cell) for cell in tinted_cells(week))


async def test_a_date_under_the_mouse_is_tinted_and_selected_by_a_click(tmp_path: Path) -> None:
    async with running(typical(tmp_path), (80, 24)) as pilot:
        await press(pilot, "3")
        calendar = pilot.app.screen.query_one(MonthCalendar)
        area = await hover(pilot, calendar, 11, 4)
        assert area is not None and text_in(calendar, area) == ["18"]
        assert tinted_cells(calendar) == {(x, area.y) for x in range(area.x, area.right)}
        assert await hover(pilot, calendar, 11, 0) is None  # the names of the weekdays
        await pilot.click(calendar, offset=(11, 4))
        await wait_for(pilot, lambda: calendar.cursor is not None and calendar.cursor.day == 18)


@pytest.mark.parametrize("size", SIZES)
async def test_an_outcome_under_the_mouse_is_tinted_and_nothing_else(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(calls_typical(tmp_path), size) as pilot:
        await press(pilot, "2")
        keys = pilot.app.screen.query_one(CallKeys)
        x = keys.render_line(0).text.index("5")
        area = await hover(pilot, keys, x, 0)
        assert area is not None and text_in(keys, area)[0].startswith("5")
        assert tinted_cells(keys) == {(x, y) for x in range(area.x, area.right) for y in range(area.y, area.bottom)}
        last = keys.size.height - 1
        below = await hover(pilot, keys, 3, last)
        assert below is not None and below.y == last and below.height == 1


async def test_buttons_under_the_mouse_are_tinted(tmp_path: Path) -> None:
    async with running(clients_typical(tmp_path)) as pilot:
        await press(pilot, "6", "e")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ContactModal))
        for name in ("#save", "#leave"):
            button = pilot.app.screen.query_one(name, Button)
            plain = button.styles.background
            await pilot.hover(name)
            await wait_for(pilot, partial(lambda button, plain: button.styles.background != plain, button, plain))


def test_bars_and_selected_rows_keep_their_tint() -> None:
    line = [("ab", ""), ("한", "dim on panel"), ("  ", " on fill"), ("x", "bold on row")]
    assert spans.lit(line, 2, 8) == [
        ("ab", ""),
        ("한", "dim on panel lit"),
        ("  ", " on fill"),
        ("x", "bold on row"),
        (" ", " on hover"),
    ]


async def test_cards_and_pages_under_the_mouse_are_tinted_and_clicked(tmp_path: Path) -> None:
    async with running(clients_typical(tmp_path)) as pilot:
        await press(pilot, "6", "tab")
        board = pilot.app.screen.query_one(BoardLines)
        lane = board._lanes(board.size.width)[1]
        card = await hover(pilot, board, lane.start + 3, 8)
        assert card is not None and "Cardboard" in text_in(board, card)[0]
        assert tinted_cells(board) == {(x, y) for x in lane for y in range(card.y, card.bottom)}
        await pilot.click(board, offset=(lane.start + 3, 8))
        assert (board.column, board.row) == (1, 0)
        assert await hover(pilot, board, lane.start + 3, 3) is None  # the head of the lane
        header = pilot.app.screen.query_one(HeaderLine)
        page = await hover(pilot, header, 20, 1)
        assert page is not None and text_in(header, page) == ["Promises"]
        await pilot.click(header, offset=(20, 1))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, CareScreen))
