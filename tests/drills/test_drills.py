"""Promises tested on the real program in a real terminal: kill -9, two windows, many writers, typing meanwhile."""

from __future__ import annotations

import os
import random
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from planner.clock import FixedClock
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from tests.drills import often
from tests.drills.terminal import Terminal
from tests.scenes import NOW, count
from tests.tui.helpers import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and kill -9")
PLANNER = [sys.executable, "-m", "planner"]
SHOWN = re.compile(r"Calls +([\d,]+) ╱")


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    """A database with its snapshot and one call, so that every start is an ordinary one."""
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "config.toml"))
    count(ctx, "dial")
    live = TodayStore(ctx)
    live.read()
    live.close()
    return ctx


def environment(ctx: AppContext) -> dict[str, str]:
    return {
        **os.environ,
        "PLANNER_DB": ctx.path,
        "PLANNER_CONFIG": ctx.settings_path,
        "PLANNER_NOW": "2026-11-16T09:42",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }


def dials(ctx: AppContext, *, alone: bool = True) -> int:
    """The number of calls in the log, after checking that the file is intact and its counts match the log. `alone`
    means that nothing else was changed.
    """
    handle = sqlite3.connect(ctx.path)
    try:
        assert handle.execute("PRAGMA quick_check").fetchone() == ("ok",)
        logged = handle.execute("SELECT sum(count) FROM activity WHERE kind = 'dial'").fetchone()[0]
        assert handle.execute("SELECT sum(dials) FROM day_count").fetchone()[0] == logged
        assert not alone or handle.execute("SELECT count(*) FROM change").fetchone()[0] == logged
        return int(logged or 0)
    finally:
        handle.close()


def acknowledged(terminal: Terminal) -> int:
    """The largest count painted."""
    found = SHOWN.findall(terminal.text().decode("utf-8", "replace"))
    return max((int(number.replace(",", "")) for number in found), default=0)


def test_a_hundred_keys_at_typing_speed(ctx: AppContext) -> None:
    with Terminal(PLANNER, environment(ctx)) as terminal:
        terminal.wait(b"quit")
        terminal.press("d" * 100)
        terminal.wait("Calls           101 ╱".encode())
    assert dials(ctx) == 101


def test_keys_typed_during_startup_are_kept(ctx: AppContext) -> None:
    with Terminal(PLANNER, environment(ctx)) as terminal:
        terminal.wait("Calls           1 ╱".encode())  # wait for the first paint
        assert b"quit" not in terminal.text()
        terminal.press("ddd")
        terminal.wait("Calls           4 ╱".encode())
        terminal.settle(0.5)
    assert dials(ctx) == 4


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        ("daCall Kim\rd", ["call", "new task: Call Kim", "call"]),
        ("d1aone\raTwo tomorrow\rp", ["call", "call outcome: no answer", "new task: one", "new task: Two", "proposal"]),
        ("g2026-12\t700000\t2x\rdd", ["plan for December 2026", "call", "call"]),
        ("6nKim Minsu\r1d", ["new contact: Kim Minsu", "call"]),
    ],
)
def test_burst_of_keys_acts_like_single_keys(ctx: AppContext, typed: str, changes: list[str]) -> None:
    """Keys typed after one that opens a form go into the form, those after ⏎ don't."""
    with Terminal(PLANNER, environment(ctx)) as terminal:
        terminal.wait(b"quit")
        terminal.press(typed)
        until = time.perf_counter() + PATIENCE
        while done_since(ctx) != sorted(changes) and time.perf_counter() < until:
            terminal.read(0.05)
    assert done_since(ctx) == sorted(changes)


def test_paste_right_after_a_key_goes_into_the_form(ctx: AppContext) -> None:
    with Terminal(PLANNER, environment(ctx)) as terminal:
        terminal.wait(b"quit")
        terminal.press("a\x1b[200~Call Kim [x]\x1b[201~\rd")
        until = time.perf_counter() + PATIENCE
        while len(done_since(ctx)) < 2 and time.perf_counter() < until:
            terminal.read(0.05)
    assert done_since(ctx) == ["call", "new task: Call Kim [x]"]


def done_since(ctx: AppContext) -> list[str]:
    """The changes since the first call, sorted by name because services run beside the keys."""
    with closing(sqlite3.connect(ctx.path)) as handle:
        return sorted(row[0] for row in handle.execute("SELECT label FROM change WHERE id > 1"))


def test_kill_loses_no_acknowledged_key(ctx: AppContext) -> None:
    chance = random.Random(2026)
    for _ in range(often(2, 20)):
        before = dials(ctx)
        with Terminal(PLANNER, environment(ctx)) as terminal:
            terminal.wait(b"quit")
            terminal.press("d" * 60)
            until = time.perf_counter() + chance.uniform(0.005, 0.15)
            while time.perf_counter() < until:
                terminal.read(0.005)
            os.kill(terminal.pid, signal.SIGKILL)
            painted = acknowledged(terminal)
        assert before <= painted <= dials(ctx) <= before + 60


def test_killed_command_logs_all_or_nothing(ctx: AppContext) -> None:
    chance = random.Random(11)
    said = 1
    for _ in range(20):
        process = subprocess.Popen([*PLANNER, "log", "dial"], env=environment(ctx), stdout=subprocess.PIPE)
        try:
            out, _ = process.communicate(timeout=chance.uniform(0.02, 0.12))
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
        said += b"logged" in out
        assert dials(ctx) >= said


def test_two_screens_and_four_writers_add_up(ctx: AppContext) -> None:
    each = often(4, 25)
    env = environment(ctx)

    def loop(_: int) -> None:
        for _ in range(each):
            done = subprocess.run([*PLANNER, "log", "dial"], env=env, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr

    with Terminal(PLANNER, env) as first, Terminal(PLANNER, env) as second:
        for window in (first, second):
            window.wait(b"quit")
        with ThreadPoolExecutor(4) as pool:
            loops = [pool.submit(loop, number) for number in range(4)]
            first.press("d" * 10)
            second.press("d" * 10)
            while not all(one.done() for one in loops):
                first.read(0.02)
                second.read(0.02)
        for one in loops:
            one.result()
        total = 1 + 4 * each + 20
        for window in (first, second):
            window.wait(f"Calls           {total} ╱".encode())
    assert dials(ctx) == total


def test_screen_without_a_terminal_fails_at_once(ctx: AppContext) -> None:
    done = subprocess.run(PLANNER, env=environment(ctx), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "need a terminal" in done.stderr
    assert done.stdout == ""


def test_program_ends_with_its_terminal(ctx: AppContext) -> None:
    terminal = Terminal(PLANNER, environment(ctx))
    terminal.wait(b"quit")
    terminal.press("d")
    terminal.wait("Calls           2 ╱".encode())
    os.close(terminal.handle)
    terminal.exit_code()
    assert dials(ctx) == 2


def test_quitting_restores_the_terminal(ctx: AppContext) -> None:
    with Terminal(
        ["sh", "-c", f"stty -a; {' '.join(PLANNER)}; echo left; stty -a; echo end"], environment(ctx)
    ) as terminal:
        terminal.wait(b"? help")
        terminal.press("\x11")
        terminal.wait(b"end")
        text = terminal.text().decode()
    before, after = text.split("speed")[1], text.split("left")[1].split("speed")[1]
    for flag in (" icanon", " echo "):
        assert flag in before
        assert flag in after
    assert b"\x1b[?1049l" in terminal.output


CRASH = """
import sys
from planner.tui.day.today import TodayScreen
def broken(self):
    secret = "client-4711"
    raise RuntimeError(secret)
TodayScreen.action_redo = broken
sys.argv = ["planner"]
from planner.__main__ import main
sys.exit(main())
"""


def test_crash_shows_a_message_without_client_data(ctx: AppContext, tmp_path: Path) -> None:
    env = {**environment(ctx), "XDG_STATE_HOME": str(tmp_path / "state")}
    with Terminal([sys.executable, "-c", CRASH], env) as terminal:
        terminal.wait(b"quit")
        terminal.press("dU")
        terminal.wait(b"Something went wrong (RuntimeError)")
        terminal.wait(b"Everything you logged or saved is safe on disk")
        terminal.wait(b"To report it")
        with pytest.raises(EOFError):
            while True:
                terminal.read(5)
        assert terminal.exit_code() == 1
        assert b"4711" not in terminal.output
        assert b"Traceback" not in terminal.output
    log = next((tmp_path / "state").rglob("planner.log")).read_text(encoding="utf-8")
    assert "RuntimeError" in log
    assert "4711" not in log
    assert dials(ctx) == 2


def test_failed_first_paint_restores_the_terminal(ctx: AppContext) -> None:
    code = (
        "import sys, planner.tui.day.first_paint as first\n"
        "def broken(*_): raise KeyboardInterrupt\n"
        "first.paint = broken\nsys.argv = ['planner']\n"
        "from planner.__main__ import main\nsys.exit(main())"
    )
    with Terminal(
        ["sh", "-c", f'{sys.executable} -c "$CODE"; stty -a; echo done'], {**environment(ctx), "CODE": code}
    ) as t:
        t.wait(b"done")
        assert b"\x1b[?1049l" in t.output
        assert b" icanon" in t.output
        assert b" echo " in t.output


def test_refused_file_is_reported_and_left_alone(ctx: AppContext, tmp_path: Path) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(b"not a database at all, only some text that is long enough" * 40)
    before = bad.read_bytes()
    with Terminal(PLANNER, {**environment(ctx), "PLANNER_DB": str(bad)}, size=(200, 50)) as terminal:
        terminal.wait(b"isn't a planner database")
    assert bad.read_bytes() == before


def run_on_small_disk(tmp_path: Path, steps: str) -> subprocess.CompletedProcess[str]:
    """Run shell steps with a one-mebibyte file system of their own mounted on `$disk`. `planner` is the program."""
    (tmp_path / "disk").mkdir()
    script = f"""
disk={tmp_path}/disk
mount -t tmpfs -o size=1m tmpfs $disk || exit 77
export PLANNER_DB=$disk/planner.db PLANNER_CONFIG={tmp_path}/c.toml PLANNER_NOW=2026-11-16T09:42
planner() {{ {shlex.join(PLANNER)} "$@"; }}
{steps}"""
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True)
    if done.returncode == 77 or "unshare:" in done.stderr:
        pytest.skip("mounting isn't allowed here")
    assert "Traceback" not in done.stderr
    return done


needs_mounts = pytest.mark.skipif(
    shutil.which("unshare") is None or os.geteuid() != 0, reason="only root mounts a file system of its own"
)


@needs_mounts
def test_full_disk_is_reported_and_reading_continues(tmp_path: Path) -> None:
    done = run_on_small_disk(
        tmp_path,
        """
planner log dial; planner today > /dev/null
head -c 1m /dev/zero > $disk/filler 2> /dev/null
planner log dial; echo "log $?"
planner task add something; echo "task $?"
planner today --json; echo "today $?"
""",
    )
    assert "log 1" in done.stdout
    assert "task 1" in done.stdout
    assert "today 0" in done.stdout
    assert '"done": 1' in done.stdout
    assert "disk is full" in done.stderr


@needs_mounts
def test_read_only_disk_is_reported_and_reading_continues(tmp_path: Path) -> None:
    done = run_on_small_disk(
        tmp_path,
        """
planner log dial; planner plan set --quota 100 --personal 2x
mount -o remount,ro $disk
planner log dial; echo "log $?"
planner goal add something --horizon 1y; echo "goal $?"
planner today --json; echo "today $?"
planner plan show; echo "plan $?"
""",
    )
    assert "log 1" in done.stdout
    assert "goal 1" in done.stdout
    assert "today 0" in done.stdout
    assert "plan 0" in done.stdout
    assert '"done": 1' in done.stdout
    assert "read-only" in done.stderr
