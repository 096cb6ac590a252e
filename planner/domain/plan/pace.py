"""Computes the pace: where the rep should be, how far off they are, and what each day requires (`maths.md` 2 and 3).

All arithmetic is exact: targets and counts are `Fraction`, so ceilings are right to the unit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from planner.domain.errors import StateError
from planner.domain.workdays import DAY, Period, WorkCalendar, WorkingDays, working_days

Ahead = Literal["bank", "base"]
Verdict = Literal["met", "ahead", "on line", "behind", "missed"]
DEFAULT_CAP = Fraction(13, 10)
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Pace:
    """A target measured against the calendar. `line`, `delta` and rates are in its unit, days are working days.

    `required` is None if no day is left and the target isn't met. `run_rate` is None before the first day is over.
    """

    target: Fraction
    done: Fraction
    days: WorkingDays
    line: Fraction
    delta: Fraction
    delta_days: Fraction | None
    base: Fraction
    required: Fraction | None
    run_rate: Fraction | None
    verdict: Verdict

    @property
    def short_by(self) -> Fraction:
        """What is still missing (0 if met)."""
        return max(ZERO, self.target - self.done)

    @property
    def status(self) -> str:
        """The verdict in words."""
        words = {"ahead": "ahead of pace", "on line": "on pace", "behind": "behind pace"}
        return words.get(self.verdict, self.verdict)


def pace(target: Fraction, done: Fraction, days: WorkingDays, start: Fraction = ZERO) -> Pace:
    """Compare `done` with the pace of `target` over `days`. The pace starts at `start`, which was done before the first
    day but still counts.

    Raises StateError if the calendar leaves no working day for a target above 0.
    """
    if days.total == 0 and target > 0:
        raise StateError(
            "Your calendar has no working days in this period, so there's nothing to spread a target over."
        )
    start = min(start, target)
    base = (target - start) / days.total if days.total else ZERO
    line = start + base * days.elapsed
    delta = done - line
    short = max(ZERO, target - done)
    required = short / days.left if days.left else (None if short else ZERO)
    return Pace(
        target=target,
        done=done,
        days=days,
        line=line,
        delta=delta,
        delta_days=delta / base if base else None,
        base=base,
        required=required,
        run_rate=(done - start) / days.elapsed if days.elapsed else None,
        verdict=_verdict(short, delta, days.left),
    )


def _verdict(short: Fraction, delta: Fraction, left: Fraction) -> Verdict:
    if not short:
        return "met"
    if not left:
        return "missed"
    if delta > 0:
        return "ahead"
    return "on line" if delta == 0 else "behind"


@dataclass(frozen=True, slots=True)
class SafeDays:
    """How long the rep is safe without doing anything: for `days` full or part working days, then `due` units by the
    end of `by`.
    """

    days: int
    due: int
    by: date | None


def safe_days(target: Fraction, done: Fraction, calendar: WorkCalendar, period: Period, today: date) -> SafeDays:
    """Count the working days from today for which `done` stays on or above pace."""
    total = calendar.total(period)
    if not total:
        return SafeDays(0, 0, None)
    base = target / total
    line = base * calendar.total(period.up_to(today - DAY))
    days = 0
    for day, weight in calendar.weights(period.from_day(today)):
        if not weight:
            continue
        line += base * weight
        if done < line:
            return SafeDays(days, math.ceil(line - done), day)
        days += 1
    return SafeDays(days, 0, None)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the rest of a target is spread over the remaining days. `exact` and `whole` align with `days`. `shortfall` is
    what didn't fit.
    """

    days: tuple[date, ...]
    exact: tuple[Fraction, ...]
    whole: tuple[int, ...]
    shortfall: Fraction


def spread(
    target: Fraction,
    done: Fraction,
    base: Fraction,
    days_left: Sequence[tuple[date, Fraction]],
    *,
    cap: Fraction | None = DEFAULT_CAP,
    window: int | None = None,
    ahead: Ahead = "bank",
) -> Spread:
    """Spread what is left over the days left: x_d = base·w_d + y_d (`maths.md` 3).

    `cap` is c as a multiple of the base (None: no cap), `window` is K in working days (None: all that are left). A
    deficit is spread evenly by weight over the first K days, overflow goes to the earliest day with room, and what
    doesn't fit is the shortfall. When ahead, `bank` lowers every day evenly and `base` keeps the base rate.
    """
    worked = [(day, weight) for day, weight in days_left if weight]
    left = sum((weight for _, weight in worked), ZERO)
    remaining = max(ZERO, target - done)
    if not left:
        return Spread((), (), (), remaining)
    deficit = remaining - base * left
    if deficit <= 0:
        rate = base if ahead == "base" else remaining / left
        exact = [rate * weight for _, weight in worked]
        return _spread(worked, exact, ZERO)
    rooms = [None if cap is None else (cap - 1) * base * weight for _, weight in worked]
    first = worked if window is None else worked[: max(1, window)]
    weight_of_window = sum((weight for _, weight in first), ZERO)
    extra = [ZERO] * len(worked)
    for index, (_, weight) in enumerate(first):
        share = deficit * weight / weight_of_window
        room = rooms[index]
        extra[index] = share if room is None else min(share, room)
    overflow = deficit - sum(extra, ZERO)
    for index, room in enumerate(rooms):
        if not overflow:
            break
        more = overflow if room is None else min(overflow, room - extra[index])
        extra[index] += more
        overflow -= more
    exact = [base * weight + more for (_, weight), more in zip(worked, extra, strict=True)]
    return _spread(worked, exact, overflow)


def _spread(worked: Sequence[tuple[date, Fraction]], exact: list[Fraction], shortfall: Fraction) -> Spread:
    whole: list[int] = []
    running, counted = ZERO, 0
    for amount in exact:
        running += amount
        whole.append(math.ceil(running) - counted)
        counted += whole[-1]
    return Spread(tuple(day for day, _ in worked), tuple(exact), tuple(whole), shortfall)


@dataclass(frozen=True, slots=True)
class Course:
    """A target over a period, seen on one day: its pace, and the spread over the days left."""

    period: Period
    pace: Pace
    spread: Spread

    def share(self, day: date) -> Fraction | None:
        """Return the exact share of `day`, or None on a day off or outside the days left."""
        if day not in self.spread.days:
            return None
        return self.spread.exact[self.spread.days.index(day)]

    def target_of(self, day: date) -> int | None:
        """Return the whole-number target of `day`, or None on a day off. The first open day takes the ceiling of its
        own share (`min(⌈required·w⌉, cap)`). Later ones keep the running sum, so that the days add up. If a full day
        needs less than one, a whole one is due when the pace reaches it (`whole_by_line`).
        """
        if day not in self.spread.days:
            return None
        return self.spread.whole[self.spread.days.index(day)]


def course(
    target: Fraction,
    done_before: Fraction,
    calendar: WorkCalendar,
    period: Period,
    today: date,
    *,
    closed: bool = False,
    cap: Fraction | None = DEFAULT_CAP,
    window: int | None = None,
    ahead: Ahead = "bank",
    start: Fraction = ZERO,
) -> Course:
    """Return pace and spread of a target on a day. `done_before` is what was done before today (before tomorrow if
    closed), `start` the part of it done before the period began.
    """
    days = working_days(calendar, period, today, closed=closed)
    held = pace(target, done_before, days, start)
    first_open = today + DAY if closed else today
    left = list(calendar.weights(period.from_day(first_open)))
    found = spread(target, done_before, held.base, left, cap=cap, window=window, ahead=ahead)
    if 0 < held.base < 1:
        done = held.line if ahead == "base" else done_before
        weights = dict(left)
        whole = whole_by_line(target, done, held.line, held.base, [weights[day] for day in found.days])
        # everything fits: one a day, and the last day takes the rest
        found = replace(found, whole=whole, shortfall=ZERO if found.days else found.shortfall)
    return Course(period, held, found)


def whole_by_line(
    target: Fraction, done: Fraction, line: Fraction, base: Fraction, weights: Sequence[Fraction]
) -> tuple[int, ...]:
    """Return what is due on each day left if a full day needs less than one (`maths.md` 5b.9).

    One is due on the day the pace, from where it is now, reaches the next whole that isn't done. A backlog is due one a
    day, and the last day takes the rest.
    """
    whole: list[int] = []
    counted = math.floor(done)
    for index, weight in enumerate(weights):
        line += base * weight
        left = max(0, math.ceil(target) - counted)
        due = left if index == len(weights) - 1 else min(1, left, max(0, math.floor(line) - counted))
        whole.append(due)
        counted += due
    return tuple(whole)


def prorated(target: Fraction, calendar: WorkCalendar, whole: Period, started: Period) -> Fraction:
    """Return T in proportion to W, for a period that started late."""
    total = calendar.total(whole)
    return target * calendar.total(started) / total if total else target
