"""Imports rows in bulk: existing ones are looked up once, new ones are inserted with one statement per table.

Fifty thousand rows aren't inserted one by one: new rows carry the change's id, and the history saves them as sets.
Existing rows are edited one by one, and the change saves their images as usual.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from planner.domain.calls.activity_log import Activity
from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import FIELDS, Contact, Numbering, email_key, name_key, phone_key
from planner.domain.day.activity import PAYMENT
from planner.store import activity_log, follow_ups, metadata, search
from planner.store.clients import deals, people
from planner.store.connection import new_uid
from planner.store.recorder import IMPORTED
from planner.store.transfer.matching import People

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Recorder

AT_ONCE = 5_000
MANY = 2_000  # new rows from which the search is told of them all at once
# A contact's identity in a file, as opposed to its other fields.
OF_A_DEAL = ("title", "stage", "value", "opened", "closed", "expected_close", "reason", "owner", "notes",
             "contract_end", "term_months")  # fmt: skip
IDENTITY = ("name", "company", "phones", "emails", "tags", "referrer")
CONTACT_FIELDS = tuple(field.name for field in FIELDS if field.name not in IDENTITY)


@dataclass(frozen=True, slots=True)
class Known:
    """An imported row's previous state: its id here, its values (JSON), and whether it still exists."""

    row_id: int
    read: str
    stands: bool

    def changed_names(self, read: dict[str, object]) -> set[str]:
        """Return the names of the values that differ from before."""
        before = json.loads(self.read)
        return {name for name in read.keys() | before.keys() if read.get(name) != before.get(name)}


def as_text(read: dict[str, object]) -> str:
    """Return a row's values as stored."""
    return json.dumps(read, ensure_ascii=False, sort_keys=True)


class Batch:
    """The lookups of one import, and the rows it will write. Nothing is written before `write`, and never without a
    change.
    """

    def __init__(
        self,
        reads: Reads,
        now: int,
        change: Recorder | None = None,
        home: Numbering | None = None,
    ) -> None:
        """Load the lookups. `home` is the numbering plan of the rep's country."""
        self.handle, self.change, self.now, self.home = reads, change, now, home
        self._made_up: dict[tuple[str, str], int] = {}
        self.change_id = 0 if change is None else change.id
        self.people = self._known_people()
        self._next: dict[str, int] = dict(reads.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        self._names: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, list[tuple[object, ...]]] = {}
        self._edits: list[tuple[str, int, dict[str, object] | None]] = []
        # final state of contacts: new ones, and existing ones with what they were before
        self._new: dict[int, Contact] = {}
        self._edited: dict[int, Contact] = {}
        self._before: dict[int, Contact] = {}

    # existing rows

    def _known_people(self) -> People:
        home = self.home
        there = People(number_of=lambda number: phone_key(number, home))
        for key, name in self.handle.execute("SELECT id, name FROM company ORDER BY id"):
            there.companies.setdefault(name_key(name), key)
        rows = self.handle.execute(
            "SELECT contact.id, contact.name, company.name, contact.uid FROM contact"
            " LEFT JOIN company ON company.id = company_id ORDER BY contact.id"
        )
        for key, name, company, uid in rows:
            there.add_name(key, name, company)
            there.uids[uid] = there.newest = key
        rows = self.handle.execute("SELECT contact_id, kind, key, value FROM contact_way ORDER BY id")
        for key, kind, text, value in rows:
            if kind == "email":
                there.emails.setdefault(text, key)
            else:
                there.add_phone(there.number_of(value), key)
        return there

    def load_known(self, kind: str, table: str) -> dict[str, Known]:
        """Return every previously imported row of a kind, by its reference."""
        rows = self.handle.execute(
            f"SELECT ref, row_id, read, EXISTS (SELECT 1 FROM {table} WHERE id = row_id)"
            " FROM import_ref WHERE kind = ?",
            (kind,),
        )
        return {ref: Known(row_id, read, bool(stands)) for ref, row_id, read, stands in rows}

    # rows to write

    def new_id(self, table: str) -> int:
        """Reserve the id of a new row."""
        self._next[table] = self._next.get(table, 0) + 1
        return self._next[table]

    def _add(self, table: str, values: dict[str, object]) -> None:
        """Queue a new row with the change's id. All rows of a table have the same columns."""
        self._names.setdefault(table, (*values, "change_id"))
        self._rows.setdefault(table, []).append((*values.values(), self.change_id))

    def _edit(self, table: str, row_id: int, values: dict[str, object] | None) -> None:
        """Queue the changed values of an existing row, or its deletion for None."""
        self._edits.append((table, row_id, values))

    def count(self, table: str) -> int:
        """Return how many rows of a table will be new."""
        return len(self._new) if table == "contact" else len(self._rows.get(table, ()))

    def new_companies(self) -> int:
        """Return how many companies will be new."""
        written = (*self._new.values(), *self._edited.values())
        named = {name_key(contact.company) for contact in written if contact.company}
        return self.count("company") + len(named - self.people.companies.keys())

    def company(self, name: str) -> int:
        """Return a company's id, creating it when the name is new."""
        key = name_key(name)
        if key not in self.people.companies:
            made = self.new_id("company")
            values = {"id": made, "uid": new_uid(), "name": name, "created_at": self.now}
            self._add("company", {**values, "website": "", "city": "", "notes": ""})
            self.people.companies[key] = made
        return self.people.companies[key]

    def contact(self, contact: Contact) -> int:
        """Create a contact."""
        made = self.new_id("contact")
        self._new[made] = contact
        if contact.uid:
            self.people.uids[contact.uid] = made
        self.people.learn(made, contact)
        return made

    def find_or_create(self, contact: Contact | None, *, company_only: bool) -> int | None:
        """Return the contact of a call or deal, creating it when unknown."""
        if contact is None:
            return None
        key = (name_key(contact.name), name_key(contact.company or ""))
        if key in self._made_up:
            return self._made_up[key]
        same = self.people.find_same(contact, company_only=company_only)
        if same is None and not company_only and contact.name not in self.people.unsettled:
            same = self.people.find_meant(contact)
        if same is None:
            same = self.contact(contact)
            if contact.name in self.people.unsettled:
                self._made_up[key] = same  # the next row of that name is theirs as well
        return same

    def merge(self, contact_id: int, contact: Contact, news: Collection[str] | None = None) -> bool:
        """Update an existing contact from a file: the `news` in it, or else only what isn't known yet.

        Numbers, addresses and tags are added, never removed. Returns whether anything is new. Raises InputError when
        the contact would exceed a limit.
        """
        base = self._current(contact_id)
        changes: dict[str, Any] = {}
        for name in (*CONTACT_FIELDS, "name", "company"):
            ours, theirs = getattr(base, name), getattr(contact, name)
            silent = ours is None if name == "consent" else not ours  # a refusal is an answer
            if (silent and theirs not in ("", None)) if news is None else (name in news and theirs not in ("", None)):
                changes[name] = theirs
        if base.do_not_call:  # only the rep lifts it, since a file may not know about it
            changes.pop("do_not_call", None)
        if not changes.get("consent", base.consent):
            changes.pop("mailing", None)
        changes["tags"] = tuple(dict.fromkeys((*base.tags, *contact.tags)))
        changes["dates"] = tuple(dict.fromkeys((*base.dates, *contact.dates)))
        for name, key_of in (("phones", self.people.number_of), ("emails", email_key)):
            ways = {key_of(way.value): way for way in (*getattr(contact, name), *getattr(base, name))}
            known = {key_of(way.value) for way in getattr(base, name)}
            changes[name] = (*getattr(base, name), *(way for key, way in ways.items() if key not in known))
        merged = replace(base, **changes)
        if merged == base:
            return False
        (self._new if contact_id in self._new else self._edited)[contact_id] = merged
        return True

    def _current(self, contact_id: int) -> Contact:
        """Return a contact as it will be."""
        return self._new.get(contact_id) or self._edited.get(contact_id) or self._load_contact(contact_id)

    def is_new(self, contact_id: int) -> bool:
        """Whether a contact comes from this import."""
        return contact_id in self._new

    def branch(self, contact: Contact) -> int | None:
        """Return the contact that stands for a row's company in its city, or None."""
        city = name_key(contact.city)
        for contact_id in self.people.of_company.get(name_key(contact.company or ""), ()):
            known = self._current(contact_id)
            if known.name == known.company and (not city or name_key(known.city) in ("", city)):
                return contact_id
        return None

    def knows(self, contact_id: int, contact: Contact) -> bool:
        """Whether a row without a name says nothing that isn't known of a contact: city, numbers and addresses."""
        known = self._current(contact_id)
        number_of = self.people.number_of
        return (
            name_key(contact.city) in ("", name_key(known.city))
            and {number_of(way.value) for way in contact.phones} <= {number_of(way.value) for way in known.phones}
            and {email_key(way.value) for way in contact.emails} <= {email_key(way.value) for way in known.emails}
        )

    def _load_contact(self, contact_id: int) -> Contact:
        """Return an existing contact."""
        found = self._before[contact_id] = people.get(self.handle, contact_id)
        return found

    def _contact(self, contact: Contact) -> dict[str, Any]:
        company_id = None if contact.company is None else self.company(contact.company)
        return people.CONTACTS.values(contact, company_id=company_id)

    def name_referrers(self) -> int:
        """Find who referred the new contacts, by name, and return how many of them aren't known."""
        unknown = 0
        for made, contact in self._new.items():
            if contact.referrer is not None:
                named = [each for each in self.people.names.get(name_key(contact.referrer), ()) if each != made]
                self._new[made] = replace(contact, referrer_id=named[0] if len(named) == 1 else None)
                unknown += len(named) != 1
        return unknown

    def _put_contacts(self) -> None:
        """Turn the contacts' final states into rows and edits."""
        for made, contact in self._new.items():
            uid = contact.uid or new_uid()
            self._add("contact", {"id": made, **self._contact(contact), "uid": uid, "created_at": self.now})
            self._add_ways(made, contact, None)
        for contact_id, contact in self._edited.items():
            self._edit("contact", contact_id, self._contact(contact))
            self._add_ways(contact_id, contact, self._before[contact_id])

    def _add_ways(self, contact_id: int, contact: Contact, before: Contact | None) -> None:
        known = () if before is None else (*before.phones, *before.emails)
        position = len(known)
        for kind, key_of, ways in (("phone", phone_key, contact.phones), ("email", email_key, contact.emails)):
            for way in ways:
                if way in known:
                    continue
                values = {"contact_id": contact_id, "kind": kind, "value": way.value, "key": key_of(way.value)}
                self._add("contact_way", {**values, "label": way.label, "position": position})
                position += 1

    def activity(self, entry: Activity, contact_id: int | None, deal_id: int | None = None) -> int:
        """Add a log row."""
        made = self.new_id("activity")
        links = {"contact_id": contact_id, "deal_id": deal_id, "logged_at": self.now}
        self._add("activity", {"id": made, **activity_log.values(entry), **links})
        return made

    def has_activity(self, uid: str) -> bool:
        """Whether a row of the log was exported from this database under a uid, and still exists."""
        base, _, row_id = uid.partition(":")
        if not row_id or base != metadata.get(self.handle, "uid"):
            return False
        return self.handle.execute("SELECT 1 FROM activity WHERE id = ?", (int(row_id),)).fetchone() is not None

    def own_deal(self, uid: str, deal: Deal) -> tuple[int, set[str]] | None:
        """Return the deal with a uid, or with that id and title, and the names of its values that differ in a file."""
        query = "SELECT id FROM deal WHERE uid = ? OR (id = ? AND title = ?)"
        found = self.handle.execute(query, (uid, uid, deal.title)).fetchone() if uid else None
        if found is None:
            return None
        ours = deals.get(self.handle, found[0])
        return found[0], {name for name in OF_A_DEAL if getattr(ours, name) != getattr(deal, name)}

    def edit_activity(self, row_id: int, entry: Activity, news: Collection[str], who: Callable[[], int | None]) -> None:
        """Apply a call's new values to its row. The rep's own edits to it stay."""
        values = activity_log.values(entry)
        columns = [name for name in ("kind", "outcome", "minutes", "note") if name in news]
        columns += ["at", "day", "local_time"] if "moment" in news else []
        if "who" in news:
            values["contact_id"] = who()
            columns.append("contact_id")
        self._edit("activity", row_id, {name: values[name] for name in columns})

    def deal(self, deal: Deal, contact_id: int | None, company_id: int | None) -> int:
        """Add a deal. A won one books its value on the day it was closed."""
        made = self.new_id("deal")
        values = deals.DEALS.values(deal, contact_id=contact_id, company_id=company_id)
        self._add("deal", {"id": made, **values, "uid": new_uid(), "created_at": self.now})
        if deal.stage is Stage.WON:
            self._book(made, deal, contact_id)
        return made

    def _book(self, deal_id: int, deal: Deal, contact_id: int | None) -> None:
        assert deal.closed is not None
        noon = datetime.combine(deal.closed, datetime.min.time()).replace(hour=12)
        entry = Activity(0, noon, "deal", amount=deal.booked or deal.value, note=deal.title)
        self.activity(entry, contact_id, deal_id)

    def edit_deal(
        self, deal_id: int, deal: Deal, news: set[str], who: Callable[[], tuple[int | None, int | None]]
    ) -> str:
        """Apply a deal's new values to its row, and its booking. Returns why something was left, or "".

        What the rep has booked or closed here isn't undone by a file that doesn't know about it.
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
                news, left = news - closing, "closed or paid here, so its stage and dates stay the same"
            else:
                news = news | closing
        values = {name: value for name, value in deals.DEALS.values(deal).items() if name in news}
        if "who" in news:
            found, values["company_id"] = who()
            values["contact_id"] = found
        self._edit("deal", deal_id, values)
        if own:
            return left or ("paid here, so its revenue stays the same" if "value" in news else "")
        if (closing | {"value"}) & news and (deal.stage is Stage.WON or "stage" in news):
            for row_id, *_ in booked:
                self._edit("activity", row_id, None)
            if deal.stage is Stage.WON:
                contact_id = self.handle.execute("SELECT contact_id FROM deal WHERE id = ?", (deal_id,)).fetchone()[0]
                self._book(deal_id, deal, found if "who" in news else contact_id)
        return left

    def remember(self, kind: str, ref: str, read: dict[str, object], row_id: int, known: Known | None) -> None:
        """Store a row's reference and values, so that it isn't imported twice."""
        if known is None:
            self._add("import_ref", {"kind": kind, "ref": ref, "read": as_text(read), "row_id": row_id})
            return
        query = "SELECT id FROM import_ref WHERE kind = ? AND ref = ?"
        self._edit("import_ref", self.handle.execute(query, (kind, ref)).fetchone()[0], {"read": as_text(read)})

    def contracts(self) -> list[int]:
        """Return added or changed contacts whose supplier's contract has an end."""
        return [
            key for rows in (self._new, self._edited) for key, row in rows.items() if row.supplier_until is not None
        ]

    def write(self, tick: Callable[[int], None] = lambda done: None) -> None:
        """Write everything, as part of the change. `tick` is called now and then, and may raise to stop it."""
        change = self.change
        assert change is not None, "a preview writes nothing"
        self._put_contacts()
        many = sum(len(rows) for rows in self._rows.values()) >= MANY
        triggers = search.take_off(change.connection, "insert") if many else []
        for table in IMPORTED:
            rows = self._rows.get(table, [])
            for start in range(0, len(rows), AT_ONCE):
                tick(start)
                change.bulk(table, self._names[table], rows[start : start + AT_ONCE])
        for trigger in triggers:
            change.execute(trigger)
        if triggers:
            search.note(change.connection, change.id)
        for table, row_id, values in self._edits:
            if values is None:
                change.delete(table, row_id)
            else:
                change.update(table, row_id, **values)
        for contact_id, contact in self._edited.items():
            if contact.do_not_call and not self._before[contact_id].do_not_call:
                follow_ups.take_off(change, contact_id, date.fromtimestamp(self.now))
        # the files don't say which of their numbers it was
        wrong = change.execute(
            "SELECT id FROM contact_way WHERE kind = 'phone' AND wrong = 0 AND contact_id IN"
            " (SELECT contact_id FROM activity WHERE change_id = ? AND outcome = 'wrong-number')",
            (change.id,),
        )
        for (key,) in wrong.fetchall():
            change.update("contact_way", key, wrong=1)
