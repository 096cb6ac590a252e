"""The month's calendar: what each date is worth as a working day, and which are selected."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region

from planner.domain import formats
from planner.domain.day.activity import WORDS
from planner.domain.plan.goals import Metric
from planner.tui.messages import DayClicked
from planner.tui.plan.widgets.sheet import SheetPart
from planner.tui.shared import spans
from planner.tui.shared.spans import Line, Span
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.services.plan.months import DayFigures, Sheet


CELL = 4  # cells of a date
LEAST_TILE, MOST_TILE = 9, 12  # cells of a date with its figures, and an empty one
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DETAILS = 4  # rows below the dates


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

    def _grid(self, width: int, height: int) -> tuple[int, int, int]:
        """Return the row of the first week, and the cells and rows of a date: more than one where its figures have
        room.
        """
        assert self.sheet is not None
        top = len(self.title("Calendar")) + 1
        weeks = -(-(self.sheet.days[0].day.weekday() + len(self.sheet.days)) // 7)
        cell, rows = min(MOST_TILE, (width - 1) // 7), min(3, (height - top - DETAILS) // weeks)
        return (top, cell, rows) if cell >= LEAST_TILE and rows > 1 else (top, CELL, 1)

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None or not sheet.days:
            return []
        _, cell, rows = self._grid(width, height)
        names = "".join(f"{name:>3}".ljust(cell) for name in WEEKDAYS)
        told = next((day for day in sheet.days if day.day == self.cursor), None)
        details = [] if told is None else self._day_lines(told, sheet, width)
        title = self.title("Calendar")
        if title and details:  # the selected day, at the right of the title
            [(day, style)], *details = details
            title = [spans.justify(title[0], [(spans.fit(f"{day} ", width - 12, measure), style)], width, measure)]
        lines: list[Line] = [*title, [(f" {names}", "dim")]]
        chosen = set(self.selected_dates())
        before = sheet.days[0].day.weekday()
        for first in range(-before, len(sheet.days), 7):
            days = [
                self._date(day, sheet, cell, rows, chosen=day.day in chosen)
                for day in sheet.days[max(0, first) : first + 7]
            ]
            lead: Line = [(" " * (1 + cell * max(0, -first)), "")]
            lines += [[*lead, *(span for day in days for span in day[row])] for row in range(rows)]
        if rows == 1 and len(lines) + len(details) < height:
            lines.append([])
        room = height - len(lines)
        if 0 < room < len(details):  # say that there is more
            *_, (text, style) = details[room - 1]
            details = [*details[: room - 1], [(spans.fit(f"{text.rstrip(',')}, …", width, measure), style)]]
        return [*lines, *details][:height]

    def _date(self, day: DayFigures, sheet: Sheet, cell: int, rows: int, *, chosen: bool) -> list[Line]:
        """A date in so many cells and rows: its number and weight, what was closed and what is asked of it."""
        now = day.day == sheet.today
        mark = "½" if day.weight == Fraction(1, 2) else " " if day.weight in (0, 1) else "≈"
        if day.own and mark == " ":
            mark = "×" if not day.weight else "+"
        style = "accent" if now else "cursor" if chosen else "" if day.weight else "dim"
        lead: Span = ("▌", "pointer") if chosen else ("▸" if now else " ", "accent")
        head: Line = [lead, (f"{day.day.day:>2}", style), (mark, "warn" if mark == "½" else "dim")]
        if rows == 1:
            return [spans.tinted(head, "picked") if chosen else head]
        if day.booked:
            closed = f"{formats.short_amount(float(day.booked))} "
            head = spans.justify(head[: 3 if mark.strip() else 2], [(closed, "")], cell - 1, measure)
        below: Line = [lead if chosen else (" ", ""), (self._asked_of(day, sheet, cell - 3), "dim")]
        tint = "picked" if chosen else "now" if now else "wide" if day.weight else "panel"
        tiles = [spans.tinted(line, tint, cell - 1, measure) for line in (head, below)[: rows - 1]]
        return [*([*tile, (" ", "")] for tile in tiles), []]

    def _asked_of(self, day: DayFigures, sheet: Sheet, width: int) -> str:
        """What is asked of a day first of all: calls, or else revenue."""
        for asked in sheet.asked:
            share = asked.course.target_of(day.day)
            if share and asked.metric == Metric.REVENUE and len(sheet.asked) == 1:
                return formats.short_amount(share)
            if share and asked.metric != Metric.REVENUE:
                told = f"{share:,} {WORDS[asked.counted][share != 1]}"
                return told if measure(told) <= width else f"{share:,}"
        return ""

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
            parts = [f"{part}," for part in carries[:-1]] + carries[-1:]
            text = f"target: {parts[0]}"
            for part in parts[1:]:  # a number stays with what it counts
                if measure(f"{text} {part}") > width - 4:
                    lines.append([(f"   {text}", "dim")])
                    text = part
                else:
                    text = f"{text} {part}"
            lines.append([(f"   {text}", "dim")])
        return [spans.cut(line, width, measure) for line in lines]

    def _day_at(self, x: int, y: int) -> tuple[date, Region] | None:
        """Return the date at a place and its cells."""
        if self.sheet is None or not self.sheet.days:
            return None
        top, cell, rows = self._grid(*self.size)
        week, column = (y - top) // rows, (x - 1) // cell
        index = week * 7 + column - self.sheet.days[0].day.weekday()
        if not (0 <= column < 7 and 0 <= index < len(self.sheet.days)):
            return None
        air = int(rows > 1)
        area = Region(1 + column * cell, top + week * rows, cell - air, rows - air)
        return self.sheet.days[index].day, area

    def area_at(self, x: int, y: int) -> Region | None:
        found = self._day_at(x, y)
        return None if found is None else found[1]

    def on_click(self, event: events.Click) -> None:
        found = self._day_at(*event.get_content_offset_capture(self))
        if found is not None:
            self.post_message(DayClicked(found[0]))
