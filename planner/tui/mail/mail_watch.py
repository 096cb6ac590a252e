"""Watches for mail exceptions: the few emails that may be announced outside a mail window."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from planner.domain.day.day_progress import mail_windows
from planner.domain.errors import PlannerError
from planner.domain.mail import windows
from planner.services.mail import mailbox

if TYPE_CHECKING:
    from planner.services.day.today_store import Today
    from planner.tui.app import PlannerApp


class MailWatch:
    """Checks in a worker every `mail.check` minutes, never while a window is open."""

    def __init__(self, app: PlannerApp) -> None:
        self._app = app
        self._last: datetime | None = None
        self._told: set[str] = set()
        self._said: set[str] = set()
        self._stop = threading.Event()

    def check(self, today: Today, now: datetime) -> None:
        """Check if it is time to."""
        every = timedelta(minutes=self._app.ctx.config["mail.check"])
        if windows.running(mail_windows(today, now)) is not None:
            return
        if self._last is not None and timedelta(0) <= now - self._last < every:
            return
        self._last = now
        self._app.run_worker(self._read, thread=True, group="exceptions", exclusive=True, exit_on_error=False)

    def _read(self) -> None:
        app = self._app
        try:
            found, problems = mailbox.exceptions(app.ctx, app.passwords, self._told, self._stop)
        except PlannerError as problem:
            found, problems = [], [str(problem)]
        if self._stop.is_set():
            return
        for text in problems:
            if text not in self._said:  # once, not at every check
                app.call_from_thread(
                    app.notify, f"Couldn't check for email exceptions: {text}", severity="warning", markup=False
                )
        self._said = set(problems)
        for letter, rule in found:
            self._told.add(letter.ref)
            app.call_from_thread(app.ring, f"{letter.who}: {letter.subject or '(no subject)'} (exception: {rule})")

    def end(self) -> None:
        """Stop, so that a server that doesn't respond can't delay the exit."""
        self._stop.set()
