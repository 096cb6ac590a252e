"""A day's values: its targets, whether they fit into its hours, and the expected progress so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

from planner.domain.clients.special_days import SpecialDay
from planner.domain.day.blocks import Piece
from planner.domain.errors import InputError
from planner.domain.plan.plan import MonthPlan
from planner.domain.workdays import Period, WorkingDays

# Minutes each takes until the rep's own are known (`maths.md` 9).
MINUTES_EACH: Mapping[str, Fraction] = {
    "dials": Fraction(3, 2),
    "conversations": Fraction(6),
    "meetings_held": Fraction(60),
    "proposals": Fraction(45),
}
MAIL_MINUTES = 90


@dataclass(frozen=True, slots=True)
class Counter:
    """A day's target for one metric.

    `goal_id` is the goal with the highest target, `shortfall` what exceeds the cap. `source` says where the target
    comes from: the rep's own `goal`, or the `plan` by the rates. `other` is the lower target of the two.
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
    """The rep's evening notes, one line each (S4): what went well, what went wrong, what else could be done, what to
    try tomorrow.
    """

    went_well: str = ""
    went_wrong: str = ""
    what_else: str = ""
    will_try: str = ""

    def merge_edits(self, seen: CloseWords, now: CloseWords) -> CloseWords:
        """Return the lines edited since they were `seen`, and those of `now` for the rest."""
        changed = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if getattr(self, each.name) != getattr(seen, each.name)
        }
        return replace(now, **changed)

    def __post_init__(self) -> None:
        for text in (self.went_well, self.went_wrong, self.what_else, self.will_try):
            if len(text) > LONGEST_LINE:
                raise InputError(f"An answer can have up to {LONGEST_LINE:,} characters. This one has {len(text):,}.")


@dataclass(frozen=True, slots=True)
class DayRecord:
    """When a day was opened and closed (local time), the targets frozen at opening and the notes made at closing.

    `top_three` are the ids of the top three tasks when the day was opened.
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
        """Whether the day no longer counts among the days left."""
        return self.closed_at is not None


def largest_by_metric(counters: Sequence[Counter]) -> dict[str, Counter]:
    """Return the counter with the highest target per metric, which also satisfies the others."""
    found: dict[str, Counter] = {}
    for counter in counters:
        known = found.get(counter.metric)
        if known is None or counter.target > known.target:
            found[counter.metric] = counter
    return found


@dataclass(frozen=True, slots=True)
class Fit:
    """Compares the minutes a day's targets need with the minutes of its working blocks."""

    asked: Fraction
    available: int

    @property
    def over(self) -> Fraction:
        """Minutes by which the day is over-full (0 if it fits)."""
        return max(Fraction(0), self.asked - self.available)


def with_derived(goals: Mapping[str, Counter], derived: Mapping[str, Counter]) -> dict[str, Counter]:
    """Merge the targets of the goals with those of the plan by the rates. The larger wins and records the other.

    The goal stays linked in the goal tree even where the plan's target is larger.
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


def fit(counts: Mapping[str, Fraction | int], available: int) -> Fit:
    """Compare available minutes with those required: Σ count · minutes each, plus mail windows (`maths.md` 9)."""
    asked = sum(
        (MINUTES_EACH[metric] * count for metric, count in counts.items() if metric in MINUTES_EACH), Fraction(0)
    )
    return Fit(asked + MAIL_MINUTES, available)


@dataclass(frozen=True, slots=True)
class DayOdds:
    """The odds shown on Today: shares from 0 to 1, by the end of the month and eventually. `forecast` is the median and
    its interval in the currency, `noes` the refusals until the next meeting.

    `holds` is the daily capacity for calls. `advice` is a long and a short sentence on two lines, or empty. `key`
    identifies the day's counts they are based on (`Today.odds_key`).
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
    """Return a probability as stored: never rounded to certain or impossible unless it is."""
    if share is None or share in (0, 1):
        return None if share is None else round(share * 10_000)
    return min(9_999, max(1, round(share * 10_000)))


def shown_share(share: float | None) -> float | None:
    """Return a probability to four places, as every view shows it. It is 0 or 1 only if certain."""
    found = ten_thousandths(share)
    return None if found is None else found / 10_000


def odds_columns(odds: DayOdds | None) -> dict[str, Any]:
    """Return the odds as snapshot columns, in ten-thousandths and hundredths."""
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
    """The snapshot of a day for quick reads. `plan` holds the figures in force over `plan_period`. `serves` names the
    goal behind today's first target, `wish` the top of its goal tree. `fit` is None without targets. `list_day` is the
    day of the next calling list, `will_try` what the day before closed with, `day_notes` whole-day events,
    `special_days` contacts' birthdays and the like, `midway` the mid-week and mid-month checks, `bests` the highest
    count of each metric on an earlier day, `next_due` when a target of less than one a day is due next.
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
        """What is due next, one word per metric: ``proposals=2026-11-19``."""
        return " ".join(f"{name}={day}" for name, day in self.next_due.items())

    @property
    def bests_text(self) -> str:
        """The bests, one word per metric: ``dials=131 deals=2``."""
        return " ".join(f"{name}={most}" for name, most in self.bests.items())
