"""Estimates the rep's own conversion rates, lags and averages from the trials of the funnel (`maths.md` 4 and 5b)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from planner.domain.beta import Beta
from planner.domain.forecast.funnel import Ages, DealFact, Trial
from planner.domain.forecast.lags import AT_ONCE, Lag, Seen, estimate_lag
from planner.domain.forecast.stages import LAGS, Prior
from planner.domain.workdays import DAY

EM_STEPS = 8
UNTOLD = 0.5  # unrecorded losses assumed in addition to the recorded ones
SHOWN_FROM = 0.05  # share of a waiting trial below which it isn't listed behind a rate


@dataclass(frozen=True, slots=True)
class Rate:
    """A stage's rate: the prior, the observations, and the resulting belief.

    `trials` and `successes` are whole numbers of what counts, `weighed` the same weighted by age, `waiting` the trials
    that may still succeed. `lag` is the median in working days, `told` the share of losses that are recorded.
    `low_confidence` means the prior outweighs the data.
    """

    stage: str
    prior: Beta
    trials: int
    successes: int
    weighed: tuple[float, float]
    lag: float
    waiting: int = 0
    behind: tuple[Trial, ...] = field(default=(), repr=False)
    supposed: float | None = None
    told: float = 0.0

    @property
    def posterior(self) -> Beta:
        """The current belief. Under a supposition it has the same strength around the supposed rate."""
        n, s = self.weighed
        found = Beta(self.prior.a + s, self.prior.b + max(0.0, n - s))
        return found if self.supposed is None else found.moved_to(self.supposed)

    @property
    def low_confidence(self) -> bool:
        """Whether the prior still outweighs the observations."""
        return self.prior.strength > self.weighed[0]


def rate_of(stage: str, trials: Sequence[Trial], ages: Ages, prior: Prior, lag: Lag, losses: Lag | None = None) -> Rate:
    """Estimate the rate of a stage from its trials, as of the day of `ages` (`maths.md` 4 and 5b.4).

    A waiting trial counts as failed only to the extent that a win would have come by now, and not to the extent that a
    loss would have been recorded by now. This is the fixed point of the EM algorithm over won, lost and waiting.
    `losses` is the lag of losses, and the share of losses that are recorded is estimated along the way.
    """
    believed = Beta(prior.mean * prior.strength, (1 - prior.mean) * prior.strength)
    known = s = lost = 0.0
    successes = resolved = 0
    waits: list[tuple[Trial, float, float, float]] = []  # weight, and how many wins and losses would be known
    for trial in trials:
        weight, over = ages.weight(trial.day), trial.count - trial.waiting
        if over:
            known += over * weight
            s += trial.won * weight
            lost += (over - trial.won) * weight
            successes += trial.won
            resolved += over
        if trial.waiting:
            gone = trial.share_seen(ages, losses) if losses is not None else 0.0
            waits.append((trial, weight * trial.waiting, trial.share_seen(ages, lag), gone))
    failed, p, told = 0.0, believed.mean, lost / (lost + UNTOLD) if losses is not None and lost else 0.0
    for _ in range(EM_STEPS if waits else 0):
        if losses is not None and lost:
            silent = sum(weight * _p_lost(won, told * gone, p) * gone for _, weight, won, gone in waits)
            told = lost / (lost + silent + UNTOLD)
        failed = sum(weight * _failed(won, told * gone, p) for _, weight, won, gone in waits)
        p = (believed.a + s + max(0.0, -failed)) / (believed.strength + known + abs(failed))
    counted, waiting, hidden = float(resolved), 0.0, set[int]()
    for trial, _, won, gone in waits:
        part = min(1.0, max(0.0, _failed(won, told * gone, p)))
        counted += part * trial.waiting
        waiting += (1 - part) * trial.waiting
        if trial.count == trial.waiting and part < SHOWN_FROM:
            hidden.add(id(trial))
    behind = tuple(trial for trial in trials if id(trial) not in hidden)
    weighed = (known + abs(failed), s + max(0.0, -failed))
    return Rate(
        stage, believed, round(counted), successes, weighed, lag.median, round(waiting), tuple(behind), told=told
    )


def _failed(won: float, lost: float, p: float) -> float:
    """Return the part of a waiting trial that counts as failed (below 0: won), given the wins and losses known."""
    rest = 1 - lost + p * (lost - won)
    return (1 - p) * (won - lost) / rest if rest > 1e-12 else 1.0


def _p_lost(won: float, lost: float, p: float) -> float:
    """Return P(a waiting trial won't be won)."""
    rest = 1 - lost + p * (lost - won)
    return (1 - p) * (1 - lost) / rest if rest > 1e-12 else 1.0


def lag_of(stage: str, trials: Sequence[Trial], ages: Ages) -> Lag:
    """Estimate a stage's lag from the usual one and the rep's own, if contacts or deals show it (`maths.md` 5b.1)."""
    return estimate_lag(LAGS[stage], *_observed(trials, ages, attrgetter("ended"))) if LAGS[stage] else AT_ONCE


def losses_of(stage: str, trials: Sequence[Trial], ages: Ages) -> Lag | None:
    """Estimate how long it takes to record a loss, None if none was ever recorded."""
    own, followed = _observed(trials, ages, attrgetter("lost_on"))
    return estimate_lag(LAGS[stage], own, followed) if own and LAGS[stage] else None


def _observed(
    trials: Sequence[Trial], ages: Ages, end: Callable[[Trial], str | None]
) -> tuple[list[Seen], list[tuple[float, float]]]:
    """Return the lags of contacts and deals until `end` and how long each trial was observed, for `estimate_lag`."""
    own, followed = [], []
    for trial in trials:
        weight, ended = ages.weight(trial.day), end(trial)
        followed.append((ages[trial.since], weight * trial.count))
        if ended is not None and (trial.contact is not None or trial.deal is not None):
            own.append(Seen(ages[trial.since] - ages[ended], weight, ages[trial.since]))
    return own, followed


@dataclass(frozen=True, slots=True)
class AverageDeal:
    """The average deal: the rep's estimate and the deals won, weighted by age. `shrunk` is (k·v₀ + Σv)/(k + n)."""

    estimate: float | None
    seen: int
    weighed: tuple[float, float]

    STRENGTH = 5

    @property
    def shrunk(self) -> float | None:
        """The average to use, None without an estimate or a deal."""
        n, total = self.weighed
        if self.estimate is None:
            return total / n if n > 0 and total > 0 else None
        return (self.STRENGTH * self.estimate + total) / (self.STRENGTH + n)


def average_deal(values: Iterable[tuple[str, float]], ages: Ages, estimate: float | None) -> AverageDeal:
    """Return the average of deals won (day, value), weighted by age, around the rep's own estimate."""
    n = total = 0.0
    seen = 0
    for day, value in values:
        weight = ages.weight(day)
        n, total, seen = n + weight, total + weight * value, seen + 1
    return AverageDeal(estimate, seen, (n, total))


def cycle_days(deals: Iterable[DealFact]) -> list[int]:
    """Return calendar days from opening to winning for every won deal with known dates, shortest first."""
    found = []
    for deal in deals:
        if deal.won and deal.opened is not None and deal.closed is not None:
            days = (date.fromisoformat(deal.closed) - date.fromisoformat(deal.opened)) // DAY
            if days >= 0:
                found.append(days)
    return sorted(found)


def noes(rate: Beta, share: float) -> int:
    """Return the quantile of conversations without a meeting before the next one with, at probability `share`.

    Beta-geometric: P(more than k) = B(a, b + k + 1) / B(a, b). Capped at 10,000.
    """
    still = 1.0
    for k in range(10_000):
        still *= (rate.b + k) / (rate.a + rate.b + k)
        if 1 - still >= share:
            return k
    return 10_000


@dataclass(frozen=True, slots=True)
class WeekdayRate:
    """The conversations per call on a weekday (0 is Monday), shrunk to the overall mean by `STRENGTH` calls."""

    weekday: int
    rate: float
    calls: int

    STRENGTH = 60


def weekday_rates(days: Iterable[tuple[str, int, int]]) -> list[WeekdayRate]:
    """Return the rates by weekday from (day, calls, conversations), best first, empty below 200 calls in all."""
    calls, talks = [0] * 7, [0] * 7
    for day, count, spoken in days:
        weekday = date.fromisoformat(day).weekday()
        calls[weekday] += count
        talks[weekday] += min(spoken, count)
    total = sum(calls)
    if total < 200:
        return []
    mean, strength = sum(talks) / total, WeekdayRate.STRENGTH
    found = [
        WeekdayRate(day, (talks[day] + mean * strength) / (calls[day] + strength), calls[day])
        for day in range(7)
        if calls[day] >= 30
    ]
    return sorted(found, key=lambda each: -each.rate)
