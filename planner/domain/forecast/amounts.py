"""What deals bring in all: sums of so many of them, and open ones whose value is known, as one distribution on a
lattice of amounts (`maths.md` 5b.6 and 7).

A forecast is a mixture: at each of a few points for the uncertain rates it says how many deals of unknown value come,
and how likely each known one does. Sums of the unknown ones don't depend on the point, so that they are worked out once
and weighed by all. No sampling: the same facts always give the same figures.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from statistics import NormalDist
from typing import NamedTuple

STEPS = 1_000  # to the target: 0.1 % of it each
HARDLY_EVER = 0.02
EXACT = 8  # known deals whose sums are told to the cent
COARSE = 500  # steps of the forecast, to where almost all of it lies
MOST_SUMS = 400  # deals of unknown value within the period; nobody closes more
MANY = 60  # deals from which their sum is so smooth that coarser steps say the same
LEAST = 1e-13  # can't be told from nothing
SHARE = 0.8
WORTH = 5.0  # own values that the average stands for
SPREAD = 0.6  # of the logarithm of what a deal brings, until the own deals say more
FIXED_FROM = 3  # deals of the very same value make it a price
FEW = 4
ATOMS = 12  # parts of equal weight that many own values are brought down to, each kept with its spread
CURVE = tuple(NormalDist().inv_cdf((index + 0.5) / 8) for index in range(8))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected at the end: median and mean, and the interval that holds it with 80 %. In the currency, or a
    count.
    """

    mean: float
    low: float
    high: float
    median: float

    def towards(self, other: Forecast, share: float) -> Forecast:
        """A share of the way to another one."""
        ends = ((self.mean, other.mean), (self.low, other.low), (self.high, other.high), (self.median, other.median))
        return Forecast(*(here + share * (there - here) for here, there in ends))


class Chance(NamedTuple):
    """An open deal: what it would bring, and how likely it does so within the period."""

    value: float
    probability: float


class Group(NamedTuple):
    """A part of a forecast: the probabilities of 0, 1, 2 … deals of unknown value, and the known deals beside them.

    The counts of all groups of a forecast add up to 1.
    """

    counts: Sequence[float]
    known: tuple[Chance, ...] = ()


def shared(groups: Iterable[Group], share: float) -> list[Group]:
    """Groups as a share of a mixture; none of a share of 0."""
    return [Group([share * mass for mass in counts], known) for counts, known in groups] if share > 0 else []


class Sizes:
    """What a deal brings: amounts with their shares, which add up to 1."""

    def __init__(self, atoms: Iterable[tuple[float, float]]) -> None:
        rows = sorted((value, weight) for value, weight in atoms if weight > 0)
        total = sum(weight for _, weight in rows)
        self.atoms = [(value, weight / total) for value, weight in _fewer(rows)]
        self.mean = sum(value * share for value, share in self.atoms)
        self.square = sum(value * value * share for value, share in self.atoms)

    @property
    def fixed(self) -> float | None:
        """The price of every deal; None where they differ."""
        return self.atoms[0][0] if len(self.atoms) == 1 else None

    def scaled_to(self, mean: float) -> Sizes:
        """The same spread about another average."""
        return Sizes((value * mean / self.mean, share) for value, share in self.atoms)

    def step(self, unit: float) -> float:
        """A lattice at least as fine as `unit`: the average (of a fixed price, the price) in halves of halves, so that
        deals that grow keep their places on it and never make a target less likely.
        """
        return self.mean / 2 ** max(0, math.ceil(math.log2(self.mean / unit) - 1e-9)) if self.mean > unit else unit


def sizes_of(won: Sequence[tuple[float, float]], average: float, estimate: float | None) -> Sizes:
    """What deals bring: the own values won with their weights, and a log-normal about the `average`, worth five.

    A few deals of the very same value, and no other, are taken for a price. Without an own value there is only the
    average, with the usual spread.
    """
    values = {value for value, weight in won if weight > 0}
    if len(values) == 1 and len(won) >= FIXED_FROM and estimate in (None, *values):
        return Sizes([(values.pop(), 1.0)])
    total = sum(weight for _, weight in won)
    spread = SPREAD**2 * WORTH
    if total:
        logs = [(math.log(max(value, 1e-9)), weight) for value, weight in won]
        middle = sum(value * weight for value, weight in logs) / total
        spread += sum(weight * (value - middle) ** 2 for value, weight in logs)
    sigma = min(2.0, math.sqrt(spread / (WORTH + total)))
    curve = [math.exp(sigma * each) for each in CURVE]
    level = average * len(curve) / sum(curve)
    return Sizes([*won, *((level * each, WORTH / len(curve)) for each in curve)])


def _fewer(rows: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Not more than twice `ATOMS` amounts with the same mean and spread."""
    if len({value for value, _ in rows}) <= 2 * ATOMS:
        merged: dict[float, float] = {}
        for value, weight in rows:
            merged[value] = merged.get(value, 0.0) + weight
        return list(merged.items())
    part = sum(weight for _, weight in rows) / ATOMS
    found: list[tuple[float, float]] = []
    bin_: list[tuple[float, float]] = []
    run = 0.0
    for index, (value, weight) in enumerate(rows):
        bin_.append((value, weight))
        run += weight
        if run >= part * (1 - 1e-9) or index == len(rows) - 1:
            mean = sum(each * share for each, share in bin_) / run
            spread = math.sqrt(max(0.0, sum(share * (each - mean) ** 2 for each, share in bin_) / run))
            found += [(max(0.0, mean - spread), run / 2), (mean + min(spread, mean), run / 2)]
            bin_, run = [], 0.0
    return found


class Sums:
    """The distributions of the sum of 0, 1, 2 … deals on a lattice, up to a last step; what lies beyond is left off."""

    def __init__(self, sizes: Sizes, step: float, last: int) -> None:
        self.step, self.last = step, last
        self.jumps = _snapped(sizes.atoms, step, last)
        self._rows: list[tuple[int, list[float]]] = [(0, [1.0])]
        self._below: list[float] = []

    def row(self, count: int) -> tuple[int, list[float]]:
        """The first step with any probability, and those from there on; empty once everything lies beyond."""
        while len(self._rows) <= count:
            first, masses = self._rows[-1]
            self._rows.append(self.after(first, masses))
        return self._rows[count]

    def after(self, first: int, masses: list[float]) -> tuple[int, list[float]]:
        """A distribution with one deal more."""
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
        return _trimmed(start, found)

    def below(self, count: int) -> float:
        """P(the sum of so many deals doesn't reach beyond the last step)."""
        while len(self._below) <= count:
            self._below.append(sum(self.row(len(self._below))[1]))
        return self._below[count]


def _snapped(atoms: Sequence[tuple[float, float]], step: float, last: int) -> list[tuple[int, float]]:
    """Amounts on the lattice with the same mean: many are rounded up and down in turn, few or small ones are split
    between the two steps they lie between.
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


def _trimmed(start: int, masses: list[float]) -> tuple[int, list[float]]:
    first, last = 0, len(masses)
    while first < last and masses[first] < LEAST:
        first += 1
    while last > first and masses[last - 1] < LEAST:
        last -= 1
    return start + first, masses[first:last]


def joined(known: Iterable[Chance], step: float, last: int) -> tuple[int, list[float]]:
    """The sum of open deals, each by itself, up to a last step: the first step with any probability and the masses.

    An amount between two steps is split between them, so that the mean stays.
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
        first, masses = _trimmed(first, new)
    return first, masses


class Aim:
    """The probability of reaching a target, for any groups: what doesn't depend on the counts is worked out once."""

    def __init__(self, sizes: Sizes | None, missing: float, unit: float) -> None:
        """`missing` is what is not booked yet, above 0; `unit` how fine the lattice is."""
        step = unit if sizes is None else sizes.step(unit)
        self.last = math.ceil(missing / step - 1e-6) - 1  # the last step that doesn't reach it
        self.step = step
        self._sums = None if sizes is None else Sums(sizes, step, self.last)
        self._short: dict[tuple[Chance, ...], list[float]] = {}
        self._joined: dict[tuple[Chance, ...], list[float]] = {}

    def probability(self, groups: Iterable[Group]) -> float:
        """P(the deals of these groups reach it)."""
        missed = 0.0
        for counts, known in groups:
            short = self._shorts(known, len(counts))
            missed += sum(map(mul, counts, short))
        return min(1.0, max(0.0, 1 - missed))

    def _shorts(self, known: tuple[Chance, ...], size: int) -> list[float]:
        """P(so many deals and the known ones stay short of it), for 0, 1, 2 … deals."""
        found = self._short.setdefault(known, [])
        while len(found) < size and (not found or found[-1] > LEAST):
            found.append(self._short_of(known, len(found)))
        return found

    def _short_of(self, known: tuple[Chance, ...], count: int) -> float:
        if self._sums is None:
            return self._run(known)[-1] if not count else 0.0
        if not known:
            return self._sums.below(count)
        first, masses = self._sums.row(count)
        run = self._run(known)
        # the sum stands on step s, the known ones may come to `last − s`
        near = run[max(0, self.last - first - len(masses) + 1) : self.last - first + 1]
        return float(sum(map(mul, masses, reversed(near))))

    def _run(self, known: tuple[Chance, ...]) -> list[float]:
        found = self._joined.get(known)
        if found is None:
            first, masses = joined(known, self.step, self.last)
            run = list(accumulate(masses))
            found = [0.0] * first + run
            found += [found[-1]] * (self.last + 1 - len(found))
            self._joined[known] = found
        return found


class Ends:
    """Forecasts of one period, on a lattice that holds the widest of them."""

    def __init__(self, sizes: Sizes | None, groups: Sequence[Group]) -> None:
        """`groups` are those of the whole, which its parts don't reach beyond."""
        self._sizes = sizes
        reach = _reach(groups, sizes)
        self._step = 0.0
        if reach > 0:
            self._step = reach / COARSE if sizes is None else sizes.step(reach / COARSE)
            self._last = math.ceil(reach / self._step)
            self._sums = None if sizes is None else Sums(sizes, self._step, self._last)

    def forecast(self, groups: Sequence[Group], booked: float) -> Forecast:
        """Median, mean and interval of what is booked and what the groups bring."""
        mean = _moments(groups, self._sizes)[0]
        if mean <= 0 or not self._step:
            return Forecast(booked, booked, booked, booked)
        first, masses = _mixed(groups, self._sums, self._step, self._last)
        low, high, median = interval(masses)
        # outward to the next amount that can come, so that the mean doesn't lie outside, but for what hardly ever comes
        if (first + high) * self._step < mean and sum(masses[high + 1 :]) >= HARDLY_EVER:
            beyond = range(max(high, math.ceil(mean / self._step) - first), len(masses))
            high = next((index for index in beyond if masses[index] >= LEAST), len(masses) - 1)
        exact = self._exact(groups)
        at = (booked + self._snap((first + index) * self._step, exact) for index in (low, high, median))
        return Forecast(booked + mean, *at)

    def _exact(self, groups: Iterable[Group]) -> list[float]:
        """Amounts that can come to the cent: of the known deals, and of those of one price."""
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
        """An amount of the lattice, or the one that can come where it lies within a step of it."""
        at = bisect_left(exact, amount)
        near = min(exact[max(0, at - 1) : at + 1], key=lambda each: abs(each - amount), default=amount)
        return near if abs(near - amount) <= self._step else amount


def _reach(groups: Sequence[Group], sizes: Sizes | None) -> float:
    """An amount beyond which there is next to nothing."""
    mean, deviation = _moments(groups, sizes)
    if mean <= 0:
        return 0.0
    # by Chebyshev's one-sided inequality 95 % lie below that, however it is spread
    return mean + max(4.5 * deviation, 0.0 if sizes is None else sizes.atoms[-1][0])


def _moments(groups: Iterable[Group], sizes: Sizes | None) -> tuple[float, float]:
    """Mean and standard deviation of the amount of a mixture."""
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


def _mixed(groups: Sequence[Group], sums: Sums | None, step: float, last: int) -> tuple[int, list[float]]:
    """The whole distribution, by Horner's rule over the number of deals."""
    by_count: list[list[float]] = []
    for counts, known in groups:
        first, masses = joined(known, step, last)
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
            first, masses = sums.after(first, masses)
        first, masses = _added(first, masses, row)
    return first, masses


def _added(first: int, masses: list[float], row: list[float]) -> tuple[int, list[float]]:
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
    """The ends of an interval that holds 80 %, and the median: steps that are themselves possible.

    A tenth is left off below, as far as there is that much: what isn't, is left off above. So an interval that begins
    at nothing holds what it says, not a tenth more.
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
