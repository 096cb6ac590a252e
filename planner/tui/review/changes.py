"""Changes to the review made through services, each returning the message for the rep. Run in workers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.review import learning as learnt
from planner.domain.review.self_review import Kind
from planner.services.context import AppContext

if TYPE_CHECKING:
    from planner.domain.review.learning import Learning
    from planner.domain.review.self_review import ReviewLine
    from planner.tui.shared.entity_form import Edited


def begin(ctx: AppContext, week: date, step: int) -> str:
    """Begin the review of a week at a step."""
    from planner.services.review import self_review

    review = self_review.begin(ctx, week)
    self_review.go_to(ctx, week, step)
    return f"Started the review of {review.name}. You can leave any time and resume where you left off."


def save_line(ctx: AppContext, week: date, kind: Kind, text: str, seen: ReviewLine | None = None) -> str:
    """Save a line of a kind, such as a success or an aim."""
    from planner.services.review import self_review

    line = self_review.save_line(ctx, week, kind, text, line_id=0 if seen is None else seen.id, seen=seen)
    return f"{'Aim' if kind is Kind.AIM else 'Win'}: {line.text}"


def save_lesson(ctx: AppContext, week: date, wanted: Mapping[str, str], seen: ReviewLine | None = None) -> str:
    """Save what went wrong, with cause and correction."""
    from planner.services.review import self_review

    line = self_review.save_line(ctx, week, Kind.WRONG, **wanted, line_id=0 if seen is None else seen.id, seen=seen)
    open_ = line.correction and not line.became
    hint = ". Press t to make its fix a task, or w to change your week." if open_ else ""
    return f"Miss: {line.text}{hint}"


def as_task(ctx: AppContext, week: date, line_id: int) -> str:
    """Turn a correction into a task."""
    from planner.services.review import self_review

    _, task = self_review.as_task(ctx, week, line_id)
    when = "" if task.due is None else f", {formats.near_text(str(task.due), ctx.today())}"
    until = ". You'll see it every morning until then." if task.due is not None and task.due.day > ctx.today() else ""
    return f"Task added: {task.title}{when}{until}"


def as_week(ctx: AppContext, week: date, line_id: int) -> str:
    """Turn a correction into a change of the week template."""
    from planner.services.review import self_review

    return f"Change your week: {self_review.as_week(ctx, week, line_id).correction}. Press 7 to go back to the review."


def finish(ctx: AppContext, week: date, wish: str, seen: str) -> str:
    """Finish the review of a week with its line on the rep's why, checked against that `seen`."""
    from planner.services.review import self_review

    before = self_review.week_review(ctx, week)
    review = self_review.finish(ctx, week, wish, seen)
    return f"Your why: {review.wish}" if before.finished and review.wish else f"Finished the review of {review.name}"


def put_learning(ctx: AppContext, row: Learning | None, wanted: Edited) -> str:
    """Add something to learn, or save changes to it. An open question becomes a task."""
    from planner.services.review import learning

    given = dict(wanted.fields)
    if row is not None:
        learning.edit(ctx, row.id, seen=row, what=row.kind.value, **given)
        return ctx.said
    title, kind = given.pop("title"), learnt.read_kind(wanted.typed["kind"])
    if kind is learnt.Kind.QUESTION and not given.get("done_on"):
        made, task = learning.ask(ctx, title, author=given.get("author", ""))
        return f"To find out by {formats.near_text(str(task.due), ctx.today())}: {made.title}"
    made = learning.add(ctx, title, **given | {"kind": kind, "started": given.get("done_on")})
    return f"Added {made.kind.label}: {made.title}"
