"""Where the rep types or pastes a line: what a terminal would obey is dropped before it is shown.

Textual draws what stands in an input as it is, and what is pasted is put into it as it is (8.2): a copied page may
carry an escape sequence. Of several lines it keeps the first and drops the others without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Input

from planner.domain.text import harmless, pasted_lines


@dataclass(eq=False, repr=False)
class LinesPasted(Message):
    """Several lines were pasted where one is meant: the first stands in the field."""

    field: LineInput
    """Where."""

    others: list[str]
    """The lines behind the first."""


class LineInput(Input):
    """One line. A password is drawn as dots, and stays as it is.

    Of several lines that are pasted all are put in, with what `joins` them in between; where that is None, the first,
    and a `LinesPasted` has the others.
    """

    joins: str | None = " "

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()  # Textual's own would put the first line in once more
        follows = event.text[:1] in "\r\n" and bool(event.text)  # the first line was typed, or sent as keys
        lines = [line if self.password else harmless(line).rstrip() for line in pasted_lines(event.text)]
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
        """Put a text in at the cursor, in the place of what is chosen."""
        selection = self.selection
        if selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *selection)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text in the place of another: typed, pasted, deleted. The cursor goes behind what is left of it."""
        super().replace(text if self.password else harmless(text), start, end)

    def validate_value(self, value: str) -> str:
        """The value, as it may be shown."""
        return value if self.password else harmless(value)


class TypedLine(LineInput):
    """The line that is written into while somebody is on the line, quickly and with what follows right behind it.

    Textual handles ⏎ and esc as bindings, after the keys that came behind them have already gone into the line: a digit
    just after a note would be noted. Here they end the line at once, and what was on its way goes where keys go then.
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
