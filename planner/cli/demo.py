"""`planner demo`: the screens on a throw-away database filled with sample data."""

from __future__ import annotations

import argparse
import os
import tempfile

from planner.cli.shared.common import Group, warn, whole_number
from planner.domain.errors import InputError
from planner.platform import at_terminal
from planner.services import demo as service
from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the command."""
    parser = commands.add("demo", demo)
    parser.add_argument(
        "--months", type=whole_number, default=3, metavar="N", help="months of sample data (default: 3)"
    )


def demo(args: argparse.Namespace, ctx: AppContext) -> int:
    if not at_terminal("stdin", "stdout", "stderr"):
        raise InputError("The demo needs a terminal.")
    from planner.tui import start

    with tempfile.TemporaryDirectory(prefix="planner-demo-") as folder:
        db, settings = os.path.join(folder, "demo.db"), os.path.join(folder, "config.toml")
        if args.months > 12:
            warn(f"Creating {args.months} months of sample data …")
        service.build(AppContext(db, ctx.clock, settings), args.months)
        return start.run(db, settings, clock=ctx.clock, welcome="This is a demo: try anything, nothing is saved")
