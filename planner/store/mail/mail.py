"""Mail in plain SQL: windows, looks outside them, emails and decisions on them, emails to write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain.clients.people import email_key
from planner.domain.errors import StateError
from planner.domain.mail.letters import Letter
from planner.store import follow_ups, today_queries
from planner.store.recorder import Recorder, Transaction

if TYPE_CHECKING:
    from planner.domain.mail.windows import Opening
    from planner.store.recorder import Reads

KEPT = 2_000  # waiting emails of one mailbox


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


@dataclass(frozen=True, slots=True)
class Draft:
    """An email to write: recipient, subject, whether it carries a proposal, and the recipient's address."""

    id: int
    contact_id: int | None
    name: str
    subject: str
    proposal: bool
    address: str


# windows and looks


def openings(connection: Reads, first: date, last: date) -> dict[date, list[Opening]]:
    """Return the opened windows by day."""
    found: dict[date, list[Opening]] = {}
    rows = connection.execute(
        today_queries.OPENINGS_SQL.replace("SELECT opens", "SELECT day, opens", 1).replace(
            "day = ?", "day BETWEEN ? AND ?"
        ),
        (first.isoformat(), last.isoformat()),
    )
    for day, *opening in rows:
        found.setdefault(date.fromisoformat(day), []).append((*opening,))
    return found


def looks(connection: Reads, first: date, last: date) -> list[tuple[date, int, str, int]]:
    """Return the looks outside a window: day, instant, reason, id."""
    rows = connection.execute(
        "SELECT day, at, reason, id FROM mail_look WHERE day BETWEEN ? AND ? ORDER BY at, id",
        (first.isoformat(), last.isoformat()),
    )
    return [(date.fromisoformat(day), *rest) for day, *rest in rows]


def first_day(connection: Reads) -> date | None:
    """Return the first day with an opened window or a look at the mail. No window counts as missed before it."""
    row = connection.execute(
        "SELECT min(day) FROM (SELECT min(day) AS day FROM mail_window UNION ALL SELECT min(day) FROM mail_look)"
    ).fetchone()
    return None if row[0] is None else date.fromisoformat(row[0])


def running(connection: sqlite3.Connection, day: date) -> int | None:
    """Return the id of the day's window whose clock is running, or None."""
    row = connection.execute(
        "SELECT id FROM mail_window WHERE day = ? AND closed_at IS NULL ORDER BY id DESC LIMIT 1", (day.isoformat(),)
    ).fetchone()
    return None if row is None else int(row[0])


def open_window(connection: sqlite3.Connection, day: date, opens: str, planned: int, now: int) -> int:
    """Start the clock of a window, as a change, and return its id. StateError if another program was faster."""
    with Recorder(connection, now, f"mail opened ({opens})") as change:
        if running(connection, day) is not None:
            raise StateError("A mail window is open already.")
        return change.insert("mail_window", day=day.isoformat(), opens=opens, planned=planned, opened_at=now)


def close_window(connection: sqlite3.Connection, window_id: int, now: int, letters: int | None) -> None:
    """Stop a window's clock, as a change. `letters` is the number of emails handled, if the rep gives it. StateError if
    another program was faster.
    """
    with Recorder(connection, now, "mail closed") as change:
        if connection.execute("SELECT closed_at FROM mail_window WHERE id = ?", (window_id,)).fetchone() != (None,):
            raise StateError("The mail window is closed already.")
        change.update("mail_window", window_id, closed_at=now, letters=letters)


def look(connection: sqlite3.Connection, day: date, reason: str, now: int) -> int:
    """Log a look outside a window, as a change. Returns its id."""
    with Recorder(connection, now, f"looked into the mail: {reason}") as change:
        return change.insert("mail_look", day=day.isoformat(), at=now, reason=reason)


def end_look(connection: sqlite3.Connection, look_id: int, now: int) -> None:
    """Store when a look ended. Not a change of its own, so it is undone along with the look."""
    with Transaction(connection):
        connection.execute("UPDATE mail_look SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (now, look_id))


def fill(
    connection: sqlite3.Connection,
    windows: Iterable[tuple[date, str, int, int, int, int]],
    looked: Iterable[tuple[date, int, str]],
) -> None:
    """Insert windows (day, opens, planned minutes, opened, closed, letters) and looks, for a demo. Not a change."""
    with Transaction(connection):
        connection.executemany(
            "INSERT INTO mail_window (day, opens, planned, opened_at, closed_at, letters) VALUES (?, ?, ?, ?, ?, ?)",
            [(day.isoformat(), *rest) for day, *rest in windows],
        )
        connection.executemany(
            "INSERT INTO mail_look (day, at, reason) VALUES (?, ?, ?)",
            [(day.isoformat(), *rest) for day, *rest in looked],
        )


# emails


_COLUMNS = "ref, account, message_id, thread, refs, sender, address, subject, sent_at, bulk, preview, reply_to"


def take(connection: sqlite3.Connection, letters: Iterable[Letter]) -> int:
    """Store waiting emails not known yet. Not a change, since the mailbox has them. Returns how many are new."""
    with Transaction(connection):
        before = connection.total_changes
        connection.executemany(
            f"INSERT INTO letter ({_COLUMNS}, decision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')"
            " ON CONFLICT (ref) DO NOTHING",
            [
                (
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


def known(connection: sqlite3.Connection, refs: Sequence[str]) -> set[str]:
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


BECAME = {"reply": "answered", "call": "to be called", "task": "made a task", "proposal": "a proposal",
          "promise": "promised", "nothing": "nothing to do"}  # fmt: skip


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


# emails to write


_DRAFT = (
    "SELECT draft.id, draft.contact_id, coalesce(contact.name, draft.name), subject, proposal, coalesce((SELECT value"
    " FROM contact_way WHERE contact_way.contact_id = draft.contact_id AND contact_way.kind = 'email'"
    " ORDER BY position LIMIT 1), '') FROM draft LEFT JOIN contact ON contact.id = draft.contact_id"
    " WHERE draft.state = 'open'"
)


def drafts(connection: sqlite3.Connection) -> list[Draft]:
    """Return the emails waiting to be written, oldest first."""
    return [_draft(row) for row in connection.execute(f"{_DRAFT} ORDER BY draft.id").fetchall()]


def draft_by(connection: sqlite3.Connection, draft_id: int) -> Draft | None:
    """Return one of them, or None."""
    row = connection.execute(f"{_DRAFT} AND draft.id = ?", (draft_id,)).fetchone()
    return None if row is None else _draft(row)


def _draft(row: tuple[int, int | None, str, str, int, str]) -> Draft:
    return Draft(row[0], row[1], row[2], row[3], bool(row[4]), row[5])


def add_draft(change: Recorder, name: str, contact_id: int | None, subject: str, proposal: bool, now: int) -> int:
    """Queue an email, within a change. A recipient who isn't a contact is only a name. Returns its id."""
    return change.insert(
        "draft",
        contact_id=contact_id,
        name=name,
        subject=subject,
        proposal=int(proposal),
        state="open",
        created_at=now,
    )


def _still_open(connection: sqlite3.Connection, draft: Draft) -> None:
    """Refuse a draft that another program has settled in the meantime."""
    if draft_by(connection, draft.id) is None:
        raise StateError(f"The letter to {draft.name} is settled already.")


def drop_draft(connection: sqlite3.Connection, draft: Draft, now: int) -> None:
    """Drop an email that won't be written."""
    with Recorder(connection, now, f"letter not written: {draft.name}") as change:
        _still_open(connection, draft)
        change.update("draft", draft.id, state="dropped")


def send_draft(
    connection: sqlite3.Connection, draft: Draft, *, day: date, local_time: str, now: int, call_on: str | None
) -> None:
    """Log a sent email and, if it carried a proposal, that too, with a follow-up call on `call_on`."""
    with Recorder(connection, now, f"letter sent: {draft.name}", day) as change:
        _still_open(connection, draft)
        change.update("draft", draft.id, state="sent", sent_at=now)
        for kind in ("email", "proposal") if draft.proposal else ("email",):
            change.insert(
                "activity",
                at=now,
                day=day.isoformat(),
                local_time=local_time,
                kind=kind,
                count=1,
                contact_id=draft.contact_id,
                note=draft.subject or None,
                logged_at=now,
            )
        if draft.proposal and call_on is not None:
            follow_ups.task(
                change,
                f"callback {draft.name}: the proposal",
                today=day,
                now=now,
                due=call_on,
                kind="callback",
                contact_id=draft.contact_id,
            )
