"""Records every write, with before-images of each change's rows, so that it can be undone.

A change belongs to one transaction. Whether its rows are written by name (`Recorder.insert`, `update`, `delete`), in
bulk (`history.record_import`) or by the flush of a SQLModel session (`database.py`), their images are recorded here,
along with what the change makes stale in the day's snapshot. On the quick path: plain sqlite3, no dataclasses, no json.
"""

from __future__ import annotations

import sqlite3
from _thread import get_ident

from planner.store.numbering import DEVICES, device_of, number_of, numbered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from types import TracebackType
    from typing import Any, Protocol, Self

    from planner.store.acts import Act

    class Reads(Protocol):
        """Protocol of what a query needs: a connection, or a change in progress."""

        def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor:
            """Run one statement."""


HISTORY_KEPT = 1_000

# Tables whose rows the history saves.
LOGGED = (
    "meta", "company", "contact", "contact_way", "goal", "month_plan", "calendar_exception", "task", "deal", "promise",
    "activity", "import_ref", "day", "day_target", "day_block", "week_template", "week_block", "event", "event_time",
    "list_entry", "own_words", "call_check", "heard", "drill", "mail_window", "mail_look", "letter", "draft",
    "complaint", "saved_filter", "review", "review_line", "learning", "learning_use", "period_plan", "meeting_outcome",
    "said_odds",
)  # fmt: skip
# Tables that an import fills, in whose rows it writes its change's id. Referencing tables come last.
IMPORTED = ("company", "contact", "contact_way", "deal", "activity", "import_ref", "event", "event_time")
SET = 0  # row id under which the history saves all rows of a table that carry a change's id

# What the day's snapshot depends on, part by part (built in `services/day/snapshot.py`). Other tables make none of it
# stale, and calls of the day itself only its counts, which are read live.
BLOCKS = "blocks"
SPECIAL_DAYS = "contact days"  # not a table: changes to contacts' birthdays and other days
_BLOCK_TABLES = frozenset(("day_block", "event_time", "meeting_outcome", SPECIAL_DAYS))
_WHOLE_TABLES = frozenset((
    "meta", "goal", "month_plan", "period_plan", "calendar_exception", "week_template", "week_block", "deal", "day",
    "day_target", "event",  # a booked meeting waits for its date, which affects the odds
))  # fmt: skip


_KEPT = [0]
ACTING: dict[int, Act] = {}
"""The acts that are being carried out (`acts.py`), by thread."""


def mark_committed() -> None:
    """Count a committed change: whatever fails later in this process, something was changed."""
    _KEPT[0] += 1


def how_many_kept() -> int:
    """Return how many changes this process has committed."""
    return _KEPT[0]


class Transaction:
    """Context manager for one BEGIN IMMEDIATE, rolled back when the block raises."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._device: tuple[int | None] | None = None

    @property
    def device(self) -> int | None:
        """This device's number among those that sync, None if it doesn't."""
        if self._device is None:
            self._device = (device_of(self.connection),)
        return self._device[0]

    def __enter__(self) -> Self:
        self.connection.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self.finish():
                self.connection.execute("COMMIT")
                if type(self) is not Writer:
                    mark_committed()
        finally:
            rollback(self.connection)

    def finish(self) -> bool:
        """Write pending rows before the commit. Returns whether there is anything to commit."""
        return True


class Writer(Transaction):
    """Writes rows by name without recording them: derived data, so not the rep's to undo."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a read in the same transaction."""
        return self.connection.execute(sql, parameters)

    def insert(self, table: str, /, **values: object) -> int:
        """Add a row. Returns its id."""
        if self.device is not None and "id" not in values:
            values["id"] = number_of(self.connection, table, self.device, values)
        names = ", ".join([f'"{name}"' for name in values])
        marks = ", ".join("?" * len(values))
        row_id = self.connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())
        ).lastrowid
        assert row_id is not None
        return row_id

    def update(self, table: str, row_id: int, /, **values: object) -> None:
        """Set columns of an existing row."""
        sets = ", ".join([f'"{name}" = ?' for name in values])
        self.connection.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*values.values(), row_id))

    def bulk(self, table: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add many rows with one statement. `names` are the columns, in the order of each row."""
        if self.device is not None and "id" not in names and not table.startswith("laid_"):
            names, rows = ("id", *names), numbered(self.connection, table, self.device, names, rows)
        quoted = ", ".join([f'"{name}"' for name in names])
        marks = ", ".join("?" * len(names))
        self.connection.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", rows)

    def delete(self, table: str, row_id: int) -> None:
        """Delete a row, and what SQLite deletes with it."""
        self.connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))


class Recorder(Writer):
    """Writes the rows of one undoable change and records their before-images. `at` is seconds since 1970 UTC. `label`
    names it and may be set until the end.

    `today` is the rep's day when calls are only counted: logging on it then leaves the day's snapshot valid, which
    reads its counts live. The first row written opens the change, so one that writes nothing leaves no trace, and
    undone changes can still be redone.
    """

    def __init__(self, connection: sqlite3.Connection, at: int, label: str, today: date | None = None) -> None:
        super().__init__(connection)
        self.at, self.label, self.today = at, label, today
        self._id: int | None = None
        self._seq = 0
        self._touched: set[str] = set()
        self._days: set[str] = set()
        self._in_bulk = False

    def __enter__(self) -> Self:
        super().__enter__()
        act = ACTING.get(get_ident())
        if act is not None:
            try:
                act.check(self)
            except BaseException:
                rollback(self.connection)
                raise
        return self

    @property
    def id(self) -> int:
        """The id of the change, opened on first use."""
        if self._id is None:
            self._id, self._opened_as = begin(self.connection, self.at, self.label), self.label
        return self._id

    @property
    def begun(self) -> bool:
        """Whether anything was written."""
        return self._id is not None

    def insert(self, table: str, /, **values: object) -> int:
        """Add a row. Returns its id."""
        row_id = super().insert(_known(table), **values)
        self.keep(table, row_id, None, values)
        return row_id

    def update(self, table: str, row_id: int, /, **values: object) -> None:
        """Set columns of an existing row, skipping unchanged ones. Raises KeyError for a missing row."""
        image, current = self.image(table, row_id)
        values = {name: value for name, value in values.items() if current[name] != value}
        if values:
            self._set(table, row_id, image, current, values)

    def confirm(self, table: str, row_id: int, /, **values: object) -> None:
        """Like `update`, but recorded even if nothing changes: the rep did say it, so `undo` takes that back rather
        than an earlier change. Raises KeyError for a missing row.
        """
        self._set(table, row_id, *self.image(table, row_id), values)

    def _set(self, table: str, row_id: int, image: str, current: dict[str, Any], values: Mapping[str, object]) -> None:
        super().update(table, row_id, **values)
        self.keep(table, row_id, image, current, values)

    def delete(self, table: str, row_id: int) -> None:
        """Delete a row. References to it cascade or become null, as the schema says. KeyError for a missing row."""
        self.keep_deleted(table, row_id)
        super().delete(table, row_id)

    def bulk(self, table: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add many rows with one statement, each with this change's id, saved in the history as one set per table."""
        if table not in IMPORTED or "change_id" not in names:
            raise ValueError(f"{table} has no rows that carry the id of their change")
        super().bulk(table, names, rows)
        self._in_bulk = True
        self.touch(table, "any")
        if table == "contact":
            self.touch(SPECIAL_DAYS)

    def image(self, table: str, row_id: int) -> tuple[str, dict[str, Any]]:
        """Return a row as the history stores it (JSON), and its columns. Raises KeyError for a missing row."""
        names = columns(self.connection, _known(table))
        pairs = ", ".join([f"'{name}', \"{name}\"" for name in names])
        quoted = ", ".join([f'"{name}"' for name in names])
        row = self.connection.execute(
            f"SELECT json_object({pairs}), {quoted} FROM {table} WHERE id = ?", (row_id,)
        ).fetchone()
        if row is None:
            raise KeyError(f"{table} {row_id}")
        return row[0], dict(zip(names, row[1:], strict=True))

    def keep(self, table: str, row_id: int, image: str | None, *rows: Mapping[str, object]) -> None:
        """Save the image of a row before it was written, None for a new one. `rows` are its old and new values.

        A row that this change has added in bulk is part of its set.
        """
        if "change_id" not in rows[0] or rows[0]["change_id"] is None or rows[0]["change_id"] != self._id:
            self._seq += 1
            self.connection.execute(
                "INSERT INTO change_row (change_id, seq, tbl, row_id, image) VALUES (?, ?, ?, ?, ?)",
                (self.id, self._seq, table, row_id, image),
            )
        self.touch(table, *[row["day"] for row in rows if "day" in row])
        if table == "contact" and _on_special_days(*rows):
            self.touch(SPECIAL_DAYS)

    def keep_deleted(self, table: str, row_id: int) -> None:
        """Save a row about to be deleted, and those that reference it. Raises KeyError for a missing row."""
        image, current = self.image(table, row_id)
        for child, column, cascades in references(self.connection, table):
            for (key,) in self.connection.execute(f"SELECT id FROM {child} WHERE {column} = ?", (row_id,)).fetchall():
                if cascades:
                    self.delete(child, key)
                else:
                    self.update(child, key, **{column: None})
        self.keep(table, row_id, image, current)

    def touch(self, table: str, *days: object) -> None:
        """Note a changed table, and the log days affected, for whatever depends on it."""
        self._touched.add(table)
        if table == "activity":
            self._days.update([str(day) for day in days])

    def finish(self) -> bool:
        """Store the change's final name and mark what it makes stale. A change without rows isn't stored."""
        if self._id is None:
            return True
        if self._in_bulk:
            self._keep_sets()
        if not self._seq:
            return False
        if self.label != self._opened_as:
            self.connection.execute("UPDATE change SET label = ? WHERE id = ?", (self.label, self._id))
        act = ACTING.get(get_ident())
        if act is not None:
            act.keep(self)
        mark_stale(self.connection, self._touched, self._days, self.today)
        return True

    def _keep_sets(self) -> None:
        """Save bulk-added rows, those that carry this change's id, as one set per table."""
        for number, table in enumerate(IMPORTED, start=1 - len(IMPORTED)):
            execute = self.connection.execute
            if execute(f"SELECT 1 FROM {table} WHERE change_id = ? LIMIT 1", (self.id,)).fetchone():
                # below the seq of single rows, which are undone first
                execute(
                    "INSERT INTO change_row (change_id, seq, tbl, row_id, image) VALUES (?, ?, ?, ?, NULL)",
                    (self.id, number, table, SET),
                )
                self._seq += 1


def _on_special_days(row: Mapping[str, object], changed: Mapping[str, object] | None = None) -> bool:
    """Whether an added or removed contact has special days, or an edit of one affects how they show."""
    if changed is not None:
        return not {"name", "birthday", "dates"}.isdisjoint(changed)
    return bool(row.get("birthday")) or row.get("dates", "[]") != "[]"


def begin(connection: sqlite3.Connection, at: int, label: str) -> int:
    """Open a change, which discards the redoable ones and the oldest beyond the last thousand."""
    execute = connection.execute
    execute("DELETE FROM change WHERE undone = 1")
    device = device_of(connection)
    own = None if device is None else number_of(connection, "change", device, {})
    change_id = execute("INSERT INTO change (id, at, label, undone) VALUES (?, ?, ?, 0)", (own, at, label)).lastrowid
    assert change_id is not None
    spread = 1 if device is None else DEVICES
    if change_id // spread % 100 == 0:
        execute("DELETE FROM change WHERE id <= ?", (change_id - HISTORY_KEPT * spread,))
    return change_id


def mark_stale(connection: sqlite3.Connection, tables: set[str], days: set[str], today: date | None) -> None:
    """Mark what a change of some tables makes stale in the laid day. `days` are those of its log rows."""
    own = "" if today is None else today.isoformat()
    if not tables.isdisjoint(_WHOLE_TABLES) or (days and days != {own}):
        forget_laid(connection, None)
        return
    if days:  # another day may be laid, if the clock was set back since
        forget_laid(connection, today)
    if not tables.isdisjoint(_BLOCK_TABLES):
        connection.execute(f"UPDATE laid_day SET key = key || ' {BLOCKS}' WHERE key NOT LIKE '% {BLOCKS}'")


def forget_laid(connection: sqlite3.Connection, but: date | None) -> None:
    """Delete the laid days, all or all but one."""
    connection.execute("DELETE FROM laid_day WHERE day <> ?", ("" if but is None else but.isoformat(),))


def rollback(connection: sqlite3.Connection) -> None:
    """Roll back the transaction if one is still open, since a failing COMMIT may have ended it."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


_columns: dict[str, tuple[str, ...]] = {}
_references: dict[str, list[tuple[str, str, bool]]] = {}


def columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """Return the columns of a table. Every open database has the same schema."""
    if table not in _columns:
        _columns[table] = tuple([row[1] for row in connection.execute(f"PRAGMA table_info({table})")])
    return _columns[table]


def references(connection: sqlite3.Connection, table: str) -> list[tuple[str, str, bool]]:
    """Return the references to a table: table, column, and whether the referencing rows are deleted with it."""
    if not _references:
        found: dict[str, list[tuple[str, str, bool]]] = {}
        for name in LOGGED:
            for row in connection.execute(f"PRAGMA foreign_key_list({name})"):
                found.setdefault(row[2], []).append((name, row[3], row[6] == "CASCADE"))
        _references.update(found)  # all at once, since another thread may be asking
    return _references.get(table, [])


def _known(table: str) -> str:
    if table not in LOGGED:
        raise ValueError(f"{table} is not kept by the history")
    return table
