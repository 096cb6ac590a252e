"""Starts the screens: paints today's figures first, then loads Textual.

The figures are read with plain SQL and painted as plain ANSI before Textual is imported, which takes a third of a
second. Keys typed in the meantime stay in the terminal's queue for the app.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from planner.clock import Clock


def run(db: str | None, config: str | None, *, clock: Clock | None = None, welcome: str = "") -> int:
    """Run the app in a terminal and return the exit code. `welcome` is shown on the message line."""
    from planner.platform import ending_in_order
    from planner.tui.day import first_paint

    today, now = first_paint.figures(db, config, clock)
    with ending_in_order(), first_paint.painted(today, now) as first:
        from planner.services.context import AppContext
        from planner.services.day.today_store import TodayStore

        ctx = AppContext.open(db, config, clock)
        live = TodayStore(ctx)
        try:
            if today is None:
                today = live.read()
                first.paint(today)
            from planner.tui.app import PlannerApp  # imports Textual, so only after the first paint

            app = PlannerApp(ctx, live, today, ctx.now(), welcome)
            app.run()
        finally:
            live.close()
    return app.return_code or 0
