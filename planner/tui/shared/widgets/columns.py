"""Columns of a chart whose days run against two lines."""

from __future__ import annotations

from dataclasses import dataclass

from planner.tui.shared.spans import Line

BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Level:
    """A day of the chart, in rows from the bottom: what was booked until then (None for a day to come), both lines, and
    between what the forecast by pace lies at its end.
    """

    booked: float | None
    plan: float | None
    quota: float | None
    fan: tuple[float, float] | None = None


def cell(level: Level, row: int, size: int) -> Line:
    """One day in one row: a line where it runs, else how far the day is filled, else where it may end."""
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
    """Neighbours of one style as one span."""
    found: Line = []
    for text, style in line:
        if found and found[-1][1] == style:
            found[-1] = (found[-1][0] + text, style)
        else:
            found.append((text, style))
    return found
