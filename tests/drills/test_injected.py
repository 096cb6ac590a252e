"""Errors injected anywhere, at any moment of any command, give a sentence, and the change is all or nothing."""

from __future__ import annotations

import errno
import os
import random
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from planner import platform
from planner.store import connection
from tests.cli.test_conditions import OURS, content, line_of_each_command, rep, run  # noqa: F401 - a fixture
from tests.drills import often

EACH = int(os.environ.get("PLANNER_INJECTED", often(1, 200)))
EVERY = 1 if "PLANNER_INJECTED" in os.environ else often(24, 1)

SAID = (
    sqlite3.OperationalError("database or disk is full"),
    sqlite3.OperationalError("disk I/O error"),
    sqlite3.OperationalError("database is locked"),
    sqlite3.DatabaseError("database disk image is malformed"),
    sqlite3.OperationalError("attempt to write a readonly database"),
)


class Failing:
    """A connection on which a single statement fails with an error that SQLite may raise."""

    def __init__(self, handle: sqlite3.Connection, left: list[int], error: sqlite3.Error) -> None:
        self.__dict__.update(_handle=handle, _left=left, _error=error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handle, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._handle, name, value)

    def execute(self, sql: str, *words: Any) -> Any:
        self._count(sql)
        return self._handle.execute(sql, *words)

    def executemany(self, sql: str, *words: Any) -> Any:
        self._count(sql)
        return self._handle.executemany(sql, *words)

    def _count(self, sql: str) -> None:
        if sql.startswith(("ROLLBACK", "PRAGMA busy")):
            return
        self._left[0] -= 1
        if self._left[0] == 0:
            raise self._error


@contextmanager
def failing(chance: random.Random) -> Iterator[None]:
    left, error, opened = [chance.randrange(1, 60)], chance.choice(SAID), connection.open_existing
    disk = OSError(chance.choice((errno.ENOSPC, errno.EIO, errno.EROFS)), "the disk says so")

    def stumble(*_: object) -> None:
        raise disk

    with pytest.MonkeyPatch.context() as patch:
        if chance.random() < 0.7:
            patch.setattr(connection, "open_existing", lambda *words: Failing(opened(*words), left, error))
        else:
            patch.setattr(platform, chance.choice(("sync_file", "replace", "sync_folder")), stumble)
        yield


def test_injected_errors_are_reported_and_tear_nothing(rep: Path, tmp_path: Path) -> None:  # noqa: F811
    chance = random.Random(2026)
    wrong = []
    for line in line_of_each_command()[::EVERY]:
        for number in range(EACH):
            folder = tmp_path / str(number)
            shutil.copytree(rep, folder)
            before = content(folder / OURS)
            with failing(chance):
                code, _, err = run(folder, shlex.split(line))
            if code not in (0, 1, 2) or "This is a bug in planner" in err or "Traceback" in err:
                wrong.append(f"{line}: {code}, {err}")
            if "othing was changed" in err and code == 1 and content(folder / OURS) != before:
                wrong.append(f"{line}: it was changed all the same: {err}")
            if (folder / OURS).exists() and (folder / OURS).read_bytes()[:6] == b"SQLite":
                with closing(sqlite3.connect(folder / OURS)) as handle:
                    whole = handle.execute("PRAGMA quick_check").fetchone() == ("ok",)
                    dangling = handle.execute("PRAGMA foreign_key_check").fetchall()
                if not whole or dangling:
                    wrong.append(f"{line}: torn ({err})")
            shutil.rmtree(folder)
    assert wrong == [], "\n".join(wrong[:20])


def test_drill_detects_faults(rep: Path, tmp_path: Path) -> None:  # noqa: F811
    """An error that isn't SQLite's surfaces as the bug it is."""
    folder = tmp_path / "bait"
    shutil.copytree(rep, folder)

    def stumble(*_: object) -> None:
        raise KeyError("a fault of ours")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "open_existing", stumble)
        code, _, err = run(folder, ["status"])
    assert code == 1 and "This is a bug in planner" in err
    assert os.path.exists(folder / OURS)
