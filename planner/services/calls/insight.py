"""Computes what the log shows about calling: best hours, sessions, the sprint record, the no's to go (S17, S18)."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from planner.domain.calls.best_hours import HourMap, build_map
from planner.domain.calls.session import Sprint, Tally, per_hour, record
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.calls import session as store

BACK = timedelta(days=180)
SESSIONS = 10


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A past session: its start, tally, people spoken to and pace in calls per hour."""

    began: datetime
    tally: Tally
    spoken: int
    pace: float | None


@dataclass(frozen=True, slots=True)
class Insight:
    """Call statistics: best hours over the last 180 days, the newest sessions, the best sprint, and the no's to the
    next meeting.
    """

    hours: HourMap
    sessions: tuple[SessionLine, ...]
    best_sprint: Sprint | None
    noes: tuple[int, int, int] | None


def read(ctx: AppContext, *, limit: int = SESSIONS) -> Insight:
    """Read the calling insight on a connection of its own."""
    live = TodayStore(ctx)
    with closing(live):
        with live.reading() as handle:
            if handle is None:
                return Insight(build_map([]), (), None, None)
            hours = build_map(store.by_hour(handle, ctx.today() - BACK))
            lines = []
            for row, tally, spoken in store.sessions(handle, limit):
                if not tally.calls:
                    continue
                seconds = max(0, (row.ended or row.started) - row.started - row.paused)
                lines.append(
                    SessionLine(datetime.fromtimestamp(row.started), tally, spoken, per_hour(tally.calls, seconds))
                )
            best = record(store.sprints(handle))
        today = live.glance()
    noes = None
    if today is not None and today.noes is not None:
        noes = (today.noes, today.noes_low or today.noes, today.noes_high or today.noes)
    return Insight(hours, tuple(lines), best, noes)
