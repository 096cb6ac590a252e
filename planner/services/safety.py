"""Backups made by hand, restoring one, and looking the database over."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from planner.domain.errors import InputError, StateError
from planner.services import files, sealing
from planner.services.desk import Desk
from planner.store import backup, connection, doctor, migrations
from planner.store.doctor import Finding as Finding


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup: where it lies, its size in bytes, when it was made (by its name; None for one elsewhere)."""

    path: str
    size: int
    made: datetime | None


def make(desk: Desk, target: str | None = None, passphrase: str | None = None) -> Copy:
    """Make a verified copy: in the backup folder, or at a path that isn't taken yet.

    With a passphrase it is under that, and is opened again before it counts as made.
    """
    if not connection.exists(desk.path):
        raise StateError("There is nothing to back up yet.")
    if passphrase is not None:
        return _sealed(desk, target, passphrase)
    handle = desk.database.raw()
    try:
        if target is None:
            made = backup.make(handle, desk.path, desk.now(), "manual")
        else:
            made = os.path.abspath(os.path.expanduser(target))
            if os.path.isdir(made):
                stem = os.path.splitext(os.path.basename(desk.path))[0]
                made = os.path.join(made, f"{stem}-{desk.now():%Y%m%d-%H%M%S}.db")
            if os.path.exists(made):
                raise StateError(f"{made} is there already; it is never overwritten. Name another file.")
            backup.copy_to(handle, made)
    finally:
        handle.close()
    return Copy(made, os.path.getsize(made), desk.now())


def private_folder(desk: Desk) -> str:
    """The folder of the backups, made for its owner alone."""
    folder = backup.folder_of(desk.path)
    connection.make_private_folder(folder)
    return folder


def _sealed(desk: Desk, target: str | None, passphrase: str) -> Copy:
    sealing.check(passphrase)
    folder = private_folder(desk)
    stem = os.path.splitext(os.path.basename(desk.path))[0]
    name = f"{stem}-{desk.now():%Y%m%d-%H%M%S}-manual.db{sealing.ENDING}"
    path = os.path.join(folder, name) if target is None else files.target(target, name, (sealing.ENDING,))
    if os.path.exists(path):
        raise StateError(f"{path} is there already; it is never overwritten. Name another file.")
    # the plain one lies beside the database meanwhile, where every other backup lies, and nowhere else
    with sealing.readable_place(folder) as place:
        copied = make(desk, os.path.join(place, f"{stem}.db"))
        with open(copied.path, "rb") as file:
            data = file.read()
    files.write(path, sealing.around(files.filled(data), passphrase))
    try:
        same = sealing.plain(path, passphrase) == data
    except StateError:
        same = False
    if not same:
        os.unlink(path)
        raise StateError(f"{path} could not be opened again, so it was not kept.")
    return Copy(path, os.path.getsize(path), desk.now())


def listed(desk: Desk) -> list[Copy]:
    """The backups in the folder beside the database, oldest first."""
    found = backup.listed(desk.path) + backup.listed(desk.path, sealing.ENDING)
    return [Copy(path, os.path.getsize(path), made) for made, path in sorted(found)]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: rows in the log, its last logged day."""

    activities: int
    last_day: str | None


def contents(path: str) -> Contents | None:
    """What a database at a path holds; None where it can't be read."""
    if not os.path.exists(path):
        return None
    try:
        handle = sqlite3.connect(connection.uri(path, "ro"), uri=True)
        try:
            row = handle.execute("SELECT count(*), max(day) FROM activity").fetchone()
        finally:
            handle.close()
    except sqlite3.Error:
        return None
    return Contents(row[0], row[1])


def check(source: str) -> str:
    """The full path of a backup that is whole. Raises DatabaseProblem for one that isn't."""
    path = os.path.abspath(os.path.expanduser(source))
    if sealing.is_sealed(path):
        raise sealing.PassphraseNeeded(f"{path} is under a passphrase.")
    backup.check(path)
    return path


def restore(desk: Desk, source: str, *, consent: bool) -> str | None:
    """Put a backup in the place of the database. Returns where the current file was saved before, or None."""
    path = os.path.abspath(os.path.expanduser(source))
    if os.path.exists(path) and os.path.exists(desk.path) and os.path.samefile(path, desk.path):
        raise InputError(f"{path} is the database itself.")
    if not consent:
        check(path)
        raise InputError("Restoring replaces the database; if you mean it, say so with --yes.")
    now = desk.now()
    forward = partial(migrations.migrate, now=now, keep_backup=False)
    return backup.restore(path, desk.path, now, forward)


def examine(desk: Desk) -> list[Finding]:
    """Look the database and its backups over; settings too."""
    if not connection.exists(desk.path):
        raise StateError(f"There is no database yet at {desk.path}, so there is nothing to look at.")
    desk.database.raw().close()  # brings an older one forward first
    found = doctor.examine(desk.path)
    problems = desk.reread_config().problems
    found.append(Finding("settings", not problems, "; ".join(problems) or "in order"))
    return found
