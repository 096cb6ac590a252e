"""A form for one line of text."""

from __future__ import annotations

from planner.domain.errors import InputError
from planner.tui.shared.form import Field, FormModal


class LineModal(FormModal[str]):
    """Form for one line, which may be empty only if `optional`."""

    def __init__(
        self, heading: str, label: str, text: str = "", hint: str = "", *, optional: bool = False, problem: str = ""
    ) -> None:
        self.HEADING = heading
        self.optional = optional
        super().__init__([Field("line", label, text, hint)], problem)

    def read(self, values: dict[str, str]) -> str:
        if not values["line"] and not self.optional:
            raise InputError("Type something, or press esc to cancel.")
        return values["line"]
