"""Two devices through a folder: what both did is on both, and no carrier can lose or forge any of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import platform
from planner.clock import FixedClock
from planner.domain.calls.activity_log import Activity
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, PlannerError, StateError
from planner.domain.mail.mailbox import Account
from planner.exchange.sync import parcel
from planner.exchange.sync.folder import ALL, Folder
from planner.services import history
from planner.services.calls import activity_log
from planner.services.clients import complaints, deals, people, promises
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from planner.services.mail import mailbox
from planner.services.plan import plan
from planner.services.safety import maintenance
from planner.services.sync import devices, sync
from planner.services.transfer import imports
from planner.store import cipher
from planner.store.recorder import Transaction
from planner.store.safety import doctor
from planner.store.sync import exchange, tables
from tests.drills import often
from tests.scenes import MONTH, NOW


class Pair:
    """Two devices and the folder between them, or a mailbox."""

    def __init__(self, folder: Path, account: Account | None = None) -> None:
        self.folder = folder / "carried"
        self.folder.mkdir()
        self.account, where = account, str(self.folder) if account is None else f"imap:{account.name}"
        self.a, self.b = self.device(folder / "a"), self.device(folder / "b")
        people.add(self.a, "Kim Minsu 김민수", {"phones": ["+82 2 555 1234"]}, force=True)
        people.add(self.a, "Анна Соколова", {}, force=True)
        activity_log.log(self.a, "dial", count=30)
        self.code = sync.start(self.a, where)
        sync.join(self.b, where, self.code)

    def device(self, folder: Path) -> AppContext:
        folder.mkdir()
        ctx = AppContext(str(folder / "planner.db"), FixedClock(NOW), str(folder / "config.toml"))
        if self.account is not None:
            mailbox.add(ctx, self.account)
        return ctx

    def settle(self) -> None:
        """Let everything arrive."""
        for _ in range(2):
            for ctx in (self.a, self.b):
                sync.now(ctx)
        sync.now(self.a)

    def same(self) -> None:
        """Both have the same, whole and sound."""
        self.settle()
        digests = set()
        for ctx in (self.a, self.b):
            with closing(sqlite3.connect(ctx.path)) as handle:
                assert handle.execute("PRAGMA foreign_key_check").fetchall() == []
                digests.add(exchange.digest(handle))
            assert all(
                finding.ok and not finding.mended for finding in doctor.examine(ctx.path) if finding.what in SOUND
            )
        assert len(digests) == 1


SOUND = ("pages", "references", "schema", "counts", "search", "history")


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def later(ctx: AppContext, minutes: int = 1) -> None:
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.moment += timedelta(minutes=minutes)


def dials(ctx: AppContext) -> int:
    with closing(TodayStore(ctx)) as live:
        return live.read().counts["dials"]


def named(ctx: AppContext, name: str) -> int:
    return people.show(ctx, name).contact.id


def test_what_both_did_is_on_both(pair: Pair, tmp_path: Path) -> None:
    a, b = pair.a, pair.b
    for ctx in (a, b):
        with closing(TodayStore(ctx)) as live:
            for _ in range(100):
                live.log(Activity(0, ctx.now(), "dial"))
    people.edit(a, "Kim", {"source": "Fair"})
    later(b)
    people.edit(b, "Kim", {"source": "Referral", "emails": ["kim@x.example"]})
    file = tmp_path / "people.csv"
    file.write_text("name,phone\n" + "".join(f"Person {n},+82 2 600 {n:04}\n" for n in range(300)), encoding="utf-8")
    imports.run(b, "contacts", str(file), imports.Wanted())
    people.drop(a, "Анна")
    pair.same()
    assert dials(a) == dials(b) == 230
    assert people.show(a, "Kim").contact.source == "Referral"
    [conflict] = [each for each in devices.list_conflicts(a) if each.column == "source"]
    assert (conflict.value, conflict.now) == ("Fair", "Referral")
    devices.take_back(a, conflict.id)
    pair.same()
    assert people.show(b, "Kim").contact.source == "Fair"
    history.undo(a)
    pair.same()
    assert people.show(b, "Kim").contact.source == "Referral"


def test_an_import_is_undone_as_one_where_it_was_made(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,phone\nChoi,+82 2 555 0101\nBaek,+82 2 555 0102\n", encoding="utf-8")
    imports.run(pair.b, "contacts", str(file), imports.Wanted())
    pair.same()
    assert len(people.list_contacts(pair.a)) == 4
    history.undo(pair.b)
    pair.same()
    assert len(people.list_contacts(pair.a)) == 2


def test_one_deal_won_on_both_is_booked_once(pair: Pair) -> None:
    deal = deals.add(pair.a, "Press", contact="Kim", value=Decimal(5000))
    pair.same()
    for ctx in (pair.a, pair.b):
        deals.won(ctx, deal.id)
    pair.same()
    with closing(TodayStore(pair.a)) as live:
        today = live.read()
    assert today.counts["deals"] == 1
    assert [deals.show(ctx, deal.id)[0].stage.value for ctx in (pair.a, pair.b)] == ["won", "won"]


def test_one_repeating_task_ticked_on_both_comes_again_once(pair: Pair) -> None:
    task = tasks.add(pair.a, "Report", every="FREQ=DAILY")
    pair.same()
    for ctx in (pair.a, pair.b):
        tasks.complete(ctx, task.id)
    pair.same()
    assert [each.title for each in tasks.list_tasks(pair.a)] == ["Report"]


def test_undo_takes_back_only_what_was_done_here(pair: Pair) -> None:
    people.edit(pair.a, "Kim", {"source": "Fair"})
    pair.same()
    later(pair.b)
    people.edit(pair.b, "Kim", {"tier": "A"})
    pair.same()
    history.undo(pair.a)
    pair.same()
    found = people.show(pair.b, "Kim").contact
    assert (found.source, found.tier) == ("", "A")


def test_what_another_device_deleted_cannot_be_brought_back_by_undo(pair: Pair) -> None:
    people.edit(pair.a, "Kim", {"source": "Fair"})
    pair.same()
    people.drop(pair.b, "Kim")
    pair.same()
    with pytest.raises(StateError, match="Another of your devices has deleted"):
        history.undo(pair.a)
    assert history.undo(pair.a) is not None  # the one before
    pair.same()


def test_a_deletion_wins_over_edits_and_says_what_it_took(pair: Pair) -> None:
    kim = named(pair.a, "Kim")
    people.drop(pair.a, "Kim")
    later(pair.b)
    people.edit(pair.b, "Kim", {"source": "Fair"})
    tasks.add(pair.b, "Call Kim", contact="Kim")
    pair.same()
    assert [each.title for each in tasks.list_tasks(pair.a)] == ["Call Kim"]
    assert [(each.row, each.column, each.value) for each in devices.list_conflicts(pair.a)] == [(kim, "source", "Fair")]
    with pytest.raises(StateError, match="deleted"):
        devices.take_back(pair.a, devices.list_conflicts(pair.a)[0].id)


def test_what_gave_way_is_said_in_words(pair: Pair) -> None:
    task = tasks.add(pair.a, "Report", due=Due(date(2026, 11, 18)))
    deal = deals.add(pair.a, "Press", contact="Kim", value=Decimal(5000))
    pair.same()
    tasks.edit(pair.a, task.id, {"due": Due(date(2026, 11, 19))})
    deals.edit(pair.a, deal.id, {}, contact="Анна")
    later(pair.b)
    tasks.edit(pair.b, task.id, {"due": Due(date(2026, 11, 20), time(9))})
    deals.edit(pair.b, deal.id, {"contact_id": None})
    pair.same()
    said = {(each.what, each.value_text, each.now_text) for each in devices.list_conflicts(pair.a)}
    assert said >= {
        ("task Report, due", "Thu 19 Nov 2026", "Fri 20 Nov 2026 09:00"),
        ("deal Press, contact", "Анна Соколова", "nothing"),
    }


def test_the_first_rows_of_a_device_are_numbered_as_its_own(pair: Pair) -> None:
    def add(ctx: AppContext) -> list[int]:
        return [
            complaints.add(ctx, "came late", contact="Kim", kind="delivery").id,
            promises.add(ctx, "price list", Due(date(2026, 11, 20))).id,
            deals.add(ctx, "Press", contact="Kim", value=Decimal(5000)).id,
            *(each.id for each in tasks.list_tasks(ctx)),
        ]

    for ctx, number in ((pair.a, 0), (pair.b, 1)):
        numbers = add(ctx)
        assert len(numbers) > 3 and {each % 16 for each in numbers} == {number}
    pair.same()
    assert len(tasks.list_tasks(pair.a)) == 2


def test_a_program_that_is_open_reckons_with_what_a_sync_took_in(pair: Pair) -> None:
    def figures(ctx: AppContext) -> tuple[int | None, ...]:
        with closing(TodayStore(ctx)) as live:
            found = live.read()
            return found.p_plan, found.p_quota, found.forecast, found.forecast_low, found.forecast_high, found.noes

    plan.set_plan(pair.a, MONTH, Decimal(700_000), "2x", average_deal=Decimal(35_000), currency="EUR")
    pair.same()
    before = figures(pair.a)
    for number in range(6):
        deals.win(pair.b, Decimal(30_000 + number))
    activity_log.log(pair.b, "dial", count=40)
    sync.now(pair.b)
    # as another program does
    sync.now(AppContext(pair.a.path, pair.a.clock, pair.a.settings_path))
    assert figures(pair.a) == figures(AppContext(pair.a.path, pair.a.clock, pair.a.settings_path)) != before


def test_a_third_device_joins_with_all_of_it(pair: Pair, tmp_path: Path) -> None:
    people.edit(pair.b, "Kim", {"source": "Fair"})
    pair.same()
    sync.tidy(pair.a, at_once=True)
    third = pair.device(tmp_path / "c")
    sync.join(third, str(pair.folder), f" {pair.code.lower()} \n")
    assert people.show(third, "Kim").contact.source == "Fair"
    activity_log.log(third, "dial", count=5)
    sync.now(third)
    pair.same()
    assert dials(pair.a) == 35
    assert [each.number for each in devices.devices(pair.a)] == [0, 1, 2]


def test_tidying_keeps_what_somebody_has_not_taken_in(pair: Pair) -> None:
    for _ in range(3):
        activity_log.log(pair.a, "dial")
        sync.now(pair.a)
    kept = Folder(str(pair.folder)).numbers(0)
    assert sync.tidy(pair.a, at_once=True) < len(kept)
    pair.same()
    sync.tidy(pair.a, at_once=True)
    assert len(Folder(str(pair.folder)).numbers(0)) == 1
    activity_log.log(pair.a, "dial")
    pair.same()
    assert dials(pair.b) == 34


def test_who_is_forgotten_is_forgotten_on_all(pair: Pair) -> None:
    people.edit(pair.b, "Kim", {"source": "met at Orgatec"})
    tasks.add(pair.b, "Ask Kim Minsu 김민수 about Orgatec", contact="Kim")
    pair.same()
    later(pair.b)
    people.edit(pair.b, "Kim", {"name": "Kim Minsoo"})
    people.forget(pair.a, str(named(pair.a, "Kim")), consent=True)
    for _ in range(3):
        pair.same()
        for ctx in (pair.a, pair.b):
            sync.tidy(ctx)
    for ctx in (pair.a, pair.b):
        for path in Path(ctx.path).parent.iterdir():
            if path.is_file():
                data = path.read_bytes()
                assert "김민수".encode() not in data and b"Minsoo" not in data, path
        assert devices.list_conflicts(ctx) == []
    for ctx, source in ((pair.a, "Fair"), (pair.b, "Referral")):  # what gives way afterwards is listed again
        people.edit(ctx, "Анна", {"source": source})
    pair.same()
    assert "source" in {each.column for each in devices.list_conflicts(pair.a)}
    folder = Folder(str(pair.folder))
    assert folder.numbers(0)[0] > 1 and folder.numbers(0, ALL)[0] > 0  # what was sent before is gone


# what a carrier can do


def test_a_carrier_reads_no_name_number_or_note(pair: Pair) -> None:
    people.edit(pair.a, "Kim", {"source": "the blue one"})
    activity_log.log(pair.a, "dial", note="asked for Hanbit")
    pair.same()
    data = b"".join(path.read_bytes() for path in pair.folder.rglob("*") if path.is_file())
    for word in ("Kim", "김민수", "Соколова", "555", "Hanbit", "blue", "dial", "contact", pair.code):
        assert word.encode() not in data, word
    names = {path.name for path in pair.folder.rglob("*")}
    assert all(name.isdigit() or name.endswith((".age",)) for name in names)


def test_torn_missing_late_and_foreign_files(pair: Pair) -> None:
    activity_log.log(pair.b, "dial", count=3)
    sync.now(pair.b)
    activity_log.log(pair.b, "dial", count=4)
    sync.now(pair.b)
    folder = Folder(str(pair.folder))
    *_, first, second = [pair.folder / "1" / f"{number:08}.age" for number in folder.numbers(1)]
    whole, after = first.read_bytes(), second.read_bytes()
    (pair.folder / "1" / "00000002 (conflicted copy).age").write_bytes(whole)
    (pair.folder / "desktop.ini").write_text("x", encoding="utf-8")
    (pair.folder / "1" / "00000009.age.tmp").write_bytes(b"x")
    first.write_bytes(whole[: len(whole) // 2])
    found = sync.now(pair.a)
    assert "can't be read" in found.notices[0] and dials(pair.a) == 30
    first.unlink()
    assert "hasn't arrived" in sync.now(pair.a).notices[0] and dials(pair.a) == 30
    first.write_bytes(after)  # another of its messages under this name
    assert "isn't its own" in sync.now(pair.a).notices[0] and dials(pair.a) == 30
    first.write_bytes(parcel.seal(parcel.new_code(), b"forged"))
    assert "can't be read" in sync.now(pair.a).notices[0]
    first.write_bytes(whole)
    pair.same()
    assert dials(pair.a) == 37
    shutil.copy(first, pair.folder / "0" / first.name)  # replayed under another device's name
    pair.same()


def test_a_folder_that_vanishes_is_full_or_cannot_be_written(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    activity_log.log(pair.a, "dial", count=5)
    away = pair.folder.with_name("away")
    pair.folder.rename(away)
    with pytest.raises(StateError, match="isn't there"):
        sync.now(pair.a)
    assert "isn't there" in devices.status(pair.a).problem
    away.rename(pair.folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("planner.platform.sync_file", full)
        with pytest.raises(StateError, match="No space left"):
            sync.now(pair.a)
    assert devices.status(pair.a).waiting == 1
    pair.same()
    assert dials(pair.b) == 35
    assert (devices.status(pair.a).waiting, devices.status(pair.a).problem) == (0, "")


class Ended(BaseException):
    """The end of the program, which nothing catches."""


STEPS = (
    (Transaction, "__enter__"), (Transaction, "__exit__"), (Folder, "read"), (Folder, "write"), (Folder, "numbers"),
    (platform, "sync_file"), (platform, "replace"), (exchange, "collect"), (exchange, "repair"),
)  # fmt: skip


def test_a_sync_that_ends_between_any_two_steps_loses_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []

    def step(function: Callable[..., Any]) -> Callable[..., Any]:
        def count(*words: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Ended
            done = function(*words, **named)
            left[0] -= 1
            if left[0] == 0:
                raise Ended
            return done

        return count

    with monkeypatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, step(getattr(owner, name)))
        ended = made = 0
        for number in range(1, 400, often(3, 1)):
            ctx, other = (pair.a, pair.b) if made % 2 else (pair.b, pair.a)
            left[:] = [10**9]
            activity_log.log(ctx, "dial")
            people.edit(ctx, "Kim", {"source": f"source {number}"})
            sync.now(other)
            made += 1
            left[:] = [number]
            try:
                sync.now(ctx)
            except Ended:
                ended += 1
            else:
                break  # there are no more steps
            later(pair.a)
            later(pair.b)
        left[:] = [10**9]
        pair.same()
    assert ended > often(12, 40)
    assert dials(pair.a) == dials(pair.b) == 30 + made


def test_a_wrong_code_joins_nothing(pair: Pair, tmp_path: Path) -> None:
    third = pair.device(tmp_path / "c")
    for code, said in (("", "isn't a join code"), ("x" * 74, "isn't a join code"), (parcel.new_code(), "doesn't open")):
        with pytest.raises(InputError, match=said):
            sync.join(third, str(pair.folder), code)
    assert devices.status(third).device is None


def test_joining_wants_an_empty_database(pair: Pair, tmp_path: Path) -> None:
    third = pair.device(tmp_path / "c")
    people.add(third, "Mine", {}, force=True)
    with pytest.raises(StateError, match="isn't empty"):
        sync.join(third, str(pair.folder), pair.code)
    assert [each.contact.name for each in people.list_contacts(third)] == ["Mine"]
    with pytest.raises(StateError, match="already syncs"):
        sync.join(pair.a, str(pair.folder), pair.code)
    with pytest.raises(StateError, match="already syncs"):
        sync.start(third, str(pair.folder))


def test_a_restored_backup_is_noticed(pair: Pair, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    shutil.copy(pair.b.path, old)
    activity_log.log(pair.b, "dial", count=5)
    pair.same()
    shutil.copy(old, pair.b.path)
    with pytest.raises(exchange.PutBack, match="restored from a backup"):
        sync.now(pair.b)
    sync.now(pair.a)
    assert dials(pair.a) == 35


def test_two_devices_with_one_number_are_noticed(pair: Pair, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(Path(pair.b.path).parent, copy)
    twin = AppContext(str(copy / "planner.db"), FixedClock(NOW), str(copy / "config.toml"))
    activity_log.log(pair.b, "dial", count=5)
    sync.now(pair.b)
    activity_log.log(twin, "dial", count=7)
    with pytest.raises(exchange.PutBack, match="number 1"):
        sync.now(twin)
    pair.same()


def test_a_clock_set_back_loses_nothing(pair: Pair) -> None:
    people.edit(pair.a, "Kim", {"source": "Fair"})
    pair.same()
    later(pair.b, -90)
    people.edit(pair.b, "Kim", {"source": "Referral"})
    pair.same()
    assert people.show(pair.a, "Kim").contact.source == "Referral"  # it had seen the other
    assert devices.list_conflicts(pair.a) == []


def test_a_newer_schema_waits_for_the_update(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    activity_log.log(pair.b, "dial", count=5)
    with monkeypatch.context() as patch:
        patch.setattr("planner.store.sync.exchange.SCHEMA", 99)
        sync.now(pair.b)
    with pytest.raises(StateError, match="newer planner"):
        sync.now(pair.a)
    assert dials(pair.a) == 30


def test_retiring_and_leaving(pair: Pair) -> None:
    with pytest.raises(InputError, match="There's no device 9"):
        devices.retire(pair.a, 9)
    with pytest.raises(InputError, match="the device you're on"):
        devices.retire(pair.a, 0)
    devices.retire(pair.a, 1)
    assert [each.retired for each in devices.devices(pair.a)] == [False, True]
    sync.stop(pair.b)
    assert devices.status(pair.b).device is None
    activity_log.log(pair.b, "dial")  # goes on by itself
    assert dials(pair.b) == 31
    with pytest.raises(StateError, match="doesn't sync"):
        sync.now(pair.b)


def test_a_database_in_the_folder_itself_is_refused(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "config.toml"))
    with pytest.raises(InputError, match="lies in that folder"):
        sync.start(ctx, str(tmp_path))
    with pytest.raises(StateError, match="isn't there"):
        sync.start(ctx, str(tmp_path / "missing"))
    beside = tmp_path.with_name(tmp_path.name[:-1])  # its path begins with the same letters
    beside.mkdir(exist_ok=True)
    assert sync.start(ctx, str(beside))


def test_the_snapshot_is_read_only_with_the_code(pair: Pair) -> None:
    data = Folder(str(pair.folder)).read(0, 0, ALL)
    with pytest.raises(ValueError, match="not sealed"):
        parcel.unseal(parcel.new_code(), data)
    assert parcel.unseal(pair.code, data)
    with pytest.raises(InputError, match="There's no conflict 99"):
        devices.take_back(pair.a, 99)


def test_a_damaged_file_beside_the_database_costs_only_the_syncing(pair: Pair) -> None:
    state = Path(tables.state_path(pair.b.path))
    for junk in (b"not a database" * 400, state.read_bytes()[:5_000]):
        state.write_bytes(junk)
        with pytest.raises(PlannerError):
            sync.now(pair.b)
    sync.stop(pair.b)
    assert dials(pair.b) == 30 and devices.status(pair.b).device is None
    assert not state.exists()


# under a passphrase


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No keyring, and no key that an earlier test has left in this process."""

    def clear() -> None:
        cipher._BY_SALT.clear()
        cipher._BY_PATH.clear()

    monkeypatch.setattr("planner.platform.keep_key", lambda name, key: False)
    monkeypatch.setattr("planner.platform.kept_key", lambda name: None)
    clear()
    yield
    clear()


def beside(ctx: AppContext) -> bytes:
    """What lies in a device's folder, backups aside."""
    return b"".join(path.read_bytes() for path in Path(ctx.path).parent.iterdir() if path.is_file())


def test_an_encrypted_device_syncs_and_leaves_nothing_in_plain(keys: None, pair: Pair) -> None:
    secret = "four words for it"
    maintenance.encrypt(pair.b, secret)
    for ctx, count in ((pair.a, 7), (pair.b, 5)):
        activity_log.log(ctx, "dial", count=count)
    for _ in range(2):
        for ctx in (pair.a, pair.b):
            sync.now(ctx)
    assert dials(pair.a) == dials(pair.b) == 42
    for word in ("Kim", "김민수", "Соколова", pair.code):
        assert word.encode() not in beside(pair.b), word
    maintenance.decrypt(pair.b, secret)
    activity_log.log(pair.b, "dial")
    pair.same()
    assert dials(pair.a) == 43 and "김민수".encode() in beside(pair.b)


def test_an_encrypted_database_begins_and_joins(keys: None, tmp_path: Path) -> None:
    (tmp_path / "carried").mkdir()
    devices_of = []
    for name in "ab":
        (tmp_path / name).mkdir()
        ctx = AppContext(str(tmp_path / name / "planner.db"), FixedClock(NOW), str(tmp_path / name / "config.toml"))
        maintenance.encrypt(ctx, "four words for it")
        devices_of.append(ctx)
    a, b = devices_of
    people.add(a, "Kim Minsu 김민수", {}, force=True)
    code = sync.start(a, str(tmp_path / "carried"))
    sync.join(b, str(tmp_path / "carried"), code)
    assert people.show(b, "Kim").contact.name == "Kim Minsu 김민수"
    for ctx in (a, b):
        assert code.encode() not in beside(ctx) and "김민수".encode() not in beside(ctx)
        assert os.stat(tables.state_path(ctx.path)).st_mode & 0o077 == 0


def test_encrypting_that_broke_off_is_finished_by_a_second_time(
    keys: None, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "four words for it"
    with monkeypatch.context() as patch:
        patch.setattr(maintenance, "_rewrite_exchanged", lambda *_: None)  # killed before it
        maintenance.encrypt(pair.b, secret)
    activity_log.log(pair.b, "dial")
    with pytest.raises(StateError, match="can't be read"):
        sync.now(pair.b)
    assert not maintenance.encrypt(pair.b, secret).changed
    sync.now(pair.b)
    sync.now(pair.a)
    assert dials(pair.a) == 31 and "김민수".encode() not in beside(pair.b)
