"""Text is cut only where its row has no room for it, on every screen and at every size."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure
from tests.scenes import CLIENTS, REVIEWS, SCENES
from tests.tui.helpers import press, resize, running

SCREENS = {
    "today": (SCENES, []),
    "plan": (SCENES, ["3"]),
    "goals": (SCENES, ["4"]),
    "clients": (CLIENTS, ["6", "down", "down"]),
    "care": (CLIENTS, ["6", "shift+tab"]),
    "review": (REVIEWS, ["7"]),
    "playbook": (SCENES, ["8"]),
    "day": (SCENES, ["t"]),
    "settings": (SCENES, ["comma"]),
    "list": (SCENES, ["l"]),
}
SIZES = [(80, 24), (120, 36), (200, 50)]
ROOM = 12  # blank cells in a row that a cut text could have used


def cut_beside_room(line: Line) -> bool:
    """Whether a text of a line is cut though the line has room beside it."""
    cut = any(len(text.strip()) > 3 and text.rstrip().endswith("…") for text, _ in line)
    blank = max((measure(text) for text, style in line if text and not text.strip() and " on " not in style), default=0)
    return cut and blank >= ROOM


@pytest.mark.parametrize("scene", ["typical", "overfull"])
@pytest.mark.parametrize("name", SCREENS)
async def test_no_text_is_cut_while_its_row_has_room(tmp_path: Path, name: str, scene: str) -> None:
    scenes, keys = SCREENS[name]
    first, *others = SIZES
    async with running(scenes[scene](tmp_path), first) as pilot:
        await press(pilot, *keys)
        found = texts_cut_beside_room(pilot)
        for size in others:
            await resize(pilot, size)
            found += texts_cut_beside_room(pilot)
    assert not found, "\n".join(found)


def texts_cut_beside_room(pilot: Pilot[None]) -> list[str]:
    return [
        f"{pilot.app.size}: " + "".join(text for text, _ in line)
        for widget in pilot.app.screen.query(Lines)
        if widget.display and widget.id != "footer"
        for line in widget._built
        if cut_beside_room(line)
    ]
