"""`planner week`: the week templates."""

from __future__ import annotations

import argparse

from planner.cli.day.block import clock
from planner.cli.shared.common import Group, emit, print_lines
from planner.domain.day.blocks import KIND_WORDS, Block, WeekTemplate, read_kind
from planner.domain.errors import StateError
from planner.domain.workdays import WEEKDAYS
from planner.services.context import AppContext
from planner.services.day import week as service


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("week")
    group.add("list", list_, "list your weeks", reads=True)
    parser = group.add("show", show, "show a week's blocks (default: the week in use)", reads=True)
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser = group.add("use", use, "plan your days from a week, except days you've started")
    parser.add_argument("name", metavar="NAME")
    parser = group.add("new", new, "add a week as a copy of another")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--like", metavar="NAME", help="the week to copy (default: the week in use)")
    parser = group.add("rename", rename, "rename a week")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("to", metavar="NEW")
    parser = group.add("drop", drop, "delete a week of your own, or reset a built-in one")
    parser.add_argument("name", metavar="NAME")
    parser = group.add("set", set_, "set a block on some weekdays: others make room for it")
    _block(parser)
    parser.add_argument("kind", metavar="KIND", help=", ".join(KIND_WORDS))
    parser.add_argument("--title", default="", metavar="TEXT")
    parser.add_argument("--drop", action="store_true", help="drop any block that no longer fits")
    parser = group.add("clear", clear, "remove the block between two times from some weekdays")
    _block(parser)


def _block(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("days", metavar="DAYS", help="mon, mon-fri, sat,sun or all")
    parser.add_argument("begin", metavar="HH:MM")
    parser.add_argument("end", metavar="HH:MM")
    parser.add_argument("--week", metavar="NAME", help="the week (default: the week in use)")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    there = service.templates(ctx)
    if args.json:
        return emit([{"name": each.name, "in_force": each.used, "own": each.id != 0} for each in there])
    for each in there:
        print_lines(f"{'▸' if each.used else ' '} {each.name}{'' if each.id else '  (built in)'}")
    return 0


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    return _print_template(service.find(ctx, args.name), as_json=args.json)


def _print_template(template: WeekTemplate, *, as_json: bool = False) -> int:
    if as_json:
        days = {
            name: [
                {"start": f"{b.start:%H:%M}", "end": f"{b.end:%H:%M}", "kind": b.kind, "title": b.title or None}
                for b in blocks
            ]
            for name, blocks in zip(WEEKDAYS, template.days, strict=True)
        }
        return emit({"name": template.name, "in_force": template.used, "days": days})
    print_lines(f"{template.name}{' (in use)' if template.used else ''}")
    for name, blocks in zip(WEEKDAYS, template.days, strict=True):
        print_lines(f"  {name[:3].capitalize()}  " + (", ".join(str(block) for block in blocks) or "free"))
    return 0


def _said(ctx: AppContext) -> str:
    return ctx.said[:1].upper() + ctx.said[1:]


def use(args: argparse.Namespace, ctx: AppContext) -> int:
    service.use(ctx, service.find(ctx, args.name))
    return print_lines(_said(ctx))


def new(args: argparse.Namespace, ctx: AppContext) -> int:
    service.create(ctx, args.name, service.find(ctx, args.like))
    return print_lines(f"{_said(ctx)}. Use it with `planner week use`.")


def rename(args: argparse.Namespace, ctx: AppContext) -> int:
    service.rename(ctx, service.find(ctx, args.name), args.to)
    return print_lines(_said(ctx))


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    service.drop(ctx, service.find(ctx, args.name))
    return print_lines(_said(ctx))


def set_(args: argparse.Namespace, ctx: AppContext) -> int:
    template = service.find(ctx, args.week)
    block = Block(clock(args.begin), clock(args.end), read_kind(args.kind), args.title)
    for sentence in service.put_block(ctx, template, service.weekdays(args.days), None, block, drop=args.drop):
        print_lines(sentence)
    return _print_template(service.find(ctx, template.name))


def clear(args: argparse.Namespace, ctx: AppContext) -> int:
    template = service.find(ctx, args.week)
    begin, end = clock(args.begin), clock(args.end)
    gone = 0
    kept: dict[int, list[Block]] = {}
    for weekday in service.weekdays(args.days):
        blocks = template.days[weekday]
        kept[weekday] = [block for block in blocks if not (block.start == begin and block.end == end)]
        gone += len(blocks) - len(kept[weekday])
    if not gone:
        raise StateError(f"No block runs from {begin:%H:%M} to {end:%H:%M} on those days. See `planner week show`.")
    service.put_days(ctx, template, kept, f"removed {begin:%H:%M}–{end:%H:%M} from {template.name}")
    return _print_template(service.find(ctx, template.name))
