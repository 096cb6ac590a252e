"""Draws the charts of the review as lines of text, each with its message in words. Data in, lines out.

Drawn here because a plot library (plotext) writes its own colours, which no theme controls and which carry meaning by
colour alone. Bars, and a map of shades and signs, are all that is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from planner.domain import formats
from planner.domain.review.charts import Charts, PaceDay, YearDay
from planner.domain.review.charts import level as shade_of
from planner.domain.review.review import FIGURES, NAMES, PARTS
from planner.domain.text import plural
from planner.tui.review.widgets.page import Row, hint_rows, rows_of
from planner.tui.shared import charts
from planner.tui.shared.spans import Line

T = TypeVar("T", int, float)
SHADES = "░▒▓█"
HIGH, LOW, BELOW = 6, 4, 3  # rows of the pace chart, the least of them, and those of what is below it
LABEL = 18
AXIS = 7
WIDE_HOUR = 14


class Chart(NamedTuple):
    """A chart with its title, and what its signs mean."""

    title: str
    legend: Line
    lines: list[Line]


def all_charts(found: Charts, width: int, rows: int = 0) -> list[Chart]:
    """Return all charts with something to show. With `rows` for them, the first is low enough for the hours to be whole
    in them.
    """
    weeks, email, calls = trends(found, width), mail(found, width), hours(found, width)
    if weeks is not None and email is not None:
        weeks, email = weeks._replace(lines=[*weeks.lines, *email.lines]), None
    used = sum(len(part.lines) + 2 for part in (weeks, email, calls) if part is not None)
    high = min(HIGH, max(LOW, rows - used - BELOW - 2)) if rows else HIGH
    parts = (pace(found.pace, width, high), weeks, email, calls, year(found.year, width))
    return [part for part in parts if part is not None]


def rows(parts: Sequence[Chart]) -> list[Row]:
    """Put charts one below the other."""
    lines: list[Line] = []
    for part in parts:
        legend: Line = [("   ", ""), *part.legend] if part.legend else []
        lines += [*([[]] if lines else []), [(part.title, "dim"), *legend], *part.lines]
    return rows_of(lines) if lines else hint_rows([[("No charts yet. They appear after the first day you log.", "")]])


def pace(days: Sequence[PaceDay], width: int, height: int = HIGH) -> Chart | None:
    """The month against both paces: bars of revenue below the paces of plan and quota."""
    if not days:
        return None
    inner = width - AXIS
    top = 1.04 * max(float(days[-1].plan), max((float(day.booked or 0) for day in days), default=0.0), 1.0)
    drawn = charts.plot(
        (inner, height), top, [None if day.booked is None else float(day.booked) for day in days], (),
        [
            charts.Curve([float(day.quota) for day in days], "dim", dotted=True),
            charts.Curve([float(day.plan) for day in days], "bold"),
        ],
    )  # fmt: skip
    closed = ("▔", f"{charts.EDGE} on {charts.FILLED}")
    legend: Line = [("● plan pace  ┈ quota pace  ", "dim"), closed, (" closed", "dim")]
    lines: list[Line] = []
    labels = charts.axis_labels(top, height)
    for row, line in zip(reversed(range(height)), drawn, strict=True):
        lines.append([(f"{labels.get(row, ''):>{AXIS - 1}}", "dim"), ("▕", "track"), *line])
    lines.append([(f"{'0':>{AXIS - 1}} ", "dim"), ("▔" * inner, "track")])
    marks = [((number - 0.5) / len(days), str(number), "dim") for number in (1, len(days), 10, 20)]
    lines.append([(" " * AXIS, ""), *charts.ticks(marks, inner)])
    known = [day for day in days if day.booked is not None]
    if known:
        last = known[-1]
        gap = float(last.booked or 0) - float(last.plan)
        sign, style, word = ("▲", "good", "ahead of") if gap >= 0 else ("▼", "bad", "behind")
        told = f"{formats.amount(round(abs(gap)))} {word} plan pace on {formats.when_text(last.day)}"
        lines.append([(" " * AXIS, ""), (f"{sign} ", style), (told, "")])
    return Chart("Revenue and pace", legend, lines)


def trends(found: Charts, width: int) -> Chart | None:
    """A spark per figure, over the weeks up to the current one."""
    shown = [name for name in FIGURES if any(found.trends[name])]
    if not shown or len(found.weeks) < 2:
        return None
    told = {name: _range(f"{value:,}" for value in _ends(found.trends[name])) for name in shown}
    room = width - LABEL - max(map(len, told.values()))
    lines: list[Line] = []
    for name in shown:
        bars = charts.spark_line([float(value) for value in found.trends[name]], room)
        lines.append([(f"{NAMES[name]:<{LABEL}}", ""), *bars, (told[name], "dim")])
    return Chart(f"{len(found.weeks)} weeks", [(f"{found.weeks[0]} to {found.weeks[-1]}", "dim")], lines)


def _ends(values: Sequence[T]) -> tuple[T, T, T]:
    return min(values), max(values), values[-1]


def _range(texts: Iterable[str]) -> str:
    """Say from where to where a spark goes: its scale."""
    return "  {} to {}, now {}".format(*texts)


def mail(found: Charts, width: int) -> Chart | None:
    """The share of emails read in their windows, week by week."""
    known = [kept for kept in found.mail if kept is not None]
    if not known:
        return None
    told = _range(map(formats.percent, _ends(known)))
    bars = charts.spark_line(found.mail, width - LABEL - len(told))
    return Chart("Email", [], [[(f"{PARTS['mail']:<{LABEL}}", ""), *bars, (told, "dim")]])


def hours(review: Charts, width: int) -> Chart | None:
    """Calls by hour and weekday, with a tint for the share that was reached."""
    found = review.hours
    if found.whole is None:
        return None
    hours = sorted(found.hours)
    rates = [hour.rate for hour in found.cells.values()]
    low, high = min(rates), max(rates)
    legend: Line = [
        ("reached: ", "dim"),
        (f" {formats.percent(low)} ", "dim on heat1"),
        (f" {formats.percent(high)} ", "bold on heat4"),
    ]
    size = min(WIDE_HOUR, max(6, (width - LABEL + 12) // len(hours)))
    lines: list[Line] = [[(f"{'':<{LABEL - 12}}" + "".join(f"{hour:>{size - 1}} " for hour in hours), "dim")]]
    for weekday in range(7):
        cells = [found.cells.get((weekday, hour)) for hour in hours]
        if not any(cells):
            continue
        line: Line = [(f"{formats.WEEKDAYS[weekday]:<{LABEL - 12}}", "")]
        for hour in cells:
            if hour is None:
                line.append((f"{'·':>{size - 1}} ", "track"))
                continue
            line.append(charts.heat(f"{hour.dials:>{size - 1}} ", hour.rate, low, high))
        lines.append(line)
    best = ", ".join(f"{hour}:00" for hour in found.best_hours)
    if best:
        lines.append([(f"{'':<{LABEL - 12}}", ""), ("▲ ", "good"), (f"clearly better than average: {best}", "")])
    return Chart("Calls by hour and weekday", legend, lines)


def year(days: Sequence[YearDay], width: int) -> Chart | None:
    """The discipline of a year: one column per week, Monday on top, cut off on the left if it doesn't fit."""
    seen = [day.worth for day in days if day.worth is not None]
    if not seen:
        return None
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    weeks = weeks[-max(4, width - LABEL + 12) :]
    mean = sum(seen) / len(seen)
    shades = f"{SHADES[0]} under 25% … {SHADES[-1]} 80% or more"
    told = f"   average {formats.percent(mean)} over {plural(len(seen), 'day', 'days')}"
    months = ""
    for number, week in enumerate(weeks):
        name = formats.MONTHS[week[0].day.month - 1] if week[0].day.day <= 7 else ""
        months = months.ljust(number) + name if len(months) <= number else months
    lines: list[Line] = [[(f"{'':<{LABEL - 12}}{months}", "dim")]]
    for weekday in range(7):
        cells = [week[weekday] if weekday < len(week) else None for week in weeks]
        if weekday > 4 and not any(day is not None and day.worth is not None for day in cells):
            continue
        line: Line = [(f"{formats.WEEKDAYS[weekday]:<{LABEL - 12}}", "")]
        for day in cells:
            shade = None if day is None else shade_of(day.worth)
            line.append((" ", "") if day is None else ("·", "track") if shade is None else (SHADES[shade], "fill"))
        lines.append(line)
    return Chart("Discipline over the year", [(shades + told, "dim")], lines)
