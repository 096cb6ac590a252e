"""Draws the charts of the review as lines of text, each with its message in words. Data in, lines out.

Drawn here because a plot library (plotext) writes its own colours, which no theme controls and which carry meaning by
colour alone. Bars, and a map of shades and signs, are all that is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from planner.domain import formats
from planner.domain.review.charts import Charts, PaceDay, YearDay
from planner.domain.review.charts import level as shade_of
from planner.domain.review.review import FIGURES, NAMES
from planner.domain.text import many
from planner.tui.review.widgets.review import Row, rows_of, spark
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.columns import Level, cell, joined

SHADES = "░▒▓█"
HIGH = 6  # rows of the pace chart
BLOCKS = " ▁▂▃▄▅▆▇█"
LABEL = 18


def rows(charts: Charts, width: int) -> list[Row]:
    """Return all charts with something to show, one below the other."""
    found: list[Line] = []
    for part in (
        _pace(charts.pace, width),
        _trends(charts),
        _mail(charts),
        _hours(charts),
        _year(charts.year, width),
    ):
        if part:
            found += [*([[]] if found else []), *part]
    return rows_of(found or [[("No charts yet. They appear after the first day you log.", "")]])


def _pace(days: Sequence[PaceDay], width: int) -> list[Line]:
    """The month against both paces: bars of revenue below the paces of plan and quota."""
    if not days:
        return []
    each = 2 if width >= LABEL + 2 * len(days) else 1
    top = max(float(days[-1].plan), max((float(day.booked or 0) for day in days), default=0.0), 1.0)

    def rows_up(amount: Fraction | None) -> float | None:
        return None if amount is None else min(HIGH - 0.01, float(amount) / top * HIGH)

    levels = [Level(rows_up(day.booked), rows_up(day.plan), rows_up(day.quota)) for day in days]
    lines: list[Line] = [[("Revenue and pace", "dim"), ("   ∙ plan pace  ╌ quota pace  █ closed", "dim")]]
    for row in range(HIGH - 1, -1, -1):
        label = {HIGH - 1: formats.amount(round(top)), 0: "0"}.get(row, "")
        line: Line = [(f"{label:>{LABEL - 4}} ", "dim")]
        for level in levels:
            line += cell(level, row, each)
        lines.append(joined(line))
    known = [day for day in days if day.booked is not None]
    if known:
        last = known[-1]
        gap = float(last.booked or 0) - float(last.plan)
        sign, style, word = ("▲", "good", "ahead of") if gap >= 0 else ("▼", "bad", "behind")
        told = f"{formats.amount(round(abs(gap)))} {word} plan pace on {formats.when_text(last.day)}"
        lines.append([(" " * (LABEL - 3), ""), (f"{sign} ", style), (told, "")])
    return lines


def _trends(charts: Charts) -> list[Line]:
    shown = [name for name in FIGURES if any(charts.trends[name])]
    if not shown or len(charts.weeks) < 2:
        return []
    lines: list[Line] = [[(f"{len(charts.weeks)} weeks, {charts.weeks[0]} to {charts.weeks[-1]}", "dim")]]
    for name in shown:
        values = charts.trends[name]
        bars = spark([float(value) for value in values])
        told = f"  {min(values):,} to {max(values):,}, now {values[-1]:,}"
        lines.append([(f"{NAMES[name]:<{LABEL}}", ""), (bars[:-1], "fill"), (bars[-1], "accent"), (told, "dim")])
    return lines


def _mail(charts: Charts) -> list[Line]:
    known = [kept for kept in charts.mail if kept is not None]
    if not known:
        return []
    bars = "".join("·" if kept is None else BLOCKS[max(1, round(kept * 8))] for kept in charts.mail)
    told = f"  {formats.percent(min(known))} to {formats.percent(max(known))}, now {formats.percent(known[-1])}"
    return [[(f"{'email in windows':<{LABEL}}", ""), (bars, "fill"), (told, "dim")]]


def _hours(charts: Charts) -> list[Line]:
    """Calls by hour and weekday, with a shade for the share that was reached."""
    found = charts.hours
    if found.whole is None:
        return []
    hours = sorted(found.hours)
    rates = [hour.rate for hour in found.cells.values()]
    low, high = min(rates), max(rates)
    shades = f"reached: {SHADES[0]} {formats.percent(low)} to {SHADES[-1]} {formats.percent(high)}"
    lines: list[Line] = [[("Calls by hour and weekday", "dim"), (f"   {shades}", "dim")]]
    lines.append([(f"{'':<{LABEL - 12}}" + "".join(f"{hour:>6}" for hour in hours), "dim")])
    for weekday in range(7):
        cells = [found.cells.get((weekday, hour)) for hour in hours]
        if not any(cells):
            continue
        line: Line = [(f"{formats.WEEKDAYS[weekday]:<{LABEL - 12}}", "")]
        for hour in cells:
            if hour is None:
                line.append((f"{'·':>6}", "track"))
                continue
            share = (hour.rate - low) / (high - low) if high > low else 1.0
            line += [(f"{hour.dials:>5}", ""), (SHADES[min(3, int(share * 4))], "fill")]
        lines.append(line)
    best = ", ".join(f"{hour}:00" for hour in found.best_hours)
    if best:
        lines.append([(f"{'':<{LABEL - 12}}", ""), ("▲ ", "good"), (f"clearly better than average: {best}", "")])
    return lines


def _year(days: Sequence[YearDay], width: int) -> list[Line]:
    """The discipline of a year: one column per week, Monday on top, cut off on the left if it doesn't fit."""
    seen = [day.worth for day in days if day.worth is not None]
    if not seen:
        return []
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    weeks = weeks[-max(4, width - LABEL + 12) :]
    mean = sum(seen) / len(seen)
    shades = f"   {SHADES[0]} under 25% … {SHADES[-1]} 80% or more"
    told = f"   average {formats.percent(mean)} over {many(len(seen), 'day', 'days')}"
    lines: list[Line] = [[("Discipline over the year", "dim"), (shades, "dim"), (told, "dim")]]
    months = ""
    for number, week in enumerate(weeks):
        name = formats.MONTHS[week[0].day.month - 1] if week[0].day.day <= 7 else ""
        months = months.ljust(number) + name if len(months) <= number else months
    lines.append([(f"{'':<{LABEL - 12}}{months}", "dim")])
    for weekday in range(7):
        cells = [week[weekday] if weekday < len(week) else None for week in weeks]
        if weekday > 4 and not any(day is not None and day.worth is not None for day in cells):
            continue
        line: Line = [(f"{formats.WEEKDAYS[weekday]:<{LABEL - 12}}", "")]
        for day in cells:
            shade = None if day is None else shade_of(day.worth)
            line.append((" ", "") if day is None else ("·", "track") if shade is None else (SHADES[shade], "fill"))
        lines.append(line)
    return lines
