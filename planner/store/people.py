"""People, plainly."""

from __future__ import annotations

import uuid

from sqlmodel import Session, col, func, select

from planner.domain.people import Contact
from planner.store.tables import ContactRow


def add(session: Session, name: str, now: int) -> Contact:
    """Add a person; the id and uid are given here."""
    contact = Contact(0, str(uuid.uuid4()), name)
    row = ContactRow(uid=contact.uid, name=contact.name, created_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None
    return Contact(row.id, row.uid, row.name)


def find(session: Session, wanted: str) -> list[Contact]:
    """The contacts of an id (digits) or of a name, regardless of case; at most ten."""
    query = select(ContactRow).order_by(col(ContactRow.id)).limit(10)
    if wanted.isascii() and wanted.isdigit():
        if len(wanted) > 15:
            return []
        query = query.where(ContactRow.id == int(wanted))
    else:
        query = query.where(func.lower(ContactRow.name) == func.lower(wanted))
    found = [Contact(row.id or 0, row.uid, row.name) for row in session.exec(query)]
    if found or wanted.isascii():
        return found
    # SQLite folds the case of ASCII only
    folded = wanted.casefold()
    same = [key for key, name in session.exec(select(ContactRow.id, ContactRow.name)) if name.casefold() == folded]
    return [contact for contact in (get(session, key) for key in same[:10] if key is not None) if contact is not None]


def get(session: Session, contact_id: int) -> Contact | None:
    """One person."""
    row = session.get(ContactRow, contact_id)
    return None if row is None else Contact(row.id or 0, row.uid, row.name)
