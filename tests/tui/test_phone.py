"""The phone from the screens: a program of its own that shows codes and ends with the app."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing

import pytest
from textual.widgets import Static

from planner.services import settings
from planner.services.context import AppContext
from planner.tui.app import PlannerApp
from planner.tui.palette import entries
from planner.tui.phone_watch import PhoneWatch
from planner.tui.shared.modals.phone import PhoneModal
from tests.tui.helpers import running, wait_for

pytest.importorskip("uvicorn", reason="the extra `phone` isn't installed")


def choose(app: PlannerApp, title: str) -> None:
    next(each for each in entries(app, app.screen) if each.title == title).run()


def link(app: PlannerApp) -> str:
    """The link on screen, empty if there is none."""
    screen = app.screen
    return screen.link if isinstance(screen, PhoneModal) else ""


async def test_the_palette_serves_the_page_until_the_app_ends(ctx: AppContext) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    settings.put(ctx, "phone.port", str(port))
    settings.put(ctx, "phone.url", "https://pc.example.ts.net")
    async with running(ctx, (80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        choose(app, "phone: start")
        await wait_for(pilot, lambda: bool(link(app)))
        first = link(app)
        assert first.startswith("https://pc.example.ts.net/#pair=")
        await pilot.pause()
        modal = app.screen
        assert modal.query_one("#phone").max_scroll_y == 0  # all of it fits
        assert "▄" in str(modal.query_one("#phone-code", Static).content)
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
        await pilot.press("n")
        await wait_for(pilot, lambda: bool(link(app)) and link(app) != first)
        await pilot.press("escape")
        titles = [each.title for each in entries(app, app.screen)]
        assert "phone: show a code" in titles and "phone: stop" in titles and "phone: start" not in titles
        watch = app.phone_watch
        assert watch is not None and watch.running
    await wait_for(pilot, lambda: not running_now(watch))


def running_now(watch: PhoneWatch) -> bool:
    return watch.running


async def test_what_is_in_the_way_is_told(ctx: AppContext) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        settings.put(ctx, "phone.port", str(taken.getsockname()[1]))
        async with running(ctx) as pilot:
            app = pilot.app
            assert isinstance(app, PlannerApp)
            choose(app, "phone: start")
            await wait_for(pilot, lambda: any("can't listen on" in each.message for each in app._notifications))
            await wait_for(pilot, lambda: "phone: start" in [each.title for each in entries(app, app.screen)])
