"""Carries out the decision about an email, after asking what it requires."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.domain.errors import DoNotCall, NeedNotFound, PlannerError, WhichContact
from planner.services.calls import dialing
from planner.tui import whom
from planner.tui.mail.modals.mail import EnterModal

if TYPE_CHECKING:
    from planner.domain.day.tasks import Due
    from planner.domain.mail.letters import Thread
    from planner.services.mail.letters import Stored
    from planner.tui.mail.mail import MailScreen

NOTHING_ASKED = whom.Answer()


def decide(
    screen: MailScreen,
    thread: Thread[Stored],
    decision: str,
    text: str = "",
    due: Due | None = None,
    answer: whom.Answer = NOTHING_ASKED,
) -> None:
    """Decide what happens to an email. Asks who it is from, and before calling against a wish, if that isn't clear."""
    force = answer.force or (decision == "proposal" and screen.anyway == thread.newest.id)
    try:
        said = screen.mail.letters.decide(
            screen.today, thread, decision, text=text, due=due, who=answer.who or "", force=force
        )
    except WhichContact as problem:
        whom.ask(
            screen,
            problem,
            lambda chosen: decide(screen, thread, decision, text, due, replace(answer, who=chosen)),
        )
    except DoNotCall as problem:
        whom.confirm(screen, problem, lambda: decide(screen, thread, decision, text, due, replace(answer, force=True)))
    except NeedNotFound as problem:
        screen.anyway = thread.newest.id
        screen.show_error(f"{problem} Press o again to add one anyway.")
    except PlannerError as problem:
        screen.show_error(str(problem))
    else:
        screen.remove_decided(thread, said.text)


def open_answer(screen: MailScreen, thread: Thread[Stored]) -> bool:
    """Open a reply in the rep's mail program, or copy its address if there is none."""
    try:
        target = screen.mail.letters.reply_target(thread.newest.letter)
    except PlannerError as problem:
        screen.show_error(str(problem))
        return False
    open_address(screen, target)
    return True


def open_address(screen: MailScreen, target: str) -> None:
    """Open an address in the rep's mail program, or copy it if there is none."""
    planner = screen.planner

    def hand_on() -> None:
        try:
            dialing.open_address(target)
        except PlannerError as problem:
            planner.call_from_thread(_copied, screen, target, str(problem))

    screen.run_worker(hand_on, thread=True, group="open", exit_on_error=False)


def _copied(screen: MailScreen, target: str, problem: str) -> None:
    screen.app.copy_to_clipboard(target)
    screen.show_error(f"{problem} The reply address was copied instead.")


def ask_entered(screen: MailScreen, sender: str = "", subject: str = "", problem: str = "") -> None:
    """Ask for an email by hand. If saving fails, ask again with what was typed."""

    def put(wanted: tuple[str, str] | None) -> None:
        if wanted is not None:
            _enter(screen, *wanted)

    screen.app.push_screen(EnterModal(sender, subject, problem), put)


def _enter(screen: MailScreen, sender: str, subject: str) -> None:
    try:
        screen.mail.letters.enter(sender, subject)
    except WhichContact as problem:
        said = str(problem)
        whom.ask(
            screen,
            problem,
            lambda chosen: _enter(screen, chosen, subject),
            lambda: ask_entered(screen, sender, subject, said),
        )
    except PlannerError as problem:
        ask_entered(screen, sender, subject, str(problem))
    else:
        screen.reload()
