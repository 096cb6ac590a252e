"""Encrypts backups and exports with a passphrase, and opens them again."""

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
    "Without the passphrase, no one can open the file, not even planner's developers. "
    "planner doesn't store the passphrase, so keep it in a safe place, away from the file."
)
SOURCES = "env:NAME or command:pass show planner"
LARGEST = 2 * 1024**3


class PassphraseNeeded(InputError):
    """Raised for an encrypted file whose passphrase must be asked for."""


def check(passphrase: str, shortest: int = SHORTEST) -> None:
    """Raise InputError for an invalid new passphrase."""
    _check_letters(passphrase)
    if len(passphrase) < shortest:
        raise InputError(f"A passphrase needs at least {shortest} characters. Four unrelated words work well.")


def _check_letters(passphrase: str) -> None:
    try:
        passphrase.encode()
    except UnicodeEncodeError as error:
        raise InputError("The passphrase isn't valid UTF-8 text.") from error


def from_source(source: str) -> str:
    """Return a passphrase from the environment or a command (``env:NAME``, ``command:WORDS``)."""
    if source.partition(":")[0] not in ("env", "command") or not source.partition(":")[2]:
        # never the passphrase itself, which would show up in the shell history and the process list
        raise InputError(f"Take the passphrase from {SOURCES}, or leave the option out to be prompted.")
    return secret.read_secret(source, "passphrase", threading.Event())


def refuse_sealed(path: str, command: str) -> None:
    """Raise PassphraseNeeded for a sealed file. `command` is the command that asks for the passphrase."""
    if is_sealed(path):
        name = os.path.basename(path)
        words = f"planner {command} {platform.quote(path)}"
        raise PassphraseNeeded(f"{name} is protected with a passphrase. Run `{words}` in a shell to enter it.")


def is_sealed(path: str) -> bool:
    """Return whether a file is sealed, by its first bytes. False if it can't be read."""
    path = os.path.expanduser(path)
    try:
        if not os.path.isfile(path):
            return False  # reading a pipe would block
        with open(path, "rb") as file:
            return encryption.is_sealed(file.read(64))
    except OSError:
        return False


def encrypted_writer(fill: Callable[[IO[bytes]], None], passphrase: str) -> Callable[[IO[bytes]], None]:
    """Return a function that fills a file with the sealed output of `fill`."""

    def filled(out: IO[bytes]) -> None:
        plain = BytesIO()
        fill(plain)
        out.write(encryption.seal(plain.getvalue(), passphrase))

    return filled


def decrypt(path: str, passphrase: str) -> bytes:
    """Return the contents of a sealed file. Raises StateError if it can't be opened."""
    name = os.path.basename(path)
    _check_letters(passphrase)
    try:
        if os.path.getsize(path) > LARGEST:
            raise StateError(f"{name} is too large for an encrypted file.")
        with open(path, "rb") as file:
            return encryption.open_sealed(file.read(), passphrase, name)
    except OSError as error:
        raise StateError(f"Can't read {path}: {error.strerror}.") from error


@contextmanager
def decrypted_copy(path: str, passphrase: str, folder: str) -> Iterator[str]:
    """Yield the path of a sealed file's contents, named without the ending, in `folder`, readable only by the owner and
    removed afterwards.
    """
    found = os.path.abspath(os.path.expanduser(path))
    data = decrypt(found, passphrase)
    inside = os.path.basename(found)
    if inside.lower().endswith(ENDING):
        inside = inside[: -len(ENDING)]
    with readable_place(folder) as place:
        target = os.path.join(place, inside)
        try:
            with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                out.write(data)
        except OSError as error:
            raise StateError(f"Can't open {found} here: {error.strerror}.") from error
        yield target


@contextmanager
def readable_place(folder: str) -> Iterator[str]:
    """Yield a private folder for readable contents, removed when the block ends, even if the window is closed or the
    program is terminated. Leftovers of a killed program in `folder` are removed first.
    """
    with files.workplace(folder) as place, platform.ending_in_order():
        yield place
