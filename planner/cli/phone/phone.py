"""`planner phone`: the page for the rep's phone."""

from __future__ import annotations

import argparse
import json
import sys
import threading

from planner.cli.shared.common import Group, emit, print_code, print_lines, warn, whole_number
from planner.domain import formats
from planner.services.context import AppContext
from planner.services.phone import devices as phones
from planner.services.phone import serving

START = """\
Serves a page for your phone from this computer: today's figures, who to call next, promises, callbacks and tasks. Scan
the code to pair a phone. Press Enter for a new code, Ctrl+C to stop.

It listens on this computer only, for tailscale serve or another proxy to pass on with HTTPS; --url says at which
address. --listen opens it to a network without encryption, so only use that at home. See docs/phone.md.
"""


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("phone")
    parser = group.add("start", start, "serve the page for your phone until you stop it", reads=True)
    parser.add_argument("--listen", metavar="ADDRESS", help="listen on this address of this computer, without HTTPS")
    parser.add_argument("--port", type=whole_number, metavar="N", help="the port (phone.port)")
    parser.add_argument("--url", help="the address at which a proxy offers the page (phone.url)")
    parser.epilog = START
    group.add("devices", devices, "your paired phones", reads=True)
    parser = group.add("revoke", revoke, "lock a phone out, such as one that was lost")
    parser.add_argument("number", type=whole_number, metavar="N")


def start(args: argparse.Namespace, ctx: AppContext) -> int:
    serving.require_extra()
    where = serving.address(ctx, args.listen, args.port, args.url)
    server = serving.PhoneServer(ctx, where)

    def show() -> None:
        link = server.new_link()
        if args.json:  # one line for each code, for the program that started this one
            line = {"link": link, "code": serving.qr_lines(link), "local": where.is_local, "secure": where.is_secure}
            print(json.dumps(line), flush=True)
            return
        _show_link(link, where)

    def listen_to_keys() -> None:
        for _ in sys.stdin or ():
            show()
        if args.json:
            server.stop()  # the program that started this one has ended

    def ready() -> None:
        show()
        if args.json or _at_terminal():
            threading.Thread(target=listen_to_keys, daemon=True, name="planner-keys").start()

    server.run(ready)
    if not args.json:
        print_lines("Stopped. Your phone keeps what you do on it until it can send it.")
    return 0


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _show_link(link: str, where: serving.Address) -> None:
    if not where.is_local:
        print_code(serving.qr_lines(link))
    print_lines(link)
    if where.is_local:
        print_lines(
            "This link pairs a browser on this computer. For your phone, run `tailscale serve` or another proxy and "
            "give its address with --url, or use --listen at home. docs/phone.md shows both."
        )
    else:
        print_lines("Scan the code with your phone's camera. It pairs one phone and is good for ten minutes.")
    if not where.is_secure:
        warn("Without HTTPS, whoever is in the same network can read along. Only use this at home.")
    print_lines("Enter shows a new code, Ctrl+C stops." if _at_terminal() else "Ctrl+C stops.")
    sys.stdout.flush()


def devices(args: argparse.Namespace, ctx: AppContext) -> int:
    found = phones.Phones(ctx).all()
    if args.json:
        return emit(
            [
                {
                    "number": each.number,
                    "name": each.name,
                    "paired": f"{each.paired:%Y-%m-%dT%H:%M}",
                    "seen": f"{each.seen:%Y-%m-%dT%H:%M}",
                }
                for each in found
            ]
        )
    if not found:
        return print_lines("No phone is paired. Pair one: planner phone")
    today = ctx.today()
    for each in found:
        used = f"last used {formats.near_text(each.seen, today)}"
        print_lines(f"{each.number}: {each.name}, paired {formats.near_text(each.paired, today)}, {used}")
    return 0


def revoke(args: argparse.Namespace, ctx: AppContext) -> int:
    phones.Phones(ctx).revoke(args.number)
    return print_lines(f"Phone {args.number} can't read or change anything any more.")
