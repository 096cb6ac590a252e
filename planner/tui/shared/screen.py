"""Base of the screens: context, message line, undo, and services run in workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from planner import failure
from planner.domain.errors import PlannerError, StateError, WouldDrop
from planner.domain.text import pasted_lines, strip_controls
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui import whom
from planner.tui.messages import InFull, KeyClicked, ReadEnded, Redone, Said, ServiceFailed, Undone
from planner.tui.shared import sizes
from planner.tui.shared.spans import Line, is_large, is_roomy
from planner.tui.shared.widgets.frame import HELP_AND_QUIT, FooterItem, FooterLine, HeaderLine, MessageLine
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.tui.app import PlannerApp

Found = TypeVar("Found")

Places = tuple[tuple[str, object], ...]
"""Lines that the rep wants to see, such as ``("task", 3)``. The cursor goes to the first that exists."""

OFFERED = timedelta(seconds=5)
ROOMY_CLASS, LARGE_CLASS = "-roomy", "-huge"


class BaseScreen(Screen[None]):
    """Base of the screens, with a `#message` line. `reload` reads its data again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "undo", id="history-undo", tooltip="Undo the last change"),
        Binding("U,ctrl+r", "redo", "redo", id="history-redo", tooltip="Redo the change you undid"),
        Binding("a", "quick_add", "add", id="task-add", tooltip="Add a task in one line"),
        Binding(
            "slash", "search", "find", id="search-find", tooltip="Search contacts, deals, promises, tasks and notes"
        ),
        Binding(
            "h",
            "meeting",
            "how it went",
            id="meeting-end",
            tooltip="Mark a meeting as held or a no-show, or move or edit it",
        ),
        Binding("M", "write_letter", "email", id="mail-write", tooltip="Queue an email for the next email window"),
    ]

    TAB: ClassVar[str] = "today"
    """The tab of the header it belongs to, or its name if to none."""
    PART: ClassVar[str] = ""
    """Its name below that tab, if it isn't the tab's own screen."""
    FOOTER: ClassVar[Sequence[FooterItem]] = ()
    """The keys of the footer, the most important first."""
    BESIDE: ClassVar[Sequence[FooterItem]] = HELP_AND_QUIT
    """The keys at the right of the footer, which never give way."""

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__()
        self.ctx = ctx
        self.live = live
        self.today = today
        self.places = places
        self._message_until: datetime | None = None
        self._lasting = False  # the message stays until the next one
        self.month_said = False
        self._noticed = len(ctx.notices)
        self._asked: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        yield self.header()
        yield from self.body()
        yield MessageLine(id="message")
        yield FooterLine(self.footer_keys(), beside=self.BESIDE, id="footer")

    def header(self) -> HeaderLine:
        """Return what the screen begins with."""
        return HeaderLine(self.TAB, self.today, self.ctx.now(), part=self.PART, id="header")

    def body(self) -> ComposeResult:
        """Yield what lies between the header and the message line."""
        raise NotImplementedError

    def on_compose(self) -> None:
        sizes.before_mount(self, self._room_classes())

    def on_mount(self) -> None:
        self.set_interval(1.0, self.poll)
        self.start()

    def on_resize(self) -> None:
        self.update_classes(self._room_classes())

    def _room_classes(self) -> dict[str, bool]:
        return {ROOMY_CLASS: is_roomy(*self.app.size), LARGE_CLASS: is_large(*self.app.size)}

    def start(self) -> None:
        """Show the first data, once the screen is mounted."""
        self.reload()

    @property
    def in_call(self) -> bool:
        """Return whether a call is in progress, when nothing else may be announced."""
        return False

    @property
    def may_be_left(self) -> bool:
        """Return whether the screen can be left without losing something half entered."""
        return not self.in_call

    def reload(self) -> None:
        """Read the displayed data again after a change."""
        raise NotImplementedError

    @property
    def is_here(self) -> bool:
        """Return whether the screen is on the stack. Work may end after it was left."""
        return self in self.app.screen_stack

    def _part(self, name: str) -> Any:
        return self.query_one(f"#{name}")

    def _tick(self) -> None:
        """Run every second: clear expired messages."""
        if self._message_until is not None and self.ctx.now() >= self._message_until:
            self.say([])

    def poll(self) -> None:
        """Run every second: the clock, a new day, other programs' changes."""
        self._tick()
        now = self.ctx.now()
        header = self.query_one("#header", HeaderLine)
        another_day = self.ctx.today() != header.today.day
        if now.minute != header.now.minute or another_day:
            if another_day:
                try:
                    header.today = self.live.peek() or header.today
                except PlannerError as problem:
                    self.show_error(str(problem))
            header.show(header.today, now)
        if self.is_current and (another_day or self.live.has_changed()):
            self.reload()

    @property
    def planner(self) -> PlannerApp:
        """The app, typed."""
        return cast("PlannerApp", self.app)

    def action_leave(self) -> None:
        """Go back to Today."""
        self.planner.show("today")

    # the message line

    def say(self, *lines: Line, keep: bool = False) -> None:
        if not self.is_here:  # the rep has moved on, so show it on the current screen
            if lines[0]:
                self.planner.on_shown(lambda screen: screen.say(*lines, keep=keep))
            return
        self._message_until = self.ctx.now() + OFFERED if lines[0] and not keep else None
        self._lasting = keep and bool(lines[0])
        self.month_said = False
        self._part("message").say(*lines)

    def deliver(self, step: Callable[[BaseScreen], object]) -> None:
        """Let background work report its end."""
        step(self)

    def show_info(self, text: str) -> None:
        hint = getattr(text, "hint", Said.hint)
        sign = " ↶ " if isinstance(text, (Undone, Redone)) else " ✓ "
        self.say([(sign, "good"), (str(text), ""), (f"   {hint}" if hint else "", "dim")])

    def show_error(self, text: str) -> None:
        self.say([(" ! ", "bad"), (text, "")], keep=True)

    def place(self, kind: str) -> Any:
        """Return the id of the wanted line of a kind, None if none is wanted."""
        return dict(self.places).get(kind)

    def footer_keys(self) -> Sequence[FooterItem]:
        """Return the keys that the footer shows in the present state."""
        return self.FOOTER

    def show_keys(self) -> None:
        """Show the footer again after the state or the rep's own keys have changed."""
        self.query_one("#footer", FooterLine).show(self.footer_keys())

    def complain(self, text: str) -> None:
        """Show an error, for the app."""
        self.show_error(text)

    def attempt(self, step: Callable[[], object]) -> bool:
        """Run `step` and report an error it raises. Returns whether it succeeded."""
        try:
            step()
        except PlannerError as problem:
            self.show_error(str(problem))
            return False
        return True

    def _tell_notices(self) -> None:
        if len(self.ctx.notices) > self._noticed:
            self._noticed = len(self.ctx.notices)
            self.show_error(self.ctx.notices[-1])

    def _ask_about_same(self) -> None:
        """Ask once whether the latest counts are right: five equal outcomes within seconds."""
        try:
            suspicious = self.live.is_suspicious()
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        if suspicious:
            self.say(
                [
                    (" ? ", "warn"),
                    ("You logged the same thing five times in ten seconds. Is that right?  ", ""),
                    ("u", "accent"),
                    (" undoes one at a time", "dim"),
                ],
                keep=True,
            )

    # undo

    def action_undo(self) -> None:
        """Undo the last change, or the one still running once it is done."""
        self.planner.today_screen.end_offer()
        self.planner.answer_when_idle(lambda: self.planner.on_shown(lambda screen: screen._take_back()), leavable=False)

    def action_redo(self) -> None:
        """Redo the last undone change."""
        self.planner.today_screen.end_offer()
        self.planner.answer_when_idle(lambda: self.planner.on_shown(lambda screen: screen._redo()), leavable=False)

    def _take_back(self) -> None:
        """Undo, starting with counts made while the database is gone, which aren't in its history."""
        taken = self.live.take_back_waiting()
        if taken is None:
            self._undo()
        else:
            self.planner.today_screen.uncount(taken)
            self.say([(" ↶ ", "good"), (f"Undid: {taken.label}, which wasn't saved yet", "")])

    def _undo(self) -> None:
        self.undo_or_redo(self.live.undo, "Undid", "There's nothing to undo.")

    def _redo(self) -> None:
        self.undo_or_redo(self.live.redo, "Redid", "There's nothing to redo.")

    def undo_or_redo(self, step: Callable[[], str | None], verb: str, nothing: str) -> None:
        try:
            if self.live.is_large_change(redo=verb == "Redid"):
                self._turn_aside(verb)
                return
            label = step()
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        if label is None:
            self.show_error(nothing)
            return
        other = "U redo" if verb == "Undid" else "u undo"
        self.say([(" ↶ ", "good"), (f"{verb}: {label}", ""), (f"   {other}", "dim")])
        self.reload()

    def _turn_aside(self, verb: str) -> None:
        """Undo or redo a change of thousands of rows in a worker, so that the screen stays responsive."""
        self.say([("   ", ""), ("Undoing …" if verb == "Undid" else "Redoing …", "dim")], keep=True)

        planner = self.planner

        def turn() -> str:
            with closing(TodayStore(self.ctx)) as live:
                label = live.undo() if verb == "Undid" else live.redo()
            planner.call_from_thread(planner.read_for_search)  # otherwise the next search would wait for it
            return (Undone if verb == "Undid" else Redone)(f"{verb}: {label}")

        self.run_change(turn)

    # a task in one line

    def action_quick_add(self) -> None:
        """Add a task in one line, for the contact on the screen if there is one."""
        from planner.tui.shared import asking

        asking.ask_with_person(self)

    def action_promise(self) -> None:
        """Add a promise in one line, to the contact on the screen if there is one."""
        from planner.tui.shared import asking

        asking.ask_with_person(self, "promise ")

    def person(self) -> tuple[int, str] | None:
        """The id and name of the contact selected on the screen, whom new entries are for."""
        return None

    def on_paste(self, event: events.Paste) -> None:
        """Offer to add a paste outside any field as tasks, one per line."""
        lines = [line.strip() for line in pasted_lines(strip_controls(event.text, lines=True)) if line.strip()]
        if lines and self.is_current:
            self._take_pasted(lines)

    def _take_pasted(self, lines: list[str]) -> None:
        from planner.tui.shared import asking

        asking.ask_line(self, lines[0], others=lines[1:])

    # meetings

    def _meeting_with(self) -> int | None:
        """The contact whose meeting is meant, None for anybody's first one not yet marked."""
        return None

    def action_meeting(self) -> None:
        """Ask how a meeting with the selected contact went, or else the first one not yet marked."""
        from planner.tui.shared import meetings

        meetings.ask_which(self, self._meeting_with())

    def action_write_letter(self) -> None:
        """Ask for an email to queue for the next mail window, to the contact on the screen if there is one."""
        from planner.tui.shared import asking

        asking.ask_letter_to_person(self)

    # search

    def action_search(self) -> None:
        """Search everything while the rep types, and go to the chosen result."""
        from planner.tui.shared import finding

        finding.find(self)

    def ask_first(self, read: Callable[[], Any], show: Callable[[Any], object]) -> None:
        """Read something in a worker and show it, unless another screen is open by then."""

        planner = self.planner

        def ask() -> None:
            reading: Worker[None] = get_current_worker()
            try:
                found = read()
            except PlannerError as problem:
                self.post_message(ServiceFailed(str(problem)))
            else:
                self.from_thread(lambda: show(found) if self.is_current and not reading.is_cancelled else None)
            planner.call_from_thread(planner.read_for_form, reading)

        self.planner.hold_keys_for(self.run_worker(ask, thread=True, exclusive=True, group="ask", exit_on_error=False))

    def ask_again(self, read: Callable[[], Any], seen: Any, show: Callable[[Any], object]) -> None:
        """Ask again after a failed change, comparing with the current state: None if it is gone, `seen` if it can't be
        read. Works wherever the rep is by then, so that what was typed isn't lost.
        """

        planner = self.planner

        def ask() -> None:
            reading: Worker[None] = get_current_worker()
            try:
                found = read()
            except StateError:
                found = None
            except PlannerError:
                found = seen
            planner.call_from_thread(show, found)
            planner.call_from_thread(planner.read_for_form, reading)

        reading = planner.run_worker(ask, thread=True, group="ask again", exit_on_error=False)
        planner.hold_keys_for(reading, leavable=False)

    # editable lists

    # services

    def load_async(
        self,
        read: Callable[[], Found],
        show: Callable[[Found], object],
        group: str = "read",
        failed: Callable[[str], object] | None = None,
    ) -> None:
        """Read something in a worker, then show it or the error. Only the newest reading of a group is shown.

        A cancelled worker goes on in its thread, so its older result must be ignored. One that hasn't begun when a
        newer one is asked for isn't made: a key held down asks for many.
        """
        number = self._asked[group] = self._asked.get(group, 0) + 1

        def work() -> None:
            if number != self._asked[group]:
                return
            try:
                then = partial(show, read())
            except PlannerError as problem:
                then = partial(failed or self.show_error, str(problem))
            self.post_message(ReadEnded(group, number, then))

        self.run_worker(work, thread=True, exclusive=True, group=group, exit_on_error=False)

    def from_thread(self, step: Callable[..., object], *arguments: object) -> None:
        """Run `step` on the screen from a worker and wait for it. Does nothing if the screen was left."""
        self.planner.call_from_thread(lambda: step(*arguments) if self.is_here else None)

    def on_read_ended(self, message: ReadEnded) -> None:
        if message.number == self._asked[message.group]:
            self.deliver(lambda _: message.then())

    def on_key_clicked(self, message: KeyClicked) -> None:
        self.call_later(self.run_action, message.action)

    def run_change(self, work: Callable[[], str], again: Callable[[str], None] | None = None) -> None:
        """Queue a service to run in a worker, since an edit may load SQLModel and the screen must stay responsive.

        If it fails, `again` is called with the message, to ask again with what was typed.
        """
        self.planner.carry_out(work, again)

    def record(self, service: Callable[..., object], *args: Any, **options: Any) -> None:
        """Make a change by a service in a worker, and report what the service says of it."""

        def work() -> str:
            service(self.ctx, *args, **options)
            return self.ctx.said

        self.run_change(work)

    def run_asking(self, work: Callable[[whom.Answer], str], again: Callable[[str], None]) -> None:
        """Like `run_change`, but asks the rep what the service can't decide (`whom.carry_out`)."""
        whom.carry_out(self, work, again)

    def show_client(self, contact_id: int) -> None:
        """Open a contact's dossier."""
        self.planner.show("clients", ("contact", contact_id))

    def _carry_out_or_ask(self, work: Callable[[bool], str], again: Callable[[str], None] | None = None) -> None:
        """Run a change that may leave a block no room, and ask before dropping that block. `work` gets whether the rep
        has confirmed.
        """
        asked: list[WouldDrop] = []

        def unless_asked() -> str:
            try:
                return work(False)
            except WouldDrop as problem:
                asked.append(problem)
                raise

        def refused(problem: str) -> None:
            if not asked:
                (again or self.show_error)(problem)
                return
            from planner.tui.shared.modals.confirm import ConfirmModal

            def decided(yes: bool | None) -> None:
                if yes:
                    self.run_change(lambda: work(True), again)

            self.app.push_screen(ConfirmModal("There's no room left", problem, "Drop it"), decided)

        self.run_change(unless_asked, refused)

    def service_done(self, text: str) -> None:
        """Report a completed change."""
        self.show_info(text)
        if isinstance(text, InFull) and measure(text) + len(f" ✓    {text.hint}") > self.size.width:
            self.app.notify(text, timeout=20, markup=False)
        self._tell_notices()
        self.live.has_changed()  # read just below, so it mustn't count as news at the next poll
        self.reload()

    def on_service_failed(self, message: ServiceFailed) -> None:
        self.show_error(message.text)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.service_broken(event.worker.error)

    def service_broken(self, error: BaseException) -> None:
        """Report an unexpected error."""
        path = failure.write(error)
        self.show_error(f"Something went wrong. Nothing was changed. Details: {path}")

    # the start of a month
