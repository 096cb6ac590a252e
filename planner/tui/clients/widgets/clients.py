"""The list of clients, loaded a page at a time. Data in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients.contact_cadence import Zone
from planner.domain.text import plural
from planner.tui.clients.widgets.dossier import ZONES
from planner.tui.clients.widgets.empty import Keys, empty_lines
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, measure

if TYPE_CHECKING:
    from planner.domain.clients.client_filter import ClientLine

KEPT = 2_000
LEAD = 5  # cells before the name, for the pointer and the sign
GAP = 2  # cells between columns
WITH_STEPS = 38  # cells from which on there is a column for the next step
WITH_COMPANIES, WITH_COMPANIES_NARROW = 40, 60  # the same of the company, beside a dossier and without one
SINCE = 14  # cells of how long ago a contact was
LEAST_STEP = 8  # cells of a next step, for which its date gives way


class ClientLines(EntryLines):
    """List of clients by name, with their next steps. Holds only rows near the visible ones: `missing` lists what to
    load.
    """

    ON_PANEL = True

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
        title: Line = [(" Contacts", "bold"), (f"   {len(self.ids):,}", "bold")]
        if self.words:
            title.append((f"   {self.words}", "dim"))
        title = spans.cut(title, width - 1, measure)
        if not self.ids:
            return empty_lines(title, *self._nothing(), width, height)
        shown = [(index, self.rows.get(self.ids[index])) for index in self.in_sight(height)]
        room = width - LEAD - 1
        two = self.has_two_lines(height)
        widths = (
            (room * 3 // 5 - GAP, room - room * 3 // 5, room)
            if two
            else _widths(room, wide=self.app.size.width >= spans.WIDE)
        )
        names = spans.fit_apart([_name(row, widths) for _, row in shown], measure)
        if two:
            pairs = [self._pair(index, row, name, widths) for (index, row), name in zip(shown, names, strict=True)]
            return [title, *self.in_two_lines(pairs, height)]
        return [title, *(self._row(index, row, name, widths) for (index, row), name in zip(shown, names, strict=True))]

    def show_due(self, rows: Sequence[ClientLine], count: int) -> None:
        """Show below the list who is due for contact: the first rows, and how many there are."""
        self.below = [("Due for contact", f"{count:,}", [self._due(row) for row in rows])] if rows else ()
        self.redraw()

    def _due(self, row: ClientLine) -> Line:
        """A client with whom contact is due, and since when."""
        room = self.size.width - 8 - SINCE
        sign, style = ("·", "dim") if row.zone is None else ZONES[row.zone]
        ago = "no contact yet" if row.last is None else f"{plural((self.today - row.last).days, 'day', 'days')} ago"
        name, company = room * 3 // 5, room - room * 3 // 5
        told = [(spans.padded(row.name, name, measure), ""), (spans.padded(row.company, company, measure), "dim")]
        return [(f"{sign} ", style), *told, (f"  {ago:>{SINCE}}", "dim")]

    def _nothing(self) -> tuple[str, Keys]:
        if self.words:
            return "No contacts match this filter.", (("f", "change the filter"), ("esc", "show all contacts"))
        return "No contacts yet.", (("n", "add a contact"), ("I", "import a file"), ("F2", "take the tour"))

    def _pair(self, index: int, row: ClientLine | None, name: str, widths: Widths) -> tuple[Line, Line]:
        """A client in two lines: who it is, and the next step with them."""
        chosen = index == self.cursor
        step = [] if row is None else self._step(row, widths[2], wide=True)
        return self._row(index, row, name, (*widths[:2], 0)), [spans.pointer(chosen, LEAD), *step]

    def _row(self, index: int, row: ClientLine | None, name: str, widths: Widths) -> Line:
        """A client in one line, in columns of the given widths."""
        chosen = index == self.cursor
        if row is None:
            return [spans.pointer(chosen), ("…", "dim")]
        waiting = row.zone is Zone.GREEN and row.last is None  # never spoken with yet
        sign, style = ("·", "dim") if row.zone is None or waiting else ZONES[row.zone]
        line: Line = [spans.pointer(chosen), (f"{sign} ", style)]
        plain = "cursor" if chosen else "" if widths[2] else "bold"
        room = _name_room(row, widths)
        if row.decides:
            line += [(name, plain), (" ★".ljust(room - measure(name)), "dim")]
        else:
            line.append((spans.padded(name, room, measure), plain))
        if room == widths[0] and widths[1]:
            line.append((" " * GAP + spans.padded(row.company, widths[1], measure), "dim"))
        return [*line, (" " * GAP, ""), *self._step(row, widths[2])] if widths[2] else line

    def _step(self, row: ClientLine, width: int, *, wide: bool = False) -> Line:
        """The next step of a client, with its date at the right, which without room for more is as short as can be."""
        barred: Line = [("do not call  ", "warn")] if row.do_not_call else []
        width -= spans.width_of(barred, measure)
        text, due, style = self._said(row)
        when = ""
        if due:
            when = formats.near_text(due if wide else due[:10], self.today)
            if not wide and due[11:] and due[:10] == self.today.isoformat():
                when = due[11:]
        if width - measure(when) - GAP < LEAST_STEP:
            when = ""
        if when:
            when = " " * GAP + when
        return [*barred, (spans.padded(text, max(0, width - measure(when)), measure) + when, style)]

    def _said(self, row: ClientLine) -> tuple[str, str, str]:
        """What is next with a client, when, and the style."""
        if row.complaints:
            return "! complaint", "", "bad"
        if not row.step:
            return ("" if row.do_not_call else "no next step"), "", "dim"
        due = row.step_due
        late = bool(due) and (due[:10] < self.today.isoformat() or (len(due) > 10 and due < self.now))
        return f"{'! ' if late else '→ '}{row.step}", due or "", "bad" if late else "dim"


Widths = tuple[int, int, int]
"""The cells of name, company and next step."""


def _widths(room: int, *, wide: bool) -> Widths:
    """Share the cells of a row. The company gives way first, then the next step."""
    if room < WITH_STEPS:
        return room, 0, 0
    if room < (WITH_COMPANIES if wide else WITH_COMPANIES_NARROW):
        return room * 46 // 100, 0, room - room * 46 // 100 - GAP
    name, company = room * 36 // 100, room * 22 // 100
    return name, company, room - name - company - 2 * GAP


def _name_room(row: ClientLine, widths: Widths) -> int:
    """Return the cells of a name, which has those of the company if there is none."""
    name, company, _ = widths
    return name if row.company not in ("", row.name) or not company else name + GAP + company


def _name(row: ClientLine | None, widths: Widths) -> tuple[str, int]:
    """Return a name and its cells, of which the star of a decision-maker takes some."""
    return ("", 0) if row is None else (row.name, _name_room(row, widths) - GAP * row.decides)
