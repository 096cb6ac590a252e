"""Queries and changes of complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain.clients.complaints import Complaint, State
from planner.domain.errors import StateError
from planner.store.connection import new_uid
from planner.store.mapper import Mapper, joined_column

if TYPE_CHECKING:
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads, Writer

NO_COMPLAINT = "There's no complaint {}. See `planner complaint list --all`."
COMPLAINTS = Mapper(
    Complaint,
    "complaint",
    "LEFT JOIN contact ON contact.id = complaint.contact_id",
    contact=joined_column("contact.name"),
)


def query(reads: Reads, *, checked: bool = False, contact_id: int | None = None) -> list[Complaint]:
    """Return complaints by when their answer is due: the unchecked ones, or all."""
    where = "WHERE 1" if checked else f"WHERE state <> '{State.CHECKED}'"
    parameters: list[object] = []
    if contact_id is not None:
        where += " AND contact_id = ?"
        parameters.append(contact_id)
    return COMPLAINTS.fetch_all(reads, f"{where} ORDER BY due, complaint.id", *parameters)


def get(reads: Reads, complaint_id: int) -> Complaint:
    """Return one complaint. Raises StateError when there is none."""
    found = COMPLAINTS.first(reads, "WHERE complaint.id = ?", complaint_id)
    if found is None:
        raise StateError(NO_COMPLAINT.format(complaint_id))
    return found


def add(change: WriteTransaction, complaint: Complaint, now: int) -> int:
    """Add a complaint. Returns its id."""
    from planner.store.tables.clients import ComplaintRow

    row = ComplaintRow(**COMPLAINTS.values(complaint, uid=new_uid(), created_at=now))
    change.session.add(row)
    change.session.flush()
    assert row.id is not None
    return row.id


def put(change: WriteTransaction, complaint: Complaint) -> None:
    """Store an edited complaint."""
    from planner.store.tables.clients import ComplaintRow

    row = change.session.get(ComplaintRow, complaint.id)
    if row is None:
        raise StateError(f"Complaint {complaint.id} has been deleted.")
    change.session.add(row.sqlmodel_update(COMPLAINTS.values(complaint)))
    change.session.flush()


def drop(change: Writer, complaint_id: int) -> None:
    """Delete a complaint that was entered by mistake."""
    change.delete("complaint", complaint_id)
