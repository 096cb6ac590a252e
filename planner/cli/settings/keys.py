"""`planner keys`: every key in effect, by its id."""

from __future__ import annotations

import argparse

from planner.cli.shared.common import Group, emit, print_lines, warn
from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the command."""
    parser = commands.add("keys", keys, reads=True)
    parser.add_argument("text", nargs="*", metavar="TEXT", help="show only what contains this text")


def keys(args: argparse.Namespace, ctx: AppContext) -> int:
    from planner.tui import keys as sheet  # imports Textual and all screens

    usable, problems = sheet.check(ctx.config.keys)
    asked = " ".join(args.text).casefold()
    rows = [
        (each, sheet.pressed(each, usable))
        for each in sheet.commands()
        if asked in f"{each.where} {each.id} {each.about}".casefold()
    ]
    if args.json:
        return emit(
            [
                {
                    "where": each.where,
                    "id": each.id,
                    "keys": list(pressed),
                    "about": each.about,
                    "own": each.id in usable,
                }
                for each, pressed in rows
            ]
        )
    where = ""
    for each, pressed in rows:
        if each.where != where:
            where = each.where
            print_lines(f"{where}")
        mark = "*" if each.id in usable else " "
        print_lines(f" {mark} {' '.join(pressed):<16} {each.id:<22} {each.about}")
    if not rows:
        print_lines(f"No keys match {asked!r}.")
    elif usable:
        print_lines("* marks your own keys, from [keys] in the settings.")
    for problem in problems:
        warn(f"Settings: {problem}")
    return 0
