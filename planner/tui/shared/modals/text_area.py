"""The form for several lines of text: an editable list, or pasted names and phone numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import Button, Label, Static, TextArea
from textual.widgets.text_area import Edit, EditResult

from planner.domain.text import make_visible, strip_controls
from planner.tui.shared.modal import Modal


class TextInput(TextArea):
    """A text area that drops control sequences, however they come in."""

    # Textual's own selection is under 4.5:1 in our themes.
    DEFAULT_CSS = "TextInput > .text-area--selection { background: $accent 25%; }"

    def edit(self, edit: Edit) -> EditResult:
        """Apply an edit: typing, paste or undo."""
        edit.text = strip_controls(edit.text, lines=True)
        return super().edit(edit)


class TextModal(Modal[str | None]):
    """Form for lines of text. F2 or the button saves, Esc cancels, `reset` offers the default lines."""

    CSS_PATH: ClassVar = [
        Modal.BUTTONS,
        Path(__file__).with_name("text_area.tcss"),
    ]  # for subclasses elsewhere
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="text-cancel", tooltip="Close without saving"),
        Binding("f2", "keep", "save", id="text-keep", tooltip="Save these lines", priority=True),
    ]

    def __init__(
        self,
        heading: str,
        about: str,
        text: str = "",
        *,
        reset: str | None = None,
        preview: Callable[[str], str] = lambda text: "",
    ) -> None:
        super().__init__()
        self.heading, self.about, self.text = heading, about, text
        self.reset_to, self.preview = reset, preview

    def compose(self) -> ComposeResult:
        with Container(id="text"):
            yield Label(Content(make_visible(self.heading)), id="text-title", markup=False)
            yield Label(Content(make_visible(self.about)), id="text-about", markup=False)
            text = strip_controls(self.text, lines=True)
            yield TextInput(text, id="text-area", tab_behavior="focus", show_line_numbers=False, compact=True)
            yield Static(Content(""), id="text-note", markup=False)
            with Horizontal(id="text-keys"):
                yield Button("Save F2", variant="primary", id="keep", compact=True)
                if self.reset_to is not None:
                    yield Button("Reset to default", id="reset", compact=True)
                yield Button("Cancel esc", id="leave", compact=True)

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.focus()
        area.move_cursor(area.document.end)
        self.on_text_area_changed()

    def on_text_area_changed(self) -> None:
        self.query_one("#text-note", Static).update(
            Content(make_visible(self.preview(self.query_one(TextArea).text), lines=True))
        )

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "keep":
            self.action_keep()
        elif event.button.id == "reset":
            self.query_one(TextArea).text = self.reset_to or ""
        else:
            self.leave(None)

    def action_keep(self) -> None:
        """Close with the text."""
        self.leave(self.query_one(TextArea).text)

    def action_cancel(self) -> None:
        """Close without saving."""
        self.leave(None)
