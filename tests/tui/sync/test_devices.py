"""The devices screen: what gave way is seen and taken back, and how syncing stands is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import platform
from planner.services.calls import activity_log
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.sync import devices, sync
from planner.tui.sync.widgets.devices import ConflictLines
from tests.scenes import context_at
from tests.services.sync.test_sync import Pair, later
from tests.tui.helpers import press, running, says, wait_for


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Two devices, of which the second edited last what both have edited."""
    monkeypatch.setattr(platform, "keep_key", lambda name, key: False)  # the program that syncs has no fake keyring
    found = Pair(tmp_path)
    for ctx, source in ((found.a, "Fair"), (found.b, "Referral")):
        people.edit(ctx, "Kim", {"source": source})
        people.edit(ctx, "Анна", {"city": f"{source} city"})
        later(found.b)
    found.same()
    return found


def source_of(ctx: AppContext) -> str:
    return people.show(ctx, "Kim").contact.source


async def test_what_gave_way_is_seen_taken_back_and_dismissed(pair: Pair) -> None:
    async with running(pair.a, (100, 30)) as pilot:
        pilot.app.action_show("devices")  # type: ignore[attr-defined]
        await wait_for(pilot, says(pilot, "“Fair” → “Referral”"))
        assert says(pilot, "2 values gave way")() and says(pilot, "this device")()
        lines = pilot.app.screen.query_one(ConflictLines)
        while lines.chosen is not None and lines.chosen.column != "source":
            await press(pilot, "down")
        assert says(pilot, "“Fair”, from device 0")()
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "source is “Fair” again"))
        await wait_for(pilot, lambda: lines.count() == 1)
        assert source_of(pair.a) == "Fair"
        await press(pilot, "x")
        await wait_for(pilot, says(pilot, "No edit had to give way"))
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Undid: took back"))
        assert source_of(pair.a) == "Referral"
    assert devices.list_conflicts(pair.a) == []


async def test_it_syncs_at_once_and_says_what_is_in_the_way(pair: Pair) -> None:
    activity_log.log(pair.b, "dial", count=3)
    sync.now(pair.b)
    pair.folder.rename(pair.folder.with_name("away"))
    async with running(pair.a, (100, 30)) as pilot:
        pilot.app.action_show("devices")  # type: ignore[attr-defined]
        await wait_for(pilot, says(pilot, "problem"))  # it syncs by itself when it begins
        pair.folder.with_name("away").rename(pair.folder)
        await press(pilot, "s")
        await wait_for(pilot, lambda: not devices.status(pair.a).problem)
        await wait_for(pilot, says(pilot, "⇅ now"))
        await wait_for(pilot, says(pilot, "took in 1"))
        await wait_for(pilot, lambda: not says(pilot, "problem")())


async def test_a_device_that_does_not_sync_says_how_to_begin(tmp_path: Path) -> None:
    async with running(context_at(tmp_path), (80, 24)) as pilot:
        pilot.app.action_show("devices")  # type: ignore[attr-defined]
        await wait_for(pilot, says(pilot, "This device doesn't sync."))
        await press(pilot, "enter", "x", "s")
        await wait_for(pilot, says(pilot, "Begin in a shell: planner sync start"))
