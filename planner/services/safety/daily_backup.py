"""Makes the day's backup once something was written."""

from __future__ import annotations

from planner.domain.errors import PlannerError
from planner.services.context import AppContext


def back_up(ctx: AppContext) -> None:
    """Make the day's backup if something was written. A failure is reported and retried with the next write. Uses its
    own connection, so a thread may do it beside an open screen.
    """
    if not ctx.backup_wanted:
        return
    ctx.backup_wanted = False
    from planner.store.safety import backup  # loads hashlib

    try:
        backup.daily(ctx.path, ctx.now())
    except PlannerError as problem:
        ctx.notice(f"Today's backup failed: {problem}")
