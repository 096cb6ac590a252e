"""The answers of the playbook, and on a large screen what the rep did with them. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.calls.playbook import DAYS_OF_STEP, WAYS, key
from planner.domain.text import plural
from planner.tui.calls.widgets.sheet import SheetLines
from planner.tui.shared import spans
from planner.tui.shared.panels import GAP, aired, beside, centred, fitting, stack
from planner.tui.shared.spans import Line, tinted
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.domain.calls.playbook import Objection
    from planner.services.calls.playbook import Drilled, Practice

    Section = tuple[str, str, Sequence[Line]]

BAR = 12
DUE = 12  # cells of when a drill is due
MOST_HEARD = 8
WORKED = {None: ("·", "dim"), True: ("✓", "good"), False: ("✗", "bad")}


@dataclass(frozen=True)
class Record:
    """What is shown beside the answers: all objections, the one selected, the drills, and the lists with the title of
    the one that is open.
    """

    today: date
    objections: Sequence[Objection] = ()
    chosen: Objection | None = None
    practice: Practice | None = None
    lists: Sequence[str] = ()
    open: str = ""


class PlaybookSheet(SheetLines):
    """View of the answers to an objection or another list, on a large screen with the drill and what was heard."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.record: Record | None = None

    def build(self, width: int, height: int) -> list[Line]:
        if not spans.is_large(*self.app.size) or self.record is None:
            return self._sheet(width, height)
        left = width * 58 // 100
        lines = self._sheet(left - 2, height - 1)
        lines += [[]] * (height - len(lines))
        page = [tinted([(" ", ""), *line], "panel", left, measure) for line in lines]
        right = width - left - GAP
        sections = record_sections(self.record, right - 4)
        spread = [(title, remark, aired(lines)) for title, remark, lines in sections]
        found = spread if fitting(spread, height) == len(spread) else sections
        return beside(page, stack(found, right, height, measure), left, measure)

    def _sheet(self, width: int, height: int) -> list[Line]:
        if self.sheet.rows:
            return super().build(width, height)
        hint: list[Line] = [
            [(self.sheet.title, "")],
            [],
            [("e", "accent"), (self.sheet.about.removeprefix("e"), "dim")],
        ]
        return centred(hint, width, height, measure)


def record_sections(record: Record, width: int) -> list[Section]:
    """Build the panels beside the answers."""
    if record.practice is None:
        return []
    found: list[Section] = [("Drill", _due_text(record), _drills(record, width))]
    if record.chosen is not None:
        found.append(("Heard lately", "", _heard(record, record.chosen)))
    found.append(("More to read", "⇥ next page", _lists(record, width)))
    return found


def _due_text(record: Record) -> str:
    due = sum(_is_due(_drilled(record, each), record.today) for each in record.objections)
    return f"{due} due today  D start" if due else "nothing due today"


def _drilled(record: Record, objection: Objection) -> Drilled | None:
    return None if record.practice is None else record.practice.drills.get(key(objection.text))


def _is_due(drilled: Drilled | None, today: date) -> bool:
    return drilled is None or drilled.due <= today


def _drills(record: Record, width: int) -> list[Line]:
    """How far each objection is in the drill, and when it is due again."""
    lines: list[Line] = []
    for each in record.objections:
        drilled = _drilled(record, each)
        room = width - BAR - DUE - 2
        name = spans.fit(each.text, room - 1, measure)
        line: Line = [(name + " " * (room - measure(name)), "bold" if each is record.chosen else "")]
        line += spans.thin_bar(0.0 if drilled is None else drilled.step / len(DAYS_OF_STEP), BAR)
        if drilled is None:
            told = "new"
        else:
            told = "today" if drilled.due <= record.today else formats.when_text(drilled.due, record.today)
        lines.append([*line, (f"{told:>{DUE + 2}}", "accent" if _is_due(drilled, record.today) and drilled else "dim")])
    drilled = None if record.chosen is None else _drilled(record, record.chosen)
    if drilled is not None:
        times = plural(drilled.times, "time", "times")
        lines += [[], [(f"Practiced {times}, fluent {drilled.fluent} of {drilled.times}.", "dim")]]
    return lines


def _heard(record: Record, chosen: Objection) -> list[Line]:
    """Where an objection was heard, with how it was answered."""
    rows = record.practice.heard.get(key(chosen.text), ()) if record.practice else ()
    lines: list[Line] = []
    for row in rows[:MOST_HEARD]:
        way = f"  {WAYS.get(row.way, row.way)}" if row.way else "  not answered"
        when = formats.when_text(row.day, record.today)
        lines.append([WORKED[row.worked], (f" {when:<11}", "dim"), (row.name or "no name", ""), (way, "dim")])
    return lines or [[("Not heard yet. In a call, ", "dim"), ("/", "accent"), (" logs what you hear.", "dim")]]


def _lists(record: Record, width: int) -> list[Line]:
    """The other lists in two columns, the open one marked."""
    half = (len(record.lists) + 1) // 2
    size = width // 2
    lines: list[Line] = []
    for first, second in zip(record.lists[:half], [*record.lists[half:], ""], strict=False):
        line: Line = []
        for title in (first, second):
            text = spans.padded(title, size - 3, measure) + " "
            opened = bool(title) and title == record.open
            line += [("▸ ", "accent"), (text, "bold")] if opened else [(f"  {text}", "dim")]
        lines.append(line)
    return lines
