"""The rich way in: SQLModel sessions on checked connections, one session a call.

A write is one BEGIN IMMEDIATE with one named change: TEMP triggers on its connection record the image of every touched
row (`history.py`). Permanent triggers would slow the quick path by the parsing of the schema alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from planner.clock import Clock
from planner.domain.errors import DatabaseProblem, NeedsMigration
from planner.store import backup, connection, hot, migrations, tables
from planner.store.history import IMPORTED, LOGGED


def _recorders() -> list[str]:
    """The statements that make a connection record images of the rows it touches, while a change is current."""
    found = ["CREATE TEMP TABLE current_change (id INTEGER)"]
    for name in LOGGED:
        watching = "WHEN (SELECT count(*) FROM temp.current_change) > 0"
        if name in IMPORTED:  # the rows of an import are recorded as one set (`history.record_import`)
            own = "(SELECT id FROM temp.current_change)"
            watching = f"WHEN {{row}}.change_id IS NOT coalesce({own}, {{row}}.change_id)"
        columns = [column.name for column in tables.Meta.metadata.tables[name].columns]
        image = "json_object(" + ", ".join(f"'{column}', OLD.\"{column}\"" for column in columns) + ")"
        for event, row, value in (("INSERT", "NEW", "NULL"), ("UPDATE", "OLD", image), ("DELETE", "OLD", image)):
            found.append(
                f"CREATE TEMP TRIGGER record_{name}_{event.lower()} AFTER {event} ON main.{name} "
                f"{watching.format(row=row)} BEGIN "
                "INSERT INTO change_row (change_id, seq, tbl, row_id, image) "
                "SELECT id, (SELECT coalesce(max(seq), 0) + 1 FROM change_row WHERE change_id = current_change.id), "
                f"'{name}', {row}.id, {value} FROM temp.current_change; END"
            )
    return found


RECORDERS = _recorders()


class Unit:
    """One write under way; `raw` is the plain connection under its session.

    `label` names the change and may be set until the end; `keeps_laid` spares the laid days.
    """

    def __init__(self, session: Session, raw: sqlite3.Connection, change_id: int, label: str) -> None:
        self.session = session
        self.raw = raw
        self.change_id = change_id
        self.label = label
        self.keeps_laid = False


def raw_of(session: Session) -> sqlite3.Connection:
    """The plain connection of a session: what is read by it is read in the session's own transaction. Another
    connection inside of it would wait for whoever waits for the session's end: five seconds, and one is refused.
    """
    raw: Any = session.connection().connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


class Database:
    """The rep's database at a path. Reads of a missing file see an empty one; the first write makes it."""

    def __init__(self, path: str, clock: Clock, warn: Callable[[str], None] | None = None) -> None:
        self.path = path
        self.clock = clock
        self._warn = warn
        # The path stands only in our own sentences; parameters never in SQLAlchemy's error texts.
        self._engine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool, hide_parameters=True)

    def _connect(self) -> sqlite3.Connection:
        handle = self.raw()
        for statement in RECORDERS:
            handle.execute(statement)
        return handle

    def exists(self) -> bool:
        """Whether there is a file; raises DatabaseProblem for one that can't be ours."""
        return connection.exists(self.path)

    def raw(self) -> sqlite3.Connection:
        """A plain checked connection, brought forward first where the file is older; made where there is none."""
        try:
            return connection.open_or_create(self.path, int(self.clock.timestamp()))
        except NeedsMigration:
            migrations.migrate(self.path, self.clock.now())
            return connection.connect(self.path)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session in its own read transaction."""
        with self._session("BEGIN") as session:
            yield session

    @contextmanager
    def write(self, label: str) -> Iterator[Unit]:
        """A session in one BEGIN IMMEDIATE, recorded as one change. Nothing is kept when the block raises."""
        with self._session(None) as session:
            raw = raw_of(session)
            self._daily_backup(raw)
            raw.execute("BEGIN IMMEDIATE")
            change_id = hot.begin_change(raw, int(self.clock.timestamp()), label)
            raw.execute("INSERT INTO temp.current_change VALUES (?)", (change_id,))
            unit = Unit(session, raw, change_id, label)
            yield unit
            session.flush()
            raw.execute("DELETE FROM temp.current_change")
            touched = raw.execute("SELECT count(*) FROM change_row WHERE change_id = ?", (change_id,)).fetchone()[0]
            if not touched:
                # nothing was changed: what had been undone can still be redone
                session.rollback()
                return
            raw.execute("UPDATE change SET label = ? WHERE id = ?", (unit.label, change_id))
            if not unit.keeps_laid:
                raw.execute("DELETE FROM laid_day")
            session.commit()

    @contextmanager
    def derive(self) -> Iterator[Session]:
        """A session that writes derived rows only: no change, no backup."""
        with self._session("BEGIN IMMEDIATE") as session:
            yield session
            session.commit()

    @contextmanager
    def _session(self, begin: str | None) -> Iterator[Session]:
        try:
            # the connection is held beside the session: a failed session gives nothing out any more
            with self._engine.connect() as held, Session(held) as session:
                raw = raw_of(session)
                if begin:
                    raw.execute(begin)
                try:
                    yield session
                finally:
                    if raw.in_transaction:
                        raw.execute("ROLLBACK")
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self._sentence(error) from error

    def _sentence(self, error: BaseException) -> DatabaseProblem:
        """The sentence for the sqlite3.Error behind an error; raises what has none, because it is a fault of ours."""
        seen: BaseException | None = error
        while seen is not None and not isinstance(seen, sqlite3.Error):
            seen = seen.orig if isinstance(seen, DBAPIError) else seen.__cause__ or seen.__context__
        if seen is None:
            raise error
        return connection.sentence(seen, self.path)

    def _daily_backup(self, raw: sqlite3.Connection) -> None:
        now: datetime = self.clock.now()
        if not hot.backup_due(raw, now.date()):
            return
        try:
            backup.daily(raw, self.path, now)
        except DatabaseProblem as problem:
            # the rep's words come first: the write goes on, and the next one tries the backup again
            if self._warn is not None:
                self._warn(f"Today's backup was not made: {problem}")
