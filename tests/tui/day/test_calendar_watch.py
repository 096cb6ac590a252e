"""Calendars while the screens are open: read when it is time to, by a key, and said where they can't be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from planner.services.context import AppContext
from planner.services.day import calendars
from tests.scenes import NOW, typical
from tests.services.day.test_calendars import calendar, event
from tests.tui.day.test_day import advance_to
from tests.tui.helpers import press, running, says, settled, wait_for


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that another program keeps."""
    found = tmp_path / "vdir"
    found.mkdir()
    put(found, "a", f"{NOW:%Y%m%d}T140000", "Board meeting")
    return found


def put(folder: Path, uid: str, start: str, title: str) -> None:
    (folder / f"{uid}.ics").write_bytes(calendar(event(uid, start, title)))


@pytest.fixture
def ctx(tmp_path: Path, folder: Path) -> AppContext:
    found = typical(tmp_path)
    calendars.subscribe(found, "Work", f"vdir:{folder}")
    return found


async def test_calendars_are_read_again_by_themselves(ctx: AppContext, folder: Path) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "t")
        await wait_for(pilot, says(pilot, "Board meeting"))
        assert says(pilot, "Work")()
        (folder / "a.ics").unlink()
        put(folder, "b", f"{NOW:%Y%m%d}T150000", "Budget")
        await advance_to(pilot, ctx, ctx.now() + timedelta(minutes=61))
        await wait_for(pilot, says(pilot, "Budget"))
        await wait_for(pilot, lambda: not says(pilot, "Board meeting")())


async def test_calendars_are_read_by_a_key(ctx: AppContext, folder: Path) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "t")
        await wait_for(pilot, says(pilot, "Board meeting"))
        put(folder, "b", f"{NOW:%Y%m%d}T150000", "Budget")
        await press(pilot, "R")
        await wait_for(pilot, says(pilot, "Work: 1 new"))
        await wait_for(pilot, says(pilot, "Budget"))


async def test_a_calendar_that_cannot_be_read_is_said_on_day(ctx: AppContext, folder: Path) -> None:
    (folder / "b.ics").write_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VEV")
    async with running(ctx) as pilot:
        await press(pilot, "t", "R")
        await wait_for(pilot, says(pilot, "files that can't be read"))
        await wait_for(pilot, says(pilot, "Work not refreshed since today"))
        assert says(pilot, "Board meeting")()


async def test_without_calendars_the_key_says_how_to_begin(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "t")
        await settled(pilot)
        await press(pilot, "R")
        await wait_for(pilot, says(pilot, "planner calendar subscribe"))


async def test_the_own_days_are_published_while_it_is_open(ctx: AppContext, tmp_path: Path) -> None:
    file = tmp_path / "planner.ics"
    Path(ctx.settings_path).write_text(f"[calendar]\npublish = {str(file)!r}\n", encoding="utf-8")
    async with running(ctx) as pilot:
        await advance_to(pilot, ctx, ctx.now() + timedelta(minutes=1))
        await wait_for(pilot, file.exists)
    assert "Board meeting" not in file.read_text(encoding="utf-8")
