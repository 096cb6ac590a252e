"""Lines that are drawn by themselves: what changes while they are hidden is there when they come back."""

from __future__ import annotations

from pathlib import Path

from planner.tui.calls.widgets.sheet import Row, Sheet, SheetLines
from tests.scenes import calls_typical
from tests.tui.helpers import press, running, says, settled, wait_for


async def test_what_changes_while_hidden_is_there_afterwards(tmp_path: Path) -> None:
    async with running(calls_typical(tmp_path)) as pilot:
        await press(pilot, "2")
        await settled(pilot)
        sheet = pilot.app.screen.query_one("#sheet", SheetLines)
        sheet.show(Sheet("Before", rows=(Row("one"),)))
        await wait_for(pilot, says(pilot, "Before"))
        sheet.display = False
        await wait_for(pilot, lambda: not sheet.size.width)
        sheet.show(Sheet("After", rows=(Row("two"),)))
        sheet.display = True
        await wait_for(pilot, says(pilot, "After"))
