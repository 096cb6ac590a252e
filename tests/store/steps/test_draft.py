"""Migration steps written by themselves: they lead to the declared schema and lose no value."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from planner.store import connection, migrations, schema
from planner.store.migrations import parts
from planner.store.recorder import LOGGED
from planner.store.steps.draft import ByHand, step, write
from tests.scenes import NOW
from tests.store.test_files import DATABASES, fill

VERSION = connection.SCHEMA_VERSION


def migrated(path: Path, version: int, statements: list[str]) -> dict[str, str]:
    """The schema of a committed database after one step, which has kept every value."""
    shutil.copy(DATABASES / f"v{version}.db", path)
    with closing(sqlite3.connect(path)) as handle:
        before = {table: each for table, each in fill(handle).items() if not table.startswith("laid_")}
        sequences = handle.execute("SELECT * FROM sqlite_sequence ORDER BY name").fetchall()
    migrations.migrate(str(path), NOW, steps={version: statements}, target=version + 1)
    with closing(sqlite3.connect(path)) as handle:
        for table, (columns, rows) in before.items():
            assert handle.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid").fetchall() == rows, table
        assert handle.execute("SELECT * FROM sqlite_sequence ORDER BY name").fetchall() == sequences
        return parts(handle)


def declared(script: str) -> dict[str, str]:
    with closing(sqlite3.connect(":memory:")) as handle:
        handle.executescript(script)
        return parts(handle)


def test_every_table_can_gain_a_column(tmp_path: Path) -> None:
    after = schema.text() + "CREATE TABLE extra (id INTEGER PRIMARY KEY); CREATE INDEX extra_id ON extra (id);"
    for table in (*LOGGED, "laid_day"):
        after = re.sub(rf"(CREATE TABLE {table} \(\n.*\n)", r"\1  made_up VARCHAR DEFAULT '' NOT NULL,\n", after)
    assert after.count("  made_up ") == len(LOGGED) + 1
    assert migrated(tmp_path / "planner.db", VERSION, step(schema.text(), after)) == declared(after)


@pytest.mark.parametrize("version", range(1, VERSION))
def test_the_steps_that_were_written_by_hand_could_have_been_written_so(tmp_path: Path, version: int) -> None:
    scripts = []
    for number in (version, version + 1):
        with closing(sqlite3.connect(DATABASES / f"v{number}.db")) as handle:
            shadows = re.compile(r"search_(contact|text)_(data|idx|content|docsize|config)")
            scripts.append(";\n".join(sql for name, sql in parts(handle).items() if not shadows.fullmatch(name)) + ";")
    assert migrated(tmp_path / "planner.db", version, step(*scripts)) == declared(scripts[1])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("  zone VARCHAR DEFAULT '' NOT NULL,\n", "", r"contact\.zone is gone"),
        ("  zone VARCHAR DEFAULT '' NOT NULL,\n", "  zone VARCHAR,\n  made_up VARCHAR NOT NULL,\n", r"later\(\)"),
        ("CREATE TABLE period_plan", "CREATE TABLE plan_of_period", "period_plan is gone"),
        ("(body, ", "(body, head, ", "search_text has changed"),
    ],
)
def test_what_would_lose_values_is_left_to_a_person(old: str, new: str, why: str) -> None:
    with pytest.raises(ByHand, match=why):
        step(schema.text(), schema.text().replace(old, new))


def test_a_step_is_a_file_that_is_never_overwritten(tmp_path: Path) -> None:
    after = schema.text().replace("  zone VARCHAR", "  made_up VARCHAR DEFAULT '' NOT NULL,\n  zone VARCHAR")
    written = write(schema.text(), after, tmp_path)
    assert written.name == f"v{VERSION + 1}.sql"
    assert migrations.statements(written.read_text(encoding="utf-8"))[-1].endswith("END;")
    with pytest.raises(ByHand, match="already exists"):
        write(schema.text(), after, tmp_path)
    with pytest.raises(ByHand, match="change them first"):
        write(schema.text(), schema.text(), tmp_path / "none")
