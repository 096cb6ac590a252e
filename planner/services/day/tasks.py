"""Manages tasks: adds, ranks, completes and snoozes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients import care as steps
from planner.domain.clients import people as person
from planner.domain.day import activity
from planner.domain.day.day_progress import is_proposal
from planner.domain.day.tasks import Due, Priority, Task, TaskState, since_after
from planner.domain.errors import InputError, NeedNotFound, StateError
from planner.domain.text import clean
from planner.domain.typed import recurrence, rule_dates
from planner.services.calls import activity_log
from planner.services.clients import care, complaints
from planner.services.day import blocks, today_store
from planner.services.plan.calendar import OwnCalendar
from planner.store.clients import people
from planner.store.day import tasks as store
from planner.store.plan import goals

if TYPE_CHECKING:
    from planner.domain.typed.quick_add import QuickAdd
    from planner.domain.typed.recurrence import Every
    from planner.services.context import AppContext
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads, Writer

SKIPPED = "skipped"
NO_TASK = "There's no task {}. `planner task list` shows your tasks."


def add(
    ctx: AppContext,
    title: str,
    *,
    due: Due | None = None,
    priority: Priority | None = None,
    every: Every | str | None = None,
    goal_id: int | None = None,
    contact: str | None = None,
    minutes: int | None = None,
    tags: Sequence[str] = (),
    kind: str = "own",
    force: bool = False,
) -> Task:
    """Add a task at its suggested rank. `every` is a rule or an RRULE. Without `due`, its first date from today is due.
    An hour in family or sleep time is refused unless `force`.
    """
    today = ctx.today()
    if due is not None and due.at is not None and not force:
        blocks.check_free(ctx, datetime.combine(due.day, due.at))
    repeat = recurrence.Every(every) if isinstance(every, str) else every
    if repeat is not None:
        due = due or Due(repeat.first(today, OwnCalendar(ctx)))
        repeat = repeat.with_start(due.day)
    rule = None if repeat is None else repeat.rule
    since = due.day if due is not None and due.day > today else today
    start = due.day if rule is not None and due is not None else None
    task = Task(
        0, clean(title), since, due, priority, kind=kind, goal_id=goal_id, minutes=minutes, every=rule,
        series_start=start, tags=tuple(dict.fromkeys(tags)), from_done=repeat is not None and repeat.from_done,
    )  # fmt: skip
    with ctx.database.write(f"new task: {task.title}") as change:
        if goal_id is not None:
            goals.get(change, goal_id)
        if contact is not None:
            contact_id, _, _ = activity_log.contact_or_new(ctx, change, contact)
            task = replace(task, contact_id=contact_id)
            if not force and is_proposal(task.title):
                check_need(change, contact_id)
        return store.add(change, task, int(ctx.clock.timestamp()), today)


def check_need(reads: Reads, contact_id: int) -> None:
    """Refuse a proposal if the contact's need isn't found (S21)."""
    contact = people.get(reads, contact_id)
    if contact.need not in (person.Need.FOUND, person.Need.CHOSEN):
        raise NeedNotFound(
            f"You haven't found {contact.name}'s need yet, so it's too early for a proposal. Once you have, run "
            f"`planner contact edit {contact.id} --need found`."
        )


def quick(ctx: AppContext, wanted: QuickAdd, *, goal_id: int | None = None, force: bool = False) -> Task:
    """Add the task in a typed line. A callback goes to the one contact its text names, if there is one."""
    contact = wanted.contact
    if contact is None and wanted.kind == "callback":
        contact = _to_be_called_back(ctx, wanted.title)
    return add(
        ctx,
        wanted.title,
        due=wanted.due,
        priority=wanted.priority,
        every=wanted.every,
        goal_id=goal_id,
        contact=contact,
        minutes=wanted.minutes,
        tags=wanted.tags,
        kind=wanted.kind,
        force=force,
    )


def _to_be_called_back(ctx: AppContext, title: str) -> str | None:
    """Return the id of the contact named in a callback (``callback Kim, about the price``), or None.

    Raises WhichContact if several may be meant.
    """
    said = re.sub(r"^(?:call ?back|callback)\b:?\s*", "", title, flags=re.IGNORECASE)
    name = said.partition(",")[0].strip()
    if not name or name.isdigit() or not ctx.database.exists():
        return None
    found = activity_log.find_contact(ctx, name)
    if found is None:
        with ctx.database.read() as reads:
            found, _ = activity_log.split_contact(ctx, reads, said.split())
    if found is None:
        ctx.notice(f"There's no contact named {name!r}, so the callback has no contact. Add one with @NAME.")
        return None
    return str(found[0])


def list_tasks(ctx: AppContext, *, state: TaskState | None = TaskState.OPEN, goal_id: int | None = None) -> list[Task]:
    """Return the rep's own tasks in order."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        calendar = OwnCalendar(ctx, reads)
        found = store.query(reads, state=state, goal_id=goal_id)
        return [store.as_of(task, ctx.today(), calendar) for task in found]


def overdue(ctx: AppContext) -> list[tuple[Task, tuple[str, ...]]]:
    """Return the overdue open tasks in order, each with the reasons for its rank."""
    if not ctx.database.exists():
        return []
    today = ctx.today()
    with ctx.database.read() as reads:
        known = store.weights(reads)
        return [(task, known.suggest(task, today).reasons) for task in store.query(reads) if task.overdue(today)]


def _open_task(reads: Reads, task_id: int) -> Task:
    task = store.get(reads, task_id)
    if task.state is not TaskState.OPEN:
        raise StateError(f"Task {task_id} ({task.title}) is already {task.state}.")
    if task.kind == "counter":
        raise StateError(
            "This target comes from your plan or a goal and updates as you log. To change it, use `planner plan set` "
            "or `planner goal edit`."
        )
    return task


def complete(ctx: AppContext, *task_ids: int) -> list[tuple[Task, Task | None]]:
    """Tick tasks off as one change, all or none. Returns each with the next task of its rule or customer care step, or
    None.
    """
    activity_log.require_database(ctx, NO_TASK.format(task_ids[0]))
    today = ctx.today()
    found: list[tuple[Task, Task | None]] = []
    with ctx.database.write("done") as change:
        for task_id in task_ids:
            task = store.as_of(_open_task(change, task_id), today, OwnCalendar(ctx, change))
            finished = replace(task, state=TaskState.DONE, done_on=today, done_time=ctx.now().time())
            store.put(change, finished)
            following = _create_next(ctx, change, task)
            found.append((finished, following))
        change.label = f"completed task: {_titles([task for task, _ in found])}"
    return found


def _create_next(ctx: AppContext, change: WriteTransaction, task: Task) -> Task | None:
    """Return what follows a ticked-off task: the next care step, or the next occurrence of its rule."""
    if task.care == steps.Care.COMPLAINT:
        return complaints.step_done(ctx, change, task)
    return care.add_after_step(ctx, change, task) if task.care else _next_of_rule(ctx, change, task)


def _next_of_rule(ctx: AppContext, change: Writer, task: Task) -> Task | None:
    """Return the next task of a rule: the open one of the series or a new one, None at the rule's end."""
    if task.every is None:
        return None
    known = store.next_in_series(change, task)
    if known is not None:
        return known
    today = ctx.today()
    due_day = task.due.day if task.due else task.since
    calendar = OwnCalendar(ctx, change)
    if task.from_done:
        when = rule_dates.next_date(task.every, today, today, calendar)
    else:
        when = rule_dates.next_date(task.every, task.series_start or due_day, max(today, due_day), calendar)
    if when is None:
        return None
    due = Due(when, task.due.at if task.due else None)
    following = replace(task, id=0, due=due, since=due.day, missed=0, placed=False)
    return store.add(change, following, int(ctx.clock.timestamp()), today)


def _titles(tasks: Sequence[Task]) -> str:
    return tasks[0].title if len(tasks) == 1 else f"{tasks[0].title} and {len(tasks) - 1} more"


def reopen(ctx: AppContext, *task_ids: int) -> list[Task]:
    """Reopen done or dropped tasks as one change, all or none."""
    activity_log.require_database(ctx, NO_TASK.format(task_ids[0]))
    found = []
    with ctx.database.write("reopen") as change:
        for task_id in task_ids:
            task = store.get(change, task_id)
            if task.state is TaskState.OPEN:
                name = task.title.replace("_", " ") if task.kind == "counter" else task.title
                raise StateError(f"Task {task_id} ({name}) is already open.")
            found.append(replace(task, state=TaskState.OPEN, done_on=None, done_time=None, reason=""))
            store.put(change, found[-1])
        store.settle(change, ctx.today(), OwnCalendar(ctx, change))
        change.label = f"reopened task: {_titles(found)}"
    return found


def skip(ctx: AppContext, *task_ids: int) -> list[tuple[Task, Task | None]]:
    """Skip one occurrence of repeating tasks as one change, all or none. Returns each with the next occurrence, or None
    after the last. Raises StateError for a task that doesn't repeat.
    """
    activity_log.require_database(ctx, NO_TASK.format(task_ids[0]))
    today = ctx.today()
    found: list[tuple[Task, Task | None]] = []
    with ctx.database.write("skip") as change:
        for task_id in dict.fromkeys(task_ids):
            task = store.as_of(_open_task(change, task_id), today, OwnCalendar(ctx, change))
            if task.every is None:
                raise StateError(
                    f"Task {task_id} ({task.title}) doesn't repeat, so there's nothing to skip. Drop it with "
                    f"`planner task drop {task_id}`, or snooze it with `planner task snooze {task_id}`."
                )
            skipped = replace(task, state=TaskState.DROPPED, reason=SKIPPED)
            store.put(change, skipped)
            found.append((skipped, _next_of_rule(ctx, change, task)))
        change.label = f"skipped task: {_titles([task for task, _ in found])}"
    return found


def drop(ctx: AppContext, *task_ids: int, reason: str = "", series: bool = False) -> list[Task]:
    """Drop tasks as one change, all or none. For a repeating task, `series` is required to end the whole series.
    Without it, InputError explains both ways.
    """
    activity_log.require_database(ctx, NO_TASK.format(task_ids[0]))
    found = []
    with ctx.database.write("drop") as change:
        for task_id in task_ids:
            task = _open_task(change, task_id)
            if task.every is not None and not series:
                rule = recurrence.Every(task.every, task.from_done)
                raise InputError(
                    f"Task {task_id} ({task.title}) repeats {rule}. Skip this one with `planner task skip {task_id}`, "
                    f"or end the series with `planner task drop {task_id} --series`."
                )
            found.append(replace(task, state=TaskState.DROPPED, reason=clean(reason)))
            store.put(change, found[-1])
        change.label = f"dropped task: {_titles(found)}"
    for number in (task.about.split()[1] for task in found if task.care == steps.Care.COMPLAINT):
        ctx.notice(f"Complaint {number} is still open. Answer it with `planner complaint answer {number}`.")
    return found


def snooze(ctx: AppContext, task_id: int, due: Due, *, force: bool = False) -> Task:
    """Postpone a task without resetting its age."""
    activity_log.require_database(ctx, NO_TASK.format(task_id))
    today = ctx.today()
    if due.day < today:
        raise InputError(f"{formats.when_text(due.day, today)} is in the past. Snooze the task to a later day.")
    if due.at is not None and not force:
        blocks.check_free(ctx, datetime.combine(due.day, due.at))
    with ctx.database.write("snooze") as change:
        task = _open_task(change, task_id)
        if due.at is None and task.every is not None and task.due is not None:
            due = replace(due, at=task.due.at)  # the hour belongs to the rule, so the next occurrence has it too
        change.label = f"snoozed task to {formats.when_text(due)}: {task.title}"
        task = replace(task, due=due, since=since_after(task, due, today))
        store.put(change, task)
    return task


def edit(
    ctx: AppContext, task_id: int, changes: dict[str, object], contact: str | None = None, *, force: bool = False
) -> Task:
    """Change fields of a task, named as in `Task`. A new priority or due time ranks it again. `every` may be an
    `Every`.
    """
    activity_log.require_database(ctx, NO_TASK.format(task_id))
    due = changes.get("due")
    if isinstance(due, Due) and due.at is not None and not force:
        blocks.check_free(ctx, datetime.combine(due.day, due.at))
    every = changes.get("every")
    if isinstance(every, recurrence.Every):
        changes |= {"every": every.rule, "from_done": every.from_done}
    elif every is None and "every" in changes:
        changes["from_done"] = False
    with ctx.database.write("edit") as change:
        task = _open_task(change, task_id)
        if "title" in changes:
            changes["title"] = clean(str(changes["title"]))
        if isinstance(changes.get("goal_id"), int):
            goals.get(change, int(str(changes["goal_id"])))
        changed = replace(task, **changes)  # type: ignore[arg-type]
        if contact is not None:
            contact_id, _, _ = activity_log.contact_or_new(ctx, change, contact)
            changed = replace(changed, contact_id=contact_id)
        if "due" in changes:
            changed = replace(changed, since=since_after(task, changed.due, ctx.today()))
        if {"due", "every"} & set(changes):
            changed = replace(changed, series_start=_series_start(changed))
        if isinstance(every, recurrence.Every) and changed.series_start is not None:
            changed = replace(changed, every=every.with_start(changed.series_start).rule)
        if {"due", "priority"} & set(changes):
            changed = replace(changed, rank=store.suggested_rank(change, changed, ctx.today()), placed=False)
        change.label = f"edited task: {changed.title}"
        store.put(change, changed)
        store.settle(change, ctx.today(), OwnCalendar(ctx, change))
    return changed


def _series_start(task: Task) -> date | None:
    if task.every is None:
        return None
    return task.due.day if task.due else task.since


def move(ctx: AppContext, task_id: int, where: str) -> tuple[Task, int, bool]:
    """Rank a task: `up`, `down` or a place from 1 on today's list. A task of another day is ranked among all open ones.

    Returns the task, its place, and whether that is on today's list.
    """
    activity_log.require_database(ctx, NO_TASK.format(task_id))
    if where not in ("up", "down") and not (where.isascii() and where.isdigit() and int(where) >= 1):
        raise InputError(f"{where!r} isn't a place on the list. Use up, down or a number from 1.")
    shown = today_store.TodayStore(ctx)
    try:
        order = [line.id for line in shown.read().tasks if not line.done]
    finally:
        shown.close()
    with ctx.database.write("move") as change:
        task = store.get(change, task_id)
        if task.state is not TaskState.OPEN:
            raise StateError(f"Task {task_id} ({task.title}) is already {task.state}.")
        ids = [int(str(line_id)) for line_id in order]
        on_today = task_id in ids
        if not on_today:
            ids = [known.id for known in store.query(change)]
        if task_id not in ids:
            raise StateError("That counter has no target today, so it isn't on the list.")
        now = ids.index(task_id) + 1
        place = {"up": now - 1, "down": now + 1}.get(where) or (int(where) if where.isdigit() else now)
        place = min(max(place, 1), len(ids))
        change.label = f"moved task to {place}: {named(task)}"
        if place != now:
            store.place(change, task, ids, place)
    return task, place, on_today


def named(task: Task) -> str:
    """Return the title of a task, for a counter that of its metric: ``calls``."""
    return activity.WORDS[str(task.metric)][1] if task.kind == "counter" else task.title


def rank_anew(ctx: AppContext) -> None:
    """Restore the suggested order of all tasks, discarding manual ranks."""
    activity_log.require_database(ctx, "There are no tasks to rank.")
    with ctx.database.write("restored the suggested order") as change:
        for task in store.query(change):
            if task.placed:
                store.put(change, replace(task, placed=False))
        store.rank_anew(change, ctx.today())


def reasons(ctx: AppContext) -> dict[int, tuple[str, ...]]:
    """Return the reasons for each open task's rank."""
    if not ctx.database.exists():
        return {}
    with ctx.database.read() as reads:
        known = store.weights(reads)
        return {task.id: known.suggest(task, ctx.today()).reasons for task in store.query(reads)}


def backdate(ctx: AppContext, task_id: int, since: date) -> Task:
    """Move the start of a task's waiting time to an earlier day."""
    with ctx.database.write("backdate") as change:
        task = replace(_open_task(change, task_id), since=since)
        change.label = f"backdated task to {formats.when_text(since)}: {task.title}"
        store.put(change, task)
    return task
