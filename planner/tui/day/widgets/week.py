"""The widgets of the Week screen: seven columns of blocks with a cursor, and the totals."""

from __future__ import annotations

from textual import events
from textual.geometry import Region

from planner.domain import formats
from planner.domain.day.blocks import Block, WeekTemplate
from planner.domain.workdays import WEEKDAYS
from planner.tui.day.timeline import GUTTER, Scale, drawn, edge, surface, tint
from planner.tui.messages import WeekBlockClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

COLUMN = 17  # the narrowest column of the list that shows every kind of block in full
NARROWEST = 13  # the same in proportion, where the hours stand at the left
HEAD = 3  # rows above the blocks
PERSONAL_STYLE = "dim"


class WeekGrid(Lines):
    """The days of a week side by side to one scale, as many as fit around the selected one, or as lists where there is
    no room.
    """

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.week: WeekTemplate | None = None
        self.weekday = 0
        self.row = 0
        self.today: int | None = None

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

    def _visible_days(self, width: int, left: int = 1, narrowest: int = COLUMN) -> tuple[int, int, int]:
        """Return the first weekday shown, the number of days, and the column width."""
        count = min(len(WEEKDAYS), max(1, (width - left) // narrowest))
        first = min(max(0, self.weekday - count // 2), len(WEEKDAYS) - count)
        return first, count, (width - left) // count

    def _scale(self, height: int) -> Scale | None:
        """Return the scale of all days, None if there is no room to draw them in proportion."""
        assert self.week is not None
        scale = Scale((drawn(block) for blocks in self.week.days for block in blocks), height - HEAD)
        return scale if scale.fits and scale.height else None

    def build(self, width: int, height: int) -> list[Line]:
        if self.week is None:
            return [[("  Loading …", "dim")]]
        scale = self._scale(height)
        if scale is None:
            return self._lists(width, height)
        first, count, column = self._visible_days(width, GUTTER, NARROWEST)
        gutter: Line = [(" " * GUTTER, "")]
        told: Line = [span for day in range(first, first + count) for span in self._told(day, column)]
        hours = scale.hours()
        days = [self._day(weekday, scale, column - 1) for weekday in range(first, first + count)]
        lines: list[Line] = [gutter + self._names(first, count, column), gutter + told, []]
        for row in range(scale.height):
            line: Line = [(f" {hours.get(row, ''):<{GUTTER - 1}}", "dim")]
            for day in days:
                line += [*day.get(row, [(" " * (column - 1), "")]), (" ", "")]
            lines.append(line)
        return lines

    def _names(self, first: int, count: int, column: int) -> Line:
        """The names of the days shown, with a mark on today and on days beyond the edge."""
        line: Line = []
        for weekday in range(first, first + count):
            name = WEEKDAYS[weekday].capitalize() if column >= 14 else WEEKDAYS[weekday].capitalize()[:3]
            mark = "‹" if weekday == first > 0 else "›" if weekday == first + count - 1 < len(WEEKDAYS) - 1 else " "
            now = " ● today" if weekday == self.today and column >= 20 else " ●" if weekday == self.today else ""
            line.append((f" {name}{mark}", "accent" if weekday == self.weekday else "bold"))
            line.append((now.ljust(column - len(name) - 2), ""))
        return line

    def _told(self, weekday: int, column: int) -> Line:
        """What stands below the name of a day: the hours of the selected block, or how long the day's work is."""
        assert self.week is not None
        chosen = self.chosen if weekday == self.weekday else None
        if chosen is not None:
            text = f" {chosen.start:%H:%M}–{chosen.end:%H:%M}"
            length = f"  {formats.duration(chosen.minutes)}"
            return [((text + length if len(text + length) < column else text).ljust(column), "")]
        work = sum(block.minutes for block in self.week.days[weekday] if block.kind not in spans.MARKED_BY_KEY)
        text = f" {formats.duration(work)}" if work else " no work"
        return [((f"{text} of work" if work and len(text) + 8 < column else text).ljust(column), "dim")]

    def _day(self, weekday: int, scale: Scale, width: int) -> dict[int, Line]:
        """The lines of a day's blocks by row."""
        assert self.week is not None
        found: dict[int, Line] = {}
        for index, block in enumerate(self.week.days[weekday]):
            first, last = (scale.row(minute) for minute in drawn(block))
            chosen = weekday == self.weekday and index == self.row
            found |= dict(enumerate(self._block(block, last - first, width, chosen=chosen), first))
        return found

    def _block(self, block: Block, rows: int, width: int, *, chosen: bool) -> list[Line]:
        """A block in proportion, with its length where there is room."""
        style = "cursor" if chosen else PERSONAL_STYLE if block.kind in spans.MARKED_BY_KEY else ""
        room = width - 3
        name: Line = [(spans.fit(_name(block, room), room, measure), style)]
        length: Line = [(formats.duration(block.minutes), "dim")]
        gap = room - spans.width_of([*name, *length], measure)
        texts = [[*name, (" " * gap, ""), *length]] if gap > 0 else [name, length][:rows]
        texts += [[]] * (rows - len(texts))
        look = ("pointer", "picked") if chosen else (edge(block.kind), tint(block.kind))
        return surface(texts, width, look, measure)

    def _lists(self, width: int, height: int) -> list[Line]:
        """The days as lists of blocks."""
        assert self.week is not None
        first, count, column = self._visible_days(width)
        top, shown, spaced = self._rows(height, first, count)
        told: Line = [span for day in range(first, first + count) for span in self._told(day, column)]
        lines: list[Line] = [[(" ", ""), *self._names(first, count, column)], [(" ", ""), *told]]
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
            line.append((told.ljust(column), "dim"))
        return line

    def _cell(self, block: Block, column: int, *, chosen: bool) -> Line:
        hours = f"{block.start:%H:%M}–{block.end:%H:%M}" if column >= 24 else f"{block.start:%H:%M}"
        room = column - len(hours) - 3
        text = spans.fit(_name(block, room), room, measure)
        pad = " " * (room - measure(text))
        style = "cursor" if chosen else PERSONAL_STYLE if block.kind in spans.MARKED_BY_KEY else ""
        cell: Line = [spans.pointer(chosen, 1), (hours, "dim"), (" ", ""), (text, style), (pad, "")]
        return [*(spans.tinted(cell, "row") if chosen else cell), (" ", "")]

    def _block_at(self, x: int, y: int) -> tuple[int, int, Region] | None:
        """Return the weekday at a place, the index of its block (-1 without one) and the block's cells."""
        if self.week is None:
            return None
        scale = self._scale(self.size.height)
        left, narrowest = (GUTTER, NARROWEST) if scale else (1, COLUMN)
        first, count, column = self._visible_days(self.size.width, left, narrowest)
        weekday = first + (x - left) // column
        if not first <= weekday < first + count:
            return None
        index, top, rows = self._rows_at(weekday, y, scale)
        return weekday, index, Region(left + (weekday - first) * column, top, column - 1, rows)

    def _rows_at(self, weekday: int, y: int, scale: Scale | None) -> tuple[int, int, int]:
        """Return the index of the block of a day in a row, -1 without one, its first row and how many it has."""
        assert self.week is not None
        blocks = self.week.days[weekday]
        if scale is not None:
            rows = ([scale.row(minute) + HEAD for minute in drawn(block)] for block in blocks)
            found = ((index, top, bottom - top) for index, (top, bottom) in enumerate(rows) if top <= y < bottom)
            return next(found, (-1, y, 1))
        first, count, _ = self._visible_days(self.size.width)
        top, _, spaced = self._rows(self.size.height, first, count)
        size = 2 if spaced else 1
        row = (y - 2) // size + top
        return (row, y - (y - 2) % size, size) if y >= 2 and row < len(blocks) else (-1, y, 1)

    def area_at(self, x: int, y: int) -> Region | None:
        found = self._block_at(x, y)
        return None if found is None or found[1] < 0 else found[2]

    def on_click(self, event: events.Click) -> None:
        found = self._block_at(*event.get_content_offset_capture(self))
        if found is not None:
            self.post_message(WeekBlockClicked(found[0], found[1], twice=event.chain >= 2))

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
        told = f"   Per week: {_as_many_as_fit(parts, width - 14)}"
        return [spans.cut(line, width, measure), [(told, "dim")]][:height]


def _name(block: Block, room: int) -> str:
    """Return what to call a block in a column, in one word if need be."""
    word = spans.BLOCK_WORDS[block.kind]
    return block.title or (word if measure(word) <= room else block.kind.capitalize())


def _as_many_as_fit(parts: list[str], width: int) -> str:
    """Join parts, and count those at the end that have no room."""
    for kept in range(len(parts), 0, -1):
        more = f" · {len(parts) - kept} more" if kept < len(parts) else ""
        text = " · ".join(parts[:kept]) + more
        if measure(text) <= width:
            return text
    return f"{len(parts)} kinds of blocks" if parts else ""
