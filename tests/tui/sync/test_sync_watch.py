"""The rep's devices while the screens are open: synced by themselves, and said in the header."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from planner import platform
from planner.clock import FixedClock
from planner.services.calls import activity_log
from planner.services.context import AppContext
from planner.services.sync import devices, sync
from tests.scenes import NOW, typical
from tests.tui.day.test_day import advance_to
from tests.tui.helpers import press, running, says, today_screen, wait_for


async def test_screens_sync_by_themselves_and_say_how_it_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "keep_key", lambda name, key: False)  # the program that syncs has no fake keyring
    ctx = typical(tmp_path)
    folder, other = tmp_path / "carried", tmp_path / "b"
    folder.mkdir()
    other.mkdir()
    code = sync.start(ctx, str(folder))
    phone = AppContext(str(other / "planner.db"), FixedClock(NOW), str(other / "config.toml"))
    sync.join(phone, str(folder), code)
    activity_log.log(phone, "dial", count=3)
    sync.now(phone)
    async with running(ctx, (140, 40)) as pilot:
        before = today_screen(pilot).today.counts["dials"]
        await wait_for(pilot, says(pilot, "⇅ now"))
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == before + 3)
        await press(pilot, "d")
        folder.rename(tmp_path / "away")
        await advance_to(pilot, ctx, NOW + timedelta(minutes=11))
        await wait_for(pilot, says(pilot, "⇅ !"))
        assert "isn't there" in devices.status(ctx).problem
        (tmp_path / "away").rename(folder)
        await advance_to(pilot, ctx, NOW + timedelta(minutes=13))
        await wait_for(pilot, lambda: not says(pilot, "⇅ !")())
    sync.now(phone)
    assert devices.status(phone).problem == ""
