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


def text(scene: Scene, width: int, tab: str = "today", keys: dict[str, str] | None = None) -> str:
    return "".join(part for part, _ in header(*scene, width, tab=tab, keys=keys))


@given(st.integers(40, 260), st.sampled_from([*TABS, "Settings"]))
def test_time_and_email_never_drop_out(scene: Scene, width: int, tab: str) -> None:
    shown = text(scene, width, tab)
    assert width_of(header(*scene, width, tab=tab)) <= width
    assert "09:42" in shown
    assert "✉ 13:00" in shown or "email opens 13:00" in shown


def test_tabs_have_their_keys_and_the_current_one_is_marked(scene: Scene) -> None:
    shown = text(scene, 120, "plan", {"screen-plan": "P"})
    assert "1 Today" in shown
    assert "▐P Plan▌" in shown
    assert "8 Playbook" in shown


def test_narrow_header_names_the_current_screen_only(scene: Scene) -> None:
    assert text(scene, 80, "clients").startswith(" 6 Clients ▸")
    assert text(scene, 80, "Settings").startswith(" Settings ▸")


@given(st.integers(100, 260), st.sampled_from([*TABS, "Settings"]))
def test_a_click_hits_the_tab_it_is_on(scene: Scene, width: int, tab: str) -> None:
    shown = text(scene, width, tab)
    for name, title in TABS.items():
        assert tab_at(shown.index(title), tab, width, {}) == name
    assert tab_at(width - 1, tab, width, {}) is None
