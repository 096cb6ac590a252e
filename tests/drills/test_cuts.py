"""Power cuts while files are made, renamed and replaced: backups, restores, encrypting and decrypting the database.

SQLite's own writes are tested in `test_powercut.py`. Here, any sync, rename or folder sync by planner itself may be the
last. Names not yet synced appear in any order or not at all, and a file not yet synced is truncated.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from planner import platform
from planner.domain.errors import DatabaseProblem, PlannerError
from planner.services.calls import activity_log
from planner.services.context import AppContext
from planner.services.safety import maintenance
from planner.services.safety.daily_backup import back_up
from planner.store import cipher, connection
from planner.store.safety import backup
from tests.drills import often
from tests.drills.test_drills import PLANNER, acknowledged, ctx, environment, pytestmark  # noqa: F401 - a fixture
from tests.scenes import clients_typical
from tests.services.safety.test_encrypt_base import SECRET, forget_keys

CUTS = often(3, 625)  # for each of four actions
KILLS = often(3, 60)


class PowerCut(BaseException):
    """Stops everything, as a power cut does."""


class Disk:
    """Planner's calls that make files durable. The power fails at call number `last`, counted from 0."""

    def __init__(self, last: int, chance: random.Random) -> None:
        self.last, self.chance, self.done = last, chance, 0
        self.unsynced: list[tuple[str, bytes | None]] = []  # new names, with the previous content

    def step(self) -> None:
        if self.done == self.last:
            raise PowerCut
        self.done += 1

    def sync_file(self, descriptor: int) -> None:
        self.step()
        os.fsync(descriptor)

    def replace(self, source: str, target: str) -> None:
        self.step()
        before = Path(target).read_bytes() if os.path.exists(target) else None
        os.replace(source, target)
        self.unsynced.append((target, before))

    def sync_folder(self, folder: str) -> None:
        self.step()
        self.unsynced = [(name, old) for name, old in self.unsynced if os.path.dirname(name) != folder]

    def lose(self) -> None:
        """Randomly lose each name that wasn't synced."""
        for name, before in reversed(self.unsynced):
            if self.chance.random() < 0.5:
                if before is None:
                    os.unlink(name)
                else:
                    Path(name).write_bytes(before)


@contextmanager
def cut(last: int, chance: random.Random) -> Iterator[Disk]:
    disk = Disk(last, chance)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("sync_file", "replace", "sync_folder"):
            patch.setattr(platform, name, getattr(disk, name))
        try:
            yield disk
        except PowerCut:
            disk.lose()
    forget_keys()


def content(path: str) -> str:
    with closing(connection.open_existing(path, "ro")) as handle:
        rows = [handle.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() for name in ("contact", "activity")]
    return repr(rows)


def make(rep: AppContext) -> None:
    maintenance.make(rep)


def restore(rep: AppContext) -> None:
    maintenance.restore(rep, backup.list_backups(rep.path)[0][1], consent=True)


def encrypt(rep: AppContext) -> None:
    maintenance.encrypt(rep, SECRET)


def decrypt(rep: AppContext) -> None:
    maintenance.decrypt(rep, SECRET)


@pytest.mark.parametrize("act", [make, restore, encrypt, decrypt])
def test_power_cut_leaves_database_and_backups_intact(
    tmp_path: Path, act: Callable[[AppContext], None], keys: dict[str, str]
) -> None:
    chance = random.Random(2026)
    (tmp_path / "first").mkdir()
    base = clients_typical(tmp_path / "first")
    base.backup_wanted = True
    back_up(base)
    if act is decrypt:
        maintenance.encrypt(base, SECRET)
    wanted = content(base.path)
    tried = 0
    for number in range(CUTS):
        folder = tmp_path / f"cut-{number}"
        shutil.copytree(tmp_path / "first", folder)
        rep = AppContext(str(folder / os.path.basename(base.path)), base.clock, base.settings_path)
        with cut(5 * number % 24, chance):  # spread over the calls however many cuts there are
            act(rep)
            tried -= 1
        tried += 1
        keys.clear()  # the key isn't in the keyring either, so the passphrase must do
        assert maintenance.unlock(rep.path, SECRET)
        assert content(rep.path) == wanted
        there = backup.list_backups(rep.path)
        assert there
        for _, path in there:
            assert maintenance.unlock(path, SECRET)
            backup.check(path)
            assert content(path) == wanted
        # and the action can be resumed
        if act in (encrypt, decrypt) and not (act is decrypt and not maintenance.is_encrypted(rep.path)):
            act(rep)
            assert maintenance.is_encrypted(rep.path) == (act is encrypt)
            assert {cipher.salt_of(path) is not None for _, path in backup.list_backups(rep.path)} == {act is encrypt}
            assert content(rep.path) == wanted
        activity_log.log(rep, "dial")
        forget_keys()
        shutil.rmtree(folder)
    assert tried > 0


def test_killed_encryption_leaves_the_old_or_the_new_database(ctx: AppContext) -> None:  # noqa: F811
    env = {**environment(ctx), "WORDS": SECRET, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    subprocess.run([*PLANNER, "contact", "add", "Kim", "--notes", "CANARY"], env=env, check=True, capture_output=True)
    chance = random.Random(3)
    began = time.perf_counter()
    subprocess.run(
        [*PLANNER, "encrypt", "--ask", "--passphrase", "env:WORDS"], env=env, check=True, capture_output=True
    )
    usual = time.perf_counter() - began
    for number in range(KILLS):
        word = "decrypt" if number % 2 == 0 else "encrypt"
        words = [word, *(["--ask"] if word == "encrypt" else []), "--passphrase", "env:WORDS"]
        process = subprocess.Popen([*PLANNER, *words], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.3, 1.2) * usual)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        forget_keys()
        assert maintenance.unlock(ctx.path, SECRET)
        with closing(connection.open_existing(ctx.path, "ro")) as handle:
            assert handle.execute("SELECT notes FROM contact").fetchall() == [("CANARY",)]
            assert handle.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        # running it again finishes the work, whichever state was left
        done = subprocess.run([*PLANNER, *words], env=env, capture_output=True, text=True)
        assert done.returncode == 0 or "isn't encrypted" in done.stderr, done.stderr
        left = [path for path in Path(ctx.path).parent.rglob("*") if b"CANARY" in read(path)]
        assert bool(left) == (word == "decrypt"), left
        assert not list(Path(ctx.path).parent.rglob(".planner-work"))


def read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_leftover_workplaces_are_removed_next_time(tmp_path: Path) -> None:
    base = clients_typical(tmp_path)
    base.backup_wanted = True
    back_up(base)
    for last in range(12):
        with cut(last, random.Random(last)), pytest.MonkeyPatch.context() as patch:
            patch.setattr(shutil, "rmtree", lambda *_, **__: None)  # nothing is cleaned up after the cut
            maintenance.make(base)
    assert list(tmp_path.rglob(".planner-work"))
    for place in tmp_path.rglob(".planner-work/*"):
        place.rename(place.with_name(f"{2**22 + 1}-{place.name}"))  # the process id of a program that is gone
    maintenance.make(base)
    assert not list(tmp_path.rglob(".planner-work"))


@pytest.mark.parametrize("act", [make, restore, encrypt])
def test_disk_errors_are_reported_and_change_nothing(
    tmp_path: Path, act: Callable[[AppContext], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call fails in turn with each error that a disk may raise."""
    base = clients_typical(tmp_path)
    base.backup_wanted = True
    back_up(base)
    wanted = content(base.path)
    for name in ("sync_file", "replace", "sync_folder"):
        for error in (
            OSError(28, "No space left on device"),
            OSError(5, "Input/output error"),
            PermissionError(13, "no"),
        ):
            calls_made = 0

            def fail(*_: object, error: Exception = error) -> None:
                nonlocal calls_made
                calls_made += 1
                raise error

            with monkeypatch.context() as patch:
                patch.setattr(platform, name, fail)
                with pytest.raises((PlannerError, DatabaseProblem)):
                    act(base)
            assert calls_made > 0
            forget_keys()
            assert maintenance.unlock(base.path, SECRET)
            assert content(base.path) == wanted
            if maintenance.is_encrypted(base.path):
                maintenance.decrypt(base, SECRET)


def test_lasting_lock_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = clients_typical(tmp_path)
    monkeypatch.setattr(platform, "BUSY_SECONDS", 0.05)
    # locked by another process, because two SQLites in one process don't see each other's locks
    hold = f"import sqlite3 as s; h = s.connect({base.path!r});"
    hold += "h.execute('BEGIN IMMEDIATE'); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdin is not None
        other.stdout.readline()
        with pytest.raises(DatabaseProblem, match="in use by another program"):
            maintenance.encrypt(base, SECRET)
        other.stdin.close()
    assert not maintenance.is_encrypted(base.path)
