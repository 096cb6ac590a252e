"""Erases a person from every table and from the history of changes. It can't be undone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.domain.clients.mentions import MARK, Mentions
from planner.store import recorder, search

if TYPE_CHECKING:
    from planner.store.recorder import Reads

# Columns without free text: dates, times, planner's own words, keys. Every other text column is searched, including
# those of future tables.
CLOSED = frozenset(
    {
        "uid", "day", "month", "period", "week", "opened_at", "closed_at", "started_at", "finished_at", "settled_at",
        "start", "end", "opens", "first_day", "last_day", "received", "due", "done_on", "done_time", "since",
        "every", "series_start", "opened", "closed", "expected_close", "contract_end", "stage_since", "local_time",
        "built_on", "until", "birthday", "supplier_until", "started", "kind", "state", "stage", "stage_before",
        "horizon", "metric", "outcome", "priority", "need", "tier", "consent", "mailing", "zone", "way", "sort",
        "decision", "mark", "starts", "tbl",
    }
)  # fmt: skip
# Columns where no two rows of a table may have the same value.
UNIQUE = frozenset({"name", "ref", "key", "objection"})
# Derived, so updated with a change of its source. Or the history, which is handled separately.
SKIPPED = frozenset(
    {"meta", "change", "change_row", "day_count", "laid_day", "laid_block", "laid_target", "laid_window"}
)


@dataclass(frozen=True, slots=True)
class Person:
    """The person to be erased: id, all names they ever had here, numbers and addresses. `there` says whether they are
    still a contact. If not, only the history of changes has them.
    """

    id: int
    names: tuple[str, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    there: bool


def person(handle: Reads, contact_id: int) -> Person | None:
    """Return a contact as it is, including past values from the history. None where neither knows the id."""
    names = [row[0] for row in handle.execute("SELECT name FROM contact WHERE id = ?", (contact_id,))]
    there = bool(names)
    ways = handle.execute("SELECT kind, value FROM contact_way WHERE contact_id = ?", (contact_id,)).fetchall()
    images = (
        "SELECT image FROM change_row WHERE tbl = ? AND image IS NOT NULL AND {} = ? ORDER BY change_id DESC, seq DESC"
    )
    for (image,) in handle.execute(images.format("row_id"), ("contact", contact_id)):
        names.append(str(json.loads(image).get("name") or ""))
    for (image,) in handle.execute(
        images.format("json_extract(image, '$.contact_id')"), ("contact_way", contact_id)
    ).fetchall():
        row = json.loads(image)
        ways.append((row.get("kind", ""), str(row.get("value") or "")))
    names = list(dict.fromkeys(filter(None, names)))
    if not names:
        return None
    by_kind = {kind: tuple(dict.fromkeys(value for each, value in ways if each == kind)) for kind in ("phone", "email")}
    return Person(contact_id, tuple(names), by_kind["phone"], by_kind["email"], there)


def find_former(handle: Reads, name_key: Callable[[str], str], wanted: str) -> list[int]:
    """Return the ids of former contacts who once had a name."""
    rows = handle.execute(
        "SELECT DISTINCT row_id, json_extract(image, '$.name') FROM change_row WHERE tbl = 'contact'"
        " AND image IS NOT NULL AND row_id NOT IN (SELECT id FROM contact)"
    )
    return sorted({row_id for row_id, name in rows if name and name_key(str(name)) == name_key(wanted)})


def forget(handle: sqlite3.Connection, found: Person) -> int:
    """Erase a person. Returns how many changes were deleted with them.

    Rows that count (the log, deals) stay without name and note. Pages that held the rest are overwritten, and finally
    the file is rewritten. Raises sqlite3.Error.
    """
    handle.execute("PRAGMA secure_delete=ON")
    handle.execute("BEGIN IMMEDIATE")
    try:
        mentions = _mentions(handle, found)
        if not found.there:
            _link_again(handle, found.id)
        gone = _erase_history(handle, found.id, mentions)
        _erase_own(handle, found.id, mentions)
        _take_out(handle, mentions)
        search.erase(handle)
        recorder.forget_laid(handle, None)
        handle.execute("COMMIT")
        recorder.mark_committed()
    except BaseException:
        recorder.rollback(handle)
        raise
    try:
        handle.execute("VACUUM")
    except sqlite3.Error:
        # no space, or a reader is active: the erased data is overwritten all the same
        return gone
    return gone


def _mentions(handle: sqlite3.Connection, found: Person) -> Mentions:
    others = [row[0] for row in handle.execute("SELECT name FROM contact WHERE id <> ?", (found.id,))]
    return Mentions(found.names, found.phones, found.emails, others)


def _link_again(handle: sqlite3.Connection, contact_id: int) -> None:
    """Relink rows that belonged to a deleted contact and are now unassigned, using the history."""
    handle.execute("PRAGMA defer_foreign_keys=ON")  # no reference dangles at the end
    tables = [row[0] for row in handle.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        columns = {row[1] for row in handle.execute(f'PRAGMA table_info("{table}")')}
        if {"id", "contact_id"} <= columns:
            handle.execute(
                f"UPDATE {table} SET contact_id = ?1 WHERE contact_id IS NULL AND id IN (SELECT row_id FROM change_row"
                " WHERE tbl = ?2 AND image IS NOT NULL AND json_extract(image, '$.contact_id') = ?1)",
                (contact_id, table),
            )


def _erase_own(handle: sqlite3.Connection, contact_id: int, mentions: Mentions) -> None:
    """Erase their own rows: those about them are deleted, those that count lose their text."""
    execute, key = handle.execute, (contact_id,)
    company = execute(
        "SELECT company.id, company.name FROM contact JOIN company ON company.id = company_id WHERE contact.id = ?", key
    ).fetchone()
    execute("DELETE FROM promise WHERE contact_id = ?", key)
    # the complaint and its kind stay, because a repeating kind needs another approach
    empty = "agreed = '', compensation = '', escalated = ''"
    execute(f"UPDATE complaint SET text = '{MARK}', state = 'checked', {empty} WHERE contact_id = ?", key)
    execute("DELETE FROM task WHERE contact_id = ? AND state = 'open'", key)
    execute(f"UPDATE task SET title = '{MARK}', reason = '', about = '', tags = '[]' WHERE contact_id = ?", key)
    execute("UPDATE call_check SET why = '' WHERE activity_id IN (SELECT id FROM activity WHERE contact_id = ?)", key)
    execute("DELETE FROM call_state WHERE contact_id = ?", key)
    execute("UPDATE heard SET contact_id = NULL WHERE contact_id = ?", key)
    execute(
        "UPDATE activity SET note = NULL WHERE contact_id = ?1"
        " OR deal_id IN (SELECT id FROM deal WHERE contact_id = ?1)",
        key,
    )
    execute("UPDATE activity SET reason = NULL, contact_id = NULL WHERE contact_id = ?", key)
    execute("UPDATE deal SET notes = '', reason = '', contact_id = NULL WHERE contact_id = ?", key)
    # what the files said about them goes, the reference stays, so that the same row doesn't recreate them
    execute("UPDATE import_ref SET read = '{}' WHERE kind = 'contact' AND row_id = ?", key)
    _erase_mail(handle, contact_id, mentions)
    execute("DELETE FROM contact WHERE id = ?", key)
    if company is not None and mentions.named_in(company[1]):
        # a company known only through this contact, with the same name. Older deals may still reference it
        execute(
            f"UPDATE company SET name = '{MARK}', website = '', city = '', notes = '' WHERE id = ?"
            " AND NOT EXISTS (SELECT 1 FROM contact WHERE company_id = company.id)",
            company[:1],
        )


def _erase_mail(handle: sqlite3.Connection, contact_id: int, mentions: Mentions) -> None:
    """Erase emails from and to the person. Those that count stay without their text."""
    execute = handle.execute
    rows = execute(
        "SELECT id, contact_id, decision, sender, address, reply_to, subject, preview FROM letter"
    ).fetchall()
    for letter_id, whose, decision, *texts in rows:
        if whose != contact_id and not any(mentions.named_in(text) for text in texts):
            continue
        if not decision:
            execute("DELETE FROM letter WHERE id = ?", (letter_id,))
            continue
        execute(
            "UPDATE letter SET ref = 'forgotten:' || id, message_id = '', thread = '', refs = '', sender = '',"
            " address = '', reply_to = '', subject = '', preview = '', contact_id = NULL WHERE id = ?",
            (letter_id,),
        )
    for draft_id, whose, *texts in execute("SELECT id, contact_id, name, subject FROM draft").fetchall():
        if whose == contact_id or any(mentions.named_in(text) for text in texts):
            execute("DELETE FROM draft WHERE id = ?", (draft_id,))
    for filter_id, *texts in execute("SELECT id, name, words FROM saved_filter").fetchall():
        if any(mentions.named_in(text) for text in texts):
            execute("DELETE FROM saved_filter WHERE id = ?", (filter_id,))


def open_columns(handle: sqlite3.Connection) -> list[tuple[str, tuple[str, ...]]]:
    """Return the tables and their columns in which somebody may be named."""
    tables = handle.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND name NOT LIKE 'search\\_%' ESCAPE '\\' ORDER BY name"
    )
    found = []
    for (table,) in tables.fetchall():
        columns = tuple(
            row[1]
            for row in handle.execute(f"PRAGMA table_info({table})")
            if "INT" not in row[2].upper() and row[1] not in CLOSED
        )
        if columns and table not in SKIPPED:
            found.append((table, columns))
    return found


def _take_out(handle: sqlite3.Connection, mentions: Mentions) -> None:
    """Remove the person from all other text."""
    for table, columns in open_columns(handle):
        for rowid, *texts in handle.execute(f"SELECT rowid, {', '.join(columns)} FROM {table}").fetchall():
            said = [_redact(text, mentions) for text in texts]
            if said != texts:
                marks = ", ".join(f"{column} = ?" for column in columns)
                # rows may end up with the same value where it must be unique, so the later one gets its number
                values = [
                    f"{new} {rowid}" if new != old and column in UNIQUE else new
                    for column, old, new in zip(columns, texts, said, strict=True)
                ]
                handle.execute(f"UPDATE {table} SET {marks} WHERE rowid = ?", (*values, rowid))


def _redact(value: object, mentions: Mentions) -> object:
    """Return a row's value without the person: a text, or the texts in a list or object stored as JSON."""
    if not isinstance(value, str) or not value:
        return value
    if value[0] in "[{" and value[-1] in "]}":
        try:
            tree = json.loads(value)
        except ValueError:
            return mentions.taken_out(value)
        said = _without_in(tree, mentions)
        return value if said == tree else json.dumps(said, ensure_ascii=False)
    return mentions.taken_out(value)


def _without_in(tree: object, mentions: Mentions) -> object:
    if isinstance(tree, str):
        return mentions.taken_out(tree)
    if isinstance(tree, dict):
        return {key: _without_in(value, mentions) for key, value in tree.items()}
    return [_without_in(part, mentions) for part in tree] if isinstance(tree, list) else tree


def _texts(value: object) -> list[str]:
    """Return every text in a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def _erase_history(handle: sqlite3.Connection, contact_id: int, mentions: Mentions) -> int:
    """Delete the changes that hold the person, by reference or by name. Those around them stay undoable, because each
    restores whole rows.
    """
    gone = {row[0] for row in handle.execute("SELECT id FROM change WHERE undone = 1")}
    gone |= {row[0] for row in handle.execute("SELECT id, label FROM change") if mentions.named_in(row[1])}
    gone |= {
        row[0]
        for row in handle.execute(
            "SELECT change_id FROM change_row WHERE (tbl = 'contact' AND row_id = ?1)"
            " OR (tbl = 'promise' AND row_id IN (SELECT id FROM promise WHERE contact_id = ?1))"
            " OR (tbl = 'task' AND row_id IN (SELECT id FROM task WHERE contact_id = ?1))",
            (contact_id,),
        )
    }
    letters = {row[0] for row in handle.execute("SELECT id FROM letter WHERE contact_id = ?", (contact_id,))}
    letters |= {row[0] for row in handle.execute("SELECT id, address FROM letter") if mentions.named_in(row[1])}
    for change_id, table, row_id, image in handle.execute("SELECT change_id, tbl, row_id, image FROM change_row"):
        if change_id in gone:
            continue
        row = {} if image is None else json.loads(image)
        if (table == "letter" and row_id in letters) or (
            isinstance(row, dict)
            and (row.get("contact_id") == contact_id or any(mentions.named_in(text) for text in _texts(row)))
        ):
            gone.add(change_id)
    handle.executemany("DELETE FROM change WHERE id = ?", [(change_id,) for change_id in gone])
    return len(gone)
