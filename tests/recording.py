"""Checks that every row that a change writes is in the history, with its previous image.

SQLite itself reports the writes through temporary triggers, and the two records are compared at the end of each change.
On for the history tests. `PLANNER_RECORDING=1 pytest` turns it on for all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from planner.store.acts import PHONE
from planner.store.recorder import IMPORTED, LOGGED, SET, Recorder, columns


def _install(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'written'").fetchone():
        connection.execute("DELETE FROM temp.written")
        return
    connection.execute("CREATE TEMP TABLE written (id INTEGER PRIMARY KEY, tbl, row_id, image, own)")
    for table in LOGGED:
        image = "json_object(" + ", ".join(f"'{name}', OLD.\"{name}\"" for name in columns(connection, table)) + ")"
        for event, row, value in (("INSERT", "NEW", "NULL"), ("UPDATE", "OLD", image), ("DELETE", "OLD", image)):
            own = f"{row}.change_id" if table in IMPORTED else "NULL"
            connection.execute(
                f"CREATE TEMP TRIGGER see_{table}_{event.lower()} AFTER {event} ON main.{table} BEGIN"
                f" INSERT INTO written (tbl, row_id, image, own) VALUES ('{table}', {row}.id, {value}, {own}); END"
            )


def _check(change: Recorder) -> None:
    execute = change.connection.execute
    if not change.begun:
        seen = execute("SELECT tbl, row_id FROM temp.written").fetchall()
        assert not seen, f"{change.label}: written without a trace: {seen}"
        return
    told: dict[tuple[str, int], str | None] = {}
    kept: dict[tuple[str, int], str | None] = {}
    for table, row_id, image in execute(
        "SELECT tbl, row_id, image FROM temp.written WHERE own IS NOT ? ORDER BY id", (change.id,)
    ):
        told.setdefault((table, row_id), image)
    for table, row_id, image in execute(
        "SELECT tbl, row_id, image FROM change_row WHERE change_id = ? AND row_id <> ? ORDER BY seq", (change.id, SET)
    ):
        kept.setdefault((table, row_id), image)
    for (row_id,) in execute("SELECT id FROM import_ref WHERE kind = ?", (PHONE,)):
        told.pop(("import_ref", row_id), None)  # that an act was done stays known when it is undone
    assert kept == told, f"{change.label}: kept {kept}, written {told}"


@contextmanager
def checked() -> Iterator[None]:
    """Compare every change made with what SQLite saw of it."""
    enter, finish = Recorder.__enter__, Recorder.finish

    def checked_enter(self: Recorder) -> Recorder:
        _install(self.connection)
        return enter(self)

    def checked_finish(self: Recorder) -> bool:
        done = finish(self)
        if done:
            _check(self)
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "__enter__", checked_enter)
        patch.setattr(Recorder, "finish", checked_finish)
        yield
