"""A widget made of styled lines, drawn line by line: only lines that changed are painted again.

`Static` would lay the whole screen out anew at each update, and read its text as markup. This does neither.
"""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from planner.domain.text import shown
from planner.tui.view import Line

STYLES = ("plain", "dim", "bold", "accent", "fill", "good", "warn", "bad", "track", "cursor", "fresh")


class Lines(Widget):
    """The base: a subclass says what its lines are (`build`), and calls `redraw` when they may have changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{name}" for name in STYLES}
    DEFAULT_CSS = """
    Lines {
        height: auto;
        & > .lines--dim { color: $text-muted; }
        & > .lines--bold { text-style: bold; }
        & > .lines--accent { color: $text-accent; text-style: bold; }
        & > .lines--fill { color: $foreground 75%; }
        & > .lines--good { color: $text-success; }
        & > .lines--warn { color: $text-warning; }
        & > .lines--bad { color: $text-error; text-style: bold; }
        & > .lines--track { color: $foreground 25%; }
        & > .lines--cursor { text-style: bold; }
        & > .lines--fresh { color: $text-accent; text-style: bold reverse; }
    }
    """
    FIXED_HEIGHT = False
    """Whether the height comes from the style sheet, not from the lines."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._built: list[Line] = []
        self._built_for: tuple[int, int] | None = None

    def build(self, width: int, height: int) -> list[Line]:
        """The lines for a size in cells."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.build(width, viewport.height))

    def redraw(self) -> None:
        """Build anew and paint what is different."""
        width, height = self.size
        if not width:
            return
        old, self._built = self._built, self.build(width, height)
        self._built_for = (width, height)
        if len(old) != len(self._built) and not self.FIXED_HEIGHT:
            self.refresh(layout=True)
            return
        rows = max(len(old), len(self._built))
        changed = [
            Region(0, row, width, 1)
            for row in range(rows)
            if row >= len(old) or row >= len(self._built) or old[row] != self._built[row]
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if self._built_for != (width, height):
            self._built = self.build(width, height)
            self._built_for = (width, height)
        # component styles are cached, `rich_style` is worked out anew at each call
        plain = self.get_component_rich_style("lines--plain")
        if y >= len(self._built):
            return Strip.blank(width, plain)
        segments = [
            Segment(shown(text), self.get_component_rich_style(f"lines--{style}") if style else plain)
            for text, style in self._built[y]
        ]
        return Strip(segments).adjust_cell_length(width, plain)


measure = cell_len
