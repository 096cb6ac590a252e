"""The third column of a large Calls screen: who comes next, and the objections heard most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.tui.shared import spans
from planner.tui.shared.panels import stack
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.services.calls.playbook import Found
    from planner.services.calls.session import Card

NEXT = 3  # contacts shown
OBJECTIONS = 5


class SideLines(Lines):
    """Panels beside the script: the next contacts, and the objections heard most."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.card: Card | None = None
        self.following: Sequence[Card] = ()
        self.found: Sequence[Found] = ()

    def show(self, card: Card | None, following: Sequence[Card], found: Sequence[Found]) -> None:
        """Show what belongs to a contact."""
        self.card, self.following, self.found = card, following, found
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        inner = width - 4
        sections = (
            ("Next on your list", "", self._upcoming(inner)),
            ("Objections you hear", "/ search", self._objections(inner)),
        )
        return stack(sections, width, height, measure)

    def _upcoming(self, width: int) -> list[Line]:
        lines: list[Line] = []
        for card in self.following:
            phone = card.phone.value if card.phone else "no number"
            name: Line = [(spans.fit(card.name, width - measure(phone) - 2, measure), "bold")]
            lines.append(spans.justify(name, [(phone, "dim")], width, measure))
            about = " · ".join(part for part in (card.company, card.role) if part)
            lines += [[(spans.fit(about, width, measure), "dim")], []]
        return lines[:-1] or [[("This is the last one." if self.card else "No one yet.", "dim")]]

    def _objections(self, width: int) -> list[Line]:
        lines: list[Line] = []
        for each in self.found[:OBJECTIONS]:
            heard = f" {each.heard}×" if each.heard else ""
            lines.append([(spans.fit(f"“{each.objection.text}”", width - len(heard), measure), ""), (heard, "dim")])
            if each.rated:
                answer = spans.wrap(each.rated[0].answer.text, width - 2, measure)
                lines += [[("  ", ""), (part, "dim")] for part in answer[:2]]
            lines.append([])
        return lines[:-1]
