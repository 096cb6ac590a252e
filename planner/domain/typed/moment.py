"""The result of parsing a date and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from planner.domain import formats
from planner.domain.errors import InputError

Towards = Literal["future", "past", "near", "from", "until"]
HINT = "Try 27 Nov, today, tomorrow 9am, fri, next fri 14:30, +3d, in 2 weeks, end of month or 2026-11-27"


class WrongDate(InputError):
    """Raised for a date that can't be right: the wrong weekday for it, or a zone abbreviation of several places."""


@dataclass(frozen=True, slots=True)
class When:
    """A parsed date, with its hour if given and the minutes of a range of hours. `said` explains how an ambiguous
    phrase was read, or is empty.
    """

    day: date
    at: time | None = None
    said: str = ""
    minutes: int | None = None

    def moment(self, default: time = time(12)) -> datetime:
        """Return the local date and time, with `default` if no hour was given."""
        return datetime.combine(self.day, self.at or default)

    def at_end(self) -> When:
        """Return the end of a range of hours, for what is due by it. Anything else is unchanged."""
        if self.minutes is None:
            return self
        end = self.moment() + timedelta(minutes=self.minutes)
        said = f"by {end:%H:%M}, the end of the range"
        return When(end.date(), end.time(), f"{self.said}, {said}" if self.said else said)

    def echo(self) -> str:
        """Format as ``Fri 27 Nov 2026``, ``Fri 27 Nov 2026 14:30`` or ``Fri 27 Nov 2026 14:30 to 15:30``."""
        if self.at is None:
            return formats.dated_text(self.day)
        end = "" if self.minutes is None else f" to {self.moment() + timedelta(minutes=self.minutes):%H:%M}"
        return formats.dated_text(self.moment()) + end
