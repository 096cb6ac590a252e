"""A question that is answered by one key."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import Button, Label, Static

from planner.domain.text import shown
from planner.tui.modals.base import Modal


class ConfirmModal(Modal[bool]):
    """Asks whether something is meant: y does it, n and Esc leave it."""

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="confirm-yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "no", id="confirm-no", tooltip="Let it be"),
    ]

    def __init__(self, question: str, about: str, word: str) -> None:
        super().__init__()
        self.question, self.about, self.word = question, about, word

    def compose(self) -> ComposeResult:
        with Container(id="confirm"):
            yield Label(Content(shown(self.question)), id="confirm-question", markup=False)
            yield Static(Content(shown(self.about, lines=True)), id="confirm-about", markup=False)
            with Horizontal(id="confirm-keys"):
                yield Button(f"{self.word} y", id="yes", compact=True)
                yield Button("Leave esc", id="no", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.leave(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Answer."""
        self.leave(yes)
