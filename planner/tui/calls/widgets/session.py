"""The widgets of a calling session: its clocks, the note, and the outcomes by digit."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from textual import events
from textual.geometry import Region

from planner.domain.calls.session import clock, warning
from planner.tui.messages import KeyClicked
from planner.tui.shared import spans
from planner.tui.shared.big import ROWS, big
from planner.tui.shared.spans import OUTCOMES, Line
from planner.tui.shared.widgets.frame import FooterLine
from planner.tui.shared.widgets.lines import Lines, measure


@dataclass(frozen=True)
class Clocks:
    """Readings of the clocks: seconds of the call and of the gap (None if unknown), counts, and calls per hour."""

    number: int = 1
    done: int = 0
    left: int = 0
    target: int | None = None
    call: int = 0
    in_call: bool = False
    talking: bool = False
    gap: int | None = None
    average: float | None = None
    pace: float | None = None
    needed: float | None = None
    paused: int | None = None
    sprint: tuple[int, int] | None = None
    amber: int = 150
    red: int = 180


class SessionLine(Lines):
    """The session line: call clock, gap clock with its average, calls per hour against the required pace."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.clocks = Clocks()

    def show(self, clocks: Clocks) -> None:
        """Show new clock readings."""
        self.clocks = clocks
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if height >= ROWS:
            return self._large(width)
        c = self.clocks
        wide = width >= spans.WIDE
        of = f"{c.done:,}" if c.target is None else f"{c.done:,} of {c.target:,}"
        if wide:
            of = "no calls yet" if not (c.done or c.target) else f"{of} call{'' if of == '1' else 's'}"
        head: Line = [(_state(c), "fresh"), (f"  session {c.number} · " if wide else "  ", "dim"), (of, "")]
        if c.left > 1 and wide:
            head.append((f" · {c.left - 1:,} left on your list", "dim"))
        if c.sprint is not None:
            head += [("  sprint ", "accent"), (f"{c.sprint[0]} of 25, {clock(c.sprint[1])}", "")]
        parts = [self._call(c), self._gap(c, wide), self._pace(c)]
        room = width - spans.width_of(head, measure)
        while len(parts) > 1 and sum(spans.width_of(part, measure) + 2 for part in parts) > room:
            parts.pop()
        spare = max(2, (room - sum(spans.width_of(part, measure) for part in parts) - 1) // len(parts))
        line = list(head)
        for part in parts:
            line += [(" " * min(spare, 9), ""), *part]
        return [spans.cut(line, width, measure)]

    def _large(self, width: int) -> list[Line]:
        """The session in three rows, with its clocks in large figures."""
        c = self.clocks
        of = "calls" if c.target is None else f"of {c.target:,} calls"
        rows: list[Line] = [
            [(_state(c), "fresh"), (f"  session {c.number}", "dim")],
            [(f" {c.done:,} ", "bold"), (of, "dim")],
            [(f" {c.left - 1:,} left on your list" if c.left > 1 else "", "dim")],
        ]
        if c.sprint is not None:
            rows[2] = [(" sprint ", "accent"), (f"{c.sprint[0]} of 25, {clock(c.sprint[1])}", "")]
        groups = [self._large_call(c), self._large_gap(c), self._large_pace(c)]
        left = max(spans.width_of(row, measure) for row in rows) + 4
        size = (width - left) // len(groups)
        for index, (figure, look, name, more) in enumerate(groups):
            for row, drawn, told in zip(rows, big(figure), (name, more, ""), strict=True):
                gap = left + index * size - spans.width_of(row, measure)
                row += [(" " * max(1, gap), ""), (drawn, look), (f"  {told}", "dim")]
        return [spans.cut(row, width, measure) for row in rows]

    def _large_call(self, c: Clocks) -> tuple[str, str, str, str]:
        if not c.in_call:
            return (clock(None), "dim", "call", "") if c.paused is None else (clock(c.paused), "warn", "paused", "")
        late = warning(c.call, c.amber, c.red)
        style, sign = {"": ("bold", ""), "amber": ("warn", "!"), "red": ("bad", "!!")}[late]
        return clock(c.call), style, "call" if c.talking else "ended", sign

    def _large_gap(self, c: Clocks) -> tuple[str, str, str, str]:
        average = "" if c.average is None else f"avg {clock(c.average)}"
        return clock(c.gap), "dim" if c.in_call else "bold", "gap", average

    def _large_pace(self, c: Clocks) -> tuple[str, str, str, str]:
        behind = c.pace is not None and c.needed is not None and c.pace < c.needed
        needed = "" if c.needed is None else f"need {ceil(c.needed):,}{' ▼' if behind else ''}"
        return "–" if c.pace is None else f"{c.pace:.0f}", "warn" if behind else "bold", "per hour", needed

    def _call(self, c: Clocks) -> Line:
        if not c.in_call:
            if c.paused is not None:
                return [("paused ", "warn"), (clock(c.paused), "")]
            return [("call ", "dim"), ("–", "dim")]
        late = warning(c.call, c.amber, c.red)
        style, sign = {"": ("bold", ""), "amber": ("warn", " !"), "red": ("bad", " !!")}[late]
        return [("call " if c.talking else "ended ", "dim"), (clock(c.call) + sign, style)]

    def _gap(self, c: Clocks, wide: bool) -> Line:
        line: Line = [("gap ", "dim"), (clock(c.gap), "" if c.in_call else "bold")]
        if c.average is not None:
            line.append((f", avg {clock(c.average)}", "dim"))
        return line

    def _pace(self, c: Clocks) -> Line:
        line: Line = [("–/h" if c.pace is None else f"{c.pace:.0f}/h", "")]
        if c.needed is not None:
            behind = c.pace is not None and c.pace < c.needed
            line.append((", need ", "dim"))
            line.append((f"{ceil(c.needed):,}/h" + (" ▼" if behind else ""), "warn" if behind else "dim"))
        return line


def _state(c: Clocks) -> str:
    return " CALLING " if c.in_call or c.left else " READY "


class NoteLine(Lines):
    """The note of the current call while it isn't being edited."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.note = ""

    def show(self, note: str) -> None:
        """Show the note."""
        self.note = note
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if not self.note:
            return [[]]
        return [spans.cut([("   note ", "dim"), (spans.fit(self.note, width - 10, measure), "")], width, measure)]


class CallKeys(FooterLine):
    """The outcomes by digit, in the longest wording that fits, above the other keys."""

    LONG = (*OUTCOMES[0], "proposal promised")
    FULL = (*OUTCOMES[0], "proposal")
    SHORT = ("no ans", "vm", "gate", "refused", "callback", "convo", "meeting", "wrong", "proposal")
    SHORTEST = ("no ans", "vm", "gate", "no", "cb", "convo", "mtg", "wrong", "bid")

    def build(self, width: int, height: int) -> list[Line]:
        if height > ROWS:
            return [*self._grid(width), *super().build(width, height)]
        return [self._outcomes(width), *super().build(width, height)]

    def _grid(self, width: int) -> list[Line]:
        """The outcomes as keys beside each other, each with its digit above its name."""
        size = self._key_size(width)
        words = next((words for words in (self.FULL, self.SHORT, self.SHORTEST) if max(map(len, words)) <= size), ())
        rows: list[Line] = [[(" ", "")], [(" ", "")], []]
        for digit, word in enumerate(words, start=1):
            rows[0] += [(str(digit).center(size), "accent on tab"), (" ", "")]
            rows[1] += [(word.center(size), " on tab"), (" ", "")]
        return rows

    def _key_size(self, width: int) -> int:
        return min(24, (width - 2) // len(self.FULL) - 1)

    def _outcomes(self, width: int) -> Line:
        line: Line = []
        for words, gap in ((self.LONG, "  "), (self.FULL, " "), (self.SHORT, " "), (self.SHORTEST, " ")):
            line = [(" ", "")]
            for digit, word in enumerate(words, start=1):
                line += [(f"{digit}", "accent"), (f" {word}", "dim"), (gap if digit < len(words) else "", "")]
            if spans.width_of(line, measure) <= width:
                break
        return spans.cut(line, width, measure)

    def _outcome_at(self, x: int, y: int) -> tuple[int, Region] | None:
        """Return the digit of the outcome at a place and its cells."""
        width, height = self.size
        if height > ROWS:
            size = self._key_size(width)
            number, rest = divmod(x - 1, size + 1)
            hit = y < ROWS - 1 and 0 <= number < len(self.FULL) and rest < size
            return (number + 1, Region(1 + number * (size + 1), 0, size, ROWS - 1)) if hit else None
        line = self._outcomes(width) if y == 0 else []
        start = 1
        for (digit, _), (word, _), (gap, _) in zip(line[1::3], line[2::3], line[3::3], strict=False):
            size = len(digit + word)
            if start <= x < start + size:
                return int(digit), Region(start, 0, size, 1)
            start += size + len(gap)
        return None

    def area_at(self, x: int, y: int) -> Region | None:
        found = self._outcome_at(x, y)
        return super().area_at(x, y) if found is None else found[1]

    def on_click(self, event: events.Click) -> None:
        if event.y >= self.size.height - 1:
            return  # FooterLine handles the other keys
        event.prevent_default()
        found = self._outcome_at(*event.get_content_offset_capture(self))
        if found is not None:
            self.post_message(KeyClicked(f"digit({found[0]})"))
