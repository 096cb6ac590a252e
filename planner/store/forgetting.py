"""Erasing a person: out of the tables, and out of the history of changes. Not undoable."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing

from planner.domain import day, learning, selfreview, tasks
from planner.domain.people import Contact, email_key
from planner.store import recorder, search

FORGOTTEN = "(forgotten)"
# What a rep writes about days, weeks, learning and what is to be done, in which a name may stand; and how long each may
# be: the mark is longer than a short name.
SAID: dict[str, dict[str, int]] = {
    "day": dict.fromkeys(("went_well", "went_wrong", "what_else", "will_try"), day.LONGEST_LINE),
    "review_line": dict.fromkeys(("text", "cause", "correction"), selfreview.LONGEST),
    "learning": {
        "title": learning.LONGEST_TITLE,
        "author": learning.LONGEST_TITLE,
        "taken": learning.LONGEST_TAKEN,
    },
    "learning_use": {"note": learning.LONGEST_NOTE},
    "task": {"title": tasks.LONGEST_TITLE, "reason": tasks.LONGEST_TITLE},
}


def forget(connection: sqlite3.Connection, contact: Contact) -> int:
    """Erase a contact on a connection of its own, which is closed. Returns how many changes went with it.

    Rows that count (the log, deals) stay without name and note; the pages that held the rest are overwritten.
    """
    with closing(connection) as handle:
        handle.execute("PRAGMA secure_delete=ON")
        handle.execute("BEGIN IMMEDIATE")
        try:
            gone = _erase_history(handle, contact)
            _erase(handle, contact)
            search.erase(handle)
            recorder.forget_laid(handle, None)
            handle.execute("COMMIT")
        except BaseException:
            recorder.rollback(handle)
            raise
    return gone


def _named(contact: Contact) -> re.Pattern[str]:
    """The contact's name as whole words: "An" is not in "Annual"."""
    return re.compile(rf"(?<!\w){re.escape(contact.name)}(?!\w)", re.IGNORECASE)


def _erase(handle: sqlite3.Connection, contact: Contact) -> None:
    execute, key, name = handle.execute, (contact.id,), _named(contact)
    execute("DELETE FROM promise WHERE contact_id = ?", key)
    # that there was a complaint, and of which kind, stays: a repeating kind needs another way
    empty = "agreed = '', compensation = '', escalated = ''"
    execute(f"UPDATE complaint SET text = '{FORGOTTEN}', state = 'checked', {empty} WHERE contact_id = ?", key)
    execute("DELETE FROM task WHERE contact_id = ? AND state = 'open'", key)
    execute(f"UPDATE task SET title = '{FORGOTTEN}', reason = '' WHERE contact_id = ?", key)
    execute("UPDATE call_check SET why = '' WHERE activity_id IN (SELECT id FROM activity WHERE contact_id = ?)", key)
    execute("DELETE FROM call_state WHERE contact_id = ?", key)
    for heard_id, *texts in execute("SELECT id, objection, answer FROM heard WHERE contact_id = ?", key).fetchall():
        said = (*(name.sub(FORGOTTEN, text) for text in texts), heard_id)
        execute("UPDATE heard SET objection = ?, answer = ?, contact_id = NULL WHERE id = ?", said)
    execute("UPDATE activity SET note = NULL, contact_id = NULL WHERE contact_id = ?", key)
    for deal_id, title in execute("SELECT id, title FROM deal WHERE contact_id = ?", key).fetchall():
        execute(
            "UPDATE deal SET title = ?, notes = '', reason = '', contact_id = NULL WHERE id = ?",
            (name.sub(FORGOTTEN, title), deal_id),
        )
        execute("UPDATE activity SET note = NULL WHERE deal_id = ?", (deal_id,))
    # what the files said of it; the reference stays, so that the same row doesn't bring it back
    execute("UPDATE import_ref SET read = '{}' WHERE kind = 'contact' AND row_id = ?", key)
    for ref_id, read in execute("SELECT id, read FROM import_ref WHERE kind <> 'contact'").fetchall():
        if any(name.search(text) for text in _texts(json.loads(read))):
            execute("UPDATE import_ref SET read = '{}' WHERE id = ?", (ref_id,))
    for note_id, note in execute("SELECT id, note FROM activity WHERE note IS NOT NULL").fetchall():
        if name.search(note):  # such as the referral that somebody else is thanked for
            execute("UPDATE activity SET note = ? WHERE id = ?", (name.sub(FORGOTTEN, note), note_id))
    for filter_id, *texts in execute("SELECT id, name, words FROM saved_filter").fetchall():
        if any(name.search(text) for text in texts):
            execute("DELETE FROM saved_filter WHERE id = ?", (filter_id,))
    _erase_mail(handle, contact, name)
    _erase_days(handle, name)
    execute("DELETE FROM contact WHERE id = ?", key)
    if contact.company_id is not None and contact.company == contact.name:
        # a company known by this contact alone, under the same name; older deals may still point at it
        execute(
            f"UPDATE company SET name = '{FORGOTTEN}', website = '', city = '', notes = '' WHERE id = ?"
            " AND NOT EXISTS (SELECT 1 FROM contact WHERE company_id = company.id)",
            (contact.company_id,),
        )


def _erase_mail(handle: sqlite3.Connection, contact: Contact, name: re.Pattern[str]) -> None:
    """Letters from and to the person, and what was said of them in a look outside a window. Letters that count stay
    without a word of theirs.
    """
    execute = handle.execute
    addresses = {email_key(way.value) for way in contact.emails}
    rows = execute("SELECT id, contact_id, sender, address, subject, preview, decision FROM letter").fetchall()
    for letter_id, contact_id, sender, address, subject, preview, decision in rows:
        theirs = contact_id == contact.id or email_key(address) in addresses
        if not theirs and not any(name.search(text) for text in (sender, subject, preview)):
            continue
        if not decision:
            execute("DELETE FROM letter WHERE id = ?", (letter_id,))
            continue
        execute(
            "UPDATE letter SET ref = 'forgotten:' || id, message_id = '', thread = '', refs = '', sender = '',"
            " address = '', subject = '', preview = '', contact_id = NULL WHERE id = ?",
            (letter_id,),
        )
    for draft_id, contact_id, *texts in execute("SELECT id, contact_id, name, subject FROM draft").fetchall():
        if contact_id == contact.id or any(name.search(text) for text in texts):
            execute("DELETE FROM draft WHERE id = ?", (draft_id,))
    for look_id, reason in execute("SELECT id, reason FROM mail_look").fetchall():
        if name.search(reason):
            execute("UPDATE mail_look SET reason = ? WHERE id = ?", (name.sub(FORGOTTEN, reason), look_id))


def _erase_days(handle: sqlite3.Connection, name: re.Pattern[str]) -> None:
    """Meetings named after the person, and what was said of a day or a week: the name goes, the time stays."""
    for event_id, *texts in handle.execute("SELECT id, title, place, source FROM event").fetchall():
        if any(name.search(text) for text in texts):
            handle.execute(
                "UPDATE event SET title = ?, place = ?, source = ? WHERE id = ?",
                (*(name.sub(FORGOTTEN, text) for text in texts), event_id),
            )
    for time_id, title in handle.execute("SELECT id, title FROM event_time WHERE title <> ''").fetchall():
        if name.search(title):
            handle.execute("UPDATE event_time SET title = ? WHERE id = ?", (name.sub(FORGOTTEN, title), time_id))
    for table, said in SAID.items():
        for row_id, *texts in handle.execute(f"SELECT id, {', '.join(said)} FROM {table}").fetchall():
            if any(name.search(text) for text in texts):
                handle.execute(
                    f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in said)} WHERE id = ?",
                    (
                        *(name.sub(FORGOTTEN, text)[:most] for text, most in zip(texts, said.values(), strict=True)),
                        row_id,
                    ),
                )


def _texts(value: object) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def _erase_history(handle: sqlite3.Connection, contact: Contact) -> int:
    """Delete the changes that hold the person, by reference or by name. Those around them stay undoable: each puts
    whole rows back.
    """
    name, key = _named(contact), contact.id
    gone = {row[0] for row in handle.execute("SELECT id FROM change WHERE undone = 1")}
    gone |= {row[0] for row in handle.execute("SELECT id, label FROM change") if name.search(row[1])}
    gone |= {
        row[0]
        for row in handle.execute(
            "SELECT change_id FROM change_row WHERE (tbl = 'contact' AND row_id = ?)"
            " OR (tbl = 'promise' AND row_id IN (SELECT id FROM promise WHERE contact_id = ?))"
            " OR (tbl = 'task' AND row_id IN (SELECT id FROM task WHERE contact_id = ?))",
            (key, key, key),
        )
    }
    # letters are known by their addresses: who they are from needn't have been a contact then
    addresses = {email_key(way.value) for way in contact.emails}
    theirs = {
        row[0]
        for row in handle.execute("SELECT id, address, contact_id FROM letter")
        if row[2] == key or email_key(row[1]) in addresses
    }
    for change_id, table, row_id, image in handle.execute("SELECT change_id, tbl, row_id, image FROM change_row"):
        if change_id in gone:
            continue
        row = {} if image is None else json.loads(image)
        letter = table == "letter" and (row_id in theirs or email_key(str(row.get("address", ""))) in addresses)
        if letter or (
            isinstance(row, dict) and (row.get("contact_id") == key or any(name.search(text) for text in _texts(row)))
        ):
            gone.add(change_id)
    handle.executemany("DELETE FROM change WHERE id = ?", [(change_id,) for change_id in gone])
    return len(gone)
