"""Ranked tasks: the most important first, nothing falls out silently (S11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from planner.domain.errors import InputError

LONGEST_TITLE = 500
MOST_TAGS = 20
LONGEST_TAG = 60
# `own` and `callback` are the rep's; a counter moves with the log.
TICKED = ("own", "callback")


class Priority(StrEnum):
    """A must, B should, C could."""

    A = "A"
    B = "B"
    C = "C"


class TaskState(StrEnum):
    """Open until done or knowingly dropped."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Due:
    """A date, with or without an hour, in local time. Written ``2026-11-16`` or ``2026-11-16T16:00``."""

    day: date
    at: time | None = None

    def __str__(self) -> str:
        return self.day.isoformat() if self.at is None else f"{self.day.isoformat()}T{self.at:%H:%M}"

    @classmethod
    def from_text(cls, text: str) -> Due:
        """Read what `str` wrote."""
        moment = datetime.fromisoformat(text)
        return cls(moment.date(), moment.time() if "T" in text else None)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. A `counter` task isn't ticked: it moves with the log and takes its target from a goal.

    `since` is the day it first stood on the list: a snooze doesn't make it younger. `series_start` is the day from
    which the rule `every` is counted, the same for all of a series, so that a month end stays one; with `from_done` it
    is counted from each completion instead. `missed` is how many dates of the rule are folded into this one, `placed`
    whether the rep gave it its place by hand, `done_time` the local time at which it was ticked off. `care` says which
    step of looking after a customer it is (`domain.care`), `about` what that is reckoned from.
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
            raise InputError("A task needs a text.")
        if len(self.title) > LONGEST_TITLE:
            raise InputError(f"A task's text can have {LONGEST_TITLE} characters; this one has {len(self.title):,}.")
        if self.minutes is not None and not 1 <= self.minutes <= 24 * 60:
            raise InputError(f"A task takes from 1 to {24 * 60} minutes, not {self.minutes}.")
        if len(self.tags) > MOST_TAGS or any(
            not tag or len(tag) > LONGEST_TAG or tag.split() != [tag] for tag in self.tags
        ):
            raise InputError(f"A task can have {MOST_TAGS} tags of up to {LONGEST_TAG} characters, without spaces.")

    def age_days(self, today: date) -> int:
        """How many days it has been waiting on the list."""
        return max(0, (today - self.since).days)

    def on_list(self, today: date) -> bool:
        """Whether today's list shows it: open, and due today or before, or without a date."""
        return self.state is TaskState.OPEN and (self.due is None or self.due.day <= today)


def since_after(task: Task, due: Due | None, today: date) -> date:
    """The day a re-dated task has been waiting since: one that had come up keeps its age."""
    if task.since <= today:
        return task.since
    return due.day if due else today
