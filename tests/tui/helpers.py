"""Run the screens in tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from weakref import WeakSet

from textual._context import active_app
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerCancelled

from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.tui.app import PlannerApp
from planner.tui.day.today import TodayScreen
from planner.tui.shared.widgets.fields import FieldRow

ELSEWHERE = {"mailbox", "exceptions", "phone"}  # workers that talk to a server
COMPACT = (120, 30)  # a screen without panels, whose text stands on lines of its own
PATIENCE = 60.0  # seconds: costs nothing when things come true, and is enough on a busy machine


def app_on(ctx: AppContext) -> PlannerApp:
    """The app on a context, as `start` creates it."""
    live = TodayStore(ctx)
    return PlannerApp(ctx, live, live.read(), ctx.now())


@asynccontextmanager
async def running(ctx: AppContext, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    """Run the app on a context."""
    app = app_on(ctx)
    async with app.run_test(size=size) as pilot:
        yield pilot
        paint(pilot)
    app.live.close()


painting: list[None] = []
"""Not empty while changes may be painted: see `painted_at_rest` in conftest.py."""


def paint(pilot: Pilot[None]) -> None:
    """Paint whatever has changed since the last time, as a terminal would show it."""
    _paint(pilot.app.screen)


LEAVING = frozenset("2345678")  # keys that lead to another screen


def _paint_before(key: str, screen: Screen[object]) -> None:
    """Paint a screen that never was: a widget first painted after a change would show it even if it isn't redrawn. One
    that is only passed through need not be.
    """
    if key not in LEAVING and screen not in _painted:
        _paint(screen)


_painted: WeakSet[Screen[object]] = WeakSet()


@contextmanager
def painted_at_once() -> Iterator[None]:
    """Paint every change while the app goes on, as it does on a terminal."""
    painting.append(None)
    try:
        yield
    finally:
        painting.pop()


def _paint(screen: Screen[object]) -> None:
    painting.append(None)
    try:
        screen._compositor_refresh()
        _painted.add(screen)
    finally:
        painting.pop()


_held_back: list[None] = []


@contextmanager
def held_back() -> Iterator[None]:
    """Stop the pilot from waiting for workers while a test holds one back."""
    _held_back.append(None)
    try:
        yield
    finally:
        _held_back.pop()


def is_busy() -> bool:
    """Whether the running app still has something to do: a callback, a worker, or a queued key."""
    loop, app = asyncio.get_running_loop(), active_app.get()
    working = (each for each in app.workers if not each.is_finished and each.group not in ELSEWHERE)
    if loop._ready or (any(working) and not _held_back):  # type: ignore[attr-defined]
        return True
    return isinstance(app, PlannerApp) and bool(app._keys.waiting or app._keys.busy or app._keys.pace.pasted)


async def wait_for(pilot: Pilot[None], condition: Callable[[], bool], what: str = "") -> None:
    """Let the app continue until a condition holds."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"never came true: {what or condition}\n{shown(pilot)}"
        if pilot.app._exception is not None:
            raise pilot.app._exception
        await asyncio.sleep(0.02)  # cheaper than `pilot.pause`, which sends a message to every widget


def today_screen(pilot: Pilot[None]) -> TodayScreen:
    """The Today screen."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, TodayScreen)
    return screen


def shown(pilot: Pilot[None]) -> str:
    """The terminal's content as text."""
    app = pilot.app
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines[: app.size.height])


def says(pilot: Pilot[None], text: str) -> Callable[[], bool]:
    """Condition: a text is on the screen."""
    return lambda: text in shown(pilot)


def noted(pilot: Pilot[None], text: str) -> Callable[[], bool]:
    """Condition: the open form shows this note at a field or below them all, however its lines wrap."""

    def shows() -> bool:
        screen = pilot.app.screen
        notes = [str(note.content) for note in screen.query("#form-note").results(Static)]
        return any(text in note for note in (*notes, *(row.problem for row in screen.query(FieldRow))))

    return shows


async def settled(pilot: Pilot[None]) -> None:
    """Wait for every worker, and until its result is shown."""
    await _rest(pilot)
    pilot.app.screen._on_timer_update()
    paint(pilot)
    await asyncio.sleep(0)


async def _rest(pilot: Pilot[None]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            await pilot.app.workers.wait_for_complete()
            break
        except WorkerCancelled:  # replaced by a newer read, which is waited for
            assert time.monotonic() < until, "workers go on being cancelled"
            await pilot.pause()
    while is_busy():
        await asyncio.sleep(0.003)


async def resize(pilot: Pilot[None], size: tuple[int, int]) -> None:
    """Resize the terminal, and wait until the screen is laid out in it: cheaper than another app at each size."""
    await pilot.resize_terminal(*size)
    await settled(pilot)
    await wait_for(pilot, lambda: pilot.app.screen._compositor.size == size)
    await settled(pilot)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one by one, each after the workers of the one before, and look at the screen after the last."""
    for key in keys:
        _paint_before(key, pilot.app.screen)
        await pilot.press(key)
        await _rest(pilot)
    await settled(pilot)


def text(value: str) -> list[str]:
    """A text as keys."""
    names = {
        " ": "space",
        ":": "colon",
        "#": "number_sign",
        "@": "at",
        ",": "comma",
        "-": "minus",
        "!": "exclamation_mark",
    }
    return [names.get(char, char) for char in value]
