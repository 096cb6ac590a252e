"""Reminders: each given once, bundled, and never during a call."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from planner.domain.typed.task_line import parse_line
from planner.services.context import AppContext
from planner.services.day import blocks, tasks
from planner.services.day.today_store import Today, TodayStore
from planner.tui.day.reminders import Reminders, terminal_sequence
from tests.scenes import NOW, context_at, day_typical, move_clock, typical
from tests.tui.helpers import press, running, settled


def today(ctx: AppContext) -> Today:
    """The day as it is read."""
    live = TodayStore(ctx)
    try:
        return live.read()
    finally:
        live.close()


def said(reminders: Reminders, found: Today, *clocks: str, in_call: bool = False) -> list[list[str]]:
    """The reminders at each look at the clock."""
    looks = []
    for clock in clocks:
        moment = datetime.fromisoformat(f"{found.day}T{clock}")
        looks.append([each.text for each in reminders.due(found, moment, in_call=in_call)])
    return looks


def test_block_is_announced_once_at_its_start(tmp_path: Path) -> None:
    found = today(context_at(tmp_path))
    looks = said(Reminders(), found, "08:29:59", "08:30:00", "08:30:01", "08:31:00")
    assert looks == [[], ["Calls until 12:00"], [], []]


def test_past_starts_are_not_announced(tmp_path: Path) -> None:
    assert said(Reminders(), today(context_at(tmp_path)), "08:45:00", "08:45:01") == [[], []]


def test_email_block_and_window_are_announced_together(tmp_path: Path) -> None:
    found = today(context_at(tmp_path))
    assert said(Reminders(), found, "12:59:59", "13:00:00") == [[], ["Email until 13:30"]]
    assert said(Reminders(mail=False), found, "12:59:59", "13:00:00") == [[], []]
    assert said(Reminders(blocks=False), found, "12:59:59", "13:00:00", "13:30:00") == [
        [],
        ["Email until 13:30"],
        [],
    ]
    found.blocks = [block for block in found.blocks if block.kind != "mail"]
    assert said(Reminders(), found, "12:59:59", "13:00:00") == [[], ["Your email window is open"]]


def test_overrun_email_window_is_announced_once(tmp_path: Path) -> None:
    found = today(context_at(tmp_path))
    found.blocks = []
    opened = int(datetime(2026, 11, 16, 13, 4).timestamp())
    found.mail = [("13:00", 30, opened, None, 2)]
    assert said(Reminders(), found, "13:33:59", "13:34:00", "13:35:00") == [
        [],
        ["Your 30 min of email are up"],
        [],
    ]
    found.mail = [("13:00", 30, opened, opened + 60, 2)]
    assert said(Reminders(), found, "13:33:59", "13:34:00") == [[], []]


def test_callbacks_promises_and_tasks_are_announced_ahead(tmp_path: Path) -> None:
    found = today(day_typical(tmp_path))
    looks = said(Reminders(), found, "14:54:59", "14:55:00", "15:24:00", "15:25:00", "15:30:00", "15:55:00")
    assert looks == [
        [],
        ["15:00 promised Анна Соколова, Северный Склад: send two options"],
        [],
        ["15:30 call back Kim Minsu 김민수"],
        [],
        ["16:00 Proposal for Acme"],
    ]
    assert said(Reminders(callbacks=False), found, "15:24:00", "15:25:00") == [[], []]
    assert said(Reminders(before=0), found, "15:25:00", "15:30:00")[1] == ["15:30 call back Kim Minsu 김민수"]


def test_reminders_wait_for_the_end_of_a_call(tmp_path: Path) -> None:
    found = today(context_at(tmp_path))
    reminders = Reminders()
    assert said(reminders, found, "12:59:59") == [[]]
    assert said(reminders, found, "13:00:00", "13:00:30", in_call=True) == [[], []]
    assert said(reminders, found, "13:01:00", "13:02:00") == [["Email until 13:30"], []]


def test_waking_up_announces_only_current_reminders(tmp_path: Path) -> None:
    found = today(context_at(tmp_path))
    assert said(Reminders(), found, "08:00:30", "13:05:00") == [[], ["Email until 13:30"]]


def test_closed_days_and_dropped_blocks_are_silent(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    blocks.drop(ctx, NOW.date(), blocks.find(blocks.read(ctx, NOW.date()).blocks, "rest"))
    found = today(ctx)
    assert said(Reminders(), found, "11:59:59", "12:00:00") == [[], []]
    found.closed_at = "2026-11-16T18:00:00"
    assert said(Reminders(), found, "18:29:59", "18:30:00") == [[], []]


@pytest.mark.parametrize(
    ("how", "environment", "sequence"),
    [
        ("9", {}, "\x1b]9;mail, now\x07"),
        ("777", {}, "\x1b]777;notify;planner;mail, now\x07"),
        ("off", {"TERM_PROGRAM": "WezTerm"}, ""),
        ("auto", {"TERM_PROGRAM": "WezTerm"}, "\x1b]9;mail, now\x07"),
        ("auto", {"TERM": "xterm-kitty"}, "\x1b]9;mail, now\x07"),
        ("auto", {"TERM": "foot"}, "\x1b]777;notify;planner;mail, now\x07"),
        ("auto", {"TERM": "xterm-256color"}, ""),
        ("auto", {"TERM_PROGRAM": "WezTerm", "TMUX": "x"}, ""),
    ],
)
def test_terminal_notification_sequences_are_safe(how: str, environment: dict[str, str], sequence: str) -> None:
    assert terminal_sequence(how, "mail; now\x1b\x07", environment) == sequence


def capture_toasts(pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the app says in toasts, which are off in tests."""
    told: list[str] = []
    monkeypatch.setattr(pilot.app, "notify", lambda message, **how: told.append(message))
    return told


async def test_app_notifies_in_the_configured_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('[remind]\nbell = true\nterminal = "9"\n')
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        app, told = pilot.app, capture_toasts(pilot, monkeypatch)
        bells: list[int] = []
        written: list[str] = []
        monkeypatch.setattr(app, "bell", lambda: bells.append(1))
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        app.remind()  # type: ignore[attr-defined]
        for moment in (
            datetime(2026, 11, 16, 11, 59, 59),
            datetime(2026, 11, 16, 12),
            datetime(2026, 11, 16, 12, 0, 1),
        ):
            move_clock(ctx, moment)
            app.remind()  # type: ignore[attr-defined]
        assert told == ["11:30 Price list, as promised", "Break until 13:00"]
        assert bells == [1, 1]
        assert [text for text in written if "]9;" in text][-1:] == ["\x1b]9;Break until 13:00\x07"]


async def test_app_is_silent_while_an_outcome_is_pending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        told = capture_toasts(pilot, monkeypatch)
        move_clock(ctx, datetime(2026, 11, 16, 11, 59, 58))
        pilot.app.remind()  # type: ignore[attr-defined]
        told.clear()  # the app may have looked at the clock by itself before
        await pilot.press("d")
        move_clock(ctx, datetime(2026, 11, 16, 12, 0, 1))
        pilot.app.remind()  # type: ignore[attr-defined]
        assert not told
        move_clock(ctx, datetime(2026, 11, 16, 12, 0, 5))
        pilot.app.remind()  # type: ignore[attr-defined]
        assert told == ["Break until 13:00"]


def test_callback_added_for_the_next_minutes_is_announced(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    reminders = Reminders()
    assert said(reminders, today(ctx), "09:42:00") == [[]]
    tasks.quick(ctx, parse_line("callback Kim today 09:45", ctx.now()))
    assert said(reminders, today(ctx), "09:43:00", "09:43:30") == [["09:45 call back Kim"], []]


async def test_callback_added_meanwhile_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        told = capture_toasts(pilot, monkeypatch)
        pilot.app.remind()  # type: ignore[attr-defined]
        tasks.quick(ctx, parse_line("callback Kim today 10:00", ctx.now()))
        move_clock(ctx, NOW + timedelta(minutes=13))
        await press(pilot, "down")
        pilot.app.today_screen._tick()  # type: ignore[attr-defined]
        await settled(pilot)
        pilot.app.remind()  # type: ignore[attr-defined]
        assert told == ["10:00 call back Kim Minsu 김민수"]
