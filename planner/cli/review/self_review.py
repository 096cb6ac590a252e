"""`planner review say|tried|task|finish|list|find`: the weekly self-review without the screen."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import date

from planner.cli.shared.common import Group, emit, print_lines, whole_number
from planner.domain import formats
from planner.domain.errors import InputError, StateError
from planner.domain.review.report import MARKS, changes_since, learning_lines, wrong_line
from planner.domain.review.self_review import STEPS, Flow, Kind, ReviewLine, SelfReview, Tried
from planner.domain.text import plural
from planner.domain.typed.search import excerpt
from planner.services.clients.client_list import REVIEW_KINDS, Clients
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.services.review import self_review as service

SAID = {"win": Kind.WELL, "miss": Kind.WRONG, "aim": Kind.AIM, "why": Kind.WISH}
SAID_BEFORE = {"well": Kind.WELL, "wrong": Kind.WRONG, "wish": Kind.WISH}  # what these were called
NAMES = {Kind.WELL: "win", Kind.WRONG: "miss", Kind.AIM: "aim", Kind.WISH: "your why"}
WEEK = "the week: any day in it, 2026-W46, last week (default: the week due for review)"
ROOM = 70


def register(group: Group) -> None:
    """Register its commands under `review`."""
    parser = group.add("say", say_, "add a win, a miss, an aim or a line about your why to the week's self-review")
    parser.add_argument("kind", choices=[*SAID, *SAID_BEFORE], metavar="|".join(SAID))
    parser.add_argument("text", nargs="+", metavar="TEXT")
    parser.add_argument("--cause", default="", metavar="T", help="why it went wrong")
    parser.add_argument("--fix", dest="correction", default="", metavar="T", help="what you'll do differently")
    parser.add_argument("--correction", dest="correction", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.add_argument("--task", action="store_true", help="make the fix a task for next week")
    _week(parser)
    parser = group.add("tried", tried, "mark an experiment done or not, by its number in `review week`")
    parser.add_argument("number", type=whole_number, metavar="N")
    parser.add_argument("done", choices=("done", "not"), metavar="done|not")
    parser.add_argument("--date", metavar="DATE", help="the week (default: this week)")
    parser = group.add("task", task, "turn the fix on a line into a task for next week")
    parser.add_argument("id", type=whole_number)
    parser = group.add("drop", drop, "delete a line of a review")
    parser.add_argument("id", type=whole_number)
    parser = group.add("finish", finish, "finish the week's self-review and save its figures")
    parser.add_argument("--why", dest="wish", default="", metavar="T", help="one line on your why")
    parser.add_argument("--wish", dest="wish", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    _week(parser)
    group.add("list", list_, "list the reviews you've started, newest first", reads=True)
    parser = group.add("find", find, "search past reviews and evening notes", reads=True)
    parser.add_argument("text", nargs="+", metavar="TEXT")
    parser.add_argument("--limit", type=whole_number, default=30, metavar="N")


def _week(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--date", metavar="DATE", help=WEEK)


def _monday(args: argparse.Namespace, ctx: AppContext) -> date:
    return service.week_named(ctx, args.date) or service.due_week(ctx)


def say_(args: argparse.Namespace, ctx: AppContext) -> int:
    kind, week = (SAID | SAID_BEFORE)[args.kind], _monday(args, ctx)
    if args.task and not args.correction:
        raise InputError("--task needs a fix. Add one with --fix.")
    line = service.save_line(ctx, week, kind, " ".join(args.text), cause=args.cause, correction=args.correction)
    print_lines(f"Review of {SelfReview(week).name}, line {line.id}: {_sentence(line)}")
    return _as_task(ctx, week, line.id) if args.task else 0


def _sentence(line: ReviewLine) -> str:
    told = wrong_line(line) if line.kind is Kind.WRONG else line.text
    return f"{NAMES.get(line.kind, line.kind)}: {told}"


def task(args: argparse.Namespace, ctx: AppContext) -> int:
    return _as_task(ctx, service.week_of_line(ctx, args.id), args.id)


def _as_task(ctx: AppContext, week: date, line_id: int) -> int:
    _, made = service.as_task(ctx, week, line_id)
    due = "" if made.due is None else f"  due {formats.near_text(made.due, ctx.today())}"
    return print_lines(f"Task {made.id}: {made.title}{due}")


def tried(args: argparse.Namespace, ctx: AppContext) -> int:
    flow = service.read(ctx, service.week_named(ctx, args.date) or ctx.today())
    if not 1 <= args.number <= len(flow.tried):
        count = plural(len(flow.tried), "experiment", "experiments")
        raise StateError(f"Week {flow.review.name} has {count}. See them with `planner review week`.")
    wanted: Tried = flow.tried[args.number - 1]
    service.mark(ctx, flow.review.week, wanted, args.done == "done")
    return print_lines(f"Marked {'done' if args.done == 'done' else 'not done'} in {flow.review.name}: {wanted.text}")


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    service.drop(ctx, service.week_of_line(ctx, args.id), args.id)
    return print_lines(ctx.said[:1].upper() + ctx.said[1:])


def finish(args: argparse.Namespace, ctx: AppContext) -> int:
    week = _monday(args, ctx)
    finished = ctx.database.exists() and service.week_review(ctx, week).finished
    review = service.finish(ctx, week, args.wish)
    if finished:
        at = "" if review.finished_at is None else formats.when_text(review.finished_at.date(), ctx.today())
        why = f" Your why: {review.wish}" if review.wish else ""
        return print_lines(f"The review of {review.name} was already finished on {at}.{why}")
    return print_lines(f"Finished the review of {review.name}.")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.list_begun(ctx)
    if args.json:
        return emit([as_row(review) for review in found])
    for review in found:
        state = "finished" if review.finished else f"{review.step} of {len(STEPS)} steps"
        figures = "  ".join(
            plural(int(review.figures[name]), word, f"{word}s")
            for name, word in (("dials", "call"), ("meetings_held", "meeting"), ("deals", "deal"))
            if name in review.figures
        )
        strength = (
            f"  discipline {formats.percent(float(review.figures['strength']))}" if "strength" in review.figures else ""
        )
        print_lines(f"{review.name}  {state:<12}  {figures}{strength}" + (f"  {review.wish}" if review.wish else ""))
    return 0 if found else print_lines("No reviews yet. Start this week's with `planner`, then press 7.")


def as_row(review: SelfReview) -> dict[str, object]:
    """A review as in `review list --json`."""
    return {
        "week": review.name,
        "state": "finished" if review.finished else "begun" if review.started_at else "open",
        "step": STEPS[review.step].value,
        "finished_at": None if review.finished_at is None else review.finished_at.isoformat(timespec="minutes"),
        "figures": {name: float(value) for name, value in review.figures.items()},
        "lines": [
            {
                "id": line.id,
                "kind": line.kind.value,
                "text": line.text,
                "cause": line.cause or None,
                "correction": line.correction or None,
                "became": None if line.became is None else line.became.value,
                "task_id": line.task_id,
                "done": line.done,
            }
            for line in review.lines
        ],
    }


def as_object(flow: Flow) -> dict[str, object]:
    """The self-review's part of `review week --json`."""
    return {
        "self_review": as_row(flow.review),
        "tried": [{"text": each.text, "done": each.done} for each in flow.tried],
        "aims": list(flow.aims),
        "learning": {
            "pace": None
            if flow.shelf.pace is None
            else {"each": flow.shelf.pace.each, "done": flow.shelf.pace.done, "wanted": flow.shelf.pace.wanted},
            "nudges": list(flow.shelf.nudges),
        },
    }


def say_flow(flow: Flow) -> int:
    """Print the self-review as text, below the report."""
    for number, each in enumerate(flow.tried, start=1):
        print_lines(f"experiment {number}  {MARKS[each.done]} {each.text}")
    for aim in flow.aims:
        print_lines(f"{flow.report.called}'s aim  {aim}")
    for line in flow.review.lines_of(Kind.WELL, Kind.WRONG, Kind.AIM, Kind.WISH):
        print_lines(f"line {line.id}  {_sentence(line)}")
    for text in changes_since(flow):
        print_lines(text)
    for text in learning_lines(flow):
        print_lines(f"learning  {text}")
    return 0


def find(args: argparse.Namespace, ctx: AppContext) -> int:
    line = " ".join(args.text)
    with closing(TodayStore(ctx)) as live:
        hits = Clients(ctx, live).hits(line, max(1, args.limit), REVIEW_KINDS)
    if args.json:
        return emit([{"day": hit.day, "where": WHERE[hit.kind], "text": hit.text} for hit in hits])
    for hit in hits:
        print_lines(f"{formats.dated_text(hit.day):<15}  {WHERE[hit.kind]:<8}  {excerpt(hit.text, line, ROOM)}")
    return 0 if hits else print_lines(f"No matches for {line!r}.")


WHERE = {"review_line": "review", "day": "evening"}
