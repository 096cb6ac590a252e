"""Changes that several screens make through services, each returning the message for the rep. Run in workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.errors import NeedNotFound, ProtectedTime
from planner.services.context import AppContext
from planner.tui.messages import Added

if TYPE_CHECKING:
    from planner.domain.day.tasks import Due
    from planner.domain.typed.quick_add import QuickAdd
    from planner.services.plan.new_month import Offer
    from planner.tui.day.modals.quick import LineWanted
    from planner.tui.whom import Answer


def begin_month(ctx: AppContext, offer: Offer) -> str:
    """Accept a month's plan as proposed. A plan below twice the quota was pointed out there."""
    from planner.services.plan import new_month

    return new_month.take(ctx, offer, below_double=True).sentence()


def keep_words(ctx: AppContext, name: str, lines: list[str] | None, seen: Sequence[str] | None = None) -> str:
    """Save the rep's version of a list, or None to restore the default, unless it has changed since `seen`."""
    from planner.services.calls import custom_lists

    found = custom_lists.put(ctx, name, lines, seen=seen)
    return f"Saved: {found.title}" if found.own else f"Reset to the default: {found.title}"


def write_letter(ctx: AppContext, name: str, subject: str, proposal: bool) -> str:
    """Queue an email for the next mail window."""
    from contextlib import closing

    from planner.services.day.today_store import TodayStore
    from planner.services.mail.drafts import Drafts

    with closing(TodayStore(ctx)) as live:
        draft = Drafts(ctx, live).write(name, subject, proposal=proposal)
    return f"Email to write: {draft.name}, {draft.subject}" + (", with a proposal" if draft.proposal else "")


def quick_add(ctx: AppContext, wanted: LineWanted, goal_id: int | None = None, answer: Answer | None = None) -> str:
    """Add a parsed line, under a goal if one is given. `answer` is the contact chosen if the rep was asked."""
    from planner.services.clients import promises
    from planner.services.day import tasks

    line = wanted.line if answer is None or answer.who is None else _assign_contact(wanted.line, answer)
    if line.kind == "promise":
        promise = promises.quick(ctx, line)
        return promise.read_back(ctx.today())
    try:
        task = tasks.quick(ctx, line, goal_id=goal_id, force=wanted.force)
    except (ProtectedTime, NeedNotFound) as problem:
        raise type(problem)(f"{problem} Press ⏎ again to add it anyway.") from problem
    later = task.due is not None and task.due.day > ctx.today()
    return f"Added: {task.title}" + (f", due {day_of(task.due)}" if later and task.due else "")


def _assign_contact(line: QuickAdd, answer: Answer) -> QuickAdd:
    """Assign the chosen contact to a line. The text of a promise loses the name it began with."""
    title = line.title
    if line.kind == "promise" and line.contact is None:
        title = title.removeprefix(answer.wanted).lstrip(" ,:;") or title
    return replace(line, contact=answer.who, title=title)


class LinesAdded:
    """Adds several quick-add lines in order, as one service. `wanted` is the current one, with the rest of them."""

    def __init__(self, wanted: LineWanted) -> None:
        self.wanted = wanted
        self._count = 0

    def carry_out(self, ctx: AppContext, goal_id: int | None, answer: Answer | None = None) -> str:
        """Add the remaining lines. `answer` is the contact chosen for the current one. Raises PlannerError at the first
        line that can't be added, which becomes the current one.
        """
        from planner.domain.typed.task_line import parse_line
        from planner.services.plan.calendar import OwnCalendar

        while True:
            said = quick_add(ctx, self.wanted, goal_id, answer)
            self._count += 1
            if not self.wanted.others:
                return said if self._count == 1 else Added(f"Added {self._count} lines. Last: {self.wanted.text}")
            text, *others = self.wanted.others
            line = parse_line(text, ctx.now(), today=ctx.today(), calendar=OwnCalendar(ctx))
            self.wanted = replace(self.wanted, text=text, line=line, force=False, others=tuple(others))
            answer = None


def day_of(due: Due) -> str:
    """Format a due date as on the rest of the screen: ``Fri 20 Nov 16:00``."""
    return formats.when_text(due)


def tick(ctx: AppContext, task_id: int) -> str:
    """Mark a task done."""
    from planner.services.day import tasks

    finished, following = tasks.complete(ctx, task_id)[0]
    return f"Done: {finished.title}" + (f". Next: {day_of(following.due)}" if following and following.due else "")


def drop(ctx: AppContext, task_id: int, reason: str = "", series: bool = False) -> str:
    """Drop a task, with all its occurrences if `series`."""
    from planner.services.day import tasks

    dropped = tasks.drop(ctx, task_id, reason=reason, series=series)[0]
    return f"Dropped{' the whole series' if dropped.every else ''}: {dropped.title}"


def note_question(ctx: AppContext, question: str, contact_id: int | None = None) -> str:
    """Save a question that couldn't be answered as a task."""
    from planner.services.review import learning

    row, task = learning.ask(ctx, question, contact=None if contact_id is None else str(contact_id))
    return f"To find out {formats.near_text(str(task.due), ctx.today())}: {row.title}"
