"""The form for a file, typed with completion or picked from a list.

The list is our own picker over one folder, not `textual-fspicker` (1.0, MIT, well kept): that shows a directory tree of
another look with a field of its own, and can't be searched by typing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Input, Label

from planner.domain.errors import InputError
from planner.domain.text import make_visible
from planner.tui.shared import completion
from planner.tui.shared.form import Field, FormModal
from planner.tui.shared.modals.pick import Pick, PickModal


class PathModal(FormModal[str]):
    """Form for the path of a file, or of a folder if `folders` may be chosen. F4 lists what is there."""

    CSS = "PathModal #form { width: 92; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "browse", "browse", id="path-browse", tooltip="Choose the file from a list"),
    ]

    def __init__(
        self, heading: str, label: str, text: str = "", hint: str = "", *, folders: bool = False, problem: str = ""
    ) -> None:
        self.HEADING = heading
        self.folders = folders
        super().__init__([Field("line", label, text, hint, completes="path")], problem)

    def more_keys(self) -> ComposeResult:
        yield Button("Browse F4", id="browse", compact=True)

    def read(self, values: dict[str, str]) -> str:
        if not values["line"]:
            raise InputError("Type a path, F4 to browse, or press esc to cancel.").at("line")
        return values["line"]

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "browse":  # Textual passes the others on to the form
            self.action_browse()

    def action_browse(self) -> None:
        """List the folder of the typed path, or the home folder."""
        typed = os.path.expanduser(self.values()["line"])
        folder = typed if os.path.isdir(typed) else os.path.dirname(typed)
        self.app.push_screen(FileModal(folder or os.path.expanduser("~"), folders=self.folders), self._take)

    def _take(self, path: str | None) -> None:
        if path is not None:
            line = self.row("line").field
            self.taken = line.value = path
            line.cursor_position = len(path)


class FileModal(PickModal):
    """Picker for a file in a folder, those below it and the one above. Typing narrows it down."""

    THIS = "."

    def __init__(self, folder: str, *, folders: bool = False) -> None:
        self.folder = os.path.abspath(folder)
        self.folders = folders
        super().__init__(short(self.folder), "type to narrow it down", self._entries)

    def _entries(self, text: str) -> tuple[Sequence[Pick], str]:
        picks = []
        above = os.path.dirname(self.folder)
        if self.folders and not text:
            picks.append(Pick([("this folder", "accent")], "", self.THIS))
        if not text and above != self.folder:
            picks.append(Pick([("..", "")], "the folder above", above + os.sep))
        found = completion.paths(os.path.join(self.folder, text))
        picks += [Pick([(each.shown, "")], "folder" if each.goes_on else "", each.text) for each in found]
        return picks, "Nothing here starts like that." if text else "This folder is empty."

    def choose(self, value: str) -> None:
        """Close with a file, or with this folder. Any other folder is shown."""
        if value == self.THIS:
            self.leave(os.path.join(self.folder, ""))
        elif value.endswith(os.sep):
            self.folder = os.path.normpath(value)
            self.query_one("#pick-title", Label).update(Content(make_visible(short(self.folder))))
            self.query_one(Input).value = ""
            self.offer_again()
        else:
            self.leave(value)


def short(path: str) -> str:
    """Write a path as people do, with ``~`` for their home."""
    home = os.path.expanduser("~")
    return "~" + path[len(home) :] if path == home or path.startswith(home + os.sep) else path
