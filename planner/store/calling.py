"""The calling list of a day (S9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, func, select

from planner.domain.calling import Filters, ListEntry
from planner.domain.people import Contact
from planner.store import people
from planner.store.tables import ActivityRow, CompanyRow, ContactRow, ContactWayRow, ListEntryRow


def entries(session: Session, day: date) -> list[ListEntry]:
    """The list of a day in its order, with whether each has been called on it and when they were last."""
    rows = session.exec(
        select(ListEntryRow).where(ListEntryRow.day == day.isoformat()).order_by(col(ListEntryRow.position))
    ).all()
    contacts = {contact.id: contact for contact in people.load(session, [row.contact_id for row in rows])}
    last = _last_touched(session, list(contacts))
    called = _called_on(session, day, list(contacts))
    found = []
    for row in rows:
        assert row.id is not None
        touched = last.get(row.contact_id)
        contact, was_called = contacts[row.contact_id], row.contact_id in called
        found.append(ListEntry(row.id, day, contact, called=was_called, last=touched, built_on=row.built_on))
    return found


def _last_touched(session: Session, ids: list[int]) -> dict[int, date]:
    found: dict[int, date] = {}
    for start in range(0, len(ids), 500):
        query = (
            select(ActivityRow.contact_id, func.max(ActivityRow.day))
            .where(col(ActivityRow.contact_id).in_(ids[start : start + 500]), ActivityRow.kind != "stop")
            .group_by(col(ActivityRow.contact_id))
        )
        found |= {key: date.fromisoformat(day) for key, day in session.exec(query) if key is not None}
    return found


def _called_on(session: Session, day: date, ids: list[int]) -> set[int]:
    """Whom of some contacts anything was logged with on a day."""
    query = select(ActivityRow.contact_id).where(ActivityRow.day == day.isoformat(), ActivityRow.kind != "stop")
    wanted = set(ids)
    return {key for key in session.exec(query) if key in wanted and key is not None}


def count(session: Session, day: date) -> int:
    """How many stand on the list of a day."""
    query = select(func.count()).select_from(ListEntryRow).where(ListEntryRow.day == day.isoformat())
    return int(session.exec(query).one())


def add(session: Session, day: date, contact_ids: Iterable[int], built_on: date) -> int:
    """Put contacts at the end of a day's list; who is on it already stays where they are. Returns how many are new."""
    query = select(ListEntryRow.contact_id, ListEntryRow.position).where(ListEntryRow.day == day.isoformat())
    known = dict(session.exec(query).all())
    position = max(known.values(), default=0)
    new = 0
    for contact_id in contact_ids:
        if contact_id in known:
            continue
        position += 1
        new += 1
        known[contact_id] = position
        session.add(
            ListEntryRow(day=day.isoformat(), contact_id=contact_id, position=position, built_on=built_on.isoformat())
        )
    session.flush()
    return new


def drop(session: Session, day: date, contact_ids: Iterable[int] | None) -> list[int]:
    """Take contacts off a day's list; None: all of them. Returns whom."""
    query = select(ListEntryRow).where(ListEntryRow.day == day.isoformat())
    if contact_ids is not None:
        query = query.where(col(ListEntryRow.contact_id).in_(list(contact_ids)))
    rows = session.exec(query).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return [row.contact_id for row in rows]


def candidates(session: Session, day: date, filters: Filters, limit: int) -> list[int]:
    """The contacts that filters let through and that aren't on the list of `day` yet: those never called first, then
    those called longest ago. Only who has a phone number can be called; a wrong number was none.
    """
    touched = (
        select(ActivityRow.contact_id, func.max(ActivityRow.day).label("last"))
        .where(col(ActivityRow.contact_id).is_not(None), ActivityRow.kind != "stop")
        .group_by(col(ActivityRow.contact_id))
        .subquery()
    )
    on_list = select(ListEntryRow.contact_id).where(ListEntryRow.day == day.isoformat())
    phones = select(ContactWayRow.contact_id).where(ContactWayRow.kind == "phone")
    wrong = select(ActivityRow.contact_id).where(
        ActivityRow.outcome == "wrong-number", col(ActivityRow.contact_id).is_not(None)
    )
    query = (
        select(ContactRow.id)
        .join(touched, touched.c.contact_id == ContactRow.id, isouter=True)
        .join(CompanyRow, col(CompanyRow.id) == col(ContactRow.company_id), isouter=True)
        .where(col(ContactRow.id).in_(phones), col(ContactRow.id).not_in(on_list), col(ContactRow.id).not_in(wrong))
    )
    if filters.never_called:
        query = query.where(touched.c.last.is_(None))
    if filters.not_since is not None:
        query = query.where((touched.c.last.is_(None)) | (touched.c.last < filters.not_since.isoformat()))
    for column, wanted in ((ContactRow.source, filters.source), (ContactRow.kind, filters.kind)):
        if wanted:
            query = query.where(col(column).collate("NOCASE") == wanted)
    if filters.city:
        query = query.where(
            (col(ContactRow.city).collate("NOCASE") == filters.city)
            | (col(CompanyRow.city).collate("NOCASE") == filters.city)
        )
    query = query.order_by(touched.c.last.is_not(None), touched.c.last, col(ContactRow.id))
    if not filters.tag:
        return [int(key) for key in session.exec(query.limit(limit)) if key is not None]
    wanted_tag = filters.tag.casefold()
    ids = [int(key) for key in session.exec(query) if key is not None]
    found: list[int] = []
    for start in range(0, len(ids), 500):
        part: dict[int, Contact] = {c.id: c for c in people.load(session, ids[start : start + 500])}
        found += [key for key in ids[start : start + 500] if wanted_tag in (tag.casefold() for tag in part[key].tags)]
        if len(found) >= limit:
            break
    return found[:limit]


def built_on(session: Session, day: date) -> bool:
    """Whether anything was put on a list on a day."""
    query = select(ListEntryRow.id).where(ListEntryRow.built_on == day.isoformat()).limit(1)
    return session.exec(query).first() is not None
