"""The input line, which drops terminal control sequences from typed or pasted text.

Textual (8.2) inserts and draws pasted text as it is, so a copied page may carry an escape sequence. Of several lines it
silently keeps only the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.message import Message
from textual.widgets import Input

from planner.domain.text import pasted_lines, strip_controls


@dataclass(eq=False, repr=False)
class LinesPasted(Message):
    """Sent when several lines were pasted into a one-line field, which now holds the first."""

    field: LineInput
    """The field."""

    others: list[str]
    """The lines after the first."""


class LineInput(Input):
    """One line of input. A password is drawn as dots, and isn't changed.

    A paste of several lines is joined by `joins`. If that is None, only the first is inserted, and the others go into a
    `LinesPasted`.
    """

    # Textual's own placeholder and selection are under 4.5:1 in our themes.
    DEFAULT_CSS = """
    LineInput {
        & > .input--placeholder { color: $hint; }
        & > .input--selection { background: $accent; color: auto; }
    }
    """
    joins: str | None = " "

    def __init__(self, **options: Any) -> None:
        """Take what Textual's `Input` takes."""
        super().__init__(**options)
        self.add_class("-valid", update=False)  # once it is mounted, that would style it again

    def update_node_styles(self, animate: bool = True) -> None:
        """Style it again, unless it isn't mounted: then it will be styled anyway, and Textual does it three times."""
        if self.is_attached:
            super().update_node_styles(animate)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()  # or Textual's own handler would insert the first line again
        follows = event.text[:1] in "\r\n" and bool(event.text)  # the first line came before, as keys
        lines = [line if self.password else strip_controls(line).rstrip() for line in pasted_lines(event.text)]
        lines = [line for line in lines if line.strip()]
        if not lines:
            return
        if self.joins is not None:
            self.put((self.joins if follows and self.value else "") + self.joins.join(lines))
            return
        if not follows:
            self.put(lines.pop(0))
        if lines:
            self.post_message(LinesPasted(self, lines))

    def put(self, text: str) -> None:
        """Insert a text at the cursor, replacing the selection."""
        selection = self.selection
        if selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *selection)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a range of the text by sanitized text."""
        super().replace(text if self.password else strip_controls(text), start, end)

    def validate_value(self, value: str) -> str:
        """Return the value with control sequences removed."""
        return value if self.password else strip_controls(value)


class TypedLine(LineInput):
    """Input line for quick typing during a call, with more keys right behind the text.

    Textual handles ⏎ and esc as bindings, by which time the keys behind them are already in the line: a digit right
    after a note would become part of it. Here they end the line at once, and the keys after them go to the screen.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True)
        self.entered: Callable[[str], None] = lambda text: None
        self.left: Callable[[], None] = lambda: None

    async def _on_key(self, event: events.Key) -> None:
        if not self.display:
            event.stop()
            event.prevent_default()
            await self.app.on_event(events.Key(event.key, event.character))
        elif event.key in ("enter", "escape"):
            event.stop()
            event.prevent_default()
            if event.key == "enter":
                self.entered(self.value)
            else:
                self.left()
