"""The table of deals, and how a pipeline is put into words. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from planner.domain import formats
from planner.domain.clients.deals import OPEN_STAGES, Deal, Stage
from planner.domain.text import plural
from planner.tui.clients.widgets.empty import empty_lines
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, measure

if TYPE_CHECKING:
    from planner.services.clients.pipeline import Pipeline

NARROW_LIST = 70  # cells of a row: below this, its amount is shortened
LEAD, GAP, STAGE = 5, 2, 13  # cells before the title, between columns, and of the stage


class Widths(NamedTuple):
    """The cells of the columns of the table."""

    title: int
    who: int
    amount: int
    end: int


def worth(value: Decimal | None, *, short: bool = False) -> str:
    """Format a value in whole units, empty if unknown."""
    if value is None:
        return ""
    return formats.short_amount(value) if short else formats.hundredths(int(value * 100))


def stage_totals(pipeline: Pipeline, width: int) -> list[str]:
    """Say what the deals of each stage are worth, and weighted by probability, in the same detail as far as it fits."""
    details = zip(*(_totals_at(pipeline, stage) for stage in OPEN_STAGES), strict=True)
    *longer, shortest = details
    fitting = (texts for texts in longer if all(measure(text) <= width for text in texts))
    return list(next(fitting, shortest))


def _totals_at(pipeline: Pipeline, stage: Stage) -> tuple[str, ...]:
    """What the deals of a stage are worth, in less and less detail."""
    deals = pipeline.deals_at(stage)
    total, expected = sum((deal.value or Decimal(0) for deal in deals), Decimal(0)), pipeline.expected(deals)
    return (
        f"{worth(total)} · {worth(expected)} expected",
        f"{worth(total, short=True)} · {worth(expected, short=True)} expected",
        f"{worth(total, short=True)} · {formats.percent(pipeline.chances[stage])}",
        worth(total, short=True),
    )


def deals_title(pipeline: Pipeline, width: int, what: str, *, noted: bool = True) -> Line:
    """Build the title line: the total of open deals, and their value weighted by probability."""
    open_ = [deal for deal in pipeline.deals if deal.stage.open]
    total = sum((deal.value or Decimal(0) for deal in open_), Decimal(0))
    left: Line = [(f" {what}", "bold"), (f"   {len(open_):,} open", "bold")]
    if open_:
        left.append((f"   {worth(total)}", ""))
        left.append((f"   {worth(pipeline.expected(open_))} expected", "dim"))
    if pipeline.stale:
        left.append((f"   ! {len(pipeline.stale)} stale", "warn"))
    if not (noted and pipeline.low_confidence and open_):
        return spans.cut(left, width, measure)
    return spans.justify(left, [("low confidence ", "dim")], width, measure)


def closed_lately(pipeline: Pipeline, width: int, most: int) -> list[Line]:
    """The deals closed last: whether they were won, with whom and why not, for how much and when."""
    closed = [deal for deal in pipeline.deals if deal.closed is not None]
    latest = sorted(closed, key=lambda deal: deal.closed or pipeline.today, reverse=True)[:most]
    days = [formats.near_text(deal.closed, pipeline.today) if deal.closed else "" for deal in latest]
    amounts, longest = max((len(worth(deal.value)) for deal in latest), default=0), max(map(len, days), default=0)
    room = width - amounts - longest - 6
    lines: list[Line] = []
    for deal, day in zip(latest, days, strict=True):
        won = deal.stage is Stage.WON
        who = ", ".join(filter(None, (deal.contact or deal.company, "" if won else deal.reason)))
        lines.append(
            [
                ("✓ ", "good") if won else ("✗ ", "dim"),
                (spans.padded(deal.title, room // 2 - 1, measure) + " ", ""),
                (spans.padded(who, room - room // 2, measure), "dim"),
                (f"  {worth(deal.value):>{amounts}}", ""),
                (f"  {day:>{longest}}", "dim"),
            ]
        )
    return lines


def won_by_month(pipeline: Pipeline, width: int, months: int) -> list[Line]:
    """What was won in each of the last months, the current one first, as bars of the best."""
    this = pipeline.today.year * 12 + pipeline.today.month - 1
    counts, totals = [0] * months, [Decimal(0)] * months
    for deal in pipeline.deals:
        if deal.stage is Stage.WON and deal.closed is not None:
            ago = this - (deal.closed.year * 12 + deal.closed.month - 1)
            if 0 <= ago < months:
                counts[ago] += 1
                totals[ago] += deal.value or Decimal(0)
    most = max(totals)
    texts = [worth(total) if count else "–" for count, total in zip(counts, totals, strict=True)]
    size, digits = max(map(len, texts)), max(len(f"{count:,}") for count in counts)
    lines: list[Line] = []
    for ago, (count, total, text) in enumerate(zip(counts, totals, texts, strict=True)):
        year, month = divmod(this - ago, 12)
        head: Line = [(f"{formats.MONTHS[month]} {year}  ", "dim" if ago else "bold")]
        tail: Line = [(f"  {text:>{size}}", "" if count else "dim"), (f"  {count or '':>{digits}}", "dim")]
        room = width - spans.width_of([*head, *tail], measure)
        drawn = spans.thin_bar(float(total / most), room) if total else [(" " * room, "")]
        lines.append([*head, *drawn, *tail])
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
        lines = [deals_title(pipeline, width, "All deals", noted=len(shown) == self.count())]
        if not pipeline.deals:
            keys = (("n", "add a deal"), ("⇤", "go to contacts"))
            return empty_lines(lines[0], "No deals yet.", keys, width, height)
        short = width < NARROW_LIST
        deals = [pipeline.deals[index] for index in shown]
        amounts = max(5, *(measure(worth(deal.value, short=short)) for deal in deals))
        ends = max(measure(_end(pipeline, deal)) for deal in deals)
        room = max(6, width - LEAD - amounts - STAGE - ends - 4 - bool(ends))
        who = _share([deal.title for deal in deals], [_whose(deal) for deal in deals], room)
        titles = spans.fit_apart([(deal.title, room - who) for deal in deals], measure)
        widths = Widths(room - who, who, amounts, ends)
        rows = zip(shown, titles, strict=True)
        return [*lines, *(self._row(index, title, widths, short=short) for index, title in rows)]

    def _row(self, index: int, title: str, widths: Widths, *, short: bool) -> Line:
        """A deal in one line."""
        pipeline = self.pipeline
        assert pipeline is not None
        deal = pipeline.deals[index]
        chosen = index == self.cursor
        stale = deal.id in pipeline.stale
        amount = worth(deal.value, short=short).rjust(widths.amount)
        sign, style = {Stage.WON: ("✓ ", "good"), Stage.LOST: ("✗ ", "dim")}.get(
            deal.stage, ("! " if stale else "  ", "warn")
        )
        who = spans.padded(_whose(deal), widths.who - GAP, measure) if widths.who else ""
        return [
            spans.pointer(chosen),
            (sign, style),
            (spans.padded(title, widths.title, measure), "cursor" if chosen else "dim" if not deal.stage.open else ""),
            (" " * GAP + who if who else "", "dim"),
            (f"  {amount}  ", ""),
            (spans.padded(deal.stage.label, STAGE, measure), "dim"),
            (f"{_end(pipeline, deal):>{widths.end}} " if widths.end else "", "warn" if stale else "dim"),
        ]


def _whose(deal: Deal) -> str:
    """Return whose a deal is, and why a lost one was lost."""
    reason = deal.reason if deal.stage is Stage.LOST else ""
    return ", ".join(part for part in (deal.contact or deal.company or "", reason) if part)


def _share(titles: Sequence[str], names: Sequence[str], room: int) -> int:
    """Return the cells of the names and the gap before them: as many as they need if the titles leave them, else two
    fifths, and half of those that neither needs.
    """
    title, name = (max(map(measure, texts), default=0) for texts in (titles, names))
    if not name:
        return 0
    name += GAP
    if title + name <= room:
        return name + (room - title - name) // 2
    return min(name, max(room * 2 // 5, room - title))


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
