"""Draws the charts of a review's page as shapes in the colours of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planner.domain import formats
from planner.domain.calls.best_hours import HourMap, Reach
from planner.domain.review.charts import Charts, PaceDay, YearDay, level
from planner.domain.review.report import FigureRow, amount
from planner.domain.review.review import Review
from planner.domain.text import plural

SHADES = (0.18, 0.4, 0.65, 1.0)  # of a day's worth
WIDE = 240  # of a chart, in its own units
CELL = 10
FULL = 0.999  # of the adherence to mail


class Rect(NamedTuple):
    """A rectangle in one of the page's colours, and its tooltip."""

    left: float
    top: float
    width: float
    height: float
    fill: str
    title: str = ""
    opacity: float = 1.0


class Drawing(NamedTuple):
    """A chart as shapes, with its accessible name and its message in words. Lines come as points, colour, and
    dashes, labels as the place of their right end.
    """

    width: int
    height: int
    name: str
    rects: Sequence[Rect]
    lines: Sequence[tuple[str, str, str]] = ()
    note: str = ""
    labels: Sequence[tuple[float, float, str]] = ()


def _bars(
    values: Sequence[float | None], top: float, high: int, strong: Sequence[bool], said: Sequence[str], room: int = 4
) -> list[Rect]:
    """Return a row of bars below `top`, each with what is said of it, the strong ones in the accent colour. `room` is
    left above the highest.
    """
    each = WIDE / len(values)
    rects = []
    for number, (value, accent, title) in enumerate(zip(values, strong, said, strict=True)):
        if value is not None:
            height, fill = max(value, 0.0) / top * (high - room), "accent" if accent else "soft"
            rects.append(Rect(number * each + 1, high - height, each - 2, height, fill, title))
    return rects


def bar(share: float) -> Drawing:
    """Draw a share of the target, up to one and a quarter, with a mark at the full target."""
    done = Rect(0, 2, 100 * max(0.0, min(1.25, float(share))), 6, "accent" if share >= 1 else "soft")
    rects = (Rect(0, 2, 125, 6, "line"), done, Rect(99.5, 0, 1, 10, "ink"))
    return Drawing(125, 10, f"{formats.percent(share)} of target", rects)


def trend(row: FigureRow, found: Review) -> Drawing:
    """Draw bars of the spans before and of this one, with the target as a line."""
    values = [*row.figure.before, row.figure.done]
    told = [amount(row.metric, value) for value in values]
    periods = [*found.before, found.period]
    said = [f"{found.span.title_of(period)}: {text}" for period, text in zip(periods, told, strict=True)]
    target = float(row.figure.target or 0)
    top = max(*map(float, values), target, 1.0)
    strong = [False] * len(row.figure.before) + [True]
    at = 64 - target / top * 60
    lines = [(f"0,{at:.1f} {WIDE},{at:.1f}", "ink", "3 3")] if target else []
    name = f"{row.label.capitalize()}: {', '.join(told)}"
    return Drawing(WIDE, 64, name, _bars([float(value) for value in values], top, 64, strong, said), lines)


def pace(days: Sequence[PaceDay]) -> Drawing | None:
    """Draw the month against the paces of plan and quota."""
    if not days:
        return None
    booked = [None if day.booked is None else float(day.booked) for day in days]
    known = [value for value in booked if value is not None]
    top = max(1.0, float(days[-1].plan), *known)
    strong = [number == len(known) - 1 for number in range(len(days))]
    lines, labels = [], []
    for label, colour, dashes in (("plan", "ink", ""), ("quota", "dim", "3 3")):
        heights = [90 - float(getattr(day, label)) / top * 78 for day in days]
        points = (f"{number * WIDE / len(days):.1f},{height:.1f}" for number, height in enumerate(heights, start=1))
        lines.append((" ".join(points), colour, dashes))
        labels.append((WIDE - 1.0, heights[-1] - 3, label))
    done, plan = (formats.number(round(value)) for value in (known[-1] if known else 0.0, float(days[-1].plan)))
    name = f"{done} closed of a plan of {plan}"
    bars = _bars(booked, top, 90, strong, [""] * len(days), room=12)
    return Drawing(WIDE, 90, name, bars, lines, f"{name}.", labels)


def hours(found: HourMap) -> Iterator[tuple[str, list[tuple[Reach | None, int]]]]:
    """Yield the weekdays with calls, each with its hours and how strongly they are coloured, in per cent."""
    best = max((cell.rate for cell in found.cells.values()), default=0.0) or 1.0
    for weekday, name in enumerate(formats.WEEKDAYS):
        cells = [found.cells.get((weekday, hour)) for hour in sorted(found.hours)]
        if any(cells):
            yield name, [(each, round(60 * each.rate / best) if each else 0) for each in cells]


def best(found: HourMap) -> str:
    """Name the hour at which most of those called are reached."""
    (weekday, hour), cell = max(found.cells.items(), key=lambda pair: pair[1].rate)
    return f"Best: {formats.WEEKDAYS[weekday]} {hour:02}:00, {cell.spoken:,} of {cell.dials:,} reached."


def mail(charts: Charts) -> Drawing | None:
    """Draw how well email kept to its windows, a bar a week."""
    told = ["–" if kept is None else formats.percent(kept) for kept in charts.mail]
    known = [text for text in told if text != "–"]
    if not known:
        return None
    strong = [(kept or 0) >= FULL for kept in charts.mail]
    said = [f"{week}: {text}" for week, text in zip(charts.weeks, told, strict=True)]
    name = ", ".join(each.replace(":", "") for each in said)
    return Drawing(WIDE, 48, name, _bars(charts.mail, 1.0, 48, strong, said), note=f"Latest week: {known[-1]}")


def year(days: Sequence[YearDay]) -> Drawing | None:
    """Draw the discipline of a year, a column a week."""
    seen = [day.worth for day in days if day.worth is not None]
    if not seen:
        return None
    rects = []
    for number, day in enumerate(days):
        left, top, shade = number // 7 * CELL, number % 7 * CELL, level(day.worth)
        fill, opacity = ("line", 0.5 if day.weight else 0.2) if shade is None else ("accent", SHADES[shade])
        said = f"{formats.dated_text(day.day)}: {'–' if day.worth is None else formats.percent(day.worth)}"
        rects.append(Rect(left, top, CELL - 2, CELL - 2, fill, said, opacity))
    name = f"{formats.percent(sum(seen) / len(seen))} on average over {plural(len(seen), 'day', 'days')}"
    wide = (len(days) + 6) // 7 * CELL
    return Drawing(wide, 7 * CELL, name, rects, note=f"{name}. A stronger shade is better.")
