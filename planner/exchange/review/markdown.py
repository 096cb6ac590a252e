"""Renders a review as Markdown that also reads well raw.

The rep's input stays plain text: it can't form a heading, a link or a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planner.domain.review.report import NOTHING_COUNTED, NOTHING_DUE, Report
from planner.domain.review.review import Review
from planner.domain.review.self_review import Flow
from planner.domain.text import clean

# Markdown syntax, escaped in the middle of a line as well as at its start.
_MARKS = re.compile(r"([\\`*_\[\]<>|#~&@]|:(?=//)|(?<=www)\.)")
_STARTS = re.compile(r"^(\d*)([-+=.)])")


def escape(text: str) -> str:
    """Return a text on one line, with all Markdown syntax escaped."""
    return _STARTS.sub(r"\1\\\2", _MARKS.sub(r"\\\1", clean(text)))


def markdown(found: Review, flow: Flow | None = None) -> str:
    """Return the whole review. A week's includes its self-review."""
    report = Report(found, flow)
    lines = [f"# {report.title}", "", *([report.as_of, ""] if report.as_of else [])]
    lines += ["## Figures", "", *(_table(report) if report.figures else [NOTHING_COUNTED]), ""]
    for note in report.notes:
        lines += [f"{note.sentence}.", ""]
    lines += ["## Discipline", "", f"{report.strength.sentence}." if report.strength else NOTHING_DUE, ""]
    lines += _list("", [row.sentence for row in (*report.parts, *report.habits)])
    lines += _list("## Customer voice", [row.sentence for row in report.people])
    for title, own in report.own:
        lines += _list(f"## {title}", own)
    if report.evenings:
        lines += ["## Evening notes", ""]
    for evening in report.evenings:
        lines += _list(f"**{evening.title}**", [row.sentence for row in evening.rows])
    lines += _list("## Data quality", [row.sentence for row in report.sureness])
    targets = [f"- {row.label}: {row.values[0]}" for row in report.following]
    return "\n".join([*lines, f"## {report.next_title}", "", *(targets or [report.next_asks])]) + "\n"


def _table(report: Report) -> Iterator[str]:
    """Return the figures as a table with columns as wide as their contents, numbers right-aligned."""
    rows: list[Sequence[str]] = [("", *report.columns)]
    rows += [(row.label.capitalize(), row.done, row.target, row.mean) for row in report.figures]
    first, *others = (max(len(cell) for cell in column) for column in zip(*rows, strict=True))
    rows.insert(1, ["-" * first, *("-" * (width - 1) + ":" for width in others)])
    for label, *cells in rows:
        numbers = (f"{cell:>{width}}" for cell, width in zip(cells, others, strict=True))
        yield f"| {label:<{first}} | {' | '.join(numbers)} |"


def _list(heading: str, lines: Sequence[str]) -> list[str]:
    """Return a list under its heading, or nothing without lines."""
    return [*([heading, ""] if heading else []), *(f"- {escape(line)}" for line in lines), ""] if lines else []
