"""The panels beside a page of the review on a large screen. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.review.report import Report
from planner.domain.review.self_review import Kind, SelfReview, Step
from planner.tui.review.widgets import charts as drawings
from planner.tui.review.widgets.page import Section
from planner.tui.review.widgets.review import (
    FIGURE_SIGNS,
    evenings,
    funnel,
    track_record,
)
from planner.tui.review.widgets.self_review import Shown, spread, targets, targets_from
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

TEXTS = (Step.TRIED, Step.LESSONS, Step.HEARD, Step.HONESTY, Step.NEXT, Step.WISH)
"""The pages without a chart of their own."""
TITLES = {Kind.WELL: "Wins", Kind.WRONG: "Misses", Kind.AIM: "Aims"}
SIGNS = {"good": ("★ ", "good"), "warn": ("! ", "warn"), "": ("  ", "")}


def sections(page: str, shown: Shown, chosen: object, width: int) -> list[Section]:
    """Build the panels beside a page whose row `chosen` is selected."""
    report = Report(shown.report)
    found: list[Section]
    if page == Step.FIGURES:
        found = [("Funnel: call to deal", "", funnel(report, width, bars=True)), *_charts(shown, width)]
    elif page == Step.DISCIPLINE:
        found = [("The week", "", _days(report, width)), ("Habits", "", _habits(report, shown, width))]
        found = found if report.strength is not None else []
    elif page == Step.HEARD:
        found = [("Evening notes", "", evenings(report, width))]
    elif page == Step.HONESTY:
        found = [("Track record", "how past odds turned out", _wrapped(track_record(report), width))]
    elif page == Step.NEXT:
        found = [(targets_from(report), "", spread(targets(report)))] if shown.flow is not None else []
        written = [] if shown.flow is None else _written(shown.flow.review, (Kind.WELL, Kind.WRONG), width)
        found.append((report.review.called.capitalize(), "", written or _brief(report)))
    elif page == "charts":
        found = _charts(shown, width, air=True)
    elif page == "past":
        found = _past(shown.past, chosen, width)
    elif page in (Step.TRIED, Step.LESSONS, Step.WISH):
        found = [("Figures", "", _brief(report)), ("Evening notes", "", evenings(report, width))]
    else:
        found = []
    found = [section for section in found if section[2]]
    if not found and page in (Step.HEARD, Step.HONESTY):
        found = [("Figures", "", _brief(report))]
    return [*found, *_charts(shown, width)] if page in TEXTS else found


def _charts(shown: Shown, width: int, *, air: bool = False) -> list[Section]:
    """The trends, and when calls reach somebody."""
    found = shown.charts
    if found is None:
        return []
    trends, mail, hours = drawings.trends(found, width), drawings.mail(found, width), drawings.hours(found, width)
    sections: list[Section] = []
    if trends is not None:
        lines = [*trends.lines, *(mail.lines if mail else ())]
        sections.append((trends.title, "".join(text for text, _ in trends.legend), spread(lines)))
    if hours is not None:
        sections.append((hours.title, "", [hours.legend, *(spread(hours.lines) if air else hours.lines)]))
    return sections


def _brief(report: Report) -> list[Line]:
    """The figures against their targets, without their past."""
    return spread(
        [
            [
                (f"{row.label:<16}", ""),
                FIGURE_SIGNS[row.tone],
                (f"{row.done:>11}", "bold"),
                (f" of {row.target}" if row.target else "", "dim"),
            ]
            for row in report.figures
        ]
    )


def _days(report: Report, width: int) -> list[Line]:
    """What each day of the week was worth."""
    worths = report.review.worths
    return spread(
        [
            [
                (f"{day.label:<5}", "dim"),
                (f"{day.text:>5}  ", ""),
                *([] if worth is None else spans.thin_bar(float(worth), width - 12)),
            ]
            for day, worth in zip(report.days, worths, strict=False)
        ]
    )


def _past(reviews: Sequence[SelfReview], chosen: object, width: int) -> list[Section]:
    """What was written in the selected past review."""
    review = next((each for each in reviews if chosen == ("week", each.week)), None)
    if review is None:
        return []
    lines = _written(review, tuple(TITLES), width)
    return [(f"Week {review.name}", "⏎ open", lines or [[("Nothing was written.", "dim")]])]


def _written(review: SelfReview, kinds: Sequence[Kind], width: int) -> list[Line]:
    """What was written in a review, a title for each kind."""
    lines: list[Line] = []
    for kind in kinds:
        found = review.lines_of(kind)
        lines += [*([[]] if lines and found else []), *([[(TITLES[kind], "dim")]] if found else [])]
        for line in found:
            lines += _behind(("· ", "dim"), line.text, width)
            lines += _behind(("  fix  ", "dim"), line.correction, width) if line.correction else []
    return lines


def _behind(lead: spans.Span, text: str, width: int) -> list[Line]:
    """Wrap a text behind a sign."""
    indent = len(lead[0])
    first, *rest = spans.wrap(text, width - indent, measure)
    return [[lead, (first, "")], *([(" " * indent, ""), (part, "")] for part in rest)]


def _habits(report: Report, shown: Shown, width: int) -> list[Line]:
    """What else belongs to discipline, under the name of each."""
    shelf = shown.shelf if shown.flow is None else shown.flow.shelf
    facts = [(row.label, row.text, row.tone) for row in report.habits]
    if shelf is not None and shelf.pace is not None:
        facts.append(("learning", shelf.pace.words(), "good" if shelf.pace.kept else "warn"))
    lines: list[Line] = []
    for label, text, tone in facts:
        lines += [[]] if lines else []
        lines += [[(label, "dim")]] if label else []
        lines += _behind(SIGNS[tone], text, width)
    return lines


def _wrapped(lines: Sequence[Line], width: int) -> list[Line]:
    return [part for line in lines for part in spans.wrapped(line, width, measure)]
