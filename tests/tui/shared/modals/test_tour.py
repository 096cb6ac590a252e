"""The tour by keys: each step on its screen, cancelled and reopened at any time, and logging nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.services.context import AppContext
from planner.tui.shared.modals.tour import steps
from tests.scenes import SCENES
from tests.tui.helpers import press, running, shown


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)])
async def test_tour_runs_to_the_end(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(SCENES["typical"](tmp_path), size) as pilot:
        await press(pilot, "f2")
        for number, step in enumerate(steps(), start=1):
            text = shown(pilot)
            assert step["title"] in text and f"{number} of {len(steps())}" in text
            assert step["text"].split()[-1] in text, "the end of the sentence is cut off"
            await press(pilot, "enter")
        assert pilot.app.screen is pilot.app.screen_stack[0]
        assert "Priorities" in shown(pilot)


async def test_tour_can_be_reopened_and_ignores_other_keys(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        assert "F2    Take the tour" in shown(pilot)
        await press(pilot, "f2", "right", "d", "right")  # d would count a call
        assert steps()[2]["title"] in shown(pilot)
        await press(pilot, "left", "left", "left")
        assert steps()[0]["title"] in shown(pilot)
        await press(pilot, "right", "right", "escape")
        assert pilot.app.screen is pilot.app.screen_stack[0]
        await press(pilot, "f2", "f2", "ctrl+p")
        await press(pilot, *"tour", "enter")
        assert steps()[0]["title"] in shown(pilot)
    assert not ctx.database.exists()
