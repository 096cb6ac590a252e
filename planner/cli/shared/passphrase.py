"""The passphrase of a file: asked for on a terminal, told by the environment or a command elsewhere."""

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

HELP = f"where the passphrase comes from, instead of being asked for: {encryption.SOURCES}"


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--encrypt` and `--passphrase`, of a command that writes."""
    parser.add_argument(
        "--encrypt",
        action="store_true",
        help=f"under a passphrase; a name that ends in {encryption.ENDING} says the same",
    )
    parser.add_argument("--passphrase", metavar="FROM", help=HELP)


def new(args: argparse.Namespace, warning: str = encryption.WARNING) -> str:
    """A new passphrase, asked for twice, after what it means is said."""
    if warning:
        warn(warning)
    if args.passphrase is not None:
        return encryption.from_source(args.passphrase)
    _need_terminal()
    first = _ask("Passphrase: ")
    if _ask("Once more: ") != first:
        raise InputError("The two are not the same; nothing was written.")
    return first


def known(args: argparse.Namespace, path: str) -> str:
    """The passphrase of a file that is there."""
    if args.passphrase is not None:
        return encryption.from_source(args.passphrase)
    _need_terminal()
    return _ask(f"Passphrase of {path}: ")


def _need_terminal() -> None:
    if not terminal():
        raise InputError(f"The passphrase is asked for on a terminal; elsewhere say --passphrase {encryption.SOURCES}.")


def terminal() -> bool:
    """Whether somebody can be asked."""
    return at_terminal("stdin", "stderr")


def _ask(question: str) -> str:
    try:
        return getpass.getpass(question)
    except EOFError as error:
        raise InputError("No passphrase was entered; nothing was changed.") from error
    except UnicodeDecodeError as error:
        raise InputError("The passphrase has bytes in it that are no letters (UTF-8).") from error


def unlock(path: str) -> None:
    """Ask for the passphrase of a base whose key isn't known, three times at most. Where nobody can be asked, whatever
    opens the base says what is in the way.
    """
    if not terminal() or not maintenance.is_locked(path):
        return
    for _ in range(3):
        if maintenance.unlock(path, _ask(f"Passphrase of {path}: ")):
            return
        warn("Wrong passphrase.")
    raise InputError(f"{path} stays locked: three wrong passphrases.")


@contextmanager
def opened(args: argparse.Namespace, ctx: AppContext) -> Iterator[str]:
    """The path of a file, opened for as long as the block runs where it is under a passphrase: among the backups, which
    say as much.
    """
    if encryption.is_sealed(args.file):
        with encryption.opened(args.file, known(args, args.file), maintenance.private_folder(ctx)) as path:
            yield path
        return
    yield args.file


def unlock_backup(args: argparse.Namespace, path: str) -> None:
    """Learn the passphrase of a backup that is encrypted as the base was then."""
    if maintenance.is_locked(path) and not maintenance.unlock(path, known(args, args.file)):
        raise StateError(f"That is not the passphrase of {args.file}; nothing was changed.")
