"""`planner undo`, `planner redo`, `planner history`."""

from __future__ import annotations

import argparse

from planner.cli.shared.common import Group, emit, print_lines
from planner.domain.errors import StateError
from planner.services import history
from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the commands."""
    commands.add("undo", undo)
    commands.add("redo", redo)
    parser = commands.add("history", history_, reads=True)
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="changes to show (default: 20)")


def undo(args: argparse.Namespace, ctx: AppContext) -> int:
    label = history.undo(ctx)
    if label is None:
        raise StateError("There's nothing to undo.")
    return print_lines(f"Undid: {label}")


def redo(args: argparse.Namespace, ctx: AppContext) -> int:
    label = history.redo(ctx)
    if label is None:
        raise StateError("There's nothing to redo.")
    return print_lines(f"Redid: {label}")


def history_(args: argparse.Namespace, ctx: AppContext) -> int:
    changes = history.changes(ctx, max(1, min(args.limit, 1000)))
    if args.json:
        return emit([{"id": c.id, "label": c.label, "undone": c.undone} for c in changes])
    for change in changes:
        print_lines(f"{change.id:>6}  {change.label}" + ("  (undone)" if change.undone else ""))
    return 0 if changes else print_lines("No changes yet.")
