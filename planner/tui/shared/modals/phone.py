"""The modal that shows the code by which a phone is paired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from planner.tui.shared.modal import Modal

SCAN = "Scan the code with your phone's camera. It pairs one phone, within ten minutes."
LOCAL = (
    "This link only works on this computer. To reach it from your phone, run tailscale serve or another proxy, and set "
    "phone.url to its address. docs/phone.md shows how."
)
ON = "The page is served until you quit planner."


class PhoneModal(Modal[str | None]):
    """Modal with the code and the link of a page that is being served."""

    CSS_PATH = Path(__file__).with_name("phone.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "answer('new')", "new code", id="phone-new", tooltip="Show a new code, for another phone"),
        Binding("x", "answer('stop')", "stop", id="phone-stop", tooltip="Stop serving the page"),
        Binding("escape,enter", "answer('')", "close", id="phone-leave", tooltip="Close, and go on serving the page"),
    ]

    def __init__(self, link: str, code: Sequence[str], *, local: bool) -> None:
        super().__init__()
        self.link, self.code, self.local = link, code, local

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="phone"):
            with Horizontal(id="phone-row"):
                if not self.local:
                    # in these colors under every theme, or a camera couldn't read it
                    yield Static(Content("\n".join(self.code)), id="phone-code")
                with Vertical(id="phone-side"):
                    yield Static(Content("planner on your phone"), id="phone-title")
                    yield Static(Content(f"{LOCAL if self.local else SCAN}\n\n{ON}"), id="phone-about")
                    yield Static(Content("n new code\nx stop\nesc close"), id="phone-keys")
            yield Static(Content(self.link), id="phone-link")

    def action_answer(self, answer: str) -> None:
        """Close with the answer, None for neither."""
        self.leave(answer or None)
