"""Searches everything in plain SQL, with two FTS5 indices updated from the rows that triggers have noted.

`search_contact` indexes contacts by name, by numbers and addresses, and by the rest. `search_text` indexes all other
text: deals, promises, complaints, tasks, log notes, reviews, closing notes, learning. Newest first.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from planner.domain.clients.people import TEXTS
from planner.domain.day.activity import REAL
from planner.domain.typed.search import fold, join_parts, number_words, query
from planner.store import recorder

KINDS = ("deal", "promise", "complaint", "activity", "task", "review_line", "day", "learning")
STEP = 8  # kinds a row id can encode, all in use
AT_ONCE = 500
HANDFUL = 100  # rows between checks of whether others have waited long enough
BESIDE, FIRST = 0.03, 1.0  # seconds that others may have to wait: beside a screen, before an answer
LONGEST_TURN = 0.1  # seconds within which SQLite is sure to retry a lock
MUCH = 5_000  # rows from which holding more in memory pays off
HELD, USUAL = 64 * 1024 * 1024, 1024 * 1024  # bytes, the second being FTS5's own default
LOOKED_AT = 5_000  # rows of some kinds that are sorted by day
RANKED = 400  # contacts that are sorted, of all that match

_TEXTS = {
    "deal": "SELECT id, title, notes, reason, owner FROM deal",
    "promise": "SELECT id, text, note FROM promise",
    "complaint": "SELECT id, kind, text, agreed, compensation, escalated FROM complaint",
    "activity": "SELECT id, note, reason FROM activity",
    "task": "SELECT id, title, reason FROM task",
    "review_line": "SELECT id, text, cause, correction FROM review_line",
    "day": "SELECT id, went_well, went_wrong, what_else, will_try FROM day",
    "learning": "SELECT id, title, author, taken FROM learning",
}
# Conditions for rows of some kinds that aren't indexed. `schema.SEARCHED` has the same for the triggers.
_WHERE = {
    "activity": " WHERE note IS NOT NULL",
    "task": " WHERE kind <> 'counter'",
    "day": " WHERE went_well || went_wrong || what_else || will_try <> ''",
}
# in the order in which a hit shows them: how to talk with somebody comes after who it is
_ABOUT = ", ".join(f"contact.{name}" for name in sorted(TEXTS, key=("languages", "preferences", "notes").__contains__))
_CONTACTS = (
    f"SELECT contact.id, contact.name, company.name, {_ABOUT}, tags, dates,"
    " contact.kind FROM contact LEFT JOIN company ON company.id = contact.company_id"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result: a contact, or a row that may belong to one. `text` is its content."""

    kind: str
    id: int
    contact_id: int | None
    name: str
    company: str
    text: str
    day: str = ""


def take_off(connection: sqlite3.Connection, *events: str) -> list[str]:
    """Drop the triggers that note single rows, for a write of thousands: noting a row takes longer than writing it.
    Returns the statements that restore them in the same transaction. The writer notes the rows itself (`note`).
    """
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_search\\_%' ESCAPE '\\'"
    ).fetchall()
    off = [(name, sql) for name, sql in found if name.rpartition("_")[2] in events]
    for name, _ in off:
        connection.execute(f"DROP TRIGGER {name}")
    return [sql for _, sql in off]


def note(connection: sqlite3.Connection, change_id: int) -> None:
    """Note the rows that carry a change's id, as the triggers would have."""
    for kind, chosen in (
        ("contact", "id FROM contact WHERE change_id = ?"),
        ("contact", "contact_id FROM contact_way WHERE change_id = ?"),
        ("deal", "id FROM deal WHERE change_id = ?"),
        ("activity", "id FROM activity WHERE note IS NOT NULL AND change_id = ?"),
    ):
        connection.execute(f"INSERT OR IGNORE INTO search_stale (kind, row_id) SELECT '{kind}', {chosen}", (change_id,))


def stale(connection: sqlite3.Connection) -> bool:
    """Whether anything was written that the search hasn't read yet."""
    return connection.execute("SELECT 1 FROM search_stale LIMIT 1").fetchone() is not None


def waits(connection: sqlite3.Connection, most: int) -> bool:
    """Whether more than `most` rows wait to be read."""
    row = connection.execute("SELECT count(*) FROM (SELECT 1 FROM search_stale LIMIT ?)", (most + 1,)).fetchone()
    return bool(row[0] > most)


def bring_up(connection: sqlite3.Connection) -> None:
    """Reread what was written since, inside the caller's transaction."""
    much = waits(connection, MUCH)
    for table in ("search_contact", "search_text") if much else ():
        # buffer more in memory, so that there are fewer segments to merge
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', ?)", (HELD,))
    for kind in ("contact", *KINDS):
        ids = [row[0] for row in connection.execute("SELECT row_id FROM search_stale WHERE kind = ?", (kind,))]
        for start in range(0, len(ids), AT_ONCE):
            _reread(connection, kind, ids[start : start + AT_ONCE])
    for table in ("search_contact", "search_text") if much else ():
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', ?)", (USUAL,))
    connection.execute("DELETE FROM search_stale")


def erase(connection: sqlite3.Connection) -> None:
    """Purge deleted rows from the indices, which otherwise only mark them until they are merged."""
    bring_up(connection)
    for table in ("search_contact", "search_text"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def rebuild(connection: sqlite3.Connection) -> None:
    """Reread everything."""
    connection.execute("DELETE FROM search_contact")
    connection.execute("DELETE FROM search_text")
    connection.execute("DELETE FROM search_stale")
    for kind in ("contact", *KINDS):
        where = _WHERE.get(kind, "")
        connection.execute(f"INSERT INTO search_stale (kind, row_id) SELECT '{kind}', id FROM {kind}{where}")
    bring_up(connection)


def _reread(connection: sqlite3.Connection, kind: str, ids: Sequence[int]) -> None:
    """Reread some rows of a kind."""
    (_contacts if kind == "contact" else _texts)(connection, kind, ids)


def _marks(ids: Sequence[int]) -> str:
    return ", ".join("?" * len(ids))


def _texts(connection: sqlite3.Connection, kind: str, ids: Sequence[int]) -> None:
    number = KINDS.index(kind)
    wanted = [row_id * STEP + number for row_id in ids]
    # deleting a row that isn't indexed takes as long as one that is
    there = connection.execute(f"SELECT id FROM search_text_content WHERE id IN ({_marks(wanted)})", wanted)
    connection.executemany("DELETE FROM search_text WHERE rowid = ?", there.fetchall())
    rows = connection.execute(f"{_TEXTS[kind]} WHERE id IN ({_marks(ids)})", ids).fetchall()
    connection.executemany(
        "INSERT INTO search_text (rowid, body) VALUES (?, ?)",
        [(row_id * STEP + number, body) for row_id, *texts in rows if (body := fold(join_parts(texts)))],
    )


def _contacts(connection: sqlite3.Connection, kind: str, ids: Sequence[int]) -> None:
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM search_contact_content").fetchone()[0]
    gone = [(row_id,) for row_id in ids if row_id <= newest]  # ids above the newest aren't indexed yet
    connection.executemany("DELETE FROM search_contact WHERE rowid = ?", gone)
    ways: dict[int, str] = {}
    found = connection.execute(
        f"SELECT contact_id, kind, value FROM contact_way WHERE contact_id IN ({_marks(ids)})", ids
    )
    for contact_id, sort, value in found:
        words = number_words(value) if sort == "phone" else fold(value)
        ways[contact_id] = f"{ways[contact_id]} {words}" if contact_id in ways else words
    rows = connection.execute(f"{_CONTACTS} WHERE contact.id IN ({_marks(ids)})", ids).fetchall()
    connection.executemany(
        "INSERT INTO search_contact (rowid, name, ways, rest) VALUES (?, ?, ?, ?)",
        [
            (row_id, fold(join_parts((name, company))), ways.get(row_id, ""), fold(join_parts(_said(rest))))
            for row_id, name, company, *rest in rows
        ],
    )


def _said(rest: Sequence[str]) -> Iterator[str]:
    *texts, tags, dates, kind = rest
    yield from texts
    if tags != "[]":
        yield from json.loads(tags)
    if dates != "[]":
        yield from (what for _, what in json.loads(dates))
    yield kind


def contacts(connection: sqlite3.Connection, line: str, limit: int) -> list[int]:
    """Return the ids of the contacts matching a typed line: name matches first, newest first."""
    asked = query(line)
    if not asked:
        return []
    statement = "SELECT rowid FROM search_contact WHERE search_contact MATCH ? ORDER BY rowid DESC LIMIT ?"
    found = [row[0] for row in connection.execute(statement, (f"{{name}} : ({asked})", limit))]
    if len(found) < limit:
        known = set(found)
        found += [row[0] for row in connection.execute(statement, (asked, limit)) if row[0] not in known]
    return found[:limit]


def texts(connection: sqlite3.Connection, line: str, limit: int) -> list[tuple[str, int]]:
    """Return everything else matching a typed line as kinds and ids, newest first."""
    asked = query(line)
    if not asked:
        return []
    rows = connection.execute(
        "SELECT rowid FROM search_text WHERE search_text MATCH ? ORDER BY rowid DESC LIMIT ?", (asked, limit)
    )
    return [(KINDS[row[0] % STEP], row[0] // STEP) for row in rows]


def _in_a_row(*columns: str) -> str:
    """Return SQL that joins the non-empty texts with ``;``."""
    parts = " || ".join(f"CASE {column} WHEN '' THEN '' ELSE '; ' || {column} END" for column in columns)
    return f"ltrim({parts}, '; ')"


_ROWS = {
    "deal": "SELECT id, title, notes, coalesce(closed, opened, ''), contact_id FROM deal",
    "promise": "SELECT id, text, note, due, contact_id FROM promise",
    "complaint": "SELECT id, text, agreed, received, contact_id FROM complaint",
    "activity": "SELECT id, note, reason, day, contact_id FROM activity",
    "task": "SELECT id, title, reason, coalesce(due, ''), contact_id FROM task",
    "review_line": f"SELECT id, {_in_a_row('text', 'cause', 'correction')}, '',"
    " (SELECT week FROM review WHERE id = review_id), NULL FROM review_line",
    "day": f"SELECT id, {_in_a_row('went_well', 'went_wrong', 'what_else', 'will_try')}, '', day, NULL FROM day",
    "learning": "SELECT id, trim(title || ', ' || author, ', '), taken, coalesce(done_on, started), NULL FROM learning",
}


def hits(connection: sqlite3.Connection, line: str, limit: int) -> list[Hit]:
    """Return what a typed line finds: contacts first, up to two thirds of `limit` if there are other matches."""
    people = clients_first(connection, contacts(connection, line, RANKED))
    others = texts(connection, line, limit)
    room = max(limit - len(others), limit * 2 // 3)
    found = _contact_hits(connection, people[:room])
    return found + _text_hits(connection, others[: limit - len(found)])


def hits_of(connection: sqlite3.Connection, line: str, limit: int, kinds: Sequence[str]) -> list[Hit]:
    """Return what a typed line finds in some kinds other than contacts, newest days first."""
    asked = query(line)
    if not asked:
        return []
    numbers = [KINDS.index(kind) for kind in kinds]
    rows = connection.execute(
        "SELECT rowid FROM search_text WHERE search_text MATCH ?"
        f" AND rowid % {STEP} IN ({_marks(numbers)}) ORDER BY rowid DESC LIMIT ?",
        (asked, *numbers, LOOKED_AT),
    )
    # the ids of two tables don't tell which row is newer, but their days do
    found = _text_hits(connection, [(KINDS[row[0] % STEP], row[0] // STEP) for row in rows])
    return sorted(found, key=lambda hit: hit.day, reverse=True)[:limit]


def clients_first(connection: sqlite3.Connection, ids: list[int]) -> list[int]:
    """Return the given contacts, those with any history first: a deal, an open step, a real contact."""
    if len(ids) < 2:
        return ids
    known: set[int] = set()
    marks = _marks(ids)
    for table, condition in (("deal", ""), ("task", " AND state = 'open'"), ("activity", f" AND {REAL}")):
        rows = connection.execute(
            f"SELECT contact_id FROM {table} WHERE contact_id IN ({marks}){condition} GROUP BY contact_id", ids
        )
        known.update(row[0] for row in rows)
    return sorted(ids, key=lambda key: key not in known)


def _contact_hits(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Hit]:
    """Return hits for the given contacts, in their order."""
    ways: dict[int, list[str]] = {}
    for contact_id, value in connection.execute(
        f"SELECT contact_id, value FROM contact_way WHERE contact_id IN ({_marks(ids)}) ORDER BY kind DESC, position",
        ids,
    ):
        ways.setdefault(contact_id, []).append(value)
    found = {
        row[0]: Hit(
            "contact",
            row[0],
            row[0],
            row[1],
            row[2] or "",
            join_parts((row[3], *ways.get(row[0], ()), *_said(row[4:]))),
        )
        for row in connection.execute(f"{_CONTACTS} WHERE contact.id IN ({_marks(ids)})", ids)
    }
    return [found[key] for key in ids if key in found]


def _text_hits(connection: sqlite3.Connection, wanted: Sequence[tuple[str, int]]) -> list[Hit]:
    """Return hits for the given other rows, in their order."""
    rows: dict[tuple[str, int], tuple[str, str, str, int | None]] = {}
    for kind in {kind for kind, _ in wanted}:
        ids = [row_id for each, row_id in wanted if each == kind]
        for row_id, *row in connection.execute(f"{_ROWS[kind]} WHERE id IN ({_marks(ids)})", ids):
            rows[kind, row_id] = (row[0], row[1], row[2], row[3])
    people = list({row[3] for row in rows.values() if row[3] is not None})
    names = {
        row[0]: (row[1], row[2])
        for row in connection.execute(
            "SELECT contact.id, contact.name, coalesce(company.name, '') FROM contact"
            f" LEFT JOIN company ON company.id = contact.company_id WHERE contact.id IN ({_marks(people)})",
            people,
        )
    }
    found = []
    for key in wanted:
        if key in rows:
            title, more, day, contact_id = rows[key]
            name, company = names.get(contact_id or 0, ("", ""))
            found.append(Hit(*key, contact_id, name, company, join_parts((title, more)), day[:10]))
    return found


def brought_up(
    connection: sqlite3.Connection,
    most: int | None = None,
    held: float = FIRST,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Update the search, if anything was written since, in its own transactions. False where the file can't be written
    now, or where more than `most` rows are waiting, so that the latest rows won't be found.

    Many rows are read in turns of `held` seconds with a few milliseconds between, so that others can write: while
    500,000 rows were read at once, a call would exceed its lock timeout and be refused. `stop` is checked between
    turns, and the next run resumes where this one stopped.
    """
    if not stale(connection):
        return True
    while not stop():
        if most is not None and waits(connection, most):
            return False
        begun = time.perf_counter()
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        try:
            more = _read_stale(connection, begun + held)
            connection.execute("COMMIT")
        except sqlite3.OperationalError:
            recorder.rollback(connection)
            return False
        except BaseException:
            recorder.rollback(connection)
            raise
        if not more:
            return True
        time.sleep(min(LONGEST_TURN, time.perf_counter() - begun))  # as long as they were kept waiting
    return False


def _read_stale(connection: sqlite3.Connection, until: float) -> bool:
    """Read waiting rows until a deadline. Returns whether any are left."""
    for kind in ("contact", *KINDS):
        while ids := [
            row[0]
            for row in connection.execute(
                "SELECT row_id FROM search_stale WHERE kind = ? ORDER BY row_id LIMIT ?", (kind, HANDFUL)
            )
        ]:
            _reread(connection, kind, ids)
            connection.execute("DELETE FROM search_stale WHERE kind = ? AND row_id <= ?", (kind, ids[-1]))
            if time.perf_counter() >= until:
                return stale(connection)
    # rows of a kind that nobody reads would otherwise wait for ever
    connection.execute("DELETE FROM search_stale")
    return False
