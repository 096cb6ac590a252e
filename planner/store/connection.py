"""Opens and creates the rep's database: one mode, one set of checks, plain sqlite3.

Rollback journal, `synchronous=EXTRA`, foreign keys on, a lock timeout of five seconds (`standards.md`, Safety). A file
that isn't planner's is refused and left byte for byte as it was. On the quick path: no SQLModel, no pathlib.
"""

from __future__ import annotations

import os
import sqlite3
import sys

from planner import platform
from planner.domain.errors import DatabaseGone, DatabaseProblem, NeedsMigration

APPLICATION_ID = 0x504C4E52  # "PLNR"
SCHEMA_VERSION = 11

_DAMAGED = "is damaged. It was left unchanged. `planner doctor` checks it, and `planner restore` restores a backup"
_SENTENCES = (
    ("database is locked", "is in use by another program. Nothing was changed. Try again in a moment"),
    ("file is not a database", "isn't a planner database. It was left unchanged"),
    ("file is encrypted", "isn't a planner database. It was left unchanged"),
    ("malformed", _DAMAGED),
    ("no such table", _DAMAGED),
    ("disk is full", "can't be written because the disk is full. Nothing was changed"),
    ("readonly", "is read-only. Nothing was changed"),
    ("unable to open", "can't be opened. Check the permissions of the file and its folder"),
    ("disk I/O error", "can't be read or written because of a disk error. Nothing was changed"),
)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error means that the file itself is damaged, rather than a lock, a full disk or a bad row."""
    return any(f" {meaning}." in str(sentence(error, "")) for meaning in (_DAMAGED, _SENTENCES[1][1]))


def sentence(error: sqlite3.Error, path: str) -> DatabaseProblem:
    """Explain a database error to the rep."""
    text = str(error)
    for needle, meaning in _SENTENCES:
        if needle in text:
            return DatabaseProblem(f"{path} {meaning}.")
    return DatabaseProblem(f"{path}: the database reported {text!r}. Nothing was changed.")


def exists(path: str) -> bool:
    """Whether there is a file to open. Refuses an empty one and anything that isn't a file."""
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise DatabaseProblem(f"Can't reach {path}: {error.strerror}.") from error
    if os.path.isdir(path):
        raise DatabaseProblem(f"{path} is a folder, not a database.")
    if not os.path.isfile(path):
        raise DatabaseProblem(f"{path} isn't a file.")  # reading a pipe would block
    if stat.st_size == 0:
        raise DatabaseProblem(
            f"{path} is empty, so it isn't a planner database. It was left unchanged. Move it, or name another file."
        )
    return True


def open_existing(path: str, mode: str = "rw") -> sqlite3.Connection:
    """Open an existing file, `ro` or `rw`, in autocommit, with its key if it is encrypted.

    Every file that may be a database is opened here. Raises sqlite3.Error, and Locked where the key isn't known.
    """
    cipher = sys.modules.get("planner.store.cipher")
    if cipher is not None and cipher.is_open(path):
        return cipher.connect(path, mode)  # type: ignore[no-any-return]
    handle = sqlite3.connect(
        platform.uri(path, mode), uri=True, timeout=platform.BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        handle.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        handle.close()
        if "not a database" not in str(error):
            raise
        from planner.store import cipher as encrypted  # most databases are plain and don't need this module

        if encrypted.salt_of(path) is None:
            raise
        return encrypted.connect(path, mode)
    return handle


def is_encrypted(path: str) -> bool:
    """Whether a database opened by this process is encrypted."""
    cipher = sys.modules.get("planner.store.cipher")
    return cipher is not None and bool(cipher.is_open(path))


def connect(path: str) -> sqlite3.Connection:
    """Return a checked connection to an existing database, in autocommit: transactions are begun by hand.

    Raises DatabaseProblem for an unusable file, NeedsMigration for an older schema.
    """
    if not exists(path):
        raise DatabaseProblem(f"{path} doesn't exist.")
    connection = None
    try:
        connection = open_existing(path)
        # FULL and EXTRA differ by one sync of the folder. Only EXTRA lost nothing in simulated power cuts.
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=EXTRA")
        if platform.mac():
            connection.execute("PRAGMA fullfsync=ON")  # fsync alone is no barrier there
        ours, version = connection.execute(
            "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version)"
        ).fetchone()
        _check(path, ours, version)
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise sentence(error, path) from error
    except DatabaseProblem:
        if connection is not None:
            connection.close()
        raise
    return connection


def keep_journal(connection: sqlite3.Connection) -> None:
    """Truncate the rollback journal at each commit instead of deleting it, for a connection that writes with each key.

    As safe (SQLite syncs the truncation before the commit ends), and a fifth of a millisecond faster than creating and
    deleting the file. Truncated, not kept with a wiped header, so that erased data doesn't remain in it.
    """
    connection.execute("PRAGMA journal_mode=TRUNCATE")


def leave_no_journal(connection: sqlite3.Connection) -> None:
    """Remove the empty journal before a connection of `keep_journal` is closed in an orderly way."""
    connection.execute("PRAGMA busy_timeout=0")
    # a concurrent writer removes it with its own commit, and SQLite returns the old mode instead of an error
    connection.execute("PRAGMA journal_mode=DELETE")


def _check(path: str, application_id: int, version: int) -> None:
    if application_id != APPLICATION_ID:
        raise DatabaseProblem(f"{path} isn't a planner database. It was left unchanged.")
    if version > SCHEMA_VERSION:
        raise DatabaseProblem(
            f"{path} was written by a newer version of planner (schema {version}; this one knows {SCHEMA_VERSION}). "
            "It was left unchanged. Update planner to open it."
        )
    if version < SCHEMA_VERSION:
        raise NeedsMigration(f"{path} has schema {version} and must be upgraded to {SCHEMA_VERSION} first.")


def open_or_create(path: str, now: int) -> sqlite3.Connection:
    """Return a checked connection, creating the database first if missing. `now` is seconds since 1970 UTC."""
    if not exists(path):
        create(path, now)
    return connect(path)


class Place:
    """Remembers a program's database path, and which database was found there.

    Once one has been open, none is created there and no other is used, because what is done in a program belongs to the
    file it was done on. A restored backup is the same database, by its `uid`.
    """

    __slots__ = ("path", "uid")

    def __init__(self, path: str) -> None:
        self.path = path
        self.uid: str | None = None

    def exists(self) -> bool:
        """Whether there is a file to open. Raises DatabaseGone if the one that was open is missing."""
        try:
            there = exists(self.path)
        except DatabaseProblem as problem:
            if self.uid is None:
                raise
            raise DatabaseGone(str(problem)) from problem
        if not there and self.uid is not None:
            raise DatabaseGone(f"Nothing can be saved: {self.path} is gone. Put it back to continue.")
        return there

    def connect(self) -> sqlite3.Connection:
        """As `connect`, but only to the database that was open before. Raises DatabaseGone for anything else."""
        self.exists()
        try:
            connection = connect(self.path)
        except NeedsMigration:
            raise
        except DatabaseProblem as problem:
            if self.uid is None:
                raise
            raise DatabaseGone(str(problem)) from problem
        try:
            self.check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def create(self, now: int) -> None:
        """As `create`, but never in place of one that was open. Raises DatabaseGone there."""
        if not self.exists():
            create(self.path, now)

    def check(self, connection: sqlite3.Connection) -> None:
        """Check that a connection leads to the database that was open before."""
        try:
            uid, version = connection.execute(
                "SELECT (SELECT value FROM meta WHERE key = 'uid'), user_version FROM pragma_user_version"
            ).fetchone()
        except sqlite3.Error as error:
            if self.uid is not None and is_damage(error):
                raise DatabaseGone(f"Nothing can be saved: {sentence(error, self.path)}") from error
            raise sentence(error, self.path) from error
        uid = "" if uid is None else str(uid)
        if version > SCHEMA_VERSION:
            raise DatabaseGone(
                f"Nothing can be saved: a newer version of planner upgraded {self.path}. Restart planner."
            )
        if self.uid is None:
            self.uid = uid
        elif uid != self.uid:
            raise DatabaseGone(
                f"Nothing can be saved: {self.path} is a different database now. Put the old one back to "
                "continue, or restart planner to use this one."
            )


def create(path: str, now: int, like: str | None = None) -> None:
    """Create a database, whole or not at all: built under another name, then linked into place.

    If another process was faster, its database stands and ours is discarded. It is encrypted if the one at `like` is,
    under the same key.
    """
    folder = os.path.dirname(path)
    for ending in ("-journal", "-wal"):
        if os.path.exists(path + ending) and os.path.getsize(path + ending):
            # SQLite would replay it into the new file. An empty one is harmless, and a killed program may leave it
            raise DatabaseProblem(
                f"{path} is gone, but {os.path.basename(path)}{ending} is still there and belongs to it. "
                "Put the database back beside it, or move that file first."
            )
    from planner import files  # needed once in a database's life

    try:
        with files.workplace(folder) as place:
            temporary = os.path.join(place, "base.db")
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            fresh = open_empty(temporary, like)
            try:
                fresh.execute("PRAGMA synchronous=EXTRA")
                # one transaction in one script, as the file isn't in place yet and a partial one is never seen
                fresh.executescript(
                    f"BEGIN;{schema_script()}PRAGMA application_id={APPLICATION_ID};"
                    f"PRAGMA user_version={SCHEMA_VERSION};"
                    f"INSERT INTO meta (key, value) VALUES ('uid', '{new_uid()}'), ('created_at', '{now}');COMMIT;"
                )
            finally:
                fresh.close()
            platform.put_new(temporary, path)
        platform.sync_folder(folder)
    except sqlite3.Error as error:
        raise sentence(error, path) from error
    except OSError as error:
        raise DatabaseProblem(f"Can't create {path}: {error.strerror}.") from error


def open_empty(path: str, like: str | None) -> sqlite3.Connection:
    """Open an empty file, under the key of the database at `like` if that is encrypted."""
    cipher = sys.modules.get("planner.store.cipher")
    if like is not None and cipher is not None and is_encrypted(like):
        return cipher.create(path, like)  # type: ignore[no-any-return]
    return sqlite3.connect(path, isolation_level=None)


def schema_script() -> str:
    """Return the statements that create a database."""
    with open(os.path.join(os.path.dirname(__file__), "schema.sql"), encoding="utf-8") as file:
        return file.read()


def new_uid() -> str:
    """Return a version 4 UUID (RFC 9562) without the 6 ms it takes to import `uuid`."""
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def data_version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when another connection has committed."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def data_version_at_once(connection: sqlite3.Connection) -> int:
    """Return that number without waiting for a lock. Raises OperationalError while a commit is in progress."""
    patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout=0")
    try:
        return data_version(connection)
    finally:
        connection.execute(f"PRAGMA busy_timeout={patience}")
