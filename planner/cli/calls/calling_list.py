"""`planner list`: the calling list of a day."""

from __future__ import annotations

import argparse
from datetime import date

from planner.cli.shared.common import FOUND, Group, emit, piped, print_lines, read_when, warn, whole_number
from planner.domain import formats
from planner.domain.calls.calling_list import ListEntry
from planner.domain.errors import DoNotCall, InputError, KnownAlready
from planner.domain.text import plural
from planner.services.calls import calling_list as service
from planner.services.calls.calling_list import Built, CallingList, Filters
from planner.services.context import AppContext

EXAMPLES = """\
examples:
  planner list build                        up to the day's target: callbacks, promises, retries, new contacts
  planner list build --tag expo --city Berlin --not-since "30 days ago"
  planner list build names.csv              a file with a header row, or lines of names and numbers
  pbpaste | planner list build -            pasted lines: Kim Minsu, Hanbit, 02-555-1234
"""


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("list")
    parser = group.add("build", build, "fill the list from your contacts, a file or pasted lines")
    parser.epilog = EXAMPLES
    parser.add_argument("file", nargs="?", metavar="FILE", help="names and numbers (- for standard input)")
    parser.add_argument(
        "--count", type=whole_number, metavar="N", help="the most contacts to list (default: the day's target)"
    )
    parser.add_argument("--never-called", action="store_true", help="only contacts you've never called")
    parser.add_argument("--not-since", metavar="DATE", help="only contacts not called since then")
    for name in ("tag", "source", "city", "kind"):
        parser.add_argument(f"--{name}", default="", metavar=name.upper())
    parser.add_argument(
        "--hour",
        type=whole_number,
        metavar="H",
        help="only contacts you've reached at that hour, or haven't tried at that hour yet",
    )
    _day(parser)
    parser = group.add("show", show, "show a day's list, and who has been called", reads=True)
    _day(parser)
    parser = group.add("add", add, "add contacts to the list")
    parser.add_argument("contact", nargs="+", metavar="WHO", help=FOUND)
    parser.add_argument(
        "--anyway", action="store_true", help="even if they asked not to be called, or their number is on the list"
    )
    _day(parser)
    parser = group.add("drop", drop, "remove contacts from the list")
    parser.add_argument("id", nargs="+", type=whole_number, metavar="CONTACT-ID")
    _day(parser)
    parser = group.add("clear", clear, "remove everyone from the list")
    _day(parser)


def _day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--for", dest="day", metavar="DATE", help="the day the list is for")


def _parse_day(args: argparse.Namespace, ctx: AppContext) -> date:
    return service.day_for(ctx, None if args.day is None else read_when(args.day, ctx).day)


def build(args: argparse.Namespace, ctx: AppContext) -> int:
    day = _parse_day(args, ctx)
    if args.count is not None and not 1 <= args.count <= service.LARGEST_LIST:
        raise InputError(f"--count must be from 1 to {service.LARGEST_LIST:,}, not {args.count:,}.")
    if args.file is not None:
        built = service.paste(ctx, day, piped()) if args.file == "-" else service.from_file(ctx, day, args.file)
        return _report_built(built)
    since = None if args.not_since is None else read_when(args.not_since, ctx, "past").day
    filters = Filters(args.never_called, since, args.tag, args.source, args.city, args.kind, args.hour)
    return _report_built(service.build(ctx, day, filters, count=args.count))


def _report_built(built: Built) -> int:
    for line in built.without[:5]:
        warn(f"skipped line {line}, which has no phone number.")
    if len(built.without) > 5:
        warn(f"skipped {plural(len(built.without) - 5, 'more line', 'more lines')} without a phone number.")
    for names, why in ((built.twice, "number already on the list"), (built.barred, "do not call")):
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            warn(f"skipped ({why}): {', '.join(names[:5])}{more}.")
    made = f" ({built.made} new)" if built.made else ""
    return print_lines(f"Added {plural(built.added, 'contact', 'contacts')}{made}. {_format_progress(built.calling)}")


def _format_progress(calling: CallingList) -> str:
    """``62 of 100 for Tue 17 Nov: 38 short``."""
    count = len(calling.entries)
    day = formats.when_text(calling.day)
    if calling.target is None:
        return f"{count} for {day}"
    short = f": {calling.short} short" if calling.short else " ✓"
    return f"{count} of {calling.target} for {day}{short}"


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    calling = service.show(ctx, _parse_day(args, ctx))
    if args.json:
        return emit([_object(entry, number) for number, entry in enumerate(calling.entries, start=1)])
    print_lines(_format_progress(calling))
    for number, entry in enumerate(calling.entries, start=1):
        contact = entry.contact
        phone = contact.number
        mark = "✓" if entry.called else " "
        company = f", {contact.company}" if contact.company else ""
        print_lines(f" {mark} {number:>3}  {contact.name}{company}  {phone}  {entry.reason()}  (contact {contact.id})")
    return 0


def _object(entry: ListEntry, number: int) -> dict[str, object]:
    contact = entry.contact
    return {
        "place": number,
        "contact_id": contact.id,
        "name": contact.name,
        "company": contact.company,
        "phones": [way.value for way in contact.phones],
        "called": entry.called,
        "last_called": None if entry.last is None else entry.last.isoformat(),
        "for": entry.day.isoformat(),
        "why": entry.why.value or None,
        "at": entry.at,
        "tries": entry.tries,
        "do_not_call": contact.do_not_call,
        "reason": entry.reason(),
    }


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    day = _parse_day(args, ctx)
    for name in args.contact:
        try:
            built = service.add(ctx, day, name, force=args.anyway)
        except (DoNotCall, KnownAlready) as problem:
            raise type(problem)(f"{problem} Use --anyway to add them.") from problem
    return _report_built(built)


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    return print_lines(_format_progress(service.drop(ctx, _parse_day(args, ctx), args.id)))


def clear(args: argparse.Namespace, ctx: AppContext) -> int:
    return print_lines(_format_progress(service.drop(ctx, _parse_day(args, ctx), None)))
