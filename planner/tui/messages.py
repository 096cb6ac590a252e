"""What widgets say happened: past-tense facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from planner.services.live import Today

if TYPE_CHECKING:
    from datetime import date

    from planner.domain.blocks import WeekTemplate
    from planner.domain.outlook import Outlook, Supposition
    from planner.domain.promises import Promise
    from planner.services.calling import CallingList
    from planner.services.complaints import Complaints
    from planner.services.duplicates import Found
    from planner.services.imports import CsvFile, Preview
    from planner.services.ladder import Ladder
    from planner.services.months import Ahead, Sheet
    from planner.services.people import Dossier
    from planner.services.pipeline import Pipeline


class Said(str):
    """A sentence about what was done; `hint` is the key that is offered beside it."""

    __slots__ = ()
    hint = "u undo"


class Unchanged(Said):
    """A sentence about something that left the data as it was: there is nothing to undo."""

    __slots__ = ()
    hint = ""


class Undone(Said):
    """A sentence about what was taken back."""

    __slots__ = ()
    hint = "U redo"


class Redone(Said):
    """A sentence about what was brought back."""

    __slots__ = ()


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
class BlockClicked(Message):
    """A stretch of the day was clicked."""

    index: int
    """Its index in the day's blocks."""

    twice: bool = False
    """Whether it was a double click."""


@dataclass
class WeekBlockClicked(Message):
    """A block of the week was clicked, or the empty part of a day."""

    weekday: int
    """The weekday, 0 for Monday."""

    index: int
    """Its index in that day's blocks; -1 for the empty part."""

    twice: bool = False
    """Whether it was a double click."""


@dataclass
class EntryClicked(Message):
    """A line of a list with a cursor was clicked."""

    index: int
    """Its index."""


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
class AheadRead(Message):
    """A worker has worked out what is to be expected of a span."""

    sheet: Sheet
    """The span."""

    ahead: Ahead
    """What is to be expected of it."""


@dataclass
class Supposed(Message):
    """Another supposition was made in the what-if."""

    supposition: Supposition
    """It."""


@dataclass
class SupposedRead(Message):
    """A worker has worked the odds out under a supposition."""

    outlook: Outlook
    """They."""


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
class DayRead(Message):
    """A worker has read a day to look at."""

    today: Today
    """The day."""


@dataclass
class WeeksRead(Message):
    """A worker has read the weeks."""

    weeks: list[WeekTemplate]
    """They."""


@dataclass
class DossierRead(Message):
    """A worker has read all that is known of a client."""

    dossier: Dossier
    """It."""


@dataclass
class PipelineRead(Message):
    """A worker has read the pipeline."""

    pipeline: Pipeline
    """It."""


@dataclass
class CareRead(Message):
    """A worker has read promises and complaints."""

    promises: list[Promise]
    """All promises."""

    complaints: Complaints
    """All complaints, and which kinds repeat."""


@dataclass
class PreviewRead(Message):
    """A worker has read a file that may be taken in."""

    preview: Preview | str
    """What it would make; or why it is refused."""

    file: CsvFile | None = None
    """The file that was refused, where its columns can be told."""


@dataclass
class DuplicatesFound(Message):
    """A worker has looked for contacts that may be the same."""

    pairs: list[Found]
    """They."""


@dataclass
class CallingListRead(Message):
    """A worker has read a calling list."""

    calling: CallingList
    """The list."""


@dataclass
class OddsRead(Message):
    """A worker has worked today's odds out anew."""

    odds: dict[str, object] | None
    """They, as attributes of the day; None without a database."""


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
