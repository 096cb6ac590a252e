"""The mail screen: outside the email windows a gate that says when mail opens, inside them one key per email."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input

from planner.domain import formats
from planner.domain.errors import PlannerError
from planner.domain.mail.letters import Thread
from planner.domain.text import plural
from planner.services.calls import contact_card
from planner.services.calls.follow_up_time import read_when
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.services.mail import mailbox
from planner.services.mail.drafts import Draft
from planner.services.mail.letters import Stored
from planner.services.mail.mail import MailSession
from planner.services.mail.mailbox import Account
from planner.services.mail.windows import Gate, WeekOfMail, automatic_reply
from planner.tui.mail import deciding
from planner.tui.mail.fetching import Fetching
from planner.tui.mail.widgets.gate import GateLines, GateView, MailLine
from planner.tui.mail.widgets.letters import DraftLines, LetterCard, LetterLines
from planner.tui.shared import spans
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterItem, FooterKey, HeaderLine
from planner.tui.shared.widgets.lines import EntryLines
from planner.tui.shared.widgets.safe_input import TypedLine

CLOSED_GATE = Gate((), "closed", None, None, (), None, 0)
CLOSED = (
    "look",
    FooterKey("queue email", "write_letter"),
    "copy_reply",
    "leave",
    "undo",
    "quick_add",
    "app.show('today')",
)
ASKING = (FooterKey("done", "submit", keys="⏎"), FooterKey("cancel", "leave"))
MAY_OPEN = ("take", *CLOSED[1:])
THROUGH = (
    "decide('reply')",
    "decide('call')",
    "decide('task')",
    "decide('proposal')",
    "promise",
    "decide('nothing')",
    "close_mail",
    "undo",
    "turn",
    "enter_letter",
    "fetch",
    "leave",
)
WRITING = (
    FooterKey("write", "take"),
    "sent",
    "unwrite",
    FooterKey("queue another", "write_letter"),
    FooterKey("inbox", "turn"),
    "undo",
    "close_mail",
)
CLEAR = ("enter_letter", "turn", "fetch", "close_mail", "undo", "leave")
NOTHING_TO_WRITE = (FooterKey("queue email", "write_letter"), FooterKey("inbox", "turn"), "undo", "close_mail")
REST = 0.08  # seconds that the cursor rests on an email before its sender is looked up


class MailScreen(ListScreen[EntryLines]):
    """Screen of the gate and the triage of emails."""

    TAB = "mail"
    CSS_PATH = "mail.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "open", id="mail-take", tooltip="Open the email window, or write the selected email"),
        Binding(
            "l",
            "look",
            "peek anyway",
            id="mail-look",
            tooltip="Peek outside an email window, giving a reason",
        ),
        Binding("x", "close_mail", "close", id="mail-close", tooltip="Close the window, or end the peek"),
        Binding("r", "decide('reply')", "reply", id="mail-reply", tooltip="Reply in your email app"),
        Binding("c", "decide('call')", "call", id="mail-call", tooltip="Put the sender on your calling list"),
        Binding("t", "decide('task')", "task", id="mail-task", tooltip="Turn it into a task"),
        Binding("o", "decide('proposal')", "proposal", id="mail-proposal", tooltip="Turn it into a proposal task"),
        Binding("p", "promise", "promise", id="mail-promise", tooltip="Promise the sender something by a date"),
        Binding("n", "decide('nothing')", "no action", id="mail-nothing", tooltip="Mark as needing no action"),
        Binding("e", "enter_letter", "add email", id="mail-enter", tooltip="Add an email that isn't in your inbox"),
        Binding("g", "fetch", "refresh", id="mail-fetch", tooltip="Check your mailboxes again"),
        Binding("tab", "turn", "emails to write", id="mail-turn", tooltip="Switch between inbox and emails to write"),
        Binding("s", "sent", "sent", id="mail-sent", tooltip="Mark the selected email as sent"),
        Binding(
            "delete,backspace",
            "unwrite",
            "don't send",
            id="mail-unwrite",
            tooltip="Remove the selected email from the queue",
        ),
        Binding(
            "y", "copy_reply", "auto-reply", id="mail-reply-text", tooltip="Copy an auto-reply with your email hours"
        ),
        Binding(
            "escape",
            "leave",
            "back",
            id="mail-leave",
            tooltip="Stop checking, or go back to Today",
        ),
    ]

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.mail = MailSession(ctx, live)
        self._gate = CLOSED_GATE
        self._laying = False  # a new day has begun and is being built
        self._week: WeekOfMail | None = None
        self._threads: list[Thread[Stored]] = []
        self.fetching = Fetching(self)
        self._looking: datetime | None = None  # start of the current look
        self._pause: datetime | None = None  # start of the pause for thought before a look
        self._mode = ""
        self._promised: Thread[Stored] | None = None  # the thread that is being promised something
        self.anyway = 0  # the email whose proposal was refused once

    def body(self) -> ComposeResult:
        yield GateLines(id="gate")
        yield MailLine(id="clock")
        with Container(id="letters-area"):
            yield LetterLines(id="letters")
            yield LetterCard(id="letter")
        yield DraftLines(id="drafts")
        yield TypedLine(id="typed")

    def start(self) -> None:
        self._typed.display = False
        self._typed.entered, self._typed.left = self._entered, self.action_leave
        super().start()
        self._read_week()
        if self.through:
            self.action_fetch()

    def on_unmount(self) -> None:
        self.fetching.cancel()
        try:
            self.mail.windows.end_look()
        except PlannerError:
            return  # the file is gone, so the look stays without an end

    # display

    @property
    def through(self) -> bool:
        """Return whether emails are shown, as a window is open or a look is in progress."""
        return self._gate.running is not None or self._looking is not None

    @property
    def _typed(self) -> TypedLine:
        return self.query_one("#typed", TypedLine)

    @property
    def _letters(self) -> LetterLines:
        return self.query_one("#letters", LetterLines)

    @property
    def _drafts(self) -> DraftLines:
        return self.query_one("#drafts", DraftLines)

    @property
    def _writing(self) -> bool:
        return self.has_class("-writing")

    def reload(self) -> None:
        try:
            self.today = self.live.glance() or self.today
            self._gate = self.mail.windows.gate(self.today)
            if self._looking is not None and all(look.id != self.mail.windows.look_id for look in self._gate.looks):
                # The look was undone, so hide the emails it showed.
                self._looking, self.mail.windows.look_id = None, None
                self._cancel_fetch()
            self._threads = self.mail.letters.threads() if self.through else []
            drafts = self.mail.drafts.list_drafts()
            self._drafts.show(drafts, self.live.words("letters"))
        except PlannerError as problem:
            self.show_error(str(problem))
        header = self.query_one("#header", HeaderLine)
        header.show(self.today, self.ctx.now())
        if self._mode == "promise" and not self.through:
            self._untype()
            self.show_error("The email window closed before your promise was saved.")
        self._show()

    def _show(self) -> None:
        self.set_class(self.through, "-through")
        if not self.through:
            self.remove_class("-writing")
        self._show_clock()
        self._letters.show(self._threads, self.today.day, reading=self.fetching.running)
        self._show_letter()
        self.show_keys()

    def footer_keys(self) -> Sequence[FooterItem]:
        if self._mode:
            return ASKING
        if self.through:
            if self._writing:
                return WRITING if self._drafts.drafts else NOTHING_TO_WRITE
            return THROUGH if self._threads else CLEAR
        return MAY_OPEN if self.mail.windows.may_open(self._gate, self.today) else CLOSED

    def _show_letter(self) -> None:
        chosen = self._letters.chosen
        self.set_class(chosen is None, "-clear")
        self.query_one("#letter", LetterCard).show(chosen, self.today.day)
        known = None if chosen is None else chosen.newest.known
        if known is not None and spans.is_roomy(*self.app.size):
            self._read_card(known.id)

    def _read_card(self, contact_id: int) -> None:
        """Read what is known about a sender once the cursor rests on an email of theirs."""

        def start() -> None:
            chosen = self._letters.chosen
            known = None if chosen is None else chosen.newest.known
            if self.is_attached and known is not None and known.id == contact_id:
                card = self.query_one("#letter", LetterCard)
                self.load_async(partial(contact_card.read, self.ctx, contact_id), card.show_card, "card")

        self.set_timer(REST, start)

    def _show_clock(self) -> None:
        now = self.ctx.now()
        looking = None if self._looking is None else int((now - self._looking).total_seconds())
        left = sum(len(thread.items) for thread in self._threads)
        self.query_one("#clock", MailLine).show(self._gate.running, looking, left, self.fetching.unread)
        self.query_one("#gate", GateLines).show(
            GateView(
                self._gate,
                self._week,
                tuple(self._drafts.drafts),
                tuple(self.ctx.config["mail.exceptions"]),
                len(self.ctx.config.accounts),
                self._left_to_think(),
                self.mail.windows.may_open(self._gate, self.today),
            )
        )

    def _left_to_think(self) -> int | None:
        if self._pause is None:
            return None
        pause: int = self.ctx.config["mail.pause"]
        return max(0, pause - int((self.ctx.now() - self._pause).total_seconds()))

    def poll(self) -> None:
        """Run every second: the clock, whether mail may be opened, other programs' changes."""
        before = self.through
        super().poll()
        if self.ctx.today() != self.today.day:
            self._begin_day()
        if not self.is_current:
            return
        try:
            self._gate = self.mail.windows.gate(self.today)
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        self._show_clock()
        if before != self.through:
            self.reload()
        self.show_keys()

    def _begin_day(self) -> None:
        """Build the new day in a worker if one begins while the screen is open, and show it."""
        if not self._laying:
            self._laying = True
            self.load_async(self.live.rebuild, lambda _: self._day_begun(), "lay", self._day_begun)

    def _day_begun(self, problem: str = "") -> None:
        self._laying = False
        self.reload()
        self._read_week()
        if problem:
            self.show_error(problem)

    def _read_week(self) -> None:
        """Calculate the week's mail in a worker, since that reads the calendar."""
        day = self.today.day

        def show(found: WeekOfMail) -> None:
            self._week = found
            self._show_clock()

        self.load_async(lambda: self.mail.windows.week_of(day), show, "week")

    # the gate

    def action_take(self) -> None:
        """Open the window, or in the queue, write the email under the cursor."""
        if self._writing:
            self._write_out()
        elif not self.through and self._mode != "reason" and self.attempt(lambda: self.mail.windows.open(self.today)):
            self.say([(" ▸ ", "accent"), ("Email is open. The clock is running.", "")])
            self.reload()
            self.action_fetch()

    def action_close_mail(self) -> None:
        """Close the window or end the look."""
        if not self.through:
            return
        self._cancel_fetch()
        if self._looking is not None:
            self._looking = None
            self.attempt(self.mail.windows.end_look)
            self.say([(" ▸ ", "accent"), ("Peek ended.", "")])
        else:
            told: list[str] = []

            def close() -> None:
                window = self.mail.windows.close(self.today)
                emails = plural(window.letters, "email", "emails")
                told.append(f"Email closed: {formats.duration(window.minutes or 0)}, {emails}")

            if not self.attempt(close):
                return
            self.show_info(told[0])
        self.fetching.unread = ""
        self._letters.touched = False
        self.reload()
        self._read_week()

    def action_look(self) -> None:
        """Begin the pause for thought before a look outside the windows, and ask for a reason."""
        if self.through or self._mode:
            return
        self._pause = self.ctx.now()
        self._type("reason", "Why can't it wait?")
        self._show_clock()

    def _looked(self, reason: str) -> None:
        left = self._left_to_think()
        if left:
            self.show_error(f"Think it over for another {left} s, or press esc to cancel.")
            return
        if self.attempt(lambda: self.mail.windows.log_look(self.today, reason)):
            self._looking, self._pause = self.ctx.now(), None
            self._untype()
            self.say([(" ▸ ", "accent"), ("Peek logged. Press x to end it.", "")])
            self.reload()
            self.action_fetch()

    def action_leave(self) -> None:
        """Leave the input line, stop fetching, or else go back to Today."""
        if self._mode:
            self._untype()
            self._pause = None
            self.say([])
            self._show_clock()
        elif self.fetching.running:
            self._cancel_fetch()
            self.say([(" ▸ ", "accent"), ("Stopped checking. Emails read so far were kept.", "")])
        else:
            self.planner.show("today")

    def action_copy_reply(self) -> None:
        """Copy a text for the mailbox's automatic reply."""
        if not self.through:
            self.app.copy_to_clipboard(automatic_reply(self.ctx))
            self.say([(" ▸ ", "accent"), ("Auto-reply copied. Paste it into your mailbox settings.", "")])

    # the mailbox

    def action_fetch(self) -> None:
        """Fetch the mailboxes."""
        if self.through and not self.fetching.running and self.ctx.config.accounts:
            self.fetching.start(list(self.ctx.config.accounts))
            self._show()

    def take_page(self, account: Account, page: mailbox.Page) -> None:
        """Save and show a page of emails."""
        if self.attempt(lambda: self.mail.letters.take(account.name, page.letters)):
            self._threads = self.mail.letters.threads()
            self.fetching.report(account, page)
            self._show()

    def fetch_ended(self, problems: Sequence[str]) -> None:
        """Show everything that was fetched, and what couldn't be."""
        self.reload()
        if problems:
            self.show_error(" ".join(problems))
        else:
            self.say([])

    def _cancel_fetch(self) -> None:
        if self.fetching.cancel():
            self._show()

    # triage, one key per email

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("decide", "promise", "enter_letter", "fetch"):
            return self.through and not self._writing
        if action in ("sent", "unwrite"):
            return self._writing
        if action in ("turn", "close_mail", "cursor"):
            return self.through
        if action in ("look", "copy_reply"):
            return not self.through
        return True

    @property
    def lines(self) -> EntryLines:
        """The list of what is shown, letters or drafts."""
        return self._drafts if self._writing else self._letters

    def entry_chosen(self) -> None:
        self._letters.touched = True
        self._show_letter()

    def action_turn(self) -> None:
        """Switch between incoming emails and those to be written."""
        self.toggle_class("-writing")
        self._show()

    def action_decide(self, decision: str) -> None:
        """Decide what happens to the email under the cursor."""
        self._letters.touched = True
        thread = self._letters.chosen
        if thread is None:
            self.show_error("No emails waiting.")
            return
        if decision == "reply" and not deciding.open_answer(self, thread):
            return
        deciding.decide(self, thread, decision)

    def remove_decided(self, thread: Thread[Stored], said: str) -> None:
        """Take a decided email off the list, and close the input line if it was used."""
        ids = {item.id for item in thread.items}
        self._threads = [each for each in self._threads if not ids & {item.id for item in each.items}]
        self._gate = self.mail.windows.gate(self.today)
        if self._mode:
            self._untype()
            self._promised = None
        self.show_info(said)
        self._show()

    def action_promise(self) -> None:
        """Promise something by a day."""
        if self._letters.chosen is not None and not self._mode:
            self._letters.touched = True
            self._promised = self._letters.chosen
            self._type("promise", "What and by when? price list tomorrow 10")

    def action_enter_letter(self) -> None:
        """Enter an email by hand."""
        deciding.ask_entered(self)

    # emails to be written

    def _write_out(self) -> None:
        draft = self._drafts.chosen
        if draft is None:
            return
        deciding.open_address(self, self.mail.drafts.target(draft))
        self.say([(" ▸ ", "accent"), (f"{draft.name}: {draft.subject}", ""), ("   s when it's sent", "dim")], keep=True)

    def action_sent(self) -> None:
        """Mark the email under the cursor as sent."""
        self._settle(lambda draft: self.mail.drafts.mark_sent(draft.id))

    def action_unwrite(self) -> None:
        """Remove the email under the cursor from the queue."""
        self._settle(lambda draft: self.mail.drafts.drop(draft.id))

    def _settle(self, step: Callable[[Draft], str]) -> None:
        draft = self._drafts.chosen
        if draft is None:
            return
        told: list[str] = []
        if self.attempt(lambda: told.append(step(draft))):
            self.show_info(told[0])
            self.reload()

    # the input line

    def _type(self, mode: str, hint: str) -> None:
        self._mode = mode
        typed = self._typed
        with typed.prevent(Input.Changed):
            typed.value = ""
        typed.placeholder = hint
        typed.display = True
        self.set_focus(typed)
        self.show_keys()

    def _untype(self) -> None:
        self._mode = ""
        self._typed.display = False
        self.set_focus(None)
        self.show_keys()

    def action_submit(self) -> None:
        """Submit the input line by mouse."""
        self._entered(self._typed.value)

    def _entered(self, text: str) -> None:
        if self._mode == "reason":
            self._looked(text)
            return
        thread = self._promised
        try:
            when = read_when(self.ctx, text, hour=False, by_end=True)
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        if thread is not None:
            deciding.decide(self, thread, "promise", text=when.rest, due=when.due)

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._mode != "promise" or not event.value.strip():
            return
        try:
            when = read_when(self.ctx, event.value, hour=False, by_end=True)
        except PlannerError as problem:
            self.say([(f" {problem}", "dim")], keep=True)
            return
        read = formats.when_text(when.due, self.ctx.today())
        self.say(
            [(" ▸ ", "accent"), (f"{when.rest or 'their subject'}, {read}", ""), (f"   {when.said}", "dim")], keep=True
        )
