"""Reports unexpected errors: one sentence for the rep, with details in a log file that it names."""

from __future__ import annotations

import os
import sys
import traceback

from planner import __version__, files, paths
from planner.clock import Clock


def report(error: BaseException) -> int:
    """Write the details to the log and tell the rep. Returns exit code 1."""
    print(told(error, write(error)), file=sys.stderr)
    return 1


def told(error: BaseException, path: str | None) -> str:
    """Return what happened, what is safe, where the details are, and what to do, without naming a client."""
    lines = [f"planner: something went wrong that should not have ({type(error).__name__}); the fault is planner's."]
    if _of_the_file(error):
        # the state of the disk is exactly what isn't known here
        lines.append("The database answered with an error of its own; whether all of it can be read isn't known.")
    else:
        lines.append("Safe: all that was counted or acknowledged is on disk. Start planner again and go on.")
    if path is None:
        lines.append("The details could not be written: the folder of the log takes nothing.")
    else:
        lines.append(f"Details, without names or amounts: {path}")
        lines.append("To report it: send that file, and say what you pressed or typed just before.")
    lines.append(
        "If it comes again at once: planner doctor looks the database over, planner restore puts a backup back."
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
