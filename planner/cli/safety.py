"""`planner backup`, `planner restore`, `planner doctor`."""

from __future__ import annotations

import argparse
import os
import sys

from planner.cli import passphrase
from planner.cli.common import Group, emit, say
from planner.domain.errors import InputError
from planner.services import safety as service
from planner.services import sealing
from planner.services.desk import Desk


def register(commands: Group) -> None:
    """Add the commands."""
    parser = commands.add("backup", backup, reads=True)
    parser.add_argument("file", nargs="?", metavar="FILE", help="a file or folder (default: the backup folder)")
    parser.add_argument("--list", action="store_true", help="the backups there are")
    passphrase.add_options(parser)
    parser = commands.add("restore", restore)
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--yes", action="store_true", help="don't ask")
    parser.add_argument("--passphrase", metavar="FROM", help=passphrase.HELP)
    commands.add("doctor", doctor, reads=True)


def backup(args: argparse.Namespace, desk: Desk) -> int:
    if args.list:
        found = service.listed(desk)
        if args.json:
            return emit([_object(copy) for copy in found])
        for copy in found:
            say(f"{copy.made:%Y-%m-%d %H:%M}  {copy.size / 1e6:>8.1f} MB  {copy.path}")
        return 0 if found else say("No backups yet.")
    encrypt = args.encrypt or (args.file or "").lower().endswith(sealing.ENDING)
    if args.passphrase is not None and not encrypt:
        raise InputError(f"--passphrase is of an encrypted file: add --encrypt, or end its name in {sealing.ENDING}.")
    target = args.file
    if encrypt and target is not None and not os.path.isdir(os.path.expanduser(target)):
        target = target if target.lower().endswith(sealing.ENDING) else target + sealing.ENDING
    made = service.make(desk, target, passphrase.new(args) if encrypt else None)
    if args.json:
        return emit(_object(made))
    return say(f"backup made and verified: {made.path} ({made.size / 1e6:.1f} MB)")


def _object(copy: service.Copy) -> dict[str, object]:
    return {"path": copy.path, "size": copy.size, "made": None if copy.made is None else f"{copy.made:%Y-%m-%dT%H:%M}"}


def restore(args: argparse.Namespace, desk: Desk) -> int:
    with passphrase.opened(args, desk) as path:
        return _restore(args, desk, path)


def _restore(args: argparse.Namespace, desk: Desk, path: str) -> int:
    consent = args.yes
    if not consent and sys.stdin.isatty():
        path = service.check(path)
        say(f"{args.file}: {_contents(service.contents(path))}")
        say(f"replaces {desk.path}: {_contents(service.contents(desk.path))}")
        consent = input("Restore it? The current one is saved first. [y/N] ").strip().lower() in ("y", "yes")
    saved = service.restore(desk, path, consent=consent)
    say(f"restored: {args.file} ({_contents(service.contents(desk.path))})")
    if saved is not None:
        say(f"the one before is saved; this takes it back: planner restore {saved}")
    return 0


def _contents(found: service.Contents | None) -> str:
    if found is None:
        return "nothing that can be read"
    return f"{found.activities:,} rows in the log" + (f", the last of {found.last_day}" if found.last_day else "")


def doctor(args: argparse.Namespace, desk: Desk) -> int:
    found = service.examine(desk)
    well = all(finding.ok for finding in found)
    if args.json:
        emit([{"what": f.what, "ok": f.ok, "mended": f.mended, "said": f.said} for f in found])
        return 0 if well else 1
    for finding in found:
        mark = "✓" if finding.ok and not finding.mended else "↻" if finding.ok else "!"
        say(f"{mark} {finding.what:<11} {finding.said}")
    return 0 if well else 1
