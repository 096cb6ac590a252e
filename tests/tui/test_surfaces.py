"""Where there is room for panels, all of them have the same edges."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenes import DAYS
from tests.tui.helpers import press, running, says, shown, wait_for

PANELS = (
    (("comma",), "#settings"), (("comma",), "#words"), (("t",), "#timeline"), (("t",), "#facts"), (("l",), "#entries"),
    (("6", "D"), "#pairs"), (("4",), "#tree"), (("8",), "#objections"), (("6",), "#clients"),
)  # fmt: skip


@pytest.mark.parametrize(("keys", "name"), PANELS)
async def test_panels_have_a_free_row_at_the_bottom_and_no_bar_of_their_own(
    tmp_path: Path, keys: tuple[str, ...], name: str
) -> None:
    async with running(DAYS["typical"](tmp_path)) as pilot:
        await press(pilot, *keys)
        await wait_for(pilot, lambda: bool(pilot.app.screen.query(name)))
        styles = pilot.app.screen.query_one(name).styles
        assert styles.padding.bottom == 1 and not styles.border_left[0]
        assert styles.background.hex == pilot.app.theme_variables["surface"]


@pytest.mark.parametrize(("size", "over"), [((80, 24), False), ((120, 36), True)])
async def test_the_end_of_the_day_is_a_panel_over_today_where_there_is_room(
    tmp_path: Path, size: tuple[int, int], over: bool
) -> None:
    async with running(DAYS["typical"](tmp_path), size) as pilot:
        await press(pilot, "b")
        await wait_for(pilot, says(pilot, "End of day"))
        assert ("Priorities" in shown(pilot)) == over
