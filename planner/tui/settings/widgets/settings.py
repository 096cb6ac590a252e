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
BOTH, ABOUT = 150, 62  # width from which rows show the description too, and its column


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
    group: str
    """The title it stands under."""

    @property
    def name(self) -> str:
        """The key to display, without its prefix on the page of key bindings."""
        return self.key.removeprefix("keys.")

    @property
    def words(self) -> str:
        """All that is said of it, for the filter."""
        return " ".join((self.key, self.about, self.allowed, self.value, self.group))

    @property
    def is_key(self) -> bool:
        """Whether it is the key of a command."""
        return self.key.startswith("keys.")


class SettingLines(EntryLines):
    """List of the settings under the titles of their groups. `first` counts its rows, titles included."""

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

    def _rows(self) -> list[int | str]:
        """Return the rows: the title of each group, an empty one before it, and the indices of its settings."""
        rows: list[int | str] = []
        for index, each in enumerate(self.settings):
            if not index or each.group != self.settings[index - 1].group:
                rows += ["", each.group] if index else [each.group]
            rows.append(index)
        return rows

    def keep_in_sight(self) -> None:
        if not self.settings:
            self.first = 0
            return
        rows = self._rows()
        room = max(1, self.size.height - 1)
        at = rows.index(self.cursor)
        top = at - 1 if room > 1 and isinstance(rows[at - 1], str) else at  # with the title above
        self.first = max(0, min(max(self.first, at - room + 1), top, max(0, len(rows) - room)))

    def entry_at(self, y: int) -> int | None:
        row = y - 1 + self.first
        rows = self._rows()
        index = rows[row] if y >= 1 and row < len(rows) else ""
        return index if isinstance(index, int) else None

    def build(self, width: int, height: int) -> list[Line]:
        own = sum(each.own for each in self.settings)
        title: Line = [(f" {self.heading}", "bold"), (f"   {len(self.settings)}", "bold")]
        title.append((f"   {own} changed" if own else "   all defaults", "dim"))
        if self.wanted:
            title.append((f"   matching “{self.wanted}”   esc show all", "dim"))
        if not self.settings:
            return [title, [], [(f"   No {self.heading.lower()} match.", "")]]
        seen = self._seen(height)
        rows = (self._row(row, width) if isinstance(row, int) else [(f"   {row}", "accent")] for row in seen)
        return [spans.cut(title, width, measure), *rows]

    def _seen(self, height: int) -> list[int | str]:
        return self._rows()[self.first : self.first + max(1, height - 1)]

    def in_sight(self, height: int) -> range:
        seen = [row for row in self._seen(height) if isinstance(row, int)]
        return range(seen[0], seen[-1] + 1) if seen else range(0)

    def _row(self, index: int, width: int) -> Line:
        each, chosen = self.settings[index], index == self.cursor
        line: Line = [
            spans.pointer(chosen),
            ("● " if each.own else "· ", "accent" if each.own else "dim"),
        ]
        line.append((_column(each.name, KEY), "cursor" if chosen else ""))
        told = width >= 70  # on narrower screens only the value fits, and the rest is below
        room = min(28, (width - KEY) // 3) if told else width - KEY - 6
        line.append((_column(each.value, room), "bold" if each.own else ""))
        if told and each.is_key:  # all keys may be the same
            line.append((each.about, "dim"))
        elif told:
            about = [(_column(each.about, ABOUT), "")] if width >= BOTH else []
            line += [*about, (each.allowed, "dim")]
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
