"""The pane of the deal under the cursor, and the totals of the stages. Data in, lines out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients.deals import OPEN_STAGES, Deal, Stage
from planner.domain.text import plural
from planner.tui.clients.widgets.deals import stage_totals, worth
from planner.tui.clients.widgets.dossier import LABEL, MARGIN, FileLines, on_panel, wrapped
from planner.tui.shared import big, spans
from planner.tui.shared.panels import GAP, aired_to_fit, beside
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.services.clients.dossier import Dossier
    from planner.services.clients.pipeline import Pipeline

TOTAL = 14  # cells of a stage's total below the table
TITLE_LINES, EVENT_LINES = 2, 3  # at most


class DealPane(FileLines):
    """The deal under the cursor and its history: on a large screen beside the others, otherwise below a short board.
    With the table also the stages, on a smaller screen only those, with the number of their deals and their worth.
    """

    FIXED_HEIGHT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pipeline: Pipeline | None = None
        self.deal: Deal | None = None
        self.dossier: Dossier | None = None
        self.stages = False

    def show(self, pipeline: Pipeline | None, deal: Deal | None, now: datetime, today: date, *, stages: bool) -> None:
        """Show a deal of a pipeline, with the stages if they aren't beside it anyway."""
        if deal is None or self.deal is None or deal.id != self.deal.id:
            self.first = 0
        if deal is None or self.dossier is None or self.dossier.contact.id != deal.contact_id:
            self.dossier = None  # until theirs is read
        self.pipeline, self.deal, self.now, self.today, self.stages = pipeline, deal, now, today, stages
        self.redraw()

    def show_dossier(self, dossier: Dossier | None) -> None:
        """Show what is known of the deal's contact."""
        self.dossier = dossier
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if not spans.is_large(*self.app.size):
            return self._totals(width) if self.stages else self._brief_panels(width, height)
        stages = self._stage_bars(width - MARGIN) if self.stages else []
        room = height - (len(stages) + 2 if stages else 0)
        deal = self._deal(width - MARGIN)
        low = min(len(deal), room * 2 // 3)
        rest = room - low - 3  # below the first panel, an empty row and the edge of the second
        title, air, *events = self._history(width - MARGIN, height)
        history = [title, air, *aired_to_fit(events, rest - 2)]
        self.first = min(self.first, max(0, len(deal) - low, len(history) - rest))
        lines = [
            *on_panel(self.part_in_sight(deal, low), width),
            [],
            *on_panel(self.part_in_sight(history, rest), width, rest + 1),
        ]
        return [*lines, [], *on_panel(stages, width)] if stages else lines

    def _brief_panels(self, width: int, height: int) -> list[Line]:
        """Below a short board: what is known of the deal, and beside it what has happened with its contact."""
        if not spans.is_roomy(*self.app.size):
            lines = [*self._brief(width), [], *self._history(width, height)]
            self.first = min(self.first, max(0, len(lines) - height))
            shown = self.part_in_sight(lines, height)
        else:
            left = (width - GAP) // 2
            right = width - GAP - left
            parts = self._brief(left - MARGIN), self._history(right - MARGIN, height)
            high = height - 1
            self.first = min(self.first, max(0, max(map(len, parts)) - high))
            one, other = ([*self.part_in_sight(part, high), *[[]] * (high - len(part))] for part in parts)
            shown = beside(on_panel(one, left), on_panel(other, right), left, measure)
        return [*shown, *[[]] * (height - len(shown))]

    def _brief(self, width: int) -> list[Line]:
        """The deal without its large figures."""
        deal = self.deal
        if deal is None or self.pipeline is None:
            return []
        value = worth(deal.value)
        title = spans.fit(deal.title, width - measure(value) - 4, measure)
        head = spans.justify([(f" {title}", "bold")], [(f"{value} ", "bold")], width, measure)
        return [head, [], *self._facts(deal, self.pipeline, width)]

    def _deal(self, width: int) -> list[Line]:
        """What is known of the deal, the figures first."""
        deal, pipeline = self.deal, self.pipeline
        if deal is None or pipeline is None:
            return [[(" No deal is selected.", "dim")]]
        title = wrapped(deal.title, width - 2, TITLE_LINES)
        lines: list[Line] = [[(f" {part}", "bold")] for part in title]
        return [*lines, [], *self._value(deal, width), [], *self._facts(deal, pipeline, width)]

    def _facts(self, deal: Deal, pipeline: Pipeline, width: int) -> list[Line]:
        """How far the deal is, what is next, and whose it is."""
        lines = self._stage(deal, pipeline, width)
        if deal.opened is not None:
            age = plural((self.today - deal.opened).days, "day", "days")
            lines += self.fact("opened", f"{formats.near_text(deal.opened, self.today)}, {age} ago", "", width)
        if deal.stage.open:
            late = deal.expected_close is not None and deal.expected_close < self.today
            close = "" if deal.expected_close is None else formats.near_text(deal.expected_close, self.today)
            lines += self.fact("close", f"! {close}" if late else close or "no date set", "warn" if late else "", width)
            lines += self._next(deal, pipeline, width)
        lines += [[], *self._whose(deal, width)]
        end = deal.runs_until(self.today)
        lines += self.fact("runs until", "" if end is None else formats.near_text(end, self.today), "", width)
        lines += self.fact("lost because", deal.reason if deal.stage is Stage.LOST else "", "", width)
        return [*lines, *self.fact("notes", deal.notes, "", width)]

    def _value(self, deal: Deal, width: int) -> list[Line]:
        """The value in large figures, or in plain ones where there is no room for those."""
        text = worth(deal.value)
        rows = big.big(text)
        if text and len(rows[0]) < width - 2:
            return [[(f" {row}", "fill")] for row in rows]
        return [[(f" {text or 'no value yet'}", "bold" if text else "dim")]]

    def _stage(self, deal: Deal, pipeline: Pipeline, width: int) -> list[Line]:
        """How far the deal is, for how long, and what it is worth at the odds of its stage."""
        if not deal.stage.open:
            closed = "" if deal.closed is None else f" {formats.near_text(deal.closed, self.today)}"
            return self.fact("stage", f"{deal.stage.label}{closed}", "good" if deal.stage is Stage.WON else "", width)
        place = OPEN_STAGES.index(deal.stage) + 1
        bar = spans.thin_bar(place / len(OPEN_STAGES), 4 * len(OPEN_STAGES))
        waits, stale = pipeline.waits(deal), deal.id in pipeline.stale
        since = "" if waits is None else f"{'! stale, ' if stale else ''}{plural(waits, 'day', 'days')}"
        line: Line = [(" stage".ljust(LABEL), "dim"), *bar, (f"  {deal.stage.label}", "bold")]
        line.append((f"  {since}" if since else "", "warn" if stale else ""))
        odds = formats.percent(pipeline.chances[deal.stage])
        return [
            spans.cut(line, width, measure),
            *self.fact("expected", f"{worth(pipeline.expected([deal]))} at odds of {odds}", "", width),
        ]

    def _next(self, deal: Deal, pipeline: Pipeline, width: int) -> list[Line]:
        """The next step with its contact. Until that is read, only whether there is one."""
        if self.dossier is None and deal.id not in pipeline.stepless:
            return [[(" next step".ljust(LABEL), "dim"), ("…", "dim")]]
        step = None if self.dossier is None else self.dossier.next_step
        return self.next_step(step, [("p", "accent"), (" promise one", "dim")], width)

    def _whose(self, deal: Deal, width: int) -> list[Line]:
        lines = self.fact("contact", deal.contact or "none yet", "" if deal.contact else "dim", width)
        lines += self.fact("company", deal.company or "", "", width)
        if self.dossier is not None:
            contact = self.dossier.contact
            for label, ways in (("phone", contact.phones), ("email", contact.emails)):
                lines += self.fact(label, "  ".join(way.value for way in ways if not way.wrong), "", width)
        return lines

    def _history(self, width: int, height: int) -> list[Line]:
        """What has happened with its contact, newest first. A long history isn't wrapped, which would take too long."""
        events = () if self.dossier is None else self.dossier.history
        head: Line = [(" History", "bold"), (f"   {len(events)}" if events else "", "dim")]
        return [
            head,
            [],
            *self.events([("", event) for event in events], width - 1, EVENT_LINES if len(events) <= height else 1),
        ]

    def _stage_bars(self, width: int) -> list[Line]:
        """A bar for what the deals of each stage are worth."""
        pipeline = self.pipeline
        if pipeline is None:
            return []
        values = [
            sum((deal.value or Decimal(0) for deal in pipeline.deals_at(each)), Decimal(0)) for each in OPEN_STAGES
        ]
        lines: list[Line] = [[(" Stages", "bold")], []]
        for stage, value, total in zip(OPEN_STAGES, values, stage_totals(pipeline, TOTAL), strict=True):
            name = f" {stage.label} {len(pipeline.deals_at(stage)):,}".ljust(LABEL + 6)
            room = width - len(name) - TOTAL - 1
            bar = spans.thin_bar(float(value / max(values)) if value else 0.0, room)
            lines.append([(name, "dim"), *bar, (total.rjust(TOTAL), "")])
        return lines

    def _totals(self, width: int) -> list[Line]:
        """The stages in as few lines as they fit, below the table."""
        pipeline = self.pipeline
        lines: list[Line] = [[]]
        if pipeline is None:
            return lines
        for stage, total in zip(OPEN_STAGES, stage_totals(pipeline, TOTAL), strict=True):
            deals = len(pipeline.deals_at(stage))
            part: Line = [(f" {stage.label}", "bold"), (f" {deals:,}", ""), (f"  {total}  ", "dim")]
            if lines[-1] and spans.width_of([*lines[-1], *part], measure) > width:
                lines.append([])
            lines[-1] += part
        return lines
