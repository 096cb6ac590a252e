"""Serves the rep's phone while the screens are open, by a program of its own that ends with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from planner.domain.text import make_visible

if TYPE_CHECKING:
    from planner.tui.app import PlannerApp


class PhoneWatch:
    """Runs ``planner phone``, and shows the codes that it makes."""

    def __init__(self, app: PlannerApp) -> None:
        self._app = app
        self._running: subprocess.Popen[str] | None = None
        self._ended = False

    @property
    def running(self) -> bool:
        """Whether the page is being served."""
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        """Serve the page, or if it already is, make a new code."""
        running = self._running
        if running is None or running.poll() is not None:
            self._app.run_worker(self._serve, thread=True, group="phone", exit_on_error=False)
        elif running.stdin is not None:
            with suppress(OSError):  # it is just ending
                running.stdin.write("\n")
                running.stdin.flush()

    def _serve(self) -> None:
        ctx = self._app.ctx
        options = ["--db", ctx.path, "--config", ctx.settings_path]
        try:
            self._running = process = subprocess.Popen(
                [sys.executable, "-m", "planner", *options, "phone", "start", "--json"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            )  # fmt: skip
        except OSError as error:
            self._tell(f"The page couldn't be served: {error.strerror}.")
            return
        assert process.stdout is not None and process.stderr is not None
        with process:
            for line in process.stdout:
                found = json.loads(line)
                if not self._ended:
                    self._app.call_from_thread(self._show, found["link"], found["code"], found["local"])
            problem = process.stderr.read().strip().removeprefix("planner: ")
        if process.returncode and not self._ended:
            self._tell(problem or "The page isn't served any more.")

    def _tell(self, problem: str) -> None:
        self._app.call_from_thread(self._app.notify, make_visible(problem), severity="warning", markup=False)

    def _show(self, link: str, code: list[str], local: bool) -> None:
        from planner.tui.shared.modals.phone import PhoneModal

        def answer(wanted: str | None) -> None:
            if wanted == "new":
                self.start()
            elif wanted == "stop":
                self.stop()

        self._app.push_screen(PhoneModal(link, code, local=local), answer)

    def stop(self) -> None:
        """Stop serving: the program ends with its input, also if this one is killed."""
        if self._running is not None and self._running.stdin is not None:
            with suppress(OSError):  # it has ended already
                self._running.stdin.close()

    def end(self) -> None:
        """Stop serving as the screens close."""
        self._ended = True
        self.stop()
