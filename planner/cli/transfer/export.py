"""`planner export`: write data to files outside the database, at the rep's request."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import replace

from planner.cli.shared import passphrase
from planner.cli.shared.common import Group, emit, print_lines, read_when, warn, whole_number
from planner.cli.shared.progress import Terminal
from planner.domain import formats
from planner.domain.clients.client_filter import parse_filter
from planner.domain.errors import InputError
from planner.domain.review.spans import Span
from planner.domain.text import plural
from planner.files import FileThere
from planner.platform import at_terminal
from planner.services.clients.client_list import Clients
from planner.services.context import AppContext
from planner.services.day import events as service
from planner.services.day.today_store import TodayStore
from planner.services.safety.encryption import ENDING
from planner.services.transfer import exports as service_exports

SPANS = ("day", "week", "month")


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("export")
    _register_data(group)
    parser = group.add("calendar", calendar, "export blocks, meetings, and timed tasks and promises, with alarms (ICS)")
    parser.add_argument("file", metavar="FILE.ics")
    parser.add_argument("--span", choices=SPANS, default="week", help="how much to export (default: week)")
    parser.add_argument("--date", metavar="DATE", help="any day in it (default: today)")
    parser.add_argument(
        "--alarm", type=whole_number, default=10, metavar="MIN", help="minutes before each entry (default: 10)"
    )
    parser.add_argument("--force", action="store_true", help="overwrite a file planner didn't write")


def _register_data(group: Group) -> None:
    for what, about in (
        ("all", "export everything except the change history as JSON, for `planner import all`"),
        ("contacts", "export contacts as CSV, Excel, JSON or vCards, by file extension"),
        ("contact", "export one contact as a vCard"),
        ("activities", "export the log as CSV, Excel or JSON, by file extension"),
        ("deals", "export deals as CSV, Excel or JSON, by file extension"),
        ("tasks", "export tasks as CSV, Excel or JSON, by file extension"),
    ):
        parser = group.add(what, data, about)
        parser.set_defaults(what=what, contact="", filter=None)
        if what == "contact":
            parser.add_argument("contact", metavar="WHO")
        endings = "|".join(service_exports.ENDINGS[what])
        parser.add_argument("file", metavar="FILE", help=f"a file ending in {endings}, or a folder")
        if what == "contacts":
            parser.add_argument("--filter", metavar="WORDS|NAME", help="only contacts that match this filter")
        parser.add_argument("--yes", action="store_true", help="skip the confirmation")
        parser.add_argument("--force", action="store_true", help="overwrite an existing file")
        passphrase.add_options(parser)
    parser = group.add("review", review, "export a review as Markdown or HTML, by file extension")
    parser.add_argument("file", metavar="FILE", help="a file ending in .md|.html, or a folder")
    parser.add_argument("--span", choices=tuple(Span), default="week", help="what to review (default: week)")
    parser.add_argument("--date", metavar="DATE", help="any day in it, or 2026-W46, 2026-10, last week")
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")
    group.add("log", log, "list what was exported, and when", reads=True)


def data(args: argparse.Namespace, ctx: AppContext) -> int:
    ids = None
    if args.filter is not None:
        with closing(TodayStore(ctx)) as live:
            clients = Clients(ctx, live)
            known = {each.name.casefold(): each.words for each in clients.filters()}
            ids = clients.find(parse_filter(known.get(args.filter.strip().casefold(), args.filter)))
    progress = Terminal()
    try:
        ready = service_exports.prepare(ctx, args.what, args.file, wanted=args.contact, ids=ids, tell=progress)
    finally:
        progress.clear()
    if args.encrypt and not ready.sealed:
        ready = replace(ready, path=ready.path + ENDING)
    if args.passphrase is not None and not ready.sealed:
        raise InputError(f"--passphrase needs an encrypted file. Add --encrypt, or end the file name with {ENDING}.")
    rows = plural(ready.rows, "row", "rows")
    # without a terminal to ask at, running the command counts as consent
    if not args.yes and at_terminal("stdin"):
        said = input(f"Export {rows} ({ready.what}) to {ready.path}? Client lists can leak. [y/N] ")
        if said.strip().lower() not in ("y", "yes"):
            warn("Nothing was exported.")
            return 1
    secret = passphrase.ask_new(args) if ready.sealed else None
    try:
        service_exports.write(ctx, ready, force=args.force, passphrase=secret)
    except FileThere as problem:
        raise FileThere(f"{problem} Use --force to overwrite it.") from problem
    print_lines(f"{ready.path}: {rows}")
    warn("Recorded in the export log. See it with `planner export log`.")
    return 0


def review(args: argparse.Namespace, ctx: AppContext) -> int:
    from planner.cli.review import review as reviews

    found = reviews.read(args, ctx)
    flow = reviews.own_words(ctx, found)
    return reviews.write(ctx, found, args.file, reviews.ENDINGS, flow=flow, force=args.force)


def log(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service_exports.log(ctx)
    if args.json:
        return emit(
            [
                {
                    "at": f"{service_exports.moment(each):%Y-%m-%dT%H:%M}",
                    "what": each.what,
                    "rows": each.rows,
                    "file": each.file,
                }
                for each in found
            ]
        )
    for each in found:
        print_lines(
            f"{formats.dated_text(service_exports.moment(each)):<21}  {each.what:<10} {each.rows:>8,}  {each.file}"
        )
    return 0 if found else print_lines("Nothing has been exported yet.")


def calendar(args: argparse.Namespace, ctx: AppContext) -> int:
    day = ctx.today() if args.date is None else read_when(args.date, ctx, "near").day
    if not 0 <= args.alarm <= 24 * 60:
        raise InputError(f"--alarm can be 0 to {24 * 60} minutes, not {args.alarm}.")
    period = service.period_of(args.span, day)
    try:
        entries = service.export_calendar(ctx, args.file, period, alarm=args.alarm, force=args.force)
    except FileThere as problem:
        raise FileThere(f"{problem} Use --force to overwrite it.") from problem
    days = formats.days_text(period.first, period.last, ctx.today())
    return print_lines(f"{args.file}: {plural(len(entries), 'entry', 'entries')}, {days}")
