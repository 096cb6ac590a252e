"""The month's calendar: what each date is worth as a working day, and which are selected."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region

from planner.domain import formats
from planner.domain.day.activity import WORDS
from planner.tui.messages import DayClicked
from planner.tui.plan.widgets.sheet import SheetPart
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.services.plan.months import DayFigures, Sheet


CELL = 4  # cells of a date


class MonthCalendar(SheetPart):
    """Calendar of the month's dates with their weights. `cursor` is the selected date, `other_end` the other end of a
    selection.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor: date | None = None
        self.other_end: date | None = None

    def selected_dates(self) -> list[date]:
        """Return the selected dates."""
        if self.cursor is None:
            return []
        first, last = sorted((self.cursor, self.other_end or self.cursor))
        return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None or not sheet.days:
            return []
        lines: list[Line] = [
            [(" " + "".join(f"{name:>3} " for name in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")), "dim")]
        ]
        chosen = set(self.selected_dates())
        week: Line = [(" " + "    " * sheet.days[0].day.weekday(), "")]
        for day in sheet.days:
            week += self._cell(day, sheet, chosen)
            if day.day.weekday() == 6:
                lines.append(week)
                week = [(" ", "")]
        if len(week) > 1:
            lines.append(week)
        told = next((day for day in sheet.days if day.day == self.cursor), None)
        if told is not None:
            lines += [[], *self._day_lines(told, sheet, width)]
        return lines[:height]

    def _cell(self, day: DayFigures, sheet: Sheet, chosen: set[date]) -> Line:
        mark = "½" if day.weight == Fraction(1, 2) else " " if day.weight in (0, 1) else "≈"
        if day.own and mark == " ":
            mark = "×" if not day.weight else "+"
        style = "dim" if not day.weight else "bold" if day.day == sheet.today else ""
        if day.day in chosen:
            style = "fresh"
        today = "▸" if day.day == sheet.today else " "
        return [(today, "accent"), (f"{day.day.day:>2}", style), (mark, "dim" if mark != "½" else "warn")]

    def _day_lines(self, day: DayFigures, sheet: Sheet, width: int) -> list[Line]:
        words = {Fraction(0): "off", Fraction(1, 2): "half day", Fraction(1): "full day"}
        count = len(self.selected_dates())
        if count > 1:
            first, last = self.selected_dates()[0], self.selected_dates()[-1]
            return [[(f" {formats.days_text(first, last)}, {count} days", "")]]
        why = f", {day.why}" if day.why else ", set by you" if day.own else ""
        lines: list[Line] = [[(f" {formats.when_text(day.day)}  {words.get(day.weight, 'part of a day')}{why}", "")]]
        carries = [
            f"{share:,} {WORDS[asked.counted][share != 1]}"
            for asked in sheet.asked
            if asked.metric != "revenue" and (share := asked.course.target_of(day.day))
        ]
        if day.booked:
            lines.append([(f"   {formats.whole_amount(Fraction(day.booked))} closed", "")])
        if carries:
            lines += [
                [(f"   {part}", "dim")] for part in spans.wrap("target: " + ", ".join(carries), width - 4, measure)
            ]
        return [spans.cut(line, width, measure) for line in lines]

    def _day_at(self, x: int, y: int) -> date | None:
        """Return the date at a place."""
        if self.sheet is None or not self.sheet.days or not 1 <= y <= 6:
            return None
        column = (x - 1) // CELL
        index = (y - 1) * 7 + column - self.sheet.days[0].day.weekday()
        return self.sheet.days[index].day if 0 <= column < 7 and 0 <= index < len(self.sheet.days) else None

    def area_at(self, x: int, y: int) -> Region | None:
        day = self._day_at(x, y)
        return None if day is None else Region(1 + day.weekday() * CELL, y, CELL, 1)

    def on_click(self, event: events.Click) -> None:
        day = self._day_at(*event.get_content_offset_capture(self))
        if day is not None:
            self.post_message(DayClicked(day))
