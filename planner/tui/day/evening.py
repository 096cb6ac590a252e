"""The modal of the evening: the day's results, tomorrow's list, four lines of notes, and closing the day."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll

from planner.domain import formats
from planner.domain.errors import PlannerError
from planner.tui.day import changes
from planner.tui.day.modals.evening_notes import WordsModal
from planner.tui.day.widgets.morning_evening import EveningLines
from planner.tui.messages import KeyClicked
from planner.tui.shared import changes as shared_changes
from planner.tui.shared import meetings as flow
from planner.tui.shared.modal import Modal
from planner.tui.shared.widgets.frame import FooterItem, FooterKey, FooterLine, MessageLine
from planner.tui.whom import Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from planner.domain.day.day import CloseWords
    from planner.services.context import AppContext
    from planner.services.day.evening import Evening

KEYS = ("close", "leave_for('list')", "close_without", "words", "meeting", "leave_for('triage')", "undo")


class EveningScreen(Modal[str]):
    """Modal that closes the day. Returns where to go next: ``list``, ``triage``, ``month`` (its form), ``closed``,
    ``client 12``, or an empty string.
    """

    CSS_PATH = "morning_evening.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "close", "end day", id="day-close"),
        Binding("w", "close_without", "end without list", id="day-close-without"),
        Binding("s", "words", "answer the day's questions", id="day-words"),
        Binding("h", "meeting", "log a meeting", id="day-meeting"),
        Binding("l", "leave_for('list')", "build list", id="day-list"),
        Binding("T", "leave_for('triage')", "triage", id="day-triage"),
        Binding("N", "new_month", "plan the month", id="month-begin", tooltip="Start from last month's plan and goals"),
        Binding("u", "undo", "undo", id="day-undo"),
        Binding("escape,q,b", "leave_for('')", "cancel", id="day-leave"),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("up,k", "scroll(-1)", "up", show=False),
    ]

    def __init__(self, ctx: AppContext, evening: Evening, undo: Callable[[], str | None]) -> None:
        super().__init__()
        self.ctx, self.evening, self._undo = ctx, evening, undo

    def compose(self) -> ComposeResult:
        with Container(id="page"), VerticalScroll(id="ritual", can_focus=False):
            yield EveningLines(self.evening, id="evening")
        yield MessageLine(id="ritual-message")
        yield FooterLine(self._keys(), beside=("leave_for('')",), id="ritual-keys")

    def _keys(self) -> list[FooterItem]:
        begins = self.evening.new_month
        keys: list[FooterItem] = list(KEYS)
        if begins is not None:
            keys.insert(1, FooterKey(f"plan {formats.month_text(begins.month.first)}", "new_month"))
        return keys

    def on_key_clicked(self, message: KeyClicked) -> None:
        self.call_later(self.run_action, message.action)

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character in "123456789":
            index = int(event.character) - 1
            if index < len(self.evening.unsaid):
                event.stop()
                position, _ = self.evening.unsaid[index]
                self._change(partial(changes.mark_block, self.ctx, self.evening.day, position, "kept"))

    def action_scroll(self, step: int) -> None:
        """Scroll line by line."""
        self.query_one("#ritual").scroll_relative(y=step, animate=False)

    def _change(self, work: Callable[[], str], sign: str = "✓", tail: str = "   u undo") -> str:
        """Carry out a change and reload the evening. Returns the error message, if any."""
        from planner.services.day import evening

        message, trouble = self.query_one(MessageLine), ""
        try:
            message.say([(f" {sign} ", "good"), (work(), ""), (tail, "dim")])
        except PlannerError as problem:
            trouble = str(problem)
            message.say([(" ! ", "bad"), (trouble, "")])
        try:
            self.evening = evening.read(self.ctx, self.evening.day)
        except PlannerError as problem:
            message.say([(" ! ", "bad"), (str(problem), "")])
            return trouble
        self.query_one(EveningLines).show(self.evening)
        self.query_one(FooterLine).show(self._keys())
        return trouble

    def action_undo(self) -> None:
        """Undo the last change."""
        self._change(lambda: f"Undid: {label}" if (label := self._undo()) else "Nothing to undo", "↶", "")

    def action_leave_for(self, where: str) -> None:
        """Close the modal and go to another screen or to Today."""
        self.leave(where)

    def action_new_month(self) -> None:
        """Show the plan proposed for the new month, and accept it."""
        from planner.tui.plan.modals.new_month import NewMonthModal

        offer = self.evening.new_month
        if offer is None:
            return

        def chosen(choice: str | None) -> None:
            if choice == "take":
                self._change(partial(shared_changes.begin_month, self.ctx, offer))
            elif choice == "edit":
                self.leave("month")

        self.app.push_screen(NewMonthModal(offer), chosen)

    def action_words(self) -> None:
        """Write the four lines without closing the day."""

        self._ask("How did your day go?")

    def action_meeting(self) -> None:
        """Ask about the first meeting not yet marked."""
        if not self.evening.meetings:
            self.query_one(MessageLine).say([(" ! ", "bad"), (flow.NONE_LEFT, "")])
            return
        flow.ask(self, self.evening.meetings[0])

    def run_change(self, work: Callable[[], str], again: Callable[[str], None] | None = None) -> None:
        """Carry out a change and show the updated evening. If it fails, call `again` with the message."""
        trouble = self._change(work)
        if trouble and again is not None:
            again(trouble)

    def run_asking(self, work: Callable[[Answer], str], again: Callable[[str], None]) -> None:
        """Like `run_change`, but a name that fits several contacts is reported as an error."""
        self.run_change(lambda: work(Answer()), again)

    def complain(self, text: str) -> None:
        """Report an error."""
        self.query_one(MessageLine).say([(" ! ", "bad"), (text, "")])

    def show_client(self, contact_id: int) -> None:
        """Close the modal and open a contact's dossier."""
        self.leave(f"client {contact_id}")

    def action_close(self) -> None:
        """Close the day with the four lines, which requires tomorrow's list."""
        if not self.evening.listed:
            self.query_one(MessageLine).say(
                [(" ! ", "bad"), (f"No calling list for {formats.when_text(self.evening.list_day)} yet:  ", ""),
                 ("l", "accent"), (" build it  ", ""), ("w", "accent"), (" end without it", "")],
            )  # fmt: skip
            return
        self._close(without_list=False)

    def action_close_without(self) -> None:
        """Close the day deliberately without tomorrow's list."""
        self._close(without_list=True)

    def _close(self, *, without_list: bool) -> None:
        heading = "End the day" + (" without tomorrow's list" if without_list else "")

        def close(day: date) -> None:
            trouble = self._change(partial(changes.close_day, self.ctx, day, without_list=without_list))
            if not trouble:
                self.leave("closed")

        self._ask(heading, then=close)

    def _ask(
        self,
        heading: str,
        typed: CloseWords | None = None,
        problem: str = "",
        then: Callable[[date], object] = lambda day: None,
    ) -> None:
        """Ask for the four lines and save them before anything else. If they are refused, ask again with what was
        typed.
        """
        day, seen = self.evening.day, self.evening.said

        def keep(said: CloseWords | None) -> None:
            if said is None:
                return
            trouble = self._change(partial(changes.say_of_day, self.ctx, day, said, seen)) if said != seen else ""
            if trouble:
                self._ask(heading, said.merge_edits(seen, self.evening.said), trouble, then)
            else:
                then(day)

        self.app.push_screen(WordsModal(self.evening, heading, typed, problem), keep)
