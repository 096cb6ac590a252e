"""The Day screen: one day's blocks, kept or missed, moved or resized, and whether they all fit."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.day.events import calendar_problems
from planner.services.context import AppContext
from planner.services.day import meetings
from planner.services.day.today_store import Today, TodayStore
from planner.services.plan import calendar
from planner.tui.day import changes
from planner.tui.day.modals.block import BlockModal, BlockWanted
from planner.tui.day.widgets.day import DayFacts, DayTimeline
from planner.tui.messages import Unchanged
from planner.tui.shared import meetings as flow
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterKey, HeaderLine

if TYPE_CHECKING:
    from planner.domain.day.blocks import DayBlock
    from planner.domain.day.events import Meeting, TimeOff
    from planner.services.day.calendars import Refreshed


class DayScreen(ListScreen[DayTimeline]):
    """Screen of one day's blocks."""

    PART = "Day"
    CSS_PATH = "day.tcss"
    LIST = DayTimeline
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x,space", "mark('kept')", "kept", id="block-kept", tooltip="Mark the block kept, or the meeting held"),
        Binding(
            "m",
            "mark('missed')",
            "missed",
            id="block-missed",
            tooltip="Mark the block missed, or the meeting a no-show",
        ),
        Binding("J,shift+down", "shift(15, 15)", "later", id="block-later", tooltip="Move it 15 minutes later"),
        Binding("K,shift+up", "shift(-15, -15)", "earlier", id="block-earlier", tooltip="Move it 15 minutes earlier"),
        Binding("plus,equals_sign", "shift(0, 15)", "longer", id="block-longer", tooltip="Make it 15 minutes longer"),
        Binding("minus", "shift(0, -15)", "shorter", id="block-shorter", tooltip="Make it 15 minutes shorter"),
        Binding("delete,backspace", "drop", "drop", id="block-drop", tooltip="Drop it for this day, or restore it"),
        Binding("e,enter", "edit", "edit", id="block-edit", tooltip="Change its hours for this day only"),
        Binding("n", "new", "new", id="block-new", tooltip="Add a block to this day only"),
        Binding(
            "o", "take_off", "take off", id="block-off", tooltip="Take time off on the all-day events in your calendar"
        ),
        Binding("r", "restore", "reset day", id="block-restore", tooltip="Reset the day to the week template"),
        Binding("R", "refresh_calendars", "calendars", id="calendar-refresh", tooltip="Read your calendars again now"),
        Binding("left", "turn(-1)", "previous day", id="block-before", tooltip="Show the previous day"),
        Binding("right", "turn(1)", "next day", id="block-after", tooltip="Show the next day"),
        Binding("W", "app.show('week')", "week", id="screen-week", tooltip="Plan the blocks of each weekday"),
        Binding("l", "app.show('list')", "calling list", id="screen-list", tooltip="Build and edit your calling list"),
        Binding("escape", "leave", "back", id="block-leave", tooltip="Back to Today"),
    ]
    FOOTER = (
        FooterKey("kept, held", "mark('kept')"),
        FooterKey("missed, no-show", "mark('missed')"),
        FooterKey("later, earlier", "shift(15, 15)", "shift(-15, -15)"),
        FooterKey("longer, shorter", "shift(0, 15)", "shift(0, -15)"),
        "app.show('today')",
        "drop",
        "edit",
        "new",
        "app.show('week')",
        FooterKey("day", "turn(-1)", "turn(1)"),
        "undo",
        "restore",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.day: date = today.day
        self._off: TimeOff | None = None

    def body(self) -> ComposeResult:
        now = self.ctx.now()
        with Container(id="body"):
            yield DayTimeline(self.today, now, id="timeline")
            yield DayFacts(self.today, now, id="facts")

    def start(self) -> None:
        index = self.place("block")
        if isinstance(index, int):
            self.lines.move_to(index)
        else:
            self.lines.choose_now()
        super().start()

    # display

    def reload(self) -> None:
        day = self.day

        def read() -> tuple[Today, TimeOff | None, list[str]]:
            """Read on a separate connection, since the live one belongs to the UI thread."""
            with closing(TodayStore(self.ctx)) as live:
                found = live.read(day)
                states = live.calendar_states()
            off = calendar.off_around(self.ctx, day) if found.day_notes else None
            return found, off, calendar_problems(states, self.ctx.today())

        self.load_async(read, self._show)

    def _show(self, read: tuple[Today, TimeOff | None, list[str]]) -> None:
        found, self._off, problems = read
        now = self.ctx.now()
        if found.day == self.ctx.today():
            self.query_one("#header", HeaderLine).show(found, now)
        other = found.day != self.today.day
        self.today = found
        self.lines.show(found, now)
        if other:
            self.lines.move_to(0)
            self.lines.choose_now()
        self.query_one(DayFacts).show(found, now, self._off, problems)
        self._tell_notices()

    def poll(self) -> None:
        before = self.query_one("#header", HeaderLine).now.minute
        super().poll()
        now = self.ctx.now()
        if now.minute != before and self.is_current:
            self.reload()

    # selection

    def open_entry(self) -> None:
        self.action_edit()

    def action_turn(self, days: int) -> None:
        """Show another day."""
        self.day += timedelta(days=days)
        self.reload()

    # changes

    def _change(self, change: Callable[..., str], *args: object) -> None:
        """Change the selected block."""
        position = self._own_position()
        if position is not None:
            self.run_change(partial(change, self.ctx, self.day, position, *args))

    def _own_position(self) -> int | None:
        """Return the position of the selected block, or report why it has none."""
        chosen = self.lines.chosen
        if chosen is None:
            self.show_error("No blocks yet. Press n to add one.")
        elif chosen.position is None:
            self.show_error("This meeting comes from your calendar. Change it there.")
        return None if chosen is None else chosen.position

    def _with_meeting(self, then: Callable[[Meeting], object]) -> bool:
        """Run `then` with the current state of the selected meeting. Returns whether one is selected."""
        chosen = self.lines.chosen
        meeting_id = None if chosen is None else chosen.meeting_id
        if meeting_id is not None:
            self.planner.answer_when_idle(lambda: self.ask_first(partial(meetings.get, self.ctx, meeting_id), then))
        return meeting_id is not None

    def action_mark(self, how: str) -> None:
        """Mark the selected block kept or missed (the same key clears it), or the selected meeting held or no-show."""
        outcome = meetings.HELD if how == "kept" else meetings.NO_SHOW
        if not self._with_meeting(lambda meeting: flow.end(self, meeting, outcome)):
            self._change(changes.mark_block, how)

    def action_shift(self, begin: int, end: int) -> None:
        """Move or resize the selected block, or a meeting of the rep's own. If another block would lose all its room,
        ask first.
        """
        chosen = self.lines.chosen
        if chosen is not None and chosen.meeting_id is not None:
            self.run_change(partial(flow.shift, self.ctx, chosen.meeting_id, begin, end))
            return
        position = self._own_position()
        if position is not None:
            day = self.day
            self._carry_out_or_ask(lambda drop: changes.shift_block(self.ctx, day, position, begin, end, drop=drop))

    def action_drop(self) -> None:
        """Drop the selected block for the day or restore it, or drop the selected meeting."""
        chosen = self.lines.chosen
        if chosen is not None and chosen.meeting_id is not None:
            self.run_change(partial(flow.drop, self.ctx, chosen.meeting_id))
            return
        position = self._own_position()
        if position is not None:
            day = self.day
            self._carry_out_or_ask(lambda drop: changes.drop_block(self.ctx, day, position, drop=drop))

    def action_meeting(self) -> None:
        """Enter how the selected meeting went, or else the first meeting not yet marked."""
        if not self._with_meeting(lambda meeting: flow.ask(self, meeting)):
            super().action_meeting()

    def action_take_off(self) -> None:
        """Take off the days that the calendar marks around this one."""
        if self._off is None:
            self.show_error("Your calendar has no all-day events here that could be days off.")
        else:
            self.run_change(partial(changes.take_off, self.ctx, self._off))

    def action_refresh_calendars(self) -> None:
        """Read the subscribed calendars again now."""
        if not self.live.calendar_states():
            self.show_error("No calendars yet. Subscribe to one with planner calendar subscribe NAME ADDRESS.")
        elif self.planner.calendar_watch.refresh(self._refreshed):
            self.show_info("Reading your calendars …")

    def _refreshed(self, found: list[Refreshed]) -> None:
        """Report how the calendars were read, on whatever screen the rep is by then."""
        problems = [f"{each.name}: {each.problem}" for each in found if each.problem]
        if problems:
            self.planner.on_shown(lambda screen: screen.complain(" ".join(problems)))
        else:
            said = " · ".join(f"{each.name}: {each.changes()}" for each in found)
            self.planner.on_shown(lambda screen: screen.service_done(Unchanged(said)))

    def action_restore(self) -> None:
        """Reset the day to the week template."""
        from planner.services.day import blocks

        self.record(blocks.restore, self.day)

    def action_edit(self) -> None:
        """Ask for the hours of the selected block, in full even if meetings cut it up."""
        chosen = self.lines.chosen
        if chosen is not None and chosen.meeting_id is not None:
            self._with_meeting(lambda meeting: flow.edit(self, meeting))
            return
        if chosen is None or chosen.position is None:
            self._own_position()  # reports why not
            return
        day, position = self.day, chosen.position

        def show(seen: DayBlock) -> None:
            block = seen.block
            typed = {"start": f"{block.start:%H:%M}", "end": f"{block.end:%H:%M}", "kind": block.kind}
            self._ask(day, seen, {**typed, "title": block.title})

        # Wait for any change still running, or the form would show the state before it.
        self.planner.answer_when_idle(lambda: self.ask_first(partial(self._read_block, day, position), show))

    def _read_block(self, day: date, position: int) -> DayBlock:
        """Return a block of a day in its current state."""
        from planner.services.day import blocks

        return blocks.find(blocks.read(self.ctx, day).blocks, str(position))

    def action_new(self) -> None:
        """Add a block that isn't in the week."""
        self._ask(self.day, None, {})

    def _ask(self, day: date, seen: DayBlock | None, typed: dict[str, str], problem: str = "") -> None:
        """Ask for a block of a day, either new or replacing one as `seen`."""

        def put(wanted: BlockWanted | None) -> None:
            if wanted is not None:
                self._carry_out_or_ask(
                    lambda drop: changes.place_block(self.ctx, day, seen, wanted.block, drop=drop),
                    lambda problem: self.ask_again(
                        lambda: None if seen is None else self._read_block(day, seen.position),
                        seen,
                        lambda now: self._ask(day, now, wanted.typed, problem),
                    ),
                )

        heading = "New block for this day" if seen is None else "Edit block for this day"
        self.app.push_screen(BlockModal(heading, typed, problem, fixed=seen is not None), put)
