"""The result of parsing a task's line."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain import formats
from planner.domain.day.tasks import Due, Priority
from planner.domain.typed.moment import When
from planner.domain.typed.recurrence import Every


@dataclass(frozen=True, slots=True)
class QuickAdd:
    """A parsed task line. `said` explains how ambiguous words were read, one sentence each."""

    title: str = ""
    due: Due | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    minutes: int | None = None
    every: Every | None = None
    contact: str | None = None
    kind: str = "own"
    said: tuple[str, ...] = ()

    def chips(self) -> list[tuple[str, str]]:
        """Return what was recognised as (kind, text) pairs, in the order of the form."""
        found = []
        if self.kind in ("callback", "promise"):
            found.append(("kind", self.kind))
        if self.due is not None:
            found.append(("due", When(self.due.day, self.due.at).echo()))
        if self.priority is not None:
            word = {"A": "must", "B": "should", "C": "could"}[self.priority.value]
            found.append(("priority", f"{self.priority.value} ({word})"))
        if self.minutes is not None:
            found.append(("minutes", formats.duration(self.minutes)))
        if self.every is not None:
            found.append(("every", str(self.every)))
        if self.contact is not None:
            found.append(("contact", f"@{self.contact}"))
        found += [("tag", f"#{tag}") for tag in self.tags]
        return found
