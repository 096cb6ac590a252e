"""Gathers what the morning shows before a day is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.review.self_review import REMINDED, Kept
from planner.domain.review.spans import week_of
from planner.domain.workdays import DAY
from planner.services.calls import custom_lists
from planner.services.context import AppContext
from planner.services.day.day import left_open
from planner.store.activity_log import day_counts
from planner.store.day import day as store
from planner.store.day import tasks
from planner.store.review import self_review

if TYPE_CHECKING:
    from planner.store.recorder import Reads


@dataclass(frozen=True, slots=True)
class Morning:
    """What the morning shows: affirmations, a thought, the drive item, yesterday's "will try", the overdue count, open
    items from reviews, a week whose review is unfinished, and the previous working day if it is still open.
    """

    affirmations: tuple[str, ...]
    thought: str
    drive: str
    will_try: str
    overdue: int
    opened: bool
    kept: Kept = field(default_factory=Kept)
    review_due: str = ""
    left_open: date | None = None


def read(ctx: AppContext) -> Morning:
    """Return what the morning shows."""
    today = ctx.today()
    thoughts = custom_lists.get(ctx, "thoughts").lines
    drive = custom_lists.get(ctx, "drive").lines
    before, overdue, opened, kept, due = None, 0, False, Kept(), ""
    if ctx.database.exists():
        with ctx.database.read() as reads:
            before = store.last_worked(reads, today)
            overdue = sum(task.overdue(today) for task in tasks.query(reads))
            opened = store.get(reads, today).opened
            kept = Kept(
                tuple(self_review.open_corrections(reads, week_of(today).first - REMINDED)),
                tuple(self_review.aims_for(reads, week_of(today).first)),
            )
            due = _review_due(reads, week_of(today).first - DAY * 7)
    return Morning(
        affirmations=custom_lists.get(ctx, "affirmations").lines,
        thought=thoughts[today.toordinal() % len(thoughts)] if thoughts else "",
        drive=drive[0] if drive else "",
        will_try="" if before is None else before.words.will_try,
        overdue=overdue,
        opened=opened,
        kept=kept,
        review_due=due,
        left_open=left_open(ctx),
    )


def _review_due(reads: Reads, monday: date) -> str:
    """Return a week with activity but no finished review, else ""."""
    counts = day_counts(reads)
    worked = any(any(counts.counts_on(monday + DAY * number).values()) for number in range(7))
    return f"the week of {formats.when_text(monday)}" if worked and not self_review.get(reads, monday).finished else ""
