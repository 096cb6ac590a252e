"""Plans what a day requires, from facts that were all read beforehand.

`DayFacts` is the input, which the services read once each. Targets are in units of their metric, amounts in the
currency, days in working days.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from planner.domain.day.blocks import WORKING_KINDS
from planner.domain.day.day import Counter, DayRecord, Fit, fit, largest_by_metric, with_derived
from planner.domain.day_counts import DayCounts
from planner.domain.errors import StateError
from planner.domain.plan.goals import Goal, GoalState, Horizon
from planner.domain.plan.pace import Ahead, Course, course, whole_by_line
from planner.domain.plan.plan import MonthPlan
from planner.domain.plan.proration import goal_in_force
from planner.domain.review import review as rules
from planner.domain.review.review import CARRIED_FOR, FIGURES, Checkpoint
from planner.domain.review.spans import Span
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of, worked_ahead

if TYPE_CHECKING:
    from planner.domain.day.blocks import Piece
    from planner.domain.forecast.outlook import Outlook

# Counters in the order of the method. Revenue and the rep's own tallies have no daily counter.
COUNTER_ORDER = ("dials", "conversations", "meetings_booked", "meetings_held", "proposals", "deals")
NEAR = 30  # days ahead to search for the next mail window


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings for planning a day. `mail_windows` returns when mail opens on a weekday, Monday being 0."""

    cap: Fraction
    catch_up_days: int | None
    ahead: Ahead
    seasons: Sequence[float]
    mail_minutes: int
    mail_windows: Callable[[int], Sequence[str]]


class DayFacts(Protocol):
    """The input of a day's plan: everything read from the database as of `today`. `closed` says whether today is
    closed.
    """

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
    def frozen_targets(self, period: Period) -> dict[date, Mapping[str, int] | None]: ...
    @property
    def began(self) -> date | None: ...
    @property
    def first_use(self) -> datetime | None: ...
    def outlook(self, month: Period, *, morning: bool = False) -> Outlook: ...


@dataclass(frozen=True, slots=True)
class Aim:
    """A numeric goal seen on one day: its period, the target in force (in units) and its course."""

    goal: Goal
    stretch: Period
    target: Fraction
    course: Course


def aim(facts: DayFacts, goal: Goal, day: date, *, closed: bool = False) -> Aim | None:
    """Measure a goal on the morning of a day (after it, if `closed`), or return None if it has no figure.

    Raises StateError if the calendar leaves it no working day.
    """
    found = goal.stretch(day)
    if found is None or goal.metric is None:
        return None
    stretch, figure = found
    target = Fraction(figure)
    if goal.prorated:
        target = goal_in_force(goal, target, facts.calendar, stretch)
    done = Fraction(facts.done_within(goal, stretch.up_to(day if closed else day - DAY)))
    spread, start = stretch, Fraction(0)
    if goal.starts is not None and stretch.first < goal.starts <= stretch.last:
        # the year of a growth path counts in full, but its pace starts from where it stood when the goal was set
        spread = Period(goal.starts, stretch.last)
        start = Fraction(facts.done_within(goal, stretch.up_to(goal.starts - DAY)))
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
    """Return the course of a target under the rep's settings. `start` is what was done before the period began.

    Raises StateError if no working day is left.
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
    """Return the target of each metric on a day. Of several goals on one metric, the highest wins.

    A future day is computed from what the days in between should carry. A goal without working days sets no target.
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
            continue  # reported where the goal is set and shown
        target = held.course.target_of(day) if held else None
        if held is not None and target is not None:
            found.append(Counter(metric, target, goal.id, held.course.spread.shortfall))
    return largest_by_metric(found)


def asked_of(facts: DayFacts, days: Iterable[date]) -> dict[date, dict[str, Counter]]:
    """Return the targets of several days, today or later: the larger of the goals and the plan by the rates."""
    found = {}
    for day in days:
        # once today is closed, what was done today counts when planning later days
        known = facts.outlook(month_of(day), morning=not (facts.closed and day > facts.today))
        derived = by_the_rates(facts, known, day)
        found[day] = with_derived(counters(facts, day), derived)
    return found


DERIVED = {"conversations": "conversation", "meetings_booked": "meeting-booked", "proposals": "proposal"}


def by_the_rates(facts: DayFacts, known: Outlook, day: date) -> dict[str, Counter]:
    """Return the plan's targets for a day by the rates: calls, and what should follow from them.

    For anything below one per full day, a whole one is due when its running sum reaches it.
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
            due = next(iter(_spread_rare(facts, known, metric, per_day, day).values()), 0)
        found[metric] = Counter(metric, due, source="plan")
    return found


def _spread_rare(facts: DayFacts, known: Outlook, metric: str, per_day: Fraction, day: date) -> dict[date, int]:
    """Return what is due of a metric on each remaining day when a full day needs `per_day`, less than one."""
    month = month_of(day)
    used = facts.began or (facts.first_use.date() if facts.first_use is not None else day)
    # nothing was due before the program was first used
    counting = Period(max(month.first, known.facts.first_day or month.first, min(day, used)), month.last)
    if day not in counting:
        return {}
    total = facts.calendar.total(counting)
    before = facts.calendar.total(counting.up_to(day - DAY)) if day > counting.first else Fraction(0)
    done = Fraction(facts.counts.total(metric, counting.up_to(min(day, facts.today) - DAY)))
    line = per_day * before
    if day > facts.today:  # assume that what is due until then gets done
        done = max(done, Fraction(math.floor(line)))
    days = [(each, weight) for each, weight in facts.calendar.weights(counting.from_day(day)) if weight]
    target = max(Fraction(1), Fraction(round(per_day * total)))
    whole = whole_by_line(target, done, line, per_day, [weight for _, weight in days])
    return dict(zip((each for each, _ in days), whole, strict=True))


def next_due(facts: DayFacts, day: date, wanted: Mapping[str, Counter]) -> dict[str, date]:
    """Return the next day with a target for each counter that has none on this day."""
    found: dict[str, date] = {}
    idle = [metric for metric, counter in wanted.items() if not counter.target]
    for metric, laid in (*_laid_by_goals(facts, day, idle), *_laid_by_rates(facts, day, idle)):
        first = min((each for each, due in laid.items() if due and each > day), default=None)
        if first is not None:
            found[metric] = min(first, found.get(metric, first))
    return found


def _laid_by_goals(facts: DayFacts, day: date, metrics: Collection[str]) -> Iterator[tuple[str, dict[date, int]]]:
    """Yield metrics with what the open goals require on each day."""
    for goal in facts.goals.values():
        metric = None if goal.metric is None else goal.metric.counted
        if metric is None or metric not in metrics or goal.state is not GoalState.OPEN or day not in goal.counting:
            continue
        with suppress(StateError):
            held = aim(facts, goal, day)
            if held is not None:
                yield metric, dict(zip(held.course.spread.days, held.course.spread.whole, strict=True))


def _laid_by_rates(facts: DayFacts, day: date, metrics: Iterable[str]) -> Iterator[tuple[str, dict[date, int]]]:
    """Yield metrics with what should follow, by the rates, from the plan's calls on each day."""
    derived = [metric for metric in metrics if metric in DERIVED]
    if not derived:
        return
    known = facts.outlook(month_of(day), morning=True)
    weight = facts.calendar.weight(day)
    calls = known.dials_on(day, float(weight))
    if not calls:
        return
    follow = known.follow(calls)
    for metric in derived:
        yield metric, _spread_rare(facts, known, metric, Fraction(follow[DERIVED[metric]]) / weight, day)


def targets_of(facts: DayFacts, day: date) -> dict[str, Counter]:
    """Return the targets of one day, ignoring any that were frozen."""
    return asked_of(facts, [day])[day]


def wanted_of(facts: DayFacts, day: date) -> dict[str, Counter]:
    """Return the targets of a day: those frozen at opening, else computed, from the goals only for a past day."""
    record = facts.record(day)
    if day < facts.today or record.targets is not None:
        return counters(facts, day) | dict(record.targets or {})
    return targets_of(facts, day)


def next_working_day(facts: DayFacts, day: date) -> date:
    """Return the next working day, which is the day the calling list made on `day` is for."""
    return worked_ahead(day, facts.calendar.is_working_day)


def next_mail(facts: DayFacts, day: date) -> str:
    """Return when mail first opens on a later working day, as ``2026-11-17T08:00``, or empty if that isn't near."""
    for each, weight in facts.calendar.weights(Period(day + DAY, day + NEAR * DAY)):
        windows = facts.rules.mail_windows(each.weekday())
        if weight and windows:
            return f"{each.isoformat()}T{windows[0]}"
    return ""


def windows_of(facts: DayFacts, day: date) -> tuple[tuple[time, time], ...]:
    """Return the mail windows of a day."""
    found = []
    for text in facts.rules.mail_windows(day.weekday()):
        opens = time.fromisoformat(text)
        end = min(opens.hour * 60 + opens.minute + facts.rules.mail_minutes, 24 * 60 - 1)
        found.append((opens, time(end // 60, end % 60)))
    return tuple(found)


def working_minutes(pieces: Iterable[Piece], weight: Fraction) -> int:
    """Return the minutes of a day's working blocks, unreduced by meetings in protected time."""
    return round(
        sum(piece.last - piece.first for piece in pieces if piece.kind in WORKING_KINDS and not piece.dropped) * weight
    )


def fit_of(wanted: Mapping[str, Counter], available: int, known: Outlook | None) -> Fit | None:
    """Return whether the day fits, with the conversations as the rates expect them, not rounded up."""
    if not wanted:
        return None
    counts: dict[str, Fraction | int] = {name: counter.target for name, counter in wanted.items()}
    spoken, calls = wanted.get("conversations"), wanted.get("dials")
    if known is not None and spoken is not None and calls is not None and spoken.source == "plan":
        counts["conversations"] = Fraction(known.follow(calls.target)["conversation"])
    return fit(counts, available)


def served(facts: DayFacts, wanted: Mapping[str, Counter], day: date) -> Goal | None:
    """Return the goal a day serves: the one behind the first counter that has one, else the longest-term goal."""
    for name in COUNTER_ORDER:
        counter = wanted.get(name)
        goal = None if counter is None else facts.goals.get(counter.goal_id or 0)
        if goal is not None:
            return goal
    open_goals = [goal for goal in facts.goals.values() if goal.state is GoalState.OPEN and day in goal.period]
    wishes = [goal for goal in open_goals if goal.horizon is not Horizon.WEEK]
    return min(wishes, key=lambda goal: (goal.horizon.level, goal.position), default=None)


# checks in the middle of a week and a month, which appear unprompted (S5)


def due_checks(facts: DayFacts, day: date, wanted: Mapping[str, Counter]) -> tuple[str, ...]:
    """Return the checks due on a day: that of its week and that of its month. `wanted` are the day's targets.

    A check is due on the day the middle is passed, or on the days after it until one is opened.
    """
    found = []
    for span in (Span.WEEK, Span.MONTH):
        period = span.period(day)
        weights = dict(facts.calendar.weights(period))
        middle = rules.middle_day(weights)
        if middle is None or day < middle or not weights[day]:
            continue
        opened = [each for each, targets in facts.frozen_targets(period).items() if targets is not None]
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
    # beyond this month use goals only: computing its odds would keep the rep waiting after a keypress
    near = [each for each in ahead if each in month_of(day)]
    rest = [wanted, *asked_of(facts, near).values()]
    rest += [counters(facts, each) for each in ahead if each not in near]
    past = period.up_to(day - DAY) if day > period.first else None
    stands = {}
    for name in FIGURES:
        before = [
            (due[each].get(name), facts.counts.counts_on(each).get(name, 0), weights[each])
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
    """Return the targets of a period's days before `day`. As in the review, an unopened day takes earlier ones."""
    began = facts.began or day
    if began >= day:
        return {}
    known = Period(max(began, period.first - DAY * CARRIED_FOR), day - DAY)
    frozen = facts.frozen_targets(known)
    return rules.carry_targets([(each, weight, frozen.get(each)) for each, weight in facts.calendar.weights(known)])
