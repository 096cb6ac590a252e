"""What a list without entries shows: why, and the keys that help, in the middle of its panel. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence

from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

Keys = Sequence[tuple[str, str]]
"""Keys and what they do."""


def empty_lines(title: Line, message: str, keys: Keys, width: int, height: int) -> list[Line]:
    """The title of a list, and below it a message over keys, centred."""
    widest = max((measure(key) for key, _ in keys), default=0)
    block = max((widest + 2 + measure(what) for _, what in keys), default=0)
    said = spans.fit(message, width - 2, measure)
    lines: list[Line] = [_indented([(said, "bold")], measure(said), width), []]
    lines += [_indented([(key.rjust(widest), "accent"), (f"  {what}", "dim")], block, width) for key, what in keys]
    above = max(1, (height - len(lines)) // 2 - 1)
    return [title, *[[]] * above, *lines][: max(1, height)]


def _indented(line: Line, size: int, width: int) -> Line:
    """Put a line of a size in the middle of a width."""
    return spans.cut([(" " * max(1, (width - size) // 2), ""), *line], width, measure)
