"""Queries and changes of tasks and their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day import ranking
from planner.domain.day.tasks import TICKED, Priority, Task, TaskState, since_after
from planner.domain.errors import StateError
from planner.domain.money import from_hundredths
from planner.domain.typed import rule_dates
from planner.domain.workdays import DAY
from planner.store.mapper import WORDS, Mapper

if TYPE_CHECKING:
    from planner.domain.day.ranking import Suggestion
    from planner.domain.workdays import Worked
    from planner.store.recorder import Reads, Writer

# Ranks leave gaps between neighbours. Once a gap is used up, all open tasks are respaced.
SPACING = 1 << 20
TASKS = Mapper(Task, "task", tags=WORDS)
_OPEN = "WHERE state = 'open' ORDER BY rank, id"
_OWN = f"kind IN ({', '.join(repr(str(kind)) for kind in TICKED)})"


def get(reads: Reads, task_id: int) -> Task:
    """Return one task. Raises StateError when there is none."""
    found = TASKS.first(reads, "WHERE id = ?", task_id)
    if found is None:
        raise StateError(f"There's no task {task_id}. `planner task list` shows your tasks.")
    return found


def query(
    reads: Reads,
    *,
    state: TaskState | None = TaskState.OPEN,
    goal_id: int | None = None,
    contact_id: int | None = None,
    done_on: date | None = None,
) -> list[Task]:
    """Return the rep's own tasks in order, filtered by state, goal, contact and the day they were done."""
    where, parameters = f"WHERE {_OWN}", list[object]()
    if done_on is not None:  # SQLite uses the index of done tasks only for this very term
        where, state = f"{where} AND state = 'done' AND done_on = ?", None
        parameters.append(done_on.isoformat())
    elif state is TaskState.OPEN:
        where, state = f"{where} AND state = 'open'", None
    for column, wanted in (("state", state), ("goal_id", goal_id), ("contact_id", contact_id)):
        if wanted is not None:
            where += f" AND {column} = ?"
            parameters.append(wanted)
    return TASKS.fetch_all(reads, f"{where} ORDER BY rank, id", *parameters)


def decided_with(reads: Reads, contact_id: int) -> list[tuple[str, str, str]]:
    """Return what was decided on the tasks with a contact, newest first, as (when, "task" or "callback", what): those
    done or dropped, and the agreed times of callbacks.
    """
    found = []
    for kind, state, due, done_on, done_time, since, title, reason, created_at in reads.execute(
        "SELECT kind, state, due, done_on, done_time, since, title, reason, created_at FROM task WHERE contact_id = ?"
        " AND (state <> 'open' OR kind = 'callback') ORDER BY id DESC LIMIT 200",
        (contact_id,),
    ):
        name = "callback" if kind == "callback" else "task"
        if kind == "callback" and due is not None:
            made = f"{datetime.fromtimestamp(created_at):%Y-%m-%dT%H:%M}"
            found.append((made, name, f"agreed for {formats.when_text(due)}: {title}"))
        if state == "done":
            found.append((f"{done_on}T{done_time}" if done_time else done_on or "", name, title))
        elif state == "dropped":
            found.append((done_on or since, name, f"dropped: {title}" + (f" ({reason})" if reason else "")))
    return sorted(found, reverse=True)


def next_in_series(reads: Reads, task: Task) -> Task | None:
    """Return the open task of the same series, or None."""
    if task.series_start is None:
        return None
    where = "WHERE state = 'open' AND every = ? AND series_start = ? AND title = ? AND id <> ?"
    return TASKS.first(reads, where, task.every, task.series_start.isoformat(), task.title, task.id)


def done_by_goal(reads: Reads) -> dict[int, int]:
    """Return the number of done tasks by goal, for goals that have any."""
    rows = reads.execute(
        "SELECT goal_id, count(*) FROM task WHERE state = 'done' AND goal_id IS NOT NULL GROUP BY goal_id"
    )
    return dict(rows.fetchall())


def add(change: Writer, task: Task, now: int, today: date) -> Task:
    """Add a task at its suggested place and return it with its id and rank."""
    ranked = replace(task, rank=suggested_rank(change, task, today))
    return replace(ranked, id=change.insert("task", **TASKS.values(ranked, created_at=now)))


def add_all(change: Writer, tasks: Mapping[int, Task], now: int) -> None:
    """Add tasks under ids reserved for them, below all others. `settle` ranks them."""
    last = change.execute("SELECT coalesce(max(rank), 0) FROM task").fetchone()[0]
    for number, (task_id, task) in enumerate(tasks.items(), start=1):
        values = TASKS.values(replace(task, rank=last + number * SPACING), created_at=now)
        change.insert("task", id=task_id, **values)


def put(change: Writer, task: Task) -> None:
    """Store an edited task."""
    try:
        change.update("task", task.id, **TASKS.values(task))
    except KeyError:
        raise StateError(f"Task {task.id} no longer exists.") from None


@dataclass(frozen=True, slots=True)
class Weights:
    """Inputs of a suggestion besides the task itself: goal titles, open deals by contact, an average deal."""

    goals: Mapping[int, str]
    values: Mapping[int, Decimal]
    usual: Decimal | None

    def suggest(self, task: Task, today: date) -> Suggestion:
        """Return the suggested position of a task."""
        return ranking.suggest(
            task,
            today,
            goal=self.goals.get(task.goal_id or 0, ""),
            value=self.values.get(task.contact_id or 0),
            usual=self.usual,
        )


def weights(reads: Reads) -> Weights:
    """Read the inputs of the suggestions."""
    goals = reads.execute("SELECT id, title FROM goal WHERE state = 'open'")
    values = reads.execute(
        "SELECT contact_id, sum(value) FROM deal WHERE stage NOT IN ('won', 'lost')"
        " AND contact_id IS NOT NULL AND value IS NOT NULL GROUP BY contact_id"
    )
    usual = reads.execute(  # of late, as going through the whole log takes long
        "SELECT avg(amount) FROM activity WHERE kind = 'deal'"
        " AND day IN (SELECT day FROM day_count WHERE deals > 0 ORDER BY day DESC LIMIT 60)"
    ).fetchone()[0]
    return Weights(
        dict(goals.fetchall()),
        {key: from_hundredths(value) for key, value in values},
        from_hundredths(round(usual)) if usual else None,
    )


def suggested_rank(change: Writer, task: Task, today: date) -> int:
    """Return a rank before the first open task with a later suggested position. Counters come first."""
    known = weights(change)
    points = known.suggest(task, today).points
    before: Task | None = None
    for each in TASKS.fetch_all(change, _OPEN):
        if each.id == task.id:
            continue
        if each.kind != "counter" and known.suggest(each, today).points < points:
            return rank_between(change, before, each)
        before = each
    return (before.rank if before else 0) + SPACING


def settle(writer: Writer, today: date, calendar: Worked) -> None:
    """Update the open tasks: fold in missed dates of their rules and apply today's suggested order."""
    fold(writer, today, calendar)
    rank_anew(writer, today)


def rank_anew(writer: Writer, today: date) -> None:
    """Put the open tasks into today's suggested order, leaving counters and tasks placed by the rep where they are."""
    tasks = [task for task in TASKS.fetch_all(writer, _OPEN) if task.kind != "counter"]
    known = weights(writer)
    order = ranking.ordered(tasks, {task.id: known.suggest(task, today) for task in tasks})
    ranks = {task.id: task.rank for task in tasks}
    for task_id, rank in zip(order, [task.rank for task in tasks], strict=True):
        if ranks[task_id] != rank:
            writer.update("task", task_id, rank=rank)


def fold(writer: Writer, today: date, calendar: Worked) -> None:
    """Fold each rule's missed dates into its open task: the last date that has come, and how many came before it."""
    for task in TASKS.fetch_all(writer, "WHERE state = 'open' AND every IS NOT NULL"):
        now = as_of(task, today, calendar)
        if now != task:
            writer.update("task", task.id, **TASKS.values(now))


def as_of(task: Task, today: date, calendar: Worked) -> Task:
    """Return a task with the dates its rule has missed by a day folded in."""
    if task.state is not TaskState.OPEN or task.every is None or task.from_done:
        return task
    if task.due is None or task.due.day >= today:
        return task
    start = task.series_start or task.due.day
    last, missed = rule_dates.latest_due(task.every, start, task.due.day, today, calendar)
    return replace(task, due=replace(task.due, day=last), missed=task.missed + missed)


def follow_calendar(change: Writer, today: date, before: Worked, after: Worked) -> list[Task]:
    """Move open tasks of working-day rules to their dates under a changed calendar, and return those that moved. A task
    that the rep has moved to another day stays there.
    """
    found: list[Task] = []
    for task in TASKS.fetch_all(change, "WHERE state = 'open' AND every IS NOT NULL AND due >= ?", today.isoformat()):
        if task.every is None or task.due is None or not rule_dates.on_working_days(task.every):
            continue
        start, due = task.series_start or task.due.day, task.due.day
        if "COUNT=" not in task.every and "INTERVAL=" not in task.every:
            start = min(start, today)  # a month's last working day may now be earlier than its start
        for since in (today, today - DAY, due - DAY):
            if rule_dates.next_date(task.every, start, since, before) == due:
                day = rule_dates.next_date(task.every, start, since, after)
                if day is not None and day != due:
                    moved = replace(task.due, day=day)
                    found.append(replace(task, due=moved, since=since_after(task, moved, today)))
                    put(change, found[-1])
                break
    return found


def rank_between(change: Writer, before: Task | None, after: Task | None, *, spaced: bool = False) -> int:
    """Return a rank between two neighbours, respacing all open tasks first if there is no gap left."""
    low = before.rank if before else (after.rank - 2 * SPACING if after else 0)
    high = after.rank if after else low + 2 * SPACING
    if high - low >= 2:
        return (low + high) // 2
    if spaced:
        return high  # two concurrent moves have crossed, so adjacent is close enough
    for number, (key,) in enumerate(change.execute(f"SELECT id FROM task {_OPEN}").fetchall(), start=1):
        change.update("task", key, rank=number * SPACING)
    return rank_between(change, before and get(change, before.id), after and get(change, after.id), spaced=True)


def place(change: Writer, task: Task, order: list[int], place_: int) -> None:
    """Put a task at a place (from 1) in `order`, the ids of the list as the rep sees it."""
    others = [task_id for task_id in order if task_id != task.id]
    index = min(max(place_, 1), len(others) + 1) - 1
    before = TASKS.first(change, "WHERE id = ?", others[index - 1]) if index else None
    after = TASKS.first(change, "WHERE id = ?", others[index]) if index < len(others) else None
    put(change, replace(task, rank=rank_between(change, before, after), placed=True))


def missing_metrics(reads: Reads, metrics: Iterable[str]) -> list[str]:
    """Return the counted metrics that aren't on the task list yet."""
    known = {metric for (metric,) in reads.execute("SELECT metric FROM task WHERE metric IS NOT NULL")}
    return [metric for metric in metrics if metric not in known]


def ensure_counters(writer: Writer, metrics: Iterable[str], today: date, now: int) -> None:
    """Add a line to the task list for each counted metric. They lead the list until the rep moves them."""
    wanted = missing_metrics(writer, metrics)
    if not wanted:
        return
    first = writer.execute(f"SELECT min(rank) FROM task WHERE state = 'open' AND {_OWN}").fetchone()[0]
    last_counter = writer.execute("SELECT max(rank) FROM task WHERE kind = 'counter'").fetchone()[0]
    low = last_counter if last_counter is not None else (first if first is not None else SPACING) - SPACING * 10
    high = first if first is not None and first > low else low + SPACING * (len(wanted) + 1)
    step = max(1, (high - low) // (len(wanted) + 1))
    for number, metric in enumerate(wanted, start=1):
        counter = Task(0, metric, today, kind="counter", metric=metric, priority=Priority.A, rank=low + step * number)
        writer.insert("task", **TASKS.values(counter, created_at=now))
