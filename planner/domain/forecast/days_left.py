"""Computes what the working days left of a month can bring: their call capacity, and the deals from calls, open work
and the pace.

Everything derives from `Facts` and a supposition. Amounts are in units of the currency, days in working days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from planner.domain.beta import Beta
from planner.domain.forecast.amounts import Chance, Group, scale
from planner.domain.forecast.deal_sizes import Sizes, sizes_of
from planner.domain.forecast.inputs import Facts
from planner.domain.forecast.odds import Aged, Funnel, Waiting
from planner.domain.forecast.pace_forecast import PRIOR_DAYS, CountForecast, by_pace
from planner.domain.forecast.rates import Rate
from planner.domain.forecast.supposition import NOTHING, Supposition

OTHER_COMES = 0.8  # probability of what is expected from renewals and repeat orders
LEAST_AMOUNT = 0.005  # amounts are whole hundredths, so less is nothing
TOLD = 12  # open deals that keep their own value


@dataclass(frozen=True)
class DaysLeft:
    """The days left of the month of `facts` under a supposition. Everything is computed on first access."""

    facts: Facts
    supposed: Supposition = NOTHING
    until: float = math.inf
    """Working days from now to consider: all that are left, or fewer for a fan chart."""
    sent: int = 0
    """Proposals supposed to be sent today."""

    @cached_property
    def rates(self) -> dict[str, Rate]:
        """The rates, including supposed ones."""
        return {
            stage: replace(rate, supposed=self.supposed.rates.get(stage)) for stage, rate in self.facts.rates.items()
        }

    @cached_property
    def betas(self) -> dict[str, Beta]:
        """The current belief about each stage."""
        return {stage: rate.posterior for stage, rate in self.rates.items()}

    @property
    def low_confidence(self) -> bool:
        """Whether the prior still outweighs the data at any stage."""
        return any(rate.low_confidence for rate in self.rates.values())

    @property
    def average(self) -> float | None:
        """The expected value of a deal."""
        found = self.supposed.average_deal or self.facts.average.shrunk
        return None if found is None or found < LEAST_AMOUNT else found

    # what the days hold

    @property
    def per_day(self) -> float:
        """Calls that a full day holds."""
        supposed = self.supposed.calls_per_day
        return self.facts.calls_per_day if supposed is None else supposed

    @property
    def left(self) -> float:
        """Working days left."""
        return min(self.until, max(0.0, self.facts.left - self.supposed.days_off))

    @property
    def holds_today(self) -> int:
        """Total calls that today holds."""
        return math.floor(self.per_day * min(self.facts.weight_today, self.left) + 1e-9)

    @property
    def capacity(self) -> int:
        """Further dials that the days left hold, not counting those made today."""
        later = max(0.0, self.left - min(self.facts.weight_today, self.left))
        return math.floor(self.per_day * later + 1e-9) + max(0, self.holds_today - self.facts.dials_today)

    # what the days bring

    @cached_property
    def funnel(self) -> Funnel:
        """The calls still to make and the open work."""
        return self._funnel(self._waiting[0])

    def _funnel(self, waiting: Sequence[Waiting]) -> Funnel:
        facts = self.facts
        return Funnel(self.betas, facts.lags, waiting, self.left, min(facts.weight_today, self.left), facts.gone)

    @cached_property
    def _means(self) -> dict[str, float]:
        return {stage: beta.mean for stage, beta in self.betas.items()}

    @cached_property
    def _waiting(self) -> tuple[Sequence[Waiting], list[tuple[float, float]]]:
        """Waiting work, and the (amount, chance) of open deals that are pooled. If there are very many, only those that
        matter most keep their own value, and the others are pooled.
        """
        all_, today = self.facts.waiting, min(self.facts.weight_today, self.left)
        if self.sent:
            all_ = (*all_, Waiting("deal", -today, self.sent))
        valued = [each for each in all_ if each.value is not None]
        if len(valued) <= TOLD:
            return all_, []
        by_age, aged = self.facts.by_age, self.facts.risks
        soon = dict(self._funnel(valued).chances(self._means))  # identical items have the same chance
        rows = []
        for each in valued:
            chance = (1 - by_age) * soon.get(each, 0.0)
            chance += by_age * aged.wins_within(each.age or 0, self._calendar_days) if by_age else 0.0
            rows.append((chance * (each.value or 0.0), chance, each))
        rows.sort(key=lambda row: -row[0])
        waiting = [each for each in all_ if each.value is None]
        waiting += [each for _, _, each in rows[:TOLD]]
        waiting += [each._replace(value=None) for _, _, each in rows[TOLD:]]
        return waiting, [(each.value or 0.0, chance) for _, chance, each in rows[TOLD:]]

    @property
    def _calendar_days(self) -> int:
        """Calendar days left."""
        days = self.facts.days_to_end
        if self.left < self.facts.left:
            days = max(1, round(days * self.left / self.facts.left))
        return days if self.left else 0

    @cached_property
    def aged(self) -> Aged:
        """The deals by age."""
        return Aged(self.facts.risks, self._waiting[0], self._calendar_days)

    @cached_property
    def sizes(self) -> Sizes | None:
        """The distribution of a deal's value, None if unknown."""
        if self.average is None:
            return None
        facts = self.facts
        won = [(value, facts.ages.weight(day)) for day, value in facts.deal_values]
        found = sizes_of(won, facts.average.shrunk or self.average, facts.estimate)
        if self.supposed.average_deal is not None:
            found = found.scaled_to(self.average)
        together = self._waiting[1]
        usual = self.funnel.expected(math.floor(facts.calls_per_day * self.left))
        others = max(0.0, usual - sum(chance for _, chance in together))
        if not together or not others:
            return found
        return Sizes([*((value, others * share) for value, share in found.atoms), *together])

    def _work(self, dials: int, *, ever: bool = False, first: int | None = None) -> list[Group]:
        """Return what dials and open work bring: by the funnel, and by age to the extent that calls don't tell."""
        by_age = self.facts.by_age
        return [
            *scale(self.funnel.groups(dials, ever=ever, first=first), 1 - by_age),
            *scale(self.aged.groups(self._relative_work(dials), ever=ever) if by_age else (), by_age),
        ]

    def _expected(self, dials: int) -> float:
        """Return the mean number of deals of `_work`."""
        by_age = self.facts.by_age
        aged = by_age * self.aged.expected(self._relative_work(dials)) if by_age else 0.0
        return (1 - by_age) * self.funnel.expected(dials) + aged

    def _relative_work(self, dials: int) -> float:
        """Return dials as a multiple of the usual work, which is the calls the days hold, for reps who log none."""
        plain = self if self.supposed.calls_per_day is None else self._plain
        return dials / plain.capacity if plain.capacity else 0.0

    @cached_property
    def _plain(self) -> DaysLeft:
        """The same days with nothing else supposed."""
        return DaysLeft(self.facts, Supposition(days_off=self.supposed.days_off), self.until, self.sent)

    @cached_property
    def _as_it_is(self) -> float:
        """Deals that the work of the same days brings with nothing supposed."""
        if not self.supposed.rates and self.supposed.calls_per_day is None:
            return self._expected(self.capacity)
        return self._plain._expected(self._plain.capacity)

    def _pace_forecast(self, dials: int) -> CountForecast:
        """Return deals in the days left by the pace so far, scaled to the dials, because more work makes a faster pace.

        Without a history the pace is what the work itself is expected to bring.
        """
        facts = self.facts
        won, days = facts.recent
        work = self._expected(dials)
        # a deal won today took today's time
        today = facts.weight_today if any(day == facts.today.isoformat() for day, _ in facts.deal_values) else 0.0
        elapsed = facts.elapsed + today
        if days <= 0:
            return by_pace(work / self.left if self.left else 0.0, facts.deals_done, elapsed, self.left)
        rate = max(won, 0.5) / days  # none in three months isn't never, so assume half a deal
        found = by_pace(rate, facts.deals_done, elapsed, self.left, max(PRIOR_DAYS, days / 2))
        return found.times(work / self._as_it_is) if self._as_it_is > 0 else found

    def groups(self, dials: int, first: int | None = None) -> list[Group]:
        """Return the combined forecast: half by work, half by pace, plus what is expected from elsewhere.

        A search that needs only the chances of the `first` numbers of deals gets them faster.
        """
        if not self.left:
            return [Group([1.0])]
        paced = self._pace_forecast(dials)
        found = [*scale(self._work(dials, first=first), 0.5), Group([0.5 * mass for mass in paced.masses])]
        return self._with_other(found)

    def _with_other(self, groups: list[Group]) -> list[Group]:
        other = self.facts.expected_left
        if other <= 0 or not self.left:
            return groups
        return [Group(counts, (*known, Chance(other, OTHER_COMES))) for counts, known in groups]
