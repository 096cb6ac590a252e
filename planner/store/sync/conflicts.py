"""Values that gave way to later ones on another device, from which they can be taken back."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from planner.domain import formats
from planner.domain.errors import StateError
from planner.domain.text import make_visible

if TYPE_CHECKING:
    from planner.store.recorder import Recorder

MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")
TITLES = ("name", "title", "text", "day", "month", "uid")  # columns by which a row is known


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value of one row that gave way: what it is of, the value, the one there now (None if the row is gone), both as
    the rep would say them, who wrote it and whose write won, by device number.
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
    value_text: str
    now_text: str
    device: int
    by: int

    @property
    def what(self) -> str:
        """``contact Kim Minsu, source``."""
        title = f" {self.title}" if self.title else ""
        return f"{self.table.replace('_', ' ')}{title}, {self.column.removesuffix('_id').replace('_', ' ')}"


def query(handle: sqlite3.Connection) -> list[Conflict]:
    """Return what gave way, newest first. For an attached database."""
    rows = handle.execute(
        "SELECT id, noted, tbl, row, col, value, device, by FROM base.sync_conflict ORDER BY id DESC"
    ).fetchall()
    found = []
    for conflict_id, noted, table, row, column, value, device, by in rows:
        there = _read(handle, table, row)
        moment, now = datetime.fromtimestamp(noted / 1000), there.get(column)
        found.append(
            Conflict(
                conflict_id, moment, table, row, column, _title(there) or f"{row}", value, now, bool(there),
                _as_text(handle, table, column, value),
                _as_text(handle, table, column, now) if there else "deleted", device, by,
            )
        )  # fmt: skip
    return found


def _title(row: dict[str, Any]) -> str:
    return next((str(row[name]) for name in TITLES if row.get(name)), "")


def _as_text(handle: sqlite3.Connection, table: str, column: str, value: Any) -> str:
    """Return a value in words: of a reference, the name of the row it points at."""
    if value in (None, ""):
        return "nothing"
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return formats.dated_text(value[:16])
    if isinstance(value, str):
        return f"“{make_visible(value)}”"
    if column.endswith("_id"):
        for rule in handle.execute(f"PRAGMA main.foreign_key_list({table})").fetchall():
            if rule[3] == column:
                row = _read(handle, rule[2], value)
                return make_visible(_title(row)) or f"{rule[2]} {value}".replace("_", " ")
    return str(value)


def _read(handle: sqlite3.Connection, table: str, row: int) -> dict[str, Any]:
    """Return the columns of a row, none if it is gone."""
    cursor = handle.execute(f"SELECT * FROM main.{table} WHERE id = ?", (row,))
    cells = cursor.fetchone()
    return {} if cells is None else dict(zip((each[0] for each in cursor.description), cells, strict=True))


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
