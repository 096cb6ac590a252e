"""The data behind the charts of a review: hours, trends, the funnel, pace, mail, the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from planner.domain.beta import Beta
from planner.domain.calls.best_hours import HourMap
from planner.domain.forecast.stages import STAGES
from planner.domain.workdays import Period

SHARE = 0.9  # probability covered by the interval of a rate
# What each stage counts, and what it is a share of.
OF = {
    "conversation": ("conversations", "dials"),
    "meeting-booked": ("meetings_booked", "conversations"),
    "meeting-held": ("meetings_held", "meetings_booked"),
    "proposal": ("proposals", "meetings_held"),
    "deal": ("deals", "proposals"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the funnel in a span: `done` out of `of`. `rate`, `low` and `high` (90%) are None if there was
    nothing to take a share of, or more came out than went in because it had gone in earlier.
    """

    stage: str
    done: int
    of: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None


def funnel(counts: Mapping[str, int]) -> tuple[Stage, ...]:
    """Return the steps from dial to deal as counted in a span (Jeffreys interval: Beta with one half each)."""
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
    """A day of the pace chart: revenue booked by its end (None for future days), and where the pace of quota and plan
    is then.
    """

    day: date
    booked: Fraction | None
    quota: Fraction
    plan: Fraction


def pace(
    month: Period, last: date, booked: Mapping[date, Fraction], shares: Iterable[tuple[Fraction, Fraction]]
) -> tuple[PaceDay, ...]:
    """Return a month day by day. `shares` are quota and plan of each day, `last` the last day known."""
    done = quota = plan = Fraction(0)
    found = []
    for day, (day_quota, day_plan) in zip(month, shares, strict=True):
        done += booked.get(day, Fraction(0))
        quota, plan = quota + day_quota, plan + day_plan
        found.append(PaceDay(day, done if day <= last else None, quota, plan))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day on the year's map: its working time and worth (None if nothing was due, or it isn't over)."""

    day: date
    weight: Fraction
    worth: float | None


@dataclass(frozen=True, slots=True)
class Charts:
    """The charts of a review. `hours` covers calls and conversations over twelve weeks. `weeks` names those of `trends`
    and `mail` (adherence, None without a window), oldest first. `year` starts on a Monday.
    """

    hours: HourMap
    weeks: Sequence[str]
    trends: Mapping[str, Sequence[int]]
    mail: Sequence[float | None]
    pace: Sequence[PaceDay]
    year: Sequence[YearDay]


LEVELS = (0.25, 0.5, 0.8)  # worth needed for each next shade on the year's map


def level(worth: float | None) -> int | None:
    """Return the shade of a day, 0 to 3, or None if there is nothing to shade."""
    return None if worth is None else sum(worth >= each for each in LEVELS)
