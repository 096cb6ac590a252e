"""The modal of the morning: affirmations, the drive item, what today serves, and the first task. One key opens the
day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll

from planner.domain import formats
from planner.tui.day.widgets.morning_evening import MorningLines
from planner.tui.messages import KeyClicked
from planner.tui.open_link import opened_where
from planner.tui.shared.modal import Modal
from planner.tui.shared.widgets.frame import FooterItem, FooterKey, FooterLine, MessageLine

if TYPE_CHECKING:
    from planner.services.day.morning import Morning
    from planner.services.day.today_store import Today

Choice = Literal["open", "skip", "triage", "close", "edit-affirmations", "edit-drive"]
KEYS = (
    "choose('open')",
    "choose('skip')",
    "drive",
    "choose('triage')",
    "choose('edit-affirmations')",
    "choose('edit-drive')",
)


class MorningScreen(Modal[Choice]):
    """Modal that opens the day and returns the rep's choice."""

    CSS_PATH = "morning_evening.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,b", "choose('open')", "start day", id="day-open"),
        Binding("escape,q,space", "choose('skip')", "skip", id="day-skip"),
        Binding("o", "drive", "open what drives you", id="day-drive"),
        Binding("v", "picture", "open vision", id="day-picture"),
        Binding("T", "choose('triage')", "triage", id="day-triage"),
        Binding("c", "choose('close')", "end the previous day", id="day-close-before"),
        Binding("e", "choose('edit-affirmations')", "edit affirmations", id="day-affirmations"),
        Binding("E", "choose('edit-drive')", "edit what drives you", id="day-drive-edit"),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("up,k", "scroll(-1)", "up", show=False),
    ]

    def __init__(self, morning: Morning, today: Today) -> None:
        super().__init__()
        self.morning, self.today = morning, today

    def compose(self) -> ComposeResult:
        with Container(id="page"), VerticalScroll(id="ritual", can_focus=False):
            yield MorningLines(self.morning, self.today, id="morning")
        yield MessageLine(id="ritual-message")
        keys: list[FooterItem] = list(KEYS)
        if opened_where(self.today.picture or ""):
            keys.insert(2, "picture")
        if self.morning.left_open is not None:
            keys.insert(2, FooterKey(f"end {formats.when_text(self.morning.left_open)}", "choose('close')"))
        yield FooterLine(keys, beside=(), id="ritual-keys")

    def on_key_clicked(self, message: KeyClicked) -> None:
        self.call_later(self.run_action, message.action)

    def action_choose(self, choice: Choice) -> None:
        """Close with the choice."""
        if choice != "close" or self.morning.left_open is not None:
            self.leave(choice)

    def action_scroll(self, step: int) -> None:
        """Scroll line by line."""
        self.query_one("#ritual").scroll_relative(y=step, animate=False)

    def action_drive(self) -> None:
        """Open the drive item if it is a link or a file. A text is only read."""
        self._open(self.morning.drive, "This is plain text. Press E to replace it with a link or a file path.")

    def action_picture(self) -> None:
        """Open the vision of the wish."""
        self._open(self.today.picture or "", "Your vision is plain text, so there's nothing to open.")

    def _open(self, text: str, otherwise: str) -> None:
        url = opened_where(text)
        message = self.query_one(MessageLine)
        if url is None:
            message.say([(f" {otherwise}", "dim")])
        else:
            self.app.open_url(url)
            message.say([(" ✓ ", "good"), ("Opened ", ""), (text, "dim")])
