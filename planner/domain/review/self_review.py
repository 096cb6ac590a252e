"""The weekly self-review: a week gone through step by step, in ten minutes, that ends in the next one's plan (S4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from planner.domain.errors import InputError
from planner.domain.review.learning import Shelf
from planner.domain.review.review import Review, week_name
from planner.domain.workdays import DAY

LONGEST = 500  # characters of a line
MOST_LINES = 40  # of a kind
AIMS = 3  # that a week can be held to
REMINDED = timedelta(days=28)  # for so long an open correction is shown in the morning


class Step(StrEnum):
    """The steps, in their order."""

    FIGURES = "figures"
    DISCIPLINE = "discipline"
    TRIED = "tried"
    LESSONS = "lessons"
    HEARD = "heard"
    HONESTY = "honesty"
    NEXT = "next"
    WISH = "wish"


STEPS = tuple(Step)


class Kind(StrEnum):
    """What a line says: what went well or wrong, what was tried, an aim for the week that comes, one to the wish."""

    WELL = "well"
    WRONG = "wrong"
    TRIED = "tried"
    AIM = "aim"
    WISH = "wish"


class Became(StrEnum):
    """What a correction was made into."""

    TASK = "task"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A line of a review. `cause` and `correction` belong to what went wrong; `became` says what the correction was
    made into. `done` says of what was tried, or of an aim, whether it was done: None while nobody said; of a correction
    that is a task, the task says it. `origin` is where a tried line comes from: the day of a close, or ``line 12``.
    """

    id: int
    kind: Kind
    text: str
    cause: str = ""
    correction: str = ""
    done: bool | None = None
    became: Became | None = None
    task_id: int | None = None
    task_due: date | None = None
    origin: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InputError("A line of the review needs a text.")
        for text in (self.text, self.cause, self.correction):
            if len(text) > LONGEST:
                raise InputError(f"A line of the review can have {LONGEST} characters; this one has {len(text):,}.")
        if (self.cause or self.correction) and self.kind is not Kind.WRONG:
            raise InputError("A cause and a correction belong to what went wrong.")


@dataclass(frozen=True, slots=True)
class SelfReview:
    """The self-review of a week, by its Monday; not begun while `started_at` is None. `step` is where to go on.

    `figures` is what was done of each metric as it stood when it was finished, with ``strength`` beside them.
    """

    week: date
    step: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[ReviewLine, ...] = ()

    @property
    def name(self) -> str:
        """``2026-W47``."""
        return week_name(self.week)

    @property
    def finished(self) -> bool:
        """Whether it is finished."""
        return self.finished_at is not None

    def of(self, *kinds: Kind) -> tuple[ReviewLine, ...]:
        """Its lines of some kinds."""
        return tuple(line for line in self.lines if line.kind in kinds)

    @property
    def wish(self) -> str:
        """The line to the wish."""
        return next((line.text for line in self.of(Kind.WISH)), "")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a morning shows of the reviews: corrections whose task isn't done yet, and the aims of the week."""

    corrections: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """Something that was meant to be tried in a week: from where (as `ReviewLine.origin`), and what came of it."""

    origin: str
    text: str
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """All of a week's self-review: the report, what was written, what was to be tried, the aims that the week was
    under, what is learnt, and the wish that all of it serves.
    """

    report: Review
    review: SelfReview
    tried: tuple[Tried, ...] = ()
    aims: tuple[str, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)
    wish: str = ""

    @property
    def since(self) -> list[tuple[str, str, str]]:
        """What of the figures is otherwise now than when the review was finished: metric, then, now."""
        found = []
        for name, figure in self.report.figures.items():
            then = self.review.figures.get(name)
            if then is not None and Decimal(then) != figure.done:
                found.append((name, then, str(figure.done)))
        return found


def tried(said: Sequence[tuple[date, str]], before: SelfReview | None, review: SelfReview) -> tuple[Tried, ...]:
    """What a week was to try: the aims and corrections of the review before it, then what its evenings said, each text
    once; with what its own review says came of it.
    """
    # a mark is of a text: one that was said otherwise since has none
    marked = {(line.origin, line.text): line.done for line in review.of(Kind.TRIED)}
    found: dict[str, Tried] = {}
    for line in () if before is None else before.of(Kind.AIM, Kind.WRONG):
        text = line.correction if line.kind is Kind.WRONG else line.text
        if text:
            origin = f"line {line.id}"
            found.setdefault(text.casefold(), Tried(origin, text, marked.get((origin, text), line.done)))
    for day, text in said:
        if text:
            origin = day.isoformat()
            found.setdefault(text.casefold(), Tried(origin, text, marked.get((origin, text))))
    return tuple(found.values())


def week_to_review(today: date, *, works_on: bool, before: SelfReview | None) -> date:
    """The Monday of the week that a review is due of: the running one once nothing of it is left to be worked, the one
    before until it is finished, else the running one. `works_on` says whether a working day of it is still to come.
    `before` is the review of the week before; None where there was nothing in it.
    """
    monday = today - DAY * today.weekday()
    if works_on and before is not None and not before.finished:
        return monday - DAY * 7
    return monday
