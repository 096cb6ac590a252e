"""Files that planner writes for the rep: whole or not at all, for their owner alone, over nothing that isn't ours."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Callable
from typing import IO

from planner.domain.errors import InputError, StateError
from planner.store import connection


class FileThere(StateError):
    """A file that planner would have to replace, which it does only when it is told to."""


LONGEST_SLUG = 60
# Names that Windows keeps for devices.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})


def slug(text: str, otherwise: str = "export") -> str:
    """A text as a part of a file's name: letters and digits of any script, dashes for the rest."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).replace("_", " "))
    found = "-".join(words).lower()[:LONGEST_SLUG].strip("-")
    return f"{found}-" if found in _DEVICES else found or otherwise


def target(path: str, name: str, endings: tuple[str, ...], sealed: str = "") -> str:
    """The file that is meant: the path itself, or `name` in it where it is a folder. `sealed` is the ending that one
    under a passphrase may have behind its own. Raises InputError.
    """
    found = os.path.abspath(os.path.expanduser(path))
    if os.path.isdir(found):
        found = os.path.join(found, name)
    if not found.lower().removesuffix(sealed).endswith(endings):
        raise InputError(
            f"{os.path.basename(found)}: its name ends in {' or '.join(endings)}, which says how to write it."
        )
    return found


def filled(data: bytes) -> Callable[[IO[bytes]], None]:
    """What fills a file with bytes that are there already."""

    def fill(out: IO[bytes]) -> None:
        out.write(data)

    return fill


def write(path: str, fill: Callable[[IO[bytes]], None], *, ours: bytes = b"", force: bool = False) -> None:
    """Write a file under a temporary name, then put it into its place. A file that is there stays, unless `force` says
    otherwise or it has `ours` in its beginning.
    """
    try:
        if os.path.exists(path) and not force:
            with open(path, "rb") as file:
                if not ours or ours not in file.read(400):
                    whose = ", and planner didn't write it" if ours else " already"
                    raise FileThere(f"{path} is there{whose}.")
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".planner-")  # 0600: it names clients
        try:
            with os.fdopen(handle, "wb") as out:
                fill(out)
                out.flush()
                os.fsync(out.fileno())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        connection.sync_folder(os.path.dirname(path))
    except OSError as error:
        raise StateError(f"{path} can't be written: {error.strerror}.") from error
