"""The widget that shows a company."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.text import plural
from planner.tui.clients.widgets.dossier import LABEL, ZONES, FileLines
from planner.tui.shared import spans
from planner.tui.shared.spans import Line, is_late
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.services.clients.companies import Company
    from planner.services.clients.dossier import Dossier


class CompanyLines(FileLines):
    """View of a company through its contacts: who they are, what is open with any of them, and their joint history."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.company: Company | None = None
        self.nothing = ""

    def show(self, company: Company | None, now: datetime, today: date, nothing: str = "") -> None:
        """Show a company, from the top if it is another one, or say why there is none."""
        if company is None or self.company is None or company.id != self.company.id:
            self.first = 0
        self.company, self.now, self.today, self.nothing = company, now, today, nothing
        self.redraw()

    def _all_lines(self, width: int) -> list[Line]:
        found = self.company
        if found is None:
            return [[(f" {part}", "dim")] for part in spans.wrap(self.nothing, max(10, width - 2), measure)]
        booked = f"{formats.hundredths(int(found.booked * 100))} closed " if found.booked else ""
        name = spans.fit(found.name, max(8, width - measure(booked) - 4), measure)
        count = len(found.people) + found.others
        lines: list[Line] = [
            spans.justify([(f" {name}", "bold")], [(booked, "good")], width, measure),
            [(f" {plural(count, 'person', 'people')}", "dim"), ("   C", "accent"), (" back to the contact", "dim")],
            [],
            *self._next(found, width),
            [],
            *(self._person(each, width) for each in found.people),
        ]
        if found.others:
            lines.append([(f"   and {found.others:,} more", "dim")])
        rows = [
            (label, f"{each.contact.name}: {text}", due, style)
            for each in found.people
            for label, text, due, style in self.of_people(each)
        ]
        rows += [row for row in map(self.of_deal, found.deals) if row is not None]
        if rows:
            lines += [[], [(" Open", "bold")], *(line for row in rows for line in self.row(*row, width))]
        if found.history:
            lines += [[], [(" History", "bold"), (f"   {len(found.history)}", "dim")]]
            lines += self.events(found.history, width)
        return lines

    def _next(self, found: Company, width: int) -> list[Line]:
        if found.next_step is None:
            return [[(" next step".ljust(LABEL), "dim"), ("! none yet", "warn")]]
        who, step = found.next_step
        due = "" if step.due is None else str(step.due)
        late = step.due is not None and is_late(step.due, self.now)
        return self.row(
            "next step", f"{'' if late else '→ '}{who}: {step.text}", due, "bad" if late else "accent", width
        )

    def _person(self, each: Dossier, width: int) -> Line:
        contact, touch = each.contact, each.touch
        sign, style = ("·", "dim") if touch is None or touch.last is None else ZONES[touch.zone]
        days = None if touch is None else touch.days(self.today)
        ago = "" if days is None else "today " if not days else f"{plural(days, 'day', 'days')} ago "
        way = next((way.value for way in (*contact.phones, *contact.emails) if not way.wrong), "")
        room = max(10, width - measure(ago) - 4)
        line: Line = [(f" {sign} ", style), (spans.fit(contact.name, room, measure), "")]
        more = " · ".join(text for text in ("decision-maker" if contact.decides else "", contact.role, way) if text)
        left = room - spans.width_of(line, measure) + 1
        if more and left > 6:
            line.append((spans.fit(f"  {more}", left, measure), "dim"))
        return spans.justify(line, [(ago, "dim")], width, measure)
