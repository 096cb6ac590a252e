"""When to speak to somebody next: as agreed, parsed from what the rep types, or after a call nobody answered."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from planner.domain.calls.calling_list import UNREACHED
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError
from planner.domain.typed.moment import HINT, WrongDate
from planner.domain.typed.moment import When as Phrase
from planner.domain.typed.task_line import parse_line
from planner.domain.typed.when import parse_when
from planner.domain.workdays import worked_ahead
from planner.services.context import AppContext
from planner.services.plan.calendar import OwnCalendar, work_calendar

TRIED_AGAIN = timedelta(hours=1)
LATEST_AGAIN = 18  # from this hour on, an unanswered callback moves to the next day


@dataclass(frozen=True, slots=True)
class When:
    """The parsed time of a callback or meeting: when it is due, the remaining text (a place, a subject), and a
    meeting's minutes if a range of hours was given.
    """

    due: Due
    rest: str = ""
    said: str = ""
    minutes: int | None = None


def read_when(ctx: AppContext, text: str, *, hour: bool, by_end: bool = False) -> When:
    """Parse the day and hour of a callback or meeting, and any other text. `hour` requires an hour, as for a meeting.
    Of a range of hours, a meeting takes both ends, a promise (`by_end`) the end, anything else the start.

    Raises InputError with what can be parsed.
    """
    if not text.strip():
        raise InputError(f"When? {HINT[0].upper()}{HINT[1:]}.")
    now, today = ctx.now(), ctx.today()
    rest = ""
    try:
        found = parse_when(text, now, today=today, spans=True)
    except WrongDate:
        raise
    except InputError:
        said_line = f"promise {text}" if by_end else text
        line = parse_line(said_line, now, today=today, calendar=OwnCalendar(ctx))
        if line.due is None:
            raise
        rest = line.title.removeprefix("at ")
        found = Phrase(line.due.day, line.due.at, ", ".join(line.said), line.minutes)
    if found.at is not None and found.minutes is not None and not hour:
        end = found.at_end()
        found = end if by_end else replace(found, said=f"{found.said}, from {found.at:%H:%M}".removeprefix(", "))
    due = Due(found.day, found.at)
    if hour and due.at is None:
        raise InputError("At what time? Type thu 11 or tomorrow 14:30, for example.")
    if due.day < today or (due.at is not None and datetime.combine(due.day, due.at) < now):
        raise InputError(f"{text.strip()!r} is in the past.")
    return When(due, rest, found.said, found.minutes if hour else None)


def next_try(ctx: AppContext, handle: sqlite3.Connection, outcome: str) -> str | None:
    """Return when an unanswered callback is due again: in an hour, or if that is too late, the next working day. None
    for other outcomes.
    """
    if outcome not in UNREACHED:
        return None
    now = ctx.now()
    later = now + TRIED_AGAIN
    if later.hour < LATEST_AGAIN and later.date() == now.date():
        return f"{later:%Y-%m-%dT%H:%M}"
    following = worked_ahead(now.date(), work_calendar(ctx, handle).is_working_day)
    return f"{following.isoformat()}T{now:%H:%M}"
