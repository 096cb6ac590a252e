"""A change by plain SQL: rows inserted, updated and deleted with their images, so that it is undone as one.

The rich way has TEMP triggers for this (`database.py`); a key of a calling session must not wait for SQLModel.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from planner.store import hot
from planner.store.history import LOGGED


class Change:
    """A change under way, inside its transaction. Only tables of the history can be changed through it."""

    def __init__(self, connection: sqlite3.Connection, at: int, label: str) -> None:
        self.connection = connection
        self.id = hot.begin_change(connection, at, label)
        self._seq = 0

    def insert(self, table: str, **values: object) -> int:
        """Add a row; returns its id."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        row_id = self.connection.execute(
            f"INSERT INTO {_known(table)} ({names}) VALUES ({marks})", tuple(values.values())
        ).lastrowid
        assert row_id is not None
        self._record(table, row_id, None)
        return row_id

    def update(self, table: str, row_id: int, **values: object) -> None:
        """Set columns of a row that is there."""
        image = self._image(table, row_id)
        sets = ", ".join(f'"{name}" = ?' for name in values)
        self.connection.execute(f"UPDATE {_known(table)} SET {sets} WHERE id = ?", (*values.values(), row_id))
        self._record(table, row_id, image)

    def delete(self, table: str, row_id: int) -> None:
        """Delete a row."""
        image = self._image(table, row_id)
        self.connection.execute(f"DELETE FROM {_known(table)} WHERE id = ?", (row_id,))
        self._record(table, row_id, image)

    def _image(self, table: str, row_id: int) -> str:
        columns = [row[1] for row in self.connection.execute(f"PRAGMA table_info({_known(table)})")]
        pairs = ", ".join(f"'{name}', \"{name}\"" for name in columns)
        row = self.connection.execute(f"SELECT json_object({pairs}) FROM {table} WHERE id = ?", (row_id,)).fetchone()
        if row is None:
            raise KeyError(f"{table} {row_id}")
        return str(row[0])

    def _record(self, table: str, row_id: int, image: str | None) -> None:
        self._seq += 1
        self.connection.execute(
            "INSERT INTO change_row (change_id, seq, tbl, row_id, image) VALUES (?, ?, ?, ?, ?)",
            (self.id, self._seq, table, row_id, image),
        )


def _known(table: str) -> str:
    if table not in LOGGED:
        raise ValueError(f"{table} is not kept by the history")
    return table


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One BEGIN IMMEDIATE. Nothing is kept when the block raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        hot.rollback(connection)
        raise


@contextmanager
def changing(connection: sqlite3.Connection, at: int, label: str) -> Iterator[Change]:
    """One transaction with one named change."""
    with transaction(connection):
        yield Change(connection, at, label)
