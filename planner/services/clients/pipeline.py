"""Shows the pipeline: open deals by stage, their probability from the rep's own rates, and stale ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from planner.domain.clients.deals import OPEN_STAGES, Deal, Stage
from planner.domain.workdays import month_of
from planner.services.context import AppContext
from planner.services.day.reading import reading
from planner.store.clients import deals as store


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The pipeline: its deals, open ones first, the odds of each open stage, and the ids of deals older than
    `stale_after` days, and of open ones without a next step.

    `low_confidence` means that the odds rest on the priors more than on the rep's own deals.
    """

    deals: tuple[Deal, ...]
    chances: Mapping[Stage, float]
    stale: frozenset[int]
    stale_after: int | None
    low_confidence: bool
    today: date
    currency: str | None = None
    stepless: frozenset[int] = frozenset()

    def deals_at(self, stage: Stage) -> list[Deal]:
        """Return the deals of a stage."""
        return [deal for deal in self.deals if deal.stage is stage]

    def expected(self, deals: Sequence[Deal]) -> Decimal:
        """Return the probability-weighted value of open deals."""
        worth = sum((Decimal(deal.value or 0) * Decimal(str(self.chances[deal.stage])) for deal in deals), Decimal(0))
        return round(worth, 2)

    def age(self, deal: Deal) -> int | None:
        """Return the days since a deal was opened."""
        return None if deal.opened is None else (self.today - deal.opened).days

    def waits(self, deal: Deal) -> int | None:
        """Return the days since a deal reached its stage."""
        since = deal.stage_since or deal.opened
        return None if since is None else (self.today - since).days


EMPTY = Pipeline((), dict.fromkeys(OPEN_STAGES, 0.0), frozenset(), None, True, date.min)


def read(ctx: AppContext) -> Pipeline | None:
    """Return the current pipeline, or None without a database."""
    if not ctx.database.exists():
        return None
    with reading(ctx) as read_:
        assert read_.reads is not None
        known = read_.outlook(month_of(read_.today))
        deals = store.query(read_.reads, closed=True)
        stepless = store.without_step(read_.reads)
        currency = read_.currency
    betas, facts = known.betas, known.facts
    closing = betas["deal"].mean
    talking = betas["proposal"].mean * closing
    return Pipeline(
        deals=tuple(deals),
        chances={
            Stage.TALK: talking,
            Stage.MEETING: talking,
            Stage.PROPOSAL: closing,
            Stage.CLOSING: closing,
        },
        stale=frozenset(deal.id for deal in facts.stale),
        stale_after=facts.cycles.stale_after,
        low_confidence=facts.rates["deal"].low_confidence,
        today=ctx.today(),
        currency=currency,
        stepless=stepless,
    )
