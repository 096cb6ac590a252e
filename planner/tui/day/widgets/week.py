"""The widgets of the Week screen: seven columns of blocks with a cursor, and the totals."""

from __future__ import annotations

from textual import events

from planner.domain import formats
from planner.domain.day.blocks import Block, WeekTemplate
from planner.domain.workdays import WEEKDAYS
from planner.tui.messages import WeekBlockClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

COLUMN = 17  # the narrowest column that shows every kind of block in full
PERSONAL_STYLE = "dim"


class WeekGrid(Lines):
    """Grid of the days of a week side by side, as many as fit around the selected one."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.week: WeekTemplate | None = None
        self.weekday = 0
        self.row = 0

    def show(self, week: WeekTemplate) -> None:
        """Show a week. The cursor stays put if possible."""
        self.week = week
        self.move_to(self.weekday, self.row)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of the selected day."""
        return () if self.week is None else self.week.days[self.weekday]

    @property
    def chosen(self) -> Block | None:
        """The block under the cursor."""
        return self.blocks[self.row] if self.row < len(self.blocks) else None

    def choose(self, block: Block) -> None:
        """Put the cursor on a block of the selected day, found by its start."""
        for row, known in enumerate(self.blocks):
            if known.start == block.start:
                self.row = row
        self.redraw()

    def move_to(self, weekday: int, row: int) -> None:
        """Put the cursor on a row of a day."""
        self.weekday = min(max(0, weekday), len(WEEKDAYS) - 1)
        self.row = min(max(0, row), max(0, len(self.blocks) - 1))
        self.redraw()

    def step_day(self, days: int) -> None:
        """Go to another day, to the block nearest in time."""
        before = self.chosen
        self.weekday = min(max(0, self.weekday + days), len(WEEKDAYS) - 1)
        if before is not None and self.blocks:
            self.row = min(range(len(self.blocks)), key=lambda row: abs(self.blocks[row].first - before.first))
        self.move_to(self.weekday, self.row)

    def _visible_days(self, width: int) -> tuple[int, int, int]:
        """Return the first weekday shown, the number of days, and the column width."""
        count = min(len(WEEKDAYS), max(1, (width - 1) // COLUMN))
        first = min(max(0, self.weekday - count // 2), len(WEEKDAYS) - count)
        return first, count, (width - 1) // count

    def build(self, width: int, height: int) -> list[Line]:
        if self.week is None:
            return [[("  Loading …", "dim")]]
        first, count, column = self._visible_days(width)
        head: Line = [(" ", "")]
        for weekday in range(first, first + count):
            chosen = weekday == self.weekday
            name = WEEKDAYS[weekday].capitalize() if column >= 14 else WEEKDAYS[weekday].capitalize()[:3]
            mark = "‹" if weekday == first > 0 else "›" if weekday == first + count - 1 < len(WEEKDAYS) - 1 else " "
            head.append((f" {name}{mark}".ljust(column), "accent" if chosen else "bold"))
        top, shown, spaced = self._rows(height, first, count)
        lines: list[Line] = [head, []]
        for row in range(top, top + shown):
            line: Line = [(" ", "")]
            for weekday in range(first, first + count):
                blocks = self.week.days[weekday]
                if row >= len(blocks):
                    line.append((" " * column, ""))
                    continue
                line += self._cell(blocks[row], column, chosen=weekday == self.weekday and row == self.row)
            lines.append(line)
            if spaced:
                lines.append(self._lengths(row, first, count, column))
        if not shown:
            lines.append([("   No blocks on these days. Press ", "dim"), ("n", "accent"), (" to add one.", "dim")])
        return lines

    def _rows(self, height: int, first: int, count: int) -> tuple[int, int, bool]:
        """Return the first row shown, the number of rows, and whether each has room for a second line."""
        assert self.week is not None
        rows = max(len(self.week.days[weekday]) for weekday in range(first, first + count))
        room = max(1, height - 2)
        top = min(max(0, self.row - room + 1), max(0, rows - room))
        return top, min(rows - top, room), rows * 2 <= room

    def _lengths(self, row: int, first: int, count: int, column: int) -> Line:
        """The line of durations below a row of blocks."""
        assert self.week is not None
        line: Line = [(" ", "")]
        for weekday in range(first, first + count):
            blocks = self.week.days[weekday]
            told = f"       {formats.duration(blocks[row].minutes)}" if row < len(blocks) else ""
            line.append((told.ljust(column), "track"))
        return line

    def _cell(self, block: Block, column: int, *, chosen: bool) -> Line:
        hours = f"{block.start:%H:%M}–{block.end:%H:%M}" if column >= 24 else f"{block.start:%H:%M}"
        room = column - len(hours) - 3
        word = spans.BLOCK_WORDS[block.kind]
        name = block.title or (word if measure(word) <= room else block.kind.capitalize())
        text = spans.fit(name, room, measure)
        pad = " " * (room - measure(text))
        style = "cursor" if chosen else PERSONAL_STYLE if block.kind in spans.MARKED_BY_KEY else ""
        cell: Line = [spans.pointer(chosen, 1), (hours, "dim"), (" ", ""), (text, style), (pad, "")]
        return [*(spans.tinted(cell, "row") if chosen else cell), (" ", "")]

    def on_click(self, event: events.Click) -> None:
        if self.week is None:
            return
        first, count, column = self._visible_days(self.size.width)
        weekday = first + (event.x - 1) // column
        if not first <= weekday < first + count:
            return
        top, _, spaced = self._rows(self.size.height, first, count)
        row = (event.y - 2) // (2 if spaced else 1) + top
        inside = event.y >= 2 and row < len(self.week.days[weekday])
        self.post_message(WeekBlockClicked(weekday, row if inside else -1, twice=event.chain >= 2))

    def on_mouse_scroll_down(self) -> None:
        self.move_to(self.weekday, self.row + 1)

    def on_mouse_scroll_up(self) -> None:
        self.move_to(self.weekday, self.row - 1)


class WeekTotals(Lines):
    """View of a week's hours by kind of block, and the list of weeks."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.week: WeekTemplate | None = None
        self.names: list[tuple[str, bool, bool]] = []

    def show(self, weeks: list[WeekTemplate], index: int) -> None:
        """Show the weeks. `index` is the one on display."""
        self.week = weeks[index]
        self.names = [(week.name, week.used, number == index) for number, week in enumerate(weeks)]
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.week is None:
            return []
        line: Line = [(" ", "")]
        for name, used, shown in self.names:
            line += [("▸ " if shown else "  ", "accent"), (name, "bold" if shown else "dim")]
            line.append((" ✓ in use " if used else " ", "good" if used else ""))
        totals: dict[str, int] = {}
        for blocks in self.week.days:
            for block in blocks:
                totals[block.kind] = totals.get(block.kind, 0) + block.minutes
        parts = [
            f"{spans.BLOCK_WORDS[kind]} {formats.duration(minutes)}"
            for kind, minutes in sorted(totals.items(), key=lambda pair: -pair[1])
            if kind != "sleep"
        ]
        told = "   Per week: "
        while parts and measure(told + " · ".join(parts)) > width:
            parts.pop()  # drop the smallest rather than cut it off
        return [spans.cut(line, width, measure), [(told + " · ".join(parts), "dim")]][:height]
