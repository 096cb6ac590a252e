"""The chart of a month: what was closed, the pace of plan and quota, and what is likely, as lines of styled spans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from planner.domain import formats
from planner.tui.shared import charts, spans
from planner.tui.shared.spans import Line, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from planner.domain.forecast.amounts import Forecast
    from planner.services.plan.months import Ahead, Sheet

WIDE_ENDS = 60  # cells from which on the ends of lines are named with their values


def month_chart(sheet: Sheet, ahead: Ahead | None, width: int, height: int) -> list[Line]:
    """Draw revenue day by day against the pace of plan and quota, with the forecast where it is known.

    Without room for the chart, its content is figures.
    """
    rows = height - 2
    fan = {} if ahead is None else {day: found for day, found in ahead.fan if day > sheet.today}
    plan, quota = (float(each.target) if each else 0.0 for each in (sheet.plan, sheet.quota))
    top = max(float(sheet.booked), plan, quota, 1.0)
    top = 1.04 * max(top, min(max((found.high for found in fan.values()), default=0.0), 1.5 * top))
    left = max(len(text) for text in ["0", *charts.axis_labels(top, max(1, rows)).values()]) + 2
    ends = _ends(sheet, ahead, fan, width >= WIDE_ENDS)
    inner = width - left - max((width_of(_named(label)) for label in ends), default=0)
    if rows < 3 or inner < len(sheet.days):
        return _figures(sheet, ahead, width, height)
    drawn = charts.plot(
        (inner, rows), top, _closed(sheet),
        _bands(sheet, fan),
        [
            charts.Curve([_float(day.quota_line) for day in sheet.days], "dim", dotted=True),
            charts.Curve([_likely(sheet, day.day, fan) for day in sheet.days], "accent"),
            charts.Curve([_float(day.plan_line) for day in sheet.days], "bold"),
        ],
    )  # fmt: skip
    labels, names = charts.axis_labels(top, rows), charts.end_labels(ends, top, rows)
    lines: list[Line] = []
    for row, line in zip(reversed(range(rows)), drawn, strict=True):
        name = _named(names[row]) if row in names else []
        lines.append([(f"{labels.get(row, ''):>{left - 1}}", "dim"), ("▕", "track"), *line, *name])
    lines.append([(f"{'0':>{left - 1}}", "dim"), (" ", ""), ("▔" * inner, "track")])
    return [*lines, [(" " * left, ""), *charts.ticks(_day_names(sheet), inner)]]


def _ends(sheet: Sheet, ahead: Ahead | None, fan: Mapping[date, Forecast], wide: bool) -> list[charts.Label]:
    """What the chart's lines and areas are, beside their ends."""
    found: list[charts.Label] = []
    forecast = None if ahead is None else ahead.forecast
    for sign, name, style, value in (
        (("●", "bold"), "plan", "bold", None if sheet.plan is None else float(sheet.plan.target)),
        (("┈", "dim"), "quota", "dim", None if sheet.quota is None else float(sheet.quota.target)),
        (("⠒", "accent"), "likely", "accent", None if forecast is None else forecast.median),
        (("▔", f"{charts.EDGE} on {charts.FILLED}"), "closed", "", float(sheet.booked) or None),
    ):
        if value is not None:
            text = f"{name} {formats.short_amount(value)}" if wide else name
            found.append(charts.Label(value, sign, text, style))
    if fan:
        word = " range" if wide else ""
        end = fan[max(fan)]
        low, high = end.middle or (end.low, end.low)
        found.append(charts.Label((high + end.high) / 2, (" ", " on wide"), f"80%{word}", "dim", drift=0))
        if end.middle is not None:
            found.append(charts.Label((low + high) / 2, (" ", " on band"), f"50%{word}", "dim", drift=1))
    return found


def _named(label: charts.Label) -> Line:
    """The name at the end of a line or an area, behind a sign that looks like it."""
    return [(" ", ""), label.sign, (f" {label.text}", label.style)]


def _figures(sheet: Sheet, ahead: Ahead | None, width: int, height: int) -> list[Line]:
    """The chart's content as figures, a row each, or as a sentence if they are too many rows."""
    found = [("closed", formats.whole_amount(sheet.booked))]
    found += [
        (f"{name} pace", formats.whole_amount(standing.line))
        for name, standing in (("plan", sheet.plan), ("quota", sheet.quota))
        if standing is not None
    ]
    if ahead is not None and ahead.forecast is not None:
        found.append(("forecast", formats.whole_amount(ahead.forecast.median)))
    size = max(len(amount) for _, amount in found)
    if len(found) <= height and size + 13 <= width:
        return [[(f" {name:<12}", "dim"), (f"{amount:>{size}}", "" if index else "bold")]
                for index, (name, amount) in enumerate(found)]  # fmt: skip
    text = ", ".join(f"{name} {amount}" for name, amount in found)
    return [[(f" {part}", "dim")] for part in spans.wrap(text, width - 2)]


def _closed(sheet: Sheet) -> list[float | None]:
    """What was closed by the end of each day so far."""
    run = float(sheet.brought_in)
    found: list[float | None] = []
    for day in sheet.days:
        run += float(day.booked) if day.counts else 0.0
        found.append(run if day.day <= sheet.today else None)
    return found


def _likely(sheet: Sheet, day: date, fan: Mapping[date, Forecast]) -> float | None:
    if day == sheet.today and fan:
        return float(sheet.booked)
    return fan[day].median if day in fan else None


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _bands(sheet: Sheet, fan: Mapping[date, Forecast]) -> list[charts.Band]:
    """The forecast at the end of each day: the range that holds 80% of the probability, and the one that holds half.
    Both open out from what is closed today.
    """
    closed = float(sheet.booked)
    wide: list[tuple[float, float] | None] = []
    middle: list[tuple[float, float] | None] = []
    for each in sheet.days:
        found = fan.get(each.day)
        start = (closed, closed) if each.day == sheet.today and fan else None
        wide.append(start if found is None else (found.low, found.high))
        middle.append(start if found is None else found.middle)
    return [charts.Band(wide, "wide"), charts.Band(middle, "band")]


def _day_names(sheet: Sheet) -> list[tuple[float, str, str]]:
    """The dates under the chart: today first, since the others give way to it, then the Mondays."""
    days = list(enumerate(sheet.days))
    return [
        ((index + 0.5) / len(days), str(day.day.day), "accent" if day.day == sheet.today else "dim")
        for index, day in sorted(days, key=lambda pair: pair[1].day != sheet.today)
        if day.day == sheet.today or index in (0, len(days) - 1) or (day.day.weekday() == 0 and index > 2)
    ]
