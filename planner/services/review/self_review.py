"""Runs the weekly self-review: step by step, interruptible, saved, and turned into tasks (S4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from planner.domain.day.tasks import Due, Priority, Task
from planner.domain.errors import InputError, StateError, changed_message
from planner.domain.review import self_review as rules
from planner.domain.review.review import Review
from planner.domain.review.self_review import AIMS, MOST_LINES, STEPS, Became, Flow, Kind, ReviewLine, SelfReview, Tried
from planner.domain.review.spans import Span, parse_span, week_name, week_of
from planner.domain.text import clean
from planner.domain.typed.when import parse_when
from planner.domain.workdays import DAY, Period, nearest_worked
from planner.services.calls.activity_log import require_database
from planner.services.context import AppContext
from planner.services.plan.calendar import work_calendar
from planner.services.review import learning
from planner.services.review import review as reports
from planner.store.day import day as days
from planner.store.day import tasks
from planner.store.plan import goals
from planner.store.review import review as report_store
from planner.store.review import self_review as store

if TYPE_CHECKING:
    from planner.store.recorder import Reads

NOON = 12


def due_week(ctx: AppContext) -> date:
    """Return the Monday of the week due for review."""
    today = ctx.today()
    if not ctx.database.exists():
        return week_of(today).first
    with ctx.database.read() as reads:
        return _due_week(ctx, reads)


def _due_week(ctx: AppContext, reads: Reads) -> date:
    today = ctx.today()
    rest = Period(today + DAY, week_of(today).last) if today < week_of(today).last else None
    works_on = rest is not None and any(weight for _, weight in work_calendar(ctx, reads).weights(rest))
    monday = week_of(today).first - DAY * 7
    begun = report_store.first_count(reads)
    there = begun is not None and begun < monday + DAY * 7
    return rules.week_to_review(today, works_on=works_on, before=store.get(reads, monday) if there else None)


def read(ctx: AppContext, week: date | None = None) -> Flow:
    """Return the self-review of the week containing a day (default: the one that is due), begun or not."""
    if not ctx.database.exists():
        raise StateError(reports.NOTHING)
    monday = due_week(ctx) if week is None else week_of(week).first
    return from_report(ctx, reports.read(ctx, Span.WEEK, monday))


def from_report(ctx: AppContext, report: Review) -> Flow:
    """Return the self-review of a week from its report."""
    monday = report.period.first
    with ctx.database.read() as reads:
        review, before = store.get(reads, monday), store.get(reads, monday - DAY * 7)
        said = _resolutions(reads, monday)
        every = goals.load_all(reads)
        wishes = [goal for goal in every.values() if goal.parent_id is None and goal.state == "open"]
        top = min(wishes, key=lambda goal: (goal.horizon.level, goal.position), default=None)
        return Flow(
            report,
            review,
            rules.collect_tried(said, before, review),
            tuple(store.aims_for(reads, monday)),
            learning.shelf(ctx, reads, report.period.last),
            "" if top is None else top.title,
        )


def _resolutions(reads: Reads, monday: date) -> list[tuple[date, str]]:
    """Return what evenings said they would try during a week: those of its days and the last one before it. The last
    evening of the week is left out, because it speaks of the next.
    """
    found = report_store.rituals(reads, Period(monday - DAY * 7, monday + DAY * 6))
    texts = [(day, said.will_try) for day, (_, _, said) in sorted(found.items()) if said.will_try]
    before = [pair for pair in texts if pair[0] < monday][-1:]
    return before + [pair for pair in texts if monday <= pair[0] < max(found)]


def week_review(ctx: AppContext, week: date) -> SelfReview:
    """Return what was written about a week, given its Monday, without the report."""
    with ctx.database.read() as reads:
        return store.get(reads, week)


def list_begun(ctx: AppContext) -> list[SelfReview]:
    """Return the reviews that were begun, newest first."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        return store.load_begun(reads)


def week_named(ctx: AppContext, text: str | None) -> date | None:
    """Return the Monday of a typed week (a day, ``2026-W46``, ``last week``), or None for None."""
    if text is None:
        return None
    whole = parse_span(text, ctx.today())
    if whole is None:
        return week_of(parse_when(text, ctx.now(), towards="past", today=ctx.today()).day).first
    if whole[0] is not Span.WEEK:
        raise InputError(f"{text} is a {whole[0]}. A self-review covers a week.")
    return week_of(whole[1]).first


def _check(ctx: AppContext, week: date) -> None:
    if week > ctx.today():
        raise InputError(f"Week {week_name(week)} hasn't started yet, so there's nothing to review.")
    if not ctx.database.exists():
        raise StateError(reports.NOTHING)


def begin(ctx: AppContext, week: date) -> SelfReview:
    """Begin the review of a week, unless it was begun already."""
    _check(ctx, week)
    with ctx.database.write(f"started review of {week_name(week)}") as change:
        store.begin(change, week, ctx.now())
        return store.get(change, week)


def go_to(ctx: AppContext, week: date, step: int) -> None:
    """Save the step to resume at. The position isn't an undoable change."""
    if not 0 <= step < len(STEPS):
        raise InputError(f"A review has {len(STEPS)} steps.")
    _check(ctx, week)
    with ctx.database.derive() as writer:
        store.go_to(writer, week, step)


def save_line(
    ctx: AppContext,
    week: date,
    kind: Kind,
    text: str,
    *,
    cause: str = "",
    correction: str = "",
    line_id: int = 0,
    seen: ReviewLine | None = None,
) -> ReviewLine:
    """Add a line to a week's review, beginning it if needed, or change one. A correction's task is renamed with it.
    Raises StateError if the line no longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    _check(ctx, week)
    with ctx.database.write("review") as change:
        store.begin(change, week, ctx.now())
        review = store.get(change, week)
        line = _line(review, line_id) if line_id else ReviewLine(0, kind, clean(text))
        before = None if seen is None else (seen.text, seen.cause, seen.correction)
        if before is not None and (line.text, line.cause, line.correction) not in (before, (text, cause, correction)):
            raise StateError(changed_message("line", line.text))
        same = review.lines_of(line.kind)
        if not line_id and line.kind is Kind.AIM and len(same) >= AIMS:
            raise InputError(f"You already have {AIMS} aims for the week. Edit or delete one first.")
        if not line_id and line.kind is Kind.WISH and same:
            line = same[0]
        elif not line_id and len(same) >= MOST_LINES:
            raise InputError(f"A review can have up to {MOST_LINES} lines of each kind.")
        line = replace(line, text=clean(text), cause=clean(cause), correction=clean(correction))
        if line.task_id is not None and line.done is not False and not line.correction:
            raise InputError("That fix is already a task. Drop the task first, or reword the fix.")
        if line.task_id is not None and line.done is None:
            task = tasks.get(change, line.task_id)
            tasks.put(change, replace(task, title=line.correction))
        line = replace(line, id=store.put_line(change, week, line))
        change.label = f"review of {review.name}: {line.text}"
    return line


def week_of_line(ctx: AppContext, line_id: int) -> date:
    """Return the Monday of the review containing a line. Raises StateError if there is none."""
    require_database(ctx, reports.NOTHING)
    with ctx.database.read() as reads:
        found = store.weeks_of(reads, [line_id]).get(line_id)
    if found is None:
        raise StateError(f"No review has a line {line_id}. See a week's lines with `planner review week`.")
    return found


def _line(review: SelfReview, line_id: int) -> ReviewLine:
    found = next((line for line in review.lines if line.id == line_id), None)
    if found is None:
        raise StateError(f"The review of {review.name} has no line {line_id}.")
    return found


def drop(ctx: AppContext, week: date, line_id: int) -> ReviewLine:
    """Delete a line. A task made from its correction stays."""
    _check(ctx, week)
    with ctx.database.write("review") as change:
        line = _line(store.get(change, week), line_id)
        store.drop_line(change, line_id)
        change.label = f"deleted from the review: {line.text}"
    return line


def mark(ctx: AppContext, week: date, tried: Tried, done: bool) -> None:
    """Mark whether something the rep wanted to try was done."""
    _check(ctx, week)
    with ctx.database.write(f"marked {'done' if done else 'not done'}: {tried.text}") as change:
        store.begin(change, week, ctx.now())
        review = store.get(change, week)
        known = next((line for line in review.lines_of(Kind.TRIED) if line.origin == tried.origin), None)
        line = known or ReviewLine(0, Kind.TRIED, tried.text, origin=tried.origin)
        store.put_line(change, week, replace(line, text=tried.text, done=done))


def as_task(ctx: AppContext, week: date, line_id: int) -> tuple[ReviewLine, Task]:
    """Turn a line's correction into a task for the coming week. The mornings until then show it too."""
    _check(ctx, week)
    with ctx.database.write("fix") as change:
        line = _correction(store.get(change, week), line_id)
        if line.task_id is not None and line.done is not False:  # a dropped task doesn't count
            raise StateError(f"That fix is already a task: {line.correction}.")
        due = first_day(ctx, change, week)
        task = Task(0, line.correction, due, Due(due), Priority.A, tags=("correction",))
        task = tasks.add(change, task, int(ctx.clock.timestamp()), ctx.today())
        line = replace(line, became=Became.TASK, task_id=task.id, task_due=due)
        store.put_line(change, week, line)
        change.label = f"task from review: {task.title}"
    return line, task


def as_week(ctx: AppContext, week: date, line_id: int) -> ReviewLine:
    """Mark a line's correction as a change to the week template."""
    _check(ctx, week)
    with ctx.database.write("fix") as change:
        line = _correction(store.get(change, week), line_id)
        if line.task_id is not None and line.done is not False:
            raise StateError(f"That fix is already a task: {line.correction}.")
        line = replace(line, became=Became.WEEK, task_id=None)
        store.put_line(change, week, line)
        change.label = f"week change from review: {line.correction}"
    return line


def _correction(review: SelfReview, line_id: int) -> ReviewLine:
    line = _line(review, line_id)
    if not line.correction:
        raise InputError("That line has no fix yet. Add what you'll do differently first.")
    return line


def first_day(ctx: AppContext, reads: Reads, week: date) -> date:
    """Return the first working day of the week after the reviewed one. If that is past, return today, or the next
    working day from noon on or once today is closed.
    """
    today = ctx.today()
    spent = ctx.now().date() > today or ctx.now().hour >= NOON or days.get(reads, today).closed
    first = max(week + DAY * 7, today + DAY if spent else today)
    return nearest_worked(first, work_calendar(ctx, reads).is_working_day)


def finish(ctx: AppContext, week: date, wish: str = "", seen: str | None = None) -> SelfReview:
    """Finish a review and save its figures, with an optional line on the rep's why. If finished, only the line is new.
    Raises StateError if the line no longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    _check(ctx, week)
    report = reports.read(ctx, Span.WEEK, week)
    figures = {name: str(figure.done) for name, figure in report.figures.items()}
    if report.strength.value is not None:
        figures["strength"] = f"{report.strength.value:.4f}"
    with ctx.database.write(f"finished review of {week_name(week)}") as change:
        store.begin(change, week, ctx.now())
        if wish.strip():
            known = next(iter(store.get(change, week).lines_of(Kind.WISH)), None)
            if seen is not None and known is not None and known.text not in (seen, clean(wish)):
                raise StateError(changed_message("line", known.text))
            line = ReviewLine(0, Kind.WISH, clean(wish)) if known is None else replace(known, text=clean(wish))
            store.put_line(change, week, line)
        if store.get(change, week).finished:
            change.label = f"review of {week_name(week)}: {clean(wish)}"
        else:
            store.finish(change, week, ctx.now(), figures)
            store.go_to(change, week, len(STEPS) - 1)
        return store.get(change, week)
