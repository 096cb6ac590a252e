"""The widgets of the Day screen: the blocks with their status, and the day's other facts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import events

from planner.domain import formats
from planner.domain.day.day_progress import block_states, day_minute, due_name, slack
from planner.domain.text import plural
from planner.tui.day import day_view
from planner.tui.messages import EntryClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import ChoiceLines, Lines, measure

if TYPE_CHECKING:
    from planner.domain.day.events import TimeOff
    from planner.services.day.today_store import Today
    from planner.store.today_queries import BlockLine

MINUTES_A_CELL = 30
LONGEST_BAR = 16
NOW = ("●", "accent")
MOST_DATED = 8


class DayTimeline(ChoiceLines):
    """List of the blocks and meetings of a day, one per line."""

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
        lines: list[Line] = [spans.cut(title, width, measure)]
        if not self.today.blocks:
            return [
                *lines,
                [("   No blocks yet.", "dim")],
                [("   Press ", "dim"), ("n", "accent"), (" to add one.", "dim")],
            ]
        states = block_states(self.today, self.now)
        shown = range(self.first, min(len(self.today.blocks), self.first + max(1, height - 1)))
        lines += [self._row(index, states[index], width) for index in shown]
        return lines

    def _row(self, index: int, state: str | None, width: int) -> Line:
        block = self.today.blocks[index]
        sign, style = NOW if state == "now" else day_view.SIGNS[state]
        chosen = index == self.cursor
        over = state in day_view.OVER
        name_style = "cursor" if chosen else "bold" if state == "now" else "dim" if over else ""
        lead: Line = [
            spans.pointer(chosen, 1),
            (f"{sign} ", style),
            (f"{block.start}–{block.end}  ", "dim"),
        ]
        facts = self._facts(block, state, style)
        tail: Line = []
        if width >= 56:
            cells = min(LONGEST_BAR, max(1, round((block.last - block.first) / MINUTES_A_CELL)))
            bar = "" if block.dropped else "▬" * cells
            tail = [(bar.ljust(LONGEST_BAR), "track" if block.kind in spans.MARKED_BY_KEY else "fill")]
            tail.append((f" {formats.duration(block.last - block.first):>9} ", "dim"))
        room = width - sum(spans.width_of(part, measure) for part in (lead, facts, tail)) - 2
        line = [*lead, (spans.fit(spans.block_name(block), max(8, room), measure), name_style), *facts]
        return spans.justify(line, tail, width, measure) if tail else spans.cut(line, width, measure)

    def _facts(self, block: BlockLine, state: str | None, style: str) -> Line:
        """The facts shown after a block's name."""
        facts: Line = []
        if block.position is None:
            facts.append(("meeting", "dim"))
        if block.clash:
            facts.append((f"! overlaps {spans.BLOCK_WORDS[block.clash]}", "warn"))
        if state in ("short", "missed", "dropped", "free"):
            facts.append((block.mark if block.mark == "no-show" else day_view.STATE_WORDS.get(state, state), style))
        elif state == "now":
            facts.append((f"{formats.duration(block.last - day_minute(self.today, self.now))} left", "bold"))
        elif state is None and block.kind in spans.MARKED_BY_KEY:
            facts.append(("kept?", "dim"))
        elif state is None and block.meeting_id is not None:
            facts.append(("held?", "accent"))
        spaced: Line = []
        for fact in facts:
            spaced += [("  ", ""), fact]
        return spaced

    def on_click(self, event: events.Click) -> None:
        index = event.y - 1 + self.first
        if event.y >= 1 and index < self.count():
            self.post_message(EntryClicked(index, twice=event.chain >= 2))


class DayFacts(Lines):
    """View of the day's other facts: whether it fits, free time, what is due, the task list, the previous day's
    close.
    """

    FIXED_HEIGHT = True

    def __init__(self, today: Today, now: datetime, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today, self.now = today, now
        self.off: TimeOff | None = None

    def show(self, today: Today, now: datetime, off: TimeOff | None = None) -> None:
        """Show a snapshot of the day. `off` is a range of possible days off around it."""
        self.today, self.now, self.off = today, now, off
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        today = self.today
        lines: list[Line] = [[(" Does it all fit?", "bold")]]
        fit = day_view.fit_line(today, self.now, width, measure)
        lines += fit or [[("   No targets for this day", "dim")]]
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
        return lines[:height]

    def _free_time(self, width: int) -> list[Line]:
        """Free time at this moment, and what it is good for."""
        free = slack(self.today, self.now)
        if free is None:
            return []
        until, kind, who = free
        word = {"callback": "call back ", "promise": "you promised ", "list": "next on your list: "}.get(kind)
        use: Line = (
            [(f"   {word}", "dim"), (who, "")]
            if word
            else [("   No one is waiting. Press ", "dim"), ("l", "accent"), (" to build a calling list.", "dim")]
        )
        heading: Line = [(f" No meetings until {until // 60:02}:{until % 60:02}", "bold")]
        return [[], heading, spans.cut(use, width, measure)]

    def _notes(self, width: int) -> list[Line]:
        """All-day entries of the calendar, possible days off, and customers' special days."""
        lines: list[Line] = []
        for note in filter(None, self.today.day_notes.split("\n")):
            lines += [[], spans.cut([(" All day  ", "bold"), (note, "")], width, measure)]
        if self.off is not None:
            span = formats.days_text(self.off.days.first, self.off.days.last)
            off: Line = [("   o", "accent"), (f" take {span} off", "dim")]
            lines.append(spans.cut(off, width, measure))
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
        lines += [spans.cut([(f"   {at:<7} ", "dim"), (text, "")], width, measure) for at, text in shown]
        if len(timed) > len(shown):
            lines.append([(f"   … {len(timed) - len(shown)} more", "dim")])
        return lines


def _list_line(today: Today) -> Line:
    day = formats.when_text(today.list_day) if today.list_day else ""
    mark: Line = [("✓ ", "good")] if today.listed else []
    return [
        (" Calling list ", "bold"),
        (f"for {day}  ", "dim"),
        *mark,
        (plural(today.listed, "contact", "contacts"), "") if today.listed else ("not built yet", "dim"),
    ]
