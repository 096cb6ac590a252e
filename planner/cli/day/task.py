"""`planner task`: the ranked task list. `planner add`: a task in one line."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from planner.cli.shared import rows
from planner.cli.shared.common import WHO, Group, emit, print_lines, read_span, read_when, warn, whole_number
from planner.domain import formats
from planner.domain.day.tasks import Due, Priority, Task, TaskState
from planner.domain.errors import InputError
from planner.domain.text import plural
from planner.domain.typed import recurrence, task_line
from planner.services.clients import promises
from planner.services.day import tasks as service
from planner.services.plan import calendar

if TYPE_CHECKING:
    from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("task")
    parser = commands.add("add", quick)
    parser.add_argument(
        "line", nargs="+", metavar="LINE", help="text, date and time, A|B|C, #tag, @contact, 45m, every RULE"
    )
    parser.add_argument("--dry-run", action="store_true", help="show how the line is read without adding it")
    parser.add_argument("--goal", type=whole_number, metavar="ID", help="the goal it serves")
    _anyway(parser)
    parser = group.add("add", add, "add a task")
    parser.add_argument("text", nargs="+", metavar="TEXT")
    _fields(parser)
    parser = group.add("list", list_, "list open tasks, most important first", reads=True)
    parser.add_argument("--all", action="store_true", help="include done and dropped tasks")
    parser.add_argument("--goal", type=whole_number, metavar="ID", help="only tasks for this goal")
    parser = group.add("edit", edit, "edit a task")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--text", metavar="TEXT")
    _fields(parser)
    parser = group.add("done", done, "mark tasks done")
    parser.add_argument("id", type=whole_number, nargs="+")
    parser = group.add("reopen", reopen, "reopen done or dropped tasks")
    parser.add_argument("id", type=whole_number, nargs="+")
    parser = group.add("move", move, "move a task up, down or to a place on the list")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("where", metavar="up|down|N")
    group.add("rank", rank, "restore the suggested order")
    parser = group.add("snooze", snooze, "postpone a task (default: until tomorrow)")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("when", nargs="*", metavar="WHEN")
    _anyway(parser)
    parser = group.add("skip", skip, "skip one occurrence of a repeating task")
    parser.add_argument("id", type=whole_number, nargs="+")
    parser = group.add("drop", drop, "drop tasks")
    parser.add_argument("id", type=whole_number, nargs="+")
    parser.add_argument("--reason", default="", metavar="TEXT")
    parser.add_argument("--series", action="store_true", help="end the whole series of a repeating task")


def _fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--due", metavar="WHEN")
    parser.add_argument("--priority", metavar="A|B|C")
    parser.add_argument(
        "--every", metavar="RULE", help="weekday, monday, 2 weeks, month end, 2 weeks after done, or an RRULE"
    )
    parser.add_argument("--goal", metavar="ID", help="the goal it serves")
    parser.add_argument("--contact", metavar="WHO", help=WHO)
    parser.add_argument("--minutes", type=whole_number, metavar="N")
    parser.add_argument("--tag", action="append", metavar="TAG", help="can be used more than once")
    _anyway(parser)


def _anyway(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--anyway", action="store_true", help="allow it during family or sleep time")


def _given_fields(args: argparse.Namespace, ctx: AppContext) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if args.due is not None:
        found["due"], minutes = (None, None) if args.due.lower() == "none" else read_span(args.due, ctx, args.minutes)
        if minutes is not None:
            found["minutes"] = minutes
    if args.priority is not None:
        text = args.priority.upper()
        if text not in ("A", "B", "C", "NONE"):
            raise InputError(f"{args.priority!r} isn't a priority. Use A, B or C.")
        found["priority"] = None if text == "NONE" else Priority(text)
    if args.every is not None:
        found["every"] = (
            None if args.every.lower() == "none" else recurrence.parse_repeat(args.every, today=ctx.today())
        )
    if args.tag is not None:
        found["tags"] = tuple(tag.strip().removeprefix("#") for tag in args.tag if tag.lower() != "none")
    if args.goal is not None:
        try:
            found["goal_id"] = None if args.goal.lower() == "none" else whole_number(args.goal)
        except argparse.ArgumentTypeError as error:
            raise InputError(f"Goal: {error}.") from error
    if args.minutes is not None:
        found["minutes"] = args.minutes
    return found


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    given = _given_fields(args, ctx)
    task = service.add(ctx, " ".join(args.text), contact=args.contact, force=args.anyway, **given)
    return print_lines(f"Task {task.id}: {_sentence(task)}")


def quick(args: argparse.Namespace, ctx: AppContext) -> int:
    wanted = task_line.parse_line(" ".join(args.line), ctx.now(), today=ctx.today(), calendar=calendar.OwnCalendar(ctx))
    made = promises.quick(ctx, wanted) if wanted.kind == "promise" and not args.dry_run else None
    for text in wanted.said:
        warn(f"{text}.")
    if args.dry_run:
        chips = "  ".join(text for _, text in wanted.chips())
        return print_lines(f"{wanted.title}  {chips}".rstrip())
    if made is not None:
        print_lines(f"Promise {made.id}: {rows.promise_sentence(made, ctx.now())}")
        warn(f"Read it back: “{made.read_back(ctx.today())}”")
        return 0
    task = service.quick(ctx, wanted, goal_id=args.goal, force=args.anyway)
    return print_lines(f"Task {task.id}: {_sentence(task)}")


def rank(args: argparse.Namespace, ctx: AppContext) -> int:
    service.rank_anew(ctx)
    return print_lines("Restored the suggested order")


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    changes = _given_fields(args, ctx)
    if args.text is not None:
        changes["title"] = args.text
    if not changes and args.contact is None:
        raise InputError("Nothing to change. See `planner task edit --help`.")
    task = service.edit(ctx, args.id, changes, args.contact, force=args.anyway)
    return print_lines(f"Task {task.id}: {_sentence(task)}")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    tasks = service.list_tasks(ctx, state=None if args.all else TaskState.OPEN, goal_id=args.goal)
    if args.json:
        why = service.reasons(ctx)
        return emit([as_object(task, number, ctx, why) for number, task in enumerate(tasks, start=1)])
    if not tasks:
        return print_lines("No tasks yet. Add one with `planner task add TEXT`.")
    for task in tasks:
        state = "" if task.state is TaskState.OPEN else f"  ({task.state})"
        age = task.age_days(ctx.today())
        old = f"  {plural(age, 'day', 'days')} old" if age and task.state is TaskState.OPEN else ""
        print_lines(f"{task.id:>4}  {task.priority or '·'}  {_sentence(task)}{old}{state}")
    return 0


def done(args: argparse.Namespace, ctx: AppContext) -> int:
    for task, following in service.complete(ctx, *args.id):
        print_lines(f"Done: {task.title}")
        if following is not None:
            print_lines(
                f"Next: task {following.id}{_on(following, ctx)}" + (f"  {following.title}" if following.care else "")
            )
    return 0


def reopen(args: argparse.Namespace, ctx: AppContext) -> int:
    for task in service.reopen(ctx, *args.id):
        print_lines(f"Reopened: {task.title}")
    return 0


def move(args: argparse.Namespace, ctx: AppContext) -> int:
    task, place, on_today = service.move(ctx, args.id, args.where.lower())
    among = "on today's list" if on_today else "among your open tasks"
    return print_lines(f"Task {task.id} is now number {place} {among}: {service.named(task)}")


def snooze(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.when:
        found = read_when(" ".join(args.when), ctx)
        due = Due(found.day, found.at)
    else:
        due = Due(ctx.today() + timedelta(days=1))
    task = service.snooze(ctx, args.id, due, force=args.anyway)
    return print_lines(f"Task {task.id} snoozed: {task.title}{_on(task, ctx)}")


def skip(args: argparse.Namespace, ctx: AppContext) -> int:
    for task, following in service.skip(ctx, *args.id):
        print_lines(f"Skipped: {task.title}{_on(task, ctx)}")
        print_lines(
            "That was the last one." if following is None else f"Next: task {following.id}{_on(following, ctx)}"
        )
    return 0


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    for task in service.drop(ctx, *args.id, reason=args.reason, series=args.series):
        print_lines(f"Dropped{' the whole series' if task.every else ''}: {task.title}")
    return 0


def as_object(task: Task, rank: int, ctx: AppContext, why: dict[int, tuple[str, ...]]) -> dict[str, object]:
    """A task as in `task list --json`."""
    return {
        "id": task.id,
        "title": task.title,
        "due": None if task.due is None else str(task.due),
        "priority": None if task.priority is None else task.priority.value,
        "rank": rank,
        "done": task.state is TaskState.DONE,
        "state": task.state.value,
        "goal_id": task.goal_id,
        "every": task.every,
        "minutes": task.minutes,
        "age_days": task.age_days(ctx.today()),
        "kind": task.kind,
        "tags": list(task.tags),
        "missed": task.missed,
        "from_done": task.from_done,
        "own_place": task.placed,
        "reasons": list(why.get(task.id, ())),
    }


def _on(task: Task, ctx: AppContext) -> str:
    return f", {formats.when_text(task.due, ctx.today())}" if task.due else ""


def _sentence(task: Task) -> str:
    parts = [task.title]
    if task.due is not None:
        parts.append(formats.when_text(task.due))
    if task.every is not None:
        parts.append(str(recurrence.Every(task.every, task.from_done)))
    if task.missed:
        parts.append(f"{task.missed} missed")
    if task.minutes is not None:
        parts.append(formats.duration(task.minutes))
    if task.goal_id is not None:
        parts.append(f"for goal {task.goal_id}")
    parts += [f"#{tag}" for tag in task.tags]
    return "  ".join(parts)
