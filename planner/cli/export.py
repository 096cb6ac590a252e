"""`planner export`: what leaves the database, because the rep asks for it."""

from __future__ import annotations

import argparse

from planner.cli.common import Group, read_when, say, whole_number
from planner.domain.errors import InputError
from planner.services import events as service
from planner.services.desk import Desk

SPANS = ("day", "week", "month")


def register(commands: Group) -> None:
    """Add the group."""
    group = commands.group("export", "what you have, for other programs")
    parser = group.add("calendar", calendar, "blocks, meetings, tasks and promises with an hour, with alarms (ICS)")
    parser.add_argument("file", metavar="FILE.ics")
    parser.add_argument("--span", choices=SPANS, default="week", help="how much of the calendar (default: the week)")
    parser.add_argument("--date", metavar="DATE", help="a day of it (default: today)")
    parser.add_argument(
        "--alarm", type=whole_number, default=10, metavar="MIN", help="minutes before an hour (default 10)"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that planner didn't write")


def calendar(args: argparse.Namespace, desk: Desk) -> int:
    day = desk.today() if args.date is None else read_when(args.date, desk, "near").day
    if not 0 <= args.alarm <= 24 * 60:
        raise InputError(f"--alarm is from 0 to {24 * 60} minutes, not {args.alarm}.")
    period = service.period_of(args.span, day)
    entries = service.export_calendar(desk, args.file, period, alarm=args.alarm, force=args.force)
    span = str(period.first) if period.first == period.last else f"{period.first} to {period.last}"
    return say(f"{args.file}: {len(entries)} {'entry' if len(entries) == 1 else 'entries'}, {span}")
