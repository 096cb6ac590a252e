"""Tasks and their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal

from sqlmodel import Session, col, func, select

from planner.domain.errors import StateError
from planner.domain.money import from_hundredths
from planner.domain.ranking import Suggestion, ordered, suggest
from planner.domain.recurrence import folded
from planner.domain.tasks import TICKED, Due, Priority, Task, TaskState
from planner.store.tables import ActivityRow, DealRow, GoalRow, TaskRow

# Ranks leave room between neighbours; when it is used up, all open tasks are spaced anew.
SPACING = 1 << 20


def _from_row(row: TaskRow) -> Task:
    assert row.id is not None
    return Task(
        id=row.id,
        title=row.title,
        since=date.fromisoformat(row.since),
        due=None if row.due is None else Due.from_text(row.due),
        priority=None if row.priority is None else Priority(row.priority),
        rank=row.rank,
        kind=row.kind,
        metric=row.metric,
        state=TaskState(row.state),
        done_on=None if row.done_on is None else date.fromisoformat(row.done_on),
        goal_id=row.goal_id,
        contact_id=row.contact_id,
        minutes=row.minutes,
        every=row.every,
        series_start=None if row.series_start is None else date.fromisoformat(row.series_start),
        reason=row.reason,
        tags=tuple(row.tags.split()),
        missed=row.missed,
        from_done=bool(row.from_done),
        placed=bool(row.placed),
        done_time=None if row.done_time is None else time.fromisoformat(row.done_time),
        care=row.care,
        about=row.about,
        deal_id=row.deal_id,
    )


def _fill(row: TaskRow, task: Task) -> TaskRow:
    row.title, row.kind, row.metric = task.title, task.kind, task.metric
    row.due = None if task.due is None else str(task.due)
    row.priority = None if task.priority is None else task.priority.value
    row.rank = task.rank
    row.state = task.state.value
    row.done_on = None if task.done_on is None else task.done_on.isoformat()
    row.since = task.since.isoformat()
    row.goal_id, row.contact_id = task.goal_id, task.contact_id
    row.minutes, row.every, row.reason = task.minutes, task.every, task.reason
    row.series_start = None if task.series_start is None else task.series_start.isoformat()
    row.tags = " ".join(task.tags)
    row.missed, row.from_done, row.placed = task.missed, int(task.from_done), int(task.placed)
    row.done_time = None if task.done_time is None else f"{task.done_time:%H:%M}"
    row.care, row.about, row.deal_id = task.care, task.about, task.deal_id
    return row


def get(session: Session, task_id: int) -> Task:
    """One task. Raises StateError when there is none."""
    row = session.get(TaskRow, task_id)
    if row is None:
        raise StateError(f"There is no task {task_id}; `planner task list` shows those there are.")
    return _from_row(row)


def listed(
    session: Session,
    *,
    state: TaskState | None = TaskState.OPEN,
    goal_id: int | None = None,
    contact_id: int | None = None,
) -> list[Task]:
    """The rep's own tasks in their order; of one state, of one goal, of one contact."""
    query = select(TaskRow).where(col(TaskRow.kind).in_(TICKED)).order_by(col(TaskRow.rank), col(TaskRow.id))
    if state is not None:
        query = query.where(TaskRow.state == state.value)
    if goal_id is not None:
        query = query.where(TaskRow.goal_id == goal_id)
    if contact_id is not None:
        query = query.where(TaskRow.contact_id == contact_id)
    return [_from_row(row) for row in session.exec(query)]


def done_with(session: Session, contact_id: int, limit: int = 200) -> list[tuple[str, str, str]]:
    """What was done of the tasks with a contact, the newest first: when, "task", and what."""
    query = select(TaskRow.done_on, TaskRow.done_time, TaskRow.title).where(
        TaskRow.contact_id == contact_id, TaskRow.state == "done"
    )
    rows = session.exec(query.order_by(col(TaskRow.done_on).desc(), col(TaskRow.id).desc()).limit(limit))
    return [(f"{day}T{at}" if at else day or "", "task", title) for day, at, title in rows]


def follower(session: Session, task: Task) -> Task | None:
    """The open task of the same series, where there is one already."""
    if task.series_start is None:
        return None
    query = select(TaskRow).where(
        TaskRow.state == "open",
        TaskRow.every == task.every,
        TaskRow.series_start == task.series_start.isoformat(),
        TaskRow.title == task.title,
        TaskRow.id != task.id,
    )
    row = session.exec(query).first()
    return None if row is None else _from_row(row)


def done_under(session: Session, goal_ids: Iterable[int]) -> int:
    """How many tasks are done under some goals."""
    query = select(func.count()).select_from(TaskRow).where(TaskRow.state == "done", col(TaskRow.goal_id).in_(goal_ids))
    return int(session.exec(query).one())


def add(session: Session, task: Task, now: int, today: date) -> Task:
    """Add a task at its suggested place; its id and rank are given here."""
    row = TaskRow(title="", rank=0, since="", created_at=now)
    _fill(row, replace(task, rank=suggested_rank(session, task, today)))
    session.add(row)
    session.flush()
    return _from_row(row)


def put(session: Session, task: Task) -> None:
    """Store an edited task."""
    row = session.get(TaskRow, task.id)
    if row is None:
        raise StateError(f"Task {task.id} is gone.")
    session.add(_fill(row, task))
    session.flush()


@dataclass(frozen=True, slots=True)
class Weights:
    """What a suggestion rests on beside the task itself: titles of goals, open deals by contact, an average deal."""

    goals: Mapping[int, str]
    values: Mapping[int, Decimal]
    usual: Decimal | None

    def of(self, task: Task, today: date) -> Suggestion:
        """Where a task is suggested to stand."""
        return suggest(
            task,
            today,
            goal=self.goals.get(task.goal_id or 0, ""),
            value=self.values.get(task.contact_id or 0),
            usual=self.usual,
        )


def weights(session: Session) -> Weights:
    """Read what suggestions rest on."""
    goals = session.exec(select(GoalRow.id, GoalRow.title).where(GoalRow.state == "open"))
    open_deals = select(DealRow.contact_id, func.sum(DealRow.value)).where(
        col(DealRow.stage).not_in(("won", "lost")),
        col(DealRow.contact_id).is_not(None),
        col(DealRow.value).is_not(None),
    )
    values = session.exec(open_deals.group_by(col(DealRow.contact_id)))
    usual = session.exec(select(func.avg(ActivityRow.amount)).where(ActivityRow.kind == "deal")).one()
    return Weights(
        {key: title for key, title in goals if key is not None},
        {key: from_hundredths(int(value)) for key, value in values if key is not None and value is not None},
        from_hundredths(round(usual)) if usual else None,
    )


def suggested_rank(session: Session, task: Task, today: date) -> int:
    """A rank before the first open task that is suggested to come later; counters lead."""
    known = weights(session)
    points = known.of(task, today).points
    before: TaskRow | None = None
    for row in _open(session):
        if row.id == task.id:
            continue
        if row.kind != "counter" and known.of(_from_row(row), today).points < points:
            return between(session, before, row)
        before = row
    return (before.rank if before else 0) + SPACING


def rank_anew(session: Session, today: date) -> None:
    """Bring the open tasks into the order suggested today; counters and what the rep has placed keep their places."""
    rows = [row for row in _open(session) if row.kind != "counter"]
    tasks = [_from_row(row) for row in rows]
    known = weights(session)
    order = ordered(tasks, {task.id: known.of(task, today) for task in tasks})
    by_id = {row.id: row for row in rows}
    for task_id, rank in zip(order, [row.rank for row in rows], strict=True):
        row = by_id[task_id]
        if row.rank != rank:
            row.rank = rank
            session.add(row)
    session.flush()


def fold(session: Session, today: date) -> None:
    """Fold what was missed of each rule into its open task: the last date that has come, and how many came before."""
    rows = session.exec(select(TaskRow).where(TaskRow.state == "open", col(TaskRow.every).is_not(None))).all()
    for row in rows:
        task = as_of(_from_row(row), today)
        if task.missed != row.missed:
            session.add(_fill(row, task))
    session.flush()


def as_of(task: Task, today: date) -> Task:
    """A task with what was missed of its rule by a day folded into it."""
    if task.state is not TaskState.OPEN or task.every is None or task.from_done:
        return task
    if task.due is None or task.due.day >= today:
        return task
    last, missed = folded(task.every, task.series_start or task.due.day, task.due.day, today)
    return replace(task, due=replace(task.due, day=last), missed=task.missed + missed) if missed else task


def _open(session: Session) -> list[TaskRow]:
    return list(
        session.exec(select(TaskRow).where(TaskRow.state == "open").order_by(col(TaskRow.rank), col(TaskRow.id)))
    )


def between(session: Session, before: TaskRow | None, after: TaskRow | None, *, spaced: bool = False) -> int:
    """A rank between two neighbours; where there is no room left, all open tasks are spaced anew first."""
    low = before.rank if before else (after.rank - 2 * SPACING if after else 0)
    high = after.rank if after else low + 2 * SPACING
    if high - low < 2 and spaced:
        return high  # two moves at once have crossed: next to each other is near enough
    if high - low < 2:
        for number, row in enumerate(_open(session), start=1):
            row.rank = number * SPACING
            session.add(row)
        session.flush()
        return between(session, before, after, spaced=True)
    return (low + high) // 2


def place(session: Session, task: Task, order: list[int], place_: int) -> None:
    """Put a task at a place (from 1) within `order`, the ids of the list as the rep sees it."""
    others = [task_id for task_id in order if task_id != task.id]
    index = min(max(place_, 1), len(others) + 1) - 1
    before = session.get(TaskRow, others[index - 1]) if index else None
    after = session.get(TaskRow, others[index]) if index < len(others) else None
    put(session, replace(task, rank=between(session, before, after), placed=True))


def ensure_counters(session: Session, metrics: Iterable[str], today: date, now: int) -> None:
    """See to a line on the list for each counted metric. They lead the list until the rep moves them."""
    known = set(session.exec(select(TaskRow.metric).where(col(TaskRow.metric).is_not(None))))
    wanted = [metric for metric in metrics if metric not in known]
    if not wanted:
        return
    own = (TaskRow.state == "open", col(TaskRow.kind).in_(TICKED))
    first = session.exec(select(func.min(TaskRow.rank)).where(*own)).one()
    last_counter = session.exec(select(func.max(TaskRow.rank)).where(TaskRow.kind == "counter")).one()
    low = last_counter if last_counter is not None else (first if first is not None else SPACING) - SPACING * 10
    high = first if first is not None and first > low else low + SPACING * (len(wanted) + 1)
    step = max(1, (high - low) // (len(wanted) + 1))
    for number, metric in enumerate(wanted, start=1):
        session.add(
            TaskRow(
                title=metric,
                kind="counter",
                metric=metric,
                priority=Priority.A.value,
                rank=low + step * number,
                since=today.isoformat(),
                created_at=now,
            )
        )
    session.flush()
