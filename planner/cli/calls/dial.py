"""`planner dial`: pass a number to the dialler. `planner script`: call scripts. `planner calls`: sessions and hours."""

from __future__ import annotations

import argparse

from planner.cli.shared.common import Group, emit, json_number, print_lines, warn
from planner.content import LANGUAGES
from planner.domain import formats
from planner.domain.calls import scripts
from planner.domain.calls.best_hours import Reach
from planner.domain.calls.session import clock
from planner.domain.errors import DoNotCall
from planner.domain.text import plural
from planner.domain.workdays import WEEKDAYS
from planner.services.calls import dialing, insight, playbook
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore


def register(commands: Group) -> None:
    """Register the commands."""
    parser = commands.add("dial", dial)
    parser.add_argument("who", nargs="+", metavar="NUMBER|CONTACT")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be dialed")
    parser.add_argument("--anyway", action="store_true", help="even if they asked not to be called")
    parser.add_argument("--json", action="store_true")
    parser = commands.add("script", script, reads=True)
    parser.add_argument("kind", choices=scripts.KINDS)
    parser.add_argument("--language", choices=[*LANGUAGES], help="instead of your own (me.language)")
    group = commands.group("calls")
    group.add("sessions", sessions, "list sessions: calls, conversations, calls per hour, gaps", reads=True)
    group.add("hours", hours, "show when people pick up, by hour and weekday, and how certain that is", reads=True)


def dial(args: argparse.Namespace, ctx: AppContext) -> int:
    try:
        text, name = dialing.number_of(ctx, " ".join(args.who), force=args.anyway)
    except DoNotCall as problem:
        raise DoNotCall(f"{problem} Use --anyway to dial.") from problem
    call = dialing.plan(ctx, text) if args.dry_run else dialing.dial(ctx, text)
    if args.json:
        return emit(
            {
                "number": call.number.digits,
                "extension": call.number.extension or None,
                "caution": call.number.caution or None,
                "command": list(call.command),
                "contact": name or None,
            }
        )
    if not call.command:
        return print_lines(f"{call.number}")
    verb = "Would pass" if args.dry_run else "Passed"
    if call.number.caution:
        warn(f"{call.number}: {call.number.caution}.")
    return print_lines(f"{verb} {call.target} to {call.command[0]}" + (f" ({name})" if name else ""))


def script(args: argparse.Namespace, ctx: AppContext) -> int:
    live = TodayStore(ctx)
    found = playbook.script(live, args.kind, args.language or "")
    live.close()
    values = playbook.fields(ctx, None)
    if args.json:
        return emit(
            {
                "kind": found.kind,
                "title": found.title,
                "steps": [
                    {
                        "text": step.text,
                        "name": step.name or None,
                        "optional": step.optional,
                        "answers": [
                            {"heard": each.heard, "say": each.say, "to": each.to or None} for each in step.branches
                        ],
                    }
                    for step in found.steps
                ],
            }
        )
    numbers = {step.name: index for index, step in enumerate(found.steps, start=1) if step.name}
    for index, step in enumerate(found.steps, start=1):
        print_lines(f"{index:>2}  {scripts.fill(step.text, values)}" + ("  (optional)" if step.optional else ""))
        for each in step.branches:
            to = numbers.get(each.to, index + 1)
            jump = f"  → {to}" if to != index + 1 else ""
            print_lines(f"      “{each.heard}” – {scripts.fill(each.say, values)}{jump}")
    return 0


def sessions(args: argparse.Namespace, ctx: AppContext) -> int:
    found = insight.read(ctx, limit=100)
    if args.json:
        return emit(
            {
                "sessions": [
                    {
                        "began": f"{one.began:%Y-%m-%dT%H:%M:%S}",
                        "calls": one.tally.calls,
                        "talks": one.spoken,
                        "per_hour": json_number(one.pace, 1),
                        "talk_seconds": one.tally.talk,
                        "average_gap": json_number(one.tally.average_gap, 1),
                    }
                    for one in found.sessions
                ],
                "best_sprint": None
                if found.best_sprint is None
                else {
                    "day": found.best_sprint.day,
                    "calls": found.best_sprint.calls,
                    "seconds": found.best_sprint.seconds,
                },
            }
        )
    if not found.sessions:
        return print_lines("No sessions yet. Start one in Calls (press 2).")
    for one in found.sessions:
        pace = "–" if one.pace is None else f"{one.pace:.0f}"
        print_lines(
            f"{formats.dated_text(one.began):<22}{one.tally.calls:>5,} calls  {one.spoken:>4,} conversations  "
            f"{pace:>3} per hour  avg call {clock(one.tally.average_talk)}  avg gap {clock(one.tally.average_gap)}"
        )
    best = found.best_sprint
    if best is not None:
        calls = plural(best.calls, "call", "calls")
        print_lines(f"Best sprint: {calls} in {clock(best.seconds)}, {formats.dated_text(best.day)}")
    return 0


def hours(args: argparse.Namespace, ctx: AppContext) -> int:
    found = insight.read(ctx).hours

    def row(reach: Reach) -> dict[str, object]:
        return {
            "calls": reach.dials,
            "talks": reach.spoken,
            "rate": json_number(reach.rate),
            "low": json_number(reach.low),
            "high": json_number(reach.high),
            "sure": reach.sure,
        }

    if args.json:
        return emit(
            {
                "all": None if found.whole is None else row(found.whole),
                "hours": [{"hour": hour, **row(reach)} for hour, reach in found.hours.items()],
                "weekdays": [{"weekday": WEEKDAYS[day], **row(reach)} for day, reach in found.weekdays.items()],
                "cells": [
                    {"weekday": WEEKDAYS[day], "hour": hour, **row(reach)} for (day, hour), reach in found.cells.items()
                ],
            }
        )
    if found.whole is None:
        return print_lines("No calls with an outcome yet.")
    calls, reached = plural(found.whole.dials, "call", "calls"), formats.percent(found.whole.rate)
    print_lines(f"{calls} with an outcome in the last 180 days, {reached} reached someone")
    print_lines("Estimated chance of reaching someone (range):")
    for hour, reach in found.hours.items():
        print_lines(_format_rate(f"{hour:02}:00", reach))
    for day, reach in found.weekdays.items():
        print_lines(_format_rate(WEEKDAYS[day][:3].capitalize(), reach))
    return 0


def _format_rate(name: str, reach: Reach) -> str:
    few = "  low confidence" if reach.sign == "·" else f"  {reach.sign}" if reach.sign else ""
    rate = f"{reach.rate * 100:>4.0f}%  ({reach.low * 100:.0f}–{reach.high * 100:.0f})"
    return f"{name:<6}{rate}  {plural(reach.dials, 'call', 'calls')}{few}"
