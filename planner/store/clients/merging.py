"""Moves everything that refers to one contact to another, as part of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.store.recorder import Recorder

POINTING = ("task", "promise", "deal", "activity", "event", "heard", "learning_use", "letter", "draft", "complaint")


def move(change: Recorder, gone: int, keep: int) -> None:
    """Repoint all references from one contact to another. A day's list has each contact once."""

    def each(table: str, where: str, *parameters: object) -> list[int]:
        return [key for (key,) in change.execute(f"SELECT id FROM {table} WHERE {where}", parameters).fetchall()]

    for table in POINTING:
        for key in each(table, "contact_id = ?", gone):
            change.update(table, key, contact_id=keep)
    twice = "contact_id = ? AND day IN (SELECT day FROM list_entry WHERE contact_id = ?)"
    for key in each("list_entry", twice, gone, keep):
        change.delete("list_entry", key)
    for key in each("list_entry", "contact_id = ?", gone):
        change.update("list_entry", key, contact_id=keep)
    for key in each("contact", "referrer_id = ?", gone):
        change.update("contact", key, referrer_id=None if key == keep else keep)
    # if its source file is read again, it matches the remaining contact
    for key in each("import_ref", "kind = 'contact' AND row_id = ?", gone):
        change.update("import_ref", key, row_id=keep)
    # the session's position isn't part of the history
    change.execute("UPDATE call_state SET contact_id = ? WHERE contact_id = ?", (keep, gone))
