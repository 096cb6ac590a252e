"""`planner words`: word lists that the rep can customise."""

from __future__ import annotations

import argparse

from planner.cli.shared.common import Group, emit, piped, print_lines
from planner.domain.text import plural
from planner.services.calls import custom_lists as service
from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("words")
    group.add("list", list_, "list the word lists", reads=True)
    parser = group.add("show", show, "show a list's lines", reads=True)
    parser.add_argument("name", metavar="NAME")
    parser = group.add("set", set_, "replace a list's lines (- to read them from standard input)")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("lines", nargs="+", metavar="LINE")
    parser = group.add("reset", reset, "reset a list to its default")
    parser.add_argument("name", metavar="NAME")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    found = [service.get(ctx, name) for name in service.names()]
    if args.json:
        return emit(
            [{"name": each.name, "title": each.title, "own": each.own, "lines": len(each.lines)} for each in found]
        )
    for each in found:
        print_lines(f"{service.shown_name(each.name):<17} {each.title}{' (edited)' if each.own else ''}: {each.about}")
    return 0


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.get(ctx, args.name)
    if args.json:
        return emit({"name": found.name, "title": found.title, "own": found.own, "lines": list(found.lines)})
    for line in found.lines:
        print_lines(line)
    return 0


def set_(args: argparse.Namespace, ctx: AppContext) -> int:
    lines = piped().splitlines() if args.lines == ["-"] else args.lines
    found = service.put(ctx, args.name, lines)
    return print_lines(f"{found.title}: {plural(len(found.lines), 'line', 'lines')}")


def reset(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.put(ctx, args.name, None)
    return print_lines(f"{found.title}: default, {plural(len(found.lines), 'line', 'lines')}")
