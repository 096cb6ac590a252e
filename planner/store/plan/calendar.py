"""Queries and changes of the rep's own exceptions to the working week."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain.workdays import CalendarException

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer


def exceptions(reads: Reads) -> dict[date, CalendarException]:
    """Return all exceptions by date."""
    rows = reads.execute("SELECT day, weight, note FROM calendar_exception ORDER BY day")
    return {date.fromisoformat(day): CalendarException(Fraction(weight, 100), note) for day, weight, note in rows}


def put(change: Writer, day: date, exception: CalendarException | None) -> None:
    """Set the exception of a date, or remove it with None."""
    row = change.execute("SELECT id FROM calendar_exception WHERE day = ?", (day.isoformat(),)).fetchone()
    if exception is None:
        if row is not None:
            change.delete("calendar_exception", row[0])
        return
    weight = round(exception.weight * 100)
    if row is None:
        change.insert("calendar_exception", day=day.isoformat(), weight=weight, note=exception.note)
    else:
        change.update("calendar_exception", row[0], weight=weight, note=exception.note)
