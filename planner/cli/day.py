"""`planner day` and `planner info`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from planner.cli.common import Group, emit, say
from planner.domain.activity import WORDS
from planner.services import day as service
from planner.services import info
from planner.services.desk import Desk


def register(commands: Group) -> None:
    """Add the commands."""
    group = commands.group("day", "open and close the day")
    parser = group.add("open", open_, "open today: its targets are frozen")
    parser.add_argument("--anew", action="store_true", help="take the targets again")
    parser = group.add("close", close, "close today: it no longer counts among the days left")
    parser.add_argument("--without-list", action="store_true", help="knowingly, without tomorrow's calling list")
    commands.add("info", info_, "versions, and where everything lies", reads=True)


def open_(args: argparse.Namespace, desk: Desk) -> int:
    record = service.open_day(desk, anew=args.anew)
    targets = [f"{c.target:,} {WORDS[c.metric][c.target != 1]}" for c in (record.targets or {}).values() if c.target]
    return say(f"{record.day:%A} {record.day} is open: " + (", ".join(targets) or "no targets"))


def close(args: argparse.Namespace, desk: Desk) -> int:
    record = service.close_day(desk, without_list=args.without_list)
    return say(f"{record.day:%A} {record.day} is closed.")


def info_(args: argparse.Namespace, desk: Desk) -> int:
    found = asdict(info.gather(desk))
    if args.json:
        return emit(found)
    for name, value in found.items():
        say(f"{name.replace('_', ' '):<14} {'–' if value is None else value}")
    return 0
