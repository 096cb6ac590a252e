"""Logs a distraction (STOP) as resisted or given in to, by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain.calls.activity_log import Activity
from planner.domain.day.day_progress import day_minute
from planner.domain.errors import PlannerError
from planner.domain.text import plural
from planner.tui.day.modals.temptation import StopModal
from planner.tui.shared import asking

if TYPE_CHECKING:
    from planner.tui.day.today import TodayScreen


def ask_kind(screen: TodayScreen, outcome: str) -> None:
    """Ask for the kind of distraction and log it."""

    def log(kind: str | None) -> None:
        if kind == StopModal.EDIT:
            asking.edit_words(screen, "distractions")
        elif kind is not None:
            _log(screen, outcome, kind)

    try:
        kinds = screen.live.words("distractions")
    except PlannerError as problem:
        screen.show_error(str(problem))
        return
    screen.app.push_screen(StopModal(kinds, given_in=outcome == "given-in"), log)


def _log(screen: TodayScreen, outcome: str, kind: str) -> None:
    try:
        entry = Activity(0, screen.ctx.now(), "stop", outcome, reason=kind or None)
        logged = screen.live.log(entry)
    except PlannerError as problem:
        screen.show_error(str(problem))
        return
    for name in logged.adds:
        screen.today.counts[name] += 1
    if logged.waits:
        screen.today.facts.append((day_minute(screen.today, entry.moment), "stop", outcome, 1))
        screen.tell_waiting(logged)
        return
    number = plural(screen.today.counts[logged.adds[0]], "distraction", "distractions")
    told = f"{number} resisted today" if outcome == "refused" else f"Gave in to {number} today"
    screen.show_info(told + (f": {kind}" if kind else ""))
