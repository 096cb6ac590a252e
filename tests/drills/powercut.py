"""A simulated power cut: SQLite's writes, syncs and deletes are recorded, and any of them can be the last.

A shim VFS of apsw sees every call, and the state of the disk after a cut is derived from them. What was synced is
there. Each sector written since is there, missing or torn. Names created or removed since the folder was synced may or
may not be there. The resulting files are then opened by the SQLite of the Python that planner runs on.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
CREATE = apsw.SQLITE_OPEN_CREATE


@dataclass(frozen=True, slots=True)
class Step:
    """One call. `kind` is make, write, cut (a truncation), sync, delete, folder (a delete that syncs the folder), or
    acknowledged (with the number of transactions so far).
    """

    kind: str
    file: str = ""
    place: int = 0
    data: bytes = b""


class Recorder(apsw.VFS):
    """The system's own VFS, recording every call that changes something."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.vfs_name = f"recorder-{id(self)}"
        super().__init__(self.vfs_name, "")

    def xOpen(self, name: Any, flags: list[int]) -> RecordedFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        made = bool(flags[0] & CREATE) and path is not None and not os.path.exists(path)
        file = RecordedFile(self, path, name, flags)
        if made:
            self.steps.append(Step("make", os.path.basename(path)))
        return file

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self.steps.append(Step("folder" if syncdir else "delete", os.path.basename(filename)))


class RecordedFile(apsw.VFSFile):
    """A file that records its changes in its recorder."""

    def __init__(self, recorder: Recorder, path: str | None, name: Any, flags: list[int]) -> None:
        self.recorder, self.file = recorder, os.path.basename(path or "")
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:
        super().xWrite(data, offset)
        self.recorder.steps.append(Step("write", self.file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self.recorder.steps.append(Step("cut", self.file, newsize))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self.recorder.steps.append(Step("sync", self.file))


class Rows:
    """Query results with sqlite3's interface."""

    def __init__(self, rows: list[tuple[Any, ...]], lastrowid: int) -> None:
        self._rows, self.lastrowid = iter(rows), lastrowid

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows


class Connection:
    """An apsw connection with the part of sqlite3's interface that the store's plain layer uses."""

    def __init__(self, path: Path, recorder: Recorder, pragmas: tuple[str, ...]) -> None:
        self._handle = apsw.Connection(str(path), vfs=recorder.vfs_name)
        for pragma in pragmas:
            self.execute(pragma)

    def execute(self, statement: str, values: Any = ()) -> Rows:
        rows = list(self._handle.cursor().execute(statement, tuple(values)))
        return Rows(rows, self._handle.last_insert_rowid())

    @property
    def in_transaction(self) -> bool:
        return bool(self._handle.in_transaction)

    def close(self) -> None:
        self._handle.close()


@dataclass
class Disk:
    """A disk: the files that are safely on it, and the steps still waiting to be synced."""

    files: dict[str, bytearray]
    waiting: list[Step] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """Apply one more call."""
        if step.kind == "sync":
            # SQLite syncs the folder with a new journal, so this covers the file's writes and the name of a new one
            for each in self.waiting:
                if each.file == step.file:
                    self._put(each)
            self.waiting = [each for each in self.waiting if each.file != step.file]
        elif step.kind == "folder":
            self.waiting = [each for each in self.waiting if each.file != step.file]
            self.files.pop(step.file, None)
        elif step.kind != "acknowledged":
            self.waiting.append(step)

    def cut(self, chance: random.Random) -> dict[str, bytearray]:
        """The files after a power cut at this moment."""
        left = Disk({name: bytearray(data) for name, data in self.files.items()})
        for step in self.waiting:
            if step.kind == "write":
                for start in range(0, len(step.data), SECTOR):
                    piece = step.data[start : start + SECTOR]
                    fate = chance.random()
                    if fate < 0.1:
                        piece = piece[: chance.randrange(len(piece))]  # torn
                    if fate < 0.55:
                        left._put(Step("write", step.file, step.place + start, piece))
            elif chance.random() < 0.5:
                left._put(step)
        return left.files

    def _put(self, step: Step) -> None:
        if step.kind == "make":
            self.files.setdefault(step.file, bytearray())
        elif step.kind == "delete":
            self.files.pop(step.file, None)
        elif step.file in self.files:
            data = self.files[step.file]
            if step.kind == "cut":
                del data[step.place :]
            else:
                data.extend(bytes(max(0, step.place - len(data))))
                data[step.place : step.place + len(step.data)] = step.data


@dataclass(frozen=True)
class Recording:
    """The files before, every call since, and the database's state after each transaction."""

    before: dict[str, bytearray]
    steps: list[Step]
    states: list[tuple[Any, ...]]


def record(path: Path, pragmas: tuple[str, ...], acts: Sequence[Callable[[Any], object]]) -> Recording:
    """Run transactions on a database and record them."""
    before = {path.name: bytearray(path.read_bytes())}
    recorder = Recorder()
    handle = Connection(path, recorder, pragmas)
    states = [state(path)]
    recorder.steps.append(Step("acknowledged"))
    for number, act in enumerate(acts, start=1):
        act(handle)
        recorder.steps.append(Step("acknowledged", place=number))
        states.append(state(path))
    handle.close()
    recorder.unregister()
    return Recording(before, recorder.steps, states)


def state(path: Path) -> tuple[Any, ...]:
    """Summarise a database: its changes, its log and its counts."""
    with closing(sqlite3.connect(path)) as handle:
        found: list[Any] = []
        for query in (
            "SELECT count(*), total(undone) FROM change",
            "SELECT count(*), total(count), count(outcome) FROM activity",
            "SELECT total(dials) FROM day_count",
            "SELECT count(*), total(length(image)) FROM change_row",
        ):
            found += handle.execute(query).fetchone()
        return tuple(found)


@dataclass
class Losses:
    """The outcome of a number of cuts."""

    cuts: int = 0
    lost: int = 0
    torn: int = 0


def cuts(recording: Recording, folder: Path, count: int, seed: int) -> Losses:
    """Cut the power `count` times, each at a random call, and check what SQLite finds afterwards."""
    chance, found = random.Random(seed), Losses()
    folder.mkdir(exist_ok=True)
    for _ in range(count):
        last = chance.randrange(1, len(recording.steps))
        disk = Disk({name: bytearray(data) for name, data in recording.before.items()})
        known = 0
        for step in recording.steps[:last]:
            disk.take(step)
            if step.kind == "acknowledged":
                known = step.place
        for name in os.listdir(folder):
            os.unlink(folder / name)
        name = next(iter(recording.before))
        for file, data in disk.cut(chance).items():
            (folder / file).write_bytes(data)
        found.cuts += 1
        try:
            with closing(sqlite3.connect(folder / name)) as handle:
                whole = handle.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            now = state(folder / name)
        except sqlite3.DatabaseError:
            whole, now = False, ()
        if not whole:
            found.torn += 1
        elif now not in recording.states[known : known + 2]:  # the transaction under way may have committed
            found.lost += 1
    return found
