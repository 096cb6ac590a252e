"""Backups and exports under a passphrase, and those opened again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO

from planner import files, platform
from planner.domain.errors import InputError, StateError
from planner.exchange import encryption, secret
from planner.exchange.encryption import ENDING as ENDING
from planner.exchange.encryption import SHORTEST as SHORTEST

WARNING = (
    "Without the passphrase nobody can open that file, planner's makers neither: what is only in there is lost then. "
    "planner doesn't keep the passphrase; keep it somewhere else than the file."
)
SOURCES = "env:NAME or command:pass show planner"
LARGEST = 2 * 1024**3


class PassphraseNeeded(InputError):
    """A file under a passphrase, and nobody said it: it has to be asked for."""


def check(passphrase: str, shortest: int = SHORTEST) -> None:
    """Raise InputError for a new passphrase that is none."""
    _check_letters(passphrase)
    if len(passphrase) < shortest:
        raise InputError(f"A passphrase has at least {shortest} characters; four words that don't belong together do.")


def _check_letters(passphrase: str) -> None:
    try:
        passphrase.encode()
    except UnicodeEncodeError as error:
        raise InputError("The passphrase has bytes in it that are no letters (UTF-8).") from error


def from_source(source: str) -> str:
    """A passphrase that the environment or a command tells (``env:NAME``, ``command:WORDS``)."""
    if source.partition(":")[0] not in ("env", "command") or not source.partition(":")[2]:
        # never the passphrase itself: it would stand in the shell's history, and in the list of processes
        raise InputError(f"A passphrase comes from {SOURCES}, or is asked for.")
    return secret.told(source, "passphrase", threading.Event())


def refuse(path: str, command: str) -> None:
    """Raise PassphraseNeeded for a file that is under a passphrase; `command` is what asks for it."""
    if is_sealed(path):
        name = os.path.basename(path)
        words = f"planner {command} {platform.quoted(path)}"
        raise PassphraseNeeded(f"{name} is under a passphrase; `{words}` in a shell asks for it.")


def is_sealed(path: str) -> bool:
    """Whether a file is under a passphrase, by what it begins with; False for one that can't be read."""
    path = os.path.expanduser(path)
    try:
        if not os.path.isfile(path):
            return False  # a pipe would be waited for
        with open(path, "rb") as file:
            return encryption.is_sealed(file.read(64))
    except OSError:
        return False


def around(fill: Callable[[IO[bytes]], None], passphrase: str) -> Callable[[IO[bytes]], None]:
    """What fills a file with the same under a passphrase."""

    def filled(out: IO[bytes]) -> None:
        plain = BytesIO()
        fill(plain)
        out.write(encryption.seal(plain.getvalue(), passphrase))

    return filled


def plain(path: str, passphrase: str) -> bytes:
    """What is in a sealed file. Raises StateError with a sentence."""
    name = os.path.basename(path)
    _check_letters(passphrase)
    try:
        if os.path.getsize(path) > LARGEST:
            raise StateError(f"{name} is larger than a file under a passphrase may be.")
        with open(path, "rb") as file:
            return encryption.open_sealed(file.read(), passphrase, name)
    except OSError as error:
        raise StateError(f"{path} can't be read: {error.strerror}.") from error


@contextmanager
def opened(path: str, passphrase: str, folder: str) -> Iterator[str]:
    """The path of what is in a sealed file, under its own name without the ending, for its owner alone and for as long
    as the block runs. `folder` is where the opened one lies meanwhile.
    """
    found = os.path.abspath(os.path.expanduser(path))
    data = plain(found, passphrase)
    inside = os.path.basename(found)
    if inside.lower().endswith(ENDING):
        inside = inside[: -len(ENDING)]
    with readable_place(folder) as place:
        target = os.path.join(place, inside)
        try:
            with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                out.write(data)
        except OSError as error:
            raise StateError(f"{found} can't be opened here: {error.strerror}.") from error
        yield target


@contextmanager
def readable_place(folder: str) -> Iterator[str]:
    """A folder for the owner alone where something lies readable for as long as the block runs: also when a window is
    closed or the program is told to end. What a program that was killed has left in `folder` goes first.
    """
    with files.workplace(folder) as place, platform.ending_in_order():
        yield place
