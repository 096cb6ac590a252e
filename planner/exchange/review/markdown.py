"""A review as Markdown that also reads well raw.

The rep's input stays plain text: it can't form a heading, a link or a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from planner.domain.day.records import days_text
from planner.domain.money import format_amount, format_number
from planner.domain.review.review import AFTER_CALL, NAMES, PARTS, Figure, Review, Span
from planner.domain.review.self_review import Became, Flow, Kind, ReviewLine
from planner.domain.text import clean

WHOLE_FROM = 1_000  # money from which hundredths are noise in a report
# Markdown syntax, escaped in the middle of a line as well as at its start.
_MARKS = re.compile(r"([\\`*_\[\]<>|#~&@]|:(?=//)|(?<=www)\.)")
_STARTS = re.compile(r"^(\d*)([-+=.)])")


def escaped(text: str) -> str:
    """Return a text on one line, with all Markdown syntax escaped."""
    return _STARTS.sub(r"\1\\\2", _MARKS.sub(r"\\\1", clean(text)))


def amount(name: str, value: Decimal | None) -> str:
    """Return a figure as shown, or "" for None."""
    if value is None:
        return ""
    if name != "revenue":
        return format_number(value)
    return format_amount(round(value) if abs(value) >= WHOLE_FROM else value)


def mean(figure: Figure) -> Decimal | None:
    """Return the mean of the preceding spans, or None without any."""
    return sum(figure.before, Decimal(0)) / len(figure.before) if figure.before else None


def percent(part: float | None) -> str:
    """Return ``71 %``, or a dash where nothing was due."""
    return "–" if part is None else f"{part * 100:.0f} %"


def title(found: Review) -> str:
    """Return ``Week 2026-W47, 16 to 22 November 2026``."""
    if found.span is Span.DAY:
        return f"{found.period.first:%A}, {_day(found.period.first)}"
    if found.span is Span.MONTH:
        return f"{found.period.first:%B %Y}"
    first, last = found.period.first, found.period.last
    begins = str(first.day) if first.month == last.month else _day(first, year=first.year != last.year)
    return f"Week {found.name}, {begins} to {_day(last)}"


def _day(day: date, *, year: bool = True) -> str:
    return f"{day.day} {day:%B}" + (f" {day.year}" if year else "")


def markdown(found: Review, flow: Flow | None = None) -> str:
    """Return the whole review. A week's includes its self-review."""
    lines = [f"# {title(found)}", ""]
    if found.to_come:
        lines += [f"As of {_day(found.today)}; it isn't over yet.", ""]
    lines += _figures(found)
    lines += _discipline(found)
    lines += _list("With people", people_lines(found, escaped))
    lines += _own_words(flow)
    lines += _said(found)
    lines += _list("How sure the figures are", honesty_lines(found))
    lines += _next(found)
    return "\n".join(lines).rstrip() + "\n"


def _figures(found: Review) -> list[str]:
    back = max((len(figure.before) for figure in found.figures.values()), default=0)
    head = ("", "done", "asked", f"mean of {back} before" if back else "before")
    rows = [
        (NAMES[name].capitalize(), amount(name, figure.done), amount(name, figure.target), amount(name, mean(figure)))
        for name, figure in found.figures.items()
        if figure.done or figure.target or any(figure.before)
    ]
    lines = ["## Figures", "", *_table(head, rows)] if rows else ["## Figures", "", "Nothing was counted."]
    if found.quota is not None:
        currency = f" {found.currency}" if found.currency else ""
        lines += ["", f"The quota's part of it is {amount('revenue', found.quota)}{currency}."]
    ago = year_ago_line(found)
    return [*lines, *(["", f"{ago}."] if ago else []), ""]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table with columns as wide as their contents, numbers right-aligned."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        shown = [
            cells[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)),
        ]
        return "| " + " | ".join(shown) + " |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return [line(head), "| " + " | ".join(rule) + " |", *(line(row) for row in rows)]


def _discipline(found: Review) -> list[str]:
    value, before = found.strength.value, found.strength_before.value
    if value is None:
        return ["## Discipline", "", "Nothing was due yet: open and close your days.", ""]
    moved = "" if before is None else f", from {percent(before)} before"
    low = " Few days were seen so far, so it says little yet." if found.strength.low_confidence else ""
    lines = ["## Discipline", "", f"The habit stands at {percent(value)}{moved}.{low}", ""]
    lines += [f"- {PARTS[name]}: {percent(part)}" for name, part in found.parts.items()]
    lines += [f"- {line}" for line in habit_lines(found)]
    return [*lines, ""] if found.parts else lines


def habit_lines(found: Review) -> list[str]:
    """Return the other habit figures: the rep's own blocks by kind, the streak, records, a pace passed."""
    lines = []
    if any(there for _, there in found.own.values()):
        kept = [f"{kind} {kept} of {there}" for kind, (kept, there) in sorted(found.own.items())]
        lines.append(f"kept of your own time: {', '.join(kept)}")
    if found.streak.most:
        lines.append(
            f"streak: {days_text(found.streak.now)} in a row, the longest in half a year {days_text(found.streak.most)}"
        )
    lines += [
        f"record: {record.count:,} {NAMES[record.metric]} on {record.day:%a} {record.day.day}"
        f" {record.day:%b}, {record.before:,} was the most before"
        for record in found.records
    ]
    if found.over_both is not None:
        over = found.over_both
        lines.append(f"first over both lines of the month on {over:%A} {over.day} {over:%B}")
    return lines


def year_ago_line(found: Review) -> str:
    """Return the same span's results a year ago, or "" if nothing was counted then."""
    if found.year_ago is None:
        return ""
    told = [
        f"{amount(name, found.year_ago[name])} {NAMES[name]}" for name in ("dials", "meetings_held", "deals", "revenue")
    ]
    before = found.span.year_before(found.period)
    return f"A year ago ({found.span.name_of(before)}): {', '.join(told)}"


def people_lines(found: Review, text: Callable[[str], str]) -> list[str]:
    """Return what happened with people, one line each. `text` escapes the rep's input."""
    lines = []
    kept = [f"{found.promises[name]} {name}" for name in ("kept", "late", "broken", "open") if found.promises[name]]
    if kept:
        lines.append(f"Promises: {', '.join(kept)}")
    if any(found.stops):
        lines.append(f"STOP: {found.stops[0]} refused, {found.stops[1]} given in to")
    if found.after_calls:
        told = [f"{AFTER_CALL[name]} {yes} of {asked}" for name, (yes, asked) in found.after_calls.items()]
        lines.append(f"After calls: {', '.join(told)}")
    lines += [f"Why it went so: {text(why)}" for why in found.whys]
    for heard in found.objections:
        led = f"; {heard.worked} of {heard.told} answers led on" if heard.told else ""
        lines.append(f"Heard {heard.heard}×: {text(heard.text)}{led}")
    lines += [f"Lost or refused {count}×: {text(reason)}" for reason, count in found.reasons]
    return lines + [f"A complaint that repeats, {count}×: {text(kind)}" for kind, count in found.repeated.items()]


def honesty_lines(found: Review) -> list[str]:
    """Return reservations about the figures, one line each."""
    honesty, lines = found.honesty, []
    if honesty.from_memory:
        lines.append(f"Entered from memory: {honesty.from_memory:,} of {honesty.rows:,} rows of the log")
    if honesty.same:
        lines.append(f"Five times the same outcome within ten seconds: {honesty.same}×")
    if found.said is not None and found.said.months:
        lines += [f"My record: {line}" for line in found.said.sentences()]
    return lines


def _list(heading: str, lines: Sequence[str]) -> list[str]:
    """Return a heading with a list, or nothing without lines."""
    return [f"## {heading}", "", *(f"- {line}" for line in lines), ""] if lines else []


def _own_words(flow: Flow | None) -> list[str]:
    """Return the contents of the self-review, if any."""
    if flow is None:
        return []
    lines = _list("What was to be tried", [f"{MARKS[each.done]} {escaped(each.text)}" for each in flow.tried])
    review = flow.review
    lines += _list("What went well", [escaped(line.text) for line in review.of(Kind.WELL)])
    lines += _list("What went wrong", [wrong_line(line, escaped) for line in review.of(Kind.WRONG)])
    lines += _list("Aims for the next week", [escaped(line.text) for line in review.of(Kind.AIM)])
    lines += _list("To the wish", [escaped(review.wish)] if review.wish else [])
    return [*lines, *_list("Learning", [escaped(text) for text in learning_lines(flow)])]


def learning_lines(flow: Flow) -> list[str]:
    """Return what was learnt and used in the week, one line each, plus progress in books and reminders."""
    pace = [] if flow.shelf.pace is None else [flow.shelf.pace.words()]
    return [*pace, *flow.shelf.within(flow.report.period.first, flow.report.period.last), *flow.shelf.nudges]


MARKS = {None: "?", True: "✓", False: "✗"}
OUTCOME = {None: "", True: ", done", False: ", dropped"}
BECAME = {None: "", Became.TASK: "a task", Became.WEEK: "a change of the week"}


def wrong_line(line: ReviewLine, text: Callable[[str], str]) -> str:
    """Return what went wrong, its cause, its correction and the outcome."""
    parts = [text(line.text)]
    if line.cause:
        parts.append(f"because {text(line.cause)}")
    if line.correction:
        became = f" ({BECAME[line.became]}{OUTCOME[line.done]})" if line.became else ""
        parts.append(f"so: {text(line.correction)}{became}")
    return "; ".join(parts)


def _said(found: Review) -> list[str]:
    lines = []
    for lesson in found.lessons:
        said = lesson.said
        told = (
            ("went well", said.went_well),
            ("went wrong", said.went_wrong),
            ("what else", said.what_else),
            ("will try", said.will_try),
        )
        lines.append(f"**{lesson.day:%A} {_day(lesson.day, year=False)}**")
        lines += ["", *(f"- {name}: {escaped(text)}" for name, text in told if text), ""]
    return ["## What was said in the evenings", "", *lines] if lines else []


def _next(found: Review) -> list[str]:
    asks = [f"- {NAMES[name]}: {format_number(target)}" for name, target in found.next_targets.items()]
    if found.next_plan:
        asks.append(f"- revenue: {amount('revenue', found.next_plan)}")
    head = f"## Next {found.span}, from {_day(found.next_period.first)}"
    return [head, "", *(asks or [nothing_asked(found)])]


def nothing_asked(found: Review) -> str:
    """Return why the following span has no targets."""
    return (
        "No plan and no goal is set for it." if found.next_plan is None else "It asks nothing: it has no working day."
    )
