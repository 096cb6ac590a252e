"""The widgets of the devices screen: the values that gave way, and how syncing stands. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.text import plural
from planner.tui.clients.widgets.empty import empty_lines
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

if TYPE_CHECKING:
    from planner.services.sync.devices import Conflict, Device, Overview

LABEL = 10


class ConflictLines(EntryLines):
    """List of the values that gave way to another device's, newest first."""

    def __init__(self, today: date, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today = today
        self.found: Overview | None = None

    @property
    def conflicts(self) -> Sequence[Conflict]:
        """The values."""
        return () if self.found is None else self.found.conflicts

    def count(self) -> int:
        return len(self.conflicts)

    @property
    def chosen(self) -> Conflict | None:
        """The value under the cursor."""
        return self.conflicts[self.cursor] if self.cursor < len(self.conflicts) else None

    def show(self, found: Overview, today: date) -> None:
        """Show what gave way."""
        self.found, self.today = found, today
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        title: Line = [(" Conflicts", "bold")]
        if self.found is None:
            return [title]
        if self.found.status.device is None:
            said = "This device doesn't sync."
            return empty_lines(title, said, (("planner sync start FOLDER", "in a shell"),), width, height)
        if not self.conflicts:
            return empty_lines(
                title, "No edit had to give way.", (("s", "sync now"), ("esc", "go back")), width, height
            )
        title += [(f"   {plural(self.count(), 'value', 'values')} gave way to a later edit", "dim")]
        seen = self.in_sight(height)
        widest = max(measure(self.conflicts[index].what) for index in seen)
        return [spans.cut(title, width, measure), *(self._row(index, width, widest) for index in seen)]

    def _row(self, index: int, width: int, widest: int) -> Line:
        each, chosen = self.conflicts[index], index == self.cursor
        when = f"{formats.near_text(each.noted, self.today)} "
        room = max(8, width - measure(when) - 5)
        column = min(widest, max(8, room // 2))
        what = spans.padded(spans.fit_middle(each.what, column, measure), column, measure)
        line: Line = [spans.pointer(chosen), (what, "cursor" if chosen else ""), ("  ", "")]
        values = f"{each.value_text} → {each.now_text}"
        line.append((spans.fit(values, max(0, room - column - 2), measure), "dim"))
        return spans.justify(line, [(when, "dim")], width, measure)


class StandingLines(Lines):
    """View of the value under the cursor in full, of how syncing stands, and of the rep's devices."""

    FIXED_HEIGHT = True

    def __init__(self, today: date, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today = today
        self.found: Overview | None = None
        self.chosen: Conflict | None = None

    def show(self, found: Overview, chosen: Conflict | None, today: date) -> None:
        """Show these."""
        self.found, self.chosen, self.today = found, chosen, today
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.found is None or self.found.status.device is None:
            return []
        lines = [*self._value(width), *self._standing(width), [], *self._devices(width)]
        return lines[: max(1, height)]

    def _value(self, width: int) -> list[Line]:
        each = self.chosen
        if each is None:
            return []
        now = each.now_text if each.there else "deleted, so its value has no place any more"
        return [
            [(f" {spans.fit(each.what, width - 2, measure)}", "bold")],
            *self._fact("gave way", f"{each.value_text}, from {self._called(each.device)}", "", width),
            *self._fact("stays", f"{now}, from {self._called(each.by)}" if each.there else now, "", width),
            [],
        ]

    def _standing(self, width: int) -> list[Line]:
        assert self.found is not None
        status = self.found.status
        when = "never" if status.synced is None else formats.near_text(status.synced, self.today)
        lines = [
            [(" Syncing", "bold")],
            *self._fact("through", status.folder, "", width),
            *self._fact("last", when, "", width),
        ]
        if status.waiting:
            lines += self._fact("to send", plural(status.waiting, "message", "messages"), "", width)
        if status.problem:
            lines += self._fact("problem", f"! {status.problem}", "warn", width)
        return lines

    def _devices(self, width: int) -> list[Line]:
        assert self.found is not None
        lines: list[Line] = [[(" Devices", "bold")]]
        for each in self.found.devices:
            heard = (
                "not heard from yet"
                if each.heard is None
                else f"heard from {formats.near_text(each.heard, self.today)}"
            )
            state = "this device" if each.own else "retired" if each.retired else heard
            lines += self._fact(f"{each.number}", f"{each.name or 'no name yet'}, {state}", "", width)
        return lines

    def _called(self, number: int) -> str:
        found: Sequence[Device] = () if self.found is None else self.found.devices
        name = next((each.name for each in found if each.number == number), "")
        return f"device {number}" + (f" ({name})" if name else "")

    def _fact(self, label: str, text: str, style: str, width: int) -> list[Line]:
        """Return a labelled text, wrapped below itself."""
        parts = spans.wrap(text, max(8, width - LABEL - 2), measure) or [""]
        return [[(f" {'' if number else label:<{LABEL}}", "dim"), (part, style)] for number, part in enumerate(parts)]
