"""Will the month be made, and what would it take: rates, sizing, forecast and levers combined (S3, S5, S16).

Everything derives from `Facts`, which a service reads once. A supposition (what-if) looks at the same facts with other
rates, calls per day, average deal or days. Amounts are in units of the currency, days in working days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from operator import mul

from planner.domain.forecast.amounts import COARSE, MANY, STEPS, Aim, Ends, Forecast, Group, scale
from planner.domain.forecast.days_left import OTHER_COMES, DaysLeft
from planner.domain.forecast.deal_sizes import Sizes
from planner.domain.forecast.ledger import correct_odds
from planner.domain.forecast.odds import LARGEST_DIALS, Lever, least_dials_for_one
from planner.domain.forecast.pace_forecast import CountForecast, by_pace, calls_by_pace, count_interval, disagree
from planner.domain.forecast.rates import noes
from planner.domain.forecast.stages import STAGES

LEVER_FROM = 1.02  # a rate that needn't move isn't named
LEVER_UP_TO = 10  # nor one that would have to move further, as odds, than any does within a month
# Among rates that need similar moves, name the one most under control: phone skills can change within a month.
NEAR = 1.25
STILL_PAYS = 0.1
EVEN = 0.5
MOST_PROPOSALS = 15  # nobody sends more in a day
LEVER_ORDER = ("meeting-booked", "conversation", "deal", "proposal", "meeting-held")


@dataclass(frozen=True, slots=True)
class Aimed:
    """What one of the two figures still needs, in deals and in calls.

    `deals` is what is missing in average deals, None if their value is unknown. `dials` is the fewest calls that reach
    it with the wanted probability by the end of the month (None: unknown or out of reach). `probability` is that at
    capacity, `in_the_end` that of reaching it at any time through this month's work.
    """

    target: float
    missing: float
    deals: int | None
    dials: int | None
    probability: float | None
    in_the_end: float | None

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return self.missing <= 0


@dataclass(frozen=True, slots=True)
class Noes:
    """Refusals to expect: the mean and the 80% spread."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True)
class Outlook(DaysLeft):
    """The forecast of the month of `facts` under a supposition. Everything is computed on first access."""

    # what is required

    def _aim_at(self, target: float | None) -> Aimed | None:
        if target is None or target <= 0:
            return None
        missing = target - self.facts.booked
        if missing <= 0:
            return Aimed(target, missing, 0, 0, 1.0, 1.0)
        if self.average is None:
            return Aimed(target, missing, None, None, None, None)
        rest = missing - (self.facts.expected_left if self.left else 0.0)
        deals = max(0, math.ceil(rest / self.average - 1e-9))
        if not self.left:  # no more work in this period, so no more wins in it
            return Aimed(target, missing, deals, None, 0.0, 0.0)
        aim = Aim(self.sizes, missing, self._unit(missing))
        by_then = self._odds_of(aim, self.capacity)
        ends = aim
        if not self.facts.deal_values:  # until one is won, each eventually counts as average
            ends = Aim(Sizes([(self.average, 1.0)]), missing, self._unit(missing))
        some_day = ends.probability(self._with_other(self._work(self.capacity, ever=True)))
        return Aimed(target, missing, deals, self._dials_for(aim, by_then), by_then, max(by_then, some_day))

    def _odds_of(self, aim: Aim, dials: int) -> float:
        """Return the odds of an aim with these dials, corrected by the rep's track record."""
        return correct_odds(aim.probability(self.groups(dials, aim.enough)), self.facts.intercept)

    def _unit(self, missing: float) -> float:
        """Return the resolution of amounts: a thousandth of the target, coarser for the smooth sum of many deals."""
        many = self.average is not None and missing > MANY * self.average
        return max((self.facts.plan or self.facts.quota or 0.0) / STEPS, missing / (COARSE if many else 2 * STEPS))

    def _dials_for(self, aim: Aim, at_capacity: float) -> int | None:
        """Return the fewest dials with the wanted probability, None if out of reach or too few are logged to tell."""
        if self.facts.too_few_calls:
            return None
        wanted, high, above = self.facts.wanted, self.capacity, at_capacity
        low, below = 0, 0.0
        if above < wanted:
            while above < wanted:
                if high >= LARGEST_DIALS:
                    return None
                low, below = high, above
                high = min(LARGEST_DIALS, max(1, 2 * high))
                above = self._odds_of(aim, high)
        else:
            below = self._odds_of(aim, 0)
            if below >= wanted:
                return 0
        while high - low > 1:  # interpolate, but never too close to either end
            share = min(0.9, max(0.1, (wanted - below) / (above - below)))
            middle = min(high - 1, max(low + 1, round(low + share * (high - low))))
            found = self._odds_of(aim, middle)
            if found < wanted:
                low, below = middle, found
            else:
                high, above = middle, found
        return high

    @cached_property
    def plan(self) -> Aimed | None:
        """The personal plan, None without one."""
        return self._aim_at(self.facts.plan)

    @cached_property
    def quota(self) -> Aimed | None:
        """The quota, None without one or if it is 0."""
        return self._aim_at(self.facts.quota)

    def dials_on(self, day: date, weight: float) -> int | None:
        """Return the plan's target for a day of a weight: its share of N, at most what it holds, None if nothing."""
        plan, first = self.plan, self.facts.first_day
        if plan is None or not plan.deals or not weight or not self.left or (first is not None and day < first):
            return None
        holds = math.floor(self.per_day * min(weight, self.left) + 1e-9)
        if plan.dials is None:
            return holds or None
        share = math.ceil(plan.dials * min(1.0, weight / self.left) - 1e-9)
        return min(share, holds) or None

    def follow(self, dials: int) -> dict[str, float]:
        """Return what these dials are expected to bring, stage by stage."""
        means = accumulate((self.betas[stage].mean for stage in STAGES), mul, initial=float(dials))
        return dict(zip(STAGES, list(means)[1:], strict=True))

    # levers

    def _amount(self, means: Mapping[str, float]) -> float:
        """Return what the work is expected to bring by the end at given rates."""
        assert self.average is not None
        by_age, average = self.facts.by_age, self.average
        found = (1 - by_age) * self.funnel.amount(self.capacity, means, average)
        return found + (by_age * self.aged.expected(self._relative_work(self.capacity)) * average if by_age else 0.0)

    @cached_property
    def _asked_of_work(self) -> float | None:
        """What the work must bring for the mean forecast to reach the plan, None if nothing is required."""
        plan = self.plan
        if plan is None or plan.met or plan.deals is None or not self.left or self.average is None:
            return None
        now = self._amount(self._means)
        paced = self._pace_forecast(self.capacity).mean * self.average
        mean = 0.5 * (now + paced)
        missing = plan.missing - OTHER_COMES * self.facts.expected_left
        return now * missing / mean if mean > 0 else None  # the pace speeds up with the work

    @cached_property
    def levers(self) -> list[Lever]:
        """What each rate alone would have to be at today's capacity for about even odds, empty if none is required."""
        asked = self._asked_of_work
        if asked is None:
            return []
        return [Lever(stage, mean, self._needed_rate(stage, asked)) for stage, mean in self._means.items()]

    def _needed_rate(self, stage: str, asked: float) -> float | None:
        low, high = 0.0, 1.0
        if self._amount({**self._means, stage: high}) < asked:
            return None
        if self._amount({**self._means, stage: low}) >= asked:
            return 0.0
        for _ in range(30):
            middle = (low + high) / 2
            if self._amount({**self._means, stage: middle}) < asked:
                low = middle
            else:
                high = middle
        return high

    @property
    def lever(self) -> Lever | None:
        """The rate to name: the one that needs to move least, as odds, and of similar ones the most under control."""
        able = {
            lever.stage: _odds_ratio(lever.rate, lever.needed)
            for lever in self.levers
            if lever.needed is not None and LEVER_FROM * lever.rate < lever.needed < 1
        }
        least = min(able.values(), default=math.inf)
        if least > LEVER_UP_TO:
            return None
        named = next((stage for stage in LEVER_ORDER if stage in able and able[stage] <= NEAR * least), None)
        return next((lever for lever in self.levers if lever.stage == named), None)

    @property
    def calls_needed(self) -> int | None:
        """Calls per full day that reach the plan with the wanted probability, None if out of reach or not required."""
        plan = self.plan
        if plan is None or plan.met or plan.dials is None or not self.left:
            return None
        days = max(0.0, self.left - self.facts.weight_today) + min(self.facts.weight_today, self.left)
        return math.ceil((plan.dials + self.facts.dials_today) / days) if days else None

    @cached_property
    def more_proposals(self) -> int | None:
        """How many proposals sent today, on top of the open ones, give the plan even odds by the end of the month, None
        if more than anybody sends or if nothing is required.
        """
        plan = self.plan
        if plan is None or plan.met or plan.deals is None or not self.left:
            return None
        aim = Aim(self.sizes, plan.missing, self._unit(plan.missing))

        def even(more: int) -> bool:
            return Outlook(self.facts, self.supposed, self.until, more)._odds_of(aim, self.capacity) >= EVEN

        low, high = 0, MOST_PROPOSALS
        if not even(high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if even(middle) else (middle, high)
        return high

    @property
    def average_needed(self) -> float | None:
        """The average deal that gives about even odds with nothing else changed."""
        asked = self._asked_of_work
        now = self._amount(self._means) if asked is not None else 0.0
        return self.average * asked / now if asked is not None and self.average is not None and now > 0 else None

    # forecast

    @cached_property
    def _ends(self) -> Ends:
        return Ends(self.sizes, self.groups(self.capacity))

    @cached_property
    def forecast(self) -> Forecast | None:
        """The forecast of the month, None if the average deal is unknown."""
        if self.average is None and self.left:
            return None
        return self._ends.forecast(self.groups(self.capacity), self.facts.booked)

    @cached_property
    def by_work(self) -> Forecast | None:
        """The half of the forecast computed from calls and open work."""
        if self.average is None and self.left:
            return None
        groups = self._with_other(self._work(self.capacity)) if self.left else [Group([1.0])]
        return self._ends.forecast(groups, self.facts.booked)

    @cached_property
    def deals_to_come(self) -> CountForecast:
        """Deals in the days left, by pace."""
        return self._pace_forecast(self.capacity)

    @cached_property
    def by_pace(self) -> Forecast | None:
        """The other half: the month if it goes on as before."""
        if self.average is None and self.left:
            return None
        groups = self._with_other([Group(self.deals_to_come.masses)])
        return self._ends.forecast(groups, self.facts.booked)

    @cached_property
    def by_pipeline(self) -> Forecast:
        """What is booked plus what open work is expected to bring in time, without further calls."""
        groups = self._with_other(self._open_only()) if self.left else [Group([1.0])]
        return self._ends.forecast(groups, self.facts.booked)

    def _open_only(self) -> list[Group]:
        by_age = self.facts.by_age
        return [
            *scale(self.funnel.groups(0), 1 - by_age),
            *scale(self.aged.groups(0.0) if by_age else (), by_age),
        ]

    def forecast_after(self, days: float) -> Forecast | None:
        """Return the forecast at the end of the next `days` working days, for the fan chart."""
        if self.average is None:
            return None
        if days >= self.left:
            return self.forecast
        if days not in self._after:
            part = Outlook(self.facts, self.supposed, days)
            self._after[days] = self._ends.forecast(part.groups(part.capacity), self.facts.booked)
        return self._after[days]

    @cached_property
    def _after(self) -> dict[float, Forecast]:
        """The forecasts at the end of the days asked for so far."""
        return {}

    def amount_within(self, days: float, booked: float) -> Forecast | None:
        """Return what `booked` grows to within the next working days of a longer span, by pace."""
        if self.average is None or self.sizes is None:
            return None
        more = self.deals_to_come
        groups = [Group(more.times(days / self.left).masses)] if self.left and days > 0 else [Group([1.0])]
        return Ends(self.sizes, groups).forecast(groups, booked)

    @property
    def last_that_pays(self) -> date | None:
        """The last day whose calls still bring a tenth of their deals in time, None if there is none, or no end."""
        run, found = 0.0, None
        for day, weight in self.facts.ahead:
            run += weight
            if weight and self.funnel.in_time(self.left - run) >= STILL_PAYS:
                found = day
        return found

    @cached_property
    def calls_by_pace(self) -> Forecast | None:
        """Calls by the end of the period at the rep's own pace, None until a week of them is known."""
        today = self.facts.dials_today
        found = calls_by_pace(self.facts.dials_done - today, self.facts.call_days, self.left)
        if found is None or found.low >= self.facts.dials_done:
            return found
        done = float(self.facts.dials_done)  # today's are already done
        return Forecast(max(done, found.mean), done, max(done, found.high), max(done, found.median))

    @cached_property
    def proposals_by_pace(self) -> Forecast | None:
        """Proposals by the end of the period, None without a history."""
        facts = self.facts
        _, days = facts.recent
        if days <= 0 or not (facts.recent_proposals or facts.proposals_done):
            return None
        rate = max(facts.recent_proposals, 0.5) / days
        return count_interval(facts.proposals_done, by_pace(rate, facts.proposals_done, facts.elapsed, self.left))

    @property
    def disagree(self) -> bool:
        """Whether the work and the pace disagree."""
        return self.by_pace is not None and self.by_work is not None and disagree(self.by_pace, self.by_work)

    # refusals

    @cached_property
    def noes_to_meeting(self) -> Noes:
        """Conversations without a meeting before the next one with."""
        rate = self.betas["meeting-booked"]
        return Noes((1 - rate.mean) / rate.mean, noes(rate, 0.1), noes(rate, 0.9))

    @cached_property
    def noes_to_deal(self) -> Noes:
        """The same to the next deal, without open work."""
        rates = [beta for stage, beta in self.betas.items() if stage != STAGES[0]]
        no = 1 - self.betas["meeting-booked"].mean
        low, high = (least_dials_for_one(rates, share) for share in (0.1, 0.9))
        return Noes(no / math.prod(rate.mean for rate in rates), round(max(0, low - 1) * no), round(high * no))

    @cached_property
    def noes_heard(self) -> int:
        """Conversations without a meeting since the last one with."""
        return self.facts.noes_heard


SHOWN = (
    "plan", "quota", "levers", "forecast", "by_work", "by_pace", "by_pipeline", "noes_to_meeting", "noes_to_deal",
    "noes_heard",
)  # fmt: skip


def precompute(outlook: Outlook, *names: str) -> Outlook:
    """Compute everything a screen shows (or some of it) beforehand, so that it doesn't have to wait."""
    for name in names or SHOWN:
        getattr(outlook, name)
    return outlook


def _odds_ratio(rate: float, needed: float) -> float:
    return needed / (1 - needed) * (1 - rate) / rate
