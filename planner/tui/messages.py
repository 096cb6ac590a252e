"""Messages that widgets and workers send about what happened, named in the past tense.

Dataclasses compared by identity and shown by Textual itself, since a generated `eq` and `repr` would slow the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from planner.domain.errors import PlannerError
    from planner.domain.forecast.supposition import Supposition


class Said(str):
    """Sent with a sentence about a completed action. `hint` is the key offered beside it."""

    __slots__ = ()
    hint = "u undo"


class InFull(Said):
    """Sent with a sentence that must be shown whole. If the message line can't hold it, a notification shows it as
    well.
    """

    __slots__ = ()


class Unchanged(Said):
    """Sent with a sentence about an action that left the data unchanged, so there is nothing to undo."""

    __slots__ = ()
    hint = ""


class Added(Said):
    """Sent with a sentence about several items added."""

    __slots__ = ()
    hint = "u undoes one at a time"


class Undone(Said):
    """Sent with a sentence about an undone change."""

    __slots__ = ()
    hint = "U redo"


class Redone(Said):
    """Sent with a sentence about a redone change."""

    __slots__ = ()


class Refused(str):
    """Sent with a sentence about a change that couldn't be made. `field` is the form's field it is about, if any."""

    field: str

    def __new__(cls, problem: PlannerError) -> Refused:
        said = super().__new__(cls, problem)
        said.field = problem.field
        return said


@dataclass(eq=False, repr=False)
class CounterClicked(Message):
    """Sent when a counter was clicked, to count one more."""

    metric: str
    """The metric of the counter."""


@dataclass(eq=False, repr=False)
class BlockClicked(Message):
    """Sent when a block of today was clicked, to see it on the Day screen."""

    index: int
    """Index of the block in the day."""


@dataclass(eq=False, repr=False)
class WeekBlockClicked(Message):
    """Sent when a block of the week, or the empty part of a day, was clicked."""

    weekday: int
    """The weekday, 0 for Monday."""

    index: int
    """Index in that day's blocks, -1 for the empty part."""

    twice: bool = False
    """Whether it was a double click."""


class EntryReached(Message):
    """Sent when the mouse wheel moved the cursor of a list."""


@dataclass(eq=False, repr=False)
class EntryClicked(Message):
    """Sent when a line of a list with a cursor was clicked."""

    index: int
    """Index of the line."""

    twice: bool = False
    """Whether it was a double click."""


@dataclass(eq=False, repr=False)
class Supposed(Message):
    """Sent when the what-if was changed."""

    supposition: Supposition
    """The new supposition."""


@dataclass(eq=False, repr=False)
class DayClicked(Message):
    """Sent when a date in the calendar was clicked."""

    day: date
    """The date."""


@dataclass(eq=False, repr=False)
class MonthClicked(Message):
    """Sent when a month of a quarter or year was clicked."""

    index: int
    """Index in the span."""


@dataclass(eq=False, repr=False)
class KeyClicked(Message):
    """Sent when a key of the footer was clicked."""

    action: str
    """The action behind it."""


@dataclass(eq=False, repr=False)
class ReadEnded(Message):
    """Sent when a worker has finished reading something for the screen, or has failed."""

    group: str
    """The kind of reading."""

    number: int
    """Number of the reading within its kind. Only the newest is shown."""

    then: Callable[[], object]
    """Shows the result, or reports why it couldn't be read."""


@dataclass(eq=False, repr=False)
class ServiceEnded(Message):
    """Sent when a worker has finished a change, or has failed and changed nothing."""

    text: str
    """What was changed, or why it couldn't be, as a sentence."""

    error: BaseException | None = None
    """The exception, if the change failed."""


@dataclass(eq=False, repr=False)
class ServiceFailed(Message):
    """Sent when a worker couldn't carry out a change, and nothing was changed."""

    text: str
    """The reason, as a sentence."""
