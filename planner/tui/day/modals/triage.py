"""The modal that triages overdue tasks by single keys: today, tomorrow, next week, done, or dropped with a reason."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.day.tasks import Task
from planner.domain.errors import PlannerError
from planner.domain.workdays import week_of
from planner.tui.day import changes
from planner.tui.day.widgets.triage import TriageLines
from planner.tui.messages import EntryClicked, KeyClicked
from planner.tui.shared import changes as shared_changes
from planner.tui.shared.modal import Modal
from planner.tui.shared.modals.confirm import SeriesModal
from planner.tui.shared.modals.line import LineModal
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.frame import FooterKey, FooterLine, MessageLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.services.context import AppContext

KEYS = ("put('today')", "put('tomorrow')", FooterKey("next week", "put('next week')"), "drop", "done", "undo")


class TriageModal(Modal[None]):
    """Modal of the overdue tasks. Every key takes effect at once and can be undone."""

    CSS_PATH = "triage.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "put('today')", "today", id="task-triage-today"),
        Binding("m", "put('tomorrow')", "tomorrow", id="task-triage-tomorrow"),
        Binding("w", "put('next week')", "next week", id="task-triage-week"),
        Binding("delete,backspace", "drop", "drop", id="task-triage-drop"),
        Binding("x,space", "done", "done", id="task-triage-done"),
        Binding("u", "undo", "undo", id="task-triage-undo"),
        Binding("escape,q,enter", "leave", "back", id="task-triage-leave"),
        Binding("up,k", "cursor(-1)", "up", show=False),
        Binding("down,j", "cursor(1)", "down", show=False),
    ]

    def __init__(
        self, ctx: AppContext, rows: Sequence[tuple[Task, tuple[str, ...]]], undo: Callable[[], str | None]
    ) -> None:
        super().__init__()
        self.ctx, self.rows, self._undo = ctx, list(rows), undo

    def compose(self) -> ComposeResult:
        with Container(id="triage"):
            yield TriageLines(self.rows, id="overdue")
            yield MessageLine(id="triage-message")
            yield FooterLine(KEYS, beside=("leave",), id="triage-keys")

    def on_key_clicked(self, message: KeyClicked) -> None:
        self.call_later(self.run_action, message.action)

    def on_entry_clicked(self, message: EntryClicked) -> None:
        self.query_one(TriageLines).move_to(message.index)

    def action_cursor(self, step: int) -> None:
        """Move the cursor."""
        lines = self.query_one(TriageLines)
        lines.move_to(lines.cursor + step)

    def say(self, *lines: Line) -> None:
        self.query_one(MessageLine).say(*lines)

    def _change(self, work: Callable[[], str]) -> None:
        """Change a task and reload the rest."""
        try:
            text = work()
        except PlannerError as problem:
            self.say([("! ", "bad"), (str(problem), "")])
            return
        self.say([("✓ ", "good"), (text, ""), ("   u undo", "dim")])
        self._read()

    def _read(self) -> None:
        from planner.services.day import tasks

        self.query_one(TriageLines).show(tasks.overdue(self.ctx))

    def action_put(self, where: str) -> None:
        """Move the selected task to a day."""
        task = self.query_one(TriageLines).chosen
        today = self.ctx.today()
        days = {"today": today, "tomorrow": today + timedelta(days=1)}
        day = days.get(where, week_of(today).first + timedelta(days=7))
        if task is not None:
            self._change(partial(changes.put_to, self.ctx, task.id, day, where))

    def action_done(self) -> None:
        """Mark the selected task done."""
        task = self.query_one(TriageLines).chosen
        if task is not None:
            self._change(partial(shared_changes.tick, self.ctx, task.id))

    def action_drop(self) -> None:
        """Ask for a reason and drop the selected task."""
        task = self.query_one(TriageLines).chosen
        if task is None:
            return

        def drop(reason: str | None) -> None:
            if reason is not None:
                self._change(partial(shared_changes.drop, self.ctx, task.id, reason, series=True))

        def ask(choice: str | None = "series") -> None:
            if choice == "skip":
                self._change(partial(changes.skip, self.ctx, task.id))
            elif choice == "series":
                self.app.push_screen(LineModal(f"Drop: {task.title[:60]}", "Why", "", "e.g. no longer needed"), drop)

        if task.every is None:
            ask()
        else:
            self.app.push_screen(SeriesModal(task.title, task.every), ask)

    def action_undo(self) -> None:
        """Undo the last change."""
        self._change(lambda: f"Undid: {label}" if (label := self._undo()) else "Nothing to undo")

    def action_leave(self) -> None:
        """Close. What is still overdue stays overdue."""
        self.leave(None)
