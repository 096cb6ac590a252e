"""`planner today` and `planner status` the long way: another date, or a day that must be laid first."""

from __future__ import annotations

import argparse

from planner.cli import plain_json
from planner.cli.day import day_text
from planner.cli.shared.common import Group, read_when, say
from planner.domain.errors import InputError
from planner.services.context import Desk
from planner.services.day.today_store import Live

FORMATS = ("text", "tmux", "waybar", "json")


def register(commands: Group) -> None:
    """Add the commands."""
    parser = commands.add("today", today, reads=True)
    parser.add_argument("--date", metavar="DATE")
    parser = commands.add("status", status, reads=True)
    parser.add_argument("--format", default="text", metavar="|".join(FORMATS))


def today(args: argparse.Namespace, desk: Desk) -> int:
    day = desk.today() if args.date is None else read_when(args.date, desk, "near").day
    live = Live(desk)
    try:
        found = live.read(day)
        if day == desk.today() and found.odds_are_old():
            live.bring_odds_up(found)
    finally:
        live.close()
    if args.json:
        return say(plain_json.dumps(day_text.today_object(found, desk.now())))
    return say("\n".join(day_text.today_lines(found, desk.now())))


def status(args: argparse.Namespace, desk: Desk) -> int:
    if args.json:
        args.format = "json"
    if args.format not in FORMATS:
        raise InputError(f"{args.format!r} is not a format; it can be {', '.join(FORMATS)}.")
    live = Live(desk)
    try:
        found = live.read()
    finally:
        live.close()
    return say(day_text.status_text(found, desk.now(), args.format))
