"""Tasks and their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain.day import ranking
from planner.domain.day.tasks import TICKED, Priority, Task, TaskState, since_after
from planner.domain.errors import StateError
from planner.domain.money import from_hundredths
from planner.domain.typed import recurrence
from planner.domain.workdays import DAY
from planner.store.mapper import WORDS, Mapper

if TYPE_CHECKING:
    from planner.domain.day.ranking import Suggestion
    from planner.domain.workdays import Worked
    from planner.store.recorder import Reads, Writer

# Ranks leave room between neighbours; when it is used up, all open tasks are spaced anew.
SPACING = 1 << 20
TASKS = Mapper(Task, "task", tags=WORDS)
_OPEN = "WHERE state = 'open' ORDER BY rank, id"
_OWN = f"kind IN ({', '.join(repr(str(kind)) for kind in TICKED)})"


def get(reads: Reads, task_id: int) -> Task:
    """One task. Raises StateError when there is none."""
    found = TASKS.first(reads, "WHERE id = ?", task_id)
    if found is None:
        raise StateError(f"There is no task {task_id}; `planner task list` shows those there are.")
    return found


def listed(
    reads: Reads,
    *,
    state: TaskState | None = TaskState.OPEN,
    goal_id: int | None = None,
    contact_id: int | None = None,
) -> list[Task]:
    """The rep's own tasks in their order; of one state, of one goal, of one contact."""
    where, parameters = f"WHERE {_OWN}", list[object]()
    for column, wanted in (("state", state), ("goal_id", goal_id), ("contact_id", contact_id)):
        if wanted is not None:
            where += f" AND {column} = ?"
            parameters.append(wanted)
    return TASKS.all(reads, f"{where} ORDER BY rank, id", *parameters)


def decided_with(reads: Reads, contact_id: int, limit: int = 200) -> list[tuple[str, str, str]]:
    """What was decided of the tasks with a contact, the newest first: when, "task" or "callback", and what: those done
    and dropped, and when a callback was agreed on.
    """
    found = []
    for kind, state, due, done_on, done_time, since, title, reason, created_at in reads.execute(
        "SELECT kind, state, due, done_on, done_time, since, title, reason, created_at FROM task WHERE contact_id = ?"
        " AND (state <> 'open' OR kind = 'callback') ORDER BY id DESC LIMIT ?",
        (contact_id, limit),
    ):
        name = "callback" if kind == "callback" else "task"
        if kind == "callback" and due is not None:
            made = f"{datetime.fromtimestamp(created_at):%Y-%m-%dT%H:%M}"
            found.append((made, name, f"agreed for {due.replace('T', ' ')}: {title}"))
        if state == "done":
            found.append((f"{done_on}T{done_time}" if done_time else done_on or "", name, title))
        elif state == "dropped":
            found.append((done_on or since, name, f"dropped: {title}" + (f" ({reason})" if reason else "")))
    return sorted(found, reverse=True)


def follower(reads: Reads, task: Task) -> Task | None:
    """The open task of the same series, where there is one already."""
    if task.series_start is None:
        return None
    where = "WHERE state = 'open' AND every = ? AND series_start = ? AND title = ? AND id <> ?"
    return TASKS.first(reads, where, task.every, task.series_start.isoformat(), task.title, task.id)


def done_by_goal(reads: Reads) -> dict[int, int]:
    """How many tasks are done under each goal that has any."""
    rows = reads.execute(
        "SELECT goal_id, count(*) FROM task WHERE state = 'done' AND goal_id IS NOT NULL GROUP BY goal_id"
    )
    return dict(rows.fetchall())


def add(change: Writer, task: Task, now: int, today: date) -> Task:
    """Add a task at its suggested place; its id and rank are given here."""
    ranked = replace(task, rank=suggested_rank(change, task, today))
    return replace(ranked, id=change.insert("task", **TASKS.values(ranked, created_at=now)))


def put(change: Writer, task: Task) -> None:
    """Store an edited task."""
    try:
        change.update("task", task.id, **TASKS.values(task))
    except KeyError:
        raise StateError(f"Task {task.id} is gone.") from None


@dataclass(frozen=True, slots=True)
class Weights:
    """What a suggestion rests on beside the task itself: titles of goals, open deals by contact, an average deal."""

    goals: Mapping[int, str]
    values: Mapping[int, Decimal]
    usual: Decimal | None

    def of(self, task: Task, today: date) -> Suggestion:
        """Where a task is suggested to stand."""
        return ranking.suggest(
            task,
            today,
            goal=self.goals.get(task.goal_id or 0, ""),
            value=self.values.get(task.contact_id or 0),
            usual=self.usual,
        )


def weights(reads: Reads) -> Weights:
    """Read what suggestions rest on."""
    goals = reads.execute("SELECT id, title FROM goal WHERE state = 'open'")
    values = reads.execute(
        "SELECT contact_id, sum(value) FROM deal WHERE stage NOT IN ('won', 'lost')"
        " AND contact_id IS NOT NULL AND value IS NOT NULL GROUP BY contact_id"
    )
    usual = reads.execute("SELECT avg(amount) FROM activity WHERE kind = 'deal'").fetchone()[0]
    return Weights(
        dict(goals.fetchall()),
        {key: from_hundredths(value) for key, value in values},
        from_hundredths(round(usual)) if usual else None,
    )


def suggested_rank(change: Writer, task: Task, today: date) -> int:
    """A rank before the first open task that is suggested to come later; counters lead."""
    known = weights(change)
    points = known.of(task, today).points
    before: Task | None = None
    for each in TASKS.all(change, _OPEN):
        if each.id == task.id:
            continue
        if each.kind != "counter" and known.of(each, today).points < points:
            return between(change, before, each)
        before = each
    return (before.rank if before else 0) + SPACING


def settle(writer: Writer, today: date, calendar: Worked) -> None:
    """Bring the open tasks up to date: what was missed of their rules, and the order suggested today."""
    fold(writer, today, calendar)
    rank_anew(writer, today)


def rank_anew(writer: Writer, today: date) -> None:
    """Bring the open tasks into the order suggested today; counters and what the rep has placed keep their places."""
    tasks = [task for task in TASKS.all(writer, _OPEN) if task.kind != "counter"]
    known = weights(writer)
    order = ranking.ordered(tasks, {task.id: known.of(task, today) for task in tasks})
    ranks = {task.id: task.rank for task in tasks}
    for task_id, rank in zip(order, [task.rank for task in tasks], strict=True):
        if ranks[task_id] != rank:
            writer.update("task", task_id, rank=rank)


def fold(writer: Writer, today: date, calendar: Worked) -> None:
    """Fold what was missed of each rule into its open task: the last date that has come, and how many came before."""
    for task in TASKS.all(writer, "WHERE state = 'open' AND every IS NOT NULL"):
        now = as_of(task, today, calendar)
        if now != task:
            writer.update("task", task.id, **TASKS.values(now))


def as_of(task: Task, today: date, calendar: Worked) -> Task:
    """A task with what was missed of its rule by a day folded into it."""
    if task.state is not TaskState.OPEN or task.every is None or task.from_done:
        return task
    if task.due is None or task.due.day >= today:
        return task
    start = task.series_start or task.due.day
    last, missed = recurrence.folded(task.every, start, task.due.day, today, calendar)
    return replace(task, due=replace(task.due, day=last), missed=task.missed + missed)


def follow_calendar(change: Writer, today: date, before: Worked, after: Worked) -> list[Task]:
    """Bring the open tasks of working-day rules to their day by a calendar that was changed, and return those that it
    moved. One that the rep has put on a day of its own stays there.
    """
    found: list[Task] = []
    for task in TASKS.all(change, "WHERE state = 'open' AND every IS NOT NULL AND due >= ?", today.isoformat()):
        if task.every is None or task.due is None or not recurrence.on_working_days(task.every):
            continue
        start, due = task.series_start or task.due.day, task.due.day
        if "COUNT=" not in task.every and "INTERVAL=" not in task.every:
            start = min(start, today)  # a month's last working day may come to lie before the one it began with
        for since in (today, today - DAY, due - DAY):
            if recurrence.next_date(task.every, start, since, before) == due:
                day = recurrence.next_date(task.every, start, since, after)
                if day is not None and day != due:
                    moved = replace(task.due, day=day)
                    found.append(replace(task, due=moved, since=since_after(task, moved, today)))
                    put(change, found[-1])
                break
    return found


def between(change: Writer, before: Task | None, after: Task | None, *, spaced: bool = False) -> int:
    """A rank between two neighbours; where there is no room left, all open tasks are spaced anew first."""
    low = before.rank if before else (after.rank - 2 * SPACING if after else 0)
    high = after.rank if after else low + 2 * SPACING
    if high - low >= 2:
        return (low + high) // 2
    if spaced:
        return high  # two moves at once have crossed: next to each other is near enough
    for number, (key,) in enumerate(change.execute(f"SELECT id FROM task {_OPEN}").fetchall(), start=1):
        change.update("task", key, rank=number * SPACING)
    return between(change, before and get(change, before.id), after and get(change, after.id), spaced=True)


def place(change: Writer, task: Task, order: list[int], place_: int) -> None:
    """Put a task at a place (from 1) within `order`, the ids of the list as the rep sees it."""
    others = [task_id for task_id in order if task_id != task.id]
    index = min(max(place_, 1), len(others) + 1) - 1
    before = TASKS.first(change, "WHERE id = ?", others[index - 1]) if index else None
    after = TASKS.first(change, "WHERE id = ?", others[index]) if index < len(others) else None
    put(change, replace(task, rank=between(change, before, after), placed=True))


def lacking(reads: Reads, metrics: Iterable[str]) -> list[str]:
    """The counted metrics that have no line on the list yet."""
    known = {metric for (metric,) in reads.execute("SELECT metric FROM task WHERE metric IS NOT NULL")}
    return [metric for metric in metrics if metric not in known]


def ensure_counters(writer: Writer, metrics: Iterable[str], today: date, now: int) -> None:
    """See to a line on the list for each counted metric. They lead the list until the rep moves them."""
    wanted = lacking(writer, metrics)
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
