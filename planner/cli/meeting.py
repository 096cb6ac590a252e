"""`planner meeting`: meetings of one's own."""

from __future__ import annotations

import argparse

from planner.cli.common import Group, emit, read_due, say, whole_number
from planner.services import meetings as service
from planner.services.desk import Desk
from planner.services.meetings import Meeting


def register(commands: Group) -> None:
    """Add the group."""
    group = commands.group("meeting")
    parser = group.add("add", add, "enter a meeting")
    parser.add_argument("title", nargs="+", metavar="TITLE")
    parser.add_argument("--at", required=True, metavar="WHEN", help="a day and an hour: thu 11, tomorrow 14:30")
    parser.add_argument("--minutes", type=whole_number, default=60)
    parser.add_argument("--place", default="", metavar="TEXT")
    parser.add_argument("--contact", metavar="NAME|ID")
    parser.add_argument("--anyway", action="store_true", help="also in family or sleep")
    group.add("list", list_, "the meetings from today on", reads=True)
    parser = group.add("move", move, "put one of your own to another time")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--at", required=True, metavar="WHEN")
    parser.add_argument("--anyway", action="store_true", help="also in family or sleep")
    parser = group.add("drop", drop, "drop one of your own")
    parser.add_argument("id", type=whole_number)


def add(args: argparse.Namespace, desk: Desk) -> int:
    found = service.add(
        desk,
        " ".join(args.title),
        read_due(args.at, desk),
        minutes=args.minutes,
        place=args.place,
        contact=args.contact,
        knowingly=args.anyway,
    )
    return say(f"meeting {sentence(found)}")


def list_(args: argparse.Namespace, desk: Desk) -> int:
    found = service.listed(desk)
    if args.json:
        return emit(
            [
                {
                    "id": each.id,
                    "title": each.title,
                    "start": f"{each.start:%Y-%m-%dT%H:%M}",
                    "end": f"{each.end:%Y-%m-%dT%H:%M}",
                    "place": each.place or None,
                    "contact": each.contact,
                    "own": each.own,
                }
                for each in found
            ]
        )
    if not found:
        return say("No meeting ahead.")
    for each in found:
        say(sentence(each))
    return 0


def move(args: argparse.Namespace, desk: Desk) -> int:
    return say(f"moved: {sentence(service.move(desk, args.id, read_due(args.at, desk), knowingly=args.anyway))}")


def drop(args: argparse.Namespace, desk: Desk) -> int:
    return say(f"dropped: {sentence(service.drop(desk, args.id))}")


def sentence(found: Meeting) -> str:
    """A meeting as a line."""
    place = f", {found.place}" if found.place else ""
    who = f" ({found.contact})" if found.contact and found.contact != found.title else ""
    return f"{found.id}: {found.start:%a %Y-%m-%d %H:%M}–{found.end:%H:%M}  {found.title}{who}{place}"
