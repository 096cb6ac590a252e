"""Imports in bulk: what is there already is looked up once, what is new goes in by one statement a table.

Plain SQL on the connection of a change, because fifty thousand rows are not made one by one. New rows carry the
change's id; rows that stood before are edited one by one, and the change keeps their images like any other.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from planner.domain.activity import PAYMENT
from planner.domain.calls import Activity
from planner.domain.deals import Deal, Stage
from planner.domain.money import to_hundredths
from planner.domain.people import Contact, email_key, name_key, phone_key
from planner.store import history

CONTACT_TEXTS = ("role", "kind", "source", "city", "notes")


@dataclass(frozen=True, slots=True)
class Known:
    """What an imported row was before: its id here, its fingerprint, and whether it still stands."""

    row_id: int
    print: str
    stands: bool


@dataclass
class People:
    """Who is there, by what they can be known by."""

    companies: dict[str, int] = field(default_factory=dict)
    emails: dict[str, int] = field(default_factory=dict)
    phones: dict[str, list[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    by_id: dict[int, tuple[str, str]] = field(default_factory=dict)
    of_company: dict[str, list[int]] = field(default_factory=dict)

    def learn(self, contact_id: int, contact: Contact) -> None:
        """Remember a contact; the first to have a name, number or address keeps it."""
        self.add_name(contact_id, contact.name, contact.company)
        for way in contact.emails:
            self.emails.setdefault(email_key(way.value), contact_id)
        for way in contact.phones:
            self.add_phone(phone_key(way.value), contact_id)

    def add_name(self, contact_id: int, name: str, company: str | None) -> None:
        """Remember a name."""
        pair = (name_key(name), name_key(company or ""))
        self.by_id[contact_id] = pair
        self.names.setdefault(pair[0], []).append(contact_id)
        if pair[1]:
            self.of_company.setdefault(pair[1], []).append(contact_id)

    def add_phone(self, key: str, contact_id: int) -> None:
        """Remember a number; several people may share one."""
        if len(key) >= 5:
            self.phones.setdefault(key, []).append(contact_id)

    def same(self, contact: Contact, *, company_only: bool) -> int | None:
        """The contact that this one most likely is: by mail address, by name and company, by number.

        A number is enough only where no person's name says otherwise; a company alone is the one contact there.
        """
        for way in contact.emails:
            if email_key(way.value) in self.emails:
                return self.emails[email_key(way.value)]
        name, company = name_key(contact.name), name_key(contact.company or "")
        called = self.names.get(name, ())
        for contact_id in called:
            if self.by_id[contact_id][1] == company:
                return contact_id
        if len(called) == 1 and (not company or not self.by_id[called[0]][1]):
            return called[0]  # one of the two doesn't say which company
        for way in contact.phones:
            for contact_id in self.phones.get(phone_key(way.value), ()):
                their_name, theirs = self.by_id[contact_id]
                if their_name == name or (company_only and (not company or theirs in (company, ""))):
                    return contact_id
        there = self.of_company.get(company, ()) if company_only and company else ()
        return there[0] if len(there) == 1 else None


class Batch:
    """One import on a connection: lookups, and the rows to be written. Nothing is written before `write`."""

    def __init__(self, handle: sqlite3.Connection, change_id: int, now: int) -> None:
        self.handle, self.change_id, self.now = handle, change_id, now
        self.people = self._people()
        self._next: dict[str, int] = dict(handle.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        # contacts of this import: where they stand in the rows to be written, and by what they can be reached
        self._made: dict[int, int] = {}
        self._ways: dict[int, set[tuple[str, str]]] = {}
        self._rows: dict[str, list[tuple[object, ...]]] = {}
        self._edits: list[tuple[str, tuple[object, ...]]] = []

    # what is there

    def _people(self) -> People:
        people = People()
        for key, name in self.handle.execute("SELECT id, name FROM company ORDER BY id"):
            people.companies.setdefault(name_key(name), key)
        rows = self.handle.execute(
            "SELECT contact.id, contact.name, company.name FROM contact"
            " LEFT JOIN company ON company.id = company_id ORDER BY contact.id"
        )
        for key, name, company in rows:
            people.add_name(key, name, company)
        for key, kind, text in self.handle.execute("SELECT contact_id, kind, key FROM contact_way ORDER BY id"):
            if kind == "email":
                people.emails.setdefault(text, key)
            else:
                people.add_phone(text, key)
        return people

    def known(self, kind: str, table: str) -> dict[str, Known]:
        """Every row of a kind that was imported before, by its reference."""
        rows = self.handle.execute(
            f"SELECT ref, row_id, print, EXISTS (SELECT 1 FROM {table} WHERE id = row_id)"
            " FROM import_ref WHERE kind = ?",
            (kind,),
        )
        return {ref: Known(row_id, print_, bool(stands)) for ref, row_id, print_, stands in rows}

    # what is to be written

    def _id(self, table: str) -> int:
        self._next[table] = self._next.get(table, 0) + 1
        return self._next[table]

    def _add(self, table: str, *row: object) -> None:
        self._rows.setdefault(table, []).append(row)

    def count(self, table: str) -> int:
        """How many rows of a table will be new."""
        return len(self._rows.get(table, ()))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self._rows and not self._edits

    def company(self, name: str) -> int:
        """The id of a company, made when the name is new."""
        key = name_key(name)
        if key not in self.people.companies:
            made = self._id("company")
            self._add("company", made, str(uuid.uuid4()), name, "", "", "", self.now, self.change_id)
            self.people.companies[key] = made
        return self.people.companies[key]

    def contact(self, contact: Contact) -> int:
        """Make a contact."""
        made = self._id("contact")
        self._made[made] = self.count("contact")
        self._add("contact", made, str(uuid.uuid4()), self.now, *self._contact(contact), self.change_id)
        self._add_ways(made, contact, self._ways.setdefault(made, set()))
        self.people.learn(made, contact)
        return made

    def _contact(self, contact: Contact) -> tuple[object, ...]:
        company_id = None if contact.company is None else self.company(contact.company)
        texts = (getattr(contact, name) for name in CONTACT_TEXTS)
        return (contact.name, company_id, *texts, contact.birthday, _tags(contact.tags))

    def _add_ways(self, contact_id: int, contact: Contact, known: set[tuple[str, str]]) -> bool:
        """Add the numbers and addresses that aren't known; whether there were any."""
        before = position = len(known)
        for kind, key_of, ways in (("phone", phone_key, contact.phones), ("email", email_key, contact.emails)):
            for way in ways:
                key = key_of(way.value)
                if (kind, key) in known:
                    continue
                known.add((kind, key))
                way_id = self._id("contact_way")
                self._add("contact_way", way_id, contact_id, kind, way.value, key, way.label, position, self.change_id)
                position += 1
        return position > before

    def who(self, contact: Contact | None, *, company_only: bool) -> tuple[int | None, int | None]:
        """The contact (made when unknown) and the company of a call or deal."""
        if contact is None:
            return None, None
        company_id = None if contact.company is None else self.company(contact.company)
        same = self.people.same(contact, company_only=company_only)
        return (same if same is not None else self.contact(contact)), company_id

    def merge(self, contact_id: int, contact: Contact, *, replace: bool) -> bool:
        """Bring a contact that stands up to what a file says: with `replace` its words win, else only gaps are filled.

        Numbers and addresses are added, none is taken away. Returns whether anything is new.
        """
        place = self._made.get(contact_id)
        if place is None:
            select = f"SELECT {', '.join(_MERGED)} FROM contact WHERE id = ?"
            row = self.handle.execute(select, (contact_id,)).fetchone()
            known = set(self.handle.execute("SELECT kind, key FROM contact_way WHERE contact_id = ?", (contact_id,)))
        else:  # made by this very import
            row = self._rows["contact"][place][3:-1]
            known = self._ways[contact_id]
        more = self._add_ways(contact_id, contact, known)
        *old, tags = row
        *new, _ = self._contact(contact)
        merged = [theirs if theirs and (replace or not ours) else ours for ours, theirs in zip(old, new, strict=True)]
        merged.append(_tags((*json.loads(tags), *contact.tags)))
        if tuple(merged) == tuple(row):
            return more
        if place is None:
            sets = ", ".join(f"{name} = ?" for name in _MERGED)
            self._edit(f"UPDATE contact SET {sets} WHERE id = ?", *merged, contact_id)
        else:
            made = self._rows["contact"][place]
            self._rows["contact"][place] = (*made[:3], *merged, made[-1])
        return True

    def _edit(self, statement: str, *values: object) -> None:
        self._edits.append((statement, values))

    def activity(self, entry: Activity, contact_id: int | None, deal_id: int | None = None) -> int:
        """Log a row."""
        made = self._id("activity")
        self._add("activity", made, *self._activity(entry, contact_id), self.now, deal_id, self.change_id)
        return made

    def _activity(self, entry: Activity, contact_id: int | None) -> tuple[object, ...]:
        moment = entry.moment
        return (
            int(moment.timestamp()), moment.date().isoformat(), f"{moment:%H:%M:%S}", entry.kind, entry.outcome,
            entry.count, contact_id, None if entry.amount is None else to_hundredths(entry.amount), entry.minutes,
            entry.note,
        )  # fmt: skip

    def edit_activity(self, row_id: int, entry: Activity, contact_id: int | None) -> None:
        """Bring a logged row up to what a file says."""
        columns = ("at", "day", "local_time", "kind", "outcome", "count", "contact_id", "amount", "minutes", "note")
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._edit(f"UPDATE activity SET {sets} WHERE id = ?", *self._activity(entry, contact_id), row_id)

    def deal(self, deal: Deal, contact_id: int | None, company_id: int | None) -> int:
        """Make a deal; a won one books its value on the day it was closed."""
        made = self._id("deal")
        self._add("deal", made, str(uuid.uuid4()), *self._deal(deal, contact_id, company_id), self.now, self.change_id)
        if deal.stage is Stage.WON:
            self._book(made, deal, contact_id)
        return made

    def _deal(self, deal: Deal, contact_id: int | None, company_id: int | None) -> tuple[object, ...]:
        dates = tuple(day and day.isoformat() for day in (deal.opened, deal.closed, deal.expected_close))
        value = None if deal.value is None else to_hundredths(deal.value)
        return (
            deal.title, contact_id, company_id, value, deal.stage.value, *dates, deal.reason, deal.owner, deal.notes,
        )  # fmt: skip

    def _book(self, deal_id: int, deal: Deal, contact_id: int | None) -> None:
        assert deal.closed is not None
        noon = datetime.combine(deal.closed, datetime.min.time()).replace(hour=12)
        entry = Activity(0, noon, "deal", amount=deal.value or Decimal(0), note=deal.title)
        self.activity(entry, contact_id, deal_id)

    def edit_deal(self, deal_id: int, deal: Deal, contact_id: int | None, company_id: int | None) -> None:
        """Bring a deal up to what a file says, and its booking with it, unless the rep has booked payments on it."""
        columns = (
            "title", "contact_id", "company_id", "value", "stage", "opened", "closed", "expected_close", "reason",
            "owner", "notes",
        )  # fmt: skip
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._edit(f"UPDATE deal SET {sets} WHERE id = ?", *self._deal(deal, contact_id, company_id), deal_id)
        booked = self.handle.execute(
            "SELECT id, kind, day, amount FROM activity WHERE deal_id = ? ORDER BY id", (deal_id,)
        ).fetchall()
        if any(kind == PAYMENT for _, kind, _, _ in booked):
            return
        wanted = deal.stage is Stage.WON
        value = to_hundredths(deal.value or Decimal(0))
        if wanted and booked and booked[0][2:] == (str(deal.closed), value):
            return
        for row_id, *_ in booked:
            self._edit("DELETE FROM activity WHERE id = ?", row_id)
        if wanted:
            self._book(deal_id, deal, contact_id)

    def remember(self, kind: str, ref: str, print_: str, row_id: int, known: Known | None) -> None:
        """Keep what a row was called, so that it isn't made twice."""
        if known is None:
            self._add("import_ref", self._id("import_ref"), kind, ref, print_, row_id, self.change_id)
        elif known.print != print_:
            self._edit("UPDATE import_ref SET print = ? WHERE kind = ? AND ref = ?", print_, kind, ref)

    def write(self) -> None:
        """Write everything, and record it in the history."""
        for table in history.IMPORTED:
            # every row added here carries the change's id: its recorder would look at each for nothing
            self.handle.execute(f"DROP TRIGGER IF EXISTS temp.record_{table}_insert")
        for table in history.IMPORTED:
            rows = self._rows.get(table)
            if rows:
                columns = _COLUMNS[table]
                marks = ", ".join("?" * len(columns))
                names = ", ".join(f'"{name}"' for name in columns)
                self.handle.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        for statement, values in self._edits:
            self.handle.execute(statement, values)
        history.record_import(self.handle, self.change_id)


def _tags(tags: Iterable[str]) -> str:
    return json.dumps(list(dict.fromkeys(tags)), ensure_ascii=False)


_MERGED = ("name", "company_id", *CONTACT_TEXTS, "birthday", "tags")
_COLUMNS = {
    "company": ("id", "uid", "name", "website", "city", "notes", "created_at", "change_id"),
    "contact": ("id", "uid", "created_at", *_MERGED, "change_id"),
    "contact_way": ("id", "contact_id", "kind", "value", "key", "label", "position", "change_id"),
    "deal": (
        "id", "uid", "title", "contact_id", "company_id", "value", "stage", "opened", "closed", "expected_close",
        "reason", "owner", "notes", "created_at", "change_id",
    ),
    "activity": (
        "id", "at", "day", "local_time", "kind", "outcome", "count", "contact_id", "amount", "minutes", "note",
        "logged_at", "deal_id", "change_id",
    ),
    "import_ref": ("id", "kind", "ref", "print", "row_id", "change_id"),
}  # fmt: skip
