"""What lies over a screen and is left once."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class Modal(ModalScreen[Result], Generic[Result]):
    """A modal screen that keys typed ahead can't leave twice: the second would end the app."""

    _left = False

    def leave(self, result: Result | None = None) -> None:
        """Leave with a result, once; later calls do nothing."""
        if not self._left:
            self._left = True
            self.dismiss(result)
