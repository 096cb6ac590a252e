"""Estimates whether a deal is won, lost or still open by its age in calendar days (`maths.md` 5b.5).

For reps who log few calls, or don't record losses: the Aalen–Johansen estimate of competing risks. An open deal is at
risk at every age it has reached and says nothing about later ones, so deals that have long been silent fade by
themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache, cached_property
from itertools import accumulate, pairwise
from statistics import NormalDist
from typing import NamedTuple

from planner.domain.beta import Beta

LONGEST = 730  # days of age, beyond which nothing is known
WORTH = 2.0  # deals that the prior is worth
PRIOR_WIN, PRIOR_MEDIAN, PRIOR_SIGMA, PRIOR_LONGEST = 0.4, 40.0, 0.7, 120
LATELY = 90  # days
POINTS = 5


class Life(NamedTuple):
    """A deal's history for the estimate: its age when it was `won` (True) or lost (False), or its age now if open
    (None), and its weight.
    """

    age: int
    won: bool | None
    weight: float = 1.0


@cache
def _prior() -> tuple[list[float], list[float]]:
    """Return by age the share of the prior's deals that close then, and that are still open before."""
    curve = NormalDist(math.log(PRIOR_MEDIAN), PRIOR_SIGMA)
    edges = [0.0, *(curve.cdf(math.log(day + 0.5)) for day in range(PRIOR_LONGEST + 1))]
    masses = [(high - low) / edges[-1] for low, high in pairwise(edges)]
    return masses, [1 - before for before in [0.0, *accumulate(masses)][:-1]]


class Risks:
    """The hazards of winning and losing by age, from the rep's own deals and a prior."""

    def __init__(self, lives: Iterable[Life], opened_lately: int = 0, watched: int = LATELY) -> None:
        """`opened_lately` deals were opened within the last `watched` days."""
        self.opened_lately = opened_lately
        self._rate = opened_lately / watched if watched > 0 else 0.0
        won, lost, gone = ([0.0] * (LONGEST + 2) for _ in range(3))
        wins = seen = 0.0
        for age, result, weight in lives:
            at = min(max(age, 0), LONGEST)
            gone[at + 1] += weight
            seen += weight
            if result is True:
                won[at] += weight
                wins += weight
            elif result is False:
                lost[at] += weight
        self._wins, self._seen = wins, seen
        closing, waiting = _prior()
        at_risk, still = seen, 1.0
        self._open: list[float] = [1.0]  # P(still open before an age)
        cumulative = [0.0]
        for age in range(LONGEST + 1):
            at_risk = max(0.0, at_risk - gone[age])
            prior = WORTH * closing[age] if age <= PRIOR_LONGEST else 0.0
            risk = at_risk + (WORTH * max(0.0, waiting[age]) if age <= PRIOR_LONGEST else 0.0)
            win, end = won[age] + PRIOR_WIN * prior, won[age] + lost[age] + prior
            if risk > 1e-9:
                cumulative.append(cumulative[-1] + still * min(1.0, win / risk))
                still *= max(0.0, 1 - end / risk)
            else:
                cumulative.append(cumulative[-1])
            self._open.append(still)
        self._won = cumulative

    def wins_within(self, age: int, days: int) -> float:
        """Return P(a deal open at this age is won within `days` days, including today)."""
        start = min(max(age, 0), LONGEST + 1)
        if days <= 0 or self._open[start] <= 1e-12:
            return 0.0
        end = min(start + days, LONGEST + 1)
        return min(1.0, (self._won[end] - self._won[start]) / self._open[start])

    def new_wins(self, days: int) -> float:
        """Return the expected wins within `days` days among deals not opened yet."""
        return self._rate * sum(self._won[min(left, LONGEST + 1)] for left in range(1, days + 1))

    def new_deals(self, days: int) -> float:
        """Return the number of deals expected to be opened within `days` days."""
        return self._rate * days

    @property
    def won_ever(self) -> float:
        """P(a deal is won at all)."""
        return self._won[-1]

    @cached_property
    def factors(self) -> list[tuple[float, float]]:
        """Factors by which all wins together may differ from the expectation, as points with weights."""
        won = self._wins + PRIOR_WIN * WORTH
        share = Beta(won, max(0.5, self._seen + WORTH - won))
        return [(rate / share.mean, weight) for rate, weight in share.nodes(POINTS)]
