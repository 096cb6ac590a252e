"""What hangs on one contact, hung on another: in plain SQL on the connection of a rich write, which records it."""

from __future__ import annotations

import sqlite3

POINTING = ("task", "promise", "deal", "activity", "event", "heard", "learning_use", "letter", "draft", "complaint")


def move(connection: sqlite3.Connection, gone: int, keep: int) -> None:
    """Let everything that points at a contact point at another. A day's list has each of them once."""
    execute = connection.execute
    both = (keep, gone)
    for table in POINTING:
        execute(f"UPDATE {table} SET contact_id = ? WHERE contact_id = ?", both)
    execute(
        "DELETE FROM list_entry WHERE contact_id = ? AND day IN (SELECT day FROM list_entry WHERE contact_id = ?)",
        (gone, keep),
    )
    execute("UPDATE list_entry SET contact_id = ? WHERE contact_id = ?", both)
    execute("UPDATE contact SET referrer_id = ? WHERE referrer_id = ? AND id <> ?", (keep, gone, keep))
    execute("UPDATE contact SET referrer_id = NULL WHERE referrer_id = ?", (gone,))
    # the file it came from: read again, it is the contact that stands
    execute("UPDATE import_ref SET row_id = ? WHERE kind = 'contact' AND row_id = ?", both)
    execute("UPDATE call_state SET contact_id = ? WHERE contact_id = ?", both)
