"""The fields of a form: a line of text that shows how it is understood, a choice, a checkbox, and the row of each.

All are input lines, whose value is the text a rep would type. Textual's own `Select` isn't used: it opens a list over
the form for each choice, takes ⏎, which saves a form, and can't hold a text that it doesn't know.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.strip import Strip

from planner.domain.text import make_visible
from planner.tui.layouts import latin
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure
from planner.tui.shared.widgets.safe_input import LineInput

UNSET = "–"
REQUIRED = "*"


class FieldInput(LineInput):
    """A line of text. `echo` at its end shows how it is understood, or what is wrong with it if `doubtful`."""

    DEFAULT_CSS = """
    FieldInput {
        width: 1fr;
        background: $panel;
        &:focus { background: $accent 16%; background-tint: $foreground 0%; }
        &:ansi { background: ansi_black; }  /* as in ANSI_TINTS, since the terminal's colours can't be blended */
        &:focus:ansi { background: ansi_bright_black; }
    }
    """
    echo = ""
    doubtful = False
    hint = ""

    def on_mount(self) -> None:
        self.hint = self.placeholder

    def on_resize(self) -> None:
        self.placeholder = spans.fit(self.hint, self.size.width, measure)

    def show_echo(self, text: str, *, doubtful: bool = False) -> None:
        """Show how the text is understood."""
        if (text, doubtful) != (self.echo, self.doubtful):
            self.echo, self.doubtful = text, doubtful
            self.refresh()

    def ink(self, name: str) -> Style:
        """Return a style of the row on the field's own ground."""
        return self.row.ink(f"{name} on {'row' if self.has_focus else 'stripe' if self.row.is_striped else 'bar'}")

    @property
    def row(self) -> FieldRow:
        """The row it stands in."""
        assert isinstance(self.parent, FieldRow)
        return self.parent

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0 and not self.has_focus and not self.password and measure(make_visible(self.value)) > width:
            text = spans.fit(self.value, width, measure)
            return Strip([Segment(text, self.rich_style)]).adjust_cell_length(width, self.rich_style)
        strip = super().render_line(y)
        echo = make_visible(f" {'?' if self.doubtful else '→'} {self.echo} ") if self.echo else ""
        if not echo or y or self.content_width + measure(echo) > width:
            return strip
        style = self.ink("dim" if self.doubtful else "accent")
        head = strip.crop(0, width - measure(echo)).extend_cell_length(width - measure(echo), self.rich_style)
        return Strip([*head, Segment(echo, style)])


Part = tuple[str, str, int | None]
"""A piece of a choice: its text, its style, and the word that a click on it chooses."""


def pill(text: str, index: int) -> list[Part]:
    """Draw the chosen word."""
    return [("▐", "edge", index), (text, "chosen", index), ("▌", "edge", index)]


class ChoiceInput(FieldInput):
    """One word out of a few, all in sight. Letters choose the word they begin, ← → and space the next one.

    Any other text stays as typed. `own` allows other words, which may have spaces.
    """

    NAMES: Sequence[str] = ()
    """What the choices are called, if not by their own words."""

    def __init__(
        self,
        choices: Sequence[str],
        hint: str = "",
        names: Sequence[str] = (),
        *,
        own: bool = False,
        value: str,
        id: str,
    ) -> None:
        super().__init__(value=value, placeholder=hint, id=id, compact=True, select_on_focus=False)
        self.choices = [str(each) for each in choices]
        self.names = self.NAMES or [each or UNSET for each in names or self.choices]
        self.own = own
        self._typed = ("", "")
        """The letters typed so far, and the value they led to."""

    @property
    def chosen(self) -> int | None:
        """The index of the chosen word, None for a text that isn't one of them."""
        wanted = self.value.strip().casefold()
        known = [each.casefold() for each in (*self.choices, *self.names)]
        return known.index(wanted) % len(self.choices) if wanted in known else None

    def _named(self, letters: str) -> int | None:
        """Return the index of the word that letters begin, in any keyboard layout."""
        for text in (letters, "".join(latin(each) or each for each in letters)):
            wanted = text.strip().casefold()
            for index, name in enumerate(self.names):
                if wanted and name.casefold().startswith(wanted):
                    return index
        return None

    # keys

    def step(self, by: int) -> None:
        """Choose another word, from the last on to the first again."""
        at = self.chosen
        self.value = self.choices[(at + by) % len(self.choices) if at is not None else 0 if by > 0 else -1]

    def insert_text_at_cursor(self, text: str) -> None:
        """Choose by typed letters."""
        typed = self._letters()
        if text == " " and not (self.own and typed):
            self.step(1)
            return
        grown = typed + text
        found = self._named(grown)
        if found is None and not self.own and (again := self._named(text)) is not None:
            found, grown = again, text
        self._put(grown if found is None else self.choices[found], grown)

    def replace(self, text: str, start: int, end: int) -> None:
        """Choose by pasted letters."""
        self.insert_text_at_cursor(text)

    def _letters(self) -> str:
        """Return what was typed so far: the letters that led to the choice, or the text that is none."""
        letters, led_to = self._typed
        return letters if led_to == self.value else "" if self.chosen is not None else self.value

    def _put(self, value: str, typed: str) -> None:
        self.value = value
        self.cursor_position = len(self.value)
        self._typed = (typed, self.value)

    def action_cursor_left(self, select: bool = False) -> None:
        """Choose the word before."""
        self.step(-1)

    def action_cursor_right(self, select: bool = False) -> None:
        """Choose the next word."""
        self.step(1)

    def action_home(self, select: bool = False) -> None:
        """Choose the first word."""
        self.value = self.choices[0]

    def action_end(self, select: bool = False) -> None:
        """Choose the last word."""
        self.value = self.choices[-1]

    def action_delete_left(self) -> None:
        """Take back the last letter typed, or the choice."""
        rest = self._letters()[:-1]
        found = self._named(rest)
        self._put(rest if found is None else self.choices[found], rest)

    def action_delete_right(self) -> None:
        """Take back the choice."""
        self._put("", "")

    action_delete_left_word = action_delete_right_word = action_delete_right
    action_delete_left_all = action_delete_right_all = action_delete_right

    # drawing

    def parts(self, width: int) -> list[Part]:
        """Return what is drawn. If not all words have room, those around the chosen one are."""
        at = self.chosen or 0
        names = self.names
        first, last = at, at + 1
        used, room = measure(names[at]) + 2, width
        if sum(measure(each) + 2 for each in names) > width:
            room -= 4
        while first > 0 or last < len(names):
            ahead = measure(names[last]) + 2 if last < len(names) else width
            behind = measure(names[first - 1]) + 2 if first > 0 else width
            if used + ahead <= room:
                used, last = used + ahead, last + 1
            elif used + behind <= room:
                used, first = used + behind, first - 1
            else:
                break
        parts: list[Part] = [("‹ ", "other", first - 1)] if first > 0 else []
        for index in range(first, last):
            if index == self.chosen:
                parts += pill(names[index], index)
            else:
                parts.append((f" {names[index]} ", "other", index))
        return [*parts, (" ›", "other", last)] if last < len(names) else parts

    def render_line(self, y: int) -> Strip:
        if y or (self.chosen is None and self.value):
            return super().render_line(y)
        edge = self.ink("pointer" if self.has_focus else "rail")
        letters = self.row.ink("ground") if self.has_focus else self.ink("")
        chosen = Style(color=letters.color, bgcolor=edge.color, bold=True)
        styles = {"edge": edge, "chosen": chosen, "other": self.ink("dim")}
        styles |= {"box": self.ink(""), "tick": self.ink("accent")}
        segments = [Segment(text, styles[part]) for text, part, _ in self.parts(self.size.width)]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        left = event.get_content_offset_capture(self).x
        for text, _, index in self.parts(self.size.width):
            if 0 <= left < measure(text) and index is not None:
                self.value = self.choices[index]
                return
            left -= measure(text)


class CheckInput(ChoiceInput):
    """Yes or no as a box, with the hint as what it says. Space switches, y and n say which. Its text is ``yes`` or
    empty.
    """

    NAMES = ("no", "yes")

    def parts(self, width: int) -> list[Part]:
        yes = self.chosen == 1
        other = int(not yes)
        parts: list[Part] = [("[", "box", other), ("✓" if yes else " ", "tick", other), ("]", "box", other)]
        said = spans.fit(self.hint or self.names[int(yes)], width - 4, measure)
        return [*parts, (f" {said}", "box" if yes else "other", other)]


class FieldRow(Lines):
    """The label of a field, with the field beside it and what is wrong with it below. `heading` begins a group."""

    def __init__(
        self,
        label: str,
        width: int,
        field: FieldInput,
        heading: str = "",
        *,
        first: bool = False,
        required: bool = False,
    ) -> None:
        super().__init__()
        self.label, self.width, self.field, self.required = label, width, field, required
        self.above: list[Line] = [[("", "")], [("  ", ""), (heading, "bold")]][int(first) :] if heading else []
        self.problem = ""
        self._about = ""
        """The text that the problem is about."""

    def compose(self) -> ComposeResult:
        self.field.styles.margin = (len(self.above), 0, 0, self.width)
        yield self.field

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.build(width, 0))

    def build(self, width: int, height: int) -> list[Line]:
        active = self.field.has_focus
        label = spans.fit(self.label, self.width - 3, measure)
        row: Line = [spans.pointer(active, 2), (label, "accent" if active else "")]
        row += [(f" {REQUIRED}", "accent")] if self.required else []
        indent = (" " * self.width, "")
        wrong = spans.wrap(self.problem, max(10, width - self.width - 2), measure) if self.problem and width else []
        below = [[indent, ("  " if number else "✗ ", "bad"), (text, "bad")] for number, text in enumerate(wrong)]
        return [*self.above, row, *below]

    @property
    def is_striped(self) -> bool:
        """Whether its field has another tone than those above and below it."""
        return self.has_class("-striped")

    def ink(self, name: str) -> Style:
        """Return a style by name."""
        return (self._drawn or self._styles())[name]

    def refuse(self, problem: str) -> None:
        """Show what is wrong with the field until its text changes."""
        self.problem, self._about = problem, self.field.value
        self.redraw()

    def accept(self) -> None:
        """Take back a problem with another text than the field's."""
        if self.problem and self._about != self.field.value:
            self.problem = ""
            self.redraw()

    def on_descendant_focus(self) -> None:
        self.redraw()
        if self.above:
            self.scroll_visible(animate=False)

    def on_descendant_blur(self) -> None:
        self.redraw()
