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
from planner.tui.review.widgets.self_review import Shown, targets, targets_from
from planner.tui.shared import spans
from planner.tui.shared.panels import aired
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

TEXTS = (Step.TRIED, Step.LESSONS, Step.HEARD, Step.HONESTY, Step.NEXT, Step.WISH)
"""The pages without a chart of their own."""
TITLES = {Kind.WELL: "Wins", Kind.WRONG: "Misses", Kind.AIM: "Aims"}
MONTH = 14  # rows of the chart of the month
SIGNS = {"good": ("★ ", "good"), "warn": ("! ", "warn"), "": ("  ", "")}


def sections(page: str, shown: Shown, chosen: object, width: int) -> list[Section]:
    """Build the panels beside or below a page whose row `chosen` is selected. What isn't beside it is on the page."""
    report, large = Report(shown.report), shown.large
    notes = evenings(report, width) if large or page != Step.LESSONS else []
    found: list[Section]
    if page == Step.FIGURES:
        found = [("Funnel: call to deal", "", funnel(report, width, bars=True)), *_charts(shown, width)]
    elif page == Step.DISCIPLINE:
        found = [("The week", "", _days(report, width)), ("Habits", "", _habits(report, shown, width))]
        found = found if report.strength is not None else []
    elif page == Step.HEARD and large:
        found = [("Evening notes", "", notes)]
    elif page == Step.HONESTY and large:
        found = [("Track record", "how past odds turned out", track_record(report, width))]
    elif page == Step.NEXT:
        found = [(targets_from(report), "", aired(targets(report)))] if shown.flow is not None and large else []
        written = [] if shown.flow is None else _written(shown.flow.review, (Kind.WELL, Kind.WRONG), width)
        found.append((report.review.called.capitalize(), "", written or _brief(report, width)))
    elif page == "charts":
        found = _charts(shown, width, air=True)
    elif page == "past":
        found = _past(shown.past, chosen, width)
    elif page in (Step.TRIED, Step.LESSONS, Step.WISH):
        found = [("Figures", "", _brief(report, width)), ("Evening notes", "", notes)]
    else:
        found = []
    found = [section for section in found if section[2]]
    if not found and page in (Step.HEARD, Step.HONESTY):
        found = [("Figures", "", _brief(report, width))]
    return [*found, *_charts(shown, width), *_month(shown, width)] if page in TEXTS else found


def _charts(shown: Shown, width: int, *, air: bool = False) -> list[Section]:
    """The trends, and when calls reach somebody."""
    found = shown.charts
    if found is None:
        return []
    trends, mail, hours = drawings.trends(found, width), drawings.mail(found, width), drawings.hours(found, width)
    sections: list[Section] = []
    if trends is not None:
        lines = [*trends.lines, *(mail.lines if mail else ())]
        sections.append((trends.title, "".join(text for text, _ in trends.legend), aired(lines)))
    if hours is not None:
        sections.append((hours.title, "", [hours.legend, *(aired(hours.lines) if air else hours.lines)]))
    return sections


def _month(shown: Shown, width: int) -> list[Section]:
    """The month against both paces."""
    drawn = None if shown.charts is None else drawings.pace(shown.charts.pace, width, MONTH)
    return [] if drawn is None else [(drawn.title, "", [drawn.legend, *drawn.lines])]


def _brief(report: Report, width: int) -> list[Line]:
    """The figures against their targets, without their past."""
    rows = report.figures
    label, done, target = (
        max((len(text) for text in texts), default=0)
        for texts in ([row.label for row in rows], [row.done for row in rows], [row.target for row in rows])
    )
    lines: list[Line] = []
    for row in rows:
        of = f" of {row.target}" if row.target else ""
        line: Line = [
            (f"{row.label:<{label + 2}}", ""),
            FIGURE_SIGNS[row.tone],
            (f"{row.done:>{done}}", "bold"),
            (f"{of:<{target + 6}}", "dim"),
        ]
        room = width - spans.width_of(line, measure)
        share = row.figure.share
        lines.append([*line, *([] if share is None else spans.thin_bar(float(share), room))])
    return lines


def _days(report: Report, width: int) -> list[Line]:
    """What each day of the week was worth."""
    worths = report.review.worths
    return aired(
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
