"""The rep's devices: which there are, how syncing stands, and the values that gave way to another device's."""

from __future__ import annotations

import socket
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.services.context import AppContext
from planner.services.sync.places import FOLDER, attached, carrier_name, open_carrier, own_number
from planner.store import numbering
from planner.store.sync import conflicts as conflict_store
from planner.store.sync import tables
from planner.store.sync.conflicts import Conflict as Conflict

SILENT = 90  # days after which a device is offered for retirement


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


def status(ctx: AppContext) -> Status:
    """Return what syncing is like on this device."""
    if not ctx.database.exists():
        return Status(None)
    with ctx.database.read() as reads:
        if numbering.device_of(reads) is None:
            return Status(None)
    with attached(ctx) as handle:
        synced = tables.fact(handle, "synced")
        return Status(
            int(tables.fact(handle, "device") or 0),
            str(ctx.current_config()[FOLDER]),
            None if synced is None else datetime.fromtimestamp(int(synced)),
            tables.fact(handle, "problem") or "",
            handle.execute("SELECT count(*) FROM base.sync_outbox").fetchone()[0],
            handle.execute("SELECT count(*) FROM base.sync_conflict").fetchone()[0],
        )


@dataclass(frozen=True, slots=True)
class Overview:
    """What this device knows of itself and the others without asking the carrier."""

    status: Status
    devices: tuple[Device, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def overview(ctx: AppContext) -> Overview:
    """Return how syncing stands, the devices heard of, and what gave way."""
    found = status(ctx)
    if found.device is None:
        return Overview(found)
    with attached(ctx) as handle:
        numbers = sorted({own_number(handle), *tables.seen(handle)})
        return Overview(found, tuple(_named(handle, numbers)), tuple(conflict_store.query(handle)))


def devices(ctx: AppContext) -> list[Device]:
    """Return the devices that sync through the folder."""
    with open_carrier(ctx, carrier_name(ctx)) as carrier:
        numbers = carrier.devices()
    with attached(ctx) as handle:
        return _named(handle, numbers)


def _named(handle: sqlite3.Connection, numbers: list[int]) -> list[Device]:
    own = own_number(handle)
    names, given_up = conflict_store.facts(handle, "name."), retired(handle)
    heard = conflict_store.facts(handle, "heard.")
    found = []
    for number in numbers:
        at = heard.get(str(number))
        when = None if at is None else datetime.fromtimestamp(int(at))
        name = names.get(str(number), "") or (socket.gethostname() if number == own else "")
        found.append(Device(number, clean(name), when, number == own, number in given_up))
    return found


def retire(ctx: AppContext, number: int) -> None:
    """Wait for a device no longer. If it comes back, it may have to join anew."""
    with open_carrier(ctx, carrier_name(ctx)) as carrier:
        numbers = carrier.devices()
    with attached(ctx) as handle:
        if number == own_number(handle):
            raise InputError("This is the device you're on. To leave: planner sync stop")
        if number not in numbers:
            raise InputError(f"There's no device {number}. `planner sync devices` shows them.")
        tables.put_fact(handle, f"retired.{number}", 1)


def list_conflicts(ctx: AppContext) -> list[Conflict]:
    """Return the values that gave way to later ones, newest first."""
    with attached(ctx) as handle:
        return conflict_store.query(handle)


def take_back(ctx: AppContext, conflict_id: int) -> Conflict:
    """Put a value that gave way back in its place, as an undoable change. Raises StateError if its row is gone."""
    with attached(ctx) as handle:
        found = next((each for each in conflict_store.query(handle) if each.id == conflict_id), None)
    if found is None:
        raise InputError(f"There's no conflict {conflict_id}. `planner sync conflicts` lists them.")
    with ctx.database.write(f"took back {found.what}") as change:
        conflict_store.put_back(change, found)
    with attached(ctx) as handle:
        conflict_store.drop(handle, [conflict_id])
    return found


def drop_conflicts(ctx: AppContext, *ids: int) -> int:
    """Forget the values that gave way, or all without `ids`. Returns how many there were."""
    with attached(ctx) as handle:
        return conflict_store.drop(handle, list(ids) or None)


def retired(handle: sqlite3.Connection) -> set[int]:
    """Return the devices that are waited for no longer. For an attached database."""
    return {int(number) for number in conflict_store.facts(handle, "retired.")}
