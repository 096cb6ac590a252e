"""Builds the goal tree view: every goal with its pace, down to today's counters and tasks, and the moves in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from planner.domain.day.snapshot import Aim, aim, wanted_of
from planner.domain.day.tasks import Task
from planner.domain.errors import StateError
from planner.domain.plan.goals import Goal, GoalState, chain_up, check_parent
from planner.domain.plan.revenue_breakdown import YearFall
from planner.services.calls.activity_log import require_database
from planner.services.context import AppContext
from planner.services.day.reading import Reading, reading
from planner.services.plan.goals import Falls, done_amount, falls_of, held_to
from planner.store.day import tasks
from planner.store.plan import goals as store

NO_GOAL = "There's no goal {}. See `planner goal list`."


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal with what is done, the target in force, its course, and today's share. `up` ends at the wish.

    `year` spreads a revenue goal's year over its months, with shortfalls moved to the remaining ones.
    """

    goal: Goal
    up: tuple[Goal, ...]
    done: Decimal | None = None
    held_to: Decimal | None = None
    aim: Aim | None = None
    falls: Falls | None = None
    year: YearFall | None = None

    @property
    def target(self) -> Decimal | None:
        """Return the target in force."""
        return self.held_to if self.held_to is not None else self.goal.target


@dataclass(frozen=True, slots=True)
class CounterLine:
    """A goal's target for today in one metric."""

    metric: str
    target: int
    done: int
    goal_id: int


@dataclass(frozen=True, slots=True)
class GoalTreeLine:
    """A row of the tree: a goal, a counter of today, or a task. Exactly one is set.

    `last` tells for each level, ending with its own, whether no sibling follows.
    """

    last: tuple[bool, ...]
    goal: GoalLine | None = None
    counter: CounterLine | None = None
    task: Task | None = None

    @property
    def key(self) -> tuple[str, object]:
        """Return the identity of the row, to find it again after a change."""
        if self.goal is not None:
            return "goal", self.goal.goal.id
        if self.counter is not None:
            return "counter", self.counter.metric
        return "task", None if self.task is None else self.task.id

    @property
    def goal_id(self) -> int | None:
        """Return the goal of the row, or the one above it."""
        if self.goal is not None:
            return self.goal.goal.id
        below = self.counter or self.task
        return None if below is None else below.goal_id


@dataclass(frozen=True, slots=True)
class GoalTree:
    """The tree from the wishes down, depth first, as of a day. `hidden` counts done or dropped goals not shown."""

    day: date
    lines: tuple[GoalTreeLine, ...]
    hidden: int = 0


def read(ctx: AppContext, *, all_states: bool = False) -> GoalTree:
    """Return the whole goal tree. Done and dropped goals are included only with `all_states`."""
    today = ctx.today()
    if not ctx.database.exists():
        return GoalTree(today, ())
    with reading(ctx) as facts:
        assert facts.reads is not None
        shown = {key: goal for key, goal in facts.goals.items() if all_states or goal.state is GoalState.OPEN}
        counts = facts.counts.counts_on(today)
        under: dict[int | None, list[GoalTreeLine]] = {}
        for counter in wanted_of(facts, today).values():
            if counter.goal_id in shown and counter.target:
                done = counts.get(counter.metric, 0)
                asked = CounterLine(counter.metric, counter.target, done, counter.goal_id)
                under.setdefault(counter.goal_id, []).append(GoalTreeLine((), counter=asked))
        for task in tasks.query(facts.reads):
            if task.goal_id in shown:
                under.setdefault(task.goal_id, []).append(GoalTreeLine((), task=task))
        for goal in sorted(shown.values(), key=lambda goal: (goal.horizon.level, goal.position, goal.id)):
            parent = goal.parent_id if goal.parent_id in shown else None
            under.setdefault(parent, []).append(GoalTreeLine((), goal=_goal_line(facts, goal)))
    return GoalTree(today, tuple(_walk(None, (), under)), len(facts.goals) - len(shown))


def _goal_line(facts: Reading, goal: Goal) -> GoalLine:
    up, today = tuple(chain_up(goal, facts.goals)[1:]), facts.today
    if goal.metric is None:
        return GoalLine(goal, up)
    held, falls = None, None
    if goal.state is GoalState.OPEN and goal.target is not None:
        with suppress(StateError):  # no working day left in the calendar, which is reported where the goal is set
            held = aim(facts, goal, today, closed=facts.closed)
        if held is not None:
            falls = falls_of(held, today, facts.calendar)
    year = facts.breakdown.year(goal, max(today, goal.counting.first))
    return GoalLine(goal, up, done_amount(facts, goal), held_to(facts, goal), held, falls, year)


def _walk(
    parent: int | None, above: tuple[bool, ...], under: dict[int | None, list[GoalTreeLine]]
) -> Iterator[GoalTreeLine]:
    lines = under.get(parent, [])
    for index, line in enumerate(lines):
        last = (*above, index == len(lines) - 1)
        yield replace(line, last=last)
        if line.goal is not None:
            yield from _walk(line.goal.goal.id, last, under)


def put_under(ctx: AppContext, goal_id: int, parent_id: int | None) -> Goal:
    """Move a goal with its subtree under another goal, or to the top for None.

    Raises StateError if it can't be there.
    """
    require_database(ctx, NO_GOAL.format(goal_id))
    with ctx.database.write("move") as change:
        goal = store.get(change, goal_id)
        if parent_id is not None:
            everything = store.load_all(change)
            parent = everything.get(parent_id)
            if parent is None:
                raise StateError(NO_GOAL.format(parent_id))
            check_parent(goal_id, goal.horizon, parent, {known.id: known.parent_id for known in everything.values()})
        moved = replace(goal, parent_id=parent_id)
        change.label = f"moved goal: {goal.title}"
        store.put(change, moved)
    return moved


def rank(ctx: AppContext, goal_id: int, where: Literal["up", "down"]) -> Goal:
    """Swap a goal with the previous or next sibling of the same horizon under the same goal.

    Raises StateError for the first or last one.
    """
    require_database(ctx, NO_GOAL.format(goal_id))
    with ctx.database.write("rank") as change:
        goal = store.get(change, goal_id)
        everything = store.load_all(change)

        def shown_under(known: Goal) -> int | None:
            parent = everything.get(known.parent_id or 0)
            return parent.id if parent is not None and parent.state is GoalState.OPEN else None

        sisters = [
            known
            for known in everything.values()
            if (shown_under(known), known.horizon, known.state) == (shown_under(goal), goal.horizon, goal.state)
        ]
        sisters.sort(key=lambda known: (known.position, known.id))
        place = [known.id for known in sisters].index(goal_id)
        other = place + (1 if where == "down" else -1)
        if not 0 <= other < len(sisters):
            end = "last" if where == "down" else "first"
            raise StateError(f"{goal.title} is already {end} among the {goal.horizon.kind} goals here.")
        sisters[place], sisters[other] = sisters[other], sisters[place]
        for position, known in enumerate(sisters, start=min(known.position for known in sisters)):
            if known.position != position:
                store.put(change, replace(known, position=position))
        change.label = f"moved goal {where}: {goal.title}"
    return goal
