"""Queries and changes of the goal tree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from planner.domain.errors import StateError
from planner.domain.plan.goals import Goal
from planner.domain.workdays import Period
from planner.store.connection import new_uid
from planner.store.mapper import Mapper

if TYPE_CHECKING:
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads

GOALS = Mapper(Goal, "goal", period=None)


def _goal(row: tuple[Any, ...]) -> Goal:
    first, last, *rest = row
    return GOALS.from_row(rest, period=Period(date.fromisoformat(first), date.fromisoformat(last)))


def _values(goal: Goal, **others: object) -> dict[str, Any]:
    period = goal.period
    return GOALS.values(goal, first_day=period.first.isoformat(), last_day=period.last.isoformat(), **others)


def load_all(reads: Reads) -> dict[int, Goal]:
    """Return all goals by id, in the rep's order."""
    rows = reads.execute(f"SELECT first_day, last_day, {GOALS.columns} FROM goal ORDER BY position, id")
    return {goal.id: goal for goal in map(_goal, rows)}


def get(reads: Reads, goal_id: int) -> Goal:
    """Return one goal. Raises StateError when there is none."""
    row = reads.execute(f"SELECT first_day, last_day, {GOALS.columns} FROM goal WHERE id = ?", (goal_id,)).fetchone()
    if row is None:
        raise StateError(f"There's no goal {goal_id}. See `planner goal list`.")
    return _goal(row)


def add(change: WriteTransaction, goal: Goal, now: int) -> Goal:
    """Add a goal at the end of the rep's order and return it with its id."""
    from planner.store.tables.plan import GoalRow

    position = change.execute("SELECT coalesce(max(position), 0) + 1 FROM goal").fetchone()[0]
    row = GoalRow(**_values(replace(goal, position=position), uid=new_uid(), created_at=now))
    change.session.add(row)
    change.session.flush()
    assert row.id is not None
    return replace(goal, id=row.id, position=position)


def put(change: WriteTransaction, goal: Goal) -> None:
    """Store an edited goal."""
    from planner.store.tables.plan import GoalRow

    row = change.session.get(GoalRow, goal.id)
    if row is None:
        raise StateError(f"Goal {goal.id} no longer exists.")
    change.session.add(row.sqlmodel_update(_values(goal)))
    change.session.flush()
