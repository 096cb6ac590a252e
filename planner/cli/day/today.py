"""`planner today` and `planner status` on the slow path: another date, or a day whose snapshot must be built first."""

from __future__ import annotations

import argparse

from planner.cli import plain_json
from planner.cli.day import day_text
from planner.cli.shared.common import Group, print_lines, read_when
from planner.domain.errors import InputError
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore

FORMATS = ("text", "tmux", "waybar", "json")


def register(commands: Group) -> None:
    """Register the commands."""
    parser = commands.add("today", today, reads=True)
    parser.add_argument("--date", metavar="DATE")
    parser = commands.add("status", status, reads=True)
    parser.add_argument("--format", default="text", metavar="|".join(FORMATS))


def today(args: argparse.Namespace, ctx: AppContext) -> int:
    day = ctx.today() if args.date is None else read_when(args.date, ctx, "near").day
    live = TodayStore(ctx)
    try:
        found = live.read(day)
        if day == ctx.today() and found.odds_are_old():
            live.bring_odds_up(found)
    finally:
        live.close()
    if args.json:
        return print_lines(plain_json.dumps(day_text.today_object(found, ctx.now())))
    return print_lines("\n".join(day_text.today_lines(found, ctx.now())))


def status(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.json:
        args.format = "json"
    if args.format not in FORMATS:
        raise InputError(f"{args.format!r} isn't a format. Use one of: {', '.join(FORMATS)}.")
    live = TodayStore(ctx)
    try:
        found = live.read()
    finally:
        live.close()
    return print_lines(day_text.status_text(found, ctx.now(), args.format))
