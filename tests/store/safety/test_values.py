"""Validation of foreign rows: everything planner writes is valid, anything that would break a view is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from planner.services.context import AppContext
from planner.store import migrations
from planner.store.safety import dump, values
from tests import scenes

SCENES = ("typical", "overfull", "day_typical", "calls_overfull", "mail_typical", "clients_overfull", "review_overfull")

# values that used to be accepted and broke a view
BROKEN: dict[str, tuple[Any, ...]] = {
    "calendar_exception.weight": ("abc", -1, 2**62),
    "call_session.day": ("2026-13-45", "zzz", 7),
    "day.day": ("2026-02-30", ""),
    "day.opened_at": ("99:99", "2026-11-16", "2026-13-45T99:99"),
    "day.top_three": ("{", "[{}]", '"x"', '["a"]'),
    "day_block.start": ("99:99", "9:00", "24:01"),
    "day_block.kind": ("zzz",),
    "day_block.planned": ("calls", "99:99-12:00 calls"),
    "day_target.target": ("many", -1),
    "goal.position": ("abc", -1),
    "goal.metric": ("calls", ""),
    "mail_window.planned": ("abc", -1),
    "month_plan.month": ("2026-13", "2026"),
    "month_plan.personal_plan": ("abc", -1, 2**62),
    "own_words.lines": ("{", "[[1]]"),
    "review.figures": ("{", "[]", '{"dials": []}'),
    "review.started_at": ("yesterday",),
    "week_block.weekday": (7, -1, "mon"),
    "deal.value": ("abc", 2**62),
    "activity.amount": ("abc", 1.5),
    "activity.outcome": ("zzz",),
    "task.every": ("zzz", "FREQ=NEVER"),
    "contact.dates": ('[["x", "y"]]', "[1]"),
    "letter.sent_at": (2**62,),
    "contact.name": ("a\x1b[2Jb", "x" * 2_000_000, 7),
}


def columns(handle: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    return [(row[1], row[2]) for row in handle.execute(f"PRAGMA table_info({table})")]


@pytest.fixture
def fresh() -> Iterator[sqlite3.Connection]:
    from planner.store import connection

    with closing(sqlite3.connect(":memory:")) as handle:
        handle.executescript(connection.schema_script())
        yield handle


@pytest.mark.parametrize("name", SCENES)
def test_everything_planner_writes_is_valid(tmp_path: Path, name: str) -> None:
    scene: Callable[[Path], AppContext] = getattr(scenes, name)
    with closing(scene(tmp_path).database.raw()) as handle:
        for table in dump.tables(handle):
            there = columns(handle, table)
            names = ", ".join(f'"{column}"' for column, _ in there)
            for row in handle.execute(f"SELECT {names} FROM {table}"):
                assert values.first_invalid(table, there, list(row)) == "", (table, row)


@pytest.mark.parametrize("place", BROKEN)
def test_values_that_break_a_view_are_refused(fresh: sqlite3.Connection, place: str) -> None:
    table, _, column = place.partition(".")
    declared = dict(columns(fresh, table))[column]
    for value in BROKEN[place]:
        assert values.first_invalid(table, [(column, declared)], [value]) == column, value


def test_every_rule_is_for_an_existing_column(fresh: sqlite3.Connection) -> None:
    there = {(table, column) for table in dump.tables(fresh) for column, _ in columns(fresh, table)}
    assert values.OWN_RULES.keys() <= there
    assert values.RULES.keys() <= {column for _, column in there}


def test_export_holds_only_planner_tables(fresh: sqlite3.Connection) -> None:
    fresh.execute("CREATE TABLE theirs (a)")
    assert "theirs" not in dump.tables(fresh)
    assert {"contact", "activity"} <= set(dump.tables(fresh))


def test_foreign_schema_objects_are_removed_and_changed_ones_recreated(fresh: sqlite3.Connection) -> None:
    fresh.execute("CREATE TRIGGER evil AFTER INSERT ON activity BEGIN DELETE FROM activity; END")
    fresh.execute("CREATE VIEW seen AS SELECT * FROM contact")
    fresh.execute("CREATE TABLE theirs (a)")
    fresh.execute("CREATE INDEX own_index ON contact (city)")
    assert migrations.take_out_foreign(fresh) == ["trigger evil", "view seen", "index own_index", "table theirs"]
    fresh.execute("DROP TRIGGER activity_counted")
    fresh.execute("DROP TRIGGER contact_search_insert")
    fresh.execute("CREATE TRIGGER contact_search_insert AFTER INSERT ON contact BEGIN DELETE FROM contact; END")
    assert migrations.put_right(fresh) == ["activity_counted", "contact_search_insert"]
    migrations.check_schema(fresh)
    fresh.execute("ALTER TABLE contact ADD COLUMN theirs")
    with pytest.raises(Exception, match="structure isn't planner's"):
        migrations.check_schema(fresh)
