"""Backups, a missing database and foreign schema objects, by command."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from planner import files
from planner.services.transfer import exports
from planner.store.safety import dump
from tests.conftest import Run
from tests.scenes import clients_typical, context_at


def test_only_backups_elsewhere_are_logged_as_exports(run: Run, tmp_path: Path) -> None:
    run("log", "dial")
    run("backup", str(tmp_path / "away.db"))
    assert [row["what"] for row in run("export", "log", "--json").json] == ["backup"]
    run("backup")
    assert len(run("export", "log", "--json").json) == 1


@pytest.mark.parametrize("what", ["link", "dangling link", "file", "folder of the journal", "digest"])
def test_backup_never_overwrites_or_follows_links(run: Run, tmp_path: Path, what: str) -> None:
    run("log", "dial")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    target = tmp_path / "copy.db"
    if what == "link":
        target.symlink_to(victim)
    elif what == "dangling link":
        target.symlink_to(tmp_path / "nowhere")
    elif what == "file":
        target.write_text("mine")
    elif what == "digest":
        (tmp_path / "copy.db.sha256").symlink_to(victim)
    else:
        target = tmp_path / "planner.db-journal"
    said = run("backup", str(target), code=None)
    assert said.code in (1, 2), said
    assert victim.read_text() == "mine" and not (tmp_path / "nowhere").exists()
    assert run("status").out.startswith("calls 1")


def test_export_never_follows_links(run: Run, tmp_path: Path) -> None:
    run("contact", "add", "Kim")
    (tmp_path / "victim.csv").write_text("mine")
    (tmp_path / "out.csv").symlink_to(tmp_path / "victim.csv")
    for words in ((), ("--force",)):
        assert "is a link" in run("export", "contacts", str(tmp_path / "out.csv"), *words, code=1).err
    assert (tmp_path / "victim.csv").read_text() == "mine"


@pytest.mark.parametrize("digest", ["", "abc", "\n", "\0" * 64, "{}".format("A" * 63)])
def test_invalid_digest_counts_as_missing(run: Run, tmp_path: Path, digest: str) -> None:
    run("log", "dial")
    run("backup", str(tmp_path / "copy.db"))
    (tmp_path / "copy.db.sha256").write_text(digest)
    run("log", "dial")
    run("restore", str(tmp_path / "copy.db"), "--yes")
    assert run("status").out.startswith("calls 1")


def test_missing_database_is_not_recreated_beside_its_backups(run: Run, tmp_path: Path) -> None:
    run("log", "dial")
    newest = max((tmp_path / "backups").glob("*.db"))
    os.rename(tmp_path / "planner.db", tmp_path / "elsewhere.db")
    for words in (
        ("status",),
        ("today",),
        ("log", "dial"),
        ("add", "x"),
        ("contact", "list"),
        ("doctor",),
        ("backup",),
    ):
        said = run(*words, code=1).err
        assert "is missing, but 1 backup exists" in said and f"planner restore {newest}" in said
    assert not (tmp_path / "planner.db").exists()
    run("restore", str(newest), "--yes")
    assert run("status").out.startswith("calls 1")


def test_foreign_triggers_are_removed_on_restore_and_by_doctor(run: Run, tmp_path: Path) -> None:
    run("log", "dial")
    run("backup", str(tmp_path / "copy.db"))
    with closing(sqlite3.connect(tmp_path / "copy.db")) as handle:
        handle.execute("CREATE TRIGGER evil AFTER INSERT ON activity BEGIN DELETE FROM activity; END")
        handle.commit()
    os.unlink(tmp_path / "copy.db.sha256")
    assert (
        "Removed because they aren't planner's: trigger evil" in run("restore", str(tmp_path / "copy.db"), "--yes").err
    )
    assert run("log", "dial").out.startswith("Logged: call. Today: 2 calls")
    with closing(sqlite3.connect(tmp_path / "planner.db")) as handle:
        handle.execute("CREATE TRIGGER evil AFTER INSERT ON activity BEGIN DELETE FROM activity; END")
        handle.execute("CREATE TABLE theirs (a)")
        handle.commit()
    said = run("doctor", code=1).out
    assert "repaired: evil" in said and "not planner's: theirs" in said
    assert run("log", "dial").out.startswith("Logged: call. Today: 3 calls")


def test_restore_is_refused_when_the_database_changes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.domain.errors import StateError
    from planner.services.calls import activity_log

    path = exports.write(
        clients_typical(tmp_path), exports.prepare(clients_typical(tmp_path), "all", str(tmp_path / "a.json"))
    ).path
    (tmp_path / "other").mkdir()
    other = context_at(tmp_path / "other")
    activity_log.log(other, "dial")
    from planner.services import history

    history.undo(other)
    read = dump.read
    reads = []

    def meanwhile(*words: object) -> int:
        reads.append(words)
        if len(reads) == 2:  # the trial run is over
            activity_log.log(other, "dial", count=3)
        return read(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(dump, "read", meanwhile)
    with pytest.raises(StateError, match="an empty one"):
        exports.restore_whole(other, path)
    assert [entry.count for entry in activity_log.on_day(other, other.today())] == [3]


def test_each_workplace_is_its_own_folder_and_is_removed(tmp_path: Path) -> None:
    with files.workplace(str(tmp_path)) as one, files.workplace(str(tmp_path)) as two:
        assert one != two and Path(one).parent == Path(two).parent == tmp_path / files.WORK
        (tmp_path / files.WORK / f"{2**22 + 1}-old").mkdir()
        with files.workplace(str(tmp_path)):
            assert not (tmp_path / files.WORK / f"{2**22 + 1}-old").exists()
            assert Path(one).exists()
    assert not (tmp_path / files.WORK).exists()
