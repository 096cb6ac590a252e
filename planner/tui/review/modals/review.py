"""Forms of the review: what went wrong, and what is being learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from planner.domain import fields
from planner.domain.errors import InputError
from planner.domain.review.learning import FIELDS, Kind, Learning
from planner.domain.review.self_review import LONGEST, ReviewLine
from planner.tui.shared.form import EntityModal, Field, FormModal


@dataclass(frozen=True)
class LessonWanted:
    """What went wrong, as typed."""

    text: str
    cause: str
    correction: str

    def over(self, seen: ReviewLine, now: ReviewLine) -> LessonWanted:
        """Return each text as typed if it differs from that `seen`, or else as it is `now`."""

        def one(name: str) -> str:
            typed: str = getattr(self, name)
            return str(getattr(now, name)) if typed == getattr(seen, name) else typed

        return LessonWanted(one("text"), one("cause"), one("correction"))


class LessonModal(FormModal[LessonWanted]):
    """Asks what went wrong, why, and what will be done differently."""

    CSS = "LessonModal .form-row Label { width: 21; }"

    def __init__(self, line: ReviewLine | LessonWanted | None = None, problem: str = "") -> None:
        self.HEADING = "What went wrong?"
        values = ("", "", "") if line is None else (line.text, line.cause, line.correction)
        super().__init__(
            [
                Field("text", "what went wrong", values[0], "one thing a line", continued=True),
                Field("cause", "the cause", values[1], "calmly: what led to it", continued=True),
                Field("correction", "what I do otherwise", values[2], "an act, not a wish", continued=True),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> LessonWanted:
        if not values["text"]:
            raise InputError("Say what went wrong, or leave with esc.")
        if any(len(text) > LONGEST for text in values.values()):
            raise InputError(f"A line can have {LONGEST} characters.")
        return LessonWanted(**values)


class LearningModal(EntityModal):
    """Asks for a book, a training course or a question, or for changes to one. `done` proposes that it is done."""

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
