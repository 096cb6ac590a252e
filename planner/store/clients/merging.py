"""What hangs on one contact, hung on another, as a part of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.store.recorder import Recorder

POINTING = ("task", "promise", "deal", "activity", "event", "heard", "learning_use", "letter", "draft", "complaint")


def move(change: Recorder, gone: int, keep: int) -> None:
    """Let everything that points at a contact point at another. A day's list has each of them once."""

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
    # the file it came from: read again, it is the contact that stands
    for key in each("import_ref", "kind = 'contact' AND row_id = ?", gone):
        change.update("import_ref", key, row_id=keep)
    # where the calling session stands is no part of the history
    change.execute("UPDATE call_state SET contact_id = ? WHERE contact_id = ?", (keep, gone))
