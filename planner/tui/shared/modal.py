"""Base of the modals."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual.screen import ModalScreen

from planner.tui.shared import sizes

Result = TypeVar("Result")


class Modal(ModalScreen[Result], Generic[Result]):
    """Base of all modals: dismisses at most once, since keys typed ahead would dismiss it twice and end the app."""

    BUTTONS: ClassVar = Path(__file__).with_name("modals") / "buttons.tcss"
    """The style sheet of the buttons, for modals that have any."""

    _left = False

    def on_compose(self) -> None:
        sizes.before_mount(self)

    def leave(self, result: Result | None = None) -> None:
        """Close with a result. Later calls do nothing."""
        if not self._left:
            self._left = True
            self.dismiss(result)
