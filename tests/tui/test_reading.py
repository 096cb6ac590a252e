"""How screens read: only the newest read is shown, and a screen's own change is read once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from planner.services.context import AppContext
from planner.services.plan import goal_tree
from planner.services.plan.goal_tree import GoalTree
from planner.tui.plan.goals import GoalsScreen
from tests.scenes import typical
from tests.tui.helpers import PATIENCE, press, running, settled, shown, wait_for


class Reads:
    """Counts the reads of the goal tree, and can hold one up."""

    def __init__(self) -> None:
        self.count = 0
        self.hold: threading.Event | None = None
        self.held = threading.Event()
        self._read = goal_tree.read

    def __call__(self, ctx: AppContext, *, all_states: bool = False) -> GoalTree:
        self.count += 1
        hold, self.hold = self.hold, None
        found = self._read(ctx, all_states=all_states)
        if hold is not None:
            self.held.set()
            assert hold.wait(PATIENCE)
        return found


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    found = Reads()
    monkeypatch.setattr(goal_tree, "read", found)
    return found


async def test_delayed_read_does_not_replace_a_newer_one(tmp_path: Path, reads: Reads) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        screen = pilot.app.screen
        assert isinstance(screen, GoalsScreen)
        before = shown(pilot)
        await press(pilot, "x")  # the wish is done, so it disappears
        reads.hold = hold = threading.Event()
        screen.reload()
        await wait_for(pilot, reads.held.is_set)
        await pilot.press("v")
        await wait_for(pilot, lambda: "✓ a family home" in shown(pilot))
        hold.set()
        await settled(pilot)
        await pilot.pause(0.05)
        assert "✓ a family home" in shown(pilot)
        assert "✓ a family home" not in before


async def test_own_change_is_not_reread_at_the_next_poll(tmp_path: Path, reads: Reads) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "4")
        screen = pilot.app.screen
        assert isinstance(screen, GoalsScreen)
        before = reads.count
        await press(pilot, "x")
        screen.poll()
        await settled(pilot)
        assert reads.count == before + 1
        ctx.database.raw().execute("UPDATE goal SET title = 'another program' WHERE id = 2").connection.commit()
        screen.poll()
        await wait_for(pilot, lambda: "another program" in shown(pilot))
