"""Builds the pages of self-review, learning and past reviews. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.tasks import Due
from planner.domain.review.learning import Kind as Learnt
from planner.domain.review.learning import Learning, Shelf
from planner.domain.review.report import Report, changes_since
from planner.domain.review.review import Review
from planner.domain.review.self_review import STEPS, Became, Kind, ReviewLine, SelfReview, Step, Tried
from planner.tui.review.widgets import charts as drawings
from planner.tui.review.widgets.page import INDENT_CELLS, PAGES, Row, hint_rows, rows_of
from planner.tui.review.widgets.review import (
    discipline,
    evenings,
    figures,
    funnel,
    habits,
    heard_lines,
    honesty,
    noted,
    track_record,
    week_days,
)
from planner.tui.shared import spans
from planner.tui.shared.panels import aired
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.domain.review.charts import Charts
    from planner.domain.review.self_review import Flow

MARKS = {None: ("?", "warn"), True: ("✓", "good"), False: ("✗", "bad")}


def tried_rows(found: Sequence[Tried], today: date) -> list[Row]:
    """The experiments of the week, and their results."""
    if not found:
        return hint_rows(
            [
                [("No experiments this week.", "")],
                [("The aims and fixes you write in this review appear here next week.", "dim")],
                [],
                [("⏎", "accent"), (" go on to your wins and misses", "dim")],
            ]
        )
    rows = []
    for each in found:
        sign, style = MARKS[each.done]
        origin = (
            "from your last review"
            if each.origin.startswith("line")
            else f"from your evening notes, {formats.near_text(each.origin, today)}"
        )
        rows.append(Row([(f"{sign} ", style), (each.text, ""), (f"   {origin}", "dim")], each.origin))
    return rows


def lessons(review: SelfReview, width: int, today: date) -> list[Row]:
    """Wins and misses, with cause, correction and what became of it."""
    rows: list[Row] = [Row([("Wins", "dim"), ("   + add one", "dim")])]
    for line in review.lines_of(Kind.WELL):
        rows += _wrap(("+ ", "good"), line.text, width, line.id)
    rows += [Row([]), Row([("Misses", "dim"), ("   - add one, with its cause and fix", "dim")])]
    for line in review.lines_of(Kind.WRONG):
        rows += _wrap(("- ", "warn"), line.text, width, line.id)
        if line.cause:
            rows += _wrap(("    cause  ", "dim"), line.cause, width)
        if line.correction:
            *most, last = _wrap(("    fix    ", "dim"), line.correction, width)
            became = _became_line(line, today)
            room = width - INDENT_CELLS - spans.width_of(last.line, measure)
            told = [Row([*last.line, *became])] if spans.width_of(became, measure) <= room else []
            rows += [*most, *(told or [last, Row([(" " * 8, ""), *became])])]
    return rows


def _wrap(lead: spans.Span, text: str, width: int, key: object = None) -> list[Row]:
    """Wrap a text into rows, of which only the first can be selected."""
    indent = measure(lead[0])
    first, *rest = spans.wrap(text, max(10, width - INDENT_CELLS - indent), measure)
    return [Row([lead, (first, "")], key), *(Row([(" " * indent, ""), (part, "")]) for part in rest)]


def _became_line(line: ReviewLine, today: date) -> Line:
    if line.became is Became.WEEK:
        return [("   ▸ week change", "good")]
    if line.became is Became.TASK and line.task_id is not None:
        if line.done is not None:
            sign, style = MARKS[line.done]
            return [(f"   {sign} {'done' if line.done else 'dropped'}", style)]
        due = "" if line.task_due is None else f", {formats.near_text(str(Due(line.task_due)), today)}"
        return [(f"   ▸ task{due}", "good")]
    return [("   t", "accent"), (" make it a task  ", "dim"), ("w", "accent"), (" add to your week", "dim")]


def targets(report: Report) -> list[Line]:
    """The targets of the next span, beside what was done in this one."""
    return [
        [(f"{row.label:<18}", ""), (f"{row.values[0]:>9}", "bold"), (f"   {row.aside}", "dim")]
        for row in report.following
    ] or [[(report.next_asks, "")]]


def targets_from(report: Report) -> str:
    """Return the title of the targets."""
    return f"Targets from {formats.when_text(report.review.next_period.first, report.review.today)}"


def aim_rows(report: Report, review: SelfReview, aims: Sequence[str], width: int) -> list[Row]:
    """This week's aims, and those for the next."""
    rows: list[Row] = []
    if aims:
        rows = [
            Row([(f"{report.review.called.capitalize()}'s aims", "dim")]),
            *(Row([("· ", "dim"), (aim, "")]) for aim in aims),
            Row([]),
        ]
    rows.append(Row([("Up to three aims for next week", "dim"), ("   + add one", "dim")]))
    for number, line in enumerate(review.lines_of(Kind.AIM), start=1):
        rows += _wrap((f"{number} ", "accent"), line.text, width, line.id)
    return rows


def wish(review: SelfReview, named: str, width: int) -> list[Row]:
    """The rep's why, the week's line on it, and whether the review is finished."""
    lines: list[Line] = []
    if named:
        lines += [[(named, "bold")], []]
    for part in spans.wrap(review.wish, max(10, width - 5), measure) if review.wish else ():
        lines.append([(part, "")])
    if review.finished_at is not None:
        lines += [[], [("✓ ", "good"), (f"Finished {formats.dated_text(review.finished_at)}", "")]]
    else:
        lines += [[], [("⏎", "accent"), (" write one line and finish the review", "dim")]]
    return rows_of(lines)


# learning and past reviews


def learning(shelf: Shelf, today: date, width: int) -> list[Row]:
    """What the rep is learning, and where it was used."""
    rows: list[Row] = []
    if shelf.pace is not None:
        sign = ("✓ ", "good") if shelf.pace.kept else ("▼ ", "warn")
        rows += [Row([sign, (shelf.pace.words(), "")]), Row([])]
    if not shelf.rows:
        return hint_rows(
            [
                [("Nothing to learn yet.", "")],
                [("One book a month puts you ahead of nine in ten salespeople.", "dim")],
                [],
                [("+", "accent"), (" add a book, a course or a question", "dim")],
            ]
        )
    for row in shelf.rows:
        rows.append(Row(_learnt_line(row, today), ("learning", row.id)))
        for part in spans.wrap(" ".join(row.taken.split()), max(20, width - 10), measure)[:2] if row.taken else ():
            rows.append(Row([("      ", ""), (part, "dim")]))
        for use in row.uses[-2:]:
            told = ", ".join(text for text in (use.note, use.contact or "", use.deal or "") if text) or "in a call"
            rows.append(Row([("      used: ", "good"), (told, ""), (f"  {formats.near_text(use.day, today)}", "dim")]))
    return rows


def _learnt_line(row: Learning, today: date) -> Line:
    sign = (
        ("✓ ", "good")
        if row.done_on is not None
        else ("○ ", "dim")
        if row.kind is not Learnt.QUESTION
        else ("? ", "warn")
    )
    when = (
        f"{'asked' if row.kind is Learnt.QUESTION else 'started'} {formats.near_text(row.started, today)}"
        if row.done_on is None
        else formats.near_text(row.done_on, today)
    )
    by = f", {row.author}" if row.author else ""
    line: Line = [sign, (f"{row.kind.label:<9} ", "dim"), (row.title, ""), (by, "dim"), (f"   {when}", "dim")]
    if row.unused(today):
        line.append(("   ! not used yet", "warn"))
    return line


def past_rows(reviews: Sequence[SelfReview], width: int) -> list[Row]:
    """The past reviews, each with its figures and its line on the rep's why."""
    if not reviews:
        return hint_rows(
            [
                [("No reviews yet. The ones you start appear here.", "")],
                [],
                [("⇥", "accent"), (" go to Figures, where a review starts", "dim")],
            ]
        )
    head = f"{'week':<10}{'calls':>7}{'meetings':>10}{'deals':>7}{'discipline':>12}"
    rows = [Row([(head, "dim")])]
    for review in reviews:
        numbers = [review.figures.get(name, "") for name in ("dials", "meetings_held", "deals")]
        strength = review.figures.get("strength")
        habit = "" if strength is None else formats.percent(float(strength))
        line: Line = [
            (f"{review.name:<10}", ""),
            (f"{numbers[0]:>7}{numbers[1]:>10}{numbers[2]:>7}{habit:>12}", "bold" if review.finished else "dim"),
        ]
        if not review.finished:
            line.append((f"   paused at {PAGES[STEPS[review.step]]}", "warn"))
        line.append((f"   {review.wish}", "dim"))
        rows.append(Row(line, ("week", review.week)))
    return rows


@dataclass(frozen=True)
class Shown:
    """The data a page may need: the report, the week's self-review, learning items, past reviews, charts (None until
    they are read), and the page's `height`. A `roomy` screen has charts below the figures, a `large` one panels beside
    the page.
    """

    report: Review
    today: date
    flow: Flow | None = None
    shelf: Shelf | None = None
    past: Sequence[SelfReview] = ()
    charts: Charts | None = None
    height: int = 0
    roomy: bool = False
    large: bool = False


def page_rows(page: str, shown: Shown, width: int) -> list[Row]:
    """Build the rows of a page. What a large screen has beside it is below it on others."""
    report, flow = Report(shown.report), shown.flow
    review = None if flow is None else flow.review
    if page == Step.FIGURES:
        return rows_of(_figure_lines(report, shown, width))
    if page == Step.DISCIPLINE:
        return _discipline_rows(report, shown, width)
    if page == Step.HEARD:
        lines = heard_lines(report)
        lines += [] if shown.large else _below(evenings(report, width), "Evening notes")
        return rows_of(lines) or hint_rows([[("No promises, objections, losses or evening notes here.", "")]])
    if page == Step.HONESTY:
        record = [] if shown.large else track_record(report, width)
        return rows_of([*honesty(report), *_below(record, "Track record: how past odds turned out")])
    if page == Step.NEXT:
        rows = [] if shown.large and review else rows_of([[(targets_from(report), "dim")], *targets(report)])
        aims = [] if review is None else aim_rows(report, review, () if flow is None else flow.aims, width)
        return [*rows, *([Row([])] if rows and aims else []), *aims]
    if page == "charts":
        return _chart_rows(shown, width)
    if page == "learning":
        return learning((shown.shelf if flow is None else flow.shelf) or Shelf(), shown.today, width)
    if page == "past":
        return past_rows(shown.past, width)
    if flow is None or review is None:
        return []
    if page == Step.TRIED:
        return tried_rows(flow.tried, shown.today)
    if page == Step.LESSONS:
        said = [] if shown.large else _below(evenings(report, width), "Evening notes")
        return [*lessons(review, width, shown.today), *rows_of(said)]
    return wish(review, flow.wish, width)


def _below(lines: Sequence[Line], title: str = "") -> list[Line]:
    """Put lines below others, under a title."""
    return [[], *([[(title, "dim")]] if title else []), *lines] if lines else []


def _chart_below(chart: drawings.Chart | None) -> list[Line]:
    return [] if chart is None else [[], [(f"{chart.title}   ", "dim"), *chart.legend], *chart.lines]


def _figure_lines(report: Report, shown: Shown, width: int) -> list[Line]:
    since: list[Line] = [[("! ", "warn"), (text, "")] for text in (changes_since(shown.flow) if shown.flow else ())]
    lines = figures(report, width)
    lines = [*(aired(lines) if shown.large else lines), *_below(noted(report))]
    lines += [] if shown.large else _below(funnel(report, width), "Funnel: call to deal")
    room = shown.height - 5 - len(lines) - len(since) - drawings.BELOW
    if shown.roomy and shown.charts is not None and room >= drawings.LOW:
        lines += _chart_below(drawings.pace(shown.charts.pace, width, room))
    return lines + since


def _discipline_rows(report: Report, shown: Shown, width: int) -> list[Row]:
    lines = discipline(report, width)
    if not lines:
        return hint_rows(
            [
                [("No finished days to measure yet.", "")],
                [("Start and end your days with ", "dim"), ("b", "accent"), (" on Today.", "dim")],
            ]
        )
    if shown.large:
        lines = [*lines[:2], *aired(lines[2:])]
    else:
        shelf = shown.shelf if shown.flow is None else shown.flow.shelf
        lines += [*_below(week_days(report)), *_below(habits(report, shelf))]
    if shown.roomy and shown.charts is not None:
        lines += _chart_below(drawings.year(shown.charts.year, width))
    return rows_of(lines)


def _chart_rows(shown: Shown, width: int) -> list[Row]:
    if shown.charts is None:
        return rows_of([[("Loading …", "dim")]])
    found = shown.charts
    if not shown.large:
        return drawings.rows(drawings.all_charts(found, width, shown.height - 2 if shown.roomy else 0))
    year = drawings.year(found.year, width)
    room = shown.height - 4 - (0 if year is None else len(year.lines) + 2) - drawings.BELOW
    pace = drawings.pace(found.pace, width, max(drawings.HIGH, room))
    return drawings.rows([part for part in (pace, year) if part is not None])
