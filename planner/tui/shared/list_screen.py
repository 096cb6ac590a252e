"""Base of the screens around one list with a cursor."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar, cast

from textual.binding import Binding, BindingType

from planner.tui.messages import EntryClicked
from planner.tui.shared.screen import BaseScreen
from planner.tui.shared.widgets.lines import ChoiceLines

L = TypeVar("L", bound=ChoiceLines)
FAR = 10_000_000  # entries, more than any list has


class ListScreen(BaseScreen, Generic[L]):
    """Base of a screen around a list. Keys and clicks move its cursor, and `entry_chosen` shows what belongs to the
    entry.
    """

    LIST: ClassVar[type[ChoiceLines]]
    """The widget of the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "up", id="cursor-up", show=False),
        Binding("down,j", "cursor(1)", "down", id="cursor-down", show=False),
        Binding("pageup", "cursor(-10)", "page up", id="cursor-page-up", show=False),
        Binding("pagedown", "cursor(10)", "page down", id="cursor-page-down", show=False),
        Binding("home", f"cursor(-{FAR})", "first", id="cursor-first", show=False),
        Binding("end", f"cursor({FAR})", "last", id="cursor-last", show=False),
    ]

    @property
    def lines(self) -> L:
        """The list."""
        return cast(L, self.query_one(self.LIST))

    def entry_chosen(self) -> None:
        """Show what belongs to the entry under the cursor. Called after each move."""

    def open_entry(self) -> None:
        """Open the entry under the cursor. Called on a double click."""

    def action_cursor(self, rows: int, columns: int = 0) -> None:
        """Move the cursor."""
        self.lines.step(rows)
        self.entry_chosen()

    def on_entry_reached(self) -> None:
        self.entry_chosen()

    def on_entry_clicked(self, message: EntryClicked) -> None:
        self.lines.move_to(message.index)
        self.entry_chosen()
        if message.twice:
            self.open_entry()
