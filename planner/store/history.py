"""Undoes and redoes every change, across restarts.

Each touched row is saved with its image on the *other* side of the change: the row before it while the change stands,
the row after it once undone (NULL where there is none). Undo and redo are then the same swap in opposite order. Plain
sqlite3, because `u` on the screen must not wait for SQLModel.

Rows of an import carry its change's id and are saved as one set per table: a row of `change_row` with row id 0 whose
image is all of them as one JSON list, so that fifty thousand go in one DELETE and come back in one INSERT.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import date

from planner.domain.errors import DatabaseProblem, StateError
from planner.store import search
from planner.store.recorder import LOGGED, SET, SPECIAL_DAYS, columns, mark_committed, mark_stale, rollback


@dataclass(frozen=True, slots=True)
class Change:
    """A change and its name. A higher id is newer. `at` is seconds since 1970 UTC."""

    id: int
    at: int
    label: str
    undone: bool


GONE = '{"gone":true}'  # the image of a row that another device has deleted since


@dataclass(frozen=True, slots=True)
class Only:
    """The one change that may be undone, by id, and a statement to run along with it, with its parameters."""

    id: int
    sql: str
    parameters: tuple[object, ...]


def undo(connection: sqlite3.Connection, today: date, only: Only | None = None) -> Change | None:
    """Undo the newest standing change as a whole. Returns None when there is none left. Raises StateError if it isn't
    the `only` one that may be.
    """
    newest = "SELECT id, at, label FROM change WHERE undone = 0 ORDER BY id DESC LIMIT 1"
    return _swap(connection, today, newest, 1, only)


def redo(connection: sqlite3.Connection, today: date) -> Change | None:
    """Redo the most recently undone change as a whole. Returns None when there is none."""
    return _swap(connection, today, "SELECT id, at, label FROM change WHERE undone = 1 ORDER BY id LIMIT 1", 0)


def changes(connection: sqlite3.Connection, limit: int = 20) -> list[Change]:
    """Return the newest changes."""
    rows = connection.execute("SELECT id, at, label, undone FROM change ORDER BY id DESC LIMIT ?", (limit,))
    return [Change(row[0], row[1], row[2], bool(row[3])) for row in rows]


def much_to_turn(connection: sqlite3.Connection, *, redo: bool) -> bool:
    """Whether the next change to undo (or redo) has sets of rows, like an import, or very many rows."""
    which = "undone = 1 ORDER BY id" if redo else "undone = 0 ORDER BY id DESC"
    row = connection.execute(
        "SELECT count(*), min(row_id) FROM (SELECT row_id FROM change_row WHERE change_id ="
        f" (SELECT id FROM change WHERE {which} LIMIT 1) LIMIT 2000)"
    ).fetchone()
    return bool(row[0] >= 2_000 or row[1] == 0)


def _swap(
    connection: sqlite3.Connection, today: date, query: str, undone: int, only: Only | None = None
) -> Change | None:
    """Undo or redo one change. A whole import that nothing else points at goes without SQLite looking for references to
    each of its rows, which takes as long as all the rest.
    """
    alone = undone == 1 and _stands_alone(connection)
    if alone:
        connection.execute("PRAGMA foreign_keys=OFF")
    try:
        return _swap_now(connection, today, query, undone, alone=alone, only=only)
    finally:
        if alone:
            connection.execute("PRAGMA foreign_keys=ON")


def _stands_alone(connection: sqlite3.Connection) -> bool:
    """Whether the newest change only added sets of rows, at which no row outside it points."""
    rows = connection.execute(
        "SELECT change_id, tbl, row_id FROM change_row WHERE change_id ="
        " (SELECT id FROM change WHERE undone = 0 ORDER BY id DESC LIMIT 1) LIMIT 100"
    ).fetchall()
    if not rows or any(row_id != SET for _, _, row_id in rows):
        return False
    change_id, added = rows[0][0], {table for _, table, _ in rows}
    for (child,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        outside = f" AND {child}.change_id IS NOT {change_id}" if "change_id" in columns(connection, child) else ""
        for rule in connection.execute(f"PRAGMA foreign_key_list({child})").fetchall():
            parent, column = rule[2], rule[3]
            if (
                parent in added
                and connection.execute(
                    f"SELECT 1 FROM {child} JOIN {parent} AS parent ON parent.id = {child}.{column}"
                    f" WHERE parent.change_id = {change_id}{outside} LIMIT 1"
                ).fetchone()
            ):
                return False
    return True


def _swap_now(
    connection: sqlite3.Connection, today: date, query: str, undone: int, *, alone: bool, only: Only | None = None
) -> Change | None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if alone and not _stands_alone(connection):  # another program has written since
            connection.execute("ROLLBACK")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("BEGIN IMMEDIATE")
        connection.execute("PRAGMA defer_foreign_keys=ON")
        found = connection.execute(query).fetchone()
        if found is None:
            return None
        if only is not None and found[0] != only.id:
            raise StateError(f"Something else was changed since ({found[2]}), so this can't be undone on its own.")
        if connection.execute(
            "SELECT 1 FROM change_row WHERE change_id = ? AND image = ? LIMIT 1", (found[0], GONE)
        ).fetchone():
            connection.execute("DELETE FROM change WHERE id = ?", (found[0],))  # the one before it is next
            connection.execute("COMMIT")
            raise StateError(
                f"Another of your devices has deleted what this changed, so it can't be undone: {found[2]}."
            )
        _swap_rows(connection, found[0], today, backwards=undone == 1)
        connection.execute("UPDATE change SET undone = ? WHERE id = ?", (undone, found[0]))
        if only is not None:
            connection.execute(only.sql, only.parameters)
        connection.execute("COMMIT")
        mark_committed()
    finally:
        rollback(connection)
    return Change(found[0], found[1], found[2], bool(undone))


def _swap_rows(connection: sqlite3.Connection, change_id: int, today: date, *, backwards: bool) -> None:
    """Swap every row of a change with its image, and mark what that makes stale."""
    order = "DESC" if backwards else "ASC"
    rows = connection.execute(
        f"SELECT seq, tbl, row_id, image FROM change_row WHERE change_id = ? ORDER BY seq {order}", (change_id,)
    ).fetchall()
    tables = {table for _, table, _, _ in rows}
    if not tables <= set(LOGGED):
        raise DatabaseProblem("The history refers to a table that isn't planner's. Nothing was changed.")
    days: set[str] = set()  # days of the log rows
    sets = any(row_id == SET for _, _, row_id, _ in rows)
    triggers = search.take_off(connection, "insert", "update", "delete") if sets else []
    if sets:
        search.note(connection, change_id)
    for seq, table, row_id, image in rows:
        if row_id == SET:
            _swap_set(connection, change_id, seq, table, image)
            days |= {"any"} if table == "activity" else set()
            continue
        before = _swap_row(connection, change_id, seq, table, row_id, image)
        if triggers:
            _note_row(connection, table, row_id, image, before)
        if table == "activity":
            days |= {json.loads(each)["day"] for each in (image, before) if each is not None}
    for trigger in triggers:
        connection.execute(trigger)
    if sets:
        search.note(connection, change_id)
    mark_stale(connection, tables | {SPECIAL_DAYS} if "contact" in tables else tables, days, today)


def _swap_row(
    connection: sqlite3.Connection, change_id: int, seq: int, table: str, row_id: int, image: str | None
) -> str | None:
    """Swap a row with its image. Returns the image of the row as it was, or None if there was none."""
    pairs = ", ".join(f"'{name}', \"{name}\"" for name in columns(connection, table))
    row = connection.execute(f"SELECT json_object({pairs}) FROM {table} WHERE id = ?", (row_id,)).fetchone()
    before: str | None = None if row is None else row[0]
    if image is None:
        connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))
    else:
        _put(connection, table, json.loads(image))
    connection.execute("UPDATE change_row SET image = ? WHERE change_id = ? AND seq = ?", (before, change_id, seq))
    return before


def _note_row(connection: sqlite3.Connection, table: str, row_id: int, *images: str | None) -> None:
    """Note a single row for the search while its triggers are off."""
    kind, ids = table, {row_id}
    if table == "contact_way":
        kind, ids = "contact", {json.loads(image)["contact_id"] for image in images if image is not None}
    elif table not in ("contact", *search.KINDS):
        return
    for each in ids:
        connection.execute("INSERT OR IGNORE INTO search_stale (kind, row_id) VALUES (?, ?)", (kind, each))


def _swap_set(connection: sqlite3.Connection, change_id: int, seq: int, table: str, image: str | None) -> None:
    """Swap a set of rows. Its image is a JSON list of lists: the column names, then the rows."""
    if image is None:
        known = columns(connection, table)
        names = ", ".join(f'"{name}"' for name in known)
        rows = f"json_group_array(json_array({names}))"
        # in one statement: an image of fifty thousand rows takes long to write
        connection.execute(
            "UPDATE change_row SET image = (SELECT CASE count(*) WHEN 0 THEN '[' || ? || ']'"
            f" ELSE '[' || ? || ',' || substr({rows}, 2) END FROM {table} WHERE change_id = ?)"
            " WHERE change_id = ? AND seq = ?",
            (json.dumps(known), json.dumps(known), change_id, change_id, seq),
        )
        connection.execute(f"DELETE FROM {table} WHERE change_id = ?", (change_id,))
        return
    # by the names in the image: a column added since keeps its default
    known = json.loads(connection.execute("SELECT json_extract(?, '$[0]')", (image,)).fetchone()[0])
    names = ", ".join(f'"{name}"' for name in known)
    values = ", ".join(f"json_extract(value, '$[{number}]')" for number in range(len(known)))
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM json_each(?) WHERE key > 0", (image,))
    connection.execute("UPDATE change_row SET image = NULL WHERE change_id = ? AND seq = ?", (change_id, seq))


def _put(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    if table == "letter":
        # a waiting email isn't part of any change and, if it was read again since, would conflict with itself
        connection.execute("DELETE FROM letter WHERE ref = ? AND id <> ? AND decision = ''", (row["ref"], row["id"]))
    # an upsert, never a replace, which deletes first and takes the referencing rows along
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" for _ in row)
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in row if name != "id")
    connection.execute(
        f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {updates}", tuple(row.values())
    )
