"""The forms of the review: what went wrong, and what the rep is learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from planner.domain import fields
from planner.domain.review.learning import FIELDS, Kind, Learning
from planner.tui.shared.entity_form import EntityModal


class LessonModal(EntityModal):
    """Form for what went wrong, why, and what will be done differently."""

    HEADING = "What went wrong?"
    FIELDS = (
        fields.Field("text", label="What went wrong", hint="one thing at a time"),
        fields.Field("cause", label="Cause", hint="what led to it"),
        fields.Field("correction", label="Fix", hint="what you'll do differently"),
    )
    NEEDED = ("text", "Enter what went wrong, or press esc to cancel.")


class LearningModal(EntityModal):
    """Form for a book, a training course or a question. `done` proposes that it is done."""

    FIELDS: Sequence[fields.Field] = FIELDS
    NEEDED = ("title", "Enter a title, or press esc to cancel.")
    CONTINUED = ("title", "taken")

    def __init__(
        self,
        now: datetime,
        row: Learning | None = None,
        *,
        done: bool = False,
        typed: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> None:
        self.HEADING = "Add something to learn" if row is None else row.title
        there = {"kind": Kind.BOOK.value} if row is None else {}
        if row is not None:
            self.FIELDS = [field for field in FIELDS if field.name != "kind"]
        if done and (row is None or row.done_on is None):
            there["done_on"] = "today"
        super().__init__(now, row, typed, problem, **there)
