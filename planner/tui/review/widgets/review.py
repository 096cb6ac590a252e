"""The pages of the review as lines. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from textual import events

from planner.domain.day.records import days_text
from planner.domain.forecast.advice import percent
from planner.domain.forecast.stages import arrow
from planner.domain.money import format_amount, format_number
from planner.domain.review.charts import funnel
from planner.domain.review.learning import Shelf
from planner.domain.review.review import AFTER_CALL, FIGURES, NAMES, PARTS, Review, Span
from planner.domain.review.self_review import STEPS, Step
from planner.domain.text import many
from planner.tui.messages import EntryClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import ChoiceLines, Lines, measure

if TYPE_CHECKING:
    pass

# The names of pages in the contents and in headings.
PAGES = {
    Step.FIGURES: ("figures", "Figures"),
    Step.DISCIPLINE: ("discipline", "Discipline"),
    Step.TRIED: ("tried", "What was to be tried"),
    Step.LESSONS: ("well and wrong", "What went well, what went wrong"),
    Step.HEARD: ("heard", "What was heard"),
    Step.HONESTY: ("honesty", "How sure the figures are"),
    Step.NEXT: ("next", "What comes next"),
    Step.WISH: ("the wish", "One line to the wish"),
    "charts": ("charts", "Charts"),
    "learning": ("learning", "Learning"),
    "past": ("past reviews", "Past reviews"),
}
OTHERS = ("charts", "learning", "past")
# The pages of a span: days and months are only viewed, a week is worked through.
OF_SPAN: dict[Span, tuple[str, ...]] = {
    Span.WEEK: (*STEPS, *OTHERS),
    Span.DAY: (Step.FIGURES, Step.DISCIPLINE, Step.HEARD, Step.HONESTY, Step.NEXT, *OTHERS),
    Span.MONTH: (Step.FIGURES, Step.DISCIPLINE, Step.HEARD, Step.HONESTY, Step.NEXT, *OTHERS),
}
SPARKS = "▁▂▃▄▅▆▇█"
INDENT = "   "
INDENT_CELLS = 3


@dataclass(frozen=True)
class Row:
    """A line of a page, selectable if it has a key."""

    line: Line
    key: object = None


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Turn lines into rows that can't be selected."""
    return [Row(line) for line in lines]


class PageLines(ChoiceLines):
    """A page with a heading and rows. The cursor skips rows without a key, and a page without keys scrolls."""

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
        index = event.y - 2 + self.first
        if event.y >= 2 and index < self.count() and self.rows[index].key is not None:
            self.post_message(EntryClicked(index))

    def build(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = [spans.cut(self.heading, width, measure), []]
        has_choice = any(row.key is not None for row in self.rows)
        room = max(1, height - 2)
        for place in range(self.first, min(self.count(), self.first + room)):
            row = self.rows[place]
            chosen = has_choice and place == self.cursor and row.key is not None
            lead = (" ▸ ", "accent") if chosen else (INDENT, "")
            line = [lead, *row.line]
            if chosen:
                line = [lead, *((text, "cursor" if style == "" else style) for text, style in row.line)]
            lines.append(spans.cut(line, width, measure))
        if self.first + room < self.count() and len(lines) > 2:
            lines[-1] = [(f"{INDENT}… ↓", "dim")]
        return lines


class ContentsLines(Lines):
    """The pages, with completed ones marked, on a single line if it is narrow."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pages: Sequence[str] = ()
        self.page = ""
        self.done = 0

    def show(self, pages: Sequence[str], page: str, done: int) -> None:
        """Show the pages, the current page, and the number of completed steps."""
        self.pages, self.page, self.done = pages, page, done
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.page not in self.pages:
            return []
        if height == 1:
            at = self.pages.index(self.page)
            following = self.pages[(at + 1) % len(self.pages)]
            told: Line = [(f" {at + 1}/{len(self.pages)}", "dim"), (f"  {PAGES[self.page][0]}", "bold")]
            return [[*told, ("   ⇥ ", "accent"), (PAGES[following][0], "dim")]]
        lines: list[Line] = []
        for place, page in enumerate(self.pages):
            if page == OTHERS[0]:
                lines.append([])
            present = page == self.page
            sign = ("✓", "good") if page in STEPS and place < self.done else (" ", "")
            name = (PAGES[page][0], "bold" if present else "" if page in STEPS else "dim")
            lines.append([(" ▸ " if present else INDENT, "accent"), (f"{sign[0]} ", sign[1]), name])
        return lines


# the pages of a report


def title(report: Review, width: int) -> Line:
    """The title line: the span under review."""
    first, last = report.period.first, report.period.last
    name: Line = [(f" {_span(report)}", "bold")]
    if report.span is Span.WEEK:
        begins = f"{first.day} {first:%b}" if first.month != last.month else f"{first.day}"
        name.append((f"   {begins} to {last.day} {last:%b %Y}", ""))
    if report.to_come:
        name.append(("   not over yet", "dim"))
    return spans.cut(name, width, measure)


def _span(report: Review) -> str:
    first = report.period.first
    if report.span is Span.DAY:
        return f"{first:%A}, {first.day} {first:%B %Y}"
    return f"{first:%B %Y}" if report.span is Span.MONTH else f"Week {report.name}"


def spark(values: Sequence[float]) -> str:
    """Draw a series as bars of eight heights: ``▂▅▇``."""
    top = max([*values, 1.0])
    return "".join(SPARKS[min(7, max(0, round(value / top * 7)))] for value in values)


def _shown(name: str, value: Decimal) -> str:
    return format_amount(round(value)) if name == "revenue" else format_number(value)


def figures(report: Review, width: int) -> list[Row]:
    """Results against targets and earlier spans, and the rates from call to deal."""
    wide, middle = width >= 84, width >= 62
    back = max((len(figure.before) for figure in report.figures.values()), default=0)
    head = f"{'':<18}{'done':>11}{'asked':>13}"
    head += f"{f'mean of {back}' if back else '':>13}" if middle else ""
    head += f"   {f'{back} before, and this one':<16}" if wide and back else ""
    lines: list[Line] = [[(head, "dim")]]
    for name, figure in report.figures.items():
        if not (figure.done or figure.target or any(figure.before)):
            continue
        sign = ("  ", "")
        if figure.target:
            share = figure.done / figure.target
            sign = ("▲ ", "good") if share >= 1 else ("▬ ", "warn") if share >= Decimal("0.8") else ("▼ ", "bad")
        line: Line = [
            (f"{NAMES[name]:<16}", ""),
            sign,
            (f"{_shown(name, figure.done):>11}", "bold"),
            (f"{'' if figure.target is None else _shown(name, figure.target):>13}", "dim"),
        ]
        if middle and figure.before:
            mean = sum(figure.before, Decimal(0)) / len(figure.before)
            line.append((f"{_shown(name, round(mean, 1)):>13}", "dim"))
        if wide and figure.before:
            values = [float(each) for each in (*figure.before, figure.done)]
            bars = spark(values)
            line += [(f"   {bars[:-1]}", "fill"), (bars[-1], "accent")]
        lines.append(line)
    if len(lines) == 1:
        lines = [[("Nothing was counted in it.", "")]]
    currency = f" {report.currency}" if report.currency else ""
    if report.before and not any(each.weight for each in report.days):
        lines += [[], [("Nothing was asked of it: every day was off, and leaves the habit as it was.", "dim")]]
    elif report.quota is not None:
        lines += [[], [(f"the quota's part of it is {format_amount(round(report.quota))}{currency}", "dim")]]
    if report.year_ago is not None:
        ago = ", ".join(
            f"{_shown(name, report.year_ago[name])} {NAMES[name]}"
            for name in ("dials", "meetings_held", "deals", "revenue")
        )
        before = report.span.name_of(report.span.year_before(report.period))
        lines.append([("a year ago, ", "dim"), (f"{before}: ", "dim"), (ago, "")])
    return rows_of([*lines, *_rates(report)])


def _rates(report: Review) -> list[Line]:
    counts = {name: int(report.figures[name].done) for name in FIGURES}
    stages = [stage for stage in funnel(counts) if stage.of]
    if not stages:
        return []
    lines: list[Line] = [[], [("from a call to a deal", "dim")]]
    for stage in stages:
        line: Line = [(f"{arrow(stage.stage):<18}", ""), (f"{stage.done:>7,} of {stage.of:<7,}", "")]
        if stage.rate is not None and stage.low is not None and stage.high is not None:
            between = f"{100 * stage.low:.0f} to {100 * stage.high:.0f} %"
            line += [(f"{percent(stage.rate):>6}", "bold"), (f"   {between}", "dim")]
        else:
            line.append(("   some had begun before", "dim"))
        lines.append(line)
    return lines


def discipline(report: Review, width: int, shelf: Shelf | None) -> list[Row]:
    """The habit and its parts, the week's days, own time, streaks and records, mail, STOP, learning."""
    value, before = report.strength.value, report.strength_before.value
    if value is None:
        return rows_of([[("Nothing was due yet: ", ""), ("b", "accent"), (" on Today opens and closes days.", "")]])
    moved: Line = [] if before is None else [_moved(value - before), (f" from {before * 100:.0f} %", "dim")]
    low: Line = [("   ? few days were seen", "warn")] if report.strength.low_confidence else []
    lines: list[Line] = [[(f"{value * 100:.0f} %", "bold"), ("  strength of the habit ", ""), *moved, *low], []]
    room = max(6, min(24, width - 44))
    for name, part in report.parts.items():
        sign = ("✓", "good") if part >= 0.995 else ("▬", "warn") if part >= 0.8 else ("▼", "bad")
        line: Line = [(f"{sign[0]} ", sign[1]), (f"{PARTS[name]:<30}", ""), (f"{part * 100:>4.0f} %  ", "bold")]
        lines.append([*line, *spans.thin_bar(part, room)])
    if report.span is Span.WEEK:
        days: Line = []
        for each, worth in zip(report.days, report.worths, strict=True):
            told = "off" if not each.weight else "–" if worth is None else f"{worth * 100:.0f}"
            days += [(f"{each.day:%a} ", "dim"), (f"{told:<5}", "")]
        lines += [[], days]
    lines.append([])
    if any(there for _, there in report.own.values()):
        kept = "  ".join(f"{kind} {kept} of {there}" for kind, (kept, there) in sorted(report.own.items()))
        lines.append([("kept      ", "dim"), (kept, "")])
    if report.streak.most:
        longest = f", the longest in half a year {days_text(report.streak.most)}"
        lines.append([("streak    ", "dim"), (f"{days_text(report.streak.now)} in a row", ""), (longest, "dim")])
    for record in report.records:
        told = f"{record.count:,} {NAMES[record.metric]} on {record.day:%a} {record.day.day} {record.day:%b}"
        lines.append([("★ record  ", "good"), (told, "bold"), (f"   the most before was {record.before:,}", "dim")])
    if report.over_both is not None:
        over = report.over_both
        lines.append(
            [("★ ", "good"), (f"first over both lines of the month on {over:%A} {over.day} {over:%B}", "bold")]
        )
    if any(report.stops):
        told = f"{report.stops[0]} refused, {report.stops[1]} given in to"
        lines.append([("STOP      ", "dim"), (told, "")])
    if shelf is not None and shelf.pace is not None:
        sign = ("✓ ", "good") if shelf.pace.kept else ("▼ ", "warn")
        lines.append([("learning  ", "dim"), sign, (shelf.pace.words(), "")])
    return rows_of(lines)


def _moved(by: float) -> spans.Span:
    return ("▲", "good") if by > 0.005 else ("▼", "warn") if by < -0.005 else ("▬", "dim")


def heard(report: Review, width: int) -> list[Row]:
    """Objections, reasons, recurring complaints, the outcome of promises, evening notes."""
    lines: list[Line] = []
    kept = [f"{report.promises[name]} {name}" for name in ("kept", "late", "broken", "open") if report.promises[name]]
    if kept:
        lines += [[("promises  ", "dim"), (", ".join(kept), "")], []]
    if report.after_calls:
        told = ", ".join(f"{AFTER_CALL[name]} {yes} of {asked}" for name, (yes, asked) in report.after_calls.items())
        lines.append([("after calls  ", "dim"), (told, "")])
        lines += [[("   why  ", "dim"), (why, "")] for why in report.whys]
        lines.append([])
    if report.objections:
        lines.append([("objections heard most", "dim")])
        for each in report.objections:
            led: Line = [(f"   {each.worked} of {each.told} answers led on", "dim")] if each.told else []
            lines.append([(f"{each.heard:>3}× ", "bold"), (each.text, ""), *led])
        lines.append([])
    if report.reasons:
        lines.append([("lost or refused, and why", "dim")])
        lines += [[(f"{count:>3}× ", "bold"), (reason, "")] for reason, count in report.reasons]
        lines.append([])
    for kind, count in report.repeated.items():
        lines.append(
            [("! ", "warn"), (f"{kind}: {count} complaints within ninety days", ""), ("   another way", "dim")]
        )
    if report.repeated:
        lines.append([])
    lines += evenings(report, width)
    return rows_of(lines or [[("Nothing was heard that was written down.", "")]])


def evenings(report: Review, width: int) -> list[Line]:
    """The evening notes of the days."""
    lines: list[Line] = []
    for lesson in report.lessons:
        said = lesson.said
        lines.append([(f"{lesson.day:%a} {lesson.day.day} {lesson.day:%b}", "dim")])
        for name, text in (
            ("well", said.went_well),
            ("wrong", said.went_wrong),
            ("else", said.what_else),
            ("will try", said.will_try),
        ):
            if text:
                parts = spans.wrapped(text, max(20, width - 16), measure)
                lines.append([(f"  {name:<10}", "dim"), (parts[0], "")])
                lines += [[(" " * 12, ""), (part, "")] for part in parts[1:]]
    return [[("said in the evenings", "dim")], *lines] if lines else []


def honesty(report: Review) -> list[Row]:
    """Evidence for and against the figures, named without judgement."""
    found, lines = report.honesty, list[Line]()
    lines.append([(f"{many(found.rows, 'row', 'rows')} of the log", "")])
    if found.from_memory:
        lines.append([("! ", "warn"), (f"{found.from_memory:,} of them entered from memory", "")])
    if found.same:
        often = many(found.same, "time", "times")
        lines.append([("! ", "warn"), (f"{often} five equal outcomes within ten seconds", "")])
    unopened = [each.day for each in report.days if each.over and each.weight and not each.opened]
    unclosed = [each.day for each in report.days if each.over and each.opened and not each.closed]
    for days, what in ((unopened, "not opened"), (unclosed, "not closed")):
        if days:
            named = ", ".join(f"{day:%a} {day.day}" for day in days[:7]) + (" …" if len(days) > 7 else "")
            lines.append([("! ", "warn"), (f"{what}: {named}", "")])
    if len(lines) == 1:
        lines.append([("✓ ", "good"), ("Nothing speaks against the figures.", "")])
    if report.said is not None:
        lines += [[], [("My record", "bold"), ("   how the odds came true", "dim")]]
        lines += [[(text, "")] for text in report.said.sentences()]
        lines += [[]] if report.said.months else []
        lines += [[(text, "dim")] for text in report.said.plot()]
    return rows_of(lines)
