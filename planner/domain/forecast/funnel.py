"""The rep's own conversion rates, from the log and the deals (`maths.md` 4).

Five stages lead from a dial to a deal. What starts a stage is a trial, and what ends it well a success. An outcome is
paired with the latest waiting trial of its contact, or with the latest one without a contact. Waiting trials count to
the extent that their outcome would have come by now, and trials weigh less as they age.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from planner.domain.beta import Beta
from planner.domain.forecast.lags import AT_ONCE, Lag, Seen, learnt
from planner.domain.forecast.stages import LAGS, Prior
from planner.domain.workdays import DAY, Period, WorkCalendar

HALF_LIFE = 60  # working days
OTHERS = 0  # contact of calls whose own doesn't matter, as no outcome is theirs
LOOK_BACK = 90  # days before a deal was opened in which its proposal may lie
PROPOSED = ("proposal", "closing")  # stages at which an open deal has had its proposal
EM_STEPS = 8
UNTOLD = 0.5  # unrecorded losses assumed in addition to the recorded ones
SHOWN_FROM = 0.05  # share of a waiting trial below which it isn't listed behind a rate


class Event(NamedTuple):
    """A log event. `day` is ISO text, `kind` one of those in `TRIALS` and `OUTCOMES`, `contact` an id.

    `meets` is the day of the meeting booked with it, if known.
    """

    day: str
    kind: str
    times: int
    contact: int | None = None
    meets: str | None = None


class DealFact(NamedTuple):
    """What the arithmetic needs of a deal. Days are ISO text, `value` is in the currency, `won` is None while open,
    `before` is the stage at which it was closed.
    """

    id: int
    title: str
    stage: str
    won: bool | None
    opened: str | None
    closed: str | None
    contact: int | None
    value: float | None
    before: str | None = None


# What starts each stage, and whether the row itself is already a success.
TRIALS: Mapping[str, Mapping[str, bool]] = {
    "conversation": {"dial": False, "dial-spoken": True, "dial-meeting": True},
    "meeting-booked": {"conversation": False, "dial-spoken": False, "dial-meeting": True},
    "meeting-held": {"meeting-booked": False, "dial-meeting": False},
    "proposal": {"meeting-held": False},
    "deal": {"proposal": False},
}
OUTCOMES: Mapping[str, Mapping[str, bool]] = {
    "conversation": {"conversation": True},
    "meeting-booked": {"meeting-booked": True},
    "meeting-held": {"meeting-held": True, "no-show": False},
    "proposal": {"proposal": True},
    "deal": {"deal": True},
}


class Ages:
    """Age of each day in working days as of today, 0 for today and later."""

    def __init__(self, calendar: WorkCalendar, first: date, today: date, *, closed: bool = False) -> None:
        self.today = today
        self.today_left = 0.0 if closed else float(calendar.weight(today))
        self._ages: dict[str, float] = {}
        self._weights: dict[str, float] = {}
        total = 0.0
        run = [(day.isoformat(), float(weight)) for day, weight in calendar.weights(Period(min(first, today), today))]
        for day, weight in reversed(run):
            self._ages[day] = total
            total += weight
        self._oldest = total

    def __getitem__(self, day: str) -> float:
        found = self._ages.get(day)
        if found is not None:
            return found
        return 0.0 if day > self.today.isoformat() else self._oldest

    def watched(self, day: str) -> float:
        """Return the working days since a day whose outcomes are all known, which excludes today until it is over."""
        return self[day] - self.today_left

    def weight(self, day: str) -> float:
        """Return the remaining weight of a trial of that day."""
        found = self._weights.get(day)
        if found is None:
            found = self._weights[day] = float(0.5 ** (self[day] / HALF_LIFE))
        return found


@dataclass(slots=True)
class Trial:
    """Trials of one day (and contact): how many there were, how many succeeded, how many still wait for an outcome.

    `ended` is the day of the last success, `lost_on` that of the last loss. `deal` names a deal that is a trial by
    itself because its proposal wasn't logged: its age counts from `begun`. `meets` is the day of a booked meeting,
    which counts once that day is over, whatever the usual lag. `open_deals` is how many of the waiting are known as
    open deals.
    """

    day: str
    count: int
    contact: int | None = None
    won: int = 0
    waiting: int = 0
    ended: str | None = None
    begun: str | None = None
    deal: str | None = None
    meets: str | None = None
    open_deals: int = 0
    lost_on: str | None = None

    def seen(self, ages: Ages, lag: Lag) -> float:
        """Return F at its age: the share of its eventual outcomes that would have come by now, without today's.

        A meeting with a date has had its outcome once that day is over.
        """
        if self.meets is not None:
            return 1.0 if self.meets < ages.today.isoformat() else 0.0
        return lag.within(ages.watched(self.since)) if lag is not AT_ONCE else 1.0

    @property
    def since(self) -> str:
        """The day from which it could have had its outcome."""
        return self.begun or self.day


@dataclass(frozen=True, slots=True)
class Rate:
    """A stage's rate: the prior, the observations, and the resulting belief.

    `trials` and `successes` are whole numbers of what counts, `weighed` the same weighted by age, `waiting` the trials
    that may still succeed. `lag` is the median in working days, `told` the share of losses that are recorded.
    `low_confidence` means the prior outweighs the data.
    """

    stage: str
    prior: Beta
    trials: int
    successes: int
    weighed: tuple[float, float]
    lag: float
    waiting: int = 0
    behind: tuple[Trial, ...] = field(default=(), repr=False)
    supposed: float | None = None
    told: float = 0.0

    @property
    def posterior(self) -> Beta:
        """The current belief. Under a supposition it has the same strength around the supposed rate."""
        n, s = self.weighed
        found = Beta(self.prior.a + s, self.prior.b + max(0.0, n - s))
        return found if self.supposed is None else found.moved_to(self.supposed)

    @property
    def low_confidence(self) -> bool:
        """Whether the prior still outweighs the observations."""
        return self.prior.strength > self.weighed[0]


def settled(stage: str, events: Iterable[Event], deals: Iterable[DealFact] = ()) -> list[Trial]:
    """Return the trials of a stage with their outcomes.

    An outcome belongs to the latest waiting trial before it: its contact's, else one without a contact. An outcome
    without a contact may take anybody's latest trial. One without a trial (an answered incoming call) is no success
    of this stage. A deal whose proposal wasn't logged, closed or open, is a trial by itself.
    """
    starts, ends = TRIALS[stage], OUTCOMES[stage]
    run: list[tuple[str, int, Event, DealFact | None]] = []
    for event in events:
        if event.kind in starts:
            run.append((event.day, 0, event, None))
        if event.kind in ends:
            run.append((event.day, 1, event, None))
    for deal in deals if stage == "deal" else ():
        if deal.won is not None and deal.closed is not None:
            kind = "deal" if deal.won else "lost"
            run.append((deal.closed, 1, Event(deal.closed, kind, 1, deal.contact), deal))
    run.sort(key=itemgetter(0, 1))  # within a day, starts come before ends
    pairing = _Pairing()
    for _, ends_here, event, closing in run:
        if not ends_here:
            pairing.start(event, starts[event.kind])
        else:
            pairing.end(event, ends.get(event.kind, False), closing)
    for deal in deals if stage == "deal" else ():
        if deal.won is None and deal.opened is not None and deal.stage in PROPOSED:
            pairing.wait(deal)
    return pairing.trials


class _Pairing:
    def __init__(self) -> None:
        self.trials: list[Trial] = []
        self._of: dict[int | None, list[Trial]] = {}  # waiting, latest last
        self._any: list[Trial] = []

    def start(self, event: Event, well: bool) -> None:
        trial = Trial(event.day, event.times, event.contact, meets=None if well else event.meets)
        self.trials.append(trial)
        if well:
            trial.won, trial.ended = event.times, event.day
            return
        trial.waiting = event.times
        self._of.setdefault(event.contact, []).append(trial)
        if event.contact is not None:
            self._any.append(trial)

    def wait(self, deal: DealFact) -> None:
        """Let an open deal without a logged proposal wait too, or only closed deals would inform the rate."""
        assert deal.opened is not None
        for waiting in (self._of.get(deal.contact, []), self._of.get(None, [])):
            known = next((trial for trial in reversed(waiting) if trial.waiting > trial.open_deals), None)
            if known is not None:
                known.open_deals += 1
                return
        trial = Trial(deal.opened, 1, deal.contact, waiting=1, begun=deal.opened, deal=deal.title, open_deals=1)
        self.trials.append(trial)

    def end(self, event: Event, well: bool, deal: DealFact | None) -> None:
        # a deal is often recorded after its proposal was sent, but not months after
        since = "" if deal is None or deal.opened is None else days_before(deal.opened, LOOK_BACK)
        left = event.times
        if event.contact is not None:
            left = self._take(self._of.get(event.contact, []), left, event, well, "")
        if left:
            left = self._take(self._of.get(None, []), left, event, well, since)
        if left and event.contact is None:
            left = self._take(self._any, left, event, well, since)
        if left and deal is not None:
            begun = min(deal.opened or event.day, event.day)
            trial = Trial(event.day, left, event.contact, begun=begun, deal=deal.title)
            trial.won, trial.ended = (left, event.day) if well else (0, event.day)
            trial.lost_on = None if well else event.day
            self.trials.append(trial)

    @staticmethod
    def _take(waiting: list[Trial], left: int, event: Event, well: bool, since: str) -> int:
        while left and waiting:
            trial = waiting[-1]
            if not trial.waiting:
                waiting.pop()
                continue
            if trial.day < since:
                return left
            taken = min(left, trial.waiting)
            trial.waiting -= taken
            left -= taken
            if well:
                trial.won += taken
                trial.ended = event.day
            else:
                trial.lost_on = event.day
        return left


def days_before(day: str, count: int) -> str:
    """Return the ISO date `count` days before another."""
    return (date.fromisoformat(day) - count * DAY).isoformat()


def rate_of(stage: str, trials: Sequence[Trial], ages: Ages, prior: Prior, lag: Lag, losses: Lag | None = None) -> Rate:
    """Estimate the rate of a stage from its trials, as of the day of `ages` (`maths.md` 4 and 5b.4).

    A waiting trial counts as failed only to the extent that a win would have come by now, and not to the extent that a
    loss would have been recorded by now. This is the fixed point of the EM algorithm over won, lost and waiting.
    `losses` is the lag of losses, and the share of losses that are recorded is estimated along the way.
    """
    believed = Beta(prior.mean * prior.strength, (1 - prior.mean) * prior.strength)
    known = s = lost = 0.0
    successes = resolved = 0
    waits: list[tuple[Trial, float, float, float]] = []  # weight, and how many wins and losses would be known
    for trial in trials:
        weight, over = ages.weight(trial.day), trial.count - trial.waiting
        if over:
            known += over * weight
            s += trial.won * weight
            lost += (over - trial.won) * weight
            successes += trial.won
            resolved += over
        if trial.waiting:
            gone = trial.seen(ages, losses) if losses is not None else 0.0
            waits.append((trial, weight * trial.waiting, trial.seen(ages, lag), gone))
    failed, p, told = 0.0, believed.mean, lost / (lost + UNTOLD) if losses is not None and lost else 0.0
    for _ in range(EM_STEPS if waits else 0):
        if losses is not None and lost:
            silent = sum(weight * _lost(won, told * gone, p) * gone for _, weight, won, gone in waits)
            told = lost / (lost + silent + UNTOLD)
        failed = sum(weight * _failed(won, told * gone, p) for _, weight, won, gone in waits)
        p = (believed.a + s + max(0.0, -failed)) / (believed.strength + known + abs(failed))
    counted, waiting, hidden = float(resolved), 0.0, set[int]()
    for trial, _, won, gone in waits:
        part = min(1.0, max(0.0, _failed(won, told * gone, p)))
        counted += part * trial.waiting
        waiting += (1 - part) * trial.waiting
        if trial.count == trial.waiting and part < SHOWN_FROM:
            hidden.add(id(trial))
    behind = tuple(trial for trial in trials if id(trial) not in hidden)
    weighed = (known + abs(failed), s + max(0.0, -failed))
    return Rate(
        stage, believed, round(counted), successes, weighed, lag.median, round(waiting), tuple(behind), told=told
    )


def _failed(won: float, lost: float, p: float) -> float:
    """Return the part of a waiting trial that counts as failed (below 0: won), given the wins and losses known."""
    rest = 1 - lost + p * (lost - won)
    return (1 - p) * (won - lost) / rest if rest > 1e-12 else 1.0


def _lost(won: float, lost: float, p: float) -> float:
    """Return P(a waiting trial won't be won)."""
    rest = 1 - lost + p * (lost - won)
    return (1 - p) * (1 - lost) / rest if rest > 1e-12 else 1.0


def lag_of(stage: str, trials: Sequence[Trial], ages: Ages) -> Lag:
    """Estimate a stage's lag from the usual one and the rep's own, if contacts or deals show it (`maths.md` 5b.1)."""
    if not LAGS[stage]:
        return AT_ONCE
    own, followed = [], []
    for trial in trials:
        weight = ages.weight(trial.day)
        followed.append((ages[trial.since], weight * trial.count))
        if trial.won and trial.ended is not None and (trial.contact is not None or trial.deal is not None):
            own.append(Seen(ages[trial.since] - ages[trial.ended], weight, ages[trial.since]))
    return learnt(LAGS[stage], own, followed)


def losses_of(stage: str, trials: Sequence[Trial], ages: Ages) -> Lag | None:
    """Estimate how long it takes to record a loss, None if none was ever recorded."""
    own, followed = [], []
    for trial in trials:
        weight = ages.weight(trial.day)
        followed.append((ages[trial.since], weight * trial.count))
        if trial.lost_on is not None and (trial.contact is not None or trial.deal is not None):
            own.append(Seen(ages[trial.since] - ages[trial.lost_on], weight, ages[trial.since]))
    return learnt(LAGS[stage], own, followed) if own and LAGS[stage] else None


@dataclass(frozen=True, slots=True)
class AverageDeal:
    """The average deal: the rep's estimate and the deals won, weighted by age. `shrunk` is (k·v₀ + Σv)/(k + n)."""

    estimate: float | None
    seen: int
    weighed: tuple[float, float]

    STRENGTH = 5

    @property
    def shrunk(self) -> float | None:
        """The average to use, None without an estimate or a deal."""
        n, total = self.weighed
        if self.estimate is None:
            return total / n if n > 0 and total > 0 else None
        return (self.STRENGTH * self.estimate + total) / (self.STRENGTH + n)


def average_deal(values: Iterable[tuple[str, float]], ages: Ages, estimate: float | None) -> AverageDeal:
    """Return the average of deals won (day, value), weighted by age, around the rep's own estimate."""
    n = total = 0.0
    seen = 0
    for day, value in values:
        weight = ages.weight(day)
        n, total, seen = n + weight, total + weight * value, seen + 1
    return AverageDeal(estimate, seen, (n, total))


def cycle_days(deals: Iterable[DealFact]) -> list[int]:
    """Return calendar days from opening to winning for every won deal with known dates, shortest first."""
    found = []
    for deal in deals:
        if deal.won and deal.opened is not None and deal.closed is not None:
            days = (date.fromisoformat(deal.closed) - date.fromisoformat(deal.opened)) // DAY
            if days >= 0:
                found.append(days)
    return sorted(found)


def noes(rate: Beta, share: float) -> int:
    """Return the quantile of conversations without a meeting before the next one with, at probability `share`.

    Beta-geometric: P(more than k) = B(a, b + k + 1) / B(a, b). Capped at 10,000.
    """
    still = 1.0
    for k in range(10_000):
        still *= (rate.b + k) / (rate.a + rate.b + k)
        if 1 - still >= share:
            return k
    return 10_000


@dataclass(frozen=True, slots=True)
class WeekdayRate:
    """Conversations per call on a weekday (0 is Monday), shrunk to the overall mean by `STRENGTH` calls."""

    weekday: int
    rate: float
    calls: int

    STRENGTH = 60


def weekday_rates(days: Iterable[tuple[str, int, int]]) -> list[WeekdayRate]:
    """Return the rates by weekday from (day, calls, conversations), best first, empty below 200 calls in all."""
    calls, talks = [0] * 7, [0] * 7
    for day, count, spoken in days:
        weekday = date.fromisoformat(day).weekday()
        calls[weekday] += count
        talks[weekday] += min(spoken, count)
    total = sum(calls)
    if total < 200:
        return []
    mean, strength = sum(talks) / total, WeekdayRate.STRENGTH
    found = [
        WeekdayRate(day, (talks[day] + mean * strength) / (calls[day] + strength), calls[day])
        for day in range(7)
        if calls[day] >= 30
    ]
    return sorted(found, key=lambda each: -each.rate)
