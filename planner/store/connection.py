"""Opening the rep's database, and making it: one mode, one set of checks, plain sqlite3.

Rollback journal, `synchronous=EXTRA`, foreign keys on, five seconds of patience for a lock (`standards.md`, Safety).
A file that isn't ours is refused and left byte for byte as it was. On the quick path: no SQLModel, no pathlib.
"""

from __future__ import annotations

import os
import sqlite3
import sys

from planner import platform
from planner.domain.errors import DatabaseGone, DatabaseProblem, NeedsMigration

APPLICATION_ID = 0x504C4E52  # "PLNR"
SCHEMA_VERSION = 10

_DAMAGED = "is damaged; it was left as it is. `planner doctor` looks into it, `planner restore` brings a backup back"
_SENTENCES = (
    ("database is locked", "is in use by another program that doesn't let go; nothing was changed. Try again"),
    ("file is not a database", "is not a planner database; it was left as it is"),
    ("file is encrypted", "is not a planner database; it was left as it is"),
    ("malformed", _DAMAGED),
    ("no such table", _DAMAGED),
    ("disk is full", "can't be written, because the disk is full; nothing was changed"),
    ("readonly", "can't be written (read-only); nothing was changed"),
    ("unable to open", "can't be opened; look at the folder's and the file's permissions"),
    ("disk I/O error", "can't be read or written (the disk reports an error); nothing was changed"),
)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is no longer what it was: not a lock, a full disk, a wrong row."""
    return any(f" {meaning}." in str(sentence(error, "")) for meaning in (_DAMAGED, _SENTENCES[1][1]))


def sentence(error: sqlite3.Error, path: str) -> DatabaseProblem:
    """What a database error means for the rep."""
    text = str(error)
    for needle, meaning in _SENTENCES:
        if needle in text:
            return DatabaseProblem(f"{path} {meaning}.")
    return DatabaseProblem(f"{path}: the database answered {text!r}; nothing was changed.")


def exists(path: str) -> bool:
    """Whether there is a file to open. An empty one, or what is no file, is refused here."""
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise DatabaseProblem(f"{path} can't be reached: {error.strerror}.") from error
    if os.path.isdir(path):
        raise DatabaseProblem(f"{path} is a folder, not a database.")
    if stat.st_size == 0:
        raise DatabaseProblem(
            f"{path} is empty, so it is not a planner database; it was left as it is. "
            "Move it away, or name another file."
        )
    return True


def opened(path: str, mode: str = "rw") -> sqlite3.Connection:
    """A connection to an existing file, `ro` or `rw`, in autocommit, under its key where it is encrypted.

    Every file that may be a base is opened here. Raises sqlite3.Error; Locked where the key isn't known.
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
        from planner.store import cipher as encrypted  # most bases are plain, and needn't load what opens others

        if encrypted.salt_of(path) is None:
            raise
        return encrypted.connect(path, mode)
    return handle


def is_encrypted(path: str) -> bool:
    """Whether a base that was opened by this process is under a key."""
    cipher = sys.modules.get("planner.store.cipher")
    return cipher is not None and bool(cipher.is_open(path))


def connect(path: str) -> sqlite3.Connection:
    """A checked connection to an existing database, in autocommit: transactions are begun by hand.

    Raises DatabaseProblem for what can't be used, NeedsMigration for an older schema.
    """
    if not exists(path):
        raise DatabaseProblem(f"{path} does not exist.")
    connection = None
    try:
        connection = opened(path)
        # FULL and EXTRA differ by one sync of the folder: only EXTRA lost nothing in simulated power cuts.
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
    """For a connection that writes with each key: the rollback journal is cut to nothing, not deleted, at each commit.

    As safe (SQLite syncs the cut before the commit is over), and a fifth of a millisecond less than making the file
    and deleting it. Cut, not kept with its header wiped: what was forgotten must not stand in it.
    """
    connection.execute("PRAGMA journal_mode=TRUNCATE")


def leave_no_journal(connection: sqlite3.Connection) -> None:
    """Take the empty journal away, before the connection of `keep_journal` is closed in an orderly way."""
    connection.execute("PRAGMA busy_timeout=0")
    # somebody who writes just now takes it away with their own commit: SQLite answers with the old mode, not an error
    connection.execute("PRAGMA journal_mode=DELETE")


def _check(path: str, application_id: int, version: int) -> None:
    if application_id != APPLICATION_ID:
        raise DatabaseProblem(f"{path} is not a planner database; it was left as it is.")
    if version > SCHEMA_VERSION:
        raise DatabaseProblem(
            f"{path} was written by a newer planner (schema {version}, this one knows {SCHEMA_VERSION}); "
            "it was left as it is. Update planner."
        )
    if version < SCHEMA_VERSION:
        raise NeedsMigration(f"{path} has schema {version} and must be brought to {SCHEMA_VERSION} first.")


def open_or_create(path: str, now: int) -> sqlite3.Connection:
    """A checked connection; the database is made first when there is none. `now` is seconds since 1970 UTC."""
    if not exists(path):
        create(path, now)
    return connect(path)


class Place:
    """Where a program's database lies, and which one that is once it has been open.

    From then on nothing is made there, and no other one is used: what is done in a program belongs to the file that it
    was done on. A backup that was restored is the same database, by its `uid`.
    """

    __slots__ = ("path", "uid")

    def __init__(self, path: str) -> None:
        self.path = path
        self.uid: str | None = None

    def exists(self) -> bool:
        """Whether there is a file to open. Raises DatabaseGone where the one that was open is missing."""
        try:
            there = exists(self.path)
        except DatabaseProblem as problem:
            if self.uid is None:
                raise
            raise DatabaseGone(str(problem)) from problem
        if not there and self.uid is not None:
            raise DatabaseGone(f"Nothing can be saved: {self.path} is no longer there. Put it back to carry on.")
        return there

    def connect(self) -> sqlite3.Connection:
        """As `connect`, and only to the database that was open before. Raises DatabaseGone for what isn't that."""
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
        """As `create`; never in the place of one that was open. Raises DatabaseGone there."""
        if not self.exists():
            create(self.path, now)

    def check(self, connection: sqlite3.Connection) -> None:
        """Hold what a connection reads against the database that was open before."""
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
                f"Nothing can be saved: {self.path} was brought forward by a newer planner meanwhile. Restart planner."
            )
        if self.uid is None:
            self.uid = uid
        elif uid != self.uid:
            raise DatabaseGone(
                f"Nothing can be saved: {self.path} is another database now. Put the one that was open back to carry "
                "on, or restart planner to use this one."
            )


def create(path: str, now: int, like: str | None = None) -> None:
    """Make a new database, whole or not at all: built under another name, then linked into place.

    When another process was faster, its database stands and ours is thrown away. It is encrypted where the one at
    `like` is, under the same key.
    """
    folder = os.path.dirname(path)
    for ending in ("-journal", "-wal"):
        if os.path.exists(path + ending) and os.path.getsize(path + ending):
            # SQLite would play it into the new file; an empty one says nothing, a killed program may leave it
            raise DatabaseProblem(
                f"{path} is gone, but {os.path.basename(path)}{ending} is still there and belongs to it; "
                "put the database back beside it, or move that file away first."
            )
    from planner import files  # once in the life of a base

    try:
        with files.workplace(folder) as place:
            temporary = os.path.join(place, "base.db")
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            fresh = empty(temporary, like)
            try:
                fresh.execute("PRAGMA synchronous=EXTRA")
                # one transaction in one script: the file is not in place yet, so a half-made one is never seen
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
        raise DatabaseProblem(f"{path} can't be made: {error.strerror}.") from error


def empty(path: str, like: str | None) -> sqlite3.Connection:
    """A connection to a file in which nothing is yet, under the key of the base at `like`, if that is encrypted."""
    cipher = sys.modules.get("planner.store.cipher")
    if like is not None and cipher is not None and is_encrypted(like):
        return cipher.create(path, like)  # type: ignore[no-any-return]
    return sqlite3.connect(path, isolation_level=None)


def schema_script() -> str:
    """The statements that make a new database."""
    with open(os.path.join(os.path.dirname(__file__), "schema.sql"), encoding="utf-8") as file:
        return file.read()


def new_uid() -> str:
    """A version 4 UUID (RFC 9562), without the 6 ms that importing `uuid` takes."""
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
