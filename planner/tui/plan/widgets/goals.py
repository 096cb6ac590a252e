"""The tree of Goals. Data in, messages out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.activity import WORDS
from planner.domain.plan.goals import GoalState, Metric
from planner.tui.shared import spans
from planner.tui.shared.panels import centred
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import RowLines, measure

if TYPE_CHECKING:
    from decimal import Decimal

    from planner.domain.plan.goals import Goal
    from planner.domain.plan.pace import Pace
    from planner.services.plan.goal_tree import CounterLine, GoalLine, GoalTree, GoalTreeLine

BAR = 10
NO_GOALS: list[Line] = [
    [("No goals yet. Where do you want to be in five years?", "")],
    [],
    [("n", "accent"), (" add your first goal", "dim")],
    [("3", "accent"), (" set this month's plan", "dim")],
    [("a", "accent"), (" add a task", "dim")],
]
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


def sign_of(item: GoalLine) -> tuple[str, str]:
    """Return a goal's sign against this morning's pace, counting what was reached since."""
    if item.done is not None and item.target is not None and item.done >= item.target:
        return "✓", "good"
    return ("", "") if item.aim is None else sign(item.goal, item.aim.course.pace)


def pace_mark(item: GoalLine) -> float | None:
    """Return where the pace is on a bar of what is done: as far from it as `sign_of` says, since what was done since
    this morning is part of today's share.
    """
    if item.aim is None:
        return None
    pace = item.aim.course.pace
    return float(pace.line if item.done is None else pace.line + max(Fraction(0), Fraction(item.done) - pace.done))


def reached(item: GoalLine) -> str:
    """Format what is done of a goal, empty if it has no figure."""
    if item.target is None or item.done is None:
        return ""
    return f"{figure(item.goal, item.done)} ╱ {figure(item.goal, item.target)}"


def _numbers(line: GoalTreeLine) -> str:
    """Format ``887 ╱ 1,950``, empty if there is no figure."""
    if line.goal is not None:
        return reached(line.goal)
    if line.counter is not None:
        return f"{line.counter.done:,} ╱ {line.counter.target:,}"
    return ""


def counter_text(asked: CounterLine) -> str:
    """Format what a goal asks of today: ``116 calls``."""
    return f"{asked.target:,} {WORDS[asked.metric][asked.target != 1]}"


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

    def rungs(self) -> list[GoalLine]:
        """Return the goals with figures from the top of the selected line's branch to its leaves."""
        lines, at = self.goals.lines if self.goals else (), self.cursor
        if at >= len(lines):
            return []
        depth = len(lines[at].last)
        below = takewhile(lambda line: len(line.last) > depth, lines[at + 1 :])
        above: list[GoalTreeLine] = []
        for line in reversed(lines[: at + 1]):
            if len(line.last) <= depth:
                above.insert(0, line)
                depth = len(line.last) - 1
        return [line.goal for line in (*above, *below) if line.goal is not None and reached(line.goal)]

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
            return [(-1, line) for line in (title, *centred(NO_GOALS, width, height - 2, measure))]
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
                signs = max(signs, measure(sign_of(line.goal)[0]))
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
        lead: Line = [spans.pointer(chosen), (guides, "dim")]
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
                share, _numbers(line), sign_of(line.goal), format_deadline(goal), style if style != "bold" else ""
            )
            return mark, goal.title, style, facts
        if line.counter is not None:
            asked = line.counter
            met = ("✓", "good") if asked.done >= asked.target else ("", "")
            facts = columns.line(asked.done / asked.target, _numbers(line), met, "today", "dim")
            return "· ", counter_text(asked), "dim", facts
        assert line.task is not None
        due = "" if line.task.due is None else formats.when_text(line.task.due, self.goals.day if self.goals else None)
        facts = [(due, "dim")] if due else []
        return f"{line.task.priority or '·'} ", line.task.title, "dim", facts
