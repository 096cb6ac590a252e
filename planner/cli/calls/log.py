"""`planner log` in its full form, and corrections of logged entries. The common form is in `quick.py`."""

from __future__ import annotations

import argparse
from decimal import Decimal

from planner.cli.shared.common import (
    WHO,
    Group,
    edit_value,
    emit,
    print_lines,
    read_due,
    read_moment,
    read_when,
    whole_number,
)
from planner.cli.shared.rows import activity_object
from planner.domain import formats
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.deals import Deal
from planner.domain.day import activity
from planner.domain.errors import InputError
from planner.domain.money import parse_amount
from planner.services.calls import activity_log as service
from planner.services.calls import log_corrections
from planner.services.context import AppContext

HELP = {
    "dial": "log a call",
    "meeting-booked": "log a booked meeting",
    "meeting-held": "log a held meeting or a no-show",
    "email": "log an email",
    "stop": "log a distraction you resisted or gave in to",
}


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("log")
    for kind in activity.KINDS:
        parser = group.add(kind, add, HELP.get(kind, f"log a {kind.replace('-', ' ')}"))
        parser.set_defaults(kind=kind)
        parser.add_argument("--count", type=whole_number, default=1, metavar="N")
        _fields(parser, kind)
        if kind == "dial":
            parser.add_argument("--when", metavar="WHEN", help="with --outcome callback: when to call back")
        if kind == "deal":
            parser.add_argument("--title", metavar="TEXT", help="the contact's open deal, or the title of a new one")
    parser = group.add("list", list_, "list a day's entries", reads=True)
    parser.add_argument("--date", metavar="DATE")
    parser = group.add("edit", edit, "correct an entry")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--kind", metavar="KIND")
    parser.add_argument("--count", type=whole_number, metavar="N")
    _fields(parser)
    parser = group.add("drop", drop, "delete entries")
    parser.add_argument("id", type=whole_number, nargs="+")


def _fields(parser: argparse.ArgumentParser, kind: str = "") -> None:
    """Add the options of a row. The help of a kind leaves out what it can't have, which is refused with a sentence."""
    outcomes = activity.outcome_words(kind) if kind else ()
    shown = None if outcomes or not kind else argparse.SUPPRESS
    parser.add_argument("--outcome", metavar="|".join(outcomes) or "OUTCOME", help=shown)
    parser.add_argument("--contact", metavar="WHO", help=WHO)
    parser.add_argument("--at", metavar="WHEN", help="when it happened" + (" (default: now)" if kind else ""))
    amount = "the amount of a deal or proposal" if kind in ("", "deal", "proposal") else argparse.SUPPRESS
    parser.add_argument("--amount", metavar="V", help=amount)
    parser.add_argument("--duration", type=whole_number, metavar="MIN")
    parser.add_argument("--reason", metavar="TEXT")
    parser.add_argument("--note", metavar="TEXT")


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    outcome = activity.read_outcome(args.kind, args.outcome)
    activity.check(args.kind, outcome, args.count)
    if args.kind == "deal" and args.amount is not None:
        return _record_win(args, ctx)
    again = None if getattr(args, "when", None) is None else read_due(args.when, ctx)
    result = service.log(
        ctx,
        args.kind,
        again=again,
        outcome=outcome,
        count=args.count,
        contact=args.contact,
        moment=None if args.at is None else read_moment(args.at, ctx),
        amount=_amount(args),
        minutes=args.duration,
        reason=args.reason,
        note=args.note,
    )
    told = f" · {result.entry.contact} added" if result.made_contact else ""
    if again is not None:
        told += f", call back {formats.when_text(again, ctx.today())}"
    if result.meeting is not None:
        told = f" (for the meeting on {formats.when_text(result.meeting.start, ctx.today())})"
    return print_lines(f"Logged: {sentence(result.entry)}{told}")


def _record_win(args: argparse.Namespace, ctx: AppContext) -> int:
    """Record money won as a deal, however it was entered."""
    from planner.services.clients import deals

    amount = parse_amount(args.amount)
    found = deals.win(
        ctx,
        amount,
        contact=args.contact,
        title=args.title or "",
        moment=None if args.at is None else read_moment(args.at, ctx),
        count=args.count,
        note=args.note or "",
        reason=args.reason or "",
    )
    ids = ", ".join(str(each.id) for each in found)
    total = f"{formats.amount(amount)}{' in total' if len(found) > 1 else ''}"
    return print_lines(
        f"Won: {found[0].title}{_format_contact(found[0])}, {total} ({'deals' if len(found) > 1 else 'deal'} {ids})"
    )


def _format_contact(deal: Deal) -> str:
    return f", {deal.contact}" if deal.contact else ""


def _amount(args: argparse.Namespace) -> Decimal | None:
    return None if args.amount is None else parse_amount(args.amount)


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    day = ctx.today() if args.date is None else read_when(args.date, ctx, "past").day
    rows = service.on_day(ctx, day)
    if args.json:
        return emit([activity_object(row) for row in rows])
    if not rows:
        return print_lines(f"Nothing logged on {formats.when_text(day, ctx.today())}.")
    for row in rows:
        print_lines(f"{row.id:>6}  {sentence(row)}")
    return 0


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    given = ("kind", "count", "outcome", "contact", "at", "amount", "duration", "reason", "note")
    if all(getattr(args, name) is None for name in given):
        raise InputError("Say what to change. See `planner log edit --help`.")
    if args.kind is not None:
        activity.check(args.kind, None)
    entry = log_corrections.edit(
        ctx,
        args.id,
        kind=args.kind,
        outcome=edit_value(args.outcome),
        count=args.count,
        contact=edit_value(args.contact),
        moment=None if args.at is None else read_moment(args.at, ctx),
        amount=_amount(args),
        minutes=args.duration,
        reason=edit_value(args.reason),
        note=edit_value(args.note),
    )
    return print_lines(f"Entry {entry.id} is now: {sentence(entry)}")


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    for row in log_corrections.drop(ctx, *args.id):
        print_lines(f"Deleted entry {row.id}: {sentence(row)}")
    return 0


def sentence(row: Activity) -> str:
    """Format a log row as a line."""
    parts = [formats.dated_text(row.moment), row.label]
    if row.amount is not None:
        parts.append(formats.amount(row.amount) + (" in total" if row.count > 1 else ""))
    if row.minutes is not None:
        parts.append(formats.duration(row.minutes))
    if row.seconds:
        parts.append(f"{row.seconds // 60}:{row.seconds % 60:02}")
    parts += [text for text in (row.reason, row.note) if text]
    if row.backdated:
        parts.append("(backdated)")
    return "  ".join(parts)
