"""Forms of the review: what went wrong, and what is being learnt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from planner.domain.errors import InputError
from planner.domain.review.learning import Kind, Learning, read_kind
from planner.domain.review.self_review import LONGEST, ReviewLine
from planner.domain.typed.when import parse_when
from planner.tui.shared.form import Field, FormModal, otherwise


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


@dataclass(frozen=True)
class LearningWanted:
    """A learning item, as typed."""

    title: str
    author: str
    kind: Kind
    done_on: date | None
    taken: str
    typed: dict[str, str]
    """The changed fields, as text."""
    whole: dict[str, str]
    """All fields."""


class LearningModal(FormModal[LearningWanted]):
    """Asks for a book, a training course or a question, or for changes to one."""

    CSS = "LearningModal .form-row Label { width: 21; }"

    def __init__(
        self,
        now: datetime,
        row: Learning | None = None,
        *,
        done: bool = False,
        typed: dict[str, str] | None = None,
        problem: str = "",
    ) -> None:
        self.HEADING = "What is learnt" if row is None else row.title
        self.now = now
        done_on = "" if row is None or row.done_on is None else row.done_on.isoformat()
        self.before = {
            "title": "" if row is None else row.title,
            "kind": Kind.BOOK.value if row is None else row.kind.value,
            "author": "" if row is None else row.author,
            "done": done_on or ("today" if done else ""),
            "taken": "" if row is None else " ⏎ ".join(row.taken.splitlines()),
        }
        values = self.before | (typed or {})
        fields = [
            Field("title", "title, or question", values["title"], "SPIN Selling", continued=True),
            Field("kind", "kind", values["kind"], " ".join(Kind)),
            Field("author", "by", values["author"], "who wrote it, or gives it"),
            Field("done", "done", values["done"], "today, 14 Nov; empty while it isn't"),
            Field("taken", "taken from it", values["taken"], "what you will use", continued=True, lines=True),
        ]
        if row is not None:
            fields = [field for field in fields if field.name != "kind"]
            self._kind = row.kind
        super().__init__(fields, problem)

    def read(self, values: dict[str, str]) -> LearningWanted:
        done = parse_when(values["done"], self.now, towards="past").day if values["done"] else None
        kind = read_kind(values["kind"]) if "kind" in values else self._kind
        if not values["title"]:
            raise InputError("What is it called? Or leave with esc.")
        taken = values["taken"].replace(" ⏎ ", "\n")
        typed, whole = otherwise(values, self.before), {"kind": kind.value} | values
        return LearningWanted(values["title"], values["author"], kind, done, taken, typed, whole)
