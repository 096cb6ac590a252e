"""Changes that several screens make through a service, each with the sentence about it. Called in workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.domain.errors import NeedNotFound, ProtectedTime
from planner.services.context import AppContext
from planner.tui.messages import Added
from planner.tui.shared.spans import day_words

if TYPE_CHECKING:
    from planner.domain.day.tasks import Due
    from planner.domain.typed.quick_add import QuickAdd
    from planner.services.plan.new_month import Offer
    from planner.tui.day.modals.quick import LineWanted
    from planner.tui.whom import Answer


def begin_month(ctx: AppContext, offer: Offer) -> str:
    """Take a month's plan as it was offered; that it is less than twice the quota was said where it was shown."""
    from planner.services.plan import new_month

    return new_month.take(ctx, offer, below_double=True).sentence()


def keep_words(ctx: AppContext, name: str, lines: list[str] | None, seen: Sequence[str] | None = None) -> str:
    """Make a list of words the rep's own, or as shipped again; not over what was written since it was `seen`."""
    from planner.services.calls import custom_lists

    found = custom_lists.put(ctx, name, lines, seen=seen)
    return f"{found.title}: {'kept' if found.own else 'as shipped'}"


def write_letter(ctx: AppContext, name: str, subject: str, proposal: bool) -> str:
    """Queue a letter for the next mail window."""
    from contextlib import closing

    from planner.services.day.today_store import TodayStore
    from planner.services.mail.mail import MailSession

    with closing(TodayStore(ctx)) as live:
        draft = MailSession(ctx, live).write(name, subject, proposal=proposal)
    return f"to write: {draft.name}, {draft.subject}" + (", with a proposal" if draft.proposal else "")


def quick_add(ctx: AppContext, wanted: LineWanted, goal_id: int | None = None, answer: Answer | None = None) -> str:
    """Add what a line says, under a goal where one is given; `answer` is whom it means, where that was asked."""
    from planner.services.clients import promises
    from planner.services.day import tasks

    line = wanted.line if answer is None or answer.who is None else _meant(wanted.line, answer)
    if line.kind == "promise":
        promise = promises.quick(ctx, line)
        return promise.read_back(ctx.today())
    try:
        task = tasks.quick(ctx, line, goal_id=goal_id, force=wanted.force)
    except (ProtectedTime, NeedNotFound) as problem:
        raise type(problem)(f"{problem} ⏎ again plans it knowingly.") from problem
    later = task.due is not None and task.due.day > ctx.today()
    return f"task: {task.title}" + (f", for {day_of(task.due)}" if later and task.due else "")


def _meant(line: QuickAdd, answer: Answer) -> QuickAdd:
    """A line with who is meant by it; a promise says what is promised, without the name it began with."""
    title = line.title
    if line.kind == "promise" and line.contact is None:
        title = title.removeprefix(answer.wanted).lstrip(" ,:;") or title
    return replace(line, contact=answer.who, title=title)


class LinesAdded:
    """Several lines of quick add, one after the other: `wanted` is the one under way, with those that follow it."""

    def __init__(self, wanted: LineWanted) -> None:
        self.wanted = wanted
        self._count = 0

    def carry_out(self, ctx: AppContext, goal_id: int | None, answer: Answer | None = None) -> str:
        """Add what is left of the lines; `answer` is whom the one under way means. Raises PlannerError at the first
        that can't be added, which then is the one under way.
        """
        from planner.domain.typed.quick_add import parse_line
        from planner.services.plan.calendar import OwnCalendar

        while True:
            said = quick_add(ctx, self.wanted, goal_id, answer)
            self._count += 1
            if not self.wanted.others:
                return said if self._count == 1 else Added(f"{self._count} lines added, the last: {self.wanted.text}")
            text, *others = self.wanted.others
            line = parse_line(text, ctx.now(), today=ctx.today(), calendar=OwnCalendar(ctx))
            self.wanted = replace(self.wanted, text=text, line=line, force=False, others=tuple(others))
            answer = None


def day_of(due: Due) -> str:
    """``Fri 20 Nov 16:00``, as the rest of the screen has it."""
    day = f"{due.day:%a} {due.day.day} {due.day:%b}"
    return f"{day} {due.at:%H:%M}" if due.at else day


def tick(ctx: AppContext, task_id: int) -> str:
    """Tick a task off."""
    from planner.services.day import tasks

    finished, following = tasks.done(ctx, task_id)[0]
    return f"done: {finished.title}" + (f", next on {day_of(following.due)}" if following and following.due else "")


def drop(ctx: AppContext, task_id: int, reason: str = "", series: bool = False) -> str:
    """Give a task up; one that repeats with all of its dates, where that is said."""
    from planner.services.day import tasks

    dropped = tasks.drop(ctx, task_id, reason=reason, series=series)[0]
    return f"dropped{' with all its dates' if dropped.every else ''}: {dropped.title}"


def note_question(ctx: AppContext, question: str, contact_id: int | None = None) -> str:
    """A question that couldn't be answered, as a task."""
    from planner.services.review import learning

    row, task = learning.ask(ctx, question, contact=None if contact_id is None else str(contact_id))
    return f"to find out, {day_words(str(task.due), ctx.today())}: {row.title}"
