"""Imports in bulk: what is there already is looked up once, what is new goes in by one statement a table.

Plain SQL on the connection of a change, because fifty thousand rows are not made one by one. New rows carry the
change's id; rows that stood before are edited one by one, and the change keeps their images like any other.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from planner.domain.activity import PAYMENT
from planner.domain.calls import Activity
from planner.domain.deals import Deal, Stage
from planner.domain.money import to_hundredths
from planner.domain.people import Contact, Need, Way, email_key, name_key, phone_key
from planner.store import history, search

AT_ONCE = 5_000
MANY = 2_000
CONTACT_TEXTS = (
    "role", "kind", "source", "city", "notes", "languages", "preferences", "supplier", "supplier_weak", "tier",
    "mailing",
)  # fmt: skip
# What is kept otherwise than as the text that it is, with how it is read and written.
CONTACT_FACTS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "birthday": (lambda kept: kept, lambda fact: fact),
    "need": (lambda kept: Need(kept) if kept else None, lambda fact: fact.value if fact else ""),
    "decides": (bool, int),
    "consent": ({"yes": True, "no": False}.get, {True: "yes", False: "no", None: ""}.get),
    "supplier_until": (
        lambda kept: None if kept is None else date.fromisoformat(kept),
        lambda fact: None if fact is None else fact.isoformat(),
    ),
    "rhythm": (lambda kept: kept, lambda fact: fact),
    "dates": (
        lambda kept: tuple((day, what) for day, what in json.loads(kept)),
        lambda fact: json.dumps([list(pair) for pair in fact], ensure_ascii=False) if fact else "[]",
    ),
}


_texts_of = attrgetter(*CONTACT_TEXTS)
_facts_of = attrgetter(*CONTACT_FACTS)
_WRITE = [write for _, write in CONTACT_FACTS.values()]
# most files say none of this
_USUAL_FACTS = _facts_of(Contact(0, "", "nobody"))
_NO_FACTS = [write(fact) for write, fact in zip(_WRITE, _USUAL_FACTS, strict=True)]


@dataclass(frozen=True, slots=True)
class Known:
    """What an imported row was before: its id here, what it said (JSON), and whether it still stands."""

    row_id: int
    read: str
    stands: bool

    def news(self, read: dict[str, object]) -> set[str]:
        """The names of what a row says otherwise than before."""
        before = json.loads(self.read)
        return {name for name in read.keys() | before.keys() if read.get(name) != before.get(name)}


def as_text(read: dict[str, object]) -> str:
    """What a row said, as it is kept."""
    return json.dumps(read, ensure_ascii=False, sort_keys=True)


@dataclass
class People:
    """Who is there, by what they can be known by."""

    companies: dict[str, int] = field(default_factory=dict)
    emails: dict[str, int] = field(default_factory=dict)
    phones: dict[str, list[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    by_id: dict[int, tuple[str, str]] = field(default_factory=dict)
    of_company: dict[str, list[int]] = field(default_factory=dict)
    uids: dict[str, int] = field(default_factory=dict)

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
        name, company = name_key(contact.name), name_key(contact.company or "")
        for way in contact.emails:
            known = self.emails.get(email_key(way.value))
            if known is not None and (not _shared(way.value) or company_only or self.by_id[known][0] == name):
                return known
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


def _shared(address: str) -> bool:
    """Whether several people may read a mail address."""
    return email_key(address).partition("@")[0] in SHARED


SHARED = frozenset(
    [
        "info",
        "office",
        "sales",
        "contact",
        "mail",
        "hello",
        "admin",
        "support",
        "team",
        "service",
        "kontakt",
        "post",
        "buero",
        "contacto",
        "comercial",
        "vendas",
        "zakaz",
        "order",
        "orders",
        "einkauf",
        "purchasing",
    ]
)


class Batch:
    """One import on a connection: lookups, and the rows to be written. Nothing is written before `write`."""

    def __init__(self, handle: sqlite3.Connection, change_id: int, now: int) -> None:
        self.handle, self.change_id, self.now = handle, change_id, now
        self.people = self._people()
        self._next: dict[str, int] = dict(handle.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        self._rows: dict[str, list[tuple[object, ...]]] = {}
        self._edits: list[tuple[str, tuple[object, ...]]] = []
        # contacts as they will be: new ones, and those that stand with what they were before
        self._new: dict[int, Contact] = {}
        self._edited: dict[int, Contact] = {}
        self._before: dict[int, Contact] = {}

    # what is there

    def _people(self) -> People:
        people = People()
        for key, name in self.handle.execute("SELECT id, name FROM company ORDER BY id"):
            people.companies.setdefault(name_key(name), key)
        rows = self.handle.execute(
            "SELECT contact.id, contact.name, company.name, contact.uid FROM contact"
            " LEFT JOIN company ON company.id = company_id ORDER BY contact.id"
        )
        for key, name, company, uid in rows:
            people.add_name(key, name, company)
            people.uids[uid] = key
        for key, kind, text in self.handle.execute("SELECT contact_id, kind, key FROM contact_way ORDER BY id"):
            if kind == "email":
                people.emails.setdefault(text, key)
            else:
                people.add_phone(text, key)
        return people

    def known(self, kind: str, table: str) -> dict[str, Known]:
        """Every row of a kind that was imported before, by its reference."""
        rows = self.handle.execute(
            f"SELECT ref, row_id, read, EXISTS (SELECT 1 FROM {table} WHERE id = row_id)"
            " FROM import_ref WHERE kind = ?",
            (kind,),
        )
        return {ref: Known(row_id, read, bool(stands)) for ref, row_id, read, stands in rows}

    # what is to be written

    def _id(self, table: str) -> int:
        self._next[table] = self._next.get(table, 0) + 1
        return self._next[table]

    def _add(self, table: str, *row: object) -> None:
        self._rows.setdefault(table, []).append(row)

    def count(self, table: str) -> int:
        """How many rows of a table will be new."""
        return len(self._new) if table == "contact" else len(self._rows.get(table, ()))

    def new_companies(self) -> int:
        """How many companies will be new."""
        named = {name_key(contact.company) for contact in self._new.values() if contact.company}
        return self.count("company") + len(named - self.people.companies.keys())

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
        self._new[made] = contact
        if contact.uid:
            self.people.uids[contact.uid] = made
        self.people.learn(made, contact)
        return made

    def who(self, contact: Contact | None, *, company_only: bool) -> int | None:
        """The contact of a call or deal, made when unknown."""
        if contact is None:
            return None
        same = self.people.same(contact, company_only=company_only)
        return same if same is not None else self.contact(contact)

    def merge(self, contact_id: int, contact: Contact, news: Collection[str] | None = None) -> bool:
        """Bring a contact that stands up to what a file says: the `news` of it, or else only what isn't known yet.

        Numbers, addresses and tags are added, none is taken away. Returns whether anything is new; raises InputError
        when the contact would have too much of something.
        """
        base = self._new.get(contact_id) or self._edited.get(contact_id) or self._stored(contact_id)
        changes: dict[str, Any] = {}
        for name in (*CONTACT_TEXTS, *CONTACT_FACTS, "name", "company"):
            ours, theirs = getattr(base, name), getattr(contact, name)
            silent = ours is None if name == "consent" else not ours  # a refusal is an answer
            if (silent and theirs not in ("", None)) if news is None else (name in news and theirs not in ("", None)):
                changes[name] = theirs
        if not changes.get("consent", base.consent):
            changes.pop("mailing", None)
        changes["tags"] = tuple(dict.fromkeys((*base.tags, *contact.tags)))
        changes["dates"] = tuple(dict.fromkeys((*base.dates, *contact.dates)))
        for name, key_of in (("phones", phone_key), ("emails", email_key)):
            ways = {key_of(way.value): way for way in (*getattr(contact, name), *getattr(base, name))}
            known = {key_of(way.value) for way in getattr(base, name)}
            changes[name] = (*getattr(base, name), *(way for key, way in ways.items() if key not in known))
        merged = replace(base, **changes)
        if merged == base:
            return False
        (self._new if contact_id in self._new else self._edited)[contact_id] = merged
        return True

    def _stored(self, contact_id: int) -> Contact:
        """A contact that stands, with what an import can change."""
        names = (*CONTACT_TEXTS, *CONTACT_FACTS)
        columns = ("contact.name", "company.name", "tags", *(f"contact.{name}" for name in names))
        row = self.handle.execute(
            f"SELECT {', '.join(columns)} FROM contact LEFT JOIN company ON company.id = company_id"
            " WHERE contact.id = ?",
            (contact_id,),
        ).fetchone()
        name, company, tags, *kept = row
        values = dict(zip(names, kept, strict=True))
        values |= {fact: read(values[fact]) for fact, (read, _) in CONTACT_FACTS.items()}
        ways: dict[str, list[Way]] = {"phone": [], "email": []}
        for kind, value, label in self.handle.execute(
            "SELECT kind, value, label FROM contact_way WHERE contact_id = ? ORDER BY position", (contact_id,)
        ):
            ways[kind].append(Way(value, label))
        found = Contact(
            contact_id, "", name, company, phones=tuple(ways["phone"]), emails=tuple(ways["email"]),
            tags=tuple(json.loads(tags)), **values,
        )  # fmt: skip
        self._before[contact_id] = found
        return found

    def _contact(self, contact: Contact) -> tuple[object, ...]:
        company_id = None if contact.company is None else self.company(contact.company)
        texts = _texts_of(contact)
        tags = json.dumps(list(contact.tags), ensure_ascii=False)
        facts = _facts_of(contact)
        known = _NO_FACTS if facts == _USUAL_FACTS else [write(fact) for write, fact in zip(_WRITE, facts, strict=True)]
        return (contact.name, company_id, tags, *texts, *known)

    def _put_contacts(self) -> None:
        """Turn the contacts as they will be into rows and edits."""
        for made, contact in self._new.items():
            uid = contact.uid or str(uuid.uuid4())
            self._add("contact", made, uid, self.now, *self._contact(contact), self.change_id)
            self._add_ways(made, contact, None)
        for contact_id, contact in self._edited.items():
            before = self._before[contact_id]
            if self._contact(contact) != self._contact(before):
                sets = ", ".join(f"{name} = ?" for name in _MERGED)
                self._edit(f"UPDATE contact SET {sets} WHERE id = ?", *self._contact(contact), contact_id)
            self._add_ways(contact_id, contact, before)

    def _add_ways(self, contact_id: int, contact: Contact, before: Contact | None) -> None:
        known = () if before is None else (*before.phones, *before.emails)
        position = len(known)
        for kind, key_of, ways in (("phone", phone_key, contact.phones), ("email", email_key, contact.emails)):
            for way in ways:
                if way in known:
                    continue
                row = (contact_id, kind, way.value, key_of(way.value), way.label, position, self.change_id)
                self._add("contact_way", self._id("contact_way"), *row)
                position += 1

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

    def edit_activity(self, row_id: int, entry: Activity, news: Collection[str], who: Callable[[], int | None]) -> None:
        """Bring what is new of a call into its row; what the rep has changed there otherwise stays."""
        values = dict(zip(_ACTIVITY, self._activity(entry, None), strict=True))
        columns = [name for name in ("kind", "outcome", "minutes", "note") if name in news]
        columns += ["at", "day", "local_time"] if "moment" in news else []
        if "who" in news:
            values["contact_id"] = who()
            columns.append("contact_id")
        if columns:
            sets = ", ".join(f"{name} = ?" for name in columns)
            self._edit(f"UPDATE activity SET {sets} WHERE id = ?", *(values[name] for name in columns), row_id)

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
            deal.contract_end and deal.contract_end.isoformat(), deal.term_months,
        )  # fmt: skip

    def _book(self, deal_id: int, deal: Deal, contact_id: int | None) -> None:
        assert deal.closed is not None
        noon = datetime.combine(deal.closed, datetime.min.time()).replace(hour=12)
        entry = Activity(0, noon, "deal", amount=deal.booked or deal.value or Decimal(0), note=deal.title)
        self.activity(entry, contact_id, deal_id)

    def edit_deal(
        self, deal_id: int, deal: Deal, news: set[str], who: Callable[[], tuple[int | None, int | None]]
    ) -> str:
        """Bring what is new of a deal into its row, and its booking with it. Returns why something was left, or "".

        What the rep has booked or closed here is the rep's: it isn't undone by a file that knows nothing of it.
        """
        stage, *_ = self.handle.execute("SELECT stage FROM deal WHERE id = ?", (deal_id,)).fetchone()
        booked = self.handle.execute(
            "SELECT id, kind, change_id FROM activity WHERE deal_id = ? ORDER BY id", (deal_id,)
        ).fetchall()
        own = any(kind == PAYMENT or change_id is None for _, kind, change_id in booked)
        closing = {"stage", "closed", "expected_close"}
        left, found = "", None
        if closing & news:
            if own or ("stage" not in news and Stage(stage).open != deal.stage.open):
                news, left = news - closing, "booked or closed here by hand: its stage and dates are left as they are"
            else:
                news = news | closing
        values = dict(zip(_DEAL, self._deal(deal, None, None), strict=True))
        columns = [name for name in _DEAL if name in news and name in values]
        if "who" in news:
            found, values["company_id"] = who()
            values["contact_id"] = found
            columns += ["contact_id", "company_id"]
        if columns:
            sets = ", ".join(f"{name} = ?" for name in columns)
            self._edit(f"UPDATE deal SET {sets} WHERE id = ?", *(values[name] for name in columns), deal_id)
        if own:
            return left or ("booked here by hand: its booking is left as it is" if "value" in news else "")
        if (closing | {"value"}) & news and (deal.stage is Stage.WON or "stage" in news):
            for row_id, *_ in booked:
                self._edit("DELETE FROM activity WHERE id = ?", row_id)
            if deal.stage is Stage.WON:
                contact_id = self.handle.execute("SELECT contact_id FROM deal WHERE id = ?", (deal_id,)).fetchone()[0]
                self._book(deal_id, deal, found if "who" in news else contact_id)
        return left

    def remember(self, kind: str, ref: str, read: dict[str, object], row_id: int, known: Known | None) -> None:
        """Keep what a row was called and what it said, so that it isn't made twice."""
        if known is None:
            self._add("import_ref", self._id("import_ref"), kind, ref, as_text(read), row_id, self.change_id)
        else:
            self._edit("UPDATE import_ref SET read = ? WHERE kind = ? AND ref = ?", as_text(read), kind, ref)

    def contracts(self) -> list[int]:
        """The contacts that were made or changed and whose supplier's contract has an end."""
        return [
            key for rows in (self._new, self._edited) for key, row in rows.items() if row.supplier_until is not None
        ]

    def write(self, tick: Callable[[int], None] = lambda done: None) -> None:
        """Write everything, and record it in the history. `tick` is called now and then, and may raise to stop it."""
        self._put_contacts()
        for table in history.IMPORTED:
            # every row added here carries the change's id: its recorder would look at each for nothing
            self.handle.execute(f"DROP TRIGGER IF EXISTS temp.record_{table}_insert")
        many = sum(len(rows) for rows in self._rows.values()) >= MANY
        triggers = search.take_off(self.handle, "insert") if many else []
        for table in history.IMPORTED:
            rows = self._rows.get(table)
            if rows:
                columns = _COLUMNS[table]
                marks = ", ".join("?" * len(columns))
                names = ", ".join(f'"{name}"' for name in columns)
                for start in range(0, len(rows), AT_ONCE):
                    tick(start)
                    some = rows[start : start + AT_ONCE]
                    self.handle.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", some)
        for trigger in triggers:
            self.handle.execute(trigger)
        if triggers:
            search.note(self.handle, self.change_id)
        for statement, values in self._edits:
            self.handle.execute(statement, values)
        # which of their numbers it was, the files don't say
        self.handle.execute(
            "UPDATE contact_way SET wrong = 1 WHERE kind = 'phone' AND wrong = 0 AND contact_id IN"
            " (SELECT contact_id FROM activity WHERE change_id = ? AND outcome = 'wrong-number')",
            (self.change_id,),
        )
        history.record_import(self.handle, self.change_id)


_MERGED = ("name", "company_id", "tags", *CONTACT_TEXTS, *CONTACT_FACTS)
_ACTIVITY = ("at", "day", "local_time", "kind", "outcome", "count", "contact_id", "amount", "minutes", "note")
_DEAL = (
    "title", "contact_id", "company_id", "value", "stage", "opened", "closed", "expected_close", "reason", "owner",
    "notes", "contract_end", "term_months",
)  # fmt: skip
_COLUMNS = {
    "company": ("id", "uid", "name", "website", "city", "notes", "created_at", "change_id"),
    "contact": ("id", "uid", "created_at", *_MERGED, "change_id"),
    "contact_way": ("id", "contact_id", "kind", "value", "key", "label", "position", "change_id"),
    "deal": ("id", "uid", *_DEAL, "created_at", "change_id"),
    "activity": ("id", *_ACTIVITY, "logged_at", "deal_id", "change_id"),
    "import_ref": ("id", "kind", "ref", "read", "row_id", "change_id"),
}  # fmt: skip
