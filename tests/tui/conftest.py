"""Faster waiting for tests that press thousands of keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tests.tui import helpers
from tests.tui.helpers import is_busy

BREATH = 0.003  # seconds between two checks


async def at_rest(min_sleep: float = BREATH, max_sleep: float = 5.0) -> None:
    """Wait until the app has nothing left to do, but five seconds at most, as it may be waiting for another program.

    Textual's own check takes a process that uses no CPU time for a finished one. It polls every 20 ms, some four
    times a key, and on a loaded machine mistakes a starved process for an idle one."""
    until = monotonic() + max_sleep
    while monotonic() < until:
        await asyncio.sleep(BREATH)
        if not is_busy():
            break


Rules = dict[tuple[object, ...], list[RuleSet]]


def shared_rules(parse: Callable[..., list[RuleSet]], known: Rules) -> Callable[..., list[RuleSet]]:
    """Parse each style sheet once for all apps of a process, which is a twentieth of the time of a test."""

    def parsed(sheet: Stylesheet, css: str, **source: object) -> list[RuleSet]:
        key = (css, *source.values(), *sorted(sheet._variables.items()))
        if key not in known:
            known[key] = parse(sheet, css, **source)
        return known[key]

    return parsed


def painted_at_rest(render: Callable[..., object]) -> Callable[..., object]:
    """Paint what keys have changed once, when the app has settled, instead of some five times a key. Nobody looks at a
    screen without a terminal in between, and painting is a third of the time of a test.
    """

    def update(compositor: Compositor, full: bool = False, **named: object) -> object:
        if full or helpers.painting:  # a picture asks for the full screen
            return render(compositor, full, **named)
        return None  # what has changed stays marked until the next time

    return update


@pytest.fixture(autouse=True, scope="session")
def _quick_pilot() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # as it is, but without a call of Python for each of the hundred rules that each widget is held against
        patch.setattr(RuleSet, "__hash__", object.__hash__)
        patch.setattr(Compositor, "render_update", painted_at_rest(Compositor.render_update))
        patch.setattr(Stylesheet, "_parse_rules", shared_rules(Stylesheet._parse_rules, {}))
        patch.setattr("textual.app.wait_for_idle", at_rest)
        patch.setattr("textual.pilot.wait_for_idle", at_rest)
        yield
