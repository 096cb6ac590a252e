"""Takes in what other devices wrote: column by column the later write wins, and a deletion wins over edits.

Each write is merged into what is known of its row, so the order in which messages of different devices arrive makes no
difference. What can't stand beside it is repaired here as the schema says, and the repairs go to the others like any
other write.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from planner.store.history import GONE
from planner.store.sync import tables
from planner.store.sync.collect import DELETE, INSERT, NEVER, UPDATE, Known, Op, known, put_copy, stamp, write_row
from planner.store.sync.tables import quote

ERASED = "erased"  # remembered from when somebody was forgotten on any device until all have done so


class Message(NamedTuple):
    """What a device wrote between two exchanges. `seen` says up to which message of the others it had taken in."""

    device: int
    seq: int
    seen: Mapping[int, int]
    ops: Sequence[Op]


class Merge:
    """Merges messages into the database and the copy, in the caller's transaction, foreign keys off.

    `now` is in milliseconds since 1970 UTC, for the list of what gave way.
    """

    def __init__(self, connection: sqlite3.Connection, device: int, now: int) -> None:
        self.connection, self.device, self.now = connection, device, now
        self.columns = {name: set(tables.columns(connection, name)) for name in tables.names(connection)}
        self.touched: set[str] = set()
        self._clashes: dict[tuple[str, int], None] = {}
        # until all devices have forgotten somebody, nothing that was written about people is saved beside the database
        self._erased = tables.fact(connection, ERASED) is not None

    def take(self, message: Message) -> None:
        """Take in a message whose forerunners were taken in."""
        for op in message.ops:
            if op.table in self.columns:
                values = {name: value for name, value in op.values.items() if name in self.columns[op.table]}
                self._take(op._replace(values=values), message)
        self.connection.execute(
            "INSERT OR REPLACE INTO base.sync_seen (device, seq, at) VALUES (?, ?, ?)",
            (message.device, message.seq, self.now),
        )

    def _take(self, op: Op, message: Message) -> None:
        there = known(self.connection, op.table, op.row) or NEVER
        alive = self._copy(op) is not None
        if op.life < there.life or (op.life == there.life and there.gone):
            self._gave_way(op, message.device, there)
            return
        if op.kind == DELETE:
            self._delete(op, message, there)
        elif op.kind == INSERT and not (alive and op.life == there.life):
            self._write(op)
            stamp(self.connection, op, message.device, message.seq)
        else:
            self._merge_cells(op, message, there)

    def _copy(self, op: Op) -> dict[str, Any] | None:
        names = list(self.columns[op.table])
        listed = ", ".join(map(quote, names))
        row = self.connection.execute(f"SELECT {listed} FROM base.{op.table} WHERE id = ?", (op.row,)).fetchone()
        return None if row is None else dict(zip(names, row, strict=True))

    def _delete(self, op: Op, message: Message, there: Known) -> None:
        before = self._copy(op)
        for name, (at, device, seq) in self._stamps(op, before or {}, there).items():
            if device == self.device and message.seen.get(device, 0) < seq and at > 0:
                self._note(op, name, (before or {})[name], at, device, message.device)
        self._write(op)
        stamp(self.connection, op, message.device, message.seq)

    def _merge_cells(self, op: Op, message: Message, there: Known) -> None:
        """Merge the columns of a row that is there. Two devices that added it have added one row."""
        before = self._copy(op)
        if before is None:
            return
        stamps = self._stamps(op, before, there)
        if op.kind == INSERT:
            # from now on each column has its own date, because the row itself gets the later one's
            self._date(op, {name: found for name, found in stamps.items() if found[0] >= 0})
        won: dict[str, Any] = {}
        for name, value in op.values.items():
            if op.kind == INSERT and value in (None, ""):
                continue  # only what it fills in counts
            at, device, seq = stamps[name]
            concurrent = device >= 0 and message.seen.get(device, 0) < seq
            if (op.at, message.device) > (at, device):
                if concurrent and before[name] != value:
                    self._note(op, name, before[name], at, device, message.device)
                won[name] = value
            elif concurrent and before[name] != value:
                self._note(op, name, value, op.at, message.device, device)
        self._date(op, dict.fromkeys(won, (op.at, message.device, message.seq)))
        if op.kind == INSERT and (op.at, message.device) > (there.at, there.device):
            self.connection.execute(
                "UPDATE base.sync_row SET at = ?, device = ?, seq = ? WHERE tbl = ? AND row = ?",
                (op.at, message.device, message.seq, op.table, op.row),
            )
        changed = {name: value for name, value in won.items() if before[name] != value}
        if changed:
            self._write(op._replace(kind=UPDATE, values=changed))

    def _stamps(self, op: Op, before: Mapping[str, Any], there: Known) -> dict[str, tuple[int, int, int]]:
        """Return when, where and with which message each column of a row was written. An empty one that came with the
        row was never filled in.
        """
        rows = self.connection.execute(
            "SELECT col, at, device, seq FROM base.sync_cell WHERE tbl = ? AND row = ?", (op.table, op.row)
        )
        found = {name: (at, device, seq) for name, at, device, seq in rows}
        row, never = (there.at, there.device, there.seq), (-2, -1, 0)
        return {name: found.get(name, never if value in (None, "") else row) for name, value in before.items()}

    def _date(self, op: Op, stamps: Mapping[str, tuple[int, int, int]]) -> None:
        self.connection.executemany(
            "INSERT OR REPLACE INTO base.sync_cell (tbl, row, col, at, device, seq) VALUES (?, ?, ?, ?, ?, ?)",
            [(op.table, op.row, name, *found) for name, found in stamps.items()],
        )

    # what gave way

    def _gave_way(self, op: Op, device: int, there: Known) -> None:
        """Note an edit of a row that is gone, or of an earlier life of it."""
        if op.kind == UPDATE:
            for name, value in op.values.items():
                self._note(op, name, value, op.at, device, there.device)

    def _note(self, op: Op, name: str, value: Any, at: int, device: int, by: int) -> None:
        if name in ("change_id", "created_at", "updated_at") or (self._erased and "contact_id" in self._personal(op)):
            return
        self.connection.execute(
            "INSERT INTO base.sync_conflict (noted, tbl, row, col, value, at, device, by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self.now, op.table, op.row, name, value, at, device, by),
        )

    def _personal(self, op: Op) -> set[str]:
        return {"contact_id"} if op.table == "contact" else self.columns[op.table]

    # writing

    def _write(self, op: Op) -> None:
        """Write a row of the copy, and of the database unless another row stands in its place."""
        put_copy(self.connection, op.table, op.kind if op.kind != INSERT else self._fresh(op), op.row, op.values)
        self.touched.add(op.table)
        live = f"main.{op.table}"
        if op.kind == DELETE:
            write_row(self.connection, live, DELETE, op.row, {})
            self.connection.execute(
                "UPDATE main.change_row SET image = ? WHERE tbl = ? AND row_id = ? AND image IS NOT NULL",
                (GONE, op.table, op.row),
            )
            return
        kind = op.kind
        if kind == INSERT and self.connection.execute(f"SELECT 1 FROM {live} WHERE id = ?", (op.row,)).fetchone():
            kind = UPDATE  # what stood in its place is this row by now
        if kind == UPDATE:
            self._change_images(op)
        for values in self._room(op, kind):
            write_row(self.connection, live, kind, op.row, values)

    def _fresh(self, op: Op) -> str:
        found = self.connection.execute(f"SELECT 1 FROM base.{op.table} WHERE id = ?", (op.row,)).fetchone()
        return INSERT if found is None else UPDATE

    def _change_images(self, op: Op) -> None:
        """Let an undo keep what another device has written since: it takes back only what was written here."""
        for name, value in op.values.items():
            self.connection.execute(
                "UPDATE main.change_row SET image = json_set(image, ?, json(?)) WHERE tbl = ? AND row_id = ?"
                " AND image LIKE '{%' AND image <> ?",
                (f'$."{name}"', json.dumps(value, ensure_ascii=False), op.table, op.row, GONE),
            )

    def _room(self, op: Op, kind: str) -> Iterator[dict[str, Any]]:
        """Yield the values to write, once no other row has the key that only one may have.

        Of two rows with one key the lower number stays, and what points at the other points at it. The other devices
        hear of it.
        """
        other = self._rival(op.table, op.row, self._copy(op) or {})
        if other is None:
            yield op.values
        elif kind == UPDATE:
            self._clashes[op.table, op.row] = None  # until all is here: the other may be about to make room
            keys = {name for names in self._unique(op.table) for name in names}
            yield {name: value for name, value in op.values.items() if name not in keys}
        else:
            stays, goes = min(op.row, other), max(op.row, other)
            self.connection.execute(
                "INSERT OR REPLACE INTO base.sync_instead (tbl, row, stays) VALUES (?, ?, ?)", (op.table, goes, stays)
            )
            if goes == other:
                self.connection.execute(f"DELETE FROM main.{op.table} WHERE id = ?", (other,))
                yield op.values

    def _unique(self, table: str) -> list[list[str]]:
        indexes = self.connection.execute(f"PRAGMA main.index_list({table})").fetchall()
        return [
            [row[2] for row in self.connection.execute(f"PRAGMA main.index_info({name})")]
            for _, name, unique, *_ in indexes
            if unique
        ]

    def finish(self) -> None:
        """Settle what was to get the key of another row, once everything is here. The higher number gives way: with
        another name, where a name is all the key, and otherwise altogether.
        """
        for table, row in self._clashes:
            wanted = self._copy(Op(table, row, UPDATE, 0, 0, {}))
            if wanted is None:
                continue
            keys = {name for names in self._unique(table) for name in names}
            if (other := self._rival(table, row, wanted)) is not None:
                self._yield_to(table, max(row, other), keys)
            # it may have given way itself
            if self._rival(table, row, wanted) is None:
                write_row(self.connection, f"main.{table}", UPDATE, row, {name: wanted[name] for name in keys})

    def _yield_to(self, table: str, row: int, keys: Collection[str]) -> None:
        only = next(iter(keys)) if len(keys) == 1 else ""
        wanted = self._copy(Op(table, row, UPDATE, 0, 0, {})) or {}
        if not isinstance(wanted.get(only), str):
            self.connection.execute(f"DELETE FROM main.{table} WHERE id = ?", (row,))
            return
        number = 2
        while self._rival(table, row, {only: f"{wanted[only]} {number}"}) is not None:
            number += 1
        self.connection.execute(
            f"UPDATE main.{table} SET {quote(only)} = ? WHERE id = ?", (f"{wanted[only]} {number}", row)
        )

    def _rival(self, table: str, row_id: int, row: Mapping[str, Any]) -> int | None:
        """Return the row that has the key of another one as it is to be, if any does."""
        for names in self._unique(table):
            values = [row.get(name) for name in names]
            if any(value is None for value in values):
                continue
            wanted = " AND ".join(f"{quote(name)} = ?" for name in names)
            found = self.connection.execute(
                f"SELECT id FROM main.{table} WHERE {wanted} AND id <> ?", (*values, row_id)
            ).fetchone()
            if found is not None:
                return int(found[0])
        return None
