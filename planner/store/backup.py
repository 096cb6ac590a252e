"""Backups: verified copies beside the database, made before the first write of a day and before a migration."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from datetime import datetime, timedelta

from planner.domain.errors import DatabaseProblem
from planner.store import connection as connections

DAILY, WEEKLY, MONTHLY = 12, 10, 9
ALL_WITHIN = timedelta(days=2)


def folder_of(path: str) -> str:
    """The folder of a database's backups, beside it."""
    return os.path.join(os.path.dirname(path), "backups")


def daily(connection: sqlite3.Connection, path: str, now: datetime) -> str:
    """The backup before the first write of a day: made, verified, marked, and the old ones thinned out."""
    made = make(connection, path, now, "daily")
    day = now.date().isoformat()
    # not a change of the rep's: it goes past the history
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO meta (key, value) VALUES ('backup_day', ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (day,),
        )
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise connections.sentence(error, path) from error
    try:
        rotate(path)
    except OSError as error:
        raise DatabaseProblem(f"Old backups can't be thinned out: {error.strerror}.") from error
    return made


def make(connection: sqlite3.Connection, path: str, now: datetime, why: str) -> str:
    """Copy the database into its backup folder: VACUUM INTO, quick_check, sync, rename, SHA-256 beside it.

    Returns the path of the copy. Raises DatabaseProblem when it can't be made or doesn't check out.
    """
    folder = folder_of(path)
    stem = os.path.splitext(os.path.basename(path))[0]
    target = os.path.join(folder, f"{stem}-{now:%Y%m%d-%H%M%S}-{why}.db")
    temporary = f"{target}.part-{os.getpid()}"
    try:
        connections.make_private_folder(folder)
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            connection.execute("VACUUM INTO ?", (temporary,))
            _verify(temporary)
            digest = _digest_and_sync(temporary)
            os.replace(temporary, target)
            _write_digest(target, digest)
        finally:
            if os.path.exists(temporary):
                os.unlink(temporary)
        connections.sync_folder(folder)
    except sqlite3.Error as error:
        raise connections.sentence(error, target) from error
    except OSError as error:
        raise DatabaseProblem(f"The backup {target} can't be made: {error.strerror}.") from error
    return target


def _verify(copy: str) -> None:
    connection = sqlite3.connect(copy)
    try:
        answer = connection.execute("PRAGMA quick_check").fetchone()[0]
    finally:
        connection.close()
    if answer != "ok":
        raise DatabaseProblem(f"The backup {copy} does not check out ({answer}).")


def _digest_and_sync(copy: str) -> str:
    digest = hashlib.sha256()
    with open(copy, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
        os.fsync(file.fileno())
    return digest.hexdigest()


def _write_digest(target: str, digest: str) -> None:
    handle = os.open(target + ".sha256", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{digest}  {os.path.basename(target)}\n")


def listed(path: str) -> list[tuple[datetime, str]]:
    """The backups of a database with the moments in their names, oldest first."""
    folder = folder_of(path)
    stem = os.path.splitext(os.path.basename(path))[0]
    found = []
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        written = name.removeprefix(stem + "-")[:15]
        if name.startswith(stem + "-") and name.endswith(".db"):
            try:
                found.append((datetime.strptime(written, "%Y%m%d-%H%M%S"), os.path.join(folder, name)))
            except ValueError:
                continue  # a file that isn't named by us is left alone
    return sorted(found)


def kept(moments: list[datetime]) -> set[datetime]:
    """Which backups stay: all of the newest two days, 12 daily, 10 weekly, 9 monthly; always the newest of each.

    "Newest" is by the backups themselves, not by the clock, so that a clock set back deletes nothing.
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


def rotate(path: str) -> list[str]:
    """Delete the backups that need not be kept; returns their paths."""
    found = listed(path)
    keep = kept([moment for moment, _ in found])
    gone = [name for moment, name in found if moment not in keep]
    for name in gone:
        for file in (name, name + ".sha256"):
            if os.path.isfile(file):
                os.unlink(file)
    return gone


def last(path: str) -> tuple[datetime, str] | None:
    """The newest backup, if there is one."""
    found = listed(path)
    return found[-1] if found else None
