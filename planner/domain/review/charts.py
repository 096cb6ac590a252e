"""What of a review is looked at rather than read: hours, trends, the funnel, the pace, mail, the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from planner.domain.beta import Beta
from planner.domain.calls.best_hours import HourMap
from planner.domain.forecast.stages import STAGES
from planner.domain.workdays import Period

SHARE = 0.9  # of the interval of a rate
# What is counted at each stage, and what it is a share of.
OF = {
    "conversation": ("conversations", "dials"),
    "meeting-booked": ("meetings_booked", "conversations"),
    "meeting-held": ("meetings_held", "meetings_booked"),
    "proposal": ("proposals", "meetings_held"),
    "deal": ("deals", "proposals"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the funnel in a span: how many of how many. `rate`, `low` and `high` (90 %) are None where there was
    nothing to be a share of, or more came out than went in: what came out had gone in before.
    """

    stage: str
    done: int
    of: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None


def funnel(counts: Mapping[str, int]) -> tuple[Stage, ...]:
    """The steps from a dial to a deal as they were counted in a span (Jeffreys' interval: Beta of one half each)."""
    found = []
    for stage in STAGES:
        done, of = (counts.get(name, 0) for name in OF[stage])
        if not 0 <= done <= of or not of:
            found.append(Stage(stage, done, of))
            continue
        low, high = Beta(done + 0.5, of - done + 0.5).interval(SHARE)
        found.append(Stage(stage, done, of, done / of, low, high))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class PaceDay:
    """A day of a month: what was booked until its end (None for days to come), and where the two lines stand then."""

    day: date
    booked: Fraction | None
    quota: Fraction
    plan: Fraction


def pace(
    month: Period, last: date, booked: Mapping[date, Fraction], shares: Iterable[tuple[Fraction, Fraction]]
) -> tuple[PaceDay, ...]:
    """A month day by day. `shares` are quota and plan of each of its days, `last` the last day that is known."""
    done = quota = plan = Fraction(0)
    found = []
    for day, (day_quota, day_plan) in zip(month, shares, strict=True):
        done += booked.get(day, Fraction(0))
        quota, plan = quota + day_quota, plan + day_plan
        found.append(PaceDay(day, done if day <= last else None, quota, plan))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day of the year's map: its working time, and what it was worth (None: nothing was due, or not over)."""

    day: date
    weight: Fraction
    worth: float | None


@dataclass(frozen=True, slots=True)
class Charts:
    """The charts of a review. `hours` are calls and talks of twelve weeks; `weeks` name those of `trends` and of `mail`
    (adherence, None without a window), oldest first; `year` begins with a Monday.
    """

    hours: HourMap
    weeks: Sequence[str]
    trends: Mapping[str, Sequence[int]]
    mail: Sequence[float | None]
    funnel: Sequence[Stage]
    pace: Sequence[PaceDay]
    year: Sequence[YearDay]


LEVELS = (0.25, 0.5, 0.8)  # what a day must be worth for the next shade of the year's map


def level(worth: float | None) -> int | None:
    """The shade of a day, 0 to 3; None where there is nothing to shade."""
    return None if worth is None else sum(worth >= each for each in LEVELS)
