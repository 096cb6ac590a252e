"""Collects what changed here since the last exchange, by comparing the database with the copy of then.

Nothing is recorded while the rep works, so counting a call costs nothing more. With years of data the whole comparison
takes long, so it's made ahead, slice by slice, without keeping the screens from writing (`Scan`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from planner.store.connection import data_version
from planner.store.sync import tables
from planner.store.sync.tables import quote

INSERT, UPDATE, DELETE = "i", "u", "d"
LOWEST = -(2**63)
SLICE = 5_000  # rows compared at once: a few milliseconds

Rows = Mapping[str, Collection[int]]
"""The ids of rows, by table."""


class Op(NamedTuple):
    """A written row: which, how, in which of its lives, when (milliseconds since 1970 UTC), and the values of the
    columns written.
    """

    table: str
    row: int
    kind: str
    life: int
    at: int
    values: dict[str, Any]


class Known(NamedTuple):
    """What is known of a row: its life, whether it is gone, and when and by which device's message that was written."""

    life: int
    gone: bool
    at: int
    device: int
    seq: int


NEVER = Known(0, False, -1, -1, 0)  # of a row that nobody has written since the devices began to sync


def known(connection: sqlite3.Connection, table: str, row: int) -> Known | None:
    """Return what is known of a row, None for one that was never there or is as at the beginning."""
    found = connection.execute(
        "SELECT life, gone, at, device, seq FROM base.sync_row WHERE tbl = ? AND row = ?", (table, row)
    ).fetchone()
    return None if found is None else Known(found[0], bool(found[1]), *found[2:])


@dataclass(frozen=True, slots=True)
class Scan:
    """The rows that differed from the copy while nobody else wrote: by `version`, SQLite's count of others' writes as
    this connection sees it.
    """

    version: int
    rows: Rows

    def holds(self, connection: sqlite3.Connection) -> bool:
        """Whether nobody has written since."""
        return data_version(connection) == self.version


def scan(connection: sqlite3.Connection) -> Scan:
    """Compare the database with the attached copy outside any transaction. Others can write between two slices."""
    version = data_version(connection)
    return Scan(version, {table: list(_differing(connection, table)) for table in tables.names(connection)})


def _differing(connection: sqlite3.Connection, table: str) -> Iterator[int]:
    names = tables.columns(connection, table)
    for place, query, alias in (("main", _changed(table, names), "live"), ("base", _gone(table), "old")):
        low = LOWEST
        while True:
            high = connection.execute(
                f"SELECT max(id) FROM (SELECT id FROM {place}.{table} WHERE id > ? ORDER BY id LIMIT {SLICE})", (low,)
            ).fetchone()[0]
            if high is None:
                break
            within = f"{alias}.id > ? AND {alias}.id <= ?"
            yield from (row[0] for row in connection.execute(query.format(within), (low, high)).fetchall())
            low = high


def collect(connection: sqlite3.Connection, device: int, seq: int, now: int, rows: Rows | None = None) -> list[Op]:
    """Return what changed here, and bring the copy up to it. `now` is in milliseconds since 1970 UTC. `rows` are those
    that may have changed, None for any.

    A write is dated by the change that made it, so that the later edit wins on all devices, not the later sync. It is
    dated after what was known of the row, even by a clock that was set back.
    """
    found: list[Op] = []
    for table in tables.names(connection):
        if rows is not None and not rows.get(table):
            continue
        names = tables.columns(connection, table)
        for kind, row, values in _written(connection, table, names, None if rows is None else rows[table]):
            at = _edited_at(connection, table, row, now) if kind != DELETE else now
            at = max(at, _last_known(connection, table, row) + 1)
            there = known(connection, table, row) or NEVER
            life = there.life + (kind == INSERT and there.gone)
            found.append(Op(table, row, kind, life, at, values))
    for op in found:
        stamp(connection, op, device, seq)
    return found


def _changed(table: str, names: tuple[str, ...], columns: str = "live.id") -> str:
    """Return a query for the rows that aren't as in the copy, with a place for a condition on `live`."""
    only = tables.ONLY.get(table)
    live = f"main.{table}" if only is None else f"(SELECT * FROM main.{table} WHERE {only})"
    differs = " OR ".join(f"live.{quote(name)} IS NOT old.{quote(name)}" for name in names)
    return (
        f"SELECT {columns} FROM {live} AS live LEFT JOIN base.{table} AS old ON old.id = live.id"
        f" WHERE ({{}}) AND (old.id IS NULL OR {differs}) ORDER BY live.id"
    )


def _gone(table: str) -> str:
    """Return a query for the rows of the copy that aren't there any more, with a place for a condition on `old`."""
    return (
        f"SELECT id FROM base.{table} AS old WHERE ({{}})"
        f" AND NOT EXISTS (SELECT 1 FROM main.{table} AS live WHERE live.id = old.id)"
    )


def _written(
    connection: sqlite3.Connection, table: str, names: tuple[str, ...], chosen: Collection[int] | None
) -> list[tuple[str, int, dict[str, Any]]]:
    """Return the rows that differ from the copy, all or of some ids. The copy then has them as well."""
    listed = ", ".join(f"live.{quote(name)}" for name in names)
    before = ", ".join(f"old.{quote(name)}" for name in names)
    within, ids = "1", list[str]()
    if chosen is not None:
        within, ids = "{}.id IN (SELECT value FROM json_each(?))", [json.dumps(list(chosen))]
    rows = connection.execute(
        _changed(table, names, f"live.id, old.id, {listed}, {before}").format(within.format("live")), ids
    ).fetchall()
    found: list[tuple[str, int, dict[str, Any]]] = []
    for row_id, known, *cells in rows:
        new, old = cells[: len(names)], cells[len(names) :]
        if known is None:
            found.append((INSERT, row_id, dict(zip(names, new, strict=True))))
        else:
            pairs = zip(names, new, old, strict=True)
            found.append((UPDATE, row_id, {name: value for name, value, was in pairs if value != was}))
    gone = connection.execute(_gone(table).format(within.format("old")), ids).fetchall()
    found += [(DELETE, row_id, {}) for (row_id,) in gone]
    for kind, row_id, values in found:
        put_copy(connection, table, kind, row_id, values)
    return found


def put_copy(connection: sqlite3.Connection, table: str, kind: str, row: int, values: dict[str, Any]) -> None:
    """Write a row of the copy."""
    write_row(connection, f"base.{table}", kind, row, values)


def write_row(connection: sqlite3.Connection, table: str, kind: str, row: int, values: dict[str, Any]) -> None:
    """Insert, update or delete one row of a table with its schema's name."""
    if kind == DELETE:
        connection.execute(f"DELETE FROM {table} WHERE id = ?", (row,))
    elif kind == INSERT:
        names = ", ".join(map(quote, values))
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO {table} (id, {names}) VALUES (?, {marks})", (row, *values.values()))
    elif values:
        sets = ", ".join(f"{quote(name)} = ?" for name in values)
        connection.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*values.values(), row))


def _edited_at(connection: sqlite3.Connection, table: str, row: int, now: int) -> int:
    """Return when a row was last written by a change that holds, otherwise now."""
    found = connection.execute(
        "SELECT max(change.at) FROM main.change JOIN main.change_row ON change_row.change_id = change.id"
        " WHERE undone = 0 AND tbl = ? AND row_id = ?",
        (table, row),
    ).fetchone()[0]
    if found is None and "change_id" in tables.columns(connection, table):
        found = connection.execute(
            f"SELECT change.at FROM main.change JOIN main.{table} AS live ON live.change_id = change.id"
            " WHERE live.id = ?",
            (row,),
        ).fetchone()
        found = None if found is None else found[0]
    return now if found is None else min(now, int(found) * 1000)


def _last_known(connection: sqlite3.Connection, table: str, row: int) -> int:
    """Return when a row was last written anywhere, as far as is known here."""
    found = connection.execute(
        "SELECT max(at) FROM (SELECT at FROM base.sync_row WHERE tbl = ?1 AND row = ?2"
        " UNION ALL SELECT at FROM base.sync_cell WHERE tbl = ?1 AND row = ?2)",
        (table, row),
    ).fetchone()[0]
    return -1 if found is None else int(found)


def stamp(connection: sqlite3.Connection, op: Op, device: int, seq: int) -> None:
    """Remember when and by which message of a device a row was written."""
    if op.kind == UPDATE:
        connection.executemany(
            "INSERT OR REPLACE INTO base.sync_cell (tbl, row, col, at, device, seq) VALUES (?, ?, ?, ?, ?, ?)",
            [(op.table, op.row, name, op.at, device, seq) for name in op.values],
        )
        return
    connection.execute("DELETE FROM base.sync_cell WHERE tbl = ? AND row = ?", (op.table, op.row))
    connection.execute(
        "INSERT OR REPLACE INTO base.sync_row (tbl, row, life, gone, at, device, seq) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (op.table, op.row, op.life, int(op.kind == DELETE), op.at, device, seq),
    )


def everything(connection: sqlite3.Connection) -> Iterator[Op]:
    """Yield the whole copy as inserted rows, for a device that joins. Nothing is older than what it begins with."""
    for table in tables.names(connection):
        names = tables.columns(connection, table)
        listed = ", ".join(map(quote, names))
        for row_id, *cells in connection.execute(f"SELECT id, {listed} FROM base.{table} ORDER BY id"):
            yield Op(table, row_id, INSERT, 0, -1, dict(zip(names, cells, strict=True)))
