"""The widgets of the settings screen: the list by group, and the description of the selected setting. Data in, lines
out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

KEY = 24


@dataclass(frozen=True)
class SettingLine:
    """A setting as shown: its value as text, whether the rep has set it, its description and allowed values."""

    key: str
    value: str
    own: bool
    about: str
    allowed: str
    default: str
    raw: object
    """The value in force, as read."""

    @property
    def name(self) -> str:
        """The key to display, without its prefix on the page of key bindings."""
        return self.key.removeprefix("keys.")


class SettingLines(EntryLines):
    """List of the settings."""

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
        """Show settings under a heading. `wanted` is the filter text."""
        self.settings, self.wanted, self.heading = settings, wanted, heading
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        own = sum(each.own for each in self.settings)
        title: Line = [(f" {self.heading}", "bold"), (f"   {len(self.settings)}", "bold")]
        title.append((f"   {own} changed" if own else "   all defaults", "dim"))
        if self.wanted:
            title.append((f"   matching “{self.wanted}”   esc show all", "dim"))
        if not self.settings:
            return [title, [], [(f"   No {self.heading.lower()} match.", "")]]
        return [spans.cut(title, width, measure), *(self._row(index, width) for index in self.in_sight(height))]

    def _row(self, index: int, width: int) -> Line:
        each, chosen = self.settings[index], index == self.cursor
        line: Line = [
            spans.pointer(chosen),
            ("● " if each.own else "· ", "accent" if each.own else "dim"),
        ]
        line.append((_column(each.name, KEY), "cursor" if chosen else ""))
        told = width >= 70  # on narrower screens only the value fits, and the description is below
        room = min(28, (width - KEY) // 3) if told else width - KEY - 6
        line.append((_column(each.value, room), "bold" if each.own else ""))
        if told:
            line.append((each.about, "dim"))
        return spans.cut(line, width - 1, measure)  # same margin as on the left


class SettingWords(Lines):
    """View of the selected setting's description, allowed values and default."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.setting: SettingLine | None = None

    def show(self, setting: SettingLine | None) -> None:
        """Show a setting."""
        self.setting = setting
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        each = self.setting
        if each is None:
            return []
        rows: list[Line] = [
            [(f" {each.name}", "bold"), (f"   {each.about}", "")],
            [(" allowed  ", "dim"), (each.allowed, "")],
            [(" current  ", "dim"), (each.value, "accent" if each.own else "")],
            [(" default  ", "dim"), (each.default, "")],
        ]
        return [spans.cut(row, width, measure) for row in rows]


def _column(text: str, width: int) -> str:
    """Pad a text to a column, with two spaces after it."""
    cut = spans.fit(text, width - 2, measure)
    return cut + " " * (width - measure(cut))
