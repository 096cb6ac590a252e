"""What a day asks: planned out of the facts of one reading, nothing read on the way.

`DayFacts` is what there must be to plan from; the services read it, each thing once. Targets are in units of their
metric, amounts in the currency, days in working days.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from planner.domain.day.blocks import WORKING_KINDS
from planner.domain.day.day import Counter, DayRecord, Fit, fit, larger, with_derived
from planner.domain.day_counts import DayCounts
from planner.domain.errors import StateError
from planner.domain.plan.goals import Goal, GoalState, Horizon
from planner.domain.plan.pace import Ahead, Course, course, whole_by_line
from planner.domain.plan.plan import MonthPlan
from planner.domain.plan.proration import goal_in_force
from planner.domain.review import review as rules
from planner.domain.review.review import CARRIED_FOR, FIGURES, Checkpoint, Span
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of, worked_ahead

if TYPE_CHECKING:
    from planner.domain.day.blocks import Piece
    from planner.domain.forecast.outlook import Outlook

# Counters in the order of the method; revenue and the rep's own tallies have no counter of a day.
COUNTER_ORDER = ("dials", "conversations", "meetings_booked", "meetings_held", "proposals", "deals")
NEAR = 30  # days ahead in which mail that opens next is looked for


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that planning a day rests on; `mail_windows` says when mail opens on a weekday, Monday 0."""

    cap: Fraction
    catch_up_days: int | None
    ahead: Ahead
    seasons: Sequence[float]
    mail_minutes: int
    mail_windows: Callable[[int], Sequence[str]]


class DayFacts(Protocol):
    """What is known of the base, as of `today`; `closed` says whether today is."""

    @property
    def today(self) -> date: ...
    @property
    def closed(self) -> bool: ...
    @property
    def rules(self) -> Rules: ...
    @property
    def calendar(self) -> WorkCalendar: ...
    @property
    def goals(self) -> Mapping[int, Goal]: ...
    @property
    def counts(self) -> DayCounts: ...
    @property
    def plans(self) -> Sequence[MonthPlan]: ...
    def done_within(self, goal: Goal, period: Period | None) -> Decimal: ...
    def record(self, day: date) -> DayRecord: ...
    def frozen(self, period: Period) -> dict[date, Mapping[str, int] | None]: ...
    @property
    def began(self) -> date | None: ...
    @property
    def first_use(self) -> datetime | None: ...
    def outlook(self, month: Period, *, morning: bool = False) -> Outlook: ...


@dataclass(frozen=True, slots=True)
class Aim:
    """A numeric goal on one day: the stretch it is held to, the target in force and its course. Target in units."""

    goal: Goal
    stretch: Period
    target: Fraction
    course: Course


def aim(facts: DayFacts, goal: Goal, day: date, *, closed: bool = False) -> Aim | None:
    """A goal held against its calendar on the morning of a day (after it, when closed); None without a figure.

    Raises StateError when the calendar leaves it no working day.
    """
    found = goal.stretch(day)
    if found is None or goal.metric is None:
        return None
    stretch, figure = found
    target = Fraction(figure)
    if goal.prorated:
        target = goal_in_force(goal, target, facts.calendar, stretch)
    done = Fraction(facts.done_within(goal, stretch.until(day if closed else day - DAY)))
    spread, start = stretch, Fraction(0)
    if goal.starts is not None and stretch.first < goal.starts <= stretch.last:
        # the year of a growth path: all of it is counted, and its line begins where it stood when the goal was made
        spread = Period(goal.starts, stretch.last)
        start = Fraction(facts.done_within(goal, stretch.until(goal.starts - DAY)))
    return Aim(goal, stretch, target, course_of(facts, target, done, spread, day, closed=closed, start=start))


def course_of(
    facts: DayFacts,
    target: Fraction,
    done: Fraction,
    period: Period,
    day: date,
    *,
    closed: bool = False,
    start: Fraction = Fraction(0),
) -> Course:
    """The course of a target by the rep's own settings; `start` is what of it was done before the period began.

    Raises StateError when no working day is left to it.
    """
    rules = facts.rules
    return course(
        target,
        done,
        facts.calendar,
        period,
        day,
        closed=closed,
        cap=rules.cap,
        window=rules.catch_up_days,
        ahead=rules.ahead,
        start=start,
    )


def counters(facts: DayFacts, day: date) -> dict[str, Counter]:
    """What each metric asks of a day: of several goals on one metric, the one that asks most.

    A day to come is reckoned from what the days between are to carry. A goal without any working day asks nothing.
    """
    today, found = facts.today, list[Counter]()
    for goal in facts.goals.values():
        if goal.state is not GoalState.OPEN or goal.metric is None or day not in goal.counting:
            continue
        metric = goal.metric.counted
        if metric not in COUNTER_ORDER:
            continue
        seen = max(today, goal.counting.first) if day > today else day
        try:
            held = aim(facts, goal, seen, closed=facts.closed and seen == today < day)
        except StateError:
            continue  # said where the goal is set and shown; the day simply has nothing of it
        target = held.course.target_of(day) if held else None
        if held is not None and target is not None:
            found.append(Counter(metric, target, goal.id, held.course.spread.shortfall))
    return larger(found)


def asked_of(facts: DayFacts, days: Iterable[date]) -> dict[date, dict[str, Counter]]:
    """What each of some days asks, today or to come: the goals, and the plan by the rates, the larger of each."""
    found = {}
    for day in days:
        # once today is closed, what was done on it belongs to what later days are planned from
        known = facts.outlook(month_of(day), morning=not (facts.closed and day > facts.today))
        derived = by_the_rates(facts, known, day)
        found[day] = with_derived(counters(facts, day), derived)
    return found


DERIVED = {"conversations": "conversation", "meetings_booked": "meeting-booked", "proposals": "proposal"}


def by_the_rates(facts: DayFacts, known: Outlook, day: date) -> dict[str, Counter]:
    """What the plan asks of a day by the rates: calls, and what is expected to follow from them.

    Of what follows less than once a full day, a whole one falls due when its running sum reaches it.
    """
    weight = facts.calendar.weight(day)
    calls = known.dials_on(day, float(weight))
    if calls is None:
        return {}
    found = {"dials": Counter("dials", calls, source="plan")}
    follow = known.follow(calls)
    for metric, stage in DERIVED.items():
        per_day = Fraction(follow[stage]) / weight
        if per_day >= 1:
            due = math.ceil(follow[stage] - 1e-9)
        else:
            due = next(iter(_rare(facts, known, metric, per_day, day).values()), 0)
        found[metric] = Counter(metric, due, source="plan")
    return found


def _rare(facts: DayFacts, known: Outlook, metric: str, per_day: Fraction, day: date) -> dict[date, int]:
    """What of a metric is due on each day left from one on, when a full day needs `per_day` of it, less than one."""
    month = month_of(day)
    used = facts.began or (facts.first_use.date() if facts.first_use is not None else day)
    # nothing was due before the program was first used
    counting = Period(max(month.first, known.facts.first_day or month.first, min(day, used)), month.last)
    if day not in counting:
        return {}
    total = facts.calendar.total(counting)
    before = facts.calendar.total(counting.until(day - DAY)) if day > counting.first else Fraction(0)
    done = Fraction(facts.counts.total(metric, counting.until(min(day, facts.today) - DAY)))
    line = per_day * before
    if day > facts.today:  # what was due until then is taken for done
        done = max(done, Fraction(math.floor(line)))
    days = [(each, weight) for each, weight in facts.calendar.weights(counting.since(day)) if weight]
    target = max(Fraction(1), Fraction(round(per_day * total)))
    whole = whole_by_line(target, done, line, per_day, [weight for _, weight in days])
    return dict(zip((each for each, _ in days), whole, strict=True))


def next_due(facts: DayFacts, day: date, wanted: Mapping[str, Counter]) -> dict[str, date]:
    """When what isn't due on a day falls due next: for each counter without a target, the first day that has one."""
    found: dict[str, date] = {}
    idle = [metric for metric, counter in wanted.items() if not counter.target]
    for goal in facts.goals.values():
        metric = None if goal.metric is None else goal.metric.counted
        if metric not in idle or goal.state is not GoalState.OPEN or day not in goal.counting:
            continue
        with suppress(StateError):
            held = aim(facts, goal, day)
            if held is not None:
                laid = dict(zip(held.course.spread.days, held.course.spread.whole, strict=True))
                _sooner(found, metric, (each for each, due in laid.items() if due and each > day))
    if any(metric in DERIVED for metric in idle):
        known = facts.outlook(month_of(day), morning=True)
        weight = facts.calendar.weight(day)
        calls = known.dials_on(day, float(weight))
        follow = known.follow(calls or 0)
        for metric in idle:
            if calls and metric in DERIVED:
                laid = _rare(facts, known, metric, Fraction(follow[DERIVED[metric]]) / weight, day)
                _sooner(found, metric, (each for each, due in laid.items() if due and each > day))
    return found


def _sooner(found: dict[str, date], metric: str, days: Iterable[date]) -> None:
    first = min(days, default=None)
    if first is not None:
        found[metric] = min(first, found.get(metric, first))


def asked(facts: DayFacts, day: date) -> dict[str, Counter]:
    """What one day asks, whatever was frozen of it."""
    return asked_of(facts, [day])[day]


def wanted_of(facts: DayFacts, day: date) -> dict[str, Counter]:
    """The targets of a day: frozen ones where it was opened, else what it asks; of a day that is over, by the goals."""
    record = facts.record(day)
    if day < facts.today or record.targets is not None:
        return counters(facts, day) | dict(record.targets or {})
    return asked(facts, day)


def next_working_day(facts: DayFacts, day: date) -> date:
    """The next day that is worked, for which the calling list made on a day is."""
    return worked_ahead(day, facts.calendar.is_working_day)


def next_mail(facts: DayFacts, day: date) -> str:
    """When mail opens first on a later working day, as ``2026-11-17T08:00``; empty where that is nowhere near."""
    for each, weight in facts.calendar.weights(Period(day + DAY, day + NEAR * DAY)):
        windows = facts.rules.mail_windows(each.weekday())
        if weight and windows:
            return f"{each.isoformat()}T{windows[0]}"
    return ""


def windows_of(facts: DayFacts, day: date) -> tuple[tuple[time, time], ...]:
    """The mail windows of a day."""
    found = []
    for text in facts.rules.mail_windows(day.weekday()):
        opens = time.fromisoformat(text)
        end = min(opens.hour * 60 + opens.minute + facts.rules.mail_minutes, 24 * 60 - 1)
        found.append((opens, time(end // 60, end % 60)))
    return tuple(found)


def working_minutes(pieces: Iterable[Piece], weight: Fraction) -> int:
    """Minutes of a day's working blocks; a meeting in protected time takes none of the others."""
    return round(
        sum(piece.last - piece.first for piece in pieces if piece.kind in WORKING_KINDS and not piece.dropped) * weight
    )


def fit_of(wanted: Mapping[str, Counter], available: int, known: Outlook | None) -> Fit | None:
    """Whether the day fits: the conversations as the rates expect them, not rounded up."""
    if not wanted:
        return None
    counts: dict[str, Fraction | int] = {name: counter.target for name, counter in wanted.items()}
    spoken, calls = wanted.get("conversations"), wanted.get("dials")
    if known is not None and spoken is not None and calls is not None and spoken.source == "plan":
        counts["conversations"] = Fraction(known.follow(calls.target)["conversation"])
    return fit(counts, available)


def served(facts: DayFacts, wanted: Mapping[str, Counter], day: date) -> Goal | None:
    """The goal that a day stands for: behind the first counter with one, else the longest wish."""
    for name in COUNTER_ORDER:
        counter = wanted.get(name)
        goal = None if counter is None else facts.goals.get(counter.goal_id or 0)
        if goal is not None:
            return goal
    open_goals = [goal for goal in facts.goals.values() if goal.state is GoalState.OPEN and day in goal.period]
    wishes = [goal for goal in open_goals if goal.horizon is not Horizon.WEEK]
    return min(wishes, key=lambda goal: (goal.horizon.node, goal.position), default=None)


# the check in the middle of a week and of a month, which appears by itself (S5)


def midway(facts: DayFacts, day: date, wanted: Mapping[str, Counter]) -> tuple[str, ...]:
    """What the checks say that are due on a day: that of its week and that of its month. `wanted` is what it asks.

    A check is due on the day that the middle is passed; when that day wasn't opened, on those after it until one is.
    """
    found = []
    for span in (Span.WEEK, Span.MONTH):
        period = span.period(day)
        weights = dict(facts.calendar.weights(period))
        middle = rules.middle(weights)
        if middle is None or day < middle or not weights[day]:
            continue
        opened = [each for each, targets in facts.frozen(period).items() if targets is not None]
        if any(middle <= each < day for each in opened):
            continue
        text = _check(facts, day, wanted, span, weights).sentence()
        if text:
            found.append(text)
    return tuple(found)


def _check(
    facts: DayFacts, day: date, wanted: Mapping[str, Counter], span: Span, weights: Mapping[date, Fraction]
) -> Checkpoint:
    period = span.period(day)
    due = _due_before(facts, period, day)
    ahead = [each for each in period if each > day and weights[each]]
    # beyond this month only the goals are asked: its odds aren't reckoned, and nobody's key waits for them
    near = [each for each in ahead if each in month_of(day)]
    rest = [wanted, *asked_of(facts, near).values()]
    rest += [counters(facts, each) for each in ahead if each not in near]
    past = period.until(day - DAY) if day > period.first else None
    stands = {}
    for name in FIGURES:
        before = [
            (due[each].get(name), facts.counts.of(each).get(name, 0), weights[each])
            for each in past or ()
            if each in due
        ]
        stands[name] = (
            facts.counts.total(name, past),
            rules.asked_once(before),
            sum(asked[name].target for asked in rest if name in asked),
        )
    return Checkpoint(span, stands, facts.calendar.total(Period(day, period.last)))


def _due_before(facts: DayFacts, period: Period, day: date) -> dict[date, dict[str, int]]:
    """What the days of a period before one asked; one that wasn't opened what those before it did, as in the review."""
    began = facts.began or day
    if began >= day:
        return {}
    known = Period(max(began, period.first - DAY * CARRIED_FOR), day - DAY)
    frozen = facts.frozen(known)
    return rules.carried([(each, weight, frozen.get(each)) for each, weight in facts.calendar.weights(known)])
