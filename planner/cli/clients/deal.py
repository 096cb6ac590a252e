"""`planner deal`: the pipeline, and booking a win."""

from __future__ import annotations

import argparse
from datetime import datetime
from decimal import Decimal

from planner.cli.shared import rows
from planner.cli.shared.common import Group, add_fields, emit, given, read_moment, say, warn, whole_number
from planner.domain import fields, formats
from planner.domain.clients.deals import FIELDS, OPEN_STAGES, TERMS, Deal, Stage
from planner.domain.errors import InputError
from planner.domain.money import parse_amount
from planner.services.clients import deals as service
from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the command group."""
    stages = "|".join(OPEN_STAGES)
    group = commands.group("deal")
    parser = group.add("add", add, "add an open deal")
    parser.add_argument("title", nargs="+", metavar="TITLE")
    add_fields(parser, FIELDS)
    parser.add_argument("--stage", default="talk", metavar=stages)
    parser = group.add("list", list_, "open deals; as JSON, which says each one's stage, all", reads=True)
    parser.add_argument("--all", action="store_true", help="also what is won or lost")
    parser.add_argument("--open", action="store_true", help="with --json: only the open ones")
    parser.add_argument("--stage", metavar="|".join(Stage), help="those of one stage")
    parser = group.add("show", show, "one deal, and what it has booked", reads=True)
    parser.add_argument("id", type=whole_number)
    parser = group.add("edit", edit, "change a deal; `none` clears a field")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--title", metavar="TEXT")
    add_fields(parser, FIELDS)
    parser = group.add("move", move, "move an open deal to another stage")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("stage", metavar=stages)
    parser = group.add("won", won, "win a deal: its value is booked on the day")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--amount", metavar="V", help="what it brings in all (default: its value)")
    parser.add_argument("--part", metavar="V", help="book only this part now; the rest comes by `deal pay`")
    add_fields(parser, TERMS)
    _on(parser)
    parser = group.add("renew", renew, "open the renewal of a won deal, until its next end")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--value", metavar="V", help="default: what it brought before")
    add_fields(parser, TERMS)
    for name, run, about in (
        ("pay", pay, "book a further part payment of a won deal"),
        ("refund", refund, "take booked money back on the day it goes back"),
    ):
        parser = group.add(name, run, about)
        parser.add_argument("id", type=whole_number)
        parser.add_argument("amount", metavar="V")
        _on(parser)
    parser = group.add("lost", lost, "lose a deal, with its reason")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--reason", default="", metavar="TEXT")
    _on(parser)
    parser = group.add("reopen", reopen, "take a win or a loss back, and what it had booked")
    parser.add_argument("id", type=whole_number)
    parser = group.add("drop", drop, "delete deals typed by mistake, and what they have booked")
    parser.add_argument("id", type=whole_number, nargs="+")


def _on(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", "--at", dest="on", metavar="DATE", help="the day it happened (default: now)")


def _stage(text: str) -> Stage:
    try:
        return Stage(text.lower())
    except ValueError as error:
        raise InputError(f"{text!r} is not a stage; it can be {', '.join(Stage)}.") from error


def _moment(args: argparse.Namespace, ctx: AppContext) -> datetime | None:
    return None if args.on is None else read_moment(args.on, ctx)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else parse_amount(text)


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    wanted = given(args, FIELDS, ctx) | {"contact": args.contact, "company": args.company}
    deal = service.add(ctx, " ".join(args.title), stage=_stage(args.stage), **wanted)
    return say(f"deal {deal.id}: {sentence(deal)}")


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    changes = given(args, FIELDS, ctx)
    contact, company = changes.pop("contact", None), changes.pop("company", None)
    if args.title is not None:
        changes["title"] = args.title
    if not changes and contact is None and company is None:
        raise InputError("Nothing to change was given; see `planner deal edit --help`.")
    deal = service.edit(ctx, args.id, changes, contact=contact, company=company)
    return say(f"deal {deal.id}: {sentence(deal)}")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    deals = service.listed(ctx, stage=_stage(args.stage) if args.stage else None, closed=not args.open)
    if args.json:
        return emit([as_object(deal) for deal in deals])
    if not deals:
        return say("No deals yet: planner deal add TITLE" if not args.stage else f"No deals at {args.stage}.")
    shown = [deal for deal in deals if deal.stage.open or args.all or args.stage]
    for deal in shown:
        say(f"{deal.id:>5}  {sentence(deal)}")
    if len(shown) < len(deals):
        warn(f"{len(deals) - len(shown):,} won or lost: planner deal list --all")
    return 0


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    deal, booked = service.show(ctx, args.id)
    if args.json:
        return emit(as_object(deal) | {"bookings": [rows.activity_object(entry) for entry in booked]})
    say(f"{deal.id:>5}  {sentence(deal)}")
    for entry in booked:
        say(f"       {entry.moment:%Y-%m-%d}  {entry.kind}  {formats.amount(entry.amount or 0)}")
    for field in FIELDS:
        if field.name not in _IN_SENTENCE and (text := field.plain(deal)):
            say(f"       {field.name}: {text}")
    return 0


_IN_SENTENCE = (
    "title", "contact", "company", "value", "stage", "closed", "expected_close", "booked", "reason",
    *(field.name for field in TERMS),
)  # fmt: skip


def move(args: argparse.Namespace, ctx: AppContext) -> int:
    deal = service.move(ctx, args.id, _stage(args.stage))
    return say(f"deal {deal.id} is at {deal.stage}: {deal.title}")


def won(args: argparse.Namespace, ctx: AppContext) -> int:
    deal, follows = service.won(
        ctx,
        args.id,
        amount=_amount(args.amount),
        part=_amount(args.part),
        moment=_moment(args, ctx),
        **given(args, TERMS, ctx),
    )
    say(f"deal {deal.id} is won: {deal.title}, {formats.amount(deal.booked)} booked on {deal.closed}")
    for task in follows:
        say(f"task {task.id}: {task.title}  {task.due}")
    if deal.contact is not None:
        ask = f"planner contact add NAME --referrer {deal.contact_id}"
        warn(f"content? Ask {deal.contact} who else should know of you: {ask}")
    return 0


def renew(args: argparse.Namespace, ctx: AppContext) -> int:
    deal = service.renew(ctx, args.id, value=_amount(args.value), **given(args, TERMS, ctx))
    return say(f"deal {deal.id}: {sentence(deal)}")


def pay(args: argparse.Namespace, ctx: AppContext) -> int:
    return _pay(args, ctx, parse_amount(args.amount), "paid")


def refund(args: argparse.Namespace, ctx: AppContext) -> int:
    return _pay(args, ctx, -parse_amount(args.amount), "refunded")


def _pay(args: argparse.Namespace, ctx: AppContext, amount: Decimal, word: str) -> int:
    moment = _moment(args, ctx)
    deal = service.pay(ctx, args.id, amount, moment=moment)
    day = ctx.clock.day_of(moment or ctx.now())
    return say(f"{word}: {formats.amount(abs(amount))} on {day}, {deal.title}: {formats.amount(deal.booked)} booked")


def lost(args: argparse.Namespace, ctx: AppContext) -> int:
    deal = service.lost(ctx, args.id, reason=args.reason, moment=_moment(args, ctx))
    return say(f"deal {deal.id} is lost: {deal.title}" + (f", {deal.reason}" if deal.reason else ""))


def reopen(args: argparse.Namespace, ctx: AppContext) -> int:
    deal, taken = service.reopen(ctx, args.id)
    less = f"; {formats.amount(taken)} isn't booked any more" if taken else ""
    return say(f"deal {deal.id} is at {deal.stage} again: {deal.title}{less}")


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    for deal in service.drop(ctx, *args.id):
        say(f"dropped deal {deal.id}: {sentence(deal)}")
    return 0


def as_object(deal: Deal) -> dict[str, object]:
    """A deal as in `deal list --json`."""
    return fields.as_object(deal, FIELDS)


def sentence(deal: Deal, *, named: bool = True) -> str:
    """Format a deal as a line."""
    parts = [deal.title]
    if named:
        parts += list(dict.fromkeys(name for name in (deal.contact, deal.company) if name))
    if deal.value is not None:
        parts.append(formats.amount(deal.value))
    parts.append(deal.stage.value if deal.closed is None else f"{deal.stage} {deal.closed}")
    if deal.stage is Stage.WON and deal.booked != deal.value:
        parts.append(f"{formats.amount(deal.booked)} booked")
    if deal.stage.open and deal.expected_close is not None:
        parts.append(f"by {deal.expected_close}")
    if deal.contract_end is not None:
        parts.append(f"runs until {deal.contract_end}")
    if deal.reason:
        parts.append(deal.reason)
    return "  ".join(parts)
