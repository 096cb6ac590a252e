"""What syncs: the tables, their columns, and the file beside the database that remembers what was exchanged.

That file is attached as `base`. It has a bare copy of each table as it was last exchanged, and of each row and column
when and on which device it was last written. A row that is deleted and added again begins another life: what was
written of an earlier one no longer counts, so that the order in which devices hear of it doesn't matter.
"""

from __future__ import annotations

import os
import sqlite3

# Derived, of this device only, or its history.
LEFT_OUT = frozenset(("meta", "calendar", "change", "change_row", "day_count", "call_state", "export_log"))
DERIVED = ("laid_", "search_", "sqlite_")
META = ("currency",)  # the facts about the database that are the rep's
# Subscribed calendars are read by each device itself.
OWN_EVENTS = "SELECT id FROM main.event WHERE calendar_id IS NULL"
ONLY = {
    "event": "calendar_id IS NULL",
    "event_time": f"event_id IN ({OWN_EVENTS})",
    "meeting_outcome": f"event_id IN ({OWN_EVENTS})",
    "meta": f"key IN ({', '.join(repr(key) for key in META)})",
}
# Columns of this device only.
LOCAL = {"event": ("calendar_id",)}

STATE = """
CREATE TABLE IF NOT EXISTS base.sync_fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS base.sync_seen (device INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS base.sync_row (tbl TEXT, row INTEGER, life INTEGER NOT NULL, gone INTEGER NOT NULL,
  at INTEGER NOT NULL, device INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (tbl, row)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS base.sync_cell (tbl TEXT, row INTEGER, col TEXT, at INTEGER NOT NULL,
  device INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (tbl, row, col)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS base.sync_outbox (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS base.sync_instead (tbl TEXT, row INTEGER, stays INTEGER NOT NULL, PRIMARY KEY (tbl, row))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS base.sync_conflict (id INTEGER PRIMARY KEY, noted INTEGER NOT NULL, tbl TEXT NOT NULL,
  row INTEGER NOT NULL, col TEXT NOT NULL, value, at INTEGER NOT NULL, device INTEGER NOT NULL,
  by INTEGER NOT NULL);
"""


def state_path(path: str) -> str:
    """Return the file beside a database that remembers what was exchanged."""
    return f"{os.path.splitext(path)[0]}.sync"


def names(connection: sqlite3.Connection) -> list[str]:
    """Return the tables that sync, `meta` among them for a few of its rows."""
    rows = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in rows if name == "meta" or (name not in LEFT_OUT and not name.startswith(DERIVED))]


def columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """Return the columns of a table that sync, without its id."""
    rows = connection.execute(f"PRAGMA main.table_info({table})")
    return tuple(row[1] for row in rows if row[1] != "id" and row[1] not in LOCAL.get(table, ()))


def prepare(connection: sqlite3.Connection) -> None:
    """Create what is missing in the attached file, in the caller's transaction."""
    for statement in filter(str.strip, STATE.split(";")):
        connection.execute(statement)
    there = {name for (name,) in connection.execute("SELECT name FROM base.sqlite_master WHERE type = 'table'")}
    for table in names(connection):
        wanted = columns(connection, table)
        if table not in there:
            connection.execute(f"CREATE TABLE base.{table} (id INTEGER PRIMARY KEY, {', '.join(map(quote, wanted))})")
            continue
        known = {row[1] for row in connection.execute(f"PRAGMA base.table_info({table})")}
        for name in wanted:
            if name not in known:  # a later schema: what it adds has its default on all devices
                connection.execute(f"ALTER TABLE base.{table} ADD COLUMN {quote(name)}")
                connection.execute(
                    f"UPDATE base.{table} SET {quote(name)} ="
                    f" (SELECT {quote(name)} FROM main.{table} AS live WHERE live.id = base.{table}.id)"
                )


def quote(name: str) -> str:
    """Quote a name for SQL."""
    return f'"{name}"'


def fact(connection: sqlite3.Connection, key: str) -> str | None:
    """Return what is remembered under a key."""
    row = connection.execute("SELECT value FROM base.sync_fact WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def put_fact(connection: sqlite3.Connection, key: str, value: object) -> None:
    """Remember something under a key."""
    connection.execute("INSERT OR REPLACE INTO base.sync_fact (key, value) VALUES (?, ?)", (key, str(value)))


def seen(connection: sqlite3.Connection) -> dict[int, int]:
    """Return up to which message of each device everything is taken in."""
    return dict(connection.execute("SELECT device, seq FROM base.sync_seen").fetchall())
