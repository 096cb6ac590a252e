"""The third column of a large Calls screen: who comes next, what was said before, the objections heard most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.tui.shared import spans
from planner.tui.shared.panels import panel
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.services.calls.playbook import Found
    from planner.services.calls.session import Card

NEXT = 3  # contacts shown
OBJECTIONS = 5
HISTORY_ROWS = 11


class SideLines(Lines):
    """Panels beside the script: the next contacts, the history of this one, and the objections heard most."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.card: Card | None = None
        self.following: Sequence[Card] = ()
        self.found: Sequence[Found] = ()
        self.today = date.min

    def show(self, card: Card | None, following: Sequence[Card], found: Sequence[Found], today: date) -> None:
        """Show what belongs to a contact."""
        self.card, self.following, self.found, self.today = card, following, found, today
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        inner = width - 4
        upcoming = self._upcoming(inner)
        first = len(upcoming) + 3
        rest = height - first - HISTORY_ROWS - 2
        lines = [*panel("Next on your list", "", upcoming, width, first, measure), []]
        lines += [
            *panel("History", "", self._history(inner), width, min(HISTORY_ROWS, height - first - 1), measure),
            [],
        ]
        if rest >= 6:
            lines += panel("Objections you hear", "/ search", self._objections(inner), width, rest, measure)
        return lines[:height]

    def _upcoming(self, width: int) -> list[Line]:
        lines: list[Line] = []
        for card in self.following:
            phone = card.phone.value if card.phone else "no number"
            name: Line = [(spans.fit(card.name, width - measure(phone) - 2, measure), "bold")]
            lines.append(spans.justify(name, [(phone, "dim")], width, measure))
            about = " · ".join(part for part in (card.company, card.role) if part)
            lines.append([(spans.fit(about, width, measure), "dim")])
        return lines or [[("This is the last one." if self.card else "No one yet.", "dim")]]

    def _history(self, width: int) -> list[Line]:
        if self.card is None:
            return []
        if not self.card.past:
            return [[("No calls with them yet.", "dim")]]
        lines: list[Line] = []
        for past in self.card.past:
            what = (past.outcome or past.kind).replace("-", " ")
            when = formats.when_text(past.day, self.today)
            text = f"{what}: {past.note}" if past.note else what
            lines.append([(f"{when:<12}", "dim"), (spans.fit(text, width - 12, measure), "")])
        return lines

    def _objections(self, width: int) -> list[Line]:
        lines: list[Line] = []
        for each in self.found[:OBJECTIONS]:
            heard = f" {each.heard}×" if each.heard else ""
            lines.append([(spans.fit(f"“{each.objection.text}”", width - len(heard), measure), ""), (heard, "dim")])
            if each.rated:
                answer = spans.wrap(each.rated[0].answer.text, width - 2, measure)
                lines += [[("  ", ""), (part, "dim")] for part in answer[:2]]
        return lines
