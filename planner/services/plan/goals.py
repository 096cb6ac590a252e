"""Manages the goals: adds and edits them, and walks up to the wish and down to today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from planner.domain import formats
from planner.domain.day import snapshot
from planner.domain.errors import InputError, StateError, refuse_overwriting
from planner.domain.money import from_fraction
from planner.domain.plan import pace, proration
from planner.domain.plan.goals import (
    Goal,
    GoalState,
    Horizon,
    Metric,
    chain_up,
    check_children,
    check_parent,
    counts_from,
    period_of,
)
from planner.domain.text import clean
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of, week_of
from planner.services.calls import activity_log as naming
from planner.services.day.reading import Reading, reading
from planner.services.plan import calendar as work
from planner.store.day import tasks
from planner.store.plan import goals as store

if TYPE_CHECKING:
    from planner.domain.day.snapshot import Aim
    from planner.domain.day.tasks import Task
    from planner.domain.plan.pace import SafeDays
    from planner.domain.plan.revenue_breakdown import YearFall
    from planner.services.context import AppContext
    from planner.store.recorder import Reads

CUT_FROM_WHEN = "To prorate a target, set the start date with --from."
LABELS = {"for_whom": "who it's for", "picture": "vision"}
LONGEST = {"title": 200, "why": 2_000, "for_whom": 500, "picture": 2_000}


def _texts(values: dict[str, str | None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        text = clean(value, lines=name in ("why", "picture"))
        if len(text) > LONGEST[name]:
            raise InputError(
                f"“{LABELS.get(name, name)}” can have up to {LONGEST[name]:,} characters, not {len(text):,}."
            )
        found[name] = text
    return found


def add(
    ctx: AppContext,
    title: str,
    horizon: Horizon,
    *,
    parent_id: int | None = None,
    metric: Metric | None = None,
    target: Decimal | None = None,
    start_figure: Decimal | None = None,
    starts: date | None = None,
    whole: bool = True,
    due: date | None = None,
    why: str | None = None,
    for_whom: str | None = None,
    picture: str | None = None,
) -> Goal:
    """Add a goal. It counts from `starts` (default: today) with its full target. If not `whole`, the target is cut in
    proportion to the working days from `starts`.

    Raises InputError or StateError if it can't be there, and then changes nothing.
    """
    today = ctx.today()
    period = _period(horizon, today, due, starts)
    if not whole and starts is None:
        raise InputError(CUT_FROM_WHEN)
    goal = Goal(
        id=0,
        horizon=horizon,
        period=period,
        parent_id=parent_id,
        metric=metric,
        target=target,
        start_figure=start_figure,
        starts=counts_from(period, today) if starts is None else starts,
        whole=whole,
        **_texts({"title": title, "why": why, "for_whom": for_whom, "picture": picture}),
    )
    if parent_id is not None:
        naming.require_database(ctx, f"There's no goal {parent_id}. See `planner goal list`.")
    with ctx.database.write(f"new goal: {goal.title}") as change:
        _check(ctx, change, goal, goal_id=None)
        if starts is None and goal.starts is not None and not _worked_before(ctx, change, goal):
            goal = replace(goal, starts=None)
        return store.add(change, goal, int(ctx.clock.timestamp()))


def _worked_before(ctx: AppContext, reads: Reads, goal: Goal) -> bool:
    """Return whether a working day of the goal's period is before its first counting day."""
    before = goal.period.up_to(goal.counting.first - DAY)
    return bool(work.work_calendar(ctx, reads).total(before))


def _period(horizon: Horizon, today: date, due: date | None, starts: date | None) -> Period:
    """Return the goal's period. With `starts` but no due date, it is the period of that day."""
    return period_of(horizon, starts if starts is not None and due is None else today, due)


def _check(ctx: AppContext, reads: Reads, goal: Goal, goal_id: int | None) -> None:
    everything = store.load_all(reads)
    if goal.parent_id is not None:
        if goal.parent_id not in everything:
            raise StateError(f"There's no goal {goal.parent_id}. See `planner goal list`.")
        parents = {known.id: known.parent_id for known in everything.values()}
        check_parent(goal_id, goal.horizon, everything[goal.parent_id], parents)
    if goal_id is not None:
        check_children(goal_id, goal.horizon, everything.values())
    if goal.target is not None and not work.work_calendar(ctx, reads).total(goal.counting):
        raise StateError(
            f"Your calendar has no working days from {formats.when_text(goal.counting.first, ctx.today())} to "
            f"{formats.when_text(goal.counting.last, ctx.today())}, so there's nothing to spread a target over."
        )


def edit(ctx: AppContext, goal_id: int, changes: dict[str, Any], *, seen: Goal | None = None) -> Goal:
    """Change fields of a goal, named as in `Goal`. `due` moves the end of its period. A new `starts` keeps the target
    in force, unless `whole` tells whether to cut it to the working days from then on.

    Raises StateError if a field no longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    naming.require_database(ctx, f"There's no goal {goal_id}. See `planner goal list`.")
    with ctx.database.write("edit") as change:
        goal = store.get(change, goal_id)
        fields = {name: "period" if name == "due" else name for name in changes} if seen is not None else {}
        refuse_overwriting(
            [
                (name, goal.period.last if name == "due" else getattr(goal, field))
                for name, field in fields.items()
                if getattr(goal, field) != getattr(seen, field)
            ]
        )
        texts = _texts({name: changes.pop(name) for name in tuple(changes) if name in LONGEST})
        due = changes.pop("due", None)
        horizon = changes.get("horizon", goal.horizon)
        if due is not None or horizon != goal.horizon:
            changes["period"] = period = period_of(horizon, ctx.today(), due)
            if goal.starts is not None and goal.starts < period.first and "starts" not in changes:
                changes["starts"] = None  # the period moved to later days only
        if "starts" in changes and "whole" not in changes:
            changes |= _as_it_stands(ctx, change, goal, changes)
        goal = replace(goal, **{**changes, **texts})
        if goal.starts is None and changes.get("whole") is False:
            raise InputError(CUT_FROM_WHEN)
        if "tally" in changes and goal.metric is not Metric.COUNT:
            raise InputError("Progress comes from your log. Only a goal with the metric count can be updated directly.")
        _check(ctx, change, goal, goal_id)
        change.label = f"edited goal: {goal.title}"
        store.put(change, goal)
    return goal


def _as_it_stands(ctx: AppContext, reads: Reads, goal: Goal, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes that fix the target in force, so that a new first day doesn't alter it."""
    if goal.prorated and "target" not in changes and goal.target is not None:
        target = proration.goal_in_force(goal, Fraction(goal.target), work.work_calendar(ctx, reads), goal.counting)
        return {"target": from_fraction(target), "whole": True}
    return {"whole": True}


def set_state(ctx: AppContext, *goal_ids: int, state: GoalState) -> list[Goal]:
    """Mark goals done, dropped or open as one change, all or none."""
    naming.require_database(ctx, f"There's no goal {goal_ids[0]}. See `planner goal list`.")
    found = []
    word = "reopened goal" if state is GoalState.OPEN else f"goal {state}"
    with ctx.database.write(word) as change:
        for goal_id in goal_ids:
            goal = store.get(change, goal_id)
            if goal.state is state:
                raise StateError(f"Goal {goal_id} ({goal.title}) is already {state}.")
            found.append(replace(goal, state=state))
            store.put(change, found[-1])
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        change.label = f"{word}: {found[0].title}{more}"
    return found


def done_amount(facts: Reading, goal: Goal) -> Decimal | None:
    """Return the amount done so far in the target's unit, or None for a goal without a metric."""
    if goal.metric is None:
        return None
    found = goal.stretch(facts.today)
    return facts.done_within(goal, found[0] if found else goal.counting)


@dataclass(frozen=True, slots=True)
class GoalNode:
    """A goal with the amount done and the target in force.

    That target differs from the goal's own on a growth path (the year's figure) and after a late start.
    """

    goal: Goal
    done: Decimal | None
    held_to: Decimal | None = None


def held_to(facts: Reading, goal: Goal) -> Decimal | None:
    """Return the target in force today, or None if it is the goal's own."""
    found = goal.stretch(facts.today)
    if found is None:
        return None
    if goal.start_figure is not None:
        return found[1]
    if not goal.prorated:
        return None
    return from_fraction(proration.goal_in_force(goal, Fraction(found[1]), facts.calendar, found[0]))


def held_now(ctx: AppContext, goal: Goal) -> Decimal:
    """Return the target in force today of a goal that has one, in its unit."""
    assert goal.target is not None
    with reading(ctx) as facts:
        found = held_to(facts, goal)
    return goal.target if found is None else found


def list_goals(ctx: AppContext, *, all_states: bool = False, horizon: Horizon | None = None) -> list[GoalNode]:
    """Return the goals depth first, each followed by its children."""
    with reading(ctx) as facts:
        return [
            GoalNode(goal, done_amount(facts, goal), held_to(facts, goal))
            for goal in goal_tree(facts.goals)
            if (all_states or goal.state is GoalState.OPEN) and horizon in (None, goal.horizon)
        ]


def goal_tree(goals: Mapping[int, Goal]) -> list[Goal]:
    """Return goals depth first: wishes in the rep's order, each followed by its children."""
    under: dict[int | None, list[Goal]] = {}
    for goal in goals.values():
        under.setdefault(goal.parent_id if goal.parent_id in goals else None, []).append(goal)
    found: list[Goal] = []

    def walk(parent: int | None) -> None:
        for goal in sorted(under.get(parent, ()), key=lambda goal: (goal.horizon.level, goal.position)):
            found.append(goal)
            walk(goal.id)

    walk(None)
    return found


@dataclass(frozen=True, slots=True)
class Falls:
    """How a numeric goal is split over months, in its unit: the planned shares, and the current targets."""

    months: tuple[tuple[date, Fraction], ...]
    month: Fraction
    week: Fraction
    today: int | None


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal with its chain up to the wish and its tree down to today."""

    goal: Goal
    done: Decimal | None
    up: tuple[Goal, ...]
    down: tuple[GoalNode, ...]
    tasks: tuple[Task, ...]
    aim: Aim | None
    falls: Falls | None
    safe: SafeDays | None
    held_to: Decimal | None
    counters: tuple[tuple[str, int], ...]
    year: YearFall | None = None


def show(ctx: AppContext, goal_id: int) -> GoalView:
    """Return a goal with everything above and below it."""
    naming.require_database(ctx, f"There's no goal {goal_id}. See `planner goal list`.")
    with reading(ctx) as facts:
        assert facts.reads is not None
        goal, today = store.get(facts.reads, goal_id), facts.today
        below = [known for known in goal_tree(facts.goals) if goal in chain_up(known, facts.goals)]
        held, falls, safe = None, None, None
        if goal.state is GoalState.OPEN and goal.target is not None:
            held = snapshot.aim(facts, goal, today, closed=facts.closed)
            if held is not None:
                falls = falls_of(held, today, facts.calendar)
                first_open = today + DAY if facts.closed else today
                now = held.course.pace
                start = now.target - now.base * now.days.total  # the start of its pace
                safe = pace.safe_days(
                    now.target - start, now.done - start, facts.calendar, held.course.period, first_open
                )
        ids = {known.id for known in below}
        return GoalView(
            goal=goal,
            done=done_amount(facts, goal),
            up=tuple(chain_up(goal, facts.goals)[1:]),
            down=tuple(GoalNode(known, done_amount(facts, known)) for known in below if known.id != goal_id),
            tasks=tuple(task for known in below for task in tasks.query(facts.reads, goal_id=known.id)),
            aim=held,
            falls=falls,
            safe=safe,
            held_to=held_to(facts, goal),
            counters=tuple((c.metric, c.target) for c in snapshot.wanted_of(facts, today).values() if c.goal_id in ids),
            year=facts.breakdown.year(goal, max(today, goal.counting.first)),
        )


def falls_of(held: Aim, today: date, calendar: WorkCalendar) -> Falls:
    """Return how a goal is spread over its months and over the current month, week and day."""
    base, counting = held.course.pace.base, held.course.period
    spread = held.course.spread
    # below one a day, whole ones are due
    due = map(Fraction, spread.whole) if 0 < base < 1 else spread.exact
    shares = dict(zip(spread.days, due, strict=True))

    def asked(period: Period) -> Fraction:
        return sum((share for when, share in shares.items() if when in period), Fraction(0))

    months: list[tuple[date, Fraction]] = []
    month = month_of(counting.first)
    while month.first <= counting.last:
        part = month.from_day(counting.first)
        part = part.up_to(counting.last) if part else None
        months.append((month.first, base * calendar.total(part)))
        month = month_of(month.last + DAY)
    return Falls(tuple(months), asked(month_of(today)), asked(week_of(today)), held.course.target_of(today))
