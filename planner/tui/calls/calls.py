"""The screen of a calling session: one prospect after another, with digits as outcomes, and the current pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.errors import PlannerError
from planner.domain.text import plural
from planner.domain.typed import zones
from planner.services.calls import playbook as book
from planner.services.calls.session import Card
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.calls import numbers
from planner.tui.calls.outcomes import OutcomeScreen
from planner.tui.calls.widgets.prospect import ProspectCard
from planner.tui.calls.widgets.session import CallKeys, Clocks, NoteLine, SessionHeader, SessionLine
from planner.tui.calls.widgets.sheet import CallSheet
from planner.tui.calls.widgets.side import NEXT, SideLines
from planner.tui.shared.screen import LARGE_CLASS, Places
from planner.tui.shared.spans import OUTCOMES, Line
from planner.tui.shared.widgets.frame import HELP, MessageLine
from planner.tui.shared.widgets.safe_input import TypedLine

PREPARED = 10  # seconds


class CallsScreen(OutcomeScreen):
    """Screen of a calling session."""

    CSS_PATH = "calls.tcss"
    AUTO_FOCUS = ""
    _KEYS: ClassVar[list[Binding]] = [
        Binding("space", "press", "start/stop", id="call-start", tooltip="Start the call, or stop its clock"),
        Binding("d", "dial", "call", id="call-dial", tooltip="Dial the number and start the clock"),
        Binding("n", "note", "note", id="call-note", tooltip="Take notes during the call, saved as you type"),
        Binding("slash", "find", "objection", id="call-objection", tooltip="Find an answer to what you hear"),
        Binding("s", "skip", "skip", id="call-skip", tooltip="Move to the end of the list (callbacks: in 30 min)"),
        Binding("p", "promise", "promise", id="call-promise", tooltip="Promise them something by a set time"),
        Binding("P", "pause", "pause", id="call-pause", tooltip="Pause or resume (a pause isn't a gap)"),
        Binding("y", "copy", "copy", id="call-copy", tooltip="Copy the number"),
        Binding("O", "do_not_call", "do not call", id="call-bar", tooltip="Mark as do not call and take off the list"),
        Binding("g", "other", "next number", id="call-other", tooltip="Switch to their next number"),
        Binding(
            "f", "need('found')", "need found", id="call-found", tooltip="You know their need and can offer a proposal"
        ),
        Binding(
            "F", "need('chosen')", "already chosen", id="call-chosen", tooltip="They've already chosen what they want"
        ),
        Binding(
            "K", "kind", "customer type", id="call-kind", tooltip="Know-it-all, bored, hurried, gloomy or cheerful"
        ),
        Binding("up", "step(-1)", "previous step", id="call-up", show=False),
        Binding("k", "walk(-1)", "previous step", id="call-up-k", show=False),
        Binding("down", "step(1)", "next step", id="call-down", show=False),
        Binding("j", "walk(1)", "next step", id="call-down-j", show=False),
        Binding("r", "sort('real')", "real objection", id="call-real", show=False),
        Binding("w", "why", "add why", id="call-why", show=False),
        Binding("A", "check", "after-call check", id="call-check", tooltip="Resume the after-call check"),
        Binding("u", "undo", "undo", id="history-undo", tooltip="Undo the last change and bring back the call"),
        Binding("left", "branch(-1)", "previous answer", id="call-left", show=False),
        Binding("right", "branch(1)", "next answer", id="call-right", show=False),
        Binding("enter", "take", "follow", id="call-take", tooltip="Go where the chosen answer leads"),
        Binding(
            "tab", "sheet(1)", "next panel", id="call-sheet", tooltip="Scripts, closings, listening, customer types"
        ),
        Binding("shift+tab", "sheet(-1)", "previous sheet", id="call-sheet-before", show=False),
        Binding("e", "edit", "edit script", id="call-edit", tooltip="Edit this sheet, or reset it to the default"),
        Binding("S", "sprint", "sprint", id="call-sprint", tooltip="25 calls or 45 minutes, against your record"),
        Binding(
            "Q", "question", "question", id="call-question", tooltip="Save a question you couldn't answer as a task"
        ),
        Binding("h", "meeting", "meeting", id="call-meeting", tooltip="Mark their meeting held, no-show or moved"),
        Binding("i", "insight", "insights", id="call-insight", tooltip="Your best hours and past sessions"),
        Binding("l", "list", "calling list", id="screen-list", tooltip="See who's on the list"),
        Binding("escape", "leave", "leave", id="call-leave", tooltip="Pause and go back to Today"),
        *(
            Binding(str(digit), f"digit({digit})", word, id=f"call-digit-{digit}", tooltip=f"Outcome: {word}")
            for digit, word in enumerate((*OUTCOMES[0], "conversation, proposal promised"), start=1)
        ),
    ]
    # All are priority bindings to keep them in order: a key without priority is handled after a later one that has it.
    BINDINGS: ClassVar[list[BindingType]] = [replace(binding, priority=True) for binding in _KEYS]
    FOOTER = (
        "press",
        "dial",
        "note",
        "find",
        "promise",
        "skip",
        "pause",
        "undo",
        "leave",
        "copy",
        "need('found')",
        "sprint",
        "insight",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.caution = ""
        self._card = ProspectCard(id="card")
        self._shown_beside = 0

    def compose(self) -> ComposeResult:
        # Textual rerenders every widget that isn't clipped by its container on each change. With the parts above and
        # below the prospect in containers, a new prospect costs little more than its own lines.
        with Container(id="above"):
            yield SessionHeader(self.TAB, self.today, self.ctx.now(), id="header")
            yield SessionLine(id="session")
        yield self._card
        yield CallSheet(id="sheet")
        yield SideLines(id="side")
        with Container(id="below"):
            yield NoteLine(id="note")
            yield TypedLine(id="typed")
            yield MessageLine(id="message")
            yield CallKeys(self.FOOTER, beside=HELP, id="footer")

    def start(self) -> None:
        self._typed.display = False
        self._typed.entered, self._typed.left = self._entered, self.action_leave
        self.run_worker(self._warm, thread=True, group="warm", exit_on_error=False)
        try:
            self._advice = dict(book.advice(self.live))
            self.calls.open()
        except PlannerError as problem:
            self.show_error(str(problem))
        self._new_prospect()
        if self.calls.standing.in_call:
            self.say([(" ▸ ", "accent"), ("Call in progress: log its outcome", "")], keep=True)
        elif self.calls.standing.paused_at is not None:
            self.say([(" ▸ ", "accent"), ("Paused. Press space to start the next call.", "")], keep=True)

    def _warm(self) -> None:
        """Preload what phrase parsing needs while the rep looks at the prospect, so that no key waits half a second."""
        from planner.services.day import blocks

        try:
            blocks.read(self.ctx, self.ctx.today())
        except PlannerError:
            return  # the key that needs it reports the error

    # display

    @property
    def may_be_left(self) -> bool:
        """Always false: a session is a mode that only its own key leaves."""
        return False

    @property
    def in_call(self) -> bool:
        """Return whether a call is in progress, when nothing else may be announced."""
        return self.calls.standing.in_call

    def reload(self) -> None:
        before = self.calls.card
        try:
            self.calls.reload()
        except PlannerError as problem:
            self.show_error(str(problem))
        try:
            self.today = self.live.glance() or self.today
        except PlannerError as problem:
            self.show_error(str(problem))
        now = self.calls.card
        if before is None or now is None or before.id != now.id:
            self._new_prospect()
        else:
            self._show()

    def _new_prospect(self) -> None:
        """Start on the current prospect with the first step of their script."""
        self.caution = ""
        self._show_card()
        # Paint the prospect first, then the clocks and messages.
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        """Update what can wait until the prospect is painted: the clocks, the sheet, and the next prospect."""
        card = self.calls.card
        self._step, self._branch, self._page = 0, -1, ""
        self._prepare_until = None
        if card is not None:
            self._kind = book.kind_of(self.ctx, card)
            if card.first and self.ctx.config["calls.prepare"] and not self.calls.standing.in_call:
                self._prepare_until = self.ctx.now() + timedelta(seconds=PREPARED)
        self._read_script()
        self._show()
        self.attempt(self.calls.look_ahead)
        upcoming = self.calls.upcoming
        if upcoming is not None:
            self._card.expect(upcoming, self.ctx.today(), self._advice.get(upcoming.kind), self._local_time(upcoming))

    def _show(self) -> None:
        self._show_person()
        self._show_sheet()

    def _show_person(self) -> None:
        self._show_clocks()
        self._show_card()
        self.query_one("#note", NoteLine).show(self.calls.state.note)
        self._shown_beside = 0

    def _show_card(self) -> None:
        calls = self.calls
        card = calls.card
        if card is None:
            self._card.empty = self._nobody()
        advice = None if card is None else self._advice.get(card.kind)
        there = "" if card is None else self._local_time(card)
        self._card.show(card, calls.phone, self.ctx.today(), advice, self.caution, there)

    def _local_time(self, card: Card) -> str:
        return zones.clock(self.ctx.now(), card.zone)

    def _nobody(self) -> list[Line]:
        if self.calls.tally.calls:
            return [
                [("You've finished today's list.", "bold")],
                [],
                [("  l", "accent"), ("  open the calling list, then", "dim")],
                [("  b", "accent"), ("  add more contacts, or", "dim")],
                [("esc", "accent"), ("  leave the session", "dim")],
            ]
        return [
            [("Today's list is empty.", "bold")],
            [],
            [("l", "accent"), ("  open the calling list, then", "dim")],
            [("b", "accent"), ("  fill it from your contacts, or", "dim")],
            [("n", "accent"), ("  paste names and numbers", "dim")],
        ]

    def _show_side(self) -> None:
        """Show the third column of a large screen, once the prospect is on screen."""
        card = self.calls.card
        wanted = -1 if card is None else card.id
        if not self.has_class(LARGE_CLASS) or self._shown_beside == wanted:
            return
        self._shown_beside = wanted
        try:
            found = (self._book or book.read(self.live)).find("")
            self.query_one("#side", SideLines).show(card, self.calls.following(NEXT), found)
        except PlannerError as problem:
            self.show_error(str(problem))

    def _show_clocks(self) -> None:
        calls, config = self.calls, self.ctx.config
        standing = calls.standing
        now = int(self.ctx.clock.timestamp())
        self.query_one("#session", SessionLine).show(
            Clocks(
                number=calls.number,
                done=self.today.counts["dials"],
                left=calls.left,
                target=self.today.target("dials"),
                call=calls.call_seconds(),
                in_call=standing.in_call,
                talking=standing.talking,
                gap=calls.gap_seconds(),
                average=calls.tally.average_gap,
                pace=calls.pace(),
                needed=calls.needed_pace(self.today),
                paused=None if standing.paused_at is None else standing.pause_seconds(now),
                sprint=None if calls.state.sprint_id is None else (calls.sprint_calls, calls.sprint_seconds()),
                amber=config["calls.amber"],
                red=config["calls.red"],
            )
        )

    def poll(self) -> None:
        """Run every second: the clocks, the preparation, the after-call questions, the sprint."""
        super().poll()
        if not self.is_current:
            return
        self._show_clocks()
        self._show_side()
        if self._prepare_until is not None and not self._mode:
            if not self._preparing():
                self._prepare_until = None
            self._show_sheet()
        if self.calls.state.sprint_id is not None and not self.calls.standing.in_call:
            self._finish_sprint()

    # modes: what the digits mean, and the input line

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        typing = self._typed.display if self.is_mounted else False
        if typing:
            # Text goes into the input line, which handles ⏎ and esc itself.
            return action == "step"
        return True

    def action_leave(self) -> None:
        """Leave the current entry. If there is none, pause and go back to Today."""
        if self._mode:
            if self._before is not None:
                self._cancel_outcome()
            self._back()
            return
        if self._check is not None and self._asking:
            self.end_check()
            self.say([(" ▸ ", "accent"), ("After-call check skipped  ", ""), ("A", "accent"), (" resume", "dim")])
            return
        calls = self.calls
        try:
            calls.leave()
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        in_call, said = calls.standing.in_call, self._summary()
        self.planner.show("today")
        if in_call:
            self.planner.today_screen.tell("Your call is still in progress. Press 2 to return.")
        elif said:
            self.planner.today_screen.tell(said)

    def action_list(self) -> None:
        """Go to the calling list. (An app action would also fire while text is being typed.)"""
        self.planner.show("list")

    def _summary(self) -> str:
        tally, pace = self.calls.tally, self.calls.pace()
        if not tally.calls:
            return ""
        said = f"{plural(tally.calls, 'call', 'calls')} this session"
        if pace is not None:
            said += f", {pace:.0f} per hour"
        if tally.average_gap is not None:
            said += f", {tally.average_gap:.0f} s between calls"
        return said

    def on_unmount(self) -> None:
        if self.live.closed:
            return
        try:
            self.calls.leave()
        except PlannerError:
            return  # the file is gone, so the position is restored from the log

    # clocks

    def action_press(self) -> None:
        """Start the call, or stop or resume its clock."""
        self.end_check()
        if self._mode in ("refused", "kind", "answers"):
            return
        starts = not self.calls.standing.in_call
        if self.attempt(self.calls.press):
            if starts:
                self._prepare_until = None
                self.say([])
            self._show()

    def action_pause(self) -> None:
        """Pause or resume."""
        if not self._mode and self.attempt(self.calls.pause):
            paused = self.calls.standing.paused_at is not None
            self.say(
                [(" ▸ ", "accent"), ("Paused. Press P or space to resume." if paused else "Resumed.", "")], keep=paused
            )
            self._show()

    def action_promise(self) -> None:
        """Enter a promise to the current prospect. When the kind of objection is asked for, mark it as pretended."""
        if self._mode == "answers":
            self._set_sort("pretended")
        elif not self._mode:
            super().action_promise()

    def person(self) -> tuple[int, str] | None:
        card = self.calls.card
        return None if card is None else (card.id, card.name)

    def action_skip(self) -> None:
        """Move this prospect to the end of the list."""
        said: list[str] = []
        if self._mode or not self.attempt(lambda: said.append(self.calls.skip())):
            return
        self.say([(" ▸ ", "accent"), (said[0], "")])
        self._new_prospect()

    def action_undo(self) -> None:
        """Undo the last change. A call goes back on the screen."""
        if self._typed.display or self._before is not None:
            self.action_leave()
            return
        self._check = self._left_check = None
        super().action_undo()

    def _undo(self) -> None:
        said: list[str | None] = []
        if not self.attempt(lambda: said.append(self.calls.undo())):
            return
        if said[0] is None:
            self.show_error("There's nothing to undo.")
            return
        self.say([(" ↶ ", "good"), (f"Undid: {said[0]}", ""), ("   U redo", "dim")])
        self._count_again()
        self._new_prospect()

    def _count_again(self) -> None:
        self.attempt(lambda: self.live.refresh_counts(self.today))

    # the phone number

    def action_do_not_call(self) -> None:
        """Mark the contact as do-not-call and take them off the list at once, or undo that."""
        card, said = self.calls.card, list[bool]()
        if self._mode or card is None or not self.attempt(lambda: said.append(self.calls.do_not_call())):
            return
        self.show_info(f"{'Do not call' if said[0] else 'OK to call'}: {card.name}")
        if self.calls.card is None or self.calls.card.id != card.id:
            self._new_prospect()
        else:
            self._show()

    def call_begun(self) -> None:
        """Show that the clock of a call has been started."""
        self._prepare_until = None
        self._show()

    def action_dial(self) -> None:
        """Pass the number to the dialler and start the clock."""
        if self._mode:
            return
        if self.calls.phone is None:
            self.show_error("There's no number to dial.")
        else:
            numbers.dial(self)

    def action_copy(self) -> None:
        """Copy the number, or answer yes to an after-call question."""
        if self._questioned:
            self._answer(yes=True)
            return
        if not self._mode and self.calls.phone is not None:
            numbers.copy(self)

    def action_other(self) -> None:
        """Switch to the next phone number of this contact."""
        if not self._mode:
            self.calls.other_phone()
            self._show()

    # sprint and insight

    def _meeting_with(self) -> int | None:
        return None if self.calls.card is None else self.calls.card.id

    def action_meeting(self) -> None:
        """Enter how the meeting with the current prospect went, or when it is."""
        if not self._mode:
            super().action_meeting()

    def action_sprint(self) -> None:
        """Start a sprint, or abandon the current one."""
        if self._mode:
            return
        if self.attempt(self.calls.sprint):
            runs = self.calls.state.sprint_id is not None
            self.say([(" ▸ ", "accent"), ("Sprint: 25 calls or 45 minutes" if runs else "Sprint stopped.", "")])
            self._show_clocks()

    def _finish_sprint(self) -> None:
        try:
            done = self.calls.finish_sprint()
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        if done is None:
            return
        sprint, best = done
        record = "  new record" if best else ""
        text = f"Sprint done: {plural(sprint.calls, 'call', 'calls')}, {sprint.pace:.0f} per hour"
        self.say([(" ✓ ", "good"), (text, "bold"), (record, "good")], keep=True)

    def action_question(self) -> None:
        """Save a question that couldn't be answered as a task to find out."""
        if not self._mode and self.calls.card is not None:
            from planner.tui.shared import asking

            asking.ask_question(self, self.calls.card.id)

    def action_insight(self) -> None:
        """Show the best hours and past sessions."""
        from planner.services.calls import insight
        from planner.tui.calls.modals.insight import InsightModal

        def show(found: insight.Insight) -> None:
            self.app.push_screen(InsightModal(found))

        if not self._mode:
            self.ask_first(lambda: insight.read(self.ctx), show)
