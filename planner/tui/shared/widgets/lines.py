"""Base of the widgets made of styled lines, which repaints only the lines that changed.

`Static` would redo the layout of the whole screen at each update, and parse its text as markup. The styles come
straight from the theme instead of component classes: eleven classes on seven widgets would take a quarter of the
startup time.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from planner.domain.text import make_visible
from planner.tui.messages import EntryClicked
from planner.tui.shared.spans import Line
from planner.tui.theme import LEAST_STRENGTH

# A line style: the theme variable, its strength against the background, and the text attributes.
STYLES: dict[str, tuple[str, float, Style]] = {
    "dim": ("foreground", 0.6, Style()),
    "bold": ("foreground", 1.0, Style(bold=True)),
    "accent": ("text-accent", 1.0, Style(bold=True)),
    "fill": ("foreground", 0.75, Style()),
    "good": ("text-success", 1.0, Style()),
    "warn": ("text-warning", 1.0, Style()),
    "bad": ("text-error", 1.0, Style(bold=True)),
    "track": ("foreground", 0.25, Style()),
    "cursor": ("foreground", 1.0, Style(bold=True)),
    "fresh": ("text-accent", 1.0, Style(bold=True, reverse=True)),
}

# Tints behind text, and the colours of areas: the strength of the accent against the background.
TINTS = {"ground": 0.0, "row": 0.16, "wide": 0.1, "band": 0.2, "area": 0.5} | {
    f"heat{number}": 0.1 * number for number in range(1, 5)
}
# The same in a theme of the terminal's own colours, which can't be blended.
ANSI_TINTS = dict.fromkeys([*TINTS, "rail"], "bright_black") | {"ground": "default", "wide": "black", "area": "blue"}


class Styles(dict[str, Style]):
    """The styles of a theme by name, and those on a tint (`dim on row`), made when they are first used."""

    def __missing__(self, name: str) -> Style:
        text, _, tint = name.partition(" on ")
        self[name] = self[text] + Style(bgcolor=self[tint].color) if tint else self[""]
        return self[name]


class Lines(Widget):
    """Base widget. A subclass builds its lines in `build`, and calls `redraw` when they may have changed."""

    DEFAULT_CSS = "Lines { height: auto; }"
    FIXED_HEIGHT = False
    """Whether the style sheet sets the height, not the number of lines."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._built: list[Line] = []
        self._built_for: tuple[int, int] | None = None
        self._drawn = Styles()
        self._ahead: dict[int, tuple[Line, Strip]] = {}

    def build(self, width: int, height: int) -> list[Line]:
        """Build the lines for a size in cells."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.build(width, viewport.height))

    def notify_style_update(self) -> None:
        self._drawn, self._ahead = Styles(), {}
        super().notify_style_update()

    def redraw(self) -> None:
        """Build the lines again and repaint those that differ."""
        width, height = self.size
        if not width:
            return
        old, self._built = self._built, self.build(width, height)
        self._built_for = (width, height)
        if len(old) != len(self._built) and not self.FIXED_HEIGHT:
            self.refresh(layout=True)
            return
        rows = max(len(old), len(self._built))
        changed: list[Region] = []
        for row in range(rows):
            if row >= len(old) or row >= len(self._built) or old[row] != self._built[row]:
                # Merge adjacent rows into one region, since each region costs a pass of its own.
                last = changed.pop() if changed and changed[-1].bottom == row else Region(0, row, width, 0)
                changed.append(Region(0, last.y, width, row + 1 - last.y))
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if self._built_for != (width, height):
            self._built = self.build(width, height)
            self._built_for = (width, height)
        if y >= len(self._built):
            return Strip.blank(width, (self._drawn or self._styles())[""])
        line = self._built[y]
        drawn = self._ahead.get(id(line))
        return self._strip(line, width) if drawn is None else drawn[1]

    def draw_ahead(self, lines: list[Line]) -> None:
        """Render lines in advance that a later `build` will return, so that they only have to be placed."""
        width = self.size.width
        self._ahead = {id(line): (line, self._strip(line, width)) for line in lines}

    def _strip(self, line: Line, width: int) -> Strip:
        styles = self._drawn or self._styles()
        segments = [Segment(make_visible(text), styles[style]) for text, style in line]
        return Strip(segments).adjust_cell_length(width, styles[""])

    def _styles(self) -> Styles:
        """The current theme's styles on this widget's background, cached until its style sheet changes."""
        plain = self.rich_style
        if self.app.current_theme.ansi:  # the terminal's own colours can't be blended
            faint = {name: Style(dim=True) for name in ("dim", "track")} | {"fill": Style(color="white")}
            named = {name: plain + faint.get(name, effect) for name, (_, _, effect) in STYLES.items()}
            self._drawn = Styles({"": plain} | named)
            for name, tint in ANSI_TINTS.items():
                self._drawn[name] = plain + Style(color=tint)
            return self._drawn
        variables = self.app.theme_variables
        background = self.background_colors[1]
        self._drawn = Styles({"": plain})
        least = LEAST_STRENGTH.get(self.app.current_theme.name, {})
        for name, (variable, strength, effect) in STYLES.items():
            strength = max(strength, least.get(name, 0.0))
            colour = background.blend(Color.parse(variables[variable]), strength)
            self._drawn[name] = plain + Style(color=colour.rich_color) + effect
        self._drawn["rail"] = plain + Style(
            color=background.blend(Color.parse(variables["foreground"]), 0.16).rich_color
        )
        accent = Color.parse(variables["accent"])
        for name, strength in TINTS.items():
            self._drawn[name] = plain + Style(color=background.blend(accent, strength).rich_color)
        return self._drawn


class ChoiceLines(Lines):
    """Base of lists: lines under a title with a cursor on one of them, scrolled to keep it in view."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0
        self.first = 0

    def count(self) -> int:
        """Return the number of lines to choose from."""
        raise NotImplementedError

    def move_to(self, index: int) -> None:
        """Put the cursor on a line by index."""
        self.cursor = min(max(0, index), max(0, self.count() - 1))
        self.keep_in_sight()
        self.redraw()

    def step(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.move_to(self.cursor + rows)

    def keep_in_sight(self) -> None:
        """Scroll only as far as the cursor requires, with the last page full."""
        room = max(1, self.size.height - 2)
        if self.cursor < self.first:
            self.first = self.cursor
        elif self.cursor >= self.first + room:
            self.first = self.cursor - room + 1
        if self.first and self.count() <= self.first + room:
            self.first = max(0, self.count() - room - 1)

    def on_resize(self) -> None:
        self.keep_in_sight()
        self.redraw()

    def on_mouse_scroll_down(self) -> None:
        self.step(1)

    def on_mouse_scroll_up(self) -> None:
        self.step(-1)


measure = cell_len


class EntryLines(ChoiceLines):
    """Base of lists whose entries can be clicked. A click chooses one."""

    def on_click(self, event: events.Click) -> None:
        index = event.y - 1 + self.first
        if event.y >= 1 and index < self.count():
            self.post_message(EntryClicked(index, twice=event.chain > 1))

    def in_sight(self, height: int) -> range:
        """Return the indices visible under the title."""
        return range(self.first, min(self.count(), self.first + max(1, height - 1)))
