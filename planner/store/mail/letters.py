"""Queries and changes of waiting emails, with their senders, and of the rep's decisions on them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from planner.domain.clients.people import email_key
from planner.domain.mail.letters import Letter
from planner.store.numbering import key_number
from planner.store.recorder import Recorder, Transaction

if TYPE_CHECKING:
    from planner.store.recorder import Reads

KEPT = 2_000  # waiting emails of one mailbox
_COLUMNS = "ref, account, message_id, thread, refs, sender, address, subject, sent_at, bulk, preview, reply_to"


@dataclass(frozen=True, slots=True)
class Known:
    """An email's known sender: the contact, and the value of their open deals in hundredths."""

    id: int
    name: str
    company: str
    value: int
    need: str
    phone: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A waiting email, its id, and its sender (None if unknown)."""

    id: int
    letter: Letter
    known: Known | None


def take(connection: sqlite3.Connection, letters: Iterable[Letter]) -> int:
    """Store waiting emails not known yet. Not a change, since the mailbox has them. Returns how many are new."""
    with Transaction(connection) as transaction:
        before = connection.total_changes
        connection.executemany(
            f"INSERT INTO letter (id, {_COLUMNS}, decision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')"
            " ON CONFLICT (ref) DO NOTHING",
            [
                (
                    None if transaction.device is None else key_number("letter", each.ref),
                    each.ref,
                    each.account,
                    each.message_id,
                    each.thread,
                    " ".join(each.references),
                    each.sender,
                    each.address,
                    each.subject,
                    each.sent_at,
                    int(each.bulk),
                    each.preview,
                    each.reply_to,
                )
                for each in letters
            ],
        )
        return connection.total_changes - before


def forget_but(connection: sqlite3.Connection, account: str, there: Sequence[str]) -> None:
    """Delete the emails of a mailbox that no longer wait because they were read or deleted elsewhere."""
    with Transaction(connection):
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS mail_there (ref TEXT PRIMARY KEY) WITHOUT ROWID")
        connection.execute("DELETE FROM temp.mail_there")
        connection.executemany("INSERT OR IGNORE INTO temp.mail_there VALUES (?)", [(ref,) for ref in there])
        connection.execute(
            "DELETE FROM letter WHERE account = ? AND decision = '' AND ref NOT IN (SELECT ref FROM temp.mail_there)",
            (account,),
        )


def known_refs(connection: sqlite3.Connection, refs: Sequence[str]) -> set[str]:
    """Return which emails have been read in a window, by their refs."""
    return {
        ref for ref in refs if connection.execute("SELECT 1 FROM letter WHERE ref = ?", (ref,)).fetchone() is not None
    }


def waiting(connection: sqlite3.Connection) -> list[Stored]:
    """Return the waiting emails, newest first, each with the contact behind its address."""
    rows = connection.execute(
        f"SELECT id, {_COLUMNS} FROM letter WHERE decision = '' ORDER BY sent_at DESC, id LIMIT {KEPT}"
    ).fetchall()
    contacts: dict[tuple[str, str], Known | None] = {}
    found = []
    for row_id, ref, account, message_id, thread, refs, sender, address, subject, sent_at, bulk, *texts in rows:
        letter = Letter(
            ref, account, message_id, thread, tuple(refs.split()), sender, address, subject, sent_at, bool(bulk), *texts
        )
        key = (email_key(address), "" if account else sender)
        if key not in contacts:
            contacts[key] = sender_of(connection, letter)
        found.append(Stored(row_id, letter, contacts[key]))
    return found


_KNOWN = (
    "SELECT contact.id, contact.name, coalesce(company.name, ''), coalesce((SELECT sum(value) FROM deal"
    " WHERE deal.contact_id = contact.id AND stage NOT IN ('won', 'lost')), 0) AS worth, need,"
    " coalesce((SELECT value FROM contact_way AS phone WHERE phone.contact_id = contact.id AND phone.kind = 'phone'"
    " AND wrong = 0 ORDER BY position LIMIT 1), '') FROM contact LEFT JOIN company ON company.id = company_id"
)


def by_address(connection: sqlite3.Connection, address: str) -> Known | None:
    """Return the contact with an email address. If several share it, the one with the largest open deals."""
    if not address:
        return None
    row = connection.execute(
        f"{_KNOWN} WHERE contact.id IN (SELECT contact_id FROM contact_way WHERE contact_way.kind = 'email'"
        " AND contact_way.key = ?) ORDER BY worth DESC, contact.id LIMIT 1",
        (email_key(address),),
    ).fetchone()
    return None if row is None else Known(*row)


def by_id(connection: sqlite3.Connection, contact_id: int) -> Known | None:
    """Return a contact as a sender, or None for one that is gone."""
    row = connection.execute(f"{_KNOWN} WHERE contact.id = ?", (contact_id,)).fetchone()
    return None if row is None else Known(*row)


def by_name(connection: sqlite3.Connection, name: str) -> Known | None:
    """Return the only contact of a name, for an email entered by hand. None if there is none, or several."""
    found = connection.execute(f"{_KNOWN} WHERE contact.name = ? COLLATE NOCASE LIMIT 2", (name,)).fetchall()
    return Known(*found[0]) if len(found) == 1 else None


def sender_of(connection: sqlite3.Connection, letter: Letter) -> Known | None:
    """Return an email's sender if known: by address, and for one entered by hand by name too.

    A display name in a mailbox proves nothing.
    """
    found = by_address(connection, letter.address)
    return by_name(connection, letter.sender) if found is None and not letter.account and letter.sender else found


def letter_by(connection: sqlite3.Connection, letter_id: int) -> tuple[str, str] | None:
    """Return an email's subject and decision (empty while it waits)."""
    row = connection.execute("SELECT subject, decision FROM letter WHERE id = ?", (letter_id,)).fetchone()
    return None if row is None else (row[0], row[1])


def decide(
    change: Recorder, letter_ids: Iterable[int], decision: str, contact_id: int | None, window: int | None
) -> int:
    """Record a decision on emails, within a change, and delete their text. Returns how many were waiting."""
    done = 0
    for letter_id in letter_ids:
        row = change.connection.execute(
            "SELECT logged.at FROM letter, change AS logged WHERE letter.id = ? AND decision = '' AND logged.id = ?",
            (letter_id, change.id),
        ).fetchone()
        if row is None:
            continue
        change.update(
            "letter",
            letter_id,
            decision=decision,
            decided_at=row[0],
            contact_id=contact_id,
            window_id=window,
            preview="",
        )
        done += 1
    return done


BECAME = {"reply": "replied", "call": "call planned", "task": "task added", "proposal": "proposal planned",
          "promise": "promise made", "nothing": "no action"}  # fmt: skip


def decided_with(reads: Reads, contact_id: int) -> list[tuple[str, str]]:
    """Return a contact's emails and the decisions on them, newest first: when received (ISO), and what. Includes those
    from before they were a contact, by their addresses.
    """
    rows = reads.execute(
        "SELECT sent_at, subject, sender, address, decision FROM letter WHERE decision <> '' AND (contact_id = ?1"
        " OR (contact_id IS NULL AND address <> '' AND lower(address) IN"
        " (SELECT key FROM contact_way WHERE contact_id = ?1 AND kind = 'email'))) ORDER BY sent_at DESC LIMIT 200",
        (contact_id,),
    )
    return [
        (
            f"{datetime.fromtimestamp(sent_at):%Y-%m-%dT%H:%M}",
            f"{subject or 'no subject'}, from {sender or address}: {BECAME.get(decision, decision)}",
        )
        for sent_at, subject, sender, address, decision in rows
    ]


def enter(change: Recorder, letter: Letter) -> int:
    """Add an email by hand, within a change. Returns its id."""
    return change.insert(
        "letter",
        ref=letter.ref,
        account="",
        message_id="",
        thread=letter.thread,
        refs="",
        sender=letter.sender,
        address=letter.address,
        subject=letter.subject,
        sent_at=letter.sent_at,
        bulk=0,
        preview="",
        reply_to="",
        decision="",
    )
