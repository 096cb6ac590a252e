"""Where the period will end: by the pace so far, and by what is open in the pipeline (`maths.md` 6).

Deterministic: both are distributions, worked out on a lattice of amounts.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

PRIOR_DAYS = 10.0  # κ
LATTICE = 1_000  # steps to the target: 0.1 % of it each
MANY = 100  # open deals from which their sum is smooth
SHARE = 0.8
NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected at the end, and the interval that holds it with 80 %. In the currency, or a count."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CountForecast:
    """How many more will come in the days left: negative binomial of `size` r, so that a day has mean r/(β + E)."""

    size: float
    scale: float  # R/(β + E)

    @property
    def mean(self) -> float:
        """Expected number."""
        return self.size * self.scale

    @property
    def variance(self) -> float:
        """Its variance."""
        return self.mean * (1 + self.scale)

    def at_least(self, count: int) -> float:
        """P(at least `count` more)."""
        if count <= 0:
            return 1.0
        if not self.mean:
            return 0.0
        share = self.scale / (1 + self.scale)
        mass = -self.size * math.log1p(self.scale)
        if mass < -700:  # beyond what a float holds: so many that the bell is right to four digits
            return 1 - NormalDist(self.mean, math.sqrt(self.variance)).cdf(count - 0.5)
        term, below = math.exp(mass), 0.0
        for k in range(count):
            below += term
            term *= share * (self.size + k) / (k + 1)
        return max(0.0, 1 - below)


def by_pace(rate: float, done: float, elapsed: float, left: float) -> CountForecast:
    """The count to come in the days left: a Gamma prior of κ days at `rate` a working day, and `done` in `elapsed`."""
    return CountForecast(PRIOR_DAYS * rate + done, left / (PRIOR_DAYS + elapsed))


def calls_by_pace(done: int, days: Sequence[tuple[float, int]], left: float) -> Forecast | None:
    """Calls at the end of the period: what is done, and the days left as the rep's own days have been.

    `days` are working weight and calls of each day that is over. Their mean a full day and its spread: over n days left
    the spread grows with √n, and the mean itself is only known as well as that many days tell it. None below five
    days, and without any call.
    """
    worked = [(weight, calls) for weight, calls in days if weight > 0]
    total = sum(weight for weight, _ in worked)
    if len(worked) < 5 or not any(calls for _, calls in worked):
        return None
    mean = sum(calls for _, calls in worked) / total
    variance = sum((calls - mean * weight) ** 2 / weight for weight, calls in worked) / (len(worked) - 1)
    reach = NORMAL.inv_cdf(0.5 + SHARE / 2) * math.sqrt(variance * left * (1 + left / total))
    expected = done + mean * left
    return Forecast(expected, max(float(done), expected - reach), expected + reach)


def count_interval(done: int, more: CountForecast) -> Forecast:
    """A count at the end of the period with its 80 % interval, in whole numbers."""
    tail = (1 - SHARE) / 2
    low = high = 0
    while more.at_least(low + 1) > 1 - tail and low < 100_000:
        low += 1
    high = low
    while more.at_least(high + 1) > tail and high < 100_000:
        high += 1
    return Forecast(done + more.mean, done + low, done + high)


def amounts_by_pace(booked: float, more: CountForecast, values: Sequence[tuple[float, float]]) -> Forecast:
    """What the deals to come bring on top of what is booked.

    `values` are amounts with their weights. A compound distribution, by Panjer's recursion on a lattice.
    """
    total = sum(weight for _, weight in values)
    if not values or not total or not more.mean:
        return Forecast(booked, booked, booked)
    average = sum(value * weight for value, weight in values) / total
    square = sum(value * value * weight for value, weight in values) / total
    mean = more.mean * average
    spread = math.sqrt(more.mean * (square - average**2) + more.variance * average**2)
    start = -more.size * math.log1p(more.scale)
    if start < -600:
        reach = NORMAL.inv_cdf(0.5 + SHARE / 2) * spread
        return Forecast(booked + mean, booked + max(0.0, mean - reach), booked + mean + reach)
    step = (mean + 5 * spread) / 400
    sizes = _lattice(values, step, total)
    share = more.scale / (1 + more.scale)
    empty = sizes.pop(0, 0.0)  # deals too small to see; they take part in the count
    a, b = share, (more.size - 1) * share
    masses = [math.exp(start) if not empty else (1 - share) ** more.size / (1 - share * empty) ** more.size]
    jumps = sorted(sizes.items())
    run = masses[0]
    while run < 0.95 and len(masses) < 20_000:
        x = len(masses)
        mass = sum((a + b * y / x) * size * masses[x - y] for y, size in jumps if y <= x) / (1 - a * empty)
        masses.append(mass)
        run += mass
    low, high = _quantiles(masses, (1 - SHARE) / 2)
    return Forecast(booked + mean, booked + low * step, booked + high * step)


def _lattice(values: Sequence[tuple[float, float]], step: float, total: float) -> dict[int, float]:
    """Amounts on whole steps, each split between its neighbours so that the mean stays."""
    found: dict[int, float] = {}
    for value, weight in values:
        below = math.floor(value / step)
        part = value / step - below
        for index, share in ((below, 1 - part), (below + 1, part)):
            if share:
                found[index] = found.get(index, 0.0) + share * weight / total
    return found


def _quantiles(masses: Sequence[float], tail: float) -> tuple[int, int]:
    run, low = 0.0, None
    for index, mass in enumerate(masses):
        run += mass
        if low is None and run >= tail:
            low = index
        if run >= 1 - tail:
            return low or 0, index
    return low or 0, len(masses) - 1


@dataclass(frozen=True, slots=True)
class Chance:
    """An open deal: what it would bring, and how likely it does so within the period."""

    value: float
    probability: float


class Pipeline:
    """What is booked and what the open deals may bring, each by itself, as a distribution on a lattice of amounts."""

    def __init__(self, booked: float, chances: Sequence[Chance], target: float) -> None:
        self.booked = booked
        live = [chance for chance in chances if chance.value > 0 and chance.probability > 0]
        self.mean = booked + sum(chance.value * chance.probability for chance in live)
        spread = math.sqrt(sum(c.value**2 * c.probability * (1 - c.probability) for c in live))
        whole = sum(chance.value for chance in live)
        # of many deals a step far below their spread is as exact as one far below the target
        coarse = spread / 200 if len(live) > MANY else 0.0
        self.step = max((target or whole or 1.0) / LATTICE / 2, coarse, whole / 200_000)
        self._first = 0
        self.masses = [1.0]
        for chance in live:
            self._join(chance)

    def _join(self, chance: Chance) -> None:
        below = math.floor(chance.value / self.step)
        part = chance.value / self.step - below
        stays = 1 - chance.probability
        old = self.masses
        size = len(old)
        if below <= size:
            wins, more = chance.probability * (1 - part), chance.probability * part
            new = [stays * mass for mass in old] + [0.0] * (below + 1)
            for index, mass in enumerate(old, start=below):
                new[index] += wins * mass
                new[index + 1] += more * mass
        else:
            gap = [0.0] * (below - size)
            wins, more = chance.probability * (1 - part), chance.probability * part
            moved = [wins * mass for mass in old] + [0.0]
            for index, mass in enumerate(old, start=1):
                moved[index] += more * mass
            new = [stays * mass for mass in old] + gap + moved
        # what can't be told from nothing is left off both ends
        first, last = 0, len(new)
        while first < last - 1 and new[first] < 1e-13:
            first += 1
        while last > first + 1 and new[last - 1] < 1e-13:
            last -= 1
        self._first += first
        self.masses = new[first:last]

    def at_least(self, amount: float) -> float:
        """P(booked and won come to at least `amount`)."""
        wanted = math.ceil((amount - self.booked) / self.step - 1e-6)
        return min(1.0, sum(self.masses[max(0, wanted - self._first) :])) if wanted > self._first else 1.0

    @property
    def forecast(self) -> Forecast:
        """Mean and 80 % interval."""
        low, high = _quantiles(self.masses, (1 - SHARE) / 2)
        return Forecast(
            self.mean, self.booked + (low + self._first) * self.step, self.booked + (high + self._first) * self.step
        )


@dataclass(frozen=True, slots=True)
class Cycles:
    """How long the rep's deals take: calendar days from opening to winning, shortest first."""

    days: tuple[int, ...]

    BELIEVED_FROM = 5

    @property
    def known(self) -> bool:
        """Whether there are enough to go by."""
        return len(self.days) >= self.BELIEVED_FROM

    @property
    def mean(self) -> float | None:
        """Mean of the deals won, in days; None without any."""
        return sum(self.days) / len(self.days) if self.days else None

    @property
    def stale_after(self) -> int | None:
        """Twice the longest: an older deal is left out of the forecast; None while too little is known.

        Never under two weeks: deals that were written down on the day they were won say little of the open ones.
        """
        return max(14, 2 * self.days[-1]) if self.known else None

    def closes_within(self, age: int | None, days: int, usual: float) -> float:
        """P(a deal open for `age` days closes within the next `days`), if it closes at all.

        By the own cycles, with one more spread from the longest to twice that; without enough of them by the usual
        median, evenly likely every day.
        """
        if days <= 0:
            return 0.0
        if not self.known:
            return float(1 - 0.5 ** (days / max(usual, 1.0)))
        still = self._beyond(age or 0)
        if not still:
            return 0.0
        return min(1.0, (still - self._beyond((age or 0) + days)) / still)

    def _beyond(self, day: int) -> float:
        """The share of deals that take longer."""
        count, longest = len(self.days), max(1, self.days[-1])
        tail = 1.0 if day < longest else max(0.0, (2 * longest - day) / longest)
        return (count - bisect_right(self.days, day) + tail) / (count + 1)


def disagree(one: Forecast, other: Forecast) -> bool:
    """Whether two forecasts tell different stories: neither mean lies in the other's interval."""
    return not (other.low <= one.mean <= other.high or one.low <= other.mean <= one.high)
