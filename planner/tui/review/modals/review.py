"""The forms of the review: what went wrong, and what is being learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from planner.domain import fields
from planner.domain.review.learning import FIELDS, Kind, Learning
from planner.tui.shared.form import EntityModal


class LessonModal(EntityModal):
    """Form for what went wrong, why, and what will be done differently."""

    HEADING = "What went wrong?"
    FIELDS = (
        fields.Field("text", label="what went wrong", hint="one thing a line"),
        fields.Field("cause", label="the cause", hint="calmly: what led to it"),
        fields.Field("correction", label="what I do otherwise", hint="an act, not a wish"),
    )
    NEEDED = ("text", "Say what went wrong, or leave with esc.")
    CSS = "LessonModal .form-row Label { width: 21; }"


class LearningModal(EntityModal):
    """Form for a book, a training course or a question. `done` proposes that it is done."""

    FIELDS: Sequence[fields.Field] = FIELDS
    NEEDED = ("title", "What is it called? Or leave with esc.")
    CONTINUED = ("title", "taken")
    CSS = "LearningModal .form-row Label { width: 21; }"

    def __init__(
        self,
        now: datetime,
        row: Learning | None = None,
        *,
        done: bool = False,
        typed: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> None:
        self.HEADING = "What is learnt" if row is None else row.title
        there = {"kind": Kind.BOOK.value} if row is None else {}
        if row is not None:
            self.FIELDS = [field for field in FIELDS if field.name != "kind"]
        if done and (row is None or row.done_on is None):
            there["done_on"] = "today"
        super().__init__(now, row, typed, problem, **there)
