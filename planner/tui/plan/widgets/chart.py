"""The chart of Plan: a month day by day against the pace, or the months of a longer span."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region

from planner.domain import formats
from planner.tui.messages import MonthClicked
from planner.tui.plan.widgets.figures import days_left, ways_to_begin
from planner.tui.plan.widgets.sheet import SheetPart
from planner.tui.shared import spans
from planner.tui.shared.month_chart import month_chart
from planner.tui.shared.panels import centred
from planner.tui.shared.spans import Line
from planner.tui.shared.welcome import welcome_lines
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.domain.plan.revenue_breakdown import YearFall
    from planner.services.plan.months import MonthFigures, Sheet


def is_unplanned(sheet: Sheet) -> bool:
    """Return whether it is a month with nothing to draw: without a plan, and nothing closed."""
    return bool(sheet.days) and sheet.plan is None and not sheet.booked


class Chart(SheetPart):
    """Chart of revenue day by day against the pace of plan and quota, or by month in a longer span."""

    FIXED_HEIGHT = False  # the months end where they end

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0
        self.first = False
        """Whether the welcome stands in its place."""

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None:
            return []
        if not sheet.days:
            return [line for _, line in self._months(sheet, width)]
        if self.first:
            return welcome_lines(width, height, measure)
        if is_unplanned(sheet):
            title = [spans.justify(line, days_left(sheet), width, measure) for line in self.title(sheet.name)]
            told, *keys = ways_to_begin(sheet, width - 2)
            return [*title, *centred([told, [], *keys], width, height - len(title), measure)] if title else []
        title = self.title("Revenue by day")
        return [*title, *month_chart(sheet, self.ahead, width, height - len(title))]

    # a quarter or a year

    def _months(self, sheet: Sheet, width: int) -> list[tuple[int, Line]]:
        amounts = [formats.whole_amount(Fraction(month.plan.personal_plan)) for month in sheet.months if month.plan]
        amounts += [
            formats.whole_amount(part)
            for month in sheet.months
            if month.fall
            for part in (month.fall.planned, month.fall.asked)
        ]
        amounts += [formats.whole_amount(Fraction(month.booked)) for month in sheet.months]
        amounts += [
            f"({formats.whole_amount(Fraction(month.share))})" for month in sheet.months if month.share is not None
        ]
        size = max(7, *(len(text) for text in amounts))
        bar = min(60, width - 2 * size - 42)
        fall = width >= 3 * size + 42 and any(month.fall for month in sheet.months)
        bar -= 2 * (size + 2) if fall else 0
        head = f"   {'':<10}{'days':>5}  {'closed':>{size}}  {'plan':>{size}}  % of plan"
        if fall:
            head += f"  {'goal':>{size}}  {'needed':>{size}}"
        rows = [*((-1, line) for line in self.title("Revenue by month")), (-1, [(head, "dim")])]
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
        target, last = formats.whole_amount(year.target), formats.dated_text(year.stretch.last)
        goal = f"“{year.goal.title}” needs {target}{unit} by {last}."
        if not year.missed:
            return [goal]
        if year.missed < 0:
            return [f"{goal} You're {formats.whole_amount(-year.missed)} over, so the months left need less."]
        return [f"{goal} You're {formats.whole_amount(year.missed)} short, spread over the months left."]

    def _month(self, month: MonthFigures, index: int, sheet: Sheet, size: int, bar: int, fall: bool) -> Line:
        chosen, now = index == self.cursor, sheet.today in month.month
        plan = month.plan
        booked = (
            formats.whole_amount(Fraction(month.booked)) if month.booked or month.month.first <= sheet.today else "–"
        )
        planned = (
            "–" if month.share is None else f"({formats.whole_amount(Fraction(month.share))})"
        )  # of the quota, not planned yet
        planned = planned if plan is None else formats.whole_amount(Fraction(plan.personal_plan))
        line: Line = [
            spans.pointer(chosen),
            (f"{formats.month_text(month.month.first).split()[0]:<10}", "cursor" if chosen else "bold" if now else ""),
            (f"{formats.number(float(month.working_days), 1):>5}", "dim"),
            (f"  {booked:>{size}}", ""),
            (f"  {planned:>{size}}", "dim"),
        ]
        share = None if plan is None else float(month.booked / plan.personal_plan)
        line.append((f"  {'–' if share is None else f'{formats.percent(share)}':>7}", "bold"))
        if fall:
            over = month.month.last < sheet.today
            planned, asked = (
                ("–", "–")
                if month.fall is None
                else (formats.whole_amount(month.fall.planned), formats.whole_amount(month.fall.asked))
            )
            more = month.fall is not None and not over and round(month.fall.asked) > round(month.fall.planned)
            line += [(f"  {planned:>{size}}", "dim"), (f"  {'' if over else asked:>{size}}", "warn" if more else "")]
        if bar >= 10 and plan is not None:
            line.append(("  ", ""))
            line += spans.bar(float(month.booked), float(plan.personal_plan), bar, float(plan.quota))
        return line

    def _month_at(self, y: int) -> int | None:
        """Return the index of the month on a line, None without one."""
        rows = [] if self.sheet is None or self.sheet.days else self._months(self.sheet, self.size.width)
        return rows[y][0] if 0 <= y < len(rows) and rows[y][0] >= 0 else None

    def area_at(self, x: int, y: int) -> Region | None:
        return None if self._month_at(y) is None else self.row_area(y)

    def on_click(self, event: events.Click) -> None:
        index = self._month_at(event.get_content_offset_capture(self).y)
        if index is not None:
            self.post_message(MonthClicked(index))
