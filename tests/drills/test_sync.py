"""Syncing killed at any moment, and carried by a real Syncthing."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from planner import platform
from planner.clock import FixedClock
from planner.domain.errors import StateError
from planner.services.calls import activity_log
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.sync import devices, sync
from tests import syncthing
from tests.drills import LONG, often
from tests.drills.test_drills import PLANNER, environment
from tests.scenes import NOW
from tests.services.sync.test_sync import Pair, dials, later


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the code lie in a file, where the programs that sync find it."""
    monkeypatch.setattr(platform, "keep_key", lambda name, key: False)


def test_killed_syncs_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    pair, chance = Pair(tmp_path), random.Random(5)
    usual = 60.0
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([*PLANNER, "sync"], env=environment(pair.a), check=True, capture_output=True)
        usual = min(usual, time.perf_counter() - began)
    made = killed = 0
    for number in range(often(4, 600)):
        ctx = (pair.a, pair.b)[number % 2]
        activity_log.log(ctx, "dial", count=1)
        people.edit(ctx, "Kim", {"source": f"source {number}"})
        made += 1
        process = subprocess.Popen(
            [*PLANNER, "sync"], env=environment(ctx), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.2, 1.0) * usual)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        later(pair.a)
        later(pair.b)
    pair.same()
    assert dials(pair.a) == dials(pair.b) == 30 + made
    assert killed > 0


@pytest.mark.skipif(syncthing.PROGRAM is None, reason=syncthing.MISSING)
@pytest.mark.skipif(not LONG, reason="a drill: two daemons take a minute to find each other")
def test_syncthing_carries_it(tmp_path: Path) -> None:
    homes = [tmp_path / "a", tmp_path / "b"]
    folders = [tmp_path / "carried a", tmp_path / "carried b"]
    a, b = (AppContext(str(home / "planner.db"), FixedClock(NOW), str(home / "config.toml")) for home in homes)
    for home in homes:
        home.mkdir()
    with syncthing.carried(tmp_path / "daemons", *folders):
        people.add(a, "Kim Minsu 김민수", {}, force=True)
        activity_log.log(a, "dial", count=30)
        code = sync.start(a, str(folders[0]))
        syncthing.until((folders[1] / "0" / "00000000.all.age").exists, "the first device's snapshot")
        sync.join(b, str(folders[1]), code)
        for ctx, count in ((a, 7), (b, 5)):
            activity_log.log(ctx, "dial", count=count)
            people.edit(ctx, "Kim", {"source": f"source {count}"})
            later(b)

        def equal() -> bool:
            for ctx in (a, b):
                with suppress(StateError):
                    sync.now(ctx)
            return dials(a) == dials(b) == 42 and devices.status(a).conflicts + devices.status(b).conflicts > 0

        syncthing.until(equal, "what both devices did")
    sources = {people.show(ctx, "Kim").contact.source for ctx in (a, b)}
    assert len(sources) == 1
