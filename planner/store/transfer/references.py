"""Remembers which rows of a file were imported, and with what values, so that none is imported twice."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.store.recorder import Reads


@dataclass(frozen=True, slots=True)
class Known:
    """An imported row's previous state: its reference's id, its id here, its values (JSON), and whether it still
    exists.
    """

    id: int
    row_id: int
    read: str
    stands: bool

    def changed_names(self, read: dict[str, object]) -> set[str]:
        """Return the names of the values that differ from before."""
        before = json.loads(self.read)
        return {name for name in read.keys() | before.keys() if read.get(name) != before.get(name)}


def imported(reads: Reads, kind: str) -> dict[str, Known]:
    """Return every row of a kind that was imported before, by its reference."""
    rows = reads.execute("SELECT ref, id, row_id, read FROM import_ref WHERE kind = ?", (kind,))
    return {ref: Known(key, row_id, read, stands=True) for ref, key, row_id, read in rows}


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def as_text(read: dict[str, object]) -> str:
    """Return a row's values as stored."""
    return _encode(read)


class References:
    """The rows that were imported before."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._kinds: dict[str, bool] = {}  # whether any row of a kind was

    def known(self, kind: str, table: str, ref: str) -> Known | None:
        """Return a row of a kind as it was imported before under a reference."""
        if not self._imported_before(kind):
            return None
        row = self._connection.execute(
            f"SELECT id, row_id, read, EXISTS (SELECT 1 FROM {table} WHERE id = row_id)"
            " FROM import_ref WHERE kind = ? AND ref = ?",
            (kind, ref),
        ).fetchone()
        return None if row is None else Known(row[0], row[1], row[2], bool(row[3]))

    def _imported_before(self, kind: str) -> bool:
        if kind not in self._kinds:
            row = self._connection.execute("SELECT 1 FROM import_ref WHERE kind = ? LIMIT 1", (kind,)).fetchone()
            self._kinds[kind] = row is not None
        return self._kinds[kind]
