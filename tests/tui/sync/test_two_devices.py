"""A rep's two devices for a day, offline, by commands and screens. Afterwards both have all of it, once."""

from __future__ import annotations

import io
import json
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

import pytest

from planner import platform
from planner.clock import FixedClock
from planner.services.context import AppContext
from planner.store.sync import exchange, tables
from tests import commands
from tests.drills import often
from tests.scenes import NOW
from tests.tui.helpers import press, running, today_screen, wait_for

CALLS, IMPORTED = often(12, 100), often(200, 5_000)


class OneDevice:
    """A device, driven by commands and by the screens."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.mkdir()
        self._monkeypatch = monkeypatch
        self._config = str(folder / "config.toml")
        self.ctx = AppContext(str(folder / "planner.db"), FixedClock(NOW), self._config)
        self.minute = 0

    def run(self, *words: str, typed: str = "", fails: bool = False) -> str:
        """Run a command a minute after the one before. Returns what it printed."""
        self.minute += 1
        env = {
            **os.environ, "PLANNER_DB": self.ctx.path, "PLANNER_CONFIG": self._config,
            "PLANNER_NOW": f"{NOW + timedelta(minutes=self.minute):%Y-%m-%dT%H:%M}",
        }  # fmt: skip

        def standard_input(nothing: TextIO) -> TextIO:
            return io.StringIO(typed)

        with self._monkeypatch.context() as patch:
            patch.setattr(commands, "standard_input", standard_input)
            code, out, err = commands.answer(list(words), env)
        assert (code != 0) == fails, err
        return err if fails else out

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    async def count(self, calls: int) -> None:
        """Count calls on Today, one key each."""
        async with running(self.ctx) as pilot:
            before = today_screen(pilot).today.counts["dials"]
            for _ in range(calls):
                await press(pilot, "d")
            await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == before + calls)

    def digest(self) -> str:
        with closing(sqlite3.connect(self.ctx.path)) as handle:
            assert handle.execute("PRAGMA foreign_key_check").fetchall() == []
            return exchange.digest(handle)


async def test_a_day_offline_on_two_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "keep_key", lambda name, key: False)
    folder = tmp_path / "carried"
    folder.mkdir()
    office, laptop = OneDevice(tmp_path / "office", monkeypatch), OneDevice(tmp_path / "laptop", monkeypatch)
    for name in ("Kim Minsu 김민수", "Анна Соколова", "Lee Ji-hye", "Choi", "Baek"):
        office.run("contact", "add", name)
    office.run("deal", "add", "Annual catalogue", "--contact", "Kim", "--value", "5000")
    office.run("task", "add", "Write the report", "--every", "daily", "--due", "today")
    code = office.json("sync", "start", str(folder))["code"]
    assert "5 rows" not in laptop.run("sync", "join", str(folder), typed="AGE-SECRET-KEY-1WRONG\n", fails=True)
    laptop.run("sync", "join", str(folder), typed=f"{code}\n")

    for device in (office, laptop):
        device.run("config", "set", "sync.every", "0")  # offline, or the screens would sync by themselves
    await office.count(CALLS)
    await laptop.count(CALLS)
    office.run("contact", "edit", "Kim", "--source", "Fair")
    office.run("contact", "drop", "Choi")
    office.run("deal", "won", "1")
    office.run("task", "done", "1")
    people = tmp_path / "people.csv"
    rows = "".join(f"Person {number},+82 2 600 {number:04}\n" for number in range(IMPORTED))
    people.write_text(f"name,phone\n{rows}", encoding="utf-8")
    laptop.minute = office.minute
    laptop.run("import", "contacts", str(people))
    laptop.run("contact", "edit", "Kim", "--source", "Referral")
    laptop.run("deal", "won", "1")
    laptop.run("task", "done", "1")
    laptop.run("contact", "edit", "Lee", "--city", "Busan")
    laptop.run("undo")

    for _ in range(3):
        for device in (office, laptop):
            device.run("sync", "now")
    assert office.digest() == laptop.digest()
    for device in (office, laptop):
        names = {each["name"] for each in device.json("contact", "list")}
        assert len(names) == 4 + IMPORTED and "Choi" not in names
        assert device.json("status")["counters"]["dials"]["done"] == 2 * CALLS
        assert [each["stage"] for each in device.json("deal", "list")] == ["won"]
        assert sum(each["kind"] == "deal" for each in device.json("log", "list")) == 1
        assert [each["title"] for each in device.json("task", "list")].count("Write the report") == 1
        [kim] = [each for each in device.json("contact", "list") if each["name"].startswith("Kim")]
        assert kim["source"] == "Referral"
        [lee] = [each for each in device.json("contact", "list") if each["name"].startswith("Lee")]
        assert not lee["city"]
        assert all(each["ok"] for each in device.json("doctor") if each["what"] != "backup")
    [conflict] = [each for each in office.json("sync", "conflicts") if each["column"] == "source"]
    assert (conflict["value"], conflict["now"]) == ("Fair", "Referral")
    office.run("sync", "conflicts", "--take-back", str(conflict["id"]))
    laptop.run("contact", "forget", "Baek", "--yes")
    for device in (office, laptop) * 3:
        device.run("sync", "now")
    assert office.digest() == laptop.digest()
    [kim] = [each for each in laptop.json("contact", "list") if each["name"].startswith("Kim")]
    assert kim["source"] == "Fair"
    for device in (office, laptop):
        assert "Baek" not in device.run("contact", "list")
        assert b"Baek" not in Path(tables.state_path(device.ctx.path)).read_bytes()
