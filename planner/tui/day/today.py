"""Today: the key figures, counters at one key each, the ranked task list, the day's blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.calls.activity_log import Activity
from planner.domain.day import activity
from planner.domain.day.day_progress import WORKING, day_minute
from planner.domain.errors import PlannerError
from planner.domain.text import many
from planner.services.context import AppContext
from planner.services.day.today_store import Logged, TaskLine, Today, TodayStore
from planner.tui.day import changes
from planner.tui.day.today_view import outcome_lines
from planner.tui.day.widgets.today import Counters, DayColumn, MonthBars, TaskList
from planner.tui.messages import CounterClicked, TaskClicked
from planner.tui.shared import changes as shared_changes
from planner.tui.shared.screen import OFFERED, BaseScreen
from planner.tui.shared.spans import OUTCOMES, Line
from planner.tui.shared.widgets.frame import FooterKey, FooterLine, HeaderLine, MessageLine

if TYPE_CHECKING:
    from planner.domain.day.tasks import Task
    from planner.services.day.day import Evening, Morning
    from planner.tui.clients.modals.amount import WinWanted

FRESH = timedelta(seconds=1)
IDLE = timedelta(seconds=3)
KIND_OF = {
    "dials": "dial",
    "conversations": "conversation",
    "meetings_booked": "meeting-booked",
    "proposals": "proposal",
}
FOOTER = (
    FooterKey("d", "call", "log('dial')"),
    FooterKey("c", "conversation", "log('conversation')"),
    FooterKey("m", "meeting", "log('meeting-booked')"),
    FooterKey("p", "proposal", "log('proposal')"),
    FooterKey("w", "won", "won"),
    FooterKey("u", "undo", "undo"),
    FooterKey("a", "add", "quick_add"),
    FooterKey("x", "done", "task_done"),
    FooterKey("s", "stop", "stop('refused')"),
    FooterKey("b", "open, close", "day"),
    FooterKey("t", "the day", "app.show('day')"),
    FooterKey("2", "calls", "app.show('calls')"),
    FooterKey("l", "list", "app.show('list')"),
    FooterKey("3", "plan", "app.show('plan')"),
    FooterKey("4", "goals", "app.show('goals')"),
    FooterKey("y", "why", "why"),
    FooterKey("g", "set plan", "plan"),
    FooterKey("?", "help", "app.help", last=True),
    FooterKey("^q", "quit", "app.quit", last=True),
)


@dataclass
class LastCall:
    """The last logged call, while one key can still enter its outcome."""

    row_id: int
    until: datetime


class TodayScreen(BaseScreen):
    """The screen that the rep works on all day."""

    CSS_PATH = "today.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "log('dial')", "a call", id="log-dial", tooltip="Count a call; a digit then says its outcome"),
        Binding("c", "log('conversation')", "a conversation", id="log-conversation", tooltip="Count a conversation"),
        Binding("m", "log('meeting-booked')", "a meeting booked", id="log-meeting", tooltip="Count a booked meeting"),
        Binding("p", "log('proposal')", "a proposal", id="log-proposal", tooltip="Count a proposal sent"),
        Binding("w", "won", "a deal won", id="log-won", tooltip="Book a deal with its amount"),
        Binding(
            "o", "offer_outcome", "the outcome of the last call", id="log-outcome", tooltip="Say how the last call went"
        ),
        Binding("x,space", "task_done", "done", id="task-done", tooltip="Tick the chosen task off"),
        Binding("K,shift+up", "task_move('up')", "move up", id="task-up", tooltip="Rank the chosen task higher"),
        Binding("J,shift+down", "task_move('down')", "move down", id="task-down", tooltip="Rank the chosen task lower"),
        Binding(
            "z", "task_snooze", "put off to tomorrow", id="task-snooze", tooltip="The chosen task comes back tomorrow"
        ),
        Binding("delete", "task_drop", "drop", id="task-drop", tooltip="Give the chosen task up"),
        Binding("T", "triage", "triage", id="task-triage", tooltip="What is overdue, one key each"),
        Binding("R", "rank_anew", "order as suggested", id="task-rank", tooltip="Let go of what was moved by hand"),
        Binding("s", "stop('refused')", "STOP", id="stop-refused", tooltip="A temptation refused, by its kind"),
        Binding("S", "stop('given-in')", "gave in", id="stop-given", tooltip="A temptation given in to, by its kind"),
        Binding("t", "app.show('day')", "the day", id="screen-day", tooltip="The blocks: kept, missed, moved"),
        Binding(
            "l", "app.show('list')", "calling list", id="screen-list", tooltip="Whom to call, made the evening before"
        ),
        Binding("W", "app.show('week')", "week", id="screen-week", tooltip="What each weekday holds"),
        Binding("enter", "serves", "what it serves", id="task-goal", tooltip="Up from the chosen task to its wish"),
        Binding("g", "plan", "set quota and plan", id="plan-set", tooltip="The month's two figures, in one form"),
        Binding("N", "new_month", "begin the month", id="month-begin", tooltip="Plan and goals like last month's"),
        Binding("y", "why", "why", id="plan-why", tooltip="Why this number: every figure, taken back to the log"),
        Binding("b", "day", "open or close the day", id="day-turn", tooltip="The morning, or the close of the day"),
        Binding("up,k", "cursor(-1)", "up", id="tasks-up", show=False),
        Binding("down,j", "cursor(1)", "down", id="tasks-down", show=False),
        *(
            Binding(str(digit), f"outcome({digit})", word, id=f"outcome-{digit}", show=False)
            for digit, word in enumerate(OUTCOMES[0], start=1)
        ),
    ]

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, now: datetime, welcome: str = "") -> None:
        super().__init__(ctx, live)
        self.today = today
        self._now = now
        self._last_call: LastCall | None = None
        self._hears = False
        self._unsaid: tuple[tuple[Line, ...], bool] | None = None
        self._fresh_until: datetime | None = None
        self._welcome = welcome
        self._noticed = 0
        self._lay_again = datetime.min
        # Recalculate the odds once the rep is idle, as loading what that needs would hold up the next keys.
        self._quiet_since = now
        self._odds_old = True

    def compose(self) -> ComposeResult:
        yield HeaderLine(self.today, self._now, id="header")
        with Container(id="figures"):
            yield MonthBars(self.today, self._now, id="month")
            yield Counters(self.today, self._now, id="counters")
        with Container(id="work"):
            yield TaskList(self.today, self._now, id="tasks")
            yield DayColumn(self.today, self._now, id="day")
        yield MessageLine(id="message")
        yield FooterLine(list(FOOTER), id="footer")

    def on_mount(self) -> None:
        self.set_interval(1.0, lambda: self.hear(lambda _: self._tick()))
        if self._welcome:
            self._say([(f" {self._welcome}", "dim")], keep=True)
        problems = self.ctx.config.problems if self.ctx.has_settings else ()
        if problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            self.show_error(f"settings: {problems[0]}{more}")
        self._tell_notices()
        if self._morning_is_due():
            self.call_after_refresh(self.show_morning)
        elif not self._welcome and not problems:
            self._say_what_begins()

    def _say_what_begins(self) -> None:
        """Announce a month that begins without a plan, or else the mid-period check."""
        if not self._offer_new_month(self.today) and self.today.midway and self.today.closed_at is None:
            self._say_midway()

    def _say_midway(self) -> None:
        """Show the mid-week or mid-month check. 7 shows all of it."""
        parts = self.today.midway.splitlines()[0].split("; ")
        seven: Line = [("   7", "accent"), (" review", "dim")]
        shorter = [parts[:count] for count in range(len(parts), 0, -1)]
        shorter.append([f"{parts[0].partition(',')[0]}: where do you stand?"])
        self._say(*([(" ◷ ", "accent"), ("; ".join(some), ""), *seven] for some in shorter), keep=True)
        self._lasting = False  # so that past meetings are asked about all the same

    # display

    def _show(self, today: Today) -> None:
        """Show a new snapshot of the day."""
        self.today = today
        self._odds_old = True
        if self._month_said:
            self._offer_new_month(today)
        now = self.ctx.now()
        for name in ("header", "month", "counters", "tasks", "day"):
            self._part(name).show(today, now)

    def _reload(self) -> None:
        """Read the day again, or rebuild it in a worker if something it depends on has changed."""
        try:
            today = self.live.peek()
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        if today is not None:
            self._show(today)
        elif self.ctx.now() >= self._lay_again:
            self.load_async(self.live.lay, self._laid, "lay", self._not_laid)

    def _laid(self, today: Today) -> None:
        self._lay_again = datetime.min
        try:  # counts made while the day was built are in the log, but not in what was read for it
            today = self.live.glance() or today
            self.live.refresh_counts(today)
        except PlannerError as problem:
            self.show_error(str(problem))
        self._show(today)

    def _not_laid(self, problem: str) -> None:
        self._lay_again = self.ctx.now() + OFFERED  # a day that can't be built isn't retried every second
        self.show_error(problem)

    def _show_odds(self, odds: dict[str, object] | None) -> None:
        """Show recalculated odds, None without a database."""
        if odds is None:
            return
        for name, value in odds.items():
            setattr(self.today, name, value)
        now = self.ctx.now()
        for name in ("month", "counters"):
            self._part(name).show(self.today, now)

    def _look_at_the_odds(self, now: datetime) -> None:
        """Once the rep is idle, recalculate the odds if anything has changed them."""
        if not self._odds_old or now - self._quiet_since < IDLE:
            return
        self._odds_old = False
        if self.today.odds_are_old():
            self.load_async(self.live.fresh_odds, self._show_odds, "odds")

    def on_key(self) -> None:
        self._quiet_since = self.ctx.now()

    def come_back(self) -> None:
        """Refresh the day after another screen covered it."""
        self._now = self.ctx.now()
        self._reload()

    def tell(self, text: str) -> None:
        """Show a message from another screen."""
        self._say([(" ▸ ", "accent"), (text, "")])

    def choose(self, *wanted: tuple[str, object]) -> None:
        """Put the cursor on the first of the `wanted` lines that exists: ``("task", 3)``, ``("counter", "dials")``."""
        for kind, value in wanted:
            for index, task in enumerate(self.today.tasks):
                if (task.metric if kind == "counter" else task.id) == value:
                    self._part("tasks").move_to(index)
                    return

    def _covered(self) -> bool:
        """Return whether another screen covers this one and polls for changes instead."""
        return any(isinstance(screen, BaseScreen) and screen is not self for screen in self.app.screen_stack)

    def _tick(self) -> None:
        """Run every second: the clock, writes by other programs, and expired offers."""
        if self._covered():
            self._tell_unsaid()
            if self.ctx.today() != self.today.day:
                self._reload()  # the other screens read the day built here
            return
        now = self.ctx.now()
        if self.ctx.today() != self.today.day or self.live.changed():
            self._reload()
        elif now.minute != self._now.minute:
            try:
                self.live.refresh_facts(self.today)
            except PlannerError as problem:  # the file is being moved or is locked: report it and try again later
                self.show_error(str(problem))
            self._show(self.today)
        self._now = now
        if self._fresh_until is not None and now >= self._fresh_until:
            self._fresh_until = None
            counters: Counters = self._part("counters")
            counters.fresh = frozenset()
            counters.redraw()
        self._look_at_the_odds(now)
        super()._tick()
        if self._message_until is None:
            self._tell_unsaid()
        self._ask_about_meetings(now)

    def _ask_about_meetings(self, now: datetime) -> None:
        """Once the rep is idle and no message is shown, ask once how past meetings went."""
        silent = self._message_until is None and not self._lasting
        if now - self._quiet_since < IDLE or not silent or not self.is_current or self.in_call:
            return
        from planner.services.day import meetings

        over = [each for each in self.today.unmarked if each[3] <= now.timestamp() and not each[4]]
        if not over:
            return
        asked = [each[0] for each in over]
        self.today.unmarked = [(*each[:4], each[4] or each[0] in asked) for each in self.today.unmarked]
        who = f"{over[0][1]}, {datetime.fromtimestamp(over[0][2]):%H:%M}"
        more = f" (and {len(over) - 1} more)" if len(over) > 1 else ""
        self._say(
            [(" ? ", "accent"), (f"How did it go with {who}{more}?  ", ""), ("h", "accent"), (" to answer", "dim")],
            keep=True,
        )
        self.load_async(partial(meetings.asked, self.ctx, asked), lambda _: None, "asked")

    def hear(self, step: Callable[[BaseScreen], object]) -> None:
        """Let background work report its end, but only after outcomes are no longer on offer. What a digit means
        depends on earlier keys and the clock, never on what happens to finish.
        """
        before, self._hears = self._hears, True
        try:
            step(self)
        finally:
            self._hears = before

    def _say(self, *lines: Line, keep: bool = False, offer: LastCall | None = None) -> None:
        if self._hears and offer is None and self._offered():
            self._unsaid = (lines, keep)
            return
        self._last_call = offer  # digits mean outcomes only while those are on offer
        super()._say(*lines, keep=keep)

    def _tell_unsaid(self) -> None:
        """Show the message that waited for the offer to end, on the current screen."""
        if self._unsaid is None or self._offered():
            return
        (lines, keep), self._unsaid = self._unsaid, None
        self.planner.on_shown(lambda screen: screen._say(*lines, keep=keep))

    def end_offer(self) -> None:
        """Withdraw the outcomes of the last call, as the rep does something else."""
        if self._offered():
            self._say([])

    # counting

    def action_log(self, kind: str) -> None:
        """Count one, committed to disk before it shows."""
        self._log(kind)

    def _log(self, kind: str) -> bool:
        now = self.ctx.now()
        if self.ctx.today() != self.today.day:
            self._reload()
        try:
            logged = self.live.log(Activity(0, now, kind))
        except PlannerError as problem:
            self.show_error(str(problem))
            return False
        for name in logged.adds:
            self.today.counts[name] += 1
        self.today.facts.append((day_minute(self.today, now), kind, None, 1))
        self._brighten(frozenset(logged.adds), now)
        if logged.waits:
            self._tell_waiting(logged)
            return True
        best = self._record(logged.adds)
        if kind == "dial":
            self._offer(
                f"{best}: {self.today.counts['dials']}" if best else "call counted", logged.id, record=bool(best)
            )
        else:
            told = f"{logged.label} counted"
            self.show_info(f"{told}  ★ {best}" if best else told)
        self._tell_notices()
        return True

    def _tell_waiting(self, logged: Logged) -> None:
        """Warn that a count isn't on disk yet because the database is gone."""
        told = (
            f"{logged.label} counted, but not saved yet; {many(len(self.live.waiting), 'count waits', 'counts wait')}."
        )
        self._say(
            *([(" ! ", "bad"), (f"{told}{more}", "")] for more in (f" {logged.waits}", " The database is gone.", "")),
            keep=True,
        )

    def uncount(self, entry: Activity) -> None:
        """Remove a count that was never saved from the screen."""
        for name in activity.adds(entry.kind, entry.outcome):
            self.today.counts[name] -= 1
        if entry.amount is not None:
            self.today.booked -= int(entry.amount * 100)
        self.today.facts.pop()
        self._show(self.today)

    def _record(self, names: Iterable[str]) -> str:
        """Return a short note if the count just made breaks a daily record."""
        for name in names:
            best = self.today.best(name)
            if best and self.today.counts[name] == best + 1:
                return f"most {activity.WORDS[name][1]} in a day"
        return ""

    def _brighten(self, names: frozenset[str], now: datetime) -> None:
        self._odds_old, self._quiet_since = True, now
        counters: Counters = self._part("counters")
        counters.fresh = names
        counters.show(self.today, now)
        self._fresh_until = now + FRESH
        tasks: TaskList = self._part("tasks")
        for task in self.today.tasks:
            if task.metric in names:
                task.done = self.today.counts[str(task.metric)] >= (task.target or 0)
        tasks.redraw()

    def _offer(self, text: str, row_id: int, *, record: bool = False) -> None:
        """Show what was counted, with the outcomes by digit."""
        self._say(*outcome_lines(text, record=record), offer=LastCall(row_id, self.ctx.now() + OFFERED))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "outcome":
            return self._offered()
        return True

    @property
    def in_call(self) -> bool:
        """Return whether the call just counted still awaits its outcome, when nothing else may be announced."""
        return self._offered()

    def _offered(self) -> bool:
        return self._last_call is not None and self.ctx.now() < self._last_call.until

    def action_outcome(self, digit: int) -> None:
        """Set the outcome of the call just counted."""
        if self._last_call is None or not self._offered():
            return
        outcome, row_id = activity.DIAL_OUTCOMES[digit - 1], self._last_call.row_id
        try:
            before = self.live.waiting[-row_id - 1].outcome if -len(self.live.waiting) <= row_id < 0 else None
            self.live.set_outcome(row_id, outcome)
            if row_id < 0:  # without a database, the screen has the only counts
                for name in activity.adds("dial", before):
                    self.today.counts[name] -= 1
                for name in activity.adds("dial", outcome):
                    self.today.counts[name] += 1
            else:
                self.live.refresh_counts(self.today)
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        self._brighten(frozenset(activity.adds("dial", outcome)), self.ctx.now())
        self.show_info(f"call: {OUTCOMES[0][digit - 1]}")
        if row_id > 0:
            self._ask_about_same()

    def action_offer_outcome(self) -> None:
        """Offer the outcomes of the last call again."""
        try:
            row_id = self.live.last_call()
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        if row_id is None:
            self.show_error("No call is logged today, so there is no outcome to say.")
            return
        self._offer("last call:", row_id)

    def action_won(self) -> None:
        """Ask what was won and from whom, and book it as a deal."""
        self._ask_won()

    def _ask_won(self, typed: dict[str, str] | None = None, problem: str = "") -> None:
        """Show the form, with what was typed if booking it failed."""
        from planner.tui.clients.modals.amount import AmountModal

        def book(wanted: WinWanted | None) -> None:
            if wanted is not None:
                self.run_asking(
                    lambda answer: changes.win(self.ctx, wanted, answer.who),
                    lambda trouble: self._ask_won(wanted.typed, trouble),
                )

        self.app.push_screen(AmountModal(self.today.currency or "", typed, problem), book)

    def service_done(self, text: str) -> None:
        """Show new counts right away, and the changed targets after that."""
        with suppress(PlannerError):
            self.live.refresh_counts(self.today)
            for name in ("month", "counters"):
                self._part(name).show(self.today, self.ctx.now())
        super().service_done(text)

    def on_counter_clicked(self, message: CounterClicked) -> None:
        if message.metric in KIND_OF:
            self.action_log(KIND_OF[message.metric])

    # the task list

    def action_cursor(self, step: int) -> None:
        """Move the cursor of the task list."""
        tasks: TaskList = self._part("tasks")
        tasks.move_to(tasks.cursor + step)

    def on_task_clicked(self, message: TaskClicked) -> None:
        self._part("tasks").move_to(message.index)

    def _chosen(self) -> TaskLine | None:
        tasks: TaskList = self._part("tasks")
        if tasks.cursor < len(self.today.tasks):
            return self.today.tasks[tasks.cursor]
        self.show_error("No task is chosen; a adds one.")
        return None

    def _change(self, change: Callable[..., str], *args: object) -> None:
        """Change the selected task."""
        task = self._chosen()
        if task is not None:
            self.run_change(partial(change, self.ctx, int(str(task.id)), *args))

    def action_task_done(self) -> None:
        """Mark the selected task done, or not done again."""
        task = self._chosen()
        if task is not None and task.kind == "counter":
            self.show_error("This one moves with your counts: d, c, m and p.")
        elif task is not None:
            self._change(changes.untick if task.done else shared_changes.tick)

    def action_task_move(self, where: str) -> None:
        """Rank the selected task higher or lower."""
        self._change(changes.move, where)

    def action_task_snooze(self) -> None:
        """Postpone the selected task to tomorrow."""
        self._change(changes.put_off)

    def action_task_drop(self) -> None:
        """Drop the selected task. If it repeats, ask whether to skip only this occurrence."""
        task = self._chosen()
        if task is None or not task.every:
            self._change(shared_changes.drop)
            return
        from planner.tui.shared.confirm import SeriesModal

        task_id = int(str(task.id))

        def drop(choice: str | None) -> None:
            if choice == "skip":
                self.run_change(partial(changes.skip, self.ctx, task_id))
            elif choice == "series":
                self.run_change(partial(shared_changes.drop, self.ctx, task_id, series=True))

        self.app.push_screen(SeriesModal(str(task.title), str(task.every)), drop)

    def action_rank_anew(self) -> None:
        """Restore the suggested order."""
        from planner.services.day import tasks

        self.record(tasks.rank_anew)

    def action_triage(self) -> None:
        """Go through the overdue tasks."""
        from planner.services.day import day
        from planner.tui.day.modals.triage import TriageModal

        def show(rows: list[tuple[Task, tuple[str, ...]]]) -> None:
            if not rows:
                self.show_info("nothing is overdue")
            else:
                self.app.push_screen(TriageModal(self.ctx, rows, self.live.undo), lambda _: self._reload())

        self._ask_first(lambda: day.overdue(self.ctx), show)

    def action_serves(self) -> None:
        """Show what the selected task serves, up to the wish."""
        task = self._chosen()
        if task is None:
            return
        if task.goal_id is None:
            self.show_error("This task serves no goal yet; in Goals (4), a adds a task under one.")
            return
        own = ("counter", task.metric) if task.kind == "counter" else ("task", task.id)
        self.planner.show("goals", own, ("goal", task.goal_id))

    # plan and day

    def action_plan(self) -> None:
        """Edit the month's figures in one form."""
        self._set_plan(self.ctx.today())

    def action_new_month(self) -> None:
        """Plan the new month on the basis of the last one."""
        self._begin_month()

    def action_why(self) -> None:
        """Explain every figure, starting with that of the selected line."""
        from planner.domain.workdays import month_of

        tasks: TaskList = self._part("tasks")
        task = self.today.tasks[tasks.cursor] if tasks.cursor < len(self.today.tasks) else None
        self._ask_why(month_of(self.today.day), str(task.metric) if task and task.kind == "counter" else "plan")

    # temptations

    def action_stop(self, outcome: str) -> None:
        """Ask for the kind of temptation and log it."""
        from planner.tui.day.modals.temptation import StopModal

        def log(kind: str | None) -> None:
            if kind == StopModal.EDIT:
                self.edit_words("distractions")
            elif kind is not None:
                self._log_stop(outcome, kind)

        try:
            kinds = self.live.words("distractions")
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        self.app.push_screen(StopModal(kinds, given_in=outcome == "given-in"), log)

    def _log_stop(self, outcome: str, kind: str) -> None:
        try:
            entry = Activity(0, self.ctx.now(), "stop", outcome, reason=kind or None)
            logged = self.live.log(entry)
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        for name in logged.adds:
            self.today.counts[name] += 1
        if logged.waits:
            self.today.facts.append((day_minute(self.today, entry.moment), "stop", outcome, 1))
            self._tell_waiting(logged)
            return
        number = self.today.counts[logged.adds[0]]
        word = "refused" if outcome == "refused" else "given in to"
        self.show_info(f"{number} {word} today" + (f": {kind}" if kind else ""))

    # morning and evening

    def action_day(self) -> None:
        """Show the morning until the day is open, then its close. A closed day can be reopened."""
        from planner.services.day import day

        if self.today.closed_at is not None:
            self.run_change(partial(changes.open_day, self.ctx))
        elif self.today.opened_at is not None:
            self.show_evening()
        elif day_minute(self.today, self.ctx.now()) < self._morning_from():
            self._ask_first(lambda: day.left_open(self.ctx), self._close_or_open)
        else:
            self.show_morning()

    def _close_or_open(self, left_open: date | None) -> None:
        """Close or reopen the day. At night this means the day still open, not the one just begun by the clock."""
        if left_open is None:
            self.show_morning()
        else:
            self.show_evening(left_open)

    def show_morning(self) -> None:
        """Show the morning."""
        from planner.services.day import day
        from planner.tui.day.morning import MorningScreen

        def chosen(choice: str | None) -> None:
            if choice == "open":
                self.run_change(partial(changes.open_day, self.ctx))
            elif choice == "triage":
                self.action_triage()
            elif choice == "skip":
                self._say_what_begins()
            elif choice == "close" and found:
                self.show_evening(found[0].left_open)
            elif choice is not None and choice.startswith("edit-"):
                self.edit_words(choice.removeprefix("edit-"))

        found: list[Morning] = []

        def show(morning: Morning) -> None:
            found.append(morning)
            self.app.push_screen(MorningScreen(morning, self.today), chosen)

        self._ask_first(lambda: day.morning(self.ctx), show)

    def show_evening(self, which: date | None = None) -> None:
        """Show the evening of a day (default today), where it is closed."""
        from planner.services.day import day
        from planner.tui.day.evening import EveningScreen

        def left(where: str | None, evening: Evening) -> None:
            self._reload()
            if where == "list":
                self.planner.show("list", ("day", evening.list_day))
            elif where == "triage":
                self.action_triage()
            elif where == "month":
                self._set_plan(evening.list_day)
            elif where == "closed" and evening.day != self.ctx.today():
                self.show_info(f"{evening.day:%A} {evening.day.day} {evening.day:%B} is closed")
                if self._morning_is_due():
                    self.show_morning()
            elif where == "closed" and not self._offer_new_month(self.today):
                self.show_info("the day is closed")
            elif where and where.startswith("client "):
                self.show_client(int(where.removeprefix("client ")))

        def show(evening: Evening) -> None:
            modal = EveningScreen(self.ctx, evening, self.live.undo)
            self.app.push_screen(modal, lambda where: left(where, evening))

        self._ask_first(lambda: day.evening(self.ctx, which), show)

    def _morning_from(self) -> int:
        """Return the minute of the day at which the night ends and the morning begins."""
        working = [block.first for block in self.today.blocks if block.position is not None and block.kind in WORKING]
        return min(working, default=8 * 60) - 3 * 60

    def _morning_is_due(self) -> bool:
        """Return whether it is the morning of a working day with targets that hasn't been opened yet."""
        today, now = self.today, self._now
        if today.opened_at is not None or today.closed_at is not None or not today.weight or not today.targets:
            return False
        if not self._morning_from() <= day_minute(today, now) < 12 * 60:
            return False
        return not self.ctx.has_settings or bool(self.ctx.config["day.morning"])
