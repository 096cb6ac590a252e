"""Base of all forms: fields, validation, save and cancel. Enter saves, Esc cancels, Tab moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from planner.domain import fields
from planner.domain.errors import PlannerError
from planner.domain.text import make_visible
from planner.services.clients.known_values import KnownValues
from planner.tui.messages import Refused
from planner.tui.shared import completion
from planner.tui.shared.modal import Modal
from planner.tui.shared.spans import WIDE
from planner.tui.shared.widgets.fields import REQUIRED, CheckInput, ChoiceInput, FieldInput, FieldRow
from planner.tui.shared.widgets.lines import measure
from planner.tui.shared.widgets.safe_input import LineInput, LinesPasted
from planner.tui.shared.widgets.suggestions import Offer, OfferClicked, Suggestions

Result = TypeVar("Result")
MANY = 16  # fields from which on a form has two columns on a wide screen


@dataclass(frozen=True)
class Field:
    """The declaration of one line of a form. A `secret` one hides its text, and typing into a `continued` one doesn't
    replace its content. One for `lines` accepts a paste of several lines, with ``⏎`` for each line end.

    `choices` are the words to choose from, the first empty if it may stay empty, `names` what the form calls them. With
    `own` other words will do, too.
    `read_back` returns how a text is understood, and raises PlannerError for one that isn't. `completes` is what
    completes it (`completion.offers`), `group` the heading of the fields from it on.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    secret: bool = False
    continued: bool = False
    lines: bool = False
    choices: Sequence[str] = ()
    names: Sequence[str] = ()
    own: bool = False
    read_back: Callable[[str], str] | None = None
    completes: str = ""
    group: str = ""

    def input(self) -> FieldInput:
        """Return the field's widget."""
        name = f"field-{self.name}"
        if self.choices:
            kind = CheckInput if tuple(self.choices) == fields.YES.choices else ChoiceInput
            return kind(self.choices, self.hint, self.names, own=self.own, value=self.value, id=name)
        line = FieldInput(
            value=self.value,
            placeholder=self.hint,
            password=self.secret,
            select_on_focus=not self.continued,
            id=name,
            compact=True,
        )
        line.joins = " ⏎ " if self.lines else None
        return line

    def echo(self, text: str) -> str:
        """Return how a text is understood, empty if that goes without saying. Raises PlannerError."""
        said = self.read_back(text) if self.read_back and text else ""
        return "" if said.casefold() == text.casefold() else said


class FormModal(Modal[Result | None], Generic[Result]):
    """Base of all forms. A subclass defines the fields and parses them in `read`, which raises PlannerError if
    invalid. A problem with one field is shown at it, with the cursor there, any other one below them all.
    """

    CSS_PATH: ClassVar = [Modal.BUTTONS, Path(__file__).with_name("form.tcss")]  # for subclasses elsewhere
    HEADING = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="form-cancel", tooltip="Close without saving"),
        # Priority, so that text typed right after Tab goes into the next field, however fast it comes.
        Binding("tab", "next", "next", id="form-next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "previous", id="form-previous", show=False, priority=True),
        Binding("down", "down", "next", id="form-down", show=False, priority=True),
        Binding("up", "up", "previous", id="form-up", show=False, priority=True),
        Binding("f3", "put_others", "add the other pasted lines", id="form-lines", show=False),
    ]

    REQUIRED: ClassVar[Sequence[str]] = ()
    """The fields that can't be empty, which are marked."""
    submitted_in: ClassVar[str] = ""
    """The field in which a form was last saved, where the cursor goes if the form comes back."""

    def __init__(self, fields: Sequence[Field], problem: str = "") -> None:
        super().__init__()
        self.fields = fields
        self.problem = problem
        self._seen = {field.name: field.value.strip() for field in fields}
        self.others: list[str] = []
        """Lines of a paste that don't fit into the field."""
        self._left_out: list[str] = []
        self._others_of: LineInput | None = None
        self.taken = ""
        """The text of the suggestion just taken, which needs no more."""
        self._room = 0

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
                columns = self._columns()
                for fields in columns:
                    # not :last-of-type, for which Textual styles all that is in it twice
                    last = " -last" if fields is columns[-1] else ""
                    yield Vertical(*self._rows(fields), classes=f"form-column{last}")
            note = Static(Content(make_visible(self.problem, lines=True)), id="form-note", markup=False)
            note.display = bool(self.problem) or not self._is_quiet
            yield note
            with Horizontal(id="form-keys"):
                yield Button("Save ⏎", variant="primary", id="save", compact=True)
                yield Button("Cancel esc", id="leave", compact=True)
                yield from self.more_keys()
                yield Static(id="form-place", markup=False)
            yield Suggestions()

    def _columns(self) -> list[Sequence[Field]]:
        """Split many fields at the heading next to their middle."""
        middle = len(self.fields) / 2
        starts = [index for index, field in enumerate(self.fields) if index and field.group]
        if len(self.fields) < MANY or not starts:
            return [self.fields]
        start = min(starts, key=lambda index: abs(index - middle))
        return [self.fields[:start], self.fields[start:]]

    def _rows(self, fields: Sequence[Field]) -> list[FieldRow]:
        """Return the rows of a column, with their labels as wide as the longest."""
        width = max((measure(field.label) + 4 for field in fields if field.label), default=2)
        return [
            FieldRow(
                field.label,
                width,
                field.input(),
                field.group,
                first=not index,
                required=field.name in self.REQUIRED,
            )
            for index, field in enumerate(fields)
        ]

    def more_keys(self) -> ComposeResult:
        """Yield more buttons."""
        yield from ()

    def on_mount(self) -> None:
        self.watch(self.query_one("#form-fields"), "scroll_y", self._show_place, init=False)
        self.fit(restyle=False)  # before the first styling and layout, which would otherwise be done twice
        for field in self.fields:
            self._show_echo(field)
        known = {field.name for field in self.fields}
        where = self.problem.field if isinstance(self.problem, Refused) else ""
        if self.problem and where in known:
            self.note("", wrong=False)
            self._refuse(self.problem, where)
            return
        if self.problem:
            self.query_one("#form-note").add_class("-wrong")
        last = self.submitted_in if self.problem and self.submitted_in in known else self.fields[0].name
        self.row(last).field.focus()

    def row(self, name: str) -> FieldRow:
        row = self.query_one(f"#field-{name}").parent
        assert isinstance(row, FieldRow)
        return row

    def values(self) -> dict[str, str]:
        """Return the texts of the fields."""
        typed = {field.name: self.query_one(f"#field-{field.name}", Input).value for field in self.fields}
        return {field.name: typed[field.name] if field.secret else typed[field.name].strip() for field in self.fields}

    def note(self, text: str | Content, *, wrong: bool) -> None:
        """Show a note below the fields."""
        note = self.query_one("#form-note", Static)
        content = Content(make_visible(text, lines=True)) if isinstance(text, str) else text
        note.set_class(wrong, "-wrong")
        if content != note.content:
            note.update(content)
            note.display = bool(content) or not self._is_quiet
            self.call_after_refresh(self.fit)

    @property
    def _is_quiet(self) -> bool:
        """Whether nothing is below the fields unless something is wrong."""
        return type(self).preview is FormModal.preview

    # the room there is

    def on_resize(self) -> None:
        self.call_after_refresh(self.fit)

    def fit(self, *, restyle: bool = True) -> None:
        """Give the fields the room there is, with air between them if they all have it."""
        if not self.query("#form-fields"):  # it was closed meanwhile
            return
        low = self.app.size.height < 22
        area = self.query_one("#form-fields")
        columns = [column.query(FieldRow) for column in self.query(".form-column")]
        beside = len(columns) > 1 and self.app.size.width >= WIDE
        note, least = self.query_one("#form-note"), 1 if low else 2
        around = 8 if low else 11  # border, padding, title, note and buttons
        around += max(0, note.size.height - least) if note.display else -1 - least
        room = max(3, self.app.size.height * 96 // 100 - around)
        sizes = [(len(rows), sum(len(row.build(row.size.width, 0)) for row in rows)) for rows in columns]
        count, tight = map(max if beside else sum, zip(*sizes, strict=True))
        tight += 0 if beside else len(columns) - 1
        airy = 1 < count <= room - tight
        # at once, because each change styles all fields again
        self.update_classes({"-low": low, "-beside": beside, "-airy": airy}, update=restyle)
        for rows in columns:
            for index, row in enumerate(rows):
                row.set_class(index % 2 == 1 and not airy, "-striped", update=restyle)
        area.styles.max_height = self._room = room
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """Keep the field with the cursor in sight, and say which ones are."""
        if not self.query("#form-fields"):  # it was closed meanwhile
            return
        if isinstance(self.focused, FieldInput):
            self.row(self._field_of(self.focused).name).scroll_visible(animate=False)
        self._show_place()
        self.query_one(Suggestions).place()

    def _show_place(self) -> None:
        """Say which fields are in sight, unless all of them are."""
        first, rows = self.query_one("#form-fields").scroll_offset.y, list(self.query(FieldRow))
        columns = [0 if self.has_class("-beside") else column.virtual_region.y for column in self.query(".form-column")]
        starts = [start for start, fields in zip(columns, self._columns(), strict=True) for _ in fields]
        lines = [start + row.virtual_region.y + len(row.above) for start, row in zip(starts, rows, strict=True)]
        seen = [number for number, line in enumerate(lines, start=1) if first <= line < first + self._room]
        text = f"{REQUIRED} required" if self.REQUIRED else ""
        if seen and len(seen) < len(rows):
            more = "▴" * (seen[0] > 1) + "▾" * (seen[-1] < len(rows))
            text = f"{seen[0]}–{seen[-1]} of {len(rows)} {more}"
        self.query_one("#form-place", Static).update(Content(text), layout=False)

    # how each field is understood

    def _show_echo(self, field: Field) -> None:
        """Show at a field how its text is understood, or gently that it isn't yet."""
        row = self.row(field.name)
        try:
            echo, doubtful = field.echo(row.field.value.strip()), False
        except PlannerError as problem:
            echo, doubtful = str(problem).partition(". ")[0], True
        row.field.show_echo(echo, doubtful=doubtful)
        row.accept()

    def _refuse(self, problem: str, name: str) -> None:
        """Show a problem at its field and put the cursor there, behind what was typed."""
        row = self.row(name)
        row.refuse(problem)
        row.field.show_echo("")  # the problem says it in full
        row.field.select_on_focus = False
        row.field.focus()
        row.field.cursor_position = len(row.field.value)
        self.call_after_refresh(row.scroll_visible, animate=False)

    # what completes a field

    @cached_property
    def _known(self) -> KnownValues:
        from planner.tui.shared.screen import BaseScreen

        return next(KnownValues(each.live) for each in self.app.screen_stack if isinstance(each, BaseScreen))

    def _offer(self, field: Field, row: FieldRow) -> None:
        text = row.field.value
        if not field.completes or not row.field.has_focus or text in (field.value, self.taken):
            self.query_one(Suggestions).show(())
            return
        self.taken = ""
        try:
            found = completion.offers(self._known, field.completes, text)
        except PlannerError:
            found = ()  # the database can't be read right now, which saving will report
        self.query_one(Suggestions).show(found, row.field)

    def take_offer(self, offer: Offer) -> None:
        """Complete the field by an offer."""
        field = self.focused
        if isinstance(field, FieldInput):
            self.taken = "" if offer.goes_on else offer.text
            field.value = offer.text
            field.cursor_position = len(offer.text)
            self.query_one(Suggestions).show(())

    def on_offer_clicked(self, message: OfferClicked) -> None:
        self.take_offer(message.offer)

    def on_descendant_blur(self) -> None:
        self.query_one(Suggestions).show(())

    def _field_of(self, line: object) -> Field:
        return next(field for field in self.fields if f"field-{field.name}" == getattr(line, "id", ""))

    def action_next(self) -> None:
        """Take the chosen suggestion, or the first of files. Otherwise go to the next field."""
        found = self.query_one(Suggestions)
        offer = found.chosen
        if offer is None and found.is_open and self._field_of(self.focused).completes == "path":
            offer = found.offers[0]
        if offer is None:
            self.app.action_focus_next()
        else:
            self.take_offer(offer)

    def action_down(self) -> None:
        """Choose the next suggestion, or go to the next field."""
        found = self.query_one(Suggestions)
        if found.is_open:
            found.step(1)
        else:
            self.app.action_focus_next()

    def action_up(self) -> None:
        """Choose the suggestion before, or go to the field before."""
        found = self.query_one(Suggestions)
        if found.chosen is None:
            self.app.action_focus_previous()
        else:
            found.step(-1)

    # a paste of several lines into a one-line field

    def on_lines_pasted(self, message: LinesPasted) -> None:
        """Say where the other lines of a paste went."""
        if message.field.password:
            self.note(f"{len(message.others) + 1} lines were pasted. Only the first was used.", wrong=False)
            return
        self.others, self._others_of = [*self.others, *message.others], message.field
        self.show_preview()

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

    # typing and saving

    def on_input_changed(self, event: Input.Changed) -> None:
        field = self._field_of(event.input)
        self._show_echo(field)
        self._offer(field, self.row(field.name))
        self.show_preview()

    def show_preview(self) -> None:
        """Describe below the fields how they are understood."""
        values = self.values()
        if self.problem and values == self._seen and not self.others:
            return  # keep the initial problem while the fields are unchanged
        self.problem, self._seen = "", values
        text: str | Content
        try:
            text = self.preview(values)
        except PlannerError as problem:
            text = "" if problem.field or self._is_said(str(problem), values) else str(problem)
        if self.others:
            said = Content.styled(f"{self.others_line()}\n", "$text-accent")
            text = said + (Content(make_visible(text, lines=True)) if isinstance(text, str) else text)
        self.note(text, wrong=False)

    def _is_said(self, problem: str, values: dict[str, str]) -> bool:
        """Return whether a field says what is wrong with it, so that it need not be said again below them all."""
        for field in self.fields:
            try:
                field.echo(values[field.name])
            except PlannerError as known:
                if str(known) == problem:
                    return True
        return False

    def on_input_submitted(self) -> None:
        offer = self.query_one(Suggestions).chosen
        if offer is None:
            self.save()
        else:
            self.take_offer(offer)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            self.save()
        elif event.button.id == "leave":
            self.leave(None)

    def save(self) -> None:
        """Parse the fields and close with the result. If they are invalid, say why and stay open."""
        if self.others and self.ask_about_others():
            return
        FormModal.submitted_in = str(getattr(self.focused, "id", "")).removeprefix("field-")
        try:
            values = self.values()
            for field in self.fields:
                self.check(field, values[field.name])
            result = self.read(values)
        except PlannerError as problem:
            if problem.field in values:
                self._refuse(str(problem), problem.field)
            else:
                self.note(str(problem), wrong=True)
            return
        self.leave(result)

    def check(self, field: Field, text: str) -> None:
        """Raise PlannerError about a field if its text isn't understood."""
        try:
            field.echo(text)
        except PlannerError as problem:
            problem.at(field.name)
            raise

    def action_cancel(self) -> None:
        """Close the suggestions if one is chosen. Otherwise close without saving."""
        found = self.query_one(Suggestions)
        if found.chosen is None:
            self.leave(None)
        else:
            found.show(())
