"""How many dials a number of deals asks for, and how likely a number of dials brings them (`maths.md` 5).

With g_last(x) = P(BB(x + open; a, b) < d) and g_i(x) = Σ_k BB(k; x + open_i, a_i, b_i)·g_{i+1}(k), the probability of d
deals out of N dials is 1 − g_1(N). Open work and new dials share the uncertain rates, so they are never convolved as if
independent. Each g falls smoothly from 1 to 0: it is worked out at few whole numbers and read between them, closer
where it bends, so that hundreds of deals cost no more than three. No sampling: the same figures always come out.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from planner.domain.beta import FIRST_EXACT, Beta, expected
from planner.domain.errors import InputError

LARGEST_DIALS = 50_000
DEFAULT_PROBABILITY = 0.8
SETTLED = 1e-11  # so near to 0 or 1 that the rest is not looked at
FIRST = FIRST_EXACT - 1
DEGREE = 6
TOLERANCE = 1e-6  # between the nodes; five times finer in the end, because neighbours' errors differ in sign


class _Curve:
    """A falling function on whole numbers from 0: exact on the first ones, read between nodes beyond, as asked for."""

    def __init__(self, exact: Callable[[int], float]) -> None:
        self._exact = exact
        self._known: dict[int, float] = {}
        self._ends: list[int] = []  # to where each panel reaches
        self._panels: list[tuple[tuple[int, ...], tuple[float, ...]]] = []  # nodes, and Newton's form on them
        self._reached = FIRST
        self._ended = False  # beyond `_reached` it is 0

    def __call__(self, x: float) -> float:
        if x <= FIRST:  # the sums ask for the smallest numbers as whole ones
            return self.at(int(x))
        while not self._panels or (x > self._reached and not self._ended):
            self._reach_further()
        if x > self._reached:
            return 0.0
        nodes, newton = self._panels[bisect_left(self._ends, x)]
        value = 0.0
        for coefficient, node in zip(newton, nodes):  # noqa: B905 - the innermost loop of a recompute
            value = value * (x - node) + coefficient
        return 0.0 if value < 0 else 1.0 if value > 1 else value

    def at(self, x: int) -> float:
        """The exact value."""
        found = self._known.get(x)
        if found is None:
            found = self._known[x] = min(1.0, max(0.0, self._exact(x)))
        return found

    def _reach_further(self) -> None:
        left = self._reached
        right = 2 * left
        self._cover(left, right)
        self._reached = right
        self._ended = self.at(right) < SETTLED or right > 4 * LARGEST_DIALS

    def _cover(self, left: int, right: int) -> None:
        if self.at(right) > 1 - SETTLED or self.at(left) < SETTLED:
            value = self.at(right)
            self._ends.append(right)
            self._panels.append(((left,), (value,)))
            return
        width = right - left
        nodes = (
            [left + round(width * step / DEGREE) for step in range(DEGREE + 1)]
            if width > DEGREE
            else (list(range(left, right + 1)))
        )
        panel = _newton(nodes, [self.at(node) for node in nodes])
        if width >= 2 * DEGREE:
            probes = (left + round(width / (2 * DEGREE)), right - round(width / (2 * DEGREE)))
            if any(abs(_value(panel, probe) - self.at(probe)) > TOLERANCE for probe in probes):
                middle = nodes[DEGREE // 2]
                self._cover(left, middle)
                self._cover(middle, right)
                return
        elif width > DEGREE:
            middle = nodes[DEGREE // 2]
            self._cover(left, middle)
            self._cover(middle, right)
            return
        self._ends.append(right)
        self._panels.append(panel)


def _newton(nodes: list[int], values: list[float]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The polynomial through some points in Newton's form, ready for Horner: nodes and coefficients, last first."""
    table = list(values)
    for order in range(1, len(nodes)):
        for index in range(len(nodes) - 1, order - 1, -1):
            table[index] = (table[index] - table[index - 1]) / (nodes[index] - nodes[index - order])
    return tuple(reversed(nodes)), tuple(reversed(table))


def _value(panel: tuple[tuple[int, ...], tuple[float, ...]], x: float) -> float:
    value = 0.0
    for node, coefficient in zip(*panel, strict=True):
        value = value * (x - node) + coefficient
    return value


@dataclass(frozen=True, slots=True)
class Lever:
    """What one rate would have to be for the expected number of deals to be the needed one; None: not by this alone."""

    stage: str
    rate: float
    needed: float | None


class Odds:
    """The odds of a number of deals.

    `rates` are those of the stages in order, the first of which dials go into; `open_` is the work that waits at each
    stage (``{"deal": 4}``: four proposals are open); `deals` is d, 0 when nothing is needed any more.
    """

    def __init__(self, rates: Mapping[str, Beta], deals: int, open_: Mapping[str, int] | None = None) -> None:
        waiting = open_ or {}
        unknown = set(waiting) - set(rates)
        if unknown or deals < 0 or any(count < 0 for count in waiting.values()):
            raise InputError("Odds need a number of deals and open work of 0 or more at the stages there are.")
        self.rates = dict(rates)
        self.deals = deals
        self.open = {stage: waiting.get(stage, 0) for stage in rates}
        self._first: Callable[[int], float] | None = None

    def probability(self, dials: int) -> float:
        """P(at least d deals | so many dials from now on, and the open work)."""
        if dials < 0:
            raise InputError(f"A number of dials is 0 or more, not {dials}.")
        if not self.deals:
            return 1.0
        if dials + sum(self.open.values()) < self.deals:
            return 0.0
        if self._first is None:
            self._first = self._chain()
        return min(1.0, max(0.0, 1 - self._first(dials)))

    def _chain(self) -> Callable[[int], float]:
        following: _Curve | None = None
        exact: Callable[[int], float] | None = None
        for stage in reversed(self.rates):
            exact = self._stage(self.rates[stage], self.open[stage], following)
            following = _Curve(exact)
        assert following is not None
        return following.at

    def _stage(self, rate: Beta, waiting: int, following: _Curve | None) -> Callable[[int], float]:
        if following is None:
            short = self.deals - 1
            return lambda x: 1.0 if x + waiting <= short else expected(_one, x + waiting, rate, last=short)
        return lambda x: expected(following, x + waiting, rate)

    def dials_for(self, probability: float = DEFAULT_PROBABILITY) -> int | None:
        """The least N with P(hit | N) ≥ `probability`; None beyond `LARGEST_DIALS`: out of reach."""
        if not 0 < probability < 1:
            raise InputError(f"A probability to size for lies between 0 and 1, not {probability:g}.")
        if self.probability(0) >= probability:
            return 0
        low, high = 0, max(1, min(LARGEST_DIALS, round(self.deals / self.product())))
        while self.probability(high) < probability:
            if high >= LARGEST_DIALS:
                return None
            low, high = high, min(LARGEST_DIALS, 2 * high)
        while high - low > 1:
            middle = (low + high) // 2
            if self.probability(middle) < probability:
                low = middle
            else:
                high = middle
        return high

    def product(self) -> float:
        """Deals a dial, as expected."""
        return math.prod(rate.mean for rate in self.rates.values())

    def expected_deals(self, dials: int) -> float:
        """How many deals so many dials and the open work are expected to bring."""
        return self._expected(dials, {stage: rate.mean for stage, rate in self.rates.items()})

    def levers(self, dials: int) -> list[Lever]:
        """For each stage, the rate at which `dials` and the open work would be expected to bring d: even odds."""
        means = {stage: rate.mean for stage, rate in self.rates.items()}
        found = []
        for stage, mean in means.items():
            # the expected number is without·1 + slope·rate: linear in each rate by itself
            without = self._expected(dials, {**means, stage: 0.0})
            slope = self._expected(dials, {**means, stage: 1.0}) - without
            needed = (self.deals - without) / slope if slope > 0 else math.inf
            found.append(Lever(stage, mean, None if needed > 1 else max(0.0, needed)))
        return found

    def _expected(self, dials: int, means: Mapping[str, float]) -> float:
        entering = float(dials)
        for stage, mean in means.items():
            entering = (entering + self.open[stage]) * mean
        return entering

    def more_open(self, dials: int) -> int | None:
        """How many more open proposals (trials of the last stage) would bring the expected number to d."""
        last = list(self.rates.values())[-1].mean
        missing = self.deals - self.expected_deals(dials)
        return max(0, math.ceil(missing / last - 1e-9))


def _one(_: float) -> float:
    return 1.0


def expected_follow(dials: int, rates: Sequence[Beta]) -> list[float]:
    """How many of each stage so many dials are expected to bring, in the order of the stages."""
    found: list[float] = []
    entering = float(dials)
    for rate in rates:
        entering *= rate.mean
        found.append(entering)
    return found
