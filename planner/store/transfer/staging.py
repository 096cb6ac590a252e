"""Keeps what an import will write until it is written: usual amounts in memory, more of it in temporary tables.

SQLite creates the file of its temporary tables only when they exceed its cache, deletes it at once, and keeps them in
memory for an encrypted database. Writing to them locks nobody out.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from typing import Any

from planner.domain.clients.people import Contact

HELD = 50_000  # rows of a table in memory
AT_ONCE = 5_000
CACHE_KIB = 64 * 1024


def prepare(connection: sqlite3.Connection) -> None:
    """Create the temporary tables, empty."""
    connection.execute(f"PRAGMA temp.cache_size=-{CACHE_KIB}")
    for table, columns in (
        ("staged_row", "page INTEGER PRIMARY KEY, tbl TEXT NOT NULL, content BLOB NOT NULL"),
        ("staged_contact", "tbl TEXT, id INTEGER, content BLOB NOT NULL, PRIMARY KEY (tbl, id)"),
        ("seen_ref", "ref TEXT PRIMARY KEY, line INTEGER NOT NULL"),
    ):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
        connection.execute(f"CREATE TEMP TABLE {table} ({columns})")


class SeenRefs:
    """The references of a file's rows, each with the line on which it came first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._recent: dict[str, int] = {}
        self._moved = False

    def first_line(self, ref: str, line: int) -> int | None:
        """Return the line on which a reference came before, or None for a new one."""
        found = self._recent.get(ref)
        if found is None and self._moved:
            row = self._connection.execute("SELECT line FROM temp.seen_ref WHERE ref = ?", (ref,)).fetchone()
            found = None if row is None else int(row[0])
        if found is None:
            if len(self._recent) == HELD:
                self._connection.executemany("INSERT INTO temp.seen_ref VALUES (?, ?)", self._recent.items())
                self._recent.clear()
                self._moved = True
            self._recent[ref] = line
        return found


class StagedRows:
    """Rows to be added to a table, in their order."""

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection, self._table = connection, table
        self._recent: list[tuple[Any, ...]] = []
        self.count = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """Add a row."""
        if len(self._recent) == HELD:
            pages = [self._recent[start : start + AT_ONCE] for start in range(0, HELD, AT_ONCE)]
            self._connection.executemany(
                "INSERT INTO temp.staged_row (tbl, content) VALUES (?, ?)",
                ((self._table, pickle.dumps(page)) for page in pages),
            )
            self._recent.clear()
        self._recent.append(row)
        self.count += 1

    def pages(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield all rows, some at once, and forget them."""
        query = "SELECT content FROM temp.staged_row WHERE tbl = ? ORDER BY page"
        if self.count > len(self._recent):
            for (content,) in self._connection.execute(query, (self._table,)):
                yield pickle.loads(content)
            self._connection.execute("DELETE FROM temp.staged_row WHERE tbl = ?", (self._table,))
        while self._recent:
            page = self._recent[:AT_ONCE]
            del self._recent[:AT_ONCE]
            yield page


class StagedContacts:
    """Contacts by id as they will be, changed as often as the file names them."""

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection, self._table = connection, table
        self._recent: dict[int, Contact] = {}
        self._moved = 0  # how many are in the temporary table

    def __len__(self) -> int:
        return len(self._recent) + self._moved

    def get(self, contact_id: int) -> Contact | None:
        """Return a contact, or None for an unknown one."""
        found = self._recent.get(contact_id)
        if found is not None or not self._moved:
            return found
        query = "SELECT content FROM temp.staged_contact WHERE tbl = ? AND id = ?"
        row = self._connection.execute(query, (self._table, contact_id)).fetchone()
        return None if row is None else self._load(row[0])

    def put(self, contact_id: int, contact: Contact) -> None:
        """Set how a contact will be."""
        if len(self._recent) == HELD:
            self._move()
        if self._moved and contact_id not in self._recent:
            statement = "DELETE FROM temp.staged_contact WHERE tbl = ? AND id = ?"
            self._moved -= self._connection.execute(statement, (self._table, contact_id)).rowcount
        self._recent[contact_id] = contact

    def _move(self) -> None:
        self._connection.executemany(
            "INSERT INTO temp.staged_contact (tbl, id, content) VALUES (?, ?, ?)",
            ((self._table, key, pickle.dumps(contact)) for key, contact in self._recent.items()),
        )
        self._moved += len(self._recent)
        self._recent.clear()

    def items(self) -> Iterator[tuple[int, Contact]]:
        """Yield the contacts with their ids."""
        query = "SELECT id, content FROM temp.staged_contact WHERE tbl = ? ORDER BY id"
        for key, content in self._connection.execute(query, (self._table,)) if self._moved else ():
            yield key, self._load(content)
        yield from self._recent.items()

    def values(self) -> Iterator[Contact]:
        """Yield the contacts."""
        return (contact for _, contact in self.items())

    @staticmethod
    def _load(content: bytes) -> Contact:
        found: Contact = pickle.loads(content)
        return found
