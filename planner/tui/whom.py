"""Asks the rep when a name fits several contacts or none, or when an action needs confirmation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.domain.errors import DoNotCall, KnownAlready, PlannerError, WhichContact
from planner.tui.messages import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.tui.shared.modals.pick import Pick
    from planner.tui.shared.screen import BaseScreen

    Again = Callable[[str], None]


@dataclass(frozen=True)
class Answer:
    """The rep's answers so far: `who` (an id, or ``new: NAME``) is the contact for the name `wanted`, None if not
    asked. `force` confirms despite a warning.
    """

    who: str | None = None
    wanted: str = ""
    force: bool = False


def carry_out(
    screen: BaseScreen, work: Callable[[Answer], str], again: Again | None = None, answer: Answer = Answer()
) -> None:
    """Run a service that takes a person. If the contact is unclear, ask and run it again with the answer. `again` is
    called with the message if the service fails or the rep declines.
    """

    def leave(problem: PlannerError) -> None:
        if again is not None:
            again(Refused(problem))
        else:
            screen.complain(str(problem))

    def asked(problem: PlannerError) -> bool:
        if isinstance(problem, WhichContact):
            ask(
                screen,
                problem,
                lambda chosen: carry_out(screen, work, again, replace(answer, who=chosen, wanted=problem.wanted)),
                lambda: leave(problem),
            )
        elif isinstance(problem, KnownAlready | DoNotCall):
            confirm(
                screen,
                problem,
                lambda: carry_out(screen, work, again, replace(answer, force=True)),
                (lambda: leave(problem)) if again is not None else None,
            )
        else:
            return False
        return True

    screen.planner.carry_out(lambda: work(answer), again, asked)


def ask(
    screen: BaseScreen, problem: WhichContact, take: Callable[[str], None], leave: Callable[[], None] | None = None
) -> None:
    """Ask who a name means: one of those it fits, another contact found by search, or, if allowed, a new one."""
    from planner.services.calls import activity_log
    from planner.tui.shared.modals.pick import Pick, PickModal

    def offer(text: str) -> tuple[Sequence[Pick], str]:
        wanted = text.strip()
        found: Sequence[tuple[int, str]] = problem.candidates
        if wanted:
            with screen.live.reading() as handle:
                found = () if handle is None else activity_log.matching_contacts(screen.ctx, handle, wanted)
        picks = [Pick([(name, "")], f"id {key}", str(key)) for key, name in found]
        if problem.may_be_new:
            name = wanted or problem.wanted
            picks.append(Pick([("new contact  ", "dim"), (name, "")], "", f"new: {name}"))
        return picks, "No matches."

    def chosen(value: str | None) -> None:
        if value is not None:
            take(value)
        elif leave is not None:
            leave()

    title = f"Who is {problem.wanted}?"
    screen.app.push_screen(PickModal(title, "another spelling, a company, a number …", offer), chosen)


def confirm(
    screen: BaseScreen, problem: PlannerError, take: Callable[[], None], leave: Callable[[], None] | None = None
) -> None:
    """Ask for confirmation of an action that raised a warning."""
    from planner.tui.shared.modals.confirm import ConfirmModal

    def answered(yes: bool | None) -> None:
        if yes:
            take()
        elif leave is not None:
            leave()

    word = "Call anyway" if isinstance(problem, DoNotCall) else "Save anyway"
    screen.app.push_screen(ConfirmModal(f"{word}?", str(problem), word), answered)
