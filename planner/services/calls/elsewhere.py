"""Logs calls that were made away from the calling screen, with everything that an outcome entails there.

They belong to no session, because its clocks know nothing of them. A screen that shows the same contact moves on once
it notices the change.
"""

from __future__ import annotations

from datetime import timedelta

from planner.domain.day.activity import DIAL_OUTCOMES
from planner.domain.errors import InputError, StateError
from planner.services.calls.activity_log import checked_note
from planner.services.calls.follow_up_time import When, next_try
from planner.services.calls.session import MEETING_MINUTES
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.calls import outcome as outcomes

LONGEST_CALL = 6 * 60 * 60  # seconds


def log_call(
    ctx: AppContext,
    live: TodayStore,
    contact_id: int,
    outcome: str,
    *,
    when: When | None = None,
    reason: str = "",
    note: str = "",
    number: str = "",
    seconds: int | None = None,
) -> str:
    """Log a call that has just ended, with its consequences, and return the contact's name. `when` is the time of a
    callback or meeting, `number` the one dialed, `seconds` how long the call was, if that is known.
    """
    if outcome not in DIAL_OUTCOMES:
        raise InputError(f"{outcome!r} isn't a call outcome.")
    if outcome in ("callback", "meeting") and when is None:
        raise InputError(f"When is the {outcome}? Enter a date and time.")
    now = ctx.now()
    began = now if seconds is None else now - timedelta(seconds=min(max(0, seconds), LONGEST_CALL))
    with live.writing() as handle:
        row = handle.execute("SELECT name FROM contact WHERE id = ?", (contact_id,)).fetchone()
        if row is None:
            raise StateError("This contact was deleted in the meantime.")
        outcomes.write(
            handle,
            outcomes.Outcome(
                outcome=outcome,
                contact_id=contact_id,
                name=row[0],
                began=began,
                seconds=None if seconds is None else int((now - began).total_seconds()),
                gap=None,
                day=ctx.clock.day_of(began),
                today=ctx.today(),
                now=int(ctx.clock.timestamp()),
                note=checked_note(note) or "",
                reason=checked_note(reason) or "",
                number=number,
                due=None if when is None else str(when.due),
                place="" if when is None else when.rest,
                minutes=(when and when.minutes) or MEETING_MINUTES,
                again=next_try(ctx, handle, outcome),
            ),
            None,
        )
    return str(row[0])
