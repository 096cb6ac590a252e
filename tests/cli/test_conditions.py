"""Every command with a broken database, disk or stream: one sentence each, never a false success, and no changes
where it says so."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shlex
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, TextIO

import pytest

from planner import platform
from planner.cli.main import parser
from planner.store import connection
from tests import commands, scenes
from tests.drills import LONG
from tests.test_docs import leaves, script

NOW = "2026-11-16T09:42"
EVERY = 10  # one command in this many, `make drills` tries all
OURS = "planner.db"


@pytest.fixture(scope="session")
def rep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after every command has run once: the database and the files beside it. Made once for all processes."""
    shared = os.environ.get("PLANNER_SCENES")
    if not shared:
        return _after_every_command(tmp_path_factory.mktemp("conditions"))
    folder = Path(shared, "conditions")
    with scenes.locked(f"{folder}.lock"):
        if not folder.exists():
            making = Path(shared, "making-conditions")
            making.mkdir()
            _after_every_command(making).rename(folder)
    return folder


def _after_every_command(folder: Path) -> Path:
    manual = script("manual")
    for name, text in manual.FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    for line in lines():
        words = shlex.split(line)
        if words[0] not in ("decrypt", "encrypt"):
            run(folder, words)
    for made in (*folder.glob("away*"), *folder.glob("out*")):
        made.unlink()
    return folder


def lines() -> list[str]:
    return [re.sub(r"^\d\d:\d\d ", "", line) for _, _, some in script("manual").SECTIONS for line in some]


def line_of_each_command() -> list[str]:
    """The first line of each command."""
    found: dict[str, str] = {}
    for leaf in sorted(leaves(parser()), key=len, reverse=True):
        line = next((each for each in lines() if f"{each} ".startswith(f"{leaf} ")), None)
        if line is not None and line not in found.values():
            found[leaf] = line
    return sorted(found.values())


def run(folder: Path, words: list[str], **env: str) -> tuple[int, str, str]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        return commands.answer(
            words,
            {
                **os.environ,
                "PLANNER_DB": str(folder / OURS),
                "PLANNER_CONFIG": str(folder / "config.toml"),
                "PLANNER_SECRET": "four words for it",
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
                "PLANNER_NOW": NOW,
                "PYTHONIOENCODING": "utf-8",
                "XDG_STATE_HOME": str(folder / "state"),
                **env,
            },
        )
    finally:
        os.chdir(before)


DERIVED = ("laid_", "search_", "sqlite_", "day_count", "meta", "call_state")


def content(path: Path) -> str:
    """The user data in a database regardless of page layout, or the bytes of any other file."""
    try:
        with closing(sqlite3.connect(platform.uri(str(path), "ro"), uri=True, timeout=0.01)) as handle:
            names = [row[0] for row in handle.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = [
                handle.execute(f"SELECT * FROM {name}").fetchall() for name in names if not name.startswith(DERIVED)
            ]
            return hashlib.sha256(repr(rows).encode()).hexdigest()
    except sqlite3.Error:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "-"


# Conditions


@contextmanager
def missing_beside_backups(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    os.unlink(folder / OURS)
    assert list((folder / "backups").glob("planner-*.db"))
    yield


@contextmanager
def replaced_by_folder(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    os.unlink(folder / OURS)
    (folder / OURS).mkdir()
    yield


def containing(data: bytes) -> Any:
    @contextmanager
    def condition(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
        (folder / OURS).write_bytes(data)
        yield

    return condition


@contextmanager
def foreign(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    os.unlink(folder / OURS)
    with closing(sqlite3.connect(folder / OURS)) as handle:
        handle.execute("CREATE TABLE theirs (a)")
    yield


@contextmanager
def newer(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    with closing(sqlite3.connect(folder / OURS)) as handle:
        handle.execute("PRAGMA user_version=99")
    yield


@contextmanager
def damaged(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every page but the first is noise."""
    data = (folder / OURS).read_bytes()
    (folder / OURS).write_bytes(data[:4096] + bytes(byte ^ 0x5A for byte in data[4096:]))
    yield


@contextmanager
def cut_off(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    os.truncate(folder / OURS, os.path.getsize(folder / OURS) // 2)
    yield


@contextmanager
def locked(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    patch.setattr(platform, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(folder / OURS, isolation_level=None)) as handle:
        handle.execute("BEGIN EXCLUSIVE")
        yield
        handle.execute("ROLLBACK")


@contextmanager
def read_only(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Opened read-only and with all writes refused, because root can write anywhere."""
    opened = connection.open_existing
    patch.setattr(
        connection, "open_existing", lambda path, mode="rw": opened(path, "ro" if path.endswith(OURS) else mode)
    )
    patch.setattr(platform, "replace", refuse(errno.EROFS))
    patch.setattr(platform, "put_new", refuse(errno.EROFS))
    yield


@contextmanager
def full(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither SQLite nor our own files find room."""
    opened = connection.open_existing

    def cramped(path: str, mode: str = "rw") -> sqlite3.Connection:
        handle = opened(path, mode)
        if path.endswith(OURS):
            handle.execute("PRAGMA max_page_count=1")  # as many as there are now
        return handle

    patch.setattr(connection, "open_existing", cramped)
    patch.setattr(platform, "sync_file", refuse(errno.ENOSPC))
    yield


def refuse(number: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@contextmanager
def full_stdout(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    output = commands.standard_output

    def stream(file: IO[bytes], encoding: str, errors: str) -> TextIO:
        if errors == "strict":
            return open("/dev/full", "w", encoding=encoding)
        return output(file, encoding, errors)

    patch.setattr(commands, "standard_output", stream)
    yield


@contextmanager
def no_stdin(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    patch.setattr(commands, "standard_input", lambda nothing: None)
    yield


BASE_GONE: dict[str, tuple[Any, str]] = {
    "missing beside its backups": (missing_beside_backups, r"is missing, but \d+ backups? exists?\."),
    "a folder": (replaced_by_folder, "is a folder, not a database"),
    "empty": (containing(b""), "is empty, so it isn.t a planner database"),
    "no database": (containing(b"no database at all, just words\n" * 400), "isn.t a planner database"),
    "another program's": (foreign, "isn.t a planner database"),
    "of a newer planner": (newer, "was written by a newer version of planner"),
    "damaged": (damaged, "is damaged. It was left unchanged"),
    "cut off": (cut_off, "is damaged. It was left unchanged"),
    "locked": (locked, "is in use by another program. Nothing was changed"),
}
IN_THE_WAY: dict[str, tuple[Any, str]] = {
    "read-only": (read_only, r"is read-only|Can't (write|make|create)|can't be (written|made)"),
    "full": (full, r"disk is full|Can't (write|make|create)|can't be (written|made)"),
    "no room for the answer": (full_stdout, "Can't write the output"),
    "nothing on standard input": (no_stdin, "standard input|terminal|Standard input"),
}
# Commands that don't read the database, report its state or replace it.
ELSEWHERE = re.compile(
    r"completions|tour|keys|config|--version|info|backup --list|restore|script|dial|doctor|decrypt"
    r"|mail account|mail reply-text"
)


@pytest.mark.parametrize("name", BASE_GONE)
def test_unusable_database_is_reported_in_one_sentence(
    rep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    condition, said = BASE_GONE[name]
    wrong = []
    for line, code, err, same in run_all_under(condition, rep, tmp_path, monkeypatch, 2 * EVERY):
        if not same:
            wrong.append(f"{line}: the base was changed ({code}, {err})")
        if ELSEWHERE.match(line):
            continue
        if code == 0 and name in ("damaged", "cut off"):
            continue  # the pages it reads happen to be intact
        if code == 2:
            continue  # invalid input is reported first
        if code != 1 or not re.search(said, err):
            wrong.append(f"{line}: {code}, {err}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_failed_write_is_reported_in_one_sentence(
    rep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    condition, said = IN_THE_WAY[name]
    failed = 0
    wrong = []
    for line, code, err, same in run_all_under(condition, rep, tmp_path, monkeypatch):
        failed += code == 1
        if code == 1 and not same and "othing was changed" in err:
            wrong.append(f"{line}: it was changed all the same: {err}")
        if code == 1 and re.search("an't (be|write|make|create)|disk|read-only", err) and not re.search(said, err):
            wrong.append(f"{line}: {err}")
    assert wrong == [], "\n".join(wrong)
    assert failed > (5 if name != "nothing on standard input" else -1)


def run_all_under(
    condition: Any, rep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int = EVERY
) -> Iterator[tuple[str, int, str, bool]]:
    """Run each command under a condition: yield its line, exit code, stderr and whether the database stayed the
    same."""
    every = line_of_each_command()
    for number, line in enumerate(every if LONG else every[len(str(condition)) % step :: step]):
        folder = tmp_path / str(number)
        shutil.copytree(rep, folder)
        with monkeypatch.context() as patch, condition(folder, patch):
            before = content(folder / OURS)
            code, out, err = run(folder, shlex.split(line))
            same = code == 0 or content(folder / OURS) == before
        err = err.replace(str(folder), "~")
        assert "This is a bug in planner" not in err, f"{line}: {err}"
        assert "Traceback" not in err + out, f"{line}: {err}"
        assert code in (0, 1, 2), f"{line}: {code}"
        assert code == 0 or err.startswith("planner: "), f"{line}: {err}"
        told = [each for each in err.splitlines() if each.startswith("planner: ")]
        assert code == 0 or len(told) <= 3, f"{line}: {err}"
        yield line, code, err, same
        shutil.rmtree(folder)
