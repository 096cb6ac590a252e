"""Migrates an older database by steps on `user_version`, all or nothing.

A step is a file of statements, `steps/v2.sql` for version 1 to 2, drafted by `steps/draft.py`. All run in one BEGIN
IMMEDIATE, with foreign keys off outside it (the pragma is a no-op inside) and `foreign_key_check` at the end. A backup
is made before. `legacy_alter_table` keeps references to a renamed table where they are. `executescript` isn't used,
because it commits first. The tests migrate a committed database of each old version, which must end up equal to a new
one.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime

from planner.domain.errors import DatabaseProblem
from planner.store import connection
from planner.store.safety import backup

FOLDER = os.path.join(os.path.dirname(__file__), "steps")


def shipped_steps() -> dict[int, list[str]]:
    """Return the statements that lead from each version to the next."""
    found = {}
    for version in range(1, connection.SCHEMA_VERSION):
        with open(os.path.join(FOLDER, f"v{version + 1}.sql"), encoding="utf-8") as file:
            found[version] = statements(file.read())
    return found


def statements(script: str) -> list[str]:
    """Split a script into its statements."""
    found, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):  # a trigger's own semicolons don't end it
            found.append(current.strip())
            current = ""
    return found


def migrate(
    path: str,
    now: datetime,
    *,
    steps: Mapping[int, Sequence[str]] | None = None,
    target: int = connection.SCHEMA_VERSION,
    keep_backup: bool = True,
) -> str | None:
    """Migrate the database at `path` to `target`. Returns the backup made before, or None if it was up to date.

    Raises DatabaseProblem for a version that can't be migrated, leaving the file as it was.
    """
    handle = None
    try:
        handle = connection.open_existing(path)
        version = handle.execute("PRAGMA user_version").fetchone()[0]
        if version >= target:
            return None
        if handle.execute("PRAGMA application_id").fetchone()[0] != connection.APPLICATION_ID:
            raise DatabaseProblem(f"{path} isn't a planner database. It was left unchanged.")
        made = backup.make(handle, path, now, f"before-v{target}") if keep_backup else None
        handle.execute("PRAGMA synchronous=EXTRA")
        handle.execute("PRAGMA foreign_keys=OFF")
        handle.execute("PRAGMA legacy_alter_table=ON")
        _run(handle, path, shipped_steps() if steps is None else steps, target)
        return made
    except sqlite3.Error as error:
        raise connection.sentence(error, path) from error
    finally:
        if handle is not None:
            handle.close()


def _run(handle: sqlite3.Connection, path: str, steps: Mapping[int, Sequence[str]], target: int) -> None:
    handle.execute("BEGIN IMMEDIATE")
    try:
        # reread under the lock, since another program may have been faster
        version = handle.execute("PRAGMA user_version").fetchone()[0]
        while version < target:
            if version not in steps:
                raise DatabaseProblem(f"{path} has schema {version}, which can't be upgraded to {target}.")
            for statement in steps[version]:
                handle.execute(statement)
            version += 1
            handle.execute(f"PRAGMA user_version={version}")
        if handle.execute("PRAGMA foreign_key_check").fetchall():
            raise DatabaseProblem(
                f"{path} couldn't be upgraded because some rows refer to missing ones. Nothing was changed."
            )
        handle.execute("COMMIT")
    except BaseException:
        if handle.in_transaction:
            handle.execute("ROLLBACK")
        raise


def quote(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def parts(handle: sqlite3.Connection) -> dict[str, str]:
    """Return a database's schema objects, names and SQL, without SQLite's internal ones."""
    rows = handle.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%'")
    return dict(rows.fetchall())


def own_parts() -> dict[str, str]:
    """Return a new database's schema objects."""
    fresh = sqlite3.connect(":memory:")
    try:
        fresh.executescript(connection.schema_script())
        return parts(fresh)
    finally:
        fresh.close()


def adopt(path: str, now: datetime) -> list[str]:
    """Adopt a copy of somebody's database: remove what isn't planner's, migrate the schema, then compare it with a new
    one's. Returns what was removed. Raises DatabaseProblem.
    """
    with closing(connection.open_existing(path)) as handle:
        gone = take_out_foreign(handle)
    migrate(path, now, keep_backup=False)
    with closing(connection.open_existing(path)) as handle:
        gone += [f"{name} (rebuilt)" for name in put_right(handle)]
        check_schema(handle)
    return gone


def put_right(handle: sqlite3.Connection) -> list[str]:
    """Remove a database's foreign triggers and views, which act by themselves, and recreate planner's own where they
    are missing or different. Returns their names.
    """
    wanted, there = own_parts(), parts(handle)
    kinds = dict(handle.execute("SELECT name, type FROM sqlite_master").fetchall())
    done = []
    for name in sorted(wanted.keys() | there.keys()):
        ours = wanted.get(name, "")
        if there.get(name) == ours:
            continue
        if kinds.get(name) in ("trigger", "view"):
            handle.execute(f"DROP {kinds[name]} {quote(name)}")
        elif name in there or not ours.startswith("CREATE TRIGGER"):
            continue
        if ours:
            handle.execute(ours)
        done.append(name)
    return done


def take_out_foreign(handle: sqlite3.Connection) -> list[str]:
    """Remove from a database what no version of planner created: triggers and views first, which act by themselves.
    Returns what was removed.
    """
    steps = " ".join(statement for some in shipped_steps().values() for statement in some)
    known = own_parts().keys() | set(
        re.findall(r"\b(?:TABLE|INDEX|TRIGGER|VIEW|TO)\s+(?:IF (?:NOT )?EXISTS\s+)?\"?(\w+)", steps)
    )
    rows = handle.execute(
        "SELECT type, name FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%'"
        " ORDER BY type = 'trigger' DESC, type = 'view' DESC, type = 'index' DESC, name"
    ).fetchall()
    gone = []
    for kind, name in rows:
        if name in known or handle.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is None:
            continue  # ours, or removed with its table
        handle.execute(f"DROP {kind.upper()} {quote(name)}")
        gone.append(f"{kind} {name}")
    return gone


def check_schema(handle: sqlite3.Connection) -> None:
    """Compare a database's schema with this program's. Raises DatabaseProblem for any difference, since an altered
    object under one of our names may do anything.
    """
    wanted, there = own_parts(), parts(handle)
    wrong = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if wrong:
        names = ", ".join(wrong[:5]) + (" …" if len(wrong) > 5 else "")
        raise DatabaseProblem(f"That database's structure isn't planner's ({names}). Nothing was changed.")
