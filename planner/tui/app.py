"""The app: themes, palette, and the screen of the day. What screens do is theirs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from planner import failure, platform
from planner.domain.errors import PlannerError
from planner.domain.text import many, shown
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore, back_up
from planner.tui.day.today import TodayScreen
from planner.tui.key_queue import AGAIN, LONGEST, LONGEST_READING, PAUSE, KeyPassed, Postponed, TypeAhead
from planner.tui.layouts import NAMES, latin
from planner.tui.messages import ServiceEnded, ServiceFailed, Unchanged
from planner.tui.shared.screen import MOST_AT_ONCE, BaseScreen
from planner.tui.theme import DARK, THEMES

if TYPE_CHECKING:
    from textual.driver import Driver

    from planner.services.mail.mailbox import Passwords
    from planner.tui.day.reminders import Reminders
    from planner.tui.mail.mail_watch import MailWatch


IDLE = 3.0  # seconds after the start


class PlannerApp(App[None]):
    """planner's screens on one database."""

    TITLE = "planner"
    # the default screen's own style sheet, named here so that the sheet is parsed once, not twice, at the start
    CSS_PATH = "day/today.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "show('today')", "Today", id="screen-today", tooltip="What now, and am I on the line?"),
        Binding("2", "show('calls')", "Calls", id="screen-calls", tooltip="Who is next, and how fast am I?"),
        Binding("3", "show('plan')", "Plan", id="screen-plan", tooltip="Will I make it, what would it take?"),
        Binding("4", "show('goals')", "Goals", id="screen-goals", tooltip="What for, and what does it ask of today?"),
        Binding("5", "show('mail')", "Mail", id="screen-mail", tooltip="Is it time?"),
        Binding("6", "show('clients')", "Clients", id="screen-clients", tooltip="Who are they, and what comes next?"),
        Binding("7", "show('review')", "Review", id="screen-review", tooltip="How was it, and what do I change?"),
        Binding("8", "show('playbook')", "Playbook", id="screen-playbook", tooltip="What is heard, and what works"),
        Binding("comma", "show('settings')", "Settings", id="screen-settings", tooltip="What can be set, and to what"),
        Binding("f2", "tour", "tour", id="screen-tour", tooltip="What there is, in under a minute"),
        Binding("question_mark,f1", "help", "help", id="help", tooltip="All keys of this screen"),
        Binding("ctrl+q", "quit", "quit", id="quit", tooltip="Leave planner", priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (18, "-short"), (24, "-normal"), (34, "-tall")]

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, now: datetime, welcome: str = "") -> None:
        super().__init__()
        self.ctx = ctx
        self.live = live
        self._first = (today, now)
        self._welcome = welcome
        # services run one after the other, and an undo waits for them: it must not take back the change before
        self._queue: deque[
            tuple[Callable[[], str], Callable[[str], None] | None, Callable[[PlannerError], bool] | None]
        ] = deque()
        self._again: Callable[[str], None] | None = None
        self._asked: Callable[[PlannerError], bool] | None = None
        self._idle: list[Callable[[], None]] = []
        self._reminders: Reminders | None = None
        self._reminded = now
        self._reminded_of: Today | None = None
        self._desktop: Callable[[str], None] | None = None
        self._passwords: Passwords | None = None
        self._mail_watch: MailWatch | None = None
        self._file_trouble = ""
        self._busy = False
        self._reading_for_search = False
        self._keys = TypeAhead()
        self.own_keys: dict[str, str] = {}
        for theme in THEMES:
            self.register_theme(theme)
        wanted = ctx.config["ui.theme"] if ctx.has_settings else DARK.name
        self.theme = wanted if wanted in self.available_themes else DARK.name

    def on_mount(self) -> None:
        if self.ctx.has_settings and self.ctx.config.keys:
            self.call_after_refresh(self._take_keys)
        self.set_interval(1.0, self.remind)
        self.set_timer(IDLE, self.read_for_search)
        if not self.is_headless:
            platform.on_ending(self._told_to_end)

    def _told_to_end(self, number: int) -> None:
        """A closed window, or a system that shuts down: leave in order, so that the terminal is given back."""
        self.exit(return_code=128 + number)

    def _take_keys(self) -> None:
        """Put the rep's own keys into force; those that can't be are said, and stay as they were."""
        from planner.tui.keys import check, written
        from planner.tui.shared.widgets.frame import FooterLine

        usable, problems = check(self.ctx.config.keys)
        self.own_keys = {name: written(keys.split(",")[0]) for name, keys in usable.items()}
        self.set_keymap(usable)
        if problems:
            more = f" (and {len(problems) - 1} more: planner keys)" if len(problems) > 1 else ""
            self.today_screen.complain(f"settings: {problems[0]}{more}")
        self.today_screen.show_keys()
        for footer in self.screen.query(FooterLine):
            footer.redraw()

    async def on_event(self, event: events.Event) -> None:
        """Keys one after the other: each is sent when the one before it has done what it does."""
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            await super().on_event(event)
            return
        held = bool(self._keys.pace.pasted)
        if isinstance(event, events.Key) and self._keys.pace.takes(event, self._field_waits):
            if not held:
                self.set_timer(PAUSE, partial(self._look_at_paste, 1))
            return
        if held:
            await self._take_key(self._keys.pace.finish())
        await self._take_key(event)

    def _field_waits(self) -> bool:
        """Whether the next key goes into a field: nothing before it may still open or leave one."""
        keys = self._keys
        return self.focused is not None and not keys.waiting and not keys.busy and self._writing()

    async def _look_at_paste(self, seen: int) -> None:
        """Whether what is pasted as keys is at its end: no key has come since so many were seen."""
        pace = self._keys.pace
        if len(pace.pasted) > seen:
            self.set_timer(PAUSE, partial(self._look_at_paste, len(pace.pasted)))
        elif pace.pasted:
            await self._take_key(pace.finish())

    async def _take_key(self, event: events.Key | events.Paste) -> None:
        if self._keys.is_asking and isinstance(event, events.Key) and event.key == "ctrl+q":
            self._keys.waiting.clear()  # no form is waited for any more, nor what was typed for it
            await super().on_event(event)
        elif not self._keys.busy and not self._keys.waiting:
            await self._send_key(event)
        else:
            if not self._keys.waiting:
                self.set_timer(AGAIN, self._look_at_keys)
            self._keys.waiting.append(event)
            self._leave_asking()

    def _leave_asking(self) -> None:
        """Whether esc was typed for a form that is still read for: it won't be opened, and what was typed behind the
        esc is for the screen.
        """
        if self._keys.leave_asking():
            self._go_on_behind()

    def _go_on_behind(self) -> None:
        """Nothing is read for the key under way any more: once it has passed, the next one is sent, and only once."""
        if self._keys.passed:
            self._keys.passed = False
            self.call_later(self.key_done)

    async def _send_key(self, event: events.Key | events.Paste) -> None:
        """A letter of another keyboard layout is the key that it lies on, but for what is written into a field."""
        turned = latin(event.character) if isinstance(event, events.Key) else None
        if turned is not None and not self._writing():
            event = events.Key(NAMES.get(turned, turned), turned)
        if self.is_left:
            return  # typed behind what left the program: for nobody
        target = self.focused or self.screen
        passed = self._keys.send(self.screen, self.focused)
        await super().on_event(event)
        target.post_message(passed)

    async def on_key_passed(self, message: KeyPassed) -> None:
        message.stop()
        if message.number != self._keys.number:
            return
        if message.again is not None and message.again.is_attached:
            message.again.post_message(KeyPassed(message.number, None))
        elif self._keys.is_asking:
            self._keys.passed = True
        else:
            await self.key_done()

    async def key_done(self) -> None:
        """The key under way has been dealt with; where it opened or left a screen, that one has to be there first."""
        if self.is_left:
            return  # the keys behind are for nobody
        number = self._keys.number
        if self._keys.screen is self.screen:
            await self._next_key(number)
        else:
            self.screen.call_after_refresh(self.call_later, self._next_key, number)

    async def _look_at_keys(self) -> None:
        """Whether the keys that wait still have to: what they wait for may have left without a word."""
        if self._keys.waiting:
            if not self._keys.busy:
                await self.key_done()
            self.set_timer(AGAIN, self._look_at_keys)

    async def _next_key(self, number: int) -> None:
        """The key of a number is through: send the next, once; not before what it has asked for on its way out."""
        if number == self._keys.number and self._keys.is_held:
            self._keys.passed = True
            return
        event = self._keys.free() if number == self._keys.number else None
        if event is not None:
            await self._send_key(event)

    def hold_keys_for(
        self, reading: Worker[None] | Postponed, *, leavable: bool = True, longest: float = LONGEST_READING
    ) -> None:
        """Something is read that opens a form when it is there: what is typed meanwhile belongs to that.

        One that is `leavable` is called off by esc; one that has what was typed in it isn't.
        """
        self._keys.ask(reading, leavable=leavable, longest=longest)
        self._leave_asking()

    def read_for_form(self, reading: Worker[None] | Postponed) -> None:
        """It is read, and the form is opened, or what is in the way was said."""
        if self._keys.asking is reading:  # not an older one, which a newer has taken the place of
            self._keys.asking = None
            self._go_on_behind()

    def _writing(self) -> bool:
        """Whether what is typed goes into a field."""
        from textual.widgets import Input, TextArea  # not before the first paint

        return isinstance(self.focused, (Input, TextArea))

    def read_for_search(self) -> None:
        """Where thousands of rows were written since the search last read (an import, a migration), read them beside
        the screen.
        """
        try:
            if self._reading_for_search or not self.live.search_waits(MOST_AT_ONCE):
                return
        except PlannerError:
            return  # a file that can't be read just now; the next search looks again
        self._reading_for_search = True

        def read() -> None:
            worker = get_current_worker()
            try:
                with closing(TodayStore(self.ctx)) as live:
                    live.bring_search_up(lambda: worker.is_cancelled)  # who leaves doesn't wait for it
            except PlannerError as problem:
                self.call_from_thread(self.notify, str(problem), severity="warning", markup=False)
            if not worker.is_cancelled:
                self.call_from_thread(self._read_for_search)

        self.run_worker(read, thread=True, group="search", exit_on_error=False)

    def _read_for_search(self) -> None:
        """It is read: what is typed just now finds it."""
        self._reading_for_search = False
        again = None if self.is_left else getattr(self.screen, "offer_again", None)
        if again is not None:
            again()

    def remind(self) -> None:
        """Once a second: say what begins and what is due; leave with a terminal that is gone."""
        if self.is_left:
            return
        if self._terminal_is_gone():
            self.exit(return_code=1)
            return
        self._look_at_the_file()
        if self.ctx.backup_wanted and not self._file_trouble:
            self.run_worker(partial(back_up, self.ctx), thread=True, group="backup", exit_on_error=False)
        if self._reminders is None:
            from planner.tui.day.reminders import Reminders  # not before the first paint

            config = self.ctx.config
            self._reminders = Reminders(
                config["remind.blocks"], config["remind.callbacks"], config["remind.mail"], config["remind.before"]
            )
        now = self.ctx.now()
        if now.minute != self._reminded.minute:
            self._reminded = now
            self._reminded_of = self._glance() or self.today_screen.today
            self._watch_mail()
        today = self._reminded_of or self.today_screen.today
        if today.day != self.ctx.today():
            return  # it is laid anew first
        found = self._reminders.due(today, now, in_call=self._in_call())
        if found:
            self.ring(" · ".join(shown(each.text) for each in found))

    def _look_at_the_file(self) -> None:
        """Say at once that the database is gone, and when it is back: then what was counted meanwhile is written."""
        trouble, before = self.live.missing(), self._file_trouble
        self._file_trouble = trouble
        if trouble and trouble != before:
            self.on_shown(lambda screen: screen.complain(trouble))
        elif before and not trouble:
            try:
                written = self.live.write_waiting()
            except PlannerError as problem:
                self._file_trouble = str(problem)
                self.on_shown(lambda screen: screen.complain(self._file_trouble))
                return
            counts = f": {many(written, 'count', 'counts')} saved" if written else ""
            said = f"the database is back{counts}"
            self.on_shown(lambda screen: screen.service_done(Unchanged(said)))

    async def action_quit(self) -> None:
        """Leave planner; not without a word while something that was counted can't be saved."""
        try:
            self.live.write_waiting()
        except PlannerError as problem:
            self._ask_to_quit(str(problem))
            return
        await super().action_quit()

    def _ask_to_quit(self, problem: str) -> None:
        from planner.tui.shared.confirm import ConfirmModal

        if isinstance(self.screen, ConfirmModal):
            return

        def answer(yes: bool | None) -> None:
            if yes:
                self.exit()

        counts = many(len(self.live.waiting), "count", "counts")
        self.push_screen(ConfirmModal(f"Quit and lose {counts}?", problem, "Quit"), answer)

    def _terminal_is_gone(self) -> bool:
        """Whether nobody can see or type anything any more. A window that is closed ends the program by a signal, but
        not one that was started without a terminal of its own (setsid): it would read the end of its input for ever.
        """
        return not self.is_headless and platform.hung_up()

    def _watch_mail(self) -> None:
        """Where exceptions are set, look for them now and then outside the mail windows."""
        config = self.ctx.config
        if not config["mail.exceptions"] or not config.accounts:
            return
        if self._mail_watch is None:
            from planner.tui.mail.mail_watch import MailWatch

            self._mail_watch = MailWatch(self)
        self._mail_watch.look(self._reminded_of or self.today_screen.today, self.ctx.now())

    def on_unmount(self) -> None:
        if self._mail_watch is not None:
            self._mail_watch.end()

    def _in_call(self) -> bool:
        return any(screen.in_call for screen in self.screen_stack if isinstance(screen, BaseScreen))

    def _glance(self) -> Today | None:
        """The day as it is by now: other screens, and other programs, change it too."""
        try:
            return self.live.glance()
        except PlannerError:
            return None  # the screen that is shown says what is wrong with the file

    def ring(self, text: str) -> None:
        """Say a reminder in every way that is set."""
        from planner.tui.day import reminders

        config = self.ctx.config
        self.notify(text, title=f"{self.ctx.now():%H:%M}", timeout=20, markup=False)
        if config["remind.bell"]:
            self.bell()
        sequence = reminders.terminal_sequence(config["remind.terminal"], text)
        if sequence and self._driver is not None:
            # Textual has no public way to write a sequence of one's own (8.2); its own clipboard goes this way
            self._driver.write(sequence)
        if config["remind.desktop"]:
            self._ring_desktop(text)

    def _ring_desktop(self, text: str) -> None:
        from planner.tui.day import reminders

        if self._desktop is None:
            self._desktop = reminders.desktop_notifier()
            if self._desktop is None:
                self._desktop = reminders.void
                self.notify(
                    "remind.desktop is set, but planner's extra is not installed: pip install 'sales-planner[desktop]'",
                    severity="warning",
                    markup=False,
                )
        notifier = self._desktop
        self.run_worker(lambda: notifier(text), thread=True, group="ring", exit_on_error=False)

    def get_default_screen(self) -> TodayScreen:
        today, now = self._first
        screen = TodayScreen(self.ctx, self.live, today, now, self._welcome)
        # as the first resize would set them, which would lay everything out a second time
        for size, breakpoints in (
            (self.size.width, self.HORIZONTAL_BREAKPOINTS),
            (self.size.height, self.VERTICAL_BREAKPOINTS),
        ):
            screen.add_class(max(point for point in breakpoints if point[0] <= size)[1])
        return screen

    def carry_out(
        self,
        work: Callable[[], str],
        again: Callable[[str], None] | None = None,
        asked: Callable[[PlannerError], bool] | None = None,
    ) -> None:
        """Run a service in a worker, after those before it. The screen that is shown by then tells how it ended, unless
        `asked` takes what could not be done: it may ask the rep, and says whether it does.
        """
        self.today_screen.end_offer()  # this is what the rep does now: its end is told at once
        self._queue.append((work, again, asked))
        self._next_service()

    def when_idle(self, step: Callable[[], None]) -> None:
        """Do something once no service is under way: at once, or after the last."""
        if self._busy:
            self._idle.append(step)
        else:
            step()

    def answer_when_idle(self, step: Callable[[], None], *, leavable: bool = True) -> None:
        """Do what a key asks for once no service is under way. The keys behind it wait for that, as they do where
        nothing is under way: else the form would open, or the change be taken back, when they have come before it.

        One that isn't `leavable`, which no form belongs to, never holds them long: a service may take minutes.
        """
        if not self._busy:
            step()
            return
        postponed = Postponed()

        def go_on() -> None:
            if not postponed.is_finished:
                step()
                postponed.cancel()
                self.read_for_form(postponed)

        self._idle.append(go_on)
        self.hold_keys_for(postponed, leavable=leavable, longest=LONGEST_READING if leavable else LONGEST)

    def _next_service(self) -> None:
        if self._busy or not self._queue:
            return
        work, self._again, self._asked = self._queue.popleft()
        self._busy = True

        def run() -> None:
            try:
                self.post_message(ServiceEnded(work()))
            except Exception as error:  # noqa: BLE001 - told by the screen, and written to the log
                self.post_message(ServiceEnded(str(error), error))

        self.run_worker(run, thread=True, group="service", exit_on_error=False)

    def on_service_ended(self, message: ServiceEnded) -> None:
        self._busy = False
        error, text = message.error, message.text
        if error is None:
            self.on_shown(lambda screen: screen.service_done(text))
        elif not isinstance(error, PlannerError):
            self.on_shown(lambda screen: screen.service_broken(error))
        elif self._asked is not None and not self.is_left and self._asked(error):
            pass  # it is carried out once the rep has answered
        elif self._again is not None and not self.is_left:
            self._again(text)
        else:
            self.on_shown(lambda screen: screen.on_service_failed(ServiceFailed(text)))
        self._next_service()
        while self._idle and not self._busy:
            self._idle.pop(0)()

    def on_shown(self, step: Callable[[BaseScreen], object]) -> None:
        """Do something with the screen that the rep looks at, or that lies under the form they fill in.

        What ends later may find the screen that it was begun on left, and the next one still on its way in: that one is
        waited for.
        """
        if self.is_left:
            return
        screen = next(screen for screen in reversed(self.screen_stack) if isinstance(screen, BaseScreen))
        if screen.is_mounted:
            screen.hear(step)
        else:
            screen.call_later(self.on_shown, step)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What breaks in a worker of the app's own is said, and written to the log."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            self.on_shown(lambda screen: screen.service_broken(error))

    @property
    def passwords(self) -> Passwords:
        """The passwords of mailboxes that were typed, until the program ends."""
        from planner.services.mail.mailbox import Passwords

        self._passwords = self._passwords or Passwords()
        return self._passwords

    @property
    def is_left(self) -> bool:
        """Whether the program is being left and its screens are gone: a timer or a worker may still end after them."""
        return not self.screen_stack

    @property
    def today_screen(self) -> TodayScreen:
        """The screen that always lies at the bottom."""
        screen = self.screen_stack[0]
        assert isinstance(screen, TodayScreen)
        return screen

    def action_show(self, name: str) -> None:
        """Go to a screen by its name."""
        self.show(name)

    def show(self, name: str, *wanted: tuple[str, object]) -> None:
        """Go to a screen, with the cursor on the first of some lines (``("task", 3)``) that is there."""
        today = self.today_screen
        if name == "today":
            if self.screen is not today:
                self.pop_screen()
                today.come_back()
            today.choose(*wanted)
            return
        screen: BaseScreen
        if name == "day":
            from planner.tui.day.day import DayScreen

            screen = DayScreen(self.ctx, self.live, today.today)
        elif name == "week":
            from planner.tui.day.week import WeekScreen

            screen = WeekScreen(self.ctx, self.live, today.today)
        elif name == "list":
            from planner.tui.calls.calling_list import CallingListScreen

            day = dict(wanted).get("day")
            screen = CallingListScreen(self.ctx, self.live, today.today, day if isinstance(day, date) else None)
        elif name == "calls":
            from planner.tui.calls.calls import CallsScreen

            screen = CallsScreen(self.ctx, self.live, today.today)
        elif name == "playbook":
            from planner.tui.calls.playbook import PlaybookScreen

            screen = PlaybookScreen(self.ctx, self.live, today.today)
        elif name == "clients":
            from planner.tui.clients.clients import ClientsScreen

            contact = dict(wanted).get("contact")
            screen = ClientsScreen(self.ctx, self.live, today.today, contact if isinstance(contact, int) else None)
        elif name == "deals":
            from planner.tui.clients.deals import DealsScreen

            deal = dict(wanted).get("deal")
            screen = DealsScreen(self.ctx, self.live, today.today, deal if isinstance(deal, int) else None)
        elif name == "care":
            from planner.tui.clients.care import CareScreen

            screen = CareScreen(self.ctx, self.live, today.today)
        elif name == "duplicates":
            from planner.tui.clients.duplicates import DuplicatesScreen

            screen = DuplicatesScreen(self.ctx, self.live, today.today)
        elif name == "import":
            from planner.tui.transfer.imports import ImportScreen

            screen = ImportScreen(self.ctx, self.live, today.today)
        elif name == "review":
            from planner.tui.review.review import ReviewScreen

            screen = ReviewScreen(self.ctx, self.live, today.today, wanted)
        elif name == "settings":
            from planner.tui.settings.settings import SettingsScreen

            screen = SettingsScreen(self.ctx, self.live, today.today)
        elif name == "mail":
            from planner.tui.mail.mail import MailScreen

            screen = MailScreen(self.ctx, self.live, today.today)
        elif name == "goals":
            from planner.tui.plan.goals import GoalsScreen  # only when asked for

            screen = GoalsScreen(self.ctx, self.live, today.today, wanted)
        else:
            from planner.tui.plan.plan import PlanScreen

            screen = PlanScreen(self.ctx, self.live, today.today)
        if type(self.screen) is type(screen):
            if wanted:  # what is shown already, on another line
                self.switch_screen(screen)
            return
        if self.screen is today:
            self.push_screen(screen)
        else:
            self.switch_screen(screen)

    def action_help(self) -> None:
        """Show the keys of the screen; the same key closes it."""
        from planner.tui.shared.help import HelpModal  # only when asked for

        if isinstance(self.screen, HelpModal):
            self.screen.leave()
        else:
            self.push_screen(HelpModal(self.screen.active_bindings.values()))

    def action_tour(self) -> None:
        """Show what there is, a step over each screen; not over what is half said."""
        screen = self.screen
        if self._writing() or (isinstance(screen, BaseScreen) and not screen.may_be_left):
            if isinstance(screen, BaseScreen):
                screen.complain("Finish or leave this first: esc. Then F2 shows around.")
            return
        self._tour(0)

    def _tour(self, number: int) -> None:
        from planner.tui.shared.tour import TourModal, Turn, steps

        if number == len(steps()):
            self.show("today")
            return
        self.show(steps()[number]["screen"])

        def turn(way: Turn | None) -> None:
            if way is None:
                self.show("today")
            else:
                self._tour(max(0, number + way))

        self.push_screen(TourModal(number), turn)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every action that is valid now, as `area: verb` with its key."""
        from planner.tui.palette import entries

        yield from entries(self, screen)

    def settings_changed(self) -> None:
        """A setting was written: what was read once at the start is read again."""
        config = self.ctx.config
        if self._reminders is not None:  # what was said already stays said
            self._reminders.blocks, self._reminders.callbacks = config["remind.blocks"], config["remind.callbacks"]
            self._reminders.mail, self._reminders.before = config["remind.mail"], config["remind.before"]
        wanted = config["ui.theme"]
        if wanted in self.available_themes and wanted != self.theme:
            self.theme = wanted
        if config.keys or self.own_keys:
            self._take_keys()

    def action_command_palette(self) -> None:
        """Show every action that is valid now."""
        from planner.tui.shared.command_palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_choose_theme(self) -> None:
        """Let the rep choose a theme; it is kept in the settings."""
        self.search_themes()

    def keep_theme(self) -> None:
        """Write the theme in force into the settings, because the rep asked for it."""
        from planner.config.writing import store_value

        try:
            store_value(self.ctx.settings_path, "ui.theme", self.theme)
            self.ctx.reread_config()
        except PlannerError as problem:
            self.notify(str(problem), severity="error", markup=False)

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this system; under Unix with a reading that bytes which are no UTF-8 don't end."""
        found = super().get_driver_class()
        if found.__name__ == "LinuxDriver":
            from planner.tui.driver import KeyDriver

            return KeyDriver
        return found

    def _fatal_error(self) -> None:
        """What nobody foresaw: what happened and what is safe, the details in the log.

        Textual would print a traceback with every local variable, clients and amounts among them; it has no public
        way to say otherwise (8.2), so this overrides the method that does, and a test holds it.
        """
        from rich.text import Text  # what Textual prints on leaving is Rich's; as a text, nothing in it is markup

        error = self._exception or RuntimeError()
        self.bell()
        self.panic(Text(failure.told(error, failure.write(error)), overflow="fold"))
