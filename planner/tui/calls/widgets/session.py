"""The widgets of a calling session: its clocks, the note, and the outcomes by digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from textual import events
from textual.geometry import Region

from planner.domain.calls.session import clock, warning
from planner.tui.messages import KeyClicked
from planner.tui.shared import spans
from planner.tui.shared.big import ROWS, big
from planner.tui.shared.spans import OUTCOMES, Line
from planner.tui.shared.widgets.frame import FooterLine, HeaderLine
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
        parts = [part for part in (self._call(c), self._gap(c, wide), self._pace(c)) if part]
        room = width - spans.width_of(head, measure)
        while len(parts) > 1 and sum(spans.width_of(part, measure) + 2 for part in parts) > room:
            parts.pop()
        spare = max(2, (room - sum(spans.width_of(part, measure) for part in parts) - 1) // max(1, len(parts)))
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
        groups = self._large_call(c), self._large_gap(c), self._large_pace(c)
        left = max(spans.width_of(row, measure) for row in rows) + 4
        size = (width - left) // len(groups)
        for index, (figure, look, name, more) in enumerate(groups):
            if figure == clock(None):
                continue  # nothing to measure yet
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
        if c.pace is None:
            return clock(None) if c.needed is None else f"{ceil(c.needed)}", "dim", "per hour", "needed"
        behind = c.needed is not None and c.pace < c.needed
        needed = "" if c.needed is None else f"need {ceil(c.needed):,}{' ▼' if behind else ''}"
        return f"{c.pace:.0f}", "warn" if behind else "bold", "per hour", needed

    def _call(self, c: Clocks) -> Line:
        if not c.in_call:
            if c.paused is not None:
                return [("paused ", "warn"), (clock(c.paused), "")]
            return []
        late = warning(c.call, c.amber, c.red)
        style, sign = {"": ("bold", ""), "amber": ("warn", " !"), "red": ("bad", " !!")}[late]
        return [("call " if c.talking else "ended ", "dim"), (clock(c.call) + sign, style)]

    def _gap(self, c: Clocks, wide: bool) -> Line:
        if c.gap is None:
            return []
        line: Line = [("gap ", "dim"), (clock(c.gap), "" if c.in_call else "bold")]
        if c.average is not None:
            line.append((f", avg {clock(c.average)}", "dim"))
        return line

    def _pace(self, c: Clocks) -> Line:
        line: Line = [] if c.pace is None else [(f"{c.pace:.0f}/h", "")]
        if c.needed is not None:
            behind = c.pace is not None and c.pace < c.needed
            line.append((", need " if line else "need ", "dim"))
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


class SessionHeader(HeaderLine):
    """The header during a session, with the digits of its tabs off, since they choose outcomes."""

    def build(self, width: int, height: int) -> list[Line]:
        return [
            [(text, style.replace("accent", "dim") if text.strip().isdigit() else style) for text, style in line]
            for line in super().build(width, height)
        ]


class CallKeys(FooterLine):
    """What the digits choose, above the other keys: the outcomes in the longest wording that fits, or the choices of a
    question. The outcomes are dim while the digits mean something else.
    """

    LONG = (*OUTCOMES[0], "proposal promised")
    FULL = (*OUTCOMES[0], "proposal")
    SHORT = ("no ans", "vm", "gate", "refused", "callback", "convo", "meeting", "wrong", "proposal")
    SHORTEST = ("no ans", "vm", "gate", "no", "cb", "convo", "mtg", "wrong", "bid")

    MOST, WIDEST = 9, 24  # keys, and cells of one

    choices: Sequence[str] | None = None

    def offer(self, choices: Sequence[str] | None) -> None:
        """Show what the digits choose: an outcome if None, nothing if empty."""
        self.choices = None if choices is None else choices[: self.MOST]
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if height >= ROWS:
            return [*self._grid(width), *super().build(width, height)]
        return [self._line(width), *super().build(width, height)]

    @property
    def _is_off(self) -> bool:
        """Whether the digits choose nothing."""
        return self.choices is not None and not self.choices

    @property
    def _looks(self) -> tuple[str, str]:
        """The styles of a digit and of its word."""
        return ("dim", "dim") if self._is_off else ("accent", "")

    def _grid(self, width: int) -> list[Line]:
        """The choices as keys beside each other, each with its digit above its name."""
        rows: list[Line] = [[(" ", "")], [(" ", "")]]
        for digit, (word, size) in enumerate(self._keys(width), start=1):
            left = (size - measure(word)) // 2
            named = " " * left + word + " " * (size - left - measure(word))
            for row, text, style in zip(rows, (str(digit).center(size), named), self._looks, strict=True):
                row += [(text, f"{style} on tab"), (" ", "")]
        return rows

    def _keys(self, width: int) -> list[tuple[str, int]]:
        """The name and width of each key: all of one width if their names have room, otherwise each as it needs."""
        same = 0
        words: Sequence[str] = ()
        for words in (self.choices,) if self.choices else (self.FULL, self.SHORT, self.SHORTEST):
            same = min(self.WIDEST, (width - 1) // len(words) - 1)
            sizes = [measure(word) for word in words]
            if max(sizes) + 2 <= same:
                spare = width - 1 - len(words) * (same + 1) if same < self.WIDEST else 0
                return [(word, same + (index < spare)) for index, word in enumerate(words)]
            air = (width - 1 - len(words) - sum(sizes)) // len(words)
            if air >= 2:
                spare = (width - 1 - len(words) - sum(sizes)) % len(words)
                return [(word, sizes[index] + air + (index < spare)) for index, word in enumerate(words)]
        return [(spans.fit(word, same - 2, measure), same) for word in words]

    def _line(self, width: int) -> Line:
        line: Line = []
        digits, names = self._looks
        outcomes = (self.LONG, "  "), (self.FULL, " "), (self.SHORT, " "), (self.SHORTEST, " ")
        for words, gap in ((self.choices, "  "), (self.choices, " ")) if self.choices else outcomes:
            line = [(" ", "")]
            for digit, word in enumerate(words, start=1):
                line += [(f"{digit}", digits), (f" {word}", names or "dim"), (gap if digit < len(words) else "", "")]
            if spans.width_of(line, measure) <= width:
                break
        return spans.cut(line, width, measure)

    def _choice_at(self, x: int, y: int) -> tuple[int, Region] | None:
        """Return the digit of the choice at a place and its cells."""
        if self._is_off:
            return None
        width, height = self.size
        start = 1
        if height >= ROWS:
            parts = [(size, 1) for _, size in self._keys(width)] if y < ROWS - 1 else []
        else:
            line = self._line(width) if y == 0 else []
            named = zip(line[1::3], line[2::3], line[3::3], strict=False)
            parts = [(measure(digit + word), len(gap)) for (digit, _), (word, _), (gap, _) in named]
        for digit, (size, gap) in enumerate(parts, start=1):
            if start <= x < start + size:
                return digit, Region(start, 0, size, ROWS - 1 if height >= ROWS else 1)
            start += size + gap
        return None

    def area_at(self, x: int, y: int) -> Region | None:
        found = self._choice_at(x, y)
        return super().area_at(x, y) if found is None else found[1]

    def on_click(self, event: events.Click) -> None:
        if event.y >= self.size.height - 1:
            return  # FooterLine handles the other keys
        event.prevent_default()
        found = self._choice_at(*event.get_content_offset_capture(self))
        if found is not None:
            self.post_message(KeyClicked(f"digit({found[0]})"))
