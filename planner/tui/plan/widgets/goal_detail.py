"""The selected line of Goals in full, with the pace of its branch where there is room. Data in, lines out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.plan.goals import GoalState, Metric
from planner.tui.plan.widgets.goals import counter_text, figure, pace_mark, reached, sign_of
from planner.tui.shared import charts, spans
from planner.tui.shared.panels import stack
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from datetime import date

    from planner.domain.plan.pace import Course
    from planner.services.plan.goal_tree import GoalLine, GoalTreeLine
    from planner.services.plan.goals import Falls

    Section = tuple[str, str, Sequence[Line]]

LABEL = 15
WEEK, MONTH = 18, 24  # cells of a metric's name, and of a month's figures


class GoalDetail(Lines):
    """View of the selected goal in full: why, who it's for, vision, progress and targets."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.line: GoalTreeLine | None = None
        self.rungs: Sequence[GoalLine] = ()
        self.today: date | None = None
        self.weeks: Mapping[str, Sequence[int]] = {}

    def show(self, line: GoalTreeLine | None, rungs: Sequence[GoalLine], today: date | None) -> None:
        """Show a line of the goal tree, and the goals of its branch."""
        self.line, self.rungs, self.today = line, rungs, today
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.line is None:
            return []
        if not spans.is_roomy(*self.app.size):
            return (self._leaf(width) if self.line.goal is None else self._goal(self.line.goal, width))[:height]
        return stack(self._sections(self.line, width - 4), width, height, measure)

    def _sections(self, line: GoalTreeLine, width: int) -> list[Section]:
        """The panels of a screen with room for them."""
        if line.goal is None:
            title = line.task.title if line.task else counter_text(line.counter) if line.counter else ""
            found = [(title, "", [[("⏎", "accent"), (" open in Today", "dim")]])]
        else:
            head, *facts = (_outdent(each) for each in self._goal(line.goal, width + 2))
            found = [("".join(text for text, _ in head), "", facts)]
        if self.rungs:
            found.append(("Pace", "", rung_lines(self.rungs, line, width)))
        if line.goal is not None and spans.is_large(*self.app.size):
            found.append(("Month by month", "", month_lines(line.goal, width)))
        found.append(("Twelve weeks", "", week_lines(self.rungs, self.weeks, width)))
        return [section for section in found if section[2]]

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
        parts = spans.wrap(text, width - LABEL - 2, measure)
        return [[(f" {name if not index else '':<{LABEL}}", "dim"), (part, "")] for index, part in enumerate(parts)]

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
                lines.append(spans.cut([(f" {name:<{LABEL}}", "dim"), *values], width, measure))
        return lines


def _pace_rows(item: GoalLine, course: Course, falls: Falls) -> list[tuple[str, Line]]:
    """How far ahead of its pace a goal is, and what is left of it."""
    goal, pace = item.goal, course.pace
    text, style = sign_of(item)
    days = pace.delta_days
    word = f"  {abs(float(days)):.1f} days {pace.verdict}" if days else f"  {pace.status}"
    rows: list[tuple[str, Line]] = [("pace", [(text, style), ("  met" if text == "✓" else word, "dim")])]
    if pace.verdict not in ("met", "missed"):
        needed = f"{figure(goal, falls.week)} this week, {figure(goal, falls.month)} this month, as of this morning"
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


def _outdent(line: Line) -> Line:
    """Take the space at the beginning of a line, which a panel has of its own."""
    (text, style), *rest = line or [("", "")]
    return [(text.removeprefix(" "), style), *rest]


def rung_lines(rungs: Sequence[GoalLine], chosen: GoalTreeLine, width: int) -> list[Line]:
    """The goals of a branch: each with its bar, where the pace is now, and what it asks for."""
    lines: list[Line] = []
    numbers = max(len(reached(item)) for item in rungs)
    for item in rungs:
        goal = item.goal
        style = "bold" if chosen.goal is not None and chosen.goal.goal.id == goal.id else ""
        told = sign_of(item)
        title = spans.fit(goal.title, width - measure(told[0]) - 2, measure)
        bar = spans.bar(float(item.done or 0), float(item.target or 0), width - numbers - 2, pace_mark(item))
        lines += [[]] if lines else []
        lines.append(spans.justify([(title, style)], [told], width, measure))
        lines.append([*bar, (f"  {reached(item):>{numbers}}", style)])
        lines.append([(_needs(item, width), "dim")])
    return lines


def _needs(item: GoalLine, width: int) -> str:
    """What a goal needs today, this week and this month, as far as there is room."""
    goal, falls = item.goal, item.falls
    if falls is None or sign_of(item)[0] == "✓":
        return ""
    parts = [] if goal.metric is Metric.REVENUE or falls.today is None else [f"{falls.today:,} today"]
    parts += [f"{figure(goal, falls.week)} this week", f"{figure(goal, falls.month)} this month"]
    texts = [f"from this morning: {' · '.join(parts[:count])}" for count in range(len(parts), 0, -1)]
    return next((text for text in texts if len(text) <= width), texts[-1])


def month_lines(item: GoalLine, width: int) -> list[Line]:
    """A goal over its months: what was done of each, or its share of those to come."""
    goal, year = item.goal, item.year
    months: list[tuple[date, float, float | None]] = []
    if year is not None:
        for number, each in enumerate(year.months):
            done = float(each.done) if number <= year.current else None
            months.append((each.month.first, float(each.asked if number >= year.current else each.planned), done))
    elif item.falls is not None:
        months = [(first, float(share), None) for first, share in item.falls.months]
    if len(months) < 2:
        return []
    most = max(max(share, done or 0.0) for _, share, done in months)
    lines: list[Line] = []
    for first, share, done in months:
        told = figure(goal, share) if done is None else f"{figure(goal, done)} of {figure(goal, share)}"
        bar = spans.bar(done or 0.0, most, max(6, width - 5 - 2 - MONTH), share)
        lines.append([(f"{formats.MONTHS[first.month - 1]:<5}", "dim"), *bar, (f"{told:>{MONTH + 2}}", "")])
    return lines


def week_lines(rungs: Sequence[GoalLine], weeks: Mapping[str, Sequence[int]], width: int) -> list[Line]:
    """The last twelve weeks of what the goals of a branch count, the current one last."""
    metrics = dict.fromkeys(str(item.goal.metric) for item in rungs)
    found = [(Metric(metric).words, weeks.get(metric.replace("-", "_"), ())) for metric in metrics]
    numbers = max((len(f"{values[-1]:,}") for _, values in found if values), default=0)
    lines: list[Line] = []
    for name, values in found:
        if values:
            bars = charts.spark_line(values, width - WEEK - numbers - 2)
            now: Line = [(f"{values[-1]:>{numbers},}", "bold")]
            lines += [[]] if lines else []
            lines.append(spans.justify([(f"{name:<{WEEK}}", "dim"), *bars], now, width, measure))
    return lines
