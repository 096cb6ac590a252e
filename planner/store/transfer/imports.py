"""Imports rows in bulk: existing ones are looked up once, new ones are inserted with one statement per table.

Fifty thousand rows aren't inserted one by one: new rows carry the change's id, and the history saves them as sets.
Existing rows are edited one by one, and the change saves their images as usual.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from planner.domain.calls.activity_log import Activity
from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import FIELDS, Contact, Numbering, email_key, name_key, phone_key
from planner.domain.day.activity import PAYMENT
from planner.store import activity_log, follow_ups, metadata, search
from planner.store.clients import deals, people
from planner.store.connection import new_uid
from planner.store.numbering import device_of, following
from planner.store.recorder import IMPORTED
from planner.store.transfer import staging
from planner.store.transfer.matching import Companies, People
from planner.store.transfer.references import Known, References, as_text
from planner.store.transfer.staging import AT_ONCE, SeenRefs, StagedContacts, StagedRows

if TYPE_CHECKING:
    from planner.store.recorder import Recorder

MANY = 2_000  # new rows from which the search is told of them all at once
# A contact's identity in a file, as opposed to its other fields.
OF_A_DEAL = ("title", "stage", "value", "opened", "closed", "expected_close", "reason", "owner", "notes",
             "contract_end", "term_months")  # fmt: skip
IDENTITY = ("name", "company", "phones", "emails", "tags", "referrer")
CONTACT_FIELDS = tuple(field.name for field in FIELDS if field.name not in IDENTITY)


class Batch:
    """The lookups of one import, and the rows it will write. Nothing is written before `write`, and never without a
    change.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        now: int,
        change: Recorder | None = None,
        home: Numbering | None = None,
    ) -> None:
        """Load the lookups. `home` is the numbering plan of the rep's country."""
        self.handle, self.change, self.now = connection, change, now
        self._made_up: dict[tuple[str, str], int] = {}
        self.change_id = 0 if change is None else change.id
        staging.prepare(connection)
        self.people, self.companies = People(connection, partial(phone_key, home=home)), Companies(connection)
        self.first_line = SeenRefs(connection).first_line
        self._next: dict[str, int] = dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        self._device = device_of(connection)
        self.known = References(connection).known
        self._names: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, StagedRows] = {}
        self._edits = StagedRows(connection, "edit")
        # final state of contacts: new ones, and existing ones
        self._new, self._edited = StagedContacts(connection, "new"), StagedContacts(connection, "edited")
        self._first_new = self._next.get("contact", 0) + 1
        self._referred: list[tuple[int, str]] = []  # new contacts with the name of their referrer
        self._referrers: list[tuple[int, int]] = []  # referrers, and whom they referred
        self._contracts: dict[int, None] = {}  # contacts whose supplier's contract has an end

    # rows to write

    def new_id(self, table: str) -> int:
        """Reserve the id of a new row."""
        last = self._next.get(table, 0)
        self._next[table] = last + 1 if self._device is None else following(last, self._device)
        return self._next[table]

    def _add(self, table: str, values: dict[str, object]) -> None:
        """Queue a new row with the change's id. All rows of a table have the same columns."""
        rows = self._rows.get(table)
        if rows is None:
            rows = self._rows[table] = StagedRows(self.handle, table)
            self._names[table] = (*values, "change_id")
        if self.change is None:
            rows.count += 1  # a preview only needs to know how many there are
        else:
            rows.add((*values.values(), self.change_id))

    def _edit(self, table: str, row_id: int, values: dict[str, object] | None) -> None:
        """Queue the changed values of an existing row, or its deletion for None."""
        if self.change is not None:
            self._edits.add((table, row_id, values))

    def count(self, table: str) -> int:
        """Return how many rows of a table will be new."""
        if table == "contact":
            return len(self._new)
        return self._rows[table].count if table in self._rows else 0

    def new_companies(self) -> int:
        """Return how many companies will be new."""
        for contact in self._edited.values():
            self._note_company(contact)
        return self.count("company") + self.companies.unwritten

    def _note_company(self, contact: Contact) -> None:
        if contact.company:
            self.companies.note(contact.company)

    def company(self, name: str) -> int:
        """Return a company's id, creating it when the name is new."""
        found = self.companies.id_of(name)
        if found is None:
            found = self.new_id("company")
            values = {"id": found, "uid": new_uid(), "name": name, "created_at": self.now}
            self._add("company", {**values, "website": "", "city": "", "notes": ""})
            self.companies.add(name, found)
        return found

    def contact(self, contact: Contact) -> int:
        """Create a contact."""
        made = self.new_id("contact")
        self._put(made, contact)
        if contact.referrer is not None:
            self._referred.append((made, contact.referrer))
        self.people.learn(made, contact)
        return made

    def _put(self, contact_id: int, contact: Contact) -> None:
        """Set how a contact will be."""
        if self.is_new(contact_id):
            self._new.put(contact_id, contact)
            self._note_company(contact)
        else:
            self._edited.put(contact_id, contact)
        if contact.supplier_until is not None:
            self._contracts[contact_id] = None

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
        self._put(contact_id, merged)
        return True

    def _current(self, contact_id: int) -> Contact:
        """Return a contact as it will be."""
        staged = (self._new if self.is_new(contact_id) else self._edited).get(contact_id)
        return people.get(self.handle, contact_id) if staged is None else staged

    def is_new(self, contact_id: int) -> bool:
        """Whether a contact comes from this import."""
        return contact_id >= self._first_new

    def branch(self, contact: Contact) -> int | None:
        """Return the contact that stands for a row's company in its city, or None."""
        city = name_key(contact.city)
        for contact_id in self.people.at_company(contact.company or ""):
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

    def _contact(self, contact: Contact) -> dict[str, Any]:
        company_id = None if contact.company is None else self.company(contact.company)
        return people.CONTACTS.values(contact, company_id=company_id)

    def name_referrers(self) -> int:
        """Find who referred the new contacts, by name, and return how many of them aren't known."""
        for made, referrer in self._referred:
            named = self.people.named(referrer, made)
            if named is not None:
                self._referrers.append((named, made))
        return len(self._referred) - len(self._referrers)

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
        if self.change is None:
            return
        if known is None:
            self._add("import_ref", {"kind": kind, "ref": ref, "read": as_text(read), "row_id": row_id})
            return
        self._edit("import_ref", known.id, {"read": as_text(read)})

    def contracts(self) -> list[int]:
        """Return added or changed contacts whose supplier's contract has an end."""
        return list(self._contracts)

    def write(self, tick: Callable[[int], None] = lambda done: None) -> None:
        """Write everything, as part of the change. `tick` is called now and then, and may raise to stop it."""
        change = self.change
        assert change is not None, "a preview writes nothing"
        many = len(self._new) + sum(rows.count for rows in self._rows.values()) >= MANY
        triggers = search.take_off(change.connection, "insert") if many else []
        self._write_contacts(change, tick)
        self._write_edited(change)
        for table in IMPORTED:
            self._write_rows(change, table, tick)
        for trigger in triggers:
            change.execute(trigger)
        if triggers:
            search.note(change.connection, change.id)
        self._write_edits(change)
        # the files don't say which of their numbers it was
        wrong = change.execute(
            "SELECT id FROM contact_way WHERE kind = 'phone' AND wrong = 0 AND contact_id IN"
            " (SELECT contact_id FROM activity WHERE change_id = ? AND outcome = 'wrong-number')",
            (change.id,),
        )
        for (key,) in wrong.fetchall():
            change.update("contact_way", key, wrong=1)

    def _write_contacts(self, change: Recorder, tick: Callable[[int], None]) -> None:
        """Write the new contacts, some at once, each time with their companies before and their numbers after them."""
        contacts = self._new.items()
        done = 0
        while chunk := list(islice(contacts, AT_ONCE)):
            tick(done)
            done += len(chunk)
            for made, contact in chunk:
                uid = contact.uid or new_uid()
                self._add("contact", {"id": made, **self._contact(contact), "uid": uid, "created_at": self.now})
                self._add_ways(made, contact, None)
            for table in ("company", "contact", "contact_way"):
                self._write_rows(change, table, lambda written: None)
        # when all of them are there
        change.connection.executemany("UPDATE contact SET referrer_id = ? WHERE id = ?", self._referrers)

    def _write_rows(self, change: Recorder, table: str, tick: Callable[[int], None]) -> None:
        """Write the queued rows of a table."""
        rows = self._rows.pop(table, None)
        done = 0
        for page in () if rows is None else rows.pages():
            tick(done)
            done += len(page)
            change.bulk(table, self._names[table], page)

    def _write_edited(self, change: Recorder) -> None:
        """Write the changes of existing contacts."""
        for contact_id, contact in self._edited.items():
            before = people.get(self.handle, contact_id)
            values = self._contact(contact)
            self._write_rows(change, "company", lambda written: None)
            change.update("contact", contact_id, **values)
            self._add_ways(contact_id, contact, before)
            if contact.do_not_call and not before.do_not_call:
                follow_ups.take_off(change, contact_id, date.fromtimestamp(self.now))

    def _write_edits(self, change: Recorder) -> None:
        """Write the changes of other existing rows."""
        for page in self._edits.pages():
            for table, row_id, values in page:
                if values is None:
                    change.delete(table, row_id)
                else:
                    change.update(table, row_id, **values)
