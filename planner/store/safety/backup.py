"""Makes and restores backups: verified copies beside the database, made before a day's first write and before a
migration.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from planner import files, platform
from planner.domain.errors import DatabaseProblem, PlannerError
from planner.store import connection as connections

DAILY, WEEKLY, MONTHLY = 12, 10, 9
ALL_WITHIN = timedelta(days=2)


def folder_of(path: str) -> str:
    """Return the backup folder of a database, beside it."""
    return os.path.join(os.path.dirname(path), "backups")


PAGES = 128  # pages the daily backup copies at once: half a megabyte, blocking nobody for longer than a keypress takes


def daily(path: str, now: datetime) -> str:
    """Make the day's backup on its own connection: copy, verify, mark as done, and thin out the old ones.

    It copies a few pages at a time and lets writers go first, so that it can run beside an open screen. Raises only
    PlannerError, whatever happens, so that no call waits for a backup or is lost because of one.
    """
    try:
        made = _target(path, now, "daily")
        with files.workplace(folder_of(path)) as place, _open(path) as handle:
            copy = os.path.join(place, "base.db")
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(connections.open_empty(copy, path)) as ours:
                handle.backup(ours, pages=PAGES, sleep=0.01)
            _verify(copy)
            name_it(copy, made)
            # not a change of the rep's, so it bypasses the history
            handle.execute(
                "INSERT INTO meta (key, value) VALUES ('backup_day', ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (now.date().isoformat(),),
            )
        rotate(path, made)
    except PlannerError:
        raise
    except sqlite3.Error as error:
        raise connections.sentence(error, path) from error
    except OSError as error:
        raise DatabaseProblem(f"Can't write the backups of {path}: {error.strerror or error}.") from error
    except Exception as error:
        raise DatabaseProblem(f"Can't back up {path} ({type(error).__name__}).") from error
    return made


def _target(path: str, now: datetime, why: str) -> str:
    stem = os.path.splitext(os.path.basename(path))[0]
    return os.path.join(folder_of(path), f"{stem}-{now:%Y%m%d-%H%M%S}-{why}.db")


def make(connection: sqlite3.Connection, path: str, now: datetime, why: str) -> str:
    """Copy the database into its backup folder, named by time and reason. Returns the path of the copy."""
    target = _target(path, now, why)
    copy_to(connection, target)
    return target


def copy_to(connection: sqlite3.Connection, target: str) -> None:
    """Copy a database to a path: VACUUM INTO, quick_check, SHA-256, all synced, then both renamed. An encrypted one
    stays encrypted under the same key.

    Raises DatabaseProblem, leaving nothing at the path, if the copy can't be made or fails the check.
    """
    folder = os.path.dirname(target)
    try:
        with files.workplace(folder) as place:
            made = os.path.join(place, "base.db")
            os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            connection.execute("VACUUM INTO ?", (platform.uri(made),))
            _verify(made)
            name_it(made, target)
    except sqlite3.Error as error:
        raise connections.sentence(error, target) from error
    except OSError as error:
        raise DatabaseProblem(f"Can't make the backup {target}: {error.strerror}.") from error


def name_it(made: str, target: str) -> None:
    """Move a verified copy into place with its SHA-256 beside it. Whenever it is interrupted, a backup never sits
    beside another one's digest. When replacing an older copy, it briefly has none and is verified by its pages. Raises
    OSError.
    """
    folder, beside = os.path.dirname(target), f"{target}.sha256"
    digest = digest_of(made)
    noted = f"{made}.sha256"
    with os.fdopen(os.open(noted, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(f"{digest}  {os.path.basename(target)}\n".encode("utf-8", "surrogateescape"))
        file.flush()
        platform.sync_file(file.fileno())
    with open(made, "r+b") as copy:  # Windows syncs only files open for writing
        platform.sync_file(copy.fileno())
    if os.path.exists(target):
        if os.path.exists(beside):
            os.unlink(beside)
        platform.sync_folder(folder)
        platform.replace(made, target)
        platform.sync_folder(folder)
        platform.replace(noted, beside)
    else:
        platform.replace(noted, beside)
        platform.replace(made, target)
    platform.sync_folder(folder)


def digest_of(path: str) -> str:
    """Return a file's SHA-256 in hex."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _saved_digest(path: str) -> str | None:
    """Return the SHA-256 saved beside a backup. None if it is missing or cut short."""
    try:
        with open(path + ".sha256", "rb") as file:
            words = file.read(100).split()
    except FileNotFoundError:
        return None
    digest = words[0].decode("ascii", "replace").lower() if words else ""
    return digest if re.fullmatch(r"[0-9a-f]{64}", digest) else None


def check(path: str) -> None:
    """Check that a backup is intact: by the SHA-256 beside it, or else by its pages.

    Its pages were checked when it was made, before its SHA-256 was written, so a matching digest vouches for them.
    Raises DatabaseProblem with what is wrong, and Locked if its passphrase isn't known. The file is only read.
    """
    if not connections.exists(path):
        raise DatabaseProblem(f"{path} doesn't exist.")
    try:
        wanted = _saved_digest(path)
        if wanted is not None and digest_of(path) != wanted:
            raise DatabaseProblem(
                f"{path} was changed after it was saved: its SHA-256 doesn't match the one beside it."
            )
        handle = connections.open_existing(path, "ro")
        try:
            ours = handle.execute("PRAGMA application_id").fetchone()[0] == connections.APPLICATION_ID
            version = handle.execute("PRAGMA user_version").fetchone()[0]
            pages = ours and wanted is None
            answer = handle.execute("PRAGMA integrity_check(1)").fetchone()[0] if pages else "ok"
        finally:
            handle.close()
    except sqlite3.Error as error:
        raise connections.sentence(error, path) from error
    except OSError as error:
        raise DatabaseProblem(f"Can't read {path}: {error.strerror}.") from error
    if not ours:
        raise DatabaseProblem(f"{path} isn't a planner database. It was left unchanged.")
    if version > connections.SCHEMA_VERSION:
        raise DatabaseProblem(f"{path} was written by a newer version of planner. Update planner to restore it.")
    if answer != "ok":
        raise DatabaseProblem(f"{path} is damaged ({answer}).")


@dataclass(frozen=True, slots=True)
class Restored:
    """Result of a restore: where the previous file was saved (None if there was none), what was removed from the backup
    because it isn't planner's, and whether the database is now encrypted.
    """

    saved: str | None
    taken_out: tuple[str, ...]
    encrypted: bool


def restore(source: str, path: str, now: datetime, forward: Callable[[str], list[str]]) -> Restored:
    """Replace the database by a backup, encrypted if the database is.

    First a checked copy is adopted beside the database (`forward` returns what it removed, see `migrations.adopt`). It
    then goes in by SQLite's page copy, in one transaction: programs with the database open continue on the restored
    one, and a kill half-way leaves the old one. A current file that can't be opened is saved byte for byte and
    replaced. Raises DatabaseProblem.
    """
    check(source)
    try:
        with files.workplace(os.path.dirname(path)) as place:
            temporary = os.path.join(place, "base.db")
            _copy_as(source, temporary, path)
            taken_out = forward(temporary)
            with _open(temporary) as handle:
                handle.execute("PRAGMA foreign_keys=ON")
                handle.execute("DELETE FROM laid_day")
            saved = _save_current(path, now)
            _put(temporary, path)
            cipher = sys.modules.get("planner.store.cipher")
            return Restored(saved, tuple(taken_out), cipher is not None and cipher.salt_of(path) is not None)
    except sqlite3.Error as error:
        raise connections.sentence(error, path) from error
    except OSError as error:
        raise DatabaseProblem(f"Can't restore {source}: {error.strerror}. {path} wasn't changed.") from error


@contextmanager
def _open(path: str, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    handle = connections.open_existing(path, mode)
    try:
        handle.execute("PRAGMA synchronous=EXTRA")
        yield handle
    finally:
        handle.close()


def _copy_as(source: str, target: str, like: str) -> None:
    """Copy a database under the key of the one at `like`, or unchanged if that can't be opened."""
    try:
        with _open(like, "ro"):
            pass
    except (sqlite3.Error, DatabaseProblem):
        like = source
    cipher = sys.modules.get("planner.store.cipher")  # loaded as soon as anything encrypted was opened
    salt = None if cipher is None else cipher.salt_of(like)
    if cipher is not None and salt != cipher.salt_of(source):
        cipher.convert(source, target, salt)
        return
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _open(source, "ro") as theirs:
        theirs.execute("VACUUM INTO ?", (platform.uri(target),))


def _save_current(path: str, now: datetime) -> str | None:
    if not os.path.exists(path):
        return None
    stem = os.path.splitext(os.path.basename(path))[0]
    target = os.path.join(folder_of(path), f"{stem}-{now:%Y%m%d-%H%M%S}-before-restore.db")
    number = 1
    while os.path.exists(target):
        number += 1
        target = os.path.join(folder_of(path), f"{stem}-{now:%Y%m%d-%H%M%S}-before-restore-{number}.db")
    try:
        with _open(path) as handle:
            copy_to(handle, target)
    except (sqlite3.Error, DatabaseProblem):
        # may be damaged, or under an unknown key, so every byte of it is saved
        with files.workplace(folder_of(path)) as place, open(path, "rb") as current:
            kept = os.path.join(place, "base.db")
            with os.fdopen(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                shutil.copyfileobj(current, out)
            name_it(kept, target)
    return target


def _put(temporary: str, path: str) -> None:
    try:
        if os.path.exists(path):
            with _open(temporary, "ro") as theirs, _open(path) as ours:
                # the page copy waits for a lock without end, so get it with the usual timeout first
                ours.execute("BEGIN EXCLUSIVE")
                ours.execute("ROLLBACK")
                theirs.backup(ours)
            return
    except DatabaseProblem:
        pass  # under an unknown key: it was saved and will be replaced
    except sqlite3.DatabaseError as error:
        if "locked" in str(error) or "full" in str(error) or "readonly" in str(error):
            raise
        # not a database, so the leftovers go as well
    for leftover in ("-journal", "-wal", "-shm"):
        if os.path.exists(path + leftover):
            platform.replace(path + leftover, f"{path}{leftover}.before-restore")
    platform.replace(temporary, path)
    platform.sync_folder(os.path.dirname(path))
    cipher = sys.modules.get("planner.store.cipher")
    if cipher is not None:
        cipher.forget_path(path)


def _verify(copy: str) -> None:
    connection = connections.open_existing(copy, "ro")
    try:
        answer = connection.execute("PRAGMA quick_check").fetchone()[0]
    finally:
        connection.close()
    if answer != "ok":
        raise DatabaseProblem(f"The backup {copy} is damaged ({answer}).")


def list_backups(path: str, sealed: str = "") -> list[tuple[datetime, str]]:
    """Return a database's backups with the times in their names, oldest first. `sealed` is the extra extension of those
    under a passphrase, which only the rep makes and deletes.
    """
    folder = folder_of(path)
    stem = os.path.splitext(os.path.basename(path))[0]
    found = []
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        written = name.removeprefix(stem + "-")[:15]
        if name.startswith(stem + "-") and name.endswith(f".db{sealed}"):
            try:
                found.append((datetime.strptime(written, "%Y%m%d-%H%M%S"), os.path.join(folder, name)))
            except ValueError:
                continue  # leave files alone that we didn't name
    return sorted(found)


def to_retain(moments: list[datetime]) -> set[datetime]:
    """Return the backups to retain: all of the newest two days, 12 daily, 10 weekly, 9 monthly, the newest of each.

    "Newest" is relative to the backups, not to the clock, so that a clock set back deletes nothing.
    """
    if not moments:
        return set()
    newest = max(moments)
    keep = {moment for moment in moments if moment > newest - ALL_WITHIN}
    for number, bucket in ((DAILY, _day), (WEEKLY, _week), (MONTHLY, _month)):
        last_of: dict[str, datetime] = {}
        for moment in sorted(moments):
            last_of[bucket(moment)] = moment
        keep.update(sorted(last_of.values())[-number:])
    return keep


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _week(moment: datetime) -> str:
    year, week, _ = moment.date().isocalendar()
    return f"{year}-{week:02}"


def _month(moment: datetime) -> str:
    return moment.date().isoformat()[:7]


def rotate(path: str, made: str = "") -> list[str]:
    """Delete the backups that needn't be retained and return their paths. `made`, the one just made, always stays."""
    found = list_backups(path)
    keep = to_retain([moment for moment, _ in found])
    gone = [name for moment, name in found if moment not in keep and name != made]
    for name in gone:
        for file in (name, name + ".sha256"):
            if os.path.isfile(file):
                os.unlink(file)
    return gone


def latest(path: str) -> tuple[datetime, str] | None:
    """Return the newest backup, if any."""
    found = list_backups(path)
    return found[-1] if found else None
