"""Promises to customers: each has a due time and a sentence to read back to the customer (S24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from planner.domain.clients.names import given_name
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError

LONGEST_TEXT = 500


class PromiseState(StrEnum):
    """The outcome of a promise. `late` means kept after its time, which is computed and never stored."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise. `settled` is when it was kept or broken, in local time."""

    id: int
    text: str
    due: Due
    contact: str | None = None
    contact_id: int | None = None
    kept: bool | None = None
    settled: datetime | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InputError("Enter what you promised.")
        if len(self.text) > LONGEST_TEXT:
            raise InputError(f"A promise can have up to {LONGEST_TEXT} characters. This one has {len(self.text):,}.")
        if (self.kept is None) != (self.settled is None):
            raise InputError("A kept or broken promise needs the time it was closed.")

    @property
    def by(self) -> datetime:
        """The last moment at which it is kept in time: its minute, or the end of its day."""
        return datetime.combine(self.due.day, (self.due.at or time(23, 59)).replace(second=59))

    @property
    def state(self) -> PromiseState:
        """The outcome so far."""
        if self.kept is None:
            return PromiseState.OPEN
        if not self.kept:
            return PromiseState.BROKEN
        return PromiseState.LATE if self.settled is not None and self.settled > self.by else PromiseState.KEPT

    def overdue(self, now: datetime) -> bool:
        """Whether it is open past its time."""
        return self.kept is None and now > self.by

    def read_back(self, today: date | None = None) -> str:
        """Return the sentence to say back to the customer for confirmation, with the year if it isn't this one."""
        at = "" if self.due.at is None else f" at {self.due.at:%H:%M}"
        who = f", {given_name(self.contact)}" if self.contact else ""
        day = f"{self.due.day:%A}, {self.due.day.day} {self.due.day:%B}"  # spoken
        if today is not None and self.due.day.year != today.year:
            day += f" {self.due.day.year}"
        return f"Just to confirm what I promised{who}: {self.text} by {day}{at}. Does that work for you?"


@dataclass(frozen=True, slots=True)
class KeptRate:
    """Counts how promises were kept: in time, late or broken. Overdue open ones aren't counted yet."""

    kept: int
    late: int
    broken: int

    @property
    def rate(self) -> float:
        """The share kept in time."""
        return self.kept / (self.kept + self.late + self.broken)

    def words(self) -> str:
        """Describe it as ``9 of 10 kept on time, 1 late``."""
        parts = [f"{self.kept} of {self.kept + self.late + self.broken} kept on time"]
        parts += [f"{count} {word}" for count, word in ((self.late, "late"), (self.broken, "broken")) if count]
        return ", ".join(parts)


def kept_rate(promises: Iterable[Promise]) -> KeptRate | None:
    """Return how the settled promises were kept, None without any."""
    states = [promise.state for promise in promises]
    counts = [states.count(state) for state in (PromiseState.KEPT, PromiseState.LATE, PromiseState.BROKEN)]
    return KeptRate(*counts) if any(counts) else None
