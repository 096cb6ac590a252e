"""The board of open deals: a lane for each stage, with a card for each deal. Data in, lines out."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region

from planner.domain import formats
from planner.domain.clients.deals import OPEN_STAGES, Deal
from planner.domain.text import plural
from planner.tui.clients.widgets.deals import closed_lately, deals_title, stage_totals, won_by_month, worth
from planner.tui.clients.widgets.empty import empty_lines
from planner.tui.messages import EntryClicked
from planner.tui.shared import panels, spans
from planner.tui.shared.spans import Line, Span
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.services.clients.pipeline import Pipeline

TOP = 2  # lines above the lanes: the title and an empty one
HEAD, ROOMY_HEAD = 2, 4  # lines of a stage above its cards: its name and total, and with room a bar and an empty one
ROWS = ((32, 4), (24, 3), (0, 2))  # the lines of a card from a height of the screen on
MONTHS, LEAST_MONTHS = 12, 3  # below the lanes
GAP = 1  # empty lines between cards, and cells between lanes on a screen without panels
NARROW = 26  # cells of a lane: below this, amounts are shortened
WIDE_ENOUGH = 24  # cells of a card from which on it says in full what it lacks

Place = tuple[int, int]
"""A lane, and a deal in it."""


def lanes(width: int, gap: int) -> list[range]:
    """Return the cells of each stage's lane, between margins of one."""
    edges = [1 + (width - 2 + gap) * number // len(OPEN_STAGES) for number in range(len(OPEN_STAGES) + 1)]
    return [range(left, right - gap) for left, right in pairwise(edges)]


class BoardLines(Lines):
    """Board of open deals in lanes by stage. The cursor is at (`column`, `row`)."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pipeline: Pipeline | None = None
        self.column = 0
        self.row = 0
        self.firsts = [0] * len(OPEN_STAGES)
        self._columns: list[list[Deal]] = [[] for _ in OPEN_STAGES]
        self._values = [Decimal(0) for _ in OPEN_STAGES]

    def columns(self) -> list[list[Deal]]:
        """Return the open deals by stage."""
        return self._columns

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
        self._columns = [[] if pipeline is None else pipeline.deals_at(stage) for stage in OPEN_STAGES]
        self._values = [sum((deal.value or Decimal(0) for deal in column), Decimal(0)) for column in self._columns]
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

    @property
    def _roomy(self) -> bool:
        """Whether the lanes stand on panels."""
        return spans.is_roomy(*self.app.size)

    @property
    def _head(self) -> int:
        return ROOMY_HEAD if self._roomy else HEAD

    @property
    def _rows(self) -> int:
        """The lines of a card."""
        return next(rows for least, rows in ROWS if self.app.size.height >= least)

    @property
    def rows_needed(self) -> int:
        """The rows that show all deals of each stage."""
        return TOP + self._head + max(map(len, self._columns)) * (self._rows + GAP) + 1

    @property
    def _margins(self) -> int:
        """The cells at both sides of what stands in a lane."""
        return 4 if self._roomy else 0

    def _lanes(self, width: int) -> list[range]:
        return lanes(width, panels.GAP if self._roomy else GAP)

    def _room(self, height: int) -> int:
        """Return how many cards a lane has room for, above its last line."""
        return max(1, (height - TOP - self._head - 1 + GAP) // (self._rows + GAP))

    # the mouse

    def _card_at(self, x: int, y: int) -> tuple[Place, Region] | None:
        """Return the place of the card at a cell of the widget, and its cells."""
        width, height = self.size
        column = next((number for number, lane in enumerate(self._lanes(width)) if x in lane), None)
        place, line = divmod(y - TOP - self._head, self._rows + GAP)
        if column is None or not 0 <= place < self._room(height) or line >= self._rows:
            return None
        row, lane = place + self._first(column, height), self._lanes(width)[column]
        area = Region(lane.start, y - line, len(lane), self._rows)
        return ((column, row), area) if row < len(self.columns()[column]) else None

    def area_at(self, x: int, y: int) -> Region | None:
        found = self._card_at(x, y)
        return None if found is None else found[1]

    def on_click(self, event: events.Click) -> None:
        found = self._card_at(*event.get_content_offset_capture(self))
        if found is not None and self.pipeline is not None:
            self.column, self.row = found[0]
            self._keep()
            index = self.pipeline.deals.index(self.columns()[self.column][self.row])
            self.post_message(EntryClicked(index, twice=event.chain > 1))

    # drawing

    def _first(self, column: int, height: int) -> int:
        """Return the first deal shown of a column."""
        last = max(0, len(self.columns()[column]) - self._room(height))
        return self.firsts[column] if column == self.column else min(self.firsts[column], last)

    def build(self, width: int, height: int) -> list[Line]:
        pipeline = self.pipeline
        if pipeline is None:
            return [[("  Loading …", "dim")]]
        (name, _), *rest = deals_title(pipeline, width, "Deals")
        title: Line = [(name, "accent"), *rest]
        if not any(deal.stage.open for deal in pipeline.deals):
            more = (("v", "show won and lost deals"),) if pipeline.deals else ()
            keys = (("n", "add a deal"), *more, ("⇤", "go to contacts"))
            return empty_lines(title, "No open deals.", keys, width, height)
        cells = self._lanes(width)
        totals = stage_totals(pipeline, min(len(lane) for lane in cells) - self._margins)
        below = self._lately(pipeline, width, height - self.rows_needed)
        height -= len(below)
        columns = [self._lane(number, totals[number], len(lane), height) for number, lane in enumerate(cells)]
        lines = [title, []]
        for y in range(height - TOP):
            line: Line = []
            at = 0
            for lane, column in zip(cells, columns, strict=True):
                part = column[y] if y < len(column) else []
                line += [(" " * (lane.start - at), ""), *part]
                at = lane.start + spans.width_of(part, measure)
            lines.append(line)
        return [*lines, *below]

    def _lately(self, pipeline: Pipeline, width: int, height: int) -> list[Line]:
        """On a large screen, the deals won and lost lately and what each month brought, on panels below the lanes."""
        months = min(MONTHS, height - 4)
        if months < LEAST_MONTHS or not spans.is_large(*self.app.size):
            return []
        left = (width - 2 - panels.GAP) // 2
        right = width - 2 - panels.GAP - left
        closed, won = closed_lately(pipeline, left - 4, months), won_by_month(pipeline, right - 4, months)
        if not closed:
            return []
        high = months + 3
        one = panels.panel("Closed lately", "v all deals", panels.aired_to_fit(closed, months), left, high, measure)
        other = panels.panel("Won by month", "", won, right, high, measure)
        return [[], *([(" ", ""), *line] for line in panels.beside(one, other, left, measure))]

    def _lane(self, number: int, total: str, width: int, height: int) -> list[Line]:
        """A stage: its name and total, its cards, and where it is if it's longer than the board."""
        here, roomy = number == self.column, self._roomy
        deals, rows = self.columns()[number], self._rows
        first, room = self._first(number, height), width - (self._margins or 3)
        shown = range(first, min(len(deals), first + self._room(height)))
        edge: Line = [("  ", "")] if roomy else []

        def ground(line: Line) -> Line:
            line = spans.cut([*edge, *line], width, measure)
            return spans.tinted(line, "panel", width, measure) if roomy else line

        lines = [ground(line) for line in self._lane_head(number, total, width - self._margins)]
        titles = spans.fit_apart([(deals[place].title, room) for place in shown], measure)
        for place, title in zip(shown, titles, strict=True):
            chosen = here and place == self.row
            tint = "chosen" if chosen else "card" if roomy else "panel"
            mark: Line = [("▌ ", "pointer")] if chosen else edge or [("  ", "")]
            card = self._card(deals[place], title, room, rows, short=width < NARROW)
            lines += [spans.tinted([*mark, *line], tint, width, measure) for line in card]
            lines += [ground([])] * GAP
        if len(shown) < len(deals):
            lines[-1] = ground([(spans.place(shown, len(deals)), "dim")])
        return [*lines, *[ground([])] * (height - TOP - len(lines))]

    def _lane_head(self, number: int, total: str, width: int) -> list[Line]:
        """The name of a stage and what its deals are worth, with room also beside those of the richest stage."""
        stage = OPEN_STAGES[number]
        name: Line = [
            (stage.label, "accent" if number == self.column else "bold"),
            (f" {len(self._columns[number]):,}", "dim"),
        ]
        lines: list[Line] = [spans.cut(name, width, measure), [(total, "dim")]]
        if not self._roomy:
            return lines
        most = max(self._values)
        share = float(self._values[number] / most) if most else 0.0
        return [*lines, spans.thin_bar(share, width), []]

    def _card(self, deal: Deal, title: str, room: int, rows: int, *, short: bool) -> list[Line]:
        """The lines of a deal's card without its edges, most important first."""
        pipeline = self.pipeline
        assert pipeline is not None
        amount: Span = (worth(deal.value, short=short), "")
        who = " · ".join(filter(None, (deal.contact, deal.company if rows > 2 else ""))) or deal.company or ""
        age, due, stale = self._age(deal), _due(deal, pipeline), deal.id in pipeline.stale
        lack: Span = ("! no next step" if room >= WIDE_ENOUGH else "! no step", "warn")
        lacks = lack if deal.id in pipeline.stepless else None
        if rows == 2:
            end = age if stale else lacks or (due if due[0] else age)
            return [_ends((deal.title, ""), amount, room), _ends((who, "dim"), end, room)]
        nothing: Span = ("", "dim")
        head = _ends((title, "bold"), nothing, room)
        if rows == 3:
            last = lacks or (due if due[0] else nothing)
            low, high = (last, age) if last[0] else (age, nothing)
            return [head, _ends((who, "dim"), high, room), _ends(low, amount, room)]
        full = f"{age[0]} at this stage"
        if age[0] and not stale and measure(full) + measure(amount[0]) + 2 <= room:
            age = (full, "dim")
        last = lacks or (due if due[0] else ("no expected close", "dim"))
        return [head, _ends((who, "dim"), nothing, room), _ends(age, amount, room), _ends(last, nothing, room)]

    def _age(self, deal: Deal) -> Span:
        """Say how old a stale deal is, or how long another one has been at its stage."""
        pipeline = self.pipeline
        assert pipeline is not None
        if deal.id in pipeline.stale:
            return f"! {plural(pipeline.age(deal) or 0, 'day', 'days')} old", "warn"
        waits = pipeline.waits(deal)
        return "" if waits is None else plural(waits, "day", "days"), "dim"


def _due(deal: Deal, pipeline: Pipeline) -> Span:
    """Say by when a deal should close, with a sign if that has passed."""
    if deal.expected_close is None:
        return "", "dim"
    text = f"by {formats.near_text(deal.expected_close, pipeline.today)}"
    return (f"! {text}", "warn") if deal.expected_close < pipeline.today else (text, "dim")


def _ends(left: Span, right: Span, width: int) -> Line:
    """Put two texts at the ends of a line, the left one cut to what the right one leaves."""
    room = width - measure(right[0]) - 2 * bool(right[0])
    text = spans.fit(left[0], room, measure)
    return [(text, left[1]), (" " * (width - measure(text) - measure(right[0])), ""), right]
