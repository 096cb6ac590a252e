"""Pairs the trials of the funnel with their outcomes, from the log and the deals (`maths.md` 4).

Five stages lead from a dial to a deal. What starts a stage is a trial, and what ends it well a success. An outcome is
paired with the latest waiting trial of its contact, or with the latest one without a contact. Waiting trials count to
the extent that their outcome would have come by now, and trials weigh less as they age.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from planner.domain.forecast.lags import AT_ONCE, Lag
from planner.domain.workdays import DAY, Period, WorkCalendar

HALF_LIFE = 60  # working days
OTHERS = 0  # contact of calls whose own doesn't matter, as no outcome is theirs
LOOK_BACK = 90  # days before a deal was opened in which its proposal may lie
PROPOSED = ("proposal", "closing")  # stages at which an open deal has had its proposal


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
    """What the forecast needs to know of a deal. Days are ISO text, `value` is in the currency, `won` is None while
    open, `before` is the stage at which it was closed.
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
    """Maps each day to its age in working days as of today, 0 for today and later."""

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

    def __eq__(self, other: object) -> bool:
        """Whether each day has the same age."""
        if not isinstance(other, Ages):
            return NotImplemented
        mine = (self.today, self.today_left, self._oldest, self._ages)
        return mine == (other.today, other.today_left, other._oldest, other._ages)

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, day: str) -> float:
        found = self._ages.get(day)
        if found is not None:
            return found
        return 0.0 if day > self.today.isoformat() else self._oldest

    def watched_days(self, day: str) -> float:
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
    """Trials of a stage on one day (and with one contact): how many there were, how many succeeded, how many still wait
    for an outcome.

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

    def share_seen(self, ages: Ages, lag: Lag) -> float:
        """Return F at its age: the share of its eventual outcomes that would have come by now, without today's.

        A meeting with a date has had its outcome once that day is over.
        """
        if self.meets is not None:
            return 1.0 if self.meets < ages.today.isoformat() else 0.0
        return lag.p_within(ages.watched_days(self.since)) if lag is not AT_ONCE else 1.0

    @property
    def since(self) -> str:
        """The day from which it could have had its outcome."""
        return self.begun or self.day


def pair_trials(stage: str, events: Iterable[Event], deals: Iterable[DealFact] = ()) -> list[Trial]:
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
    """Pairs the outcomes of one stage with its waiting trials, day by day."""

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
        since = ""
        if deal is not None and deal.opened is not None:
            since = (date.fromisoformat(deal.opened) - LOOK_BACK * DAY).isoformat()
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
