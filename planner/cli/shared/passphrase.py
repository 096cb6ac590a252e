"""Gets a file's passphrase by asking on a terminal, or from the environment or a command."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from planner.cli.shared.common import warn
from planner.domain.errors import InputError, StateError
from planner.platform import at_terminal
from planner.services.context import AppContext
from planner.services.safety import encryption, maintenance

HELP = f"take the passphrase from here instead of asking: {encryption.SOURCES}"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add `--encrypt` and `--passphrase` to a command that writes."""
    parser.add_argument(
        "--encrypt",
        action="store_true",
        help=f"encrypt with a passphrase (implied by a name ending in {encryption.ENDING})",
    )
    parser.add_argument("--passphrase", metavar="FROM", help=HELP)


def ask_new(args: argparse.Namespace, warning: str = encryption.WARNING) -> str:
    """Get a new passphrase, asked for twice after the warning."""
    if warning:
        warn(warning)
    if args.passphrase is not None:
        return encryption.from_source(args.passphrase)
    _need_terminal()
    first = _ask("Passphrase: ")
    if _ask("Repeat it: ") != first:
        raise InputError("The two passphrases don't match. Nothing was written.")
    return first


def get_existing(args: argparse.Namespace, path: str) -> str:
    """Get the passphrase of an existing file."""
    if args.passphrase is not None:
        return encryption.from_source(args.passphrase)
    _need_terminal()
    return _ask(f"Passphrase for {path}: ")


def _need_terminal() -> None:
    if not terminal():
        raise InputError(
            f"A terminal is needed to ask for the passphrase. In scripts, add --passphrase {encryption.SOURCES}."
        )


def terminal() -> bool:
    """Whether there is a terminal to ask on."""
    return at_terminal("stdin", "stderr")


def _ask(question: str) -> str:
    try:
        return getpass.getpass(question)
    except EOFError as error:
        raise InputError("No passphrase was entered. Nothing was changed.") from error
    except UnicodeDecodeError as error:
        raise InputError("The passphrase isn't valid UTF-8 text.") from error


def unlock(path: str) -> None:
    """Ask for the passphrase of a database whose key isn't known, at most three times. If nobody can be asked, does
    nothing, and whatever opens the database reports the problem.
    """
    if not terminal() or not maintenance.is_locked(path):
        return
    for _ in range(3):
        if maintenance.unlock(path, _ask(f"Passphrase for {path}: ")):
            return
        warn("Wrong passphrase.")
    raise InputError(f"{path} stays locked after three wrong passphrases.")


@contextmanager
def decrypted_path(args: argparse.Namespace, ctx: AppContext) -> Iterator[str]:
    """Yield the path of a file, decrypted for the duration of the block if it has a passphrase. The decrypted copy is
    put among the backups, which hold the same data.
    """
    if encryption.is_sealed(args.file):
        with encryption.decrypted_copy(
            args.file, get_existing(args, args.file), maintenance.private_folder(ctx)
        ) as path:
            yield path
        return
    yield args.file


def unlock_backup(args: argparse.Namespace, path: str) -> None:
    """Unlock a backup encrypted with the database's passphrase of its time."""
    if maintenance.is_locked(path) and not maintenance.unlock(path, get_existing(args, args.file)):
        raise StateError(f"Wrong passphrase for {args.file}. Nothing was changed.")
