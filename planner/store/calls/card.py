"""Reads what a rep should know about a prospect before a call."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planner.domain.calls.calling_list import UNREACHED
from planner.domain.day.activity import REAL, SPOKEN
from planner.store.day import meetings

_STAGES = ("talk", "meeting", "proposal", "closing")


@dataclass(frozen=True, slots=True)
class Phone:
    """A contact's number. `wrong` means that nobody of that name was reached there."""

    value: str
    label: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """A past entry of a contact's log: its day, kind, outcome and note."""

    day: date
    kind: str
    outcome: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is known about a prospect. `callback` is the open callback's id and due time, `tries` the unreached calls
    since they were last reached, `stage` that of their furthest open deal, `sold` the day of the last deal won, `care`
    the next customer-care step and when it is due, `supplier_until` the end of their supplier's contract, `asked` their
    unanswered requests, `meeting` and `place` those of the next meeting without an outcome, `zone` their IANA time
    zone, empty for the rep's own, `languages` those they speak.
    """

    id: int
    name: str
    company: str
    role: str
    decides: bool
    kind: str
    need: str
    supplier: str
    weak: str
    city: str
    source: str
    notes: str
    tags: tuple[str, ...]
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    past: tuple[Past, ...]
    tries: int
    spoken: bool
    callback: tuple[int, str] | None
    promises: tuple[tuple[str, str], ...]
    stage: str
    deal: str
    sold: date | None
    care: str = ""
    care_due: str = ""
    supplier_until: str = ""
    do_not_call: bool = False
    asked: str = ""
    meeting: str = ""
    place: str = ""
    zone: str = ""
    languages: str = ""

    @property
    def first(self) -> bool:
        """Whether nobody has spoken to them yet."""
        return not self.spoken and self.sold is None

    @property
    def phone(self) -> Phone | None:
        """The number to dial first."""
        return next((phone for phone in self.phones if not phone.wrong), None)


def card(connection: sqlite3.Connection, contact_id: int) -> Card | None:
    """Return what is known about a contact, or None when it is gone."""
    row = connection.execute(
        "SELECT contact.name, coalesce(company.name, ''), role, decides, kind, need, supplier, supplier_weak,"
        " coalesce(nullif(contact.city, ''), company.city, ''), source, contact.notes, tags,"
        " coalesce(supplier_until, ''), do_not_call, contact.zone, contact.languages"
        " FROM contact LEFT JOIN company ON company.id = company_id WHERE contact.id = ?",
        (contact_id,),
    ).fetchone()
    if row is None:
        return None
    (name, company, role, decides, kind, need, supplier, weak, city, source, notes, tags, supplier_until, do_not_call,
     zone, languages) = row  # fmt: skip
    phones, emails = _ways(connection, contact_id)
    log = _log(connection, contact_id)
    stage, deal, sold = _deals(connection, contact_id)
    care, care_due = _next_care(connection, contact_id)
    meeting = next(iter(meetings.open_with(connection, contact_id)), None)
    return Card(
        id=contact_id,
        name=name,
        company=company,
        role=role,
        decides=bool(decides),
        kind=kind,
        need=need,
        supplier=supplier,
        weak=weak,
        city=city,
        source=source,
        notes=notes,
        tags=tuple(str(tag) for tag in json.loads(tags)),
        phones=phones,
        emails=emails,
        past=tuple(log[:8]),
        tries=_tries(log),
        spoken=any(each.outcome in SPOKEN or each.kind not in ("dial", "email") for each in log),
        callback=_callback(connection, contact_id),
        promises=_promises(connection, contact_id),
        stage=stage,
        deal=deal,
        sold=sold,
        care=care,
        care_due=care_due,
        supplier_until=supplier_until,
        do_not_call=bool(do_not_call),
        asked=_open_request(connection, contact_id),
        meeting="" if meeting is None else f"{meeting.start:%Y-%m-%dT%H:%M}",
        place="" if meeting is None else meeting.place,
        zone=zone,
        languages=languages,
    )


def _ways(connection: sqlite3.Connection, contact_id: int) -> tuple[tuple[Phone, ...], tuple[str, ...]]:
    """Return a contact's numbers and addresses."""
    ways = connection.execute(
        "SELECT kind, value, label, wrong FROM contact_way WHERE contact_id = ? ORDER BY wrong, position", (contact_id,)
    ).fetchall()
    phones = tuple(Phone(value, label, bool(wrong)) for kind, value, label, wrong in ways if kind == "phone")
    return phones, tuple(value for kind, value, _, _ in ways if kind == "email")


def _log(connection: sqlite3.Connection, contact_id: int) -> list[Past]:
    """Return the newest rows of a contact's log, newest first."""
    rows = connection.execute(
        "SELECT day, kind, outcome, coalesce(note, '') FROM activity"
        " WHERE contact_id = ? AND kind <> 'stop' ORDER BY day DESC, id DESC LIMIT 60",
        (contact_id,),
    )
    return [Past(date.fromisoformat(day), *rest) for day, *rest in rows]


def _tries(log: Sequence[Past]) -> int:
    """Return how many of the newest calls reached nobody."""
    tries = 0
    for each in log:
        if each.kind == "dial" and each.outcome in UNREACHED:
            tries += 1
        elif each.kind in ("dial", "conversation", "meeting-held"):
            break
    return tries


def _callback(connection: sqlite3.Connection, contact_id: int) -> tuple[int, str] | None:
    row = connection.execute(
        "SELECT id, due FROM task WHERE contact_id = ? AND state = 'open' AND task.kind = 'callback'"
        " ORDER BY due LIMIT 1",
        (contact_id,),
    ).fetchone()
    return None if row is None or row[1] is None else (row[0], row[1])


def _next_care(connection: sqlite3.Connection, contact_id: int) -> tuple[str, str]:
    row: tuple[str, str] | None = connection.execute(
        "SELECT care, due FROM task WHERE contact_id = ? AND state = 'open' AND care <> '' AND due IS NOT NULL"
        " ORDER BY care = 'referral', due LIMIT 1",  # a referral request comes after what they have bought
        (contact_id,),
    ).fetchone()
    return row or ("", "")


def _promises(connection: sqlite3.Connection, contact_id: int) -> tuple[tuple[str, str], ...]:
    return tuple(
        connection.execute(
            "SELECT due, text FROM promise WHERE contact_id = ? AND state = 'open' ORDER BY due LIMIT 3", (contact_id,)
        )
    )


def _deals(connection: sqlite3.Connection, contact_id: int) -> tuple[str, str, date | None]:
    """Return stage and title of a contact's furthest open deal, and the day of the last deal won."""
    deals = connection.execute(
        "SELECT stage, title, closed FROM deal WHERE contact_id = ? AND stage <> 'lost' ORDER BY id", (contact_id,)
    ).fetchall()
    stage, title, _ = max(
        (deal for deal in deals if deal[0] in _STAGES), key=lambda deal: _STAGES.index(deal[0]), default=("", "", None)
    )
    sold = max((closed for stage, _, closed in deals if stage == "won" and closed), default=None)
    return stage, title, None if sold is None else date.fromisoformat(sold)


def _open_request(connection: sqlite3.Connection, contact_id: int) -> str:
    """Return the newest request of a contact that wasn't answered yet."""
    row = connection.execute(
        "SELECT reason FROM list_entry WHERE contact_id = ? AND reason <> '' AND NOT EXISTS"
        " (SELECT 1 FROM activity WHERE activity.contact_id = list_entry.contact_id AND at >= asked_at"
        f" AND {REAL}) ORDER BY day DESC LIMIT 1",
        (contact_id,),
    ).fetchone()
    return "" if row is None else str(row[0])
