"""What the mouse is over is tinted: rows of lists, and keys of the footer."""

from __future__ import annotations

from pathlib import Path

from planner.tui.calls.calls import CallsScreen
from planner.tui.clients.care import CareScreen
from planner.tui.clients.widgets.board import BoardLines
from planner.tui.day.widgets.today import TaskList
from planner.tui.shared.widgets.frame import FooterLine, HeaderLine
from planner.tui.shared.widgets.lines import EntryLines, measure
from tests.scenes import clients_typical, typical
from tests.tui.helpers import press, running, wait_for


async def test_rows_and_keys_under_the_mouse_are_tinted(tmp_path: Path) -> None:
    async with running(clients_typical(tmp_path)) as pilot:
        await press(pilot, "6")
        rows = pilot.app.screen.query(EntryLines).first()
        second = (5, 6)  # the entries are two lines high, with an empty one before each
        plain = rows.render_line(second[0]), rows.render_line(second[1])
        await pilot.hover(rows, offset=(5, second[1]))
        await wait_for(pilot, lambda: rows._hovered == second[0])
        tinted_rows = rows.render_line(second[0]), rows.render_line(second[1])
        assert all(row != before and row.text == before.text for row, before in zip(tinted_rows, plain, strict=True))
        for offset in (4, 0):  # an empty line and its title
            await pilot.hover(rows, offset=(5, offset))
            await wait_for(pilot, lambda: rows._hovered is None)
        assert (rows.render_line(second[0]), rows.render_line(second[1])) == plain
        footer = pilot.app.screen.query_one(FooterLine)
        await pilot.hover(footer, offset=(2, 0))
        await wait_for(pilot, lambda: "hover" in str(footer._built))
        tinted = "".join(text for text, style in footer._built[0] if style.endswith(" on hover"))
        keys = footer._place_at(2)[0]
        assert keys is not None and tinted == f"{keys.keys} {keys.label}" and measure(tinted) > 3
        await pilot.hover(rows, offset=(5, 2))
        await wait_for(pilot, lambda: "hover" not in str(footer._built))


async def test_cards_and_pages_under_the_mouse_are_tinted_and_clicked(tmp_path: Path) -> None:
    async with running(clients_typical(tmp_path)) as pilot:
        await press(pilot, "6", "tab")
        board = pilot.app.screen.query_one(BoardLines)
        lane = board._lanes(board.size.width)[1]
        await pilot.hover(board, offset=(lane.start + 3, 8))
        await wait_for(pilot, lambda: board._under == (1, 0) and " on rail" in str(board._built))
        await pilot.click(board, offset=(lane.start + 3, 8))
        assert (board.column, board.row) == (1, 0)
        await pilot.hover(board, offset=(lane.start + 3, 3))  # the head of the lane
        await wait_for(pilot, lambda: " on rail" not in str(board._built))
        header = pilot.app.screen.query_one(HeaderLine)
        await pilot.hover(header, offset=(20, 1))
        await wait_for(pilot, lambda: (" Promises ", "dim on hover") in header._built[1])
        assert "hover" not in str(header._built[0])
        await pilot.click(header, offset=(20, 1))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, CareScreen))


async def test_tabs_and_tasks_under_the_mouse_are_tinted(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        header, tasks = pilot.app.screen.query_one(HeaderLine), pilot.app.screen.query_one(TaskList)
        await pilot.hover(header, offset=(12, 0))
        await wait_for(pilot, lambda: "hover" in str(header._built))
        assert "".join(text for text, style in header._built[0] if style.endswith(" on hover")) == " 2 Calls "
        await pilot.hover(tasks, offset=(5, 3))
        await wait_for(pilot, lambda: tasks._hovered == 3 and "hover" not in str(header._built))
        await pilot.hover(tasks, offset=(5, 0))  # its title
        await wait_for(pilot, lambda: tasks._hovered is None)
        await pilot.click(header, offset=(12, 0))
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, CallsScreen))
