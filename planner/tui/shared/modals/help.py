"""The modal of help: the keys of a screen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from planner.tui.shared.modal import Modal

AREAS = (
    ("log", "Log"),
    ("history", "History"),
    ("task", "Task list"),
    ("goal", "Goals"),
    ("plan", "Plan and day"),
    ("day", "Plan and day"),
    ("block", "Blocks"),
    ("week", "Week"),
    ("list", "Calling list"),
    ("call", "Calls"),
    ("playbook", "Playbook"),
    ("stop", "Distractions"),
    ("calendar", "Calendar"),
    ("mail", "Email"),
    ("review", "Review"),
    ("client", "Clients"),
    ("deal", "Deals"),
    ("care", "Promises and complaints"),
    ("duplicate", "Duplicates"),
    ("import", "Import"),
    ("setting", "Settings"),
    ("search", "Search"),
    ("screen", "Screens"),
)


class HelpModal(Modal[None]):
    """Modal of all keys by area, closed by the key that opened it."""

    CSS_PATH = Path(__file__).with_name("help.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,escape,q", "close", "close", id="help-close"),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("up,k", "scroll(-1)", "up", show=False),
    ]

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._active = list(bindings)
        self._counts = any(active.binding.id == "log-dial" for active in self._active)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(self._text(), markup=False)

    def _text(self) -> Content:
        parts: list[Content] = []
        areas = list(dict.fromkeys(title for _, title in AREAS))
        for title in areas:
            prefixes = tuple(f"{name}-" for name, area in AREAS if area == title)
            rows: dict[str, tuple[list[str], str]] = {}
            for active in self._active:
                binding = active.binding
                if binding.id and binding.id.startswith(prefixes) and (binding.tooltip or binding.show):
                    keys, _ = rows.setdefault(binding.id, ([], binding.tooltip or binding.description))
                    keys.append(self.app.get_key_display(binding))
            if not rows:
                continue
            parts.append(Content.styled(f"{title}\n", "bold"))
            for keys, about in rows.values():
                parts.append(Content.styled(f"  {' '.join(keys):<11} ", "$text-accent"))
                parts.append(Content(f"{about}\n"))
            parts.append(Content("\n"))
        parts.append(Content.styled("Everywhere\n", "bold"))
        for key, about in (
            ("↑ ↓ k j", "Move up and down"),
            *((("1 … 8", "Right after d: the call's outcome"),) if self._counts else ()),
            ("^p", "All actions, by name"),
            ("? F1", "Show or hide these keys"),
            ("^q", "Quit (everything is already saved)"),
        ):
            parts.append(Content.styled(f"  {key:<12}", "$text-accent"))
            parts.append(Content(f"{about}\n"))
        return Content("").join(parts)

    def action_close(self) -> None:
        """Close the help."""
        self.leave()

    def action_scroll(self, step: int) -> None:
        """Scroll line by line."""
        self.query_one("#help").scroll_relative(y=step, animate=False)
