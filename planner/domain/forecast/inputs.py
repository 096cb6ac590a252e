"""The facts that a month's odds are computed from, and what follows from them alone: trials, rates, waiting work and
stale deals.

No supposition affects any of it (`outlook.py`). Amounts are in units of the currency, days in working days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from planner.domain.forecast.funnel import Ages, DealFact, Event, Trial
from planner.domain.forecast.lags import Lag
from planner.domain.forecast.learned import Learned, Stage
from planner.domain.forecast.odds import DEFAULT_PROBABILITY, Waiting
from planner.domain.forecast.pace_forecast import Cycles
from planner.domain.forecast.rates import AverageDeal, Rate, average_deal, cycle_days
from planner.domain.forecast.risks import LATELY, Life, Risks
from planner.domain.forecast.stages import PRIORS, STAGES, Prior

WAITING = ("meeting-held", "proposal", "deal")  # stages with a lag, whose trials can wait
CALLS_LOGGED = 100  # a day or two of them
CALLS_TELL = 2_000  # calls from which the funnel says as much as the ages of deals
DEALS_FROM, DEALS_TELL = 4, 12  # ended deals from which their ages start to count, and count in full
WATCHED_FROM = 45  # days, as a pipeline entered all at once doesn't keep growing like that
STILL_OPEN = 0.1  # of all outcomes are still to come
# The stage whose outcome an open deal awaits.
WAITS_AT = {"talk": "proposal", "meeting": "proposal", "proposal": "deal", "closing": "deal"}


@dataclass(frozen=True)
class Facts:
    """Everything read for a month's odds: the log and the deals up to a moment, the month, its figures, and the daily
    capacity.

    `elapsed`, `left` and `weight_today` are working days among those that count. `weight_today` is 0 once the day is
    closed or if it lies outside. `calls_per_day` is a full day's capacity, `calls_from` its source (`set`, `blocks`,
    `default`). `recent` is the deals of the last three months and their working days (0 days: no history),
    `recent_proposals` their proposals. `call_days` are working weight and calls of past days. `days_to_end` is in
    calendar days. `ends` is the last day, `ahead` the dates left with their weights, `first_day` the first that counts,
    `brought_in` the part of `booked` won before it. `other_came` is the part of `expected_other` that came. `intercept`
    is the correction of the odds by the rep's track record, in logits.
    """

    today: date
    ages: Ages
    events: Sequence[Event]
    deals: Sequence[DealFact]
    total: float
    elapsed: float
    left: float
    weight_today: float
    days_to_end: int
    first_day: date | None = None
    quota: float | None = None
    plan: float | None = None
    expected_other: float = 0.0
    other_came: float = 0.0
    estimate: float | None = None
    booked: float = 0.0
    brought_in: float = 0.0
    deals_done: int = 0
    dials_today: int = 0
    dials_done: int = 0
    call_days: Sequence[tuple[float, int]] = ()
    proposals_done: int = 0
    recent_proposals: int = 0
    logged_values: Sequence[tuple[str, float]] = ()
    calls_per_day: float = 100.0
    calls_from: str = "default"
    minutes_per_dial: float | None = None
    recent: tuple[int, float] = (0, 0.0)
    priors: Mapping[str, Prior] = field(default_factory=lambda: dict(PRIORS))
    wanted: float = DEFAULT_PROBABILITY
    intercept: float = 0.0
    ends: date | None = None
    ahead: Sequence[tuple[date, float]] = ()
    learned: Learned = field(default_factory=Learned, repr=False, compare=False)

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """What the log and the deals say of each stage."""
        find = self.learned.find
        return {stage: find(stage, self.events, self.deals, self.ages, self.priors[stage]) for stage in STAGES}

    @cached_property
    def trials(self) -> dict[str, list[Trial]]:
        """The trials of each stage with their outcomes."""
        return {name: stage.trials for name, stage in self.stages.items()}

    @cached_property
    def rates(self) -> dict[str, Rate]:
        """The rate of each stage."""
        return {name: stage.rate for name, stage in self.stages.items()}

    @cached_property
    def lags(self) -> dict[str, Lag]:
        """How long each stage takes."""
        return {name: stage.lag for name, stage in self.stages.items()}

    @cached_property
    def losses(self) -> dict[str, Lag | None]:
        """How long it takes to record a loss at each stage."""
        return {name: stage.losses for name, stage in self.stages.items()}

    @cached_property
    def gone(self) -> dict[str, tuple[float, Lag]]:
        """The share of losses recorded at each stage and how long that takes, for stages that have any."""
        return {stage: (self.rates[stage].told, lag) for stage, lag in self.losses.items() if lag is not None}

    @cached_property
    def average(self) -> AverageDeal:
        """The average value of a deal."""
        return average_deal(self.deal_values, self.ages, self.estimate)

    @cached_property
    def deal_values(self) -> list[tuple[str, float]]:
        """Day and value of every won deal with a known value."""
        won = [(deal.closed, deal.value) for deal in self.deals if deal.won and deal.closed and deal.value]
        return [*self.logged_values, *((day, value) for day, value in won if day is not None and value is not None)]

    @cached_property
    def cycles(self) -> Cycles:
        """How long deals take."""
        return Cycles(tuple(cycle_days(self.deals)))

    def age_of(self, deal: DealFact) -> int | None:
        """Return the calendar days a deal has been open, None if unknown."""
        return None if deal.opened is None else max(0, (self.today - date.fromisoformat(deal.opened)).days)

    @cached_property
    def stale(self) -> tuple[DealFact, ...]:
        """Open deals older than twice the longest cycle, which the customer has as good as given up."""
        limit = self.cycles.stale_after
        if limit is None:
            return ()
        return tuple(deal for deal in self.deals if deal.won is None and (self.age_of(deal) or 0) > limit)

    @cached_property
    def open_deals(self) -> tuple[DealFact, ...]:
        """Every open deal. Those that have long been silent fade by themselves."""
        return tuple(deal for deal in self.deals if deal.won is None)

    @cached_property
    def waiting(self) -> tuple[Waiting, ...]:
        """Work waiting for an outcome: booked meetings, held ones, proposals. No customer counts twice.

        A contact counts at the furthest stage reached, by the log or by an open deal. Closing a deal removes what
        waited with it. Waiting work without a contact is matched to open deals without a trial, while there are any.
        """
        of, nobodys = self._waiting_trials()
        found = []
        known: set[int] = set()
        for deal in sorted(self.open_deals, key=lambda each: -_stage_at(each)):
            at, rows = _stage_at(deal), of.get(deal.contact or 0, {})
            if deal.contact is not None and deal.contact not in known:
                at = max((at, *rows))
                known.add(deal.contact)
            latest = max(rows.get(at, ()), key=lambda each: each.since, default=None)
            if latest is None and not rows and nobodys[at]:  # the latest without a contact
                latest = nobodys[at][-1]
                nobodys[at] = _one_less(nobodys[at])
            found.append(self._waits(WAITING[at], latest, 1, deal))
        unmatched = {contact: rows for contact, rows in of.items() if contact not in known}
        left = [(max(rows), rows[max(rows)]) for rows in unmatched.values()] + list(enumerate(nobodys))
        found += [self._waits(WAITING[at], trial, trial.waiting) for at, trials in left for trial in trials]
        return tuple(found)

    def _waiting_trials(self) -> tuple[dict[int, dict[int, list[Trial]]], list[list[Trial]]]:
        """Return the trials that wait, each contact's by stage (as an index of `WAITING`), and those without a contact.

        Closing a deal ends what waited with its contact, and a meeting whose day is over no longer waits.
        """
        closed: dict[int, str] = {}
        for deal in self.deals:
            if deal.contact is not None and deal.closed is not None:
                closed[deal.contact] = max(deal.closed, closed.get(deal.contact, ""))
        today = self.today.isoformat()
        of: dict[int, dict[int, list[Trial]]] = {}
        nobodys: list[list[Trial]] = [[] for _ in WAITING]
        for at, stage in enumerate(WAITING):
            for trial in self.trials[stage]:
                if not trial.waiting or (trial.meets is not None and trial.meets < today):
                    continue
                if trial.contact is None:
                    nobodys[at].append(trial)
                elif closed.get(trial.contact, "") < trial.day:
                    of.setdefault(trial.contact, {}).setdefault(at, []).append(trial)
        return of, nobodys

    def _waits(self, stage: str, trial: Trial | None, count: int, deal: DealFact | None = None) -> Waiting:
        since = trial.since if trial is not None else deal.opened if deal is not None else None
        watched = self.lags[stage].median if since is None else self.ages.watched_days(since)
        meets = None
        if trial is not None and trial.meets is not None:
            days = (date.fromisoformat(trial.meets) - self.today).days
            meets = self.left * days / self.days_to_end if days < self.days_to_end else math.inf
        age = self.age_of(deal) if deal is not None else None
        return Waiting(stage, watched, count, None if deal is None else deal.value, meets, age)

    @cached_property
    def open(self) -> dict[str, int]:
        """The number waiting at each stage, without those whose outcome has become unlikely."""
        found = dict.fromkeys(WAITING, 0)
        for each in self.waiting:
            if each.meets is not None or 1 - self.lags[each.stage].p_within(each.watched) >= STILL_OPEN:
                found[each.stage] += each.times
        return found

    @property
    def expected_left(self) -> float:
        """What is still expected from renewals and repeat orders, less what has already come."""
        return max(0.0, self.expected_other - self.other_came)

    @cached_property
    def risks(self) -> Risks:
        """Outcomes of deals by age. Deals that were only logged, never open, count as won on their day."""
        lives, opened = [], []
        for deal in self.deals:
            since = deal.opened or deal.closed
            if since is None:
                continue
            until = date.fromisoformat(deal.closed) if deal.closed is not None else self.today
            age = (until - date.fromisoformat(since)).days
            open_today = deal.won is None and self.weight_today > 0  # today isn't over yet
            lives.append(Life(max(0, age - open_today), deal.won, self.ages.weight(since)))
            opened.append(since)
        for day, _ in self.logged_values:
            lives.append(Life(0, True, self.ages.weight(day)))
            opened.append(day)
        first = self.today - timedelta(days=LATELY)
        watched = (self.today - max(first, date.fromisoformat(min(opened)))).days if opened else LATELY
        return Risks(lives, sum(day >= first.isoformat() for day in opened), max(watched, WATCHED_FROM))

    @cached_property
    def by_age(self) -> float:
        """The weight given to the ages of deals, from 0 to 1: higher the fewer calls the log has for the funnel, and
        the more deals have ended to learn from.
        """
        known = min(1.0, max(0.0, (self._ended - DEALS_FROM) / (DEALS_TELL - DEALS_FROM)))
        return known * max(0.0, 1 - self._calls / CALLS_TELL)

    @property
    def too_few_calls(self) -> bool:
        """Whether deals come from calls that aren't logged, so that nobody can say how many calls it takes."""
        return self.by_age > 0.5 or (self._ended >= DEALS_FROM and self._calls < CALLS_LOGGED)

    @property
    def _calls(self) -> float:
        """Calls in the log, weighted by age."""
        return self.rates[STAGES[0]].weighed[0]

    @cached_property
    def _ended(self) -> int:
        """Deals won or lost."""
        return sum(deal.won is not None and deal.closed is not None for deal in self.deals) + len(self.logged_values)

    @cached_property
    def noes_heard(self) -> int:
        """Conversations without a meeting since the day of the last meeting booked."""
        last = max((event.day for event in self.events if event.kind in ("meeting-booked", "dial-meeting")), default="")
        return sum(
            event.times for event in self.events if event.kind in ("conversation", "dial-spoken") and event.day > last
        )


def _stage_at(deal: DealFact) -> int:
    """Return the index in `WAITING` of the stage whose outcome an open deal awaits."""
    return WAITING.index(WAITS_AT.get(deal.stage, "proposal"))


def _one_less(trials: list[Trial]) -> list[Trial]:
    """Return the waiting trials less one of the latest."""
    last = trials[-1]
    return trials[:-1] + ([replace(last, waiting=last.waiting - 1)] if last.waiting > 1 else [])
