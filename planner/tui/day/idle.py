"""What Today reads only once the rep is idle: the odds after a count, and the chart of a screen with rows to spare."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.day.counting import CountingScreen
from planner.tui.shared import spans

if TYPE_CHECKING:
    from planner.services.overview import Overview

IDLE = timedelta(seconds=3)


class IdleScreen(CountingScreen):
    """Base of Today that reads what takes long in a worker, as loading it would hold up the next keys."""

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, now: datetime) -> None:
        super().__init__(ctx, live, today)
        self._quiet_since = now
        self._odds_old = True
        self._overview_old, self._overview_read = True, False

    def on_key(self) -> None:
        self._quiet_since = self.ctx.now()

    def expire(self) -> None:
        """Note that the day was read again, so that what depends on it is old."""
        self._odds_old = self._overview_old = True

    def read_when_idle(self, now: datetime) -> None:
        """Run every second: read what is old, if the rep is idle."""
        self._read_odds(now)
        self.read_overview(now)

    def _show_odds(self, odds: dict[str, object] | None) -> None:
        """Show recalculated odds, None without a database."""
        if odds is None:
            return
        for name, value in odds.items():
            setattr(self.today, name, value)
        now = self.ctx.now()
        for name in ("month", "counters"):
            self._part(name).show(self.today, now)

    def _read_odds(self, now: datetime) -> None:
        """Once the rep is idle, recalculate the odds if anything has changed them."""
        if not self._odds_old or now - self._quiet_since < IDLE:
            return
        self._odds_old = False
        if self.today.odds_are_old():
            self.load_async(self.live.fresh_odds, self._show_odds, "odds")

    def read_overview(self, now: datetime) -> None:
        """Read what only a screen with rows to spare shows, if anything may have changed it: at once if it has yet to
        be shown, else once the rep is idle.
        """
        if not self._overview_old or not spans.is_roomy(*self.app.size):
            return
        if self._overview_read and now - self._quiet_since < IDLE:
            return
        self._overview_old, self._overview_read = False, True
        from planner.services import overview  # loads what the first paint must not wait for

        self.load_async(partial(overview.read, self.ctx), self._show_overview, "overview")

    def _show_overview(self, found: Overview) -> None:
        for name in ("month", "day"):
            part = self._part(name)
            part.overview = found
            part.redraw()
