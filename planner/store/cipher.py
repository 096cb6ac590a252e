"""Encrypts the database at rest under a passphrase: every page, the journal, the search index and the backups.

The file uses SQLCipher 4's defaults (AES-256, an HMAC on every page, PBKDF2-HMAC-SHA512 with 256,000 rounds), so that
other programs open it with the same passphrase: DB Browser for SQLite, the `sqlcipher` shell. It is written by
`sqlcipher3`, whose connections are wrapped here to look like `sqlite3`'s, with the same methods and with `sqlite3`'s
errors. Loaded only for an encrypted database.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

import sqlcipher3.dbapi2 as sqlcipher

from planner import platform
from planner.domain.errors import DatabaseProblem, Locked, StateError

ROUNDS, KEY_BYTES = 256_000, 32
_BY_SALT: dict[str, str] = {}  # keys known to this process, by the salts of their files (both in hex)
_BY_PATH: dict[str, str] = {}  # salts of opened files, so that none is read beside an open connection


def _as_ours(error: Any) -> sqlite3.Error:
    """Convert a SQLCipher error to the sqlite3 error of the same name."""
    ours: sqlite3.Error = getattr(sqlite3, type(error).__name__, sqlite3.DatabaseError)(*error.args)
    for name in ("sqlite_errorcode", "sqlite_errorname"):
        if hasattr(error, name):
            setattr(ours, name, getattr(error, name))
    return ours


def _with_our_errors(name: str) -> Any:
    """Wrap a method of SQLCipher's cursor so that it raises sqlite3's errors."""
    method = getattr(sqlcipher.Cursor, name)

    def call(self: Any, *words: Any, **named: Any) -> Any:
        try:
            return method(self, *words, **named)
        except sqlcipher.Error as error:
            raise _as_ours(error) from None

    return call


class _Cursor(sqlcipher.Cursor):  # type: ignore[misc]
    """A cursor whose access to the file raises sqlite3's errors."""

    execute, executemany, executescript = map(_with_our_errors, ("execute", "executemany", "executescript"))
    fetchone, fetchmany, fetchall = map(_with_our_errors, ("fetchone", "fetchmany", "fetchall"))
    __next__ = _with_our_errors("__next__")


class _Connection(sqlcipher.Connection):  # type: ignore[misc]
    """A connection that makes the cursors above, also in `execute` and the like."""

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def backup(self, *words: Any, **named: Any) -> None:
        try:
            super().backup(*words, **named)
        except sqlcipher.Error as error:
            raise _as_ours(error) from None


def salt_of(path: str) -> str | None:
    """Return the salt at the head of an encrypted database, in hex. None for a plain database, a missing file, and a
    file that can't be encrypted: SQLCipher's pages are whole and look like noise.
    """
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            page = file.read(4096)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return None
    if len(page) < 4096 or page.startswith(b"SQLite format 3\0"):
        return None
    salt = page[:16].hex()
    # 4,096 bytes of noise lack a handful of the 256 values at most, while a text or a picture lacks many
    return salt if salt in _BY_SALT or (size % 4096 == 0 and len(set(page)) > 240) else None


def derive(passphrase: str, salt: str) -> str:
    """Derive SQLCipher's key from a passphrase, in hex. Takes 0.15 s."""
    try:
        words = passphrase.encode()
    except UnicodeEncodeError as error:
        raise StateError("The passphrase isn't valid UTF-8 text.") from error
    return hashlib.pbkdf2_hmac("sha512", words, bytes.fromhex(salt), ROUNDS, KEY_BYTES).hex()


def learn(salt: str, key: str) -> None:
    """Remember a key for the life of this process."""
    _BY_SALT[salt] = key


def key_of(salt: str) -> str | None:
    """Return a salt's key, from this process or from the keyring."""
    found = _BY_SALT.get(salt) or platform.kept_key(salt)
    if found is not None:
        _BY_SALT[salt] = found
    return found


def key_fits(path: str, key: str, salt: str) -> bool:
    """Whether a key fits a file."""
    try:
        with closing(_open(path, "ro", key, salt)) as handle:
            handle.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            return False
        raise
    return True


def connect(path: str, mode: str = "rw") -> sqlite3.Connection:
    """Connect to an encrypted database. Raises Locked where its key isn't known, sqlite3.Error as sqlite3 does."""
    salt = _BY_PATH.get(path) or salt_of(path)
    if salt is None:
        raise sqlite3.DatabaseError("file is not a database")
    key = key_of(salt)
    if key is None:
        raise Locked(
            f"{path} is encrypted (or isn't a planner database), and its key isn't in the keyring. Open the "
            "screens, or run the command in a terminal, to enter the passphrase."
        )
    handle = _open(path, mode, key, salt)
    try:
        handle.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        handle.close()
        raise
    _BY_PATH[path] = salt
    return handle


def is_open(path: str) -> bool:
    """Whether this process has opened a file as encrypted. It then never opens it as plain, because a second SQLite
    library on one file releases the first one's locks.
    """
    return path in _BY_PATH


def create(path: str, like: str) -> sqlite3.Connection:
    """Open an empty file to be encrypted like the database at `like`."""
    salt = _BY_PATH[like]
    return _open(path, "rw", _BY_SALT[salt], salt)


def _open(path: str, mode: str, key: str, salt: str) -> sqlite3.Connection:
    try:
        handle = sqlcipher.connect(
            platform.uri(path, mode),
            uri=True,
            timeout=platform.BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
    except sqlcipher.Error as error:
        raise _as_ours(error) from None
    handle.execute("PRAGMA cipher_log_level=NONE")  # otherwise it logs to standard error in its own words
    if key:
        handle.execute(f"PRAGMA key=\"x'{key}{salt}'\"")
    return cast("sqlite3.Connection", handle)


def forget_path(path: str) -> None:
    """Forget a path's salt because another file is there now, plain or under another key."""
    _BY_PATH.pop(path, None)


def convert(source: str, target: str, salt: str | None) -> None:
    """Rewrite a database under a salt's key, or unencrypted for None. Raises sqlite3.Error, DatabaseProblem."""
    with closing(_open_known(source, "ro")) as handle:
        convert_from(handle, target, salt)


def _open_known(path: str, mode: str) -> sqlite3.Connection:
    known = salt_of(path)
    return _open(path, mode, "" if known is None else str(key_of(known)), known or "")


def connect_exclusively(path: str) -> sqlite3.Connection:
    """Connect to a database, plain or encrypted, and lock everyone else out until the connection is closed. Raises
    sqlite3.Error.
    """
    handle = _open_known(path, "rw")
    try:
        handle.execute("PRAGMA locking_mode=EXCLUSIVE")
        handle.execute("BEGIN EXCLUSIVE")
        handle.execute("COMMIT")
    except BaseException:
        handle.close()
        raise
    return handle


def convert_from(handle: sqlite3.Connection, target: str, salt: str | None) -> None:
    """Like `convert`, but from an open connection. The copy is compared with its source."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    spec = "" if salt is None else f"x'{_BY_SALT[salt]}{salt}'"
    with _attach(handle, target, spec):
        handle.execute("PRAGMA written.synchronous=OFF")  # the whole file is synced before it gets its name
        handle.execute("SELECT sqlcipher_export('written')")
        for name in ("user_version", "application_id"):
            value = handle.execute(f"PRAGMA main.{name}").fetchone()[0]
            handle.execute(f"PRAGMA written.{name}={int(value)}")
    with _attach(handle, target, spec):  # again, because virtual tables only become visible then
        same = _census(handle, "main") == _census(handle, "written")
        whole = handle.execute("PRAGMA written.integrity_check(1)").fetchone()[0]
    if not same or whole != "ok":
        raise DatabaseProblem(f"The copy of the database is damaged ({whole}). Nothing was changed.")
    with open(target, "r+b") as file:
        platform.sync_file(file.fileno())


@contextmanager
def _attach(handle: sqlite3.Connection, path: str, spec: str) -> Iterator[None]:
    handle.execute("ATTACH ? AS written KEY ?", (platform.uri(path), spec))
    try:
        yield
    finally:
        handle.execute("DETACH written")


def _census(handle: sqlite3.Connection, schema: str) -> list[tuple[Any, ...]]:
    """Return a database's contents in outline: each schema object, and the number of rows per table."""
    parts = handle.execute(f"SELECT type, name, sql FROM {schema}.sqlite_master ORDER BY name, type").fetchall()
    return [
        (kind, name, sql, handle.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()[0])
        if kind == "table"
        else (kind, name, sql, 0)
        for kind, name, sql in parts
    ]
