"""The pages of the review that tell what happened. Data in, lines out."""

from __future__ import annotations

from planner.domain import formats
from planner.domain.review.learning import Shelf
from planner.domain.review.report import NOTHING_COUNTED, Report
from planner.domain.review.report import Row as Fact
from planner.domain.review.review import Review
from planner.domain.review.spans import Span
from planner.domain.text import plural
from planner.tui.shared import charts, spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

# The signs of tones: of figures against their targets, of parts of discipline, and of a habit's change.
FIGURE_SIGNS = {"good": ("▲ ", "good"), "warn": ("▬ ", "warn"), "bad": ("▼ ", "bad"), "": ("  ", "")}
PART_SIGNS = {"good": ("✓ ", "good"), "warn": ("▬ ", "warn"), "bad": ("▼ ", "bad")}
TREND_SIGNS = {"good": ("▲", "good"), "warn": ("▼", "warn"), "": ("▬", "dim")}


def title(report: Review, width: int) -> Line:
    """The title line: the span under review."""
    first, last = report.period.first, report.period.last
    week = report.span is Span.WEEK
    name: Line = [(f" Week {report.name}" if week else f" {Report(report).title}", "bold")]
    if week:
        name.append((f"   {formats.when_text(first, last)} to {formats.dated_text(last)}", ""))
    if report.to_come:
        name.append((f"   {report.span} in progress", "dim"))
    return spans.cut(name, width, measure)


def fact(row: Fact, gap: str = ", ") -> Line:
    """A fact in one line: a sign where it has a tone, its label, what is said of it, and the addition."""
    said = gap.join(row.values)
    aside: Line = [(f", {row.aside}", "dim")] if row.aside else []
    if row.tone == "good":
        label = f"{row.label:<6}  " if row.label else ""
        return [(f"★ {label}", "good"), (said, "bold"), *aside]
    if row.tone == "warn":
        return [("! ", "warn"), (f"{row.label}: {said}" if row.label else said, ""), *aside]
    return [(f"{row.label:<13}  ", "dim"), (said, ""), *aside] if row.label else [(said, "dim")]


def figures(report: Report, width: int) -> list[Line]:
    """Results against targets and earlier spans."""
    wide, middle = width >= 84, width >= 62
    done, target, average = report.columns
    head = f"{'':<18}{done:>11}{target:>13}"
    head += f"{average if report.back else '':>13}" if middle else ""
    head += "   trend" if wide and report.back else ""
    lines: list[Line] = [[(head, "dim")]] if report.figures else [[(NOTHING_COUNTED, "")]]
    for row in report.figures:
        line: Line = [
            (f"{row.label:<16}", ""),
            FIGURE_SIGNS[row.tone],
            (f"{row.done:>11}", "bold"),
            (f"{row.target:>13}", "dim"),
        ]
        if middle and row.mean:
            line.append((f"{row.mean:>13}", "dim"))
        if wide and row.mean:
            values = [float(each) for each in (*row.figure.before, row.figure.done)]
            line += [("   ", ""), *charts.spark_line(values, width - 58)]
        lines.append(line)
    return lines


def noted(report: Report) -> list[Line]:
    """What is said below the figures."""
    return [fact(note) for note in report.notes]


def funnel(report: Report, width: int, *, bars: bool = False) -> list[Line]:
    """The rates from call to deal, a row each: how many of how many, the share and its range, with `bars` below."""
    rows = report.rates
    label, done, of = (
        max((len(text) for text in texts), default=0)
        for texts in ([row.label for row in rows], *([row.values[place] for row in rows] for place in (0, 1)))
    )
    lines: list[Line] = []
    for row in rows:
        line: Line = [(f"{row.label:<{label}}  {row.values[0]:>{done}} of {row.values[1]:>{of}}", "")]
        low, to, high = row.aside.partition(" to ")
        rate: Line = [(f"{row.values[2]:>6}", "bold")] if to else []
        span = f"   {low:>4}{to}{high:>3}" if to else f"   {row.aside}"
        if bars:
            drawn = spans.thin_bar(row.share, width - len(span)) if to else []
            lines += [[*line, *rate], [*drawn, (span if to else row.aside, "dim")], []]
        else:
            lines.append([*line, *rate, (span, "dim")])
    return lines


def discipline(report: Report, width: int) -> list[Line]:
    """The habit and its parts."""
    strength = report.strength
    if strength is None:
        return []
    value, *before = strength.values
    moved: Line = [TREND_SIGNS[strength.tone], (f" {before[0]}", "dim")] if before else []
    low: Line = [(f"   ? {strength.aside}", "warn")] if strength.aside else []
    lines: list[Line] = [[(value, "bold"), (f"  {strength.label} ", ""), *moved, *low], []]
    label = max((len(row.label) for row in report.parts), default=0)
    room = max(6, width - label - 10)
    for row in report.parts:
        line: Line = [PART_SIGNS[row.tone], (f"{row.label:<{label}}", ""), (f"{row.text:>6}  ", "bold")]
        lines.append([*line, *spans.thin_bar(row.share, room)])
    return lines


def week_days(report: Report) -> list[Line]:
    """The week's days in a line."""
    days = [((f"{day.label} ", "dim"), (f"{day.text:<5}", "")) for day in report.days]
    return [[span for day in days for span in day]] if days else []


def habits(report: Report, shelf: Shelf | None) -> list[Line]:
    """Personal time, streaks and records, distractions, learning."""
    lines = [fact(row, "  ") for row in report.habits]
    if shelf is not None and shelf.pace is not None:
        sign = ("✓ ", "good") if shelf.pace.kept else ("▼ ", "warn")
        lines.append([(f"{'learning':<13}  ", "dim"), sign, (shelf.pace.words(), "")])
    return lines


def heard_lines(report: Report) -> list[Line]:
    """Objections, reasons, recurring complaints, the outcome of promises."""
    lines: list[Line] = []
    for group in report.customers:
        lines += [[]] if lines else []
        lines += [[(group.title, "dim")]] if group.title else []
        lines += [_counted(row) if row.times else fact(row) for row in group.rows]
    return lines


def _counted(row: Fact) -> Line:
    aside: Line = [(f"   {row.aside}", "dim")] if row.aside else []
    return [(f"{row.times:>3}× ", "bold"), (row.values[0], ""), *aside]


def evenings(report: Report, width: int) -> list[Line]:
    """The evening notes of the days."""
    lines: list[Line] = []
    for evening in report.evenings:
        lines.append([(evening.title, "dim")])
        for row in evening.rows:
            first, *rest = spans.wrap(row.text, max(20, width - 16), measure)
            lines.append([(f"  {row.label:<10}", "dim"), (first, "")])
            lines += [[(" " * 12, ""), (part, "")] for part in rest]
    return lines


def honesty(report: Report) -> list[Line]:
    """Evidence for and against the figures, named without judgement."""
    rows = list(report.reservations)
    lines: list[Line] = [[(plural(report.review.honesty.rows, "log entry", "log entries"), "")]]
    return lines + ([fact(row) for row in rows] if rows else [[("✓ ", "good"), ("No issues found in your log.", "")]])


def track_record(report: Report, width: int) -> list[Line]:
    """How past odds turned out."""
    said = report.review.said
    if said is None:
        return []
    lines: list[Line] = [[(part, "")] for text in said.sentences() for part in spans.wrap(text, width, measure)]
    lines += [[]] if said.months else []
    return lines + [[(text, "dim")] for text in said.plot()]
