"""Computes how many deals the rep's work brings within a number of working days, and eventually (`maths.md` 5b).

There are three views of a month, each a list of groups for `amounts`: the calls still to make and the open work,
through the rates and lags of the funnel, the deals by age, for reps who log few calls, and the pace so far. The
uncertain rates shared by calls and open work are points of a Gauss–Jacobi quadrature, so that nothing is convolved as
if independent. Days are working days from now, and today counts with what is left of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import mul
from typing import NamedTuple

from planner.domain.beta import Beta
from planner.domain.distributions import binomial, convolve, mixture, negative_binomial, successes
from planner.domain.forecast.amounts import Chance, Group
from planner.domain.forecast.lags import Lag
from planner.domain.forecast.risks import LONGEST, Risks

LARGEST_DIALS = 50_000
DEFAULT_PROBABILITY = 0.8
# Quadrature points per rate. Rates near the deal are the least certain, and open work depends on them.
POINTS = {"before": 6, "meeting-held": 3, "proposal": 4, "deal": 6}
HARDLY = 1e-5  # share still to come below which work is left out
COMMON = 0.02  # deals per dial from which their count isn't Poisson
_Point = tuple[float, float, list[float], tuple[Chance, ...]]
# stage, value, times, then the shares of `_soon`
_Flat = tuple[str, float | None, int, float, float, float]


class Waiting(NamedTuple):
    """Open work that waits for the outcome of a stage.

    `watched` is the working days whose outcomes are all known, `value` that of an open deal if known, `meets` the
    working days until a booked meeting, `age` the calendar days an open deal has been one.
    """

    stage: str
    watched: float
    times: int = 1
    value: float | None = None
    meets: float | None = None
    age: int | None = None


@dataclass(frozen=True)
class Funnel:
    """Computes the deals that calls and open work bring through the five stages. `left` is the working days left,
    `today` today's part of them.

    `rates` has all stages in order, `lags` those that take time. `gone` maps a stage to the share of its losses that
    are recorded and after how long.
    """

    rates: Mapping[str, Beta]
    lags: Mapping[str, Lag]
    waiting: Sequence[Waiting]
    left: float
    today: float
    gone: Mapping[str, tuple[float, Lag]] = field(default_factory=dict)

    @cached_property
    def _path(self) -> Lag:
        """The lag from a booked meeting to the deal, up to the days left."""
        longest = math.ceil(self.left) + 1
        return self.lags["meeting-held"].followed_by(self._from_held, longest)

    @cached_property
    def _from_held(self) -> Lag:
        return self.lags["proposal"].followed_by(self.lags["deal"], math.ceil(self.left) + 1)

    def in_time(self, days_behind: float) -> float:
        """Return P(the deal of a call made this many working days before the end closes in time, if at all)."""
        return self._path.p_within(days_behind)

    @cached_property
    def dial_share(self) -> float:
        """The same probability averaged over calls spread evenly by weight over the days left."""
        if self.left <= 0:
            return 0.0
        run = total = 0.0
        while run < self.left - 1e-9:
            weight = min(self.today if not run and self.today > 0 else 1.0, self.left - run)
            run += weight
            total += weight * self.in_time(self.left - run)
        return total / self.left

    def groups(self, dials: int, *, ever: bool = False, first: int | None = None) -> list[Group]:
        """Return the number of deals from the dials and the open work within the days left, or at any time: the
        probabilities of all counts, or of the `first`.
        """
        share = 1.0 if ever else self.dial_share
        merged: dict[tuple[Chance, ...], list[float]] = {}
        for weight, behind, waiting, known in self._open_ever if ever else self._open_soon:
            mixed = waiting
            if dials:
                mixed = convolve(waiting, self._deals_from_dials(dials, behind * share, ever, first), first)
            merged[known] = mixture([(1.0, merged.get(known, ())), (weight, mixed)])
        return [Group(counts, known) for known, counts in merged.items()]

    def expected(self, dials: int) -> float:
        """Return the expected deals within the days left, including the known ones."""
        return self._expected_open + dials * math.prod(rate.mean for rate in self.rates.values()) * self.dial_share

    def _deals_from_dials(self, dials: int, behind: float, exactly: bool, first: int | None) -> list[float]:
        """Return the distribution of deals from dials. `behind` is the chance of a trial at the first stage where open
        work can wait, and the rates before it are mixed over.
        """
        before = self._product
        if exactly or before.mean * behind > COMMON:
            return mixture([(part, binomial(dials, rate * behind)) for rate, part in self._before])
        # Called often by a search. For a rare success the count is Poisson and the product of rates near 0 a gamma,
        # together a negative binomial that is right to three digits.
        spread = (1 - before.mean) / (before.strength + 1) / before.mean
        return negative_binomial(1 / spread, dials * behind * before.mean * spread, first)

    def amount(self, dials: int, means: Mapping[str, float], average: float) -> float:
        """Return the amount expected within the days left at given rates, with unknown values at the average deal."""
        unknown, known = self._open(means, ever=False)
        found = dials * math.prod(means.values()) * self.dial_share + sum(chance * count for chance, count in unknown)
        return found * average + sum(chance.value * chance.probability for chance in known)

    @cached_property
    def _expected_open(self) -> float:
        return sum(
            weight * (float(sum(map(mul, waiting, range(len(waiting))))) + sum(chance.probability for chance in known))
            for weight, _, waiting, known in self._open_soon
        )

    @cached_property
    def _stages(self) -> tuple[list[str], list[str]]:
        """The stages whose rates are taken as one product, and those that open work needs separately."""
        stages = list(self.rates)
        needed = min((stages.index(each.stage) for each in self.waiting if each.times), default=2)
        needed = max(1, min(needed, 2))
        return stages[:needed], stages[needed:]

    @cached_property
    def _product(self) -> Beta:
        """The product of the stages before open work."""
        return _product([self.rates[stage] for stage in self._stages[0]])

    @cached_property
    def _before(self) -> tuple[tuple[float, float], ...]:
        """Its quadrature points."""
        return self._product.nodes(POINTS["before"])

    @cached_property
    def _points(self) -> list[tuple[float, dict[str, float]]]:
        """Points of the rates that open work needs, with weights."""
        found: list[tuple[float, dict[str, float]]] = [(1.0, {})]
        for stage in self._stages[1]:
            nodes = self.rates[stage].nodes(POINTS.get(stage, 4))
            found = [(weight * part, {**rates, stage: rate}) for weight, rates in found for rate, part in nodes]
        return found

    @cached_property
    def _open_soon(self) -> list[_Point]:
        return self._at_points(ever=False)

    @cached_property
    def _open_ever(self) -> list[_Point]:
        return self._at_points(ever=True)

    def _at_points(self, *, ever: bool) -> list[_Point]:
        """Return per point its weight, the product of its rates, the wins of unknown value, and the known deals."""
        found = []
        for weight, rates in self._points:
            unknown, known = self._open(rates, ever=ever)
            found.append((weight, math.prod(rates.values()), successes(unknown), known))
        return found

    def _open(self, rates: Mapping[str, float], *, ever: bool) -> tuple[list[tuple[float, int]], tuple[Chance, ...]]:
        """Return the chances of open work at a point: (chance, count) for unknown values, and the known deals."""
        unknown: dict[float, int] = {}
        known = []
        through = self._through(rates)
        # as in `chances`, without a call for each of some 20,000 pairs of a point and an item
        for stage, value, times, share, seen, gone in self._flat_ever if ever else self._flat_soon:
            rate = rates[stage]
            chance = through[stage] * share / (1 - rate * seen - (1 - rate) * gone)
            chance = 0.0 if chance < 0.0 else min(chance, 1.0)
            if value is not None:
                known.append(Chance(value, chance))
            else:
                unknown[chance] = unknown.get(chance, 0) + times
        return list(unknown.items()), tuple(known)

    @cached_property
    def _flat_soon(self) -> list[_Flat]:
        return [(one.stage, one.value, one.times, share, seen, gone) for one, share, seen, gone in self._soon]

    @cached_property
    def _flat_ever(self) -> list[_Flat]:
        return [(one.stage, one.value, one.times, share, seen, gone) for one, share, seen, gone in self._ever]

    @staticmethod
    def _through(rates: Mapping[str, float]) -> dict[str, float]:
        """Return the share of each stage's trials that become deals, at given rates."""
        return {
            stage: rates[stage] * math.prod(rates[other] for other in following)
            for stage, following in _FOLLOWING.items()
            if stage in rates
        }

    def chances(self, rates: Mapping[str, float], *, ever: bool = False) -> Iterator[tuple[Waiting, float]]:
        """Yield waiting work with its chance at given rates, leaving out what has none left."""
        through = self._through(rates)
        for each, share, seen, gone in self._ever if ever else self._soon:
            rate = rates[each.stage]
            chance = through[each.stage] * share / (1 - rate * seen - (1 - rate) * gone)
            yield each, min(1.0, max(0.0, chance))

    @cached_property
    def _alike(self) -> list[Waiting]:
        """Waiting work, with identical items of unknown value merged."""
        found: dict[tuple[object, ...], Waiting] = {}
        for number, each in enumerate(self.waiting):
            key = (each.stage, each.watched, each.meets) if each.value is None else (number,)
            before = found.get(key)
            found[key] = each if before is None else before._replace(times=before.times + each.times)
        return list(found.values())

    def _recorded_losses(self, each: Waiting) -> float:
        """Return the share of losses that would be recorded by now."""
        told, lag = self.gone.get(each.stage, (0.0, None))
        return told * lag.p_within(each.watched) if lag is not None and each.meets is None else 0.0

    @cached_property
    def _soon(self) -> list[tuple[Waiting, float, float, float]]:
        """Waiting work with the share of its outcomes that come in time, and the shares of wins and losses that would
        be known by now.
        """
        found = []
        for each in self._alike if self.left > 0 else ():
            lag, since, until = self.lags[each.stage], each.watched, each.watched + self.left
            seen = 0.0 if each.meets is not None else lag.p_within(since)
            if each.meets is not None:  # held on its day
                in_time = self._from_held.p_within(self.left - each.meets - self.today)
                share = in_time if each.meets < self.left else 0.0
            elif each.stage == "deal":
                share = lag.p_within(until) - seen
            else:
                following = self.lags["deal"] if each.stage == "proposal" else self._from_held
                share = lag.both_within(following, since, until)
            if share > HARDLY:
                found.append((each, share, seen, self._recorded_losses(each)))
        return found

    @cached_property
    def _ever(self) -> list[tuple[Waiting, float, float, float]]:
        found = []
        for each in self._alike:
            seen = 0.0 if each.meets is not None else self.lags[each.stage].p_within(each.watched)
            if 1 - seen > HARDLY:
                found.append((each, 1 - seen, seen, self._recorded_losses(each)))
        return found


_FOLLOWING: Mapping[str, tuple[str, ...]] = {
    "meeting-held": ("proposal", "deal"),
    "proposal": ("deal",),
    "deal": (),
}


@dataclass(frozen=True)
class Aged:
    """Computes the deals to expect by age: from those that are open, and those yet to be opened at the rate of the last
    ninety days.

    `days` are the calendar days left, including today until it is over.
    """

    risks: Risks
    waiting: Sequence[Waiting]
    days: int

    def groups(self, work: float, *, ever: bool = False) -> list[Group]:
        """Return the number of deals within the days left, or with `ever` at any time, of those opened by then. `work`
        scales the new deals: 1 is the usual work, and twice as much opens twice as many.
        """
        found = []
        fresh, horizon = work * self._fresh(ever), LONGEST if ever else self.days
        chances = ((each, self.risks.wins_within(each.age, horizon)) for each in self.waiting if each.age is not None)
        open_ = [(each, chance) for each, chance in chances if chance > HARDLY]
        for factor, weight in self.risks.factors:
            known, unknown = [], []
            for each, base in open_:
                chance = min(1.0, factor * base)
                if each.value is not None:
                    known.append(Chance(each.value, chance))
                else:
                    unknown.append((chance, each.times))
            counts = convolve(self._new_deals(fresh, factor), successes(unknown))
            found.append(Group([weight * mass for mass in counts], tuple(known)))
        return found

    def _fresh(self, ever: bool) -> float:
        return self.risks.new_deals(self.days) * self.risks.won_ever if ever else self.risks.new_wins(self.days)

    def _new_deals(self, fresh: float, factor: float) -> list[float]:
        opened = self.risks.opened_lately + 0.5
        return negative_binomial(opened, factor * fresh / opened)

    def expected(self, work: float) -> float:
        """Return the expected deals within the days left."""
        return self._expected_open + work * self._fresh(False)

    @cached_property
    def _expected_open(self) -> float:
        return sum(
            each.times * self.risks.wins_within(each.age, self.days) for each in self.waiting if each.age is not None
        )


def _product(rates: Sequence[Beta]) -> Beta:
    """Approximate the product of some rates by a beta distribution of the same mean and variance."""
    mean = square = 1.0
    for rate in rates:
        mean *= rate.mean
        square *= rate.mean * (rate.a + 1) / (rate.strength + 1)
    if len(rates) == 1:
        return rates[0]
    strength = (mean - square) / (square - mean * mean)
    return Beta(mean * strength, (1 - mean) * strength)


@dataclass(frozen=True, slots=True)
class Lever:
    """A rate that could be improved: the value it would need for about even odds, None if it can't do it alone."""

    stage: str
    rate: float
    needed: float | None


def least_dials_for_one(rates: Sequence[Beta], probability: float) -> int:
    """Return the fewest trials that bring at least one success through all stages with the given probability."""
    nodes = _product(rates).nodes(POINTS["deal"])
    low, high = 0, LARGEST_DIALS
    while high - low > 1:
        middle = (low + high) // 2
        if 1 - sum(weight * (1 - rate) ** middle for rate, weight in nodes) < probability:
            low = middle
        else:
            high = middle
    return high
