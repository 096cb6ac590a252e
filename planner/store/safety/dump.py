"""Exports and imports the whole database as JSON: every row that isn't derived, so that there is no lock-in.

The history of changes is left out, since undo belongs to the database where something was done. Plain SQL.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from typing import IO, Any

from planner.domain.errors import DatabaseProblem, StateError
from planner.store import connection, migrations, recorder, search
from planner.store.safety import values

# Derived, or specific to this database.
LEFT_OUT = frozenset(
    {
        "change", "change_row", "day_count", "laid_day", "laid_block", "laid_target", "laid_window", "search_stale",
        "call_state", "export_log",
    }
)  # fmt: skip
MARK = "planner"
FORMAT = 1


def tables(handle: sqlite3.Connection) -> list[str]:
    """Return the exported tables, in an order in which they can be filled."""
    ours = migrations.own_parts()
    found = [
        row[0]
        for row in handle.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT LIKE 'search\\_%' ESCAPE '\\' ORDER BY rowid"
        )
    ]
    return [name for name in found if name in ours and name not in LEFT_OUT]


def count(handle: sqlite3.Connection) -> int:
    """Return how many rows an export has."""
    return sum(int(handle.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in tables(handle))


def write(handle: sqlite3.Connection, out: IO[bytes], at: str) -> int:
    """Write everything, one row per line, in the caller's read transaction. Returns the number of rows."""
    count = 0
    head = {MARK: FORMAT, "schema": connection.SCHEMA_VERSION, "exported": at}
    out.write(json.dumps(head)[:-1].encode() + b', "tables": {\n')
    for number, table in enumerate(tables(handle)):
        columns = [row[1] for row in handle.execute(f"PRAGMA table_info({table})")]
        out.write(
            (",\n" if number else "").encode() + f'"{table}": {{"columns": {json.dumps(columns)}, "rows": ['.encode()
        )
        names = ", ".join(f'"{name}"' for name in columns)
        for index, row in enumerate(handle.execute(f"SELECT {names} FROM {table} ORDER BY rowid")):
            out.write((",\n" if index else "\n").encode() + json.dumps(row, ensure_ascii=False).encode())
            count += 1
        out.write(b"]}")
    sequences = dict(handle.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for name in LEFT_OUT:
        sequences.pop(name, None)
    out.write(b'\n}, "sequences": ' + json.dumps(sequences).encode() + b"}\n")
    return count


def looks_like(head: bytes) -> bool:
    """Whether a file begins like such an export."""
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(f'{{"{MARK}": '.encode())


def check_empty(handle: sqlite3.Connection) -> None:
    """Refuse a database that isn't empty."""
    for name in tables(handle):
        if name != "meta" and handle.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone():
            raise StateError("This database isn't empty. Import a full export into an empty one.")


def read(handle: sqlite3.Connection, whole: Any, tick: Callable[[int], None] = lambda done: None) -> int:
    """Fill an empty database from an export, all or nothing, in one transaction. Returns the number of rows.

    Raises StateError with a sentence if it isn't a valid export, or if the database isn't empty.
    """
    if not isinstance(whole, dict) or whole.get(MARK) != FORMAT or not isinstance(whole.get("tables"), dict):
        raise StateError("That isn't a full planner export.")
    schema = whole.get("schema")
    if not isinstance(schema, int) or not 7 <= schema <= connection.SCHEMA_VERSION:
        raise StateError(
            f"That export has schema {schema!r}. This version of planner reads 7 to {connection.SCHEMA_VERSION}."
        )
    count = 0
    handle.execute("BEGIN IMMEDIATE")
    try:
        known = tables(handle)
        check_empty(handle)
        handle.execute("DELETE FROM meta")
        handle.execute("PRAGMA defer_foreign_keys=ON")
        for name, table in whole["tables"].items():
            if name not in known:
                raise StateError(f"That export has a table {str(name)[:40]!r} that isn't planner's.")
            for columns, rows in _batches(handle, name, table):
                marks = ", ".join("?" * len(columns))
                names = ", ".join(f'"{column}"' for column in columns)
                handle.executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", rows)
                count += len(rows)
                tick(count)
        for name, seq in dict(whole.get("sequences") or {}).items():
            if name in known and isinstance(seq, int):
                handle.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
                handle.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, seq))
        search.bring_up(handle)
        recorder.forget_laid(handle, None)
        if handle.execute("PRAGMA foreign_key_check").fetchone():
            raise StateError("That export is incomplete: some rows refer to missing ones.")
        handle.execute("COMMIT")
    except (sqlite3.Error, ValueError, TypeError, KeyError, OverflowError) as error:
        recorder.rollback(handle)
        raise DatabaseProblem(f"That export is inconsistent ({error}). Nothing was changed.") from error
    except BaseException:
        recorder.rollback(handle)
        raise
    return count


def _batches(handle: sqlite3.Connection, name: str, table: Any) -> Iterator[tuple[list[str], list[list[Any]]]]:
    """Yield a table's columns with some thousand of its rows at a time, every value checked."""
    there = {row[1]: row[2] for row in handle.execute(f"PRAGMA table_info({name})")}
    if not _is_table(table, there.keys()):
        raise StateError(f"The table {name} in that export isn't in planner's format.")
    columns, rows = table["columns"], table["rows"]
    declared = [(column, there[column]) for column in columns]
    for start in range(0, len(rows), 5_000):
        some = rows[start : start + 5_000]
        for row in some:
            if not _is_row(row, len(columns)):
                raise StateError(f"A row of the table {name} in that export isn't in planner's format.")
            if column := values.first_invalid(name, declared, row):
                said = repr(row[columns.index(column)])[:60]
                raise StateError(f"In that export, {name}.{column} is {said}, which isn't valid. Nothing was changed.")
        yield columns, some


def _is_table(table: Any, known: Collection[str]) -> bool:
    """Whether a part of an export has rows, and known columns, each once."""
    if not isinstance(table, dict):
        return False
    columns, rows = table.get("columns"), table.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list) or not columns:
        return False
    return all(isinstance(each, str) and each in known for each in columns) and len(set(columns)) == len(columns)


def _is_row(row: Any, width: int) -> bool:
    """Whether a part of an export is a row of so many simple values. A float isn't one: amounts are hundredths."""
    return (
        isinstance(row, list) and len(row) == width and not any(isinstance(value, (dict, list, float)) for value in row)
    )
