"""Power cuts at any moment, many times over: whatever was acknowledged is there."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from planner.services.calls import activity_log
from planner.store import history, quick_log
from planner.store.day import meetings
from planner.store.recorder import Recorder
from tests.scenes import NOW, context_at

pytest.importorskip("apsw", reason="a VFS of one's own is apsw's")

from tests.drills import often
from tests.drills.powercut import Recording, cuts, record

COUNT = int(os.environ.get("PLANNER_CUTS", often(100, 5_000)))
SAFE = ("PRAGMA foreign_keys=ON", "PRAGMA synchronous=EXTRA")
# planner's two write modes: commands delete the journal, screens truncate it
MODES = {"delete": SAFE, "truncate": (*SAFE, "PRAGMA journal_mode=TRUNCATE")}


def call(handle: Any) -> None:
    quick_log.append(handle, moment=NOW, now=NOW, kind="dial")


def outcome(handle: Any) -> None:
    row = handle.execute("SELECT max(id) FROM activity").fetchone()[0]
    quick_log.set_outcome(handle, row, "refused", NOW, NOW.date())


def undo(handle: Any) -> None:
    history.undo(handle, NOW.date())


def redo(handle: Any) -> None:
    history.redo(handle, NOW.date())


def meeting(handle: Any) -> None:
    due = f"{NOW + timedelta(days=2):%Y-%m-%dT%H:%M}"
    with Recorder(handle, int(NOW.timestamp()), "meeting") as change:
        meetings.put(change, None, "Hanbit", due, 60, "office", int(NOW.timestamp()))


def many(handle: Any) -> None:
    """A change of many rows, like an import."""
    with Recorder(handle, int(NOW.timestamp()), "many") as change:
        for number in range(400):
            uid = f"{number}-{change.id}"
            change.insert("contact", name=f"Name {number}", notes="x" * 300, created_at=0, uid=uid)


DAY = [call, outcome, call, call, outcome, undo, redo, meeting, call, many, undo, call, outcome, undo, undo, call]


def recorded(tmp_path: Path, pragmas: tuple[str, ...]) -> Recording:
    ctx = context_at(tmp_path)
    activity_log.log(ctx, "dial", count=5)
    return record(Path(ctx.path), pragmas, DAY)


@pytest.mark.parametrize("mode", MODES)
def test_power_cut_loses_nothing_acknowledged(tmp_path: Path, mode: str) -> None:
    recording = recorded(tmp_path, MODES[mode])
    assert len(recording.states) == len(DAY) + 1
    found = cuts(recording, tmp_path / "after", COUNT, seed=2026)
    assert (found.cuts, found.lost, found.torn) == (COUNT, 0, 0)


@pytest.mark.parametrize(
    ("pragmas", "what"),
    [
        (("PRAGMA synchronous=OFF",), "torn"),
        (("PRAGMA synchronous=FULL",), "lost"),  # the deleted journal reappears and rolls the last change back
    ],
)
def test_drill_detects_weaker_sync_settings(tmp_path: Path, pragmas: tuple[str, ...], what: str) -> None:
    """The same day on settings known to lose something must lose something here."""
    recording = recorded(tmp_path, pragmas)
    found = cuts(recording, tmp_path / "after", min(COUNT, 250), seed=2026)
    assert getattr(found, what) > 0
