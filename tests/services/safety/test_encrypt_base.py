"""The encrypted database: no plaintext in any file, and nothing lost on the way there and back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from planner import platform
from planner.domain.errors import DatabaseGone, DatabaseProblem, InputError, Locked, StateError
from planner.services.calls import activity_log
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from planner.services.safety import maintenance
from planner.services.safety.daily_backup import back_up
from planner.services.transfer import exports
from planner.store import cipher, connection, search
from planner.store.safety import backup
from tests.conftest import Run
from tests.scenes import clients_typical, context_at

SECRET = "four words for it"
CANARIES = ("김민수", "Kim Minsu", "Hanbit", "02-555-1234", "quarterly delivery", "kim@hanbit.example")


@pytest.fixture
def rep(tmp_path: Path) -> AppContext:
    ctx = clients_typical(tmp_path)
    activity_log.log(ctx, "dial", contact="2", note="quarterly delivery")
    ctx.backup_wanted = True
    back_up(ctx)
    return ctx


@pytest.fixture(autouse=True)
def fresh_keys() -> Any:
    """Keys are cached per process, so clear them."""
    forget_keys()
    yield
    forget_keys()


def forget_keys() -> None:
    cipher._BY_SALT.clear()
    cipher._BY_PATH.clear()


def canaries(folder: Path) -> list[str]:
    data = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return [each for each in CANARIES if each.encode() in data]


def dump(ctx: AppContext) -> dict[str, list[Any]]:
    with closing(ctx.database.raw()) as handle:
        tables = [row[0] for row in handle.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(map(repr, handle.execute(f'SELECT * FROM "{name}"').fetchall()))
            for name in tables
            if name != "meta"
        }


def test_encryption_leaves_no_plaintext_and_loses_nothing(rep: AppContext, tmp_path: Path) -> None:
    before = dump(rep)
    assert set(canaries(tmp_path)) >= {"김민수", "Hanbit", "quarterly delivery"}
    done = maintenance.encrypt(rep, SECRET)
    assert (done.changed, done.backups) == (True, 1)
    assert canaries(tmp_path) == []
    assert dump(rep) == before
    assert [path.name for path in tmp_path.rglob("*.planner-work*")] == []


def test_later_writes_are_encrypted_too(rep: AppContext, tmp_path: Path) -> None:
    maintenance.encrypt(rep, SECRET)
    live = TodayStore(rep)
    activity_log.log(rep, "dial", contact="1", note="quarterly delivery again")
    with closing(rep.database.raw()) as handle:
        handle.execute("PRAGMA cache_size=1")
        handle.execute("BEGIN IMMEDIATE")
        handle.execute("UPDATE contact SET notes = notes || ' Hanbit 김민수'")
        handle.execute("UPDATE activity SET note = 'Hanbit 김민수'")
        assert os.path.getsize(f"{rep.path}-journal") > 0
        assert canaries(tmp_path) == []  # the journal holds the old pages
        handle.execute("ROLLBACK")
    people.edit(rep, "1", {"notes": "by a form: Hanbit"})  # SQLModel on the same connection
    tasks.add(rep, "call Kim Minsu")
    maintenance.make(rep)
    live.close()
    assert canaries(tmp_path) == []
    assert people.show(rep, "1").contact.notes == "by a form: Hanbit"
    with closing(rep.database.raw()) as handle:
        search.brought_up(handle)
        assert handle.execute("SELECT count(*) FROM search_contact WHERE search_contact MATCH 'kim*'").fetchone()[0]
    assert canaries(tmp_path) == []


def test_sqlcipher_itself_opens_the_database(rep: AppContext) -> None:
    """The passphrase is SQLCipher's own, so other programs can use it."""
    maintenance.encrypt(rep, SECRET)
    import sqlcipher3.dbapi2 as sqlcipher

    with closing(sqlcipher.connect(rep.path)) as handle:
        handle.execute(f"PRAGMA key = '{SECRET}'")
        assert handle.execute("SELECT count(*) FROM contact").fetchone()[0] > 0


def test_wrong_passphrase_opens_and_changes_nothing(rep: AppContext) -> None:
    maintenance.encrypt(rep, SECRET, keep=False)
    data = Path(rep.path).read_bytes()
    forget_keys()
    assert maintenance.is_locked(rep.path)
    assert not maintenance.unlock(rep.path, SECRET + "!")
    with pytest.raises(DatabaseProblem, match="its key isn't in the keyring"):
        activity_log.log(rep, "dial")
    for act in (maintenance.encrypt, maintenance.decrypt):
        with pytest.raises(StateError, match="Wrong passphrase"):
            act(rep, SECRET + "!")
    assert Path(rep.path).read_bytes() == data
    assert maintenance.unlock(rep.path, SECRET)
    activity_log.log(rep, "dial")


def test_key_is_kept_in_the_keyring_unless_told_otherwise(rep: AppContext) -> None:
    assert maintenance.encrypt(rep, SECRET).kept
    forget_keys()
    assert not maintenance.is_locked(rep.path)
    activity_log.log(rep, "dial")
    assert not maintenance.encrypt(rep, SECRET, keep=False).changed  # calling it again only removes the key
    forget_keys()
    assert maintenance.is_locked(rep.path)


def test_encrypt_and_decrypt_round_trip(rep: AppContext, tmp_path: Path) -> None:
    before = dump(rep)
    maintenance.encrypt(rep, SECRET)
    assert maintenance.decrypt(rep, SECRET).backups == 1
    assert dump(rep) == before
    assert Path(rep.path).read_bytes().startswith(b"SQLite format 3")
    forget_keys()
    assert not maintenance.is_encrypted(rep.path)
    for _, path in backup.list_backups(rep.path):
        backup.check(path)
    assert set(canaries(tmp_path)) >= {"김민수", "Hanbit"}


def test_decryption_sweeps_what_a_killed_run_left_beside_finished_backups(rep: AppContext) -> None:
    maintenance.encrypt(rep, SECRET)
    for _, path in backup.list_backups(rep.path):  # as if a killed run had decrypted them all
        os.unlink(path)
    left = Path(backup.folder_of(rep.path)) / ".planner-work" / "999999999-left"
    left.mkdir(parents=True)
    maintenance.decrypt(rep, SECRET)
    assert not left.parent.exists()


def test_restored_backup_is_encrypted_like_the_database(rep: AppContext, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    plain = maintenance.make(rep, str(tmp_path / "away" / "plain.db")).path
    maintenance.encrypt(rep, SECRET)
    hidden = maintenance.make(rep, str(tmp_path / "away" / "hidden.db")).path
    activity_log.log(rep, "dial", count=7)
    assert maintenance.restore(rep, plain, consent=True).encrypted
    os.unlink(plain)
    os.unlink(plain + ".sha256")
    assert canaries(tmp_path) == []
    maintenance.decrypt(rep, SECRET)
    assert not maintenance.restore(rep, hidden, consent=True).encrypted
    assert Path(rep.path).read_bytes().startswith(b"SQLite format 3")
    forget_keys()
    with pytest.raises(Locked):
        maintenance.restore(rep, hidden, consent=True)


def test_full_export_restores_into_an_encrypted_database(rep: AppContext, tmp_path: Path) -> None:
    path = exports.write(rep, exports.prepare(rep, "all", str(tmp_path / "all.json"))).path
    other = context_at(tmp_path / "other")
    os.makedirs(tmp_path / "other")
    maintenance.encrypt(other, SECRET)
    exports.restore_whole(other, path)
    assert canaries(tmp_path / "other") == []
    assert people.show(other, "2").contact.name == "Kim Minsu 김민수"


def test_open_screen_continues_while_the_key_is_known(rep: AppContext) -> None:
    live = TodayStore(rep)
    live.read()
    maintenance.encrypt(rep, SECRET)
    assert live.missing_reason() == ""
    activity_log.log(rep, "dial")
    assert live.has_changed() or live.read()
    maintenance.encrypt(rep, SECRET, keep=False)
    live._let_go()
    forget_keys()
    assert "is encrypted" in live.missing_reason()
    with pytest.raises(DatabaseGone):
        live._writable()
    live.close()


def test_invalid_passphrases_are_refused(rep: AppContext) -> None:
    for wrong in ("short", "\udcff" * 20):
        with pytest.raises(InputError):
            maintenance.encrypt(rep, wrong)
    assert not maintenance.is_encrypted(rep.path)
    with pytest.raises(StateError, match="isn't encrypted"):
        maintenance.decrypt(rep, SECRET)


def test_damage_is_not_mistaken_for_a_wrong_passphrase(rep: AppContext) -> None:
    maintenance.encrypt(rep, SECRET)
    with open(rep.path, "r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\0" * 4096 * 20)
    with pytest.raises(DatabaseProblem, match="is damaged"), rep.database.read() as reads:
        reads.execute("SELECT count(*) FROM activity").fetchone()
        for (name,) in reads.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            reads.execute(f'SELECT * FROM "{name}"').fetchall()


def test_errors_are_sqlite3_errors(rep: AppContext) -> None:
    maintenance.encrypt(rep, SECRET)
    with closing(connection.open_existing(rep.path)) as handle:
        for statement, kind in (
            ("SELECT * FROM nothing", sqlite3.OperationalError),
            ("INSERT INTO meta (key, value) VALUES ('uid', 'x')", sqlite3.IntegrityError),
        ):
            with pytest.raises(kind):
                handle.execute(statement)
            with pytest.raises(kind):
                handle.cursor().execute(statement)
        with pytest.raises(sqlite3.IntegrityError):
            handle.executemany("INSERT INTO meta (key, value) VALUES (?, 'x')", [("uid",)])
        with pytest.raises(sqlite3.OperationalError):
            handle.executescript("nothing at all")


def test_encryption_by_command(run: Run, tmp_path: Path) -> None:
    run("log", "dial")
    said = run("encrypt", "--passphrase", "env:WORDS", WORDS=SECRET)
    assert "no one can open the database" in said.err and "free space" in said.err
    assert "is now encrypted" in said.out and "1 backup is encrypted too" in said.out
    assert run("today", "--json").json["counters"]["dials"]["done"] == 1
    assert run("info", "--json").json["encrypted"] is True
    assert run("status").out.startswith("calls 1")
    assert "already" in run("encrypt", "--ask", "--passphrase", "env:WORDS", WORDS=SECRET).out
    forget_keys()
    for words in (("status",), ("log", "dial"), ("today",), ("contact", "list"), ("doctor",)):
        assert "run the command in a terminal, to enter the passphrase" in run(*words, code=1).err
    assert "Wrong passphrase" in run("decrypt", "--passphrase", "env:WORDS", code=1, WORDS="wrong one altogether").err
    assert "Decrypted: " in run("decrypt", "--passphrase", "env:WORDS", WORDS=SECRET).out
    assert "isn't encrypted" in run("decrypt", "--passphrase", "env:WORDS", code=1, WORDS=SECRET).err
    assert run("log", "dial").out.startswith("Logged: call. Today: 2 calls")


def test_random_bytes_are_refused_and_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "planner.db").write_bytes(os.urandom(8192))
    before = (tmp_path / "planner.db").read_bytes()
    assert "is encrypted (or isn't a planner database)" in run("log", "dial", code=1).err
    assert "Wrong passphrase" in run("decrypt", "--passphrase", "env:WORDS", code=1, WORDS=SECRET).err
    assert (tmp_path / "planner.db").read_bytes() == before


@pytest.mark.skipif(platform._kernel() is None, reason="the kernel's keyring is Linux's")
def test_kernel_keyring_keeps_a_key_for_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"test-{os.getpid()}"
    platform._keep_for_session(name, "ab" * 32)
    if platform._kept_for_session(name) is None:
        pytest.skip("this system gives no process a keyring")
    assert platform._kept_for_session(name) == "ab" * 32
    call = platform._kernel()
    assert call is not None
    call(platform._UNLINK, call(platform._SEARCH, name))
    assert platform._kept_for_session(name) is None
