"""Keeps the clocks of a calling session: the current call, the gap before it, pauses and sprints, saved with each
key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from planner.domain.calls import session as clocks
from planner.domain.calls.session import CallTimer, Tally
from planner.domain.day.day_progress import day_minute
from planner.domain.errors import StateError
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.store.calls import session as store
from planner.store.calls.card import Card
from planner.store.recorder import Transaction

NOBODY = "There's no one left to call. Press l for the list, then b to fill it from your contacts."


class SessionClock:
    """The saved state of a session: the contact on screen and the clocks. `CallSession` moves it along the list."""

    def __init__(self, ctx: AppContext, live: TodayStore) -> None:
        self.ctx = ctx
        self.live = live
        self.state = store.State()
        self.card: Card | None = None
        self.tally = Tally()
        self.number = 1
        self.sprint_calls = 0
        self._row: store.SessionRow | None = None
        self._sprint_from = 0

    def _seconds(self) -> int:
        return int(self.ctx.clock.timestamp())

    @property
    def standing(self) -> CallTimer:
        """Return the call clocks."""
        return self.state.standing

    def call_seconds(self) -> int:
        """Return the length of the current call in seconds."""
        return self.standing.call_seconds(self._seconds())

    def gap_seconds(self) -> int | None:
        """Return the seconds since the last call."""
        return self.standing.gap_seconds(self._seconds())

    def active_seconds(self) -> int:
        """Return the seconds of the session, less its pauses."""
        if self._row is None:
            return 0
        now = self._seconds()
        return max(0, now - self._row.started - self._row.paused - self.standing.pause_seconds(now))

    def pace(self) -> float | None:
        """Return the calls per hour."""
        return clocks.per_hour(self.tally.calls, self.active_seconds())

    def needed_pace(self, today: Today) -> float | None:
        """Return the calls per hour needed for today's target in the calling blocks left, or None without a target."""
        target = today.target("dials")
        if not target:
            return None
        minute = day_minute(today, self.ctx.now())
        minutes = sum(
            max(0, block.last - max(block.first, minute))
            for block in today.blocks
            if block.kind == "calls" and not block.dropped
        )
        return clocks.needed_per_hour(target - today.counts["dials"], minutes)

    @property
    def running(self) -> bool:
        """Return whether a session has begun."""
        return self._row is not None

    def _ensure_begun(self, handle: sqlite3.Connection) -> None:
        """Begin a session if there is none, and end a pause."""
        now = self._seconds()
        if self._row is None:
            session_id = store.begin(handle, self.ctx.today(), now)
            self._row = store.session(handle, session_id)
            self.state = replace(self.state, session_id=session_id, standing=replace(self.standing, gap_from=None))
            self.number = store.number_of_day(handle, session_id, self.ctx.today())
        paused = self.standing.pause_seconds(now)
        if self.standing.paused_at is not None:
            store.add_pause(handle, self._row.id if self._row else 0, paused)
            assert self._row is not None
            self._row = replace(self._row, paused=self._row.paused + paused)
            self.state = replace(self.state, standing=self.standing.resumed(now))

    def _need_card(self) -> Card:
        if self.card is None:
            raise StateError(NOBODY)
        return self.card

    def _seen(self) -> None:
        self.state = replace(self.state, day=self.ctx.today().isoformat(), seen=self._seconds())

    @contextmanager
    def _keeping(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that saves the session's state at its end and restores the previous state on failure."""
        before = (self.state, self._row, self.number)
        try:
            with self.live.writing() as handle, Transaction(handle):
                yield handle
                self._seen()
                store.keep(handle, self.state)
        except BaseException:
            self.state, self._row, self.number = before
            raise

    def press(self) -> bool:
        """Start the call, or stop or resume its clock. Returns whether the clock runs."""
        card = self._need_card()
        with self._keeping() as handle:
            self._ensure_begun(handle)
            self.state = replace(self.state, contact_id=card.id, standing=self.standing.press(self._seconds()))
        return self.standing.talking

    def start(self) -> None:
        """Start the call clock if it isn't running, because the number is being dialled."""
        if not self.standing.in_call:
            self.press()

    def stop(self) -> None:
        """Stop the call clock while the rep enters an outcome."""
        card = self._need_card()
        with self._keeping() as handle:
            self._ensure_begun(handle)
            self.state = replace(self.state, contact_id=card.id, standing=self.standing.stopped(self._seconds()))

    def go_on(self, standing: CallTimer) -> None:
        """Restore the clocks from before an outcome that was cancelled."""
        self.state = replace(self.state, standing=standing)
        self._keep()

    def pause(self) -> bool:
        """Pause or resume, and return whether the session is paused. Refused during a call."""
        if self._row is None:
            raise StateError("You haven't started a session. Press space to start the first call.")
        if self.standing.in_call:
            raise StateError("You can't pause during a call. Log its outcome first.")
        with self._keeping() as handle:
            if self.standing.paused_at is not None:
                self._ensure_begun(handle)
            else:
                self.state = replace(self.state, standing=self.standing.paused(self._seconds()))
        return self.standing.paused_at is not None

    def leave(self) -> None:
        """Leave the screen. This pauses the session between calls, while a call goes on."""
        if self._row is not None and not self.standing.in_call and self.standing.paused_at is None:
            self.pause()

    def _keep(self) -> None:
        with self._keeping():
            pass

    # a sprint

    def sprint(self) -> bool:
        """Start or abandon a sprint. Returns whether one is running."""
        with self._keeping() as handle:
            if self.state.sprint_id is not None:
                store.end(handle, self.state.sprint_id, self._seconds(), 0)
                self.state = replace(self.state, sprint_id=None)
            else:
                self._ensure_begun(handle)
                self._sprint_from = self._seconds()
                assert self._row is not None
                sprint_id = store.begin_sprint(handle, self._row.id, self.ctx.today(), self._sprint_from)
                self.state = replace(self.state, sprint_id=sprint_id)
            self.sprint_calls = 0
        return self.state.sprint_id is not None

    def sprint_seconds(self) -> int:
        """Return the seconds of the current sprint."""
        return 0 if self.state.sprint_id is None else max(0, self._seconds() - self._sprint_from)

    def _count_sprint(self, handle: sqlite3.Connection) -> int:
        # by number, not by instant: a call logged in the second the sprint began isn't one of it
        row = None if self.state.sprint_id is None else store.session(handle, self.state.sprint_id)
        if row is None or self.state.session_id is None:
            return 0
        self._sprint_from = row.started
        return max(0, self.tally.calls - (row.calls or 0))

    def finish_sprint(self) -> tuple[clocks.Sprint, bool] | None:
        """End a sprint that has reached its calls or its time. Returns it and whether it is the record, or None."""
        if self.state.sprint_id is None or not clocks.sprint_over(self.sprint_calls, self.sprint_seconds()):
            return None
        done = clocks.Sprint(self.ctx.today().isoformat(), self.sprint_calls, self.sprint_seconds())
        with self._keeping() as handle:
            best = clocks.record(store.sprints(handle))
            store.end(handle, self.state.sprint_id, self._seconds(), done.calls)
            self.state = replace(self.state, sprint_id=None)
        return done, best is None or clocks.record([best, done]) is done
