"""Checks a database: its pages, references, schema, derived counts and backups."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from dataclasses import dataclass
from datetime import datetime

from planner.domain import formats
from planner.domain.day.activity import COUNTED, REVENUE
from planner.domain.errors import DatabaseProblem
from planner.domain.text import plural
from planner.store import connection, migrations, search
from planner.store.safety import backup


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `ok` says that all is well now, `mended` that it had to be repaired."""

    what: str
    ok: bool
    said: str
    mended: bool = False


def examine(path: str) -> list[Finding]:
    """Check everything and repair what is derived. Raises DatabaseProblem for a file that can't be opened at all."""
    handle = connection.connect(path)
    try:
        found = [_pages(handle)]
        if found[0].ok:
            found += [
                _references(handle),
                _schema(handle, path),
                _counts(handle, path),
                _search(handle, path),
                _history(handle),
            ]
    except sqlite3.Error as error:
        raise connection.sentence(error, path) from error
    finally:
        handle.close()
    return [*found, _permissions(path), *_copies(path), *_backups(path)]


def _pages(handle: sqlite3.Connection) -> Finding:
    answers = [row[0] for row in handle.execute("PRAGMA integrity_check(20)")]
    return Finding("pages", answers == ["ok"], "intact" if answers == ["ok"] else "; ".join(answers[:3]))


def _references(handle: sqlite3.Connection) -> Finding:
    rows = handle.execute("PRAGMA foreign_key_check").fetchall()
    tables = ", ".join(sorted({row[0] for row in rows}))
    said = f"{plural(len(rows), 'row', 'rows')} in {tables} with a missing reference"
    return Finding("references", not rows, said if rows else "all intact")


def _schema(handle: sqlite3.Connection, path: str) -> Finding:
    """Compare the schema with a new one. Triggers and views, which act by themselves, are repaired. Tables and columns
    are only reported, since they may hold data.
    """
    wanted, there = migrations.own_parts(), migrations.parts(handle)
    wrong = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if not wrong:
        return Finding("schema", True, f"version {connection.SCHEMA_VERSION}")
    done: list[str] = []
    if os.access(path, os.W_OK):
        handle.execute("BEGIN IMMEDIATE")
        done = migrations.put_right(handle)
        handle.execute("DELETE FROM laid_day")
        handle.execute("COMMIT")
    left = [name for name in wrong if name not in done]
    said = []
    if done:
        said.append(f"repaired: {', '.join(done)}")
    if left:
        foreign = [name for name in left if name not in wanted]
        missing = [name for name in left if name in wanted]
        said += [f"not planner's: {', '.join(foreign)}"] if foreign else []
        said += [f"missing or different: {', '.join(missing)}"] if missing else []
    return Finding("schema", not left, "; ".join(said), mended=bool(done))


def _counts(handle: sqlite3.Connection, path: str) -> Finding:
    """Recount the days from the log, which wins where they differ."""
    names = (*COUNTED, "revenue")
    sums = [f"coalesce(sum(count * ({rule.format(row='')})), 0)" for rule in COUNTED.values()]
    sums.append(f"coalesce(sum({REVENUE.format(row='')}), 0)")
    recount = f"SELECT day, {', '.join(sums)} FROM activity GROUP BY day"
    counted = f"SELECT day, {', '.join(names)} FROM day_count"
    handle.execute("BEGIN IMMEDIATE" if os.access(path, os.W_OK) else "BEGIN")
    try:
        nothing = (0,) * len(names)
        logged = {row[0]: row[1:] for row in handle.execute(recount)}
        kept = {row[0]: row[1:] for row in handle.execute(counted)}
        wrong = sorted(day for day in logged.keys() | kept.keys() if logged.get(day, nothing) != kept.get(day, nothing))
        if not wrong:
            return Finding("counts", True, "every day matches the log")
        span = " to ".join(map(formats.dated_text, dict.fromkeys((wrong[0], wrong[-1]))))
        said = f"{len(wrong)} of {len(logged)} days differed from the log ({span})"
        handle.execute("DELETE FROM day_count")
        handle.execute(f"INSERT INTO day_count (day, {', '.join(names)}) {recount}")
        handle.execute("DELETE FROM laid_day")
        handle.execute("COMMIT")
        return Finding("counts", True, f"{said}, now recounted", mended=True)
    finally:
        if handle.in_transaction:
            handle.execute("ROLLBACK")


def _search(handle: sqlite3.Connection, path: str) -> Finding:
    """Check that the search has every contact. Rebuild its index if it is damaged or incomplete."""
    if not os.access(path, os.W_OK):
        return Finding("search", True, "not checked, because the file is read-only")
    handle.execute("BEGIN IMMEDIATE")
    try:
        search.bring_up(handle)
        count = handle.execute("SELECT count(*) FROM contact").fetchone()[0]
        well = True
        try:
            for table in ("search_contact", "search_text"):
                handle.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
            well = handle.execute("SELECT count(*) FROM search_contact").fetchone()[0] == count
        except sqlite3.DatabaseError:
            well = False
        if not well:
            search.rebuild(handle)
        handle.execute("COMMIT")
    finally:
        if handle.in_transaction:
            handle.execute("ROLLBACK")
    said = f"{plural(count, 'contact', 'contacts')} indexed"
    return Finding(
        "search", True, said if well else f"the index was damaged and has been rebuilt ({said})", mended=not well
    )


def _history(handle: sqlite3.Connection) -> Finding:
    changes, undone = handle.execute("SELECT count(*), coalesce(sum(undone), 0) FROM change").fetchone()
    return Finding("history", True, f"{changes - undone:,} to undo, {undone:,} to redo")


def _permissions(path: str) -> Finding:
    if os.name == "nt":
        return Finding("privacy", True, "set by the folder")
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if not mode & 0o077:
        return Finding("privacy", True, "only you can read it")
    try:
        os.chmod(path, 0o600)
    except OSError as error:
        return Finding("privacy", False, f"others can read it ({mode:o}), and that can't be changed: {error.strerror}")
    return Finding("privacy", True, f"others could read it ({mode:o}), now only you can", mended=True)


def _copies(path: str) -> list[Finding]:
    """Find conflict copies beside the database that hold changes it lacks, as made by file-sync programs when two
    computers have written. A backup lying there holds nothing else.
    """
    own = _newest_change(path)
    if own is None:
        return []
    folder = os.path.dirname(os.path.abspath(path))
    found = []
    for name in sorted(os.listdir(folder)):
        there = os.path.join(folder, name)
        if not os.path.isfile(there) or os.path.samefile(there, path):
            continue
        other = _newest_change(there)
        if other is None or other[0] != own[0]:
            continue
        if other[1] is None or _has_change(path, other[1]):
            conflict = _CONFLICT.search(name) is not None
            said = f"{name} is a copy of this database with nothing new in it" + (
                ". Your sync program made it. Move it out of this folder" if conflict else ""
            )
            found.append(Finding("copy", not conflict, said))
            continue
        when = datetime.fromtimestamp(other[1][1])
        said = (
            f"{name} is a copy of this database that was changed elsewhere, last on {formats.dated_text(when)}. Some "
            "entries are only there. Open it with --db, enter what's missing here, and move it out of this folder"
        )
        found.append(Finding("copy", False, said))
    return found


# as named by Dropbox, OneDrive, Syncthing, Nextcloud and others
_CONFLICT = re.compile(r"conflict|konflikt|conflit|conflicto|конфликт|충돌|競合|冲突", re.IGNORECASE)
_Change = tuple[int, int, str]  # id, when (seconds since 1970 UTC), name


def _newest_change(path: str) -> tuple[str, _Change | None] | None:
    """Return a database's uid and newest change, or None for a file that isn't a readable database."""
    try:
        with open(path, "rb") as file:
            head = file.read(72)
    except OSError:
        return None
    if not head.startswith(b"SQLite format 3\0") or int.from_bytes(head[68:72]) != connection.APPLICATION_ID:
        return None
    try:
        handle = connection.open_existing(path, "ro")
        try:
            uid = handle.execute("SELECT value FROM meta WHERE key = 'uid'").fetchone()
            newest = handle.execute("SELECT id, at, label FROM change ORDER BY id DESC LIMIT 1").fetchone()
        finally:
            handle.close()
    except sqlite3.Error:
        return None  # damaged, so its origin is unknown
    return None if uid is None else (str(uid[0]), newest)


def _has_change(path: str, change: _Change) -> bool:
    """Whether a database holds a change, or is past the point where it would have dropped it."""
    handle = connection.open_existing(path, "ro")
    try:
        oldest = handle.execute("SELECT min(id) FROM change").fetchone()[0]
        row = handle.execute("SELECT at, label FROM change WHERE id = ?", change[:1]).fetchone()
    finally:
        handle.close()
    return row == change[1:] or (oldest is not None and change[0] < oldest)


def _backups(path: str) -> list[Finding]:
    found = backup.list_backups(path)
    if not found:
        return [Finding("backups", True, "none yet (one is made before each day's first change)")]
    bad = []
    for _, name in found:
        try:
            backup.check(name)
        except DatabaseProblem as problem:
            bad.append(Finding("backup", False, str(problem)))
    newest = f"the newest from {formats.dated_text(found[-1][0])}"
    return [Finding("backups", not bad, f"{len(found) - len(bad)} of {len(found)} intact, {newest}"), *bad]
