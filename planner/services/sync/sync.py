"""Syncs the rep's devices through a folder that another program carries, or through their mailbox (B3).

Each device keeps its own database and works offline. What it wrote is sealed and sent, and what the others sent is
merged. A failure at any point loses nothing: the next sync goes on from there.
"""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.domain.errors import InputError, PlannerError, StateError
from planner.domain.text import clean
from planner.exchange.sync import parcel
from planner.exchange.sync.folder import ALL
from planner.services import settings
from planner.services.context import AppContext
from planner.services.sync import places
from planner.services.sync.devices import retired
from planner.services.sync.places import FOLDER, attached, find_code, own_number
from planner.store import numbering
from planner.store.clients import erase
from planner.store.sync import exchange, tables
from planner.store.sync.merge import Message
from planner.store.sync.tables import state_path

if TYPE_CHECKING:
    from planner.exchange.sync.folder import Carrier

AHEAD = 4  # how often to compare without keeping others from writing
KEPT = 300  # messages of a device, before what all have taken in is tidied away


@dataclass
class Synced:
    """How a sync went: rows sent and taken in, values that gave way, messages tidied away, and sentences about what is
    waited for.
    """

    sent: int = 0
    taken: int = 0
    conflicts: int = 0
    tidied: int = 0
    notices: list[str] = field(default_factory=list)


# starting and joining


def start(ctx: AppContext, name: str) -> str:
    """Begin to sync through an empty folder, or a mailbox (``imap:NAME``), with what is in the database. Returns the
    code by which others join.
    """
    with places.open_carrier(ctx, name) as carrier:
        places.check_new(ctx, carrier)
        if carrier.devices():
            raise StateError(f"A device already syncs through {carrier.path}. Join it: planner sync join {name}")
        code = parcel.new_code()
        with _new_state(ctx) as handle:
            exchange.begin(handle, 0)
            places.keep_code(ctx, handle, code)
            data = exchange.snapshot(handle)
            carrier.claim(0)
            carrier.write(0, 0, parcel.seal(code, data), ALL)
        settings.put(ctx, FOLDER, carrier.path)
    now(ctx)
    return code


def join(ctx: AppContext, name: str, code: str) -> int:
    """Fill an empty database with what the other devices have, and sync with them from now on. Returns the number of
    rows. Raises InputError for a wrong code.
    """
    key = parcel.read_code(code)
    with places.open_carrier(ctx, name) as carrier:
        places.check_new(ctx, carrier)
        devices = carrier.devices()
        if not devices:
            raise StateError(f"No device syncs through {carrier.path} yet. Begin on another: planner sync start {name}")
        data = _newest_snapshot(carrier, key)
        free = [number for number in range(numbering.DEVICES) if number not in devices]
        if not free:
            raise StateError(f"{numbering.DEVICES} devices have synced through {carrier.path}, which is the limit.")
        with _new_state(ctx) as handle:
            if _has_rows(handle):
                raise StateError(
                    f"{ctx.path} isn't empty, and joining would replace what is in it. Join with another one: planner "
                    "--db FILE sync join …"
                )
            rows = exchange.join(handle, data, free[0])
            places.keep_code(ctx, handle, key)
            carrier.claim(free[0])
        settings.put(ctx, FOLDER, carrier.path)
    now(ctx, hello=True)
    return rows


def stop(ctx: AppContext) -> None:
    """End syncing on this device. Everything stays, here and on the others."""
    with ctx.database.open_connection() as handle:
        own_number(handle)
        exchange.end(handle)
        places.forget(ctx, handle)
    if ctx.current_config()[FOLDER]:
        settings.reset(ctx, FOLDER)


@contextmanager
def _new_state(ctx: AppContext) -> Iterator[sqlite3.Connection]:
    with ctx.database.open_connection() as handle, exchange.attached(handle, state_path(ctx.path)):
        yield handle


def _newest_snapshot(carrier: Carrier, code: str) -> bytes:
    """Return the snapshot that knows most. Raises InputError for a wrong code."""
    best: tuple[int, bytes] | None = None
    unread = False
    for device in carrier.devices():
        for number in carrier.numbers(device, ALL)[-1:]:
            try:
                data = parcel.unseal(code, carrier.read(device, number, ALL))
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
        raise InputError(f"This code doesn't open what is in {carrier.path}, or it hasn't all arrived yet.")
    raise StateError(f"{carrier.path} hasn't all arrived yet. Wait until it has, and join again.")


def _has_rows(handle: sqlite3.Connection) -> bool:
    return any(
        handle.execute(f"SELECT 1 FROM main.{table} LIMIT 1").fetchone() is not None
        for table in tables.names(handle)
        if table != "meta"
    )


# syncing


def now(ctx: AppContext, *, hello: bool = False) -> Synced:
    """Send what changed here, and take in what others sent. `hello` tells the others of a device that has nothing to
    send yet. Raises PlannerError with what is in the way, which is also written down for `status`.
    """
    with ctx.database.open_connection() as handle:
        own_number(handle)
    try:
        with places.open_carrier(ctx, places.carrier_name(ctx)) as carrier, ctx.database.open_connection() as handle:
            found = _sync(ctx, handle, carrier, hello=hello)
            found.tidied = _tidy(ctx, handle, carrier)
    except (PlannerError, ValueError) as problem:
        with suppress(PlannerError), attached(ctx) as handle:  # the database itself may be what is in the way
            tables.put_fact(handle, "problem", str(problem))
        raise
    with attached(ctx) as handle:
        tables.put_fact(handle, "problem", "")
        tables.put_fact(handle, "synced", int(ctx.clock.timestamp()))
    return found


def _sync(ctx: AppContext, handle: sqlite3.Connection, carrier: Carrier, *, hello: bool) -> Synced:
    with exchange.attached(handle, state_path(ctx.path)):
        exchange.check(handle)
        device, seen, seq = own_number(handle), tables.seen(handle), int(tables.fact(handle, "seq") or 0)
        code = find_code(ctx, handle)
    if any(_is_own(carrier, device, number, code) for number in carrier.numbers(device) if number > seq):
        raise exchange.PutBack(
            f"Another device also writes as number {device}, or this database is an older one. To go on, start over: "
            "planner sync stop, then planner sync join with an empty database."
        )
    result = Synced()
    names: dict[int, str] = {}
    forgotten: list[int] = []
    messages = list(_messages(carrier, device, seen, code, names, forgotten, result.notices))
    # before their deletion comes in, while this device still knows by which names they are to be erased
    _forget_too(ctx, handle, forgotten)
    outcome = exchange.Outcome()
    for number in range(AHEAD, -1, -1):
        ahead = exchange.look_ahead(handle, state_path(ctx.path))
        with exchange.attached(handle, state_path(ctx.path)):
            moment = ctx.clock.timestamp()
            if not (fresh := ahead.holds(handle)) and number:
                continue  # somebody wrote meanwhile. The last time, the whole is compared while nobody can.
            outcome = exchange.exchange(
                handle, messages, int(moment * 1000), name=socket.gethostname(), hello=hello,
                rows=ahead.rows if fresh else None,
            )  # fmt: skip
            for message in messages:
                tables.put_fact(handle, f"heard.{message.device}", int(moment))
            for number, name in names.items():
                tables.put_fact(handle, f"name.{number}", name)
            break
    result.sent, result.taken, result.conflicts = outcome.sent, outcome.taken, outcome.conflicts
    for other in outcome.waiting:
        result.notices.append(f"Messages of device {other} wait for others that haven't arrived yet.")
    _send(ctx, handle, carrier, device, code)
    return result


def _forget_too(ctx: AppContext, handle: sqlite3.Connection, contacts: list[int]) -> None:
    """Erase people that were forgotten on another device from this one's history and free text."""
    for contact_id in contacts:
        found = erase.person(handle, contact_id)
        if found is not None:
            erase.forget(handle, found)
        with exchange.attached(handle, state_path(ctx.path)):
            exchange.forget(handle, contact_id, here=False)


def note_forgotten(ctx: AppContext, contact_id: int) -> None:
    """Let the other devices forget a person too, if this one syncs."""
    with ctx.database.open_connection() as handle:
        if numbering.device_of(handle) is not None:
            with exchange.attached(handle, state_path(ctx.path)):
                exchange.forget(handle, contact_id, here=True)


def _is_own(carrier: Carrier, device: int, number: int, code: str) -> bool:
    """Whether a file in this device's subfolder is a message of its own number, and not one that somebody put there."""
    try:
        message, _ = exchange.decode(parcel.unseal(code, carrier.read(device, number)))
    except ValueError:
        return False
    return (message.device, message.seq) == (device, number)


def _messages(
    carrier: Carrier,
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
    for other in carrier.devices():
        if other == device:
            continue
        there = set(carrier.numbers(other))
        number = seen.get(other, 0) + 1
        while number in there:
            try:
                message, head = exchange.decode(parcel.unseal(code, carrier.read(other, number)))
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
        if there and number not in there and max(there) > number:
            snapshots = carrier.numbers(other, ALL)
            if snapshots and min(there) > number and snapshots[-1] >= number:
                notices.append(
                    f"Device {other} has tidied away messages that this one never took in. To go on, start over: "
                    "planner sync stop, then planner sync join with an empty database."
                )
            else:
                notices.append(f"A message of device {other} hasn't arrived yet.")


def _send(ctx: AppContext, handle: sqlite3.Connection, carrier: Carrier, device: int, code: str) -> None:
    """Write what waits to be sent. What can't be written stays, and is sent next time."""
    with exchange.attached(handle, state_path(ctx.path)):
        waiting = handle.execute("SELECT seq, body FROM base.sync_outbox ORDER BY seq").fetchall()
    for seq, body in waiting:
        carrier.write(device, seq, parcel.seal(code, body))
        with exchange.attached(handle, state_path(ctx.path)):
            handle.execute("DELETE FROM base.sync_outbox WHERE seq = ?", (seq,))


def tidy(ctx: AppContext, *, at_once: bool = False) -> int:
    """Replace this device's messages that all others have taken in by a snapshot, if there are many, or `at_once`.
    Returns how many went.
    """
    with places.open_carrier(ctx, places.carrier_name(ctx)) as carrier, ctx.database.open_connection() as handle:
        own_number(handle)
        return _tidy(ctx, handle, carrier, at_once=at_once)


def _tidy(ctx: AppContext, handle: sqlite3.Connection, carrier: Carrier, *, at_once: bool = False) -> int:
    device = own_number(handle)
    own = carrier.numbers(device)
    with exchange.attached(handle, state_path(ctx.path)):
        below = int(tables.fact(handle, exchange.TIDY) or 0)
        if not own or not (at_once or len(own) > KEPT or own[0] < below):
            return 0
        code = find_code(ctx, handle)
        data, seq = exchange.snapshot(handle), int(tables.fact(handle, "seq") or 0)
        given_up = retired(handle)
    read = [
        exchange.decode(parcel.unseal(code, carrier.read(other, max(carrier.numbers(other)))))[0].seen.get(device, 0)
        if carrier.numbers(other)
        else 0
        for other in carrier.devices()
        if other != device and other not in given_up
    ]
    if below and min(read, default=below) >= below - 1:
        # all devices know whom to forget, so nothing that comes from now on tells of them
        with exchange.attached(handle, state_path(ctx.path)):
            exchange.end_forgetting(handle)
    carrier.write(device, seq, parcel.seal(code, data), ALL)
    for number in carrier.numbers(device, ALL):
        if number < seq:
            carrier.remove(device, number, ALL)
    gone = [number for number in own if number <= min(read, default=seq) and number < seq]
    for number in gone:
        carrier.remove(device, number)
    return len(gone)
