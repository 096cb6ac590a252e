"""Imports and exports calendars: meetings fill the day, and its blocks ring on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from planner import files
from planner.domain.day.blocks import MIDNIGHT
from planner.domain.day.day_progress import BLOCK_WORDS
from planner.domain.day.events import EventTime, TimeOff, time_off
from planner.domain.errors import InputError
from planner.domain.text import plural
from planner.domain.workdays import Period, month_of, week_of
from planner.exchange.day import ics, ics_out
from planner.exchange.text_file import FileRefused as FileRefused
from planner.services.context import AppContext
from planner.services.day import blocks
from planner.services.day.snapshot import FILLED_AHEAD
from planner.services.plan.calendar import work_calendar
from planner.services.transfer import calendar_tasks, exports, imports
from planner.services.transfer.import_preview import Preview as TaskPreview
from planner.store.clients import promises
from planner.store.day import events as store
from planner.store.day import tasks

if TYPE_CHECKING:
    from planner.store.recorder import Reads

# how far back endless repeating events are expanded
BACK = timedelta(days=62)
OWN = ".planner"
EXPECTED = {ics.CANCELED, ics.OURS}  # reasons to skip an event that say nothing about the others


def horizon(today: date) -> Period:
    """Return the days over which endless repeating events are expanded."""
    return Period(today - BACK, today + FILLED_AHEAD)


@dataclass
class Preview:
    """The result of a calendar import: what is found, made, changed and skipped (reason to line numbers). `gone` counts
    imported events that are now cancelled, or missing and dropped, `missing` are those of the same calendar that the
    file doesn't have (title, meeting, next time), `may_be_off` are whole days that may be days off but count as worked.
    """

    name: str
    events: int = 0
    times: int = 0
    ahead: int = 0
    made: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    skipped: dict[str, list[int]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    next_times: list[tuple[str, EventTime]] = field(default_factory=list)
    endless: int = 0
    until: date | None = None
    may_be_off: list[TimeOff] = field(default_factory=list)
    calendar: str = ""
    missing: list[tuple[str, int, EventTime]] = field(default_factory=list)
    tasks: TaskPreview | None = None

    @property
    def news(self) -> bool:
        """Whether anything would be written."""
        new_tasks = self.tasks is not None and bool(self.tasks.made or self.tasks.changed)
        return bool(self.made or self.changed or self.gone or new_tasks)


def import_calendar(
    ctx: AppContext,
    path: str,
    *,
    encoding: str | None = None,
    dry_run: bool = False,
    drop_missing: bool = False,
    show: Callable[[Preview], None] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Preview:
    """Import a calendar's events and tasks as one change. `dry_run` only previews. `drop_missing` deletes the coming
    events that an earlier file of the same calendar had and this one hasn't. A folder holds a whole calendar, so there
    they go, and open tasks are dropped.

    `show` gets the preview before anything is written. Raises FileRefused for a file that can't be read.
    """
    today, now = ctx.today(), int(ctx.clock.timestamp())
    there = ctx.database.exists()
    calendar = ics.read(path, horizon(today), encoding=encoding, own=own_uids(ctx), progress=progress)
    preview = _preview(calendar, ctx.now())
    todos, whole = calendar_tasks.as_table(path, calendar.todos), calendar_tasks.whole_name(calendar)
    preview.notices += calendar_tasks.say_skipped(calendar.skipped_tasks)
    if calendar.todos or whole:
        found = imports.take_tasks(ctx, todos, whole=whole)
        preview.notices += found.reading.notices
        preview.tasks = found if calendar.todos or found.changed else None
    gone = list(calendar.cancelled)
    if not there:
        preview.made = preview.events
    else:
        with closing(ctx.database.raw()) as handle:
            counted = store.take(handle, calendar.events, now)
            if calendar.title and not calendar.skipped.keys() - EXPECTED:
                there_now = {*(event.uid for event in calendar.events), *calendar.cancelled}
                lost = store.missing(handle, calendar.title, there_now, now)
                preview.missing = [(title, time_id, each) for _, title, time_id, each in lost]
                gone += [uid for uid, *_ in lost if drop_missing or calendar.whole]
                if calendar.whole:
                    preview.missing = []
            preview.gone = store.count_known(handle, gone)
        preview.made, preview.changed, preview.same = counted.made, counted.changed, counted.same
    if preview.made or preview.changed:  # only once: reimporting the same calendar doesn't repeat the hint
        preview.may_be_off = find_time_off(ctx, calendar)
    if show is not None:
        show(preview)
    if not dry_run and preview.news:
        what = plural(preview.events, "event", "events") if preview.events else ""
        if calendar.todos:
            tasks_too = plural(len(calendar.todos), "task", "tasks")
            what = f"{what} and {tasks_too}" if what else tasks_too
        with ctx.database.write(f"imported {what or 'no events'} from {calendar.name}") as change:
            if preview.tasks is not None:
                imports.take_tasks(ctx, todos, change, whole=whole)
            store.take(change, calendar.events, now, change)
            store.drop(change, gone)
    return preview


def own_uids(ctx: AppContext) -> Callable[[str], bool]:
    """Return whether a UID is one that this database has exported."""
    own_uid = ""
    if ctx.database.exists():
        with ctx.database.read() as reads:
            own_uid = store.database_uid(reads)
    return lambda uid: bool(own_uid) and uid.endswith(f"@{own_uid}{OWN}")


def find_time_off(ctx: AppContext, calendar: ics.Calendar) -> list[TimeOff]:
    """Return the whole days of a calendar that may be days off but count as worked."""
    found = [(each.title, each.times) for each in calendar.events if each.until is None]
    if not ctx.database.exists():
        return time_off(found, work_calendar(ctx, None), ctx.today())
    with ctx.database.read() as reads:
        return time_off(found, work_calendar(ctx, reads), ctx.today())


def _preview(calendar: ics.Calendar, now: datetime) -> Preview:
    found = Preview(calendar.name, events=len(calendar.events), skipped=calendar.skipped, notices=calendar.notices)
    found.calendar = calendar.title
    ahead: list[tuple[datetime, str, EventTime]] = []
    for event in calendar.events:
        found.times += len(event.times)
        found.endless += event.until is not None
        found.until = event.until or found.until
        ahead += [(t.local()[0], t.title or event.title, t) for t in event.times if t.local()[1] > now]
    ahead.sort(key=lambda row: (row[0], row[1]))
    found.ahead = len(ahead)
    found.next_times = [(title, each) for _, title, each in ahead[:3]]
    return found


def export_calendar(
    ctx: AppContext, path: str, period: Period, *, alarm: int = 10, force: bool = False
) -> list[ics_out.Entry]:
    """Export a period as a calendar and return the entries: blocks, meetings, and tasks and promises with an hour.

    A file that planner didn't write is replaced only with `force`.
    """
    if not path.lower().endswith((".ics", ".ical", ".ifb")):
        raise InputError(f"{path}: a calendar file must end in .ics.")
    if (period.last - period.first).days > 366:
        raise InputError("A calendar can cover a year at most.")
    entries = collect_entries(ctx, period, alarm)
    data = ics_out.write(entries, ctx.now(), "planner")
    target = os.path.abspath(os.path.expanduser(path))
    files.write(
        target,
        files.writer_of(data),
        near=os.path.dirname(ctx.path),
        ours=ics_out.PRODUCT.encode(),
        force=force,
    )
    exports.note(ctx, "calendar", len(entries), target)
    return entries


def collect_entries(ctx: AppContext, period: Period, alarm: int, *, foreign: bool = True) -> list[ics_out.Entry]:
    """Return what a calendar of some days shows. Meetings of other calendars only if `foreign`."""
    if not ctx.database.exists():
        return [entry for day in period for entry in _blocks(ctx, None, day, "new")]

    found: list[ics_out.Entry] = []
    with ctx.database.read() as reads:
        uid = store.database_uid(reads)
        for day in period:
            found += _blocks(ctx, reads, day, uid)
        several = store.repeating(reads)
        for event_uid, title, place, each in store.times_between(reads, period.first, period.last, foreign=foreign):
            start, end = each.local()
            # one entry per time; a single event keeps its UID, so that its own calendar recognises it
            name = f"{event_uid}-{start:%Y%m%dT%H%M}@{uid}{OWN}" if event_uid in several else event_uid
            whole = each.all_day
            found.append(
                ics_out.Entry(
                    name,
                    each.title or title,
                    start.date() if whole else start,
                    end.date() if whole else end,
                    place=place,
                    alarm=None if whole else alarm,
                    busy=each.busy,
                )
            )
        found += _dated(reads, period, uid, alarm)
    return found


def _blocks(ctx: AppContext, reads: Reads | None, day: date, uid: str) -> list[ics_out.Entry]:
    """Return a day's blocks, less the meetings. Each rings on a phone at its start, except sleep."""
    plan = blocks.of_day(reads, day, blocks.weight_of(ctx, reads, day))
    midnight = datetime.combine(day, time())
    found = []
    seen: dict[int, int] = {}
    for piece in plan.pieces:
        if piece.position is None or piece.dropped:
            continue
        seen[piece.position] = seen.get(piece.position, 0) + 1
        again = f"-{seen[piece.position]}" if seen[piece.position] > 1 else ""
        found.append(
            ics_out.Entry(
                f"block-{day:%Y%m%d}-{piece.position}{again}@{uid}{OWN}",
                piece.title or BLOCK_WORDS[piece.kind],
                midnight + timedelta(minutes=piece.first),
                midnight + timedelta(minutes=piece.last),
                alarm=None if piece.kind == "sleep" else 0,
            )
        )
    return found


def _dated(reads: Reads, period: Period, uid: str, alarm: int) -> list[ics_out.Entry]:
    """Return open tasks, callbacks and promises that have an hour."""
    found = []
    for task in tasks.query(reads):
        if task.due is not None and task.due.at is not None and task.due.day in period:
            start = datetime.combine(task.due.day, task.due.at)
            minutes = min(task.minutes or 15, MIDNIGHT)
            found.append(
                ics_out.Entry(
                    f"task-{task.id}@{uid}{OWN}", task.title, start, start + timedelta(minutes=minutes), alarm=alarm
                )
            )
    for promise in promises.query(reads):
        if promise.due.at is not None and promise.due.day in period:
            start = datetime.combine(promise.due.day, promise.due.at)
            who = f"{promise.contact}: " if promise.contact else ""
            found.append(
                ics_out.Entry(
                    f"promise-{promise.id}@{uid}{OWN}",
                    f"Promised: {who}{promise.text}",
                    start,
                    start + timedelta(minutes=15),
                    alarm=alarm,
                )
            )
    return found


def period_of(span: str, day: date) -> Period:
    """Return the day, week or month that contains a date."""
    return {"day": Period(day, day), "week": week_of(day), "month": month_of(day)}[span]
