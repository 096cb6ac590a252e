"""A form over a screen: fields, what is wrong with them, save and cancel. Enter saves, Esc leaves, Tab moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from planner.domain.errors import PlannerError
from planner.domain.text import shown
from planner.tui.modals.base import Modal
from planner.tui.widgets.typed import LineInput

Result = TypeVar("Result")


@dataclass(frozen=True)
class Field:
    """One line of a form; what is typed into a `secret` one isn't shown. What stands in one that is to be `continued`
    isn't wiped by the first letter.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    secret: bool = False
    continued: bool = False


def otherwise(values: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """The texts that are otherwise than before: what a form that is asked again keeps; the rest is shown as it is by
    now.
    """
    return {name: text for name, text in values.items() if text != before[name].strip()}


class FormModal(Modal[Result | None], Generic[Result]):
    """The base: a subclass names its fields and reads them (`read`), which raises PlannerError for what is wrong."""

    CSS_PATH = "form.tcss"
    HEADING = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "leave", id="form-cancel", tooltip="Leave without saving"),
        # priority: what is typed right behind a Tab belongs to the next field, however fast it comes
        Binding("tab,down", "app.focus_next", "next", id="form-next", show=False, priority=True),
        Binding("shift+tab,up", "app.focus_previous", "previous", id="form-previous", show=False, priority=True),
    ]

    def __init__(self, fields: Sequence[Field], problem: str = "") -> None:
        super().__init__()
        self.fields = fields
        self.problem = problem
        self._seen = {field.name: field.value.strip() for field in fields}

    def read(self, values: dict[str, str]) -> Result:
        """What the fields say. Raises PlannerError with a sentence for the rep."""
        raise NotImplementedError

    def preview(self, values: dict[str, str]) -> str | Content:
        """How the fields are understood, said while typing."""
        return ""

    def compose(self) -> ComposeResult:
        with Container(id="form"):
            yield Label(Content(shown(self.HEADING)), id="form-title", markup=False)
            with VerticalScroll(id="form-fields", can_focus=False):
                for field in self.fields:
                    with Horizontal(classes="form-row"):
                        if field.label:
                            yield Label(Content(field.label), markup=False)
                        yield LineInput(
                            value=field.value,
                            placeholder=field.hint,
                            password=field.secret,
                            select_on_focus=not field.continued,
                            id=f"field-{field.name}",
                            compact=True,
                        )
            yield Static(Content(shown(self.problem, lines=True)), id="form-note", markup=False)
            with Horizontal(id="form-keys"):
                yield Button("Save ⏎", id="save", compact=True)
                yield Button("Leave esc", id="leave", compact=True)

    def on_mount(self) -> None:
        if self.problem:
            self.query_one("#form-note").add_class("-wrong")
        self.query_one(Input).focus()

    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        typed = {field.name: self.query_one(f"#field-{field.name}", Input).value for field in self.fields}
        return {field.name: typed[field.name] if field.secret else typed[field.name].strip() for field in self.fields}

    def note(self, text: str | Content, *, wrong: bool) -> None:
        """Say something under the fields."""
        note = self.query_one("#form-note", Static)
        note.set_class(wrong, "-wrong")
        note.update(Content(shown(text, lines=True)) if isinstance(text, str) else text)

    def on_input_changed(self) -> None:
        values = self.values()
        if self.problem and values == self._seen:
            return  # the fields as they came, under what is to be said about them
        self.problem, self._seen = "", values
        text: str | Content
        try:
            text = self.preview(values)
        except PlannerError as problem:
            text = str(problem)
        self.note(text, wrong=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.entered(event.input)  # Textual calls the handlers of every base: a method of our own can be overridden

    def entered(self, field: Input) -> None:
        """Enter was pressed in a field: save."""
        self.save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            self.save()
        else:
            self.leave(None)

    def save(self) -> None:
        """Read the fields and leave with the result; say what is wrong and stay otherwise."""
        try:
            result = self.read(self.values())
        except PlannerError as problem:
            self.note(str(problem), wrong=True)
            return
        self.leave(result)

    def action_cancel(self) -> None:
        """Leave without saving."""
        self.leave(None)
