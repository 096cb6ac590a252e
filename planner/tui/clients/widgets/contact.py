"""The widget that shows a contact. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients.contact_cadence import Zone
from planner.domain.clients.people import FIELDS, NEED_NAMES, TEXTS
from planner.domain.clients.special_days import day_text
from planner.domain.text import plural
from planner.domain.typed import zones
from planner.tui.clients.widgets.dossier import LABEL, MARGIN, ZONES, FileLines, on_panel
from planner.tui.shared import spans
from planner.tui.shared.panels import GAP, aired_to_fit, beside
from planner.tui.shared.spans import Line, is_late
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.services.clients.dossier import Dossier

LINES_OF_ITEM = 3  # at most, of what is open or has happened, where there is room for all of it
# texts without a place of their own in the dossier, which have a line under their label
OTHERS = set(TEXTS).difference(
    ("role", "city", "languages", "source", "supplier", "supplier_weak", "preferences", "notes")
)
# How to handle each kind of customer, in a few words (S21). The playbook has more.
MANNER = {
    "know-it-all": "don't argue, bring evidence",
    "bored": "ask easy questions",
    "hurried": "quote and close",
    "gloomy": "Be patient: they can become your most loyal customers",
    "cheerful": "be friendly, not too familiar",
}


# What is worth asking a contact, and how it is put if it isn't known yet.
WORTH_ASKING = (
    ("phones", "phone", "a number they answer"),
    ("emails", "email", "where to write to them"),
    ("role", "role", "what they do, and who decides"),
    ("need", "need", "what they need, and why"),
    ("supplier", "supplier", "who supplies them now"),
    ("supplier_until", "contract", "when that contract ends"),
    ("supplier_weak", "weak points", "what could be better there"),
    ("kind", "type", "what kind of customer they are"),
    ("preferences", "preferences", "when and how they like to talk"),
    ("birthday", "dates", "their birthday"),
)
UNKNOWN: tuple[object, ...] = (None, "", (), [], "unknown")


class DossierLines(FileLines):
    """View of everything known about a client, the next step first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.dossier: Dossier | None = None

    def show(self, dossier: Dossier | None, now: datetime, today: date) -> None:
        """Show a dossier, from the top if it is another contact's."""
        if dossier is None or self.dossier is None or dossier.contact.id != self.dossier.contact.id:
            self.first = 0
        self.dossier, self.now, self.today = dossier, now, today
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if spans.is_large(*self.app.size):
            return self._panels(width, height)
        if spans.is_roomy(*self.app.size):
            return on_panel(self._in_sight(width - MARGIN, height - 1), width, height)
        return self._in_sight(width, height)

    def _in_sight(self, width: int, height: int) -> list[Line]:
        """Everything below each other, items in several lines if all of it has room so."""
        if self._lines_of_item(height) > 1:
            lines = self._all_lines(width, LINES_OF_ITEM)
            if len(lines) <= height:
                return lines
        return super().build(width, height)

    def _lines_of_item(self, height: int) -> int:
        """Return how many lines an item may have. A long history isn't wrapped, which would take too long."""
        return 1 if self.dossier is not None and len(self.dossier.history) > height else LINES_OF_ITEM

    def _panels(self, width: int, height: int) -> list[Line]:
        """On a large screen: who it is on one panel, what is open and what has happened on two more beside it."""
        left = (width - GAP) // 2
        right = width - GAP - left
        unknown = self._unknown()
        about = self._about(left - MARGIN, height=height - len(unknown) - 3)
        most = self._lines_of_item(height)
        opened, history = self._open(right - MARGIN, LINES_OF_ITEM), self._history(right - MARGIN, most)
        opened = [*opened[:1], [], *aired_to_fit(opened[1:], height // 3)]
        low = min(len(opened), height // 2)
        rest = height - low - 3  # below the first panel, an empty row and the edge of the second
        history = [*history[:1], [], *aired_to_fit(history[1:], rest - 2)]
        self.first = min(self.first, max(0, len(about) - height + 1, len(opened) - low, len(history) - rest))
        beside_it = [
            *on_panel(self.part_in_sight(opened, low), right),
            [],
            *on_panel(self.part_in_sight(history, rest), right, rest + 1),
        ]
        room = height - len(unknown) - 2 if unknown else height
        if room <= len(about):  # no room for what isn't known
            unknown, room = [], height
        known = on_panel(self.part_in_sight(about, room - 1), left, room)
        return beside([*known, *([[], *on_panel(unknown, left)] if unknown else [])], beside_it, left, measure)

    def _all_lines(self, width: int, most: int = 1) -> list[Line]:
        if self.dossier is None:
            return []
        lines = self._about(width, self._open(width, most))
        if self.dossier.history:
            lines += [[], *self._history(width, most)]
        return lines

    def _about(self, width: int, opened: Sequence[Line] = (), height: int = 0) -> list[Line]:
        """Who it is, what is next, and what is known, with air if that fits a height, and what is open between them."""
        if self.dossier is None:
            return []
        step = self.next_step(self.dossier.next_step, [("s", "accent"), (" add one", "dim")], width)
        lines = [*self._head(width), [], *step, *self._touch()]
        if len(opened) > 1:
            lines += [[], *opened]
        known = aired_to_fit(self._facts(width), height - len(lines) - 1)
        return [*lines, [], *known] if known else lines

    def _head(self, width: int) -> list[Line]:
        contact = self.dossier.contact if self.dossier else None
        assert contact is not None
        right: Line = [("★ decision-maker ", "accent")] if contact.decides else []
        if contact.do_not_call:
            right.insert(0, ("do not call  ", "warn"))
        if contact.tier:
            right = [(f"tier {contact.tier}  ", "dim"), *right]
        name = spans.fit(contact.name, max(8, width - spans.width_of(right, measure) - 4), measure)
        lines = [spans.justify([(f" {name}", "bold")], right, width, measure)]
        company = contact.company if contact.company != contact.name else None
        clock = zones.clock(self.now, contact.zone)
        parts = [part for part in (company, contact.role, contact.city, clock, contact.languages) if part]
        if parts:
            lines.append([(spans.fit(" " + " · ".join(parts), width - 1, measure), "")])
        for sign, ways in (("☎", contact.phones), ("✉", contact.emails)):
            shown = [
                way.value + (f" ({way.label})" if way.label else "") + (" (wrong)" if way.wrong else "") for way in ways
            ]
            if shown:
                parts = spans.wrap("  ".join(shown), max(10, width - 5), measure)
                lines += [[(f" {sign} ", "dim"), (text, "")] for text in parts]
        return lines

    def _touch(self) -> list[Line]:
        assert self.dossier is not None
        touch = self.dossier.touch
        if touch is None:
            return []
        sign, style = ZONES[touch.zone]
        if touch.last is None and touch.zone is Zone.GREEN:
            sign, style = "·", "dim"
        days = touch.days(self.today)
        ago = "none yet" if days is None else "today" if not days else f"{plural(days, 'day', 'days')} ago"
        due = {Zone.GREEN: "", Zone.YELLOW: ", due", Zone.RED: ", overdue"}[touch.zone]
        every = f", due every {plural(touch.rhythm, 'day', 'days')}" if touch.rhythm > 1 else ", due every day"
        return [[(" last contact".ljust(LABEL), "dim"), (f"{sign} ", style), (f"{ago}{due}", ""), (every, "dim")]]

    def _facts(self, width: int) -> list[Line]:
        assert self.dossier is not None
        found, contact = self.dossier, self.dossier.contact
        lines: list[Line] = []
        rows: list[tuple[str, str, str]] = []
        if contact.supplier or contact.supplier_until:
            until = ""
            style = ""
            if contact.supplier_until is not None:
                left = (contact.supplier_until - self.today).days
                until = f" until {formats.when_text(contact.supplier_until, self.today)}"
                until += f" ({plural(left, 'day', 'days')})" if left >= 0 else " (ended)"
                style = "warn" if 0 <= left <= 90 else ""
            rows.append(("supplier", (contact.supplier or "not named") + until, style))
            rows.append(("weak points", contact.supplier_weak, ""))
        kind = f"{contact.kind}. {MANNER[contact.kind]}" if contact.kind else ""
        rows += [
            ("type", kind, ""),
            ("need", NEED_NAMES.get(contact.need or "", contact.need or ""), ""),
            ("preferences", contact.preferences, ""),
            *((field.label.lower(), field.full_text(contact), "") for field in FIELDS if field.name in OTHERS),
            ("notes", contact.notes, ""),
            ("source", contact.source + (f", referred by {contact.referrer}" if contact.referrer else ""), ""),
            ("has referred", ", ".join(row.name for row in found.referred), "good"),
            ("colleagues", ", ".join(row.name for row in found.colleagues), ""),
            ("dates", ", ".join(self._days()), ""),
            ("tags", ", ".join(contact.tags), ""),
            ("email", contact.mailings, ""),
        ]
        for label, text, style in rows:
            lines += self.fact(label, text.strip(" ,"), style, width)
        return lines

    def _unknown(self) -> list[Line]:
        """What isn't known yet and worth asking, under a title."""
        if self.dossier is None:
            return []
        contact = self.dossier.contact
        rows = [(label, text) for name, label, text in WORTH_ASKING if getattr(contact, name) in UNKNOWN]
        lines: list[Line] = [[(f" {label}".ljust(LABEL), "dim"), (text, "")] for label, text in rows]
        return [[(" To find out", "bold"), (f"   {len(rows)}", "dim")], [], *lines] if rows else []

    def _days(self) -> list[str]:
        assert self.dossier is not None
        contact = self.dossier.contact
        days = [(contact.birthday, "birthday")] if contact.birthday else []
        return [f"{what} {day_text(day)}" for day, what in (*days, *contact.dates)]

    def _open(self, width: int, most: int = 1) -> list[Line]:
        """List what is open under a title: meetings, complaints, promises, deals, tasks."""
        found = self.dossier
        if found is None:
            return []
        rows = [
            ("meeting", meeting.who if not meeting.place else meeting.place, f"{meeting.start:%Y-%m-%dT%H:%M}", "")
            for meeting in found.meetings
            if meeting.end > self.now
        ]
        rows += [
            ("meeting", "How did it go? Press h to log it.", f"{meeting.start:%Y-%m-%dT%H:%M}", "warn")
            for meeting in found.meetings
            if meeting.end <= self.now
        ]
        rows += self.of_people(found)
        rows += [row for row in map(self.of_deal, found.deals) if row is not None]
        for task in found.tasks:
            late = task.due is not None and is_late(task.due, self.now)
            rows.append(("task", task.title, "" if task.due is None else str(task.due), "bad" if late else ""))
        return [
            [(" Open", "bold"), (f"   {len(rows)}", "dim")],
            *(line for row in rows for line in self.row(*row, width, most)),
        ]

    def _history(self, width: int, most: int = 1) -> list[Line]:
        """List what has happened under a title."""
        found = self.dossier
        if found is None:
            return []
        events = self.events([("", event) for event in found.history], width - 1, most)
        return [[(" History", "bold"), (f"   {len(found.history)}", "dim")], *events]
