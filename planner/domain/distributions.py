"""Distributions of counts, as lists of probabilities P(0), P(1), P(2) … (`maths.md` 5b)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

MOST_COUNTED = 400  # successes that nobody exceeds, up to which a count is spelt out
LEAST = 1e-13  # indistinguishable from zero
RARE = 0.01  # chance below which it doesn't matter that each comes only once
ENOUGH = 1e-12  # of a count's probability that may be left off
_Ratio = Callable[[int], float]


def successes(chances: Iterable[tuple[float, int]]) -> list[float]:
    """Return the distribution of successes in (chance, count) trials, pooling the unlikely ones as Poisson."""
    counts, rare = [1.0], 0.0
    for chance, count in chances:
        if chance < RARE:
            rare += chance * count
        else:
            counts = convolve(counts, binomial(count, chance))
    return convolve(counts, negative_binomial(1e6, rare / 1e6)) if rare > 0 else counts


def binomial(count: int, rate: float) -> list[float]:
    """Return P(0), P(1), P(2) … successes in `count` trials, up to where nothing is left, or `MOST_COUNTED`."""
    if rate <= 0 or count <= 0:
        return [1.0]
    if rate >= 1:
        return [0.0] * min(count, MOST_COUNTED) + [1.0]
    odds = rate / (1 - rate)
    return _terms(count * math.log1p(-rate), count * rate, lambda k: odds * (count - k) / (k + 1), count)


def negative_binomial(size: float, scale: float, first: int | None = None) -> list[float]:
    """Return the same for a count with mean size·scale and variance mean·(1 + scale), or only the `first` of it."""
    if scale <= 0 or size <= 0:
        return [1.0]
    share = scale / (1 + scale)
    return _terms(-size * math.log1p(scale), size * scale, lambda k: share * (size + k) / (k + 1), MOST_COUNTED, first)


def _terms(start: float, mean: float, ratio: _Ratio, last: int, first: int | None = None) -> list[float]:
    """Return terms from the logarithm of the first and their ratios, with all beyond the last added to it, or only the
    `first` of them.
    """
    last = min(last, MOST_COUNTED)
    if start < -600:  # underflows a float, so start nearer the middle
        return _far_terms(start, mean, ratio, last)[:first]
    found = [math.exp(start)]
    run = found[0]
    for k in range(last):
        if len(found) == first:
            return found
        found.append(found[-1] * ratio(k))
        run += found[-1]
        if run > 1 - ENOUGH and k > mean:
            break
    if run < 1 - ENOUGH:
        found[-1] += 1 - run
    return found


def _far_terms(start: float, mean: float, ratio: _Ratio, last: int) -> list[float]:
    logs, now = [start], start
    for k in range(last):
        now += math.log(max(ratio(k), 1e-300))
        logs.append(now)
    found = [math.exp(each) if each > -700 else 0.0 for each in logs]
    found[-1] += max(0.0, 1 - sum(found))
    return found


def mixture(parts: Sequence[tuple[float, Sequence[float]]]) -> list[float]:
    """Return a weighted sum of distributions of counts."""
    found = [0.0] * max(len(counts) for _, counts in parts)
    for weight, counts in parts:
        found[: len(counts)] = [here + weight * mass for here, mass in zip(found, counts, strict=False)]
    return found


def convolve(one: Sequence[float], other: Sequence[float], first: int | None = None) -> list[float]:
    """Return the distribution of the sum of two counts, or only the `first` probabilities."""
    if len(one) < len(other):
        one, other = other, one
    size = len(one) + len(other) - 1
    found = [0.0] * (size if first is None else min(first, size))
    for index, share in enumerate(other[:first]):
        at = slice(index, index + len(one))
        found[at] = [here + share * mass for here, mass in zip(found[at], one, strict=False)]
    if first is not None:
        return found
    while len(found) > 1 and found[-1] < LEAST:
        found.pop()
    if len(found) > MOST_COUNTED + 1:
        found[MOST_COUNTED] += sum(found[MOST_COUNTED + 1 :])
        del found[MOST_COUNTED + 1 :]
    return found
