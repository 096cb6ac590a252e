"""Computes the distribution of the amounts that deals bring in: sums of deals of unknown value plus open ones of known
value, on a lattice of amounts (`maths.md` 5b.6 and 7).

A forecast is a mixture over a few points for the uncertain rates. Each point says how many deals of unknown value come
and how likely each known one is. Sums of unknown ones don't depend on the point, so they are computed once and
weighted. Nothing is sampled, so the same facts always give the same figures.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import NamedTuple

from planner.domain.distributions import LEAST
from planner.domain.forecast.deal_sizes import Sizes

STEPS = 1_000  # to the target, 0.1% of it each
HARDLY_EVER = 0.02
EXACT = 8  # known deals whose sums are exact to the cent
COARSE = 500  # steps of the forecast, up to where almost all of it lies
MANY = 60  # deals whose sum is so smooth that coarser steps give the same result
SHARE = 0.8
FEW = 4


@dataclass(frozen=True, slots=True)
class Forecast:
    """The expected final figure: median, mean and the 80% interval. In the currency, or a count.

    `middle` is the interval that holds half of the probability, where it is known.
    """

    mean: float
    low: float
    high: float
    median: float
    middle: tuple[float, float] | None = None

    def interpolate(self, other: Forecast, share: float) -> Forecast:
        """Interpolate a share of the way to another forecast."""

        def between(here: float, there: float) -> float:
            return here + share * (there - here)

        middle = None
        if self.middle is not None and other.middle is not None:
            middle = (between(self.middle[0], other.middle[0]), between(self.middle[1], other.middle[1]))
        return Forecast(
            between(self.mean, other.mean),
            between(self.low, other.low),
            between(self.high, other.high),
            between(self.median, other.median),
            middle,
        )


class Chance(NamedTuple):
    """An open deal: its value, and the probability of winning it within the period."""

    value: float
    probability: float


class Group(NamedTuple):
    """A component of a forecast: the probabilities of 0, 1, 2 … deals of unknown value, and the known deals with them.
    The counts of all groups of a forecast add up to 1.
    """

    counts: Sequence[float]
    known: tuple[Chance, ...] = ()


def scale(groups: Iterable[Group], share: float) -> list[Group]:
    """Scale groups to a share of a mixture, none for a share of 0."""
    return [Group([share * mass for mass in counts], known) for counts, known in groups] if share > 0 else []


class Sums:
    """Distributions of the sum of 0, 1, 2 … deals on a lattice, truncated after the last step."""

    def __init__(self, sizes: Sizes, step: float, last: int) -> None:
        self.step, self.last = step, last
        self.jumps = _snap_all(sizes.atoms, step, last)
        self._rows: list[tuple[int, list[float]]] = [(0, [1.0])]
        self._below: list[float] = []

    def row(self, count: int) -> tuple[int, list[float]]:
        """Return the first step with any probability and the masses from it on, empty once all lie beyond the last."""
        while len(self._rows) <= count:
            first, masses = self._rows[-1]
            self._rows.append(self.add_deal(first, masses))
        return self._rows[count]

    def add_deal(self, first: int, masses: list[float]) -> tuple[int, list[float]]:
        """Return the distribution after one more deal."""
        if not masses or not self.jumps:
            return 0, []
        start = first + self.jumps[0][0]
        end = min(self.last, first + len(masses) - 1 + self.jumps[-1][0])
        if start > end:
            return 0, []
        found = [0.0] * (end - start + 1)
        for jump, share in self.jumps:
            at = first + jump - start
            size = min(len(masses), len(found) - at)
            if size <= 0:
                break
            found[at : at + size] = [
                here + share * mass for here, mass in zip(found[at : at + size], masses, strict=False)
            ]
        return _trim(start, found)

    def p_within(self, count: int) -> float:
        """Return P(the sum of `count` deals doesn't exceed the last step)."""
        while len(self._below) <= count:
            self._below.append(sum(self.row(len(self._below))[1]))
        return self._below[count]


def _snap_all(atoms: Sequence[tuple[float, float]], step: float, last: int) -> list[tuple[int, float]]:
    """Snap amounts to the lattice, keeping their mean. Many are rounded up and down in turn, few or small ones are
    split between the two neighbouring steps.
    """
    found: dict[int, float] = {}
    owed = 0.0
    for value, share in atoms:
        exact = value / step
        below = math.floor(exact + 1e-9)
        if len(atoms) <= FEW or exact < FEW:
            part = max(0.0, exact - below)
            rows = [(below, share * (1 - part)), (below + 1, share * part)]
        else:
            below = below + 1 if owed + (exact - below) * share > share / 2 else below
            owed += (exact - below) * share
            rows = [(below, share)]
        for index, weight in rows:
            if weight and index <= last:
                found[index] = found.get(index, 0.0) + weight
    return sorted(found.items())


def _trim(start: int, masses: list[float]) -> tuple[int, list[float]]:
    first, last = 0, len(masses)
    while first < last and masses[first] < LEAST:
        first += 1
    while last > first and masses[last - 1] < LEAST:
        last -= 1
    return start + first, masses[first:last]


def sum_open_deals(known: Iterable[Chance], step: float, last: int) -> tuple[int, list[float]]:
    """Return the sum of independent open deals up to a last step: the first step with any probability, and masses.

    An amount between two steps is split between them to keep the mean.
    """
    first, masses = 0, [1.0]
    for value, probability in known:
        if probability <= 0 or value <= 0:
            continue
        exact = value / step
        below = math.floor(exact + 1e-9)
        part = max(0.0, exact - below)
        size = len(masses)
        end = min(last - first, size - 1 + below + 1)
        new = [(1 - probability) * mass for mass in masses] + [0.0] * max(0, end + 1 - size)
        for at, share in ((below, 1 - part), (below + 1, part)):
            room = min(size, len(new) - at)
            if share and room > 0:
                win = probability * share
                new[at : at + room] = [
                    here + win * mass for here, mass in zip(new[at : at + room], masses, strict=False)
                ]
        first, masses = _trim(first, new)
    return first, masses


class Aim:
    """Computes the probability of reaching a target for any groups. Whatever doesn't depend on the counts is computed
    once.
    """

    def __init__(self, sizes: Sizes | None, missing: float, unit: float) -> None:
        """`missing` is what isn't booked yet, above 0, and `unit` the resolution of the lattice."""
        step = unit if sizes is None else sizes.step(unit)
        self.last = math.ceil(missing / step - 1e-6) - 1  # the last step short of it
        self.step = step
        self._sums = None if sizes is None else Sums(sizes, step, self.last)
        self._short: dict[tuple[Chance, ...], list[float]] = {}
        self._joined: dict[tuple[Chance, ...], list[float]] = {}

    @property
    def enough(self) -> int | None:
        """The number of deals that surely reach it, None while no search has come near it."""
        ended = [len(found) for found in self._short.values() if found and found[-1] <= LEAST]
        if not ended or self._sums is None:
            return None
        count = max(ended)
        while self._sums.p_within(count) > LEAST:  # known deals, which these may have had, only help
            count += 1
        return count

    def probability(self, groups: Iterable[Group]) -> float:
        """Return P(the deals of these groups reach it)."""
        missed = 0.0
        for counts, known in groups:
            short = self._shorts(known, len(counts))
            missed += sum(map(mul, counts, short))
        return min(1.0, max(0.0, 1 - missed))

    def _shorts(self, known: tuple[Chance, ...], size: int) -> list[float]:
        """Return P(that many deals plus the known ones fall short), for 0, 1, 2 … deals."""
        found = self._short.setdefault(known, [])
        while len(found) < size and (not found or found[-1] > LEAST):
            found.append(self._short_of(known, len(found)))
        return found

    def _short_of(self, known: tuple[Chance, ...], count: int) -> float:
        if self._sums is None:
            return self._run(known)[-1] if not count else 0.0
        if not known:
            return self._sums.p_within(count)
        first, masses = self._sums.row(count)
        run = self._run(known)
        # if the sum is on step s, the known deals may add up to `last − s`
        near = run[max(0, self.last - first - len(masses) + 1) : self.last - first + 1]
        return float(sum(map(mul, masses, reversed(near))))

    def _run(self, known: tuple[Chance, ...]) -> list[float]:
        found = self._joined.get(known)
        if found is None:
            first, masses = sum_open_deals(known, self.step, self.last)
            run = list(accumulate(masses))
            found = [0.0] * first + run
            found += [found[-1]] * (self.last + 1 - len(found))
            self._joined[known] = found
        return found


class Ends:
    """Computes the forecasts of one period on one lattice, wide enough for all of them."""

    def __init__(self, sizes: Sizes | None, groups: Sequence[Group]) -> None:
        """`groups` are those of the whole, which no part exceeds."""
        self._sizes = sizes
        reach = _upper_bound(groups, sizes)
        self._step = 0.0
        if reach > 0:
            self._step = reach / COARSE if sizes is None else sizes.step(reach / COARSE)
            self._last = math.ceil(reach / self._step)
            self._sums = None if sizes is None else Sums(sizes, self._step, self._last)

    def forecast(self, groups: Sequence[Group], booked: float) -> Forecast:
        """Return median, mean and interval of what is booked plus what the groups bring."""
        mean = _moments(groups, self._sizes)[0]
        if mean <= 0 or not self._step:
            return Forecast(booked, booked, booked, booked, (booked, booked))
        first, masses = _mix(groups, self._sums, self._step, self._last)
        low, high, median = interval(masses)
        # widen to the next possible amount so that the mean lies inside, unless hardly anything lies beyond
        if (first + high) * self._step < mean and sum(masses[high + 1 :]) >= HARDLY_EVER:
            beyond = range(max(high, math.ceil(mean / self._step) - first), len(masses))
            high = next((index for index in beyond if masses[index] >= LEAST), len(masses) - 1)
        exact = self._exact_amounts(groups)
        quarters = _quantile(masses, 0.25), _quantile(masses, 0.75)

        def amount(index: int) -> float:
            return booked + self._snap((first + index) * self._step, exact)

        middle = (amount(quarters[0]), amount(quarters[1]))
        return Forecast(booked + mean, amount(low), amount(high), amount(median), middle)

    def _exact_amounts(self, groups: Iterable[Group]) -> list[float]:
        """Return amounts that are possible to the cent: sums of known deals, and of deals at a fixed price."""
        values = {chance.value for _, known in groups for chance in known if chance.value < self._step * self._last}
        sums = [0.0]
        for value in sorted(values, reverse=True)[:EXACT]:
            sums += [value + each for each in sums]
        price = None if self._sizes is None else self._sizes.fixed
        if price is not None and price > self._step:
            most = min(EXACT * 8, math.floor(self._step * self._last / price))
            sums = [each + count * price for each in sums for count in range(most + 1)]
        return sorted(sums)

    def _snap(self, amount: float, exact: Sequence[float]) -> float:
        """Return the nearest possible amount if it is within a step of this one, else the amount itself."""
        at = bisect_left(exact, amount)
        near = min(exact[max(0, at - 1) : at + 1], key=lambda each: abs(each - amount), default=amount)
        return near if abs(near - amount) <= self._step else amount


def _upper_bound(groups: Sequence[Group], sizes: Sizes | None) -> float:
    """Return an amount with next to no probability beyond it."""
    mean, deviation = _moments(groups, sizes)
    if mean <= 0:
        return 0.0
    # by Chebyshev's one-sided inequality 95% lie below it, whatever the distribution
    return mean + max(4.5 * deviation, 0.0 if sizes is None else sizes.atoms[-1][0])


def _moments(groups: Iterable[Group], sizes: Sizes | None) -> tuple[float, float]:
    """Return mean and standard deviation of the amount of a mixture."""
    mean = square = 0.0
    for counts, known in groups:
        weight = sum(counts)
        if weight <= 0:
            continue
        here = sum(value * probability for value, probability in known)
        spread = sum(value * value * probability * (1 - probability) for value, probability in known)
        if sizes is not None:
            deals = sum(index * mass for index, mass in enumerate(counts)) / weight
            squares = sum(index * index * mass for index, mass in enumerate(counts)) / weight
            here += deals * sizes.mean
            spread += deals * (sizes.square - sizes.mean**2) + (squares - deals * deals) * sizes.mean**2
        mean, square = mean + weight * here, square + weight * (spread + here * here)
    return mean, math.sqrt(max(0.0, square - mean * mean))


def _mix(groups: Sequence[Group], sums: Sums | None, step: float, last: int) -> tuple[int, list[float]]:
    """Return the whole distribution, by Horner's rule over the number of deals."""
    by_count: list[list[float]] = []
    for counts, known in groups:
        first, masses = sum_open_deals(known, step, last)
        for index, part in enumerate(counts):
            while len(by_count) <= index:
                by_count.append([])
            row = by_count[index]
            if part < LEAST or (sums is None and index):
                continue
            if len(row) < first + len(masses):
                row += [0.0] * (first + len(masses) - len(row))
            at = slice(first, first + len(masses))
            row[at] = [here + part * mass for here, mass in zip(row[at], masses, strict=True)]
    first, masses = 0, list[float]()
    for row in reversed(by_count):
        if sums is not None and masses:
            first, masses = sums.add_deal(first, masses)
        first, masses = _add(first, masses, row)
    return first, masses


def _add(first: int, masses: list[float], row: list[float]) -> tuple[int, list[float]]:
    if not masses:
        return 0, list(row)
    if not row:
        return first, masses
    found = [0.0] * max(first + len(masses), len(row))
    found[: len(row)] = row
    found[first : first + len(masses)] = [
        here + mass for here, mass in zip(found[first : first + len(masses)], masses, strict=True)
    ]
    return 0, found


def interval(masses: Sequence[float]) -> tuple[int, int, int]:
    """Return the ends of an interval that holds 80%, and the median, all of them possible steps.

    A tenth is cut off below if there is that much, and the rest above. So an interval that starts at zero still holds
    80% and not a tenth more.
    """
    low = _quantile(masses, (1 - SHARE) / 2)
    below = sum(masses[:low])
    return low, _quantile(masses, below + SHARE), _quantile(masses, 0.5)


def _quantile(masses: Sequence[float], share: float) -> int:
    run = 0.0
    for index, mass in enumerate(masses):
        run += mass
        if run >= share - 1e-9:
            return index
    return max(0, len(masses) - 1)
