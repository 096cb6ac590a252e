"""Opens SQLModel sessions on a change's connection, where forms of many fields edit their rows as objects.

Loaded by the first such edit, never for reading. What a session flushes is recorded like every other row: images of
changed and deleted rows before the flush, ids of new ones after it.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from planner.store.numbering import DEVICES, KEYS, number_of
from planner.store.recorder import Recorder


class RecordedSession(Session):
    """A session whose flushes are recorded by a change."""

    change: Recorder


def session_of(change: Recorder) -> Session:
    """Return a session on a change's own connection, inside its transaction, which it neither begins nor ends."""
    connections = iter((sqlite3.connect(":memory:"), change.connection))
    engine = create_engine(
        "sqlite://",
        creator=lambda: next(connections),
        poolclass=NullPool,
        pool_reset_on_return=None,
        hide_parameters=True,  # keep customers' names out of error messages
    )
    engine.connect().close()  # on its first connection the dialect probes, and rolls back any open transaction
    session = RecordedSession(engine)
    session.change = change
    event.listen(session, "before_flush", _save_before_images)
    event.listen(session, "after_flush", _record_added)
    return session


def _save_before_images(session: RecordedSession, *_: Any) -> None:
    """Save the before-images of rows that a flush will change or delete, and number those that it will add."""
    device = session.change.device
    if device is not None:
        for row in session.new:
            if row.id is None:
                _number(session, row, device)
    for row in session.dirty:
        if session.is_modified(row):
            image, current = session.change.image(row.__tablename__, row.id)
            session.change.keep(row.__tablename__, row.id, image, current, row.model_dump())
    for row in session.deleted:
        session.change.keep_deleted(row.__tablename__, row.id)


def _number(session: RecordedSession, row: Any, device: int) -> None:
    table = row.__tablename__
    if table in KEYS:
        row.id = number_of(session.change.connection, table, device, row.model_dump())
        return
    # several may be added by one flush, before SQLite has counted the first
    found = number_of(session.change.connection, table, device, {})
    row.id = session.info[table] = max(found, session.info.get(table, found - DEVICES) + DEVICES)


def _record_added(session: RecordedSession, *_: Any) -> None:
    """Record which rows a flush has added."""
    for row in session.new:
        session.change.keep(row.__tablename__, row.id, None, row.model_dump())
