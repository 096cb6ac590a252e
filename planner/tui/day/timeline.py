"""Draws a day as a timeline: each block as high as it is long, overlapping ones side by side, with a line at the
current time. Data in, lines out. The first paint loads this module, so it imports neither Textual nor Rich.
"""

from __future__ import annotations

from itertools import pairwise

from planner.domain import formats
from planner.domain.day.day_progress import BLOCK_WORDS, block_states, clock_text, day_minute
from planner.domain.text import make_visible, plural
from planner.tui.day.day_view import OVER, SIGNS, STATE_WORDS, block_rows
from planner.tui.shared.spans import MARKED_BY_KEY, Line, Span, block_name, cells, cut, fit, tinted, width_of, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from planner.domain.day.blocks import Block
    from planner.store.today_queries import BlockLine, Today

    Measure = Callable[[str], int]
    Minutes = tuple[int, int]

GUTTER = 7  # cells left of the blocks: their start, as `08:30`
GAP = 1  # cells between two blocks side by side
NARROWEST = 10  # cells of a block side by side with others
ROW = 15  # minutes of a row at the largest scale
ROOM = 1.25  # rows there must be for each row needed, or proportions can't show
LEAST_NAME = 12  # cells of a block's name beside its length
NIGHT = 60  # minutes of the night's sleep that are drawn
VIOLET = frozenset({"meetings", "proposals"})
DESK = frozenset({"admin", "list"})
NOW_SIGN = ("●", "accent")
RULE = "━"


def edge(kind: str) -> str:
    """Return the style of the edge of a kind of block."""
    return "violet" if kind in VIOLET else "track" if kind in MARKED_BY_KEY else "fill"


def tint(kind: str) -> str:
    """Return the tint behind a kind of block."""
    return "own" if kind in MARKED_BY_KEY else "desk" if kind in DESK else kind


def drawn(block: Block | BlockLine) -> Minutes:
    """Return the minutes of a block to draw, only the first of a night's sleep."""
    return block.first, min(block.last, block.first + NIGHT) if block.kind == "sleep" else block.last


class Scale:
    """Maps minutes to rows in proportion, though every stretch has a row of its own. `fits` is false if the height
    leaves no room for proportions.
    """

    def __init__(self, stretches: Iterable[Minutes], height: int) -> None:
        wanted = sorted(set(stretches), key=lambda span: (span[1], -span[0]))
        cuts = sorted({minute for span in wanted for minute in span})
        lengths = [later - earlier for earlier, later in pairwise(cuts)]
        least = [0] * len(lengths)
        for first, last in wanted:  # by their ends, so that the last part of each is shared by most of the others
            parts = range(cuts.index(first), cuts.index(last))
            if not any(least[part] for part in parts):
                least[parts[-1]] = 1
        self.fits = sum(least) * ROOM <= height
        height = min(height, max(sum(least), -(-sum(lengths) // ROW)))
        self._knots = list(zip(cuts, _running(shares(lengths, least, height)), strict=False)) or [(0, 0)]
        self.height = height

    def hours(self) -> dict[int, str]:
        """Return the times at which stretches start or end by row."""
        return {row: clock_text(minute) for minute, row in self._knots}

    def row(self, minute: int) -> int:
        """Return the row of a minute, within the rows of the scale."""
        for (before, row), (after, following) in pairwise(self._knots):
            if before <= minute < after:
                return row + (minute - before) * (following - row) // (after - before)
        return 0 if minute < self._knots[0][0] else self.height


def shares(lengths: Sequence[int], least: Sequence[int], height: int) -> list[int]:
    """Divide rows in proportion to lengths, each getting at least so many. They add up to the height."""
    small: set[int] = set()
    while True:
        large = [number for number in range(len(lengths)) if number not in small]
        room = height - sum(least[number] for number in small)
        whole = sum(lengths[number] for number in large)
        below = {number for number in large if lengths[number] * room < least[number] * whole}
        if not below:
            break
        small |= below
    rows = [least[number] if number in small else lengths[number] * room // whole for number in range(len(lengths))]
    rest = sorted(large, key=lambda number: -(lengths[number] * room % whole))
    for number in rest[: height - sum(rows)]:
        rows[number] += 1
    return rows


def _running(numbers: Iterable[int]) -> list[int]:
    sums = [0]
    for number in numbers:
        sums.append(sums[-1] + number)
    return sums


def lanes(spans: Sequence[Minutes]) -> list[Minutes]:
    """Return (lane, number of lanes) of each stretch, given by start: overlapping ones stand side by side."""
    found: list[Minutes] = []
    group: list[int] = []
    ends: list[int] = []
    for first, last in [*spans, (1 << 30, 1 << 30)]:
        if ends and first >= max(ends):
            found += [(lane, len(ends)) for lane in group]
            group, ends = [], []
        lane = next((lane for lane, end in enumerate(ends) if end <= first), len(ends))
        ends[lane : lane + 1] = [last]
        group.append(lane)
    return found


def surface(texts: Sequence[Line], width: int, look: tuple[str, str], measure: Measure = cells) -> list[Line]:
    """Draw lines of text with an edge before them on a tint. `look` is the edge's style and the tint. An empty last
    line ends in a seam to what follows.
    """
    style, tint = look
    mark = "▌ " if tint == "picked" else "▎ "
    blank = [(mark, f"{style} on {tint}"), (" " * (width - 2), f" on {tint}")]
    seam = [(mark[0], f"{style} on {tint}"), ("▁" * (width - 1), f"seam on {tint}")]
    lines = [
        tinted(cut([(mark, style), *text], width, measure), tint, width, measure) if text else blank for text in texts
    ]
    return lines if texts[-1] else [*lines[:-1], seam]


class Timeline:
    """A day's blocks laid out in rows. `fits` is false if there is no room to draw them in proportion."""

    def __init__(self, today: Today, now: datetime, width: int, height: int) -> None:
        self.today, self.width = today, width
        self.minute = day_minute(today, now)
        self.states = block_states(today, now)
        spans = [drawn(block) for block in today.blocks]
        self.lanes = lanes(spans)
        begins = min((block.first for block in today.blocks), default=0)
        ends = max((block.last for block in today.blocks), default=0)
        is_today = 0 <= self.minute < max(ends, 24 * 60)
        outside = is_today and not begins <= self.minute < ends  # the line takes a row of its own
        self.above = int(outside and self.minute < begins)
        self.scale = Scale(spans, height - outside)
        self.height = self.scale.height + outside
        self.now_row = -1
        if is_today:  # the night isn't drawn in full
            self.now_row = 0 if self.above else min(self.scale.row(self.minute), self.height - 1)
        most = max((count for _, count in self.lanes), default=1)
        self.fits = bool(spans) and self.scale.fits and (width - GUTTER + GAP) // most - GAP >= NARROWEST
        self.places = [self._place(index, span) for index, span in enumerate(spans)]

    def _place(self, index: int, span: Minutes) -> tuple[int, int, int, int]:
        """Return where a block is drawn: its top row and number of rows, its left cell and width."""
        top = self.scale.row(span[0])
        lane, count = self.lanes[index]
        room = self.width - GUTTER + GAP
        left, right = room * lane // count, room * (lane + 1) // count
        return self.above + top, self.scale.row(span[1]) - top, GUTTER + left, right - left - GAP

    def block_at(self, x: int, y: int) -> int | None:
        """Return the index of the block drawn at a cell, None between blocks. The hours at the left belong to them."""
        for index, (top, rows, left, width) in enumerate(self.places):
            if top <= y < top + rows and (left <= x < left + width or x < GUTTER == left):
                return index
        return None

    def area(self, index: int) -> tuple[int, int, int, int]:
        """Return the left cell, top row, width and height of a block."""
        top, rows, left, width = self.places[index]
        return left, top, width, rows

    def lines(self, measure: Measure = cells, chosen: int | None = None) -> list[Line]:
        """Draw the day."""
        hours = self._hours()
        found = [[(0, [hours.get(row, ("", ""))])] for row in range(self.height)]
        for index, (top, rows, left, width) in enumerate(self.places):
            drawing = self._block(index, rows, width, measure, chosen=index == chosen)
            for row, line in enumerate(drawing, top):
                found[row].append((left, line))
        for row in hours:  # a time without a block is where one ends
            if 0 <= row < self.height and row != self.now_row and len(found[row]) == 1:
                found[row].append((GUTTER, [("  free", "dim")]))
        if self.now_row >= 0 and len(found[self.now_row]) == 1:
            found[self.now_row].append((GUTTER, [(RULE * (self.width - GUTTER), "bad")]))
        return [_beside(parts, measure) for parts in found]

    def _hours(self) -> dict[int, Span]:
        """The times at the left by row: now, and the starts of the blocks before their ends."""
        placed = list(zip(self.places, self.today.blocks, strict=True))
        ends = {top + rows: (f" {block.end} ", "dim") for (top, rows, *_), block in placed}
        starts = {top: (f" {block.start} ", "dim") for (top, *_), block in reversed(placed)}
        return ends | starts | {self.now_row: (f" {clock_text(self.minute)} ", "bad")}

    def _block(self, index: int, rows: int, width: int, measure: Measure, *, chosen: bool) -> list[Line]:
        block, state = self.today.blocks[index], self.states[index]
        style = "cursor" if chosen or state == "now" else "dim" if state in OVER else ""
        room = max(0, width - 3)
        rule = self.now_row - self.places[index][0]
        crossed = 0 <= rule < rows
        free = [*range(max(1, rule + 1), rows), *range(1, rule)] if crossed else list(range(1, rows))
        beside = room - 3 - measure(_length(block))
        name, *more = _in_lines(block_name(block), beside if beside >= LEAST_NAME else room - 2, len(free) + 1, measure)
        facts = self._facts(block, state)
        details = [[(text, style)] for text in more] + (_paragraph(facts, room, measure) if free else [])
        inside = [] if free else facts
        texts: list[Line] = [self._head(index, [(name, style), *inside], room, measure)]
        texts += [[]] * (rows - 1)
        for row, detail in zip(free, details, strict=False):
            texts[row] = detail
        if crossed:
            texts[rule] = _ruled(texts[rule], room)
        behind = "picked" if chosen else "now" if state == "now" else "panel" if state in OVER else tint(block.kind)
        return surface(texts, width, ("pointer" if behind in ("picked", "now") else edge(block.kind), behind), measure)

    def _head(self, index: int, said: Line, room: int, measure: Measure) -> Line:
        """The first line of a block: name and facts, its length and a sign. What has no room is left out."""
        block, state = self.today.blocks[index], self.states[index]
        sign, colour = NOW_SIGN if state == "now" else SIGNS[state]
        length = f"{_length(block)} "
        spaced = [part for fact in said for part in (("  ", ""), fact)][1:]
        short: Line = [*said[:1], *([("  ", ""), (block.calendar[0].upper(), "accent")] if block.calendar else [])]
        for line, end in ((spaced, length), (short, length), (said[:1], length), (spaced, ""), (said[:1], "")):
            gap = room - width_of(line, measure) - measure(end) - 1
            if gap > 0:
                break
        return [*line, (" " * gap, ""), (end, "dim"), (sign, colour)]

    def _facts(self, block: BlockLine, state: str | None) -> Line:
        """What else there is to say of a block, most important first."""
        facts = block_facts(block, state)
        if state == "now":
            facts.append((f"{formats.duration(block.last - self.minute)} left", "bold"))
            target, made = self.today.target("dials"), self.today.counts["dials"]
            if block.kind == "calls" and target is not None and target > made:
                facts.append((f"{plural(target - made, 'call', 'calls')} to go", ""))
        return facts


def _length(block: BlockLine) -> str:
    return formats.duration(block.last - block.first)


def block_facts(block: BlockLine, state: str | None) -> Line:
    """Return what a block's name doesn't say: its kind if it has a title, a clash, how it went or what to mark."""
    facts: Line = []
    if block.position is None:
        facts.append((block.calendar or "meeting", "dim"))
    elif block.title:
        facts.append((BLOCK_WORDS.get(block.kind, block.kind).lower(), "dim"))
    if block.clash:
        facts.append((f"! overlaps {BLOCK_WORDS[block.clash]}", "warn"))
    if state in ("short", "missed", "dropped", "free"):
        said = block.mark if block.mark == "no-show" else STATE_WORDS.get(state, state)
        facts.append((said, SIGNS[state][1]))
    elif state is None and block.kind in MARKED_BY_KEY:
        facts.append(("kept?", "dim"))
    elif state is None and block.meeting_id is not None:
        facts.append(("held?", "accent"))
    return facts


def _in_lines(text: str, room: int, most: int, measure: Measure) -> list[str]:
    """Wrap a text into at most so many lines, the last one cut."""
    lines = wrap(make_visible(text), room, measure)
    return lines if len(lines) <= most else [*lines[: most - 1], fit(" ".join(lines[most - 1 :]), room, measure)]


def _paragraph(facts: Line, room: int, measure: Measure) -> list[Line]:
    """Put facts into as few lines as hold them whole."""
    lines: list[Line] = []
    for fact in facts:
        if lines and width_of([*lines[-1], fact], measure) + 3 <= room:
            lines[-1] += [(" · ", "dim"), fact]
        else:
            lines.append(cut([fact], room, measure))
    return lines


def _ruled(line: Line, room: int) -> Line:
    """Draw the line of the current time through the empty part of a line."""
    if not line:
        return [(RULE * room, "bad")]
    return [(f" {RULE * (len(text) - 2)} ", "bad") if text.isspace() and len(text) > 3 else (text, style)
            for text, style in line]  # fmt: skip


def _beside(parts: Sequence[tuple[int, Line]], measure: Measure) -> Line:
    """Put drawings at their cells of one line."""
    found: Line = []
    used = 0
    for left, part in sorted(parts, key=lambda each: each[0]):
        found += [(" " * (left - used), "")] * (left > used) + part
        used = max(used, left) + width_of(part, measure)
    return found


def day_timeline(
    today: Today, now: datetime, width: int, height: int, measure: Measure = cells, chosen: int | None = None
) -> list[Line]:
    """Draw a day's blocks in at most `height` lines, as a list if they don't fit in proportion. `chosen` is the index
    of the selected one.
    """
    drawing = Timeline(today, now, width, height)
    if drawing.fits:
        return drawing.lines(measure, chosen)
    return [line for _, line in block_rows(today, now, width, height, measure)]


def block_at(
    today: Today, now: datetime, size: tuple[int, int], x: int, y: int
) -> tuple[int, tuple[int, int, int, int]] | None:
    """Return the index of the block that `day_timeline` draws at a cell, with its left cell, top row, width and height.
    None between blocks.
    """
    width, height = size
    drawing = Timeline(today, now, width, height)
    if drawing.fits:
        index = drawing.block_at(x, y)
        return None if index is None else (index, drawing.area(index))
    rows = block_rows(today, now, width, height)
    index = rows[y][0] if 0 <= x < width and 0 <= y < len(rows) else -1
    return None if index < 0 else (index, (0, y, width, 1))
