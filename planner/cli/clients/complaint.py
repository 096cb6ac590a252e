"""`planner complaint`: log a complaint and take it from apology and agreement to done and checked."""

from __future__ import annotations

import argparse
from datetime import datetime

from planner.cli.shared.common import WHO, Group, emit, print_lines, read_deadline, read_moment, warn, whole_number
from planner.domain import formats
from planner.domain.clients.complaints import KINDS, ORDER, Complaint, State, read_state
from planner.domain.errors import InputError
from planner.services.clients import complaints as service
from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("complaint")
    parser = group.add("add", add, "log a complaint and add the task to answer it")
    parser.add_argument("text", nargs="+", metavar="TEXT")
    parser.add_argument("--contact", metavar="WHO", help=WHO)
    parser.add_argument("--kind", metavar="WORD", help=f"{', '.join(KINDS)}, or your own word")
    parser.add_argument("--due", metavar="WHEN", help="when to answer by (default: care.answer working days)")
    parser.add_argument("--at", metavar="WHEN", help="when you received it (default: now)")
    parser.add_argument(
        "--apologized", "--apologised", dest="apologised", action="store_true", help="you have already apologized"
    )
    parser = group.add("list", list_, "list open complaints and recurring kinds", reads=True)
    parser.add_argument("--all", action="store_true", help="include closed ones")
    parser = group.add("answer", answer, "move a complaint forward: what you agreed on, what's been done")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("agreed", nargs="*", metavar="TEXT", help="what you agreed on")
    parser.add_argument("--agreed", dest="agreed_text", metavar="TEXT", help="the same as TEXT")
    parser.add_argument("--state", metavar="STATE", help=f"its new state: {', '.join(state.label for state in ORDER)}")
    parser.add_argument("--compensation", metavar="TEXT", help="a small extra for the trouble")
    parser.add_argument("--escalate", metavar="TO", help="who you escalated it to, such as your boss")
    parser.add_argument("--due", metavar="WHEN", help="when it must be done by or, once done, when to follow up")
    parser = group.add("drop", drop, "delete a complaint typed by mistake")
    parser.add_argument("id", type=whole_number)


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.contact is None:
        raise InputError("Who is it from? Add --contact NAME.")
    if args.kind is None:
        raise InputError(f"What kind is it? Add --kind {'|'.join(KINDS)}, or your own word.")
    complaint = service.add(
        ctx,
        " ".join(args.text),
        contact=args.contact,
        kind=args.kind,
        due=None if args.due is None else read_deadline(args.due, ctx),
        received=None if args.at is None else read_moment(args.at, ctx),
        apologised=args.apologised,
    )
    print_lines(f"Complaint {complaint.id}: {sentence(complaint, ctx.now())}")
    _say_repeated(ctx, complaint.kind)
    return 0


def _say_repeated(ctx: AppContext, kind: str | None = None) -> None:
    for name, count in service.list_complaints(ctx).repeated.items():
        if kind is None or name == kind.casefold():
            warn(f"{count} {name} complaints in 90 days. Time to fix the cause.")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.list_complaints(ctx, checked=args.all)
    if args.json:
        return emit([as_object(row) | {"repeated": row.kind.casefold() in found.repeated} for row in found.rows])
    for row in found.rows:
        print_lines(f"{row.id:>4}  {sentence(row, ctx.now())}")
    if not found.rows:
        print_lines("No open complaints." if not args.all else service.NO_COMPLAINTS)
    _say_repeated(ctx)
    return 0


def answer(args: argparse.Namespace, ctx: AppContext) -> int:
    agreed = args.agreed_text or " ".join(args.agreed) or None
    complaint = service.answer(
        ctx,
        args.id,
        state=None if args.state is None else read_state(args.state),
        agreed=agreed,
        compensation=args.compensation,
        escalated=args.escalate,
        due=None if args.due is None else read_deadline(args.due, ctx),
    )
    print_lines(f"Complaint {complaint.id}: {sentence(complaint, ctx.now())}")
    if complaint.what_next():
        print_lines(f"Next: {complaint.what_next()}  {formats.when_text(complaint.due, ctx.today())}")
    return 0


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    complaint = service.drop(ctx, args.id)
    return print_lines(f"Deleted complaint {complaint.id}: {complaint.kind}")


def as_object(complaint: Complaint) -> dict[str, object]:
    """A complaint as in `complaint list --json`."""
    return {
        "id": complaint.id,
        "contact": complaint.contact,
        "kind": complaint.kind,
        "text": complaint.text,
        "received": str(complaint.received),
        "due": str(complaint.due),
        "state": complaint.state.value,
        "agreed": complaint.agreed or None,
        "compensation": complaint.compensation or None,
        "escalated": complaint.escalated or None,
        "done": None if complaint.done_on is None else complaint.done_on.isoformat(),
    }


def sentence(complaint: Complaint, now: datetime, *, named: bool = True) -> str:
    """Format a complaint as a line. An overdue one starts with a mark."""
    due = formats.when_text(complaint.due, now.date())
    parts = ["! overdue"] if complaint.overdue(now) else []
    parts.append(complaint.state.label)
    if named and complaint.contact:
        parts.append(complaint.contact)
    parts.append(f"{complaint.kind}: {' '.join(complaint.text.split())}")
    if complaint.agreed:
        parts.append(f"agreed: {complaint.agreed}")
    if complaint.compensation:
        parts.append(f"compensation: {complaint.compensation}")
    if complaint.escalated:
        parts.append(f"escalated to {complaint.escalated}")
    if complaint.state is not State.CHECKED:
        parts.append(f"{'check' if complaint.state is State.DONE else 'due'} {due}")
    return "  ".join(parts)
