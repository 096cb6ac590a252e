"""Renders a review as one HTML page: figures, charts (SVG), light and dark, at most two sheets of A4, no network.

The template escapes whatever it is given, so that the rep's input can only be text. A policy in the page forbids
everything else a browser might do.
"""

from __future__ import annotations

import os

from planner.domain.review import report
from planner.domain.review.charts import Charts
from planner.domain.review.review import Review
from planner.domain.review.self_review import Flow
from planner.domain.text import clean, plural
from planner.exchange.review import charts as drawings

TRENDS = ("dials", "conversations", "meetings_held", "revenue")
MOST_SAID = 7  # evenings
MOST_OWN, MOST_LETTERS = 5, 240  # lines of each kind by the rep, and characters of each


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
    trends = [row for row in told.figures if row.metric in TRENDS and row.figure.before]
    trends = [row for row in trends if any((*row.figure.before, row.figure.done))]
    names = {"report": told, "words": report, "draw": drawings, "charts": charts, "trends": trends}
    limits = {"most_said": MOST_SAID, "most_own": MOST_OWN, "shortened": _shorten}
    text = environment.get_template("page.html").render(names, many=plural, **limits)
    return text.encode() + b"\n"


def _clean(value: object) -> object:
    """Drop what a browser would obey beside markup. Markup of the template itself stays as it is."""
    return clean(value) if type(value) is str else value


def _shorten(line: str) -> str:
    """Shorten a line to fit two sheets. The Markdown has it in full."""
    return line if len(line) <= MOST_LETTERS else line[:MOST_LETTERS].rstrip() + "…"
