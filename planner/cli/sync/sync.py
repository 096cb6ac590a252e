"""`planner sync`: the rep's devices."""

from __future__ import annotations

import argparse
import getpass
import sys

from planner.cli.shared.common import Group, emit, print_code, print_lines, warn, whole_number
from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.text import plural
from planner.platform import quote
from planner.services.context import AppContext
from planner.services.sync import devices as own_devices
from planner.services.sync import sync as service

START = """\
FOLDER is one that Syncthing, Nextcloud, Dropbox or OneDrive carries to your other devices, or a shared drive.
imap:ACCOUNT is one of your mailboxes (planner mail account list), in a mail folder of its own.
What planner puts there is encrypted. The carrier sees sizes, times and device numbers.
"""


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("sync")
    parser = group.add(
        "start", start, "sync this database with your other devices through a folder or your mailbox", reads=True
    )
    parser.add_argument("folder", metavar="FOLDER|imap:ACCOUNT")
    parser.epilog = START
    parser = group.add(
        "join", join, "fill an empty database with what your other devices have, and sync with them", reads=True
    )
    parser.add_argument("folder", metavar="FOLDER|imap:ACCOUNT")
    parser.epilog = "You're asked for the code that `planner sync start` has shown. In scripts, it's read from stdin."
    group.add("now", now, "send what changed here, and take in what changed on your other devices", reads=True)
    group.add("status", status, "whether syncing works, and what waits", reads=True)
    parser = group.add("conflicts", conflicts, "values that gave way to later ones on another device", reads=True)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--take-back", type=whole_number, metavar="ID", help="put this value back in its place")
    chosen.add_argument("--clear", action="store_true", help="forget them all")
    group.add("devices", devices, "your devices", reads=True)
    parser = group.add("retire", retire, "wait for a device no longer, such as one that was lost")
    parser.add_argument("number", type=whole_number, metavar="N")
    group.add("stop", stop, "stop syncing this device; what is on it stays")


def start(args: argparse.Namespace, ctx: AppContext) -> int:
    code = service.start(ctx, args.folder)
    warn(
        "Whoever has this code and the folder can read all that is synced. Keep it where you keep passwords; planner "
        "won't show it again."
    )
    if args.json:
        return emit({"code": code})
    if sys.stdout.isatty():
        from planner.services.phone import serving  # only here: no other command of this group draws

        if serving.has_qr():  # a camera is the quickest way into a password manager
            print_code(serving.qr_lines(code))
    return print_lines(
        f"{code}\nThat's the code to join with, on your other devices: planner sync join {quote(args.folder)}"
    )


def join(args: argparse.Namespace, ctx: AppContext) -> int:
    code = getpass.getpass("Join code (not shown): ") if sys.stdin.isatty() else sys.stdin.readline()
    if not code.strip():
        raise InputError("The code that `planner sync start` has shown is needed to join.")
    rows = service.join(ctx, args.folder, code)
    return emit({"rows": rows}) if args.json else print_lines(f"Joined: {plural(rows, 'row', 'rows')} taken in.")


def now(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.now(ctx)
    for text in found.notices:
        warn(text)
    if args.json:
        return emit({"sent": found.sent, "taken_in": found.taken, "conflicts": found.conflicts, "tidied": found.tidied})
    print_lines(f"Sent {plural(found.sent, 'change', 'changes')}, took in {found.taken:,}.")
    if found.conflicts:
        gave = plural(found.conflicts, "value gave", "values gave")
        print_lines(f"{gave} way to later ones. See planner sync conflicts.")
    return 0


def status(args: argparse.Namespace, ctx: AppContext) -> int:
    found = own_devices.status(ctx)
    if args.json:
        return emit(
            {
                "device": found.device,
                "folder": found.folder or None,
                "synced": None if found.synced is None else f"{found.synced:%Y-%m-%dT%H:%M}",
                "problem": found.problem or None,
                "waiting": found.waiting,
                "conflicts": found.conflicts,
            }
        )
    if found.device is None:
        return print_lines("This device doesn't sync. Begin with `planner sync start FOLDER` or `sync join FOLDER`.")
    when = "never" if found.synced is None else formats.near_text(found.synced, ctx.today())
    print_lines(f"device     {found.device}\nfolder     {found.folder}\nsynced     {when}")
    if found.problem:
        print_lines(f"problem    {found.problem}")
    if found.waiting:
        print_lines(f"to send    {plural(found.waiting, 'message', 'messages')}")
    if found.conflicts:
        print_lines(f"conflicts  {found.conflicts:,}  (planner sync conflicts)")
    return 0


def conflicts(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.clear:
        return print_lines(f"Cleared {plural(own_devices.drop_conflicts(ctx), 'conflict', 'conflicts')}.")
    if args.take_back is not None:
        back = own_devices.take_back(ctx, args.take_back)
        return print_lines(f"Took back: {back.what} is {back.value_text} again. Undo it with `planner undo`.")
    found = own_devices.list_conflicts(ctx)
    if args.json:
        return emit(
            [
                {
                    "id": each.id,
                    "noted": f"{each.noted:%Y-%m-%dT%H:%M}",
                    "table": each.table,
                    "row": each.row,
                    "column": each.column,
                    "title": each.title,
                    "value": each.value,
                    "now": each.now,
                    "deleted": not each.there,
                    "device": each.device,
                    "by": each.by,
                }
                for each in found
            ]
        )
    if not found:
        return print_lines("No conflicts.")
    for each in found:
        when = formats.near_text(each.noted, ctx.today())
        print_lines(f"{each.id}: {when}  {each.what}: {each.value_text} gave way to {each.now_text} (device {each.by})")
    return print_lines("To take a value back: planner sync conflicts --take-back ID")


def devices(args: argparse.Namespace, ctx: AppContext) -> int:
    found = own_devices.devices(ctx)
    if args.json:
        return emit(
            [
                {
                    "number": each.number,
                    "name": each.name,
                    "heard": None if each.heard is None else f"{each.heard:%Y-%m-%dT%H:%M}",
                    "own": each.own,
                    "retired": each.retired,
                }
                for each in found
            ]
        )
    for each in found:
        heard = (
            "not heard from yet" if each.heard is None else f"heard from {formats.near_text(each.heard, ctx.today())}"
        )
        state = "this device" if each.own else "retired" if each.retired else heard
        print_lines(f"{each.number}: {each.name or 'no name'}, {state}")
        silent = each.heard is not None and (ctx.now() - each.heard).days > own_devices.SILENT
        if silent and not each.own and not each.retired:
            print_lines(
                f"  silent for {own_devices.SILENT} days. If it isn't used any more: planner sync retire {each.number}"
            )
    return 0


def retire(args: argparse.Namespace, ctx: AppContext) -> int:
    own_devices.retire(ctx, args.number)
    return print_lines(f"Device {args.number} is retired.")


def stop(args: argparse.Namespace, ctx: AppContext) -> int:
    service.stop(ctx)
    return print_lines("This device doesn't sync any more. What is on it stays.")
