"""Matches an imported person to an existing contact: by email address, name and company, or phone number."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from planner.domain.clients.people import Contact, email_key, name_key, phone_key
from planner.domain.typed.search import Fit, Sought, pieces

# addresses that several people may read
SHARED = frozenset(
    ["info", "office", "sales", "contact", "mail", "hello", "admin", "support", "team", "service", "kontakt", "post",
     "buero", "contacto", "comercial", "vendas", "zakaz", "order", "orders", "einkauf", "purchasing"]
)  # fmt: skip

SHORTEST_NUMBER = 5  # of digits that tell people apart
MOST_NAMED = 10_000

# Everything that people can be identified by. Keys are normalized text. A company has no id until it is written.
_TABLES = {
    "match_person": "id INTEGER PRIMARY KEY, name TEXT NOT NULL, company TEXT NOT NULL",
    "match_email": "key TEXT PRIMARY KEY, id INTEGER NOT NULL",
    "match_phone": "key TEXT, place INTEGER, id INTEGER NOT NULL, PRIMARY KEY (key, place)",
    "match_uid": "key TEXT PRIMARY KEY, id INTEGER NOT NULL",
    "match_word": "key TEXT, id INTEGER, PRIMARY KEY (key, id)",
    "match_company": "key TEXT PRIMARY KEY, id INTEGER",
}
_INDICES = (
    "CREATE INDEX temp.match_person_name ON match_person (name, company)",
    "CREATE INDEX temp.match_person_company ON match_person (company) WHERE company <> ''",
)
MOST_NAMESAKES = 10  # that are told apart
_AT_COMPANY = "SELECT id FROM temp.match_person WHERE company <> '' AND company = ?"


class People:
    """An index of the existing people, and of those that an import adds, in temporary tables: a million people don't
    fit into memory as Python objects.
    """

    def __init__(self, connection: sqlite3.Connection, number_of: Callable[[str], str] = phone_key) -> None:
        self._execute, self._connection = connection.execute, connection
        self.number_of = lru_cache(maxsize=64)(number_of)  # asked for when sought, learned and written
        self.unsettled: dict[str, tuple[int, ...]] = {}
        self._places = 0  # numbers so far: the first to have one owns it
        self._has_words = False
        self._named: set[str] = set()  # companies that were just noted
        for table, columns in _TABLES.items():
            rowid = "" if columns.startswith("id ") else " WITHOUT ROWID"
            connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
            connection.execute(f"CREATE TEMP TABLE {table} ({columns}){rowid}")
        self._load()
        for statement in _INDICES:
            connection.execute(statement)
        self.newest = int(connection.execute("SELECT coalesce(max(id), 0) FROM contact").fetchone()[0])
        """The last contact that existed before."""

    def _load(self) -> None:
        """Take in the existing people."""
        many, read = self._connection.executemany, self._connection.cursor().execute
        companies = ((name_key(name), key) for name, key in read("SELECT name, id FROM company ORDER BY id"))
        many("INSERT OR IGNORE INTO temp.match_company VALUES (?, ?)", companies)
        rows = read(
            "SELECT contact.id, contact.name, company.name FROM contact"
            " LEFT JOIN company ON company.id = company_id ORDER BY contact.id"
        )
        many(
            "INSERT INTO temp.match_person VALUES (?, ?, ?)",
            ((key, name_key(name), name_key(company or "")) for key, name, company in rows),
        )
        many("INSERT INTO temp.match_uid VALUES (?, ?)", read("SELECT uid, id FROM contact"))
        emails = read("SELECT key, contact_id FROM contact_way WHERE kind = 'email' ORDER BY id")
        many("INSERT OR IGNORE INTO temp.match_email VALUES (?, ?)", emails)
        phones = read("SELECT value, contact_id FROM contact_way WHERE kind <> 'email' ORDER BY id")
        many("INSERT INTO temp.match_phone VALUES (?, ?, ?)", self._phone_rows(phones))

    def _phone_rows(self, phones: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
        """Yield the rows of numbers, which several people may share."""
        for number, contact_id in phones:
            key = self.number_of(number)
            if len(key) >= SHORTEST_NUMBER:
                self._places += 1
                yield key, self._places, contact_id

    def learn(self, contact_id: int, contact: Contact) -> None:
        """Remember a contact. The first to have a name, number or address owns it."""
        person = (contact_id, name_key(contact.name), name_key(contact.company or ""))
        self._execute("INSERT INTO temp.match_person VALUES (?, ?, ?)", person)
        if contact.uid:
            self._execute("INSERT OR REPLACE INTO temp.match_uid VALUES (?, ?)", (contact.uid, contact_id))
        for way in contact.emails:
            row = (email_key(way.value), contact_id)
            self._execute("INSERT OR IGNORE INTO temp.match_email VALUES (?, ?)", row)
        for numbered in self._phone_rows((way.value, contact_id) for way in contact.phones):
            self._execute("INSERT INTO temp.match_phone VALUES (?, ?, ?)", numbered)

    def by_uid(self, uid: str) -> int | None:
        """Return the contact with a uid."""
        return self._one("SELECT id FROM temp.match_uid WHERE key = ?", uid) if uid else None

    def company(self, name: str) -> int | None:
        """Return the id of a company, or None for one that isn't written yet."""
        return self._one("SELECT id FROM temp.match_company WHERE key = ?", name_key(name))

    def add_company(self, name: str, company_id: int | None) -> None:
        """Remember a company, without an id if it isn't written yet."""
        key = name_key(name)
        if company_id is not None:
            self._execute("INSERT OR REPLACE INTO temp.match_company VALUES (?, ?)", (key, company_id))
        elif key not in self._named:
            self._execute("INSERT OR IGNORE INTO temp.match_company VALUES (?, NULL)", (key,))
            if len(self._named) >= MOST_NAMED:
                self._named.clear()
            self._named.add(key)

    def count_unwritten_companies(self) -> int:
        """Return how many companies aren't written yet."""
        return int(self._execute("SELECT count(*) FROM temp.match_company WHERE id IS NULL").fetchone()[0])

    def at_company(self, name: str) -> list[int]:
        """Return the contacts at a company."""
        return [key for (key,) in self._execute(f"{_AT_COMPANY} ORDER BY id", (name_key(name),))]

    def named(self, name: str, but: int) -> int | None:
        """Return the only other contact of a name, or None if there are several."""
        query = "SELECT id FROM temp.match_person WHERE name = ? AND id <> ? LIMIT 2"
        return self._single(query, name_key(name), but)

    def _one(self, query: str, *values: object) -> int | None:
        row = self._execute(query, values).fetchone()
        return None if row is None else row[0]

    def _single(self, query: str, *values: object) -> int | None:
        """Return the only row of a query that is limited to two."""
        found = self._execute(query, values).fetchall()
        return found[0][0] if len(found) == 1 else None

    def find_same(self, contact: Contact, *, company_only: bool) -> int | None:
        """Return the contact that this one most likely is: by email address, by name and company, by number.

        A number suffices only if no person's name contradicts it. A company alone matches its only contact. Where a
        name may mean several, the result is None and they are remembered in `unsettled`.
        """
        name, company = name_key(contact.name), name_key(contact.company or "")
        called = self._execute("SELECT id, company FROM temp.match_person WHERE name = ? LIMIT 2", (name,)).fetchall()
        namesakes = [each for each, theirs in called if theirs == company]
        if len(called) > 1:
            query = "SELECT id FROM temp.match_person WHERE name = ? AND company = ? ORDER BY id LIMIT ?"
            namesakes = [each for (each,) in self._execute(query, (name, company, MOST_NAMESAKES))]
        found = self._by_email(contact, name, company_only=company_only)
        if found is None and (len(namesakes) == 1 or (namesakes and company_only)):
            found = namesakes[0]
        if found is None and len(called) == 1 and (not company or not called[0][1]):  # one of the two has no company
            found = called[0][0]
        if found is None:
            found = self._by_phone(contact, name, company, company_only=company_only)
        if found is None and len(namesakes) > 1:
            self.unsettled.setdefault(contact.name, tuple(namesakes))
            return None
        if found is None and company_only and company:
            found = self._single(f"{_AT_COMPANY} LIMIT 2", company)
        return found

    def _by_email(self, contact: Contact, name: str, *, company_only: bool) -> int | None:
        query = "SELECT match_email.id, name FROM temp.match_email JOIN temp.match_person USING (id) WHERE key = ?"
        for way in contact.emails:
            known = self._execute(query, (email_key(way.value),)).fetchone()
            if known is not None and (not _is_shared(way.value) or company_only or known[1] == name):
                return int(known[0])
        return None

    def _by_phone(self, contact: Contact, name: str, company: str, *, company_only: bool) -> int | None:
        query = (
            "SELECT match_phone.id, name, company FROM temp.match_phone JOIN temp.match_person USING (id)"
            " WHERE key = ? ORDER BY place"
        )
        for way in contact.phones:
            for contact_id, their_name, theirs in self._execute(query, (self.number_of(way.value),)):
                if their_name == name or (company_only and (not company or theirs in (company, ""))):
                    return int(contact_id)
        return None

    def find_meant(self, contact: Contact) -> int | None:
        """Return who may be meant by a name that `find_same` can't place, such as a first name: a contact from before
        the import whose name starts with it, and whose company isn't contradicted.
        """
        if not self._has_words:
            rows = self._connection.cursor().execute(
                "SELECT id, name FROM temp.match_person WHERE id <= ?", (self.newest,)
            )
            self._connection.executemany(
                "INSERT INTO temp.match_word VALUES (?, ?)",
                ((word, contact_id) for contact_id, name in rows for word in set(pieces(name))),
            )
            self._has_words = True
        sought, company = Sought(contact.name), name_key(contact.company or "")
        query = (
            "SELECT match_word.id, name, company FROM temp.match_word JOIN temp.match_person USING (id)"
            " WHERE key = ? ORDER BY match_word.id"
        )
        found = [
            contact_id
            for contact_id, name, theirs in self._execute(query, (sought.longest,))
            if (not company or theirs in (company, "")) and sought.fit(name) in (Fit.PLAIN, Fit.BEGINS)
        ]
        if len(found) > 1:
            self.unsettled.setdefault(contact.name, tuple(found))
        return found[0] if len(found) == 1 else None


def _is_shared(address: str) -> bool:
    """Whether several people may read an email address."""
    return email_key(address).partition("@")[0] in SHARED
