"""Mends what can't stand beside each other after a merge. Repairs are ordinary writes, which the other devices hear of.

Only rows that the merge has written, and those that pointed at what it deleted, can need it: the database was sound
before. Which those are is noted by temporary triggers, because checking ten years of rows takes half a second in which
no screen can write.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from planner.store.numbering import DEVICES
from planner.store.sync import tables
from planner.store.sync.collect import Rows
from planner.store.sync.tables import quote

EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
Written = Callable[[], Rows]
"""Returns the rows written since the watch began."""


def watch(connection: sqlite3.Connection) -> Written:
    """Note each row that is written from now on."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS sync_written (tbl, id, PRIMARY KEY (tbl, id)) WITHOUT ROWID")
    connection.execute("DELETE FROM temp.sync_written")
    for table in tables.names(connection):
        for event, row in EVENTS.items():
            connection.execute(
                f"CREATE TEMP TRIGGER IF NOT EXISTS sync_{table}_{event} AFTER {event} ON main.{table} BEGIN"
                f" INSERT OR IGNORE INTO sync_written VALUES ('{table}', {row}.id); END"
            )

    def written() -> Rows:
        found: dict[str, list[int]] = {}
        for table, row in connection.execute("SELECT tbl, id FROM temp.sync_written"):
            found.setdefault(table, []).append(row)
        return found

    return written


def unwatch(connection: sqlite3.Connection) -> None:
    """End it."""
    for table in tables.names(connection):
        for event in EVENTS:
            connection.execute(f"DROP TRIGGER IF EXISTS temp.sync_{table}_{event}")


def repair(connection: sqlite3.Connection, written: Written) -> None:
    """Let rows that point at missing ones follow what stands in their place, or go or let go as the schema says. Of
    rows that the program itself made twice, the lowest number stays.
    """
    while True:
        _keep_first_made(connection)
        broken = _dangling(connection, written())
        if not broken:
            return
        for table, row, parent, column, cascades in broken:
            _mend(connection, table, row, parent, column, cascades=cascades)


def _dangling(connection: sqlite3.Connection, written: Rows) -> list[tuple[str, int, str, str, bool]]:
    """Return references to missing rows: of what was written, and to what was. Table, row, the table that it points
    at, the column, and whether the row goes with the other one.
    """
    found = []
    every = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    for (table,) in every.fetchall():
        for _, _, parent, column, _, _, on_delete, _ in connection.execute(
            f"PRAGMA main.foreign_key_list({table})"
        ).fetchall():
            missing = f"NOT EXISTS (SELECT 1 FROM main.{parent} AS there WHERE there.id = child.{quote(column)})"
            for by, ids in (("id", written.get(table)), (quote(column), written.get(parent))):
                if ids:
                    rows = connection.execute(
                        f"SELECT id FROM main.{table} AS child WHERE child.{by} IN (SELECT value FROM json_each(?))"
                        f" AND child.{quote(column)} IS NOT NULL AND {missing}",
                        (json.dumps(list(ids)),),
                    )
                    found += [(table, row, parent, column, on_delete == "CASCADE") for (row,) in rows]
    return found


def _mend(connection: sqlite3.Connection, table: str, row: int, parent: str, column: str, *, cascades: bool) -> None:
    found = connection.execute(f"SELECT {quote(column)} FROM main.{table} WHERE id = ?", (row,)).fetchone()
    if found is None:
        return  # it went with another one
    instead = connection.execute(
        "SELECT stays FROM base.sync_instead WHERE tbl = ? AND row = ?", (parent, found[0])
    ).fetchone()
    if instead is not None and connection.execute(f"SELECT 1 FROM main.{parent} WHERE id = ?", instead).fetchone():
        try:
            connection.execute(f"UPDATE main.{table} SET {quote(column)} = ? WHERE id = ?", (instead[0], row))
            return
        except sqlite3.IntegrityError:
            cascades = True  # the one that stays has such a row already
    if cascades:
        connection.execute(f"DELETE FROM main.{table} WHERE id = ?", (row,))
    else:
        connection.execute(f"UPDATE main.{table} SET {quote(column)} = NULL WHERE id = ?", (row,))


# What the program itself adds when something is ticked off or won: of the same row by two devices one is enough. The
# columns that make it the same, and which rows are meant.
MADE = (
    ("activity", "deal_id", "kind = 'deal' AND deal_id IS NOT NULL"),
    ("task", "care, about, deal_id, contact_id, due", "care <> '' AND state = 'open'"),
    ("task", "title, every, series_start, due, contact_id", "every IS NOT NULL AND state = 'open'"),
)


def _keep_first_made(connection: sqlite3.Connection) -> None:
    for table, key, wanted in MADE:
        groups = connection.execute(
            f"SELECT group_concat(id) FROM main.{table} WHERE {wanted} GROUP BY {key} HAVING count(*) > 1"
        ).fetchall()
        for (listed,) in groups:
            stays, *others = sorted(int(number) for number in listed.split(","))
            for row in others:
                if (row - stays) % DEVICES:  # two of one device are the rep's own
                    connection.execute(
                        "INSERT OR REPLACE INTO base.sync_instead (tbl, row, stays) VALUES (?, ?, ?)",
                        (table, row, stays),
                    )
                    connection.execute(f"DELETE FROM main.{table} WHERE id = ?", (row,))
