"""Panels: titled surfaces that group lines on a large screen. They are drawn, so they cost no widgets.

Data in, lines of styled spans out. Also used for the first paint, so it imports neither Textual nor Rich.
"""

from __future__ import annotations

from planner.tui.shared.spans import Line, cells, cut, fit, justify, tinted, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Measure = Callable[[str], int]
    Section = tuple[str, str, Sequence[Line]]

GAP = 2  # cells between two panels
LEAST = 5  # rows of a panel below others


def panel(
    title: str,
    right: str,
    lines: Sequence[Line],
    width: int,
    height: int,
    measure: Measure = cells,
    *,
    air: bool = True,
) -> list[Line]:
    """Put lines on a panel of the given size, under a title with a remark at the right, with an empty line above and
    below them if there is `air`. Without room for them, cut at the bottom with a sign.
    """
    inner = width - 4
    head = justify([(title, "bold")], [(fit(right, inner - 4, measure), "dim")], inner, measure)
    rows: list[Line] = [head, []] if air else [head]
    room = height - len(rows) - air
    if len(lines) > room:
        lines = [line for line in lines if line]  # their air gives way first
    if len(lines) > room > 0:
        rows += [*lines[: room - 1], [(f"… {len(lines) - room + 1} more", "dim")]]
    else:
        rows += lines
    rows += [[]] * (height - len(rows))
    return [tinted([("  ", ""), *cut(row, inner, measure)], "panel", width, measure) for row in rows[:height]]


def stack(
    sections: Sequence[Section], width: int, height: int, measure: Measure = cells, *, grows: int | None = -1
) -> list[Line]:
    """Put panels of a title, a remark and lines above each other, each as high as its lines.

    Those without room are left out. The one at `grows` takes the rows left over, so that columns beside each other end
    on the same row.
    """
    heights: list[int] = []
    left = height
    for _, _, lines in sections:
        room = left - bool(heights)
        if room < LEAST:
            break
        heights.append(min(room, len(lines) + 3))
        left = room - heights[-1]
    if heights and grows is not None:
        heights[grows] += left
    rows: list[Line] = []
    for (title, remark, lines), high in zip(sections, heights, strict=False):
        rows += [[]] * bool(rows) + panel(title, remark, lines, width, high, measure)
    return rows


def fitting(sections: Sequence[Section], height: int) -> int:
    """Return how many panels fit above each other with all of their lines, at least one."""
    used = 0
    for number, (_, _, lines) in enumerate(sections):
        used += len(lines) + 3 + bool(number)
        if number and used > height:
            return number
    return len(sections)


def aired(lines: Sequence[Line]) -> list[Line]:
    """Put a row of air between lines, but none before one that starts with spaces: it goes on with the last."""
    rows: list[Line] = []
    for line in lines:
        if rows and rows[-1] and line and not line[0][0].isspace():
            rows.append([])
        rows.append(line)
    return rows


def aired_to_fit(lines: Sequence[Line], height: int) -> list[Line]:
    """Put air between lines if all of them have room so."""
    rows = aired(lines) if len(lines) < height else list(lines)
    return rows if len(rows) <= height else list(lines)


def centred(lines: Sequence[Line], width: int, height: int, measure: Measure = cells) -> list[Line]:
    """Put the lines of an empty panel in its middle, as a block."""
    left = max(0, (width - max((width_of(line, measure) for line in lines), default=0)) // 2)
    return [[]] * max(0, (height - len(lines)) // 2) + [[(" " * left, ""), *line] for line in lines]


def beside(left: Sequence[Line], right: Sequence[Line], width: int, measure: Measure = cells) -> list[Line]:
    """Put two columns beside each other, the left one `width` cells wide."""
    rows: list[Line] = []
    for row in range(max(len(left), len(right))):
        line, other = (side[row] if row < len(side) else [] for side in (left, right))
        rows.append([*line, (" " * (width + GAP - width_of(line, measure)), ""), *other])
    return rows
