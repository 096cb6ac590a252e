"""The pages of the review, and the widgets that show them. Data in, lines out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events

from planner.domain import formats
from planner.domain.review.learning import Shelf
from planner.domain.review.report import NOTHING_COUNTED, Report
from planner.domain.review.report import Row as Fact
from planner.domain.review.review import Review
from planner.domain.review.self_review import STEPS, Step
from planner.domain.review.spans import Span
from planner.domain.text import plural
from planner.tui.messages import EntryClicked
from planner.tui.shared import charts, spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import ChoiceLines, Lines, measure

# The names of pages in the contents and in headings.
PAGES: dict[str, str] = {
    Step.FIGURES: "Figures",
    Step.DISCIPLINE: "Discipline",
    Step.TRIED: "Experiments",
    Step.LESSONS: "Wins and misses",
    Step.HEARD: "Customer voice",
    Step.HONESTY: "Data quality",
    Step.NEXT: "Next week",
    Step.WISH: "Your why",
    "charts": "Charts",
    "learning": "Learning",
    "past": "Past reviews",
}
OTHERS = ("charts", "learning", "past")
# The pages of a span: days and months are only viewed, a week is worked through.
OF_SPAN: dict[Span, tuple[str, ...]] = {
    Span.WEEK: (*STEPS, *OTHERS),
    Span.DAY: (Step.FIGURES, Step.DISCIPLINE, Step.HEARD, Step.HONESTY, Step.NEXT, *OTHERS),
    Span.MONTH: (Step.FIGURES, Step.DISCIPLINE, Step.HEARD, Step.HONESTY, Step.NEXT, *OTHERS),
}
# The signs of tones: of figures against their targets, of parts of discipline, and of a habit's change.
FIGURE_SIGNS = {"good": ("▲ ", "good"), "warn": ("▬ ", "warn"), "bad": ("▼ ", "bad"), "": ("  ", "")}
PART_SIGNS = {"good": ("✓ ", "good"), "warn": ("▬ ", "warn"), "bad": ("▼ ", "bad")}
TREND_SIGNS = {"good": ("▲", "good"), "warn": ("▼", "warn"), "": ("▬", "dim")}
INDENT = "   "
INDENT_CELLS = 3


def page_name(page: str, span: Span) -> str:
    """Return the name of a page in the review of a span."""
    return f"Next {span}" if page == Step.NEXT else PAGES[page]


@dataclass(frozen=True)
class Row:
    """A line of a page, which can be selected if it has a key."""

    line: Line
    key: object = None


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Turn lines into rows that can't be selected."""
    return [Row(line) for line in lines]


class PageLines(ChoiceLines):
    """View of a page with a heading and rows. The cursor skips rows without a key, and a page without keys scrolls."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.heading: Line = []
        self.rows: Sequence[Row] = ()

    def show(self, heading: Line, rows: Sequence[Row], *, anew: bool) -> None:
        """Show a page. The cursor stays on its row unless the page is a different one (`anew`)."""
        chosen = self.chosen
        self.heading, self.rows = heading, rows
        places = self._places()
        if anew:
            self.first = 0
            self.cursor = places[0] if places else 0
        elif chosen is not None:
            same = [place for place in places if self.rows[place].key == chosen]
            self.cursor = same[0] if same else min(places, key=lambda at: abs(at - self.cursor), default=0)
        elif places and self.cursor not in places:
            self.cursor = places[0]
        if anew:
            self.redraw()
        else:
            self.move_to(self.cursor)

    def choose(self, key: object) -> None:
        """Put the cursor on the row with a key, if it exists."""
        for place in self._places():
            if self.rows[place].key == key:
                self.move_to(place)
                return

    def _places(self) -> list[int]:
        return [place for place, row in enumerate(self.rows) if row.key is not None]

    def count(self) -> int:
        return len(self.rows)

    @property
    def chosen(self) -> object:
        """The key of the row under the cursor, None if nothing can be selected."""
        return self.rows[self.cursor].key if self.cursor < len(self.rows) else None

    def step(self, count: int) -> None:
        """Move the cursor by selectable rows, or scroll if there are none."""
        places = self._places()
        if not places:
            room = max(1, self.size.height - 2)
            self.first = max(0, min(self.first + count, len(self.rows) - room))
            self.redraw()
            return
        at = places.index(self.cursor) if self.cursor in places else 0
        wanted = max(0, min(at + count, len(places) - 1))
        if wanted != at:
            self.move_to(places[wanted])
            return
        # At either end of the selectable rows, scroll to what lies above the first or below the last.
        room = max(1, self.size.height - 2)
        last = max(0, len(self.rows) - room)
        self.first = 0 if count < 0 else min(last, self.first + (count if abs(count) > 1 else 3))
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        _, y = event.get_content_offset_capture(self)
        index = y - 2 + self.first
        if y >= 2 and index < self.count() and self.rows[index].key is not None:
            self.post_message(EntryClicked(index))

    def build(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = [spans.cut(self.heading, width, measure), []]
        has_choice = any(row.key is not None for row in self.rows)
        room = max(1, height - 2)
        for place in range(self.first, min(self.count(), self.first + room)):
            row = self.rows[place]
            chosen = has_choice and place == self.cursor and row.key is not None
            lead = spans.pointer(chosen)
            line = [lead, *row.line]
            if chosen:
                line = [lead, *((text, "cursor" if style == "" else style) for text, style in row.line)]
            lines.append(spans.cut(line, width, measure))
        if self.first + room < self.count() and len(lines) > 2:
            lines[-1] = [(f"{INDENT}… ↓", "dim")]
        return lines


class ContentsLines(Lines):
    """List of the pages, with completed ones marked, on a single line if it is narrow."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pages: Mapping[str, str] = {}
        self.page = ""
        self.done = 0

    def show(self, pages: Mapping[str, str], page: str, done: int) -> None:
        """Show the pages with their names, the current page, and the number of completed steps."""
        self.pages, self.page, self.done = pages, page, done
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.page not in self.pages:
            return []
        if height == 1:
            names = list(self.pages.values())
            at = list(self.pages).index(self.page)
            told: Line = [(f" {at + 1}/{len(names)}", "dim"), (f"  {names[at]}", "bold")]
            return [[*told, ("   ⇥ ", "accent"), (names[(at + 1) % len(names)], "dim")]]
        lines: list[Line] = []
        for place, (page, named) in enumerate(self.pages.items()):
            if page == OTHERS[0]:
                lines.append([])
            present = page == self.page
            sign = ("✓", "good") if page in STEPS and place < self.done else (" ", "")
            name = (named, "bold" if present else "" if page in STEPS else "dim")
            lines.append([(" ▸ " if present else INDENT, "accent"), (f"{sign[0]} ", sign[1]), name])
        return lines


# the pages of a report


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
    """Results against targets and earlier spans, and the rates from call to deal."""
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
            bars = charts.spark([float(each) for each in (*row.figure.before, row.figure.done)])
            line += [(f"   {bars[:-1]}", "area"), (bars[-1], "accent")]
        lines.append(line)
    notes = [fact(note) for note in report.notes]
    lines += [[], *notes] if notes else []
    lines += [[], [("Funnel: call to deal", "dim")]] if report.rates else []
    for label, (done, of, rate), between, *_ in report.rates:
        lines.append(
            [(f"{label:<23}", ""), (f"{done:>7} of {of:<7}", ""), (f"{rate:>6}", "bold"), (f"   {between}", "dim")]
        )
    return lines


def discipline(report: Report, width: int, shelf: Shelf | None) -> list[Line]:
    """The habit and its parts, the week's days, personal time, streaks and records, distractions, learning."""
    strength = report.strength
    if strength is None:
        return [
            [
                ("No finished days to measure yet. Press ", ""),
                ("b", "accent"),
                (" on Today to start and end your days.", ""),
            ]
        ]
    value, *before = strength.values
    moved: Line = [TREND_SIGNS[strength.tone], (f" {before[0]}", "dim")] if before else []
    low: Line = [(f"   ? {strength.aside}", "warn")] if strength.aside else []
    lines: list[Line] = [[(value, "bold"), (f"  {strength.label} ", ""), *moved, *low], []]
    room = max(6, min(24, width - 44))
    for row in report.parts:
        line: Line = [PART_SIGNS[row.tone], (f"{row.label:<30}", ""), (f"{row.text:>6}  ", "bold")]
        lines.append([*line, *spans.thin_bar(row.share, room)])
    if report.days:
        days = [((f"{day.label} ", "dim"), (f"{day.text:<5}", "")) for day in report.days]
        lines += [[], [span for day in days for span in day]]
    lines.append([])
    lines += [fact(row, "  ") for row in report.habits]
    if shelf is not None and shelf.pace is not None:
        sign = ("✓ ", "good") if shelf.pace.kept else ("▼ ", "warn")
        lines.append([(f"{'learning':<13}  ", "dim"), sign, (shelf.pace.words(), "")])
    return lines


def heard_lines(report: Report, width: int) -> list[Line]:
    """Objections, reasons, recurring complaints, the outcome of promises, evening notes."""
    lines: list[Line] = []
    for group in report.customers:
        lines += [[(group.title, "dim")]] if group.title else []
        lines += [_counted(row) if row.times else fact(row) for row in group.rows]
        lines.append([])
    lines += evenings(report, width)
    return lines or [[("No promises, objections, losses or evening notes here.", "")]]


def _counted(row: Fact) -> Line:
    aside: Line = [(f"   {row.aside}", "dim")] if row.aside else []
    return [(f"{row.times:>3}× ", "bold"), (row.values[0], ""), *aside]


def evenings(report: Report, width: int) -> list[Line]:
    """The evening notes of the days."""
    lines: list[Line] = [[("Evening notes", "dim")]] if report.evenings else []
    for evening in report.evenings:
        lines.append([(evening.title, "dim")])
        for row in evening.rows:
            first, *rest = spans.wrap(row.text, max(20, width - 16), measure)
            lines.append([(f"  {row.label:<10}", "dim"), (first, "")])
            lines += [[(" " * 12, ""), (part, "")] for part in rest]
    return lines


def honesty(report: Report) -> list[Line]:
    """Evidence for and against the figures, named without judgement."""
    rows, said = list(report.reservations), report.review.said
    lines: list[Line] = [[(plural(report.review.honesty.rows, "log entry", "log entries"), "")]]
    lines += [fact(row) for row in rows] if rows else [[("✓ ", "good"), ("No issues found in your log.", "")]]
    if said is not None:
        lines += [[], [("Track record", "bold"), ("   how past odds turned out", "dim")]]
        lines += [[(text, "")] for text in said.sentences()]
        lines += [[]] if said.months else []
        lines += [[(text, "dim")] for text in said.plot()]
    return lines
