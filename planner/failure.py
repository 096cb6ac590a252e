"""Reports unexpected errors: one sentence for the rep, with details in a log file that it names."""

from __future__ import annotations

import os
import sys
import traceback

from planner import __version__, files, paths
from planner.clock import Clock


def report(error: BaseException) -> int:
    """Write the details to the log and tell the rep. Returns exit code 1."""
    print(describe(error, write(error)), file=sys.stderr)
    return 1


def describe(error: BaseException, path: str | None) -> str:
    """Return what happened, what is safe, where the details are, and what to do, without naming a client."""
    lines = [f"planner: Something went wrong ({type(error).__name__}). This is a bug in planner."]
    if _of_the_file(error):
        # the state of the disk is exactly what isn't known here
        lines.append("The database reported an error, so some of it may be unreadable.")
    else:
        lines.append("Everything you logged or saved is safe on disk. Start planner again to continue.")
    if path is None:
        lines.append("The details couldn't be saved: the log folder isn't writable.")
    else:
        lines.append(f"Details (no names or amounts): {path}")
        lines.append("To report it, send that file and say what you pressed or typed just before.")
    lines.append(
        "If it keeps happening, run planner doctor to check the database, or planner restore to restore a backup."
    )
    return "\n".join(lines)


def _of_the_file(error: BaseException) -> bool:
    """Whether the error or its cause is SQLite's."""
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__module__ == "sqlite3" and not type(seen).__name__.startswith("Programming"):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def write(error: BaseException) -> str | None:
    """Append an error to the log file, without local variables and without its message, which may quote client data.

    Returns the path, or None where even that can't be written.
    """
    folder = paths.log_dir()
    path = os.path.join(folder, "planner.log")
    # the machine's own time, ignoring PLANNER_NOW, because logs are compared with other logs
    lines = [f"{Clock().now():%Y-%m-%d %H:%M:%S} planner {__version__}, Python {sys.version.split()[0]}"]
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        lines.append(f"  {type(seen).__module__}.{type(seen).__name__}")
        seen = seen.__cause__ or seen.__context__
    try:
        files.make_private_folder(folder)
        handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return None
    return path
