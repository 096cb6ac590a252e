"""The widget of the span's targets by metric, and the ways out of what doesn't fit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.plan.goals import Metric
from planner.tui.plan.widgets.sheet import SheetPart
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.services.plan.months import Asked, Sheet


# In the order in which they are worth trying (`maths.md` 3).
WAYS_OUT = "more hours, a better list, better conversion, closing open deals, or a lower plan"
PER_DAY = "per working day"
LEAST_BAR = 12  # cells
# What is still to be counted, where the metric's name says that it was.
TO_DO = {Metric.MEETINGS: "meetings to hold", Metric.MEETINGS_BOOKED: "meetings to book"}


class Targets(SheetPart):
    """Table of the span's target for each metric, its progress, and what doesn't fit into the days, with ways out."""

    FIXED_HEIGHT = False

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None or not sheet.asked:
            return []
        rows, sizes = self._columns(sheet.asked, width)
        wide = width >= sum(sizes) + 28
        bar = width - sum(sizes) - 30
        heads = f"{'done':>{sizes[0]}}  {'target':>{sizes[1]}}  pace"
        heads += f"{PER_DAY:>{sizes[2] + sizes[3] - 2}}" if wide else ""
        lines: list[Line] = [spans.cut([(" Targets".ljust(20), "bold"), (heads, "dim")], width, measure)]
        for row, asked in zip(rows, sheet.asked, strict=True):
            style = "good" if row[3][0] in "✓▲▬" else "bad" if (asked.course.pace.delta_days or 0) < -1 else "warn"
            line: Line = [
                (f"   {row[0]:<17}", ""),
                (f"{row[1]:>{sizes[0]}}", "bold"),
                (f"  {row[2]:>{sizes[1]}}", "dim"),
                (f"  {row[3]}", style),
            ]
            if wide:
                line.append((f"{row[4]:>{sizes[2] + sizes[3] + 2 - measure(row[3])}}", ""))
            if bar >= LEAST_BAR:
                target = asked.course.pace.target
                share = float(asked.done / target) if target else 0.0
                line += [("   ", ""), *spans.thin_bar(share, bar)]
            lines.append(spans.cut(line, width, measure))
        ways = self._ways_out(sheet, width)
        if len(lines) + len(ways) > height:
            # If the sentence doesn't fit, cut it with an ellipsis, but always show its first line.
            lines = lines[: max(1, height - 1)] if ways else lines[:height]
            ways = ways[: max(1, height - len(lines))]
            ways = [*ways[:-1], spans.cut([*ways[-1], (" …", "dim")], width, measure)] if ways else []
        return [*lines, *ways]

    def _columns(self, every: Sequence[Asked], width: int) -> tuple[list[tuple[str, ...]], list[int]]:
        """Return the rows of the table and the widths of its columns of figures, the pace in short if need be."""
        names = ("done", "target", "pace", PER_DAY)
        for short in (False, True):
            rows = [self._cells(asked, short=short) for asked in every]
            sizes = [max(len(name), *(len(row[number]) for row in rows)) for number, name in enumerate(names, start=1)]
            if sum(sizes[:3]) + 26 <= width:
                break
        return rows, sizes

    def _cells(self, asked: Asked, *, short: bool) -> tuple[str, ...]:
        pace = asked.course.pace
        met = asked.done >= pace.target
        in_short = short and asked.metric == Metric.REVENUE
        delta = formats.short_amount(float(abs(pace.delta))) if in_short else self._number(asked, abs(pace.delta))
        line = "✓" if met else f"▲ {delta}" if pace.delta > 0 else "▬" if not pace.delta else f"▼ {delta}"
        required = "–" if pace.required is None or met else self._number(asked, pace.required)
        return (
            Metric(asked.metric).words,
            self._number(asked, asked.done),
            self._number(asked, pace.target),
            line,
            required,
        )

    def _number(self, asked: Asked, value: Fraction) -> str:
        if asked.metric == "revenue":
            return formats.whole_amount(value)
        return formats.number(float(value), 1 if abs(value) < 100 else 0)

    def _ways_out(self, sheet: Sheet, width: int) -> list[Line]:
        short = [asked for asked in sheet.asked if asked.shortfall and asked.done < asked.course.pace.target]
        if not short:
            return []
        named = [
            f"{self._number(asked, asked.shortfall)} in revenue"
            if asked.metric == Metric.REVENUE
            else f"{ceil(asked.shortfall):,} {TO_DO.get(Metric(asked.metric), Metric(asked.metric).words)}"
            for asked in short
        ]
        listed = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
        cap = (
            ""
            if sheet.cap is None
            else f", even at {formats.number(float(sheet.cap), 2)} times the average needed per day"
        )
        text = f"{listed} won't fit in the days left{cap}. Options: {WAYS_OUT}."
        parts = spans.wrap(text, width - 4, measure)
        return [*([(" ! " if not index else "   ", "bad"), (part, "")] for index, part in enumerate(parts))]
