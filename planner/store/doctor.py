"""Looking a database over: its pages, its references, its schema, its derived counts, its backups."""

from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import dataclass

from planner.domain.activity import COUNTED, REVENUE
from planner.domain.errors import DatabaseProblem
from planner.domain.text import many
from planner.store import backup, connection, search


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `ok` says that all is well now, `mended` that it wasn't before."""

    what: str
    ok: bool
    said: str
    mended: bool = False


def examine(path: str) -> list[Finding]:
    """Look at everything and mend what is derived. Raises DatabaseProblem for a file that can't be opened at all."""
    handle = connection.connect(path)
    try:
        found = [_pages(handle)]
        if found[0].ok:
            found += [
                _references(handle),
                _schema(handle),
                _counts(handle, path),
                _search(handle, path),
                _history(handle),
            ]
    except sqlite3.Error as error:
        raise connection.sentence(error, path) from error
    finally:
        handle.close()
    return [*found, _permissions(path), *_backups(path)]


def _pages(handle: sqlite3.Connection) -> Finding:
    answers = [row[0] for row in handle.execute("PRAGMA integrity_check(20)")]
    return Finding("pages", answers == ["ok"], "whole" if answers == ["ok"] else "; ".join(answers[:3]))


def _references(handle: sqlite3.Connection) -> Finding:
    rows = handle.execute("PRAGMA foreign_key_check").fetchall()
    tables = ", ".join(sorted({row[0] for row in rows}))
    said = f"{many(len(rows), 'row', 'rows')} of {tables} without what they point to"
    return Finding("references", not rows, said if rows else "all point somewhere")


def _objects(handle: sqlite3.Connection) -> dict[str, str]:
    rows = handle.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%'")
    return dict(rows.fetchall())


def _schema(handle: sqlite3.Connection) -> Finding:
    fresh = sqlite3.connect(":memory:")
    try:
        fresh.executescript(connection.schema_script())
        wanted, there = _objects(fresh), _objects(handle)
    finally:
        fresh.close()
    missing = sorted(name for name in wanted if there.get(name) != wanted[name])
    extra = sorted(set(there) - set(wanted))
    said = "; ".join(
        part
        for part in (
            f"missing or different: {', '.join(missing)}" if missing else "",
            f"not ours: {', '.join(extra)}" if extra else "",
        )
        if part
    )
    return Finding("schema", not missing, said or f"version {connection.SCHEMA_VERSION}")


def _counts(handle: sqlite3.Connection, path: str) -> Finding:
    """Recount the days from the log; where they differ, the log is right."""
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
            return Finding("counts", True, "the days are what the log says")
        span = wrong[0] if len(wrong) == 1 else f"{wrong[0]} … {wrong[-1]}"
        said = f"{len(wrong)} of {len(logged)} days differed from the log ({span})"
        handle.execute("DELETE FROM day_count")
        handle.execute(f"INSERT INTO day_count (day, {', '.join(names)}) {recount}")
        handle.execute("DELETE FROM laid_day")
        handle.execute("COMMIT")
        return Finding("counts", True, f"{said}; they are recounted", mended=True)
    finally:
        if handle.in_transaction:
            handle.execute("ROLLBACK")


def _search(handle: sqlite3.Connection, path: str) -> Finding:
    """Whether the search has everybody; where its index is damaged or lacks somebody, it is made anew."""
    if not os.access(path, os.W_OK):
        return Finding("search", True, "not looked at: the file can't be written")
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
    said = many(count, "contact is found", "contacts are found")
    return Finding(
        "search", True, said if well else f"the index was damaged; it is made anew, and {said}", mended=not well
    )


def _history(handle: sqlite3.Connection) -> Finding:
    changes, undone = handle.execute("SELECT count(*), coalesce(sum(undone), 0) FROM change").fetchone()
    return Finding("history", True, f"{changes - undone:,} changes can be undone, {undone:,} redone")


def _permissions(path: str) -> Finding:
    if os.name == "nt":
        return Finding("privacy", True, "as the folder has it")
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if not mode & 0o077:
        return Finding("privacy", True, "for its owner alone")
    try:
        os.chmod(path, 0o600)
    except OSError as error:
        return Finding("privacy", False, f"others can read it ({mode:o}), and it can't be changed: {error.strerror}")
    return Finding("privacy", True, f"others could read it ({mode:o}); it is for its owner alone now", mended=True)


def _backups(path: str) -> list[Finding]:
    found = backup.listed(path)
    if not found:
        return [Finding("backups", True, "none yet: one is made before the first change of each day")]
    bad = []
    for _, name in found:
        try:
            backup.check(name)
        except DatabaseProblem as problem:
            bad.append(Finding("backup", False, str(problem)))
    newest = f"the newest of {found[-1][0]:%Y-%m-%d %H:%M}"
    return [Finding("backups", not bad, f"{len(found) - len(bad)} of {len(found)} are whole, {newest}"), *bad]
