"""The widgets of Today: header, month, counters, list, day, message, footer. Data in, messages out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region

from planner.tui.day import counters_view, dashboard, day_view, today_view
from planner.tui.day.timeline import block_at
from planner.tui.messages import BlockClicked, CounterClicked
from planner.tui.shared import spans
from planner.tui.shared.odds_view import held_line, noes_line, odds_lines
from planner.tui.shared.spans import Line
from planner.tui.shared.welcome import is_first, welcome_lines
from planner.tui.shared.widgets.frame import DayPart
from planner.tui.shared.widgets.lines import RowLines, measure

if TYPE_CHECKING:
    from planner.services.day.today_store import Today
    from planner.services.overview import Overview


class MonthBars(DayPart):
    """Bars of the month: personal plan above quota. Before the first use, the welcome stands in their place."""

    overview: Overview | None = None

    def build(self, width: int, height: int) -> list[Line]:
        if is_first(self.today):
            return welcome_lines(width, height, measure)
        size = self.app.size
        if spans.is_roomy(*size):
            room = dashboard.month_rows(self.today, *size)
            return dashboard.month_lines(self.today, self.overview, width, room, measure)
        wide = self.app.size.width >= spans.WIDE
        return today_view.month_lines(self.today, width, measure) + odds_lines(self.today, width, wide, measure)


class Counters(DayPart):
    """Widget of today's counters. A click counts one more."""

    fresh: frozenset[str] = frozenset()

    def build(self, width: int, height: int) -> list[Line]:
        if spans.is_roomy(*self.app.size):
            return dashboard.tile_lines(self.today, self.now, width, self.fresh, measure)
        return [[span for _, part in row for span in part] for row in self._rows(width)] + self._below(width)

    def _rows(self, width: int) -> list[list[tuple[str, Line]]]:
        folded = counters_view.is_folded(*self.app.size)
        return counters_view.counter_lines(self.today, self.now, width, self.fresh, measure, folded=folded)

    def _below(self, width: int) -> list[Line]:
        below = held_line(self.today, width, measure)
        return below + noes_line(self.today, width, measure) if self.app.size.width >= spans.WIDE else below

    def _counter_at(self, x: int, y: int) -> tuple[str, Region]:
        """Return the metric of the counter at a place and its cells. The metric is empty beside the counters."""
        width = self.size.width
        if spans.is_roomy(*self.app.size):
            metric, start, size = dashboard.tile_at(self.today, x, width)
            return metric if 1 <= y <= dashboard.TILE_ROWS else "", Region(start, 1, size, dashboard.TILE_ROWS)
        rows = self._rows(width)
        start = 0
        for metric, part in rows[y] if 0 <= y < len(rows) else ():
            size = spans.width_of(part, measure) if len(rows[y]) > 1 else width
            if start <= x < start + size:
                return metric, Region(start, y, size, 1)
            start += size
        return "", Region()

    def area_at(self, x: int, y: int) -> Region | None:
        metric, area = self._counter_at(x, y)
        return area if metric in counters_view.COUNTED_BY_KEY else None

    def on_click(self, event: events.Click) -> None:
        metric, _ = self._counter_at(*event.get_content_offset_capture(self))
        if metric:
            self.post_message(CounterClicked(metric))


class TaskList(RowLines):
    """The ranked task list with a cursor."""

    def __init__(self, today: Today, now: datetime, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today = today
        self.now = now

    def count(self) -> int:
        return len(self.today.tasks)

    def rows(self, width: int, height: int) -> list[tuple[int, Line]]:
        alone = self.app.size.width < spans.WIDE
        rows = today_view.task_lines(self.today, self.now, width, height, self.cursor, self.first, measure, alone=alone)
        return spans.spaced(rows, height) if spans.is_large(*self.app.size) else rows

    def show(self, today: Today, now: datetime) -> None:
        """Show a snapshot of the day. The cursor stays on its task if that still exists."""
        chosen = self.chosen_id
        self.today, self.now = today, now
        ids = [task.id for task in today.tasks]
        self.move_to(ids.index(chosen) if chosen in ids else self.cursor)

    @property
    def chosen_id(self) -> object:
        """The id of the task under the cursor, or None."""
        tasks = self.today.tasks
        return tasks[self.cursor].id if self.cursor < len(tasks) else None


class DayColumn(DayPart):
    """Column of the day's blocks."""

    FIXED_HEIGHT = True
    overview: Overview | None = None

    def build(self, width: int, height: int) -> list[Line]:
        if spans.is_roomy(*self.app.size):
            return dashboard.column_lines(self.today, self.now, self.overview, width, height, measure)
        return [line for _, line in self._rows(width, height)]

    def _rows(self, width: int, height: int) -> list[tuple[int, Line]]:
        return day_view.day_lines(self.today, self.now, width, measure, height)[:height]

    def _block_at(self, x: int, y: int) -> tuple[int, Region] | None:
        """Return the index of the block at a place and its cells."""
        width, height = self.size
        if not spans.is_roomy(*self.app.size):
            rows = self._rows(width, height)
            index = rows[y][0] if 0 <= y < len(rows) else -1
            return None if index < 0 else (index, self.row_area(y))
        (left, top, *size), _ = dashboard.day_area(self.today, self.now, width, height, measure)
        found = block_at(self.today, self.now, (size[0], size[1]), x - left, y - top)
        return None if found is None else (found[0], Region(*found[1]).translate((left, top)))

    def area_at(self, x: int, y: int) -> Region | None:
        found = self._block_at(x, y)
        return None if found is None else found[1]

    def on_click(self, event: events.Click) -> None:
        found = self._block_at(*event.get_content_offset_capture(self))
        if found is not None:
            self.post_message(BlockClicked(found[0]))
