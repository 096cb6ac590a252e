"""How long a stage takes: the distribution of working days from a trial to its outcome (`maths.md` 5b.1).

A prior of three log-normals about the usual lag, worth two observations, and the rep's own lags, each smoothed a
little. Everything is on whole working days: an outcome on the day of its trial has lag 0.
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

LONGEST = 260  # working days; what takes longer than a year is taken never to come
WORTH = 2.0  # observations
SIGMA = 0.7
SHARES_OF_USUAL = (0.1, 0.35, 1.0)
KERNEL = 0.15  # of a lag, to both sides, and a day
RAREST = 1e-6  # no single lag rules one of the three out
LEAST_FOLLOWED = 0.1  # of the trials: a lag that fewer could have shown isn't made up for any further


class Lag:
    """The distribution of a lag, once the outcome comes at all."""

    __slots__ = ("_beyond", "masses")

    def __init__(self, masses: Sequence[float]) -> None:
        """`masses` are the probabilities of 0, 1, 2 … working days; what they leave of 1 comes later than that."""
        self.masses = list(masses)
        self._beyond = [0.0, *accumulate(self.masses)]

    def within(self, days: float) -> float:
        """F: P(the outcome comes within so many working days of the trial); 0 below 0, read between whole ones."""
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

    def then(self, following: Lag, longest: int = LONGEST) -> Lag:
        """The lag of two stages, one behind the other, told up to so many days."""
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
        """The working days within which half of the outcomes come, to a tenth."""
        low = next((day for day in range(LONGEST) if self._at(day) >= 0.5), LONGEST)
        before = self._at(low - 1) if low else 0.0
        return round(low - (self._at(low) - 0.5) / max(self._at(low) - before, 1e-9), 1) if low else 0.0

    def both_within(self, following: Lag, since: float, until: float) -> float:
        """P(this outcome comes after `since` days and the following one until `until` days, both from the start)."""
        first = max(0, math.floor(since) + 1)
        last = min(math.floor(until), LONGEST - 1, len(self.masses) - 1)
        # a part of a day that is still to come counts as that part
        return sum(self.masses[day] * following.within(until - day) for day in range(first, last + 1))


AT_ONCE = Lag([1.0])


@cache
def components(lag: float) -> tuple[Lag, ...]:
    """The three lags that are thought possible before the rep's own are known: quick, medium, the usual one."""
    found = []
    for share in SHARES_OF_USUAL:
        curve = NormalDist(math.log(share * lag), SIGMA)
        edges = [0.0, *(curve.cdf(math.log(day + 0.5)) for day in range(LONGEST))]
        found.append(Lag([high - low for low, high in pairwise(edges)]))
    return tuple(found)


def usual(lag: float) -> Lag:
    """What is believed of a lag before the rep's own are known, about the usual one of the stage."""
    return _mixture(lag, [1.0] * len(SHARES_OF_USUAL)) if lag > 0 else AT_ONCE


def _mixture(lag: float, weights: Sequence[float]) -> Lag:
    total = sum(weights)
    rows = [each.masses for each in components(lag)]
    return Lag([sum(map(mul, weights, masses)) / total for masses in zip(*rows, strict=True)])


class Seen(NamedTuple):
    """An own lag: its working days, what it weighs, and how old its trial is today."""

    days: float
    weight: float
    age: float


def learnt(lag: float, own: Sequence[Seen], followed: Sequence[tuple[float, float]]) -> Lag:
    """The lag of a stage out of the usual one and the rep's own.

    `followed` is how long each trial has been watched, with its weight: a long lag is seen only of trials that are old
    enough, so it stands for those that aren't as well (inverse-probability weighting). Which of the three usual lags it
    is, the own ones tell by their likelihood, given that they had come by now.
    """
    if not own or lag <= 0:
        return usual(lag)
    logs = [
        sum(each.weight * math.log(max(RAREST, part.masses[_whole(each.days)] / part.within(each.age))) for each in own)
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
    # made up for, they are still no more observations than they are
    for days, share in spread:
        _smooth(masses, days, share * weighed / scaled)
    whole = WORTH + weighed
    return Lag([mass / whole for mass in masses])


def _whole(days: float) -> int:
    return min(max(0, round(days)), LONGEST - 1)


def _smooth(masses: list[float], days: float, weight: float) -> None:
    """Add a lag, as a triangle about it."""
    width = 1 + KERNEL * days
    first, last = max(0, math.ceil(days - width)), math.floor(days + width)
    parts = [(day, 1 - abs(day - days) / width) for day in range(first, last + 1)]
    total = sum(part for _, part in parts)
    for day, part in parts:
        if day < len(masses):
            masses[day] += weight * part / total
