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
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

if TYPE_CHECKING:
    from planner.services.clients.pipeline import Pipeline

CARD = 3  # lines of a card, including the empty one below it
HEAD = 3
NARROW = 26  # cells of a column: below this, the amounts of its deals are shortened
WIDE = 36  # below this, its total is


def worth(value: Decimal | None, *, short: bool = False) -> str:
    """Format a value in whole units, empty if unknown."""
    if value is None:
        return ""
    return formats.short_amount(value) if short else formats.hundredths(int(value * 100))


def deals_title(pipeline: Pipeline, width: int, what: str) -> Line:
    """Build the title line: the total of open deals, and their value weighted by probability."""
    open_ = [deal for deal in pipeline.deals if deal.stage.open]
    total = sum((deal.value or Decimal(0) for deal in open_), Decimal(0))
    left: Line = [(f" {what}", "bold"), (f"   {len(open_):,} open", "bold"), (f"   {worth(total)}", "")]
    if open_:
        left.append((f"   {worth(pipeline.expected(open_))} expected", "dim"))
    if pipeline.stale:
        left.append((f"   ! {len(pipeline.stale)} stale", "warn"))
    right: Line = [("low confidence ", "dim")] if pipeline.low_confidence and open_ else []
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
        room = max(1, (self.size.height - HEAD) // CARD)
        first = self.firsts[self.column]
        self.firsts[self.column] = min(max(first, self.row - room + 1), self.row)
        self.redraw()

    def on_resize(self) -> None:
        self._keep()

    def _widths(self, width: int) -> list[int]:
        each = max(10, (width - 1) // len(OPEN_STAGES))
        return [each] * len(OPEN_STAGES)

    def on_click(self, event: events.Click) -> None:
        found = self.columns()
        column = min(event.x // self._widths(self.size.width)[0], len(OPEN_STAGES) - 1)
        row = (event.y - HEAD) // CARD + self.firsts[column]
        if event.y >= HEAD and row < len(found[column]):
            again = (self.column, self.row) == (column, row)
            self.column, self.row = column, row
            self._keep()
            if again:
                self.post_message(EntryClicked(row, twice=True))

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
        widths = self._widths(width)
        columns = [self._column(number, widths[number], height - 2) for number in range(len(OPEN_STAGES))]
        for y in range(height - 2):
            line: Line = []
            for number, column in enumerate(columns):
                part = column[y] if y < len(column) else []
                line += [*part, (" " * (widths[number] - spans.width_of(part, measure)), "")]
            lines.append(line)
        return lines

    def _column(self, number: int, width: int, height: int) -> list[Line]:
        pipeline = self.pipeline
        assert pipeline is not None
        stage, deals = OPEN_STAGES[number], self.columns()[number]
        total = sum((deal.value or Decimal(0) for deal in deals), Decimal(0))
        name: Line = [(f" {stage.label}", "bold"), (f" {len(deals)}", "dim")]
        amounts = f"{worth(total, short=width < WIDE)} · {formats.percent(pipeline.chances[stage])} " if deals else ""
        head = spans.justify(name, [(amounts, "dim")], width - 1, measure)
        lines: list[Line] = [head]
        room = max(1, (height - 1) // CARD)
        first = self.firsts[number] if number == self.column else min(self.firsts[number], max(0, len(deals) - room))
        for place in range(first, min(len(deals), first + room)):
            lines += self._card(deals[place], width - 1, chosen=number == self.column and place == self.row)
        below = len(deals) - first - room
        if below > 0 and lines:
            lines[-1] = [(f"   {below} more", "dim")]
        return lines

    def _card(self, deal: Deal, width: int, *, chosen: bool) -> list[Line]:
        pipeline = self.pipeline
        assert pipeline is not None
        mark: Line = [spans.pointer(chosen)]
        amount = worth(deal.value, short=width < NARROW)
        room = max(4, width - 3 - measure(amount) - 2)
        title: Line = [*mark, (spans.fit(deal.title, room, measure), "cursor" if chosen else "")]
        first = spans.justify(title, [(amount, "cursor" if chosen else "")], width, measure)
        waits = pipeline.waits(deal)
        stale = deal.id in pipeline.stale
        age = "" if waits is None else f"! {pipeline.age(deal)} d" if stale else f"{waits} d"
        close = "" if deal.expected_close is None else f"by {formats.near_text(deal.expected_close, pipeline.today)}"
        late = deal.expected_close is not None and deal.expected_close < pipeline.today
        who = deal.contact or deal.company or ""
        end = f"! {close}" if late else close or age
        if stale:
            end = age
        second: Line = [("   ", ""), (spans.fit(who, max(4, width - 5 - measure(end)), measure), "dim")]
        return [first, spans.justify(second, [(end, "warn" if stale or late else "dim")], width, measure), []]


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
        lines = [deals_title(pipeline, width, "All deals")]
        if not pipeline.deals:
            return [*lines, [], [("   No deals yet.  ", ""), ("n", "accent"), (" add one", "dim")]]
        amounts = max(measure(worth(deal.value)) for deal in pipeline.deals)
        return [*lines, *(self._row(index, width, max(5, amounts)) for index in self.in_sight(height))]

    def _row(self, index: int, width: int, amounts: int) -> Line:
        pipeline = self.pipeline
        assert pipeline is not None
        deal = pipeline.deals[index]
        chosen = index == self.cursor
        stale = deal.id in pipeline.stale
        amount = worth(deal.value).rjust(amounts)
        sign, style = {Stage.WON: ("✓ ", "good"), Stage.LOST: ("✗ ", "dim")}.get(
            deal.stage, ("! " if stale else "  ", "warn")
        )
        age = pipeline.age(deal)
        if deal.closed is not None:
            end = formats.near_text(deal.closed, pipeline.today)
        elif stale:
            end = f"{plural(age or 0, 'day', 'days')} old"
        else:
            end = "" if deal.expected_close is None else f"by {formats.near_text(deal.expected_close, pipeline.today)}"
        reason = deal.reason if deal.stage is Stage.LOST else ""
        right: Line = [
            (f"{amount}  ", ""),
            (f"{deal.stage.label:<12} ", "dim"),
            (f"{end:>16} ", "warn" if stale else "dim"),
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


def stages_beside(stage: Stage, step: int) -> Stage | None:
    """Return the open stage before or after another, None at the ends."""
    places: Sequence[Stage] = OPEN_STAGES
    index = places.index(stage) + step
    return places[index] if 0 <= index < len(places) else None
