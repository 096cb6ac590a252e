"""Queries and changes of companies and people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from planner.domain.clients.people import (
    TEXTS,
    Contact,
    ContactLine,
    ContactMethod,
    Need,
    Numbering,
    email_key,
    name_key,
    phone_key,
)  # fmt: skip
from planner.domain.errors import StateError
from planner.domain.typed import search
from planner.store.clients import client_list
from planner.store.connection import new_uid
from planner.store.mapper import PAIRS, Codec, Mapper, joined_column, marks, or_empty

if TYPE_CHECKING:
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads, Writer

NO_CONTACT = "There's no contact {}. See `planner contact list`."
CONSENT = Codec({"yes": True, "no": False}.get, {True: "yes", False: "no"}.get, "")
CONTACTS = Mapper(
    Contact,
    "contact",
    "LEFT JOIN company ON company.id = contact.company_id"
    " LEFT JOIN contact AS referrer ON referrer.id = contact.referrer_id",
    company=joined_column("company.name"),
    phones=None,
    emails=None,
    need=or_empty(Need),
    dates=PAIRS,
    consent=CONSENT,
    referrer=joined_column("referrer.name"),
)
_BY_NAME = "ORDER BY contact.name COLLATE NOCASE, contact.id"


# editing


def add(change: WriteTransaction, contact: Contact, now: int) -> Contact:
    """Add a contact with a new id and uid, creating its company if the name is new."""
    from planner.store.tables.clients import ContactRow

    company_id = None if contact.company is None else company_or_new(change, contact.company, now)
    row = ContactRow(**CONTACTS.values(contact, uid=new_uid(), company_id=company_id, created_at=now))
    change.session.add(row)
    change.session.flush()
    assert row.id is not None
    made = replace(contact, id=row.id, uid=row.uid, company_id=company_id)
    _put_ways(change, made)
    return made


def put(change: WriteTransaction, contact: Contact, now: int) -> None:
    """Store an edited contact."""
    from planner.store.tables.clients import ContactRow

    row = change.session.get(ContactRow, contact.id)
    if row is None:
        raise StateError(f"Contact {contact.id} has been deleted.")
    company_id = None if contact.company is None else company_or_new(change, contact.company, now)
    change.session.add(row.sqlmodel_update(CONTACTS.values(contact, uid=row.uid, company_id=company_id)))
    change.session.flush()
    if _ways(change, [contact.id]).get(contact.id, ((), ())) != (contact.phones, contact.emails):
        for (key,) in change.execute("SELECT id FROM contact_way WHERE contact_id = ?", (contact.id,)).fetchall():
            change.delete("contact_way", key)
        _put_ways(change, contact)


def _put_ways(change: Writer, contact: Contact) -> None:
    for kind, key, ways in (("phone", phone_key, contact.phones), ("email", email_key, contact.emails)):
        for position, way in enumerate(ways):
            change.insert(
                "contact_way",
                contact_id=contact.id,
                kind=kind,
                value=way.value,
                key=key(way.value),
                label=way.label,
                position=position,
                wrong=int(way.wrong),
            )


def drop(change: Writer, contact_id: int) -> None:
    """Delete a contact. Its log rows stay, without a name."""
    try:
        change.delete("contact", contact_id)
    except KeyError:
        raise StateError(NO_CONTACT.format(contact_id)) from None


def company_or_new(change: Writer, name: str, now: int) -> int:
    """Return the id of a company by name (any case), creating it if new."""
    found = company(change, name)
    if found is not None:
        return found[0]
    return change.insert("company", uid=new_uid(), name=name, website="", city="", notes="", created_at=now)


# looking


def find(reads: Reads, wanted: str, home: Numbering | None = None) -> list[Contact]:
    """Return the contacts a text may refer to: an id (``12``, ``#12``, ``12: Kim``), an email address, a phone number
    in any format, or a name, first name or company, or its start, ignoring accents. Only the best matches are returned,
    ten at most, by id. `home` is the numbering plan of the rep's country.
    """
    number = _ID.fullmatch(wanted)
    if number:
        found = load(reads, [int(number[1])])
        if found or not wanted.isdigit():
            return found
    ids = (
        (_with_address(reads, wanted) if "@" in wanted else [])
        or with_number(reads, wanted, home)
        or best_matches(reads, wanted)
    )
    return load(reads, ids[:MOST_FOUND])


_ID = re.compile(r"#?(\d{1,15})(?:\s*:.*)?", re.ASCII)
MOST_FOUND = 10
FEWEST_DIGITS = 5  # shorter numbers are internal, so they needn't be unique


def _with_address(reads: Reads, address: str) -> list[int]:
    """Return the contacts with an email address."""
    rows = reads.execute(
        "SELECT DISTINCT contact_id FROM contact_way WHERE kind = 'email' AND key = ? AND wrong = 0"
        " ORDER BY contact_id",
        (email_key(address),),
    )
    return [key for (key,) in rows]


def with_number(reads: Reads, number: str, home: Numbering | None = None) -> list[int]:
    """Return the contacts with a phone number in any format. None for a text that isn't a number."""
    digits = phone_key(number).partition("x")[0]
    if len(digits) < FEWEST_DIGITS or not _NUMBER.fullmatch(number):
        return []
    wanted = phone_key(number, home)
    rows = reads.execute(
        # the last digits are the same in any format, though old keys may hold digits of other scripts
        "SELECT contact_id, value FROM contact_way WHERE kind = 'phone' AND wrong = 0"
        " AND (key LIKE ? OR key GLOB '*[^0-9x]*') ORDER BY contact_id",
        (f"%{digits[-4:]}%",),
    )
    return list(dict.fromkeys(key for key, value in rows if phone_key(value, home) == wanted))


_NUMBER = re.compile(r"[+(]*[\d(][\d\s().\-/·–—]*(?:[\s;,]*(?:[^\W\d_.]{1,12}[.:=]?|#)\s*\d+)?\s*")


def best_matches(reads: Reads, name: str) -> list[int]:
    """Return the ids of the contacts that best match a typed name, in order."""
    if name.isascii():  # as written, using the index
        rows = reads.execute("SELECT id FROM contact WHERE name = ? COLLATE NOCASE ORDER BY id", (name,)).fetchall()
        if rows:
            return [key for (key,) in rows]
    sought = search.Sought(name)
    best: dict[search.Fit, list[int]] = {}
    for key, theirs, company in _like(reads, sought.longest):
        fit = sought.fit(theirs, company)
        if fit is not None:
            best.setdefault(fit, []).append(key)
    return best[min(best)] if best else []


def with_same_name(reads: Reads, name: str) -> list[int]:
    """Return the contacts with exactly this name, ignoring case, accents, spacing and composition."""
    sought = search.Sought(name)
    fits = (search.Fit.NAME, search.Fit.PLAIN)
    return [key for key, theirs, _ in _like(reads, sought.longest) if sought.fit(theirs) in fits]


def owners_of(reads: Reads, ways: Iterable[tuple[str, str]], home: Numbering | None = None) -> dict[int, str]:
    """Return who already has one of some numbers (``phone``) or addresses (``email``): id to value as written."""
    found: dict[int, str] = {}
    for kind, value in ways:
        for key in with_number(reads, value, home) if kind == "phone" else _with_address(reads, value):
            found.setdefault(key, value)
    return found


def _like(reads: Reads, piece: str) -> Iterable[tuple[int, str, str | None]]:
    """Return id, name and company of the contacts whose name may contain a piece. SQLite only folds ASCII case and no
    accents, so everything else has to be examined.
    """
    columns = ("contact.name", "company.name")
    otherwise = _LATIN if piece.isascii() else _JAMO if _HANGUL.fullmatch(piece) else ""
    where, parameters = "", tuple[str, ...]()
    if otherwise:
        where = "WHERE " + " OR ".join(
            f"replace({column}, char(39), '') LIKE ? ESCAPE '/' OR {column} GLOB ?" for column in columns
        )
        parameters = (f"%{_escape_like(piece)}%", f"*[{otherwise}]*") * len(columns)
    rows: Iterable[tuple[int, str, str | None]] = reads.execute(
        "SELECT contact.id, contact.name, company.name FROM contact"
        f" LEFT JOIN company ON company.id = contact.company_id {where} ORDER BY contact.id",
        parameters,
    )
    return rows


# Characters that may be written differently from how they are typed: accented Latin letters, separate accents, letters
# and spaces of other widths, and Hangul syllables written as separate letters.
_LATIN = "\u00a0-\u024f\u0300-\u036f\u1e00-\u1eff\u2000-\u206f\u3000\ufb00-\ufb06\uff01-\uff5e"
_JAMO = "\u1100-\u11ff\uffa0-\uffdc"
_HANGUL = re.compile("[\uac00-\ud7a3]+")


def begin_with(
    reads: Reads, words: Sequence[str], most: int, among: Sequence[int] | None = None
) -> tuple[list[Contact], int]:
    """Return the contacts whose name, or whose company's, opens a list of words: its first word or more (up to `most`).
    Only the best matches, ten at most. Also returns how many words that took.

    For the start of a sentence, where a looser match would be one of its words. `among` restricts it to those that the
    search has found by the first word.
    """
    first = search.Sought(words[0]) if words else None
    if first is None or not first.longest:
        return [], 0
    if among is None:
        there = list(_like(reads, first.longest))
    else:
        there = [(each.id, each.name, each.company) for each in load(reads, among)]
    for count in range(min(most, len(words)), 0, -1):
        sought = search.Sought(" ".join(words[:count]).rstrip(",:;"))
        best: dict[search.Fit, list[int]] = {}
        for key, theirs, company in there:
            fit = sought.fit(theirs, company)
            if fit is not None and fit <= search.Fit.BEGINS:
                best.setdefault(fit, []).append(key)
        if best:
            return load(reads, best[min(best)][:MOST_FOUND]), count
    return [], 0


def _escape_like(text: str) -> str:
    """Escape a text for a LIKE pattern with ``ESCAPE '/'``."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def with_days(reads: Reads, days: Iterable[str]) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Return contacts with a birthday or other day on some days of a year (``12-24``): id, name, all their days."""
    wanted = list(days)
    birthday = f"substr(birthday, -5) IN ({', '.join('?' * len(wanted))})"
    others = " OR ".join(["dates LIKE ?"] * len(wanted))
    rows = reads.execute(
        f"SELECT id, name, birthday, dates FROM contact WHERE {birthday} OR (dates <> '[]' AND ({others}))"
        " ORDER BY name, id",
        [*wanted, *(f'%-{each}"%' for each in wanted)],
    )
    found = []
    for key, name, born, dates in rows:
        told = [(day, what) for day, what in json.loads(dates)]
        found.append((key, name, [(born, "birthday"), *told] if born else told))
    return found


def get(reads: Reads, contact_id: int) -> Contact:
    """Return one contact. Raises StateError when there is none."""
    found = load(reads, [contact_id])
    if not found:
        raise StateError(NO_CONTACT.format(contact_id))
    return found[0]


def query(reads: Reads, *, text: str = "", tag: str = "", limit: int | None = None) -> list[Contact]:
    """Return contacts by name. `text` may occur in any text about them, in a phone number or an email address."""
    where, parameters = _with_text(text)
    most = -1 if tag or limit is None else limit
    rows = reads.execute(CONTACTS.select(f"{where} {_BY_NAME} LIMIT ?"), (*parameters, most)).fetchall()
    found = _with_ways(reads, rows)
    if tag:
        wanted = tag.casefold()
        found = [each for each in found if wanted in (own.casefold() for own in each.tags)]
    return found if limit is None else found[:limit]


def lines(reads: Reads, limit: int | None = None) -> list[ContactLine]:
    """Return what a list shows of the contacts, by name."""
    first = (
        "coalesce((SELECT value FROM contact_way WHERE contact_id = contact.id AND kind = '{}' ORDER BY position), '')"
    )
    rows = reads.execute(
        "SELECT contact.id, contact.name, role, coalesce(company.name, ''),"
        f" {first.format('phone')}, {first.format('email')}, do_not_call FROM contact"
        f" LEFT JOIN company ON company.id = contact.company_id {_BY_NAME} LIMIT ?",
        (-1 if limit is None else limit,),
    )
    return list(map(ContactLine._make, rows))


def by_name(reads: Reads) -> list[int]:
    """Return the ids of all contacts, by name."""
    return [key for (key,) in reads.execute(f"SELECT id FROM contact {_BY_NAME}")]


def _with_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the condition that a text occurs anywhere in a contact, and its parameters."""
    if not text:
        return "", ()
    columns = ("company.name", *(f"contact.{name}" for name in ("name", *TEXTS, "tags")))
    anywhere = " OR ".join(f"{column} LIKE ? ESCAPE '/'" for column in columns)
    where = (
        f"WHERE ({anywhere} OR contact.id IN (SELECT contact_id FROM contact_way"
        " WHERE value LIKE ? ESCAPE '/' OR (kind = 'phone' AND key = ?)))"
    )
    pattern = f"%{_escape_like(text)}%"
    return where, (*[pattern] * (len(columns) + 1), phone_key(text) or "-")


def contact_days(reads: Reads, contact_id: int) -> tuple[date | None, date]:
    """Return the day of the last real contact with somebody, and the day they were added to the database."""
    return client_list.last_real(reads, contact_id), client_list.created_on(reads, contact_id)


def colleagues(reads: Reads, contact: Contact) -> list[Contact]:
    """Return others at the same company."""
    if contact.company_id is None:
        return []
    where = "WHERE contact.company_id = ? AND contact.id <> ? ORDER BY contact.id LIMIT 20"
    return _matching(reads, where, contact.company_id, contact.id)


def company(reads: Reads, name: str) -> tuple[int, str] | None:
    """Return a company's id and name, ignoring case, or None if there is none of that name."""
    found: tuple[int, str] | None = reads.execute(
        "SELECT id, name FROM company WHERE name = ? COLLATE NOCASE ORDER BY id", (name,)
    ).fetchone()
    if found is None:  # SQLite only folds ASCII case, and no other spaces or compositions
        wanted, where = name_key(name), ""
        if name.isascii():
            where = "WHERE instr(name, '  ') OR name GLOB '*[^ -~]*'"
        rows = reads.execute(f"SELECT id, name FROM company {where} ORDER BY id")
        found = next((row for row in rows if name_key(row[1]) == wanted), None)
    return found


def members(reads: Reads, company_id: int, limit: int) -> tuple[list[Contact], int]:
    """Return a company's contacts, decision makers first, and their total number."""
    total = reads.execute("SELECT count(*) FROM contact WHERE company_id = ?", (company_id,)).fetchone()[0]
    where = (
        "WHERE contact.company_id = ? ORDER BY contact.decides DESC, contact.name COLLATE NOCASE, contact.id LIMIT ?"
    )
    return _matching(reads, where, company_id, limit), total


def referred_by(reads: Reads, contact_id: int) -> list[Contact]:
    """Return the contacts referred by somebody."""
    return _matching(reads, "WHERE contact.referrer_id = ? ORDER BY contact.id LIMIT 500", contact_id)


def load(reads: Reads, ids: Sequence[int]) -> list[Contact]:
    """Return the contacts with the given ids, by id."""
    found: list[Contact] = []
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):  # the limit on parameters per statement
        some = wanted[start : start + 500]
        found += _matching(reads, f"WHERE contact.id IN ({marks(some)}) ORDER BY contact.id", *some)
    return found


def _matching(reads: Reads, tail: str, *parameters: object) -> list[Contact]:
    return _with_ways(reads, reads.execute(CONTACTS.select(tail), parameters).fetchall())


def _with_ways(reads: Reads, rows: Sequence[tuple[Any, ...]]) -> list[Contact]:
    ids = [row[0] for row in rows]
    # more ids than fit in a statement: read all ways
    ways = _ways(reads, ids if len(ids) <= 500 else None)
    found = []
    for row in rows:
        phones, emails = ways.get(row[0], ((), ()))
        found.append(CONTACTS.from_row(row, phones=phones, emails=emails))
    return found


def _ways(
    reads: Reads, ids: Iterable[int] | None
) -> dict[int, tuple[tuple[ContactMethod, ...], tuple[ContactMethod, ...]]]:
    wanted = () if ids is None else tuple(ids)
    where = "" if ids is None else f"WHERE contact_id IN ({marks(wanted)})"
    found: dict[int, tuple[list[ContactMethod], list[ContactMethod]]] = {}
    for contact_id, kind, value, label, wrong in reads.execute(
        f"SELECT contact_id, kind, value, label, wrong FROM contact_way {where} ORDER BY contact_id, position", wanted
    ):
        found.setdefault(contact_id, ([], []))[kind == "email"].append(ContactMethod(value, label, bool(wrong)))
    return {key: (tuple(phones), tuple(emails)) for key, (phones, emails) in found.items()}
