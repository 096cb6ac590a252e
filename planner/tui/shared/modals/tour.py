"""A tour of under a minute: a few sentences over each screen. Can be left at any time, and F2 starts it again."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from planner import content
from planner.tui.shared.modal import Modal

Turn = Literal[1, -1]


def steps() -> list[dict[str, str]]:
    """Return the steps: `screen`, `title`, `text`."""
    found: list[dict[str, str]] = content.load("tour")["step"]
    return found


class TourModal(Modal[Turn | None]):
    """Modal with one step of the tour, which returns where to go next."""

    CSS_PATH = Path(__file__).with_name("tour.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right,space,l,j,down", "turn(1)", "next", id="tour-next", tooltip="Next step"),
        Binding("left,h,k,up,backspace", "turn(-1)", "back", id="tour-back", tooltip="Previous step"),
        Binding("escape,f2,q", "turn(0)", "close", id="tour-leave", tooltip="Close the tour"),
    ]

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def compose(self) -> ComposeResult:
        every = steps()
        step = every[self.number]
        last = self.number == len(every) - 1
        with Container(id="tour"):
            yield Static(Content(step["title"]), id="tour-title")
            yield Static(Content(step["text"]), id="tour-text")
            keys = f"{self.number + 1} of {len(every)}   ⏎ {'done' if last else 'next'}"
            yield Static(Content(f"{keys}{'   ← back' if self.number else ''}   esc close"), id="tour-keys")

    def on_click(self) -> None:
        self.leave(1)

    def action_turn(self, step: int) -> None:
        """Go forwards or back, 0 to leave."""
        self.leave(1 if step > 0 else -1 if step < 0 else None)
