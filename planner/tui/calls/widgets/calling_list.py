"""The widget of a day's calling list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.calls.calling_list import Why
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, measure

if TYPE_CHECKING:
    from planner.domain.calls.calling_list import ListEntry
    from planner.services.calls.calling_list import CallingList


class CallingLines(EntryLines):
    """List of the people to call with phone numbers, against the number of calls required."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.calling: CallingList | None = None
        self._widest = (0, 0, 0)
        """The cells of the longest name, number and reason of the list, which each move of the cursor asks for."""

    def count(self) -> int:
        return 0 if self.calling is None else len(self.calling.entries)

    @property
    def chosen(self) -> ListEntry | None:
        """The entry under the cursor."""
        return self.calling.entries[self.cursor] if self.calling and self.cursor < self.count() else None

    def show(self, calling: CallingList) -> None:
        """Show a list."""
        self.calling = calling
        entries = calling.entries
        self._widest = (
            max((measure(self._name_of(entry)) for entry in entries), default=0),
            max((measure(entry.contact.number) or 9 for entry in entries), default=0),
            max((measure(entry.reason()) for entry in entries), default=0),
        )
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        calling = self.calling
        if calling is None:
            return [[("  loading …", "dim")]]
        day, count = calling.day, len(calling.entries)
        named = f" {'Calling list' if width >= 70 else 'List'} for {formats.when_text(day)}"
        title: Line = [(named, "bold"), (f"   {count:,}", "bold")]
        if calling.target is not None:
            title.append((f" of {calling.target:,} calls", "dim"))
            title.append((f"  ▼ {calling.short:,} short", "warn") if calling.short else ("  ✓", "good"))
        lines: list[Line] = [spans.cut(title, width, measure)]
        if not count:
            return [
                *lines,
                [("   The list is empty.", "")],
                [
                    ("   Press ", "dim"),
                    ("b", "accent"),
                    (" to fill it from your contacts or ", "dim"),
                    ("n", "accent"),
                    (" to paste names.", "dim"),
                ],
            ]
        names, phones, reasons = self._widest
        reasons = reasons + 3 if width >= 70 else 0
        # The reason for the call matters more than the end of a long name.
        names = min(names, max(16, width - 12 - min(phones, 22) - min(reasons, 30)))
        return [*lines, *(self._row(index, calling.entries[index], names, width) for index in self.in_sight(height))]

    def _name_of(self, entry: ListEntry) -> str:
        contact = entry.contact
        return f"{contact.name}, {contact.company}" if contact.company else contact.name

    def _row(self, index: int, entry: ListEntry, names: int, width: int) -> Line:
        chosen = index == self.cursor
        name = spans.fit(self._name_of(entry), names, measure)
        phone = entry.contact.number or "no number"
        line: Line = [
            spans.pointer(chosen, 2),
            (f"{index + 1:>4} ", "dim"),
            ("✓ " if entry.called else "  ", "good"),
            (name, "cursor" if chosen else "dim" if entry.called else ""),
            (" " * (names - measure(name) + 2), ""),
            (phone, "" if entry.contact.number else "warn"),
        ]
        if width < 70:
            return spans.cut(line, width, measure)
        asked = entry.why in (Why.CALLBACK, Why.PROMISE, Why.RENEWAL) and not entry.called
        return spans.justify(line, [(f"{entry.reason()} ", "warn" if asked else "dim")], width, measure)
