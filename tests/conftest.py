"""Shared fixtures: an AppContext per test, the program as a command, and a clean environment."""

from __future__ import annotations

import compileall
import gc
import json
import os
import pickle
import sqlite3
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, fields
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import planner
from planner import platform
from planner.domain.forecast.inputs import Facts
from planner.domain.forecast.outlook import Outlook
from planner.services.context import AppContext
from planner.services.forecast import odds
from planner.store import connection
from tests import commands, nesting, recording
from tests.drills import LONG, often
from tests.scenes import context_at, locked

# the suite tries the same examples each time, so that a landing doesn't hang on luck; the drills look for new ones
settings.register_profile("planner", deadline=None, max_examples=often(30, 100), derandomize=not LONG)
settings.load_profile("planner")

MORNING = "2026-11-16T08:00"


def pytest_configure(config: pytest.Config) -> None:
    """Share built scenes among all processes of a run, in a folder that is deleted with it. Also bytecode, where the
    environment keeps it from being written: each worker and each program that a test starts would compile it all again.
    The program is compiled here, once, before the workers start and would each do it at the same time.
    """
    if "PLANNER_SCENES" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="planner-scenes-")
        config.add_cleanup(folder.cleanup)
        os.environ["PLANNER_SCENES"] = folder.name
        if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
            sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder.name) / "bytecode")
            sys.dont_write_bytecode = False
        compileall.compile_dir(Path(planner.__file__).parent, quiet=2)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let one worker compile the tests while the others wait for what it writes, instead of all of them at once."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    compiled = Path(os.environ["PLANNER_SCENES"], "compiled")
    with locked(f"{compiled}.lock"):
        if not compiled.exists():
            result = yield
            compiled.touch()
            return result
    return (yield)


def pytest_collection_finish() -> None:
    """Freeze loaded objects, because scanning them for garbage takes an eighth of the screen tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_sessionfinish() -> None:
    """Look once for garbage that raises when it goes. pytest would scan everything that caches hold five times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the home folder of whoever runs them."""
    home = next(homes)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in ("PLANNER_DB", "PLANNER_CONFIG", "PLANNER_NOW", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder for each test, which isn't created before something is written: most tests need none."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True, scope="session")
def _no_nested_reads() -> Iterator[None]:
    with nesting.forbidden():
        yield


@pytest.fixture(autouse=True, scope="session")
def _check_recording() -> Iterator[None]:
    with recording.checked() if os.environ.get("PLANNER_RECORDING") else nullcontext():
        yield


@pytest.fixture(autouse=True, scope="session")
def _schema_once() -> Iterator[None]:
    """Create databases from a copy of an empty one, because the schema's statements take 10 ms each time."""
    script, opened = connection.schema_script(), connection.open_empty
    with closing(sqlite3.connect(":memory:")) as handle:
        handle.executescript(script)
        template = handle.serialize()

    class Copied(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return super().execute(sql.replace("=EXTRA", "=OFF"), *values)

        def executescript(self, text: str, /) -> sqlite3.Cursor:
            return super().executescript(text.replace(script, ""))

    def open_empty(path: str, like: str | None) -> sqlite3.Connection:
        if like is not None:  # a backup, or an encrypted one
            return opened(path, like)
        Path(path).write_bytes(template)
        return sqlite3.connect(path, isolation_level=None, factory=Copied)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "open_empty", open_empty)
        yield


SYNCED = {"store", "drills", "safety"}
"""Folders whose tests may be about what is on the disk."""


@pytest.fixture(autouse=True)
def _unsynced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't wait for the disk, which is in nobody's way but that of a power cut."""
    if not SYNCED & set(request.path.relative_to(Path(__file__).parent).parts):
        monkeypatch.setattr(connection, "connect", _connect_unsynced)


_connect = connection.connect


def _connect_unsynced(path: str) -> sqlite3.Connection:
    handle = _connect(path)
    handle.execute("PRAGMA synchronous=OFF")
    return handle


@pytest.fixture(autouse=True, scope="session")
def _same_odds_once() -> Iterator[None]:
    """Compute the odds of equal facts once per process. They are a pure function, and a tenth of the suite's time."""
    known: OrderedDict[bytes, Outlook] = OrderedDict()

    def outlook(facts: Facts, *supposed: Any) -> Outlook:
        key = pickle.dumps([[getattr(facts, each.name) for each in fields(facts)], supposed])
        found = known.setdefault(key, Outlook(facts, *supposed))
        known.move_to_end(key)
        if len(known) > 50:
            known.popitem(last=False)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(odds, "Outlook", outlook)
        yield


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    """A context without a database yet, on Monday 16 November 2026, 09:42."""
    return context_at(tmp_path)


@pytest.fixture
def light_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace age's passphrase encryption, slow by design, with a generated key cached per passphrase."""
    import pyrage

    @cache
    def identity(passphrase: str) -> Any:
        return pyrage.x25519.Identity.generate()

    def encrypt(data: bytes, passphrase: str) -> bytes:
        return bytes(pyrage.encrypt(data, [identity(passphrase).to_public()]))

    def decrypt(data: bytes, passphrase: str) -> bytes:
        return bytes(pyrage.decrypt(data, [identity(passphrase)]))

    monkeypatch.setattr(pyrage.passphrase, "encrypt", encrypt)
    monkeypatch.setattr(pyrage.passphrase, "decrypt", decrypt)


@dataclass
class Answer:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON data it printed."""
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A keyring of the test's own, so that the system's is never read or written."""
    kept: dict[str, str] = {}

    def keep(name: str, key: str) -> bool:
        kept[name] = key
        return True

    monkeypatch.setattr(platform, "keep_key", keep)
    monkeypatch.setattr(platform, "kept_key", kept.get)
    monkeypatch.setattr(platform, "drop_key", lambda name: kept.pop(name, None) and None)
    return kept


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the program on the test's own database: `run("log", "dial", now=…)`."""

    def call(*words: str, now: str = MORNING, code: int | None = 0, db: str | None = None, **env: str) -> Answer:
        environment = {
            **os.environ,
            "PLANNER_DB": db or str(tmp_path / "planner.db"),
            "PLANNER_CONFIG": str(tmp_path / "config.toml"),
            "PLANNER_NOW": now,
            "PYTHONIOENCODING": "utf-8",
            **env,
        }
        answer = Answer(*commands.answer(list(words), environment))
        assert "Traceback" not in answer.err, answer.err
        if code is not None:
            assert answer.code == code, f"{words}: {answer}"
        return answer

    return call
