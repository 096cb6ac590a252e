"""Draws the charts of the review as lines of text, each with its message in words. Data in, lines out.

Drawn here because a plot library (plotext) writes its own colours, which no theme controls and which carry meaning by
colour alone. Bars, and a map of shades and signs, are all that is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain import formats
from planner.domain.review.charts import Charts, PaceDay, YearDay
from planner.domain.review.charts import level as shade_of
from planner.domain.review.review import FIGURES, NAMES, PARTS
from planner.domain.text import plural
from planner.tui.review.widgets.review import Row, rows_of
from planner.tui.shared import charts
from planner.tui.shared.spans import Line

SHADES = "░▒▓█"
HIGH = 6  # rows of the pace chart
LABEL = 18


def rows(found: Charts, width: int) -> list[Row]:
    """Return all charts with something to show, one below the other."""
    lines: list[Line] = []
    for part in (
        _pace(found.pace, width),
        _trends(found),
        _mail(found),
        _hours(found),
        _year(found.year, width),
    ):
        if part:
            lines += [*([[]] if lines else []), *part]
    return rows_of(lines or [[("No charts yet. They appear after the first day you log.", "")]])


def _pace(days: Sequence[PaceDay], width: int) -> list[Line]:
    """The month against both paces: bars of revenue below the paces of plan and quota."""
    if not days:
        return []
    inner = min(width - LABEL, 3 * len(days))
    top = 1.04 * max(float(days[-1].plan), max((float(day.booked or 0) for day in days), default=0.0), 1.0)
    drawn = charts.plot(
        (inner, HIGH), top, [None if day.booked is None else float(day.booked) for day in days], (),
        [
            charts.Curve([float(day.quota) for day in days], "dim", dashed=True),
            charts.Curve([float(day.plan) for day in days], "bold"),
        ],
    )  # fmt: skip
    lines: list[Line] = [[("Revenue and pace", "dim"), ("   ● plan pace  ╌ quota pace  █ closed", "dim")]]
    labels = charts.axis_labels(top, HIGH)
    for row, line in zip(reversed(range(HIGH)), drawn, strict=True):
        lines.append([(f"{labels.get(row, ''):>{LABEL - 4}}", "dim"), ("▕", "track"), *line])
    lines.append([(f"{'0':>{LABEL - 4}} ", "dim"), ("▔" * inner, "track")])
    known = [day for day in days if day.booked is not None]
    if known:
        last = known[-1]
        gap = float(last.booked or 0) - float(last.plan)
        sign, style, word = ("▲", "good", "ahead of") if gap >= 0 else ("▼", "bad", "behind")
        told = f"{formats.amount(round(abs(gap)))} {word} plan pace on {formats.when_text(last.day)}"
        lines.append([(" " * (LABEL - 3), ""), (f"{sign} ", style), (told, "")])
    return lines


def _trends(found: Charts) -> list[Line]:
    shown = [name for name in FIGURES if any(found.trends[name])]
    if not shown or len(found.weeks) < 2:
        return []
    lines: list[Line] = [[(f"{len(found.weeks)} weeks, {found.weeks[0]} to {found.weeks[-1]}", "dim")]]
    for name in shown:
        values = found.trends[name]
        bars = charts.spark([float(value) for value in values])
        told = f"  {min(values):,} to {max(values):,}, now {values[-1]:,}"
        lines.append([(f"{NAMES[name]:<{LABEL}}", ""), (bars[:-1], "area"), (bars[-1], "accent"), (told, "dim")])
    return lines


def _mail(found: Charts) -> list[Line]:
    known = [kept for kept in found.mail if kept is not None]
    if not known:
        return []
    bars = charts.spark(found.mail, most=1.0)
    told = f"  {formats.percent(min(known))} to {formats.percent(max(known))}, now {formats.percent(known[-1])}"
    return [[(f"{PARTS['mail']:<{LABEL}}", ""), (bars, "area"), (told, "dim")]]


def _hours(review: Charts) -> list[Line]:
    """Calls by hour and weekday, with a tint for the share that was reached."""
    found = review.hours
    if found.whole is None:
        return []
    hours = sorted(found.hours)
    rates = [hour.rate for hour in found.cells.values()]
    low, high = min(rates), max(rates)
    tints: Line = [(f" {formats.percent(low)} ", "dim on heat1"), (f" {formats.percent(high)} ", "bold on heat4")]
    lines: list[Line] = [[("Calls by hour and weekday", "dim"), ("   reached: ", "dim"), *tints]]
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
            line.append(charts.heat(f"{hour.dials:>5} ", hour.rate, low, high))
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
    told = f"   average {formats.percent(mean)} over {plural(len(seen), 'day', 'days')}"
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
