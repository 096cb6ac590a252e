"""`planner day` starts and ends a day, and `planner info` describes the installation."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict

from planner.cli.shared.common import Group, emit, print_lines, read_when, warn
from planner.cli.shared.plan_text import like_last
from planner.domain import formats
from planner.domain.day.activity import WORDS
from planner.domain.day.blocks import Piece
from planner.domain.day.day import CloseWords
from planner.domain.day.day_progress import BLOCK_WORDS, clock_text
from planner.domain.errors import InputError
from planner.domain.text import plural
from planner.services import info
from planner.services.context import AppContext
from planner.services.day import day as service
from planner.services.day import morning
from planner.services.day.day import DayLog
from planner.services.day.today_store import TodayStore
from planner.services.plan import new_month


def register(commands: Group) -> None:
    """Register the commands."""
    group = commands.group("day")
    parser = group.add("open", open_, "start your day: set its targets, blocks and top three")
    parser.add_argument("--recalculate", dest="anew", action="store_true", help="set today's targets again")
    parser.add_argument("--anew", action="store_true", help=argparse.SUPPRESS)
    parser = group.add("close", close, "end your day, so it's no longer counted in the days left")
    parser.add_argument(
        "--date", metavar="DATE", help="the day (default: today, or yesterday after midnight if you haven't ended it)"
    )
    parser.add_argument("--without-list", action="store_true", help="end the day even without tomorrow's calling list")
    parser.add_argument("--well", default="", metavar="TEXT", help="what went well")
    parser.add_argument("--wrong", default="", metavar="TEXT", help="what went wrong")
    parser.add_argument("--else", dest="what_else", default="", metavar="TEXT", help="what else you could do")
    parser.add_argument("--try", dest="will_try", default="", metavar="TEXT", help="what you'll try tomorrow")
    parser = group.add("show", show, "show a day's blocks, distractions and evening notes", reads=True)
    parser.add_argument("--date", metavar="DATE")
    parser.add_argument("--to", metavar="DATE", help="show all days up to this one (a list with --json)")
    commands.add("info", info_, reads=True)


def open_(args: argparse.Namespace, ctx: AppContext) -> int:
    record = service.open_day(ctx, anew=args.anew)
    targets = [f"{c.target:,} {WORDS[c.metric][c.target != 1]}" for c in (record.targets or {}).values() if c.target]
    print_lines(f"Started {formats.when_text(record.day)}: " + (", ".join(targets) or "no targets"))
    with closing(TodayStore(ctx)) as live:
        for text in live.read().midway.splitlines():
            print_lines(text)
    _offer_new_month(ctx)
    kept = morning.read(ctx).kept
    for text in kept.corrections:
        print_lines(f"From your review: {text}")
    for text in kept.aims:
        print_lines(f"This week's aim: {text}")
    return 0


def close(args: argparse.Namespace, ctx: AppContext) -> int:
    said = CloseWords(args.well, args.wrong, args.what_else, args.will_try)
    day = None if args.date is None else read_when(args.date, ctx, "past").day
    record = service.close_day(
        ctx, without_list=args.without_list, said=said if said != CloseWords() else None, day=day
    )
    print_lines(f"Ended {formats.when_text(record.day)}.")
    if day is None and record.day != ctx.today():
        print_lines(f"You haven't started {formats.when_text(ctx.today())} yet: planner day open")
    _offer_new_month(ctx)
    return 0


def _offer_new_month(ctx: AppContext) -> None:
    """If the new month has no plan yet, say so and name the command that sets one."""
    month = new_month.due_month(ctx)
    if month is not None:
        print_lines(f"{formats.month_text(month.first)} has no plan yet. Copy last month's: {like_last(month)}")


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    first = ctx.today() if args.date is None else read_when(args.date, ctx, "near").day
    if args.to is None:
        found = service.log(ctx, first)
        return emit(as_object(found)) if args.json else _print_record(found)
    last = read_when(args.to, ctx, "near").day
    if not 0 <= (last - first).days <= 366:
        raise InputError("The last day can't be before the first, or more than a year after it.")
    found_all = service.logs(ctx, first, last)
    if args.json:
        return emit([as_object(found) for found in found_all])
    for number, found in enumerate(found_all):
        if number:
            print_lines("")
        _print_record(found)
    return 0


def as_object(found: DayLog) -> dict[str, object]:
    """A day as in `day show --json`: the data that the review reads."""
    record, said = found.record, found.record.words
    return {
        "date": record.day.isoformat(),
        "working_weight": found.weight,
        "opened_at": None if record.opened_at is None else record.opened_at.isoformat(timespec="minutes"),
        "closed_at": None if record.closed_at is None else record.closed_at.isoformat(timespec="minutes"),
        "without_list": record.note == "without list",
        "blocks": [_block(piece, state) for piece, state in found.pieces],
        "stops": [
            {"at": at.isoformat(timespec="minutes"), "outcome": outcome, "kind": kind or None}
            for at, outcome, kind in found.stops
        ],
        "top_three": {"done_before_noon": found.top[0], "of": found.top[1]},
        "list": {"for": found.list_day.isoformat(), "count": found.listed},
        "said": {name: text or None for name, text in asdict(said).items()},
    }


def _block(piece: Piece, state: str | None) -> dict[str, object]:
    return {
        "start": clock_text(piece.first),
        "end": clock_text(piece.last),
        "kind": piece.kind,
        "state": None if state in ("before", "free") else state,
        "title": piece.title or None,
        "meeting": piece.position is None,
        "in_protected_time": piece.clash or None,
    }


def _print_record(found: DayLog) -> int:
    record = found.record
    state = "ended" if record.closed else "started" if record.opened else "not started"
    print_lines(f"{formats.when_text(record.day)} ({state})")
    for piece, state_ in found.pieces:
        name = piece.title or BLOCK_WORDS[piece.kind]
        clash = f"  ! overlaps {piece.clash}" if piece.clash else ""
        told = {None: "?", "short": "partly kept", "before": "before you started using planner"}.get(state_, state_)
        print_lines(f"  {clock_text(piece.first)}–{clock_text(piece.last)}  {name:<18} {told}{clash}")
    if found.top[1]:
        print_lines(f"  Top three: {found.top[0]} of {found.top[1]} done before noon")
    for at, outcome, kind in found.stops:
        print_lines(f"  {at:%H:%M}  {'Gave in' if outcome == 'given-in' else 'Distraction resisted'}  {kind}".rstrip())
    words = zip(
        ("What went well", "What went wrong", "What else", "To try"), asdict(record.words).values(), strict=True
    )
    for name, text in words:
        if text:
            print_lines(f"  {name}: {text}")
    if record.closed:
        print_lines(
            f"  Calling list for {formats.when_text(found.list_day)}: {plural(found.listed, 'contact', 'contacts')}"
        )
    return 0


def _plain(name: str, value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value / 1e6:.1f} MB" if name == "size" and isinstance(value, int) else str(value)


def info_(args: argparse.Namespace, ctx: AppContext) -> int:
    found = asdict(info.gather(ctx))
    if args.json:
        return emit(found)
    warning = found.pop("warning")
    for name, value in found.items():
        print_lines(f"{name.replace('_', ' '):<14} {_plain(name, value)}")
    if warning is not None:
        warn(warning)
    return 0
