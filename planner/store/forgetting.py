"""Erasing a person: out of the tables, and out of the history of changes. Plain SQL, and not undoable."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from planner.domain.people import Contact
from planner.store import hot

FORGOTTEN = "(forgotten)"


def forget(connection: sqlite3.Connection, contact: Contact) -> None:
    """Erase a contact on a connection of its own, which is closed.

    Rows that count (the log, deals) stay without name and note; the pages that held the rest are overwritten.
    """
    with closing(connection) as handle:
        handle.execute("PRAGMA secure_delete=ON")
        handle.execute("BEGIN IMMEDIATE")
        try:
            _erase_history(handle, contact)
            _erase(handle, contact)
            hot.forget_laid(handle, None)
            handle.execute("COMMIT")
        except BaseException:
            hot.rollback(handle)
            raise


def _erase(handle: sqlite3.Connection, contact: Contact) -> None:
    execute, key, name = handle.execute, (contact.id,), contact.name
    execute("DELETE FROM promise WHERE contact_id = ?", key)
    execute("DELETE FROM task WHERE contact_id = ? AND state = 'open'", key)
    execute(f"UPDATE task SET title = '{FORGOTTEN}', reason = '' WHERE contact_id = ?", key)
    execute("UPDATE activity SET note = NULL, contact_id = NULL WHERE contact_id = ?", key)
    execute(
        f"UPDATE deal SET title = replace(title, ?, '{FORGOTTEN}'), notes = '', contact_id = NULL WHERE contact_id = ?",
        (name, contact.id),
    )
    execute("DELETE FROM contact WHERE id = ?", key)
    if contact.company_id is not None and contact.company == name:
        # a company known by this contact alone, under the same name
        execute(
            "DELETE FROM company WHERE id = ? AND NOT EXISTS (SELECT 1 FROM contact WHERE company_id = company.id)",
            (contact.company_id,),
        )


def _erase_history(handle: sqlite3.Connection, contact: Contact) -> None:
    """Delete the changes that hold the person, by reference or by name. Those around them stay undoable: each puts
    whole rows back.
    """
    handle.execute(
        "DELETE FROM change WHERE undone = 1 OR instr(label, ?) OR id IN (SELECT change_id FROM change_row WHERE"
        " (tbl = 'contact' AND row_id = ?)"
        " OR (tbl = 'promise' AND row_id IN (SELECT id FROM promise WHERE contact_id = ?))"
        " OR (tbl = 'task' AND row_id IN (SELECT id FROM task WHERE contact_id = ?))"
        " OR (json_type(image) = 'object' AND json_extract(image, '$.contact_id') = ?)"
        " OR instr(image, ?))",
        (contact.name, *(contact.id,) * 4, contact.name),
    )
