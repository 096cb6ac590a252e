"""The modals for questions answered by a single key."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import Button, Label, Static

from planner.domain.text import make_visible
from planner.domain.typed.recurrence import Every
from planner.tui.shared.modal import Modal
from planner.tui.shared.spans import fit


class ConfirmModal(Modal[bool]):
    """Modal that asks for confirmation: y confirms, n and Esc cancel."""

    CSS_PATH: ClassVar = [Modal.BUTTONS, Path(__file__).with_name("confirm.tcss")]  # for subclasses elsewhere
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="confirm-yes", tooltip="Confirm"),
        Binding("n,escape", "answer(False)", "no", id="confirm-no", tooltip="Cancel"),
    ]

    def __init__(self, question: str, about: str, word: str) -> None:
        super().__init__()
        self.question, self.about, self.word = question, about, word

    def compose(self) -> ComposeResult:
        with Container(id="confirm"):
            yield Label(Content(make_visible(self.question)), id="confirm-question", markup=False)
            yield Static(Content(make_visible(self.about, lines=True)), id="confirm-about", markup=False)
            with Horizontal(id="confirm-keys"):
                yield Button(f"{self.word} y", id="yes", compact=True)
                yield Button("Cancel esc", id="no", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.leave(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.leave(yes)


class SeriesModal(Modal[Literal["skip", "series"] | None]):
    """Modal that asks whether to skip one occurrence of a recurring task or to end the series."""

    CSS_PATH: ClassVar = [Modal.BUTTONS, Path(__file__).with_name("confirm.tcss")]  # for subclasses elsewhere
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "answer('skip')", "skip", id="task-skip", tooltip="Skip this occurrence"),
        Binding(
            "w", "answer('series')", "drop the series", id="task-series", tooltip="Drop the task with all its dates"
        ),
        Binding("escape", "answer('')", "cancel", id="task-series-leave", tooltip="Keep the task"),
    ]

    def __init__(self, title: str, rule: str) -> None:
        super().__init__()
        self.title_, self.rule = title, rule

    def compose(self) -> ComposeResult:
        with Container(id="confirm"):
            yield Label(Content(f"Drop “{fit(self.title_, 60)}”?"), id="confirm-question", markup=False)
            yield Static(Content(make_visible(f"It repeats {Every(self.rule)}.")), id="confirm-about", markup=False)
            with Horizontal(id="confirm-keys"):
                yield Button("Skip this one s", id="skip", compact=True)
                yield Button("Drop the series w", id="series", compact=True)
                yield Button("Cancel esc", id="leave", compact=True)

    def on_mount(self) -> None:
        self.query_one("#skip", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id or "")

    def action_answer(self, answer: str) -> None:
        """Close with the answer, None for neither."""
        self.leave("skip" if answer == "skip" else "series" if answer == "series" else None)
