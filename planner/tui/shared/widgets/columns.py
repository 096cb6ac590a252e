"""Draws the columns of a chart that compares days with two paces."""

from __future__ import annotations

from dataclasses import dataclass

from planner.tui.shared.spans import Line

BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Level:
    """A day of the chart, with its heights in rows from the bottom: cumulative bookings (None for a future day), both
    paces, and the interval of the forecast at the day's end.
    """

    booked: float | None
    plan: float | None
    quota: float | None
    fan: tuple[float, float] | None = None


def cell(level: Level, row: int, size: int) -> Line:
    """Draw one day in one row: a pace if it runs here, else the filled part, else the forecast."""
    share = 0.0 if level.booked is None else min(1.0, max(0.0, level.booked - row))
    if level.booked is not None and level.booked > 0 and row == 0:
        share = max(share, 1 / 8)
    for line, mark, style in ((level.plan, "∙", "bold"), (level.quota, "╌", "dim")):
        if line is not None and int(line) == row:
            return [("▒" * size, "fill")] if share >= 0.5 else [(mark * size, style)]
    if level.fan is not None and int(level.fan[0]) <= row <= int(level.fan[1]):
        return [("░" * size, "track")]
    return [(BLOCKS[round(share * 8)] * size, "fill")]


def joined(line: Line) -> Line:
    """Merge neighbouring spans of the same style."""
    found: Line = []
    for text, style in line:
        if found and found[-1][1] == style:
            found[-1] = (found[-1][0] + text, style)
        else:
            found.append((text, style))
    return found
