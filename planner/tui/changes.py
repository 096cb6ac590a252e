"""What a key changes through a service, and the sentence about it.

The screen runs these in workers: the first of them loads SQLModel, and the screen stays alive meanwhile.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from planner.services.desk import Desk

if TYPE_CHECKING:
    from planner.tui.modals.task import TaskWanted


def add_task(desk: Desk, wanted: TaskWanted, goal_id: int | None = None) -> str:
    """Add what the form asked for, under a goal where one is given."""
    from planner.services import tasks

    task = tasks.add(desk, wanted.title, due=wanted.due, priority=wanted.priority, goal_id=goal_id)
    later = task.due is not None and task.due.day > desk.today()
    return f"task: {task.title}" + (f", for {task.due}" if later else "")


def tick(desk: Desk, task_id: int) -> str:
    """Tick a task off."""
    from planner.services import tasks

    finished, following = tasks.done(desk, task_id)[0]
    return f"done: {finished.title}" + (f", next on {following.due}" if following else "")


def untick(desk: Desk, task_id: int) -> str:
    """Take the tick back."""
    from planner.services import tasks

    return f"open again: {tasks.reopen(desk, task_id)[0].title}"


def move(desk: Desk, task_id: int, where: str) -> str:
    """Rank a task."""
    from planner.services import tasks

    moved, place = tasks.move(desk, task_id, where)
    return f"now at place {place}: {moved.title if moved.kind == 'own' else 'the counter'}"


def put_off(desk: Desk, task_id: int) -> str:
    """Put a task off to tomorrow."""
    from planner.domain.tasks import Due
    from planner.services import tasks

    tomorrow = Due(desk.today() + timedelta(days=1))
    return f"put off to tomorrow: {tasks.snooze(desk, task_id, tomorrow).title}"


def drop(desk: Desk, task_id: int) -> str:
    """Give a task up."""
    from planner.services import tasks

    return f"dropped: {tasks.drop(desk, task_id)[0].title}"


def open_day(desk: Desk) -> str:
    """Open the day."""
    from planner.services import day

    day.open_day(desk)
    return "the day is open, its targets are frozen"


def close_day(desk: Desk) -> str:
    """Close the day."""
    from planner.services import day

    day.close_day(desk)
    return "the day is closed"
