"""Estimates the distribution of a deal's value from the rep's own deals and their estimate of the average."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

WORTH = 5.0  # own values that the average is worth
SPREAD = 0.6  # of the logarithm of a deal's value, until the rep's own deals say more
FIXED_FROM = 3  # deals of exactly the same value that make it a price
ATOMS = 12  # equal-weight bins that many own values are reduced to, each keeping its spread
CURVE = tuple(NormalDist().inv_cdf((index + 0.5) / 8) for index in range(8))


class Sizes:
    """The distribution of a deal's value: amounts with shares that add up to 1."""

    def __init__(self, atoms: Iterable[tuple[float, float]]) -> None:
        rows = sorted((value, weight) for value, weight in atoms if weight > 0)
        total = sum(weight for _, weight in rows)
        self.atoms = [(value, weight / total) for value, weight in _reduce(rows)]
        self.mean = sum(value * share for value, share in self.atoms)
        self.square = sum(value * value * share for value, share in self.atoms)

    @property
    def fixed(self) -> float | None:
        """The price of every deal, None if they differ."""
        return self.atoms[0][0] if len(self.atoms) == 1 else None

    def scaled_to(self, mean: float) -> Sizes:
        """Return the same relative spread around another average."""
        return Sizes((value * mean / self.mean, share) for value, share in self.atoms)

    def step(self, unit: float) -> float:
        """Return a lattice step no coarser than `unit`: the average (or fixed price) halved repeatedly, so that growing
        deals keep their places on it and never make a target less likely.
        """
        return self.mean / 2 ** max(0, math.ceil(math.log2(self.mean / unit) - 1e-9)) if self.mean > unit else unit


def sizes_of(won: Sequence[tuple[float, float]], average: float, estimate: float | None) -> Sizes:
    """Return the distribution of a deal's value: weighted own values, and a log-normal around `average`, worth five.

    A few deals of exactly the same value, and no other, count as a price. Without own values there is only the average
    with the usual spread.
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


def _reduce(rows: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Reduce to at most twice `ATOMS` amounts with the same mean and spread."""
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
