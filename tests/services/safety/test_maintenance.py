"""Backup, restore and the doctor."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from planner import platform
from planner.domain.calls.activity_log import Activity
from planner.domain.errors import DatabaseProblem, InputError, StateError
from planner.services import history
from planner.services.calls import activity_log
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.services.safety import maintenance
from planner.services.safety.daily_backup import back_up
from planner.store import connection
from planner.store.safety import backup
from tests.conftest import Run
from tests.scenes import NOW, count, move_clock, typical

V1 = Path(__file__).parent.parent.parent / "store" / "databases" / "v1.db"


def dials(path: str) -> int:
    handle = sqlite3.connect(path)
    try:
        return int(handle.execute("SELECT coalesce(sum(dials), 0) FROM day_count").fetchone()[0])
    finally:
        handle.close()


def restore(ctx: AppContext, source: str) -> str | None:
    return maintenance.restore(ctx, source, consent=True).saved


def test_backup_is_restored_and_the_restore_reverted(ctx: AppContext) -> None:
    count(ctx, "dial", 3)
    made = maintenance.make(ctx)
    count(ctx, "dial", 2)
    saved = restore(ctx, made.path)
    assert saved is not None
    assert dials(ctx.path) == 3
    restore(ctx, saved)
    assert dials(ctx.path) == 5
    assert history.undo(ctx) == "call"
    assert stat.S_IMODE(os.stat(ctx.path).st_mode) == 0o600
    assert [name for name in os.listdir(os.path.dirname(ctx.path)) if name.startswith(".")] == []


def test_open_screen_continues_with_the_restored_database(ctx: AppContext) -> None:
    count(ctx, "dial", 3)
    made = maintenance.make(ctx)
    live = TodayStore(ctx)
    for _ in range(4):
        live.log(Activity(0, NOW, "dial"))
    live.has_changed()
    restore(ctx, made.path)
    assert live.has_changed()
    assert live.read().counts["dials"] == 3
    live.log(Activity(0, NOW, "dial"))
    assert dials(ctx.path) == 4
    live.close()


@pytest.mark.parametrize("damage", ["a bit", "the end", "the note"])
def test_damaged_backup_is_detected_and_replaces_nothing(ctx: AppContext, damage: str) -> None:
    count(ctx, "dial", 3)
    made = maintenance.make(ctx)
    data = bytearray(Path(made.path).read_bytes())
    if damage == "a bit":
        data[len(data) // 2] ^= 4
    elif damage == "the end":
        data = data[: len(data) // 2]
    else:
        Path(made.path + ".sha256").write_text("0" * 64 + "  x\n")
    Path(made.path).write_bytes(data)
    count(ctx, "dial")
    before = Path(ctx.path).read_bytes()
    with pytest.raises(DatabaseProblem):
        restore(ctx, made.path)
    assert Path(ctx.path).read_bytes() == before
    assert any(not finding.ok and finding.what == "backup" for finding in maintenance.examine(ctx))


def test_truncated_backup_is_detected_without_a_digest(ctx: AppContext) -> None:
    count(ctx, "dial", 3)
    made = maintenance.make(ctx)
    os.unlink(made.path + ".sha256")
    Path(made.path).write_bytes(Path(made.path).read_bytes()[:20_000])
    with pytest.raises(DatabaseProblem):
        restore(ctx, made.path)


@pytest.mark.parametrize("what", [b"", b"no database at all, just words " * 500])
def test_invalid_current_file_is_saved_byte_for_byte(ctx: AppContext, tmp_path: Path, what: bytes) -> None:
    source = tmp_path / "copy.db"
    count(ctx, "dial", 3)
    shutil.copy(maintenance.make(ctx).path, source)
    Path(ctx.path).write_bytes(what)
    saved = restore(ctx, str(source))
    assert saved is not None
    assert not what or Path(saved).read_bytes() == what
    assert dials(ctx.path) == 3


def test_missing_database_is_restored(ctx: AppContext, tmp_path: Path) -> None:
    count(ctx, "dial", 3)
    source = shutil.copy(maintenance.make(ctx).path, tmp_path / "copy.db")
    os.unlink(ctx.path)
    assert restore(ctx, str(source)) is None
    assert dials(ctx.path) == 3


def test_old_backup_is_migrated(ctx: AppContext, tmp_path: Path) -> None:
    before = V1.read_bytes()
    restore(ctx, str(V1))
    assert dials(ctx.path) == 887
    assert V1.read_bytes() == before
    activity_log.log(ctx, "dial")


def test_invalid_backups_are_refused(ctx: AppContext, tmp_path: Path) -> None:
    count(ctx, "dial")
    foreign = tmp_path / "foreign.db"
    sqlite3.connect(foreign).execute("CREATE TABLE x (a)").connection.close()
    for source in (str(foreign), str(tmp_path / "nowhere.db"), str(tmp_path)):
        with pytest.raises(DatabaseProblem):
            restore(ctx, source)
    with pytest.raises(InputError, match="the database itself"):
        restore(ctx, ctx.path)
    with pytest.raises(InputError, match="--yes"):
        maintenance.restore(ctx, maintenance.make(ctx).path, consent=False)


def test_backup_never_overwrites(ctx: AppContext, tmp_path: Path) -> None:
    with pytest.raises(StateError, match="nothing to back up"):
        maintenance.make(ctx)
    count(ctx, "dial")
    target = tmp_path / "mine.db"
    maintenance.make(ctx, str(target))
    with pytest.raises(StateError, match="already"):
        maintenance.make(ctx, str(target))
    assert maintenance.make(ctx, str(tmp_path)).path.startswith(str(tmp_path))
    backup.check(str(target))


def test_doctor_finds_nothing_wrong(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    found = maintenance.examine(ctx)
    assert all(finding.ok and not finding.mended for finding in found), found
    assert {finding.what for finding in found} == {
        "pages", "references", "schema", "search", "counts", "history", "privacy", "backups", "settings",
    }  # fmt: skip


def test_doctor_recounts_day_counts(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    before = dials(ctx.path)
    handle = sqlite3.connect(ctx.path)
    handle.execute("UPDATE day_count SET dials = dials + 7 WHERE day = '2026-11-13'")
    handle.execute("DELETE FROM day_count WHERE day = '2026-11-16'")
    handle.commit()
    handle.close()
    counts = next(finding for finding in maintenance.examine(ctx) if finding.what == "counts")
    assert (counts.ok, counts.mended) == (True, True)
    assert "2 of 2 days differed" in counts.said
    assert dials(ctx.path) == before
    assert not any(finding.mended for finding in maintenance.examine(ctx))


def test_doctor_reports_what_it_cannot_repair(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    (tmp_path / "config.toml").write_text("[plan]\ncap = 99\n", encoding="utf-8")
    os.chmod(ctx.path, 0o644)
    handle = sqlite3.connect(ctx.path)
    handle.execute("DROP INDEX task_open")
    handle.execute("CREATE TABLE theirs (a)")
    handle.execute("PRAGMA foreign_keys=OFF")
    handle.execute("UPDATE task SET goal_id = 999 WHERE kind = 'own'")
    handle.commit()
    handle.close()
    found = {finding.what: finding for finding in maintenance.examine(ctx)}
    assert "task_open" in found["schema"].said
    assert "theirs" in found["schema"].said
    assert not found["references"].ok
    assert found["privacy"].mended
    assert not found["settings"].ok
    assert stat.S_IMODE(os.stat(ctx.path).st_mode) == 0o600


def test_newest_backup_is_kept_when_the_clock_goes_back(ctx: AppContext) -> None:
    for days in (0, 1, 2, -400, -399):
        move_clock(ctx, NOW + timedelta(days=days))
        activity_log.log(ctx, "dial")
        back_up(ctx)
    moments = [moment for moment, _ in backup.list_backups(ctx.path)]
    assert max(moments).date() == (NOW + timedelta(days=2)).date()


def test_backups_survive_a_wrong_clock(ctx: AppContext) -> None:
    """After seventy days the clock falls back a month and a half: nothing newer is rotated, nor the latest backup."""
    for _ in range(70):
        activity_log.log(ctx, "dial")
        back_up(ctx)
        move_clock(ctx, ctx.now() + timedelta(days=1))
    before = {path for _, path in backup.list_backups(ctx.path)}
    newest = backup.latest(ctx.path)
    move_clock(ctx, ctx.now() - timedelta(days=45))
    activity_log.log(ctx, "dial")
    back_up(ctx)
    after = [path for _, path in backup.list_backups(ctx.path)]
    made = [path for path in after if path not in before]
    assert len(made) == 1
    assert newest is not None and newest[1] in after
    assert before - set(after) == set()
    for path in after:
        backup.check(path)


def test_maintenance_by_command(run: Run, tmp_path: Path) -> None:
    assert "nothing to check" in run("doctor", code=1).err
    run("log", "dial")
    made = run("backup", "--json").json
    assert made["path"].endswith("-manual.db")
    assert len(run("backup", "--list", "--json").json) == 2
    run("log", "dial")
    assert "--yes" in run("restore", made["path"], code=2).err
    said = run("restore", made["path"], "--yes").out
    assert "To go back to it: planner restore" in said
    assert run("today", "--json").json["counters"]["dials"]["done"] == 1
    assert all(finding["ok"] for finding in run("doctor", "--json").json)
    assert "✓ pages" in run("doctor").out
    Path(made["path"]).write_bytes(b"")
    assert "! backup" in run("doctor", code=1).out


def test_restore_into_a_locked_database_is_refused(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "BUSY_SECONDS", 0.05)
    count(ctx, "dial")
    made = maintenance.make(ctx)
    count(ctx, "dial")
    holder = sqlite3.connect(ctx.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseProblem, match="in use by another program"):
        restore(ctx, made.path)
    holder.execute("ROLLBACK")
    holder.close()
    assert dials(ctx.path) == 2


def test_doctor_reports_a_copy_with_other_changes(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    beside = tmp_path / "planner-OFFICE.db"
    shutil.copy(ctx.path, beside)
    (told,) = [finding for finding in maintenance.examine(ctx) if finding.what == "copy"]
    assert told.ok and "with nothing new in it" in told.said
    other = AppContext(str(beside), ctx.clock, ctx.settings_path)
    activity_log.log(other, "dial", outcome="conversation", note="wants the price list")
    (found,) = [finding for finding in maintenance.examine(ctx) if not finding.ok]
    assert found.what == "copy" and beside.name in found.said and "Mon 16 Nov 2026 09:42" in found.said


def test_doctor_reports_conflicted_copies(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    shutil.copy(ctx.path, tmp_path / "planner (Ann's conflicted copy 2026-11-16).db")
    (found,) = [finding for finding in maintenance.examine(ctx) if not finding.ok]
    assert found.what == "copy" and "Move it out" in found.said


@pytest.mark.parametrize("version", range(1, connection.SCHEMA_VERSION + 1))
def test_backup_of_any_version_restores_its_schema(ctx: AppContext, version: int) -> None:
    done = maintenance.restore(ctx, str(V1.with_name(f"v{version}.db")), consent=True)
    assert done.taken_out == ()
    assert all(finding.ok and not finding.mended for finding in maintenance.examine(ctx) if finding.what == "schema")
