"""The Today screen: the key figures, counters at one key each, the ranked task list, the day's blocks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.day.day_progress import WORKING, day_minute
from planner.domain.errors import PlannerError
from planner.services.context import AppContext
from planner.services.day.today_store import TaskLine, Today, TodayStore
from planner.tui.day import changes
from planner.tui.day.idle import IDLE, IdleScreen
from planner.tui.day.widgets.today import Counters, DayColumn, MonthBars, TaskList
from planner.tui.messages import BlockClicked, CounterClicked
from planner.tui.shared import changes as shared_changes
from planner.tui.shared import month
from planner.tui.shared.screen import OFFERED, BaseScreen
from planner.tui.shared.spans import OUTCOMES, Line
from planner.tui.shared.welcome import is_first
from planner.tui.shared.widgets.frame import FooterItem, FooterKey

if TYPE_CHECKING:
    from planner.domain.day.tasks import Task
    from planner.tui.clients.modals.amount import WinWanted


class TodayScreen(IdleScreen):
    """The screen that the rep works on all day."""

    CSS_PATH = "today.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "log('dial')", "call", id="log-dial", tooltip="Count a call, then press a digit for its outcome"),
        Binding("c", "log('conversation')", "conversation", id="log-conversation", tooltip="Count a conversation"),
        Binding("m", "log('meeting-booked')", "meeting", id="log-meeting", tooltip="Count a meeting booked"),
        Binding("p", "log('proposal')", "proposal", id="log-proposal", tooltip="Count a proposal sent"),
        Binding("w", "won", "won", id="log-won", tooltip="Log a won deal and its amount"),
        Binding("o", "offer_outcome", "last call's outcome", id="log-outcome", tooltip="Log how the last call went"),
        Binding("x,space", "task_done", "done", id="task-done", tooltip="Mark the selected task done"),
        Binding("K,shift+up", "task_move('up')", "move up", id="task-up", tooltip="Move the selected task up"),
        Binding(
            "J,shift+down", "task_move('down')", "move down", id="task-down", tooltip="Move the selected task down"
        ),
        Binding("z", "task_snooze", "snooze", id="task-snooze", tooltip="Snooze the selected task until tomorrow"),
        Binding("delete", "task_drop", "drop", id="task-drop", tooltip="Drop the selected task"),
        Binding("T", "triage", "triage", id="task-triage", tooltip="Sort out overdue tasks, one key each"),
        Binding("R", "rank_anew", "suggested order", id="task-rank", tooltip="Go back to the suggested order of tasks"),
        Binding("s", "stop('refused')", "resisted", id="stop-refused", tooltip="Log a distraction you resisted"),
        Binding("S", "stop('given-in')", "gave in", id="stop-given", tooltip="Log a distraction you gave in to"),
        Binding("t", "app.show('day')", "day", id="screen-day", tooltip="Mark and move the blocks of your day"),
        Binding("l", "app.show('list')", "calling list", id="screen-list", tooltip="Build and edit your calling list"),
        Binding("W", "app.show('week')", "week", id="screen-week", tooltip="Plan the blocks of each weekday"),
        Binding("enter", "serves", "see its goal", id="task-goal", tooltip="Show the goal behind the selected task"),
        Binding("g", "plan", "set quota and plan", id="plan-set", tooltip="Set this month's quota and your plan"),
        Binding("N", "new_month", "plan the month", id="month-begin", tooltip="Start from last month's plan and goals"),
        Binding("y", "why", "why", id="plan-why", tooltip="See where each number comes from"),
        Binding("b", "day", "start or end day", id="day-turn", tooltip="Start your day, or end it"),
        *(
            Binding(str(digit), f"outcome({digit})", word, id=f"outcome-{digit}", show=False)
            for digit, word in enumerate(OUTCOMES[0], start=1)
        ),
    ]
    FOOTER = (
        "log('dial')",
        "log('conversation')",
        "log('meeting-booked')",
        "log('proposal')",
        "won",
        "undo",
        "quick_add",
        "task_done",
        FooterKey("resist", "stop('refused')"),
        "day",
        "app.show('day')",
        "app.show('calls')",
        FooterKey("list", "app.show('list')"),
        "app.show('plan')",
        "app.show('goals')",
        "why",
        FooterKey("set plan", "plan"),
    )
    FIRST_STEPS = (FooterKey("set plan", "plan"), "app.tour")
    """The first keys in the footer of somebody who hasn't used the program yet."""

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, now: datetime, welcome: str = "") -> None:
        super().__init__(ctx, live, today, now)
        self._now = now
        self._welcome = welcome
        self._noticed = 0
        self._lay_again = datetime.min

    def body(self) -> ComposeResult:
        with Container(id="body"):
            yield MonthBars(self.today, self._now, id="month")
            yield Counters(self.today, self._now, id="counters")
            yield TaskList(self.today, self._now, id="tasks")
            yield DayColumn(self.today, self._now, id="day")

    def start(self) -> None:
        self.show_welcome()
        self.call_after_refresh(self.read_overview, self._now)
        if self._welcome:
            self.say([(f" {self._welcome}", "dim")], keep=True)
        problems = self.ctx.config.problems if self.ctx.has_settings else ()
        if problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            self.show_error(f"Settings: {problems[0]}{more}")
        self._tell_notices()
        if self.morning_is_due():
            self.call_after_refresh(self.show_morning)
        elif not self._welcome and not problems:
            self.say_what_begins()

    def say_what_begins(self) -> None:
        """Announce a month that begins without a plan, or else the mid-period check."""
        if not month.announce(self, self.today) and self.today.midway and self.today.closed_at is None:
            self._say_midway()

    def _say_midway(self) -> None:
        """Show the mid-week or mid-month check. 7 shows all of it."""
        parts = self.today.midway.splitlines()[0].split(" · ")
        seven: Line = [("   7", "accent"), (" review", "dim")]
        shorter = [" · ".join(parts[:count]) for count in range(len(parts), 0, -1)]
        shorter.append(parts[0].partition(" as of")[0])
        self.say(*([(" ◷ ", "accent"), (some, ""), *seven] for some in shorter), keep=True)
        self._lasting = False  # so that past meetings are asked about all the same

    # display

    def footer_keys(self) -> list[FooterItem]:
        today = self.today
        word = (
            "reopen day" if today.closed_at is not None else "end day" if today.opened_at is not None else "start day"
        )
        keys = [FooterKey(word, "day") if item == "day" else item for item in self.FOOTER]
        return [*self.FIRST_STEPS, *keys] if is_first(today) else keys

    def _show(self, today: Today) -> None:
        """Show a new snapshot of the day."""
        self.today = today
        self.show_welcome()
        self.expire()
        if self.month_said:
            month.announce(self, today)
        now = self.ctx.now()
        for name in ("header", "month", "counters", "tasks", "day"):
            self._part(name).show(today, now)
        self.show_keys()

    def reload(self) -> None:
        """Read the day again, or rebuild it in a worker if something it depends on has changed."""
        try:
            today = self.live.peek()
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        if today is not None:
            self._show(today)
        elif self.ctx.now() >= self._lay_again:
            self.load_async(self.live.rebuild, self._laid, "lay", self._not_laid)

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

    def come_back(self) -> None:
        """Refresh the day after another screen covered it."""
        self._now = self.ctx.now()
        self.reload()

    def tell(self, text: str) -> None:
        """Show a message from another screen."""
        self.say([(" ▸ ", "accent"), (text, "")])

    def choose(self, *wanted: tuple[str, object]) -> None:
        """Put the cursor on the first of the `wanted` lines that exists: ``("task", 3)``, ``("counter", "dials")``."""
        for kind, value in wanted:
            for index, task in enumerate(self.today.tasks):
                if (task.metric if kind == "counter" else task.id) == value:
                    self._part("tasks").move_to(index)
                    return

    def _is_covered(self) -> bool:
        """Return whether another screen covers this one and polls for changes instead."""
        return any(isinstance(screen, BaseScreen) and screen is not self for screen in self.app.screen_stack)

    def poll(self) -> None:
        self.deliver(lambda _: self._tick())

    def _tick(self) -> None:
        """Run every second: the clock, writes by other programs, and expired offers."""
        if self._is_covered():
            self._tell_unsaid()
            if self.ctx.today() != self.today.day:
                self.reload()  # the other screens read the day built here
            return
        now = self.ctx.now()
        if self.ctx.today() != self.today.day or self.live.has_changed():
            self.reload()
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
        self.read_when_idle(now)
        super()._tick()
        if self._message_until is None:
            self._tell_unsaid()
        self._ask_about_meetings(now)

    def _ask_about_meetings(self, now: datetime) -> None:
        """Once the rep is idle and no message is shown, ask once how past meetings went."""
        silent = self._message_until is None and not self._lasting
        if now - self._quiet_since >= IDLE and silent and self.is_current and not self.in_call:
            over = [each for each in self.today.unmarked if each[3] <= now.timestamp() and not each[4]]
            if over:
                from planner.tui.shared import meetings

                meetings.ask_about_past(self, over)

    # counting

    def action_won(self) -> None:
        """Ask what was won and from which contact, and log it as a won deal."""
        self._ask_won()

    def _ask_won(self, typed: dict[str, str] | None = None, problem: str = "") -> None:
        """Show the form, with what was typed if logging it failed."""
        from planner.tui.clients.modals.amount import AmountModal

        def book(wanted: WinWanted | None) -> None:
            if wanted is not None:
                self.run_asking(
                    lambda answer: changes.win(self.ctx, wanted, answer.who),
                    lambda trouble: self._ask_won(wanted.typed, trouble),
                )

        self.app.push_screen(AmountModal(self.today.currency or "", typed, problem), book)

    def on_counter_clicked(self, message: CounterClicked) -> None:
        if message.metric == "deals":
            self.action_won()

    def on_block_clicked(self, message: BlockClicked) -> None:
        self.planner.show("day", ("block", message.index))

    def _after_count(self, now: datetime) -> None:
        self._odds_old, self._quiet_since = True, now

    def service_done(self, text: str) -> None:
        """Show new counts right away, and the changed targets after that."""
        with suppress(PlannerError):
            self.live.refresh_counts(self.today)
            for name in ("month", "counters"):
                self._part(name).show(self.today, self.ctx.now())
        super().service_done(text)

    # the task list

    def _chosen(self) -> TaskLine | None:
        tasks: TaskList = self._part("tasks")
        if tasks.cursor < len(self.today.tasks):
            return self.today.tasks[tasks.cursor]
        self.show_error("No task selected. Press a to add one.")
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
            self.show_error("This target updates as you count with d, c, m and p.")
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
        from planner.tui.shared.modals.confirm import SeriesModal

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
        from planner.services.day import tasks
        from planner.tui.day.modals.triage import TriageModal

        def show(rows: list[tuple[Task, tuple[str, ...]]]) -> None:
            if not rows:
                self.show_info("Nothing is overdue")
            else:
                self.app.push_screen(TriageModal(self.ctx, rows, self.live.undo), lambda _: self.reload())

        self.ask_first(lambda: tasks.overdue(self.ctx), show)

    def action_serves(self) -> None:
        """Show what the selected task serves, up to the wish."""
        task = self._chosen()
        if task is None:
            return
        if task.goal_id is None:
            self.show_error("This task has no goal yet. In Goals (4), press a to add a task to a goal.")
            return
        own = ("counter", task.metric) if task.kind == "counter" else ("task", task.id)
        self.planner.show("goals", own, ("goal", task.goal_id))

    # plan and day

    def action_plan(self) -> None:
        """Edit the month's figures in one form."""
        month.set_plan(self, self.ctx.today())

    def action_new_month(self) -> None:
        """Plan the new month on the basis of the last one."""
        month.begin(self)

    def action_why(self) -> None:
        """Explain every figure, starting with that of the selected line."""
        from planner.domain.workdays import month_of

        tasks: TaskList = self._part("tasks")
        task = self.today.tasks[tasks.cursor] if tasks.cursor < len(self.today.tasks) else None
        month.explain(self, month_of(self.today.day), str(task.metric) if task and task.kind == "counter" else "plan")

    def action_stop(self, outcome: str) -> None:
        """Ask for the kind of distraction and log it."""
        from planner.tui.day import stopping

        stopping.ask_kind(self, outcome)

    # morning and evening

    def action_day(self) -> None:
        """Show the morning until the day is open, then its close. A closed day can be reopened."""
        from planner.tui.day import morning_evening

        morning_evening.turn_day(self)

    def show_morning(self) -> None:
        """Show the morning."""
        from planner.tui.day import morning_evening

        morning_evening.show_morning(self)

    @property
    def is_night(self) -> bool:
        """Return whether the morning of the day hasn't begun yet."""
        return day_minute(self.today, self.ctx.now()) < self._morning_from()

    def _morning_from(self) -> int:
        """Return the minute of the day at which the night ends and the morning begins."""
        working = [block.first for block in self.today.blocks if block.position is not None and block.kind in WORKING]
        return min(working, default=8 * 60) - 3 * 60

    def morning_is_due(self) -> bool:
        """Return whether it is the morning of a working day with targets that hasn't been opened yet."""
        today, now = self.today, self._now
        if today.opened_at is not None or today.closed_at is not None or not today.weight or not today.targets:
            return False
        if not self._morning_from() <= day_minute(today, now) < 12 * 60:
            return False
        return not self.ctx.has_settings or bool(self.ctx.config["day.morning"])
