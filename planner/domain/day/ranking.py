"""Suggests a task order from the rep's priority letter, due time, goal, value and age (S11).

Each part is worth the points stated here, and every part that counted can be named. A task that the rep placed by hand
stays where it is, and the suggestion only orders the others around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from planner.domain import formats
from planner.domain.day.tasks import Priority, Task
from planner.domain.text import plural

# The letter dominates: no due date puts a C before an A. A task without a letter ranks between B and C.
LETTER = {Priority.A: 300, Priority.B: 200, None: 150, Priority.C: 100}
OVERDUE, DUE_TODAY, DUE_HOUR = 30, 24, 4
A_DAY_LATE, MOST_DAYS_LATE = 2, 5
SERVES = 8
MOST_VALUE = 20
A_DAY_OLD, MOST_AGE = 1, 10


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The suggested rank of a task: more points rank higher. Reasons come in descending order of weight."""

    points: int
    reasons: tuple[str, ...]


def suggest(
    task: Task, today: date, *, goal: str = "", value: Decimal | None = None, usual: Decimal | None = None
) -> Suggestion:
    """Suggest a rank for a task on a day. `goal` is the title of the goal it serves, `value` the total of the contact's
    open deals, `usual` an average deal in the same currency.
    """
    parts: list[tuple[int, str]] = []
    if task.due is not None:
        late = (today - task.due.day).days
        if late > 0:
            days = f"{plural(late, 'day', 'days')} overdue"
            parts.append((OVERDUE + A_DAY_LATE * min(late, MOST_DAYS_LATE), days))
        elif late == 0:
            at = "" if task.due.at is None else f" {task.due.at:%H:%M}"
            parts.append((DUE_TODAY + (DUE_HOUR if at else 0), f"due today{at}"))
    if value is not None and value > 0:
        share = min(1.0, float(value / usual)) if usual else 0.5
        parts.append((max(1, round(MOST_VALUE * share)), f"{formats.number(value, 0)} open"))
    if goal:
        parts.append((SERVES, f"serves {goal}"))
    age = task.age_days(today)
    if age and (task.due is None or task.due.day >= today):
        parts.append((A_DAY_OLD * min(age, MOST_AGE), f"{plural(age, 'day', 'days')} old"))
    letter = LETTER[task.priority]
    parts.sort(key=lambda part: -part[0])
    reasons = [said for _, said in parts]
    if task.priority is not None:
        reasons.insert(0, f"{task.priority}: {('must', 'should', 'could')[('A', 'B', 'C').index(task.priority.value)]}")
    if task.placed:
        reasons.insert(0, "placed by you")
    return Suggestion(letter + sum(points for points, _ in parts), tuple(reasons))


def ordered(tasks: Sequence[Task], suggestions: Mapping[int, Suggestion]) -> list[int]:
    """Return task ids in the suggested order, leaving those the rep has placed where they are.

    `tasks` come in their current order. Ties go by due time, then by id.
    """

    def key(task: Task) -> tuple[int, str, int]:
        return (-suggestions[task.id].points, str(task.due) if task.due else "~", task.id)

    free = iter(sorted((task for task in tasks if not task.placed), key=key))
    return [task.id if task.placed else next(free).id for task in tasks]
