"""Writes planner's files: whole or not at all, private to their owner, never over anything that isn't planner's. Also
the folder for unfinished ones.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from planner import platform
from planner.domain.errors import InputError, StateError


class FileThere(StateError):
    """Raised when planner would have to replace a file, which it does only when told to."""


WORK = ".planner-work"
LONGEST_SLUG = 60
# Device names reserved by Windows.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})


def slug(text: str, otherwise: str = "export") -> str:
    """Return a text as part of a file name: letters and digits of any script, dashes for the rest."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).replace("_", " "))
    found = "-".join(words).lower()[:LONGEST_SLUG].strip("-")
    return f"{found}-" if found in _DEVICES else found or otherwise


def target(path: str, name: str, endings: tuple[str, ...], sealed: str = "") -> str:
    """Return the file meant by a path: itself, or `name` in it if it is a folder. `sealed` is the extra extension of a
    file under a passphrase. Raises InputError.
    """
    found = os.path.abspath(os.path.expanduser(path))
    if os.path.isdir(found):
        found = os.path.join(found, name)
    if not found.lower().removesuffix(sealed).endswith(endings):
        raise InputError(
            f"{os.path.basename(found)}: the name must end in {' or '.join(endings)}, which sets the format."
        )
    return found


def writer_of(data: bytes) -> Callable[[IO[bytes]], None]:
    """Return a function that fills a file with the given bytes."""

    def fill(out: IO[bytes]) -> None:
        out.write(data)

    return fill


def make_private_folder(folder: str) -> None:
    """Create a folder and its missing parents, private under any umask. An existing one is left unchanged. Raises
    OSError.
    """
    if not folder or os.path.isdir(folder):
        return
    make_private_folder(os.path.dirname(folder))
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise


@contextmanager
def workplace(near: str) -> Iterator[str]:
    """Create a temporary private folder in `near` for unfinished files, for the duration of the block. First removes
    what killed programs have left there. Raises OSError.
    """
    sweep(near)
    make_private_folder(near)
    base = os.path.join(near, WORK)
    while True:
        # never reuse a name, because facts known about a file at a path would be applied to the next one there
        place = os.path.join(base, f"{os.getpid()}-{os.urandom(6).hex()}")
        make_private_folder(base)
        try:
            os.mkdir(place, 0o700)
            break
        except FileNotFoundError:
            continue  # another program has just finished and removed the empty folder
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        _remove_empty(base)


def sweep(near: str) -> None:
    """Remove leftovers of programs that are no longer running."""
    base = os.path.join(near, WORK)
    try:
        names = os.listdir(base)
    except OSError:
        return
    for name in names:
        number = name.partition("-")[0]
        if not (number.isascii() and number.isdigit() and platform.runs(int(number))):
            shutil.rmtree(os.path.join(base, name), ignore_errors=True)
    _remove_empty(base)


def _remove_empty(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        return  # in use


def put(path: str, fill: Callable[[IO[bytes]], None], near: str | None = None) -> None:
    """Write a file whole or not at all, 0600. It is built in the workplace of the folder `near` (default: its own) and
    renamed into place, or copied beside it first from another disk. Raises OSError.
    """
    with workplace(near or os.path.dirname(path)) as place:
        made = os.path.join(place, "file")
        with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            fill(out)
            out.flush()
            platform.sync_file(out.fileno())
        try:
            platform.replace(made, path)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy_beside(made, path)
    platform.sync_folder(os.path.dirname(path))


def _copy_beside(made: str, path: str) -> None:
    with workplace(os.path.dirname(path)) as place, open(made, "rb") as source:
        beside = os.path.join(place, "file")
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            shutil.copyfileobj(source, out)
            out.flush()
            platform.sync_file(out.fileno())
        platform.replace(beside, path)


def write(
    path: str, fill: Callable[[IO[bytes]], None], *, near: str | None = None, ours: bytes = b"", force: bool = False
) -> None:
    """`put` for a file the rep asks for. An existing file stays unless `force` is set or `ours` occurs near its start,
    and a link is never followed. Raises StateError with a sentence.
    """
    try:
        if os.path.islink(path):
            raise StateError(f"{path} is a link, and planner doesn't write through links. Name the file itself.")
        if os.path.lexists(path) and not force:
            if not os.path.isfile(path):
                raise FileThere(f"{path} already exists and isn't a file.")
            with open(path, "rb") as file:
                if not ours or ours not in file.read(400):
                    whose = " and wasn't written by planner" if ours else ""
                    raise FileThere(f"{path} already exists{whose}.")
        put(path, fill, near)
    except OSError as error:
        raise StateError(f"Can't write {path}: {error.strerror}.") from error
