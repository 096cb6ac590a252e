"""The widgets of the pipeline: a board and a table. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from textual import events

from planner.domain import formats
from planner.domain.clients.deals import OPEN_STAGES, Deal, Stage
from planner.domain.text import plural
from planner.tui.messages import EntryClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import Line, Span
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

if TYPE_CHECKING:
    from planner.services.clients.pipeline import Pipeline

HEAD = 4  # the title, an empty line, a stage and its total
ROWS = ((36, 4), (24, 3), (0, 2))  # the lines of a card from a height of the board on
GAP = 1  # empty lines between cards, and cells between columns
NARROW = 26  # cells of a card: below this, its amount is shortened
NARROW_LIST = 70  # the same of the list


def worth(value: Decimal | None, *, short: bool = False) -> str:
    """Format a value in whole units, empty if unknown."""
    if value is None:
        return ""
    return formats.short_amount(value) if short else formats.hundredths(int(value * 100))


def card_rows(height: int) -> int:
    """Return how many lines the cards have on a board of a height."""
    return next(rows for least, rows in ROWS if height >= least)


def stage_total(pipeline: Pipeline, stage: Stage, width: int) -> str:
    """Say what the deals of a stage are worth, and weighted by probability, in as much detail as the width allows."""
    deals = pipeline.deals_at(stage)
    total, expected = sum((deal.value or Decimal(0) for deal in deals), Decimal(0)), pipeline.expected(deals)
    texts = (
        f"{worth(total)} · {worth(expected)} expected",
        f"{worth(total, short=True)} · {worth(expected, short=True)} expected",
        f"{worth(total, short=True)} · {formats.percent(pipeline.chances[stage])}",
        worth(total, short=True),
    )
    return next((text for text in texts if measure(text) <= width), texts[-1])


def deals_title(pipeline: Pipeline, width: int, what: str, place: str = "") -> Line:
    """Build the title line: the total of open deals, and their value weighted by probability."""
    open_ = [deal for deal in pipeline.deals if deal.stage.open]
    total = sum((deal.value or Decimal(0) for deal in open_), Decimal(0))
    left: Line = [(f" {what}", "bold"), (f"   {len(open_):,} open", "bold"), (f"   {worth(total)}", "")]
    if open_:
        left.append((f"   {worth(pipeline.expected(open_))} expected", "dim"))
    if pipeline.stale:
        left.append((f"   ! {len(pipeline.stale)} stale", "warn"))
    note = place or ("low confidence" if pipeline.low_confidence and open_ else "")
    right: Line = [(f"{note} ", "dim")] if note else []
    return spans.justify(left, right, width, measure)


class BoardLines(Lines):
    """Board of open deals in columns by stage. The cursor is at (`column`, `row`)."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pipeline: Pipeline | None = None
        self.column = 0
        self.row = 0
        self.firsts = [0] * len(OPEN_STAGES)

    def columns(self) -> list[list[Deal]]:
        """Return the open deals by stage."""
        pipeline = self.pipeline
        return [[] if pipeline is None else pipeline.deals_at(stage) for stage in OPEN_STAGES]

    @property
    def chosen(self) -> Deal | None:
        """The deal under the cursor."""
        column = self.columns()[self.column]
        return column[self.row] if self.row < len(column) else None

    def show(self, pipeline: Pipeline | None, deal_id: int | None = None) -> None:
        """Show a pipeline. The cursor goes to the deal with the given id, or stays on its deal."""
        chosen = self.chosen
        wanted = deal_id if deal_id is not None else None if chosen is None else chosen.id
        self.pipeline = pipeline
        for number, column in enumerate(self.columns()):
            for place, deal in enumerate(column):
                if deal.id == wanted:
                    self.column, self.row = number, place
        self._keep()

    def move(self, columns: int, rows: int) -> None:
        """Move the cursor, skipping empty columns."""
        found = self.columns()
        if columns:
            places = [number for number, column in enumerate(found) if column]
            beyond = [number for number in places if (number - self.column) * columns > 0]
            if beyond:
                self.column = min(beyond) if columns > 0 else max(beyond)
        self.row = min(max(0, self.row + rows), max(0, len(found[self.column]) - 1))
        self._keep()

    def _keep(self) -> None:
        found = self.columns()
        if not found[self.column]:
            full = [number for number, column in enumerate(found) if column]
            self.column = min(full, key=lambda number: abs(number - self.column), default=0)
        self.row = min(self.row, max(0, len(found[self.column]) - 1))
        room = self._room(self.size.height)
        first = self.firsts[self.column]
        self.firsts[self.column] = min(max(first, self.row - room + 1), self.row)
        self.redraw()

    def on_resize(self) -> None:
        self._keep()

    @staticmethod
    def _room(height: int) -> int:
        """Return how many cards a column has room for, above its last line."""
        return max(1, (height - HEAD - 1 + GAP) // (card_rows(height) + GAP))

    def on_click(self, event: events.Click) -> None:
        found = self.columns()
        width, height = self.size
        column = min(max(0, event.x - 1) // _each(width), len(OPEN_STAGES) - 1)
        place, line = divmod(event.y - HEAD, card_rows(height) + GAP)
        row = place + self._first(column, height)
        if 0 <= place < self._room(height) and line < card_rows(height) and row < len(found[column]):
            again = (self.column, self.row) == (column, row)
            self.column, self.row = column, row
            self._keep()
            if again:
                self.post_message(EntryClicked(row, twice=True))

    def _first(self, column: int, height: int) -> int:
        """Return the first deal shown of a column."""
        last = max(0, len(self.columns()[column]) - self._room(height))
        return self.firsts[column] if column == self.column else min(self.firsts[column], last)

    def build(self, width: int, height: int) -> list[Line]:
        pipeline = self.pipeline
        if pipeline is None:
            return [[("  Loading …", "dim")]]
        lines = [deals_title(pipeline, width, "Deals"), []]
        if not any(deal.stage.open for deal in pipeline.deals):
            return [
                *lines,
                [("   No open deals.  ", ""), ("n", "accent"), (" add one", "dim")],
                *([[("   ", ""), ("v", "accent"), (" see won and lost deals", "dim")]] if pipeline.deals else []),
            ]
        each = _each(width)
        columns = [self._column(number, each - GAP, height) for number in range(len(OPEN_STAGES))]
        for y in range(height - len(lines)):
            line: Line = [(" ", "")]
            for column in columns:
                part = column[y] if y < len(column) else []
                line += [*part, (" " * (each - spans.width_of(part, measure)), "")]
            lines.append(line)
        return lines

    def _column(self, number: int, width: int, height: int) -> list[Line]:
        """A stage: its name and total, its cards, and where it is if it's longer than the board."""
        pipeline = self.pipeline
        assert pipeline is not None
        stage, deals = OPEN_STAGES[number], self.columns()[number]
        here = number == self.column
        name: Line = [(stage.label, "accent" if here else "bold"), (f" {len(deals):,}", "dim")]
        total = stage_total(pipeline, stage, width) if deals else ""
        lines: list[Line] = [spans.cut(name, width, measure), [(total, "dim")]]
        first, room, rows = self._first(number, height), self._room(height), card_rows(height)
        shown = range(first, min(len(deals), first + room))
        for place in shown:
            card = self._card(deals[place], width, rows)
            chosen = here and place == self.row
            mark, tint = ("▌ ", "row") if chosen else ("  ", "panel")
            lines += [spans.tinted([(mark, "pointer"), *line], tint, width, measure) for line in card]
            lines += [[]] * GAP
        if len(shown) < len(deals):
            lines[-1] = [(spans.fit(spans.place(shown, len(deals)), width, measure), "dim")]
        return lines

    def _card(self, deal: Deal, width: int, rows: int) -> list[Line]:
        """The lines of a deal's card without its edge, most important first."""
        pipeline = self.pipeline
        assert pipeline is not None
        room = width - 3
        amount = worth(deal.value, short=width < NARROW)
        who = " · ".join(filter(None, (deal.contact, deal.company if rows > 2 else ""))) or deal.company or ""
        close = "" if deal.expected_close is None else f"by {formats.near_text(deal.expected_close, pipeline.today)}"
        late = deal.expected_close is not None and deal.expected_close < pipeline.today
        waits, stale = pipeline.waits(deal), deal.id in pipeline.stale
        age: Span = ("", "dim") if waits is None else (f"{waits} d", "dim")
        if stale:
            age = (f"! {pipeline.age(deal)} d", "warn")
        due: Span = (f"! {close}", "warn") if late else (close, "dim")
        if rows == 2:
            end = age if stale or not close else due
            return [_ends((deal.title, ""), (amount, ""), room), _ends((who, "dim"), end, room)]
        lines = [_ends((deal.title, "bold"), ("", ""), room), _ends((who, "dim"), ("", ""), room)]
        if rows == 3:
            return [*lines, _ends(due if close else age, (amount, ""), room)]
        stay: Span = age if stale or waits is None else (f"{plural(waits, 'day', 'days')} at this stage", "dim")
        last = due if close else ("no expected close", "dim")
        return [*lines, _ends(stay, (amount, ""), room), _ends(last, ("", ""), room)]


def _each(width: int) -> int:
    """Return the width of a stage's column, with the gap beside it."""
    return (width - 1) // len(OPEN_STAGES)


def _ends(left: Span, right: Span, width: int) -> Line:
    """Put two texts at the ends of a line, the left one cut to what the right one leaves."""
    room = width - measure(right[0]) - 2 * bool(right[0])
    text = spans.fit(left[0], room, measure)
    return [(text, left[1]), (" " * (width - measure(text) - measure(right[0])), ""), right]


class StageTotals(Lines):
    """The open stages beside the table, with the number of their deals and what those are worth."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pipeline: Pipeline | None = None

    def show(self, pipeline: Pipeline | None) -> None:
        """Show a pipeline."""
        self.pipeline = pipeline
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        pipeline = self.pipeline
        lines: list[Line] = [[]]
        for stage in OPEN_STAGES if pipeline is not None else ():
            assert pipeline is not None
            deals = len(pipeline.deals_at(stage))
            total = f"  {stage_total(pipeline, stage, 14)}" if deals else ""
            part: Line = [(f" {stage.label}", "bold"), (f" {deals:,}", ""), (total, "dim"), ("  ", "")]
            if lines[-1] and spans.width_of([*lines[-1], *part], measure) > width:
                lines.append([])
            lines[-1] += part
        return lines


class DealLines(EntryLines):
    """Table of all deals, open ones first, then won and lost."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pipeline: Pipeline | None = None

    def count(self) -> int:
        return 0 if self.pipeline is None else len(self.pipeline.deals)

    @property
    def chosen(self) -> Deal | None:
        """The deal under the cursor."""
        return self.pipeline.deals[self.cursor] if self.pipeline is not None and self.cursor < self.count() else None

    def show(self, pipeline: Pipeline | None, deal_id: int | None = None) -> None:
        """Show a pipeline. The cursor goes to the deal with the given id, or stays on its deal."""
        chosen = self.chosen
        wanted = deal_id if deal_id is not None else None if chosen is None else chosen.id
        self.pipeline = pipeline
        places = {deal.id: place for place, deal in enumerate(() if pipeline is None else pipeline.deals)}
        self.move_to(places.get(wanted or 0, self.cursor))

    def build(self, width: int, height: int) -> list[Line]:
        pipeline = self.pipeline
        if pipeline is None:
            return [[("  Loading …", "dim")]]
        shown = self.in_sight(height)
        lines = [deals_title(pipeline, width, "All deals", spans.place(shown, self.count()))]
        if not pipeline.deals:
            return [*lines, [], [("   No deals yet.  ", ""), ("n", "accent"), (" add one", "dim")]]
        short = width < NARROW_LIST
        deals = [pipeline.deals[index] for index in shown]
        amounts = max(measure(worth(deal.value, short=short)) for deal in deals)
        ends = max(measure(_end(pipeline, deal)) for deal in deals)
        return [*lines, *(self._row(index, width, (max(5, amounts), ends), short=short) for index in shown)]

    def _row(self, index: int, width: int, widths: tuple[int, int], *, short: bool) -> Line:
        """A deal in one line. `widths` are those of the amounts and of the last column."""
        pipeline = self.pipeline
        assert pipeline is not None
        deal = pipeline.deals[index]
        chosen = index == self.cursor
        stale = deal.id in pipeline.stale
        amount = worth(deal.value, short=short).rjust(widths[0])
        sign, style = {Stage.WON: ("✓ ", "good"), Stage.LOST: ("✗ ", "dim")}.get(
            deal.stage, ("! " if stale else "  ", "warn")
        )
        reason = deal.reason if deal.stage is Stage.LOST else ""
        right: Line = [
            (f"{amount}  ", ""),
            (f"{deal.stage.label:<12} ", "dim"),
            (f"{_end(pipeline, deal):>{widths[1]}} " if widths[1] else "", "warn" if stale else "dim"),
        ]
        room = max(6, width - spans.width_of(right, measure) - 7)
        who = ", ".join(part for part in (deal.contact or deal.company or "", reason) if part)
        title = spans.fit(deal.title, room if not who else max(6, room * 3 // 5), measure)
        line: Line = [
            spans.pointer(chosen),
            (sign, style),
            (title, "cursor" if chosen else "dim" if not deal.stage.open else ""),
            (spans.fit(f"  {who}", room - measure(title), measure) if who else "", "dim"),
        ]
        return spans.justify(line, right, width, measure)


def _end(pipeline: Pipeline, deal: Deal) -> str:
    """Return the last column of a deal: when it closed, how old it is if it's stale, or when it should close."""
    if deal.closed is not None:
        return formats.near_text(deal.closed, pipeline.today)
    if deal.id in pipeline.stale:
        return f"{plural(pipeline.age(deal) or 0, 'day', 'days')} old"
    return "" if deal.expected_close is None else f"by {formats.near_text(deal.expected_close, pipeline.today)}"


def stages_beside(stage: Stage, step: int) -> Stage | None:
    """Return the open stage before or after another, None at the ends."""
    places: Sequence[Stage] = OPEN_STAGES
    index = places.index(stage) + step
    return places[index] if 0 <= index < len(places) else None
