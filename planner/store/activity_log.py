"""Reads, edits and deletes rows of the log, and reads the counts of the days. Appending is `quick_log.append`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from planner.domain.calls.activity_log import Activity
from planner.domain.day.activity import COUNTED
from planner.domain.day_counts import DayCounts
from planner.domain.errors import StateError
from planner.store.mapper import Codec, Mapper, joined_column

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

METRICS = (*COUNTED, "revenue")
# its moment is three columns: the rep's day, the local time, and the instant
ACTIVITIES = Mapper(
    Activity,
    "activity",
    "LEFT JOIN contact ON contact.id = activity.contact_id",
    moment=None,
    contact=joined_column("contact.name"),
    imported=joined_column("activity.change_id IS NOT NULL", Codec(bool, None)),
)
_SELECT = f"SELECT activity.at, activity.local_time, activity.day, {ACTIVITIES.columns} FROM {ACTIVITIES.source}"


def _activity(row: tuple[Any, ...]) -> Activity:
    at, clock, day, *rest = row
    moment = datetime.fromisoformat(f"{day}T{clock}")
    if at - moment.timestamp() > 15 * 3600:
        # a day that turns after midnight has hours of the next date. The instant tells, which a time-zone change since
        # may have shifted by hours, but not by a day
        moment += timedelta(days=1)
    return ACTIVITIES.from_row(rest, moment=moment)


def values(activity: Activity) -> dict[str, Any]:
    """Return a log row as column values."""
    return ACTIVITIES.values(
        activity,
        at=int(activity.moment.timestamp()),
        day=activity.counts_for.isoformat(),
        local_time=f"{activity.moment:%H:%M:%S}",
    )


def _select(reads: Reads, tail: str, *parameters: object) -> list[Activity]:
    return [_activity(row) for row in reads.execute(f"{_SELECT} {tail}", parameters)]


def on_day(reads: Reads, day: date) -> list[Activity]:
    """Return a day's rows by time."""
    return _select(reads, "WHERE activity.day = ? ORDER BY local_time, activity.id", day.isoformat())


def load_all(reads: Reads) -> list[Activity]:
    """Return the whole log, in row order."""
    return _select(reads, "ORDER BY activity.id")


def with_contact(reads: Reads, contact_id: int) -> list[Activity]:
    """Return what was logged with a contact, newest first."""
    tail = "WHERE contact_id = ? ORDER BY activity.day DESC, local_time DESC, activity.id DESC LIMIT 200"
    return _select(reads, tail, contact_id)


def of_deal(reads: Reads, deal_id: int) -> list[Activity]:
    """Return a deal's bookings by date."""
    return _select(reads, "WHERE deal_id = ? ORDER BY activity.day, activity.id", deal_id)


def get(reads: Reads, activity_id: int) -> Activity:
    """Return one row. Raises StateError when there is none."""
    found = _select(reads, "WHERE activity.id = ?", activity_id)
    if not found:
        raise StateError(f"There's no entry {activity_id} in the log. `planner log list` shows a day's entries.")
    return found[0]


def add(change: Writer, activity: Activity, now: int) -> Activity:
    """Append a row inside a larger change. On its own, `hot.append` is faster."""
    return get(change, change.insert("activity", **values(activity) | {"logged_at": now}))


def put(change: Writer, activity: Activity) -> None:
    """Store an edited row. The instant follows its local time."""
    edited = values(activity)
    for kept in ("logged_at", "seconds", "gap"):  # not editable
        del edited[kept]
    try:
        change.update("activity", activity.id, **edited)
    except KeyError:
        raise StateError(f"Entry {activity.id} is no longer in the log.") from None


def drop(change: Writer, activity_id: int) -> None:
    """Delete a row from the log. Its image stays in the history for an undo."""
    try:
        change.delete("activity", activity_id)
    except KeyError:
        raise StateError(f"There's no entry {activity_id} in the log.") from None


def day_counts(reads: Reads) -> DayCounts:
    """Return the counts by day. Ten years of them are two thousand rows."""
    rows = reads.execute(f"SELECT day, {', '.join(METRICS)} FROM day_count ORDER BY day").fetchall()
    return DayCounts(METRICS, rows)


def any_amount(reads: Reads) -> bool:
    """Whether any amount is booked."""
    return reads.execute("SELECT 1 FROM activity WHERE amount IS NOT NULL LIMIT 1").fetchone() is not None


def totals(reads: Reads) -> tuple[int, str | None, str | None]:
    """Return the number of rows of the log, and its first and last day."""
    row = reads.execute("SELECT count(*), min(day), max(day) FROM activity").fetchone()
    return int(row[0]), row[1], row[2]
