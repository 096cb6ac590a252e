"""A day: what it asks, whether it fits, and how far one should be by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

from planner.domain.clients.people import SpecialDay
from planner.domain.day.blocks import Piece
from planner.domain.errors import InputError
from planner.domain.plan.plan import MonthPlan
from planner.domain.workdays import Period, WorkingDays

# Minutes of one, until the rep's own are known (`maths.md` 9).
MINUTES_EACH: Mapping[str, Fraction] = {
    "dials": Fraction(3, 2),
    "conversations": Fraction(6),
    "meetings_held": Fraction(60),
    "proposals": Fraction(45),
}
MAIL_MINUTES = 90


@dataclass(frozen=True, slots=True)
class Counter:
    """What one metric asks of a day.

    `goal_id` is the goal that asks most, `shortfall` what the cap leaves over. `source` says who asks, the rep's own
    `goal` or the `plan` by the rates; `other` is what the one that gave way asks.
    """

    metric: str
    target: int
    goal_id: int | None = None
    shortfall: Fraction = Fraction(0)
    source: str = "goal"
    other: int | None = None


LONGEST_LINE = 500


@dataclass(frozen=True, slots=True)
class CloseWords:
    """What a rep says to themselves in the evening, a line each (S4): what went well, what went wrong, what else could
    be done, what will be tried tomorrow.
    """

    went_well: str = ""
    went_wrong: str = ""
    what_else: str = ""
    will_try: str = ""

    def over(self, seen: CloseWords, now: CloseWords) -> CloseWords:
        """These lines where they are otherwise than they were `seen`, and else those of `now`."""
        changed = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if getattr(self, each.name) != getattr(seen, each.name)
        }
        return replace(now, **changed)

    def __post_init__(self) -> None:
        for text in (self.went_well, self.went_wrong, self.what_else, self.will_try):
            if len(text) > LONGEST_LINE:
                raise InputError(f"A line can have {LONGEST_LINE} characters; this one has {len(text):,}.")


@dataclass(frozen=True, slots=True)
class DayRecord:
    """When a day was opened and closed (local time), what was frozen at its opening, what was said at its close.

    `top_three` are the ids of the three tasks that came first when the day was opened.
    """

    day: date
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    targets: Mapping[str, Counter] | None = None
    note: str = ""
    words: CloseWords = CloseWords()
    top_three: tuple[int, ...] = ()

    @property
    def opened(self) -> bool:
        """Whether the targets are frozen."""
        return self.opened_at is not None

    @property
    def closed(self) -> bool:
        """Whether the day no longer belongs to the days left."""
        return self.closed_at is not None


def larger(counters: Sequence[Counter]) -> dict[str, Counter]:
    """Per metric the counter that asks most: it satisfies the others."""
    found: dict[str, Counter] = {}
    for counter in counters:
        known = found.get(counter.metric)
        if known is None or counter.target > known.target:
            found[counter.metric] = counter
    return found


@dataclass(frozen=True, slots=True)
class Fit:
    """Minutes asked of a day against the minutes of its working blocks."""

    asked: Fraction
    available: int

    @property
    def over(self) -> Fraction:
        """By how many minutes the day is over-full (0 when it fits)."""
        return max(Fraction(0), self.asked - self.available)


def with_derived(goals: Mapping[str, Counter], derived: Mapping[str, Counter]) -> dict[str, Counter]:
    """What the goals ask and what the plan asks by the rates: the larger of each, which names the other.

    A goal keeps its link to the ladder where the plan asks more.
    """
    found = dict(goals)
    for metric, asked in derived.items():
        goal = goals.get(metric)
        if goal is None:
            found[metric] = asked
        elif asked.target > goal.target:
            found[metric] = replace(asked, goal_id=goal.goal_id, shortfall=goal.shortfall, other=goal.target)
        else:
            found[metric] = replace(goal, other=asked.target)
    return found


def fit(counts: Mapping[str, Fraction | int], available: int, *, mail: bool = True) -> Fit:
    """Minutes asked = Σ count · minutes each, and the mail windows (`maths.md` 9)."""
    asked = sum(
        (MINUTES_EACH[metric] * count for metric, count in counts.items() if metric in MINUTES_EACH), Fraction(0)
    )
    return Fit(asked + (MAIL_MINUTES if mail else 0), available)


@dataclass(frozen=True, slots=True)
class DayOdds:
    """The odds as Today shows them: shares from 0 to 1, by the end of the month and in the end; `forecast` the median
    and its interval, in the currency; `noes` to the next meeting.

    `holds` is how many calls the day holds; `advice` what would do it, a sentence and a shorter one on two lines, empty
    where there is nothing to say. `key` is that of the day's counts they rest on (`hot.odds_key`).
    """

    p_plan: float | None = None
    p_quota: float | None = None
    p_plan_end: float | None = None
    p_quota_end: float | None = None
    forecast: tuple[float, float, float] | None = None
    noes: tuple[int, int, int] | None = None
    holds: int | None = None
    advice: str = ""
    key: str = ""


def ten_thousandths(share: float | None) -> int | None:
    """A probability as it is laid: what is not certain stays short of it, what is not impossible above 0."""
    if share is None or share in (0, 1):
        return None if share is None else round(share * 10_000)
    return min(9_999, max(1, round(share * 10_000)))


def shown_share(share: float | None) -> float | None:
    """A probability in four places, as every view has it: 0 and 1 only where it is certain."""
    found = ten_thousandths(share)
    return None if found is None else found / 10_000


def odds_columns(odds: DayOdds | None) -> dict[str, Any]:
    """The odds as the columns of a laid day: ten-thousandths and hundredths."""
    if odds is None:
        return {}
    forecast = (None, None, None) if odds.forecast is None else tuple(round(amount * 100) for amount in odds.forecast)
    noes = odds.noes or (None, None, None)
    return {
        "p_plan": ten_thousandths(odds.p_plan),
        "p_quota": ten_thousandths(odds.p_quota),
        "p_plan_end": ten_thousandths(odds.p_plan_end),
        "p_quota_end": ten_thousandths(odds.p_quota_end),
        "forecast": forecast[0],
        "forecast_low": forecast[1],
        "forecast_high": forecast[2],
        "noes": noes[0],
        "noes_low": noes[1],
        "noes_high": noes[2],
        "holds": odds.holds,
        "advice": odds.advice,
        "odds_key": odds.key,
    }


@dataclass(frozen=True, slots=True)
class DaySnapshot:
    """A day as it is laid for the quick reads. `plan` holds the figures in force over `plan_period`; `serves` names the
    goal that today's first target stands on, `wish` the top of its ladder. `fit` is None without any target. `list_day`
    is the day of the next calling list, `will_try` what the day before closed with, `day_notes` whole-day events,
    `special_days` birthdays and the like of contacts, `midway` what the check in the middle of a week or month says,
    `bests` the most of each metric on a day before, `next_due` the
    day on which what is asked less than once a day is due next.
    """

    day: date
    key: str
    weight: Fraction
    plan_period: Period
    plan_days: WorkingDays
    plan: MonthPlan | None
    currency: str | None
    counters: Mapping[str, Counter]
    blocks: tuple[Piece, ...]
    windows: tuple[tuple[time, time], ...]
    mail_minutes: int
    mail_next: str = ""
    wish: str = ""
    for_whom: str = ""
    picture: str = ""
    serves: str = ""
    fit: Fit | None = None
    available_minutes: int = 0
    odds: DayOdds | None = None
    list_day: date | None = None
    will_try: str = ""
    day_notes: tuple[str, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    midway: tuple[str, ...] = ()
    bests: Mapping[str, int] = field(default_factory=dict)
    next_due: Mapping[str, date] = field(default_factory=dict)

    @property
    def next_due_text(self) -> str:
        """What is due next, as one word each: ``proposals=2026-11-19``."""
        return " ".join(f"{name}={day}" for name, day in self.next_due.items())

    @property
    def bests_text(self) -> str:
        """The bests as one word each: ``dials=131 deals=2``."""
        return " ".join(f"{name}={most}" for name, most in self.bests.items())
