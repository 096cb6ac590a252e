"""Base of all forms: fields, validation, save and cancel. Enter saves, Esc cancels, Tab moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from planner.domain import fields
from planner.domain.errors import InputError, PlannerError
from planner.domain.text import make_visible
from planner.domain.typed.moment import Towards
from planner.domain.typed.when import parse_when
from planner.tui.shared.modal import Modal
from planner.tui.shared.widgets.safe_input import LineInput, LinesPasted

Result = TypeVar("Result")


@dataclass(frozen=True)
class Field:
    """The declaration of one line of a form. A `secret` one hides its text, and typing into a `continued` one doesn't
    replace its content. One for `lines` accepts a paste of several lines, with ``⏎`` for each line end.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    secret: bool = False
    continued: bool = False
    lines: bool = False


@dataclass(frozen=True)
class Edited:
    """The result of an entity's form: the `fields` that differ from before, parsed, and the texts of all of them."""

    fields: dict[str, Any]
    typed: dict[str, str]

    @property
    def changed(self) -> dict[str, str]:
        """The texts of the changed fields."""
        return {name: text for name, text in self.typed.items() if name in self.fields}


class FormModal(Modal[Result | None], Generic[Result]):
    """Base of all forms. A subclass defines the fields and parses them in `read`, which raises PlannerError if
    invalid.
    """

    CSS_PATH = Path(__file__).with_name("form.tcss")  # a form in another package uses it too
    HEADING = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="form-cancel", tooltip="Close without saving"),
        # Priority, so that text typed right after Tab goes into the next field, however fast it comes.
        Binding("tab,down", "app.focus_next", "next", id="form-next", show=False, priority=True),
        Binding("shift+tab,up", "app.focus_previous", "previous", id="form-previous", show=False, priority=True),
        Binding("f3", "put_others", "add the other lines", id="form-lines", show=False),
    ]

    def __init__(self, fields: Sequence[Field], problem: str = "") -> None:
        super().__init__()
        self.fields = fields
        self.problem = problem
        self._seen = {field.name: field.value.strip() for field in fields}
        self.others: list[str] = []
        """Lines of a paste that don't fit into the field."""
        self._left_out: list[str] = []
        self._others_of: LineInput | None = None

    def read(self, values: dict[str, str]) -> Result:
        """Parse the fields. Raises PlannerError with a sentence for the rep."""
        raise NotImplementedError

    def preview(self, values: dict[str, str]) -> str | Content:
        """Describe how the fields are understood, while the rep types."""
        return ""

    def compose(self) -> ComposeResult:
        with Container(id="form"):
            yield Label(Content(make_visible(self.HEADING)), id="form-title", markup=False)
            with VerticalScroll(id="form-fields", can_focus=False):
                for field in self.fields:
                    with Horizontal(classes="form-row"):
                        if field.label:
                            yield Label(Content(field.label), markup=False)
                        line = LineInput(
                            value=field.value,
                            placeholder=field.hint,
                            password=field.secret,
                            select_on_focus=not field.continued,
                            id=f"field-{field.name}",
                            compact=True,
                        )
                        line.joins = " ⏎ " if field.lines else None
                        yield line
            yield Static(Content(make_visible(self.problem, lines=True)), id="form-note", markup=False)
            with Horizontal(id="form-keys"):
                yield Button("Save ⏎", id="save", compact=True)
                yield Button("Cancel esc", id="leave", compact=True)

    def on_mount(self) -> None:
        if self.problem:
            self.query_one("#form-note").add_class("-wrong")
        self.query_one(Input).focus()

    def values(self) -> dict[str, str]:
        """Return the texts of the fields."""
        typed = {field.name: self.query_one(f"#field-{field.name}", Input).value for field in self.fields}
        return {field.name: typed[field.name] if field.secret else typed[field.name].strip() for field in self.fields}

    def note(self, text: str | Content, *, wrong: bool) -> None:
        """Show a note below the fields."""
        note = self.query_one("#form-note", Static)
        note.set_class(wrong, "-wrong")
        note.update(Content(make_visible(text, lines=True)) if isinstance(text, str) else text)

    # a paste of several lines into a one-line field

    def on_lines_pasted(self, message: LinesPasted) -> None:
        """Say where the other lines of a paste went."""
        if message.field.password:
            self.note(f"{len(message.others) + 1} lines were pasted. Only the first was used.", wrong=False)
            return
        self.others, self._others_of = [*self.others, *message.others], message.field
        self.on_input_changed()

    def others_line(self) -> str:
        """Return the note about the other lines of a paste."""
        return f"{len(self.others) + 1} lines were pasted. This is the first; F3 adds the others."

    def ask_about_others(self) -> bool:
        """Return whether to ask before leaving out the other lines of a paste, and ask."""
        if self._left_out == self.others:
            return False
        self._left_out = list(self.others)
        self.note(f"{self.others_line()} Press ⏎ again to save without them.", wrong=True)
        return True

    def action_put_others(self) -> None:
        """Append the other lines of a paste to the first."""
        field, others = self._others_of, self.others
        if field is not None and others:
            self.others = []
            field.cursor_position = len(field.value)
            field.insert_text_at_cursor(" ".join(("", *others)) if field.value else " ".join(others))
            field.focus()

    def on_input_changed(self) -> None:
        values = self.values()
        if self.problem and values == self._seen and not self.others:
            return  # keep the initial problem while the fields are unchanged
        self.problem, self._seen = "", values
        text: str | Content
        try:
            text = self.preview(values)
        except PlannerError as problem:
            text = str(problem)
        if self.others:
            said = Content.styled(f"{self.others_line()}\n", "$text-accent")
            text = said + (Content(make_visible(text, lines=True)) if isinstance(text, str) else text)
        self.note(text, wrong=False)

    def on_input_submitted(self) -> None:
        self.save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            self.save()
        else:
            self.leave(None)

    def save(self) -> None:
        """Parse the fields and close with the result. If they are invalid, say why and stay open."""
        if self.others and self.ask_about_others():
            return
        try:
            result = self.read(self.values())
        except PlannerError as problem:
            self.note(str(problem), wrong=True)
            return
        self.leave(result)

    def action_cancel(self) -> None:
        """Close without saving."""
        self.leave(None)


class EntityModal(FormModal[Edited]):
    """Form for the fields of an entity. A subclass defines them, and which can't be empty."""

    FIELDS: Sequence[fields.Field] = ()
    NEEDED: ClassVar[tuple[str, str]] = ("", "")
    """The field that can't be empty, and the sentence that says so."""
    CONTINUED: ClassVar[Sequence[str] | None] = None
    """The fields in which typing continues the text instead of replacing it. None for all."""

    def __init__(
        self,
        now: datetime,
        entity: object | None,
        typed: Mapping[str, str] | None = None,
        problem: str = "",
        **there: str,
    ) -> None:
        self.now = now
        self.before = fields.as_texts(entity, self.FIELDS)
        values = self.before | there | dict(typed or {})
        super().__init__(
            [
                Field(
                    each.name,
                    each.label,
                    values[each.name],
                    each.hint,
                    lines=each.kind.lines,
                    continued=self.CONTINUED is None or each.name in self.CONTINUED,
                )
                for each in self.FIELDS
                if each.label
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> Edited:
        name, sentence = self.NEEDED
        if name and not values[name]:
            raise InputError(sentence)

        def read_day(text: str, towards: Towards) -> date:
            return parse_when(text, self.now, towards=towards).day

        return Edited(fields.changed_fields(self.FIELDS, values, self.before, read_day), values)
