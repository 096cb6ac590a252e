"""The baselines for the benchmarks: a bare Textual app, and a bare counter without a database."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """An app that prints one line."""

    def compose(self) -> ComposeResult:
        yield Static("ready-to-work")


class Counter(App[None]):
    """An app that counts key presses."""

    BINDINGS = [("d", "count", "count")]  # noqa: RUF012 - as a first app would have it
    done = 0

    def compose(self) -> ComposeResult:
        yield Static("ready-to-work", id="count")

    def action_count(self) -> None:
        self.done += 1
        self.query_one("#count", Static).update(f"calls {self.done}")


if __name__ == "__main__":
    (Counter if "counter" in sys.argv else Bare)().run()
