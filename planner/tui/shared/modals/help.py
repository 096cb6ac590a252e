"""The modal of help: the keys of a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Label

from planner.tui.shared import spans
from planner.tui.shared.modal import Modal
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure
from planner.tui.shared.widgets.safe_input import LineInput

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
    ("sync", "Devices"),
    ("setting", "Settings"),
    ("search", "Search"),
    ("screen", "Screens"),
)


Row = tuple[str, str]
"""The keys of an action, and what it does."""


KEYS = 14  # cells before what a key does


class KeyLines(Lines):
    """View of the keys by area."""

    groups: Sequence[tuple[str, Sequence[Row]]] = ()

    def show(self, groups: Sequence[tuple[str, Sequence[Row]]]) -> None:
        """Show these areas with their keys."""
        self.groups = groups
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = []
        for title, rows in self.groups:
            lines += [*([[]] if lines else []), [(title, "bold")]]
            for keys, about in rows:
                first = f"  {keys:<{KEYS - 3}} "
                parts = spans.wrap(about, width - max(KEYS, measure(first)), measure)
                lines += [
                    [(" " * measure(first) if number else first, "accent"), (part, "")]
                    for number, part in enumerate(parts)
                ]
        return lines or [[("No key matches.", "dim")]]


class _Search(LineInput):
    """A line of search that leaves ? to the modal, which it closes."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key != "question_mark" and super().check_consume_key(key, character)


class HelpModal(Modal[None]):
    """Modal of a screen's keys by area, searched as the rep types. The key that opened it closes it."""

    CSS_PATH = Path(__file__).with_name("help.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,escape", "close", "close", id="help-close", priority=True),
        Binding("down", "scroll(1)", "down", show=False, priority=True),
        Binding("up", "scroll(-1)", "up", show=False, priority=True),
        Binding("pagedown", "scroll(10)", "page down", show=False, priority=True),
        Binding("pageup", "scroll(-10)", "page up", show=False, priority=True),
    ]

    def __init__(self, where: str, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._where = where
        self._active = list(bindings)

    def compose(self) -> ComposeResult:
        with Container(id="help"):
            with Horizontal(id="help-head"):
                yield Label(Content(f"Keys · {self._where}"), id="help-title", markup=False)
                yield Label(Content("esc close"), id="help-close", markup=False)
            yield _Search(placeholder="Type to search: undo, callback, ^r …", id="help-line", compact=True)
            with VerticalScroll(id="help-keys", can_focus=False):
                yield KeyLines(id="help-text")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.on_input_changed()

    def on_input_changed(self) -> None:
        wanted = self.query_one(Input).value.strip().casefold()
        found = [
            (title, [row for row in rows if wanted in f"{title} {row[0]} {row[1]}".casefold()])
            for title, rows in self._groups()
        ]
        self.query_one(KeyLines).show([group for group in found if group[1]])
        self.query_one("#help-keys").scroll_home(animate=False)

    def _groups(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield the areas that have keys here, each with its rows, then what holds everywhere."""
        for title in dict.fromkeys(title for _, title in AREAS):
            prefixes = tuple(f"{name}-" for name, area in AREAS if area == title)
            rows: dict[str, tuple[list[str], str]] = {}
            for active in self._active:
                binding = active.binding
                if binding.id and binding.id.startswith(prefixes) and (binding.tooltip or binding.show):
                    keys, _ = rows.setdefault(binding.id, ([], binding.tooltip or binding.description))
                    keys.append(self.app.get_key_display(binding))
            if rows:
                yield title, [(" ".join(keys), about) for keys, about in rows.values()]
        counts = any(active.binding.id == "log-dial" for active in self._active)
        outcome = [("1 … 8", "Right after d: the call's outcome")] if counts else []
        yield (
            "Everywhere",
            [
                ("↑ ↓ k j", "Move up and down"),
                *outcome,
                ("^p", "All actions, by name"),
                ("? F1", "Show or hide these keys"),
                ("^q", "Quit (everything is already saved)"),
            ],
        )

    def action_close(self) -> None:
        """Close the help."""
        self.leave()

    def action_scroll(self, step: int) -> None:
        """Scroll line by line."""
        self.query_one("#help-keys").scroll_relative(y=step, animate=False)
