"""Queries and changes of promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain.clients.promises import Promise
from planner.domain.errors import StateError
from planner.domain.workdays import Period
from planner.store.connection import new_uid
from planner.store.mapper import Codec, Mapper, joined_column, stored_column

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

NO_PROMISE = "There's no promise {}. See `planner promise list`."
_STATE = Codec({"kept": True, "broken": False}.get, {True: "kept", False: "broken"}.get, "open")
PROMISES = Mapper(
    Promise,
    "promise",
    "LEFT JOIN contact ON contact.id = promise.contact_id",
    contact=joined_column("contact.name"),
    kept=stored_column("state", _STATE),
    settled=stored_column("settled_at"),
)


def query(reads: Reads, *, settled: bool = False, contact_id: int | None = None) -> list[Promise]:
    """Return promises by due time: the open ones, or all with `settled`."""
    where = "WHERE 1" if settled else "WHERE state = 'open'"
    parameters: list[object] = []
    if contact_id is not None:
        where += " AND contact_id = ?"
        parameters.append(contact_id)
    return PROMISES.fetch_all(reads, f"{where} ORDER BY due, promise.id", *parameters)


def due_within(reads: Reads, period: Period) -> list[Promise]:
    """Return the promises due within a period, in any state."""
    where = "WHERE due BETWEEN ? AND ? ORDER BY due"
    return PROMISES.fetch_all(reads, where, period.first.isoformat(), f"{period.last.isoformat()}T24")


def get(reads: Reads, promise_id: int) -> Promise:
    """Return one promise. Raises StateError when there is none."""
    found = PROMISES.first(reads, "WHERE promise.id = ?", promise_id)
    if found is None:
        raise StateError(NO_PROMISE.format(promise_id))
    return found


def add(change: Writer, promise: Promise, now: int) -> int:
    """Add a promise. Returns its id."""
    return change.insert("promise", **PROMISES.values(promise, uid=new_uid(), created_at=now))


def made_at(reads: Reads, promise_id: int) -> int:
    """Return when a promise was made, in seconds since 1970 UTC."""
    row = reads.execute("SELECT created_at FROM promise WHERE id = ?", (promise_id,)).fetchone()
    return 0 if row is None else int(row[0])


def put(change: Writer, promise: Promise) -> None:
    """Store an edited promise."""
    try:
        change.update("promise", promise.id, **PROMISES.values(promise))
    except KeyError:
        raise StateError(f"Promise {promise.id} has been deleted.") from None


def drop(change: Writer, promise_id: int) -> None:
    """Delete a promise that was entered by mistake."""
    change.delete("promise", promise_id)
