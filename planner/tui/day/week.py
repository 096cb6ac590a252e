"""The Week screen: the blocks of each weekday, in several named weeks, one of which is current."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.domain.day.blocks import Block, WeekTemplate
from planner.domain.errors import InputError, PlannerError
from planner.domain.workdays import WEEKDAYS
from planner.services.context import AppContext
from planner.services.day import week as service
from planner.services.day.today_store import Today, TodayStore
from planner.tui.day import changes
from planner.tui.day.modals.block import BlockModal, BlockWanted
from planner.tui.day.widgets.week import WeekGrid, WeekTotals
from planner.tui.messages import WeekBlockClicked
from planner.tui.shared.list_screen import FAR
from planner.tui.shared.modals.line import LineModal
from planner.tui.shared.screen import BaseScreen, Places
from planner.tui.shared.widgets.frame import FooterKey


class WeekScreen(BaseScreen):
    """Screen of the week templates, edited in place."""

    PART = "Week"
    CSS_PATH = "week.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new block", id="week-new-block", tooltip="Add a block on one or more days"),
        Binding("e,enter", "edit", "edit", id="week-edit", tooltip="Change the block's hours, kind or days"),
        Binding("J,shift+down", "shift(15, 15)", "later", id="week-later", tooltip="Move it 15 minutes later"),
        Binding("K,shift+up", "shift(-15, -15)", "earlier", id="week-earlier", tooltip="Move it 15 minutes earlier"),
        Binding("plus,equals_sign", "shift(0, 15)", "longer", id="week-longer", tooltip="Make it 15 minutes longer"),
        Binding("minus", "shift(0, -15)", "shorter", id="week-shorter", tooltip="Make it 15 minutes shorter"),
        Binding("delete,backspace", "drop", "remove", id="week-drop", tooltip="Remove the selected block"),
        Binding("c", "copy", "copy day", id="week-copy", tooltip="Copy this day's blocks to other days"),
        Binding("f", "use", "use week", id="week-use", tooltip="Use this template for your days, starting tomorrow"),
        Binding("left_square_bracket", "step(-1)", "previous week", id="week-before", tooltip="Show the previous week"),
        Binding("right_square_bracket", "step(1)", "next week", id="week-next", tooltip="Show the next week"),
        Binding("N", "new_week", "new week", id="week-new", tooltip="Copy this week under a new name"),
        Binding("R", "rename", "rename", id="week-rename", tooltip="Rename this week"),
        Binding("D", "drop_week", "delete week", id="week-delete", tooltip="Delete this week, or reset a built-in one"),
        Binding("escape", "leave", "back", id="week-leave", tooltip="Back to the day"),
        Binding("up,k", "cursor(-1)", "up", id="cursor-up", show=False),
        Binding("down,j", "cursor(1)", "down", id="cursor-down", show=False),
        Binding("home", f"cursor(-{FAR})", "first", id="cursor-first", show=False),
        Binding("end", f"cursor({FAR})", "last", id="cursor-last", show=False),
        Binding("left,h", "cursor(0, -1)", "left", id="grid-left", show=False),
        Binding("right", "cursor(0, 1)", "right", id="grid-right", show=False),
    ]
    FOOTER = (
        "new",
        "edit",
        FooterKey("later, earlier", "shift(15, 15)", "shift(-15, -15)"),
        FooterKey("longer, shorter", "shift(0, 15)", "shift(0, -15)"),
        "drop",
        "copy",
        "use",
        FooterKey("week", "step(-1)", "step(1)"),
        "leave",
        "new_week",
        "rename",
        "drop_week",
        "undo",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.weeks: list[WeekTemplate] = []
        self.shown = ""
        self._follow: Block | None = None

    def body(self) -> ComposeResult:
        yield WeekTotals(id="totals")
        yield WeekGrid(id="grid")

    def start(self) -> None:
        self.grid_.weekday = self.grid_.today = self.ctx.today().weekday()
        super().start()

    @property
    def grid_(self) -> WeekGrid:
        """The grid of blocks."""
        return self.query_one(WeekGrid)

    # display

    def reload(self) -> None:
        self.load_async(lambda: service.templates(self.ctx), self._take)

    def _take(self, weeks: list[WeekTemplate]) -> None:
        self.weeks = weeks
        if not any(week.name == self.shown for week in self.weeks):
            self.shown = next(week.name for week in self.weeks if week.used)
        self._show()
        if self._follow is not None:
            self.grid_.choose(self._follow)
            self._follow = None
        self._tell_notices()

    def _index(self) -> int:
        return next(number for number, week in enumerate(self.weeks) if week.name == self.shown)

    def _show(self) -> None:
        index = self._index()
        self.query_one(WeekTotals).show(self.weeks, index)
        self.grid_.show(self.weeks[index])

    @property
    def week(self) -> WeekTemplate:
        """The week shown."""
        return self.weeks[self._index()]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.weeks) or action in ("leave", "undo", "redo")

    # selection

    def action_cursor(self, rows: int, columns: int = 0) -> None:
        """Move the cursor."""
        if columns:
            self.grid_.step_day(columns)
        else:
            self.grid_.move_to(self.grid_.weekday, self.grid_.row + rows)

    def on_week_block_clicked(self, message: WeekBlockClicked) -> None:
        self.grid_.move_to(message.weekday, max(0, message.index))
        if message.twice and message.index >= 0:
            self.action_edit()
        elif message.twice:
            self.action_new()

    def action_step(self, step: int) -> None:
        """Show another week."""
        self.shown = self.weeks[(self._index() + step) % len(self.weeks)].name
        self._show()

    def action_leave(self) -> None:
        """Go back to the Day screen."""
        self.planner.show("day")

    # changes

    def _chosen(self) -> Block | None:
        chosen = self.grid_.chosen
        if chosen is None:
            self.show_error("No blocks on this day. Press n to add one.")
        return chosen

    def _put(self, weekdays: list[int], old: Block | None, new: Block | None) -> None:
        self._follow = new
        here = self.grid_.weekday
        week = self.week
        self._carry_out_or_ask(
            lambda drop: changes.put_week_block(self.ctx, week, weekdays, old, new, chosen=here, drop=drop)
        )

    def action_shift(self, begin: int, end: int) -> None:
        """Move or resize the selected block."""
        chosen = self._chosen()
        if chosen is None:
            return
        try:
            moved = chosen.moved_to(chosen.first + begin, chosen.last + end)
        except InputError as problem:
            self.show_error(str(problem))
            return
        self._put([self.grid_.weekday], chosen, moved)

    def action_drop(self) -> None:
        """Remove the selected block."""
        chosen = self._chosen()
        if chosen is not None:
            self._put([self.grid_.weekday], chosen, None)

    def action_new(self) -> None:
        """Add a block."""
        here = self.grid_.weekday
        self._ask(self.week, here, None, {"days": WEEKDAYS[here][:3]})

    def action_edit(self) -> None:
        """Edit the selected block's hours, kind and days."""
        chosen = self._chosen()
        if chosen is not None:
            hours = {"start": f"{chosen.start:%H:%M}", "end": f"{chosen.end:%H:%M}"}
            here = self.grid_.weekday
            typed = {**hours, "kind": chosen.kind, "title": chosen.title, "days": WEEKDAYS[here][:3]}
            self._ask(self.week, here, chosen, typed)

    def _ask(self, week: WeekTemplate, here: int, old: Block | None, typed: dict[str, str], problem: str = "") -> None:
        """Ask for a block of a week, either new or replacing `old` on the weekday `here`."""

        def put(wanted: BlockWanted | None) -> None:
            if wanted is not None:
                self._follow = wanted.block
                leaving = () if old is None or here in wanted.weekdays else (here,)
                self._carry_out_or_ask(
                    lambda drop: changes.put_week_block(
                        self.ctx, week, wanted.weekdays, old, wanted.block, leaving, chosen=here, drop=drop
                    ),
                    lambda problem: self.ask_again(
                        by_now, old, lambda now: self._ask(week, here, now, wanted.typed, problem)
                    ),
                )

        def by_now() -> Block | None:
            """Return the old block if it still exists. If not, what was typed becomes a new one."""
            return old if old in service.find(self.ctx, week.name).days[here] else None

        heading = "New block" if old is None else f"{old}"
        self.app.push_screen(BlockModal(heading, typed, problem, weekdays=True), put)

    def action_copy(self) -> None:
        """Ask which days to copy this day's blocks to."""
        week, weekday = self.week, self.grid_.weekday

        def copy(text: str | None) -> None:
            if text is None:
                return
            try:
                days = service.weekdays(text)
            except PlannerError as problem:
                self.show_error(str(problem))
                return
            self.run_change(partial(changes.copy_week_day, self.ctx, week, weekday, days))

        name = WEEKDAYS[weekday].capitalize()
        self.app.push_screen(LineModal(f"Copy {name} to", "Days", "mon-fri", "e.g. mon-fri, sat,sun, all"), copy)

    def action_use(self) -> None:
        """Make the week shown the current one."""
        self.record(service.use, self.week)

    def action_new_week(self) -> None:
        """Ask for a name and copy this week under it."""
        week = self.week

        def make(name: str | None) -> None:
            if name:
                self.shown = name
                self.record(service.create, name, week)

        self.app.push_screen(LineModal(f"New week, copied from {week.name}", "Name", "", "e.g. Trade show"), make)

    def action_rename(self) -> None:
        """Ask for a new name for this week."""
        week = self.week

        def rename(name: str | None) -> None:
            if name and name != week.name:
                self.shown = name
                self.record(service.rename, week, name)

        self.app.push_screen(LineModal(f"Rename {week.name}", "Name", week.name, "e.g. Trade show"), rename)

    def action_drop_week(self) -> None:
        """Delete this week."""
        self.record(service.drop, self.week)
