"""The app: navigation between screens, command palette, themes, reminders and the checks of every second."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.worker import Worker, WorkerState, get_current_worker

from planner import failure, platform
from planner.domain.errors import PlannerError
from planner.domain.text import make_visible, plural
from planner.services.context import AppContext
from planner.services.day.today_store import MOST_AT_ONCE, Today, TodayStore
from planner.tui.day.today import TodayScreen
from planner.tui.messages import Unchanged
from planner.tui.queued_app import QueuedApp
from planner.tui.shared.screen import BaseScreen
from planner.tui.shared.widgets.frame import HeaderLine
from planner.tui.theme import DARK, THEMES, edge, hint

if TYPE_CHECKING:
    from textual.driver import Driver

    from planner.services.mail.mailbox import Passwords
    from planner.tui.day.calendar_watch import CalendarWatch
    from planner.tui.day.reminders import Reminders
    from planner.tui.mail.mail_watch import MailWatch
    from planner.tui.phone_watch import PhoneWatch
    from planner.tui.sync.sync_watch import SyncWatch


IDLE = 3.0  # seconds after the start
# Imported when they are first shown.
SCREENS = {
    "calls": "planner.tui.calls.calls:CallsScreen",
    "care": "planner.tui.clients.care:CareScreen",
    "clients": "planner.tui.clients.clients:ClientsScreen",
    "day": "planner.tui.day.day:DayScreen",
    "deals": "planner.tui.clients.deals:DealsScreen",
    "devices": "planner.tui.sync.devices:DevicesScreen",
    "duplicates": "planner.tui.clients.duplicates:DuplicatesScreen",
    "goals": "planner.tui.plan.goals:GoalsScreen",
    "import": "planner.tui.transfer.imports:ImportScreen",
    "list": "planner.tui.calls.calling_list:CallingListScreen",
    "mail": "planner.tui.mail.mail:MailScreen",
    "plan": "planner.tui.plan.plan:PlanScreen",
    "playbook": "planner.tui.calls.playbook:PlaybookScreen",
    "review": "planner.tui.review.review:ReviewScreen",
    "settings": "planner.tui.settings.settings:SettingsScreen",
    "week": "planner.tui.day.week:WeekScreen",
}


class PlannerApp(QueuedApp):
    """The Textual app: planner's screens on one database."""

    TITLE = "planner"
    # Named here so that the default screen's style sheet is parsed once at startup, not twice.
    CSS_PATH = "day/today.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "show('today')", "today", id="screen-today", tooltip="What's next, and am I on pace?"),
        Binding("2", "show('calls')", "calls", id="screen-calls", tooltip="Who's next, and how fast am I going?"),
        Binding("3", "show('plan')", "plan", id="screen-plan", tooltip="Will I make it, and what would it take?"),
        Binding(
            "4",
            "show('goals')",
            "goals",
            id="screen-goals",
            tooltip="What do I want, and what does it take today?",
        ),
        Binding("5", "show('mail')", "email", id="screen-mail", tooltip="Is it time for email?"),
        Binding(
            "6",
            "show('clients')",
            "clients",
            id="screen-clients",
            tooltip="Who are my clients, and what's next with them?",
        ),
        Binding("7", "show('review')", "review", id="screen-review", tooltip="How did it go, and what will I change?"),
        Binding(
            "8",
            "show('playbook')",
            "playbook",
            id="screen-playbook",
            tooltip="Which objections come up, and which answers work?",
        ),
        Binding("comma", "show('settings')", "settings", id="screen-settings", tooltip="Change how planner works"),
        Binding("f2", "tour", "tour", id="screen-tour", tooltip="See what planner does, in under a minute"),
        Binding("question_mark,f1", "help", "help", id="help", tooltip="Show this screen's keys"),
        Binding("ctrl+q", "quit", "quit", id="quit", tooltip="Quit planner", priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (18, "-short"), (24, "-normal"), (34, "-tall")]

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, now: datetime, welcome: str = "") -> None:
        super().__init__()
        self.ctx = ctx
        self.live = live
        self._first = (today, now)
        self._welcome = welcome
        self._reminders: Reminders | None = None
        self._reminded = now
        self._reminded_of: Today | None = None
        self._desktop: Callable[[str], None] | None = None
        self._passwords: Passwords | None = None
        self._mail_watch: MailWatch | None = None
        self._calendar_watch: CalendarWatch | None = None
        self._sync_watch: SyncWatch | None = None
        self.phone_watch: PhoneWatch | None = None
        self._file_trouble = ""
        self._reading_for_search = False
        self.own_keys: dict[str, str] = {}
        for theme in THEMES:
            self.register_theme(theme)
        wanted = ctx.config["ui.theme"] if ctx.has_settings else DARK.name
        self._begin_in(wanted if wanted in self.available_themes else DARK.name)

    def _begin_in(self, name: str) -> None:
        """Set the theme before any style sheet is read. Set as usual, it would have all of them parsed again and every
        widget styled and laid out twice.
        """
        theme = self.available_themes[name]
        if theme.ansi:
            self.theme = name  # Textual also has to let the terminal's own colours through
            return
        self.set_reactive(App.theme, name)
        self.update_classes(
            {f"-theme-{name}": True, "-dark-mode": theme.dark, "-light-mode": not theme.dark}, update=False
        )
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"edge": edge(self.current_theme), "hint": hint(self.current_theme)}

    def on_mount(self) -> None:
        if self.ctx.has_settings and self.ctx.config.keys:
            self.call_after_refresh(self._take_keys)
        self.set_interval(1.0, self.remind)
        self.set_timer(IDLE, self.read_for_search)
        if not self.is_headless:
            platform.on_ending(self._told_to_end)

    def _told_to_end(self, number: int) -> None:
        """Exit cleanly when the window closes or the system shuts down, so that the terminal is restored."""
        self.exit(return_code=128 + number)

    def _take_keys(self) -> None:
        """Apply the rep's key settings. Invalid ones are reported and keep their defaults."""
        from planner.tui.keys import check, readable
        from planner.tui.shared.widgets.frame import FooterLine

        usable, problems = check(self.ctx.config.keys)
        self.own_keys = {name: readable(keys.split(",")[0]) for name, keys in usable.items()}
        self.set_keymap(usable)
        if problems:
            more = f" (and {len(problems) - 1} more: planner keys)" if len(problems) > 1 else ""
            self.today_screen.complain(f"Settings: {problems[0]}{more}")
        self.today_screen.show_keys()
        for footer in self.screen.query(FooterLine):
            footer.redraw()

    def read_for_search(self) -> None:
        """Index rows for the search in a worker if thousands are new since its last read (an import, a migration)."""
        try:
            if self._reading_for_search or not self.live.search_waits(MOST_AT_ONCE):
                return
        except PlannerError:
            return  # the file can't be read right now, so the next search tries again
        self._reading_for_search = True

        def read() -> None:
            worker = get_current_worker()
            try:
                with closing(TodayStore(self.ctx)) as live:
                    live.bring_search_up(lambda: worker.is_cancelled)  # leaving the app doesn't wait for it
            except PlannerError as problem:
                self.call_from_thread(self.notify, str(problem), severity="warning", markup=False)
            if not worker.is_cancelled:
                self.call_from_thread(self._read_for_search)

        self.run_worker(read, thread=True, group="search", exit_on_error=False)

    def _read_for_search(self) -> None:
        """Refresh an open search once the index is up to date."""
        self._reading_for_search = False
        again = None if self.is_left else getattr(self.screen, "offer_again", None)
        if again is not None:
            again()

    def remind(self) -> None:
        """Run every second: ring due reminders, and exit if the terminal is gone."""
        if self.is_left:
            return
        if self._terminal_is_gone():
            self.exit(return_code=1)
            return
        self._look_at_the_file()
        if self.ctx.backup_wanted and not self._file_trouble:
            from planner.services.safety.daily_backup import back_up  # once a day

            self.run_worker(partial(back_up, self.ctx), thread=True, group="backup", exit_on_error=False)
        if self._reminders is None:
            from planner.tui.day.reminders import Reminders  # imported late, after the first paint

            config = self.ctx.config
            self._reminders = Reminders(
                config["remind.blocks"], config["remind.callbacks"], config["remind.mail"], config["remind.before"]
            )
        now = self.ctx.now()
        if now.minute != self._reminded.minute:
            self._reminded = now
            self._reminded_of = self._glance() or self.today_screen.today
            self._watch_mail()
            self._watch_others()
        elif self._calendar_watch is None:
            self._watch_others()  # soon after the start
        today = self._reminded_of or self.today_screen.today
        if today.day != self.ctx.today():
            return  # it is rebuilt first
        found = self._reminders.due(today, now, in_call=self._in_call())
        if found:
            self.ring(" · ".join(make_visible(each.text) for each in found))

    def _look_at_the_file(self) -> None:
        """Report when the database disappears and when it is back, then write the counts made in the meantime."""
        trouble, before = self.live.missing_reason(), self._file_trouble
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
            counts = f": {plural(written, 'entry', 'entries')} saved" if written else ""
            said = f"The database is back{counts}"
            self.on_shown(lambda screen: screen.service_done(Unchanged(said)))

    async def action_quit(self) -> None:
        """Quit, but ask first if there are counts that can't be saved."""
        try:
            self.live.write_waiting()
        except PlannerError as problem:
            self._ask_to_quit(str(problem))
            return
        await super().action_quit()

    def _ask_to_quit(self, problem: str) -> None:
        from planner.tui.shared.modals.confirm import ConfirmModal

        if isinstance(self.screen, ConfirmModal):
            return

        def answer(yes: bool | None) -> None:
            if yes:
                self.exit()

        counts = plural(len(self.live.waiting), "unsaved entry", "unsaved entries")
        self.push_screen(ConfirmModal(f"Quit and lose {counts}?", problem, "Quit"), answer)

    def _terminal_is_gone(self) -> bool:
        """Return whether the terminal is gone. Closing a window normally ends the program by a signal, but a program
        started without its own controlling terminal (setsid) would read end-of-input forever.
        """
        return not self.is_headless and platform.hung_up()

    def _watch_mail(self) -> None:
        """If mail exceptions are set, check for them periodically outside the mail windows."""
        config = self.ctx.config
        if not config["mail.exceptions"] or not config.accounts:
            return
        if self._mail_watch is None:
            from planner.tui.mail.mail_watch import MailWatch

            self._mail_watch = MailWatch(self)
        self._mail_watch.check(self._reminded_of or self.today_screen.today, self.ctx.now())

    def _watch_others(self) -> None:
        """Keep calendars and the rep's other devices up to date, if there are any."""
        if self._file_trouble:
            return
        with suppress(PlannerError):  # the screen reports what is wrong with the file
            self.calendar_watch.check()
        if self.ctx.config["sync.folder"]:
            self._watch_devices().check(self.ctx.now())

    def _watch_devices(self) -> SyncWatch:
        if self._sync_watch is None:
            from planner.tui.sync.sync_watch import SyncWatch

            self._sync_watch = SyncWatch(self)
        return self._sync_watch

    def sync_now(self) -> bool:
        """Sync at once. Returns False if this device doesn't sync."""
        return self._watch_devices().begin(self.ctx.now())

    @property
    def syncs_ended(self) -> int:
        """How many syncs have ended since the start."""
        return 0 if self._sync_watch is None else self._sync_watch.done

    @property
    def sync_outcome(self) -> str:
        """What the last sync did, empty if something was in the way."""
        return "" if self._sync_watch is None else self._sync_watch.outcome

    @property
    def sync_text(self) -> str:
        """What the header says about the rep's other devices."""
        return "" if self._sync_watch is None else self._sync_watch.text(self.ctx.now())

    def redraw_header(self) -> None:
        """Show in the header how syncing went."""
        self.on_shown(lambda screen: screen.query_one("#header", HeaderLine).redraw())

    @property
    def calendar_watch(self) -> CalendarWatch:
        """What keeps calendars up to date."""
        if self._calendar_watch is None:
            from planner.tui.day.calendar_watch import CalendarWatch

            self._calendar_watch = CalendarWatch(self)
        return self._calendar_watch

    def on_unmount(self) -> None:
        for watch in (self._mail_watch, self._calendar_watch, self._sync_watch, self.phone_watch):
            if watch is not None:
                watch.end()

    def _in_call(self) -> bool:
        return any(screen.in_call for screen in self.screen_stack if isinstance(screen, BaseScreen))

    def _glance(self) -> Today | None:
        """Return the current snapshot of the day, which other screens and programs change too."""
        try:
            return self.live.glance()
        except PlannerError:
            return None  # the current screen reports what is wrong with the file

    def ring(self, text: str) -> None:
        """Announce a reminder through every enabled channel."""
        from planner.tui.day import reminders

        config = self.ctx.config
        self.notify(text, title=f"{self.ctx.now():%H:%M}", timeout=20, markup=False)
        if config["remind.bell"]:
            self.bell()
        sequence = reminders.terminal_sequence(config["remind.terminal"], text)
        if sequence and self._driver is not None:
            # Textual (8.2) has no public way to write an escape sequence. Its own clipboard support does it this way
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
                    "Desktop notifications aren't installed. Run: pip install 'sales-planner[desktop]'",
                    severity="warning",
                    markup=False,
                )
        notifier = self._desktop
        self.run_worker(lambda: notifier(text), thread=True, group="ring", exit_on_error=False)

    def get_default_screen(self) -> TodayScreen:
        today, now = self._first
        return TodayScreen(self.ctx, self.live, today, now, self._welcome)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report and log errors in the app's own workers."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            self.on_shown(lambda screen: screen.service_broken(error))

    def carry_out(
        self,
        work: Callable[[], str],
        again: Callable[[str], None] | None = None,
        asked: Callable[[PlannerError], bool] | None = None,
    ) -> None:
        """Queue a service, as the rep has moved on from the outcomes on offer. Its result is reported right away."""
        self.today_screen.end_offer()
        super().carry_out(work, again, asked)

    @property
    def passwords(self) -> Passwords:
        """The mailbox passwords typed so far, held until the program ends."""
        from planner.services.mail.mailbox import Passwords

        self._passwords = self._passwords or Passwords()
        return self._passwords

    @property
    def today_screen(self) -> TodayScreen:
        """The screen at the bottom of the stack."""
        screen = self.screen_stack[0]
        assert isinstance(screen, TodayScreen)
        return screen

    def action_show(self, name: str) -> None:
        """Go to a screen by name."""
        self.show(name)

    def show(self, name: str, *places: tuple[str, object]) -> None:
        """Go to a screen of `SCREENS`, or back to Today, and put the cursor on the first of `places` that exists."""
        today = self.today_screen
        if name == "today":
            if self.screen is not today:
                self.pop_screen()
                today.come_back()
            today.choose(*places)
            return
        module, _, class_name = SCREENS[name].partition(":")
        kind: type[BaseScreen] = getattr(import_module(module), class_name)
        if type(self.screen) is kind and not places:
            return
        screen = kind(self.ctx, self.live, today.today, places)
        if self.screen is today:
            self.push_screen(screen)
        else:
            self.switch_screen(screen)

    def action_help(self) -> None:
        """Show the screen's keys. The same key closes them."""
        from planner.tui.keys import where_of  # imported on demand
        from planner.tui.shared.modals.help import HelpModal

        if isinstance(self.screen, HelpModal):
            self.screen.leave()
        else:
            where = where_of(type(self.screen)).removeprefix("form: ").capitalize()
            self.push_screen(HelpModal(where, self.screen.active_bindings.values()))

    def action_tour(self) -> None:
        """Start the tour, one step per screen, unless something is half entered."""
        screen = self.screen
        if self._writing() or (isinstance(screen, BaseScreen) and not screen.may_be_left):
            if isinstance(screen, BaseScreen):
                screen.complain("Finish or cancel this first (esc), then press F2 for the tour.")
            return
        self._tour(0)

    def _tour(self, number: int) -> None:
        from planner.tui.shared.modals.tour import TourModal, Turn, steps

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

    def settings_changed(self) -> None:
        """Reload the settings that were read once at startup."""
        config = self.ctx.config
        if self._reminders is not None:  # keep track of what has already been announced
            self._reminders.blocks, self._reminders.callbacks = config["remind.blocks"], config["remind.callbacks"]
            self._reminders.mail, self._reminders.before = config["remind.mail"], config["remind.before"]
        wanted = config["ui.theme"]
        if wanted in self.available_themes and wanted != self.theme:
            self.theme = wanted
        if config.keys or self.own_keys:
            self._take_keys()

    def action_command_palette(self) -> None:
        """Show every action available right now."""
        from planner.tui.palette import Palette, open_palette

        if not isinstance(self.screen, Palette):
            open_palette(self)

    def action_choose_theme(self) -> None:
        """Let the rep choose a theme until the program ends."""
        from planner.tui.palette import open_themes

        open_themes(self)

    def keep_theme(self) -> None:
        """Save the current theme in the settings, at the rep's request."""
        from planner.config.writing import store_value

        try:
            store_value(self.ctx.settings_path, "ui.theme", self.theme)
            self.ctx.reread_config()
        except PlannerError as problem:
            self.notify(str(problem), severity="error", markup=False)

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver for this system, on Unix one that survives bytes that aren't UTF-8."""
        found = super().get_driver_class()
        if found.__name__ == "LinuxDriver":
            from planner.tui.driver import KeyDriver

            return KeyDriver
        return found

    def _fatal_error(self) -> None:
        """Report an unexpected error: what happened and what is safe, with the details in the log.

        Textual would print a traceback with every local variable, clients and amounts included. It has no public hook
        for this (8.2), so this overrides the private method, and a test guards it.
        """
        from rich.text import Text  # Textual prints Rich output on exit. A Text has no markup to interpret.

        error = self._exception or RuntimeError()
        self.bell()
        self.panic(Text(failure.describe(error, failure.write(error)), overflow="fold"))
