"""Queries and changes of learning items and where they were used."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.domain.day.tasks import TaskState
from planner.domain.errors import StateError
from planner.domain.review.learning import Kind, Learning, Use
from planner.store.mapper import Mapper, joined_column
from planner.store.recorder import Writer

if TYPE_CHECKING:
    from planner.store.recorder import Reads

NO_LEARNING = "There's no {} {}. See yours with `planner {} list`."
# while there is a task, it says whether the question is answered, never before it was asked
_DONE = (
    "max(started, CASE WHEN task.id IS NULL THEN learning.done_on"
    f" WHEN task.state = '{TaskState.DONE}' THEN task.done_on END)"
)
LEARNING = Mapper(
    Learning, "learning", "LEFT JOIN task ON task.id = learning.task_id", done_on=joined_column(_DONE), uses=None
)
USES = Mapper(
    Use,
    "learning_use",
    "LEFT JOIN contact ON contact.id = learning_use.contact_id LEFT JOIN deal ON deal.id = learning_use.deal_id",
    # its target may be gone, but the use itself stays
    note=joined_column(
        "CASE WHEN learning_use.note = '' AND coalesce(learning_use.contact_id, learning_use.deal_id, activity_id)"
        " IS NULL THEN 'used' ELSE learning_use.note END"
    ),
    contact=joined_column("contact.name"),
    deal=joined_column("deal.title"),
)


def load_all(reads: Reads) -> list[Learning]:
    """Return all learning items: unfinished ones first, then the newest finished."""
    found = _learning(reads)
    return sorted(found, key=lambda row: (row.done_on is not None, -(row.done_on or row.started).toordinal(), -row.id))


def get(reads: Reads, learning_id: int) -> Learning | None:
    """Return one item, or None."""
    return next(iter(_learning(reads, learning_id)), None)


def put(change: Writer, learning: Learning, now: int) -> int:
    """Add an item (id 0) or store an edited one, without its uses. Returns its id."""
    done = None if learning.done_on is None else learning.done_on.isoformat()
    values = LEARNING.values(learning, done_on=done)
    if not learning.id:
        return change.insert("learning", **values, created_at=now)
    change.update("learning", learning.id, **values)
    return learning.id


def drop(change: Writer, learning_id: int) -> None:
    """Delete an item and its uses."""
    change.delete("learning", learning_id)


def add_use(change: Writer, learning_id: int, use: Use) -> int:
    """Record where an item was used. Returns the use's id."""
    return change.insert("learning_use", learning_id=learning_id, **USES.values(use, note=use.note))


def fill(handle: sqlite3.Connection, rows: Sequence[tuple[Learning, int]]) -> None:
    """Insert many items at once without recording a change, for a demo."""
    with Writer(handle) as writer:
        for row, now in rows:
            key = put(writer, row, now)
            for use in row.uses:
                add_use(writer, key, use)


def require(reads: Reads, learning_id: int, what: str = "book") -> Learning:
    """Return an item of the given sort: a book, or anything else. Raises StateError when there is none."""
    found = get(reads, learning_id)
    if found is None or (found.kind is Kind.BOOK) != (what == Kind.BOOK):
        raise StateError(NO_LEARNING.format(what, learning_id, what))
    return found


def _learning(reads: Reads, learning_id: int | None = None) -> list[Learning]:
    one = -1 if learning_id is None else learning_id
    uses: dict[int, list[Use]] = {}
    for owner, *row in reads.execute(
        f"SELECT learning_id, {USES.columns} FROM {USES.source} WHERE ? IN (-1, learning_id)"
        " ORDER BY learning_use.day, learning_use.id",
        (one,),
    ):
        uses.setdefault(owner, []).append(USES.from_row(row))
    rows = reads.execute(LEARNING.select("WHERE ? IN (-1, learning.id)"), (one,))
    return [LEARNING.from_row(row, uses=tuple(uses.get(row[0], ()))) for row in rows.fetchall()]
