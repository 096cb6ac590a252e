"""Platform differences, all tested here: the Windows and macOS sides with faked modules (docs/platforms.md)."""

from __future__ import annotations

import builtins
import errno
import os
import signal
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from planner import files, paths, platform
from planner.services.calls import dialing
from planner.tui.day import first_paint
from tests.scenes import typical


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate Windows: what it lacks can't be imported or called."""
    monkeypatch.setattr(sys, "platform", "win32")
    hide(monkeypatch, "fcntl", "termios")
    for name in ("getuid", "fchmod", "uname"):
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    monkeypatch.setattr(signal, "SIGBREAK", 21, raising=False)


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name in names:
            raise ImportError(f"no {name} here")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)


# files


def test_windows_needs_no_folder_sync(windows: None, tmp_path: Path) -> None:
    platform.sync_folder(str(tmp_path / "not even there"))
    with open(tmp_path / "x", "wb") as file:
        platform.sync_file(file.fileno())


def test_macs_flush_the_disk_cache(mac: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []
    fake = types.SimpleNamespace(F_FULLFSYNC=51, fcntl=lambda descriptor, number: asked.append(number))
    monkeypatch.setitem(sys.modules, "fcntl", fake)
    with open(tmp_path / "x", "wb") as file:
        platform.sync_file(file.fileno())
    assert asked == [51]

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "a share")

    fake.fcntl = refuse
    with open(tmp_path / "x", "wb") as file:
        platform.sync_file(file.fileno())  # falls back to a plain fsync


def test_windows_retries_replacing_an_open_file(windows: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tries = []
    real = os.replace

    def held(source: str, target: str) -> None:
        tries.append(source)
        if len(tries) < 3:
            raise PermissionError(errno.EACCES, "in use")
        real(source, target)

    monkeypatch.setattr(os, "replace", held)
    (tmp_path / "a").write_text("new")
    platform.replace(str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "new" and len(tries) == 3
    monkeypatch.setattr(platform, "PATIENCE", 0.0)
    tries.clear()
    with pytest.raises(PermissionError):
        platform.replace(str(tmp_path / "b"), str(tmp_path / "c"))


@pytest.mark.parametrize("links", [True, False])
def test_put_new_never_replaces_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, links: bool) -> None:
    if not links:
        monkeypatch.delattr(os, "link")
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    assert platform.put_new(str(tmp_path / "a"), str(tmp_path / "new"))
    assert not platform.put_new(str(tmp_path / "b"), str(tmp_path / "new"))
    assert (tmp_path / "new").read_text() == "a" and (tmp_path / "b").exists() and not (tmp_path / "a").exists()


def test_put_new_without_links_notices_a_failed_rename(
    windows: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delattr(os, "link")
    monkeypatch.setattr(os.path, "exists", lambda path: False)  # the file appeared between the check and the rename

    def refuse(*_: object) -> None:
        raise FileExistsError

    monkeypatch.setattr(os, "rename", refuse)
    assert not platform.put_new("a", "b")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (r"C:\Users\Kim\planner.db", "file:/C:/Users/Kim/planner.db?mode=rw"),
        (r"C:\Users\김 민수\a#b?c%d.db", "file:/C:/Users/김 민수/a%23b%3fc%25d.db?mode=rw"),
        (r"\\server\share\planner.db", "file:////server/share/planner.db?mode=rw"),
    ],
)
def test_windows_paths_become_sqlite_uris(windows: None, path: str, uri: str) -> None:
    assert platform.uri(path) == uri


def test_non_utf8_path_is_percent_encoded() -> None:
    assert platform.uri(os.fsdecode(b"/tmp/f\xff\xfe.db")) == "file:/tmp/f%ff%fe.db?mode=rw"


def test_folders_are_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files.make_private_folder(str(tmp_path / "a" / "b" / "c"))
        files.put(str(tmp_path / "a" / "file"), files.writer_of(b"x"))
    finally:
        os.umask(before)
    for name in ("a", "a/b", "a/b/c"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "file").stat().st_mode & 0o777 == 0o600


def test_lock_excludes_a_second_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "BUSY_SECONDS", 0.05)
    with platform.locked(str(tmp_path)), pytest.raises(TimeoutError), platform.locked(str(tmp_path)):
        pass
    with platform.locked(str(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_windows_locks_a_separate_file(windows: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    taken = []
    fake = types.SimpleNamespace(LK_NBLCK=2, locking=lambda handle, mode, size: taken.append((mode, size)))
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    with platform.locked(str(tmp_path)):
        assert taken == [(2, 1)]


def test_running_process_is_recognized(monkeypatch: pytest.MonkeyPatch) -> None:
    assert platform.runs(os.getpid()) and not platform.runs(2**22 + 1)
    monkeypatch.setattr(sys, "platform", "win32")
    closed: list[int] = []
    kernel = types.SimpleNamespace(
        OpenProcess=lambda rights, inherit, pid: 7 if pid == 1 else 0, CloseHandle=closed.append
    )
    with_windll(monkeypatch, kernel)
    assert platform.runs(1) and not platform.runs(2) and closed == [7]


def with_windll(monkeypatch: pytest.MonkeyPatch, kernel: object) -> None:
    import ctypes

    monkeypatch.setattr(ctypes, "windll", types.SimpleNamespace(kernel32=kernel), raising=False)


# commands, signals


@pytest.mark.parametrize(
    ("system", "command", "words"),
    [
        ("linux", r"'C:\x' a\ b", [r"C:\x", "a b"]),
        ("win32", r'"C:\Program Files\x.exe" dial C:\n', [r"C:\Program Files\x.exe", "dial", r"C:\n"]),
        ("win32", r"C:\x\pass.exe show 'my mail'", [r"C:\x\pass.exe", "show", "my mail"]),
        ("darwin", "/usr/bin/pass show 'my mail'", ["/usr/bin/pass", "show", "my mail"]),
    ],
)
def test_commands_are_split_by_system_rules(
    monkeypatch: pytest.MonkeyPatch, system: str, command: str, words: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert platform.split_command(command) == words


def test_opener_of_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, program in (("linux", "xdg-open"), ("darwin", "open")):
        monkeypatch.setattr(sys, "platform", name)
        assert platform.opener() == program
    monkeypatch.setattr(sys, "platform", "win32")
    started: list[str] = []
    monkeypatch.setattr(os, "startfile", started.append, raising=False)
    dialing.open_address("mailto:kim@hanbit.example")
    assert started == ["mailto:kim@hanbit.example"]


def test_ending_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert platform.ending_signals() == [signal.SIGTERM, signal.SIGHUP]
    monkeypatch.delattr(signal, "SIGHUP")
    monkeypatch.setattr(signal, "SIGBREAK", 21, raising=False)
    assert platform.ending_signals() == [signal.SIGTERM, 21]


# the terminal


def test_first_paint_on_windows_switches_the_console_and_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ctx = typical(tmp_path)
    today, now = first_paint.figures(ctx.path, ctx.settings_path, ctx.clock)
    modes: list[int] = []

    def get(handle: int, mode: Any) -> int:
        mode._obj.value = 3
        return 1

    def switch(handle: int, mode: int) -> int:
        modes.append(mode)
        return 1

    kernel = types.SimpleNamespace(GetStdHandle=lambda number: 9, GetConsoleMode=get, SetConsoleMode=switch)
    with_windll(monkeypatch, kernel)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((120, 36)))
    monkeypatch.setattr(sys.stdout, "fileno", lambda: 1)
    monkeypatch.setattr(sys, "platform", "win32")
    hide(monkeypatch, "termios")
    with first_paint.painted(today, now):
        assert modes == [3 | 4]
    assert modes == [7, 3]
    painted = capsys.readouterr().out
    assert painted.startswith(first_paint.ENTER) and painted.endswith(first_paint.LEAVE)


@pytest.mark.parametrize("which", ["no console", "an old one"])
def test_console_without_escape_sequences_is_left_to_textual(
    windows: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    kernel = types.SimpleNamespace(
        GetStdHandle=lambda number: 9,
        GetConsoleMode=lambda handle, mode: int(which == "an old one"),
        SetConsoleMode=lambda handle, mode: 0,
    )
    with_windll(monkeypatch, kernel)
    terminal = platform.Terminal()
    assert not terminal.quiet() and not terminal.is_quiet
    terminal.give_back()
    assert capsys.readouterr().out == ""


def test_only_linux_checks_for_hangups(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", name)
        hide(monkeypatch, "select")
        assert not platform.hung_up()


def test_closed_stream_is_not_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert not platform.at_terminal("stdin")


# the keyring and disks


def test_keyring_keeps_and_drops_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # drop the suite's fake keyring
    kept: dict[tuple[str, str], str] = {}
    fake = types.SimpleNamespace(
        get_password=lambda service, name: kept.get((service, name)),
        set_password=lambda service, name, key: kept.__setitem__((service, name), key),
        delete_password=lambda service, name: kept.pop((service, name)),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(platform, "_keyring", lambda: fake)
        patch.setattr(platform, "_kernel", lambda: None)
        assert platform.keep_key("salt", "key") and platform.kept_key("salt") == "key"
        platform.drop_key("salt")
        assert platform.kept_key("salt") is None

        def broken(*_: object) -> None:
            raise RuntimeError("the desktop's own words")

        fake.get_password = fake.set_password = broken
        assert not platform.keep_key("salt", "key") and platform.kept_key("salt") is None
        platform.drop_key("salt")
        patch.setattr(platform, "_keyring", lambda: None)
        assert not platform.keep_key("salt", "key") and platform.kept_key("salt") is None


@pytest.mark.parametrize(
    ("system", "said", "meant"),
    [
        ("darwin", "FileVault is On.\n", True),
        ("darwin", "FileVault is Off.\n", False),
        ("darwin", None, None),
        ("win32", "1\r\n", True),
        ("win32", "2\r\n", False),
        ("win32", "\r\n", None),
        ("win32", None, None),
    ],
)
def test_disk_encryption_as_reported_by_the_system(
    monkeypatch: pytest.MonkeyPatch, system: str, said: str | None, meant: bool | None
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "_said", lambda command: said)
    assert platform.disk_encrypted("/somewhere") is meant


def test_linux_disk_encryption_from_device_layers(tmp_path: Path) -> None:
    number = os.stat(tmp_path).st_dev
    device = tmp_path / "sys" / f"{os.major(number)}:{os.minor(number)}"
    mounts = tmp_path / "mounts"
    mounts.write_text("dev / ext4 rw 0 0\n")
    if os.major(number) == 0:
        assert platform._linux_disk(str(tmp_path), str(tmp_path / "sys"), str(mounts)) is None
    (device / "dm").mkdir(parents=True)
    (device / "dm" / "uuid").write_text("LVM-xyz")
    lower = device / "slaves" / "dm-0"
    (lower / "dm").mkdir(parents=True)
    (lower / "dm" / "uuid").write_text("CRYPT-LUKS2-abc")
    assert platform._is_encrypted(str(device))
    (lower / "dm" / "uuid").write_text("LVM-abc")
    assert not platform._is_encrypted(str(device))
    mounts.write_text(f"dev / ext4 rw 0 0\nx {tmp_path} fuse.gocryptfs rw 0 0\n")
    assert platform._linux_disk(str(tmp_path), str(tmp_path / "sys"), str(mounts)) is True


def test_data_folders_of_each_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALAPPDATA", r"C:\Users\Kim\AppData\Local")
    monkeypatch.setattr(sys, "platform", "win32")
    assert paths.data_dir().startswith(r"C:\Users\Kim\AppData\Local")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert paths.data_dir().endswith("Library/Application Support/planner")


@pytest.mark.parametrize("name", ["con", "PRN", "nul", "com1", "LPT9"])
def test_slug_avoids_windows_device_names(name: str) -> None:
    assert files.slug(name) == f"{name.lower()}-"
