"""`planner calendar`: the working days, and the calendars that the rep is subscribed to."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import date
from fractions import Fraction

from planner.cli.shared.common import Group, emit, json_number, print_lines, warn
from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.text import make_visible, plural
from planner.domain.typed.dates import read_month
from planner.domain.typed.when import read_days
from planner.domain.workdays import DAY, month_of
from planner.services.context import AppContext
from planner.services.day import calendars
from planner.services.plan import calendar as service

LINES_SHOWN = 10
WEIGHTS = {"off": Fraction(0), "half": Fraction(1, 2), "work": Fraction(1), "clear": None}
ABOUT = {
    "off": "take days off",
    "half": "make days half days",
    "work": "make days full working days, whatever your week says",
    "clear": "reset days to your usual week and holidays",
}


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("calendar")
    parser = group.add("show", show, "show the working days of a month", reads=True)
    parser.add_argument("--month", metavar="YYYY-MM")
    for name in WEIGHTS:
        parser = group.add(name, set_, ABOUT[name])
        parser.add_argument(
            "dates", nargs="+", metavar="DATE", help="a date or a range: 24 dec..31 dec, mon to fri, next week"
        )
        if name != "clear":
            parser.add_argument("--note", default="", metavar="TEXT")
        parser.set_defaults(name=name)
    _register_subscriptions(group)


SUBSCRIBE = """\
Where to find the address:
  Google Calendar   Settings, your calendar, "Secret address in iCal format"
  Outlook           Settings, Calendar, Shared calendars, "Publish a calendar": the ICS link
  iCloud            share the calendar as a public calendar, and copy its link
  Nextcloud         share the calendar as a link, and copy the subscription link

examples:
  planner calendar subscribe Work
  planner calendar subscribe Team https://cloud.example.org/remote.php/dav/public-calendars/abc?export
  planner calendar subscribe Home vdir:~/.calendars/home
"""


def _register_subscriptions(group: Group) -> None:
    parser = group.add(
        "subscribe", subscribe, "keep the meetings of another calendar up to date in planner", reads=True
    )
    parser.add_argument("name", metavar="NAME", help="what you call it, such as Work")
    parser.add_argument(
        "address", nargs="?", metavar="ADDRESS",
        help="https:// or webcal://, env:NAME or command:WORDS that tell it, or a folder or file (vdir:PATH) that "
        "another program keeps; without it, you're asked",
    )  # fmt: skip
    parser.add_argument("--local", action="store_true", help="allow a server on this machine or its network")
    parser.epilog = SUBSCRIBE
    group.add("list", list_, "the calendars you're subscribed to", reads=True)
    parser = group.add("refresh", refresh, "read your calendars again now", reads=True)
    parser.add_argument("name", nargs="?", metavar="NAME", help="only this one")
    parser = group.add("unsubscribe", unsubscribe, "end a subscription; its coming meetings go")
    parser.add_argument("name", metavar="NAME")
    parser = group.add("publish", publish, "keep a calendar file of your own blocks and meetings up to date")
    parser.add_argument("file", nargs="?", metavar="FILE.ics", help="in a folder that your phone or server reads")
    parser.add_argument("--stop", action="store_true", help="stop updating it; the file stays")


def subscribe(args: argparse.Namespace, ctx: AppContext) -> int:
    where = args.address
    if where is None:
        if not sys.stdin.isatty():
            where = sys.stdin.readline()
        else:  # not shown, because whoever reads over a shoulder could read the calendar from then on
            where = getpass.getpass(f"Address of {args.name} (not shown): ")
    _announce(args.name)
    found = calendars.subscribe(ctx, args.name, where, local=args.local)
    line = next(line for line in calendars.list_calendars(ctx) if line.calendar.name == found.name)
    if args.json:
        return emit(_calendar_object(line))
    _tell(found)
    ahead = f"{line.ahead:,} upcoming" if line.ahead else "none upcoming"
    print_lines(f"Subscribed to {found.name}: {plural(line.events, 'event', 'events')}, {ahead}.")
    return _tell_off(found)


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    lines = calendars.list_calendars(ctx)
    if args.json:
        return emit([_calendar_object(line) for line in lines])
    if not lines:
        return print_lines("No calendars yet. Subscribe to one with `planner calendar subscribe NAME ADDRESS`.")
    for line in lines:
        each = line.calendar
        when = "never read" if line.fetched is None else f"read {formats.near_text(line.fetched, ctx.today())}"
        print_lines(f"{each.name}: {line.ahead:,} upcoming, {when}, {each.place}")
        if each.problem:
            print_lines(f"  not refreshed since: {each.problem}")
    return 0


def refresh(args: argparse.Namespace, ctx: AppContext) -> int:
    lines = calendars.list_calendars(ctx)
    wanted = [line.calendar for line in lines] if args.name is None else [calendars.find(ctx, args.name)]
    if not wanted and not args.json:
        print_lines("No calendars yet. Subscribe to one with `planner calendar subscribe NAME ADDRESS`.")
    results = []
    for each in wanted:
        _announce(each.name)
        results.append(calendars.refresh(ctx, each))
        if not args.json:
            _tell(results[-1])
            if not results[-1].problem:
                print_lines(f"{each.name}: {results[-1].changes()}")
                _tell_off(results[-1])
    written = calendars.publish(ctx)
    if args.json:
        emit([_refreshed_object(each) for each in results])
    elif written is not None:
        print_lines(f"Wrote {written}")
    return 1 if any(each.problem for each in results) else 0


def _announce(name: str) -> None:
    """Say on a terminal what is waited for, since a server may take a minute."""
    if sys.stderr.isatty():
        print(f"Reading {make_visible(name)} …", file=sys.stderr)


def _tell(found: calendars.Refreshed) -> None:
    for text in [*found.notices, *([found.problem] if found.problem else [])]:
        warn(f"{found.name}: {text}")


def _tell_off(found: calendars.Refreshed) -> int:
    for each in found.may_be_off[:LINES_SHOWN]:
        print_lines(each.sentence())
    return 0


def _calendar_object(line: calendars.Line) -> dict[str, object]:
    each = line.calendar
    return {
        "name": each.name,
        "place": each.place,
        "events": line.events,
        "ahead": line.ahead,
        "fetched": None if line.fetched is None else f"{line.fetched:%Y-%m-%dT%H:%M}",
        "problem": each.problem or None,
    }


def _refreshed_object(found: calendars.Refreshed) -> dict[str, object]:
    return {
        "name": found.name,
        "made": found.counts.made,
        "changed": found.counts.changed,
        "gone": found.counts.gone,
        "unchanged": found.unchanged,
        "problem": found.problem or None,
        "notices": found.notices,
        "may_be_off": [
            {"title": each.title, "from": each.days.first.isoformat(), "to": each.days.last.isoformat()}
            for each in found.may_be_off
        ],
    }


def unsubscribe(args: argparse.Namespace, ctx: AppContext) -> int:
    found, gone = calendars.unsubscribe(ctx, args.name)
    went = f" {plural(gone, 'coming event', 'coming events')} went with it." if gone else ""
    return print_lines(f"Unsubscribed from {found.name}.{went}")


def publish(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.stop:
        calendars.stop_publishing(ctx)
        return print_lines("Your calendar is no longer published. The file stays as it is.")
    if args.file is not None:
        path = calendars.start_publishing(ctx, args.file)
        return print_lines(
            f"Wrote {path}. planner keeps it up to date while it is open, and so does `planner calendar refresh`."
        )
    if not calendars.publish_path(ctx):
        raise InputError("Name a file to publish to, such as ~/Sync/planner.ics.")
    written = calendars.publish(ctx)
    return print_lines(f"{calendars.publish_path(ctx)} is up to date." if written is None else f"Wrote {written}")


def set_(args: argparse.Namespace, ctx: AppContext) -> int:
    # several words are several dates, unless only together they make one (27 Nov)
    try:
        found = [read_days(text, ctx.now(), today=ctx.today()) for text in args.dates]
    except InputError:
        if len(args.dates) == 1:
            raise
        found = [read_days(" ".join(args.dates), ctx.now(), today=ctx.today())]
    for said in filter(None, (said for _, said in found)):
        warn(f"{' '.join(args.dates)!r}: {said}.")
    periods = [period for period, _ in found]
    dates = service.set_days(ctx, periods, WEIGHTS[args.name], getattr(args, "note", ""))
    word = {"half": "half day", "work": "working", "clear": "back to default"}.get(args.name, args.name)
    span = ", ".join(_span(run) for run in _runs(dates))
    return print_lines(f"Calendar: {span} {word}" + (f" ({args.note})" if getattr(args, "note", "") else ""))


def _runs(dates: list[date]) -> list[list[date]]:
    """Group dates into unbroken runs."""
    runs: list[list[date]] = []
    for day in dates:
        if runs and day - runs[-1][-1] == DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _span(run: list[date]) -> str:
    first, last = run[0], run[-1]
    return formats.days_text(first, last) + (f" ({len(run)} days)" if len(run) > 1 else "")


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    month = read_month(args.month, ctx.today()) if args.month else month_of(ctx.today())
    view = service.show(ctx, month)
    for sentence in view.advice:
        warn(sentence)
    if args.json:
        days = view.days
        return emit(
            {
                "month": month.first.isoformat()[:7],
                "working_days": {
                    "total": json_number(days.total),
                    "elapsed": json_number(days.elapsed),
                    "left": json_number(days.left),
                },
                "days": [
                    {"date": day.isoformat(), "weight": json_number(weight), "why": why}
                    for day, weight, why in view.dates
                ],
            }
        )
    total, left = formats.number(float(view.days.total)), formats.number(float(view.days.left))
    print_lines(f"{formats.month_text(month.first)}: {total} working {'day' if total == '1' else 'days'}, {left} left")
    for day, weight, why in view.dates:
        mark = {Fraction(0): "·", Fraction(1, 2): "▄", Fraction(1): "█"}.get(weight, str(float(weight)))
        print_lines(f"  {formats.when_text(day):<10}  {mark}  {why}".rstrip())
    return 0
