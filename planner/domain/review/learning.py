"""Learning items: books, trainings, languages and product knowledge, what the rep took from them and where they used it
(S28).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from planner.domain import fields, formats
from planner.domain.errors import InputError
from planner.domain.fields import Field
from planner.domain.text import plural

LONGEST_TITLE = 300
LONGEST_TAKEN = 4_000
LONGEST_NOTE = 500
UNUSED_AFTER = timedelta(days=14)  # after which unused learning is pointed out
YEAR = timedelta(days=365)


COURSE = "course"


class Kind(StrEnum):
    """The kinds of learning item. A question is one the rep couldn't answer yet."""

    BOOK = "book"
    TRAINING = "training"
    LANGUAGE = "language"
    PRODUCT = "product"
    QUESTION = "question"

    @property
    def label(self) -> str:
        """Its name on screens and in messages."""
        return COURSE if self is Kind.TRAINING else self.value


# Days per book: a book a month puts a rep ahead of over 90% of sellers, one a week of over 99%.
PACES = {"month": 365 / 12, "week": 7.0}


@dataclass(frozen=True, slots=True)
class Use:
    """A use of something learnt: on which day, in which call or deal, with which contact."""

    id: int
    day: date
    note: str = ""
    contact: str | None = None
    contact_id: int | None = None
    deal: str | None = None
    deal_id: int | None = None
    activity_id: int | None = None

    def __post_init__(self) -> None:
        if len(self.note) > LONGEST_NOTE:
            raise InputError(f"A note on where you used it can have up to {LONGEST_NOTE} characters.")
        if not self.note.strip() and self.contact_id is None and self.deal_id is None and self.activity_id is None:
            raise InputError("Enter where you used it: a call, a deal, a contact or a note.")


@dataclass(frozen=True, slots=True)
class Learning:
    """A learning item, in progress from `started` until `done_on`, if done. A question has a task, `task_id`, and is
    done once that task is.
    """

    id: int
    kind: Kind
    title: str
    started: date
    author: str = ""
    done_on: date | None = None
    taken: str = ""
    task_id: int | None = None
    uses: tuple[Use, ...] = ()

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InputError("Enter a title.")
        if len(self.title) > LONGEST_TITLE or len(self.author) > LONGEST_TITLE:
            raise InputError(f"A title or an author can have up to {LONGEST_TITLE} characters.")
        if len(self.taken) > LONGEST_TAKEN:
            raise InputError(f"Takeaways can have up to {LONGEST_TAKEN:,} characters.")
        if self.done_on is not None and self.done_on < self.started:
            done, started = formats.dated_text(self.done_on), formats.dated_text(self.started)
            raise InputError(f"It can't be finished on {done}, before it was started on {started}.")

    def unused(self, today: date) -> bool:
        """Whether it was done two weeks ago or more and never used. Never true of a question."""
        done = self.done_on
        return self.kind is not Kind.QUESTION and done is not None and not self.uses and today - done >= UNUSED_AFTER


def read_kind(text: str) -> Kind:
    """Parse a kind. Raises InputError with the valid ones."""
    typed = text.strip().lower()
    try:
        return Kind.TRAINING if typed == COURSE else Kind(typed)
    except ValueError as error:
        known = ", ".join(kind.label for kind in Kind)
        raise InputError(f"{text!r} isn't a kind of learning. Use one of: {known}.") from error


FIELDS = (
    Field("title", label="Title or question", hint="e.g. SPIN Selling"),
    Field(
        "kind",
        fields.Kind(
            lambda text, read_day: read_kind(text),
            lambda kind: kind.label,
            str,
            choices=tuple(kind.label for kind in Kind),
        ),
        "Kind",
    ),
    Field("author", label="Author", hint="author or trainer"),
    Field("done_on", fields.day("past"), "Finished on", "a date, or leave empty", called="finish date"),
    Field("taken", fields.LINES, "Takeaways", "what you'll use", called="takeaways"),
)


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of reading over the last year, or since the first book: how many were finished, and how many the pace
    requires.
    """

    each: str
    done: int
    wanted: int
    since: date

    @property
    def kept(self) -> bool:
        """Whether the pace is kept."""
        return self.done >= self.wanted

    def words(self) -> str:
        """Describe the pace, starting like ``9 books since Mon 2 Mar 2026``."""
        books = f"{plural(self.done, 'book', 'books')} since {formats.dated_text(self.since)}."
        return f"{books} At one a {self.each}, you'd be at {self.wanted} by now." if self.wanted else books


def pace(rows: Sequence[Learning], each: str, today: date) -> Pace | None:
    """Compare the books with a pace. None without any book."""
    books = [row for row in rows if row.kind is Kind.BOOK and row.started <= today]
    if not books or each not in PACES:
        return None
    since = max(min(book.started for book in books), today - YEAR)
    done = sum(book.done_on is not None and since <= book.done_on <= today for book in books)
    return Pace(each, done, int((today - since).days / PACES[each]), since)


def as_of(row: Learning, day: date) -> Learning:
    """Return an entry as of a day: not done if that came later, and without later uses."""
    done = row.done_on if row.done_on is not None and row.done_on <= day else None
    return replace(row, done_on=done, uses=tuple(use for use in row.uses if use.day <= day))


def nudges(rows: Sequence[Learning], today: date) -> list[str]:
    """Return reminders of what was learned but never used."""
    found = []
    for row in rows:
        if row.unused(today):
            assert row.done_on is not None
            days = (today - row.done_on).days
            found.append(f"You finished {row.title} {days} days ago and haven't used it yet.")
    return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """All learning items, unfinished first, with the pace of the books and the reminders."""

    rows: tuple[Learning, ...] = ()
    pace: Pace | None = None
    nudges: tuple[str, ...] = ()

    def describe_between(self, first: date, last: date) -> list[str]:
        """Describe what was started, finished or used between two days."""
        found = []
        for row in self.rows:
            finished, started = ("answered", "noted") if row.kind is Kind.QUESTION else ("finished", "started")
            if row.done_on is not None and first <= row.done_on <= last:
                taken = f" ({' '.join(row.taken.split())})" if row.taken else ""
                found.append(f"{row.kind.label.capitalize()} {finished}: {row.title}{taken}")
            elif first <= row.started <= last:
                found.append(f"{row.kind.label.capitalize()} {started}: {row.title}")
            for use in row.uses:
                if first <= use.day <= last:
                    where = ", ".join(text for text in (use.note, use.contact or "", use.deal or "") if text)
                    found.append(f"Used: {row.title}" + (f" ({where})" if where else ""))
        return found
