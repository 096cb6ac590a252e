"""The database file: creation, refusal of foreign files, permissions, backups and migrations."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import failure, files, platform
from planner.clock import FixedClock
from planner.domain.calls.activity_log import Activity
from planner.domain.errors import DatabaseProblem, NeedsMigration
from planner.services.calls import activity_log
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from planner.services.safety import maintenance
from planner.services.safety.daily_backup import back_up
from planner.services.transfer import exports
from planner.store import connection, history, migrations
from planner.store.database import Database
from planner.store.recorder import Transaction
from planner.store.safety import backup
from tests.scenes import NOW, move_clock

DATABASES = Path(__file__).parent / "databases"


def mode(path: str | Path) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_files_are_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        ctx = AppContext(str(tmp_path / "a" / "b" / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
        activity_log.log(ctx, "dial")
        back_up(ctx)
    finally:
        os.umask(before)
    assert mode(ctx.path) == 0o600
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700
    newest = backup.latest(ctx.path)
    assert newest is not None
    assert mode(newest[1]) == mode(newest[1] + ".sha256") == 0o600
    assert mode(backup.folder_of(ctx.path)) == 0o700


def test_concurrent_creation_creates_one_database(tmp_path: Path) -> None:
    path = str(tmp_path / "planner.db")

    def make(_: int) -> bytes:
        connection.open_or_create(path, 1).close()
        return Path(path).read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(24)))) == 1
    assert os.listdir(tmp_path) == ["planner.db"]


def foreign(path: Path) -> None:
    sqlite3.connect(path).execute("CREATE TABLE theirs (a)").connection.close()


def newer(path: Path) -> None:
    connection.create(str(path), 1)
    sqlite3.connect(path).execute("PRAGMA user_version=99").connection.close()


def torn(path: Path) -> None:
    connection.create(str(path), 1)
    path.write_bytes(path.read_bytes()[:9000])


def scribbled(path: Path) -> None:
    connection.create(str(path), 1)
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)


def wal(path: Path) -> None:
    """Another program's database in WAL mode."""
    with closing(sqlite3.connect(path)) as handle:
        handle.execute("PRAGMA journal_mode=WAL")
        handle.execute("CREATE TABLE theirs (a)")


def ours_by_name(path: Path) -> None:
    """Our application id and version, but none of our tables."""
    with closing(sqlite3.connect(path)) as handle:
        handle.execute(f"PRAGMA application_id={connection.APPLICATION_ID}")
        handle.execute(f"PRAGMA user_version={connection.SCHEMA_VERSION}")


def page_size_of_three(path: Path) -> None:
    connection.create(str(path), 1)
    data = bytearray(path.read_bytes())
    data[16:18] = b"\0\3"
    path.write_bytes(data)


def cut_in_a_page(path: Path) -> None:
    connection.create(str(path), 1)
    path.write_bytes(path.read_bytes()[:-1500])


def zeroed_pages(path: Path) -> None:
    connection.create(str(path), 1)
    data = bytearray(path.read_bytes())
    data[100:8192] = bytes(8092)
    path.write_bytes(data)


def packed(path: Path) -> None:
    connection.create(str(path), 1)
    path.write_bytes(gzip.compress(path.read_bytes()))


BAD: dict[str, Callable[[Path], object]] = {
    "WAL of others": wal,
    "ours by name": ours_by_name,
    "a page size of three": page_size_of_three,
    "cut in a page": cut_in_a_page,
    "zeroed pages": zeroed_pages,
    "packed": packed,
    "UTF-16": lambda path: path.write_text("a list of clients\n" * 100, encoding="utf-16"),
    "noise": lambda path: path.write_bytes(random.Random(4).randbytes(40_960)),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("hello, I am no database at all\n" * 50),
    "zeros": lambda path: path.write_bytes(bytes(8192)),
    "half a header": lambda path: path.write_bytes(b"SQLite format 3\x00"),
    "foreign": foreign,
    "newer": newer,
    "torn": torn,
    "scribbled": scribbled,
}


@pytest.mark.parametrize("kind", BAD)
def test_invalid_database_is_refused_and_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "planner.db"
    BAD[kind](path)
    before = path.read_bytes()
    ctx = AppContext(str(path), FixedClock(NOW), str(tmp_path / "c.toml"))
    with pytest.raises(DatabaseProblem) as problem:
        activity_log.log(ctx, "dial")
    assert str(path) in str(problem.value)
    assert path.read_bytes() == before
    with pytest.raises(DatabaseProblem), closing(TodayStore(ctx)) as live:
        live.read()
    assert path.read_bytes() == before
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


def test_leftover_journal_is_never_applied_to_a_new_database(tmp_path: Path) -> None:
    leftover = tmp_path / "planner.db-journal"
    leftover.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(4096))
    with pytest.raises(DatabaseProblem, match="belongs to it"):
        connection.open_or_create(str(tmp_path / "planner.db"), 1)
    assert os.listdir(tmp_path) == ["planner.db-journal"]


def test_screen_leaves_no_journal_and_an_empty_one_is_ignored(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "settings.toml"))
    live = TodayStore(ctx)
    live.log(Activity(0, NOW, "dial"))
    assert (tmp_path / "planner.db-journal").stat().st_size == 0  # between two keys
    with closing(connection.connect(ctx.path)) as other, Transaction(other):
        other.execute("INSERT INTO meta (key, value) VALUES ('other', '1')")  # a command deletes the journal
    live.log(Activity(0, NOW, "dial"))
    live.close()
    assert "planner.db-journal" not in os.listdir(tmp_path)
    with closing(connection.connect(ctx.path)) as handle:
        assert handle.execute("SELECT count(*) FROM activity").fetchone() == (2,)
    # an empty journal beside a database that was moved away is no reason to refuse a new one
    (tmp_path / "elsewhere.db-journal").touch()
    connection.open_or_create(str(tmp_path / "elsewhere.db"), 1).close()


def test_closing_screen_does_not_touch_a_replaced_database(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "settings.toml"))
    live = TodayStore(ctx)
    live.log(Activity(0, NOW, "dial"))
    os.rename(ctx.path, tmp_path / "moved.db")
    connection.open_or_create(ctx.path, 1).close()
    theirs = tmp_path / "planner.db-journal"
    theirs.write_bytes(b"the journal of the other")
    live.close()
    assert theirs.read_bytes() == b"the journal of the other"


def test_failed_write_reports_the_databases_error(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
    activity_log.log(ctx, "dial")
    handle = sqlite3.connect(ctx.path)
    handle.execute("CREATE TRIGGER no BEFORE INSERT ON task BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
    handle.close()
    with pytest.raises(DatabaseProblem, match="disk is full"):
        tasks.add(ctx, "something")
    activity_log.log(ctx, "dial")


def test_failed_backup_rotation_does_not_block_logging(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
    (Path(backup.folder_of(ctx.path)) / "planner-20200101-000000-daily.db").mkdir(parents=True)
    activity_log.log(ctx, "dial")
    assert len(activity_log.on_day(ctx, NOW.date())) == 1


def test_history_naming_a_foreign_table_is_refused(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
    activity_log.log(ctx, "dial")
    handle = connection.connect(ctx.path)
    handle.execute("UPDATE change_row SET tbl = 'sqlite_master; --'")
    with pytest.raises(DatabaseProblem, match="isn't planner's"):
        history.undo(handle, NOW.date())
    assert not handle.in_transaction
    handle.close()


def test_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match="is a folder"):
        connection.connect(str(tmp_path))


def test_lasting_lock_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "BUSY_SECONDS", 0.05)
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
    activity_log.log(ctx, "dial")
    holder = sqlite3.connect(ctx.path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseProblem, match="in use by another program"):
        activity_log.log(ctx, "dial")
    holder.execute("ROLLBACK")
    holder.close()
    activity_log.log(ctx, "dial")


def test_daily_backup_follows_the_first_call_but_precedes_other_changes(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
    tasks.add(ctx, "before anything else")
    assert len(backup.list_backups(ctx.path)) == 1
    assert not holds(backup.list_backups(ctx.path)[0][1], "SELECT 1 FROM task WHERE kind = 'own'")
    move_clock(ctx, NOW + timedelta(days=1))
    activity_log.log(ctx, "dial", count=5)
    activity_log.log(ctx, "dial")
    assert len(backup.list_backups(ctx.path)) == 1  # nobody waits for it
    back_up(ctx)
    back_up(ctx)
    first, second = backup.list_backups(ctx.path)
    assert holds(second[1], "SELECT sum(dials) FROM day_count") == [(6,)]
    digest, name = Path(second[1] + ".sha256").read_text().split()
    assert digest == hashlib.sha256(Path(second[1]).read_bytes()).hexdigest()
    assert name == os.path.basename(second[1])
    assert first[0] < second[0]


def holds(path: str, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as handle:
        return handle.execute(sql).fetchall()


@pytest.mark.parametrize("name", ["영업.db", "базa.db", "a b%41?#'\".db", "-x.db", os.fsdecode(b"f\xff.db"), "nl\n.db"])
def test_database_of_any_name_can_be_backed_up_and_restored(tmp_path: Path, name: str) -> None:
    ctx = AppContext(str(tmp_path / name), FixedClock(NOW), str(tmp_path / "c.toml"))
    activity_log.log(ctx, "dial", count=5)
    back_up(ctx)
    assert ctx.notices == []
    (_, made), *more = backup.list_backups(ctx.path)
    assert not more and holds(made, "SELECT sum(dials) FROM day_count") == [(5,)]
    backup.check(made)
    activity_log.log(ctx, "dial")
    saved = maintenance.restore(ctx, made, consent=True).saved
    assert [entry.count for entry in activity_log.on_day(ctx, NOW.date())] == [5]
    assert saved is not None
    backup.check(saved)
    ready = exports.prepare(ctx, "all", str(tmp_path / f"{name}.json"))
    assert os.path.exists(exports.write(ctx, ready).path)
    assert len(exports.log(ctx)) == 1


@pytest.mark.parametrize("where", ["workplace", "open_empty", "_verify", "name_it", "rotate", "_target"])
@pytest.mark.parametrize("error", [OSError(28, "No space left"), ValueError("x"), MemoryError(), UnicodeError("x")])
def test_any_backup_failure_becomes_a_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception
) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))

    def fail(*_: object) -> None:
        raise error

    owner: object = {"workplace": files, "open_empty": connection}.get(where, backup)
    activity_log.log(ctx, "dial")
    monkeypatch.setattr(owner, where, fail)
    back_up(ctx)
    monkeypatch.undo()
    assert ctx.notices and ctx.notices[0].startswith("Today's backup failed: ")
    assert [entry.count for entry in activity_log.on_day(ctx, NOW.date())] == [1]


def test_failed_backup_does_not_block_logging(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
    Path(backup.folder_of(ctx.path)).write_text("in the way")
    activity_log.log(ctx, "dial")
    back_up(ctx)
    assert "backup failed" in ctx.notices[0]
    assert len(activity_log.on_day(ctx, NOW.date())) == 1


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), max_size=60, unique=True))
def test_rotation_keeps_the_newest_and_respects_its_limits(moments: list[datetime]) -> None:
    kept = backup.to_retain(moments)
    assert kept <= set(moments)
    if moments:
        newest = max(moments)
        assert newest in kept
        recent = {moment for moment in moments if moment > newest - backup.ALL_WITHIN}
        assert recent <= kept
        assert len(kept - recent) <= backup.DAILY + backup.WEEKLY + backup.MONTHLY


def test_rotation_by_example() -> None:
    every_day = [datetime(2026, 1, 1, 9) + timedelta(days=number) for number in range(400)]
    kept = sorted(backup.to_retain(every_day))
    assert every_day[-12:] == kept[-12:]
    assert len({moment.strftime("%Y-%m") for moment in kept}) == 9
    assert 25 <= len(kept) <= 31


# Migrations


def statements(path: str) -> list[str]:
    handle = sqlite3.connect(path)
    try:
        return [
            row[0] for row in handle.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY type, name")
        ]
    finally:
        handle.close()


@pytest.mark.parametrize("version", range(1, connection.SCHEMA_VERSION + 1))
def test_migrated_database_equals_a_new_one(tmp_path: Path, version: int) -> None:
    old = tmp_path / "planner.db"
    shutil.copy(DATABASES / f"v{version}.db", old)
    database = Database(str(old), FixedClock(NOW))
    handle = database.raw()
    assert handle.execute("PRAGMA user_version").fetchone() == (connection.SCHEMA_VERSION,)
    assert handle.execute("SELECT sum(dials) FROM day_count").fetchone()[0] == 887
    handle.close()
    fresh = tmp_path / "fresh.db"
    connection.create(str(fresh), 1)
    assert statements(str(old)) == statements(str(fresh))


DERIVED = ("sqlite_", "search_", "laid_", "change", "day_count", "meta")


def fill(handle: sqlite3.Connection) -> dict[str, tuple[list[str], list[tuple[object, ...]]]]:
    """Give every table of an old database a row and every column a value, as far as its constraints allow, and
    return its tables with their columns and rows."""
    handle.execute("PRAGMA foreign_keys=OFF")
    tables = [row[0] for row in handle.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
    found = {}
    for table in (name for name in tables if not name.startswith(DERIVED)):
        references = {row[3]: (row[2], row[4] or "id") for row in handle.execute(f"PRAGMA foreign_key_list({table})")}
        columns = handle.execute(f"PRAGMA table_info({table})").fetchall()
        values = {}
        for _, name, kind, *_, key in columns:
            text = kind.upper().startswith(("VARCHAR", "TEXT"))
            if name in references:
                target, column = references[name]
                values[name] = f"(SELECT min({column}) FROM {target})"
            elif not key or text:
                values[name] = "'2027-01-31'" if text else "1"
        if handle.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0:
            with suppress(sqlite3.IntegrityError):
                handle.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())})")
        for name, value in values.items():
            with suppress(sqlite3.IntegrityError):  # unique columns
                handle.execute(f"UPDATE {table} SET {name} = {value} WHERE {name} IS NULL OR {name} IN ('', 0)")
        names = [column[1] for column in columns]
        found[table] = names, handle.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid").fetchall()
    handle.commit()
    return found


@pytest.mark.parametrize("version", range(1, connection.SCHEMA_VERSION))
def test_migration_loses_no_column_values(tmp_path: Path, version: int) -> None:
    path = tmp_path / "planner.db"
    shutil.copy(DATABASES / f"v{version}.db", path)
    with closing(sqlite3.connect(path)) as handle:
        before = fill(handle)
    assert sum(bool(rows) for _, rows in before.values()) >= len(before) - 1
    migrations.migrate(str(path), NOW)
    with closing(sqlite3.connect(path)) as handle:
        for table, (columns, rows) in before.items():
            assert handle.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid").fetchall() == rows, table


def test_migration_steps_are_atomic(tmp_path: Path) -> None:
    path = tmp_path / "planner.db"
    connection.create(str(path), 1)
    before = path.read_bytes()
    next_version = connection.SCHEMA_VERSION + 1
    bad = {connection.SCHEMA_VERSION: ["CREATE TABLE extra (a)", "ALTER TABLE nowhere ADD COLUMN b"]}
    with pytest.raises(DatabaseProblem):
        migrations.migrate(str(path), NOW, steps=bad, target=next_version)
    assert path.read_bytes() == before
    orphan = {
        connection.SCHEMA_VERSION: [
            "INSERT INTO change_row (change_id, seq, tbl, row_id) VALUES (999, 1, 'task', 1)",
        ]
    }
    with pytest.raises(DatabaseProblem, match="refer to missing ones"):
        migrations.migrate(str(path), NOW, steps=orphan, target=next_version)
    assert path.read_bytes() == before
    good = {connection.SCHEMA_VERSION: ["CREATE TABLE extra (a)"]}
    made = migrations.migrate(str(path), NOW, steps=good, target=next_version)
    assert made is not None
    assert sqlite3.connect(made).execute("PRAGMA user_version").fetchone() == (connection.SCHEMA_VERSION,)
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (next_version,)


def test_older_file_needs_a_migration(tmp_path: Path) -> None:
    path = tmp_path / "planner.db"
    connection.create(str(path), 1)
    sqlite3.connect(path).execute("PRAGMA user_version=0").connection.close()
    with pytest.raises(NeedsMigration):
        connection.connect(str(path))
    with pytest.raises(DatabaseProblem, match="can't be upgraded"):
        Database(str(path), FixedClock(NOW)).raw()


def test_screen_does_not_write_into_a_newer_database(tmp_path: Path) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
    live = TodayStore(ctx)
    live.log(Activity(0, NOW, "dial"))
    with closing(sqlite3.connect(ctx.path)) as handle:
        handle.execute("PRAGMA user_version=99")
    assert "newer version of planner" in live.log(Activity(0, NOW, "dial")).waits
    with closing(sqlite3.connect(ctx.path)) as handle:
        assert handle.execute("SELECT sum(count) FROM activity").fetchone() == (1,)
        handle.execute(f"PRAGMA user_version={connection.SCHEMA_VERSION}")
    live.missing_reason()
    live.log(Activity(0, NOW, "dial"))
    assert sum(entry.count for entry in activity_log.on_day(ctx, NOW.date())) == 3
    live.close()


@pytest.mark.parametrize("how", ["garbage", "cut", "pages", "table"])
def test_counts_wait_in_memory_while_the_file_is_damaged(tmp_path: Path, how: str) -> None:
    ctx = AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "c.toml"))
    live = TodayStore(ctx)
    live.log(Activity(0, NOW, "dial"))
    live.read()
    whole = Path(ctx.path).read_bytes()
    if how == "garbage":
        Path(ctx.path).write_bytes(b"no database at all " * 4000)
    elif how == "cut":
        os.truncate(ctx.path, 8192)
    elif how == "pages":
        with open(ctx.path, "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(len(whole) - 4096))
    else:
        with closing(sqlite3.connect(ctx.path)) as handle:
            handle.execute("DROP TABLE activity")
    for _ in range(2):
        assert live.log(Activity(0, NOW, "dial")).waits
    assert live.missing_reason()
    live.has_changed()  # called once a second, so it must never raise
    with pytest.raises(DatabaseProblem):
        live.write_waiting()
    with open(ctx.path, "r+b") as file:  # as a restore writes it back into the same file
        file.write(whole)
        file.truncate()
    os.utime(ctx.path, ns=(1, 1))
    assert live.missing_reason() == ""
    assert live.write_waiting() == 2
    assert sum(entry.count for entry in activity_log.on_day(ctx, NOW.date())) == 3
    live.close()


def test_database_errors_are_never_reported_as_safe() -> None:
    for error in (sqlite3.DatabaseError("x"), sqlite3.OperationalError("x")):
        assert "safe on disk" not in failure.describe(error, None)
    assert "safe on disk" in failure.describe(ValueError("x"), None)
