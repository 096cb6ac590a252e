"""`planner block`: show, move and mark the blocks of a day."""

from __future__ import annotations

import argparse
from datetime import date, time

from planner.cli.shared.common import Group, print_lines, read_when
from planner.domain import formats
from planner.domain.day.blocks import KIND_WORDS, MIDNIGHT, Block, DayBlock, minute_of, read_kind
from planner.domain.errors import InputError
from planner.services.context import AppContext
from planner.services.day import blocks as service
from planner.services.day.blocks import DayPlan


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("block")
    for name, run, about in (
        ("keep", keep, "mark a block kept"),
        ("miss", miss, "mark a block missed"),
        ("open", open_, "clear a block's mark"),
        ("drop", drop, "drop a block for the day"),
        ("restore", restore, "restore a dropped block or, without BLOCK, reset the day to the week template"),
    ):
        parser = group.add(name, run, about)
        parser.add_argument(
            "block",
            nargs="?" if name == "restore" else None,
            metavar="BLOCK",
            help="its start time, kind, name or number, or now",
        )
        _date(parser)
        if name == "restore":
            _drop(parser)
    parser = group.add("move", move, "start a block earlier or later, for this day only")
    parser.add_argument("block", metavar="BLOCK")
    parser.add_argument("begin", metavar="HH:MM")
    _date(parser)
    _drop(parser)
    parser = group.add("until", until, "end a block earlier or later, for this day only")
    parser.add_argument("block", metavar="BLOCK")
    parser.add_argument("end", metavar="HH:MM")
    _date(parser)
    _drop(parser)
    parser = group.add("add", add, "add a block to one day only")
    parser.add_argument("begin", metavar="HH:MM")
    parser.add_argument("end", metavar="HH:MM")
    parser.add_argument("kind", metavar="KIND", help=", ".join(KIND_WORDS))
    parser.add_argument("--title", default="", metavar="TEXT")
    _date(parser)
    _drop(parser)


def _date(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--date", metavar="DATE", help="the day (default: today)")


def _drop(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--drop", action="store_true", help="drop any block that no longer fits")


def clock(text: str) -> time:
    """Parse a typed time of day."""
    hours, colon, minutes = text.strip().partition(":")
    if hours.isascii() and hours.isdigit() and (minutes or ("0" if not colon else "x")).isdigit():
        hour, minute = int(hours), int(minutes or 0)
        if (hour, minute) == (24, 0):
            return time(0)
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise InputError(f"{text!r} isn't a time of day. Write it like 13:30.")


def _which(args: argparse.Namespace, ctx: AppContext) -> tuple[date, DayBlock]:
    day = _day(args, ctx)
    return day, service.find(service.read(ctx, day).blocks, args.block, ctx.now())


def _day(args: argparse.Namespace, ctx: AppContext) -> date:
    return ctx.today() if args.date is None else read_when(args.date, ctx, "near").day


def _mark(args: argparse.Namespace, ctx: AppContext, how: str | None) -> int:
    day, block = _which(args, ctx)
    service.mark(ctx, day, block, how)
    return print_lines(f"{(how or 'mark cleared').capitalize()}: {block.block}, {formats.when_text(day)}")


def keep(args: argparse.Namespace, ctx: AppContext) -> int:
    return _mark(args, ctx, "kept")


def miss(args: argparse.Namespace, ctx: AppContext) -> int:
    return _mark(args, ctx, "missed")


def open_(args: argparse.Namespace, ctx: AppContext) -> int:
    return _mark(args, ctx, None)


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    day, block = _which(args, ctx)
    service.drop(ctx, day, block)
    return print_lines(f"Dropped for {formats.when_text(day)}: {block.block}")


def restore(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.block is None:
        day = _day(args, ctx)
        return _print_plan(day, service.restore(ctx, day))
    day, block = _which(args, ctx)
    plan = service.take_back(ctx, day, block, drop=args.drop)
    return print_lines(", ".join([f"Restored on {formats.when_text(day)}: {block.block}", *plan.gave_way]))


def move(args: argparse.Namespace, ctx: AppContext) -> int:
    day, block = _which(args, ctx)
    first = minute_of(clock(args.begin))
    return _print_plan(day, service.move(ctx, day, block, first, first + block.block.minutes, drop=args.drop))


def until(args: argparse.Namespace, ctx: AppContext) -> int:
    day, block = _which(args, ctx)
    last = minute_of(clock(args.end))
    if last <= block.block.first and (block.block.kind == "sleep" or last == 0):
        last += MIDNIGHT
    return _print_plan(day, service.move(ctx, day, block, block.block.first, last, drop=args.drop))


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    day = _day(args, ctx)
    new = Block(clock(args.begin), clock(args.end), read_kind(args.kind), args.title)
    return _print_plan(day, service.add(ctx, day, new, drop=args.drop))


def _print_plan(day: date, plan: DayPlan) -> int:
    said = ", ".join(f"{each.block}{' (dropped)' if each.dropped else ''}" for each in plan.blocks)
    print_lines(f"{formats.when_text(day)}: {said}")
    return print_lines(", ".join(plan.gave_way)) if plan.gave_way else 0
