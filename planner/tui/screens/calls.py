"""Calls: one prospect after the other, the digits are outcomes. Who is next, and how fast am I?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Digits, Input

from planner.domain import activity, scripts
from planner.domain.errors import PlannerError, ProtectedTime
from planner.domain.people import KINDS, Need
from planner.domain.playbook import Answer
from planner.domain.session import Standing
from planner.services import dialing
from planner.services import playbook as book
from planner.services.desk import Desk
from planner.services.live import Live, Today
from planner.services.session import CallDesk, Made, When, read_when
from planner.tui import sheets
from planner.tui.messages import ServiceFailed
from planner.tui.screens.base import OFFERED, DeskScreen
from planner.tui.view import OUTCOMES, Line
from planner.tui.widgets.session import (
    Clocks,
    NoteLine,
    OutcomeKeys,
    ProspectCard,
    SessionLine,
    Sheet,
    SheetLines,
)
from planner.tui.widgets.today import FooterKey, FooterLine, HeaderLine, MessageLine

PREPARED = 10  # seconds
PROPOSAL = 9
FOOTER = (
    FooterKey("space", "start/stop", "press"),
    FooterKey("d", "dial", "dial"),
    FooterKey("n", "note", "note"),
    FooterKey("/", "objection", "find"),
    FooterKey("s", "skip", "skip"),
    FooterKey("p", "pause", "pause"),
    FooterKey("u", "undo", "undo"),
    FooterKey("esc", "leave", "leave"),
    FooterKey("y", "copy", "copy"),
    FooterKey("f", "need found", "need('found')"),
    FooterKey("S", "sprint", "sprint"),
    FooterKey("i", "insight", "insight"),
    FooterKey("?", "help", "app.help", last=True),
)
QUESTIONS = (
    ("met", "need met?"),
    ("effective", "effective?"),
    ("content", "content?"),
    ("listened", "did you listen?"),
)


@dataclass
class Check:
    """The questions after a call, while they are asked: which is next, the row they go to, and until when."""

    made: Made
    until: datetime
    question: int = 0
    check_id: int | None = None


class CallsScreen(DeskScreen):
    """A calling session."""

    CSS_PATH = "calls.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "press", "start, stop", id="call-start", tooltip="Start the call; stop its clock", priority=True
        ),
        Binding("d", "dial", "dial", id="call-dial", tooltip="Hand the number to the dialler, and start the clock"),
        Binding("n", "note", "note", id="call-note", tooltip="Write while you talk; kept with each key", priority=True),
        Binding("slash", "find", "objection", id="call-objection", tooltip="Find what you hear", priority=True),
        Binding("s", "skip", "skip", id="call-skip", tooltip="To the end of the list; a callback in half an hour"),
        Binding("p", "pause", "pause", id="call-pause", tooltip="Pause, go on: a pause is no gap"),
        Binding("y", "copy", "copy the number", id="call-copy", tooltip="Copy the number"),
        Binding("g", "other", "other number", id="call-other", tooltip="Their next number"),
        Binding(
            "f", "need('found')", "need found", id="call-found", tooltip="The need is found: a proposal may follow"
        ),
        Binding("F", "need('chosen')", "need chosen", id="call-chosen", tooltip="They have chosen already"),
        Binding(
            "K", "kind", "kind of customer", id="call-kind", tooltip="Know-it-all, bored, hurried, gloomy, cheerful"
        ),
        Binding("up,k", "step(-1)", "step back", id="call-up", show=False),
        Binding("down,j", "step(1)", "next step", id="call-down", show=False),
        Binding("left", "branch(-1)", "answer before", id="call-left", show=False),
        Binding("right", "branch(1)", "next answer", id="call-right", show=False),
        Binding("enter", "take", "take", id="call-take", tooltip="Go where the chosen answer leads"),
        Binding("tab", "sheet(1)", "another sheet", id="call-sheet", tooltip="Scripts, closings, listening, customers"),
        Binding("shift+tab", "sheet(-1)", "sheet before", id="call-sheet-before", show=False),
        Binding("e", "edit", "edit the script", id="call-edit", tooltip="Make this sheet your own, or reset it"),
        Binding("S", "sprint", "sprint", id="call-sprint", tooltip="25 calls or 45 minutes, against your record"),
        Binding("i", "insight", "insight", id="call-insight", tooltip="Your best hours, and your sessions"),
        Binding("l", "app.show('list')", "calling list", id="screen-list", tooltip="Whom to call"),
        Binding("escape", "leave", "leave", id="call-leave", tooltip="Pause, and back to Today"),
        *(
            Binding(
                str(digit), f"digit({digit})", word, id=f"call-digit-{digit}", tooltip=f"Outcome: {word}", priority=True
            )
            for digit, word in enumerate((*OUTCOMES[0], "talk, a proposal promised"), start=1)
        ),
    ]

    def __init__(self, desk: Desk, live: Live, today: Today) -> None:
        super().__init__(desk, live)
        self.today = today
        self.calls = CallDesk(desk, live)
        self._mode = ""
        self._before: Standing | None = None  # the clocks before an outcome that is still being said
        self._outcome = ""
        self._warned = ""
        self._prepare_until: datetime | None = None
        self._check: Check | None = None
        self._kind = "cold"
        self._page = ""  # a list instead of the script
        self._step, self._branch = 0, -1
        self._script: scripts.Script | None = None
        self._book: book.Playbook | None = None
        self._found: list[book.Found] = []
        self._cursor = 0
        self._sort = "real"
        self._advice: dict[str, book.Advice] = {}
        self._caution = ""

    def compose(self) -> ComposeResult:
        yield HeaderLine(self.today, self.desk.now(), id="header")
        yield SessionLine(id="session")
        with Container(id="desk"):
            with Container(id="person"):
                yield ProspectCard(id="card")
                yield Digits("", id="large")
            yield SheetLines(id="sheet")
        yield NoteLine(id="note")
        yield Input(id="typed", compact=True)
        yield MessageLine(id="message")
        yield OutcomeKeys(id="outcomes")
        yield FooterLine(list(FOOTER), id="footer")

    def on_mount(self) -> None:
        self._typed.display = False
        self.set_interval(1.0, self._second)
        self.run_worker(self._warm, thread=True, group="warm", exit_on_error=False)
        try:
            self._advice = dict(book.advice(self.live))
            self.calls.open()
        except PlannerError as problem:
            self._complain(str(problem))
        self._new_prospect()
        if self.calls.standing.in_call:
            self._say([(" ▸ ", "accent"), ("The call goes on; its outcome is still to be said.", "")], keep=True)
        elif self.calls.standing.paused_at is not None:
            self._say([(" ▸ ", "accent"), ("Paused; space starts the next call.", "")], keep=True)

    def _warm(self) -> None:
        """Load what a phrase will need while the rep looks at the prospect: half a second that no key waits for."""
        from planner.services import blocks

        try:
            blocks.read(self.desk, self.desk.today())
        except PlannerError:
            return  # the key that needs it says so

    # what is shown

    @property
    def in_call(self) -> bool:
        """Whether somebody is on the line: nothing else is said meanwhile."""
        return self.calls.standing.in_call

    @property
    def _typed(self) -> Input:
        return self.query_one("#typed", Input)

    def _reload(self) -> None:
        before = self.calls.card
        try:
            self.calls.reload()
        except PlannerError as problem:
            self._complain(str(problem))
        try:
            self.today = self.live.glance() or self.today
        except PlannerError as problem:
            self._complain(str(problem))
        now = self.calls.card
        if before is None or now is None or before.id != now.id:
            self._new_prospect()
        else:
            self._show()

    def _new_prospect(self) -> None:
        """Begin anew with whoever is on the screen: their script, from its first step."""
        card = self.calls.card
        self._step, self._branch, self._page, self._caution = 0, -1, "", ""
        self._prepare_until = None
        if card is not None:
            self._kind = book.kind_of(self.desk, card)
            if card.first and self.desk.config["calls.prepare"] and not self.calls.standing.in_call:
                self._prepare_until = self.desk.now() + timedelta(seconds=PREPARED)
        self._show_card()
        # who it is is painted first; the clocks, and what is said to them, follow
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        """What can wait until the prospect is painted: the clocks, the sheet, and who comes next."""
        self._read_script()
        self._show()
        self._try(self.calls.look_ahead)

    def _read_script(self) -> None:
        if self._script is not None and self._script.kind == self._kind:
            return
        try:
            self._script = book.script(self.live, self._kind)
        except PlannerError as problem:
            self._complain(str(problem))

    def _show(self) -> None:
        self._show_person()
        self._show_sheet()

    def _show_person(self) -> None:
        self._show_clocks()
        self._show_card()
        self.query_one("#note", NoteLine).show(self.calls.state.note)
        self._show_large()

    def _show_card(self) -> None:
        calls = self.calls
        card = calls.card
        part = self.query_one("#card", ProspectCard)
        part.empty = self._nobody()
        advice = None if card is None else self._advice.get(card.kind)
        part.show(card, calls.phone, self.desk.today(), advice, self._caution)

    def _nobody(self) -> list[Line]:
        if self.calls.tally.calls:
            return [
                [("   The list is called through. ", "bold")],
                [],
                [("   Press ", "dim"), ("l", "accent"), (" and there ", "dim"), ("b", "accent"), (" for more,", "dim")],
                [("   or ", "dim"), ("esc", "accent"), (" to leave the session.", "dim")],
            ]
        return [
            [("   Nobody is on today's list yet.", "bold")],
            [],
            [("   Press ", "dim"), ("l", "accent"), (" for the list; there ", "dim"), ("b", "accent")],
            [("   fills it from your contacts, ", "dim"), ("p", "accent"), (" takes", "dim")],
            [("   pasted names and numbers in.", "dim")],
        ]

    def _show_large(self) -> None:
        """The number in large figures, where it is dialled by hand and there is room."""
        phone = self.calls.phone
        wanted = self.desk.config["calls.dial"] == "off" and phone is not None and self.size.height >= 30
        self.set_class(wanted, "-large")
        if wanted and phone is not None:
            try:
                self.query_one("#large", Digits).update(str(dialing.read(self.desk, phone.value)).partition(" ")[0])
            except PlannerError:
                self.set_class(False, "-large")  # what can't be dialled is only shown, as it is written

    def _show_clocks(self) -> None:
        calls, config = self.calls, self.desk.config
        standing = calls.standing
        now = int(self.desk.clock.timestamp())
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
                needed=calls.needed(self.today),
                paused=None if standing.paused_at is None else standing.pause_seconds(now),
                sprint=None if calls.state.sprint_id is None else (calls.sprint_calls, calls.sprint_seconds()),
                amber=config["calls.amber"],
                red=config["calls.red"],
            )
        )

    def _show_sheet(self) -> None:
        self.query_one("#sheet", SheetLines).show(self._sheet())

    def _sheet(self) -> Sheet:
        mode = self._mode
        if mode == "refused":
            return sheets.choices_sheet("Why?", "digit  ⏎ without  esc back", self._words("lost"))
        if mode == "kind":
            kinds = [self._about(kind) for kind in KINDS]
            return sheets.choices_sheet("Kind of customer", "digit  ⏎ none  esc back", kinds)
        if mode == "find":
            return sheets.found_sheet(self._found, self._typed.value, self._cursor)
        if mode == "answers":
            return sheets.answers_sheet(self._found[self._cursor], self._sort)
        left = self._preparing()
        if left:
            return sheets.preparation_sheet(self._words("preparation"), left)
        if self._page:
            title, about, lines = self._list(self._page)
            return sheets.lines_sheet(title, f"{about}  ⇥ other", lines)
        if self._script is None or self.calls.card is None:
            return Sheet()
        closing = self.calls.card.stage in ("proposal", "closing")
        values = book.fields(self.desk, self.calls.card)
        return sheets.script_sheet(
            self._script, self._step, self._branch, values, self._words("closings") if closing else ()
        )

    def _about(self, kind: str) -> str:
        advice = self._advice.get(kind)
        return kind if advice is None else f"{kind}: {advice.sign}"

    def _words(self, name: str) -> tuple[str, ...]:
        try:
            return self.live.words(name)
        except PlannerError as problem:
            self._complain(str(problem))
            return ()

    def _list(self, name: str) -> tuple[str, str, tuple[str, ...]]:
        from planner import content

        row = content.word_lists()[name]
        return row["title"], "", self._words(name)

    def _preparing(self) -> int:
        """The seconds left of the preparation; 0 when it is over."""
        if self._prepare_until is None or self.calls.standing.in_call:
            return 0
        left = (self._prepare_until - self.desk.now()).total_seconds()
        return max(0, -int(-left // 1))

    def _second(self) -> None:
        """Once a second: the clocks, the preparation, the questions after a call, the sprint."""
        self._look_around()
        if not self.is_current:
            return
        self._show_clocks()
        if self._prepare_until is not None and not self._mode:
            if not self._preparing():
                self._prepare_until = None
            self._show_sheet()
        if self._check is not None and self.desk.now() >= self._check.until:
            self._end_check()
        if self.calls.state.sprint_id is not None and not self.calls.standing.in_call:
            self._finish_sprint()

    # modes: what the digits mean, and the line that is typed in

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        typing = self._typed.display if self.is_mounted else False
        if typing:
            # what is typed belongs into the line
            return action in ("leave", "step", "undo") or action.startswith("app.")
        return True

    def _type(self, mode: str, hint: str, value: str = "") -> None:
        """Open the line and write into it, at once: the next key may be on its way."""
        self._mode = mode
        typed = self._typed
        with typed.prevent(Input.Changed):
            typed.value = value
        typed.placeholder = hint
        typed.display = True
        self.query_one("#note").display = False
        self.set_focus(typed)
        typed.cursor_position = len(value)
        self._show_sheet()

    def _untype(self) -> None:
        self._typed.display = False
        self.query_one("#note").display = True
        self.set_focus(None)

    def _back(self) -> None:
        """Out of a mode, back to the script."""
        self._mode, self._warned = "", ""
        if self._typed.display:
            self._untype()
        self._show()

    def action_leave(self) -> None:
        """Out of what is being said; else pause, and back to Today."""
        if self._mode:
            if self._before is not None:
                self._cancel_outcome()
            self._back()
            return
        if self._check is not None:
            self._end_check()
        calls = self.calls
        try:
            calls.leave()
        except PlannerError as problem:
            self._complain(str(problem))
            return
        in_call, said = calls.standing.in_call, self._summary()
        self.planner.show("today")
        if in_call:
            self.planner.today_screen.tell("The call goes on; 2 brings you back to it.")
        elif said:
            self.planner.today_screen.tell(said)

    def _summary(self) -> str:
        tally, pace = self.calls.tally, self.calls.pace()
        if not tally.calls:
            return ""
        said = f"{tally.calls} {'call' if tally.calls == 1 else 'calls'} in this session"
        if pace is not None:
            said += f", {pace:.0f} an hour"
        if tally.average_gap is not None:
            said += f", {tally.average_gap:.0f} s between them"
        return said

    def on_unmount(self) -> None:
        if self.live.closed:
            return
        try:
            self.calls.leave()
        except PlannerError:
            return  # the file is gone: where the rep stands is found from the log

    # clocks

    def _try(self, step: Callable[[], object]) -> bool:
        """Do something that may be refused with a sentence. Returns whether it was done."""
        try:
            step()
        except PlannerError as problem:
            self._complain(str(problem))
            return False
        return True

    def action_press(self) -> None:
        """Start the call, stop its clock, let it go on."""
        self._end_check()
        if self._mode in ("refused", "kind", "answers"):
            return
        starts = not self.calls.standing.in_call
        if self._try(self.calls.press):
            if starts:
                self._prepare_until = None
                self._say([])
            self._show()

    def action_pause(self) -> None:
        """Pause, or go on."""
        if self._mode == "answers":
            self._set_sort("pretended")
        elif self._try(self.calls.pause):
            paused = self.calls.standing.paused_at is not None
            self._say([(" ▸ ", "accent"), ("paused; p or space goes on" if paused else "going on", "")], keep=paused)
            self._show()

    def action_skip(self) -> None:
        """Put this one to the end."""
        said: list[str] = []
        if self._mode or not self._try(lambda: said.append(self.calls.skip())):
            return
        self._say([(" ▸ ", "accent"), (said[0], "")])
        self._new_prospect()

    def action_undo(self) -> None:
        """Take the last change back; a call comes back onto the screen."""
        if self._typed.display or self._before is not None:
            self.action_leave()
            return
        self._check = None

        def turn() -> None:
            said: list[str | None] = []
            if not self._try(lambda: said.append(self.calls.undo())):
                return
            if said[0] is None:
                self._complain("There is nothing to undo.")
                return
            self._say([(" ↶ ", "good"), (f"undid: {said[0]}", ""), ("   U redo", "dim")])
            self._count_again()
            self._new_prospect()

        self.planner.when_idle(turn)

    def _count_again(self) -> None:
        self._try(lambda: self.live.refresh_counts(self.today))

    # outcomes

    def action_digit(self, digit: int) -> None:
        """An outcome; or a choice, where one is asked for."""
        if self._mode == "refused":
            reasons = self._words("lost")
            if digit <= len(reasons):
                self._log("refused", reason=reasons[digit - 1])
        elif self._mode == "kind":
            if digit <= len(KINDS):
                self._set_kind(KINDS[digit - 1])
        elif self._mode == "answers":
            self._heard(digit)
        elif not self._mode:
            self._end_check()
            self._say_outcome(digit)

    def _say_outcome(self, digit: int) -> None:
        calls = self.calls
        if calls.card is None:
            self._complain("Nobody is left to be called; l shows the list.")
            return
        outcome = "conversation" if digit == PROPOSAL else activity.DIAL_OUTCOMES[digit - 1]
        asks = digit == PROPOSAL or outcome in ("refused", "callback", "meeting")
        if not asks:
            self._log(outcome)
            return
        if digit == PROPOSAL and not calls.card.need:
            self._complain("No proposal before the need is found: f says it is found, F that they have chosen already.")
            return
        before = calls.standing
        if not self._try(calls.stop):
            return
        self._before, self._outcome = before, outcome
        self._show_clocks()
        if digit == PROPOSAL:
            self._type("proposal", "the proposal is due: tomorrow 16:00; empty: today")
        elif outcome == "refused":
            self._mode = "refused"
            self._show_sheet()
        elif outcome == "callback":
            self._type("when", "call back when? thu 11, tomorrow 9:30, in 2 hours")
        else:
            self._type("when", "the meeting is when? thu 11 at their office")

    def _cancel_outcome(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            self._try(lambda: self.calls.go_on(before))
            self._say([(" ▸ ", "accent"), ("no outcome was logged", "")])

    def _log(
        self,
        outcome: str,
        *,
        reason: str = "",
        when: When | None = None,
        proposal: When | None = None,
        promised: bool = False,
    ) -> bool:
        """Log how the call went; the next prospect is there at once."""
        if self.desk.today() != self.today.day:
            self.today = self.live.peek() or self.today
        try:
            made = self.calls.outcome(outcome, reason=reason, when=when, proposal=proposal, promised=promised)
        except PlannerError as problem:
            self._complain(str(problem))
            return False
        self._before = None
        self._mode, self._warned = "", ""
        if self._typed.display:
            self._untype()
        for name in activity.adds("dial", outcome):
            self.today.counts[name] += 1
        if outcome in ("conversation", "meeting") and self.desk.config["calls.check"]:
            self._check = Check(made, self.desk.now() + OFFERED)
        self._new_prospect()
        self.call_after_refresh(self._look_back, self._told(made, reason, when, promised))
        return True

    def _told(self, made: Made, reason: str, when: When | None, promised: bool) -> str:
        word = OUTCOMES[0][activity.DIAL_OUTCOMES.index(made.outcome)]
        said = f"{word}{f' ({reason})' if reason else ''}: {made.card.name}"
        if when is not None:
            due = when.due
            said += f", {due.day:%a} {due.day.day} {due.day:%b}" + (f" {due.at:%H:%M}" if due.at else "")
        return said + (", a proposal is promised" if promised else "")

    def _look_back(self, told: str) -> None:
        """After the next prospect is painted: what was logged, whether it can be right, the questions, the sprint."""
        if self._check is not None:
            self._ask()
        else:
            self._tell(told)
        self._ask_about_same()
        self._finish_sprint()
        self._tell_notices()

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._mode == "note":
            self._try(lambda: self.calls.note(event.value))
        elif self._mode == "find":
            self._cursor = 0
            self._found = [] if self._book is None else self._book.find(event.value)
            self._show_sheet()
        elif self._mode in ("when", "proposal"):
            self._preview(event.value)

    def _preview(self, text: str) -> None:
        if not text.strip():
            self._say([])
            return
        try:
            when = read_when(self.desk, text, hour=self._outcome == "meeting")
        except PlannerError as problem:
            self._say([(f" {problem}", "dim")], keep=True)
            return
        due = when.due
        read = f"{due.day:%a} {due.day.day} {due.day:%b}" + (f" {due.at:%H:%M}" if due.at else "")
        more = f" · {when.rest}" if when.rest else ""
        self._say([(" ▸ ", "accent"), (f"{read}{more}", ""), (f"   {when.said}", "dim")], keep=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = event.value
        if self._mode == "note":
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
            when = read_when(self.desk, text, hour=self._outcome == "meeting")
            if when.due.at is not None and self._warned != text:
                from planner.services import blocks

                blocks.check_free(self.desk, datetime.combine(when.due.day, when.due.at))
        except ProtectedTime as problem:
            self._warned = text
            self._complain(f"{problem} ⏎ again enters it knowingly.")
            return None
        except PlannerError as problem:
            self._complain(str(problem))
            return None
        return when

    # the note, the need, the kind

    def action_note(self) -> None:
        """Write a note of the call; in the questions after a call, no."""
        if self._check is not None:
            self._answer(yes=False)
        elif not self._mode and self.calls.card is not None:
            self._type("note", "what is said", self.calls.state.note)

    def action_need(self, need: str) -> None:
        """Say what is known of the need."""
        if not self._mode and self._try(lambda: self.calls.need(Need(need))):
            self._tell(f"need {need}")
            self._show()

    def action_kind(self) -> None:
        """Ask for the kind of customer."""
        if not self._mode and self.calls.card is not None:
            self._mode = "kind"
            self._show_sheet()

    def _set_kind(self, kind: str) -> None:
        if self._try(lambda: self.calls.kind(kind)):
            self._tell(kind or "kind not known")
        self._back()

    # the number

    def action_dial(self) -> None:
        """Hand the number on, and start the clock."""
        phone = self.calls.phone
        if self._mode:
            return
        if phone is None:
            self._complain("There is no number to dial.")
            return
        self._end_check()

        def dial() -> None:
            try:
                call = dialing.dial(self.desk, phone.value)
            except PlannerError as problem:
                self.post_message(ServiceFailed(str(problem)))
                return
            self.app.call_from_thread(lambda: self._say([(" ▸ ", "accent"), (call.said, "")]))

        try:
            self._caution = dialing.read(self.desk, phone.value).caution
        except PlannerError as problem:
            self._complain(str(problem))
            return
        if self._try(self.calls.start):
            self._prepare_until = None
            self._show()
            self.run_worker(dial, thread=True, group="dial", exit_on_error=False)

    def action_copy(self) -> None:
        """Copy the number; in the questions after a call, yes."""
        if self._check is not None:
            self._answer(yes=True)
            return
        phone = self.calls.phone
        if self._mode or phone is None:
            return
        try:
            number = dialing.read(self.desk, phone.value)
        except PlannerError as problem:
            self._complain(str(problem))
            return
        self.app.copy_to_clipboard(number.digits)
        self._say([(" ▸ ", "accent"), (f"copied: {number}", "")])

    def action_other(self) -> None:
        """Turn to their next number."""
        if not self._mode:
            self.calls.other_phone()
            self._show()

    # the sheet

    PAGES = ("closings", "signals", "listening", "customers", "rude")

    def action_step(self, step: int) -> None:
        """Go through the script, or through what was found."""
        if self._mode == "find":
            self._cursor = min(max(0, self._cursor + step), max(0, min(len(self._found), sheets.MOST_SHOWN) - 1))
        elif not self._mode and self._script is not None:
            self._prepare_until = None
            self._step = min(max(0, self._step + step), len(self._script.steps) - 1)
            self._branch = -1
        self._show_sheet()

    def action_branch(self, step: int) -> None:
        """Choose among the answers to the present step."""
        if self._mode or self._script is None:
            return
        count = len(self._script.steps[self._step].branches)
        self._branch = -1 if not count else (self._branch + 1 + step) % (count + 1) - 1
        self._show_sheet()

    def action_take(self) -> None:
        """Go where the chosen answer leads; without one, to the next step."""
        if self._mode == "refused":
            self._log("refused")
        elif self._mode == "kind":
            self._set_kind("")
        elif self._mode == "answers":
            self._heard(0)
        elif not self._mode and self._script is not None:
            branches = self._script.steps[self._step].branches
            to = branches[self._branch].to if 0 <= self._branch < len(branches) else ""
            self._step, self._branch = self._script.index_of(to, self._step), -1
            self._prepare_until = None
            self._show_sheet()

    def action_sheet(self, step: int) -> None:
        """Another script, or a list."""
        if self._mode:
            return
        pages = (*scripts.KINDS, *self.PAGES)
        at = pages.index(self._page or self._kind)
        chosen = pages[(at + step) % len(pages)]
        self._page = chosen if chosen in self.PAGES else ""
        if not self._page:
            self._kind, self._step, self._branch = chosen, 0, -1
            self._read_script()
        self._prepare_until = None
        self._show_sheet()

    def action_edit(self) -> None:
        """Make the sheet one's own."""
        if not self._mode:
            self._script = None
            self.edit_words(self._page or f"script-{self._kind}")

    def service_done(self, text: str) -> None:
        self._read_script()
        super().service_done(text)

    # the playbook

    def action_find(self) -> None:
        """Find what is heard, without leaving the call."""
        if self._mode:
            return
        self._end_check()
        try:
            self._book = book.read(self.live)
        except PlannerError as problem:
            self._complain(str(problem))
            return
        self._found, self._cursor, self._sort = self._book.find(""), 0, "real"
        self._type("find", "what is heard: dear, think, busy …")

    def _choose_found(self, typed: str) -> None:
        if self._found:
            self._mode = "answers"
            self._untype()
            self._show_sheet()
        elif typed.strip():
            text = typed.strip()
            self._back()
            self._carry_out(lambda: _add_to_playbook(self.desk, text))
            self._try(lambda: self._hear(text, None))

    def _heard(self, digit: int) -> None:
        """Log the answer by its digit (0: none) to what was heard."""
        chosen = self._found[self._cursor]
        if digit > len(chosen.rated):
            return
        answer = chosen.rated[digit - 1].answer if digit else None
        if self._try(lambda: self._hear(chosen.objection.text, answer)):
            self._tell(f"heard: {chosen.objection.text}" + (f" ({answer.way})" if answer else ""))
        self._back()

    def _hear(self, objection: str, answer: Answer | None) -> None:
        contact = self.calls.card
        book.hear(
            self.desk, self.live, objection, answer, sort=self._sort, contact_id=None if contact is None else contact.id
        )

    def _set_sort(self, sort: str) -> None:
        self._sort = sort
        self._show_sheet()

    def on_key(self, event: object) -> None:
        """In the choice of an answer, the sorts by their letters."""
        key = getattr(event, "key", "")
        if self._mode == "answers" and key in ("r", "j"):
            self._set_sort("real" if key == "r" else "joking")
        elif self._check is not None and key == "w":
            self._ask_why_it_went()

    # after the call

    def _ask(self) -> None:
        check = self._check
        assert check is not None
        name = check.made.card.name
        if check.question < len(QUESTIONS):
            line: Line = [
                (" ? ", "accent"), (f"{name}: {QUESTIONS[check.question][1]}  ", ""),
                ("y", "accent"), (" yes  ", "dim"), ("n", "accent"), (" no", "dim"),
            ]  # fmt: skip
        else:
            line = [(" ✓ ", "good"), ("kept  ", ""), ("w", "accent"), (" why it went so", "dim")]
        self._say(line, keep=True)

    def _answer(self, *, yes: bool) -> None:
        check = self._check
        assert check is not None
        if check.question >= len(QUESTIONS):
            self._end_check()
            return
        column = QUESTIONS[check.question][0]

        def put() -> None:
            if check.check_id is None:
                check.check_id = self.calls.check(check.made, column, yes=yes)
            else:
                self.calls.add_to_check(check.check_id, **{column: int(yes)})

        if self._try(put):
            check.question += 1
            check.until = self.desk.now() + OFFERED
            self._ask()

    def _ask_why_it_went(self) -> None:
        if self._check is not None and self._check.check_id is not None:
            self._check.until = datetime.max
            self._type("why", "why it went well, or not")

    def _keep_why(self, text: str) -> None:
        check = self._check
        self._back()
        if check is not None and check.check_id is not None and text.strip():
            check_id = check.check_id
            self._try(lambda: self.calls.add_to_check(check_id, why=text.strip()[:1_000]))
        self._end_check()

    def _end_check(self) -> None:
        if self._check is not None:
            self._check = None
            self._say([])

    # a sprint, insight

    def action_sprint(self) -> None:
        """Begin a sprint, or give it up."""
        if self._mode:
            return
        if self._try(self.calls.sprint):
            runs = self.calls.state.sprint_id is not None
            self._say([(" ▸ ", "accent"), ("sprint: 25 calls or 45 minutes" if runs else "the sprint is given up", "")])
            self._show_clocks()

    def _finish_sprint(self) -> None:
        try:
            done = self.calls.finish_sprint()
        except PlannerError as problem:
            self._complain(str(problem))
            return
        if done is None:
            return
        sprint, best = done
        record = "  your record" if best else ""
        text = f"sprint over: {sprint.calls} calls, {sprint.pace:.0f} an hour"
        self._say([(" ✓ ", "good"), (text, "bold"), (record, "good")], keep=True)

    def action_insight(self) -> None:
        """The best hours, and the sessions."""
        from planner.services import insight
        from planner.tui.modals.insight import InsightModal

        def show(found: insight.Insight) -> None:
            self.app.push_screen(InsightModal(found))

        if not self._mode:
            self._ask_first(lambda: insight.read(self.desk), show)


def _add_to_playbook(desk: Desk, text: str) -> str:
    book.add(desk, text)
    return f"in the playbook: {text}"
