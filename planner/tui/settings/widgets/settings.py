"""Every setting with its value, by its group. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

KEY = 24


@dataclass(frozen=True)
class SettingLine:
    """A setting as it is shown: its value as a text, whether the rep has set it, what it is and can be."""

    key: str
    value: str
    own: bool
    about: str
    allowed: str
    default: str
    raw: object
    """Its value in force, as it was read."""

    @property
    def name(self) -> str:
        """Its key as it is read; the keys of commands stand on a page of their own."""
        return self.key.removeprefix("keys.")


class SettingLines(EntryLines):
    """The settings."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.settings: Sequence[SettingLine] = ()
        self.wanted = ""
        self.heading = "Settings"

    def count(self) -> int:
        return len(self.settings)

    @property
    def chosen(self) -> SettingLine | None:
        """The setting under the cursor."""
        return self.settings[self.cursor] if self.cursor < len(self.settings) else None

    def show(self, settings: Sequence[SettingLine], wanted: str, heading: str = "Settings") -> None:
        """Take settings under a heading; `wanted` is the text that they were looked for by."""
        self.settings, self.wanted, self.heading = settings, wanted, heading
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        own = sum(each.own for each in self.settings)
        title: Line = [(f" {self.heading}", "bold"), (f"   {len(self.settings)}", "bold")]
        title.append((f"   {own} of your own" if own else "   all as shipped", "dim"))
        if self.wanted:
            title.append((f"   with “{self.wanted}”   esc all", "dim"))
        if not self.settings:
            return [title, [], [("   None has that in it.", "")]]
        return [spans.cut(title, width, measure), *(self._row(index, width) for index in self.in_sight(height))]

    def _row(self, index: int, width: int) -> Line:
        each, chosen = self.settings[index], index == self.cursor
        line: Line = [
            (" ▸ " if chosen else "   ", "accent"),
            ("● " if each.own else "· ", "accent" if each.own else "dim"),
        ]
        line.append((_column(each.name, KEY), "cursor" if chosen else ""))
        told = width >= 70  # narrower, the value has all the room: what it is stands below
        room = min(28, (width - KEY) // 3) if told else width - KEY - 6
        line.append((_column(each.value, room), "bold" if each.own else ""))
        if told:
            line.append((each.about, "dim"))
        return spans.cut(line, width - 1, measure)  # a margin, as on the left


class SettingWords(Lines):
    """What the chosen setting is, can be, and is as shipped."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting: SettingLine | None = None

    def show(self, setting: SettingLine | None) -> None:
        """Take a setting."""
        self.setting = setting
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        each = self.setting
        if each is None:
            return []
        rows: list[Line] = [
            [(f" {each.name}", "bold"), (f"   {each.about}", "")],
            [(" can be     ", "dim"), (each.allowed, "")],
            [(" is         ", "dim"), (each.value, "accent" if each.own else "")],
            [(" as shipped ", "dim"), (each.default, "")],
        ]
        return [spans.cut(row, width, measure) for row in rows]


def _column(text: str, width: int) -> str:
    """A text in a column of its own, with two blanks behind it."""
    cut = spans.fit(text, width - 2, measure)
    return cut + " " * (width - measure(cut))
