"""Errors leak no client data: the name being handled appears in no log, crash screen or message."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from planner.services.clients import people
from planner.services.context import AppContext
from planner.store import quick_log
from planner.store.database import Database
from planner.store.recorder import Recorder
from tests import commands
from tests.drills.terminal import Terminal
from tests.drills.test_drills import ctx, environment  # noqa: F401 - a fixture

CANARY = "client-4711"
COMMANDS = {
    "contact": ["contact", "add", f"Kim {CANARY}", "--notes", CANARY],
    "deal": ["deal", "add", CANARY, "--contact", "Kim"],
    "promise": ["promise", "add", CANARY, "--due", "tomorrow", "--contact", "Kim"],
    "task": ["task", "add", CANARY],
    "activity": ["log", "dial", "--contact", "Kim", "--note", CANARY],
    "complaint": ["complaint", "add", CANARY, "--contact", "Kim", "--kind", "price"],
    "draft": ["mail", "write", "Kim", CANARY],
}
# every entry to the store fails, with the name among its variables and in its message
BROKEN = f"""
import sys
from planner.store import database, recorder, quick_log
def broken(*words, **more):
    name = "{CANARY}"
    raise RuntimeError(name, words, more)
database.Database.write = quick_log.append = recorder.Recorder.__init__ = broken
sys.argv = ["planner", *sys.argv[1:]]
from planner.__main__ import main
sys.exit(main())
"""


def logged(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.log"))


@pytest.fixture
def env(ctx: AppContext, tmp_path: Path) -> dict[str, str]:  # noqa: F811
    people.add(ctx, "Kim", {})
    return {**environment(ctx), "XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.mark.parametrize("what", COMMANDS)
def test_crashing_command_leaks_no_name(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def broken(*words: object, **more: object) -> None:
        name = CANARY
        raise RuntimeError(name, words, more)

    monkeypatch.setattr(Database, "write", broken)
    monkeypatch.setattr(quick_log, "append", broken)
    monkeypatch.setattr(Recorder, "__init__", broken)
    code, out, err = commands.answer(COMMANDS[what], env)
    assert code == 1
    assert "went wrong (RuntimeError)" in err and "Everything you logged or saved" in err
    assert "RuntimeError" in logged(tmp_path / "state"), "nothing was written down: the drill shows nothing"
    assert CANARY not in out + err + logged(tmp_path / "state")
    assert os.stat(next((tmp_path / "state").rglob("*.log"))).st_mode & 0o077 == 0


@pytest.mark.parametrize("what", COMMANDS)
def test_refused_statement_leaks_no_name(ctx: AppContext, env: dict[str, str], tmp_path: Path, what: str) -> None:  # noqa: F811
    with closing(sqlite3.connect(ctx.path)) as handle:
        handle.execute(f"CREATE TRIGGER no BEFORE INSERT ON {what} BEGIN SELECT RAISE(ABORT, 'no room'); END")
    code, out, err = commands.answer(COMMANDS[what], env)
    assert code == 1
    assert "no room" in err, "the database refused nothing: the drill shows nothing"
    assert CANARY not in out + err + logged(tmp_path)


def test_crashing_screen_leaks_no_name(env: dict[str, str], tmp_path: Path) -> None:
    with Terminal([sys.executable, "-c", BROKEN], env) as terminal:
        terminal.wait(b"quit")
        terminal.press(f"a{CANARY}\r")
        terminal.wait(b"Something went wrong. Nothing was changed")
        terminal.press("\x11")
        painted = terminal.text()
    log = logged(tmp_path / "state")
    assert "RuntimeError" in log
    assert CANARY not in log
    # the typed text stays in its field for the rep, but the sentence about the error doesn't repeat it
    assert all(CANARY not in line for line in painted.decode("utf-8", "replace").splitlines() if "went wrong" in line)
