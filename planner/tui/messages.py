"""What widgets say happened: past-tense facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from planner.services.live import Today

if TYPE_CHECKING:
    from datetime import date

    from planner.services.ladder import Ladder
    from planner.services.months import Sheet


@dataclass
class CounterClicked(Message):
    """A counter was clicked: count one more."""

    metric: str
    """The metric of the counter."""


@dataclass
class TaskClicked(Message):
    """A line of the list was clicked."""

    index: int
    """Its index in the day's tasks."""


@dataclass
class LadderLineClicked(Message):
    """A line of the ladder was clicked."""

    index: int
    """Its index in the ladder."""

    twice: bool = False
    """Whether it was a double click."""


@dataclass
class LadderRead(Message):
    """A worker has read the ladder."""

    ladder: Ladder
    """The ladder."""


@dataclass
class SheetRead(Message):
    """A worker has read a month, quarter or year."""

    sheet: Sheet
    """What was read."""


@dataclass
class DayClicked(Message):
    """A date of the calendar was clicked."""

    day: date
    """The date."""


@dataclass
class MonthClicked(Message):
    """A month of a quarter or year was clicked."""

    index: int
    """Its index in the span."""


@dataclass
class KeyClicked(Message):
    """A key of the footer was clicked."""

    action: str
    """The action behind it."""


@dataclass
class DayLaid(Message):
    """A worker has laid the day."""

    today: Today
    """The day as it was read."""


@dataclass
class ServiceEnded(Message):
    """A worker has carried a change out, or could not; then nothing was changed."""

    text: str
    """What was changed, or why it could not be, as a sentence."""

    error: BaseException | None = None
    """What went wrong."""


@dataclass
class ServiceFailed(Message):
    """A worker could not carry a change out; nothing was changed."""

    text: str
    """Why, as a sentence."""
