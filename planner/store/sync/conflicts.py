"""Values that gave way to later ones on another device, from which they can be taken back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from planner.domain.errors import StateError

if TYPE_CHECKING:
    from planner.store.recorder import Recorder

TITLES = ("name", "title", "text", "day", "month", "uid")  # columns by which a row is known


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value of one row that gave way: what it is of, the value, the one there now (None if the row is gone), who
    wrote it and whose write won, by device number.
    """

    id: int
    noted: datetime
    table: str
    row: int
    column: str
    title: str
    value: Any
    now: Any
    there: bool
    device: int
    by: int

    @property
    def what(self) -> str:
        """``contact Kim Minsu, source``."""
        title = f" {self.title}" if self.title else ""
        return f"{self.table.replace('_', ' ')}{title}, {self.column.replace('_', ' ')}"


def query(handle: sqlite3.Connection) -> list[Conflict]:
    """Return what gave way, newest first. For an attached database."""
    rows = handle.execute(
        "SELECT id, noted, tbl, row, col, value, device, by FROM base.sync_conflict ORDER BY id DESC"
    ).fetchall()
    found = []
    for conflict_id, noted, table, row, column, value, device, by in rows:
        cursor = handle.execute(f"SELECT * FROM main.{table} WHERE id = ?", (row,))
        cells = cursor.fetchone()
        names = [each[0] for each in cursor.description]
        there = {} if cells is None else dict(zip(names, cells, strict=True))
        title = next((str(there[name]) for name in TITLES if there.get(name)), f"{row}")
        moment = datetime.fromtimestamp(noted / 1000)
        found.append(
            Conflict(conflict_id, moment, table, row, column, title, value, there.get(column), bool(there), device, by)
        )
    return found


def prune(handle: sqlite3.Connection) -> None:
    """Forget values that pointed at rows which are gone: the deletion was the later word on them."""
    rows = handle.execute("SELECT id, tbl, col, value FROM base.sync_conflict WHERE substr(col, -3) = '_id'")
    for conflict_id, table, column, value in rows.fetchall():
        for rule in handle.execute(f"PRAGMA main.foreign_key_list({table})").fetchall():
            there = f"SELECT 1 FROM main.{rule[2]} WHERE id = ?"
            if rule[3] == column and handle.execute(there, (value,)).fetchone() is None:
                handle.execute("DELETE FROM base.sync_conflict WHERE id = ?", (conflict_id,))


def put_back(change: Recorder, found: Conflict) -> None:
    """Write a value back. Raises StateError if its row is gone."""
    try:
        change.update(found.table, found.row, **{found.column: found.value})
    except KeyError as error:
        raise StateError(f"Its {found.table.replace('_', ' ')} was deleted, so the value has no place.") from error
    except sqlite3.IntegrityError as error:
        raise StateError(f"{found.what} can't be {found.value!r} any more.") from error


def drop(handle: sqlite3.Connection, ids: list[int] | None) -> int:
    """Forget some of them, or all. Returns how many."""
    if ids is None:
        return handle.execute("DELETE FROM base.sync_conflict").rowcount
    return sum(handle.execute("DELETE FROM base.sync_conflict WHERE id = ?", (each,)).rowcount for each in ids)


def facts(handle: sqlite3.Connection, prefix: str) -> dict[str, str]:
    """Return what is remembered under keys with a prefix, by what follows it."""
    rows = handle.execute("SELECT key, value FROM base.sync_fact WHERE substr(key, 1, ?) = ?", (len(prefix), prefix))
    return {key[len(prefix) :]: value for key, value in rows}
