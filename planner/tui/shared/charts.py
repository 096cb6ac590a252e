"""Charts drawn in terminal cells: areas in eighths of a cell, lines in braille dots, and bands as tints behind both.

Data in, styled lines out. A style `x on y` is text in `x` on the tint `y` (see `Lines`), so lines and areas can lie
over each other without punching holes. No plotting library is used: those that draw this well need numpy (150 ms of
import), and the light ones bring colours of their own that no theme controls.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from planner.domain import formats
from planner.tui.shared.spans import Line, Span, joined

BLOCKS = " ▁▂▃▄▅▆▇█"
SPARKS = "▁▂▃▄▅▆▇"  # without the full block, which would touch the row above
# The bit of each dot in a braille character, by column and by row from the bottom.
DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
DASH, GAP = 4, 3  # dots of a dashed line


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of the chart: one value per step at the step's end, None where it isn't drawn. It starts from `start`."""

    values: Sequence[float | None]
    style: str
    start: float = 0.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A tinted range: its lower and upper value at each step's end, None where there is none."""

    values: Sequence[tuple[float, float] | None]
    tint: str


@dataclass(frozen=True, slots=True)
class Label:
    """A name at the right end of the chart, at the height of its value."""

    value: float
    text: str
    style: str


def plot(
    size: tuple[int, int],
    top: float,
    area: Sequence[float | None] = (),
    bands: Sequence[Band] = (),
    curves: Sequence[Curve] = (),
) -> list[Line]:
    """Draw steps (such as the days of a month) from left to right over the whole width.

    `size` is columns and rows. Values run from 0 at the bottom to `top`. Later bands and curves lie over earlier ones.
    """
    width, height = size
    dots = [_dots(curve, width, height, top) for curve in curves]
    lines: list[Line] = []
    for row in reversed(range(height)):
        line: Line = []
        for column in range(width):
            tints = _tints(area, bands, (column + 0.5) / width, row, height / top)
            line.append(_cell(tints, [each.get((column, row), 0) for each in dots], curves))
        lines.append(joined(line))
    return lines


def _step(count: int, share: float) -> int:
    return min(count - 1, int(share * count))


def _reach(values: Sequence[tuple[float, float] | None], share: float) -> tuple[float, float] | None:
    """The range at a place between two steps, as far between those of both."""
    if not values:
        return None
    step = _step(len(values), share)
    ends, begins = values[step], values[step - 1] if step else None
    if ends is None or begins is None:
        return ends
    part = share * len(values) - step
    return begins[0] + (ends[0] - begins[0]) * part, begins[1] + (ends[1] - begins[1]) * part


def _tints(
    area: Sequence[float | None], bands: Sequence[Band], share: float, row: int, scale: float
) -> tuple[str, str, int]:
    """The tints of a cell: the lower one, the upper one, and how many eighths the lower one fills."""
    edges: list[tuple[float, float, str]] = []
    for band in bands:
        reach = _reach(band.values, share)
        if reach is not None:
            edges.append((reach[0] * scale, reach[1] * scale, band.tint))
    height = area[_step(len(area), share)] if area else None
    if height:
        edges.append((0.0, max(height * scale, 1 / 8), "area"))

    def tint(eighth: int) -> str:
        y = row + (eighth + 0.5) / 8
        return next((name for low, high, name in reversed(edges) if low <= y < high), "")

    lower, upper = tint(0), tint(7)
    return lower, upper, next((eighth for eighth in range(8) if tint(eighth) != lower), 8)


def _cell(tints: tuple[str, str, int], dots: Sequence[int], curves: Sequence[Curve]) -> Span:
    lower, upper, eighths = tints
    drawn = [(bits, curve.style) for bits, curve in zip(dots, curves, strict=True) if bits]
    if drawn:
        bits, style = reduce(or_, (bits for bits, _ in drawn)), drawn[-1][1]
        behind = lower if eighths >= 4 else upper
        return chr(0x2800 + bits), f"{style} on {behind}" if behind else style
    if lower == upper or eighths == 8:
        return " ", f" on {lower}" if lower else ""
    if not lower:  # only the upper part is filled: the ground covers what is below
        return BLOCKS[eighths], f"ground on {upper}"
    return BLOCKS[eighths], f"{lower} on {upper}" if upper else lower


def _dots(curve: Curve, width: int, height: int, top: float) -> dict[tuple[int, int], int]:
    """The braille bits of a curve by column and row from the bottom."""
    found: dict[tuple[int, int], int] = {}
    count = len(curve.values)
    for index in range(2 * width if count else 0):
        x = (index + 0.5) / (2 * width) * count
        step = min(count - 1, int(x))
        ends = curve.values[step]
        begins = curve.start if not step else curve.values[step - 1]
        if ends is None or (curve.dashed and index % (DASH + GAP) >= DASH):
            continue
        value = ends if begins is None else begins + (ends - begins) * (x - step)
        dot = min(4 * height - 1, max(0, int(value / top * 4 * height)))
        key = (index // 2, dot // 4)
        found[key] = found.get(key, 0) | DOTS[index % 2][dot % 4]
    return found


def round_steps(top: float, most: int) -> list[float]:
    """Return round values from 0 up to `top` for an axis with at most `most` of them: steps of 1, 2 or 5 times ten."""
    if top <= 0 or most < 2:
        return [0.0]
    least = top / (most - 1)
    power = 10.0 ** math.floor(math.log10(least))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
    return [step * number for number in range(int(top / step + 1e-9) + 1)]


def axis_labels(top: float, height: int) -> dict[int, str]:
    """Return the labels of the vertical axis by row from the bottom, with at least one empty row between two."""
    steps = round_steps(top, max(2, height // 2))
    return {min(height - 1, int(value / top * height)): formats.short_amount(value) for value in steps[1:]}


def end_labels(labels: Sequence[Label], top: float, height: int) -> dict[int, Label]:
    """Place labels beside the right edge by row from the bottom, each as near to its value as the others leave room.

    Labels that don't fit are left out, the last ones first.
    """
    rows: dict[int, Label] = {}
    for label in labels[:height]:
        wanted = min(height - 1, max(0, int(label.value / top * height)))
        free = [row for row in range(height) if row not in rows]
        rows[min(free, key=lambda row: (abs(row - wanted), row))] = label
    return rows


def ticks(names: Sequence[tuple[float, str, str]], width: int) -> Line:
    """The line under a chart: names centered under their place (0 to 1), the first ones with priority."""
    placed: dict[int, Span] = {}
    for share, text, style in names:
        at = min(width - len(text), max(0, round(share * width - len(text) / 2)))
        if all(at + len(text) + 1 < other or other + len(span[0]) + 1 < at for other, span in placed.items()):
            placed[at] = (text, style)
    line: Line = []
    filled = 0
    for at, (text, style) in sorted(placed.items()):
        line += [(" " * (at - filled), ""), (text, style)]
        filled = at + len(text)
    return line


def spark(values: Sequence[float | None]) -> str:
    """Draw values as bars of one row, from the least as the lowest bar to the greatest, so that changes are visible
    however far from zero they are. A dot stands for an unknown one. Equal values are half as high, unless they are 0.
    """
    known = [value for value in values if value is not None]
    least, most = min(known, default=0.0), max(known, default=0.0)
    if least == most:
        return "".join("·" if value is None else SPARKS[3 if value else 0] for value in values)
    return "".join("·" if value is None else SPARKS[round((value - least) / (most - least) * 6)] for value in values)


def spark_line(values: Sequence[float | None], width: int) -> Line:
    """Draw values as a spark whose bars share a width, with a gap between them if they are wide. The last one, as the
    current one, is accented.
    """
    bars = spark(values)
    if not bars:
        return []
    size = max(1, (width + 1) // len(bars))
    gap = " " * (size > 2)
    size -= len(gap)
    wide = [bar.ljust(size) if bar == "·" else bar * size for bar in bars]
    return [(gap.join(wide[:-1]) + gap, "area"), (wide[-1], "accent")]


def heat(text: str, value: float, low: float, high: float) -> Span:
    """Put a text on a tint that says where a value lies between the least and the greatest."""
    share = (value - low) / (high - low) if high > low else 1.0
    return text, f" on heat{min(4, 1 + int(share * 4))}"
