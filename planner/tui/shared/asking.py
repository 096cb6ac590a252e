"""Opens the forms that any screen may need: tasks in one line, an email to write, the lines of a list of the rep's
own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from planner.domain.errors import PlannerError
from planner.services.calls import custom_lists
from planner.services.clients.client_list import Clients
from planner.services.day.today_store import MOST_AT_ONCE
from planner.services.plan.calendar import OwnCalendar
from planner.tui import whom
from planner.tui.day.modals.quick import LineWanted, QuickAddModal
from planner.tui.mail.modals.mail import DraftModal, DraftWanted
from planner.tui.shared import changes
from planner.tui.shared.modals.line import LineModal
from planner.tui.shared.modals.text_area import TextModal

if TYPE_CHECKING:
    from planner.domain.typed.quick_add import QuickAdd
    from planner.tui.shared.screen import BaseScreen


def ask_line(
    screen: BaseScreen,
    text: str = "",
    problem: str = "",
    goal_id: int | None = None,
    under: str = "",
    others: Sequence[str] = (),
) -> None:
    """Ask for one line, or several pasted ones. If adding fails, ask again with what was typed."""

    def add(wanted: LineWanted | None) -> None:
        if wanted is None:
            return
        added = changes.LinesAdded(wanted)
        whom.carry_out(
            screen,
            lambda answer: added.carry_out(screen.ctx, goal_id, answer),
            lambda problem: ask_line(screen, added.wanted.text, problem, goal_id, under, added.wanted.others),
        )

    modal = QuickAddModal(
        screen.ctx.now(),
        screen.ctx.today(),
        text,
        problem,
        under,
        partial(_split_contact, screen),
        others,
        OwnCalendar(screen.ctx),
    )
    screen.app.push_screen(modal, add)


def _split_contact(screen: BaseScreen, line: QuickAdd) -> tuple[str, str]:
    """Return who a promise is to, as far as is clear while typing, and the rest of its text."""
    return Clients(screen.ctx, screen.live, MOST_AT_ONCE).split_contact(line)


def ask_letter(screen: BaseScreen, wanted: DraftWanted | None = None, problem: str = "") -> None:
    """Ask for an email to queue for the next mail window. If saving fails, ask again with what was typed."""
    try:
        points = screen.live.words("letters")
    except PlannerError as trouble:
        screen.show_error(str(trouble))
        return

    def put(asked: DraftWanted | None) -> None:
        if asked is not None:
            whom.carry_out(
                screen,
                lambda answer: changes.write_letter(
                    screen.ctx, answer.who or asked.name, asked.subject, asked.proposal
                ),
                lambda trouble: ask_letter(screen, asked, trouble),
            )

    screen.app.push_screen(DraftModal(points, wanted, problem), put)


def edit_words(screen: BaseScreen, name: str, typed: str | None = None, problem: str = "") -> None:
    """Edit the lines of a list. If saving fails, ask again with what was typed."""
    try:
        found, shipped = custom_lists.get(screen.ctx, name), custom_lists.default_lines(screen.ctx, name)
    except PlannerError as trouble:
        screen.show_error(str(trouble))
        return

    def keep(text: str | None) -> None:
        if text is not None:
            screen.run_change(
                lambda: changes.keep_words(screen.ctx, name, text.splitlines(), found.lines),
                lambda trouble: edit_words(screen, name, text, trouble),
            )

    lines = "\n".join(found.lines) if typed is None else typed
    about = f"! {problem}" if problem else f"{found.about} One per line."
    modal = TextModal(found.title, about, lines, reset="\n".join(shipped))
    screen.app.push_screen(modal, keep)


def ask_with_person(screen: BaseScreen, text: str = "") -> None:
    """Ask for one line for the contact on the screen, if there is one."""
    who = screen.person()
    if who is None:
        ask_line(screen, text)
    else:
        ask_line(screen, f"{text}@{who[0]} ", under=who[1])


def ask_letter_to_person(screen: BaseScreen) -> None:
    """Ask for an email to the contact on the screen, if there is one."""
    who = screen.person()
    ask_letter(screen, None if who is None else DraftWanted(f"{who[0]}: {who[1]}", "", proposal=False))


def ask_question(screen: BaseScreen, contact_id: int, text: str = "", problem: str = "") -> None:
    """Ask for a question that couldn't be answered, and save it as a task to find out."""

    def keep(said: str | None) -> None:
        if said is not None:
            screen.run_change(
                partial(changes.note_question, screen.ctx, said, contact_id),
                lambda trouble: ask_question(screen, contact_id, said, trouble),
            )

    hint = "I'll find out and call you back"
    modal = LineModal("A question you couldn't answer", "question", text, hint, problem=problem)
    screen.app.push_screen(modal, keep)
