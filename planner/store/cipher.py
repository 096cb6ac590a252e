"""A base under a passphrase, at rest: every page, the journal, the search index and the backups.

The file is one of SQLCipher 4 with its own defaults (AES-256, an HMAC on every page, PBKDF2-HMAC-SHA512 with 256,000
rounds), so that other programs open it with the same passphrase: DB Browser for SQLite, the `sqlcipher` shell. It is
written by `sqlcipher3`, whose connections stand here behind the face of `sqlite3`: the same methods, and errors that
are `sqlite3`'s. Loaded only for a base that is encrypted.
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
_BY_SALT: dict[str, str] = {}  # the keys that this process knows, by the salts of their files (both hexadecimal)
_BY_PATH: dict[str, str] = {}  # the salts of the files that were opened: no file is read beside an open connection


def _as_ours(error: Any) -> sqlite3.Error:
    """An error of SQLCipher's as the one of sqlite3 with the same name."""
    ours: sqlite3.Error = getattr(sqlite3, type(error).__name__, sqlite3.DatabaseError)(*error.args)
    for name in ("sqlite_errorcode", "sqlite_errorname"):
        if hasattr(error, name):
            setattr(ours, name, getattr(error, name))
    return ours


def _with_our_errors(name: str) -> Any:
    """A method of SQLCipher's cursor that raises sqlite3's errors."""
    method = getattr(sqlcipher.Cursor, name)

    def call(self: Any, *words: Any, **named: Any) -> Any:
        try:
            return method(self, *words, **named)
        except sqlcipher.Error as error:
            raise _as_ours(error) from None

    return call


class _Cursor(sqlcipher.Cursor):  # type: ignore[misc]
    """Every way to the file by a cursor."""

    execute, executemany, executescript = map(_with_our_errors, ("execute", "executemany", "executescript"))
    fetchone, fetchmany, fetchall = map(_with_our_errors, ("fetchone", "fetchmany", "fetchall"))
    __next__ = _with_our_errors("__next__")


class _Connection(sqlcipher.Connection):  # type: ignore[misc]
    """A connection whose cursors are the above; `execute` and its like make one each."""

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def backup(self, *words: Any, **named: Any) -> None:
        try:
            super().backup(*words, **named)
        except sqlcipher.Error as error:
            raise _as_ours(error) from None


def salt_of(path: str) -> str | None:
    """The salt in the head of an encrypted base, hexadecimal; None for a plain base, for none, and for what can't be
    one: SQLCipher's pages are whole, and look like noise.
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
    # noise of 4,096 bytes lacks a handful of the 256 values at most; a text or a picture lacks many
    return salt if salt in _BY_SALT or (size % 4096 == 0 and len(set(page)) > 240) else None


def derive(passphrase: str, salt: str) -> str:
    """The key that SQLCipher makes of a passphrase, hexadecimal. Takes 0.15 s."""
    try:
        words = passphrase.encode()
    except UnicodeEncodeError as error:
        raise StateError("The passphrase has bytes in it that are no letters (UTF-8).") from error
    return hashlib.pbkdf2_hmac("sha512", words, bytes.fromhex(salt), ROUNDS, KEY_BYTES).hex()


def learn(salt: str, key: str) -> None:
    """Know a key for as long as this process runs."""
    _BY_SALT[salt] = key


def key_of(salt: str) -> str | None:
    """The key of a salt: of this process, or of the keyring."""
    found = _BY_SALT.get(salt) or platform.kept_key(salt)
    if found is not None:
        _BY_SALT[salt] = found
    return found


def opens(path: str, key: str, salt: str) -> bool:
    """Whether a key is that of a file."""
    try:
        with closing(_open(path, "ro", key, salt)) as handle:
            handle.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            return False
        raise
    return True


def connect(path: str, mode: str = "rw") -> sqlite3.Connection:
    """A connection to an encrypted base. Raises Locked where its key isn't known, sqlite3.Error as sqlite3 does."""
    salt = _BY_PATH.get(path) or salt_of(path)
    if salt is None:
        raise sqlite3.DatabaseError("file is not a database")
    key = key_of(salt)
    if key is None:
        raise Locked(
            f"{path} is encrypted (or is not a planner database), and its key is not in the keyring. Open the "
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
    """Whether this process has opened a file as an encrypted one: it is never opened as a plain one then, because a
    second SQLite on one file takes the first one's locks away.
    """
    return path in _BY_PATH


def create(path: str, like: str) -> sqlite3.Connection:
    """A connection to an empty file, which becomes encrypted as the base at `like` is."""
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
    handle.execute("PRAGMA cipher_log_level=NONE")  # else it writes to standard error, in words of its own
    if key:
        handle.execute(f"PRAGMA key=\"x'{key}{salt}'\"")
    return cast("sqlite3.Connection", handle)


def forget_path(path: str) -> None:
    """Another file stands at a path now: plain, or under another key."""
    _BY_PATH.pop(path, None)


def convert(source: str, target: str, salt: str | None) -> None:
    """Write a base anew under the key of a salt, or under none. Raises sqlite3.Error, DatabaseProblem."""
    with closing(_open_known(source, "ro")) as handle:
        convert_from(handle, target, salt)


def _open_known(path: str, mode: str) -> sqlite3.Connection:
    known = salt_of(path)
    return _open(path, mode, "" if known is None else str(key_of(known)), known or "")


def hold(path: str) -> sqlite3.Connection:
    """A connection to a base, plain or encrypted, that keeps everybody else out until it is closed. Raises
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
    """`convert`, from an open connection; the copy is held against what it was made from."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    spec = "" if salt is None else f"x'{_BY_SALT[salt]}{salt}'"
    with _attached(handle, target, spec):
        handle.execute("PRAGMA written.synchronous=OFF")  # it is synced as a whole, before it gets its name
        handle.execute("SELECT sqlcipher_export('written')")
        for name in ("user_version", "application_id"):
            value = handle.execute(f"PRAGMA main.{name}").fetchone()[0]
            handle.execute(f"PRAGMA written.{name}={int(value)}")
    with _attached(handle, target, spec):  # anew: virtual tables are known only by then
        same = _census(handle, "main") == _census(handle, "written")
        whole = handle.execute("PRAGMA written.integrity_check(1)").fetchone()[0]
    if not same or whole != "ok":
        raise DatabaseProblem(f"The copy of the base did not check out ({whole}); nothing was changed.")
    with open(target, "r+b") as file:
        platform.sync_file(file.fileno())


@contextmanager
def _attached(handle: sqlite3.Connection, path: str, spec: str) -> Iterator[None]:
    handle.execute("ATTACH ? AS written KEY ?", (platform.uri(path), spec))
    try:
        yield
    finally:
        handle.execute("DETACH written")


def _census(handle: sqlite3.Connection, schema: str) -> list[tuple[Any, ...]]:
    """What a base consists of: each part of its schema, and how many rows each table has."""
    parts = handle.execute(f"SELECT type, name, sql FROM {schema}.sqlite_master ORDER BY name, type").fetchall()
    return [
        (kind, name, sql, handle.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()[0])
        if kind == "table"
        else (kind, name, sql, 0)
        for kind, name, sql in parts
    ]
