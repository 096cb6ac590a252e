"""What widgets say happened: past-tense facts.

Told apart by identity and shown by Textual itself: `eq` and `repr` of a dataclass would take time at the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from planner.domain.forecast.outlook import Supposition


class Said(str):
    """A sentence about what was done; `hint` is the key that is offered beside it."""

    __slots__ = ()
    hint = "u undo"


class InFull(Said):
    """A sentence of which no part may be lost: what the line can't hold is shown beside it as well."""

    __slots__ = ()


class Unchanged(Said):
    """A sentence about something that left the data as it was: there is nothing to undo."""

    __slots__ = ()
    hint = ""


class Added(Said):
    """A sentence about several things that were added."""

    __slots__ = ()
    hint = "u takes back one each"


class Undone(Said):
    """A sentence about what was taken back."""

    __slots__ = ()
    hint = "U redo"


class Redone(Said):
    """A sentence about what was brought back."""

    __slots__ = ()


@dataclass(eq=False, repr=False)
class CounterClicked(Message):
    """A counter was clicked: count one more."""

    metric: str
    """The metric of the counter."""


@dataclass(eq=False, repr=False)
class TaskClicked(Message):
    """A line of the list was clicked."""

    index: int
    """Its index in the day's tasks."""


@dataclass(eq=False, repr=False)
class BlockClicked(Message):
    """A stretch of the day was clicked."""

    index: int
    """Its index in the day's blocks."""

    twice: bool = False
    """Whether it was a double click."""


@dataclass(eq=False, repr=False)
class WeekBlockClicked(Message):
    """A block of the week was clicked, or the empty part of a day."""

    weekday: int
    """The weekday, 0 for Monday."""

    index: int
    """Its index in that day's blocks; -1 for the empty part."""

    twice: bool = False
    """Whether it was a double click."""


@dataclass(eq=False, repr=False)
class EntryClicked(Message):
    """A line of a list with a cursor was clicked."""

    index: int
    """Its index."""


@dataclass(eq=False, repr=False)
class LadderLineClicked(Message):
    """A line of the ladder was clicked."""

    index: int
    """Its index in the ladder."""

    twice: bool = False
    """Whether it was a double click."""


@dataclass(eq=False, repr=False)
class Supposed(Message):
    """Another supposition was made in the what-if."""

    supposition: Supposition
    """It."""


@dataclass(eq=False, repr=False)
class DayClicked(Message):
    """A date of the calendar was clicked."""

    day: date
    """The date."""


@dataclass(eq=False, repr=False)
class MonthClicked(Message):
    """A month of a quarter or year was clicked."""

    index: int
    """Its index in the span."""


@dataclass(eq=False, repr=False)
class KeyClicked(Message):
    """A key of the footer was clicked."""

    action: str
    """The action behind it."""


@dataclass(eq=False, repr=False)
class ReadEnded(Message):
    """A worker has read something for the screen, or could not."""

    group: str
    """What kind of thing."""

    number: int
    """Its number among the readings of that kind: only the newest is shown."""

    then: Callable[[], object]
    """Shows it, or says why it could not be read."""


@dataclass(eq=False, repr=False)
class ServiceEnded(Message):
    """A worker has carried a change out, or could not; then nothing was changed."""

    text: str
    """What was changed, or why it could not be, as a sentence."""

    error: BaseException | None = None
    """What went wrong."""


@dataclass(eq=False, repr=False)
class ServiceFailed(Message):
    """A worker could not carry a change out; nothing was changed."""

    text: str
    """Why, as a sentence."""
