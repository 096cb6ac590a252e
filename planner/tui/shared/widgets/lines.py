"""Base of the widgets made of styled lines, which repaints only the lines that changed.

`Static` would redo the layout of the whole screen at each update, and parse its text as markup. The styles come
straight from the theme instead of component classes: eleven classes on seven widgets would take a quarter of the
startup time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from planner.domain.text import make_visible
from planner.tui.messages import EntryClicked, EntryReached
from planner.tui.shared.panels import stack
from planner.tui.shared.spans import LIT, Line, cut, is_large, is_roomy, justify, lit, place, tinted
from planner.tui.theme import LEAST_STRENGTH

if TYPE_CHECKING:
    from planner.tui.shared.panels import Section

measure = cell_len

# A line style: the theme variable, its strength against the background, and the text attributes.
STYLES: dict[str, tuple[str, float, Style]] = {
    "dim": ("foreground", 0.6, Style()),
    "bold": ("foreground", 1.0, Style(bold=True)),
    "accent": ("text-accent", 1.0, Style(bold=True)),
    "fill": ("primary", 0.75, Style()),
    "violet": ("secondary", 0.9, Style()),
    "good": ("text-success", 1.0, Style()),
    "warn": ("text-warning", 1.0, Style()),
    "bad": ("text-error", 1.0, Style(bold=True)),
    "track": ("foreground", 0.25, Style()),
    "cursor": ("foreground", 1.0, Style(bold=True)),
    "pointer": ("accent", 1.0, Style()),
    "fresh": ("text-accent", 1.0, Style(bold=True, reverse=True)),
}

# What text may stand on, and the colours of areas: a theme variable and its strength against the background. The ground
# is the background itself.
TINTS: dict[str, tuple[str, float]] = {
    "ground": ("accent", 0.0),
    "panel": ("surface", 1.0),
    "bar": ("panel", 1.0),
    "stripe": ("panel", 0.4),
    "tab": ("background", 1.0),
    "hover": ("foreground", 0.08),
    "glow": ("foreground", 0.05),  # the same on blocks and areas, which are strong already
    "block": ("foreground", 0.11),
    "card": ("surface-lighten-1", 1.0),
    "chosen": ("accent", 0.2),
    "seam": ("background", 1.0),
    "row": ("accent", 0.16),
    "area": ("primary", 0.7),
    "rail": ("foreground", 0.16),
}
# Areas of charts and heat maps lie on panels and pages alike, so their strength is against the surface.
AREA_TINTS: dict[str, tuple[str, float]] = {
    "wide": ("primary", 0.12),
    "band": ("primary", 0.24),
    "filled": ("primary", 0.3),
} | {f"heat{number}": ("primary", 0.03 + 0.08 * number) for number in range(1, 5)}
# So do blocks of the day. Time for customers is stronger than work at the desk, the current block stronger than all
# others, and the rep's own time is the faintest.
BLOCK_TINTS: dict[str, tuple[str, float]] = {
    "calls": ("primary", 0.15),
    "meetings": ("secondary", 0.15),
    "mail": ("primary", 0.09),
    "proposals": ("secondary", 0.09),
    "desk": ("foreground", 0.09),
    "own": ("foreground", 0.03),
    "now": ("primary", 0.2),
    "picked": ("accent", 0.16),
}
ON_SURFACE = AREA_TINTS | BLOCK_TINTS
# The same in a theme of the terminal's own colours, which can't be blended.
ANSI_TINTS = dict.fromkeys({**TINTS, **AREA_TINTS}, "bright_black") | dict.fromkeys(BLOCK_TINTS, "default")
ANSI_TINTS |= {
    "ground": "default",
    "panel": "default",
    "bar": "black",
    "stripe": "black",
    "tab": "default",
    "block": "default",
    "picked": "bright_black",
    "wide": "black",
    "area": "blue",
    "filled": "blue",
}
# The colours of text in such a theme, the same as on the first paint.
ANSI_INKS = {"accent": "cyan", "pointer": "cyan", "good": "green", "warn": "yellow", "bad": "red"}
# The least strength of a style on a tint, where its contrast is lower.
ON_TINT = {"dim": 0.75, "fill": 0.85, "track": 0.4}


class Styles(dict[str, Style]):
    """The styles of a theme by name, those of text on a tint (`dim on row`) and the tints' own colours, each made when
    first used.
    """

    def __init__(self, plain: Style, ink: Callable[[str, str], Style]) -> None:
        super().__init__({"": plain})
        self._ink = ink

    def __missing__(self, name: str) -> Style:
        text, _, tint = name.partition(" on ")
        self[name] = self[""] + self._ink(text, tint)
        return self[name]


def theme_styles(theme: Theme, variables: Mapping[str, str], background: Color, plain: Style) -> Styles:
    """Return the styles of a theme on a background, `plain` being that of text without a style."""
    if theme.ansi:  # the terminal's own colours can't be blended
        faint = {name: Style(dim=True) for name in ("dim", "track")} | {"fill": Style(color="white")}

        def named(text: str, tint: str) -> Style:
            effect = faint.get(text, STYLES[text][2] if text in STYLES else Style())
            if tint == "row":  # legible whatever the terminal's grey is
                return (Style() if text in faint else effect) + Style(reverse=True)
            tint = "hover" if tint.endswith(LIT) else tint
            behind = ANSI_TINTS.get(tint) or ("white" if tint else None)
            if text in ("ground", "panel") and tint:  # the background as ink, which only a reversed style can say
                return Style(color=behind, reverse=True)
            return Style(color=ANSI_INKS.get(text, ANSI_TINTS.get(text)), bgcolor=behind) + effect

        return Styles(plain, named)
    least = LEAST_STRENGTH.get(theme.name, {})

    def shade(name: str, ground: Color) -> Color:
        if name in ON_SURFACE:
            variable, strength = ON_SURFACE[name]
            return Color.parse(variables["surface"]).blend(Color.parse(variables[variable]), strength)
        variable, strength = TINTS[name] if name in TINTS else STYLES[name][:2] if name else ("foreground", 1.0)
        strength = max(strength, least.get(name, 0.0), 0.0 if ground is background else ON_TINT.get(name, 0.0))
        return ground.blend(Color.parse(variables[variable]), strength)

    def blended(text: str, tint: str) -> Style:
        ground = shade(tint.removesuffix(LIT), background) if tint else background
        if tint.endswith(LIT):
            ground = shade("glow" if tint.removesuffix(LIT) in ON_SURFACE else "hover", ground)
        # A part of a cell that is an area has the same colour as a whole one, whatever the other part is.
        is_area = text in TINTS or (text, tint) == ("fill", "rail")
        ink = background if text == "ground" else shade(text, background if is_area else ground)
        style = Style(color=ink.rich_color, bgcolor=ground.rich_color if tint else None)
        return style + STYLES[text][2] if text in STYLES else style

    return Styles(plain, blended)


class Lines(Widget):
    """Base widget. A subclass builds its lines in `build`, and calls `redraw` when they may have changed."""

    DEFAULT_CSS = "Lines { height: auto; }"
    FIXED_HEIGHT = False
    """Whether the style sheet sets the height, not the number of lines."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._built: list[Line] = []
        self._built_for: tuple[int, int] | None = None
        self._drawn: Styles | None = None
        self._ahead: dict[int, tuple[Line, Strip]] = {}
        self._hovered: Region | None = None
        """The cells under the mouse that a click acts on."""

    def build(self, width: int, height: int) -> list[Line]:
        """Build the lines for a size in cells."""
        raise NotImplementedError

    def lay_out(self, width: int, height: int) -> list[Line]:
        """Build the lines, and add what they don't know of, such as the place in a list."""
        return self.build(width, height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.build(width, viewport.height))

    def notify_style_update(self) -> None:
        self._drawn, self._ahead = None, {}
        super().notify_style_update()

    def redraw(self) -> None:
        """Build the lines again and repaint those that differ."""
        width, height = self.size
        if not width:  # hidden: what was built is stale, even if it comes back in the same size
            self._built_for = None
            return
        old, self._built = self._built, self.lay_out(width, height)
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
            self._built = self.lay_out(width, height)
            self._built_for = (width, height)
        if y >= len(self._built):
            return Strip.blank(width, (self._drawn or self._styles())[""])
        line, under = self._built[y], self._hovered
        if under is not None and under.y <= y < under.bottom and line and line[0][1] != "pointer":
            return self._strip(lit(line, under.x, under.right, measure), width)
        drawn = self._ahead.get(id(line))
        return self._strip(line, width) if drawn is None else drawn[1]

    def area_at(self, x: int, y: int) -> Region | None:
        """Return the cells that a click at a place acts on, None if it does nothing there."""
        return None

    def row_area(self, y: int) -> Region:
        """Return the cells of a whole line."""
        return Region(0, y, self.size.width, 1)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.hover(self.area_at(*event.get_content_offset_capture(self)))

    def hover(self, area: Region | None) -> None:
        """Tint the cells under the mouse, None for none. Repaints only the lines concerned."""
        if area != self._hovered:
            areas = [each for each in (self._hovered, area) if each is not None]
            self._hovered = area
            self.refresh(*(Region(0, each.y, self.size.width, each.height) for each in areas))

    def on_leave(self) -> None:
        self.hover(None)

    def draw_ahead(self, lines: list[Line]) -> None:
        """Render lines in advance that a later `build` will return, so that they only have to be placed."""
        width = self.size.width
        self._ahead = {id(line): (line, self._strip(line, width)) for line in lines}

    def _strip(self, line: Line, width: int) -> Strip:
        styles = self._drawn or self._styles()
        if line and line[0][1] == "pointer":
            line = tinted(line, "row", width, measure)
        segments = [Segment(make_visible(text), styles[style]) for text, style in line]
        return Strip(segments).adjust_cell_length(width, styles[""])

    def _styles(self) -> Styles:
        """The current theme's styles on this widget's background, cached until its style sheet changes."""
        background = self.background_colors[1]
        self._drawn = theme_styles(self.app.current_theme, self.app.theme_variables, background, self.rich_style)
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
        if not self.size.height:
            return  # not laid out yet, or hidden
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
        self.post_message(EntryReached())

    def on_mouse_scroll_up(self) -> None:
        self.step(-1)
        self.post_message(EntryReached())


class RowLines(ChoiceLines):
    """Base of lists whose rows are built with the index of each, -1 for a title or a hint."""

    def rows(self, width: int, height: int) -> list[tuple[int, Line]]:
        """Build the rows for a size in cells."""
        raise NotImplementedError

    def build(self, width: int, height: int) -> list[Line]:
        return [line for _, line in self.rows(width, height)]

    def row_at(self, y: int) -> int | None:
        """Return the index of the row on a line of the widget, or None."""
        rows = self.rows(*self.size)
        return rows[y][0] if 0 <= y < len(rows) and rows[y][0] >= 0 else None

    def area_at(self, x: int, y: int) -> Region | None:
        return None if self.row_at(y) is None else self.row_area(y)

    def on_click(self, event: events.Click) -> None:
        index = self.row_at(event.get_content_offset_capture(self).y)
        if index is not None:
            self.post_message(EntryClicked(index, twice=event.chain > 1))


class EntryLines(ChoiceLines):
    """Base of lists whose entries can be clicked. A click chooses one.

    One that is `ON_PANEL` stands on a large screen above the panels of `below`, and takes the rows that they leave.
    """

    ON_PANEL = False
    below: Sequence[Section] = ()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows_each, self._air = 1, 0  # the lines of an entry, and the empty ones before it

    def on_click(self, event: events.Click) -> None:
        _, y = event.get_content_offset_capture(self)
        index = self.entry_at(y)
        if index is not None:
            self.post_message(EntryClicked(index, twice=event.chain > 1))

    def area_at(self, x: int, y: int) -> Region | None:
        if self.entry_at(y) is None:
            return None
        first = y - (y - 1) % (self._rows_each + self._air) + self._air
        return Region(0, first, self.size.width, self._rows_each)

    def entry_at(self, y: int) -> int | None:
        """Return the index of the entry on a line of the widget, None for a title or an empty line."""
        index, line = divmod(y - 1, self._rows_each + self._air)
        index += self.first
        return index if y >= 1 and line >= self._air and index < self.count() else None

    def in_sight(self, height: int) -> range:
        """Return the indices visible under the title."""
        return range(self.first, min(self.count(), self.first + max(1, height - 1)))

    def has_two_lines(self, height: int) -> bool:
        """Return whether each entry has two lines: on a screen with room for panels, if all of them fit so."""
        return is_roomy(*self.app.size) and 0 < 2 * self.count() < height

    def in_two_lines(self, pairs: Sequence[tuple[Line, Line]], height: int) -> list[Line]:
        """Return entries of two lines each, with an empty one before each of them if there is room."""
        self._rows_each, self._air = 2, int(3 * len(pairs) < height)
        return [line for pair in pairs for line in (*[[]] * self._air, *pair)]

    def lay_out(self, width: int, height: int) -> list[Line]:
        if not self.ON_PANEL or not is_large(*self.app.size):
            return self._listed(width, height)
        inner = width - 2
        lines = self._listed(inner, height - 1)
        below = stack(self.below, width, height - len(lines) - 2, measure, grows=None) if self.count() else []
        lines += [[]] * (height - len(lines) - len(below) - bool(below))
        marked = (tinted(line, "row", inner, measure) if line and line[0][1] == "pointer" else line for line in lines)
        panel = [tinted([(" ", ""), *line], "panel", width, measure) for line in marked]
        return [*panel, *([[], *below] if below else ())]

    def _listed(self, width: int, height: int) -> list[Line]:
        """Build the lines, with the place in the list at the right of the title if not all of it is in sight."""
        self._rows_each, self._air = 1, 0
        lines, seen, count = self.build(width, height), self.in_sight(height), self.count()
        if lines and lines[0]:
            (title, style), *more = lines[0]
            lines = [[(title, "accent" if style == "bold" else style), *more], *lines[1:]]  # the keys act on it
        if is_large(*self.app.size) and len(lines) == count + 1 and 2 * count < height:
            self._air = 1
            return [lines[0], *(line for row in lines[1:] for line in ([], row))]
        if not lines or not 0 < len(seen) < count:
            return lines
        here = f"{place(seen, count)} "
        head = cut(lines[0], max(0, width - measure(here) - 2), measure)
        return [justify(head, [(here, "dim")], width, measure), *lines[1:]]
