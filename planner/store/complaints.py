"""Complaints."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from planner.domain.complaints import Complaint, State
from planner.domain.errors import StateError
from planner.domain.tasks import Due
from planner.store.tables import ComplaintRow, ContactRow

NO_COMPLAINT = "There is no complaint {}; `planner complaint list --all` shows those there are."


def _from_row(row: ComplaintRow, contact: str | None) -> Complaint:
    assert row.id is not None
    return Complaint(
        id=row.id,
        kind=row.kind,
        text=row.text,
        received=Due.from_text(row.received),
        due=Due.from_text(row.due),
        state=State(row.state),
        contact=contact,
        contact_id=row.contact_id,
        agreed=row.agreed,
        compensation=row.compensation,
        escalated=row.escalated,
        done_on=None if row.done_on is None else date.fromisoformat(row.done_on),
    )


def _fill(row: ComplaintRow, complaint: Complaint) -> ComplaintRow:
    row.kind, row.text, row.contact_id = complaint.kind, complaint.text, complaint.contact_id
    row.received, row.due, row.state = str(complaint.received), str(complaint.due), complaint.state.value
    row.agreed, row.compensation, row.escalated = complaint.agreed, complaint.compensation, complaint.escalated
    row.done_on = None if complaint.done_on is None else complaint.done_on.isoformat()
    return row


def _complaints() -> Any:
    return select(ComplaintRow, ContactRow.name).join(
        ContactRow, col(ContactRow.id) == col(ComplaintRow.contact_id), isouter=True
    )


def listed(session: Session, *, checked: bool = False, contact_id: int | None = None) -> list[Complaint]:
    """Complaints by when their answer is due: those that aren't checked, or all."""
    query = _complaints()
    if not checked:
        query = query.where(ComplaintRow.state != State.CHECKED.value)
    if contact_id is not None:
        query = query.where(ComplaintRow.contact_id == contact_id)
    return [_from_row(*row) for row in session.exec(query.order_by(col(ComplaintRow.due), col(ComplaintRow.id)))]


def get(session: Session, complaint_id: int) -> Complaint:
    """One complaint. Raises StateError when there is none."""
    row = session.exec(_complaints().where(ComplaintRow.id == complaint_id)).first()
    if row is None:
        raise StateError(NO_COMPLAINT.format(complaint_id))
    return _from_row(*row)


def add(session: Session, complaint: Complaint, now: int) -> int:
    """Add a complaint. Returns its id."""
    row = ComplaintRow(uid=str(uuid.uuid4()), created_at=now, kind="", text="", received="", due="", state="")
    session.add(_fill(row, complaint))
    session.flush()
    assert row.id is not None
    return row.id


def put(session: Session, complaint: Complaint) -> None:
    """Store an edited complaint."""
    row = session.get(ComplaintRow, complaint.id)
    if row is None:
        raise StateError(f"Complaint {complaint.id} is gone.")
    session.add(_fill(row, complaint))
    session.flush()


def drop(session: Session, complaint_id: int) -> None:
    """Delete a complaint that was typed by mistake."""
    session.delete(session.get(ComplaintRow, complaint_id))
