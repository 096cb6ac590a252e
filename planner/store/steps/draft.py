"""Drafts the next migration step from what the tables have gained since `schema.sql`: `make step`."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from planner.store import migrations, schema

DERIVED = "laid_"  # tables of the day's snapshot, which is built again


class ByHand(ValueError):
    """Raised with the reason why a step can't be generated, as a sentence."""


class Part(NamedTuple):
    """A part of a schema: a table, index or trigger, the table it belongs to, and the statement that creates it."""

    kind: str
    name: str
    table: str
    sql: str


def step(before: str, after: str) -> list[str]:
    """Return the statements that lead from one schema to another. Raises ByHand where values would be lost."""
    with closing(sqlite3.connect(":memory:")) as old, closing(sqlite3.connect(":memory:")) as new:
        old.executescript(before)
        new.executescript(after)
        return list(_statements(old, new))


def _statements(old: sqlite3.Connection, new: sqlite3.Connection) -> Iterator[str]:
    there, wanted = _parts(old), _parts(new)
    dropped = [part for name, part in there.items() if wanted.get(name) != part]
    made = [part for name, part in wanted.items() if there.get(name) != part]
    _check(dropped, wanted)
    tables = [part for part in made if part.kind == "table"]
    names = {part.name for part in tables}
    yield from (f"DROP {part.kind.upper()} {part.name}" for part in dropped if part.table not in names)
    for part in tables:
        if part.name not in there:
            yield part.sql
        elif part.name.startswith(DERIVED):
            yield from _recreate(old, part)
        else:
            yield from _rebuilt(part, _copied_columns(old, new, part.name))
        yield from (each.sql for each in wanted.values() if each.table == part.name != each.name)
    yield from (part.sql for part in made if part.table not in names)


def _check(dropped: list[Part], wanted: dict[str, Part]) -> None:
    """Refuse to drop a table, or to guess how a search index is filled. Raises ByHand."""
    for part in dropped:
        if part.kind == "table" and part.name not in wanted:
            raise ByHand(f"{part.name} is gone. Write the step that moves its rows.")
        if part.sql.startswith("CREATE VIRTUAL"):
            raise ByHand(f"{part.name} has changed. Write the step that fills it again.")


def _recreate(old: sqlite3.Connection, table: Part) -> Iterator[str]:
    """Empty the snapshot, since its tables refer to each other, and make one of them anew."""
    tables = [name for name, part in _parts(old).items() if part.kind == "table" and name.startswith(DERIVED)]
    yield from (f"DELETE FROM {name}" for name in tables)
    yield f"DROP TABLE {table.name}"
    yield table.sql


def _rebuilt(table: Part, columns: str) -> Iterator[str]:
    """Rebuild a table, so that a migrated database equals a new one word for word."""
    name = table.name
    yield f"ALTER TABLE {name} RENAME TO old_{name}"
    yield table.sql
    yield f"INSERT INTO {name} ({columns}) SELECT {columns} FROM old_{name}"
    if "AUTOINCREMENT" in table.sql:
        yield f"DELETE FROM sqlite_sequence WHERE name = '{name}'"
        copy = f"SELECT '{name}', seq FROM sqlite_sequence WHERE name = 'old_{name}'"
        yield f"INSERT INTO sqlite_sequence (name, seq) {copy}"
    yield f"DROP TABLE old_{name}"


def _copied_columns(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> str:
    """Return the columns whose values are copied, which are all that there were."""
    info = f"PRAGMA table_info({table})"
    there, wanted = [row[1] for row in old.execute(info)], {row[1]: row for row in new.execute(info)}
    for name in there:
        if name not in wanted:
            raise ByHand(f"{table}.{name} is gone. Write the step that moves its values.")
    for name, (*_, required, default, _) in wanted.items():
        if name not in there and required and default is None:
            raise ByHand(f"{table}.{name} has no default for the rows that exist. Declare it with later().")
    return ", ".join(there)


def _parts(handle: sqlite3.Connection) -> dict[str, Part]:
    """Return a schema's parts by name, without those that SQLite makes itself."""
    rows = handle.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql NOT NULL").fetchall()
    return {row[1]: Part(*row) for row in rows if not re.match(r"sqlite_|search_(contact|text)_", row[1])}


def write(before: str, after: str, folder: Path) -> Path:
    """Write the step after the schema whose text is `before`, and return its path."""
    version = int(re.search(r"version (\d+)", before)[1])  # type: ignore[index]
    path = folder / f"v{version + 1}.sql"
    if path.exists():
        raise ByHand(f"{path.name} already exists. Delete it to generate it again.")
    statements = step(before, after)
    if not statements:
        raise ByHand("The tables are those of schema.sql: change them first, and run `make schema` afterwards.")
    text = f"-- From schema {version} to {version + 1}: TODO say what is new.\n"
    text += "-- This is history: it is never edited once released, whatever the tables become.\n"
    path.write_text(text + "".join(f"\n{statement};\n" for statement in statements), encoding="utf-8")
    return path


if __name__ == "__main__":
    try:
        print(write(schema.SCHEMA_FILE.read_text(encoding="utf-8"), schema.text(), Path(migrations.FOLDER)))
    except ByHand as problem:
        raise SystemExit(str(problem)) from problem
