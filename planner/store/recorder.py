"""The one recorder under every write: each change keeps its rows' before-images, so that it can be undone.

A change belongs to one transaction. Whether its rows are written by name (`Recorder.insert`, `update`, `delete`), in
bulk (`history.record_import`) or by the flush of a SQLModel session (`database.py`), their images come through here,
and so does what a change makes stale of the laid day. On the quick path: plain sqlite3, no dataclasses, no json.
"""

from __future__ import annotations

import sqlite3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from types import TracebackType
    from typing import Any, Protocol, Self

    class Reads(Protocol):
        """What a query needs: a connection, or a change under way."""

        def execute(self, sql: str, parameters: Any = ..., /) -> sqlite3.Cursor:
            """Run one statement."""


HISTORY_KEPT = 1_000

# The tables whose rows the history keeps.
LOGGED = (
    "meta", "company", "contact", "contact_way", "goal", "month_plan", "calendar_exception", "task", "deal", "promise",
    "activity", "import_ref", "day", "day_target", "day_block", "week_template", "week_block", "event", "event_time",
    "list_entry", "own_words", "call_check", "heard", "drill", "mail_window", "mail_look", "letter", "draft",
    "complaint", "saved_filter", "review", "review_line", "learning", "learning_use", "period_plan", "meeting_outcome",
    "said_odds",
)  # fmt: skip
# Those that an import fills; their rows carry its change's id. Who points at whom comes last.
IMPORTED = ("company", "contact", "contact_way", "deal", "activity", "import_ref", "event", "event_time")
SET = 0  # the row id under which the history keeps all rows of a table that carry a change's id

# What the kept day rests on, part by part (`services/day/snapshot.py` makes them). The other tables make nothing of it
# stale, and calls of the day itself only its counts, which are read live.
BLOCKS = "blocks"
SPECIAL_DAYS = "contact days"  # no table: what is changed of contacts where their birthdays and other days are
_BLOCK_TABLES = frozenset(("day_block", "event_time", "meeting_outcome", SPECIAL_DAYS))
_WHOLE_TABLES = frozenset((
    "meta", "goal", "month_plan", "period_plan", "calendar_exception", "week_template", "week_block", "deal", "day",
    "day_target", "event",  # a booked meeting waits for its date, and the odds with it
))  # fmt: skip


_KEPT = [0]


def kept() -> None:
    """Count a change that is on the disk: whatever fails after it in this process, something was changed."""
    _KEPT[0] += 1


def how_many_kept() -> int:
    """How many changes this process has made."""
    return _KEPT[0]


class Transaction:
    """One BEGIN IMMEDIATE. Nothing is kept when the block raises."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

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
                    kept()
        finally:
            rollback(self.connection)

    def finish(self) -> bool:
        """Write what is still to be written before the commit. Returns whether there is anything to commit."""
        return True


class Writer(Transaction):
    """Rows written by name, not recorded: what is derived from others, and so isn't the rep's to undo."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Read, in the same transaction."""
        return self.connection.execute(sql, parameters)

    def insert(self, table: str, /, **values: object) -> int:
        """Add a row. Returns its id."""
        names = ", ".join([f'"{name}"' for name in values])
        marks = ", ".join("?" * len(values))
        row_id = self.connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())
        ).lastrowid
        assert row_id is not None
        return row_id

    def update(self, table: str, row_id: int, /, **values: object) -> None:
        """Set columns of a row that is there."""
        sets = ", ".join([f'"{name}" = ?' for name in values])
        self.connection.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*values.values(), row_id))

    def bulk(self, table: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add many rows by one statement; `names` are the columns, in the order of each row."""
        quoted = ", ".join([f'"{name}"' for name in names])
        marks = ", ".join("?" * len(names))
        self.connection.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", rows)

    def delete(self, table: str, row_id: int) -> None:
        """Delete a row, and what SQLite deletes with it."""
        self.connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))


class Recorder(Writer):
    """An undoable change under way. `at` is seconds since 1970 UTC; `label` names it and may be set until the end.

    `today` is the rep's day where calls are only counted: what is logged of it then leaves the kept day as it is, which
    reads its counts live. The change is opened by the first row that it writes: one that writes none leaves no trace,
    and what had been undone can still be redone.
    """

    def __init__(self, connection: sqlite3.Connection, at: int, label: str, today: date | None = None) -> None:
        super().__init__(connection)
        self.at, self.label, self.today = at, label, today
        self._id: int | None = None
        self._seq = 0
        self._touched: set[str] = set()
        self._days: set[str] = set()
        self._in_bulk = False

    @property
    def id(self) -> int:
        """The id of the change, opened if it isn't yet."""
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
        """Set columns of a row that is there; columns that say so already are left alone. KeyError for no such row."""
        image, current = self.image(table, row_id)
        values = {name: value for name, value in values.items() if current[name] != value}
        if values:
            self._set(table, row_id, image, current, values)

    def confirm(self, table: str, row_id: int, /, **values: object) -> None:
        """Like `update`, but recorded even where the row says so already: the rep did say it, so `undo` takes that back
        and not whatever came before it. KeyError for no such row.
        """
        self._set(table, row_id, *self.image(table, row_id), values)

    def _set(self, table: str, row_id: int, image: str, current: dict[str, Any], values: Mapping[str, object]) -> None:
        super().update(table, row_id, **values)
        self.keep(table, row_id, image, current, values)

    def delete(self, table: str, row_id: int) -> None:
        """Delete a row; those that point at it go with it, or point nowhere, as the schema says. KeyError for none."""
        self.keep_deleted(table, row_id)
        super().delete(table, row_id)

    def bulk(self, table: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add many rows by one statement, each with this change's id: the history keeps them as one set a table."""
        if table not in IMPORTED or "change_id" not in names:
            raise ValueError(f"{table} has no rows that carry the id of their change")
        super().bulk(table, names, rows)
        self._in_bulk = True
        self.touch(table, "any")
        if table == "contact":
            self.touch(SPECIAL_DAYS)

    def image(self, table: str, row_id: int) -> tuple[str, dict[str, Any]]:
        """A row as the history keeps it (JSON), and its columns. KeyError for no such row."""
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
        """Keep the image that a row had before it was written, None for a new one; `rows` are what it was and is.

        A row that this change has added in bulk goes with its set.
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
        """Keep a row that is about to be deleted, and see to those that point at it. KeyError for no such row."""
        image, current = self.image(table, row_id)
        for child, column, cascades in references(self.connection, table):
            for (key,) in self.connection.execute(f"SELECT id FROM {child} WHERE {column} = ?", (row_id,)).fetchall():
                if cascades:
                    self.delete(child, key)
                else:
                    self.update(child, key, **{column: None})
        self.keep(table, row_id, image, current)

    def touch(self, table: str, *days: object) -> None:
        """Note that a table is changed, and which days of the log, for what rests on it."""
        self._touched.add(table)
        if table == "activity":
            self._days.update([str(day) for day in days])

    def finish(self) -> bool:
        """Name the change as it is called by now, and mark what it makes stale. A change without a row is none."""
        if self._id is None:
            return True
        if self._in_bulk:
            self._keep_sets()
        if not self._seq:
            return False
        if self.label != self._opened_as:
            self.connection.execute("UPDATE change SET label = ? WHERE id = ?", (self.label, self._id))
        mark_stale(self.connection, self._touched, self._days, self.today)
        return True

    def _keep_sets(self) -> None:
        """Keep what was added in bulk, a set a table: the rows that carry this change's id."""
        for number, table in enumerate(IMPORTED, start=1 - len(IMPORTED)):
            execute = self.connection.execute
            if execute(f"SELECT 1 FROM {table} WHERE change_id = ? LIMIT 1", (self.id,)).fetchone():
                # below the seq of single rows: what was changed besides is turned back first
                execute(
                    "INSERT INTO change_row (change_id, seq, tbl, row_id, image) VALUES (?, ?, ?, ?, NULL)",
                    (self.id, number, table, SET),
                )
                self._seq += 1


def _on_special_days(row: Mapping[str, object], changed: Mapping[str, object] | None = None) -> bool:
    """Whether a contact that comes or goes has special days, or a change of one touches what is shown of them."""
    if changed is not None:
        return not {"name", "birthday", "dates"}.isdisjoint(changed)
    return bool(row.get("birthday")) or row.get("dates", "[]") != "[]"


def begin(connection: sqlite3.Connection, at: int, label: str) -> int:
    """Open a change: what was undone can't be redone any more, and the oldest beyond the last thousand go."""
    execute = connection.execute
    execute("DELETE FROM change WHERE undone = 1")
    change_id = execute("INSERT INTO change (at, label, undone) VALUES (?, ?, 0)", (at, label)).lastrowid
    assert change_id is not None
    if change_id % 100 == 0:
        execute("DELETE FROM change WHERE id <= ?", (change_id - HISTORY_KEPT,))
    return change_id


def mark_stale(connection: sqlite3.Connection, tables: set[str], days: set[str], today: date | None) -> None:
    """Mark what a change of some tables makes stale of the laid day; `days` are those of the rows of the log."""
    own = "" if today is None else today.isoformat()
    if not tables.isdisjoint(_WHOLE_TABLES) or (days and days != {own}):
        forget_laid(connection, None)
        return
    if days:  # another day may be laid: the clock was set back since
        forget_laid(connection, today)
    if not tables.isdisjoint(_BLOCK_TABLES):
        connection.execute(f"UPDATE laid_day SET key = key || ' {BLOCKS}' WHERE key NOT LIKE '% {BLOCKS}'")


def forget_laid(connection: sqlite3.Connection, but: date | None) -> None:
    """Forget the laid days: all, or all but one."""
    connection.execute("DELETE FROM laid_day WHERE day <> ?", ("" if but is None else but.isoformat(),))


def rollback(connection: sqlite3.Connection) -> None:
    """Roll back the transaction, if one is still open: a failing COMMIT may have ended it."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


_columns: dict[str, tuple[str, ...]] = {}
_references: dict[str, list[tuple[str, str, bool]]] = {}


def columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The columns of a table: every database that is open has the one schema."""
    if table not in _columns:
        _columns[table] = tuple([row[1] for row in connection.execute(f"PRAGMA table_info({table})")])
    return _columns[table]


def references(connection: sqlite3.Connection, table: str) -> list[tuple[str, str, bool]]:
    """Who points at the rows of a table: table, column, and whether its rows go when theirs does."""
    if not _references:
        found: dict[str, list[tuple[str, str, bool]]] = {}
        for name in LOGGED:
            for row in connection.execute(f"PRAGMA foreign_key_list({name})"):
                found.setdefault(row[2], []).append((name, row[3], row[6] == "CASCADE"))
        _references.update(found)  # whole, at once: another thread may be asking
    return _references.get(table, [])


def _known(table: str) -> str:
    if table not in LOGGED:
        raise ValueError(f"{table} is not kept by the history")
    return table
