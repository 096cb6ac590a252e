"""Changes to the review made through services, each returning the message for the rep. Run in workers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from planner.domain.review.learning import Kind as Learnt
from planner.domain.review.self_review import Kind
from planner.services.context import AppContext
from planner.tui.shared.spans import day_words

if TYPE_CHECKING:
    from planner.domain.review.learning import Learning
    from planner.domain.review.self_review import ReviewLine, Tried
    from planner.tui.review.modals.review import LearningWanted, LessonWanted


def begin(ctx: AppContext, week: date, step: int) -> str:
    """Begin the review of a week at a step."""
    from planner.services.review import self_review

    review = self_review.begin(ctx, week)
    self_review.go_to(ctx, week, step)
    return f"the review of {review.name} is begun; leave it when you like, it goes on where you were"


def say(ctx: AppContext, week: date, kind: Kind, text: str, seen: ReviewLine | None = None) -> str:
    """Save a line of a kind, such as a success or an aim."""
    from planner.services.review import self_review

    line = self_review.say(ctx, week, kind, text, line_id=0 if seen is None else seen.id, seen=seen)
    return f"{'aim' if kind is Kind.AIM else 'went well'}: {line.text}"


def wrong(ctx: AppContext, week: date, wanted: LessonWanted, seen: ReviewLine | None = None) -> str:
    """Save what went wrong, with cause and correction."""
    from planner.services.review import self_review

    line = self_review.say(
        ctx,
        week,
        Kind.WRONG,
        wanted.text,
        cause=wanted.cause,
        correction=wanted.correction,
        line_id=0 if seen is None else seen.id,
        seen=seen,
    )
    hint = "; t makes its correction a task, w a change of the week" if line.correction and not line.became else ""
    return f"went wrong: {line.text}{hint}"


def drop(ctx: AppContext, week: date, line_id: int) -> str:
    """Delete a line."""
    from planner.services.review import self_review

    return f"dropped: {self_review.drop(ctx, week, line_id).text}"


def mark(ctx: AppContext, week: date, tried: Tried, done: bool) -> str:
    """Record whether something planned was tried."""
    from planner.services.review import self_review

    self_review.mark(ctx, week, tried, done)
    return f"{'done' if done else 'not done'}: {tried.text}"


def as_task(ctx: AppContext, week: date, line_id: int) -> str:
    """Turn a correction into a task."""
    from planner.services.review import self_review

    _, task = self_review.as_task(ctx, week, line_id)
    when = "" if task.due is None else f", {day_words(str(task.due), ctx.today())}"
    until = "; the mornings until then show it" if task.due is not None and task.due.day > ctx.today() else ""
    return f"task: {task.title}{when}{until}"


def as_week(ctx: AppContext, week: date, line_id: int) -> str:
    """Turn a correction into a change of the week template."""
    from planner.services.review import self_review

    return f"change the week: {self_review.as_week(ctx, week, line_id).correction}  (7 goes back to the review)"


def finish(ctx: AppContext, week: date, wish: str, seen: str) -> str:
    """Finish the review of a week with its line on the wish, checked against that `seen`."""
    from planner.services.review import self_review

    before = self_review.week_review(ctx, week)
    review = self_review.finish(ctx, week, wish, seen)
    return f"to the wish: {review.wish}" if before.finished else f"the review of {review.name} is finished"


def learn(ctx: AppContext, wanted: LearningWanted) -> str:
    """Add something to learn. A question becomes a task."""
    from planner.services.review import learning

    if wanted.kind is Learnt.QUESTION and wanted.done_on is None:
        row, task = learning.ask(ctx, wanted.title, author=wanted.author)
        return f"to find out, {day_words(str(task.due), ctx.today())}: {row.title}"
    row = learning.add(
        ctx, wanted.title, wanted.kind, author=wanted.author, started=wanted.done_on, done_on=wanted.done_on,
        taken=wanted.taken,
    )  # fmt: skip
    return f"{row.kind}: {row.title}"


def learnt(ctx: AppContext, row: Learning, wanted: LearningWanted) -> str:
    """Save changes to a learning item."""
    from planner.services.review import learning

    changed = learning.edit(
        ctx,
        row.id,
        title=_new(wanted.title, row.title),
        author=_new(wanted.author, row.author),
        taken=_new(wanted.taken, row.taken),
        done_on=None if wanted.done_on == row.done_on else wanted.done_on,
        not_done=wanted.done_on is None and row.done_on is not None,
        seen=row,
        what=row.kind.value,
    )
    return f"{'done' if wanted.done_on and row.done_on is None else 'changed'}: {changed.title}"


def _new(typed: str, before: str) -> str | None:
    """Return the typed text if it differs from before."""
    return None if typed == before else typed


def use(
    ctx: AppContext, row: Learning, *, note: str = "", deal_id: int | None = None, activity_id: int | None = None
) -> str:
    """Record where something learnt was used."""
    from planner.services.review import learning

    learning.used(ctx, row.id, note=note, deal_id=deal_id, activity_id=activity_id, what=row.kind.value)
    return f"used: {row.title}"


def unlearn(ctx: AppContext, row: Learning) -> str:
    """Delete a learning item."""
    from planner.services.review import learning

    return f"dropped: {learning.drop(ctx, row.id, what=row.kind.value).title}"
