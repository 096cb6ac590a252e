"""Will the month be made, and what would it take: rates, sizing, forecast and levers combined (S3, S5, S16).

Everything derives from `Facts`, which a service reads once. A supposition (what-if) looks at the same facts with other
rates, calls per day, average deal or days. Amounts are in units of the currency, days in working days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import accumulate
from operator import mul

from planner.domain.beta import Beta
from planner.domain.errors import InputError
from planner.domain.forecast.amounts import (
    COARSE,
    MANY,
    STEPS,
    Aim,
    Chance,
    Ends,
    Forecast,
    Group,
    Sizes,
    shared,
    sizes_of,
)
from planner.domain.forecast.funnel import Rate, noes
from planner.domain.forecast.inputs import Facts
from planner.domain.forecast.ledger import shifted
from planner.domain.forecast.odds import LARGEST_DIALS, Aged, Funnel, Lever, Waiting, least_dials_for_one
from planner.domain.forecast.pace_forecast import (
    PRIOR_DAYS,
    CountForecast,
    by_pace,
    calls_by_pace,
    count_interval,
    disagree,
)
from planner.domain.forecast.stages import LEAST_RATE, STAGES
from planner.domain.plan.plan import MOST_CALLS

OTHER_COMES = 0.8  # probability of what is expected from renewals and repeat orders
MOST_AMOUNT = 1e12
LEAST_AMOUNT = 0.005  # amounts are whole hundredths, so less is nothing
LEVER_FROM = 1.02  # a rate that needn't move isn't named
LEVER_UP_TO = 10  # nor one that would have to move further, as odds, than any does within a month
# Among rates that need similar moves, name the one most under control: phone skills can change within a month.
NEAR = 1.25
STILL_PAYS = 0.1
EVEN = 0.5
TOLD = 12  # open deals that keep their own value
LEVER_ORDER = ("meeting-booked", "conversation", "deal", "proposal", "meeting-held")


@dataclass(frozen=True, slots=True)
class Supposition:
    """The suppositions of a what-if. None and 0 change nothing."""

    rates: Mapping[str, float] = field(default_factory=dict)
    calls_per_day: float | None = None
    average_deal: float | None = None
    days_off: float = 0

    def __post_init__(self) -> None:
        for stage, rate in self.rates.items():
            if stage not in STAGES:
                raise InputError(f"{stage!r} is not a stage; there are {', '.join(STAGES)}.")
            if not LEAST_RATE <= rate <= 1 - LEAST_RATE:
                raise InputError(f"The rate of {stage} lies between 0 and 1 (0 % and 100 %), not {rate:g}.")
        if self.calls_per_day is not None and not 0 <= self.calls_per_day <= MOST_CALLS:
            raise InputError(f"Calls a day can be from 0 to {MOST_CALLS:,}, not {self.calls_per_day:g}.")
        if self.average_deal is not None and not 0 < self.average_deal <= MOST_AMOUNT:
            raise InputError("The average deal must be more than 0.")
        if not 0 <= self.days_off <= 366:
            raise InputError(f"Days off can be from 0 to 366, not {self.days_off:g}.")

    def __bool__(self) -> bool:
        return bool(self.rates or self.calls_per_day is not None or self.average_deal is not None or self.days_off)


NOTHING = Supposition()


@dataclass(frozen=True, slots=True)
class Aimed:
    """One of the two figures: what is missing, in deals, and what that requires.

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
    """Refusals to expect: the mean and the 80 % spread."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True)
class Outlook:
    """The month seen from `facts` under a supposition. Everything is computed on first access."""

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
        usual = self._funnel(self._waiting[0]).expected(math.floor(facts.calls_per_day * self.left))
        others = max(0.0, usual - sum(chance for _, chance in together))
        if not together or not others:
            return found
        return Sizes([*((value, others * share) for value, share in found.atoms), *together])

    def _work(self, dials: int, *, ever: bool = False) -> list[Group]:
        """Return what dials and open work bring: by the funnel, and by age to the extent that calls don't tell."""
        by_age = self.facts.by_age
        return [
            *shared(self.funnel.groups(dials, ever=ever), 1 - by_age),
            *shared(self.aged.groups(self._usual(dials), ever=ever) if by_age else (), by_age),
        ]

    def _expected(self, dials: int) -> float:
        """Return the mean number of deals of `_work`."""
        by_age = self.facts.by_age
        aged = by_age * self.aged.expected(self._usual(dials)) if by_age else 0.0
        return (1 - by_age) * self.funnel.expected(dials) + aged

    def _usual(self, dials: int) -> float:
        """Return dials as a multiple of the usual work, which is the calls the days hold, for reps who log none."""
        plain = self if self.supposed.calls_per_day is None else self._plain
        return dials / plain.capacity if plain.capacity else 0.0

    @cached_property
    def _plain(self) -> Outlook:
        """The same days with nothing else supposed."""
        return Outlook(self.facts, Supposition(days_off=self.supposed.days_off), self.until, self.sent)

    @cached_property
    def _as_it_is(self) -> float:
        """Deals that the work of the same days brings with nothing supposed."""
        if not self.supposed.rates and self.supposed.calls_per_day is None:
            return self._expected(self.capacity)
        return self._plain._expected(self._plain.capacity)

    def _paced(self, dials: int) -> CountForecast:
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

    def groups(self, dials: int) -> list[Group]:
        """Return the combined forecast: half by work, half by pace, plus what is expected from elsewhere."""
        if not self.left:
            return [Group([1.0])]
        paced = self._paced(dials)
        found = [*shared(self._work(dials), 0.5), Group([0.5 * mass for mass in paced.masses])]
        return self._with_other(found)

    def _with_other(self, groups: list[Group]) -> list[Group]:
        other = self.facts.expected_left
        if other <= 0 or not self.left:
            return groups
        return [Group(counts, (*known, Chance(other, OTHER_COMES))) for counts, known in groups]

    # what is required

    def _aimed(self, target: float | None) -> Aimed | None:
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
        by_then = self._said(aim, self.capacity)
        ends = aim
        if not self.facts.deal_values:  # until one is won, each eventually counts as average
            ends = Aim(Sizes([(self.average, 1.0)]), missing, self._unit(missing))
        some_day = ends.probability(self._with_other(self._work(self.capacity, ever=True)))
        return Aimed(target, missing, deals, self._dials_for(aim, by_then), by_then, max(by_then, some_day))

    def _said(self, aim: Aim, dials: int) -> float:
        """Return the odds of an aim with these dials, corrected by the rep's track record."""
        return shifted(aim.probability(self.groups(dials)), self.facts.intercept)

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
                above = self._said(aim, high)
        else:
            below = self._said(aim, 0)
            if below >= wanted:
                return 0
        while high - low > 1:  # interpolate, but never too close to either end
            share = min(0.9, max(0.1, (wanted - below) / (above - below)))
            middle = min(high - 1, max(low + 1, round(low + share * (high - low))))
            found = self._said(aim, middle)
            if found < wanted:
                low, below = middle, found
            else:
                high, above = middle, found
        return high

    @cached_property
    def plan(self) -> Aimed | None:
        """The personal plan, None without one."""
        return self._aimed(self.facts.plan)

    @cached_property
    def quota(self) -> Aimed | None:
        """The quota, None without one or if it is 0."""
        return self._aimed(self.facts.quota)

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
        return found + (by_age * self.aged.expected(self._usual(self.capacity)) * average if by_age else 0.0)

    @cached_property
    def _means(self) -> dict[str, float]:
        return {stage: beta.mean for stage, beta in self.betas.items()}

    @cached_property
    def _asked_of_work(self) -> float | None:
        """What the work must bring for the mean forecast to reach the plan, None if nothing is required."""
        plan = self.plan
        if plan is None or plan.met or plan.deals is None or not self.left or self.average is None:
            return None
        now = self._amount(self._means)
        paced = self._paced(self.capacity).mean * self.average
        mean = 0.5 * (now + paced)
        missing = plan.missing - OTHER_COMES * self.facts.expected_left
        return now * missing / mean if mean > 0 else None  # the pace speeds up with the work

    @cached_property
    def levers(self) -> list[Lever]:
        """What each rate alone would have to be at today's capacity for about even odds, empty if none is required."""
        asked = self._asked_of_work
        if asked is None:
            return []
        return [Lever(stage, mean, self._needed(stage, asked)) for stage, mean in self._means.items()]

    def _needed(self, stage: str, asked: float) -> float | None:
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

    def more_proposals(self, most: int) -> int | None:
        """Return how many proposals sent today, on top of the open ones, give the plan even odds by the end of the
        month, None if more than `most` or if nothing is required.
        """
        plan = self.plan
        if plan is None or plan.met or plan.deals is None or not self.left:
            return None
        aim = Aim(self.sizes, plan.missing, self._unit(plan.missing))

        def even(more: int) -> bool:
            return Outlook(self.facts, self.supposed, self.until, more)._said(aim, self.capacity) >= EVEN

        low, high = 0, most
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
        return self._paced(self.capacity)

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
            *shared(self.funnel.groups(0), 1 - by_age),
            *shared(self.aged.groups(0.0) if by_age else (), by_age),
        ]

    def at(self, days: float) -> Forecast | None:
        """Return the forecast at the end of the next `days` working days, for the fan chart."""
        if self.average is None:
            return None
        if days >= self.left:
            return self.forecast
        part = Outlook(self.facts, self.supposed, days)
        return self._ends.forecast(part.groups(part.capacity), self.facts.booked)

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


def ready(outlook: Outlook, *names: str) -> Outlook:
    """Compute everything a screen shows (or some of it) beforehand, so that it doesn't have to wait."""
    for name in names or SHOWN:
        getattr(outlook, name)
    return outlook


def _odds_ratio(rate: float, needed: float) -> float:
    return needed / (1 - needed) * (1 - rate) / rate
