"""Companies and people."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, or_, select

from planner.domain.errors import StateError
from planner.domain.people import Contact, Need, Way, email_key, name_key, phone_key
from planner.store import clients
from planner.store.database import raw_of
from planner.store.tables import CompanyRow, ContactRow, ContactWayRow

NO_CONTACT = "There is no contact {}; `planner contact list` shows those there are."
TEXTS = (
    "role",
    "kind",
    "source",
    "supplier",
    "supplier_weak",
    "city",
    "notes",
    "languages",
    "preferences",
    "tier",
    "mailing",
)
CONSENTS = {None: "", True: "yes", False: "no"}


def add(session: Session, contact: Contact, now: int) -> Contact:
    """Add a contact; its id and uid are given here, and its company is made when the name is new."""
    company_id = None if contact.company is None else company_or_new(session, contact.company, now)
    row = _fill(ContactRow(uid=str(uuid.uuid4()), name="", created_at=now), contact, company_id)
    session.add(row)
    session.flush()
    assert row.id is not None
    made = replace(contact, id=row.id, uid=row.uid, company_id=company_id)
    _put_ways(session, made)
    return made


def put(session: Session, contact: Contact, now: int) -> None:
    """Store an edited contact."""
    row = session.get(ContactRow, contact.id)
    if row is None:
        raise StateError(f"Contact {contact.id} is gone.")
    company_id = None if contact.company is None else company_or_new(session, contact.company, now)
    session.add(_fill(row, contact, company_id))
    if _ways(session, [contact.id]).get(contact.id, ((), ())) != (contact.phones, contact.emails):
        for way in session.exec(select(ContactWayRow).where(ContactWayRow.contact_id == contact.id)).all():
            session.delete(way)
        session.flush()
        _put_ways(session, contact)


def _fill(row: ContactRow, contact: Contact, company_id: int | None) -> ContactRow:
    row.name = contact.name
    row.company_id = company_id
    for name in TEXTS:
        setattr(row, name, getattr(contact, name))
    row.need = contact.need.value if contact.need else ""
    row.decides = int(contact.decides)
    row.birthday = contact.birthday
    row.tags = json.dumps(list(contact.tags), ensure_ascii=False)
    row.supplier_until = None if contact.supplier_until is None else contact.supplier_until.isoformat()
    row.dates = json.dumps([list(pair) for pair in contact.dates], ensure_ascii=False)
    row.rhythm = contact.rhythm
    row.consent = CONSENTS[contact.consent]
    row.referrer_id = contact.referrer_id
    return row


def _put_ways(session: Session, contact: Contact) -> None:
    for kind, key, ways in (("phone", phone_key, contact.phones), ("email", email_key, contact.emails)):
        for position, way in enumerate(ways):
            session.add(
                ContactWayRow(
                    contact_id=contact.id,
                    kind=kind,
                    value=way.value,
                    key=key(way.value),
                    label=way.label,
                    position=position,
                    wrong=int(way.wrong),
                )
            )
    session.flush()


def mark_wrong(session: Session, contact_id: int) -> None:
    """Mark the first number of a contact that isn't wrong yet."""
    query = select(ContactWayRow).where(
        ContactWayRow.contact_id == contact_id, ContactWayRow.kind == "phone", ContactWayRow.wrong == 0
    )
    row = session.exec(query.order_by(col(ContactWayRow.position)).limit(1)).first()
    if row is not None:
        row.wrong = 1
        session.add(row)
        session.flush()


def drop(session: Session, contact_id: int) -> None:
    """Delete a contact; what was logged with it stays, without a name."""
    row = session.get(ContactRow, contact_id)
    if row is None:
        raise StateError(NO_CONTACT.format(contact_id))
    session.delete(row)


def company_or_new(session: Session, name: str, now: int) -> int:
    """The id of the company of a name, regardless of case; made when the name is new."""
    found = company(session, name)
    if found is not None:
        return found[0]
    row = CompanyRow(uid=str(uuid.uuid4()), name=name, created_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def find(session: Session, wanted: str) -> list[Contact]:
    """The contacts of an id (digits) or of a name, regardless of case; at most ten."""
    if wanted.isascii() and wanted.isdigit():
        return [] if len(wanted) > 15 else load(session, [int(wanted)])
    query = select(ContactRow.id).where(col(ContactRow.name).collate("NOCASE") == wanted)
    ids = [key for key in session.exec(query.order_by(col(ContactRow.id)).limit(10)) if key is not None]
    if not ids and not wanted.isascii():
        # SQLite folds the case of ASCII only
        folded = wanted.casefold()
        rows = session.exec(select(ContactRow.id, ContactRow.name).order_by(col(ContactRow.id)))
        ids = [key for key, name in rows if key is not None and name.casefold() == folded][:10]
    return load(session, ids)


def begin_with(session: Session, words: str, limit: int = 10) -> list[Contact]:
    """The contacts whose name begins with some whole words, regardless of case."""
    query = select(ContactRow.id, ContactRow.name).order_by(col(ContactRow.id))
    if words.isascii():
        query = query.where(col(ContactRow.name).istartswith(words, autoescape=True))
    wanted = name_key(words)
    ids = [key for key, name in session.exec(query) if key and (name_key(name) + " ").startswith(wanted + " ")]
    return load(session, ids[:limit])


def get(session: Session, contact_id: int) -> Contact:
    """One contact. Raises StateError when there is none."""
    found = load(session, [contact_id])
    if not found:
        raise StateError(NO_CONTACT.format(contact_id))
    return found[0]


def listed(session: Session, *, text: str = "", tag: str = "", limit: int | None = None) -> list[Contact]:
    """Contacts by name. `text` stands anywhere in name, company, role, phone, mail, city or notes."""
    query = _contacts(text).order_by(col(ContactRow.name).collate("NOCASE"), col(ContactRow.id))
    rows = session.exec(query if tag else query.limit(limit)).all()
    found = [(row, company) for row, company in rows if not tag or tag.casefold() in _tags(row.tags, fold=True)]
    found = found if limit is None else found[:limit]
    return _joined(session, found)


def by_name(session: Session) -> list[int]:
    """The ids of all contacts, by name."""
    query = select(ContactRow.id).order_by(col(ContactRow.name).collate("NOCASE"), col(ContactRow.id))
    return [key for key in session.exec(query) if key is not None]


def _contacts(text: str) -> Any:
    query = select(ContactRow, CompanyRow.name).join(
        CompanyRow, col(CompanyRow.id) == col(ContactRow.company_id), isouter=True
    )
    if not text:
        return query
    columns = (ContactRow.name, CompanyRow.name, ContactRow.role, ContactRow.city, ContactRow.notes, ContactRow.tags)
    conditions = [col(column).icontains(text, autoescape=True) for column in columns]
    way = select(ContactWayRow.contact_id).where(
        or_(
            col(ContactWayRow.value).icontains(text, autoescape=True),
            (col(ContactWayRow.kind) == "phone") & (col(ContactWayRow.key) == (phone_key(text) or "-")),
        )
    )
    return query.where(or_(*conditions, col(ContactRow.id).in_(way)))


def _tags(text: str, *, fold: bool = False) -> tuple[str, ...]:
    tags = tuple(str(tag) for tag in json.loads(text))
    return tuple(tag.casefold() for tag in tags) if fold else tags


def touched(session: Session, contact_id: int) -> tuple[date | None, date]:
    """The day of the last real contact with somebody, and the day they came into the base."""
    raw = raw_of(session)
    return clients.last_real(raw, contact_id), clients.created_on(raw, contact_id)


def colleagues(session: Session, contact: Contact, limit: int = 20) -> list[Contact]:
    """Others at the same company."""
    if contact.company_id is None:
        return []
    query = select(ContactRow.id).where(ContactRow.company_id == contact.company_id, ContactRow.id != contact.id)
    return load(session, [key for key in session.exec(query.order_by(col(ContactRow.id)).limit(limit)) if key])


def company(session: Session, name: str) -> tuple[int, str] | None:
    """The id and the name of a company, regardless of case; None where there is none of that name."""
    query = select(CompanyRow.id, CompanyRow.name).order_by(col(CompanyRow.id))
    found = session.exec(query.where(col(CompanyRow.name).collate("NOCASE") == name)).first()
    if found is None and not name.isascii():  # SQLite folds the case of ASCII only
        wanted = name_key(name)
        found = next((row for row in session.exec(query) if name_key(row[1]) == wanted), None)
    return None if found is None or found[0] is None else (found[0], found[1])


def members(session: Session, company_id: int, limit: int) -> tuple[list[Contact], int]:
    """Who is known at a company, those who decide first, and how many there are in all."""
    theirs = ContactRow.company_id == company_id
    total = session.exec(select(func.count()).select_from(ContactRow).where(theirs)).one()
    order = (col(ContactRow.decides).desc(), col(ContactRow.name).collate("NOCASE"), col(ContactRow.id))
    ids = [key for key in session.exec(select(ContactRow.id).where(theirs).order_by(*order).limit(limit)) if key]
    known = {contact.id: contact for contact in load(session, ids)}
    return [known[key] for key in ids], total


def referred(session: Session, contact_id: int) -> list[Contact]:
    """Who came through somebody."""
    query = select(ContactRow.id).where(ContactRow.referrer_id == contact_id)
    return load(session, [key for key in session.exec(query.order_by(col(ContactRow.id)).limit(500)) if key])


def load(session: Session, ids: Sequence[int]) -> list[Contact]:
    """The contacts of some ids, in the order of their ids."""
    query = _contacts("").where(col(ContactRow.id).in_(ids)).order_by(col(ContactRow.id))
    return _joined(session, session.exec(query).all())


def _joined(session: Session, rows: Iterable[tuple[ContactRow, str | None]]) -> list[Contact]:
    rows = list(rows)
    # more ids than a statement can take: then all ways are read
    ids = [row.id for row, _ in rows if row.id is not None]
    ways = _ways(session, ids if len(ids) <= 500 else None)
    referrers = _names(session, {row.referrer_id for row, _ in rows if row.referrer_id is not None})
    return [
        _from_row(row, company, ways.get(row.id or 0, ((), ())), referrers.get(row.referrer_id or 0))
        for row, company in rows
    ]


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    """The names of some contacts; few people refer others."""
    found: dict[int, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        query = select(ContactRow.id, ContactRow.name).where(col(ContactRow.id).in_(wanted[start : start + 500]))
        found |= {key: name for key, name in session.exec(query) if key is not None}
    return found


def _ways(session: Session, ids: Sequence[int] | None) -> dict[int, tuple[tuple[Way, ...], tuple[Way, ...]]]:
    way = ContactWayRow
    # more columns than `select` has overloads for
    columns: Any = (way.contact_id, way.kind, way.value, way.label, way.wrong)
    query = select(*columns).order_by(col(ContactWayRow.contact_id), col(ContactWayRow.position))
    if ids is not None:
        query = query.where(col(ContactWayRow.contact_id).in_(ids))
    found: dict[int, tuple[list[Way], list[Way]]] = {}
    for contact_id, kind, value, label, wrong in session.exec(query):
        found.setdefault(contact_id, ([], []))[kind == "email"].append(Way(value, label, bool(wrong)))
    return {key: (tuple(phones), tuple(emails)) for key, (phones, emails) in found.items()}


def _from_row(
    row: ContactRow, company: str | None, ways: tuple[tuple[Way, ...], tuple[Way, ...]], referrer: str | None
) -> Contact:
    assert row.id is not None
    return Contact(
        id=row.id,
        uid=row.uid,
        name=row.name,
        company=company,
        company_id=row.company_id,
        phones=ways[0],
        emails=ways[1],
        need=Need(row.need) if row.need else None,
        decides=bool(row.decides),
        birthday=row.birthday,
        tags=_tags(row.tags),
        supplier_until=None if row.supplier_until is None else date.fromisoformat(row.supplier_until),
        dates=tuple((day, what) for day, what in json.loads(row.dates)),
        rhythm=row.rhythm,
        consent={"yes": True, "no": False}.get(row.consent),
        referrer=referrer,
        referrer_id=row.referrer_id,
        **{name: getattr(row, name) for name in TEXTS},
    )
