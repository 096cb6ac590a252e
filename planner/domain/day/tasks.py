"""Ranked tasks: the most important first, and nothing drops out silently (S11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from planner.domain.errors import InputError

LONGEST_TITLE = 500
MOST_TAGS = 20
LONGEST_TAG = 60
# The rep ticks off `own` and `callback` tasks. A counter moves with the log.
TICKED = ("own", "callback")


class Priority(StrEnum):
    """A task's priority: A must, B should, C could be done."""

    A = "A"
    B = "B"
    C = "C"


class TaskState(StrEnum):
    """A task is open until it is done or deliberately dropped."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Due:
    """A task's due date in local time, with or without an hour. Written ``2026-11-16`` or ``2026-11-16T16:00``."""

    day: date
    at: time | None = None

    def __str__(self) -> str:
        return self.day.isoformat() if self.at is None else f"{self.day.isoformat()}T{self.at:%H:%M}"

    @classmethod
    def from_text(cls, text: str) -> Due:
        """Parse the output of `str`."""
        moment = datetime.fromisoformat(text)
        return cls(moment.date(), moment.time() if "T" in text else None)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. A `counter` task isn't ticked off: it moves with the log and takes its target from a goal.

    `since` is the day it first appeared on the task list, which a snooze doesn't change. `series_start` is the day from
    which the rule `every` counts, the same for a whole series, so that a month end stays one. With `from_done` the rule
    counts from each completion instead. `missed` is how many dates of the rule are folded into this task, `placed`
    whether the rep placed it by hand, `done_time` the local time it was ticked off. `care` is the customer care step it
    stands for (`domain.care`), `about` what that step is computed from.
    """

    id: int
    title: str
    since: date
    due: Due | None = None
    priority: Priority | None = None
    rank: int = 0
    kind: str = "own"
    metric: str | None = None
    state: TaskState = TaskState.OPEN
    done_on: date | None = None
    goal_id: int | None = None
    contact_id: int | None = None
    minutes: int | None = None
    every: str | None = None
    series_start: date | None = None
    reason: str = ""
    tags: tuple[str, ...] = ()
    missed: int = 0
    from_done: bool = False
    placed: bool = False
    done_time: time | None = None
    care: str = ""
    about: str = ""
    deal_id: int | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InputError("A task needs a title.")
        if len(self.title) > LONGEST_TITLE:
            raise InputError(f"A task can have up to {LONGEST_TITLE} characters. This one has {len(self.title):,}.")
        if self.minutes is not None and not 1 <= self.minutes <= 24 * 60:
            raise InputError(f"A task takes from 1 to {24 * 60:,} minutes, not {self.minutes:,}.")
        if len(self.tags) > MOST_TAGS or any(
            not tag or len(tag) > LONGEST_TAG or tag.split() != [tag] for tag in self.tags
        ):
            raise InputError(
                f"A task can have up to {MOST_TAGS} tags of up to {LONGEST_TAG} characters, without spaces."
            )

    def age_days(self, today: date) -> int:
        """Return how many days it has been on the task list."""
        return max(0, (today - self.since).days)

    def on_list(self, today: date) -> bool:
        """Whether today's list shows it: open, and due by today or without a date."""
        return self.state is TaskState.OPEN and (self.due is None or self.due.day <= today)

    def overdue(self, today: date) -> bool:
        """Whether it is open after the day it was due."""
        return self.state is TaskState.OPEN and self.due is not None and self.due.day < today


@dataclass(frozen=True, slots=True)
class ForeignTask:
    """A task as another program has it. `written` is its due date as written there, `goal` and `deal` are titles, and
    `calendar` is the one it came with, if that says what is still on it.

    What a task has no field for here, such as notes, becomes part of its title (`as_task`).
    """

    title: str
    written: str = ""
    due: Due | None = None
    priority: Priority | None = None
    state: TaskState = TaskState.OPEN
    done_on: date | None = None
    done_time: time | None = None
    every: str | None = None
    from_done: bool = False
    minutes: int | None = None
    tags: tuple[str, ...] = ()
    goal: str = ""
    deal: str = ""
    notes: str = ""
    calendar: str = ""
    created: date | None = None
    kind: str = "own"

    def full_title(self, *more: str) -> str:
        """Return the title with the notes and whatever `more` would be lost, cut to what a task holds."""
        parts = dict.fromkeys(part for part in (self.title, self.notes, *more) if part)
        text = " – ".join(parts)
        return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"

    def as_task(self, today: date, *more: str) -> Task:
        """Return it as a task that comes onto the list now. An overdue one has waited since it was due.

        One done on an unknown day was done when it was due, at the latest yesterday: it is none of today's work.
        """
        day = self.due.day if self.due is not None else None
        done = self.state is TaskState.DONE
        return Task(
            0,
            self.full_title(*more),
            day or min(self.created or today, today),
            self.due,
            self.priority,
            kind=self.kind,
            state=self.state,
            done_on=(self.done_on or min(day or today, today - timedelta(days=1))) if done else None,
            done_time=self.done_time if done else None,
            minutes=self.minutes,
            every=self.every,
            series_start=day if self.every is not None else None,
            tags=self.tags,
            from_done=self.from_done,
        )


def since_after(task: Task, due: Due | None, today: date) -> date:
    """Return the `since` of a re-dated task, which keeps its age if it had already come up."""
    if task.since <= today:
        return task.since
    return due.day if due else today
