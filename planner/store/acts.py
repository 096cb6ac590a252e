"""Acts that come in from a phone, each carried out once however often it arrives.

An act's own id is saved in `import_ref` by the change that carries it out, in the same transaction: either both are on
disk or neither is. It isn't part of the change, so an act that was undone and arrives again stays undone.
"""

from __future__ import annotations

import sqlite3
from _thread import get_ident
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from planner.domain.errors import StateError
from planner.store import history
from planner.store.recorder import ACTING, Writer

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Recorder

PHONE = "phone"  # kind of reference
DONE, UNDONE = "{}", '{"undone":true}'


class DoneBeforeError(Exception):
    """Raised within the change of an act that has been carried out before."""


class Act:
    """An act under way, by its own id. It is one change: a second one would be done again if the act is repeated."""

    __slots__ = ("change_id", "uid")

    def __init__(self, uid: str) -> None:
        self.uid = uid
        self.change_id: int | None = None

    def check(self, change: Recorder) -> None:
        """Raise DoneBeforeError, in the transaction of the change, if the act was carried out before."""
        if self.change_id is not None:
            raise RuntimeError("An act must be a single change.")
        if change_of(change, self.uid) is not None:
            raise DoneBeforeError

    def keep(self, change: Recorder) -> None:
        """Save that the act is carried out, in the transaction of its change but not as a part of it."""
        self.change_id = change.id
        Writer.insert(change, "import_ref", kind=PHONE, ref=self.uid, read=DONE, row_id=change.id)


@contextmanager
def once(uid: str) -> Iterator[Act]:
    """Carry out an act: the change that this thread makes in the block is only made if it wasn't before."""
    act = ACTING[get_ident()] = Act(uid)
    try:
        yield act
    finally:
        del ACTING[get_ident()]


def change_of(reads: Reads, uid: str) -> int | None:
    """Return the id of the change that carried out an act, None if nothing has."""
    row = reads.execute("SELECT row_id FROM import_ref WHERE kind = ? AND ref = ?", (PHONE, uid)).fetchone()
    return None if row is None else int(row[0])


def undo(connection: sqlite3.Connection, uid: str, today: date) -> str:
    """Undo an act if nothing was changed since, and return its label. One that was undone before stays so.

    Raises StateError if it can't be undone.
    """
    row = connection.execute(
        "SELECT import_ref.id, read, row_id, label, undone FROM import_ref LEFT JOIN change ON change.id = row_id"
        " WHERE kind = ? AND ref = ?",
        (PHONE, uid),
    ).fetchone()
    if row is None:
        raise StateError("This wasn't saved yet, so there's nothing to undo.")
    row_id, read, change_id, label, undone = row
    if read == UNDONE or undone:
        return label or ""
    if label is None:
        raise StateError("This is too long ago to be undone.")
    note = "UPDATE import_ref SET read = ? WHERE id = ?"
    history.undo(connection, today, history.Only(change_id, note, (UNDONE, row_id)))
    return str(label)
