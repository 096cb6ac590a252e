"""The widgets of Goals: the tree, and the selected line in full. Data in, messages out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.activity import WORDS
from planner.domain.plan.goals import GoalState, Metric
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, RowLines, measure

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from planner.domain.plan.goals import Goal
    from planner.domain.plan.pace import Course, Pace
    from planner.services.plan.goal_tree import GoalLine, GoalTree, GoalTreeLine
    from planner.services.plan.goals import Falls

BAR = 10
TITLE = 26  # minimum width of a title before columns are dropped


def figure(goal: Goal, value: Decimal | Fraction | float) -> str:
    """Format an amount in a goal's unit: money in whole units, counts to one decimal at most."""
    if goal.metric is Metric.REVENUE:
        return formats.amount(round(float(value)))
    return formats.number(float(value), 1 if abs(float(value)) < 100 else 0)


def format_deadline(goal: Goal) -> str:
    """Format the deadline briefly: the year, the month, or the day."""
    last = goal.period.last
    if goal.horizon.years:
        return f"{last.year}" if (last.month, last.day) == (12, 31) else f"{formats.MONTHS[last.month - 1]} {last.year}"
    return formats.when_text(last)


def sign(goal: Goal, pace: Pace) -> tuple[str, str]:
    """Return a goal's distance from its pace with a sign, and the style."""
    if pace.verdict == "met":
        return "✓", "good"
    if pace.verdict == "missed":
        return f"▼ {figure(goal, pace.short_by)}", "bad"
    if pace.verdict == "on line":
        return "▬", "good"
    distance = figure(goal, abs(pace.delta))
    if pace.verdict == "ahead":
        return f"▲ {distance}", "good"
    return f"▼ {distance}", "bad" if pace.delta_days is not None and pace.delta_days < -1 else "warn"


def _sign_of(item: GoalLine) -> tuple[str, str]:
    """Return a goal's sign against this morning's pace, counting what was reached since."""
    if item.done is not None and item.target is not None and item.done >= item.target:
        return "✓", "good"
    return ("", "") if item.aim is None else sign(item.goal, item.aim.course.pace)


def _numbers(line: GoalTreeLine) -> str:
    """Format ``887 ╱ 1,950``, empty if there is no figure."""
    if line.goal is not None and line.goal.target is not None and line.goal.done is not None:
        goal = line.goal.goal
        return f"{figure(goal, line.goal.done)} ╱ {figure(goal, line.goal.target)}"
    if line.counter is not None:
        return f"{line.counter.done:,} ╱ {line.counter.target:,}"
    return ""


@dataclass(frozen=True)
class Columns:
    """The widths of the columns to the right of the tree, 0 for columns that don't fit."""

    numbers: int
    sign: int = 0
    by: int = 0
    bar: int = 0

    @property
    def width(self) -> int:
        """The total width including gaps."""
        return self.numbers + sum(size + 2 for size in (self.sign, self.by, self.bar) if size)

    def line(self, share: float | None, numbers: str, signed: tuple[str, str], by_: str, style: str) -> Line:
        """Build the right side of a row. Without figures it is only the deadline, leaving the title more room."""
        end: Line = [(f"  {by_:>{self.by}}", "dim")] if self.by else []
        if share is None:
            return end
        facts: Line = [*spans.thin_bar(share, self.bar), (" ", "")] if self.bar else []
        facts.append((f"{numbers:>{self.numbers}}", style))
        if self.sign:
            facts.append((f"  {signed[0]:<{self.sign}}", signed[1]))
        return facts + end


class GoalLines(RowLines):
    """The goal tree as a list with a cursor. `moving` is the id of the goal being moved."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.goals: GoalTree | None = None
        self.moving: int | None = None

    def count(self) -> int:
        return len(self.goals.lines) if self.goals else 0

    @property
    def chosen(self) -> GoalTreeLine | None:
        """The line under the cursor."""
        lines = self.goals.lines if self.goals else ()
        return lines[self.cursor] if self.cursor < len(lines) else None

    def show(self, tree: GoalTree) -> None:
        """Show the goal tree. The cursor stays on its line if that still exists."""
        before = self.chosen
        self.goals = tree
        keys = [line.key for line in tree.lines]
        if before is not None and before.key in keys:
            self.cursor = keys.index(before.key)
        self.move_to(self.cursor)

    def choose(self, *wanted: tuple[str, object]) -> None:
        """Put the cursor on the first of the `wanted` lines that exists."""
        keys = [line.key for line in self.goals.lines] if self.goals else []
        self.move_to(next((keys.index(key) for key in wanted if key in keys), self.cursor))

    def rows(self, width: int, height: int) -> list[tuple[int, Line]]:
        rows = self._all_rows(width, height)
        return spans.spaced(rows, height) if spans.is_roomy(*self.app.size) else rows

    def _all_rows(self, width: int, height: int) -> list[tuple[int, Line]]:
        tree = self.goals
        more = f"  {tree.hidden} done or dropped (v to show)" if tree and tree.hidden else ""
        title: Line = [(" Goals", "accent"), (more, "dim")]
        if tree is None:
            return [(-1, title), (-1, [("   …", "dim")])]
        if not tree.lines:
            return [
                (-1, title),
                (-1, [("   No goals yet. Where do you want to be in five years?", "")]),
                (-1, [("   Press ", "dim"), ("n", "accent"), (" to add your first goal.", "dim")]),
            ]
        rows: list[tuple[int, Line]] = [(-1, spans.justify(title, self._heads(width), width, measure))]
        room = max(1, height - 1)
        shown = tree.lines[self.first : self.first + room]
        left = len(tree.lines) - self.first - len(shown)
        if left > 0 and room > 1:
            shown, left = shown[:-1], left + 1
        for index, line in enumerate(shown, start=self.first):
            rows.append((index, self._row(line, width, index == self.cursor)))
        if left > 0 and room > 1:
            rows.append((-1, [(f"     … {left} more", "dim")]))
        return rows

    def _columns(self, width: int) -> Columns:
        """Size the columns at the right by their content, dropping those that leave the title no room."""
        numbers, signs, bys = len("done ╱ target"), len("pace"), len("today")
        for line in self.goals.lines if self.goals else ():
            if line.goal is not None:
                signs = max(signs, measure(_sign_of(line.goal)[0]))
                bys = max(bys, measure(format_deadline(line.goal.goal)))
            numbers = max(numbers, measure(_numbers(line)))
        room = width - TITLE - 6
        columns = Columns(numbers)
        for name, size in (("sign", signs), ("by", bys), ("bar", BAR if width < spans.WIDE else 3 * BAR)):
            if columns.width + 2 + size <= room:
                columns = replace(columns, **{name: size})
        return columns

    def _heads(self, width: int) -> Line:
        columns = self._columns(width)
        text = " " * (columns.bar + 1) if columns.bar else ""
        text += f"{'done ╱ target':>{columns.numbers}}"
        text += f"  {'pace':<{columns.sign}}" if columns.sign else ""
        text += f"  {'by':>{columns.by}}" if columns.by else ""
        return [(f"{text} ", "dim")]

    def _row(self, line: GoalTreeLine, width: int, chosen: bool) -> Line:
        guides = "".join("  " if last else "│ " for last in line.last[1:-1])
        if len(line.last) > 1:
            guides += "└ " if line.last[-1] else "├ "
        carried = line.key == ("goal", self.moving)
        lead: Line = [spans.pointer(chosen), (guides, "track")]
        mark, title, style, facts = self._columns_of(line, width)
        if carried:
            mark, style = "⇅ ", "accent"
        room = width - spans.width_of(lead, measure) - spans.width_of(facts, measure) - measure(mark) - 3
        text = (spans.fit(title, room, measure), "cursor" if chosen else style)
        return spans.justify([*lead, (mark, style or "dim"), text], [*facts, (" ", "")], width, measure)

    def _columns_of(self, line: GoalTreeLine, width: int) -> tuple[str, str, str, Line]:
        """Return a line's mark, title, style and right side."""
        columns = self._columns(width)
        if line.goal is not None:
            goal = line.goal.goal
            mark = {GoalState.DONE: "✓ ", GoalState.DROPPED: "✗ "}.get(goal.state, "")
            style = "dim" if goal.state is not GoalState.OPEN else "bold" if len(line.last) == 1 else ""
            share = None if not _numbers(line) else float(line.goal.done or 0) / float(line.goal.target or 1)
            facts = columns.line(
                share, _numbers(line), _sign_of(line.goal), format_deadline(goal), style if style != "bold" else ""
            )
            return mark, goal.title, style, facts
        if line.counter is not None:
            asked = line.counter
            met = ("✓", "good") if asked.done >= asked.target else ("", "")
            facts = columns.line(asked.done / asked.target, _numbers(line), met, "today", "dim")
            return "· ", f"{asked.target:,} {WORDS[asked.metric][asked.target != 1]}", "dim", facts
        assert line.task is not None
        due = "" if line.task.due is None else formats.when_text(line.task.due, self.goals.day if self.goals else None)
        facts = [(due, "dim")] if due else []
        return f"{line.task.priority or '·'} ", line.task.title, "dim", facts


class GoalDetail(Lines):
    """View of the selected goal in full: why, who it's for, vision, progress and targets."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.line: GoalTreeLine | None = None
        self.today: date | None = None

    def show(self, line: GoalTreeLine | None, today: date | None) -> None:
        """Show a line of the goal tree."""
        self.line, self.today = line, today
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.line is None or self.line.goal is None:
            return self._leaf(width) if self.line is not None else []
        return self._goal(self.line.goal, width)[:height]

    def _leaf(self, width: int) -> list[Line]:
        """The lines for a task or counter, whose parents the tree beside it shows."""
        return [spans.cut([(" ⏎", "accent"), (" open in Today", "dim")], width, measure)]

    def _goal(self, item: GoalLine, width: int) -> list[Line]:
        goal = item.goal
        last = goal.period.last
        state = {GoalState.DONE: ", done", GoalState.DROPPED: ", dropped"}.get(goal.state, "")
        lines: list[Line] = [[(" ", ""), (spans.fit(goal.title, width - 2, measure), "bold")]]
        starts = goal.starts if goal.target is not None else None
        counts = (
            f", starts {formats.when_text(starts, self.today)}"
            if starts is not None and starts > goal.period.first
            else ""
        )
        when = f"{goal.horizon.kind} goal, due {formats.dated_text(last)}{counts}{state}"
        lines.append(spans.cut([(f" {when}", "dim")], width, measure))
        if item.up:
            stands = " › ".join(above.title for above in reversed(item.up))
            lines += self._field("part of", stands, width)
        for name, text in (("why", goal.why), ("who it's for", goal.for_whom), ("vision", goal.picture)):
            if text:
                lines += self._field(name, text, width)
        if not (goal.why or goal.for_whom or goal.picture) and not item.up:
            lines.append([(" e", "accent"), (" add why, who it's for, and your vision", "dim")])
        lines += [[], *self._figure_lines(item, width)] if goal.metric is not None else []
        return lines

    def _field(self, name: str, text: str, width: int) -> list[Line]:
        parts = spans.wrap(text, width - 15, measure)
        return [[(f" {name if not index else '':<13}", "dim"), (part, "")] for index, part in enumerate(parts)]

    def _figure_lines(self, item: GoalLine, width: int) -> list[Line]:
        """The goal's figures, a row each."""
        goal = item.goal
        rows: list[tuple[str, Line]] = []
        if item.done is not None:
            unit = "" if goal.metric in (None, Metric.REVENUE, Metric.COUNT) else goal.metric.words
            reached = figure(goal, item.done) + (f" of {figure(goal, item.target)}" if item.target else "")
            share = f"  {formats.percent(float(item.done / item.target))}" if item.target else ""
            rows.append(("done", [(f"{reached} {unit}".rstrip(), "bold"), (share, "dim")]))
        if item.aim is not None and item.falls is not None:
            rows += _pace_rows(item, item.aim.course, item.falls)
        lines: list[Line] = []
        for name, values in rows:
            if len(values) == 1:
                lines += self._field(name, values[0][0], width)
            else:
                lines.append(spans.cut([(f" {name:<13}", "dim"), *values], width, measure))
        return lines


def _pace_rows(item: GoalLine, course: Course, falls: Falls) -> list[tuple[str, Line]]:
    """How far ahead of its pace a goal is, and what is left of it."""
    goal, pace = item.goal, course.pace
    text, style = _sign_of(item)
    days = pace.delta_days
    word = f"  {abs(float(days)):.1f} days {pace.verdict}" if days else f"  {pace.status}"
    rows: list[tuple[str, Line]] = [("pace", [(text, style), ("  met" if text == "✓" else word, "dim")])]
    if pace.verdict not in ("met", "missed"):
        needed = f"{figure(goal, falls.week)} this week, {figure(goal, falls.month)} this month"
        if goal.metric is not Metric.REVENUE:
            needed = f"{'nothing' if falls.today is None else f'{falls.today:,}'} today, {needed}"
        rows.append(("needed", [(needed, "")]))
    year = item.year
    now = None if year is None or len(year.months) < 2 else year.months[year.current]
    if year is not None and now is not None and round(now.asked) != round(now.planned):
        before, missed = figure(goal, now.planned), figure(goal, abs(year.missed))
        word = "short" if year.missed > 0 else "over"
        told = f"{figure(goal, now.asked)} instead of {before}, as you're {missed} {word} so far"
        rows.append(("this month", [(told, "")]))
    if pace.required:
        left = f"{figure(goal, pace.required)}, with {formats.number(float(pace.days.left), 1)} working days left"
        rows.append(("per day", [(left, "")]))
    if course.spread.shortfall:
        short = f"{figure(goal, course.spread.shortfall)} won't fit in the days left"
        rows.append(("", [(f"! {short}", "bad")]))
    return rows
