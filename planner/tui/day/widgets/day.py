"""The widgets of the Day screen: the blocks with their status, and the day's other facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region

from planner.domain import formats
from planner.domain.day.day_progress import block_states, day_minute, due_name, free_text
from planner.domain.text import plural
from planner.tui.day import day_view
from planner.tui.day.timeline import NOW_SIGN, Timeline, block_facts
from planner.tui.messages import EntryClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import Line, Span
from planner.tui.shared.widgets.lines import ChoiceLines, Lines, measure

if TYPE_CHECKING:
    from planner.domain.day.events import TimeOff
    from planner.services.day.today_store import Today
    from planner.store.today_queries import BlockLine

MINUTES_A_CELL = 30
LONGEST_BAR = 16
DURATION = 11  # cells of the longest duration
LONGEST_HOURS = 34
MOST_DATED = 8
MOST_PROBLEM_LINES = 3
ROOMY = 40  # rows from which there is room for empty ones


class DayTimeline(ChoiceLines):
    """The blocks and meetings of a day, in proportion to their length, or one per line where there is no room."""

    def __init__(self, today: Today, now: datetime, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today, self.now = today, now

    def count(self) -> int:
        return len(self.today.blocks)

    @property
    def chosen(self) -> BlockLine | None:
        """The block under the cursor."""
        return self.today.blocks[self.cursor] if self.cursor < len(self.today.blocks) else None

    def show(self, today: Today, now: datetime) -> None:
        """Show a snapshot of the day. The cursor stays on its block even if that has moved."""
        chosen = self.chosen
        self.today, self.now = today, now
        index = self.cursor
        if chosen is not None:
            same = [n for n, b in enumerate(today.blocks) if b.position == chosen.position is not None]
            index = next((n for n in same if today.blocks[n].first == chosen.first), same[0] if same else index)
        self.move_to(index)

    def choose_now(self) -> None:
        """Put the cursor on the current block, or on the next one."""
        minute = day_minute(self.today, self.now)
        for index, block in enumerate(self.today.blocks):
            if block.last > minute and not block.dropped:
                self.move_to(index)
                return

    def build(self, width: int, height: int) -> list[Line]:
        day = self.today.day
        ahead = (day - self.now.date()).days
        word = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(ahead, "")
        weight = {0: "day off", 50: "half day"}.get(self.today.weight, "")
        told = ", ".join(part for part in (word, weight) if part)
        title: Line = [(f" {formats.when_text(day)}", "bold"), (f"  {told}" if told else "", "dim")]
        if not self.today.blocks:
            return [
                spans.cut(title, width, measure),
                [("   No blocks yet.", "dim")],
                [("   Press ", "dim"), ("n", "accent"), (" to add one.", "dim")],
            ]
        drawing = self._drawing(width, height)
        if drawing is not None:
            block = self.today.blocks[self.cursor]
            when = f" {block.start}–{block.end} "
            room = width - spans.width_of(title, measure) - measure(when) - 2
            hours: Line = [(spans.fit(spans.block_name(block), room, measure), ""), (when, "dim")]
            gap: list[Line] = [[]] * (_top(height) - 1)
            return [spans.justify(title, hours, width, measure), *gap, *drawing.lines(measure, self.cursor)]
        shown = range(self.first, min(len(self.today.blocks), self.first + max(1, height - 1)))
        place: Line = [(f"{spans.place(shown, self.count())} ", "dim")]
        return [spans.justify(title, place, width, measure), *self._rows(shown, width)]

    def _drawing(self, width: int, height: int) -> Timeline | None:
        """Return the blocks in proportion to their length, None without room for it."""
        drawing = Timeline(self.today, self.now, width, height - _top(height))
        return drawing if drawing.fits else None

    def _rows(self, shown: range, width: int) -> list[Line]:
        """The list of blocks. Bars of their length are drawn if they cut no name."""
        states = block_states(self.today, self.now)
        rows = [self._row(index, state, width) for index, state in enumerate(states)]
        bars = all(spans.width_of(row, measure) + LONGEST_BAR + 2 + DURATION <= width for row in rows)
        return [self._with_length(rows[index], index, width, bars=bars) for index in shown]

    def _row(self, index: int, state: str | None, width: int) -> Line:
        block = self.today.blocks[index]
        sign, style = NOW_SIGN if state == "now" else day_view.SIGNS[state]
        chosen = index == self.cursor
        name_style = "cursor" if chosen else "bold" if state == "now" else "dim" if state in day_view.OVER else ""
        lead: Line = [
            spans.pointer(chosen, 1),
            (f"{sign} ", style),
            (f"{block.start}–{block.end}  ", "dim"),
        ]
        facts: Line = [part for fact in self._facts(block, state) for part in (("  ", ""), fact)]
        room = width - sum(spans.width_of(part, measure) for part in (lead, facts)) - 1
        return [*lead, (spans.fit(spans.block_name(block), max(8, room), measure), name_style), *facts]

    def _facts(self, block: BlockLine, state: str | None) -> Line:
        """The facts shown after a block's name."""
        left: Line = [(f"{formats.duration(block.last - day_minute(self.today, self.now))} left", "bold")]
        return block_facts(block, state) + left * (state == "now")

    def _with_length(self, row: Line, index: int, width: int, *, bars: bool) -> Line:
        """Put a block's length at the end of its line, if there is room."""
        block = self.today.blocks[index]
        length: Line = [(f"{formats.duration(block.last - block.first):>{DURATION - 1}} ", "dim")]
        if bars:
            cells = min(LONGEST_BAR, max(1, round((block.last - block.first) / MINUTES_A_CELL)))
            bar = "" if block.dropped else "▬" * cells
            length.insert(0, (bar.ljust(LONGEST_BAR), "dim" if block.kind in spans.MARKED_BY_KEY else "fill"))
        return spans.justify(row, length, width, measure)

    def _block_at(self, x: int, y: int) -> tuple[int, Region] | None:
        """Return the index of the block at a place and its cells."""
        drawing, top = self._drawing(*self.size), _top(self.size.height)
        if drawing is None:
            index = y - 1 + self.first
            return (index, self.row_area(y)) if y >= 1 and index < self.count() else None
        found = drawing.block_at(x, y - top)
        return None if found is None else (found, Region(*drawing.area(found)).translate((0, top)))

    def area_at(self, x: int, y: int) -> Region | None:
        found = self._block_at(x, y)
        return None if found is None else found[1]

    def on_click(self, event: events.Click) -> None:
        found = self._block_at(*event.get_content_offset_capture(self))
        if found is not None:
            self.post_message(EntryClicked(found[0], twice=event.chain >= 2))


def _top(height: int) -> int:
    """Return the rows above the timeline: the title, and an empty one if there is room."""
    return 2 if height >= ROOMY else 1


class DayFacts(Lines):
    """View of the day's other facts: whether it fits, free time, what is due, the task list, the previous day's
    close.
    """

    def __init__(self, today: Today, now: datetime, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today, self.now = today, now
        self.off: TimeOff | None = None
        self.problems: Sequence[str] = ()

    def show(self, today: Today, now: datetime, off: TimeOff | None = None, problems: Sequence[str] = ()) -> None:
        """Show a snapshot of the day. `off` is a range of possible days off around it, `problems` are sentences about
        calendars that couldn't be read.
        """
        self.today, self.now, self.off, self.problems = today, now, off, problems
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        today = self.today
        width -= 1  # no text touches the last column
        lines: list[Line] = [[(" Does it all fit?", "bold")]]
        fit = day_view.fit_line(today, self.now, 2 * width, measure)  # wrapped, not cut
        lines += [part for line in fit for part in spans.wrapped(line, width, measure)] or [
            [("   No targets for this day", "dim")]
        ]
        lines += self._free_time(width)
        lines += self._notes(width)
        lines += self._timed_lines(width)
        lines += [[], spans.cut(_list_line(today), width, measure)]
        distractions = day_view.distractions(today.counts["stops_refused"], today.counts["stops_given_in"])
        if distractions:
            lines.append([(" Distractions  ", "bold"), (distractions, "dim")])
        if today.will_try:
            lines += [[], [(" You wanted to try", "bold")]]
            lines += [[(f"   {part}", "")] for part in spans.wrap(today.will_try, width - 4, measure)]
        hours = self._hours(width)
        if len(lines) + len(hours) <= height:
            return lines + hours
        return lines if len(lines) <= height else _shortened(lines, height)

    def _hours(self, width: int) -> list[Line]:
        """How much of the day goes into each kind of block."""
        minutes: dict[str, int] = {}
        for block in self.today.blocks:
            if not block.dropped and block.kind != "sleep":
                minutes[block.kind] = minutes.get(block.kind, 0) + block.last - block.first
        most, room = max(minutes.values(), default=0), min(LONGEST_HOURS, width - 20 - DURATION)
        if room < LONGEST_BAR // 2 or not minutes:
            return []
        lines: list[Line] = [[], [(" Hours", "bold")]]
        for kind, spent in sorted(minutes.items(), key=lambda pair: -pair[1]):
            told = f"{formats.duration(spent):>{DURATION}}"
            bar = spans.thin_bar(spent / most, room)
            lines.append([(f"   {spans.BLOCK_WORDS[kind]:<17}", ""), *bar, (told, "dim")])
        return lines

    def _free_time(self, width: int) -> list[Line]:
        """Free time at this moment, and what it is good for."""
        free = free_text(self.today, self.now)
        if free is None:
            return []
        told, who = free
        idle: Line = [("   No one is waiting. Press ", "dim"), ("l", "accent"), (" to build a calling list.", "dim")]
        use = _wrapped(("   ", ""), who, width) if who else [spans.cut(idle, width, measure)]
        return [[], *spans.wrapped([(" ", ""), (told, "bold")], width, measure), *use]

    def _notes(self, width: int) -> list[Line]:
        """All-day entries of the calendar, possible days off, and customers' special days."""
        lines: list[Line] = []
        for note in filter(None, self.today.day_notes.split("\n")):
            lines += [[], spans.cut([(" All day  ", "bold"), (note, "")], width, measure)]
        if self.off is not None:
            span = formats.days_text(self.off.days.first, self.off.days.last)
            off: Line = [("   o", "accent"), (f" take {span} off", "dim")]
            lines.append(spans.cut(off, width, measure))
        for problem in self.problems:
            lines += [[], *spans.wrapped([(" ", ""), (problem, "warn")], width, measure)[:MOST_PROBLEM_LINES]]
        for each in self.today.special:
            at = each.when(self.now)
            when = "" if at == "today" else f"{at}  "
            lines += [[], spans.cut([(f" {when}{each.contact}  ", "bold"), (each.text, "")], width, measure)]
        return lines

    def _timed_lines(self, width: int) -> list[Line]:
        """Tasks, callbacks and promises with a time of this day."""
        today, timed = self.today, []
        for task in today.tasks:
            day, _, at = str(task.due or "").partition("T")
            if at and day == str(today.day) and not task.done and task.kind == "own":
                timed.append((at, str(task.title)))
        timed = sorted(timed + [(due.when(self.now), due_name(due)) for due in today.due])
        if not timed:
            return []
        shown = timed[:MOST_DATED]
        lines: list[Line] = [[], [(" Scheduled", "bold")]]
        for at, text in shown:
            lines += _wrapped((f"   {at:<7} ", "dim"), text, width)
        if len(timed) > len(shown):
            lines.append([(f"   … {len(timed) - len(shown)} more", "dim")])
        return lines


def _wrapped(lead: Span, text: str, width: int) -> list[Line]:
    """Put a text after its lead, in up to two lines."""
    indent = measure(lead[0])
    first, *rest = spans.wrap(text, width - indent, measure)
    more: Line = [(" " * indent, ""), (spans.fit(" ".join(rest), width - indent, measure), "")]
    return [[lead, (first, "")], *([more] if rest else [])]


def _shortened(lines: list[Line], height: int) -> list[Line]:
    """Fit lines into a height: without empty ones, and with a sign for what is left out."""
    filled = [line for line in lines if line]
    if len(filled) <= height:
        return filled
    kept = filled[: max(0, height - 1)]
    while kept and len(kept[-1]) == 1 and kept[-1][0][1] == "bold":  # a heading of nothing
        kept.pop()
    return [*kept, [("   …", "dim")]]


def _list_line(today: Today) -> Line:
    day = formats.when_text(today.list_day) if today.list_day else ""
    return [
        (" Calling list ", "bold"),
        (f"for {day}  ", "dim"),
        (plural(today.listed, "contact", "contacts"), "") if today.listed else ("not built yet", "dim"),
    ]
