"""Beta distributions and their numerical integration in plain Python, without sampling.

No library is worth its cost here: scipy is fifty megabytes for one quantile, mpmath takes a millisecond per call, and
both take longer to import than a whole recompute. Property tests check this code against exact integer sums.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise

from planner.domain.errors import InputError

LARGEST = 1e9  # larger parameters are no rep's rate, and lose digits


@dataclass(frozen=True, slots=True)
class Beta:
    """A Beta distribution: the belief about a rate after `a` successes and `b` failures. Both are above 0."""

    a: float
    b: float

    def __post_init__(self) -> None:
        if not (0 < self.a < LARGEST and 0 < self.b < LARGEST):
            raise InputError(f"A rate needs two counts above 0, not {self.a} and {self.b}.")

    @property
    def mean(self) -> float:
        """The expected rate."""
        return self.a / (self.a + self.b)

    @property
    def strength(self) -> float:
        """The number of trials it is worth."""
        return self.a + self.b

    def moved_to(self, mean: float) -> Beta:
        """Return a distribution of the same strength around another mean. Raises InputError outside (0, 1)."""
        if not 0 < mean < 1:
            raise InputError(f"A rate must be between 0 and 1 (0% and 100%), not {mean:g}.")
        return Beta(mean * self.strength, (1 - mean) * self.strength)

    def cdf(self, x: float) -> float:
        """The probability that the rate is at most `x`."""
        return incomplete_beta(self.a, self.b, x)

    def quantile(self, share: float) -> float:
        """Return the rate below which the given share of the probability lies, to 1e-10."""
        if not 0 < share < 1:
            raise InputError(f"A share must be between 0 and 1, not {share:g}.")
        low, high = 0.0, 1.0
        deviation = math.sqrt(self.mean * (1 - self.mean) / (self.strength + 1))
        # bracket around the mean first: halving [0, 1] alone takes twice as long
        for reach in (2, 4, 8):
            left, right = self.mean - reach * deviation, self.mean + reach * deviation
            if left > low and self.cdf(left) < share:
                low = left
            if right < high and self.cdf(right) >= share:
                high = right
            if high < 1 or low > 0:
                break
        # by Newton's method, halving where that leaves the bracket: some five steps instead of thirty
        at = (low + high) / 2
        while high - low > 1e-10 * max(high, 1e-4):
            over, density = self.cdf(at) - share, self._density(at)
            low, high = (at, high) if over < 0 else (low, at)
            following = at - over / density if density > 0 else -1.0
            if not low < following < high:
                following = (low + high) / 2
            if abs(following - at) <= 1e-11 * max(at, 1e-4):
                return following
            at = following
        return (low + high) / 2

    def _density(self, x: float) -> float:
        a, b = self.a, self.b
        constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        return math.exp(constant + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))

    def interval(self, share: float = 0.9) -> tuple[float, float]:
        """Return the central interval that holds the given share of the probability: 5 to 95% by default."""
        tail = (1 - share) / 2
        return self.quantile(tail), self.quantile(1 - tail)

    def nodes(self, count: int) -> tuple[tuple[float, float], ...]:
        """Return Gauss–Jacobi nodes as (rate, weight), matching the moments up to 2·count − 1."""
        return _nodes(self, count)

    def _find_nodes(self, count: int) -> Iterator[tuple[float, float]]:
        """The roots of each orthogonal polynomial interlace with those of the previous one, which brackets them."""
        steps = [self._recurrence(index) for index in range(count)]

        def value(order: int, x: float) -> float:
            before, now = 0.0, 1.0
            for alpha, beta in steps[:order]:
                before, now = now, (x - alpha) * now - beta * before
            return now

        roots: list[float] = []
        for order in range(1, count + 1):
            ends = [0.0, *roots, 1.0]
            roots = [_root(partial(value, order), low, high) for low, high in pairwise(ends)]
        found = []
        for root in roots:
            before, now, norm, total = 0.0, 1.0, 1.0, 1.0
            for index, (alpha, beta) in enumerate(steps[:-1]):
                before, now = now, (root - alpha) * now - beta * before
                norm *= steps[index + 1][1]
                total += now * now / norm
            found.append((root, 1 / total))
        whole = sum(weight for _, weight in found)  # 1 up to rounding
        return ((root, weight / whole) for root, weight in found)

    def _recurrence(self, n: int) -> tuple[float, float]:
        """Return the recurrence coefficients of the monic orthogonal polynomials on [0, 1] (DLMF 18.9.2, shifted)."""
        a, b = self.b - 1, self.a - 1  # of (1 − x) and (1 + x)
        if n == 0:
            return self.mean, 1.0
        double = 2 * n + a + b
        alpha = (b * b - a * a) / (double * (double + 2)) if double else (b - a) / 2
        if n == 1:
            beta = 4 * (1 + a) * (1 + b) / ((2 + a + b) ** 2 * (3 + a + b))
        else:
            beta = 4 * n * (n + a) * (n + b) * (n + a + b) / (double**2 * (double + 1) * (double - 1))
        return (1 + alpha) / 2, beta / 4


@lru_cache(maxsize=256)  # one month's odds ask for the same few nodes again and again
def _nodes(of: Beta, count: int) -> tuple[tuple[float, float], ...]:
    return tuple(of._find_nodes(count))


def _root(of: Callable[[float], float], low: float, high: float) -> float:
    """Find the only root between two points by bisection."""
    sign = of(low) > 0
    for _ in range(60):
        middle = (low + high) / 2
        if (of(middle) > 0) is sign:
            low = middle
        else:
            high = middle
        if high - low <= 1e-13 * high:
            break
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), from its continued fraction (DLMF 8.17.22)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return min(1.0, front * _fraction(a, b, x) / a)
    return max(0.0, 1 - front * _fraction(b, a, 1 - x) / b)


def _fraction(a: float, b: float, x: float) -> float:
    """Evaluate the continued fraction by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    found = d
    for m in range(1, 100_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + term * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + term / c
            c = c if abs(c) > tiny else tiny
            found *= c * d
        if abs(c * d - 1) < 1e-14:
            return found
    raise ArithmeticError(f"The incomplete beta function did not converge for {a}, {b}, {x}.")
