"""Previews an import: what is found, made, changed and skipped, and how the file was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from planner.domain import formats
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.people import Contact
from planner.domain.day.events import Event
from planner.domain.day.tasks import ForeignTask, TaskState
from planner.domain.text import plural
from planner.domain.typed.recurrence import Every
from planner.exchange.transfer.csv_file import DELIMITERS, Table, TableFile
from planner.exchange.transfer.dates import ORDER_WORDS
from planner.exchange.transfer.records import Reading, Record, word_shown


@dataclass
class Preview:
    """The result of an import: what is found, made, changed and skipped. Amounts in the database's currency."""

    kind: str
    reading: Reading[Any]
    looks_like: str = ""
    made: int = 0
    changed: int = 0
    same: int = 0
    skipped: dict[str, list[int]] = field(default_factory=dict)
    new_contacts: int = 0
    new_companies: int = 0
    lookalikes: int = 0
    twins: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    booked: Decimal = Decimal(0)
    days: tuple[date, date] | None = None
    whole: str = ""  # the calendar, if the file has every task that is still on it

    @property
    def file(self) -> Table:
        """Return the source file."""
        return self.reading.file

    @property
    def matching(self) -> int:
        """Return the number of rows matching `--where`."""
        return self.reading.matching

    def skip(self, why: str, line: int) -> None:
        """Record a skipped row."""
        self.skipped.setdefault(why, []).append(line)

    def count(self, name: str) -> None:
        """Count one item of a kind for the preview."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def span(self, day: date) -> None:
        """Extend the days covered to a day."""
        first, last = self.days or (day, day)
        self.days = (min(first, day), max(last, day))


def how_written(preview: Preview) -> list[str]:
    """Describe a file's format: rows, encoding, delimiter, date order."""
    reading, file = preview.reading, preview.file
    written = file.kind if isinstance(file, TableFile) else DELIMITERS.get(file.delimiter, repr(file.delimiter))
    found = [plural(reading.rows, "row", "rows"), file.encoding, written]
    orders = sorted(set(reading.dates.values()))
    if orders:
        found.append("dates " + " and ".join(ORDER_WORDS[order] for order in orders))
    if reading.duration:
        found.append(f"durations in {reading.duration}")
    return found


def as_read(record: Record[Any]) -> str:
    """Return a row as it was understood, to reveal a wrong encoding or column."""
    value, who = record.value, record.who
    if isinstance(value, Contact):
        parts = [value.name, value.role, value.company or "", *(way.value for way in value.phones[:1])]
        parts += [way.value for way in value.emails[:1]]
    elif isinstance(value, Activity):
        named = [who.name, who.company or ""] if who else []
        parts = [formats.dated_text(value.moment), value.label, *named]
    elif isinstance(value, ForeignTask):
        due = "" if value.due is None else formats.when_text(value.due)
        state = "" if value.state is TaskState.OPEN else value.state.value
        every = "" if value.every is None else str(Every(value.every, value.from_done))
        parts = [value.full_title(), due, value.priority or "", state, every, who.name if who else ""]
        parts += [f"#{tag}" for tag in value.tags]
    elif isinstance(value, Event):
        start, end = value.times[0].local()
        at = "all day" if value.times[0].all_day else f"{start:%H:%M}–{end:%H:%M}"
        parts = [formats.dated_text(start.date()), at, value.title, value.place, who.name if who else ""]
    else:
        amount = "" if value.value is None else formats.amount(value.value)
        parts = [value.title, who.name if who else "", amount, word_shown("stage", value.stage.value)]
        parts += [] if value.closed is None else [formats.dated_text(value.closed)]
    return "  ".join(part for part in dict.fromkeys(parts) if part)[:200]
