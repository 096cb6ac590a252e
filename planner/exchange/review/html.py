"""Renders a review as one HTML page: figures, charts (SVG), light and dark, at most two sheets of A4, no network.

The template escapes whatever it is given, so that the rep's input can only be text. A policy in the page forbids
everything else a browser might do.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable

from planner.domain.review import report
from planner.domain.review.charts import Charts
from planner.domain.review.review import Review
from planner.domain.review.self_review import Flow
from planner.domain.review.spans import Span
from planner.domain.text import clean, plural
from planner.exchange.review import charts as drawings

TILES = ("dials", "conversations", "meetings_held", "revenue")
NAMES = {Span.DAY: "Daily review", Span.WEEK: "Weekly review", Span.MONTH: "Monthly review"}
# What the rep wrote is shortened as far as two sheets require. The Markdown has it in full.
MOST, MOST_HEARD, MOST_SAID = 4, 24, 5  # lines of each kind by the rep, of customers, and evenings
MOST_LETTERS, FEWEST_LETTERS = 240, 50  # of a text, where wide ones count twice
PER_ROW, ROWS = 50, 95  # letters in a row of a printed column, and rows for texts on two sheets
ROOMY = 40  # rows of texts up to which the print is larger


def page(found: Review, flow: Flow | None = None, charts: Charts | None = None) -> bytes:
    """Return the whole page in UTF-8. A week's includes its self-review, and charts where there are any."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(os.path.dirname(__file__)),
        autoescape=True,
        finalize=_clean,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    told = report.Report(found, flow)
    tiles = [row for row in told.figures if row.metric in TILES]
    compared = plural(told.back, f"{found.span}", f"{found.span}s") if any(row.mean for row in tiles) else ""
    lists = _lists(told)
    evenings = [row.text for evening in told.evenings[-MOST_SAID:] for row in evening.rows]
    letters, roomy = _fitting([*(line for _, lines, most in lists for line in lines[:most]), *evenings])
    text = environment.get_template("page.html").render(
        report=told, words=report, draw=drawings, charts=charts, tiles=tiles, compared=compared, lists=lists,
        roomy=roomy, names=NAMES, most_said=MOST_SAID, many=plural, shortened=lambda text: _shorten(text, letters),
    )  # fmt: skip
    return text.encode() + b"\n"


def _clean(value: object) -> object:
    """Drop what a browser would obey beside markup. Markup of the template itself stays as it is."""
    return clean(value) if type(value) is str else value


def _lists(told: report.Report) -> list[tuple[str, list[str], int]]:
    """Return the lists of the page: title, lines, and how many of them are shown."""
    found = [("Customer voice", [row.sentence for row in told.people], MOST_HEARD)]
    found += [(title, lines, MOST) for title, lines in told.own]
    found.append(("Data quality", [row.sentence for row in told.sureness], MOST))
    return [each for each in found if each[1]]


def _fitting(texts: Iterable[str]) -> tuple[int, bool]:
    """Return the length to which texts are shortened so that together they fit on two sheets, and whether there is room
    for larger print.
    """
    lengths = [_width(text) for text in texts]
    for letters in range(MOST_LETTERS, FEWEST_LETTERS, -10):
        rows = sum(-(-min(length, letters) // PER_ROW) for length in lengths)
        if rows <= ROWS:
            return letters, letters == MOST_LETTERS and rows <= ROOMY
    return FEWEST_LETTERS, False


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _shorten(text: str, letters: int) -> str:
    if _width(text) <= letters:
        return text
    while _width(text) >= letters:
        text = text[:-1]
    return text.rstrip() + "…"
