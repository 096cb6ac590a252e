"""`planner deal`: the pipeline, and logging a win."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from decimal import Decimal

from planner.cli.shared import rows
from planner.cli.shared.common import (
    Group,
    add_fields,
    emit,
    given_fields,
    print_lines,
    read_moment,
    warn,
    whole_number,
)
from planner.domain import fields, formats
from planner.domain.clients.deals import FIELDS, OPEN_STAGES, TERMS, Deal, Stage
from planner.domain.errors import InputError
from planner.domain.money import parse_amount
from planner.services.clients import deals as service
from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the command group."""
    stages = "|".join(stage.label for stage in OPEN_STAGES)
    group = commands.group("deal")
    parser = group.add("add", add, "add an open deal")
    parser.add_argument("title", nargs="+", metavar="TITLE")
    add_fields(parser, FIELDS)
    parser.add_argument("--stage", default=Stage.TALK.label, metavar=stages)
    parser = group.add("list", list_, "list open deals; with --json, all deals", reads=True)
    parser.add_argument("--all", action="store_true", help="include won and lost deals")
    parser.add_argument("--open", action="store_true", help="with --json, only open deals")
    parser.add_argument("--stage", metavar="|".join(stage.label for stage in Stage), help="only deals at this stage")
    parser.add_argument("--no-value", action="store_true", help="only deals that want a value, also won ones")
    parser = group.add("show", show, "show a deal and its payments", reads=True)
    parser.add_argument("id", type=whole_number)
    parser = group.add("edit", edit, "edit a deal; `none` clears a field")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--title", metavar="TEXT")
    add_fields(parser, FIELDS)
    parser = group.add("move", move, "move an open deal to another stage")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("stage", metavar=stages)
    parser = group.add("won", won, "mark a deal won and log its revenue")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--amount", metavar="V", help="total value (default: the deal's value)")
    parser.add_argument("--part", metavar="V", help="log only this part now; add the rest with `deal pay`")
    add_fields(parser, TERMS)
    _on(parser)
    parser = group.add("renew", renew, "open the renewal of a won deal")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--value", metavar="V", help="total value (default: the same as before)")
    add_fields(parser, TERMS)
    for name, run, about in (
        ("pay", pay, "log another partial payment on a won deal"),
        ("refund", refund, "log a refund on the day you pay it back"),
    ):
        parser = group.add(name, run, about)
        parser.add_argument("id", type=whole_number)
        parser.add_argument("amount", metavar="V")
        _on(parser)
    parser = group.add("lost", lost, "mark a deal lost, with a reason")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--reason", default="", metavar="TEXT")
    _on(parser)
    parser = group.add("reopen", reopen, "reopen a won or lost deal and remove its payments")
    parser.add_argument("id", type=whole_number)
    parser = group.add("drop", drop, "delete deals added by mistake, with their payments")
    parser.add_argument("id", type=whole_number, nargs="+")


def _on(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", "--at", dest="on", metavar="DATE", help="the day it happened (default: now)")


def _stage(text: str) -> Stage:
    return Stage.typed(text)


def _moment(args: argparse.Namespace, ctx: AppContext) -> datetime | None:
    return None if args.on is None else read_moment(args.on, ctx)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else parse_amount(text)


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    wanted = given_fields(args, FIELDS, ctx) | {"contact": args.contact, "company": args.company}
    deal = service.add(ctx, " ".join(args.title), stage=_stage(args.stage), **wanted)
    return print_lines(f"Deal {deal.id}: {sentence(deal, ctx.today())}")


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    changes = given_fields(args, FIELDS, ctx)
    contact, company = changes.pop("contact", None), changes.pop("company", None)
    if args.title is not None:
        changes["title"] = args.title
    if not changes and contact is None and company is None:
        raise InputError("Nothing to change. See `planner deal edit --help`.")
    deal = service.edit(ctx, args.id, changes, contact=contact, company=company)
    return print_lines(f"Deal {deal.id}: {sentence(deal, ctx.today())}")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    deals = service.list_deals(ctx, stage=_stage(args.stage) if args.stage else None, closed=not args.open)
    if args.no_value:
        deals = [deal for deal in deals if deal.value is None]
    if args.json:
        return emit([as_object(deal) for deal in deals])
    if not deals and args.no_value:
        return print_lines("Every deal has a value.")
    if not deals:
        return print_lines(
            "No deals yet. Add one: planner deal add TITLE"
            if not args.stage
            else f"No deals at {_stage(args.stage).label}."
        )
    shown = [deal for deal in deals if deal.stage.open or args.all or args.stage or args.no_value]
    for deal in shown:
        print_lines(f"{deal.id:>5}  {sentence(deal, ctx.today())}")
    if len(shown) < len(deals):
        warn(f"{len(deals) - len(shown):,} won or lost. To see all: planner deal list --all")
    return 0


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    deal, booked = service.show(ctx, args.id)
    if args.json:
        return emit(as_object(deal) | {"bookings": [rows.activity_object(entry) for entry in booked]})
    print_lines(f"{deal.id:>5}  {sentence(deal, ctx.today())}")
    for entry in booked:
        print_lines(
            f"       {formats.when_text(entry.moment.date(), ctx.today()):<15}  {entry.kind}  "
            f"{formats.amount(entry.amount or 0)}"
        )
    for field in FIELDS:
        if field.name not in _IN_SENTENCE and (text := field.full_text(deal)):
            print_lines(f"       {field.name}: {text}")
    return 0


_IN_SENTENCE = (
    "title", "contact", "company", "value", "stage", "closed", "expected_close", "booked", "reason",
    *(field.name for field in TERMS),
)  # fmt: skip


def move(args: argparse.Namespace, ctx: AppContext) -> int:
    deal = service.move(ctx, args.id, _stage(args.stage))
    return print_lines(f"Deal {deal.id} moved to {deal.stage.label}: {deal.title}")


def won(args: argparse.Namespace, ctx: AppContext) -> int:
    deal, follows = service.won(
        ctx,
        args.id,
        amount=_amount(args.amount),
        part=_amount(args.part),
        moment=_moment(args, ctx),
        **given_fields(args, TERMS, ctx),
    )
    day = "" if deal.closed is None else f" on {formats.when_text(deal.closed, ctx.today())}"
    print_lines(f"Deal {deal.id} won: {deal.title}, {formats.amount(deal.booked)} closed{day}")
    for task in follows:
        print_lines(
            f"Task {task.id}: {task.title}"
            + ("" if task.due is None else f"  {formats.when_text(task.due, ctx.today())}")
        )
    if deal.contact is not None:
        ask = f"planner contact add NAME --referrer {deal.contact_id}"
        warn(f"Is {deal.contact} happy? Ask for a referral, then: {ask}")
    return 0


def renew(args: argparse.Namespace, ctx: AppContext) -> int:
    deal = service.renew(ctx, args.id, value=_amount(args.value), **given_fields(args, TERMS, ctx))
    return print_lines(f"Deal {deal.id}: {sentence(deal, ctx.today())}")


def pay(args: argparse.Namespace, ctx: AppContext) -> int:
    return _pay(args, ctx, parse_amount(args.amount), "Paid")


def refund(args: argparse.Namespace, ctx: AppContext) -> int:
    return _pay(args, ctx, -parse_amount(args.amount), "Refunded")


def _pay(args: argparse.Namespace, ctx: AppContext, amount: Decimal, word: str) -> int:
    moment = _moment(args, ctx)
    deal = service.pay(ctx, args.id, amount, moment=moment)
    day = ctx.clock.day_of(moment or ctx.now())
    on = formats.when_text(day, ctx.today())
    return print_lines(
        f"{word} {formats.amount(abs(amount))} on {on}: {deal.title}, {formats.amount(deal.booked)} paid in total"
    )


def lost(args: argparse.Namespace, ctx: AppContext) -> int:
    deal = service.lose(ctx, args.id, reason=args.reason, moment=_moment(args, ctx))
    return print_lines(f"Deal {deal.id} lost: {deal.title}" + (f", {deal.reason}" if deal.reason else ""))


def reopen(args: argparse.Namespace, ctx: AppContext) -> int:
    deal, taken = service.reopen(ctx, args.id)
    less = f". {formats.amount(taken)} no longer counts as revenue." if taken else ""
    return print_lines(f"Deal {deal.id} reopened at {deal.stage.label}: {deal.title}{less}")


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    for deal in service.drop(ctx, *args.id):
        print_lines(f"Deleted deal {deal.id}: {sentence(deal, ctx.today())}")
    return 0


def as_object(deal: Deal) -> dict[str, object]:
    """A deal as in `deal list --json`."""
    return fields.as_object(deal, FIELDS)


def sentence(deal: Deal, today: date, *, named: bool = True) -> str:
    """Format a deal as a line."""
    parts = [deal.title]
    if named:
        parts += list(dict.fromkeys(name for name in (deal.contact, deal.company) if name))
    if deal.value is not None:
        parts.append(formats.amount(deal.value))
    elif deal.stage is Stage.WON:
        parts.append("no value yet")
    parts.append(deal.stage.label if deal.closed is None else f"{deal.stage} {formats.when_text(deal.closed, today)}")
    if deal.stage is Stage.WON and deal.booked != (deal.value or 0):
        parts.append(f"{formats.amount(deal.booked)} paid")
    if deal.stage.open and deal.expected_close is not None:
        parts.append(f"by {formats.when_text(deal.expected_close, today)}")
    if deal.contract_end is not None:
        parts.append(f"runs until {formats.when_text(deal.contract_end, today)}")
    if deal.reason:
        parts.append(deal.reason)
    return "  ".join(parts)
