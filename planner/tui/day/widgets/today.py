"""The widgets of Today: header, month, counters, list, day, message, footer. Data in, messages out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import events

from planner.tui.day import dashboard, day_view, today_view
from planner.tui.messages import CounterClicked
from planner.tui.shared import spans
from planner.tui.shared.odds_view import held_line, noes_line, odds_lines
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.frame import DayPart
from planner.tui.shared.widgets.lines import RowLines, measure

if TYPE_CHECKING:
    from planner.services.day.today_store import Today
    from planner.services.overview import Overview


class MonthBars(DayPart):
    """Bars of the month: personal plan above quota."""

    overview: Overview | None = None

    def build(self, width: int, height: int) -> list[Line]:
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
        return [line for _, line in self._rows(width)] + self._below(width)

    def _rows(self, width: int) -> list[tuple[str, Line]]:
        return today_view.counter_lines(self.today, self.now, width, self.fresh, measure)

    def _below(self, width: int) -> list[Line]:
        below = held_line(self.today, width, measure)
        return below + noes_line(self.today, width, measure) if self.app.size.width >= spans.WIDE else below

    def on_click(self, event: events.Click) -> None:
        rows = self._rows(self.size.width)
        if spans.is_roomy(*self.app.size):
            metric = dashboard.tile_at(self.today, event.x, self.size.width)
        else:
            metric = rows[event.y][0] if 0 <= event.y < len(rows) else ""
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
        return day_view.day_lines(self.today, self.now, width, measure, height)[:height]
