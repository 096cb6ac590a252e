"""Random histories on three devices end in the same database on all of them, whatever arrives when."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from planner.store import connection
from planner.store.numbering import KEYS
from planner.store.recorder import Recorder
from planner.store.sync import collect as collecting
from planner.store.sync import exchange, merge, tables
from planner.store.sync.collect import collect
from planner.store.sync.exchange import attached
from planner.store.sync.merge import Merge, Message
from planner.store.sync.repair import Written, repair
from tests.drills import often
from tests.scenes import typical

SECOND = 1_000


class Device:
    """A device with its database, its clock, and what it has sent."""

    def __init__(self, folder: Path, number: int, skew: int) -> None:
        self.path, self.state = folder / f"{number}.db", folder / f"{number}.sync"
        self.number, self.skew = number, skew
        self.sent: list[Message] = []

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        with closing(connection.open_existing(str(self.path))) as handle:
            handle.execute("PRAGMA foreign_keys=ON")
            yield handle

    def sync(self, messages: list[Message], now: int) -> exchange.Outcome:
        """Exchange, with the messages that have reached this device."""
        with self.open() as handle:
            ahead = exchange.look_ahead(handle, str(self.state))
            with attached(handle, str(self.state)):
                assert ahead.holds(handle)
                known = ahead.rows if len(self.sent) % 4 else None  # as if somebody had written meanwhile
                outcome = exchange.exchange(handle, messages, now + self.skew, rows=known)
            handle.execute("ATTACH ? AS base", (str(self.state),))
            rows = handle.execute("SELECT body FROM base.sync_outbox ORDER BY seq").fetchall()
        self.sent = [exchange.decode(body)[0] for (body,) in rows]
        return outcome

    def digest(self) -> str:
        with self.open() as handle:
            return exchange.digest(handle)

    def change(self, now: int, edit: Callable[[Recorder], object]) -> int:
        """Edit, and return how many log rows that made."""
        with self.open() as handle:
            before = logged(handle)
            with Recorder(handle, (now + self.skew) // 1000, "edit") as change:
                edit(change)
            return logged(handle) - before


@pytest.fixture
def devices(tmp_path: Path) -> list[Device]:
    """Three devices, the first one's database on all of them, with clocks 90 minutes apart."""
    ctx = typical(tmp_path)
    found = [Device(tmp_path, number, (number - 1) * 5_400 * SECOND) for number in range(3)]
    Path(ctx.path).rename(found[0].path)
    with found[0].open() as handle, attached(handle, str(found[0].state)):
        exchange.begin(handle, 0)
        data = exchange.snapshot(handle)
    for device in found[1:]:
        connection.create(str(device.path), 1)
        with device.open() as handle, attached(handle, str(device.state)):
            exchange.join(handle, data, device.number)
    assert len({device.digest() for device in found}) == 1
    return found


def add(change: Recorder, table: str, **values: object) -> None:
    """Add a row, with something in the columns that must have a value."""
    for _, name, kind, required, default, key in change.connection.execute(f"PRAGMA table_info({table})").fetchall():
        if required and default is None and not key and name not in values:
            values[name] = 0 if kind.startswith(("INT", "FLOAT")) else ""
    change.insert(table, **values)


def edit(change: Recorder, pick: random.Random) -> None:
    """Write something, as the rep's acts do: rows by name, with their references."""
    execute = change.connection.execute

    def row_of(table: str) -> int | None:
        rows = execute(f"SELECT id FROM {table} ORDER BY id").fetchall()
        return pick.choice(rows)[0] if rows else None

    word = pick.choice(["", "one", "two", "김민수", "Соколова", 'it\'s "so"'])
    contact = row_of("contact")
    match pick.randrange(14):
        case 0:
            add(change, "contact", uid=f"u{pick.random()}", name=word or "x", created_at=1)
        case 1 | 2 if contact is not None:
            column = pick.choice(["name", "source", "zone", "notes"])
            known = tables.columns(change.connection, "contact")
            change.update("contact", contact, **{column if column in known else "name": word})
        case 3 if contact is not None:
            change.delete("contact", contact)
        case 4 | 5:
            add(change, "activity", at=1, day="2026-11-16", kind="dial", count=1, contact_id=contact)
        case 6 if (task := row_of("task")) is not None:
            change.update("task", task, title=word or "task", contact_id=contact)
        case 7 if (task := row_of("task")) is not None:
            change.delete("task", task)
        case 8 if contact is not None:
            add(change, "promise", uid=f"p{pick.random()}", contact_id=contact, text=word, due="2026-11-20",
                          created_at=1)  # fmt: skip
        case 9:
            day = pick.choice(["2026-11-20", "2026-11-21"])
            there = execute("SELECT id FROM calendar_exception WHERE day = ?", (day,)).fetchone()
            if there is None:
                add(change, "calendar_exception", day=day, weight=pick.choice([0, 50]), note=word)
            elif pick.random() < 0.5:
                change.update("calendar_exception", there[0], weight=pick.choice([0, 50]), note=word)
            else:
                change.delete("calendar_exception", there[0])
        case 10 if contact is not None:
            if not execute(
                "SELECT 1 FROM list_entry WHERE day = '2026-11-20' AND contact_id = ?", (contact,)
            ).fetchone():
                add(change, "list_entry", day="2026-11-20", contact_id=contact, position=pick.randrange(9))
        case 11 if (deal := row_of("deal")) is not None:
            change.update("deal", deal, title=word or "deal", contact_id=contact)
        case 12:
            name = pick.choice(["best", "warm", "cold"])
            if not execute("SELECT 1 FROM saved_filter WHERE name = ?", (name,)).fetchone():
                add(change, "saved_filter", name=name, words=word)
        case 13 if (saved := row_of("saved_filter")) is not None:
            name = pick.choice(["best", "warm", "cold"])
            if not execute("SELECT 1 FROM saved_filter WHERE name = ?", (name,)).fetchone():
                change.update("saved_filter", saved, name=name)


def settle(devices: list[Device], now: int) -> None:
    """Let everything arrive everywhere."""
    for _ in range(8):
        for device in devices:
            device.sync([message for other in devices for message in other.sent], now)


def whole(device: Device) -> None:
    with device.open() as handle:
        assert handle.execute("PRAGMA foreign_key_check").fetchall() == []
        assert handle.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def differences(devices: list[Device]) -> dict[str, Any]:
    """What differs, for the message of a failure."""
    found: dict[str, Any] = {}
    with devices[0].open() as handle:
        names = tables.names(handle)
    for table in names:
        rows = []
        for device in devices:
            with device.open() as handle:
                columns = ", ".join(["id", *map(tables.quote, tables.columns(handle, table))])
                only = tables.ONLY.get(table, "1")
                rows.append(set(handle.execute(f"SELECT {columns} FROM main.{table} WHERE {only}").fetchall()))
        if any(each != rows[0] for each in rows):
            found[table] = [each - set.intersection(*rows) for each in rows]
    return found


@pytest.mark.parametrize("seed", range(often(10, 200)))
def test_random_histories_converge(devices: list[Device], seed: int) -> None:
    run_history(devices, seed)


def run_history(devices: list[Device], seed: int) -> None:
    """Edit and exchange at random, then let everything arrive and compare."""
    pick = random.Random(seed)
    now = 1_765_000_000_000
    with devices[0].open() as handle:
        made = logged(handle)
    for _ in range(150):
        now += pick.randrange(600 * SECOND)
        device = pick.choice(devices)
        if pick.random() < 0.8:
            made += device.change(now, lambda change: edit(change, pick))
        else:
            # some messages are late, and they come in any order
            there = [message for other in devices for message in other.sent if pick.random() < 0.7]
            pick.shuffle(there)
            device.sync(there, now)
            whole(device)
    settle(devices, now)
    for device in devices:
        whole(device)
    assert differences(devices) == {}
    with devices[0].open() as handle:
        assert logged(handle) == made  # events only add up: none is lost, and none counts twice


def logged(handle: sqlite3.Connection) -> int:
    """How many log rows there are."""
    return int(handle.execute("SELECT count(*) FROM activity").fetchone()[0])


def test_keys_are_those_of_the_schema(tmp_path: Path) -> None:
    connection.create(str(tmp_path / "a.db"), 1)
    with closing(connection.open_existing(str(tmp_path / "a.db"))) as handle:
        for table, names in KEYS.items():
            indexes = handle.execute(f"PRAGMA index_list({table})").fetchall()
            unique = {
                tuple(row[2] for row in handle.execute(f"PRAGMA index_info({index[1]})"))
                for index in indexes
                if index[2]
            }
            assert names in unique or table == "day_block", table
        unnumbered = {
            name
            for name, sql in handle.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            if name in tables.names(handle) and "AUTOINCREMENT" not in sql
        }
        assert unnumbered <= KEYS.keys()  # else two devices would give one number to two rows


def unlike_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers as a device alone would give them."""
    monkeypatch.setattr("planner.store.recorder.number_of", lambda handle, table, number, values: None)


def by_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message that comes last wins."""
    stamps = Merge._stamps

    def older(self: Merge, *rest: Any) -> Any:
        return dict.fromkeys(stamps(self, *rest), (-3, -1, 0))

    monkeypatch.setattr(Merge, "_stamps", older)


def silent_repairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was repaired isn't told to the others."""

    def unsaid(handle: sqlite3.Connection, written: Written) -> None:
        repair(handle, written)
        collect(handle, 0, 0, 0)

    monkeypatch.setattr(exchange, "repair", unsaid)


def without_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was deleted comes back with an edit that was made before."""
    known = collecting.known
    monkeypatch.setattr(merge, "known", lambda *rest: (found := known(*rest)) and found._replace(gone=False, life=0))


@pytest.mark.parametrize("bait", [unlike_any, by_arrival, silent_repairs, without_lives])
def test_baits_fail(devices: list[Device], monkeypatch: pytest.MonkeyPatch, bait: Callable[..., None]) -> None:
    """Each of these faults is found by some history. Otherwise the histories would prove nothing."""
    bait(monkeypatch)
    for seed in (5, *range(20)):  # the fifth finds them all
        try:
            run_history(devices, seed)
        except (AssertionError, sqlite3.Error):
            return
    pytest.fail("no history found it")
