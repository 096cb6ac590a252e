"""`planner promise`: promises made to customers."""

from __future__ import annotations

import argparse
from dataclasses import replace

from planner.cli.shared.common import (
    WHO,
    Group,
    edit_value,
    emit,
    print_lines,
    read_deadline,
    read_moment,
    warn,
    whole_number,
)
from planner.cli.shared.rows import promise_sentence
from planner.domain.clients.promises import Promise, kept_rate
from planner.domain.errors import InputError
from planner.domain.typed.task_line import parse_line
from planner.services.clients import promises as service
from planner.services.context import AppContext
from planner.services.plan.calendar import OwnCalendar


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("promise")
    parser = group.add("add", add, "add a promise; it can be one line: Kim price list tomorrow 10")
    parser.add_argument("text", nargs="+", metavar="TEXT")
    parser.add_argument("--due", metavar="WHEN", help="when to keep it by: fri 14:30, tomorrow 9am")
    parser.add_argument("--contact", metavar="WHO", help=WHO)
    parser = group.add("list", list_, "list open promises, next due first; with --json, all promises", reads=True)
    parser.add_argument("--all", action="store_true", help="include kept and broken ones")
    parser.add_argument("--open", action="store_true", help="with --json, only open promises")
    parser = group.add("edit", edit, "edit an open promise")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--text", metavar="TEXT")
    parser.add_argument("--due", metavar="WHEN")
    parser.add_argument("--contact", metavar="WHO", help=WHO)
    for name, kept, about in (
        ("kept", True, "mark promises kept, or late if past their due time"),
        ("broken", False, "mark promises broken"),
        ("reopen", None, "reopen kept or broken promises"),
    ):
        parser = group.add(name, settle, about)
        parser.add_argument("id", type=whole_number, nargs="+")
        parser.set_defaults(kept=kept, at=None, note="")
        if kept is not None:
            parser.add_argument("--at", metavar="WHEN", help="when it happened (default: now)")
            parser.add_argument("--note", default="", metavar="TEXT")
    parser = group.add("drop", drop, "delete promises added by mistake")
    parser.add_argument("id", type=whole_number, nargs="+")


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.due is not None:
        promise = service.add(ctx, " ".join(args.text), read_deadline(args.due, ctx), contact=args.contact)
    else:
        line = parse_line("promise " + " ".join(args.text), ctx.now(), today=ctx.today(), calendar=OwnCalendar(ctx))
        if line.kind != "promise":
            raise InputError('By when? Add a time: Kim price list tomorrow 10, or --due "fri 14:30".')
        if args.contact is not None:
            line = replace(line, contact=args.contact)
        promise = service.quick(ctx, line)
        for text in line.said:
            warn(f"{text}.")
    print_lines(f"Promise {promise.id}: {promise_sentence(promise, ctx.now())}")
    warn(f"Read it back: “{promise.read_back(ctx.today())}”")
    return 0


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    promises = service.list_promises(ctx, settled=not args.open)
    if args.json:
        return emit([as_object(promise) for promise in promises])
    if not promises:
        return print_lines("No promises yet. Add one: planner promise add TEXT --due WHEN")
    shown = [promise for promise in promises if promise.kept is None or args.all]
    for promise in shown:
        print_lines(f"{promise.id:>4}  {promise_sentence(promise, ctx.now())}")
    rate = kept_rate(promises)
    if rate is not None:
        warn(f"{rate.words()}." + ("" if args.all else " To see them all: planner promise list --all"))
    return 0


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    changes: dict[str, object] = {}
    if args.text is not None:
        changes["text"] = args.text
    if args.due is not None:
        changes["due"] = read_deadline(args.due, ctx)
    if not changes and args.contact is None:
        raise InputError("Nothing to change. See `planner promise edit --help`.")
    promise = service.edit(ctx, args.id, changes, edit_value(args.contact))
    return print_lines(f"Promise {promise.id}: {promise_sentence(promise, ctx.now())}")


def settle(args: argparse.Namespace, ctx: AppContext) -> int:
    moment = None if args.at is None else read_moment(args.at, ctx)
    for promise in service.settle(ctx, *args.id, kept=args.kept, moment=moment, note=args.note):
        print_lines(f"Promise {promise.id}: {promise_sentence(promise, ctx.now())}")
    return 0


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    for promise in service.drop(ctx, *args.id):
        print_lines(f"Deleted promise {promise.id}: {promise.text}")
    return 0


def as_object(promise: Promise) -> dict[str, object]:
    """A promise as in `promise list --json`."""
    return {
        "id": promise.id,
        "contact": promise.contact,
        "text": promise.text,
        "due": str(promise.due),
        "state": promise.state.value,
        "settled": None if promise.settled is None else f"{promise.settled:%Y-%m-%dT%H:%M}",
        "note": promise.note or None,
    }
