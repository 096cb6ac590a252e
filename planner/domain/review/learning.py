"""Learning: books, trainings, languages, knowledge of products; what was taken from it, and where it was used (S28)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from planner.domain.errors import InputError
from planner.domain.text import many

LONGEST_TITLE = 300
LONGEST_TAKEN = 4_000
LONGEST_NOTE = 500
UNUSED_AFTER = timedelta(days=14)  # from which on something that was learnt and never used is named
YEAR = timedelta(days=365)


class Kind(StrEnum):
    """What is learnt; a question is one that couldn't be answered, and waits for its answer."""

    BOOK = "book"
    TRAINING = "training"
    LANGUAGE = "language"
    PRODUCT = "product"
    QUESTION = "question"


# Days that one book may take: a book a month puts one over 90 % of sellers, one a week over 99 %.
PACES = {"month": 365 / 12, "week": 7.0}


@dataclass(frozen=True, slots=True)
class Use:
    """Where something was used: on which day, in which call or deal, with whom."""

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
            raise InputError(f"What is said of a use can have {LONGEST_NOTE} characters.")
        if not self.note.strip() and self.contact_id is None and self.deal_id is None and self.activity_id is None:
            raise InputError("Say where it was used: in which call or deal, or in words.")


@dataclass(frozen=True, slots=True)
class Learning:
    """Something that is learnt, from `started` on, done on a day or not yet. A question's task is `task_id`; once that
    is done, so is the question.
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
            raise InputError("What is learnt needs a title.")
        if len(self.title) > LONGEST_TITLE or len(self.author) > LONGEST_TITLE:
            raise InputError(f"A title can have {LONGEST_TITLE} characters.")
        if len(self.taken) > LONGEST_TAKEN:
            raise InputError(f"What was taken from it can have {LONGEST_TAKEN:,} characters.")
        if self.done_on is not None and self.done_on < self.started:
            raise InputError(f"It can't have been done on {self.done_on}, before it was begun on {self.started}.")

    def unused(self, today: date) -> bool:
        """Whether it was done two weeks ago or more and nothing of it was used; a question is used by being asked."""
        done = self.done_on
        return self.kind is not Kind.QUESTION and done is not None and not self.uses and today - done >= UNUSED_AFTER


@dataclass(frozen=True, slots=True)
class Pace:
    """Books in the last year, or since the first one: how many were done, how many the pace asks."""

    each: str
    done: int
    wanted: int
    since: date

    @property
    def kept(self) -> bool:
        """Whether the pace is held."""
        return self.done >= self.wanted

    def words(self) -> str:
        """``9 books since 2 Mar 2026; a book a month asks 8``."""
        books = many(self.done, "book", "books")
        since = f"{self.since.day} {self.since:%b %Y}"
        return f"{books} since {since}; a book a {self.each} asks {self.wanted}"


def pace(rows: Sequence[Learning], each: str, today: date) -> Pace | None:
    """How the books stand against a pace; None without any book."""
    books = [row for row in rows if row.kind is Kind.BOOK and row.started <= today]
    if not books or each not in PACES:
        return None
    since = max(min(book.started for book in books), today - YEAR)
    done = sum(book.done_on is not None and since <= book.done_on <= today for book in books)
    return Pace(each, done, int((today - since).days / PACES[each]), since)


def as_of(row: Learning, day: date) -> Learning:
    """Something as it stood on a day: not done yet where that came later, without the later uses."""
    done = row.done_on if row.done_on is not None and row.done_on <= day else None
    return replace(row, done_on=done, uses=tuple(use for use in row.uses if use.day <= day))


def nudges(rows: Sequence[Learning], today: date) -> list[str]:
    """What to be reminded of: what was learnt and never used."""
    found = []
    for row in rows:
        if row.unused(today):
            assert row.done_on is not None
            days = (today - row.done_on).days
            found.append(f"Nothing of {row.title} was used yet, {days} days after it was done.")
    return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is learnt, what isn't done yet first; how the books stand against the pace; what to be reminded of."""

    rows: tuple[Learning, ...] = ()
    pace: Pace | None = None
    nudges: tuple[str, ...] = ()

    def within(self, first: date, last: date) -> list[str]:
        """What was learnt in some days, in words: what was begun, done, used."""
        found = []
        for row in self.rows:
            if row.done_on is not None and first <= row.done_on <= last:
                taken = f": {' '.join(row.taken.split())}" if row.taken else ""
                found.append(f"{row.kind} done, {row.title}{taken}")
            elif first <= row.started <= last:
                found.append(f"{row.kind} begun, {row.title}")
            for use in row.uses:
                if first <= use.day <= last:
                    where = ", ".join(text for text in (use.note, use.contact or "", use.deal or "") if text)
                    found.append(f"used, {row.title}" + (f": {where}" if where else ""))
        return found


def read_kind(text: str) -> Kind:
    """A kind as typed. Raises InputError with those there are."""
    try:
        return Kind(text.strip().lower())
    except ValueError as error:
        raise InputError(f"{text!r} is not a kind of learning; it can be {', '.join(Kind)}.") from error
