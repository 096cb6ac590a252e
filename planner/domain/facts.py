"""What was read for the odds of a month, and what follows from it by itself: trials, rates, what waits, what is stale.

No supposition touches any of it (`outlook.py`). Amounts are in units of the currency, days in working days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from planner.domain.forecast import Cycles
from planner.domain.funnel import (
    Ages,
    AverageDeal,
    DealFact,
    Event,
    Rate,
    Trial,
    average_deal,
    cycle_days,
    rate_of,
    settled,
)
from planner.domain.sizing import DEFAULT_PROBABILITY
from planner.domain.stages import PRIORS, STAGES, Prior

WAITING = ("meeting-held", "proposal", "deal")  # the stages with a lag: their trials can wait
# Where an open deal waits: for which stage it is a trial.
WAITS_AT = {"talk": "proposal", "meeting": "proposal", "proposal": "deal", "closing": "deal"}


@dataclass(frozen=True)
class Facts:
    """What was read: the log and the deals up to a moment, the month, its figures, and what a day holds.

    `elapsed`, `left` and `weight_today` are working days of the days that count; `weight_today` is 0 once the day is
    closed or lies outside. `calls_per_day` is what a full day holds, `calls_from` says by what (`set`, `blocks`,
    `default`). `recent` is the deals of the last three months and their working days (no days: no history),
    `recent_proposals` their proposals. `call_days` are working weight and calls of the days that are over.
    `days_to_end` are calendar days, `first_day` the first that counts, `brought_in` what of `booked` was won before it.
    """

    today: date
    ages: Ages
    events: Sequence[Event]
    deals: Sequence[DealFact]
    total: float
    elapsed: float
    left: float
    weight_today: float
    days_to_end: int
    first_day: date | None = None
    quota: float | None = None
    plan: float | None = None
    expected_other: float = 0.0
    estimate: float | None = None
    booked: float = 0.0
    brought_in: float = 0.0
    deals_done: int = 0
    dials_today: int = 0
    dials_done: int = 0
    call_days: Sequence[tuple[float, int]] = ()
    proposals_done: int = 0
    recent_proposals: int = 0
    logged_values: Sequence[tuple[str, float]] = ()
    calls_per_day: float = 100.0
    calls_from: str = "default"
    minutes_per_dial: float | None = None
    recent: tuple[int, float] = (0, 0.0)
    priors: Mapping[str, Prior] = field(default_factory=lambda: dict(PRIORS))
    wanted: float = DEFAULT_PROBABILITY

    @cached_property
    def trials(self) -> dict[str, list[Trial]]:
        """The trials of each stage with what came of them."""
        return {stage: settled(stage, self.events, self.deals) for stage in STAGES}

    @cached_property
    def rates(self) -> dict[str, Rate]:
        """The rate of each stage."""
        return {stage: rate_of(stage, self.trials[stage], self.ages, self.priors[stage]) for stage in STAGES}

    @cached_property
    def average(self) -> AverageDeal:
        """What a deal brings."""
        return average_deal(self.deal_values, self.ages, self.estimate)

    @cached_property
    def deal_values(self) -> list[tuple[str, float]]:
        """Day and value of every deal won whose value is known."""
        won = [(deal.closed, deal.value) for deal in self.deals if deal.won and deal.closed and deal.value]
        return [*self.logged_values, *((day, value) for day, value in won if day is not None and value is not None)]

    @cached_property
    def cycles(self) -> Cycles:
        """How long deals take."""
        return Cycles(tuple(cycle_days(self.deals)))

    def age_of(self, deal: DealFact) -> int | None:
        """Calendar days that a deal has been open; None where it isn't known."""
        return None if deal.opened is None else max(0, (self.today - date.fromisoformat(deal.opened)).days)

    @cached_property
    def stale(self) -> tuple[DealFact, ...]:
        """Open deals older than twice the longest cycle."""
        limit = self.cycles.stale_after
        if limit is None:
            return ()
        return tuple(deal for deal in self.deals if deal.won is None and (self.age_of(deal) or 0) > limit)

    @cached_property
    def live(self) -> tuple[DealFact, ...]:
        """Open deals that aren't stale."""
        stale = {deal.id for deal in self.stale}
        return tuple(deal for deal in self.deals if deal.won is None and deal.id not in stale)

    @cached_property
    def open(self) -> dict[str, int]:
        """What waits at each stage: booked meetings, held ones, proposals. No customer counts twice.

        A contact stands where they have come furthest, by the log or by an open deal; a deal that was closed since
        takes what waited with it. What waits with nobody in particular is taken for the open deals that no trial was
        found for, as far as there are any.
        """
        deals: dict[int, list[int]] = {}
        nobodys_deals = [0, 0, 0]
        for deal in self.live:
            at = WAITING.index(WAITS_AT.get(deal.stage, "proposal"))
            if deal.contact is None:
                nobodys_deals[at] += 1
            else:
                deals.setdefault(deal.contact, []).append(at)
        closed: dict[int, str] = {}
        for deal in self.deals:
            if deal.contact is not None and deal.closed is not None:
                closed[deal.contact] = max(deal.closed, closed.get(deal.contact, ""))
        found, nobodys = [0, 0, 0], [0, 0, 0]
        waiting: dict[int, dict[int, int]] = {}
        for at, stage in enumerate(WAITING):
            lag = self.rates[stage].lag
            for trial in self.trials[stage]:
                if not trial.waiting or trial.ripe(self.ages, lag):
                    continue
                if trial.contact is None:
                    nobodys[at] += trial.waiting
                elif closed.get(trial.contact, "") < trial.day:
                    row = waiting.setdefault(trial.contact, {})
                    row[at] = row.get(at, 0) + trial.waiting
        for contact, stages in deals.items():
            furthest = max(waiting.get(contact, {}), default=-1)
            stages[stages.index(max(stages))] = max(furthest, *stages)
            for at in stages:
                found[at] += 1
        for contact, row in waiting.items():
            if contact not in deals:
                found[max(row)] += row[max(row)]
        unlogged = [
            nobodys_deals[at] + sum(at in stages for contact, stages in deals.items() if contact not in waiting)
            for at in range(len(WAITING))
        ]
        nobodys = [max(0, waits - deals_there) for waits, deals_there in zip(nobodys, unlogged, strict=True)]
        return {stage: found[at] + nobodys_deals[at] + nobodys[at] for at, stage in enumerate(WAITING)}

    @cached_property
    def noes_heard(self) -> int:
        """Conversations without a meeting since the day of the last meeting booked."""
        last = max((event.day for event in self.events if event.kind in ("meeting-booked", "dial-meeting")), default="")
        return sum(
            event.times for event in self.events if event.kind in ("conversation", "dial-spoken") and event.day > last
        )
