"""Pickers that search while the rep types: the global search, and the filters of the client list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Label

from planner.domain.errors import PlannerError
from planner.domain.text import make_visible
from planner.tui.messages import EntryClicked
from planner.tui.shared import spans
from planner.tui.shared.modal import Modal
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, measure
from planner.tui.shared.widgets.safe_input import LineInput


@dataclass(frozen=True)
class Pick:
    """One entry of a picker: its left and right ends, and the value it represents."""

    left: Line
    right: str
    value: Any
    right_style: str = "dim"


class PickLines(EntryLines):
    """List of the entries found."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.picks: Sequence[Pick] = ()
        self.nothing = ""
        self.more = ""

    def count(self) -> int:
        return len(self.picks)

    def show(self, picks: Sequence[Pick], nothing: str, more: str = "") -> None:
        """Show entries. `nothing` is shown if there are none, `more` above them."""
        self.picks, self.nothing, self.more = picks, nothing, more
        self.first = 0
        self.move_to(0)

    def build(self, width: int, height: int) -> list[Line]:
        if not self.picks:
            return [[], *([(f" {text}", "dim")] for text in spans.wrap(self.nothing, width - 2, measure))]
        lines: list[Line] = [[(f"   {self.more}", "dim")] if self.more else []]
        for index in self.in_sight(height):
            pick = self.picks[index]
            chosen = index == self.cursor
            right = spans.fit(pick.right, max(0, width // 2 - 2), measure)
            room = width - measure(right) - 6
            left: Line = [spans.pointer(chosen), *spans.cut(pick.left, room, measure)]
            if chosen:
                left = [(text, "cursor" if style == "" else style) for text, style in left]
            lines.append(spans.justify(left, [(f"{right} ", pick.right_style)], width, measure))
        return lines


class PickModal(Modal[Any]):
    """Base of the pickers: an input line, and below it what `offer` finds for it."""

    CSS_PATH = Path(__file__).with_name("pick.tcss")  # a form in another package uses it too
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="pick-cancel", tooltip="Close without choosing"),
        Binding("up", "cursor(-1)", "up", id="pick-up", show=False, priority=True),
        Binding("down", "cursor(1)", "down", id="pick-down", show=False, priority=True),
        Binding("pageup", "cursor(-10)", "page up", id="pick-page-up", show=False, priority=True),
        Binding("pagedown", "cursor(10)", "page down", id="pick-page-down", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        hint: str,
        offer: Callable[[str], tuple[Sequence[Pick], str]],
        text: str = "",
        most: int = 10_000,
    ) -> None:
        super().__init__()
        self.most = most
        self.title_, self.hint, self.offer, self.text = title, hint, offer, text

    def compose(self) -> ComposeResult:
        with Container(id="pick"):
            yield Label(Content(make_visible(self.title_)), id="pick-title", markup=False)
            yield LineInput(value=self.text, placeholder=self.hint, id="pick-line", compact=True, select_on_focus=False)
            yield PickLines(id="picks")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._offer(self.text)

    def _offer(self, text: str) -> None:
        try:
            picks, nothing = self.offer(text)
        except PlannerError as problem:
            picks, nothing = (), str(problem)
        more = f"the first {len(picks)}: keep typing to narrow it down" if len(picks) >= self.most else ""
        self.query_one(PickLines).show(picks, nothing, more)

    def offer_again(self) -> None:
        """Search again for the current text, as there may be more by now."""
        self._offer(self.query_one(Input).value)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._offer(event.value)

    def on_input_submitted(self) -> None:
        self._choose()

    def on_entry_clicked(self, message: EntryClicked) -> None:
        self.query_one(PickLines).move_to(message.index)
        self._choose()

    def _choose(self) -> None:
        lines = self.query_one(PickLines)
        if lines.cursor < lines.count():
            self.choose(lines.picks[lines.cursor].value)

    def choose(self, value: Any) -> None:
        """Close with the value of the chosen entry."""
        self.leave(value)

    def action_cursor(self, step: int) -> None:
        """Move the cursor."""
        lines = self.query_one(PickLines)
        lines.move_to(lines.cursor + step)

    def action_cancel(self) -> None:
        """Close without choosing."""
        self.leave(None)
