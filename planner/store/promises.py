"""Promises."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from planner.domain.errors import StateError
from planner.domain.promises import Promise
from planner.domain.tasks import Due
from planner.domain.workdays import Period
from planner.store.tables import ContactRow, PromiseRow

NO_PROMISE = "There is no promise {}; `planner promise list` shows those there are."


def _from_row(row: PromiseRow, contact: str | None) -> Promise:
    assert row.id is not None
    return Promise(
        id=row.id,
        text=row.text,
        due=Due.from_text(row.due),
        contact=contact,
        contact_id=row.contact_id,
        kept=None if row.state == "open" else row.state == "kept",
        settled=None if row.settled_at is None else datetime.fromisoformat(row.settled_at),
        note=row.note,
    )


def _fill(row: PromiseRow, promise: Promise) -> PromiseRow:
    row.text, row.due, row.note = promise.text, str(promise.due), promise.note
    row.contact_id = promise.contact_id
    row.state = "open" if promise.kept is None else "kept" if promise.kept else "broken"
    row.settled_at = None if promise.settled is None else promise.settled.isoformat(timespec="seconds")
    return row


def _promises() -> Any:
    return select(PromiseRow, ContactRow.name).join(
        ContactRow, col(ContactRow.id) == col(PromiseRow.contact_id), isouter=True
    )


def listed(session: Session, *, settled: bool = False, contact_id: int | None = None) -> list[Promise]:
    """Promises by their due time: the open ones, or all with `settled`."""
    query = _promises()
    if not settled:
        query = query.where(PromiseRow.state == "open")
    if contact_id is not None:
        query = query.where(PromiseRow.contact_id == contact_id)
    return [_from_row(*row) for row in session.exec(query.order_by(col(PromiseRow.due), col(PromiseRow.id)))]


def due(session: Session, period: Period) -> list[Promise]:
    """The promises whose time was within a period, whatever became of them."""
    within = col(PromiseRow.due).between(period.first.isoformat(), f"{period.last.isoformat()}T24")
    return [_from_row(*row) for row in session.exec(_promises().where(within).order_by(col(PromiseRow.due)))]


def get(session: Session, promise_id: int) -> Promise:
    """One promise. Raises StateError when there is none."""
    row = session.exec(_promises().where(PromiseRow.id == promise_id)).first()
    if row is None:
        raise StateError(NO_PROMISE.format(promise_id))
    return _from_row(*row)


def add(session: Session, promise: Promise, now: int) -> int:
    """Add a promise. Returns its id."""
    row = _fill(PromiseRow(uid=str(uuid.uuid4()), created_at=now, text="", due=""), promise)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def made_at(session: Session, promise_id: int) -> int:
    """When a promise was made, in seconds since 1970 UTC."""
    row = session.get(PromiseRow, promise_id)
    return 0 if row is None else row.created_at


def put(session: Session, promise: Promise) -> None:
    """Store an edited promise."""
    row = session.get(PromiseRow, promise.id)
    if row is None:
        raise StateError(f"Promise {promise.id} is gone.")
    session.add(_fill(row, promise))


def drop(session: Session, promise_id: int) -> None:
    """Delete a promise that was typed by mistake."""
    session.delete(session.get(PromiseRow, promise_id))
