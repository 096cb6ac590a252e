"""What the log and the deals say of each stage of the funnel, kept while what it rests on stays the same.

It is most of the work of a forecast, and a plan, a goal, a day off or a deal that moves on changes little of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from planner.domain.forecast.funnel import OUTCOMES, TRIALS, Ages, DealFact, Event, Trial, pair_trials
from planner.domain.forecast.lags import Lag
from planner.domain.forecast.rates import Rate, lag_of, losses_of, rate_of
from planner.domain.forecast.stages import STAGES, Prior

KEPT = 4  # of each stage: as of now and of this morning, with the day going on and over


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage's trials with their outcomes, how long an outcome takes, how long a loss takes to be recorded (None
    without any), and its rate.
    """

    trials: list[Trial]
    lag: Lag
    losses: Lag | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class _Known:
    """A stage and what it rests on."""

    events: Sequence[Event]
    deals: Sequence[DealFact]
    ages: Ages
    prior: Prior
    stage: Stage


@dataclass(slots=True)
class Learned:
    """The stages worked out last."""

    _known: dict[str, list[_Known]] = field(default_factory=dict)

    def find(self, stage: str, events: Sequence[Event], deals: Sequence[DealFact], ages: Ages, prior: Prior) -> Stage:
        """Return what the log and the deals say of a stage."""
        deals = tuple(deals) if stage == STAGES[-1] else ()  # no other stage looks at them
        kinds = TRIALS[stage].keys() | OUTCOMES[stage].keys()
        events = [each for each in events if each.kind in kinds]  # a call that nobody answers is one stage's alone
        known = self._known.setdefault(stage, [])
        for each in known:
            if (each.prior, each.deals) == (prior, deals) and each.events == events and each.ages == ages:
                return each.stage
        trials = pair_trials(stage, events, deals)
        lag, losses = lag_of(stage, trials, ages), losses_of(stage, trials, ages)
        found = Stage(trials, lag, losses, rate_of(stage, trials, ages, prior, lag, losses))
        known.insert(0, _Known(events, deals, ages, prior, found))
        del known[KEPT:]
        return found
