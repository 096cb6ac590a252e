"""Handles a month for the screens over Today and Plan: its plan, its beginning, its figures in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.domain.day.day_progress import new_month
from planner.tui.shared import changes, spans

if TYPE_CHECKING:
    from planner.domain.workdays import Period
    from planner.services.day.today_store import Today
    from planner.services.plan.new_month import Offer
    from planner.services.plan.plan import FormFacts
    from planner.tui.shared.screen import BaseScreen


def set_plan(screen: BaseScreen, day: date, typed: Mapping[str, str] | None = None, problem: str = "") -> None:
    """Ask for the figures of the month of a day and save them. If refused, ask again with what was typed."""
    from planner.domain.workdays import month_of
    from planner.tui.plan.modals.plan import PlanModal, PlanWanted

    month = month_of(day)

    def put(wanted: PlanWanted | None) -> None:
        if wanted is not None:
            screen.run_change(
                lambda: wanted.carry_out(screen.ctx), lambda trouble: set_plan(screen, day, wanted.typed, trouble)
            )

    def read() -> FormFacts:
        from planner.services.plan import plan

        return plan.form_facts(screen.ctx, month)

    def show(facts: FormFacts) -> None:
        modal = PlanModal(month, facts, typed, problem, now=screen.ctx.now(), today=screen.ctx.today())
        screen.app.push_screen(modal, put)

    screen.ask_first(read, show)


def begin(screen: BaseScreen, month: Period | None = None) -> None:
    """Propose a month's plan based on the rep's last figures (default: the month about to begin)."""

    def read() -> Offer | None:
        from planner.services.plan import new_month as service

        return service.make_offer(screen.ctx, month)

    def show(offer: Offer | None) -> None:
        from planner.tui.plan.modals.new_month import NewMonthModal

        if offer is None:
            screen.show_error("This month already has a plan. Press g to edit it.")
            return

        def chosen(choice: str | None) -> None:
            if choice == "take":
                screen.run_change(partial(changes.begin_month, screen.ctx, offer))
            elif choice == "edit":
                set_plan(screen, offer.month.first)

        screen.app.push_screen(NewMonthModal(offer), chosen)

    screen.ask_first(read, show)


def announce(screen: BaseScreen, today: Today) -> bool:
    """Announce a month without a plan, and the key that creates one. Returns whether there is such a month."""
    month = new_month(today, screen.ctx.now())
    if month:
        screen.say(*spans.new_month_lines(month, today.last_plan), keep=True)
        screen.month_said = True
    elif screen.month_said:
        screen.say([])  # it has a plan by now
    return bool(month)


def explain(screen: BaseScreen, month: Period, chosen: str) -> None:
    """Derive every figure of a month in words, and show them with one selected."""
    from planner.tui.forecast.modals.explain import WhyModal

    def read() -> Any:
        from planner.services.forecast import explain as service

        return service.read(screen.ctx, month)

    screen.ask_first(read, lambda reasons: screen.app.push_screen(WhyModal(reasons, chosen)))
