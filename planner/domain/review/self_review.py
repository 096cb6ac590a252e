"""The weekly self-review: a week in ten minutes, step by step, ending with a plan for the next (S4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from planner.domain.errors import InputError
from planner.domain.review.learning import Shelf
from planner.domain.review.review import Review
from planner.domain.review.spans import week_name
from planner.domain.workdays import DAY

LONGEST = 500  # characters per line
MOST_LINES = 40  # per kind
AIMS = 3  # most aims for one week
REMINDED = timedelta(days=28)  # how long an open correction is shown in the morning


class Step(StrEnum):
    """The steps of a self-review, in order."""

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
    """The kinds of line in a self-review: what went well or wrong, what was tried, an aim for the coming week, a line
    on the wish.
    """

    WELL = "well"
    WRONG = "wrong"
    TRIED = "tried"
    AIM = "aim"
    WISH = "wish"


class Became(StrEnum):
    """What a correction can be turned into."""

    TASK = "task"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A line of a review. `cause` and `correction` belong to what went wrong, and `became` is what the correction was
    turned into. `done` is whether a tried thing or an aim was done, None if unknown. If a correction is a task, the
    task decides. `origin` is the source of a tried line: the day of a close, or ``line 12``.
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
            raise InputError("Enter some text for this line.")
        for text in (self.text, self.cause, self.correction):
            if len(text) > LONGEST:
                raise InputError(f"A review line can have up to {LONGEST} characters. This one has {len(text):,}.")
        if (self.cause or self.correction) and self.kind is not Kind.WRONG:
            raise InputError("Only a miss can have a cause and a fix.")


@dataclass(frozen=True, slots=True)
class SelfReview:
    """The self-review of the week of a Monday. `started_at` is None until it begins, `step` is where to resume.

    `figures` is what was done of each metric when it was finished, plus ``strength``.
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

    def lines_of(self, *kinds: Kind) -> tuple[ReviewLine, ...]:
        """Return its lines of some kinds."""
        return tuple(line for line in self.lines if line.kind in kinds)

    @property
    def wish(self) -> str:
        """The line on the wish."""
        return next((line.text for line in self.lines_of(Kind.WISH)), "")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the morning shows of past self-reviews: corrections whose task is still open, and the week's aims."""

    corrections: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """Something to try in a week: its source (as `ReviewLine.origin`), and whether it was done."""

    origin: str
    text: str
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """The full content of a week's self-review: the report, the lines written, what was to be tried, the aims in force
    that week, the learning, and the wish it all serves.
    """

    report: Review
    review: SelfReview
    tried: tuple[Tried, ...] = ()
    aims: tuple[str, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)
    wish: str = ""

    @property
    def since(self) -> list[tuple[str, str, str]]:
        """The figures that changed since the review was finished, as (metric, then, now)."""
        found = []
        for name, figure in self.report.figures.items():
            then = self.review.figures.get(name)
            if then is not None and Decimal(then) != figure.done:
                found.append((name, then, str(figure.done)))
        return found


def collect_tried(said: Sequence[tuple[date, str]], before: SelfReview | None, review: SelfReview) -> tuple[Tried, ...]:
    """Return what a week was to try: the aims and corrections of the previous review, then the evening notes, each text
    once, with the outcome recorded in its own review.
    """
    # a mark belongs to a text, so a reworded one has none
    marked = {(line.origin, line.text): line.done for line in review.lines_of(Kind.TRIED)}
    found: dict[str, Tried] = {}
    for line in () if before is None else before.lines_of(Kind.AIM, Kind.WRONG):
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
    """Return the Monday of the week due for review: last week until its review is finished, else this week, and this
    week anyway once its work is over. `works_on` is whether a working day of it is still to come. `before` is last
    week's review, None if there was nothing in that week.
    """
    monday = today - DAY * today.weekday()
    if works_on and before is not None and not before.finished:
        return monday - DAY * 7
    return monday
