"""The chart of Plan: a month day by day against the pace, or the months of a longer span."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from textual import events

from planner.domain import formats
from planner.tui.messages import MonthClicked
from planner.tui.plan.widgets.sheet import SheetPart, format_whole
from planner.tui.shared import charts, spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.domain.forecast.amounts import Forecast
    from planner.domain.plan.revenue_breakdown import YearFall
    from planner.services.plan.months import MonthFigures, Sheet

WIDE_ENDS = 70  # columns: from here on the names at the ends have their amounts


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
        plan, quota = (float(each.target) if each else 0.0 for each in (sheet.plan, sheet.quota))
        top = max(float(sheet.booked), plan, quota, 1.0)
        top = 1.04 * max(top, min(max((found.high for found in fan.values()), default=0.0), 1.5 * top))
        ends = self._ends(sheet, width >= WIDE_ENDS)
        left = max(len(text) for text in ["0", *charts.axis_labels(top, max(1, rows)).values()]) + 2
        right = max((measure(label.text) for label in ends), default=0) + 1
        inner = width - left - right
        if rows < 3 or inner < len(sheet.days):
            return self._sentence(sheet, width)
        drawn = charts.plot(
            (inner, rows), top, _closed(sheet),
            _bands([fan.get(day.day) for day in sheet.days]),
            [
                charts.Curve([_float(day.quota_line) for day in sheet.days], "dim", dashed=True),
                charts.Curve([_float(day.plan_line) for day in sheet.days], "bold"),
            ],
        )  # fmt: skip
        labels, names = charts.axis_labels(top, rows), charts.end_labels(ends, top, rows)
        lines: list[Line] = []
        for row, line in zip(reversed(range(rows)), drawn, strict=True):
            name = [(f" {names[row].text}", names[row].style)] if row in names else []
            lines.append([(f"{labels.get(row, ''):>{left - 1}}", "dim"), ("▕", "track"), *line, *name])
        lines.append([(f"{'0':>{left - 1}}", "dim"), (" ", ""), ("▔" * inner, "track")])
        return [*lines, [(" " * left, ""), *charts.ticks(_day_names(sheet), inner)]]

    def _ends(self, sheet: Sheet, wide: bool) -> list[charts.Label]:
        """What the chart's lines and areas are, beside their ends."""
        found: list[charts.Label] = []
        forecast = None if self.ahead is None else self.ahead.forecast
        for sign, name, style, value in (
            ("●", "plan", "bold", None if sheet.plan is None else float(sheet.plan.target)),
            ("╌", "quota", "dim", None if sheet.quota is None else float(sheet.quota.target)),
            ("▪", "likely", "accent", None if forecast is None else forecast.median),
            ("█", "closed", "fill", float(sheet.booked) or None),
        ):
            if value is not None:
                text = f"{sign} {name} {formats.short_amount(value)}" if wide else name
                found.append(charts.Label(value, text, style))
        return found

    def _sentence(self, sheet: Sheet, width: int) -> list[Line]:
        """The chart's content as a sentence, used if there is no room for the chart."""
        text = f"{format_whole(Fraction(sheet.booked))} closed by {formats.when_text(sheet.today)}."
        for name, standing in (("Plan", sheet.plan), ("Quota", sheet.quota)):
            if standing is not None:
                text += f" {name} pace: {format_whole(standing.line)}."
        if self.ahead is not None and self.ahead.forecast is not None:
            text += f" Forecast: {format_whole(self.ahead.forecast.median)}."
        return [[(f" {part}", "dim")] for part in spans.wrap(text, width - 2, measure)]

    # a quarter or a year

    def _months(self, sheet: Sheet, width: int) -> list[tuple[int, Line]]:
        amounts = [format_whole(Fraction(month.plan.personal_plan)) for month in sheet.months if month.plan]
        amounts += [
            format_whole(part)
            for month in sheet.months
            if month.fall
            for part in (month.fall.planned, month.fall.asked)
        ]
        amounts += [format_whole(Fraction(month.booked)) for month in sheet.months]
        amounts += [f"({format_whole(Fraction(month.share))})" for month in sheet.months if month.share is not None]
        size = max(7, *(len(text) for text in amounts))
        bar = min(60, width - 2 * size - 42)
        fall = width >= 3 * size + 42 and any(month.fall for month in sheet.months)
        bar -= 2 * (size + 2) if fall else 0
        head = f"   {'':<10}{'days':>5}  {'closed':>{size}}  {'plan':>{size}}  % of plan"
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
        goal = (
            f"“{year.goal.title}” needs {format_whole(year.target)}{unit} by {formats.dated_text(year.stretch.last)}."
        )
        if not year.missed:
            return [goal]
        if year.missed < 0:
            return [f"{goal} You're {format_whole(-year.missed)} over, so the months left need less."]
        return [f"{goal} You're {format_whole(year.missed)} short, spread over the months left."]

    def _month(self, month: MonthFigures, index: int, sheet: Sheet, size: int, bar: int, fall: bool) -> Line:
        chosen, now = index == self.cursor, sheet.today in month.month
        plan = month.plan
        booked = format_whole(Fraction(month.booked)) if month.booked or month.month.first <= sheet.today else "–"
        planned = (
            "–" if month.share is None else f"({format_whole(Fraction(month.share))})"
        )  # of the quota, not planned yet
        planned = planned if plan is None else format_whole(Fraction(plan.personal_plan))
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
                ("–", "–") if month.fall is None else (format_whole(month.fall.planned), format_whole(month.fall.asked))
            )
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


def _closed(sheet: Sheet) -> list[float | None]:
    """What was closed by the end of each day so far."""
    run = float(sheet.brought_in)
    found: list[float | None] = []
    for day in sheet.days:
        run += float(day.booked) if day.counts else 0.0
        found.append(run if day.day <= sheet.today else None)
    return found


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _bands(fan: list[Forecast | None]) -> list[charts.Band]:
    """The forecast at the end of each day: the range that holds 80% of the probability, and the one that holds half."""
    wide = [None if found is None else (found.low, found.high) for found in fan]
    return [charts.Band(wide, "wide"), charts.Band([None if found is None else found.middle for found in fan], "band")]


def _day_names(sheet: Sheet) -> list[tuple[float, str, str]]:
    """The dates under the chart: today first, since the others give way to it, then the Mondays."""
    days = list(enumerate(sheet.days))
    return [
        ((index + 0.5) / len(days), str(day.day.day), "accent" if day.day == sheet.today else "dim")
        for index, day in sorted(days, key=lambda pair: pair[1].day != sheet.today)
        if day.day == sheet.today or index in (0, len(days) - 1) or day.day.weekday() == 0
    ]
