"""Syncs the rep's devices while the screens are open, by a program of its own, so that no key waits for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.text import make_visible, plural

if TYPE_CHECKING:
    from planner.tui.app import PlannerApp

PATIENCE = 600  # seconds for one sync
AGAIN = timedelta(minutes=1)  # after a failure


class SyncWatch:
    """Runs ``planner sync now`` every `sync.every` minutes, and knows how the last one went."""

    def __init__(self, app: PlannerApp) -> None:
        self._app = app
        self._running: subprocess.Popen[str] | None = None
        self._busy = self._again = False
        self._tried: datetime | None = None
        self._synced: datetime | None = None
        self._problem = ""
        self._ended = False
        self.done = 0
        """How many syncs have ended."""
        self.outcome = ""
        """What the last one did, empty if something was in the way."""

    def text(self, now: datetime) -> str:
        """Return what the header says: ``⇅ 2 min``, or ``⇅ !`` if something is in the way. Empty without syncing."""
        if self._problem:
            return "⇅ !"
        if self._synced is None:
            return ""
        minutes = max(0, int((now - self._synced).total_seconds()) // 60)
        return f"⇅ {formats.duration(minutes) if minutes else 'now'}"

    def check(self, now: datetime) -> None:
        """Sync if it is time to."""
        config = self._app.ctx.current_config()
        every = timedelta(minutes=config["sync.every"])
        if not config["sync.folder"] or not every:
            return
        wait = AGAIN if self._problem else every
        if not self._busy and (self._tried is None or not timedelta(0) <= now - self._tried < wait):
            self.begin(now)

    def begin(self, now: datetime) -> bool:
        """Sync, after the present one if there is one. Returns False if this device doesn't sync."""
        if not self._app.ctx.current_config()["sync.folder"]:
            return False
        if self._busy:
            self._again = True
            return True
        self._busy, self._tried = True, now
        self._app.run_worker(self._sync, thread=True, group="sync", exit_on_error=False)
        return True

    def _sync(self) -> None:
        ctx = self._app.ctx
        options = ["--db", ctx.path, "--config", ctx.settings_path]
        command = [sys.executable, "-m", "planner", *options, "sync", "now", "--json"]
        moment = ctx.now()
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        try:
            self._running = process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                encoding="utf-8", errors="replace", env=environment,
            )  # fmt: skip
            said, problem = process.communicate(timeout=PATIENCE)
        except (OSError, subprocess.TimeoutExpired) as error:
            said, problem = "", f"planner: {error}"
            if self._running is not None:
                self._running.kill()
        finally:
            self._running, self._busy = None, False
        if self._ended:
            return
        conflicts, outcome = 0, ""
        try:
            found = json.loads(said)
            conflicts = int(found["conflicts"])
            outcome = f"Sent {plural(found['sent'], 'change', 'changes')}, took in {found['taken_in']:,}"
            text = ""
        except (ValueError, KeyError, TypeError):
            text = problem.strip().removeprefix("planner: ") or "Syncing failed."
        self._app.call_from_thread(self._done, moment, text, conflicts, outcome)

    def _done(self, moment: datetime, problem: str, conflicts: int, outcome: str) -> None:
        self.outcome = outcome
        before, self._problem = self._problem, problem
        self.done += 1
        if not problem:
            self._synced = moment
        elif problem != before:
            self._app.notify(make_visible(f"Sync: {problem}"), severity="warning", markup=False)
        if conflicts:
            values = plural(conflicts, "value gave", "values gave")
            self._app.notify(
                f"{values} way to later ones on another device. See Devices in the palette (^p).", markup=False
            )
        self._app.redraw_header()
        if self._again:
            self._again = False
            self.begin(self._app.ctx.now())

    def end(self) -> None:
        """Let a sync that is running go on by itself: it loses nothing, and nobody waits for it."""
        self._ended = True
