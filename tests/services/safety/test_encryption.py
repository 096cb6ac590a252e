"""Encrypted backups and exports: they can be restored but not read, and no temporary files are left behind."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
from pathlib import Path

import pytest

from planner import files
from planner.domain.errors import InputError, StateError
from planner.services.calls import activity_log
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.safety import encryption, maintenance
from planner.services.transfer import exports, imports
from planner.services.transfer.imports import Wanted
from planner.store.safety import backup
from tests.conftest import Run
from tests.scenes import context_at

SECRET = "correct horse 김민수 battery"
light = pytest.mark.usefixtures("light_passphrase")


@pytest.fixture
def rep(ctx: AppContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppContext:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    people.add(ctx, "Kim Minsu 김민수", {"company": "Hanbit"})
    activity_log.log(ctx, "dial", count=7)
    return ctx


NOBODY = 2**22 + 1  # above the highest process id


def leftovers(tmp_path: Path) -> list[str]:
    """Leftovers: hidden folders, and files in the temporary folder."""
    return [str(path) for path in tmp_path.rglob("*") if path.name.startswith(".") or path.parent.name == "tmp"]


def test_encrypted_backup_is_restored(rep: AppContext, tmp_path: Path) -> None:
    made = maintenance.make(rep, str(tmp_path / "away.db.age"), SECRET)
    data = Path(made.path).read_bytes()
    assert data.startswith(b"age-encryption.org/v1\n")
    assert b"SQLite" not in data and "김민수".encode() not in data and b"Hanbit" not in data
    assert stat.S_IMODE(os.stat(made.path).st_mode) == 0o600
    activity_log.log(rep, "dial", count=3)
    with encryption.decrypted_copy(made.path, SECRET, str(tmp_path)) as path:
        assert os.path.basename(path) == "away.db"
        assert (
            stat.S_IMODE(os.stat(path).st_mode) == 0o600 and stat.S_IMODE(os.stat(Path(path).parent).st_mode) == 0o700
        )
        maintenance.restore(rep, path, consent=True)
    assert sum(entry.count for entry in activity_log.on_day(rep, rep.today())) == 7
    assert leftovers(tmp_path) == []


@light
def test_wrong_passphrase_opens_nothing(rep: AppContext, tmp_path: Path) -> None:
    made = maintenance.make(rep, str(tmp_path / "away.db.age"), SECRET)
    with (
        pytest.raises(StateError, match="passphrase is wrong"),
        encryption.decrypted_copy(made.path, SECRET + "!", str(tmp_path)),
    ):
        pass
    assert leftovers(tmp_path) == []


@light
def test_encrypted_backup_is_listed_and_never_rotated(rep: AppContext) -> None:
    made = maintenance.make(rep, passphrase=SECRET)
    assert made.path.endswith("-manual.db.age") and os.path.dirname(made.path) == backup.folder_of(rep.path)
    assert made.path in [copy.path for copy in maintenance.list_backups(rep)]
    for day in range(1, 29):  # a month of newer ones
        Path(backup.folder_of(rep.path), f"planner-202612{day:02}-080000-daily.db").touch()
    backup.rotate(rep.path)
    assert os.path.exists(made.path)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json", ".vcf"])
@light
def test_encrypted_export_can_be_imported(rep: AppContext, tmp_path: Path, ending: str) -> None:
    ready = exports.prepare(rep, "contacts", str(tmp_path / f"people{ending}.age"))
    exports.write(rep, ready, passphrase=SECRET)
    assert "김민수".encode() not in Path(ready.path).read_bytes()
    assert exports.log(rep)[0].file == ready.path
    other = context_at(tmp_path / "other")
    if ending != ".json":
        with pytest.raises(encryption.PassphraseNeeded, match="planner import contacts"):
            imports.run(other, "contacts", ready.path, Wanted())
        with encryption.decrypted_copy(ready.path, SECRET, str(tmp_path)) as path:
            assert imports.run(other, "contacts", path, Wanted()).made == 1
        assert people.show(other, "Kim Minsu 김민수").contact.company == "Hanbit"
    assert leftovers(tmp_path) == []


@light
def test_wrong_passphrase_and_damaged_files_are_reported(rep: AppContext, tmp_path: Path) -> None:
    path = maintenance.make(rep, str(tmp_path / "away.db.age"), SECRET).path
    data = Path(path).read_bytes()
    with (
        pytest.raises(StateError, match="passphrase is wrong"),
        encryption.decrypted_copy(path, SECRET + "!", str(tmp_path)),
    ):
        pass
    for number, damaged in enumerate(
        (data[:200], data[:-1], data[:500] + bytes([data[500] ^ 1]) + data[501:], data[:30])
    ):
        file = tmp_path / f"{number}.db.age"
        file.write_bytes(damaged)
        assert encryption.is_sealed(str(file))
        with pytest.raises(StateError, match="Can't open"), encryption.decrypted_copy(str(file), SECRET, str(tmp_path)):
            pass
    with pytest.raises(encryption.PassphraseNeeded):
        maintenance.check(path)
    with pytest.raises(InputError, match="at least 8 characters"):
        maintenance.make(rep, str(tmp_path / "short.db.age"), "short")
    with pytest.raises(InputError, match="needs a passphrase"):
        exports.write(rep, exports.prepare(rep, "deals", str(tmp_path / "deals.csv.age")))
    assert sorted(each.name for each in tmp_path.glob("*.age")) == [*(f"{n}.db.age" for n in range(4)), "away.db.age"]
    assert leftovers(tmp_path) == []


@light
def test_termination_leaves_no_plaintext(rep: AppContext, tmp_path: Path) -> None:
    made = maintenance.make(rep, str(tmp_path / "away.db.age"), SECRET)
    for number in (signal.SIGTERM, signal.SIGHUP):
        before = signal.getsignal(number)
        with (
            pytest.raises(SystemExit),
            encryption.decrypted_copy(made.path, SECRET, maintenance.private_folder(rep)) as path,
        ):
            assert Path(path).read_bytes().startswith(b"SQLite")
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) == before
        assert leftovers(tmp_path) == []
    # leftovers of a killed process are removed next time
    old = Path(maintenance.private_folder(rep), files.WORK, f"{NOBODY}-0")
    old.mkdir(parents=True)
    with encryption.decrypted_copy(made.path, SECRET, maintenance.private_folder(rep)):
        assert not old.exists()


@light
def test_folder_named_like_an_encrypted_file_is_refused(rep: AppContext, tmp_path: Path) -> None:
    (tmp_path / "out.age").mkdir()
    ready = exports.prepare(rep, "contacts", str(tmp_path / "out.age"))
    with pytest.raises(InputError, match="wouldn't be encrypted"):
        exports.write(rep, ready, passphrase=SECRET)
    assert os.listdir(tmp_path / "out.age") == []
    with pytest.raises(InputError, match="isn't valid UTF-8"):
        maintenance.make(rep, str(tmp_path / "x.db.age"), "\udcff" * 9)


@light
def test_encryption_by_command(run: Run, tmp_path: Path) -> None:
    run("contact", "add", "Kim")
    sealed = {"PLANNER_SECRET": SECRET}
    told = run("backup", str(tmp_path / "away"), "--encrypt", "--passphrase", "env:PLANNER_SECRET", **sealed)
    assert "away.age" in told.out and "no one can open the file" in told.err and SECRET not in told.out + told.err
    run("contact", "add", "Lee")
    asked = run("restore", str(tmp_path / "away.age"), "--yes", code=2)
    assert "--passphrase env:NAME" in asked.err
    wrong = run("restore", str(tmp_path / "away.age"), "--yes", "--passphrase", "env:HOME", code=1)
    assert "passphrase is wrong" in wrong.err
    run("restore", str(tmp_path / "away.age"), "--yes", "--passphrase", "env:PLANNER_SECRET", **sealed)
    assert [each["name"] for each in run("contact", "list", "--json").json] == ["Kim"]
    out = str(tmp_path / "all.json.age")
    run("export", "all", out, "--passphrase", "env:PLANNER_SECRET", **sealed)
    other = str(tmp_path / "other.db")
    run("import", "all", out, "--passphrase", "env:PLANNER_SECRET", db=other, **sealed)
    assert [each["name"] for each in run("contact", "list", "--json", db=other).json] == ["Kim"]
    run("export", "contacts", str(tmp_path / "people.csv"), "--encrypt", "--passphrase", "env:PLANNER_SECRET", **sealed)
    taken = run(
        "import", "contacts", str(tmp_path / "people.csv.age"), "--passphrase", "env:PLANNER_SECRET", "--dry-run",
        db=other, **sealed,
    )  # fmt: skip
    assert "people.csv" in taken.out


@light
def test_passphrase_is_never_taken_from_the_command_line(run: Run, tmp_path: Path) -> None:
    run("contact", "add", "Kim")
    refused = run("backup", str(tmp_path / "a.age"), "--passphrase", "my open secret", code=2)
    assert "env:NAME" in refused.err and "my open secret" not in refused.err
    assert "--encrypt" in run("backup", str(tmp_path / "a.db"), "--passphrase", "env:X", code=2).err
    assert "--encrypt" in run("export", "contacts", str(tmp_path / "a.csv"), "--passphrase", "env:X", code=2).err
    assert not list(tmp_path.glob("a.*"))
