"""One exchange: what changed here goes out, what others wrote comes in, in one transaction over both files.

It is committed as a whole or not at all, with what is to be sent: a program killed at any point goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from planner.domain.errors import StateError
from planner.store import connection as connections
from planner.store.numbering import DEVICE, DEVICES, SYNCED
from planner.store.recorder import Transaction, rollback
from planner.store.sync import conflicts, tables
from planner.store.sync.collect import INSERT, Op, Rows, Scan, collect, everything, put_copy, scan, write_row
from planner.store.sync.merge import ERASED, Merge, Message
from planner.store.sync.repair import repair, unwatch, watch

FORGOTTEN, TIDY = "forgotten", "tidy"  # what else is remembered: contacts to forget, and below which message to tidy
SCHEMA = connections.SCHEMA_VERSION
COUNT = "sync_count"  # in `meta` and beside it: a database that was put back counts lower


class PutBack(StateError):
    """Raised for a database that isn't the one which was exchanged: a restored backup, or a copy."""


@dataclass
class Outcome:
    """What one exchange did: how many rows were written here and sent, taken in, and gave way to another value."""

    sent: int = 0
    taken: int = 0
    conflicts: int = 0
    waiting: list[int] = field(default_factory=list)


@contextmanager
def attached(handle: sqlite3.Connection, path: str) -> Iterator[sqlite3.Connection]:
    """Attach the file of what was exchanged, for one transaction without foreign keys acting by themselves. Under a
    passphrase, it is encrypted with the database's own key. Raises StateError if it can't be read.
    """
    if not os.path.exists(path):  # private, like the database
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    _attach(handle, path)
    try:
        handle.execute("PRAGMA foreign_keys=OFF")
        handle.execute("PRAGMA base.secure_delete=ON")  # what was forgotten isn't in the file any more
        with Transaction(handle):
            tables.prepare(handle)
            yield handle
    except sqlite3.DatabaseError as error:
        if _is_damaged(handle, error):
            raise _unreadable(path) from error
        raise
    finally:
        rollback(handle)
        handle.execute("PRAGMA foreign_keys=ON")
        handle.execute("DETACH base")


def _attach(handle: sqlite3.Connection, path: str) -> None:
    try:
        handle.execute("ATTACH ? AS base", (path,))
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:
            raise
        raise _unreadable(path) from error


def _is_damaged(handle: sqlite3.Connection, error: sqlite3.DatabaseError) -> bool:
    """Whether the attached file is what an error is about, rather than the database."""
    if type(error) is not sqlite3.DatabaseError:  # an error of SQL, a lock, a full disk
        return False
    rollback(handle)
    try:
        return bool(handle.execute("PRAGMA base.quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError:
        return True


def _unreadable(path: str) -> StateError:
    return StateError(
        f"{path} can't be read. If planner encrypt or planner decrypt broke off, run it again. Otherwise it's damaged. "
        "Then start over: planner sync stop, then planner sync join with an empty database."
    )


def begin(handle: sqlite3.Connection, device: int) -> None:
    """Make an attached database one that syncs, as a device of a number. What it has now is what all begin with."""
    for table in tables.names(handle):
        names = ", ".join(["id", *map(tables.quote, tables.columns(handle, table))])
        only = tables.ONLY.get(table, "1")
        handle.execute(f"DELETE FROM base.{table}")
        handle.execute(f"INSERT INTO base.{table} ({names}) SELECT {names} FROM main.{table} WHERE {only}")
    _set_device(handle, device)


def _set_device(handle: sqlite3.Connection, device: int) -> None:
    _put_meta(handle, DEVICE, device)
    _put_meta(handle, COUNT, 0)
    tables.put_fact(handle, "device", device)
    tables.put_fact(handle, COUNT, 0)
    tables.put_fact(handle, "seq", 0)


def _put_meta(handle: sqlite3.Connection, key: str, value: object) -> None:
    """Write a fact about the database with a number of its own: those by key are for what syncs."""
    found = handle.execute("SELECT coalesce(max(id), 0) + 1 FROM main.meta").fetchone()[0]
    handle.execute("DELETE FROM main.meta WHERE key = ?", (key,))
    handle.execute("INSERT INTO main.meta (id, key, value) VALUES (?, ?, ?)", (found, key, str(value)))


def end(handle: sqlite3.Connection) -> None:
    """Make a database one that doesn't sync any more."""
    handle.execute("DELETE FROM meta WHERE key IN (?, ?, ?)", (DEVICE, COUNT, SYNCED))


def look_ahead(handle: sqlite3.Connection, path: str) -> Scan:
    """Find what changed here since the last exchange, without keeping others from writing. For `exchange`."""
    _attach(handle, path)
    try:
        return scan(handle)
    except sqlite3.DatabaseError as error:
        if _is_damaged(handle, error):
            raise _unreadable(path) from error
        raise
    finally:
        handle.execute("DETACH base")


def exchange(
    handle: sqlite3.Connection,
    messages: Iterable[Message],
    now: int,
    *,
    name: str = "",
    hello: bool = False,
    rows: Rows | None = None,
) -> Outcome:
    """Collect what changed here into messages to send, and take in those of others whose forerunners are there. `now`
    is in milliseconds since 1970 UTC, `name` is this device's, and `hello` sends a message even if it is empty. `rows`
    are those that may have changed here, None for any. For an attached database.

    Raises PutBack for one that was restored or copied: its differences from the others aren't edits.
    """
    check(handle)
    device = int(tables.fact(handle, "device") or 0)
    outcome = Outcome()
    before = tables.seen(handle)
    first = collect(handle, device, _next_seq(handle), now, rows)
    outcome.sent = _put_out(handle, Message(device, _next_seq(handle), before, first), name, empty=hello)
    merge, written = Merge(handle, device, now), watch(handle)
    listed = handle.execute("SELECT count(*) FROM base.sync_conflict").fetchone()[0]
    left = [message for message in messages if message.device != device]
    news = False
    while ready := [message for message in left if _is_next(message, tables.seen(handle), device)]:
        for message in sorted(ready, key=lambda each: (each.device, each.seq)):
            if _is_next(message, tables.seen(handle), device):
                merge.take(message)
                outcome.taken += len(message.ops)
                news = news or bool(message.ops)
        left = [message for message in left if message.seq > tables.seen(handle).get(message.device, 0)]
    outcome.waiting = sorted({message.device for message in left})
    if merge.touched:
        merge.finish()
        repair(handle, written)
        conflicts.prune(handle)
        _forget_snapshots(handle)
        _note_taken(handle)
    repairs = collect(handle, device, _next_seq(handle), now, written()) if merge.touched else []
    unwatch(handle)
    # an empty message tells the others what was taken in. Usually the next one is soon enough for that.
    if repairs or (news and (not outcome.sent or tables.fact(handle, ERASED) is not None)):
        told = Message(device, _next_seq(handle), tables.seen(handle), repairs)
        outcome.sent += _put_out(handle, told, name, empty=True)
    outcome.conflicts = handle.execute("SELECT count(*) FROM base.sync_conflict").fetchone()[0] - listed
    _count(handle)
    return outcome


def _forget_snapshots(handle: sqlite3.Connection) -> None:
    """Delete the days' snapshots, whose rows don't go with each other while foreign keys are off."""
    for table in ("laid_target", "laid_block", "laid_window", "laid_day"):
        handle.execute(f"DELETE FROM main.{table}")


def _note_taken(handle: sqlite3.Connection) -> None:
    """Let programs that are open know that what they have read is stale."""
    found = handle.execute("SELECT value FROM main.meta WHERE key = ?", (SYNCED,)).fetchone()
    if found is None:
        _put_meta(handle, SYNCED, 1)
    else:
        handle.execute("UPDATE main.meta SET value = ? WHERE key = ?", (str(int(found[0]) + 1), SYNCED))


def check(handle: sqlite3.Connection) -> None:
    """Raise PutBack if the database isn't the one that was exchanged."""
    row = handle.execute("SELECT value FROM main.meta WHERE key = ?", (COUNT,)).fetchone()
    if row is None or str(row[0]) != tables.fact(handle, COUNT):
        raise PutBack(
            "This database was restored from a backup, or copied. Syncing it would undo on your other devices what "
            "was done since. To go on, start over: planner sync stop, then planner sync join with an empty database."
        )


def _count(handle: sqlite3.Connection) -> None:
    count = int(tables.fact(handle, COUNT) or 0) + 1
    tables.put_fact(handle, COUNT, count)
    handle.execute("UPDATE main.meta SET value = ? WHERE key = ?", (str(count), COUNT))


def _is_next(message: Message, seen: dict[int, int], device: int) -> bool:
    """Whether all that a message builds upon is there: the one before it, and what its device had taken in."""
    if message.seq != seen.get(message.device, 0) + 1:
        return False
    return all(
        seen.get(other, 0) >= seq for other, seq in message.seen.items() if other not in (device, message.device)
    )


def _next_seq(handle: sqlite3.Connection) -> int:
    return int(tables.fact(handle, "seq") or 0) + 1


def _put_out(handle: sqlite3.Connection, message: Message, name: str, *, empty: bool = False) -> int:
    """Put a message into the outbox, unless it has no rows. Returns how many it has."""
    if message.ops or empty:
        body = encode(message, name=name, forgotten=_forgotten(handle))
        handle.execute("INSERT INTO base.sync_outbox (seq, body) VALUES (?, ?)", (message.seq, body))
        tables.put_fact(handle, FORGOTTEN, "[]")
        tables.put_fact(handle, "seq", message.seq)
    return len(message.ops)


def _forgotten(handle: sqlite3.Connection) -> list[int]:
    """Return the contacts that were forgotten here and of which the other devices don't know yet."""
    found: list[int] = json.loads(tables.fact(handle, FORGOTTEN) or "[]")
    return found


def forget(handle: sqlite3.Connection, contact_id: int, *, here: bool) -> None:
    """Let the other devices forget a contact too if it was done `here`, and drop what is remembered beside the
    database. This device's messages are tidied away as soon as all have taken them in.
    """
    if here:
        tables.put_fact(handle, FORGOTTEN, json.dumps([*_forgotten(handle), contact_id]))
    tables.put_fact(handle, ERASED, 1)
    handle.execute("DELETE FROM base.sync_conflict")
    tables.put_fact(handle, TIDY, _next_seq(handle) + 1)


def end_forgetting(handle: sqlite3.Connection) -> None:
    """Save again what gives way, once every device has forgotten whom it was told to."""
    handle.execute("DELETE FROM base.sync_fact WHERE key = ?", (ERASED,))


def encode(message: Message, **more: Any) -> bytes:
    """Return a message as bytes."""
    found = {
        "schema": SCHEMA,
        "device": message.device,
        "seq": message.seq,
        "seen": {str(device): seq for device, seq in message.seen.items()},
        "ops": [list(op) for op in message.ops],
        **more,
    }
    return zlib.compress(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def decode(data: bytes) -> tuple[Message, dict[str, Any]]:
    """Return a message, and all that its bytes say. Raises ValueError for what isn't one."""
    try:
        found = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
        if found["schema"] > SCHEMA:
            raise StateError("Another device has a newer planner. Update this one, and it goes on syncing.")
        ops = [Op(*op) for op in found["ops"]]
        seen = {int(device): int(seq) for device, seq in found["seen"].items()}
        device, seq = int(found["device"]), int(found["seq"])
    except (zlib.error, KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a message") from error
    if not 0 <= device < DEVICES or seq < 0:
        raise ValueError("not a message")
    return Message(device, seq, seen, ops), found


# a device that joins


def snapshot(handle: sqlite3.Connection) -> bytes:
    """Return all that was exchanged as one message, for a device that joins."""
    device = int(tables.fact(handle, "device") or 0)
    seq = int(tables.fact(handle, "seq") or 0)
    rows = handle.execute("SELECT tbl, row, life, gone, at, device, seq FROM base.sync_row").fetchall()
    cells = handle.execute("SELECT tbl, row, col, at, device, seq FROM base.sync_cell").fetchall()
    instead = handle.execute("SELECT tbl, row, stays FROM base.sync_instead").fetchall()
    sequences = handle.execute("SELECT name, seq FROM main.sqlite_sequence").fetchall()
    return encode(
        Message(device, seq, tables.seen(handle), list(everything(handle))),
        rows=rows, cells=cells, instead=instead, sequences=sequences,
    )  # fmt: skip


def join(handle: sqlite3.Connection, data: bytes, device: int) -> int:
    """Fill an empty attached database with a snapshot, as a new device. Returns the number of rows. Raises
    ValueError for what isn't one.
    """
    message, found = decode(data)
    for table in tables.names(handle):
        handle.execute(f"DELETE FROM main.{table}" + (f" WHERE {tables.ONLY[table]}" if table == "meta" else ""))
        handle.execute(f"DELETE FROM base.{table}")
    handle.execute("DELETE FROM main.change")
    for op in message.ops:
        if op.table == "meta":  # whose other rows are this device's own
            handle.execute("UPDATE main.meta SET id = (SELECT max(id) + 1 FROM main.meta) WHERE id = ?", (op.row,))
        write_row(handle, f"main.{op.table}", INSERT, op.row, op.values)
        put_copy(handle, op.table, INSERT, op.row, op.values)
    for name, rows in (("sync_row", found["rows"]), ("sync_cell", found["cells"]), ("sync_instead", found["instead"])):
        for row in rows:
            handle.execute(f"INSERT INTO base.{name} VALUES ({', '.join('?' * len(row))})", row)
    for name, seq in found["sequences"]:
        handle.execute("DELETE FROM main.sqlite_sequence WHERE name = ?", (name,))
        handle.execute("INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)", (name, seq))
    for other, seq in {**message.seen, message.device: message.seq}.items():
        handle.execute("INSERT OR REPLACE INTO base.sync_seen (device, seq, at) VALUES (?, ?, 0)", (other, seq))
    _forget_snapshots(handle)
    _set_device(handle, device)
    return len(message.ops)


def digest(handle: sqlite3.Connection) -> str:
    """Return a digest of all that syncs, equal on devices that have exchanged everything."""
    found = hashlib.sha256()
    for table in tables.names(handle):
        names = ", ".join(["id", *map(tables.quote, tables.columns(handle, table))])
        rows = handle.execute(f"SELECT {names} FROM main.{table} WHERE {tables.ONLY.get(table, '1')} ORDER BY id")
        for row in rows:
            found.update(repr((table, row)).encode("utf-8", "surrogatepass"))
    return found.hexdigest()
