"""Numbers new rows so that devices that sync never give one number to two rows.

A device that doesn't sync counts on, as SQLite does. Each of up to 16 devices that do takes the numbers that leave its
own remainder, so numbers stay short enough to type. A row that is the only one of its key, such as a day, takes a
negative number made of the key, so that two devices that add it have added the same row. On the quick path.
"""

from __future__ import annotations

import sqlite3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

DEVICES = 16
DEVICE = "device"  # the key in `meta`
SYNCED = "sync_taken"  # in `meta`: how many syncs have written here, by which what was read before is known to be stale
# The columns that make a row the only one.
KEYS = {
    "calendar": ("name",),
    "calendar_exception": ("day",),
    "day": ("day",),
    "day_block": ("day", "planned"),  # one of the week's. One of that day only has no such key
    "day_target": ("day", "metric"),
    "drill": ("objection",),
    "event": ("uid",),
    "import_ref": ("kind", "ref"),
    "letter": ("ref",),
    "list_entry": ("day", "contact_id"),
    "meeting_outcome": ("event_id", "start_at"),
    "meta": ("key",),
    "month_plan": ("month",),
    "own_words": ("name",),
    "period_plan": ("period",),
    "review": ("week",),
    "said_odds": ("day",),
    "saved_filter": ("name",),
    "week_template": ("name",),
}


def device_of(connection: sqlite3.Connection) -> int | None:
    """Return this device's number, None if it doesn't sync."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (DEVICE,)).fetchone()
    return None if row is None else int(row[0])


def following(last: int, device: int) -> int:
    """Return the next number of a device above the last one given."""
    return last + 1 + (device - last - 1) % DEVICES


def number_of(connection: sqlite3.Connection, table: str, device: int, values: Mapping[str, object]) -> int:
    """Return the number of a new row. Inserting it makes SQLite count from there."""
    names = KEYS.get(table, ())
    key = [values[name] for name in names]
    if key and key[-1] != "":
        found = key_number(table, *key)
        while connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (found,)).fetchone():
            key.append("again")  # the row that had this key was given another one
            found = key_number(table, *key)
        return found
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return following(0 if row is None else int(row[0]), device)


def numbered(
    connection: sqlite3.Connection, table: str, device: int, names: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[tuple[object, ...]]:
    """Yield new rows with their numbers before them."""
    last = 0
    for row in rows:
        found = number_of(connection, table, device, dict(zip(names, row, strict=True)))
        # SQLite counts a row only once it is written
        last = found if found < 0 else max(found, last + DEVICES if last > 0 else 0)
        yield (last, *row)


def key_number(table: str, *key: object) -> int:
    """Return the number of the only row of a table with a key: negative, and exact in JSON (53 bits)."""
    from hashlib import sha256  # a millisecond, which the quick log needn't pay

    digest = sha256("\x1f".join([table, *[str(part) for part in key]]).encode("utf-8", "surrogatepass")).digest()
    return -1 - (int.from_bytes(digest[:7], "big") >> 4)
