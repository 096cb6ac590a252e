"""kill -9 during the real saves of commands, screens and migrations, and eight writers beside an open screen."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from planner.services.context import AppContext
from planner.services.safety import maintenance
from planner.store import connection
from tests.drills import LONG, often
from tests.drills.terminal import Terminal
from tests.drills.test_drills import PLANNER, acknowledged, ctx, environment, pytestmark  # noqa: F401 - a fixture
from tests.store.test_files import DATABASES, statements
from tests.tui.helpers import PATIENCE

KILLS = often(4, 200)
SCREEN_KILLS = often(2, 200)
MIGRATION_KILLS = often(2, 28)  # for each version
EACH_WRITES = often(4, 200)
VERSIONS = range(1, connection.SCHEMA_VERSION)

# what a rep saves by command: the words, and the query that finds the saved row; {} is a unique text
SAVES = {
    "task add {}": "SELECT count(*) FROM task WHERE title = '{}'",
    "contact add {}": "SELECT count(*) FROM contact WHERE name = '{}'",
    "goal add {} --horizon month": "SELECT count(*) FROM goal WHERE title = '{}'",
    "deal add {} --contact Kim": "SELECT count(*) FROM deal WHERE title = '{}'",
    "promise add {} --due tomorrow --contact Kim": "SELECT count(*) FROM promise WHERE text = '{}'",
    "meeting add {} --at 2026-11-18T15:00": "SELECT count(*) FROM event WHERE title = '{}'",
    "complaint add {} --contact Kim --kind price": "SELECT count(*) FROM complaint WHERE text = '{}'",
    "mail write Kim {}": "SELECT count(*) FROM draft WHERE subject = '{}'",
    "book add {}": "SELECT count(*) FROM learning WHERE title = '{}'",
    "log dial --contact {}": "SELECT count(*) FROM activity JOIN contact ON contact.id = contact_id WHERE name = '{}'",
    "log stop --reason {}": "SELECT count(*) FROM activity WHERE reason = '{}'",
    "list add {}": "SELECT count(*) FROM list_entry JOIN contact ON contact.id = contact_id WHERE name = '{}'",
}


def check_integrity(ctx: AppContext) -> None:  # noqa: F811
    """Check that nothing is torn: pages, foreign keys, history, and the counts against the log."""
    with closing(sqlite3.connect(ctx.path)) as handle:
        assert handle.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert handle.execute("PRAGMA foreign_key_check").fetchall() == []
        logged = handle.execute("SELECT coalesce(sum(count), 0) FROM activity WHERE kind = 'dial'").fetchone()[0]
        assert handle.execute("SELECT coalesce(sum(dials), 0) FROM day_count").fetchone()[0] == logged
        empty = "SELECT count(*) FROM change WHERE NOT EXISTS (SELECT 1 FROM change_row WHERE change_id = change.id)"
        assert handle.execute(empty).fetchone() == (0,), "a change without what it changed"


def found(ctx: AppContext, query: str, text: str) -> int:  # noqa: F811
    with closing(sqlite3.connect(ctx.path)) as handle:
        return int(handle.execute(query.format(text)).fetchone()[0])


def test_killed_command_saves_all_or_nothing(ctx: AppContext) -> None:  # noqa: F811
    chance, env = random.Random(7), environment(ctx)
    subprocess.run([*PLANNER, "contact", "add", "Kim"], env=env, check=True, capture_output=True)
    began = time.perf_counter()
    subprocess.run([*PLANNER, "task", "add", "warm"], env=env, check=True, capture_output=True)
    usual = time.perf_counter() - began
    killed = said = 0
    for number in range(KILLS):
        words, query = chance.choice(list(SAVES.items()))
        # some are killed early and some late enough to have printed something, even in a short run
        moment = (chance.uniform(0.3, 0.6), chance.uniform(0.8, 1.2), 0.3, 60.0)[number % 4] * usual
        text = f"text-{number}"
        if words.startswith("list"):
            subprocess.run([*PLANNER, "contact", "add", text], env=env, check=True, capture_output=True)
        process = subprocess.Popen(
            [*PLANNER, *(word.format(text) for word in words.split())], env=env, stdout=subprocess.PIPE
        )
        try:
            out, _ = process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
            killed += 1
        saved = found(ctx, query, text)
        if out:
            said += 1
            assert saved == 1, f"{words} said {out!r} and it isn't there"
        assert saved in (0, 1)
        check_integrity(ctx)
    assert killed and said, "nothing was killed, or nothing said: the drill shows nothing"
    assert [each for each in maintenance.examine(ctx) if not each.ok] == []


def test_killed_screen_has_saved_what_it_showed(ctx: AppContext) -> None:  # noqa: F811
    chance = random.Random(8)
    shown = 0
    for number in range(SCREEN_KILLS):
        with Terminal(PLANNER, environment(ctx)) as terminal:
            terminal.wait(b"quit")
            # calls with outcomes, a task in one line, undo and redo, temptations, proposals
            terminal.press(f"dd1adone-{number}\r")
            if number % 2:  # not always, since the next key's message may replace the task's before it is painted
                terminal.wait(f"Added: done-{number}".encode())
            terminal.press("d2psxuUd3mdd")
            until = time.perf_counter() + chance.uniform(0.0, 0.6)
            while time.perf_counter() < until:
                terminal.read(0.005)
            os.kill(terminal.pid, signal.SIGKILL)
            painted = acknowledged(terminal)
            told = f"Added: done-{number}".encode() in terminal.text()
        check_integrity(ctx)
        assert found(ctx, "SELECT coalesce(sum(dials), 0) FROM day_count", "") >= painted
        if told:
            shown += 1
            assert found(ctx, "SELECT count(*) FROM task WHERE title = '{}'", f"done-{number}") == 1
    assert shown, "no task was ever shown: the drill shows nothing"
    assert [each for each in maintenance.examine(ctx) if not each.ok] == []


@pytest.mark.parametrize("version", VERSIONS if LONG else [VERSIONS[0], VERSIONS[-1]])
def test_killed_migration_leaves_the_old_or_the_new_schema(tmp_path: Path, version: int) -> None:
    chance = random.Random(version)
    env = {
        **os.environ,
        "PLANNER_DB": str(tmp_path / "planner.db"),
        "PLANNER_CONFIG": str(tmp_path / "config.toml"),
        "PLANNER_NOW": "2026-11-16T09:42",
    }
    fresh = tmp_path / "fresh.db"
    connection.create(str(fresh), 1)
    wanted = statements(str(fresh))

    def start() -> None:
        for path in tmp_path.glob("planner.db*"):
            path.unlink()
        shutil.rmtree(tmp_path / "backups", ignore_errors=True)
        shutil.copy(DATABASES / f"v{version}.db", tmp_path / "planner.db")

    start()
    began = time.perf_counter()
    subprocess.run([*PLANNER, "history"], env=env, check=True, capture_output=True)
    usual = time.perf_counter() - began
    for _ in range(MIGRATION_KILLS):
        start()
        process = subprocess.Popen([*PLANNER, "history"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=chance.uniform(0.35, 1.0) * usual)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with closing(sqlite3.connect(tmp_path / "planner.db")) as handle:
            now = handle.execute("PRAGMA user_version").fetchone()[0]
            assert handle.execute("PRAGMA quick_check").fetchone() == ("ok",)
            assert handle.execute("PRAGMA foreign_key_check").fetchall() == []
            assert handle.execute("SELECT sum(count) FROM activity WHERE kind = 'dial'").fetchone() == (887,)
        assert now in (version, connection.SCHEMA_VERSION)
        assert (statements(str(tmp_path / "planner.db")) == wanted) is (now == connection.SCHEMA_VERSION)
        # and the next start finishes the migration
        done = subprocess.run([*PLANNER, "doctor"], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert statements(str(tmp_path / "planner.db")) == wanted


def test_eight_writers_beside_an_open_screen(ctx: AppContext) -> None:  # noqa: F811
    env = environment(ctx)

    def loop(_: int) -> None:
        for _ in range(EACH_WRITES):
            done = subprocess.run([*PLANNER, "log", "dial"], env=env, capture_output=True, text=True)
            assert (done.returncode, done.stderr) == (0, "")

    with Terminal(PLANNER, env) as screen:
        screen.wait(b"quit")
        with ThreadPoolExecutor(8) as pool:
            loops = [pool.submit(loop, number) for number in range(8)]
            screen.press("d" * 10)
            while not all(one.done() for one in loops):
                screen.read(0.02)
        for one in loops:
            one.result()
        total = 1 + 8 * EACH_WRITES + 10
        # the promise is two seconds, but other tests may be using the machine
        screen.wait(f"Calls           {total:,} ╱".encode(), seconds=2 if LONG else PATIENCE)
    check_integrity(ctx)
    assert found(ctx, "SELECT sum(dials) FROM day_count", "") == total
