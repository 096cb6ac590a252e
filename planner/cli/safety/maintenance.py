"""`planner backup`, `restore`, `doctor`, `encrypt`, `decrypt`."""

from __future__ import annotations

import argparse
import os

from planner.cli import gate
from planner.cli.shared import passphrase
from planner.cli.shared.common import Group, emit, print_lines, warn
from planner.domain import formats
from planner.domain.errors import InputError, StateError
from planner.domain.text import plural
from planner.platform import at_terminal, quote
from planner.services.context import AppContext
from planner.services.safety import encryption
from planner.services.safety import maintenance as service


def register(commands: Group) -> None:
    """Register the commands."""
    parser = commands.add("backup", backup, reads=True)
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="file or folder to write to (default: the backup folder)"
    )
    parser.add_argument("--list", action="store_true", help="list the backups")
    parser.add_argument("--yes", action="store_true", help="don't ask before writing outside the backup folder")
    passphrase.add_options(parser)
    parser = commands.add("restore", restore)
    parser.add_argument("file", metavar="FILE", help="backup to restore")
    parser.add_argument("--yes", action="store_true", help="don't ask for confirmation")
    parser.add_argument("--passphrase", metavar="FROM", help=passphrase.HELP)
    commands.add("doctor", doctor, reads=True)
    parser = commands.add("encrypt", encrypt)
    parser.add_argument(
        "--ask", action="store_true", help="ask for the passphrase each time instead of saving the key in the keyring"
    )
    parser.add_argument("--passphrase", metavar="FROM", help=passphrase.HELP)
    parser = commands.add("decrypt", decrypt)
    parser.add_argument("--passphrase", metavar="FROM", help=passphrase.HELP)


def _list(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.list_backups(ctx)
    if args.json:
        return emit([_object(copy) for copy in found])
    for copy in found:
        print_lines(
            f"{formats.dated_text(copy.made) if copy.made else '':<21}  {copy.size / 1e6:>8.1f} MB  {copy.path}"
        )
    return 0 if found else print_lines("No backups yet.")


def backup(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.list:
        return _list(args, ctx)
    gate.look_for_missing(ctx.path)
    sealed = args.encrypt or (args.file or "").lower().endswith(encryption.ENDING)
    if args.passphrase is not None and not sealed:
        raise InputError(
            f"--passphrase only works for an encrypted file. Add --encrypt, or end the name in {encryption.ENDING}."
        )
    target = args.file
    if sealed and target is not None and not os.path.isdir(os.path.expanduser(target)):
        target = target if target.lower().endswith(encryption.ENDING) else target + encryption.ENDING
    path = service.place_for(ctx, target, sealed)
    # where nobody can be asked, running the command counts as consent
    leaves = service.leaves(ctx, path)
    if leaves and not args.yes and at_terminal("stdin"):
        said = input(f"This writes your whole database, with all clients, to {path}. Continue? [y/N] ")
        if said.strip().lower() not in ("y", "yes"):
            warn("Nothing was written.")
            return 1
    made = service.make(ctx, path, passphrase.ask_new(args) if sealed else None)
    if args.json:
        return emit(_object(made))
    print_lines(f"Backup made and verified: {made.path} ({made.size / 1e6:.1f} MB)")
    if leaves:
        warn("Recorded in the export log. See it with `planner export log`.")
    return 0


def _object(copy: service.Copy) -> dict[str, object]:
    return {"path": copy.path, "size": copy.size, "made": None if copy.made is None else f"{copy.made:%Y-%m-%dT%H:%M}"}


def restore(args: argparse.Namespace, ctx: AppContext) -> int:
    with passphrase.decrypted_path(args, ctx) as path:
        passphrase.unlock_backup(args, os.path.abspath(os.path.expanduser(path)))
        return _restore(args, ctx, path)


def _restore(args: argparse.Namespace, ctx: AppContext, path: str) -> int:
    consent = args.yes
    if not consent and at_terminal("stdin"):
        path = service.check(path)
        print_lines(f"{args.file}: {_contents(service.contents(path))}")
        print_lines(f"It replaces {ctx.path}: {_contents(service.contents(ctx.path))}")
        consent = input("The current database is saved first. Restore? [y/N] ").strip().lower() in ("y", "yes")
    was_encrypted = service.is_encrypted(ctx.path)
    done = service.restore(ctx, path, consent=consent)
    print_lines(f"Restored: {args.file} ({_contents(service.contents(ctx.path))})")
    if done.taken_out:
        warn(f"Removed because they aren't planner's: {', '.join(done.taken_out)}.")
    if was_encrypted and not done.encrypted:
        warn("The old database was encrypted, but this one isn't. Run planner encrypt to encrypt it.")
    if done.saved is not None:
        print_lines(f"The old database is saved. To go back to it: planner restore {quote(done.saved)}")
    return 0


def encrypt(args: argparse.Namespace, ctx: AppContext) -> int:
    gate.look_for_missing(ctx.path)
    again = service.is_encrypted(ctx.path)
    if not again:
        warn(service.WARNING)
    secret = passphrase.get_existing(args, ctx.path) if again else passphrase.ask_new(args, warning="")
    done = service.encrypt(ctx, secret, keep=not args.ask)
    print_lines(f"{ctx.path} {'is already encrypted' if not done.changed else 'is now encrypted'} (SQLCipher 4).")
    if done.backups:
        print_lines(f"{plural(done.backups, 'backup is', 'backups are')} encrypted too.")
    if done.kept:
        print_lines("The key is in your keyring, so planner opens the database while you're logged in.")
    elif args.ask:
        print_lines("The key isn't saved, so you'll enter the passphrase each time. Scripts can't open the database.")
    else:
        print_lines(
            "No keyring is available, so planner will ask for the passphrase after your next login. "
            "To use the system keyring, run: pip install 'sales-planner[keyring]'"
        )
    if done.elsewhere:
        warn(f"Not encrypted, because you exported them earlier: {', '.join(done.elsewhere)}")
    if done.changed:
        warn(service.STAYS)
    return 0


def decrypt(args: argparse.Namespace, ctx: AppContext) -> int:
    if not service.is_encrypted(ctx.path):
        raise StateError(f"{ctx.path} isn't encrypted.")
    done = service.decrypt(ctx, passphrase.get_existing(args, ctx.path))
    return print_lines(
        f"Decrypted: {ctx.path}"
        + (f" and {plural(done.backups, 'backup', 'backups')}" if done.backups else "")
        + ". Any key saved in the keyring was removed. Anyone with this disk can read the data."
    )


def _contents(found: service.Contents | None) -> str:
    if found is None:
        return "unreadable"
    return f"{plural(found.activities, 'log entry', 'log entries')}" + (
        f", last {formats.dated_text(found.last_day)}" if found.last_day else ""
    )


def doctor(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.examine(ctx)
    well = all(finding.ok for finding in found)
    if args.json:
        emit([{"what": f.what, "ok": f.ok, "mended": f.mended, "said": f.said} for f in found])
        return 0 if well else 1
    for finding in found:
        mark = "✓" if finding.ok and not finding.mended else "↻" if finding.ok else "!"
        print_lines(f"{mark} {finding.what:<11} {finding.said}")
    return 0 if well else 1
