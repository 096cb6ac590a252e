"""Bringing an older database forward: hand-written steps on `user_version`, all or nothing.

A step is a list of statements that turns version n into n + 1. They run in one BEGIN IMMEDIATE, with foreign keys off
outside it (the pragma is a no-op inside) and `foreign_key_check` at the end; a backup is made before. Not
`executescript`, which commits first. A committed database of each old version is migrated in the tests and must end
up equal to a new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from planner.domain.errors import DatabaseProblem
from planner.store import backup, connection

# from version -> the statements that lead to the next one
STEPS: Mapping[int, Sequence[str]] = {}


def migrate(
    path: str,
    now: datetime,
    *,
    steps: Mapping[int, Sequence[str]] = STEPS,
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
        _run(handle, path, steps, target)
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
