"""`planner day`, `planner undo`, `planner redo`, `planner info`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from planner.cli.common import Group, emit, say
from planner.domain.activity import WORDS
from planner.domain.errors import StateError
from planner.services import day as service
from planner.services import history, info
from planner.services.desk import Desk


def register(commands: Group) -> None:
    """Add the commands."""
    group = commands.group("day", "open and close the day")
    parser = group.add("open", open_, "open today: its targets are frozen")
    parser.add_argument("--anew", action="store_true", help="take the targets again")
    parser = group.add("close", close, "close today: it no longer counts among the days left")
    parser.add_argument("--without-list", action="store_true", help="knowingly, without tomorrow's calling list")
    commands.add("undo", undo, "take the last change back")
    commands.add("redo", redo, "bring back what was undone last")
    parser = commands.add("history", history_, "the last changes", reads=True)
    parser.add_argument("--limit", type=int, default=20, metavar="N")
    commands.add("info", info_, "versions, and where everything lies", reads=True)


def open_(args: argparse.Namespace, desk: Desk) -> int:
    record = service.open_day(desk, anew=args.anew)
    targets = [f"{c.target:,} {WORDS[c.metric][c.target != 1]}" for c in (record.targets or {}).values() if c.target]
    return say(f"{record.day:%A} {record.day} is open: " + (", ".join(targets) or "no targets"))


def close(args: argparse.Namespace, desk: Desk) -> int:
    record = service.close_day(desk, without_list=args.without_list)
    return say(f"{record.day:%A} {record.day} is closed.")


def undo(args: argparse.Namespace, desk: Desk) -> int:
    label = history.undo(desk)
    if label is None:
        raise StateError("There is nothing to undo.")
    return say(f"undid: {label}")


def redo(args: argparse.Namespace, desk: Desk) -> int:
    label = history.redo(desk)
    if label is None:
        raise StateError("There is nothing to redo.")
    return say(f"redid: {label}")


def history_(args: argparse.Namespace, desk: Desk) -> int:
    changes = history.changes(desk, max(1, min(args.limit, 1000)))
    if args.json:
        return emit([{"id": c.id, "label": c.label, "undone": c.undone} for c in changes])
    for change in changes:
        say(f"{change.id:>6}  {change.label}" + ("  (undone)" if change.undone else ""))
    return 0 if changes else say("Nothing has been changed yet.")


def info_(args: argparse.Namespace, desk: Desk) -> int:
    found = asdict(info.gather(desk))
    if args.json:
        return emit(found)
    for name, value in found.items():
        say(f"{name.replace('_', ' '):<14} {'–' if value is None else value}")
    return 0
