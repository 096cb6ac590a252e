"""`planner meeting`: the rep's own meetings and their outcomes."""

from __future__ import annotations

import argparse

from planner.cli.shared.common import WHO, Group, emit, print_lines, read_span, warn, whole_number
from planner.domain import formats
from planner.domain.day.events import Meeting
from planner.domain.errors import InputError
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.day import meetings as service

EXAMPLES = """\
examples:
  planner meeting held 12 --satisfied yes --next "proposal fri 16:00"
  planner meeting no-show 12 --next "call tomorrow 10"
"""


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("meeting")
    parser = group.add("add", add, "add a meeting")
    parser.add_argument("title", nargs="+", metavar="TITLE")
    parser.add_argument(
        "--at", required=True, metavar="WHEN", help="day and time: thu 11, tomorrow 14:30, fri 10 to 11:30"
    )
    parser.add_argument(
        "--minutes", type=whole_number, metavar="N", help="length in minutes (default: 60, or as in --at)"
    )
    _where(parser)
    group.add("list", list_, "upcoming meetings, and past ones without an outcome", reads=True)
    for word, what in (("held", "mark a meeting held"), ("no-show", "mark a meeting a no-show")):
        parser = group.add(word, ended, what)
        parser.set_defaults(outcome=word)
        parser.epilog = EXAMPLES
        parser.add_argument("id", type=whole_number)
        if word == "held":
            parser.add_argument("--met", choices=("yes", "no"), help="did you meet their need?")
            parser.add_argument("--effective", choices=("yes", "no"), help="was it productive?")
            parser.add_argument("--satisfied", choices=("yes", "no"), help="are they satisfied?")
            parser.add_argument("--need", metavar="unknown|found|chosen", help="whether you've found their need")
        parser.add_argument("--why", default="", metavar="TEXT", help="why it went that way")
        parser.add_argument("--next", dest="step", default="", metavar="STEP", help=service.STEP_HINT)
        parser.add_argument("--note", default="", metavar="TEXT")
        parser.add_argument("--anyway", action="store_true", help="send a proposal even if their need isn't found")
    parser = group.add("move", move, "move one of your own meetings")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--at", required=True, metavar="WHEN")
    parser.add_argument("--minutes", type=whole_number)
    parser.add_argument("--anyway", action="store_true", help="allow it during family or sleep time")
    parser = group.add("edit", edit, "edit one of your own meetings")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--title", metavar="TEXT")
    parser.add_argument("--at", metavar="WHEN")
    parser.add_argument("--minutes", type=whole_number)
    _where(parser)
    parser = group.add("drop", drop, "drop a meeting; one from a calendar comes back if the calendar still has it")
    parser.add_argument("id", type=whole_number)


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--place", metavar="TEXT")
    parser.add_argument("--contact", metavar="WHO", help=WHO)
    parser.add_argument("--anyway", action="store_true", help="allow it during family or sleep time")


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    due, minutes = read_span(args.at, ctx, args.minutes)
    found = service.add(
        ctx,
        " ".join(args.title),
        due,
        minutes=60 if minutes is None else minutes,
        place=args.place or "",
        contact=args.contact,
        force=args.anyway,
    )
    return print_lines(f"Meeting {sentence(found)}")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.list_meetings(ctx)
    if args.json:
        return emit(
            [
                {
                    "id": each.id,
                    "title": each.title,
                    "start": f"{each.start:%Y-%m-%dT%H:%M}",
                    "end": f"{each.end:%Y-%m-%dT%H:%M}",
                    "place": each.place or None,
                    "contact": each.contact,
                    "own": each.own,
                    "calendar": each.calendar or None,
                    "state": each.state(ctx.now()),
                }
                for each in found
            ]
        )
    if not found:
        return print_lines("No upcoming meetings. Add one with `planner meeting add`.")
    for each in found:
        state = each.state(ctx.now())
        print_lines(sentence(each) + (WORDS.get(state, "")))
    return 0


YES_OR_NO = {"yes": True, "no": False}
WORDS = {
    "held": "  held",
    "no-show": "  no-show",
    "now": "  now",
    "over": "  How did it go? planner meeting held|no-show ID",
}


def ended(args: argparse.Namespace, ctx: AppContext) -> int:
    held = args.outcome == service.HELD
    after = service.After(why=args.why)
    if held:
        need = None if args.need is None else people.read_need(args.need)
        met, effective, satisfied = (YES_OR_NO.get(each) for each in (args.met, args.effective, args.satisfied))
        after = service.After(met, effective, satisfied, args.why, need)
    step = service.read_step(ctx, args.step)
    found = service.end(ctx, args.id, args.outcome, after, step, note=args.note, force=args.anyway)
    following = ""
    if step is not None:
        due = "" if step.when is None else f" {formats.when_text(step.when.due)}"
        following = f". Next: {step.kind}{due}"
    if after.satisfied and found.contact_id is not None:
        warn(f"{found.who} is satisfied. Ask for a referral, then run: planner contact add NAME --referrer ID")
    return print_lines(f"Meeting {found.id} {'held' if held else 'no-show'}: {_about(found)}{following}")


def move(args: argparse.Namespace, ctx: AppContext) -> int:
    due, minutes = read_span(args.at, ctx, args.minutes)
    return print_lines(f"Moved meeting {sentence(service.move(ctx, args.id, due, minutes=minutes, force=args.anyway))}")


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    if all(getattr(args, name) is None for name in ("title", "at", "minutes", "place", "contact")):
        raise InputError("Nothing to change. See `planner meeting edit --help`.")
    due, minutes = (None, args.minutes) if args.at is None else read_span(args.at, ctx, args.minutes)
    found = service.edit(
        ctx,
        args.id,
        title=args.title,
        due=due,
        minutes=minutes,
        place=args.place,
        contact=args.contact,
        force=args.anyway,
    )
    return print_lines(f"Saved meeting {sentence(found)}")


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    return print_lines(f"Dropped meeting {sentence(service.drop(ctx, args.id))}")


def sentence(found: Meeting) -> str:
    """Format a meeting as a line."""
    return f"{found.id}: {_about(found)}"


def _about(found: Meeting) -> str:
    place = f", {found.place}" if found.place else ""
    who = f" ({found.contact})" if found.contact and found.contact != found.title else ""
    calendar = f" · {found.calendar}" if found.calendar else ""
    return f"{found.span}  {found.title}{who}{place}{calendar}"
