"""The entry point for everything off the quick path: reads, recorded changes, and edits by SQLModel.

A read is a plain connection in its own transaction. A write is one BEGIN IMMEDIATE with one named change
(`recorder.py`). Forms of many fields edit their rows as SQLModel objects on the same connection, and the flush of their
session goes through the same recorder.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from planner.clock import Clock
from planner.domain.errors import DatabaseProblem, NeedsMigration
from planner.store import connection, migrations, quick_log
from planner.store.recorder import Recorder, Writer, rollback
from planner.store.safety import backup

if TYPE_CHECKING:
    from sqlmodel import Session


class WriteTransaction(Recorder):
    """A change in progress, with its connection and its recorder."""

    _session: Session | None = None

    @property
    def session(self) -> Session:
        """A SQLModel session on this transaction's connection. What it flushes is recorded."""
        if self._session is None:
            from planner.store.rich import session_of  # SQLModel takes 0.4 s to load, so only for a form's edit

            self._session = session_of(self)
        return self._session

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a read in the same transaction, after flushing the session."""
        if self._session is not None:
            self._session.flush()
        return super().execute(sql, parameters)

    def finish(self) -> bool:
        """Flush the session, then finish like every change."""
        if self._session is not None:
            self._session.flush()
        return super().finish()


class Database:
    """The rep's database at a path. Reads of a missing file see an empty one, and the first write creates it."""

    def __init__(
        self,
        path: str,
        clock: Clock,
        warn: Callable[[str], None] | None = None,
        place: connection.Place | None = None,
    ) -> None:
        self.path = path
        self.place = place or connection.Place(path)
        self.clock = clock
        self._warn = warn
        self.said = ""
        """What the last recorded change did: the name by which it is undone."""

    def exists(self) -> bool:
        """Whether there is a file. Raises DatabaseProblem for one that can't be ours."""
        return self.place.exists()

    def raw(self) -> sqlite3.Connection:
        """Return a plain checked connection, creating or migrating the file first if needed."""
        try:
            self.place.create(int(self.clock.timestamp()))
            return self.place.connect()
        except NeedsMigration:
            migrations.migrate(self.path, self.clock.now())
            return self.place.connect()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Open a connection in its own read transaction."""
        with self.open_connection() as handle, reading(handle):
            yield handle

    @contextmanager
    def write(self, label: str) -> Iterator[WriteTransaction]:
        """Open one recorded change, rolled back when the block raises."""
        with self.open_connection() as handle:
            self._daily_backup(handle)
            change = WriteTransaction(handle, int(self.clock.timestamp()), label)
            try:
                with change:
                    yield change
                self.said = change.label
            finally:
                if change._session is not None:
                    change._session.close()

    @contextmanager
    def derive(self) -> Iterator[Writer]:
        """Open a transaction for derived rows only: no change, no backup."""
        with self.open_connection() as handle, Writer(handle) as writer:
            yield writer

    @contextmanager
    def open_connection(self) -> Iterator[sqlite3.Connection]:
        """Open a plain connection and close it afterwards, turning database errors into sentences."""
        handle = self.raw()
        try:
            yield handle
        except Exception as error:
            problem = _cause(error)
            if problem is None:
                raise
            raise connection.sentence(problem, self.path) from error
        finally:
            handle.close()

    def _daily_backup(self, handle: sqlite3.Connection) -> None:
        now: datetime = self.clock.now()
        if not quick_log.backup_due(handle, now.date()):
            return
        try:
            backup.daily(self.path, now)
        except DatabaseProblem as problem:
            # the rep's data comes first: the write goes on, and the next one retries the backup
            if self._warn is not None:
                self._warn(f"Today's backup failed: {problem}")


@contextmanager
def reading(handle: sqlite3.Connection) -> Iterator[None]:
    """Open a read transaction on a connection."""
    handle.execute("BEGIN")
    try:
        yield
    finally:
        rollback(handle)


def _cause(error: Exception) -> sqlite3.Error | None:
    """Return the database error behind an error, direct or SQLAlchemy's. None for a bug of ours."""
    if isinstance(error, sqlite3.Error):
        return error
    if not type(error).__module__.startswith("sqlalchemy"):
        return None
    seen: Any = error
    while seen is not None and not isinstance(seen, sqlite3.Error):
        seen = getattr(seen, "orig", None) or seen.__cause__ or seen.__context__
    return seen
