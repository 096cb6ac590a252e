"""`planner find`: search all written text at once."""

from __future__ import annotations

import argparse
from contextlib import closing

from planner.cli.shared.common import Group, emit, print_lines, whole_number
from planner.domain import formats
from planner.domain.typed.search import excerpt
from planner.services.clients.client_list import Clients
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore

WORDS = {"activity": "log", "review_line": "review", "day": "evening"}
ROOM = 70


def register(commands: Group) -> None:
    """Register the command."""
    parser = commands.add("find", find, reads=True)
    parser.add_argument("text", nargs="+", metavar="TEXT")
    parser.add_argument("--limit", type=whole_number, default=30, metavar="N")


def find(args: argparse.Namespace, ctx: AppContext) -> int:
    line = " ".join(args.text)
    with closing(TodayStore(ctx)) as live:
        hits = Clients(ctx, live).hits(line, max(1, args.limit))
    if args.json:
        return emit(
            [
                {
                    "kind": WORDS.get(hit.kind, hit.kind),
                    "id": hit.id,
                    "contact": hit.name or None,
                    "company": hit.company or None,
                    "day": hit.day or None,
                    "text": hit.text,
                }
                for hit in hits
            ]
        )
    if not hits:
        return print_lines(f"No matches for {line!r}.")
    for hit in hits:
        kind = WORDS.get(hit.kind, hit.kind)
        who = ", ".join(name for name in (hit.name, hit.company) if name)
        day = formats.when_text(hit.day, ctx.today()) if hit.day else ""
        print_lines(
            "  ".join(part for part in (f"{kind:<9} {hit.id:>6}", day, who, excerpt(hit.text, line, ROOM)) if part)
        )
    return 0
