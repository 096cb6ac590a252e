"""Opens the modals of the morning and the evening over Today."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.services.day import day, evening, morning
from planner.tui.day import changes
from planner.tui.day.evening import EveningScreen
from planner.tui.day.morning import MorningScreen
from planner.tui.shared import asking, month

if TYPE_CHECKING:
    from planner.services.day.evening import Evening
    from planner.services.day.morning import Morning
    from planner.tui.day.today import TodayScreen


def turn_day(screen: TodayScreen) -> None:
    """Show the morning until the day is open, then its close. A closed day can be reopened."""
    if screen.today.closed_at is not None:
        screen.run_change(partial(changes.open_day, screen.ctx))
    elif screen.today.opened_at is not None:
        show_evening(screen)
    elif screen.is_night:
        screen.ask_first(lambda: day.left_open(screen.ctx), partial(_close_or_open, screen))
    else:
        show_morning(screen)


def _close_or_open(screen: TodayScreen, left_open: date | None) -> None:
    """Close or reopen the day. At night this means the day still open, not the one just begun by the clock."""
    if left_open is None:
        show_morning(screen)
    else:
        show_evening(screen, left_open)


def show_morning(screen: TodayScreen) -> None:
    """Show the morning."""

    def chosen(choice: str | None) -> None:
        if choice == "open":
            screen.run_change(partial(changes.open_day, screen.ctx))
        elif choice == "triage":
            screen.action_triage()
        elif choice == "skip":
            screen.say_what_begins()
        elif choice == "close" and found:
            show_evening(screen, found[0].left_open)
        elif choice is not None and choice.startswith("edit-"):
            asking.edit_words(screen, choice.removeprefix("edit-"))

    found: list[Morning] = []

    def show(view: Morning) -> None:
        found.append(view)
        screen.app.push_screen(MorningScreen(view, screen.today), chosen)

    screen.ask_first(lambda: morning.read(screen.ctx), show)


def show_evening(screen: TodayScreen, which: date | None = None) -> None:
    """Show the evening of a day (default today), where it is closed."""

    def left(where: str | None, evening: Evening) -> None:
        screen.reload()
        if where == "list":
            screen.planner.show("list", ("day", evening.list_day))
        elif where == "triage":
            screen.action_triage()
        elif where == "month":
            month.set_plan(screen, evening.list_day)
        elif where == "closed" and evening.day != screen.ctx.today():
            screen.show_info(f"Ended {formats.when_text(evening.day)}")
            if screen.morning_is_due():
                show_morning(screen)
        elif where == "closed" and not month.announce(screen, screen.today):
            screen.show_info("Day ended")
        elif where and where.startswith("client "):
            screen.show_client(int(where.removeprefix("client ")))

    def show(evening: Evening) -> None:
        modal = EveningScreen(screen.ctx, evening, screen.live.undo)
        screen.app.push_screen(modal, lambda where: left(where, evening))

    screen.ask_first(lambda: evening.read(screen.ctx, which), show)
