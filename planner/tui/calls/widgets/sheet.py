"""The panel beside the prospect: the script, the playbook, or the choices behind an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.domain.text import plural
from planner.tui.shared import spans
from planner.tui.shared.panels import panel
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

if TYPE_CHECKING:
    from planner.services.calls.playbook import Found

LEAST_MARKED = 4  # rows from which on the last one says how many more lines there are


@dataclass(frozen=True)
class Row:
    """A row of the panel: a styled marker, and text that wraps behind it."""

    text: str
    style: str = ""
    marker: str = "  "
    marker_style: str = "accent"
    indent: int = 0

    @property
    def continues(self) -> bool:
        """Whether it belongs to the row above it."""
        return bool(self.indent) and not self.marker.strip()


@dataclass(frozen=True)
class Sheet:
    """The panel's content: a title, available actions, and rows with one marked as current."""

    title: str = ""
    about: str = ""
    rows: tuple[Row, ...] = ()
    present: int = 0
    below: tuple[Row, ...] = ()


class SheetLines(Lines):
    """Widget that shows the script, the playbook, or the choices behind an outcome."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sheet = Sheet()

    def show(self, sheet: Sheet) -> None:
        """Show another sheet."""
        self.sheet = sheet
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        title: Line = [(" ", ""), (sheet.title, "bold")]
        if sheet.about:
            title.append((f"  {sheet.about}", "dim"))
        return [spans.cut(title, width, measure), *self._rows(width, max(1, height - 1))]

    def _rows(self, width: int, room: int, lead: int = 1) -> list[Line]:
        """The rows that there is room for behind a margin, the current one among them."""
        sheet = self.sheet
        lines: list[Line] = []
        at: dict[int, tuple[int, int]] = {}
        rows = (*sheet.rows, *sheet.below)
        for index, row in enumerate(rows):
            start = len(lines)
            lines += self._wrapped(row, width, lead)
            at[index] = (start, len(lines))
        first, last = at.get(sheet.present, (0, 0))
        apart = [not row.continues for row in rows]  # air between its steps
        if len(lines) + sum(apart) <= room and any(start + 1 < end for start, end in at.values()):
            spread = [[*([[]] if apart[index] else []), *lines[start:end]] for index, (start, end) in at.items()]
            lines = [line for part in spread for line in part]
        top = 0
        most = room - (len(lines) > room)  # without the line that says how many more there are
        if last > most:
            # Keep the current step in the upper part, with what follows in view.
            top = max(0, min(first - max(0, (most - (last - first)) // 3), len(lines) - room))
        below = len(lines) - top - room
        if below <= 0 or room < LEAST_MARKED:
            return lines[top : top + room]
        more = f"{plural(below + 1, 'more line', 'more lines')} ▾"  # a script has ellipses of its own
        return [*lines[top : top + room - 1], [(" " * lead, ""), (f"  {more}", "dim")]]

    def _wrapped(self, row: Row, width: int, lead: int) -> list[Line]:
        lead += 2 * row.indent
        behind = lead + measure(row.marker)
        texts = spans.wrap(row.text, max(8, width - behind - 1), measure) or [""]
        lines: list[Line] = [[(" " * lead, ""), (row.marker, row.marker_style), (texts[0], row.style)]]
        lines += [[(" " * behind, ""), (text, row.style)] for text in texts[1:]]
        return lines


class CallSheet(SheetLines):
    """The sheet of a calling session, on a panel where there is room for panels."""

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if not spans.is_roomy(*self.app.size) or not sheet.title:
            return super().build(width, height)
        rows = self._rows(width - 4, height - 3, lead=0)
        air = rows[:1] != [[]]
        return panel(sheet.title, sheet.about, rows, width, height, measure, air=air)


class ObjectionLines(EntryLines):
    """List of the playbook's objections, each with how often it came up."""

    ON_PANEL = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.found: list[Found] = []

    def count(self) -> int:
        return len(self.found)

    @property
    def chosen(self) -> Found | None:
        """The objection under the cursor."""
        return self.found[self.cursor] if self.cursor < len(self.found) else None

    def show(self, found: list[Found]) -> None:
        """Show search results."""
        self.found = found
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = [
            [(" Playbook", "bold"), (f"   {plural(len(self.found), 'objection', 'objections')}", "dim")]
        ]
        for index in self.in_sight(height):
            one, chosen = self.found[index], index == self.cursor
            heard: Line = [(f" {one.heard}× ", "dim")] if one.heard else [(" ", "")]
            room = max(8, width - 3 - spans.width_of(heard, measure))
            text = spans.fit(one.objection.text, room, measure)
            line: Line = [spans.pointer(chosen), (text, "cursor" if chosen else "")]
            lines.append([*line, (" " * (room - measure(text)), ""), *heard])
        return lines
