"""The check in the middle of a week and of a month, which appears by itself: where it stands, what is left (S5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import review as rules
from planner.domain.day import Counter
from planner.domain.goals import Goal
from planner.domain.review import CARRIED_FOR, FIGURES, Midway, Span
from planner.domain.workdays import DAY, Period, month_of
from planner.services.calendar import work_calendar
from planner.services.desk import Desk
from planner.store import review as store

if TYPE_CHECKING:
    from planner.store.recorder import Reads


def sentences(
    desk: Desk, reads: Reads, goals: dict[int, Goal], day: date, wanted: Mapping[str, Counter]
) -> tuple[str, ...]:
    """What the checks say that are due on a day: that of its week and that of its month. `wanted` is what it asks.

    A check is due on the day that the middle is passed; when that day wasn't opened, on those after it until one is.
    """
    found = []
    for span in (Span.WEEK, Span.MONTH):
        period = span.period(day)
        weights = dict(work_calendar(desk, reads, period).weights(period))
        middle = rules.middle(weights)
        if middle is None or day < middle or not weights[day]:
            continue
        opened = {each for each, (at, _, _) in store.rituals(reads, period).items() if at}
        if any(middle <= each < day for each in opened):
            continue
        text = _stand(desk, reads, goals, day, wanted, span, weights).sentence()
        if text:
            found.append(text)
    return tuple(found)


def _stand(
    desk: Desk,
    reads: Reads,
    goals: dict[int, Goal],
    day: date,
    wanted: Mapping[str, Counter],
    span: Span,
    weights: Mapping[date, Fraction],
) -> Midway:
    from planner.services.laying import asked_of, counters  # they call this

    period = span.period(day)
    counts, due = store.counts(reads, period), _due(desk, reads, period, day)
    ahead = [each for each in period if each > day and weights[each]]
    # beyond this month only the goals are asked: its odds aren't reckoned, and nobody's key waits for them
    near = [each for each in ahead if each in month_of(day)]
    rest = [wanted, *asked_of(desk, reads, goals, near).values()]
    rest += [counters(desk, reads, goals, each) for each in ahead if each not in near]
    past = [each for each in period if each < day]
    stands = {}
    for name in FIGURES:
        stands[name] = (
            sum(counts.get(each, {}).get(name, 0) for each in past),
            sum(due.get(each, {}).get(name, 0) for each in past),
            sum(asked[name].target for asked in rest if name in asked),
        )
    return Midway(span, stands, sum((weights[each] for each in Period(day, period.last)), Fraction(0)))


def _due(desk: Desk, reads: Reads, period: Period, day: date) -> dict[date, dict[str, int]]:
    """What the days of a period before one asked; one that wasn't opened what those before it did, as in the review."""
    began = store.began(reads) or day
    known = Period(max(began, period.first - DAY * CARRIED_FOR), day - DAY) if began < day else None
    if known is None:
        return {}
    opened = {each for each, (at, _, _) in store.rituals(reads, known).items() if at}
    frozen = store.targets(reads, known)
    weights = dict(work_calendar(desk, reads, known).weights(known))
    return rules.carried([(each, weights[each], frozen.get(each, {}) if each in opened else None) for each in known])
