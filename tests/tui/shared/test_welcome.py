"""The welcome of the first start, in every size."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from planner.domain.day.tasks import Priority
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from planner.tui.day.first_paint import page
from planner.tui.shared.spans import width_of
from planner.tui.shared.welcome import STEPS, is_first, welcome_lines
from tests.scenes import NOW, empty, typical
from tests.tui.helpers import press, running, shown


@pytest.mark.parametrize("size", [(50, 7), (58, 18), (78, 21), (116, 31), (196, 45)])
def test_every_step_is_shown_whole(size: tuple[int, int]) -> None:
    lines = welcome_lines(*size)
    text = "\n".join("".join(part for part, _ in line) for line in lines)
    assert len(lines) <= size[1] and all(width_of(line) < size[0] for line in lines)
    assert all(name in text for _, name, _ in STEPS) and "F2" in text
    assert "…" not in text


def test_only_somebody_who_has_done_nothing_is_welcomed(tmp_path: Path) -> None:
    ctx = empty(tmp_path)
    with closing(TodayStore(ctx)) as live:
        assert is_first(live.read())
        assert "Welcome to planner" in "".join(text for line in page(live.read(), NOW, 120, 36) for text, _ in line)
    tasks.add(ctx, "Write the list", priority=Priority.A)
    with closing(TodayStore(ctx)) as live:
        assert not is_first(live.read())


def test_a_rep_with_a_plan_is_not_welcomed(tmp_path: Path) -> None:
    with closing(TodayStore(typical(tmp_path))) as live:
        assert not is_first(live.read())


async def test_the_first_count_ends_the_welcome(tmp_path: Path) -> None:
    async with running(empty(tmp_path)) as pilot:
        assert "Welcome to planner" in shown(pilot) and "Priorities" not in shown(pilot)
        await press(pilot, "d")
        assert "Welcome to planner" not in shown(pilot)
        assert "Priorities" in shown(pilot) and "No plan for this month yet" in shown(pilot)
