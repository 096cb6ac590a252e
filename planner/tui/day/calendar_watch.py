"""Keeps subscribed calendars and the published one up to date while the screens are open."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from planner.domain.errors import PlannerError
from planner.domain.text import make_visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.services.day.calendars import Refreshed
    from planner.tui.app import PlannerApp

PUBLISHED_EVERY = 300  # seconds


class CalendarWatch:
    """Reads calendars in a worker when it is time to, and publishes the rep's own when it has changed."""

    def __init__(self, app: PlannerApp) -> None:
        self._app = app
        self._stop = threading.Event()
        self._running = False
        self._told: dict[str, str] = {}
        self._published = 0.0

    def check(self) -> None:
        """Start a worker if there may be something to do. Most reps have no calendars, and then nothing is loaded."""
        config = self._app.ctx.current_config()
        if config["calendar.publish"] or (config["calendar.refresh"] and self._app.live.calendar_states()):
            self._start(self._read_due)

    def refresh(self, then: Callable[[list[Refreshed]], None]) -> bool:
        """Read all calendars again now. `then` gets how it went, in the app's thread. Returns whether it begins."""

        def read() -> None:
            from planner.services.day import calendars

            ctx = self._app.ctx
            found = [calendars.refresh(ctx, line.calendar, self._stop) for line in calendars.list_calendars(ctx)]
            if not self._stop.is_set():
                self._app.call_from_thread(then, found)

        return self._start(read)

    def _start(self, work: Callable[[], None]) -> bool:
        if self._running:
            return False
        self._running = True

        def run() -> None:
            from planner.services.day.calendars import Stopped  # with all that reading takes, not before

            try:
                work()
            except Stopped:
                return
            except PlannerError as problem:
                self._tell("", str(problem))
            finally:
                self._running = False

        self._app.run_worker(run, thread=True, group="calendars", exit_on_error=False)
        return True

    def _read_due(self) -> None:
        from planner.services.day import calendars

        for found in calendars.refresh_due(self._app.ctx, self._stop):
            self._tell(found.name, found.problem)
        if time.monotonic() - self._published >= PUBLISHED_EVERY or not self._published:
            self._published = time.monotonic()
            calendars.publish(self._app.ctx)

    def _tell(self, name: str, problem: str) -> None:
        """Say a problem once, not at every try."""
        if problem and self._told.get(name) != problem and not self._stop.is_set():
            text = f"{name}: {problem}" if name else problem
            self._app.call_from_thread(self._app.notify, make_visible(text), severity="warning", markup=False)
        self._told[name] = problem

    def end(self) -> None:
        """Stop, so that a server that doesn't respond can't delay the exit."""
        self._stop.set()
