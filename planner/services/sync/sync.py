"""Syncs the rep's devices through a folder that another program carries (B3).

Each device keeps its own database and works offline. What it wrote is sealed and put into the folder, and what the
others put there is merged. A failure at any point loses nothing: the next sync goes on from there.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from planner.domain.errors import InputError, StateError
from planner.domain.text import clean
from planner.exchange import secret
from planner.exchange.sync import parcel
from planner.exchange.sync.folder import ALL, Folder
from planner.services import settings
from planner.services.context import AppContext
from planner.store import numbering
from planner.store.clients import erase
from planner.store.connection import is_encrypted
from planner.store.day.events import database_uid
from planner.store.sync import conflicts as conflict_store
from planner.store.sync import exchange, tables
from planner.store.sync.conflicts import Conflict as Conflict
from planner.store.sync.merge import Message

KEPT = 300  # messages of a device, before what all have taken in is tidied away
SILENT = 90  # days after which a device is offered for retirement
FOLDER, EVERY = "sync.folder", "sync.every"


@dataclass
class Synced:
    """How a sync went: rows sent and taken in, values that gave way, and sentences about what is waited for."""

    sent: int = 0
    taken: int = 0
    conflicts: int = 0
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Device:
    """One of the rep's devices: its number and name, when it last wrote (None: never), whether it is this one, and
    whether it is retired.
    """

    number: int
    name: str
    heard: datetime | None
    own: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What syncing is like: this device's number (None if it doesn't sync), the folder, when it last worked, the
    problem since, and how many messages wait to be sent and values to be looked at.
    """

    device: int | None
    folder: str = ""
    synced: datetime | None = None
    problem: str = ""
    waiting: int = 0
    conflicts: int = 0


# starting and joining


def start(ctx: AppContext, path: str) -> str:
    """Begin to sync through an empty folder, with what is in the database. Returns the code by which others join."""
    folder = _new_folder(ctx, path)
    if folder.devices():
        raise StateError(f"{folder.path} is already used by a device that syncs. Join it: planner sync join {path}")
    code = parcel.new_code()
    with _handle(ctx) as handle, exchange.attached(handle, _state_path(ctx)):
        exchange.begin(handle, 0)
        _keep_code(ctx, handle, code)
        data = exchange.snapshot(handle)
        folder.claim(0)
        folder.write(0, 0, parcel.seal(code, data), ALL)
    settings.put(ctx, FOLDER, folder.path)
    now(ctx)
    return code


def join(ctx: AppContext, path: str, code: str) -> int:
    """Fill an empty database with what the other devices have, and sync with them from now on. Returns the number of
    rows. Raises InputError for a wrong code.
    """
    folder = _new_folder(ctx, path)
    key = parcel.read_code(code)
    devices = folder.devices()
    if not devices:
        raise StateError(f"No device syncs through {folder.path} yet. Begin on another one: planner sync start {path}")
    data = _newest_snapshot(folder, key)
    free = [number for number in range(numbering.DEVICES) if number not in devices]
    if not free:
        raise StateError(f"{numbering.DEVICES} devices have synced through {folder.path}, which is the limit.")
    with _handle(ctx) as handle, exchange.attached(handle, _state_path(ctx)):
        if _has_rows(handle):
            raise StateError(
                f"{ctx.path} isn't empty, and joining would replace what is in it. Join with another one: planner "
                "--db FILE sync join …"
            )
        rows = exchange.join(handle, data, free[0])
        _keep_code(ctx, handle, key)
        folder.claim(free[0])
    settings.put(ctx, FOLDER, folder.path)
    now(ctx, hello=True)
    return rows


def stop(ctx: AppContext) -> None:
    """End syncing on this device. Everything stays, here and on the others."""
    with _handle(ctx) as handle:
        _device(handle)
        key = _key(handle)
        with exchange.attached(handle, _state_path(ctx)):
            source = tables.fact(handle, "code") or secret.PRIVATE
        exchange.end(handle)
    secret.forget_secret(source, key, secret.path_of(ctx.settings_path))
    with suppress(FileNotFoundError):
        os.unlink(_state_path(ctx))
    if ctx.current_config()[FOLDER]:
        settings.reset(ctx, FOLDER)


def _new_folder(ctx: AppContext, path: str) -> Folder:
    folder = Folder(path)
    folder.check()
    if is_encrypted(ctx.path):
        raise StateError("A database under a passphrase can't be synced yet.")
    home = os.path.join(os.path.dirname(os.path.realpath(ctx.path)), "")
    if home.startswith(os.path.join(os.path.realpath(folder.path), "")):
        raise InputError("The database itself lies in that folder. Choose another one for what is exchanged.")
    if ctx.database.exists():
        with ctx.database.read() as reads:
            if numbering.device_of(reads) is not None:
                raise StateError("This device already syncs. To leave: planner sync stop")
    return folder


def _newest_snapshot(folder: Folder, code: str) -> bytes:
    """Return the snapshot that knows most. Raises InputError for a wrong code."""
    best: tuple[int, bytes] | None = None
    unread = False
    for device in folder.devices():
        for number in folder.numbers(device, ALL)[-1:]:
            try:
                data = parcel.unseal(code, folder.read(device, number, ALL))
                message, _ = exchange.decode(data)
            except ValueError:
                unread = True
                continue
            known = message.seq + sum(message.seen.values())
            if best is None or known > best[0]:
                best = known, data
    if best is not None:
        return best[1]
    if unread:
        raise InputError(f"This code doesn't open what is in {folder.path}, or it hasn't all arrived yet.")
    raise StateError(f"{folder.path} hasn't all arrived yet. Wait until it has, and join again.")


def _has_rows(handle: sqlite3.Connection) -> bool:
    return any(
        handle.execute(f"SELECT 1 FROM main.{table} LIMIT 1").fetchone() is not None
        for table in tables.names(handle)
        if table != "meta"
    )


# syncing


def now(ctx: AppContext, *, hello: bool = False) -> Synced:
    """Send what changed here, and take in what others sent. `hello` tells the others of a device that has nothing to
    send yet. Raises StateError with what is in the way. It is also written down for `status`.
    """
    with _handle(ctx) as handle:
        device = _device(handle)
        try:
            found = _sync(ctx, handle, device, hello=hello)
        except (StateError, ValueError) as problem:
            with exchange.attached(handle, _state_path(ctx)):
                tables.put_fact(handle, "problem", str(problem))
            raise
        with exchange.attached(handle, _state_path(ctx)):
            tables.put_fact(handle, "problem", "")
            tables.put_fact(handle, "synced", int(ctx.clock.timestamp()))
    return found


def _sync(ctx: AppContext, handle: sqlite3.Connection, device: int, *, hello: bool) -> Synced:
    folder = Folder(_folder_path(ctx))
    folder.check()
    with exchange.attached(handle, _state_path(ctx)):
        exchange.check(handle)
        seen, seq = tables.seen(handle), int(tables.fact(handle, "seq") or 0)
        code = _code(ctx, handle)
    if any(_is_own(folder, device, number, code) for number in folder.numbers(device) if number > seq):
        raise exchange.PutBack(
            f"Another device also writes as number {device}, or this database is an older one. To go on, start over: "
            "planner sync stop, then planner sync join with an empty database."
        )
    result = Synced()
    names: dict[int, str] = {}
    forgotten: list[int] = []
    messages = list(_messages(folder, device, seen, code, names, forgotten, result.notices))
    # before their deletion comes in, while this device still knows by which names they are to be erased
    _forget_too(ctx, handle, forgotten)
    with exchange.attached(handle, _state_path(ctx)):
        moment = ctx.clock.timestamp()
        outcome = exchange.exchange(handle, messages, int(moment * 1000), name=socket.gethostname(), hello=hello)
        for message in messages:
            tables.put_fact(handle, f"heard.{message.device}", int(moment))
        for number, name in names.items():
            tables.put_fact(handle, f"name.{number}", name)
    result.sent, result.taken, result.conflicts = outcome.sent, outcome.taken, outcome.conflicts
    for other in outcome.waiting:
        result.notices.append(f"Messages of device {other} wait for others that haven't arrived yet.")
    _send(ctx, handle, folder, device, code)
    return result


def _forget_too(ctx: AppContext, handle: sqlite3.Connection, contacts: list[int]) -> None:
    """Erase people that were forgotten on another device from this one's history and free text."""
    for contact_id in contacts:
        found = erase.person(handle, contact_id)
        if found is not None:
            erase.forget(handle, found)
        with exchange.attached(handle, _state_path(ctx)):
            exchange.forget(handle, contact_id, here=False)


def note_forgotten(ctx: AppContext, contact_id: int) -> None:
    """Let the other devices forget a person too, if this one syncs."""
    with _handle(ctx) as handle:
        if numbering.device_of(handle) is not None:
            with exchange.attached(handle, _state_path(ctx)):
                exchange.forget(handle, contact_id, here=True)


def _is_own(folder: Folder, device: int, number: int, code: str) -> bool:
    """Whether a file in this device's subfolder is a message of its own number, and not one that somebody put there."""
    try:
        message, _ = exchange.decode(parcel.unseal(code, folder.read(device, number)))
    except ValueError:
        return False
    return (message.device, message.seq) == (device, number)


def _messages(
    folder: Folder,
    device: int,
    seen: dict[int, int],
    code: str,
    names: dict[int, str],
    forgotten: list[int],
    notices: list[str],
) -> Iterator[Message]:
    """Yield the new messages of each device, up to the first one that isn't there, and learn the devices' names and
    whom they have forgotten.
    """
    for other in folder.devices():
        if other == device:
            continue
        there = set(folder.numbers(other))
        number = seen.get(other, 0) + 1
        if there and number not in there and max(there) > number:
            snapshots = folder.numbers(other, ALL)
            if snapshots and min(there) > number and snapshots[-1] >= number:
                notices.append(
                    f"Device {other} has tidied away messages that this one never took in. To go on, start over: "
                    "planner sync stop, then planner sync join with an empty database."
                )
            else:
                notices.append(f"A message of device {other} hasn't arrived yet.")
        while number in there:
            try:
                message, head = exchange.decode(parcel.unseal(code, folder.read(other, number)))
            except ValueError:
                notices.append(f"A message of device {other} can't be read. It may not have arrived whole yet.")
                break
            if (message.device, message.seq) != (other, number):
                notices.append(f"A message of device {other} isn't its own, and was left out.")
                break
            names[other] = clean(str(head.get("name", "")))[:40]
            forgotten += [int(each) for each in head.get("forgotten", ())]
            yield message
            number += 1


def _send(ctx: AppContext, handle: sqlite3.Connection, folder: Folder, device: int, code: str) -> None:
    """Write what waits to be sent. What can't be written stays, and is sent next time."""
    with exchange.attached(handle, _state_path(ctx)):
        waiting = handle.execute("SELECT seq, body FROM base.sync_outbox ORDER BY seq").fetchall()
    for seq, body in waiting:
        folder.write(device, seq, parcel.seal(code, body))
        with exchange.attached(handle, _state_path(ctx)):
            handle.execute("DELETE FROM base.sync_outbox WHERE seq = ?", (seq,))


def tidy(ctx: AppContext, *, at_once: bool = False) -> int:
    """Replace this device's messages that all others have taken in by a snapshot, if there are many, or `at_once`.
    Returns how many went.
    """
    folder = Folder(_folder_path(ctx))
    with _handle(ctx) as handle:
        device = _device(handle)
        own = folder.numbers(device)
        with exchange.attached(handle, _state_path(ctx)):
            below = int(tables.fact(handle, exchange.TIDY) or 0)
        wanted = at_once or len(own) > KEPT or bool(own and own[0] < below)
        if not own or not wanted:
            return 0
        with exchange.attached(handle, _state_path(ctx)):
            code = _code(ctx, handle)
            data, seq = exchange.snapshot(handle), int(tables.fact(handle, "seq") or 0)
            retired = _retired(handle)
        read = [
            exchange.decode(parcel.unseal(code, folder.read(other, max(folder.numbers(other)))))[0].seen.get(device, 0)
            if folder.numbers(other)
            else 0
            for other in folder.devices()
            if other != device and other not in retired
        ]
        folder.write(device, seq, parcel.seal(code, data), ALL)
        for number in folder.numbers(device, ALL):
            if number < seq:
                folder.remove(device, number, ALL)
        gone = [number for number in own if number <= min(read, default=seq) and number < seq]
        for number in gone:
            folder.remove(device, number)
    return len(gone)


# what it is like


def status(ctx: AppContext) -> Status:
    """Return what syncing is like on this device."""
    if not ctx.database.exists():
        return Status(None)
    with ctx.database.read() as reads:
        if numbering.device_of(reads) is None:
            return Status(None)
    with _attached(ctx) as handle:
        synced = tables.fact(handle, "synced")
        return Status(
            int(tables.fact(handle, "device") or 0),
            str(ctx.current_config()[FOLDER]),
            None if synced is None else datetime.fromtimestamp(int(synced)),
            tables.fact(handle, "problem") or "",
            handle.execute("SELECT count(*) FROM base.sync_outbox").fetchone()[0],
            handle.execute("SELECT count(*) FROM base.sync_conflict").fetchone()[0],
        )


def devices(ctx: AppContext) -> list[Device]:
    """Return the devices that sync through the folder."""
    folder = Folder(_folder_path(ctx))
    with _attached(ctx) as handle:
        own = _device(handle)
        names, retired = conflict_store.facts(handle, "name."), _retired(handle)
        heard = conflict_store.facts(handle, "heard.")
    found = []
    for number in folder.devices():
        at = heard.get(str(number))
        when = None if at is None else datetime.fromtimestamp(int(at))
        name = names.get(str(number), "") or (socket.gethostname() if number == own else "")
        found.append(Device(number, clean(name), when, number == own, number in retired))
    return found


def retire(ctx: AppContext, number: int) -> None:
    """Wait for a device no longer. If it comes back, it may have to join anew."""
    with _attached(ctx) as handle:
        if number == _device(handle):
            raise InputError("This is the device you're on. To leave: planner sync stop")
        if number not in Folder(_folder_path(ctx)).devices():
            raise InputError(f"There's no device {number}. `planner sync devices` shows them.")
        tables.put_fact(handle, f"retired.{number}", 1)


def list_conflicts(ctx: AppContext) -> list[Conflict]:
    """Return the values that gave way to later ones, newest first."""
    with _attached(ctx) as handle:
        return conflict_store.query(handle)


def take_back(ctx: AppContext, conflict_id: int) -> Conflict:
    """Put a value that gave way back in its place, as an undoable change. Raises StateError if its row is gone."""
    with _attached(ctx) as handle:
        found = next((each for each in conflict_store.query(handle) if each.id == conflict_id), None)
    if found is None:
        raise InputError(f"There's no conflict {conflict_id}. `planner sync conflicts` lists them.")
    with ctx.database.write(f"took back {found.what}") as change:
        conflict_store.put_back(change, found)
    with _attached(ctx) as handle:
        conflict_store.drop(handle, [conflict_id])
    return found


def drop_conflicts(ctx: AppContext) -> int:
    """Forget the values that gave way. Returns how many there were."""
    with _attached(ctx) as handle:
        return conflict_store.drop(handle, None)


# where things are


@contextmanager
def _handle(ctx: AppContext) -> Iterator[sqlite3.Connection]:
    with ctx.database.open_connection() as handle:
        yield handle


@contextmanager
def _attached(ctx: AppContext) -> Iterator[sqlite3.Connection]:
    with _handle(ctx) as handle:
        _device(handle)
        with exchange.attached(handle, _state_path(ctx)):
            yield handle


def _state_path(ctx: AppContext) -> str:
    return f"{os.path.splitext(ctx.path)[0]}.sync"


def _folder_path(ctx: AppContext) -> str:
    path = str(ctx.current_config()[FOLDER])
    if not path:
        raise StateError("No folder to sync through is set. Set sync.folder, or leave with planner sync stop.")
    return path


def _device(handle: Any) -> int:
    found = numbering.device_of(handle)
    if found is None:
        raise StateError("This device doesn't sync. Begin with planner sync start FOLDER, or planner sync join FOLDER.")
    return found


def _retired(handle: sqlite3.Connection) -> set[int]:
    return {int(number) for number in conflict_store.facts(handle, "retired.")}


def _key(handle: Any) -> str:
    return f"sync:{database_uid(handle)}"


def _keep_code(ctx: AppContext, handle: sqlite3.Connection, code: str) -> None:
    source = secret.keep_secret(_key(handle), code, secret.path_of(ctx.settings_path))
    tables.put_fact(handle, "code", source)


def _code(ctx: AppContext, handle: sqlite3.Connection) -> str:
    source = tables.fact(handle, "code") or secret.PRIVATE
    return secret.find_secret(source, _key(handle), secret.path_of(ctx.settings_path), "sync code", threading.Event())
