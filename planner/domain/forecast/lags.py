"""How long a stage takes: the distribution of working days from a trial to its outcome (`maths.md` 5b.1).

It combines a prior of three log-normals around the usual lag, worth two observations, with the rep's own lags, each
slightly smoothed. All lags are whole working days, and an outcome on the day of its trial has lag 0.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from operator import mul
from statistics import NormalDist
from typing import NamedTuple

LONGEST = 260  # working days, as anything over a year is assumed never to come
WORTH = 2.0  # observations
SIGMA = 0.7
SHARES_OF_USUAL = (0.1, 0.35, 1.0)
KERNEL = 0.15  # of a lag on either side, plus a day
RAREST = 1e-6  # keeps a single lag from ruling out one of the three
LEAST_FOLLOWED = 0.1  # of the trials: lags that fewer could have shown get no further correction


class Lag:
    """The distribution of a lag, given that the outcome comes at all."""

    __slots__ = ("_beyond", "masses")

    def __init__(self, masses: Sequence[float]) -> None:
        """`masses` are the probabilities of 0, 1, 2 … working days, and the rest up to 1 comes later."""
        self.masses = list(masses)
        self._beyond = [0.0, *accumulate(self.masses)]

    def p_within(self, days: float) -> float:
        """Return F: P(the outcome comes within `days` working days of the trial), interpolated, 0 at −1 and below."""
        if days <= -1:
            return 0.0
        if days < 0:
            return self._beyond[1] * (days + 1)
        if days >= LONGEST:
            return 1.0
        whole = int(days)
        low = self._at(whole)
        return low + (days - whole) * (self._at(whole + 1) - low) if days > whole else low

    def _at(self, days: int) -> float:
        return self._beyond[min(days + 1, len(self._beyond) - 1)] if days < LONGEST else 1.0

    def followed_by(self, following: Lag, longest: int = LONGEST) -> Lag:
        """Return the lag of two consecutive stages, up to `longest` days."""
        found = [0.0] * (longest + 1)
        second = following.masses
        for start, mass in enumerate(self.masses[: longest + 1]):
            if mass > 1e-12:
                size = min(len(second), longest + 1 - start)
                at = slice(start, start + size)
                found[at] = [here + mass * other for here, other in zip(found[at], second, strict=False)]
        return Lag(found)

    @property
    def median(self) -> float:
        """The working days within which half the outcomes come, to a tenth."""
        low = next((day for day in range(LONGEST) if self._at(day) >= 0.5), LONGEST)
        before = self._at(low - 1) if low else 0.0
        return round(low - (self._at(low) - 0.5) / max(self._at(low) - before, 1e-9), 1) if low else 0.0

    def both_within(self, following: Lag, since: float, until: float) -> float:
        """Return P(this outcome comes after `since` days and the following one by `until`, both from the start)."""
        first = max(0, math.floor(since) + 1)
        last = min(math.floor(until), LONGEST - 1, len(self.masses) - 1)
        # a partial day counts as that part
        return sum(self.masses[day] * following.p_within(until - day) for day in range(first, last + 1))


AT_ONCE = Lag([1.0])


@cache
def components(lag: float) -> tuple[Lag, ...]:
    """Return the three lags considered possible a priori: quick, medium and the usual one."""
    found = []
    for share in SHARES_OF_USUAL:
        curve = NormalDist(math.log(share * lag), SIGMA)
        edges = [0.0, *(curve.cdf(math.log(day + 0.5)) for day in range(LONGEST))]
        found.append(Lag([high - low for low, high in pairwise(edges)]))
    return tuple(found)


def prior_lag(lag: float) -> Lag:
    """Return the prior of a lag, around the usual one of the stage."""
    return _mixture(lag, [1.0] * len(SHARES_OF_USUAL)) if lag > 0 else AT_ONCE


def _mixture(lag: float, weights: Sequence[float]) -> Lag:
    total = sum(weights)
    rows = [each.masses for each in components(lag)]
    return Lag([sum(map(mul, weights, masses)) / total for masses in zip(*rows, strict=True)])


class Seen(NamedTuple):
    """An observed lag: its length in working days, its weight, and the age of its trial today."""

    days: float
    weight: float
    age: float


def estimate_lag(lag: float, own: Sequence[Seen], followed: Sequence[tuple[float, float]]) -> Lag:
    """Estimate the lag of a stage from the usual one and the rep's own.

    `followed` is how long each trial has been observed, with its weight. A long lag shows only in old trials, so it
    also stands for the younger ones (inverse-probability weighting). The likelihood of the own lags, given that they
    had come by now, decides which of the three usual lags it is.
    """
    if not own or lag <= 0:
        return prior_lag(lag)
    logs = [
        sum(
            each.weight * math.log(max(RAREST, part.masses[_whole_days(each.days)] / part.p_within(each.age)))
            for each in own
        )
        for part in components(lag)
    ]
    prior = _mixture(lag, [math.exp(each - max(logs)) for each in logs])
    ages = sorted(followed)
    behind = list(accumulate(weight for _, weight in reversed(ages)))[::-1]
    total = behind[0] if behind else 0.0
    masses = [WORTH * mass for mass in prior.masses]
    weighed = scaled = 0.0
    spread: list[tuple[float, float]] = []
    for days, weight, _ in own:
        at = bisect_left(ages, (days, -1.0))
        seen = behind[at] / total if total and at < len(behind) else LEAST_FOLLOWED
        share = weight / max(seen, LEAST_FOLLOWED)
        spread.append((days, share))
        weighed, scaled = weighed + weight, scaled + share
    # the correction doesn't make them more observations
    for days, share in spread:
        _smooth(masses, days, share * weighed / scaled)
    whole = WORTH + weighed
    return Lag([mass / whole for mass in masses])


def _whole_days(days: float) -> int:
    return min(max(0, round(days)), LONGEST - 1)


def _smooth(masses: list[float], days: float, weight: float) -> None:
    """Add a lag as a triangle around it."""
    width = 1 + KERNEL * days
    first, last = max(0, math.ceil(days - width)), math.floor(days + width)
    parts = [(day, 1 - abs(day - days) / width) for day in range(first, last + 1)]
    total = sum(part for _, part in parts)
    for day, part in parts:
        if day < len(masses):
            masses[day] += weight * part / total
