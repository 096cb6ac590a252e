"""Forecasts where the period will end at the pace so far (`maths.md` 6), and how long the rep's deals take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from planner.domain.distributions import negative_binomial
from planner.domain.forecast.amounts import SHARE, Forecast, interval

PRIOR_DAYS = 10.0  # κ
NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class CountForecast:
    """Distribution of the count still to come in the days left: negative binomial of `size` r, so that a day has mean
    r/(β + E).
    """

    size: float
    scale: float  # R/(β + E)

    @property
    def mean(self) -> float:
        """Expected number."""
        return self.size * self.scale

    @property
    def masses(self) -> list[float]:
        """P(0), P(1), P(2) … more."""
        return negative_binomial(self.size, self.scale)

    def times(self, factor: float) -> CountForecast:
        """Return the same at another pace, or over more days."""
        return CountForecast(self.size, self.scale * factor)


def by_pace(rate: float, done: float, elapsed: float, left: float, worth: float = PRIOR_DAYS) -> CountForecast:
    """Return the count to come in the days left: a Gamma prior `worth` κ days at `rate` per working day, updated by
    `done` in `elapsed`.
    """
    return CountForecast(worth * rate + done, left / (worth + elapsed))


def calls_by_pace(done: int, days: Sequence[tuple[float, int]], left: float) -> Forecast | None:
    """Return calls by the end of the period: those made, plus the days left at the rep's own daily rate.

    `days` are working weight and calls of each past day. They give the mean of a full day and its spread: over n days
    left the spread grows with √n, and the mean itself is uncertain. None with fewer than five days, or without any
    call.
    """
    worked = [(weight, calls) for weight, calls in days if weight > 0]
    total = sum(weight for weight, _ in worked)
    if len(worked) < 5 or not any(calls for _, calls in worked):
        return None
    mean = sum(calls for _, calls in worked) / total
    variance = sum((calls - mean * weight) ** 2 / weight for weight, calls in worked) / (len(worked) - 1)
    reach = NORMAL.inv_cdf(0.5 + SHARE / 2) * math.sqrt(variance * left * (1 + left / total))
    expected = done + mean * left
    return Forecast(expected, max(float(done), expected - reach), expected + reach, expected)


def count_interval(done: int, more: CountForecast) -> Forecast:
    """Return a count at the end of the period with its 80% interval, in whole numbers."""
    low, high, median = interval(more.masses)
    return Forecast(done + more.mean, done + low, done + high, done + median)


@dataclass(frozen=True, slots=True)
class Cycles:
    """How long the rep's deals take: calendar days from opening to winning, shortest first."""

    days: tuple[int, ...]

    BELIEVED_FROM = 5

    @property
    def known(self) -> bool:
        """Whether there are enough to rely on."""
        return len(self.days) >= self.BELIEVED_FROM

    @property
    def mean(self) -> float | None:
        """Mean of the deals won, in days, None without any."""
        return sum(self.days) / len(self.days) if self.days else None

    @property
    def stale_after(self) -> int | None:
        """Days after which a deal hardly counts: twice the longest, None while too little is known.

        Never under two weeks, as deals recorded on the day they were won say little about open ones.
        """
        return max(14, 2 * self.days[-1]) if self.known else None


def disagree(one: Forecast, other: Forecast) -> bool:
    """Whether two forecasts disagree: neither median lies in the other's interval."""
    return not (other.low <= one.median <= other.high or one.low <= other.median <= one.high)
