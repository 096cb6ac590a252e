"""Random keys, typed faster than anybody could, on every screen: nothing crashes the program, no call is lost.

The keys are drawn from a seed and sent in bursts. The number of calls typed is known, so it can be compared with the
screen, the day's counts and the log.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from bench.data import build, listed
from planner import platform
from planner.domain.day import activity
from planner.domain.errors import StateError
from planner.services.calls import dialing
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.tui.app import PlannerApp
from planner.tui.clients import changes
from planner.tui.day.today import TodayScreen
from tests.drills import LONG, often
from tests.scenes import typical
from tests.tui.helpers import PATIENCE, running, shown, today_screen, wait_for

SEED = 23
SCREENS = ("2", "3", "4", "5", "6", "7", "8", ",", "t", "l", "W", "b", "6⇥", "6⇤", "6D", "6I", *"Ts?/aM")
# no digits, which are outcomes while a call goes on, and no d, which counts a call
LETTERS = "abcefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-[],/? "
NAMED = (
    *("enter", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown", "home", "end", "delete"),
    *("backspace", "shift+up", "shift+down", "shift+left", "shift+right", "ctrl+p", "ctrl+r", "f1", "f2", "escape"),
)
SIZES = ((120, 36), (80, 24), (60, 20), (160, 50), (99, 17), (30, 8))
CALLS = {activity.label("dial", outcome, 1) for outcome in (None, *activity.DIAL_OUTCOMES)}  # as in the history
HOME = ["escape"] * 7


def keys_of(text: str) -> list[str]:
    return [{"⇥": "tab", "⇤": "shift+tab"}.get(letter, letter) for letter in text]


def burst(chance: random.Random) -> tuple[list[str], int]:
    """Draw the keys of one burst, starting and ending on Today. Returns them with the number of calls they count."""
    typed: list[str] = []
    calls = 0
    for _ in range(chance.randint(1, 4)):
        for _ in range(chance.randint(0, 4)):
            typed.append("d")
            calls += 1
            if chance.random() < 0.3:
                typed.append(chance.choice("123456"))
        typed.append(chance.choice("cmp"))  # a digit after it is no outcome
        typed += keys_of(chance.choice(SCREENS))
        for _ in range(chance.randint(0, 12)):
            typed.append(chance.choice(LETTERS) if chance.random() < 0.6 else chance.choice(NAMED))
        typed += HOME
    return typed, calls


def key(name: str) -> events.Key:
    return events.Key(_character_to_key(name), name) if len(name) == 1 else events.Key(name, None)


def figures(ctx: AppContext) -> tuple[int, int]:
    """Today's calls, by the day's counts and by the log."""
    with closing(sqlite3.connect(ctx.path)) as handle:
        day = ctx.today().isoformat()
        counted = handle.execute("SELECT coalesce(sum(dials), 0) FROM day_count WHERE day = ?", (day,)).fetchone()[0]
        query = "SELECT coalesce(sum(count), 0) FROM activity WHERE day = ? AND kind = 'dial'"
        return int(counted), int(handle.execute(query, (day,)).fetchone()[0])


def is_through(app: PlannerApp) -> bool:
    """Whether all keys have taken effect or the program has ended. Pure reads may still be running."""
    keys = app._keys
    waits = keys.waiting or keys.busy or keys.is_asking or keys.pace.pasted or app._message_queue.qsize()
    return app._exception is not None or not (waits or app._busy or app._queue or app._idle)


def on_screen(pilot: Pilot[None], calls: int) -> bool:
    """Whether Today shows this number of calls."""
    return today_screen(pilot).today.counts["dials"] == calls


@pytest.mark.parametrize("seed", range(SEED, SEED + often(1, 5)))
async def test_random_keys_never_crash_or_lose_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.chdir(tmp_path)
    turned: list[tuple[str | None, bool]] = []
    turn = TodayStore.undo_or_redo

    def told(live: TodayStore, *, redo: bool) -> str | None:
        turned.append((turn(live, redo=redo), redo))
        return turned[-1][0]

    def never(*_: object, **__: object) -> object:
        raise StateError("Nothing leaves the base in a drill.")

    monkeypatch.setattr(TodayStore, "undo_or_redo", told)
    # A key that finds the file locked for seconds is refused with a message, which has its own test. Here, reads over
    # ten years run beside the keys and may take longer than that on a busy machine.
    monkeypatch.setattr(platform, "BUSY_SECONDS", PATIENCE)
    for place, name in ((changes, "export"), (dialing, "dial"), (dialing, "open_address")):
        monkeypatch.setattr(place, name, never)
    monkeypatch.setattr(PlannerApp, "open_url", never)
    ctx = build(tmp_path, 10) if LONG else typical(tmp_path)
    listed(ctx, 30)
    chance = random.Random(seed)
    left, typed, calls = often(150, 2_000), list[str](), figures(ctx)[0]
    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        while len(typed) < left:
            keys, more = burst(chance)
            before = len(turned)
            if chance.random() < 0.4:
                await pilot.resize_terminal(*chance.choice(SIZES))
            for name in keys:
                app.post_message(key(name))
            typed += keys
            said = f"seed {seed}, behind {' '.join(keys)}"
            await wait_for(pilot, partial(is_through, app), said)
            if app._exception is not None:
                pytest.fail(f"the program ended: {said}: {app._exception!r}")
            assert isinstance(app.screen, TodayScreen), f"{said}\n{shown(pilot)}"
            for label, redo in turned[before:]:
                more += (1 if redo else -1) * (label in CALLS)
            calls += more
            assert figures(ctx) == (calls, calls), f"{said}; taken back or brought back: {turned[before:]}"
            await wait_for(pilot, partial(on_screen, pilot, calls), said)
        app.post_message(key("d"))
        await wait_for(pilot, partial(on_screen, pilot, calls + 1), "a key that is stuck")
