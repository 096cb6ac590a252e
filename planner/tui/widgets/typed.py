"""Where the rep types or pastes a line: what a terminal would obey is dropped before it is shown.

Textual draws what stands in an input as it is, and what is pasted is put into it as it is (8.2): a copied page may
carry an escape sequence.
"""

from __future__ import annotations

from textual.widgets import Input

from planner.domain.text import harmless


class LineInput(Input):
    """One line. A password is drawn as dots, and stays as it is."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text in the place of another: typed, pasted, deleted. The cursor goes behind what is left of it."""
        super().replace(text if self.password else harmless(text), start, end)

    def validate_value(self, value: str) -> str:
        """The value, as it may be shown."""
        return value if self.password else harmless(value)
