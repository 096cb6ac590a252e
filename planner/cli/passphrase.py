"""The passphrase of a file: asked for on a terminal, told by the environment or a command elsewhere."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from planner.cli.common import warn
from planner.domain.errors import InputError
from planner.services import safety, sealing
from planner.services.desk import Desk

HELP = f"where the passphrase comes from, instead of being asked for: {sealing.SOURCES}"


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--encrypt` and `--passphrase`, of a command that writes."""
    parser.add_argument(
        "--encrypt", action="store_true", help=f"under a passphrase; a name that ends in {sealing.ENDING} says the same"
    )
    parser.add_argument("--passphrase", metavar="FROM", help=HELP)


def new(args: argparse.Namespace) -> str:
    """A new passphrase, asked for twice, after what it means is said."""
    warn(sealing.WARNING)
    if args.passphrase is not None:
        return sealing.from_source(args.passphrase)
    _need_terminal()
    first = getpass.getpass("Passphrase: ")
    if getpass.getpass("Once more: ") != first:
        raise InputError("The two are not the same; nothing was written.")
    return first


def known(args: argparse.Namespace) -> str:
    """The passphrase of a file that is there."""
    if args.passphrase is not None:
        return sealing.from_source(args.passphrase)
    _need_terminal()
    return getpass.getpass(f"Passphrase of {args.file}: ")


def _need_terminal() -> None:
    if not sys.stdin.isatty():
        raise InputError(f"The passphrase is asked for on a terminal; elsewhere say --passphrase {sealing.SOURCES}.")


@contextmanager
def opened(args: argparse.Namespace, desk: Desk) -> Iterator[str]:
    """The path of a file, opened for as long as the block runs where it is under a passphrase: among the backups,
    which say as much.
    """
    if not sealing.is_sealed(args.file):
        yield args.file
        return
    with sealing.opened(args.file, known(args), safety.private_folder(desk)) as path:
        yield path
