"""The widgets of the duplicates screen: the pairs, and two contacts side by side. Data in, lines out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from planner.domain import formats
from planner.domain.clients.special_days import day_text
from planner.tui.clients.widgets.empty import empty_lines
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

if TYPE_CHECKING:
    from planner.domain.clients.people import Contact
    from planner.services.clients.duplicates import Found

LABELS = {
    "supplier_weak": "weak points",
    "supplier_until": "contract ends",
    "zone": "time zone",
    "rhythm": "contact every",
    "consent": "email consent",
    "mailing": "email updates",
}
LABEL = 15


def format_value(value: Any) -> str:
    """Format a field's value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return formats.dated_text(value)
    return "" if value is None else " ".join(str(value).split())


class PairLines(EntryLines):
    """List of the pairs, most certain first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pairs: Sequence[Found] | None = None
        self.looked = 0

    def count(self) -> int:
        return len(self.pairs or ())

    @property
    def chosen(self) -> Found | None:
        """The pair under the cursor."""
        return self.pairs[self.cursor] if self.pairs and self.cursor < len(self.pairs) else None

    def show_search(self, done: int) -> None:
        """Show the progress of the search."""
        self.looked = done
        self.redraw()

    def show(self, pairs: Sequence[Found] | None) -> None:
        """Show pairs, or None while searching."""
        self.pairs = pairs
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        if self.pairs is None:
            looked = f", {self.looked:,} groups compared" if self.looked else ""
            return [[(f"  Searching{looked} …", "dim"), ("   esc to stop", "dim")]]
        same = sum(each.pair.same for each in self.pairs)
        title: Line = [(" Duplicates", "bold")]
        if not self.pairs:
            return empty_lines(title, "No duplicates found.", (("esc", "go back"),), width, height)
        title += [(f"   {same:,} certain", "bold"), (f"   {len(self.pairs) - same:,} possible", "dim")]
        return [spans.cut(title, width, measure), *(self._row(index, width) for index in self.in_sight(height))]

    def _row(self, index: int, width: int) -> Line:
        assert self.pairs is not None
        each = self.pairs[index]
        chosen = index == self.cursor
        sign, style = ("=", "good") if each.pair.same else ("?", "warn")
        reasons = ", ".join(each.pair.reasons)
        names = max(8, (width - 9) // 3)
        line: Line = [spans.pointer(chosen), (f"{sign} ", style)]
        first, second = spans.fit(each.first.name, names, measure), spans.fit(each.second.name, names, measure)
        line += [(first, "cursor" if chosen else ""), (" · ", "dim"), (second, "cursor" if chosen else "")]
        room = max(0, width - spans.width_of(line, measure) - 3)
        return spans.justify(line, [(spans.fit(reasons, room, measure) + " ", "dim")], width, measure)


class CompareLines(Lines):
    """View of two contacts side by side, with the value to keep wherever they differ."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.both: tuple[Contact, Contact] | None = None
        self.fields: Sequence[str] = ()
        self.taken: frozenset[str] = frozenset()
        self.cursor: str | None = None
        self.first = 0

    def scroll(self, step: int) -> None:
        """Scroll by lines."""
        self.first = max(0, self.first + step)
        self.redraw()

    def show(
        self,
        both: tuple[Contact, Contact] | None,
        fields: Sequence[str],
        taken: frozenset[str],
        cursor: str | None,
    ) -> None:
        """Show two contacts, the fields to choose between, those taken from the second one, and the current field."""
        if both is None or self.both is None or {each.id for each in both} != {each.id for each in self.both}:
            self.first = 0
        self.both, self.fields, self.taken, self.cursor = both, fields, taken, cursor
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.both is None:
            return []
        first, second = self.both
        half = max(8, (width - LABEL - 4) // 2)

        def row(label: str, one: str, other: str, style: tuple[str, str], chosen: bool = False) -> Line:
            left = spans.fit(one, half - 1, measure)
            return [
                spans.pointer(chosen),
                (label.ljust(LABEL - 2), "dim"),
                (left, style[0]),
                (" " * (half - measure(left)), ""),
                (spans.fit(other, half, measure), style[1]),
            ]

        head = row("", f"contact {first.id}, stays", f"contact {second.id}, merged into it", ("dim", "dim"))
        lines = []
        for name in ("name", "company"):
            lines += self._field(name, first, second, row)
        for label, one_ways, other_ways in (
            ("phones", first.phones, second.phones),
            ("emails", first.emails, second.emails),
        ):
            if one_ways or other_ways:
                one, other = (", ".join(way.value for way in ways) for ways in (one_ways, other_ways))
                lines.append(row(label, one, other, ("", "")))
        for name in self.fields:
            if name not in ("name", "company"):
                lines += self._field(name, first, second, row)
        if first.tags or second.tags:
            lines.append(row("tags", ", ".join(first.tags), ", ".join(second.tags), ("", "")))
        if first.notes or second.notes:
            lines.append(row("notes", format_value(first.notes), format_value(second.notes), ("", "")))
        room = max(1, height - 1)
        self.first = min(self.first, max(0, len(lines) - room))
        shown = lines[self.first : self.first + room]
        below = len(lines) - self.first - room
        if below > 0:
            shown[-1] = [(f"   … {below + 1} more  ", "dim"), ("]", "accent")]
        return [head, *shown]

    def _field(self, name: str, first: Contact, second: Contact, row: Callable[..., Line]) -> list[Line]:
        one, other = format_value(getattr(first, name)), format_value(getattr(second, name))
        if name == "birthday":
            one, other = (day_text(text) if text else "" for text in (one, other))
        if (not one and not other) or (name == "decides" and one == other == "no"):
            return []
        style = ("", "")
        if one and other and one != other:
            style = ("dim", "accent") if name in self.taken else ("accent", "dim")
        elif not one or one == "no":
            style = ("dim", "")
        return [row(LABELS.get(name, name), one, other, style, name == self.cursor)]
