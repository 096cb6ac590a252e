"""Reading today in plain SQL, held against the tables it goes past."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from planner.clock import FixedClock
from planner.domain.calls.activity_log import Activity
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store import connection, recorder, schema, today_queries
from planner.store.database import Database

NOW = datetime(2026, 11, 16, 9, 42)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(str(tmp_path / "planner.db"), FixedClock(NOW))


def test_committed_schema_is_current() -> None:
    assert schema.SCHEMA_FILE.read_text(encoding="utf-8") == schema.text(), "run `make schema`"


def test_count_columns_match_the_table() -> None:
    counted = tuple(column.name for column in SQLModel.metadata.tables["day_count"].columns)
    assert counted == ("day", *today_queries.COUNT_COLUMNS)


def test_every_logged_table_has_an_id() -> None:
    for name in recorder.LOGGED:
        assert SQLModel.metadata.tables[name].primary_key.columns.keys() == ["id"], name


def test_logging_on_another_day_makes_the_snapshot_stale(ctx: AppContext) -> None:
    live = TodayStore(ctx)
    live.log(Activity(0, NOW, "dial"))
    live.read()
    live.log(Activity(0, NOW, "dial"))
    assert live.peek() is not None
    live.log(Activity(0, NOW - timedelta(days=1), "dial"))
    assert live.peek() is None
    live.close()


def test_missing_database_is_an_empty_day(ctx: AppContext) -> None:
    live = TodayStore(ctx)
    assert live.peek() is None
    today = live.read()
    assert today.counts["dials"] == 0
    assert not Path(ctx.path).exists()
    live.close()


def test_connection_pragmas(database: Database) -> None:
    handle = database.raw()
    names = ("journal_mode", "synchronous", "foreign_keys", "application_id", "user_version", "busy_timeout")
    asked = {name: handle.execute(f"PRAGMA {name}").fetchone()[0] for name in names}
    assert asked == {
        "journal_mode": "delete",
        "synchronous": 3,
        "foreign_keys": 1,
        "application_id": connection.APPLICATION_ID,
        "user_version": connection.SCHEMA_VERSION,
        "busy_timeout": 5000,
    }
