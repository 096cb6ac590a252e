"""Turns the digits and the input line of a calling session into outcomes, notes, needs and kinds of customer."""

from __future__ import annotations

from datetime import datetime

from textual.widgets import Input

from planner.domain import formats
from planner.domain.calls.session import CallTimer
from planner.domain.clients.people import KINDS, Need
from planner.domain.day import activity
from planner.domain.errors import PlannerError, ProtectedTime
from planner.services.calls.follow_up_time import When, read_when
from planner.services.calls.session import Made
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.calls.call_base import NOTE_LINES, Check, TalkScreen
from planner.tui.shared.screen import Places
from planner.tui.shared.spans import OUTCOMES, Line

PROPOSAL = 9


class OutcomeScreen(TalkScreen):
    """Screen that logs outcomes by digit, asks for what they require, and takes notes during a call."""

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self._before: CallTimer | None = None  # the clocks before an outcome that is still being entered
        self._outcome = ""
        self._unbegun = False

    # implemented by the session

    def _new_prospect(self) -> None:
        """Start on the current prospect."""
        raise NotImplementedError

    def _show_clocks(self) -> None:
        """Redraw the clocks."""
        raise NotImplementedError

    def _finish_sprint(self) -> None:
        """End a sprint that is over."""
        raise NotImplementedError

    # outcomes

    def action_digit(self, digit: int) -> None:
        """Log an outcome, or make a choice if one is asked for."""
        if self._mode == "refused":
            reasons = self._words("lost")
            if digit <= len(reasons):
                self._log("refused", reason=reasons[digit - 1])
        elif self._mode == "kind":
            if digit <= len(KINDS):
                self._set_kind(KINDS[digit - 1])
        elif self._mode == "answers":
            self._log_answer(digit)
        elif not self._mode:
            self.end_check()
            self._say_outcome(digit)

    def _say_outcome(self, digit: int) -> None:
        calls = self.calls
        if calls.card is None:
            self.show_error("There's no one left to call. Press l for the list.")
            return
        outcome = "conversation" if digit == PROPOSAL else activity.DIAL_OUTCOMES[digit - 1]
        self._unbegun = not calls.standing.in_call
        asks = digit == PROPOSAL or outcome in ("refused", "callback", "meeting")
        if not asks:
            self._log(outcome)
            return
        if digit == PROPOSAL and not self.attempt(calls.need_is_known):
            return
        before = calls.standing
        if not self.attempt(calls.stop):
            return
        self._before, self._outcome = before, outcome
        self._show_clocks()
        if digit == PROPOSAL:
            self._type("proposal", "When is the proposal due? tomorrow 16:00 (empty: today)")
        elif outcome == "refused":
            self._mode = "refused"
            self._show_sheet()
            self.say([(" ▸ ", "accent"), ("Refused: choose why", "")])
        elif outcome == "callback":
            self._type("when", "When should you call back? thu 11, tomorrow 9:30, in 2 hours")
        else:
            self._type("when", "When is the meeting? thu 11 at their office")

    def _cancel_outcome(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            self.attempt(lambda: self.calls.go_on(before))
            self.say([(" ▸ ", "accent"), ("No outcome logged.", "")])

    def _log(
        self,
        outcome: str,
        *,
        reason: str = "",
        when: When | None = None,
        proposal: When | None = None,
        promised: bool = False,
    ) -> bool:
        """Log the outcome of the call and show the next prospect right away."""
        try:
            if self.ctx.today() != self.today.day:
                self.today = self.live.peek() or self.today
            made = self.calls.outcome(outcome, reason=reason, when=when, proposal=proposal, promised=promised)
        except PlannerError as problem:
            self.show_error(str(problem))
            return False
        self._before = None
        self._mode, self._warned = "", ""
        if self._typed.display:
            self._untype()
        for name in activity.counts_of("dial", outcome):
            self.today.counts[name] += 1
        if outcome in ("conversation", "meeting") and self.ctx.config["calls.check"]:
            self._check, self._left_check = Check(made, self._unbegun), None
        self._new_prospect()
        self.call_after_refresh(self._look_back, self._describe_call(made, reason, when, promised), self._unbegun)
        return True

    def _describe_call(self, made: Made, reason: str, when: When | None, promised: bool) -> str:
        word = OUTCOMES[0][activity.DIAL_OUTCOMES.index(made.outcome)]
        said = f"Logged {word}{f' ({reason})' if reason else ''}: {made.card.name}"
        if when is not None:
            said += f", {formats.when_text(when.due, self.ctx.today())}"
        return said + (", proposal promised" if promised else "")

    def _look_back(self, told: str, unbegun: bool) -> None:
        """Once the next prospect is painted, report what was logged, check its plausibility, and ask the questions."""
        if self._check is not None:
            self._ask()
        elif unbegun:
            self._tell_unbegun(told)
        else:
            self.show_info(told)
        self._ask_about_same()
        self._finish_sprint()
        self._tell_notices()

    def _tell_unbegun(self, told: str) -> None:
        """Say clearly that a digit logged a call that wasn't started, since a screen's number may have been meant."""
        keys: Line = [("   u", "accent"), (" undo", "dim")]
        more: Line = [("   esc", "accent"), (" leave Calls (digits log outcomes here)", "dim")]
        line: Line = [(" ! ", "warn"), (f"No call was in progress. {told}", ""), *keys]
        self.say([*line, *more], line, [(" ! ", "warn"), (told, ""), *keys], keep=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._mode == "note":
            self.attempt(lambda: self.calls.note(event.value))
        elif self._mode == "find":
            self._look_up(event.value)
            self._show_sheet()
        elif self._mode in ("when", "proposal"):
            self._preview(event.value)

    def _preview(self, text: str) -> None:
        if not text.strip():
            self.say([])
            return
        try:
            when = read_when(self.ctx, text, hour=self._outcome == "meeting")
        except PlannerError as problem:
            self.say([(f" {problem}", "dim")], keep=True)
            return
        read = formats.when_text(when.due, self.ctx.today())
        read += f" · {formats.duration(when.minutes)}" if when.minutes else ""
        more = f" · {when.rest}" if when.rest else ""
        self.say([(" ▸ ", "accent"), (f"{read}{more}", ""), (f"   {when.said}", "dim")], keep=True)

    def _entered(self, text: str) -> None:
        """Handle the finished input line."""
        if self._mode == "note":
            self.attempt(lambda: self.calls.note(text))
            self._back()
        elif self._mode == "why":
            self._keep_why(text)
        elif self._mode == "find":
            self._choose_found(text)
        elif self._mode == "when":
            when = self._read_when(text)
            if when is not None:
                self._log(self._outcome, when=when)
        elif self._mode == "proposal":
            if not text.strip():
                self._log("conversation", promised=True)
                return
            when = self._read_when(text)
            if when is not None:
                self._log("conversation", proposal=when, promised=True)

    def _read_when(self, text: str) -> When | None:
        try:
            when = read_when(self.ctx, text, hour=self._outcome == "meeting")
            if when.due.at is not None and self._warned != text:
                from planner.services.day import blocks

                blocks.check_free(self.ctx, datetime.combine(when.due.day, when.due.at))
        except ProtectedTime as problem:
            self._warned = text
            self.show_error(f"{problem} Press ⏎ again to save it anyway.")
            return None
        except PlannerError as problem:
            self.show_error(str(problem))
            return None
        return when

    # note, need, kind of customer

    def action_note(self) -> None:
        """Write a note about the call, or answer no to an after-call question."""
        if self._questioned:
            self._answer(yes=False)
        elif not self._mode and self.calls.card is not None:
            self._type("note", "What did they say?", self.calls.state.note)

    def _take_pasted(self, lines: list[str]) -> None:
        if self._mode or self.calls.card is None:
            self.show_error("Nothing was pasted: there's no call to add the note to. Press a to add a task.")
            return
        note = self.calls.state.note
        self._type("note", "What did they say?", note)
        self._typed.put((NOTE_LINES if note else "") + NOTE_LINES.join(lines))

    def action_need(self, need: str) -> None:
        """Record what is known about the need."""
        if not self._mode and self.attempt(lambda: self.calls.need(Need(need))):
            self.show_info(f"Need: {'already chosen' if need == Need.CHOSEN else need}")
            self._show()

    def action_kind(self) -> None:
        """Ask for the kind of customer."""
        if not self._mode and self.calls.card is not None:
            self._mode = "kind"
            self._show_sheet()

    def _set_kind(self, kind: str) -> None:
        if self.attempt(lambda: self.calls.kind(kind)):
            self.show_info(f"Customer type: {kind or 'unknown'}")
        self._back()
