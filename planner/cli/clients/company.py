"""`planner company`: a company, seen through its people."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from planner.cli.clients import complaint, contact, deal, promise
from planner.cli.shared import rows
from planner.cli.shared.common import Group, emit, money, print_lines
from planner.domain import formats
from planner.domain.clients.deals import Stage
from planner.services.clients import companies as service
from planner.services.context import AppContext

HISTORY = 20


def register(commands: Group) -> None:
    """Register the command."""
    parser = commands.add("company", show, reads=True)
    parser.add_argument("company", nargs="+", metavar="NAME", help="its name, or the name or id of a contact there")


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.show(ctx, " ".join(args.company))
    if args.json:
        return emit(_as_object(found))
    print_lines(f"{found.name}" + (f"  {formats.amount(found.booked)} closed" if found.booked else ""))
    step = found.next_step
    if step is not None:
        due = "" if step[1].due is None else f"  {formats.when_text(step[1].due, ctx.today())}"
        print_lines(f"       next step: {step[0]}: {step[1].text}{due}")
    for each in found.people:
        print_lines(f"{each.contact.id:>5}  {contact.sentence(each.contact, company=False)}")
    if found.others:
        print_lines(f"       and {found.others:,} more")
    for row in found.deals:
        if row.stage is not Stage.LOST:
            print_lines(f"       deal {row.id}: {deal.sentence(row, ctx.today())}")
    for line in _open_lines(found, ctx):
        print_lines(f"       {line}")
    for who, event in found.history[:HISTORY]:
        parts = (*contact.happened(event, ctx), who, event.line(ctx.today()))
        print_lines("       " + "  ".join(part for part in parts if part))
    if len(found.history) > HISTORY:
        print_lines(f"       and {len(found.history) - HISTORY:,} more. Use --json to see all.")
    return 0


def _open_lines(found: service.Company, ctx: AppContext) -> Iterator[str]:
    """The promises and complaints that are open with its people."""
    for each in found.people:
        for made in each.promises:
            if made.kept is None:
                yield f"promise {made.id}: {rows.promise_sentence(made, ctx.now())}"
        for said in each.complaints:
            if said.state != "checked":
                yield f"complaint {said.id}: {complaint.sentence(said, ctx.now())}"


def _as_object(found: service.Company) -> dict[str, object]:
    return {
        "id": found.id,
        "name": found.name,
        "people": [contact.as_object(each.contact, each.next_step) for each in found.people],
        "others": found.others,
        "booked": money(found.booked),
        "deals": [deal.as_object(row) for row in found.deals],
        "promises": [promise.as_object(row) for each in found.people for row in each.promises],
        "complaints": [complaint.as_object(row) for each in found.people for row in each.complaints],
        "history": [
            {"at": event.at, "kind": event.kind, "contact": who or None, "text": event.line()}
            for who, event in found.history
        ],
    }
