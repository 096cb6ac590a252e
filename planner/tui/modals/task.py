"""A new task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from planner.domain.errors import InputError
from planner.domain.tasks import LONGEST_TITLE, Due, Priority
from planner.domain.when import parse_when
from planner.tui.modals.form import Field, FormModal


@dataclass(frozen=True)
class TaskWanted:
    """What was asked for."""

    title: str
    due: Due | None
    priority: Priority | None


class TaskModal(FormModal[TaskWanted]):
    """Asks for a task's text, due time and priority."""

    HEADING = "A new task"

    def __init__(self, now: datetime) -> None:
        self.now = now
        super().__init__(
            [
                Field("title", "what", "", "Proposal for Acme"),
                Field("due", "when", "", "today 16:00, fri, 27 Nov; empty: today's list"),
                Field("priority", "priority", "", "A must, B should, C could"),
            ]
        )

    def read(self, values: dict[str, str]) -> TaskWanted:
        if not values["title"]:
            raise InputError("Write what is to be done, or leave with esc.")
        if len(values["title"]) > LONGEST_TITLE:
            raise InputError(f"A task's text can have {LONGEST_TITLE} characters.")
        priority = values["priority"].upper()
        if priority not in ("", "A", "B", "C"):
            raise InputError(f"{values['priority']!r} is not a priority; it can be A, B or C.")
        return TaskWanted(values["title"], self._due(values["due"]), Priority(priority) if priority else None)

    def _due(self, text: str) -> Due | None:
        if not text:
            return None
        found = parse_when(text, self.now)
        return Due(found.day, found.at)

    def preview(self, values: dict[str, str]) -> str:
        if not values["due"]:
            return ""
        found = parse_when(values["due"], self.now)
        return f"due {found.echo()}" + (f" ({found.said})" if found.said else "")
