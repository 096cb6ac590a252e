"""Bringing an older database forward: hand-written steps on `user_version`, all or nothing.

A step is a file of statements, `steps/v2.sql` for the way from version 1 to 2. They run in one BEGIN IMMEDIATE, with
foreign keys off outside it (the pragma is a no-op inside) and `foreign_key_check` at the end; a backup is made before.
`legacy_alter_table` keeps a renamed table's references where they are. Not
`executescript`, which commits first. A committed database of each old version is migrated in the tests and must end up
equal to a new one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from planner.domain.errors import DatabaseProblem
from planner.store import backup, connection

FOLDER = os.path.join(os.path.dirname(__file__), "steps")


def shipped_steps() -> dict[int, list[str]]:
    """From version -> the statements that lead to the next one."""
    found = {}
    for version in range(1, connection.SCHEMA_VERSION):
        with open(os.path.join(FOLDER, f"v{version + 1}.sql"), encoding="utf-8") as file:
            found[version] = _statements(file.read())
    return found


def _statements(script: str) -> list[str]:
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
    """Bring the database at `path` to `target`. Returns the backup made before, or None when nothing was to do.

    Raises DatabaseProblem for a version without a way forward; the file is then as it was.
    """
    handle = sqlite3.connect(path, timeout=connection.BUSY_SECONDS, isolation_level=None)
    try:
        version = handle.execute("PRAGMA user_version").fetchone()[0]
        if version >= target:
            return None
        if handle.execute("PRAGMA application_id").fetchone()[0] != connection.APPLICATION_ID:
            raise DatabaseProblem(f"{path} is not a planner database; it was left as it is.")
        made = backup.make(handle, path, now, f"before-v{target}") if keep_backup else None
        handle.execute("PRAGMA synchronous=EXTRA")
        handle.execute("PRAGMA foreign_keys=OFF")
        handle.execute("PRAGMA legacy_alter_table=ON")
        _run(handle, path, shipped_steps() if steps is None else steps, target)
        return made
    except sqlite3.Error as error:
        raise connection.sentence(error, path) from error
    finally:
        handle.close()


def _run(handle: sqlite3.Connection, path: str, steps: Mapping[int, Sequence[str]], target: int) -> None:
    handle.execute("BEGIN IMMEDIATE")
    try:
        # read again under the lock: another program may have been faster
        version = handle.execute("PRAGMA user_version").fetchone()[0]
        while version < target:
            if version not in steps:
                raise DatabaseProblem(f"{path} has schema {version}, from which there is no way to {target}.")
            for statement in steps[version]:
                handle.execute(statement)
            version += 1
            handle.execute(f"PRAGMA user_version={version}")
        if handle.execute("PRAGMA foreign_key_check").fetchall():
            raise DatabaseProblem(f"{path} could not be brought forward: rows would point nowhere. It is as it was.")
        handle.execute("COMMIT")
    except BaseException:
        if handle.in_transaction:
            handle.execute("ROLLBACK")
        raise
