"""The ladder of goals."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, func, select

from planner.domain.errors import StateError
from planner.domain.goals import Goal, GoalState, Horizon, Metric
from planner.domain.money import from_hundredths, to_hundredths
from planner.domain.workdays import Period
from planner.store.tables import GoalRow


def _from_row(row: GoalRow) -> Goal:
    assert row.id is not None
    return Goal(
        id=row.id,
        title=row.title,
        horizon=Horizon(row.horizon),
        period=Period(date.fromisoformat(row.first_day), date.fromisoformat(row.last_day)),
        parent_id=row.parent_id,
        metric=None if row.metric is None else Metric(row.metric),
        target=None if row.target is None else from_hundredths(row.target),
        start_figure=None if row.start_figure is None else from_hundredths(row.start_figure),
        starts=None if row.starts is None else date.fromisoformat(row.starts),
        whole=bool(row.whole),
        why=row.why,
        for_whom=row.for_whom,
        picture=row.picture,
        state=GoalState(row.state),
        tally=from_hundredths(row.tally),
        position=row.position,
    )


def _fill(row: GoalRow, goal: Goal) -> GoalRow:
    row.title = goal.title
    row.horizon = goal.horizon.value
    row.first_day = goal.period.first.isoformat()
    row.last_day = goal.period.last.isoformat()
    row.parent_id = goal.parent_id
    row.metric = None if goal.metric is None else goal.metric.value
    row.target = None if goal.target is None else to_hundredths(goal.target)
    row.start_figure = None if goal.start_figure is None else to_hundredths(goal.start_figure)
    row.starts = None if goal.starts is None else goal.starts.isoformat()
    row.whole = int(goal.whole)
    row.why, row.for_whom, row.picture = goal.why, goal.for_whom, goal.picture
    row.state = goal.state.value
    row.tally = to_hundredths(goal.tally)
    row.position = goal.position
    return row


def every(session: Session) -> dict[int, Goal]:
    """All goals by id, in the rep's order."""
    rows = session.exec(select(GoalRow).order_by(col(GoalRow.position), col(GoalRow.id)))
    return {goal.id: goal for goal in map(_from_row, rows)}


def get(session: Session, goal_id: int) -> Goal:
    """One goal. Raises StateError when there is none."""
    row = session.get(GoalRow, goal_id)
    if row is None:
        raise StateError(f"There is no goal {goal_id}; `planner goal list` shows those there are.")
    return _from_row(row)


def add(session: Session, goal: Goal, now: int) -> Goal:
    """Add a goal at the end of the rep's order; its id is given here."""
    position = int(session.exec(select(func.coalesce(func.max(GoalRow.position), 0))).one()) + 1
    row = GoalRow(uid=str(uuid.uuid4()), created_at=now, title="", horizon="", first_day="", last_day="")
    _fill(row, replace(goal, position=position))
    session.add(row)
    session.flush()
    return _from_row(row)


def put(session: Session, goal: Goal) -> None:
    """Store an edited goal."""
    row = session.get(GoalRow, goal.id)
    if row is None:
        raise StateError(f"Goal {goal.id} is gone.")
    session.add(_fill(row, goal))
