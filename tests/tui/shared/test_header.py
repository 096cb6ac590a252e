"""The header: tabs, the time and the state of email at every width."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.services.day.today_store import TodayStore
from planner.store.today_queries import Today
from planner.tui.shared.header import TABS, header, tab_at
from planner.tui.shared.spans import width_of
from tests.scenes import SCENES

Scene = tuple[Today, datetime]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    ctx = SCENES["typical"](Path(tmp_path_factory.mktemp("header")))
    live = TodayStore(ctx)
    today = live.read()
    live.close()
    return today, ctx.now()


def text(scene: Scene, width: int, tab: str = "today", keys: dict[str, str] | None = None, part: str = "") -> str:
    return "".join(text for text, _ in header(*scene, width, tab=tab, keys=keys, part=part))


SCREENS = [*((tab, "") for tab in (*TABS, "Settings")), ("today", "Week"), ("clients", "Duplicates")]


@given(st.integers(40, 260), st.sampled_from(SCREENS))
def test_time_and_email_never_drop_out(scene: Scene, width: int, screen: tuple[str, str]) -> None:
    tab, part = screen
    shown = text(scene, width, tab, part=part)
    assert width_of(header(*scene, width, tab=tab, part=part)) <= width
    assert (part or TABS.get(tab, tab)) in shown
    assert "09:42" in shown
    assert "✉ 13:00" in shown or "email opens 13:00" in shown


def test_tabs_have_their_keys_and_the_current_one_is_marked(scene: Scene) -> None:
    shown = text(scene, 120, "plan", {"screen-plan": "P"})
    assert "1 Today" in shown
    assert "▐P Plan▌" in shown
    assert "8 Playbook" in shown


def test_narrow_header_names_the_current_screen_and_has_the_keys_of_the_others(scene: Scene) -> None:
    assert text(scene, 60).startswith("▐1 Today▌ 2 3 4 5 6 7 8  ")
    assert text(scene, 60, "clients").startswith(" 1 2 3 4 5▐6 Clients▌ 7 8  ")
    assert text(scene, 80, "Settings").startswith(" 1 2 3 4 5 6 7 8▐Settings▌  ")
    assert "16 Nov 09:42  Calls  ✉" in text(scene, 60, "clients")
    assert text(scene, 48, "clients").startswith(" 6 Clients ▸")


def test_the_tabs_next_to_the_current_one_are_named_as_far_as_there_is_room(scene: Scene) -> None:
    assert text(scene, 80).startswith("▐1 Today▌ 2 Calls  3 4 5 6 7 8  ")
    assert text(scene, 90, "plan").startswith(" 1 2 Calls ▐3 Plan▌ 4 Goals  5 6 7 8  ")
    assert "Calls until 12:00" in text(scene, 80)


def test_a_screen_below_its_tab_is_named(scene: Scene) -> None:
    assert "▐1 Today › Week▌" in text(scene, 80, part="Week")
    assert "▐1 Today › Week▌" in text(scene, 120, part="Week")
    assert text(scene, 40, part="Week").startswith(" 1 Week ▸")


@given(st.integers(40, 99), st.sampled_from([*TABS, "Settings"]))
def test_keys_of_other_screens_dont_cost_the_current_block(scene: Scene, width: int, tab: str) -> None:
    shown = text(scene, width, tab)
    assert "▸" in shown or " Calls " in shown


@given(st.integers(60, 99), st.sampled_from(SCREENS), st.integers(0, 24 * 60 - 1))
def test_no_tab_is_left_out_from_60_columns_on(scene: Scene, width: int, screen: tuple[str, str], minute: int) -> None:
    """Whatever the current block is called, and whatever the state of email is."""
    today, morning = scene
    now = morning.replace(hour=minute // 60, minute=minute % 60)
    tab, part = screen
    shown = "".join(text for text, _ in header(today, now, width, tab=tab, part=part))
    assert "▸" not in shown and [key for key in "12345678" if key not in shown.partition(f"{now:%H:%M}")[0]] == []
    assert "✉" in shown and len(shown) <= width


@given(st.integers(60, 260), st.sampled_from([*TABS, "Settings"]))
def test_a_click_hits_the_tab_it_is_on(scene: Scene, width: int, tab: str) -> None:
    shown = text(scene, width, tab)
    start = 0
    for number, name in enumerate(TABS, start=1):
        found = tab_at(shown.index(str(number), start), *scene, width, tab=tab)
        assert found is not None and found[0] == name and found[1] >= start
        start = found[1] + found[2]
    assert tab_at(width - 1, *scene, width, tab=tab) is None


@pytest.mark.parametrize(
    ("width", "sync"),
    [*((width, "⇅ !") for width in (80, 100, 120, 160, 200)), *((width, "⇅ 9 min") for width in (80, 120, 160, 200))],
)
def test_how_syncing_stands_is_said_at_every_usual_width(scene: Scene, width: int, sync: str) -> None:
    shown = "".join(text for text, _ in header(*scene, width, sync=sync))
    assert sync in shown and f"{scene[1]:%H:%M}" in shown
