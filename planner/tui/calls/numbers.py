"""Dials or copies the number of the prospect on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.domain.errors import PlannerError
from planner.services.calls import dialing
from planner.services.calls.activity_log import do_not_call_error
from planner.services.calls.session import Phone
from planner.tui import whom
from planner.tui.messages import ServiceFailed

if TYPE_CHECKING:
    from planner.tui.calls.calls import CallsScreen


def dial(screen: CallsScreen) -> None:
    """Pass the number to the dialler and start the clock."""
    _if_allowed(screen, lambda phone: _dial(screen, phone))


def copy(screen: CallsScreen) -> None:
    """Copy the number."""
    _if_allowed(screen, lambda phone: _copy(screen, phone))


def _if_allowed(screen: CallsScreen, step: Callable[[Phone], None]) -> None:
    """Ask first if they don't want to be called."""
    phone, card = screen.calls.phone, screen.calls.card
    if phone is None or card is None:
        return
    if card.do_not_call:
        whom.confirm(screen, do_not_call_error(card.name), lambda: step(phone))
    else:
        step(phone)


def _dial(screen: CallsScreen, phone: Phone) -> None:
    screen.end_check()
    planner = screen.planner

    def dial() -> None:
        try:
            call = dialing.dial(screen.ctx, phone.value)
        except PlannerError as problem:
            screen.post_message(ServiceFailed(str(problem)))
            return
        planner.call_from_thread(lambda: screen.say([(" ▸ ", "accent"), (call.said, "")]))

    try:
        screen.caution = dialing.parse_number(screen.ctx, phone.value).caution
    except PlannerError as problem:
        screen.show_error(str(problem))
        return
    if screen.attempt(screen.calls.start):
        screen.call_begun()
        screen.run_worker(dial, thread=True, group="dial", exit_on_error=False)


def _copy(screen: CallsScreen, phone: Phone) -> None:
    try:
        number = dialing.parse_number(screen.ctx, phone.value)
    except PlannerError as problem:
        screen.show_error(str(problem))
        return
    screen.app.copy_to_clipboard(number.digits)
    screen.say([(" ▸ ", "accent"), (f"Copied {number}", "")])
