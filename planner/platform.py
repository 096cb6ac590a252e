"""Hides the differences between Linux, macOS and Windows, each behind one name: files and folders, the terminal,
signals, commands, and places to keep a key for a while.

On the quick path: only `os` and `sys`, the rest is loaded where it is used. The Windows and macOS code is tested with
faked modules in `tests/test_platform.py`. docs/platforms.md lists what only a real machine can show.
"""

from __future__ import annotations

import errno
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

# How long to wait for a file that can't be replaced while another program has it open (Windows). Virus scanners and
# indexers let go within that.
PATIENCE = 2.0
# How long to wait for a lock on the database.
BUSY_SECONDS = 5.0


def windows() -> bool:
    """Whether this is Windows."""
    return sys.platform == "win32"


def mac() -> bool:
    """Whether this is macOS."""
    return sys.platform == "darwin"


# files and folders


def sync_file(descriptor: int) -> None:
    """Flush a file to the disk. On Windows it must be open for writing."""
    if mac():
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # type: ignore[attr-defined]
            return
        except OSError:
            pass  # network drives only support the plain one
    os.fsync(descriptor)


def sync_folder(folder: str) -> None:
    """Make new names in a folder durable. Windows has no such call, as its file system journals them."""
    if windows():
        return
    handle = os.open(folder or ".", os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system without folder syncs (some shares)
            raise
    finally:
        os.close(handle)


def replace(source: str, target: str) -> None:
    """Replace a file with another. While a program has it open on Windows, retries for two seconds. Raises OSError."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if not windows() or time.monotonic() >= until:
                raise
            time.sleep(0.05)


def put_new(source: str, target: str) -> bool:
    """Give a file its name unless that is taken. Returns False then, leaving `source` as it is."""
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    except (OSError, AttributeError):
        # a file system without links: rename replaces, except on Windows, so look first
        if os.path.exists(target):
            return False
        try:
            os.rename(source, target)
        except FileExistsError:
            return False
        return True
    os.unlink(source)
    return True


def uri(path: str, mode: str = "rw") -> str:
    """Return a path as a SQLite URI, opened `ro` or `rw`, which never creates it silently."""
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    if not quoted.isprintable():  # also a name whose bytes aren't UTF-8
        quoted = "".join(c if c.isprintable() else "".join(f"%{byte:02x}" for byte in os.fsencode(c)) for c in quoted)
    if windows():
        quoted = quoted.replace("\\", "/")
        quoted = f"//{quoted}" if quoted.startswith("//") else f"/{quoted}"  # a share, a drive
    return f"file:{quoted}?mode={mode}"


class locked:  # noqa: N801 - reads as what it is in a with statement
    """Exclusive lock on a folder, among the processes that take this lock. Raises TimeoutError after five seconds."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._handle = -1

    def __enter__(self) -> None:
        until = time.monotonic() + BUSY_SECONDS
        if windows():
            # folders can't be locked there
            self._handle = os.open(os.path.join(self.folder, ".planner-lock"), os.O_CREAT | os.O_RDWR, 0o600)
        else:
            self._handle = os.open(self.folder, os.O_RDONLY)
        while not self._take():
            if time.monotonic() >= until:
                os.close(self._handle)
                raise TimeoutError(errno.ETIMEDOUT, "another program is using it")
            time.sleep(0.01)

    def _take(self) -> bool:
        try:
            if windows():
                import msvcrt

                msvcrt.locking(self._handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            else:
                import fcntl

                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # any other error means a file system without locks, so go on without
            return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
        return True

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)  # which releases the lock


def runs(pid: int) -> bool:
    """Whether a process is running."""
    if windows():
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # type: ignore[attr-defined] # QUERY_LIMITED
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)  # type: ignore[attr-defined]
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True  # somebody else's
    return True


# commands of the rep


def split_command(command: str) -> list[str]:
    r"""Split a command from the settings. On Windows a backslash is part of a path. Raises ValueError."""
    import shlex

    if not windows():
        return shlex.split(command)
    words = shlex.split(command, posix=False)
    return [word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word for word in words]


def quote(path: str) -> str:
    """Quote a path for the shell."""
    if windows():
        return f'"{path}"' if " " in path or "&" in path else path
    import shlex

    return shlex.quote(path)


def opener() -> str:
    """Return the program that opens an address, or "" on Windows, where `os.startfile` does."""
    return "" if windows() else "open" if mac() else "xdg-open"


# signals


def ending_signals() -> list[int]:
    """Return the termination signals. Windows lacks that of a closed window."""
    import signal

    return [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]


class ending_in_order:  # noqa: N801 - reads as what it is in a with statement
    """Turns termination signals into an exception meanwhile, so that cleanup runs: a terminal, a readable file."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        import signal
        import threading

        def end(number: int, frame: object) -> None:
            raise SystemExit(128 + number)

        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, end) for number in ending_signals()}

    def __exit__(self, *_: object) -> None:
        import signal

        for number, handler in self._before.items():
            signal.signal(number, handler)


def on_ending(call: Callable[[int], None]) -> None:
    """Call a function from a running event loop on a termination signal. Windows doesn't notify loops, so there the
    exception of `ending_in_order` does the job.
    """
    import asyncio
    import signal

    loop = asyncio.get_running_loop()
    for number in ending_signals():
        try:
            loop.add_signal_handler(number, call, int(signal.Signals(number)))
        except (NotImplementedError, RuntimeError, ValueError):
            return


# the terminal


def at_terminal(*names: str) -> bool:
    """Whether standard streams (``stdin``, ``stdout``, ``stderr``) are all open and terminals."""
    streams = [getattr(sys, name) for name in names]
    return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)


class Terminal:
    """Quiets the terminal while the first figures show: no echo, no line mode, no flow control. Restored afterwards."""

    def __init__(self) -> None:
        self._before: object = None

    def quiet(self) -> bool:
        """Make it quiet. Returns False if nothing can be drawn on it before Textual takes over."""
        if windows():
            return self._quiet_windows()
        import termios

        descriptor = sys.stdin.fileno()
        self._before = termios.tcgetattr(descriptor)
        mode = termios.tcgetattr(descriptor)
        mode[3] &= ~(termios.ECHO | termios.ICANON)
        mode[0] &= ~termios.IXON  # ctrl+q is a key here, not flow control
        termios.tcsetattr(descriptor, termios.TCSANOW, mode)
        return True

    def _quiet_windows(self) -> bool:
        """Enable escape sequences. A Windows console only echoes lines that a program reads."""
        import ctypes

        kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
        handle = kernel.GetStdHandle(-11)  # STD_OUTPUT_HANDLE
        mode = ctypes.c_ulong()
        if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
            return False
        if not kernel.SetConsoleMode(handle, mode.value | 0x0004):  # ENABLE_VIRTUAL_TERMINAL_PROCESSING
            return False  # before Windows 10
        self._before = (handle, mode.value)
        return True

    @property
    def is_quiet(self) -> bool:
        """Whether it was made quiet and not yet restored."""
        return self._before is not None

    def give_back(self) -> None:
        """Restore the previous state."""
        if self._before is None:
            return
        if windows():
            import ctypes

            ctypes.windll.kernel32.SetConsoleMode(*self._before)  # type: ignore[attr-defined,misc]
            return
        import termios

        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)  # type: ignore[arg-type]


def hung_up() -> bool:
    """Whether the terminal is gone without a signal, found by polling standard input where the system supports that for
    terminals (Linux does, macOS doesn't, Windows has no poll).
    """
    if not sys.platform.startswith("linux"):
        return False
    import select

    look = select.poll()
    look.register(0, select.POLLIN)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in look.poll(0))


# keys, stored where the system keeps secrets

_SERVICE = "planner"
_CALLS = {"x86_64": (248, 250), "aarch64": (217, 219)}  # add_key, keyctl
_USER_KEYRING, _SEARCH, _READ, _UNLINK = -4, 10, 11, 9


def keep_key(name: str, key: str) -> bool:
    """Store a key in the system's keyring, and for this session where it can be read at once (the kernel's keyring on
    Linux). Returns whether it will still be there after the next login.
    """
    _keep_for_session(name, key)
    try:
        keyring = _keyring()
        if keyring is None:
            return False
        keyring.set_password(_SERVICE, name, key)
        return bool(keyring.get_password(_SERVICE, name) == key)
    except Exception:  # noqa: BLE001 - any backend may fail in any way of its own; then the key isn't kept
        return False


def kept_key(name: str) -> str | None:
    """Return a stored key, or None if there is none or it isn't accessible."""
    found = _kept_for_session(name)
    if found is not None:
        return found
    try:
        keyring = _keyring()
        found = None if keyring is None else keyring.get_password(_SERVICE, name)
    except Exception:  # noqa: BLE001 - as above: the passphrase is asked for then
        return None
    if found:
        _keep_for_session(name, found)
    return found or None


def drop_key(name: str) -> None:
    """Remove a key from every place where it may be stored."""
    call = _kernel()
    if call is not None:
        found = call(_SEARCH, name)
        if found > 0:
            call(_UNLINK, found)
    try:
        keyring = _keyring()
        if keyring is not None and keyring.get_password(_SERVICE, name) is not None:
            keyring.delete_password(_SERVICE, name)
    except Exception:  # noqa: BLE001 - as above
        return


def _keyring() -> Any:
    """Return the system's keyring, by the package `keyring` (an extra, 65 ms), or None."""
    try:
        import keyring
        from keyring.backends import fail
    except ImportError:
        return None
    return None if isinstance(keyring.get_keyring(), fail.Keyring) else keyring


def _kernel() -> Callable[..., int] | None:
    """Return keyctl(2) of the kernel's keyring by name, for a search, or None. The kernel holds keys in memory for this
    user, never on a disk, until the last logout. It answers in a quarter of a millisecond, the desktop's keyring in
    150.
    """
    if not sys.platform.startswith("linux") or os.uname().machine not in _CALLS:
        return None
    import ctypes

    syscall = ctypes.CDLL(None, use_errno=True).syscall
    number = _CALLS[os.uname().machine][1]

    def call(operation: int, what: str | int) -> int:
        if operation == _SEARCH:
            name = f"{_SERVICE}:{what}".encode()
            return int(syscall(number, operation, ctypes.c_int(_USER_KEYRING), b"user", name, 0))
        return int(syscall(number, operation, ctypes.c_int(int(what)), ctypes.c_int(_USER_KEYRING)))

    return call


def _keep_for_session(name: str, key: str) -> None:
    if _kernel() is None:
        return
    import ctypes

    syscall = ctypes.CDLL(None, use_errno=True).syscall
    data = key.encode()
    number = _CALLS[os.uname().machine][0]
    syscall(number, b"user", f"{_SERVICE}:{name}".encode(), data, len(data), ctypes.c_int(_USER_KEYRING))


def _kept_for_session(name: str) -> str | None:
    call = _kernel()
    if call is None:
        return None
    import ctypes

    found = call(_SEARCH, name)
    if found <= 0:
        return None
    buffer = ctypes.create_string_buffer(512)
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    number = _CALLS[os.uname().machine][1]
    length = syscall(number, _READ, ctypes.c_int(found), buffer, 512)
    return buffer.raw[:length].decode("ascii", "replace") if 0 < length <= 512 else None


# the disk


def disk_encrypted(folder: str) -> bool | None:
    """Whether the disk under a folder is encrypted, or None if unknown."""
    try:
        if mac():
            said = _said(["fdesetup", "status"])
            return None if said is None else "FileVault is On" in said
        if windows():
            drive = os.path.splitdrive(os.path.abspath(folder))[0]
            # the only way without an administrator: what Explorer itself shows for a drive
            script = (
                f"(New-Object -ComObject Shell.Application).NameSpace('{drive}').Self"
                ".ExtendedProperty('System.Volume.BitLockerProtection')"
            )
            said = _said(["powershell", "-NoProfile", "-Command", script])
            return {"1": True, "3": True, "5": True, "2": False, "0": False}.get((said or "").strip())
        return _linux_disk(folder)
    except (OSError, ValueError):
        return None


def _said(command: Sequence[str]) -> str | None:
    import subprocess

    try:
        done = subprocess.run(command, capture_output=True, timeout=10, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _linux_disk(folder: str, system: str = "/sys/dev/block", mounts: str = "/proc/self/mounts") -> bool | None:
    """Ask the device mapper about each layer under the device (LUKS says CRYPT), or recognize a file system with its
    own encryption.
    """
    there = os.path.realpath(folder)
    kind, longest = "", ""
    with open(mounts, encoding="utf-8", errors="replace") as file:
        for line in file:
            words = line.split(" ")
            place = words[1].replace("\\040", " ")
            if (there == place or there.startswith(place.rstrip("/") + "/")) and len(place) >= len(longest):
                longest, kind = place, words[2]
    if kind in ("ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs"):
        return True
    number = os.stat(there).st_dev
    device = os.path.join(system, f"{os.major(number)}:{os.minor(number)}")
    if os.major(number) == 0 or not os.path.exists(device):
        return None  # a share, a container's layers, btrfs or ZFS: none tells which disk is underneath
    return _is_encrypted(device)


def _is_encrypted(device: str) -> bool:
    named = os.path.join(device, "dm", "uuid")
    if os.path.exists(named):
        with open(named, encoding="ascii", errors="replace") as file:
            if file.read().startswith("CRYPT-"):
                return True
    under = os.path.join(device, "slaves")
    below = os.listdir(under) if os.path.isdir(under) else []
    return bool(below) and all(_is_encrypted(os.path.join(under, name)) for name in below)
