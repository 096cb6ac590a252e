"""The widgets of the morning and the evening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.activity import WORDS
from planner.domain.text import plural
from planner.tui.day.day_view import distractions
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.services.day.evening import Evening
    from planner.services.day.morning import Morning
    from planner.services.day.today_store import Today

INDENT = "   "
MOST_KEPT = 5  # review lines that a morning shows


def _text(text: str, width: int, style: str = "") -> list[Line]:
    """Wrap a text into indented lines."""
    return [[(INDENT, ""), (part, style)] for part in spans.wrap(text, max(10, width - 5), measure)]


class MorningLines(Lines):
    """View of the morning's content."""

    def __init__(self, morning: Morning, today: Today, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.morning, self.today = morning, today

    def build(self, width: int, height: int) -> list[Line]:
        morning, today = self.morning, self.today
        lines: list[Line] = [[(f" {formats.when_text(today.day)}", "bold")], []]
        left = morning.left_open
        if left is not None:
            still: Line = [(f" ! You haven't ended {formats.when_text(left)}   ", "warn"), ("c", "accent")]
            lines += [[*still, (" end it now", "dim")], []]
        if morning.will_try:
            lines += [[(" You wanted to try today", "bold")], *_text(morning.will_try, width, "accent"), []]
        for text in today.midway.splitlines():
            lines += [*_text(text, width, "bold"), []]
        for heading, texts in (
            (" From your review", morning.kept.corrections),
            (" This week's aims", morning.kept.aims),
        ):
            if texts:
                lines.append([(heading, "bold")])
                for text in texts[:MOST_KEPT]:
                    first, *rest = spans.wrap(text, max(10, width - 7), measure)
                    lines.append([(f"{INDENT}▸ ", "accent"), (first, "")])
                    lines += [[(f"{INDENT}  ", ""), (part, "")] for part in rest]
                lines.append([])
        if morning.review_due:
            seven: Line = [(f"{INDENT}Press ", "dim"), ("7", "accent"), (" on Today to finish it", "dim")]
            lines += [[(f" Your review of {morning.review_due} isn't finished", "bold")], seven, []]
        if morning.affirmations:
            lines.append([(" Say it out loud", "bold")])
            for line in morning.affirmations:
                lines += _text(line, width)
            lines.append([])
        if today.wish:
            whom = f" · for {today.for_whom}" if today.for_whom else ""
            lines.append([(" Your why", "bold")])
            lines += _text(today.wish + whom, width)
            if today.picture:
                lines += _text(today.picture, width, "dim")
            lines.append([])
        if morning.drive:
            lines += [
                [(" What drives you", "bold"), ("   o", "accent"), (" open", "dim")],
                *_text(morning.drive, width),
                [],
            ]
        if morning.thought:
            lines += [*_text(morning.thought, width, "dim"), []]
        lines += self._first(width)
        return lines

    def _first(self, width: int) -> list[Line]:
        """The day's targets, what comes first, and what is overdue."""
        today = self.today
        wanted = [(name, today.target(name) or 0) for name in WORDS]
        asked = [f"{target:,} {WORDS[name][target != 1]}" for name, target in wanted if target]
        lines: list[Line] = [[(" Today", "bold")]]
        if asked:
            lines += _text(", ".join(asked), width)
        fit = _fit(today)
        if fit:
            lines.append(spans.cut([(INDENT, ""), *fit], width, measure))
        first = next((task for task in today.tasks if not task.done), None)
        if first is not None:
            lines.append(spans.cut([(f"{INDENT}Start with: ", "dim"), (str(first.title), "bold")], width, measure))
        if self.morning.overdue:
            told = plural(self.morning.overdue, "overdue task", "overdue tasks")
            lines.append([(f"{INDENT}! ", "warn"), (told, ""), ("   T", "accent"), (" triage", "dim")])
        return lines


def _fit(today: Today) -> Line:
    """Whether the day fits, before it is opened."""
    if today.asked_minutes is None:
        return []
    asked, room = round(today.asked_minutes / 100), today.available_minutes
    if asked <= room:
        return [(f"{formats.duration(asked)} of work, {formats.duration(room)} in the day", "dim")]
    return [("! ", "bad"), (f"{formats.duration(asked - room)} more work than time", "")]


class EveningLines(Lines):
    """View of the day's results, and whether tomorrow's list is ready."""

    def __init__(self, evening: Evening, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.evening = evening

    def show(self, evening: Evening) -> None:
        """Show the evening's data."""
        self.evening = evening
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        evening = self.evening
        lines: list[Line] = [[(f" End of day, {formats.when_text(evening.day)}", "bold")], []]
        lines += self._counters(width)
        lines += self._tasks(width)
        if evening.counted:
            lines.append([(INDENT, ""), (f"{evening.kept} of {plural(evening.counted, 'block', 'blocks')} kept", "")])
        if any(evening.stops):
            lines.append([(INDENT, ""), (f"Distractions: {distractions(*evening.stops)}", "")])
        lines += self._unanswered_lines(width)
        lines += [[], [(f" Calling list for {formats.when_text(evening.list_day)}", "bold")], self._list(width)]
        lines += self._new_month(width)
        if evening.week_over:
            lines += [[], [(" The week is over", "bold"), ("   7", "accent"), (" review it", "dim")]]
        said = [(question, text) for question, text in zip(evening.questions, _said(evening), strict=True) if text]
        if said:
            lines.append([])
        for question, text in said:
            lines += [[(f" {question}", "dim")], *_text(text, width)]
        return lines

    def _counters(self, width: int) -> list[Line]:
        """The day's counts against their targets, and records."""
        lines: list[Line] = []
        for metric, done, target in self.evening.counters:
            sign = ("✓", "good") if target is not None and done >= target else ("▼", "warn")
            line: Line = [(INDENT, ""), (f"{sign[0]} ", sign[1]), (f"{WORDS[metric][1].capitalize():<18}", "")]
            line += [(f"{done:>6,}", "bold"), (f" ╱ {target:,}" if target is not None else "", "dim")]
            lines.append(line)
        for record in self.evening.celebrated.records:
            best = f"Most {WORDS[record.metric][1]} in a day: {record.count:,}"
            before = f"   previous best {record.before:,}"
            lines.append(spans.cut([(INDENT, ""), ("★ ", "good"), (best, "bold"), (before, "dim")], width, measure))
        if self.evening.celebrated.over_both:
            over = "Ahead of plan pace and quota pace for the first time this month"
            lines.append([(INDENT, ""), ("★ ", "good"), (over, "bold")])
        return lines

    def _unanswered_lines(self, width: int) -> list[Line]:
        """Meetings without an outcome, and blocks of which it isn't known whether they were kept."""
        lines: list[Line] = []
        if self.evening.meetings:
            lines += [[], [(" How did it go?", "bold"), ("   h", "accent"), (" log it", "dim")]]
        for meeting in self.evening.meetings:
            asked: Line = [(f"{INDENT}? ", "accent"), (meeting.who, ""), (f"  {meeting.span}", "dim")]
            lines.append(spans.cut(asked, width, measure))
        if self.evening.unsaid:
            lines += [[], [(" Kept?", "bold"), ("   press its number", "dim")]]
        for number, (_, name) in enumerate(self.evening.unsaid[:9], start=1):
            lines.append([(f"{INDENT}{number} ", "accent"), (spans.BLOCK_WORDS.get(name, name), "")])
        return lines

    def _list(self, width: int) -> Line:
        """How far the next calling list is, or the keys that make it or end the day without it."""
        evening = self.evening
        if evening.listed:
            short = evening.wanted is not None and evening.listed < evening.wanted
            wanted = f" ╱ {evening.wanted:,}" if evening.wanted is not None else ""
            listed: Line = [("▼ " if short else "✓ ", "warn" if short else "good"), (f"{evening.listed:,}", "bold")]
            return [(INDENT, ""), *listed, (f"{wanted} on the list", "dim")]
        makes: Line = [("! ", "bad"), ("Not built yet   ", ""), ("l", "accent"), (" build it  ", "dim")]
        closes: Line = [("w", "accent"), (" end without it", "dim")]
        return spans.cut([(INDENT, ""), *makes, *closes], width, measure)

    def _new_month(self, width: int) -> list[Line]:
        begins = self.evening.new_month
        if begins is None:
            return []
        starts = formats.month_text(begins.month.first)
        heading: Line = [(f" {starts} starts", "bold"), ("   N", "accent"), (" plan it", "dim")]
        figures = ", ".join(f"{name} {value}" for name, value, _ in begins.figures()[:2])
        going = f", {plural(len(begins.goals), 'goal', 'goals')} carried over" if begins.goals else ""
        return [
            [],
            heading,
            *_text(begins.last.sentence(), width),
            *_text(f"Suggested: {figures}{going}", width, "dim"),
        ]

    def _tasks(self, width: int) -> list[Line]:
        evening = self.evening
        lines: list[Line] = [[]]
        done, left = len(evening.done), len(evening.left)
        top = f", {evening.top[0]} of the top {evening.top[1]} before noon" if evening.top[1] else ""
        lines.append([(INDENT, ""), (f"{plural(done, 'task', 'tasks')} done{top}", "")])
        open_: list[Line] = [[(f"{INDENT}  Not done: ", "dim"), (title, "")] for title in evening.left[:4]]
        lines += [spans.cut(line, width, measure) for line in open_]
        if left > 4:
            lines.append([(f"{INDENT}  … and {left - 4} more", "dim")])
        return lines


def _said(evening: Evening) -> tuple[str, str, str, str]:
    said = evening.said
    return said.went_well, said.went_wrong, said.what_else, said.will_try
