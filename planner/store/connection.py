"""Opening the rep's database, and making it: one mode, one set of checks, plain sqlite3.

Rollback journal, `synchronous=EXTRA`, foreign keys on, five seconds of patience for a lock (`standards.md`, Safety).
A file that isn't ours is refused and left byte for byte as it was. On the quick path: no SQLModel, no pathlib.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time

from planner.domain.errors import DatabaseGone, DatabaseProblem, NeedsMigration

APPLICATION_ID = 0x504C4E52  # "PLNR"
SCHEMA_VERSION = 10
BUSY_SECONDS = 5.0

_SENTENCES = (
    ("database is locked", "is in use by another program that doesn't let go; nothing was changed. Try again"),
    ("file is not a database", "is not a planner database; it was left as it is"),
    ("file is encrypted", "is not a planner database; it was left as it is"),
    (
        "malformed",
        "is damaged; it was left as it is. `planner doctor` looks into it, `planner restore` brings a backup back",
    ),
    ("disk is full", "can't be written, because the disk is full; nothing was changed"),
    ("readonly", "can't be written (read-only); nothing was changed"),
    ("unable to open", "can't be opened; look at the folder's and the file's permissions"),
    ("disk I/O error", "can't be read or written (the disk reports an error); nothing was changed"),
)


def sentence(error: sqlite3.Error, path: str) -> DatabaseProblem:
    """What a database error means for the rep."""
    text = str(error)
    for needle, meaning in _SENTENCES:
        if needle in text:
            return DatabaseProblem(f"{path} {meaning}.")
    return DatabaseProblem(f"{path}: the database answered {text!r}; nothing was changed.")


def uri(path: str, mode: str = "rw") -> str:
    """A path as SQLite's URI, opened `ro` or `rw`: never made in silence."""
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    if os.sep != "/":
        quoted = quoted.replace(os.sep, "/")
        quoted = f"//{quoted}" if quoted.startswith("//") else f"/{quoted}"  # a share, a drive
    return f"file:{quoted}?mode={mode}"


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


def connect(path: str) -> sqlite3.Connection:
    """A checked connection to an existing database, in autocommit: transactions are begun by hand.

    Raises DatabaseProblem for what can't be used, NeedsMigration for an older schema.
    """
    if not exists(path):
        raise DatabaseProblem(f"{path} does not exist.")
    connection = None
    try:
        connection = sqlite3.connect(
            uri(path), uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        # FULL and EXTRA differ by one sync of the folder: only EXTRA lost nothing in simulated power cuts.
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=EXTRA")
        if sys.platform == "darwin":
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
            uid = connection.execute("SELECT value FROM meta WHERE key = 'uid'").fetchone()
        except sqlite3.Error as error:
            raise sentence(error, self.path) from error
        uid = "" if uid is None else str(uid[0])
        if self.uid is None:
            self.uid = uid
        elif uid != self.uid:
            raise DatabaseGone(
                f"Nothing can be saved: {self.path} is another database now. Put the one that was open back to carry "
                "on, or restart planner to use this one."
            )


def create(path: str, now: int) -> None:
    """Make a new database, whole or not at all: built under another name, then linked into place.

    When another process was faster, its database stands and ours is thrown away.
    """
    folder = os.path.dirname(path)
    for ending in ("-journal", "-wal"):
        if os.path.exists(path + ending) and os.path.getsize(path + ending):
            # SQLite would play it into the new file; an empty one says nothing, a killed program may leave it
            raise DatabaseProblem(
                f"{path} is gone, but {os.path.basename(path)}{ending} is still there and belongs to it; "
                "put the database back beside it, or move that file away first."
            )
    temporary = os.path.join(folder, f".{os.path.basename(path)}.new-{os.getpid()}-{time.monotonic_ns()}")
    try:
        make_private_folder(folder)
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise DatabaseProblem(f"{path} can't be made: {error.strerror}.") from error
    try:
        script = schema_script()
        fresh = sqlite3.connect(temporary, isolation_level=None)
        try:
            fresh.execute("PRAGMA synchronous=EXTRA")
            # one transaction in one script: the file is not in place yet, so a half-made one is never seen
            fresh.executescript(
                f"BEGIN;{script}PRAGMA application_id={APPLICATION_ID};PRAGMA user_version={SCHEMA_VERSION};"
                f"INSERT INTO meta (key, value) VALUES ('uid', '{new_uid()}'), ('created_at', '{now}');COMMIT;"
            )
        finally:
            fresh.close()
        _put_in_place(temporary, path)
    except sqlite3.Error as error:
        raise sentence(error, path) from error
    except OSError as error:
        raise DatabaseProblem(f"{path} can't be made: {error.strerror}.") from error
    finally:
        for leftover in (temporary, temporary + "-journal"):
            if os.path.exists(leftover):
                os.unlink(leftover)


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


def _put_in_place(temporary: str, path: str) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError:
        # a file system without links: the rename may replace, so look first
        if not os.path.exists(path):
            os.rename(temporary, path)
    sync_folder(os.path.dirname(path))


def make_private_folder(folder: str) -> None:
    """Make a folder, and those above it that are missing, for the owner alone. One that stands is left as it is."""
    if os.path.isdir(folder):
        return
    parent = os.path.dirname(folder)
    if parent != folder:
        make_private_folder(parent)
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise


def sync_folder(folder: str) -> None:
    """Make a new name in a folder durable, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
