"""`planner calendar`: the working days."""

from __future__ import annotations

import argparse
from datetime import date
from fractions import Fraction

from planner.cli.shared.common import Group, emit, json_number, print_lines, warn
from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.typed.dates import read_month
from planner.domain.typed.when import read_days
from planner.domain.workdays import DAY, month_of
from planner.services.context import AppContext
from planner.services.plan import calendar as service

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
