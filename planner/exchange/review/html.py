"""A review as one HTML page: figures, charts (SVG), light and dark, at most two sheets of A4, no network.

The page is built as a tree and written by the standard library's serializer, so that the rep's input can only be text.
A policy in the page forbids everything else a browser might do.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from planner.domain.money import format_number
from planner.domain.review.charts import Charts
from planner.domain.review.review import NAMES, PARTS, DayReview, Figure, Review, Span
from planner.domain.review.self_review import Flow, Kind
from planner.domain.text import clean, many
from planner.exchange.review import charts as reviewcharts
from planner.exchange.review.charts import bar, rect, svg
from planner.exchange.review.charts import text as _text
from planner.exchange.review.markdown import (
    MARKS,
    amount,
    habit_lines,
    honesty_lines,
    learning_lines,
    mean,
    nothing_asked,
    people_lines,
    percent,
    title,
    wrong_line,
    year_ago_line,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
TRENDS = ("dials", "conversations", "meetings_held", "revenue")
WIDE, HIGH = 240, 64  # of a trend, in its own units
MOST_SAID = 7
MOST_OWN, MOST_LETTERS = 5, 240  # lines of each kind by the rep, and characters of each
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f27; --dim: #667085; --line: #d9dee7; --page: #fff; --accent: #1f6feb;
  --soft: #b9cdf3; --good: #1a7f47; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ee; --dim: #98a1b3; --line: #2c3442; --page: #12161d;
  --accent: #7fc4ff; --soft: #2f4a68; --good: #7bd88f; --bad: #ff9a9a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem; max-width: 52rem; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, "Noto Sans", "Noto Sans CJK KR", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
h2 small { font-weight: 400; margin-left: .6rem; } p, ul { margin: .3rem 0; } ul { padding-left: 1.1rem; }
.dim { color: var(--dim); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { font-weight: 500; color: var(--dim); text-align: right; } th:first-child, td:first-child { text-align: left; }
td { text-align: right; } th, td { padding: .18rem .5rem .18rem 0; border-bottom: 1px solid var(--line); }
td.bar { width: 28%; padding-right: 0; } svg { display: block; width: 100%; height: auto; }
.trends { display: grid; grid-template-columns: repeat(2, 1fr); gap: 1rem 2rem; } .trend h3 { font-size: .85rem;
  font-weight: 500; margin: 0 0 .2rem; color: var(--dim); display: flex; justify-content: space-between; }
.trend h3 b { color: var(--ink); font-weight: 600; }
.two { display: grid; grid-template-columns: repeat(2, 1fr); gap: 0 2rem; }
.words { columns: 2; column-gap: 2rem; } .words section { break-inside: avoid; padding-top: .1px; }
.strength { font-size: 2.2rem; font-weight: 600; line-height: 1.1; }
.days { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 3px; margin: .5rem 0; }
.days div { border: 1px solid var(--line); border-radius: 3px; padding: .1rem; text-align: center; font-size: .7rem; }
.hours td { text-align: center; font-size: .75rem; } .hours th { text-align: center; font-size: .75rem; }
.said { break-inside: avoid; margin-bottom: .5rem; } .said b { font-weight: 600; }
@media (max-width: 34rem) { .trends, .two { grid-template-columns: 1fr; } .words { columns: 1; } }
@media print { :root { color-scheme: light; --ink: #000; --dim: #555; --line: #ccc; --page: #fff; --accent: #1f4fa8;
  --soft: #c3d0ea; --good: #1a6f3f; --bad: #a3211a; } @page { size: A4; margin: 13mm; }
  body { padding: 0; font-size: 10.5px; max-width: none; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h1 { font-size: 17px; } h2 { font-size: 12px; margin: .8rem 0 .3rem; break-after: avoid; }
  .trend h3 { font-size: 10px; } .trend, table, .days { break-inside: avoid; } .strength { font-size: 22px; } }
"""


def page(found: Review, flow: Flow | None = None, charts: Charts | None = None) -> bytes:
    """Return the whole page in UTF-8. A week's includes its self-review, and charts where there are any."""
    root = Element("html", lang="en")
    head = SubElement(root, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="referrer", content="no-referrer")
    _text(head, "title", title(found))
    _text(head, "style", STYLE)
    body = SubElement(root, "body")
    _text(body, "h1", title(found))
    if found.to_come:
        _text(body, "p", f"As of {found.today.day} {found.today:%B %Y}; it isn't over yet.", "dim")
    _figures(body, found)
    _trends(body, found)
    two = SubElement(body, "div", {"class": "two"})
    _discipline(SubElement(two, "section"), found)
    _people(SubElement(two, "section"), found)
    _own_words(SubElement(body, "div", {"class": "words"}), flow)
    if charts is not None:
        reviewcharts.draw(body, charts)
    _said(body, found)
    _next(body, found)
    whole: bytes = tostring(root, encoding="utf-8", method="html")
    return b"<!doctype html>\n" + whole + b"\n"


# figures


def _figures(body: Element, found: Review) -> None:
    shown = [
        (name, figure) for name, figure in found.figures.items() if figure.done or figure.target or any(figure.before)
    ]
    _text(body, "h2", "Figures")
    if not shown:
        _text(body, "p", "Nothing was counted.", "dim")
        return
    table = SubElement(body, "table")
    row = SubElement(table, "tr")
    for text in ("", "done", "asked", "mean before", ""):
        _text(row, "th", text)
    for name, figure in shown:
        row = SubElement(table, "tr")
        for text in (
            NAMES[name].capitalize(),
            amount(name, figure.done),
            amount(name, figure.target),
            amount(name, mean(figure)),
        ):
            _text(row, "td", text)
        cell = SubElement(row, "td", {"class": "bar"})
        if figure.target:
            cell.append(bar(float(figure.done / figure.target)))
    if found.quota is not None:
        currency = f" {found.currency}" if found.currency else ""
        _text(body, "p", f"The quota's part of it is {amount('revenue', found.quota)}{currency}.", "dim")
    ago = year_ago_line(found)
    if ago:
        _text(body, "p", f"{ago}.", "dim")


# trends


def _trends(body: Element, found: Review) -> None:
    shown = []
    for name in TRENDS:
        figure = found.figures[name]
        if figure.before and any((*figure.before, figure.done)):
            shown.append(name)
    if not shown:
        return
    back = max(len(found.figures[name].before) for name in shown)
    head = _text(
        body, "h2", f"Against the {back} {found.span}s before" if back > 1 else f"Against the {found.span} before"
    )
    if any(found.figures[name].target for name in shown):
        _text(head, "small", " – – what was asked", "dim")
    grid = SubElement(body, "div", {"class": "trends"})
    for name in shown:
        figure = found.figures[name]
        trend = SubElement(grid, "div", {"class": "trend"})
        head = _text(trend, "h3", NAMES[name].capitalize())
        _text(head, "b", amount(name, figure.done))
        trend.append(_trend(name, figure, found))


def _trend(name: str, figure: Figure, found: Review) -> Element:
    """Add bars of the preceding spans and of this one, with the target line."""
    values = [*figure.before, figure.done]
    top = max(*values, figure.target or Decimal(0), Decimal(1))
    chart = svg(WIDE, HIGH, f"{NAMES[name].capitalize()}: " + ", ".join(amount(name, value) for value in values))
    each = WIDE / len(values)
    periods = [*found.before, found.period]
    for number, value in enumerate(values):
        height = float(max(value, Decimal(0)) / top) * (HIGH - 4)
        bar = rect(
            chart, number * each + 1, HIGH - height, each - 2, height, "accent" if number == len(values) - 1 else "soft"
        )
        _text(bar, "title", f"{found.span.name_of(periods[number])}: {amount(name, value)}")
    if figure.target:
        at = HIGH - float(figure.target / top) * (HIGH - 4)
        SubElement(
            chart, "line", x1="0", x2=str(WIDE), y1=f"{at:.1f}", y2=f"{at:.1f}",
            style="stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3",
        )  # fmt: skip
    return chart


# discipline


def _discipline(section: Element, found: Review) -> None:
    _text(section, "h2", "Discipline")
    value, before = found.strength.value, found.strength_before.value
    if value is None:
        _text(section, "p", "Nothing was due yet: open and close your days.", "dim")
        return
    _text(section, "div", percent(value), "strength")
    moved = "" if before is None else f"from {percent(before)} before"
    low = "few days were seen so far, so it says little yet" if found.strength.low_confidence else ""
    if moved or low:
        _text(section, "p", "; ".join(text for text in (moved, low) if text), "dim")
    if found.span is Span.WEEK:
        _week(section, found.days, found.worths)
    table = SubElement(section, "table")
    for name, part in found.parts.items():
        row = SubElement(table, "tr")
        _text(row, "td", PARTS[name])
        _text(row, "td", percent(part))
        SubElement(row, "td", {"class": "bar"}).append(bar(part))
    for line in habit_lines(found):
        _text(section, "p", line[0].upper() + line[1:], "dim")


def _week(section: Element, days: Sequence[DayReview], worths: Sequence[float | None]) -> None:
    strip = SubElement(section, "div", {"class": "days"})
    for each, worth in zip(days, worths, strict=True):
        cell = SubElement(strip, "div")
        _text(cell, "span", f"{each.day:%a}", "dim")
        SubElement(cell, "br")
        _text(cell, "b", "off" if not each.weight else percent(worth))


# the rep's words


def _people(section: Element, found: Review) -> None:
    sure = honesty_lines(found)
    lines = [*people_lines(found, str), *sure]  # the tree escapes the rep's input
    if lines:
        _text(section, "h2", "With people, and how sure it is" if sure else "With people")
        listed = SubElement(section, "ul")
        for line in lines:
            _text(listed, "li", line)


def _short(line: str) -> str:
    """Shorten a line to fit two sheets. The Markdown has it in full."""
    return line if len(line) <= MOST_LETTERS else line[:MOST_LETTERS].rstrip() + "…"


def _own_words(section: Element, flow: Flow | None) -> None:
    if flow is None:
        return
    review = flow.review
    for heading, lines in (
        ("What was to be tried", [f"{MARKS[each.done]} {each.text}" for each in flow.tried]),
        ("What went well", [line.text for line in review.of(Kind.WELL)]),
        ("What went wrong", [wrong_line(line, str) for line in review.of(Kind.WRONG)]),
        ("Aims for the next week", [line.text for line in review.of(Kind.AIM)]),
        ("To the wish", [review.wish] if review.wish else []),
        ("Learning", learning_lines(flow)),
    ):
        if lines:
            part = SubElement(section, "section")
            _text(part, "h2", heading)
            listed = SubElement(part, "ul")
            for line in lines[:MOST_OWN]:
                _text(listed, "li", _short(line))
            if len(lines) > MOST_OWN:
                _text(part, "p", f"and {len(lines) - MOST_OWN} more", "dim")


def _said(body: Element, found: Review) -> None:
    if not found.lessons:
        return
    _text(body, "h2", "What was said in the evenings")
    grid = SubElement(body, "div", {"class": "two"})
    for lesson in found.lessons[-MOST_SAID:]:
        said = lesson.said
        block = SubElement(grid, "div", {"class": "said"})
        _text(block, "b", f"{lesson.day:%A} {lesson.day.day}")
        for name, text in (
            ("well", said.went_well),
            ("wrong", said.went_wrong),
            ("else", said.what_else),
            ("will try", said.will_try),
        ):
            if text:
                line = SubElement(block, "div")
                _text(line, "span", name, "dim").tail = f" {clean(text)}"
    if len(found.lessons) > MOST_SAID:
        more = len(found.lessons) - MOST_SAID
        _text(body, "p", f"and on {many(more, 'day', 'days')} before", "dim")


def _next(body: Element, found: Review) -> None:
    first = found.next_period.first
    _text(body, "h2", f"Next {found.span}, from {first.day} {first:%B}")
    asks = [f"{format_number(target)} {NAMES[name]}" for name, target in found.next_targets.items()]
    if found.next_plan:
        asks.append(f"{amount('revenue', found.next_plan)} revenue")
    _text(body, "p", ", ".join(asks) if asks else nothing_asked(found))
