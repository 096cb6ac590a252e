"""Contacts that may be the same, and two of them side by side. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from planner.tui import view
from planner.tui.view import Line
from planner.tui.widgets.calling import EntryLines
from planner.tui.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.domain.people import Contact
    from planner.services.duplicates import Found

LABELS = {
    "supplier_weak": "its weak",
    "supplier_until": "ends",
    "decides": "decides",
    "preferences": "prefers",
}
LABEL = 12


def told(value: Any) -> str:
    """A value of a field as a text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else " ".join(str(value).split())


class PairLines(EntryLines):
    """The pairs, the surest first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pairs: Sequence[Found] | None = None
        self.sure = False

    def count(self) -> int:
        return len(self.pairs or ())

    @property
    def chosen(self) -> Found | None:
        """The pair under the cursor."""
        return self.pairs[self.cursor] if self.pairs and self.cursor < len(self.pairs) else None

    def show(self, pairs: Sequence[Found] | None) -> None:
        """Take pairs; None while they are looked for."""
        self.pairs = pairs
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        if self.pairs is None:
            return [[("  looking …", "dim")]]
        same = sum(each.pair.same for each in self.pairs)
        title: Line = [(" Duplicates", "bold")]
        if not self.pairs:
            return [title, [], [("   No two contacts look like one.", "")]]
        title += [(f"   {same:,} the same", "bold"), (f"   {len(self.pairs) - same:,} perhaps", "dim")]
        return [view.cut(title, width, measure), *(self._row(index, width) for index in self.in_sight(height))]

    def _row(self, index: int, width: int) -> Line:
        assert self.pairs is not None
        each = self.pairs[index]
        chosen = index == self.cursor
        sign, style = ("=", "good") if each.pair.same else ("?", "warn")
        reasons = ", ".join(each.pair.reasons)
        names = max(8, (width - 9) // 3)
        line: Line = [(" ▸ " if chosen else "   ", "accent"), (f"{sign} ", style)]
        first, second = view.fit(each.first.name, names, measure), view.fit(each.second.name, names, measure)
        line += [(first, "cursor" if chosen else ""), (" · ", "dim"), (second, "cursor" if chosen else "")]
        room = max(0, width - view.width_of(line, measure) - 3)
        return view.justified(line, [(view.fit(reasons, room, measure) + " ", "dim")], width, measure)


class CompareLines(Lines):
    """Two contacts side by side; where both say something else, which of them stays."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.both: tuple[Contact, Contact] | None = None
        self.fields: Sequence[str] = ()
        self.taken: frozenset[str] = frozenset()
        self.cursor: str | None = None

    def show(
        self,
        both: tuple[Contact, Contact] | None,
        fields: Sequence[str],
        taken: frozenset[str],
        cursor: str | None,
    ) -> None:
        """Take two contacts, the fields a merge chooses between, those taken from the second, the one to be changed."""
        self.both, self.fields, self.taken, self.cursor = both, fields, taken, cursor
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.both is None:
            return []
        first, second = self.both
        half = max(8, (width - LABEL - 4) // 2)

        def row(label: str, one: str, other: str, style: tuple[str, str], mark: str = "   ") -> Line:
            left = view.fit(one, half - 1, measure)
            return [
                (mark, "accent"),
                (label.ljust(LABEL - 2), "dim"),
                (left, style[0]),
                (" " * (half - measure(left)), ""),
                (view.fit(other, half, measure), style[1]),
            ]

        lines = [row("", f"{first.id}, stays", f"{second.id}, goes into it", ("dim", "dim"))]
        for name in self.fields:
            one, other = told(getattr(first, name)), told(getattr(second, name))
            if (not one and not other) or (name == "decides" and one == other == "no"):
                continue
            style = ("", "")
            if one and other and one != other:
                style = ("dim", "accent") if name in self.taken else ("accent", "dim")
            elif not one or one == "no":
                style = ("dim", "")
            mark = " ▸ " if name == self.cursor else "   "
            lines.append(row(LABELS.get(name, name), one, other, style, mark))
        for label, one_ways, other_ways in (
            ("phones", first.phones, second.phones),
            ("mails", first.emails, second.emails),
        ):
            if one_ways or other_ways:
                one, other = (", ".join(way.value for way in ways) for ways in (one_ways, other_ways))
                lines.append(row(label, one, other, ("", "")))
        if first.tags or second.tags:
            lines.append(row("tags", ", ".join(first.tags), ", ".join(second.tags), ("", "")))
        if first.notes or second.notes:
            lines.append(row("notes", told(first.notes), told(second.notes), ("", "")))
        return lines[:height]
