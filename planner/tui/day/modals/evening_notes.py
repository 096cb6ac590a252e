"""The form for the evening's four lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.domain.day.day import LONGEST_LINE, CloseWords
from planner.domain.errors import InputError
from planner.tui.shared.form import Field, FormModal

if TYPE_CHECKING:
    from planner.services.day.evening import Evening

NAMES = ("went_well", "went_wrong", "what_else", "will_try")


class WordsModal(FormModal[CloseWords]):
    """Form for the evening's four lines, each of which may stay empty."""

    def __init__(self, evening: Evening, heading: str, typed: CloseWords | None = None, problem: str = "") -> None:
        self.HEADING = heading
        said = typed or evening.said
        values = (said.went_well, said.went_wrong, said.what_else, said.will_try)
        fields = [
            Field(name, question or name.replace("_", " "), value, "optional")
            for name, question, value in zip(NAMES, evening.questions, values, strict=True)
        ]
        super().__init__(fields, problem)

    def read(self, values: dict[str, str]) -> CloseWords:
        if any(len(text) > LONGEST_LINE for text in values.values()):
            raise InputError(f"An answer can have up to {LONGEST_LINE:,} characters.")
        return replace(CloseWords(), **values)
