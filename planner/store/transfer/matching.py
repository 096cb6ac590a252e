"""Matches an imported person to an existing contact: by email address, name and company, or phone number."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from planner.domain.clients.people import Contact, email_key, name_key, phone_key
from planner.domain.typed.search import Fit, Sought, pieces

# addresses that several people may read
SHARED = frozenset(
    ["info", "office", "sales", "contact", "mail", "hello", "admin", "support", "team", "service", "kontakt", "post",
     "buero", "contacto", "comercial", "vendas", "zakaz", "order", "orders", "einkauf", "purchasing"]
)  # fmt: skip

SHORTEST_NUMBER = 5  # of digits that tell people apart
key_of = lru_cache(maxsize=4_096)(name_key)  # a name is looked up several times, and many contacts share a company


class Person(NamedTuple):
    """A person in the index, with the keys of their name and company."""

    id: int
    name: str
    company: str


HELD = 50_000  # entries of an index in memory


class Index:
    """People by a key, in the order in which they came: usual numbers in memory, more of them in a temporary table."""

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection, self._table = connection, f"temp.match_{table}"
        self._recent: dict[str, list[Person]] = {}
        self._count = self._moved = 0

    def add(self, key: str, person: Person) -> None:
        """Remember a person under a key."""
        if self._count - self._moved == HELD:
            self._move()
        self._count += 1
        if key in self._recent:
            self._recent[key].append(person)
        else:
            self._recent[key] = [person]

    def add_first(self, key: str, person: Person) -> None:
        """Remember a person under a key that nobody has yet."""
        if not self.get(key):
            self.add(key, person)

    def get(self, key: str) -> Sequence[Person]:
        """Return the people under a key."""
        recent = self._recent.get(key, ())
        if not self._moved:
            return recent
        query = f"SELECT id, name, company FROM {self._table} WHERE key = ? ORDER BY place"
        return [*map(Person._make, self._connection.execute(query, (key,))), *recent]

    def _move(self) -> None:
        """Move all people to the temporary table."""
        if not self._moved:
            self._connection.execute(f"DROP TABLE IF EXISTS {self._table}")
            self._connection.execute(
                f"CREATE TABLE {self._table} (key TEXT, place INTEGER, id INTEGER, name TEXT, company TEXT,"
                " PRIMARY KEY (key, place)) WITHOUT ROWID"
            )
        entries = ((key, person) for key, found in self._recent.items() for person in found)
        self._connection.executemany(
            f"INSERT INTO {self._table} VALUES (?, ?, ?, ?, ?)",
            ((key, place, *person) for place, (key, person) in enumerate(entries, start=self._moved)),
        )
        self._moved = self._count
        self._recent.clear()


class People:
    """The existing people, and those that an import adds, by everything they can be identified by."""

    def __init__(self, connection: sqlite3.Connection, number_of: Callable[[str], str] = phone_key) -> None:
        self.number_of = number_of
        self.unsettled: dict[str, tuple[int, ...]] = {}
        tables = ("name", "company", "email", "phone", "uid")
        self._names, self._of_company, self._emails, self._phones, self._uids = (
            Index(connection, table) for table in tables
        )
        self._words: Index | None = None
        self._connection = connection
        self._load()

    def _load(self) -> None:
        """Take in the existing people. `newest` is the last of them."""
        self.newest = 0
        read = self._connection.execute
        ways = read("SELECT contact_id, kind, key, value FROM contact_way ORDER BY contact_id, id")
        way = ways.fetchone()
        rows = read(
            "SELECT contact.id, contact.name, company.name FROM contact"
            " LEFT JOIN company ON company.id = company_id ORDER BY contact.id"
        )
        for key, name, company in rows:
            person = self._add_name(key, name, company)
            self.newest = key
            while way is not None and way[0] <= key:
                _, kind, text, value = way
                if kind == "email":
                    self._emails.add_first(text, person)
                else:
                    self._add_phone(value, person)
                way = ways.fetchone()

    def learn(self, contact_id: int, contact: Contact) -> None:
        """Remember a contact. The first to have a name, number or address owns it."""
        person = self._add_name(contact_id, contact.name, contact.company)
        if contact.uid:
            self._uids.add(contact.uid, person)
        for way in contact.emails:
            self._emails.add_first(email_key(way.value), person)
        for way in contact.phones:
            self._add_phone(way.value, person)

    def _add_name(self, contact_id: int, name: str, company: str | None) -> Person:
        person = Person(contact_id, key_of(name), key_of(company or ""))
        self._names.add(person.name, person)
        if person.company:
            self._of_company.add(person.company, person)
        return person

    def _add_phone(self, number: str, person: Person) -> None:
        """Remember a number, which several people may share."""
        key = self.number_of(number)
        if len(key) >= SHORTEST_NUMBER:
            self._phones.add(key, person)

    def by_uid(self, uid: str) -> int | None:
        """Return the contact with a uid, the last one that came."""
        if not uid:
            return None
        if found := self._uids.get(uid):
            return found[-1].id
        row = self._connection.execute("SELECT id FROM contact WHERE uid = ?", (uid,)).fetchone()
        return None if row is None else row[0]

    def at_company(self, name: str) -> list[int]:
        """Return the contacts at a company."""
        return [person.id for person in self._of_company.get(key_of(name))]

    def of_name(self, name: str) -> list[int]:
        """Return the contacts of a name."""
        return [person.id for person in self._names.get(key_of(name))]

    def named(self, name: str, but: int) -> int | None:
        """Return the only other contact of a name, or None if there are several."""
        return _single([person.id for person in self._names.get(key_of(name)) if person.id != but])

    def find_same(self, contact: Contact, *, company_only: bool) -> int | None:
        """Return the contact that this one most likely is: by email address, by name and company, by number.

        A number suffices only if no person's name contradicts it. A company alone matches its only contact. Where a
        name may mean several, the result is None and they are remembered in `unsettled`.
        """
        name, company = key_of(contact.name), key_of(contact.company or "")
        called = self._names.get(name)
        namesakes = [person.id for person in called if person.company == company]
        found = self._by_email(contact, name, company_only=company_only)
        if found is None:
            found = _by_name(called, company, namesakes, company_only=company_only)
        if found is None:
            found = self._by_phone(contact, name, company, company_only=company_only)
        if found is None and len(namesakes) > 1:
            self.unsettled.setdefault(contact.name, tuple(namesakes))
            return None
        if found is None and company_only and company:
            found = _single(self.at_company(company))
        return found

    def _by_email(self, contact: Contact, name: str, *, company_only: bool) -> int | None:
        for way in contact.emails:
            for known in self._emails.get(email_key(way.value)):
                if not _is_shared(way.value) or company_only or known.name == name:
                    return known.id
        return None

    def _by_phone(self, contact: Contact, name: str, company: str, *, company_only: bool) -> int | None:
        for way in contact.phones:
            for known in self._phones.get(self.number_of(way.value)):
                if known.name == name or (company_only and (not company or known.company in (company, ""))):
                    return known.id
        return None

    def find_meant(self, contact: Contact) -> int | None:
        """Return who may be meant by a name that `find_same` can't place, such as a first name: a contact from before
        the import whose name starts with it, and whose company isn't contradicted.
        """
        if self._words is None:
            self._words = self._read_words()
        sought, company = Sought(contact.name), key_of(contact.company or "")
        found = [
            person.id
            for person in self._words.get(sought.longest)
            if (not company or person.company in (company, "")) and sought.fit(person.name) in (Fit.PLAIN, Fit.BEGINS)
        ]
        if len(found) > 1:
            self.unsettled.setdefault(contact.name, tuple(found))
        return _single(found)

    def _read_words(self) -> Index:
        """Return the people from before the import by the words of their names."""
        words = Index(self._connection, "word")
        rows = self._connection.execute(
            "SELECT contact.id, contact.name, company.name FROM contact"
            " LEFT JOIN company ON company.id = company_id ORDER BY contact.id"
        )
        for key, name, company in rows:
            person = Person(key, key_of(name), key_of(company or ""))
            for word in set(pieces(person.name)):
                words.add(word, person)
        return words


def _by_name(called: Sequence[Person], company: str, namesakes: Sequence[int], *, company_only: bool) -> int | None:
    """Return who has a name. `namesakes` are those at the same company."""
    if len(namesakes) == 1 or (namesakes and company_only):
        return namesakes[0]
    one_has_none = len(called) == 1 and (not company or not called[0].company)
    return called[0].id if one_has_none else None


def _single(found: Sequence[int]) -> int | None:
    return found[0] if len(found) == 1 else None


class Companies:
    """The companies by name, those that an import adds, and those that it will add with its contacts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._known, self._named = Index(connection, "known_company"), Index(connection, "named_company")
        self.unwritten = 0
        """How many are named by contacts, but not added yet."""
        for key, name in connection.execute("SELECT id, name FROM company ORDER BY id"):
            self._known.add_first(key_of(name), Person(key, "", ""))

    def id_of(self, name: str) -> int | None:
        """Return a company's id, or None for one that wasn't added yet."""
        found = self._known.get(key_of(name))
        return found[0].id if found else None

    def add(self, name: str, company_id: int) -> None:
        """Remember an added company."""
        key = key_of(name)
        self._known.add(key, Person(company_id, "", ""))
        self.unwritten -= bool(self._named.get(key))

    def note(self, name: str) -> None:
        """Remember a company that is named by a contact."""
        key = key_of(name)
        if not self._known.get(key) and not self._named.get(key):
            self._named.add(key, Person(0, "", ""))
            self.unwritten += 1


def _is_shared(address: str) -> bool:
    """Whether several people may read an email address."""
    return email_key(address).partition("@")[0] in SHARED
