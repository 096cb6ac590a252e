"""Will the month be made, and what would it take: rates, sizing, forecast and levers put together (S3, S5, S16).

Everything comes out of `Facts`, which a service has read once; a supposition (what-if) looks at the same facts with
other rates, calls a day, deal or days. Amounts are in units of the currency, days in working days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from planner.domain.beta import Beta
from planner.domain.errors import InputError
from planner.domain.facts import WAITS_AT, Facts
from planner.domain.forecast import (
    Chance,
    CountForecast,
    Forecast,
    Pipeline,
    amounts_by_pace,
    by_pace,
    calls_by_pace,
    count_interval,
    disagree,
)
from planner.domain.funnel import (
    AverageDeal,
    Rate,
    noes,
)
from planner.domain.plan import MOST_CALLS
from planner.domain.sizing import Lever, Odds, expected_follow
from planner.domain.stages import LAGS, LEAST_RATE, STAGES

MOST_AMOUNT = 1e12
LEAST_AMOUNT = 0.005  # amounts are whole hundredths: less is none
LEVER_FROM = 1.02  # a rate that need not move isn't named
LEVER_UP_TO = 10  # nor one that would have to move so far, as odds: nobody's does within a month
# Of rates that would have to move about as far, the one that is named: what is said on the phone moves within a month.
NEAR = 1.25
LEVER_ORDER = ("meeting-booked", "conversation", "deal", "proposal", "meeting-held")


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed in a what-if. None and 0 leave it as it is."""

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
    """One of the two figures: what is missing, in deals, and what that asks.

    `deals` is None while the average deal isn't known. `dials` is the least number that reaches it with the wanted
    probability (None: unknown or out of reach), `probability` that at the capacity.
    """

    target: float
    missing: float
    deals: int | None
    dials: int | None
    probability: float | None

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return self.missing <= 0


@dataclass(frozen=True, slots=True)
class Noes:
    """Refusals to go: on average, and the 80 % spread."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True)
class Outlook:
    """The month seen from `facts` under a supposition. Everything is worked out when first asked for."""

    facts: Facts
    supposed: Supposition = NOTHING

    @cached_property
    def rates(self) -> dict[str, Rate]:
        """The rates, supposed ones among them."""
        return {
            stage: replace(rate, supposed=self.supposed.rates.get(stage)) for stage, rate in self.facts.rates.items()
        }

    @cached_property
    def betas(self) -> dict[str, Beta]:
        """What is believed of each stage."""
        return {stage: rate.posterior for stage, rate in self.rates.items()}

    @property
    def low_confidence(self) -> bool:
        """Whether of any stage the prior still outweighs the data."""
        return any(rate.low_confidence for rate in self.rates.values())

    @property
    def average(self) -> float | None:
        """What a deal is expected to bring."""
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
        return max(0.0, self.facts.left - self.supposed.days_off)

    @property
    def holds_today(self) -> int:
        """Calls that today holds in all."""
        return math.floor(self.per_day * min(self.facts.weight_today, self.left) + 1e-9)

    @property
    def capacity(self) -> int:
        """Further dials that the days left hold, those of today that are done taken off."""
        later = max(0.0, self.left - self.facts.weight_today)
        return math.floor(self.per_day * later + 1e-9) + max(0, self.holds_today - self.facts.dials_today)

    # what is asked

    def _deals_for(self, target: float) -> tuple[float, int | None]:
        missing = target - self.facts.booked - self.facts.expected_other
        if missing <= 0:
            return missing, 0
        return missing, None if self.average is None else math.ceil(missing / self.average - 1e-9)

    @cached_property
    def _odds(self) -> dict[int, Odds]:
        return {}

    def odds(self, deals: int) -> Odds:
        """The odds of a number of deals, kept for the next question."""
        found = self._odds.get(deals)
        if found is None:
            found = self._odds[deals] = Odds(self.betas, deals, self.facts.open)
        return found

    def _aimed(self, target: float | None) -> Aimed | None:
        if target is None or target <= 0:
            return None
        missing, deals = self._deals_for(target)
        if deals is None:
            return Aimed(target, missing, None, None, None)
        odds = self.odds(deals)
        if not self.left and deals:  # nothing more is done in this period, so nothing more is won in it
            return Aimed(target, missing, deals, None, 0.0)
        return Aimed(target, missing, deals, odds.dials_for(self.facts.wanted), odds.probability(self.capacity))

    @cached_property
    def plan(self) -> Aimed | None:
        """The personal plan; None without one."""
        return self._aimed(self.facts.plan)

    @cached_property
    def quota(self) -> Aimed | None:
        """The quota; None without one, or of 0."""
        return self._aimed(self.facts.quota)

    def dials_on(self, day: date, weight: float) -> int | None:
        """What the plan asks of a day of a weight: its share of N, at most what it holds; None where it is nothing."""
        plan, first = self.plan, self.facts.first_day
        if plan is None or not plan.deals or not weight or not self.left or (first is not None and day < first):
            return None
        holds = math.floor(self.per_day * min(weight, self.left) + 1e-9)
        if plan.dials is None:
            return holds or None
        share = math.ceil(plan.dials * min(1.0, weight / self.left) - 1e-9)
        return min(share, holds) or None

    def follow(self, dials: int) -> dict[str, float]:
        """What so many dials are expected to bring, stage by stage."""
        return dict(zip(STAGES, expected_follow(dials, list(self.betas.values())), strict=True))

    # levers

    @cached_property
    def levers(self) -> list[Lever]:
        """What each single rate would have to be at today's capacity for even odds; empty where nothing is missing."""
        plan = self.plan
        if plan is None or not plan.deals or not self.left:
            return []
        return self.odds(plan.deals).levers(self.capacity)

    @property
    def lever(self) -> Lever | None:
        """The rate to name: the one that would have to move least, as odds; of near ones the most in one's hands."""
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
        """Calls a full day that reach the plan with the wanted probability; None: out of reach, or nothing asked."""
        plan = self.plan
        if plan is None or not plan.deals or plan.dials is None or not self.left:
            return None
        days = max(0.0, self.left - self.facts.weight_today) + min(self.facts.weight_today, self.left)
        return math.ceil((plan.dials + self.facts.dials_today) / days) if days else None

    @property
    def more_proposals(self) -> int | None:
        """Open proposals more that would make it even odds."""
        plan = self.plan
        if plan is None or not plan.deals or not self.left:
            return None
        return self.odds(plan.deals).more_open(self.capacity)

    # forecast

    @cached_property
    def deals_a_day(self) -> float | None:
        """r₀: the rep's own deals a working day, else the plan's; None where neither a history nor a plan says."""
        facts = self.facts
        won, days = facts.recent
        if days > 0:
            return max(won, 0.5) / days  # none in three months is not never: as if it had been half a one
        if facts.plan and self.average and facts.total:
            return max(0.0, facts.plan - facts.brought_in) / self.average / facts.total
        return None

    def deals_within(self, days: float) -> CountForecast | None:
        """Deals of the next working days, by pace."""
        rate = self.deals_a_day
        return None if rate is None else by_pace(rate, self.facts.deals_done, self.facts.elapsed, days)

    @cached_property
    def deals_to_come(self) -> CountForecast | None:
        """Deals in the days left, by pace."""
        return self.deals_within(self.left)

    def amount_within(self, days: float, booked: float) -> Forecast | None:
        """What `booked` grows to within the next working days, by pace; None while an average deal isn't known."""
        more = self.deals_within(days)
        if more is None or self.average is None:
            return None
        return amounts_by_pace(booked, more, self._values)

    @cached_property
    def _values(self) -> list[tuple[float, float]]:
        """What deals bring, with weights: those won by age, and the own estimate."""
        facts = self.facts
        values = [(value, facts.ages.weight(day)) for day, value in facts.deal_values]
        if self.supposed.average_deal is not None:
            return [(self.supposed.average_deal, 1.0)]
        if facts.estimate is not None:
            values.append((facts.estimate, float(AverageDeal.STRENGTH)))
        return values

    @cached_property
    def by_pace(self) -> Forecast | None:
        """What the month comes to if it goes on as before; None while an average deal isn't known."""
        found = self.amount_within(self.left, self.facts.booked)
        return None if found is None else _plus(found, self.facts.expected_other if self.left else 0.0)

    @cached_property
    def calls_by_pace(self) -> Forecast | None:
        """Calls at the end of the period, as the rep's own days have been; None until a week of them is known."""
        today = self.facts.dials_today
        found = calls_by_pace(self.facts.dials_done - today, self.facts.call_days, self.left)
        if found is None or found.low >= self.facts.dials_done:
            return found
        done = float(self.facts.dials_done)  # what today has brought already
        return Forecast(max(done, found.mean), done, max(done, found.high))

    @cached_property
    def proposals_by_pace(self) -> Forecast | None:
        """Proposals at the end of the period; None without a history."""
        facts = self.facts
        _, days = facts.recent
        if days <= 0 or not (facts.recent_proposals or facts.proposals_done):
            return None
        rate = max(facts.recent_proposals, 0.5) / days
        return count_interval(facts.proposals_done, by_pace(rate, facts.proposals_done, facts.elapsed, self.left))

    @cached_property
    def pipeline(self) -> Pipeline:
        """What is booked and what is open, as a distribution."""
        target = self.facts.plan or self.facts.quota or 0.0
        return Pipeline(self.facts.booked, self._chances(), target)

    def _chances(self) -> list[Chance]:
        facts = self.facts
        last = self.betas["deal"].mean
        wins = {"deal": last, "proposal": self.betas["proposal"].mean * last}
        lags = {"deal": LAGS["deal"], "proposal": LAGS["proposal"] + LAGS["deal"]}
        found = []
        for deal in facts.live:
            stage = WAITS_AT.get(deal.stage, "proposal")
            value = deal.value if deal.value is not None else self.average
            if value is None:
                continue
            # without cycles of one's own, the usual lags, in calendar days
            usual = lags[stage] * 7 / 5
            within = facts.cycles.closes_within(facts.age_of(deal), facts.days_to_end, usual) if self.left else 0.0
            found.append(Chance(value, wins[stage] * within))
        return found

    @cached_property
    def by_pipeline(self) -> Forecast:
        """What is booked and what the open deals are expected to bring in time."""
        return _plus(self.pipeline.forecast, self.facts.expected_other if self.left else 0.0)

    @property
    def disagree(self) -> bool:
        """Whether pace and pipeline tell different stories."""
        return self.by_pace is not None and disagree(self.by_pace, self.by_pipeline)

    # refusals

    @cached_property
    def noes_to_meeting(self) -> Noes:
        """Conversations without a meeting before the next one with."""
        rate = self.betas["meeting-booked"]
        return Noes((1 - rate.mean) / rate.mean, noes(rate, 0.1), noes(rate, 0.9))

    @cached_property
    def noes_to_deal(self) -> Noes:
        """The same to the next deal, nothing open counted."""
        rates = {stage: beta for stage, beta in self.betas.items() if stage != STAGES[0]}
        odds = Odds(rates, 1)
        no = 1 - self.betas["meeting-booked"].mean
        low, high = (odds.dials_for(share) for share in (0.1, 0.9))
        most = 50_000
        return Noes(
            no / odds.product(),
            round(max(0, (low if low is not None else most) - 1) * no),
            round((high if high is not None else most) * no),
        )

    @cached_property
    def noes_heard(self) -> int:
        """Conversations without a meeting since the last one with."""
        return self.facts.noes_heard


SHOWN = ("plan", "quota", "levers", "by_pace", "by_pipeline", "noes_to_meeting", "noes_to_deal", "noes_heard")


def ready(outlook: Outlook, *names: str) -> Outlook:
    """Work out everything that a screen shows (or only some of it), so that it has nothing left to wait for."""
    for name in names or SHOWN:
        getattr(outlook, name)
    return outlook


def _odds_ratio(rate: float, needed: float) -> float:
    return needed / (1 - needed) * (1 - rate) / rate


def _plus(forecast: Forecast, more: float) -> Forecast:
    return Forecast(forecast.mean + more, forecast.low + more, forecast.high + more)
