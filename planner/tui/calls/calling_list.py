"""The screen of a day's calling list: filled from contacts or pasted, and compared with the day's target."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.domain.calls.calling_list import parse_pasted
from planner.domain.text import plural
from planner.services.calls import calling_list as service
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.calls import changes
from planner.tui.calls.modals.listing import ListModal, ListWanted
from planner.tui.calls.widgets.calling_list import CallingLines
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.modals.text_area import TextModal
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterKey


class CallingListScreen(ListScreen[CallingLines]):
    """Screen that prepares the calling list the evening before."""

    TAB = "calls"
    PART = "List"
    CSS_PATH = "calling_list.tcss"
    LIST = CallingLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "build", "build", id="list-build", tooltip="Fill the list from your contacts"),
        Binding("n", "paste", "paste names", id="list-paste", tooltip="Paste names and numbers, one per line"),
        Binding("p", "promise", "promise", id="list-promise", tooltip="Promise this contact something"),
        Binding("f", "filters", "filters", id="list-filters", tooltip="Fill the list from contacts you choose"),
        Binding("delete,backspace", "drop", "remove", id="list-drop", tooltip="Remove this contact from the list"),
        Binding("left", "turn(-1)", "previous day", id="list-before", tooltip="The previous day's list"),
        Binding("right", "turn(1)", "next day", id="list-after", tooltip="The next day's list"),
        Binding("enter,2", "app.show('calls')", "call", id="list-call", tooltip="Start calling"),
        Binding("escape", "leave", "back", id="list-leave", tooltip="Back to Today"),
    ]
    FOOTER = (
        "app.show('calls')",
        "build",
        "paste",
        "filters",
        "drop",
        FooterKey("day", "turn(-1)", "turn(1)"),
        "leave",
        "undo",
        "app.show('today')",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.day: date | None = self.place("day")

    def body(self) -> ComposeResult:
        yield CallingLines(id="entries")

    # display

    def reload(self) -> None:
        day = self.day
        self.load_async(lambda: service.show(self.ctx, day or service.day_for(self.ctx)), self._show)

    def _show(self, found: service.CallingList) -> None:
        self.day = found.day
        self.lines.show(found)
        self._tell_notices()

    # selection

    def person(self) -> tuple[int, str] | None:
        chosen = self.lines.chosen
        return None if chosen is None else (chosen.contact.id, chosen.contact.name)

    def action_turn(self, days: int) -> None:
        """Show the list of another day."""
        self.day = (self.day or self.ctx.today()) + timedelta(days=days)
        self.reload()

    # changes

    def _day(self) -> date:
        return self.day or self.ctx.today()

    def action_build(self) -> None:
        """Fill the list up to the day's target."""
        self.run_change(partial(changes.build_list, self.ctx, self._day(), service.Filters(), None))

    def action_filters(self) -> None:
        """Ask which contacts to use, then fill the list from them."""

        def build(wanted: ListWanted | None) -> None:
            if wanted is not None:
                day = self._day()
                self.run_change(partial(changes.build_list, self.ctx, day, wanted.filters, wanted.count))

        self.app.push_screen(ListModal(self.ctx.now()), build)

    def action_paste(self) -> None:
        """Ask for names and phone numbers."""
        self._ask_lines("")

    def _take_pasted(self, lines: list[str]) -> None:
        self._ask_lines("\n".join(lines))

    def _ask_lines(self, text: str) -> None:
        def put(lines: str | None) -> None:
            if lines is not None and lines.strip():
                work = partial(changes.paste_list, self.ctx, self._day(), lines)
                self.run_change(work, lambda problem: self._paste_failed(lines, problem))

        about = "One per line: Kim Minsu, Hanbit, 02-555-1234"
        self.app.push_screen(TextModal("Names and numbers", about, text, preview=_describe_pasted), put)

    def _paste_failed(self, lines: str, problem: str) -> None:
        self.show_error(problem)
        self._ask_lines(lines)

    def action_drop(self) -> None:
        """Remove the selected contact from the list."""
        chosen = self.lines.chosen
        if chosen is None:
            self.show_error("The list is empty. Press b to fill it.")
        else:
            self.run_change(partial(changes.drop_from_list, self.ctx, self._day(), chosen.contact.id))


def _describe_pasted(text: str) -> str:
    """Describe how the pasted lines are read."""
    found, without = parse_pasted(text)
    left = f", {len(without)} without" if without else ""
    return f"{plural(len(found), 'contact', 'contacts')} with a number{left}" if text.strip() else ""
