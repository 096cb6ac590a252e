"""The widgets of the client screen: the list, loaded a page at a time, and the dossier. Data in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients.contact_cadence import Zone
from planner.domain.clients.people import FIELDS, NEED_NAMES, TEXTS
from planner.domain.clients.special_days import day_text
from planner.domain.text import plural
from planner.domain.typed import zones
from planner.tui.clients.widgets.dossier import LABEL, ZONES, FileLines
from planner.tui.shared import spans
from planner.tui.shared.spans import Line, is_late
from planner.tui.shared.widgets.lines import EntryLines, measure

if TYPE_CHECKING:
    from planner.domain.clients.client_filter import ClientLine
    from planner.services.clients.dossier import Dossier

KEPT = 2_000
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


class ClientLines(EntryLines):
    """List of clients by name, with their next steps. Holds only rows near the visible ones: `missing` lists what to
    load.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ids: Sequence[int] = ()
        self.rows: dict[int, ClientLine] = {}
        self.words = ""
        self.total = 0
        self.today = date.min
        self.now = ""

    def count(self) -> int:
        return len(self.ids)

    @property
    def chosen(self) -> int | None:
        """The id of the client under the cursor."""
        return self.ids[self.cursor] if self.cursor < len(self.ids) else None

    def show(self, ids: Sequence[int], words: str, now: datetime, today: date) -> None:
        """Show other clients. The cursor stays on its client if that is still listed."""
        chosen = self.chosen
        self.ids, self.words, self.today = ids, words, today
        self.now = now.isoformat(timespec="minutes")
        self.rows = {}
        place = 0
        if chosen is not None:
            place = ids.index(chosen) if chosen in ids else min(self.cursor, max(0, len(ids) - 1))
        self.cursor = place
        self.keep_in_sight()

    def missing(self) -> list[int]:
        """Return the ids of visible rows that aren't loaded yet."""
        self.keep_in_sight()
        return [
            self.ids[index] for index in self.in_sight(max(2, self.size.height)) if self.ids[index] not in self.rows
        ]

    def learn(self, rows: Iterable[ClientLine]) -> None:
        """Add loaded rows."""
        if len(self.rows) > KEPT:
            self.rows = {}
        self.rows |= {row.id: row for row in rows}
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        count = len(self.ids)
        title: Line = [(" Contacts", "bold"), (f"   {count:,}", "bold")]
        if self.words:
            title.append((f"   {self.words}", "dim"))
        lines = [spans.cut(title, width, measure)]
        if not count:
            if self.words:
                return [
                    *lines,
                    [],
                    [("   No contacts match this filter.  ", ""), ("f", "accent"), (" change it", "dim")],
                ]
            return [
                *lines,
                [],
                [("   No contacts yet.", "")],
                [
                    ("   ", ""),
                    ("n", "accent"),
                    (" add a contact, ", "dim"),
                    ("I", "accent"),
                    (" import a file", "dim"),
                ],
            ]
        return [*lines, *(self._row(index, width) for index in self.in_sight(height))]

    def _row(self, index: int, width: int) -> Line:
        chosen = index == self.cursor
        row = self.rows.get(self.ids[index])
        line: Line = [spans.pointer(chosen)]
        if row is None:
            return [*line, ("…", "dim")]
        waiting = row.zone is Zone.GREEN and row.last is None  # never spoken with yet
        sign, style = ("·", "dim") if row.zone is None or waiting else ZONES[row.zone]
        line += [(f"{sign} ", style)]
        step, step_style = self._step(row)
        room = width - 6
        named = measure(f"{row.name} ★") + (measure(row.company) + 4 if row.company not in ("", row.name, None) else 2)
        steps = min(measure(step), max(room * 2 // 5, room - named)) if width >= 44 else 0
        who = room - steps - 2
        name = spans.fit(row.name, who, measure)
        line.append((name, "cursor" if chosen else ""))
        star = " ★" if row.decides else ""
        star += " do not call" if row.do_not_call else ""
        if measure(name) + measure(star) <= who:
            line.append((star, "warn" if row.do_not_call else "dim"))
        left = who - measure(name) - measure(star)
        if row.company and row.company != row.name and left > 5:
            line.append((spans.fit(f"  {row.company}", left, measure), "dim"))
        if not steps:
            return spans.cut(line, width, measure)
        return spans.justify(line, [(spans.fit(step, steps, measure) + " ", step_style)], width, measure)

    def _step(self, row: ClientLine) -> tuple[str, str]:
        if row.complaints:
            return "! complaint", "bad"
        if not row.step:
            return "", "dim"
        due = row.step_due
        late = bool(due) and (due[:10] < self.today.isoformat() or (len(due) > 10 and due < self.now))
        when = f" {formats.near_text(due, self.today)}" if due else ""
        return f"{'! ' if late else '→ '}{row.step}{when}", "bad" if late else "dim"


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

    def _all_lines(self, width: int) -> list[Line]:
        if self.dossier is None:
            return []
        found = self.dossier
        lines = [*self._head(width), []]
        lines += self._next(width)
        lines += self._touch()
        opened = self._open(width)
        if opened:
            lines += [[], [(" Open", "bold")], *opened]
        known = self._facts(width)
        if known:
            lines += [[], *known]
        history = self._history(width)
        if history:
            lines += [[], [(" History", "bold"), (f"   {len(found.history)}", "dim")], *history]
        return lines

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

    def _next(self, width: int) -> list[Line]:
        assert self.dossier is not None
        step = self.dossier.next_step
        if step is None:
            return [
                [(" next step".ljust(LABEL), "dim"), ("! none yet  ", "warn"), ("s", "accent"), (" add one", "dim")]
            ]
        when = f"  {formats.near_text(step.due, self.today)}" if step.due else ""
        late = step.due is not None and is_late(step.due, self.now)
        text = spans.fit(f"{'! ' if late else '→ '}{step.text}", max(10, width - LABEL - measure(when) - 1), measure)
        return [
            [(" next step".ljust(LABEL), "dim"), (text, "bad" if late else "accent"), (when, "bad" if late else "")]
        ]

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
            if not text.strip(" ,"):
                continue
            parts = spans.wrap(text.strip(" ,"), max(10, width - LABEL - 1), measure)[:8]
            lines += [
                [((f" {label}" if not number else "").ljust(LABEL), "dim"), (part, style)]
                for number, part in enumerate(parts)
            ]
        return lines

    def _days(self) -> list[str]:
        assert self.dossier is not None
        contact = self.dossier.contact
        days = [(contact.birthday, "birthday")] if contact.birthday else []
        return [f"{what} {day_text(day)}" for day, what in (*days, *contact.dates)]

    def _open(self, width: int) -> list[Line]:
        """List what is open: complaints, promises, deals, tasks."""
        assert self.dossier is not None
        found = self.dossier
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
        return [self.row(*row, width) for row in rows]

    def _history(self, width: int) -> list[Line]:
        assert self.dossier is not None
        return self.events([("", event) for event in self.dossier.history], width)
