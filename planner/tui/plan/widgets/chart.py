"""The chart of Plan: a month day by day against the pace, or the months of a longer span."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from textual import events

from planner.domain import formats
from planner.tui.messages import MonthClicked
from planner.tui.plan.widgets.sheet import SheetPart, whole
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.columns import Level, cell, joined
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.domain.forecast.amounts import Forecast
    from planner.domain.plan.revenue_breakdown import YearFall
    from planner.services.plan.months import MonthFigures, Sheet


class Chart(SheetPart):
    """Chart of revenue day by day against the pace of plan and quota, or by month in a longer span."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None:
            return []
        if sheet.days:
            return self._days(sheet, width, height) if sheet.plan is not None or sheet.booked else []
        return [line for _, line in self._months(sheet, width)][:height]

    # a month

    def _days(self, sheet: Sheet, width: int, height: int) -> list[Line]:
        rows = height - 2
        fan = {} if self.ahead is None else {day: found for day, found in self.ahead.fan if day > sheet.today}
        highest = max((found.high for found in fan.values()), default=0.0)
        plan, quota = (float(each.target) if each else 0.0 for each in (sheet.plan, sheet.quota))
        top = max(float(sheet.booked), plan, 1.0)
        top = max(top, min(highest, 1.5 * top))
        labels: dict[int, str] = {}
        for figure in filter(None, (plan, top, quota)):
            labels.setdefault(max(0, rows - 1 - int(figure / top * rows)), formats.short_amount(figure))
        left = max(len(text) for text in labels.values()) + 2
        ends = 7
        size = (width - left - ends - 1) // len(sheet.days)
        if rows < 3 or size < 1:
            return self._sentence(sheet, width)
        levels = _levels(sheet, top, rows, fan)
        lines: list[Line] = []
        for row in range(rows):
            axis = "┤" if row in labels else "│"
            line: Line = [(f"{labels.get(row, ''):>{left - 1}} {axis}", "dim")]
            for level in levels:
                line += cell(level, rows - 1 - row, size)
            line.append((self._end(levels[-1], rows - 1 - row, width - left - 1 - size * len(levels)), "dim"))
            lines.append(joined(line))
        lines.append([(f"{'0':>{left - 1}} ┼" + "─" * (size * len(levels)), "dim")])
        lines.append(self._axis(sheet, left + 1, size))
        return lines

    def _sentence(self, sheet: Sheet, width: int) -> list[Line]:
        """The chart's content as a sentence, used if there is no room for the chart."""
        text = f"{whole(Fraction(sheet.booked))} closed by {formats.when_text(sheet.today)}."
        for name, standing in (("Plan", sheet.plan), ("Quota", sheet.quota)):
            if standing is not None:
                text += f" {name} pace: {whole(standing.line)}."
        if self.ahead is not None and self.ahead.forecast is not None:
            text += f" Forecast: {whole(self.ahead.forecast.median)}."
        return [[(f" {part}", "dim")] for part in spans.wrapped(text, width - 2, measure)]

    def _end(self, level: Level, row: int, room: int) -> str:
        """Name the paces that end in a row."""
        lines = (("plan", level.plan), ("quota", level.quota))
        names = [name for name, line in lines if line is not None and int(line) == row]
        full = f" {' and '.join(names)} pace" if names else ""
        return full if measure(full) <= room else f" {' '.join(names)}"

    def _axis(self, sheet: Sheet, left: int, size: int) -> Line:
        ticks: dict[int, tuple[str, str]] = {}
        days = list(enumerate(sheet.days))
        # Place today's tick first, since the others give way to it.
        for index, day in sorted(days, key=lambda pair: pair[1].day != sheet.today):
            text, at = str(day.day.day), index * size
            now = day.day == sheet.today
            if not (now or index == 0 or day.day.weekday() == 0):
                continue
            if all(at + len(text) + 1 < other or other + len(told[0]) < at for other, told in ticks.items()):
                ticks[at] = (text, "bold" if now else "dim")
        line: Line = [(" " * left, "")]
        filled = 0
        for at, (text, style) in sorted(ticks.items()):
            line += [(" " * (at - filled), ""), (text, style)]
            filled = at + len(text)
        return line

    # a quarter or a year

    def _months(self, sheet: Sheet, width: int) -> list[tuple[int, Line]]:
        amounts = [whole(Fraction(month.plan.personal_plan)) for month in sheet.months if month.plan]
        amounts += [
            whole(part) for month in sheet.months if month.fall for part in (month.fall.planned, month.fall.asked)
        ]
        amounts += [whole(Fraction(month.booked)) for month in sheet.months]
        amounts += [f"({whole(Fraction(month.share))})" for month in sheet.months if month.share is not None]
        size = max(7, *(len(text) for text in amounts))
        bar = min(60, width - 2 * size - 42)
        fall = width >= 3 * size + 42 and any(month.fall for month in sheet.months)
        bar -= 2 * (size + 2) if fall else 0
        head = f"   {'':<10}{'days':>5}  {'closed':>{size}}  {'plan':>{size}}  of plan"
        if fall:
            head += f"  {'goal':>{size}}  {'needed':>{size}}"
        rows: list[tuple[int, Line]] = [(-1, [(head, "dim")])]
        for index, month in enumerate(sheet.months):
            rows.append((index, self._month(month, index, sheet, size, bar, fall)))
        if sheet.year is not None and fall:
            told = self._fall(sheet.year, sheet.currency)
            rows += [(-1, spans.cut([(f"   {text}", "dim")], width, measure)) for text in told]
        if any(month.share is not None for month in sheet.months):
            told_share = "   (…) is the month's share of your quota until it has a plan"
            rows.append((-1, spans.cut([(told_share, "dim")], width, measure)))
        return rows

    def _fall(self, year: YearFall, currency: str | None) -> list[str]:
        """Say how far past months fell short, and how that was redistributed."""
        unit = f" {currency}" if currency else ""
        goal = f"“{year.goal.title}” needs {whole(year.target)}{unit} by {formats.dated_text(year.stretch.last)}."
        if not year.missed:
            return [goal]
        if year.missed < 0:
            return [f"{goal} You're {whole(-year.missed)} over, taken off the months left."]
        return [f"{goal} You're {whole(year.missed)} short, spread over the months left."]

    def _month(self, month: MonthFigures, index: int, sheet: Sheet, size: int, bar: int, fall: bool) -> Line:
        chosen, now = index == self.cursor, sheet.today in month.month
        plan = month.plan
        booked = whole(Fraction(month.booked)) if month.booked or month.month.first <= sheet.today else "–"
        planned = "–" if month.share is None else f"({whole(Fraction(month.share))})"  # of the quota, not planned yet
        planned = planned if plan is None else whole(Fraction(plan.personal_plan))
        line: Line = [
            (" ▸ " if chosen else "   ", "accent"),
            (f"{formats.month_text(month.month.first).split()[0]:<10}", "cursor" if chosen else "bold" if now else ""),
            (f"{formats.number(float(month.working_days), 1):>5}", "dim"),
            (f"  {booked:>{size}}", ""),
            (f"  {planned:>{size}}", "dim"),
        ]
        share = None if plan is None else float(month.booked / plan.personal_plan)
        line.append((f"  {'–' if share is None else f'{formats.percent(share)}':>7}", "bold"))
        if fall:
            over = month.month.last < sheet.today
            planned, asked = ("–", "–") if month.fall is None else (whole(month.fall.planned), whole(month.fall.asked))
            more = month.fall is not None and not over and round(month.fall.asked) > round(month.fall.planned)
            line += [(f"  {planned:>{size}}", "dim"), (f"  {'' if over else asked:>{size}}", "warn" if more else "")]
        if bar >= 10 and plan is not None:
            line.append(("  ", ""))
            line += spans.bar(float(month.booked), float(plan.personal_plan), bar, float(plan.quota))
        return line

    def on_click(self, event: events.Click) -> None:
        if self.sheet is None or self.sheet.days:
            return
        rows = self._months(self.sheet, self.size.width)
        if 0 <= event.y < len(rows) and rows[event.y][0] >= 0:
            self.post_message(MonthClicked(rows[event.y][0]))


def _levels(sheet: Sheet, top: float, rows: int, fan: dict[date, Forecast]) -> list[Level]:
    found: list[Level] = []
    run = float(sheet.brought_in)
    for day in sheet.days:
        run += float(day.booked) if day.counts else 0.0
        plan, quota = (
            None if line is None else min(rows - 0.01, float(line) / top * rows)
            for line in (day.plan_line, day.quota_line)
        )
        ahead = fan.get(day.day)
        reach = None if ahead is None else (ahead.low / top * rows, ahead.high / top * rows)
        found.append(Level(run / top * rows if day.day <= sheet.today else None, plan, quota, reach))
    return found
