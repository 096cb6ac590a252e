"""Counts calls by one key each, and prompts for the outcome of the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from planner.domain.calls.activity_log import Activity
from planner.domain.day import activity
from planner.domain.day.day_progress import day_minute
from planner.domain.errors import PlannerError
from planner.domain.text import plural
from planner.services.context import AppContext
from planner.services.day.today_store import Logged, Today, TodayStore
from planner.tui.day.today_view import outcome_lines
from planner.tui.day.widgets.today import Counters, TaskList
from planner.tui.messages import CounterClicked
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.screen import OFFERED, BaseScreen
from planner.tui.shared.spans import OUTCOMES, Line
from planner.tui.shared.welcome import FIRST_CLASS, is_first

FRESH = timedelta(seconds=1)
KIND_OF = {
    "dials": "dial",
    "conversations": "conversation",
    "meetings_booked": "meeting-booked",
    "proposals": "proposal",
}


@dataclass
class LastCall:
    """The last logged call, as long as one key can still enter its outcome."""

    row_id: int
    until: datetime


class CountingScreen(ListScreen[TaskList]):
    """Screen with counters and the keys that count on them. Every count is committed to disk before it shows."""

    LIST = TaskList

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today) -> None:
        super().__init__(ctx, live, today)
        self._last_call: LastCall | None = None
        self._hears = False
        self._unsaid: tuple[tuple[Line, ...], bool] | None = None
        self._fresh_until: datetime | None = None

    def _show(self, today: Today) -> None:
        """Show a new snapshot of the day."""
        raise NotImplementedError

    def _after_count(self, now: datetime) -> None:
        """Called after each count."""
        raise NotImplementedError

    def action_log(self, kind: str) -> None:
        """Count one, committed to disk before it shows."""
        self._log(kind)

    def _log(self, kind: str) -> bool:
        now = self.ctx.now()
        if self.ctx.today() != self.today.day:
            self.reload()
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
            self.tell_waiting(logged)
            return True
        best = self._record(logged.adds)
        if kind == "dial":
            self._prompt_outcome(
                f"{best}: {self.today.counts['dials']:,}" if best else "Call counted", logged.id, record=bool(best)
            )
        else:
            told = f"Counted: {logged.label}"
            self.show_info(f"{told}  ★ {best}" if best else told)
        self._tell_notices()
        return True

    def tell_waiting(self, logged: Logged) -> None:
        """Warn that a count isn't on disk yet because the database is gone."""
        waiting = plural(len(self.live.waiting), "entry is", "entries are")
        told = f"Not saved yet: {logged.label}. {waiting} waiting to be saved."
        self.say(
            *(
                [(" ! ", "bad"), (f"{told}{more}", "")]
                for more in (f" {logged.waits}", " The database is missing.", "")
            ),
            keep=True,
        )

    def uncount(self, entry: Activity) -> None:
        """Remove a count that was never saved from the screen."""
        for name in activity.counts_of(entry.kind, entry.outcome):
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
                return f"Most {activity.WORDS[name][1]} in a day"
        return ""

    def show_welcome(self) -> None:
        """Show the welcome in place of everything else before the first use."""
        self.set_class(is_first(self.today), FIRST_CLASS)

    def _brighten(self, names: frozenset[str], now: datetime) -> None:
        self._after_count(now)
        if self.has_class(FIRST_CLASS):
            self.show_welcome()
            self._part("month").redraw()
        counters: Counters = self._part("counters")
        counters.fresh = names
        counters.show(self.today, now)
        self._fresh_until = now + FRESH
        tasks: TaskList = self._part("tasks")
        for task in self.today.tasks:
            if task.metric in names:
                task.done = self.today.counts[str(task.metric)] >= (task.target or 0)
        tasks.redraw()

    def on_counter_clicked(self, message: CounterClicked) -> None:
        if message.metric in KIND_OF:
            self.action_log(KIND_OF[message.metric])

    # the outcomes of the last call

    def _prompt_outcome(self, text: str, row_id: int, *, record: bool = False) -> None:
        """Show what was counted, with the outcomes by digit."""
        self.say(*outcome_lines(text, record=record), offer=LastCall(row_id, self.ctx.now() + OFFERED))

    def _is_prompting(self) -> bool:
        return self._last_call is not None and self.ctx.now() < self._last_call.until

    @property
    def in_call(self) -> bool:
        """Return whether the call just counted still awaits its outcome, when nothing else may be announced."""
        return self._is_prompting()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "outcome":
            return self._is_prompting()
        return True

    def action_outcome(self, digit: int) -> None:
        """Set the outcome of the call just counted."""
        if self._last_call is None or not self._is_prompting():
            return
        outcome, row_id = activity.DIAL_OUTCOMES[digit - 1], self._last_call.row_id
        try:
            before = self.live.waiting[-row_id - 1].outcome if -len(self.live.waiting) <= row_id < 0 else None
            self.live.set_outcome(row_id, outcome)
            if row_id < 0:  # without a database, the screen has the only counts
                for name in activity.counts_of("dial", before):
                    self.today.counts[name] -= 1
                for name in activity.counts_of("dial", outcome):
                    self.today.counts[name] += 1
            else:
                self.live.refresh_counts(self.today)
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        self._brighten(frozenset(activity.counts_of("dial", outcome)), self.ctx.now())
        self.show_info(f"Call: {OUTCOMES[0][digit - 1]}")
        if row_id > 0:
            self._ask_about_same()

    def action_offer_outcome(self) -> None:
        """Offer the outcomes of the last call again."""
        try:
            row_id = self.live.last_call_id()
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        if row_id is None:
            self.show_error("No calls logged today yet. Press d to count one.")
            return
        self._prompt_outcome("Last call:", row_id)

    def end_offer(self) -> None:
        """Withdraw the outcomes of the last call, as the rep does something else."""
        if self._is_prompting():
            self.say([])

    def deliver(self, step: Callable[[BaseScreen], object]) -> None:
        """Let background work report its end, but only after outcomes are no longer on offer. What a digit means
        depends on earlier keys and the clock, never on what happens to finish.
        """
        before, self._hears = self._hears, True
        try:
            step(self)
        finally:
            self._hears = before

    def say(self, *lines: Line, keep: bool = False, offer: LastCall | None = None) -> None:
        if self._hears and offer is None and self._is_prompting():
            self._unsaid = (lines, keep)
            return
        self._last_call = offer  # digits mean outcomes only while those are on offer
        super().say(*lines, keep=keep)

    def _tell_unsaid(self) -> None:
        """Show the message that waited for the offer to end, on the current screen."""
        if self._unsaid is None or self._is_prompting():
            return
        (lines, keep), self._unsaid = self._unsaid, None
        self.planner.on_shown(lambda screen: screen.say(*lines, keep=keep))
