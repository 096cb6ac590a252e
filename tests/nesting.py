"""Checks that no connection is used while another one is reading in the same thread.

A commit waiting for that reading to end would block the inner connection, which in turn keeps the reading from ending,
until one is refused after five seconds. It takes a rare coincidence, so every test checks for the precondition.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from planner.services.day.today_store import TodayStore
from planner.store.database import Database, WriteTransaction

_thread = threading.local()


def _check(what: str) -> None:
    if getattr(_thread, "reading", False):
        raise AssertionError(f"{what} inside of a reading: take its connection instead")


@contextmanager
def forbidden() -> Iterator[None]:
    """Forbid reads and writes on another connection while one is reading."""
    read, write, opened = Database.read, Database.write, TodayStore._open

    @contextmanager
    def checked_read(self: Database) -> Iterator[sqlite3.Connection]:
        _check("another reading")
        with read(self) as handle:
            _thread.reading = True
            try:
                yield handle
            finally:
                _thread.reading = False

    @contextmanager
    def checked_write(self: Database, label: str) -> Iterator[WriteTransaction]:
        _check("a write")
        with write(self, label) as change:
            yield change

    def checked_open(self: TodayStore, *args: Any, **named: Any) -> Any:
        _check("the live connection")
        return opened(self, *args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "read", checked_read)
        patch.setattr(Database, "write", checked_write)
        patch.setattr(TodayStore, "_open", checked_open)
        yield
