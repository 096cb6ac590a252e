"""Base of the modals."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class Modal(ModalScreen[Result], Generic[Result]):
    """Base of all modals: dismisses at most once, since keys typed ahead would dismiss it twice and end the app."""

    _left = False

    def leave(self, result: Result | None = None) -> None:
        """Close with a result. Later calls do nothing."""
        if not self._left:
            self._left = True
            self.dismiss(result)
