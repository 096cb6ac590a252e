"""An import is undone as one, with or without rows of others that point at its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from planner.clock import FixedClock
from planner.services import history
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.transfer import imports
from tests.scenes import NOW


@pytest.mark.parametrize("pointed_at", [False, True])
def test_undo_leaves_no_reference_to_a_row_that_is_gone(tmp_path: Path, pointed_at: bool) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "config.toml"))
    people.add(ctx, "Mine", {}, force=True)
    file = tmp_path / "people.csv"
    file.write_text("name,company,phone\nChoi,Hanbit,030 1\nBaek,Hanbit,030 2\n", encoding="utf-8")
    imports.run(ctx, "contacts", str(file), imports.Wanted())
    if pointed_at:  # not by a change, which would have to be undone first
        with closing(sqlite3.connect(ctx.path)) as handle, handle:
            newest = "SELECT {} FROM contact ORDER BY id DESC LIMIT 1"
            called = newest.format("1, '2026-11-16', '', 'dial', 1, id, 1")
            listed = newest.format("'2026-11-17', 1, id, '2026-11-16'")
            handle.execute(f"INSERT INTO activity (at, day, local_time, kind, count, contact_id, logged_at) {called}")
            handle.execute(f"INSERT INTO list_entry (day, position, contact_id, built_on) {listed}")
    history.undo(ctx)
    with closing(sqlite3.connect(ctx.path)) as handle:
        assert handle.execute("PRAGMA foreign_key_check").fetchall() == []
        assert handle.execute("SELECT count(*) FROM activity WHERE contact_id IS NULL").fetchone()[0] == pointed_at
        assert handle.execute("SELECT count(*) FROM list_entry").fetchone()[0] == 0
        assert handle.execute("SELECT name FROM contact").fetchall() == [("Mine",)]
    history.redo(ctx)
    assert len(people.list_contacts(ctx)) == 3
