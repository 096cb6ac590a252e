"""`planner import calendar`: events and tasks of an iCalendar file, with a preview."""

from __future__ import annotations

import argparse
import sys

from planner.cli.shared.common import Group, emit, print_lines, warn
from planner.cli.shared.progress import Terminal
from planner.cli.transfer.preview_lines import (
    LINES_SHOWN,
    count_text,
    made_text,
    print_line,
    print_sample,
    print_skipped,
    task_states_text,
)
from planner.domain import formats
from planner.domain.text import plural
from planner.services.context import AppContext
from planner.services.day import events
from planner.services.transfer.import_preview import Preview as TaskPreview


def register(group: Group) -> None:
    """Register the command."""
    parser = group.add(
        "calendar",
        calendar,
        "import meetings and tasks from a calendar (ICS); your blocks make room for the meetings",
        reads=True,
    )
    parser.add_argument("file", metavar="FILE.ics", help="a file, or a folder that vdirsyncer keeps")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be imported, changed and skipped")
    parser.add_argument("--encoding", metavar="E", help="if it isn't detected: cp1251, cp949, shift_jis, utf-16")
    parser.add_argument(
        "--drop-missing", action="store_true", help="drop coming meetings that an earlier file of this calendar had"
    )


def calendar(args: argparse.Namespace, ctx: AppContext) -> int:
    progress = Terminal()
    try:
        preview = events.import_calendar(
            ctx, args.file, encoding=args.encoding, dry_run=args.dry_run, drop_missing=args.drop_missing,
            show=None if args.json else progress.wrap(_show_calendar),
            progress=lambda done: progress("reading", done, 0),
        )  # fmt: skip
    except KeyboardInterrupt:
        progress.clear()
        warn("Import stopped. Nothing was changed.")
        return 130
    progress.clear()
    for notice in preview.notices:
        warn(notice)
    if preview.missing and not args.drop_missing:
        _warn_missing(preview)
    if args.json:
        return emit(_calendar_object(preview, dry_run=args.dry_run))
    if args.dry_run:
        return print_lines("This was a dry run. Nothing was changed.")
    if not preview.news:
        return print_lines("Nothing new in this file. Nothing was changed.")
    print_lines("Imported. Undo it with `planner undo`.")
    for each in preview.may_be_off[:LINES_SHOWN]:
        print_lines(each.sentence())
    more = len(preview.may_be_off) - LINES_SHOWN
    return print_lines(f"and {more:,} more. To see a month: `planner calendar show`.") if more > 0 else 0


def _warn_missing(preview: events.Preview) -> None:
    """Ask about the meetings of a calendar that its newer file doesn't have any more."""
    count = plural(len(preview.missing), "coming meeting", "coming meetings")
    warn(
        f"{count} from “{preview.calendar}” {'is' if len(preview.missing) == 1 else 'are'} missing in this file. If "
        f"{'it was' if len(preview.missing) == 1 else 'they were'} deleted there, import it with --drop-missing, or "
        "drop one by one:"
    )
    for title, meeting_id, each in preview.missing[:LINES_SHOWN]:
        start, _ = each.local()
        day = formats.when_text(start.date())
        when = day if each.all_day else f"{day} {start:%H:%M}"
        print_lines(f"  {when:<18}{title}  (planner meeting drop {meeting_id})")


def _show_calendar(preview: events.Preview) -> None:
    counts = [
        count_text(preview.events, "events"),
        count_text(preview.times, "occurrences"),
        f"{preview.ahead:,} upcoming",
    ]
    print_lines(f"{preview.name}: {', '.join(counts)}")
    if preview.endless and preview.until is not None:
        until = formats.dated_text(preview.until)
        print_line(
            "repeating", f"{count_text(preview.endless, 'events')} with no end date, added through {until} for now"
        )
    for title, each in preview.next_times:
        start, end = each.local()
        until = "all day" if each.all_day else f"{start:%H:%M}–{end:%H:%M}"
        free = "" if each.busy or each.all_day else "  (shown as free, so blocks stay)"
        print_line(formats.when_text(start.date()), f"{until}  {title}{free}")
    made = [f"{count_text(preview.made, 'new events')}"]
    if preview.changed:
        made.append(f"{preview.changed:,} changed")
    if preview.same:
        made.append(f"{preview.same:,} already in planner")
    if preview.gone:
        made.append(f"{preview.gone:,} canceled")
    print_line("imports", ", ".join(made))
    if preview.tasks is not None:
        _show_tasks(preview.tasks)
    print_skipped(preview.skipped)
    sys.stdout.flush()


def _show_tasks(tasks: TaskPreview) -> None:
    print_sample(tasks)
    states = task_states_text(tasks)
    print_line("tasks", made_text(tasks) + (f" ({states})" if states else ""))


def _calendar_object(preview: events.Preview, *, dry_run: bool) -> dict[str, object]:
    return {
        "file": preview.name,
        "kind": "calendar",
        "dry_run": dry_run,
        "events": preview.events,
        "times": preview.times,
        "ahead": preview.ahead,
        "made": preview.made,
        "changed": preview.changed,
        "same": preview.same,
        "cancelled": preview.gone,
        "missing": [{"title": title, "meeting": meeting_id} for title, meeting_id, _ in preview.missing],
        "filled_in_to": None if preview.until is None else preview.until.isoformat(),
        "skipped": [{"why": why, "events": len(lines), "lines": lines} for why, lines in preview.skipped.items()],
        "tasks": None
        if preview.tasks is None
        else {"made": preview.tasks.made, "changed": preview.tasks.changed, "same": preview.tasks.same},
        "notices": preview.notices,
        "may_be_off": [
            {"title": each.title, "from": each.days.first.isoformat(), "to": each.days.last.isoformat()}
            for each in preview.may_be_off
        ],
    }
