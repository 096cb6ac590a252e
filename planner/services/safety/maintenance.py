"""Makes backups by hand, restores them, and checks, encrypts and decrypts the database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from planner import files, paths, platform
from planner.clock import Clock
from planner.domain.errors import DatabaseProblem, InputError, StateError
from planner.services.context import AppContext
from planner.services.safety import encryption
from planner.services.transfer import exports
from planner.store import connection, migrations
from planner.store.safety import backup, doctor, dump
from planner.store.safety.backup import Restored as Restored
from planner.store.safety.doctor import Finding as Finding
from planner.store.sync.tables import state_path


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup file: its path, its size in bytes, and when it was made (from its name, None if it lies elsewhere)."""

    path: str
    size: int
    made: datetime | None


def place_for(ctx: AppContext, target: str | None, sealed: bool = False) -> str:
    """Return the path for a requested copy. Raises StateError if anything exists there, because copies never overwrite
    a file or follow a link.
    """
    if not connection.exists(ctx.path):
        raise StateError("There's nothing to back up yet.")
    ending = f".db{encryption.ENDING}" if sealed else ".db"
    stem = os.path.splitext(os.path.basename(ctx.path))[0]
    if target is None:
        return os.path.join(private_folder(ctx), f"{stem}-{ctx.now():%Y%m%d-%H%M%S}-manual{ending}")
    if not target.strip():
        raise InputError("Name a file or a folder for the copy.")
    path = os.path.abspath(os.path.expanduser(target))
    if path.endswith(("-journal", "-wal", "-shm")):
        raise InputError(f"{path}: SQLite uses that kind of name and deletes the file. Choose another name.")
    if os.path.isdir(path):
        path = os.path.join(path, f"{stem}-{ctx.now():%Y%m%d-%H%M%S}{ending}")
    for each in (path, f"{path}.sha256"):
        if os.path.lexists(each):
            what = "is a link" if os.path.islink(each) else "already exists"
            raise StateError(f"{each} {what}, and a copy never overwrites anything. Choose another file.")
    return path


def make(ctx: AppContext, target: str | None = None, passphrase: str | None = None) -> Copy:
    """Make a verified copy (`place_for`). Outside the backup folder it is logged as an export.

    With a passphrase the copy is sealed, and opened again to verify it.
    """
    path = place_for(ctx, target, passphrase is not None)
    if passphrase is not None:
        encryption.check(passphrase)
    with closing(ctx.database.raw()) as handle:
        rows = dump.count(handle)
        if passphrase is None:
            backup.copy_to(handle, path)
        else:
            _seal(ctx, handle, path, passphrase)
    if leaves(ctx, path):
        try:
            exports.note(ctx, "backup", rows, path)
        except DatabaseProblem:
            for made in (path, f"{path}.sha256"):  # a copy that can't be logged must not exist
                if os.path.exists(made):
                    os.unlink(made)
            raise
    return Copy(path, os.path.getsize(path), ctx.now())


def leaves(ctx: AppContext, path: str) -> bool:
    """Return whether a path is outside the folder of the database's backups."""
    return os.path.realpath(os.path.dirname(path)) != os.path.realpath(backup.folder_of(ctx.path))


def private_folder(ctx: AppContext) -> str:
    """Create the backup folder, accessible only to the owner, and return it."""
    folder = backup.folder_of(ctx.path)
    try:
        files.make_private_folder(folder)
    except OSError as error:
        raise StateError(f"Can't create {folder}: {error.strerror}.") from error
    return folder


def _seal(ctx: AppContext, handle: sqlite3.Connection, path: str, passphrase: str) -> None:
    # the readable copy lies only in the backup folder, like every other backup
    with encryption.readable_place(private_folder(ctx)) as place:
        copied = os.path.join(place, "base.db")
        backup.copy_to(handle, copied)
        with open(copied, "rb") as file:
            data = file.read()
    files.write(path, encryption.encrypted_writer(files.writer_of(data), passphrase))
    try:
        same = encryption.decrypt(path, passphrase) == data
    except StateError:
        same = False
    if not same:
        os.unlink(path)
        raise StateError(f"{path} couldn't be opened again, so it was deleted.")


def list_backups(ctx: AppContext) -> list[Copy]:
    """Return the backups in the folder beside the database, oldest first."""
    found = backup.list_backups(ctx.path) + backup.list_backups(ctx.path, encryption.ENDING)
    return [Copy(path, os.path.getsize(path), made) for made, path in sorted(found)]


@dataclass(frozen=True, slots=True)
class Contents:
    """A summary of a database: its number of log rows and last logged day."""

    activities: int
    last_day: str | None


def contents(path: str) -> Contents | None:
    """Return the contents of the database at a path, or None if it can't be read."""
    if not os.path.exists(path):
        return None
    try:
        handle = connection.open_existing(path, "ro")
        try:
            row = handle.execute("SELECT count(*), max(day) FROM activity").fetchone()
        finally:
            handle.close()
    except (sqlite3.Error, DatabaseProblem):
        return None
    return Contents(row[0], row[1])


def check(source: str) -> str:
    """Return the full path of an intact backup. Raises DatabaseProblem for a damaged one."""
    path = os.path.abspath(os.path.expanduser(source))
    if encryption.is_sealed(path):
        raise encryption.PassphraseNeeded(f"{path} is protected with a passphrase.")
    backup.check(path)
    return path


def restore(ctx: AppContext, source: str, *, consent: bool) -> Restored:
    """Replace the database with a backup, encrypting it if the database is encrypted."""
    path = os.path.abspath(os.path.expanduser(source))
    if os.path.exists(path) and os.path.exists(ctx.path) and os.path.samefile(path, ctx.path):
        raise InputError(f"{path} is the database itself.")
    if not consent:
        check(path)
        raise InputError("Restoring replaces the database. Add --yes to confirm.")
    now = ctx.now()
    return backup.restore(path, ctx.path, now, partial(migrations.adopt, now=now))


def examine(ctx: AppContext) -> list[Finding]:
    """Check the database, its backups and the settings."""
    if not connection.exists(ctx.path):
        raise StateError(f"There's no database at {ctx.path} yet, so there's nothing to check.")
    ctx.database.raw().close()  # migrates an older database first
    found = doctor.examine(ctx.path)
    problems = ctx.reread_config().problems
    found.append(Finding("settings", not problems, " ".join(problems) or "no problems"))
    return found


# encryption at rest

WARNING = (
    "Without the passphrase, no one can open the database or its backups, not even planner's developers. It isn't "
    "stored anywhere. Keep it where you can find it if you lose this computer."
)
STAYS = (
    "Copies you made elsewhere aren't encrypted, and old data may still be recoverable from this disk's free space. "
    "Only full-disk encryption prevents that."
)
SHORTEST = 12  # characters; a stolen file can be attacked with millions of guesses


@dataclass(frozen=True, slots=True)
class AtRest:
    """The result of encrypting or decrypting: whether the database itself changed, how many backups did, whether the
    key is in the keyring, and the earlier exports that remain as they were.
    """

    changed: bool
    backups: int
    kept: bool
    elsewhere: tuple[str, ...]


def begin(path: str) -> None:
    """Create an empty database at the rep's request."""
    connection.create(path, int(Clock.from_environment(0).timestamp()))


def is_encrypted(path: str) -> bool:
    """Return whether a database appears to be encrypted."""
    if not paths.looks_foreign(path):
        return False
    from planner.store import cipher

    return cipher.salt_of(path) is not None


def is_locked(path: str) -> bool:
    """Return whether a database is encrypted with a key that isn't known here."""
    if not is_encrypted(path):
        return False
    from planner.store import cipher

    salt = cipher.salt_of(path)
    return salt is not None and cipher.key_of(salt) is None


def unlock(path: str, passphrase: str) -> bool:
    """Learn the key of a database for the lifetime of this program. Returns False for a wrong passphrase. Restores the
    key to the keyring if it was meant to be there.
    """
    from planner.store import cipher

    salt = cipher.salt_of(path)
    if salt is None:
        return True
    key = cipher.derive(passphrase, salt)
    if not cipher.key_fits(path, key, salt):
        return False
    cipher.learn(salt, key)
    with closing(connection.open_existing(path, "ro")) as handle:
        kept = handle.execute("SELECT value FROM meta WHERE key = 'key_kept'").fetchone()
    if kept is not None:
        platform.keep_key(salt, key)
    return True


def encrypt(ctx: AppContext, passphrase: str, *, keep: bool = True) -> AtRest:
    """Encrypt the database and its backups with a passphrase. `keep` saves the key in the keyring. An encrypted
    database stays as it is, but missed backups are encrypted and the keyring is updated.

    If killed halfway, the database is intact, either old or new, and a second call continues. Raises StateError.
    """
    from planner.store import cipher

    if is_encrypted(ctx.path):
        if not unlock(ctx.path, passphrase):
            raise StateError("Wrong passphrase. Nothing was changed.")
        salt, changed = cipher.salt_of(ctx.path), False
        assert salt is not None
        _rewrite_exchanged(ctx, salt)
    else:
        encryption.check(passphrase, SHORTEST)
        ctx.database.raw().close()  # creates or migrates the database
        salt, changed = os.urandom(16).hex(), True
        cipher.learn(salt, cipher.derive(passphrase, salt))
        _rewrite(ctx, salt)
        _rewrite_exchanged(ctx, salt)
    key = cipher.key_of(salt)
    assert key is not None
    try:
        with closing(ctx.database.raw()) as handle:
            # not recorded in the history, because the keyring of this computer isn't part of the rep's data
            if keep:
                handle.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('key_kept', '1')")
            else:
                handle.execute("DELETE FROM meta WHERE key = 'key_kept'")
        kept = platform.keep_key(salt, key) if keep else False
        if not keep:
            platform.drop_key(salt)
        return AtRest(changed, _rewrite_backups(ctx, salt), kept, _plain_exports(ctx))
    except (sqlite3.Error, OSError, DatabaseProblem) as error:
        raise StateError(
            f"{ctx.path} is encrypted, but the job isn't finished: "
            f"{str(error).replace(' Nothing was changed.', '').rstrip('.')}. Run planner encrypt again to finish."
        ) from error


def decrypt(ctx: AppContext, passphrase: str) -> AtRest:
    """Decrypt the database and its backups, and remove the key from the keyring. Raises StateError."""
    from planner.store import cipher

    salt = cipher.salt_of(ctx.path)
    if salt is None:
        raise StateError(f"{ctx.path} isn't encrypted.")
    if not unlock(ctx.path, passphrase):
        raise StateError("Wrong passphrase. Nothing was changed.")
    with closing(ctx.database.raw()) as handle:
        handle.execute("DELETE FROM meta WHERE key = 'key_kept'")
    # backups first: while the database is encrypted, a second try finds them by its key
    done = _rewrite_backups(ctx, None, only=salt)
    _rewrite_exchanged(ctx, None)
    _rewrite(ctx, None)
    platform.drop_key(salt)
    return AtRest(True, done, False, ())


def _rewrite_exchanged(ctx: AppContext, salt: str | None) -> None:
    """Rewrite the file beside the database that remembers what devices exchanged, if it isn't yet as wanted."""
    from planner.store import cipher

    path = state_path(ctx.path)
    if os.path.exists(path) and cipher.salt_of(path) != salt:
        _rewrite(ctx, salt, path)


def _rewrite(ctx: AppContext, salt: str | None, path: str = "") -> None:
    """Rewrite the database, or the file at a path, under a key or without one, while nobody else can write."""
    from planner.store import cipher

    path = path or ctx.path
    try:
        with files.workplace(os.path.dirname(path)) as place:
            made = os.path.join(place, "base.db")
            with closing(cipher.connect_exclusively(path)) as handle:
                cipher.convert_from(handle, made, salt)
                if platform.windows():
                    handle.close()  # Windows can't replace an open file
                platform.replace(made, path)
            platform.sync_folder(os.path.dirname(path))
    except sqlite3.Error as error:
        raise connection.sentence(error, path) from error
    except OSError as error:
        raise StateError(
            f"Can't rewrite {path}: {error.strerror}. Nothing was changed. Close other planner windows and try again."
        ) from error
    finally:
        cipher.forget_path(path)


def _rewrite_backups(ctx: AppContext, salt: str | None, only: str | None = None) -> int:
    """Rewrite the backups that differ from the database: the plain ones, or those under the key of `only`."""
    from planner.store import cipher

    folder = backup.folder_of(ctx.path)
    files.sweep(folder)  # a killed run may have left its work after the last backup
    done = 0
    for _, path in backup.list_backups(ctx.path):
        if cipher.salt_of(path) != only:
            continue
        backup.check(path)
        with files.workplace(folder) as place:
            made = os.path.join(place, "base.db")
            cipher.convert(path, made, salt)
            backup.name_it(made, path)
        cipher.forget_path(path)
        done += 1
    return done


def _plain_exports(ctx: AppContext) -> tuple[str, ...]:
    """Return the exported files that still exist and aren't sealed."""
    found = dict.fromkeys(each.file for each in exports.log(ctx) if os.path.exists(each.file))
    return tuple(file for file in found if not file.lower().endswith(encryption.ENDING))
