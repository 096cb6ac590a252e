"""The list of promises and complaints. Data in, lines out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from planner.domain import formats
from planner.domain.clients.complaints import Complaint
from planner.domain.clients.promises import Promise, kept_rate
from planner.domain.clients.special_days import SpecialDay
from planner.tui.clients.widgets.empty import empty_lines
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, measure

SOON = timedelta(hours=24)
WEEK = timedelta(days=7)


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
        """The items to show: special days, open items by due date and the special days of next week, or settled items,
        newest first.
        """
        found: list[Promise | Complaint]
        if self.settled:
            found = [each for each in self.promises if each.kept is not None]
            found += [each for each in self.complaints if each.state == "checked"]
            return [*sorted(found, key=_settled_at, reverse=True)]
        found = [each for each in self.promises if each.kept is None]
        found += [each for each in self.complaints if each.state != "checked"]
        later = [each for each in self.days if each.day - self.today >= WEEK]
        near = [each for each in self.days if each not in later]
        return [*near, *sorted(found, key=lambda each: each.by), *later]


def _settled_at(each: Promise | Complaint) -> str:
    if isinstance(each, Promise):
        return "" if each.settled is None else each.settled.isoformat()
    return "" if each.done_on is None else each.done_on.isoformat()


LEAD = 5  # cells before the kind or the name, for the pointer and the sign
KIND = 11  # cells of the kind with the gap beside it
GAP = 2  # cells between columns
MOST_CLOSED = 8  # items below the open ones
WITH_KINDS = 70  # cells of a row from which on it has a column for the kind


class Item(NamedTuple):
    """What a row says of a promise, a complaint or a special day."""

    sign: str
    style: str
    kind: str
    who: str
    text: str
    state: str
    when: str
    when_style: str


class CareLines(EntryLines):
    """List of promises and complaints, next due first."""

    ON_PANEL = True

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
        closed = [] if shown.settled else replace(shown, settled=True).rows[:MOST_CLOSED]
        self.below = [("Closed lately", "v all", [_closed(each, shown) for each in closed])] if closed else ()
        same = [place for place, each in enumerate(self._rows) if chosen is not None and _key(each) == _key(chosen)]
        self.move_to(same[0] if same else self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        shown = self.shown
        if shown is None:
            return [[("  Loading …", "dim")]]
        title = self._title(shown, width)
        if not self._rows:
            message = "Nothing closed yet." if shown.settled else "No open promises or complaints."
            other = "show open ones" if shown.settled else "show closed ones"
            keys = (("p", "add a promise"), ("v", other), ("⇥", "go to contacts"))
            return empty_lines(title, message, keys, width, height)
        items = [(index == self.cursor, _item(self._rows[index], shown)) for index in self.in_sight(height)]
        if self.has_two_lines(height):
            return [title, *self.in_two_lines([_pair(item, width, chosen=chosen) for chosen, item in items], height)]
        room = min(28, width * 3 // 10)
        names = spans.fit_apart([(item.who, room) for _, item in items], measure)
        columns = [spans.padded(name, room + GAP, measure) for name in names]
        rows = zip(items, columns, strict=True)
        return [title, *(_row(item, name, width, chosen=chosen) for (chosen, item), name in rows)]

    def _title(self, shown: CareView, width: int) -> Line:
        what = "Closed" if shown.settled else "Promises and complaints"
        count = sum(not isinstance(each, SpecialDay) for each in self._rows)
        left: Line = [(f" {what}", "bold"), (f"   {count:,}", "bold")]
        for kind, count in shown.repeated.items():
            left.append((f"   ! {count} {kind} complaints in 90 days", "warn"))
        rate = kept_rate(shown.promises)
        if rate is None:
            return spans.cut(left, width, measure)
        tone, room = "good" if rate.rate >= 0.9 else "warn", width - spans.width_of(left, measure) - 2
        texts = (f"closed: {rate.words()} ", f"{rate.words()} ")
        said = next((text for text in texts if len(text) <= room), texts[-1])
        return spans.justify(left, [(said, tone)], width, measure)


def _item(each: Promise | Complaint | SpecialDay, shown: CareView) -> Item:
    if isinstance(each, SpecialDay):
        return Item("◆", "accent", each.kind, each.name, each.said, "", formats.near_text(each.day, shown.today), "dim")
    sign, style = _sign(each, shown.now)
    kind = "promise" if isinstance(each, Promise) else "complaint"
    said = each.text if isinstance(each, Promise) else f"{each.kind}: {each.text}"
    if isinstance(each, Complaint) and each.agreed:
        said = f"→ {each.agreed} · {said}"
    when = formats.near_text(str(each.due), shown.today)
    return Item(sign, style, kind, each.contact or "", " ".join(said.split()), _state(each), when, style or "dim")


def _closed(each: Promise | Complaint | SpecialDay, shown: CareView) -> Line:
    """An item that is closed: whether it was kept, when, and what it was."""
    item = _item(each, shown)
    day = _settled_at(each)[:10] if not isinstance(each, SpecialDay) else ""
    when = formats.when_text(day, shown.today) if day else ""
    return [(f"{item.sign} ", item.style), (f"{when:<12}", "dim"), (f"{item.who}  ", ""), (item.text, "dim")]


def _row(item: Item, name: str, width: int, *, chosen: bool) -> Line:
    """An item in one line: its kind if there is room, its name and text, its state and when it is due."""
    right: Line = [(f"{item.state}  " if item.state else "", "dim"), (f"{item.when} ", item.when_style)]
    kind = KIND if width >= WITH_KINDS else 0
    room = max(6, width - LEAD - kind - measure(name) - spans.width_of(right, measure) - GAP)
    line: Line = [
        spans.pointer(chosen),
        (f"{item.sign} ", item.style),
        (spans.padded(item.kind, kind - GAP, measure) + " " * GAP if kind else "", "dim"),
        (name, "cursor" if chosen else "bold"),
        (spans.fit(item.text, room, measure), "cursor" if chosen else ""),
    ]
    return spans.justify(line, right, width, measure)


def _pair(item: Item, width: int, *, chosen: bool) -> tuple[Line, Line]:
    """An item in two lines: whose it is and when it is due, and below them what it is and its state."""
    when: Line = [(f"{item.when} ", item.when_style)]
    state: Line = [(f"{item.state} ", "dim")] if item.state else []
    name = spans.fit(item.who or item.kind, width - LEAD - spans.width_of(when, measure) - GAP, measure)
    room = width - LEAD - KIND - spans.width_of(state, measure) - GAP
    first: Line = [spans.pointer(chosen), (f"{item.sign} ", item.style), (name, "cursor" if chosen else "bold")]
    second: Line = [
        spans.pointer(chosen, LEAD),
        (spans.padded(item.kind, KIND - GAP, measure) + " " * GAP, "dim"),
        (spans.fit(item.text, room, measure), ""),
    ]
    return spans.justify(first, when, width, measure), spans.justify(second, state, width, measure)


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
