"""The modal that logs a distraction (STOP) as resisted or given in to, with its kind chosen by one more key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Region

from planner.tui.shared import spans
from planner.tui.shared.modal import Modal
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

# Keys of the kinds, in list order. e edits the list.
KEYS = "1234567890abcdfghiklmnopqrstuvwxyz"


class StopModal(Modal[str | None]):
    """Modal that asks for the kind of a distraction. Returns it, an empty string for no kind, or `EDIT` to edit the
    list.
    """

    CSS_PATH = "temptation.tcss"
    EDIT = "\0edit"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "cancel", id="stop-leave", tooltip="Close without logging anything"),
        Binding("enter", "plain", "don't say", id="stop-plain", tooltip="Log it without a reason"),
        Binding("e", "edit", "edit list", id="stop-edit", tooltip="Edit the list of distractions"),
    ]

    def __init__(self, kinds: Sequence[str], *, given_in: bool) -> None:
        super().__init__()
        self.kinds, self.given_in = list(kinds)[: len(KEYS)], given_in

    def compose(self) -> ComposeResult:
        with Container(id="stop"):
            yield StopLines(self.kinds, given_in=self.given_in)

    def on_key(self, event: events.Key) -> None:
        key = event.character or ""
        if key in KEYS and key:
            index = KEYS.index(key)
            if index < len(self.kinds):
                event.stop()
                self.leave(self.kinds[index])

    def action_plain(self) -> None:
        """Log it without a kind."""
        self.leave("")

    def action_leave(self) -> None:
        """Leave without logging."""
        self.leave(None)

    def action_edit(self) -> None:
        """Edit the list of kinds."""
        self.leave(self.EDIT)


class StopLines(Lines):
    """List of the kinds with their keys. A click chooses one."""

    def __init__(self, kinds: Sequence[str], *, given_in: bool) -> None:
        super().__init__()
        self.kinds, self.given_in = kinds, given_in

    def build(self, width: int, height: int) -> list[Line]:
        title = "Gave in to a distraction: what was it?" if self.given_in else "Distraction resisted: what was it?"
        lines: list[Line] = [[(title, "bold")], []]
        for key, kind in zip(KEYS, self.kinds, strict=False):
            lines.append(spans.cut([(f" {key}  ", "accent"), (kind, "")], width, measure))
        keys: Line = []
        for key, word in (("⏎", "don't say"), ("e", "edit list"), ("esc", "cancel")):
            keys += [(key, "accent"), (f" {word}  ", "dim")]
        return [*lines, [], keys]

    def area_at(self, x: int, y: int) -> Region | None:
        return self.row_area(y) if 2 <= y < 2 + len(self.kinds) else None

    def on_click(self, event: events.Click) -> None:
        index = event.y - 2
        if 0 <= index < len(self.kinds) and isinstance(self.screen, StopModal):
            self.screen.leave(self.kinds[index])
