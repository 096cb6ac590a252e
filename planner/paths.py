"""Determines where the rep's files are.

Determined with the standard library alone (importing platformdirs would cost the quick commands half their time).
`tests/test_paths.py` compares the results with platformdirs' on Linux, macOS and Windows.
"""

from __future__ import annotations

import os
import sys

from planner import __version__
from planner.domain.errors import InputError

APP = "planner"


def _home() -> str:
    return os.path.expanduser("~")


def _base(variable: str, *unix: str) -> str:
    """Return a user folder by its XDG variable, or else below home."""
    given = os.environ.get(variable, "").strip()
    return given if os.path.isabs(given) else os.path.join(_home(), *unix)


def data_dir() -> str:
    """Return the folder of the database and its backups."""
    if sys.platform == "win32":
        return os.path.join(_windows(), APP)
    if sys.platform == "darwin":
        return os.path.join(_home(), "Library", "Application Support", APP)
    return os.path.join(_base("XDG_DATA_HOME", ".local", "share"), APP)


def config_dir() -> str:
    """Return the folder of the settings file."""
    if sys.platform == "win32":
        return os.path.join(_windows(), APP)
    if sys.platform == "darwin":
        return os.path.join(_home(), "Library", "Application Support", APP)
    return os.path.join(_base("XDG_CONFIG_HOME", ".config"), APP)


def log_dir() -> str:
    """Return the folder of the log file."""
    if sys.platform == "win32":
        return os.path.join(_windows(), APP, "Logs")
    if sys.platform == "darwin":
        return os.path.join(_home(), "Library", "Logs", APP)
    return os.path.join(_base("XDG_STATE_HOME", ".local", "state"), APP, "log")


def _windows() -> str:
    return os.environ.get("LOCALAPPDATA") or os.path.join(_home(), "AppData", "Local")


def database(option: str | None = None) -> str:
    """Return the database file: `--db`, else `PLANNER_DB`, else the default. `sqlite:///` URLs are prefixed paths."""
    given = option if option is not None else os.environ.get("PLANNER_DB", "")
    if not given:
        return os.path.join(data_dir(), "planner.db")
    if "://" in given:
        scheme, _, rest = given.partition("://")
        if scheme != "sqlite" or not rest.startswith("/") or len(rest) < 2:
            raise InputError(f"{given!r} isn't a database location. Use a path, or sqlite:///path.")
        given = rest[1:]
    return os.path.abspath(os.path.expanduser(given))


def settings(option: str | None = None) -> str:
    """Return the settings file: `--config`, else `PLANNER_CONFIG`, else the default."""
    given = option if option is not None else os.environ.get("PLANNER_CONFIG", "")
    return os.path.abspath(os.path.expanduser(given)) if given else os.path.join(config_dir(), "config.toml")


def backups_of(path: str) -> list[str]:
    """Return the names of the backups beside a database, oldest first."""
    stem = os.path.splitext(os.path.basename(path))[0]
    try:
        names = os.listdir(os.path.join(os.path.dirname(path), "backups"))
    except OSError:
        return []
    return sorted(name for name in names if name.startswith(f"{stem}-2") and name.endswith(".db"))


def looks_foreign(path: str) -> bool:
    """Whether a non-empty file doesn't start like a plain database. Don't call it with a connection to the file open:
    closing a second handle releases that connection's locks.
    """
    try:
        if not os.path.isfile(path):
            return False  # reading a pipe would block
        with open(path, "rb") as file:
            head = file.read(16)
    except OSError:
        return False
    return bool(head) and head != b"SQLite format 3\0"


def turns_at(settings_path: str) -> int:
    """Return the minute after midnight at which the day turns. Most reps never set it, which saves loading a parser."""
    try:
        if not os.path.isfile(settings_path):  # reading a pipe would block
            return 0
        with open(settings_path, encoding="utf-8-sig") as file:
            if "turns_at" not in file.read(1_000_000):
                return 0
    except (OSError, ValueError):
        return 0
    from planner.config.reading import load, parse_minutes

    return parse_minutes(load(settings_path)["day.turns_at"])


def laid_key(settings_path: str) -> str:
    """Return what a laid day depends on besides the database: the program and the settings file."""
    return f"{__version__}|{settings_stamp(settings_path)}"


def settings_stamp(path: str) -> str:
    """Return a short text that changes with the settings file, ``-`` when there is none."""
    try:
        stat = os.stat(path)
    except OSError:
        return "-"
    return f"{stat.st_mtime_ns}:{stat.st_size}:{stat.st_ino}"
