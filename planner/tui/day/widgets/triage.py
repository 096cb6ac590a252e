"""The list of overdue tasks, each with the reasons for its rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, measure

if TYPE_CHECKING:
    from planner.domain.day.tasks import Task


class TriageLines(EntryLines):
    """List of overdue tasks, with the reasons for their order."""

    FIXED_HEIGHT = False

    def __init__(self, rows: Sequence[tuple[Task, tuple[str, ...]]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows = list(rows)

    def count(self) -> int:
        return len(self.rows)

    @property
    def chosen(self) -> Task | None:
        """The task under the cursor."""
        return self.rows[self.cursor][0] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[tuple[Task, tuple[str, ...]]]) -> None:
        """Show the remaining tasks."""
        self.rows = list(rows)
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        left = len(self.rows)
        title: Line = [("Overdue", "bold"), (f"  {left} left", "dim")]
        if not left:
            return [title, [], [("  ✓ ", "good"), ("Nothing is overdue.", "")]]
        lines: list[Line] = [title]
        for index in self.in_sight(height):
            task, reasons = self.rows[index]
            chosen = index == self.cursor
            line: Line = [
                spans.pointer(chosen, 2),
                (f"{task.priority or '·'}  ", "dim"),
            ]
            facts = ", ".join(reason for reason in reasons if not reason.startswith(("A:", "B:", "C:", "your own")))
            if task.missed:
                facts += f", {task.missed} missed"
            room = width - 8 - min(measure(facts), width // 2)
            line.append((spans.fit(task.title, room, measure), "cursor" if chosen else ""))
            lines.append(spans.justify(line, [(spans.fit(facts, width // 2, measure) + " ", "dim")], width, measure))
        return lines
