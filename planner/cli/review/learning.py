"""`planner book` and `planner training`: what the rep learns, what they take from it and where they use it."""

from __future__ import annotations

import argparse
from datetime import date
from functools import partial

from planner.cli.shared.common import FOUND, WHO, Group, edit_value, emit, print_lines, read_when, warn, whole_number
from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.review.learning import Kind, Learning, Use, read_kind
from planner.domain.text import plural
from planner.services.context import AppContext
from planner.services.review import learning as service

NOUNS = {"book": "book", "training": "course or question"}


def register(commands: Group) -> None:
    """Register both command groups."""
    _group(commands, "book")
    _group(commands, "training")


def _group(commands: Group, what: str) -> None:
    group = commands.group(what)
    parser = group.add(
        "add", partial(add, what), "add a book" if what == "book" else "add a course, language, product or question"
    )
    parser.add_argument("title", nargs="+", metavar="TITLE")
    parser.add_argument("--author", default="", metavar="A", help="author or trainer")
    parser.add_argument("--from", dest="started", metavar="DATE", help="when you started (default: today)")
    parser.add_argument("--done", nargs="?", const="today", metavar="DATE", help="mark it finished (default: today)")
    parser.add_argument("--taken", default="", metavar="T", help="your takeaways")
    if what == "training":
        kinds = [kind.label for kind in Kind if kind is not Kind.BOOK]
        parser.add_argument("--kind", default="course", metavar="|".join(kinds))
        parser.add_argument("--contact", metavar="WHO", help=f"who the question came from: {WHO}")
    group.add("list", partial(list_, what), "list what you're learning, unfinished first", reads=True)
    parser = group.add(
        "done",
        partial(done, what),
        "mark a book finished, with your takeaways"
        if what == "book"
        else "mark a course finished or a question answered, with your takeaways",
    )
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--taken", default="", metavar="T", help="your takeaways, or the answer to a question")
    parser.add_argument("--date", metavar="DATE", help="when (default: today)")
    parser = group.add("used", partial(used, what), "log where you used it: a call, a deal, a contact or a note")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("note", nargs="*", metavar="TEXT")
    parser.add_argument("--contact", metavar="WHO", help=f"contact you used it with: {FOUND}")
    parser.add_argument("--deal", type=whole_number, metavar="ID", help="deal you used it in")
    parser.add_argument("--call", type=whole_number, metavar="ID", help="call you used it in, by its id in log list")
    parser.add_argument("--date", metavar="DATE", help="when (default: today, or the day of the call)")
    parser = group.add("edit", partial(edit, what), f"edit a {NOUNS[what]}")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--title", metavar="T")
    parser.add_argument("--author", metavar="A", help="author or trainer (none clears it)")
    parser.add_argument("--taken", metavar="T", help="your takeaways (none clears them)")
    parser = group.add("drop", partial(drop, what), f"delete a {NOUNS[what]}")
    parser.add_argument("id", type=whole_number)


def add(what: str, args: argparse.Namespace, ctx: AppContext) -> int:
    kind = Kind.BOOK if what == "book" else read_kind(args.kind)
    if kind is Kind.BOOK and what == "training":
        raise InputError("Add books with `planner book add`.")
    title = " ".join(args.title)
    if kind is Kind.QUESTION and args.done is None:
        if args.taken:
            raise InputError("--taken answers a question. Add --done to mark it answered.")
        row, task = service.ask(ctx, title, contact=args.contact, author=args.author)
        print_lines(f"Question {row.id}: {row.title}")
        return print_lines(f"Task {task.id}: {task.title}  due {formats.near_text(str(task.due), ctx.today())}")
    if what == "training" and args.contact:
        raise InputError("--contact needs --kind question.")
    day = None if args.done is None else read_when(args.done, ctx, "past").day
    begun = None if args.started is None else read_when(args.started, ctx, "past").day
    if begun is None and day is not None:
        begun = min(day, ctx.today())
    row = service.add(ctx, title, kind, author=args.author, started=begun, done_on=day, taken=args.taken)
    return print_lines(f"{row.kind.label.capitalize()} {row.id}: {sentence(row, ctx.today())}")


def list_(what: str, args: argparse.Namespace, ctx: AppContext) -> int:
    shelf = service.read(ctx)
    rows = [row for row in shelf.rows if (row.kind is Kind.BOOK) == (what == "book")]
    if args.json:
        return emit([as_object(row, unused=row.unused(ctx.today())) for row in rows])
    for row in rows:
        kind = "" if what == "book" else f"{row.kind.label:<9} "
        print_lines(f"{row.id:>4}  {kind}{sentence(row, ctx.today())}")
        if row.taken:
            print_lines(f"        takeaways: {' '.join(row.taken.split())}")
        for use in row.uses:
            print_lines(f"        used on {formats.when_text(use.day, ctx.today())}{_format_use(use)}")
    if not rows:
        print_lines(f"No {what}s yet. Add one with `planner {what} add TITLE`.")
    if what == "book" and shelf.pace is not None:
        print_lines(("✓ " if shelf.pace.kept else "▼ ") + shelf.pace.words())
    for nudge in shelf.nudges:
        warn(nudge)
    return 0


def done(what: str, args: argparse.Namespace, ctx: AppContext) -> int:
    day = None if args.date is None else read_when(args.date, ctx, "past").day
    row = service.finish(ctx, args.id, taken=args.taken, day=day, what=what)
    print_lines(f"{row.kind.label.capitalize()} {row.id}: {sentence(row, ctx.today())}")
    if not row.taken:
        warn(f"What did you take from it? Save it with `planner {what} done {row.id} --taken TEXT`.")
    return 0


def used(what: str, args: argparse.Namespace, ctx: AppContext) -> int:
    day = None if args.date is None else read_when(args.date, ctx, "past").day
    row = service.record_use(
        ctx, args.id, note=" ".join(args.note), contact=args.contact, deal_id=args.deal, activity_id=args.call,
        day=day, what=what,
    )  # fmt: skip
    use = row.uses[-1] if row.uses else None
    return print_lines(
        f"Logged use: {row.title}"
        + ("" if use is None else f"  {formats.when_text(use.day, ctx.today())}{_format_use(use)}")
    )


def edit(what: str, args: argparse.Namespace, ctx: AppContext) -> int:
    if (args.title, args.author, args.taken) == (None, None, None):
        raise InputError("Nothing to change. Use --title, --author or --taken.")
    changes = {"title": args.title, "author": edit_value(args.author), "taken": edit_value(args.taken)}
    row = service.edit(ctx, args.id, what=what, **{name: text for name, text in changes.items() if text is not None})
    return print_lines(f"{row.kind.label.capitalize()} {row.id}: {sentence(row, ctx.today())}")


def drop(what: str, args: argparse.Namespace, ctx: AppContext) -> int:
    row = service.drop(ctx, args.id, what=what)
    return print_lines(f"Deleted {row.kind.label} {row.id}: {row.title}")


def sentence(row: Learning, today: date) -> str:
    """Format a book or training as a line."""
    by = f", {row.author}" if row.author else ""
    state = (
        f"{'asked' if row.kind is Kind.QUESTION else 'started'} {formats.when_text(row.started, today)}"
        if row.done_on is None
        else f"✓ {formats.when_text(row.done_on, today)}"
    )
    count = len(row.uses)
    times = f"  used {plural(count, 'time', 'times')}" if row.uses else ""
    return f"{row.title}{by}  {state}{times}"


def _format_use(use: Use) -> str:
    told = [use.note, use.contact or "", use.deal or "", f"call {use.activity_id}" if use.activity_id else ""]
    return "".join(f"  {text}" for text in told if text)


def as_object(row: Learning, *, unused: bool) -> dict[str, object]:
    """A row as in `book list --json`."""
    return {
        "id": row.id,
        "kind": row.kind.value,
        "title": row.title,
        "author": row.author or None,
        "started": row.started.isoformat(),
        "done": None if row.done_on is None else row.done_on.isoformat(),
        "taken": row.taken or None,
        "task_id": row.task_id,
        "unused": unused,
        "uses": [
            {
                "day": use.day.isoformat(),
                "note": use.note or None,
                "contact": use.contact,
                "deal_id": use.deal_id,
                "call_id": use.activity_id,
            }
            for use in row.uses
        ],
    }
