"""The screen of duplicates: contacts that may be the same, merged field by field, and only when the rep confirms."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.domain.clients.people import Contact
from planner.domain.errors import StateError
from planner.services.clients import duplicates as service
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.clients.widgets.duplicates import CompareLines, PairLines, format_value
from planner.tui.messages import Redone, Undone
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterItem, FooterKey


class DuplicatesScreen(ListScreen[PairLines]):
    """Screen of contacts that may be duplicates, in pairs."""

    TAB = "clients"
    PART = "Duplicates"
    CSS_PATH = "duplicates.tcss"
    LIST = PairLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "merge", "merge", id="duplicate-merge", tooltip="Merge the two into one contact"),
        Binding(
            "x",
            "apart",
            "not a duplicate",
            id="duplicate-apart",
            tooltip="They're two contacts. Don't suggest them again.",
        ),
        Binding("tab", "field(1)", "field", id="duplicate-field", tooltip="Go to the next field that differs"),
        Binding("shift+tab", "field(-1)", "previous field", id="duplicate-field-before", show=False),
        Binding("space", "take", "use other", id="duplicate-take", tooltip="Use the other contact's value"),
        Binding("s", "turn", "swap", id="duplicate-turn", tooltip="Swap which contact stays"),
        Binding("escape", "leave", "back", id="duplicate-leave", tooltip="Stop searching and go back to Clients"),
        Binding("right_square_bracket", "scroll(3)", "scroll", id="duplicate-scroll", tooltip="Scroll the comparison"),
        Binding("left_square_bracket", "scroll(-3)", "scroll back", id="duplicate-scroll-back", show=False),
    ]
    FOOTER = (
        "merge",
        "apart",
        "leave",
        "undo",
        "field(1)",
        "take",
        "turn",
        FooterKey("scroll", "scroll(3)", "scroll(-3)"),
    )

    WITHOUT_PAIR = ("leave", "undo")

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self._turned = False
        self._taken: frozenset[str] = frozenset()
        self._field: str | None = None
        self._stop: Event | None = None

    def body(self) -> ComposeResult:
        yield PairLines(id="pairs")
        yield CompareLines(id="compare")

    def footer_keys(self) -> Sequence[FooterItem]:
        if not self.is_mounted or self.lines.chosen is None:
            return self.WITHOUT_PAIR
        differ = self._differ()
        return [key for key in self.FOOTER if differ or key not in ("field(1)", "take")]

    # search

    def reload(self) -> None:
        if self._stop is not None:
            self._stop.set()
        stop = self._stop = Event()

        def tick(done: int) -> None:
            if stop.is_set():
                raise StateError("Stopped.")
            if done and not done % 5_000:
                self.from_thread(lambda: self.lines.show_search(done))

        def failed(problem: str) -> None:
            if not stop.is_set():
                self.show_error(problem)

        self.load_async(lambda: service.find(self.ctx, tick=tick), self._show, failed=failed)

    def _show(self, pairs: list[service.Found]) -> None:
        self._stop = None
        lines = self.lines
        before = lines.chosen
        lines.show(pairs)
        if before is None or lines.chosen is None or _ids(before) != _ids(lines.chosen):
            self.entry_chosen()
        else:  # another program wrote something, so keep the choices made for the same pair
            self._compare()

    def entry_chosen(self) -> None:
        """Start on another pair with no choices made."""
        self._turned, self._taken, self._field = False, frozenset(), None
        self._compare()

    def _selected_pair(self) -> tuple[Contact, Contact] | None:
        found = self.lines.chosen
        if found is None:
            return None
        return (found.second, found.first) if self._turned else (found.first, found.second)

    def _compare(self) -> None:
        both = self._selected_pair()
        differ = self._differ()
        if self._field not in differ:
            self._field = differ[0] if differ else None
        compared = self.query_one(CompareLines)
        compared.display = both is not None
        compared.show(both, service.CHOSEN, self._taken, self._field)
        self.show_keys()

    def _differ(self) -> list[str]:
        """Return the fields that have different values in the two contacts."""
        both = self._selected_pair()
        if both is None:
            return []
        pairs = {
            name: (format_value(getattr(both[0], name)), format_value(getattr(both[1], name)))
            for name in service.CHOSEN
        }
        return [name for name, (one, other) in pairs.items() if one and other and one != other]

    # selection

    def action_field(self, step: int) -> None:
        """Go to the next field that differs."""
        differ = self._differ()
        if differ:
            place = differ.index(self._field) if self._field in differ else -1
            self._field = differ[(place + step) % len(differ)]
            self._compare()

    def action_take(self) -> None:
        """Switch which contact's value to keep for the current field."""
        if self._field is None:
            self.show_error("The two don't differ in any field.")
            return
        self._taken ^= {self._field}
        self._compare()

    def action_turn(self) -> None:
        """Switch which of the two contacts stays."""
        self._turned = not self._turned
        self._taken = frozenset()
        self._compare()

    def action_scroll(self, step: int) -> None:
        """Scroll the comparison."""
        self.query_one(CompareLines).scroll(step)

    def action_leave(self) -> None:
        """Stop the search and go back to the clients."""
        if self._stop is not None:
            self._stop.set()
        self.planner.show("clients")

    # changes

    def action_merge(self) -> None:
        """Merge the two contacts."""
        both = self._selected_pair()
        if both is None:
            self.show_error("There's nothing to merge.")
            return
        taken = tuple(self._taken)
        self._remove_pair(both)
        self.record(service.merge, str(both[0].id), str(both[1].id), take=taken)

    def action_apart(self) -> None:
        """Record that the two are different contacts."""
        both = self._selected_pair()
        if both is not None:
            self._remove_pair(both)
            self.record(service.tell_apart, both[0].id, both[1].id)

    def service_done(self, text: str) -> None:
        """Report the change. Only an undo searches again, which takes a while, as the pair is already off the list."""
        self.show_info(text)
        self._tell_notices()
        if isinstance(text, (Undone, Redone)):
            self.reload()
        else:
            self.live.has_changed()  # so that the next poll doesn't report this write as new

    def _remove_pair(self, both: tuple[Contact, Contact]) -> None:
        """Remove the pair from the list right away, since a new search takes a while."""
        lines = self.lines
        ids = {both[0].id, both[1].id}
        lines.show([each for each in lines.pairs or () if _ids(each) != ids])
        self.entry_chosen()


def _ids(found: service.Found) -> set[int]:
    return {found.first.id, found.second.id}
