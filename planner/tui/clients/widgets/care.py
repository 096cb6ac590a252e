"""The list of promises and complaints. Data in, lines out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from planner.domain import formats
from planner.domain.clients.complaints import Complaint
from planner.domain.clients.promises import Promise, kept_rate
from planner.domain.clients.special_days import SpecialDay
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, measure

SOON = timedelta(hours=24)


@dataclass(frozen=True)
class CareView:
    """The data that the list shows: promises and complaints (settled promises give the rate), recurring kinds of
    complaint, and upcoming special days of contacts.
    """

    promises: Sequence[Promise]
    complaints: Sequence[Complaint]
    repeated: Mapping[str, int]
    now: datetime
    today: date
    days: Sequence[SpecialDay] = ()
    settled: bool = False

    @property
    def rows(self) -> list[Promise | Complaint | SpecialDay]:
        """The items to show: special days and open items by due date, or settled items, newest first."""
        found: list[Promise | Complaint]
        if self.settled:
            found = [each for each in self.promises if each.kept is not None]
            found += [each for each in self.complaints if each.state == "checked"]
            return [*sorted(found, key=_settled_at, reverse=True)]
        found = [each for each in self.promises if each.kept is None]
        found += [each for each in self.complaints if each.state != "checked"]
        return [*self.days, *sorted(found, key=lambda each: each.by)]


def _settled_at(each: Promise | Complaint) -> str:
    if isinstance(each, Promise):
        return "" if each.settled is None else each.settled.isoformat()
    return "" if each.done_on is None else each.done_on.isoformat()


LEAD = 17  # cells before the name


class CareLines(EntryLines):
    """List of promises and complaints, next due first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shown: CareView | None = None
        self._rows: list[Promise | Complaint | SpecialDay] = []

    def count(self) -> int:
        return len(self._rows)

    @property
    def chosen(self) -> Promise | Complaint | SpecialDay | None:
        """The item under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def show(self, shown: CareView) -> None:
        """Show new data. The cursor stays on its item if that still exists."""
        chosen = self.chosen
        self.shown = shown
        self._rows = shown.rows
        same = [place for place, each in enumerate(self._rows) if chosen is not None and _key(each) == _key(chosen)]
        self.move_to(same[0] if same else self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        shown = self.shown
        if shown is None:
            return [[("  Loading …", "dim")]]
        lines = [self._title(shown, width)]
        if not self._rows:
            if shown.settled:
                return [*lines, [], [("   Nothing closed yet.", "")]]
            return [
                *lines,
                [],
                [("   No open promises or complaints.  ", ""), ("p", "accent"), (" add a promise", "dim")],
            ]
        return [*lines, *(self._row(index, shown, width) for index in self.in_sight(height))]

    def _title(self, shown: CareView, width: int) -> Line:
        what = "Closed" if shown.settled else "Promises and complaints"
        count = sum(not isinstance(each, SpecialDay) for each in self._rows)
        left: Line = [(f" {what}", "bold"), (f"   {count:,}", "bold")]
        for kind, count in shown.repeated.items():
            left.append((f"   ! {count} {kind} complaints in 90 days", "warn"))
        rate = kept_rate(shown.promises)
        right: Line = [] if rate is None else [(f"{rate.words()} ", "good" if rate.rate >= 0.9 else "warn")]
        return spans.justify(left, right, width, measure)

    def _row(self, index: int, shown: CareView, width: int) -> Line:
        each = self._rows[index]
        chosen = index == self.cursor
        if isinstance(each, SpecialDay):
            when: Line = [(f"{formats.near_text(each.day, shown.today)} ", "dim")]
            line = self._whose("◆", "accent", each.kind, each.name, width, _needs(each.said, when), chosen=chosen)
            return spans.justify(self._fill_line(line, each.said, when, width, chosen=chosen), when, width, measure)
        sign, style = _sign(each, shown.now)
        what = "promise" if isinstance(each, Promise) else "complaint"
        said = each.text if isinstance(each, Promise) else f"{each.kind}: {each.text}"
        if isinstance(each, Complaint) and each.agreed:
            said = f"{said} → {each.agreed}"
        due = str(each.due)
        state = _state(each)
        right: Line = [(f"{state}  ", "dim"), (f"{formats.near_text(due, shown.today)} ", style or "dim")]
        line = self._whose(sign, style, what, each.contact or "", width, _needs(said, right), chosen=chosen)
        return spans.justify(self._fill_line(line, said, right, width, chosen=chosen), right, width, measure)

    def _whose(self, sign: str, style: str, what: str, who: str, width: int, rest: int, *, chosen: bool) -> Line:
        """The beginning of a row: what it is and the name, of which `rest` cells take no room."""
        names = min(measure(who), max(10, width // 4, width - LEAD - rest))
        return [
            spans.pointer(chosen),
            (f"{sign} ", style),
            (f"{what:<10}" if width >= 70 else "", "dim"),
            (spans.fit(who, names, measure), "cursor" if chosen else "bold"),
            ("  " if who else "", ""),
        ]

    def _fill_line(self, line: Line, said: str, right: Line, width: int, *, chosen: bool) -> Line:
        room = max(6, width - spans.width_of(line, measure) - spans.width_of(right, measure) - 2)
        return [*line, (spans.fit(" ".join(said.split()), room, measure), "cursor" if chosen else "")]


def _needs(said: str, right: Line) -> int:
    """Return the cells that the text of a row and what is at its right take."""
    return measure(" ".join(said.split())) + spans.width_of(right, measure) + 2


def _key(each: Promise | Complaint | SpecialDay) -> tuple[object, ...]:
    """Return a key that identifies an item."""
    return (type(each), each) if isinstance(each, SpecialDay) else (type(each), each.id)


def _state(each: Promise | Complaint) -> str:
    if isinstance(each, Promise):
        return "" if each.kept is None else each.state.value
    return each.state.label


def _sign(each: Promise | Complaint, now: datetime) -> tuple[str, str]:
    """Return the sign and style of an item: yellow before its due time, red after."""
    if isinstance(each, Promise) and each.kept is not None:
        return {"kept": ("✓", "good"), "late": ("▬", "warn"), "broken": ("✗", "bad")}[each.state.value]
    if isinstance(each, Complaint) and each.state == "checked":
        return "✓", "good"
    if each.overdue(now):
        return "!", "bad"
    return ("▬", "warn") if each.by - now <= SOON else ("·", "")
