"""Charts drawn in terminal cells: areas in eighths of a cell, lines in braille dots, and bands as tints behind both.

Data in, styled lines out. A style `x on y` is text in `x` on the tint `y` (see `Lines`), so lines and areas can lie
over each other without punching holes. A cell has only two colours: where a line crosses the edge of an area, that edge
is rounded to a whole cell. No plotting library is used: those that draw this well need
numpy (150 ms of import), and the light ones bring colours of their own that no theme controls.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby, pairwise
from operator import or_

from planner.domain import formats
from planner.tui.shared.spans import Line, Span, joined

BLOCKS = " ▁▂▃▄▅▆▇█"
SPARKS = "▁▂▃▄▅▆▇"  # without the full block, which would touch the row above
# The bit of each dot in a braille character, by column and by row from the bottom.
DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
EDGE, FILLED = "fill", "filled"  # the line along the top of the area, and the tint below it

Reach = tuple[float, float]
Place = tuple[int, int]  # the column and the row from the bottom of a cell


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of the chart: one value per step at the step's end, None where it isn't drawn. It starts from `start`."""

    values: Sequence[float | None]
    style: str
    start: float = 0.0
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A tinted range: its lower and upper value at each step's end, None where there is none."""

    values: Sequence[Reach | None]
    tint: str


@dataclass(frozen=True, slots=True)
class Label:
    """A name at the right end of the chart, behind a sign. It may be moved `drift` rows from the height of its value
    to give way to others, else it is left out.
    """

    value: float
    sign: Span
    text: str
    style: str
    drift: int = 99


@dataclass(frozen=True, slots=True)
class _Layer:
    """A tint with its lower and upper edge in each column, in eighths of a cell from the bottom of the chart. Equal
    edges are a column without it.
    """

    tint: str
    low: list[int]
    high: list[int]


def plot(
    size: tuple[int, int],
    top: float,
    area: Sequence[float | None] = (),
    bands: Sequence[Band] = (),
    curves: Sequence[Curve] = (),
) -> list[Line]:
    """Draw steps (such as the days of a month) from left to right over the whole width.

    `size` is columns and rows. Values run from 0 at the bottom to `top`. Later bands and curves lie over earlier ones.
    The area has the height of a step's value over the whole step, under a line.
    """
    width, height = size
    shares = [(column + 0.5) / width for column in range(width)]
    dots = [_edge_dots(area, width, height, top), *(_dots(curve, width, height, top) for curve in curves)]
    styles = [EDGE, *(curve.style for curve in curves)]
    crossed = {place for each in dots for place in each}
    scale = 8 * height / top
    layers = [_layer(band, shares, height, scale, crossed) for band in bands]
    layers.append(_filled([_at(area, share) or 0.0 for share in shares], height, scale, crossed))
    lines: list[Line] = []
    for row in reversed(range(height)):
        line: Line = []
        for column in range(width):
            drawn = [
                (each[column, row], style) for each, style in zip(dots, styles, strict=True) if (column, row) in each
            ]
            line.append(_cell(_pieces(layers, column, row), drawn))
        lines.append(joined(line))
    return lines


def _step(count: int, share: float) -> int:
    return min(count - 1, int(share * count))


def _at(values: Sequence[float | None], share: float) -> float | None:
    """The value of the step at a place from 0 to 1."""
    return values[_step(len(values), share)] if values else None


def _reach(values: Sequence[Reach | None], share: float) -> Reach | None:
    """The range at a place between two steps, as far between those of both."""
    if not values:
        return None
    step = _step(len(values), share)
    ends, begins = values[step], values[step - 1] if step else None
    if ends is None or begins is None:
        return ends
    part = share * len(values) - step
    return begins[0] + (ends[0] - begins[0]) * part, begins[1] + (ends[1] - begins[1]) * part


def _layer(band: Band, shares: Sequence[float], height: int, scale: float, crossed: Collection[Place]) -> _Layer:
    """Round a band in each column to eighths, and to a whole cell where a line crosses its edge. What would be too thin
    is an eighth above its lower edge, and gives way to a line.
    """
    reaches = [_reach(band.values, share) or (0.0, 0.0) for share in shares]
    low, high = (_rounded([_eighths(reach[end], height, scale) for reach in reaches], crossed) for end in (0, 1))
    for column, (begins, ends) in enumerate(reaches):
        if max(0.0, begins) < ends and low[column] >= high[column]:
            low[column] = min(8 * height - 1, low[column])
            high[column] = low[column] + ((column, low[column] // 8) not in crossed)
    return _Layer(band.tint, low, high)


def _filled(values: Sequence[float], height: int, scale: float, crossed: Collection[Place]) -> _Layer:
    """The area below its line."""
    high = _rounded([_eighths(value, height, scale) for value in values], crossed)
    return _Layer(FILLED, [0] * len(high), high)


def _eighths(value: float, height: int, scale: float) -> int:
    return min(8 * height, max(0, round(value * scale)))


def _rounded(edge: Sequence[int], crossed: Collection[Place]) -> list[int]:
    """Round an edge to whole cells where it is crossed by a line. Beside it, the edge stays as fine as it is: were it
    as coarse as under the line, a band would be of slabs. There the rounding goes whichever way makes fewer notches.
    """
    kinds = [(height // 8, height % 8 and (column, height // 8) in crossed) for column, height in enumerate(edge)]
    found: list[int] = []
    for (row, at_line), stretch in groupby(kinds, key=lambda kind: (kind[0], bool(kind[1]))):
        begin = len(found)
        heights = list(edge[begin : begin + len(list(stretch))])
        if at_line:
            before, after = edge[max(0, begin - 1) : begin], edge[begin + len(heights) :][:1]
            before, after = ([each for each in beside if each] for beside in (before, after))  # 0 is no edge
            is_fine_beside = any(each % 8 and each // 8 == row for each in (*before, *after))
            ways = [[(height + up) // 8 * 8 for height in heights] for up in ((4, 0, 7) if is_fine_beside else (4,))]
            heights = min(ways, key=lambda way: _way_along([*before, *way, *after]))
        found += heights
    return found


def _way_along(heights: Sequence[int]) -> int:
    """How far it is up and down along an edge."""
    return sum(abs(right - left) for left, right in pairwise(heights))


def _pieces(layers: Sequence[_Layer], column: int, row: int) -> list[tuple[int, str]]:
    """What a cell is made of from its bottom: at most two pieces, each with the eighth it ends at and its tint."""
    edges = [(layer.low[column] - 8 * row, layer.high[column] - 8 * row, layer.tint) for layer in layers]
    ends = [*sorted({end for low, high, _ in edges if low < high for end in (low, high) if 0 < end < 8}), 8]
    pieces: list[tuple[int, str]] = []
    for begins, until in zip([0, *ends], ends, strict=False):
        tint = next((name for low, high, name in reversed(edges) if low <= begins < high), "")
        if pieces and pieces[-1][1] == tint:
            pieces.pop()
        pieces.append((until, tint))
    while len(pieces) > 2:
        pieces = _fewer(pieces)
    return pieces


def _fewer(pieces: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Give the thinnest piece of a cell to the one it is most like, but keep a tint, and the outer band between the
    inner one and the ground.
    """
    sizes = [end - begin for begin, end in pairwise([0, *(end for end, _ in pieces)])]
    tints = [tint for _, tint in pieces]

    def without(index: int) -> list[str]:
        return [tint for number, tint in enumerate(tints) if number != index]

    def is_needed(index: int) -> bool:
        left = without(index)
        return not any(left) or any("" in pair and "band" in pair for pair in pairwise(left))

    away = min(range(len(tints)), key=lambda index: (is_needed(index), sizes[index]))
    beside = [index for index in (away - 1, away + 1) if 0 <= index < len(tints)]
    taker = max(beside, key=lambda index: (bool(tints[index]) == bool(tints[away]), sizes[index]))
    found: list[tuple[int, str]] = []
    until = 0
    for index, size in enumerate(sizes):
        until += size
        tint = tints[taker if index == away else index]
        if found and found[-1][1] == tint:
            found.pop()
        found.append((until, tint))
    return found


def _cell(pieces: Sequence[tuple[int, str]], drawn: Sequence[tuple[int, str]]) -> Span:
    (end, lower), upper = pieces[0], pieces[-1][1]
    if drawn:
        bits, style = reduce(or_, (bits for bits, _ in drawn)), drawn[-1][1]
        behind = lower if end >= 4 else upper
        return chr(0x2800 + bits), f"{style} on {behind}" if behind else style
    if len(pieces) == 1:
        return " ", f" on {lower}" if lower else ""
    if not lower:  # only the upper part is filled: the ground covers what is below
        return BLOCKS[end], f"ground on {upper}"
    return BLOCKS[end], f"{lower} on {upper}" if upper else lower


def _dots(curve: Curve, width: int, height: int, top: float) -> dict[Place, int]:
    """The braille bits of a curve."""
    count = len(curve.values)
    values: list[float | None] = []
    for index in range(2 * width if count else 0):
        x = (index + 0.5) / (2 * width) * count
        step = min(count - 1, int(x))
        ends, begins = curve.values[step], curve.values[step - 1] if step else curve.start
        values.append(ends if ends is None or begins is None else begins + (ends - begins) * (x - step))
    return _connected(values, height, top, 2 if curve.dotted else 1)


def _edge_dots(area: Sequence[float | None], width: int, height: int, top: float) -> dict[Place, int]:
    """The braille bits of the line along the top of an area, which rises from the bottom at the first amount."""
    columns = [_at(area, (column + 0.5) / width) or None for column in range(width)]
    return _connected([value for value in columns for _ in range(2)], height, top, before=-1)


def _connected(
    values: Sequence[float | None], height: int, top: float, stride: int = 1, before: int | None = None
) -> dict[Place, int]:
    """The bits of every dot of a line through one value per column of dots, or of every `stride`th. `before` is the
    row of dots where the line comes from.
    """
    found: dict[Place, int] = {}
    last = before
    for index in range(0, len(values), stride):
        value = values[index]
        if value is None:
            last = before
            continue
        dot = min(4 * height - 1, max(0, int(value / top * 4 * height)))
        # Fill what a steep line leaves open between two columns.
        away = 0 if last is None or last == dot else 1 if dot < last else -1
        for y in range(dot, last, away * stride) if away and last is not None else (dot,):
            key = (index // 2, y // 4)
            found[key] = found.get(key, 0) | DOTS[index % 2][y % 4]
        last = dot
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
    for label in labels:
        wanted = min(height - 1, max(0, int(label.value / top * height)))
        free = [row for row in range(height) if row not in rows and abs(row - wanted) <= label.drift]
        if free:
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
