"""Changes to the day made through services, each returning the message for the rep.

Run in workers, because the first edit of a form loads SQLModel and the screen must stay responsive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.errors import StateError
from planner.services.context import AppContext
from planner.tui.messages import InFull
from planner.tui.shared.changes import day_of

if TYPE_CHECKING:
    from planner.domain.day.blocks import Block, DayBlock, WeekTemplate
    from planner.domain.day.day import CloseWords
    from planner.domain.day.events import TimeOff
    from planner.tui.clients.modals.amount import WinWanted


def untick(ctx: AppContext, task_id: int) -> str:
    """Mark a task as not done again."""
    from planner.services.day import tasks

    return f"Reopened: {tasks.reopen(ctx, task_id)[0].title}"


def move(ctx: AppContext, task_id: int, where: str) -> str:
    """Rank a task."""
    from planner.services.day import tasks

    moved, place, _ = tasks.move(ctx, task_id, where)
    return f"Moved to place {place}: {tasks.named(moved)}"


def put_off(ctx: AppContext, task_id: int) -> str:
    """Postpone a task to tomorrow."""
    from planner.domain.day.tasks import Due
    from planner.services.day import tasks

    tomorrow = Due(ctx.today() + timedelta(days=1))
    return f"Snoozed until tomorrow: {tasks.snooze(ctx, task_id, tomorrow).title}"


def put_to(ctx: AppContext, task_id: int, day: date, word: str) -> str:
    """Move a task to a day, named by `word` in the message."""
    from planner.domain.day.tasks import Due
    from planner.services.day import tasks

    return f"Moved to {word}: {tasks.snooze(ctx, task_id, Due(day)).title}"


def skip(ctx: AppContext, task_id: int) -> str:
    """Skip one occurrence of a task."""
    from planner.services.day import tasks

    skipped, following = tasks.skip(ctx, task_id)[0]
    if following and following.due:
        return f"Skipped: {skipped.title}. Next: {day_of(following.due)}"
    return f"Skipped the last one: {skipped.title}"


def open_day(ctx: AppContext) -> str:
    """Open the day."""
    from planner.services.day import day

    day.open_day(ctx)
    return "Day started. Today's targets are set."


def close_day(ctx: AppContext, which: date, *, without_list: bool) -> str:
    """Close a day and save its four evening lines."""
    from planner.services.day import day

    day.close_day(ctx, without_list=without_list, day=which)
    return "Day ended" if which == ctx.today() else f"Ended {formats.when_text(which)}"


def say_of_day(ctx: AppContext, which: date, said: CloseWords, seen: CloseWords) -> str:
    """Save the four evening lines of a day, checked against those `seen`, without closing it."""
    from planner.services.day import day

    day.save_notes(ctx, which, said, seen)
    return "Evening notes saved"


# blocks of a day, found by position when the change is carried out


def _block(ctx: AppContext, day: date, position: int) -> DayBlock:
    from planner.services.day import blocks

    return blocks.find(blocks.read(ctx, day).blocks, str(position))


def mark_block(ctx: AppContext, day: date, position: int, how: str | None) -> str:
    """Mark a block kept or missed, or clear the mark."""
    from planner.services.day import blocks

    block = _block(ctx, day, position)
    how = None if block.mark == how else how
    blocks.mark(ctx, day, block, how)
    return f"{(how or 'mark cleared').capitalize()}: {block.block}"


def drop_block(ctx: AppContext, day: date, position: int, *, drop: bool = False) -> str:
    """Drop a block for the day, or restore it. `drop` confirms displacing other blocks."""
    from planner.services.day import blocks

    block = _block(ctx, day, position)
    if block.dropped:
        plan = blocks.take_back(ctx, day, block, drop=drop)
        return _message_with(f"Restored: {block.block}", plan.gave_way)
    blocks.drop(ctx, day, block)
    return f"Dropped for the day: {block.block}"


def shift_block(ctx: AppContext, day: date, position: int, begin: int, end: int, *, drop: bool = False) -> str:
    """Move a block's begin and end by minutes, for this day. `drop` confirms displacing other blocks."""
    from planner.services.day import blocks

    block = _block(ctx, day, position)
    moved = block.block.moved_to(block.block.first + begin, block.block.last + end)
    plan = blocks.move(ctx, day, block, moved.first, moved.last, drop=drop)
    return _message_with(f"Moved for this day: {moved}", plan.gave_way)


def _message_with(said: str, gave_way: Sequence[str]) -> str:
    """Build the message of what was done and which blocks gave way."""
    return InFull(f"{said}. {', '.join(gave_way)}.") if gave_way else said


def place_block(ctx: AppContext, day: date, seen: DayBlock | None, wanted: Block, *, drop: bool = False) -> str:
    """Move a block, as `seen`, to other hours of a day, or add one that isn't in the week. `drop` confirms displacing
    other blocks.
    """
    from planner.services.day import blocks

    if seen is None:
        return _message_with(f"Added for this day: {wanted}", blocks.add(ctx, day, wanted, drop=drop).gave_way)
    plan = blocks.move(ctx, day, seen, wanted.first, wanted.last, drop=drop)
    return _message_with(f"Moved for this day: {wanted}", plan.gave_way)


def take_off(ctx: AppContext, off: TimeOff) -> str:
    """Take off the days that a calendar marks as such."""
    from planner.services.plan import calendar

    days = calendar.set_days(ctx, [off.days], Fraction(0), off.title)
    return f"Marked as off: {formats.days_text(days[0], days[-1], ctx.today())}, {off.title}"


# weeks


def put_week_block(
    ctx: AppContext,
    template: WeekTemplate,
    weekdays: list[int],
    old: Block | None,
    new: Block | None,
    leaving: tuple[int, ...] = (),
    *,
    chosen: int,
    drop: bool = False,
) -> str:
    """Add a block to a week, change or remove one on the `chosen` weekday, and remove it from the weekdays in
    `leaving`. `drop` confirms displacing other blocks.
    """
    from planner.services.day import week

    # Read the current week, as an earlier change may still have been running when the key was pressed.
    template = week.find(ctx, template.name)
    if old is not None and old not in template.days[chosen]:
        raise StateError(
            f"{old} was changed or removed in the meantime. Check the week first: saving now adds another block."
        )
    told = week.put_block(ctx, template, weekdays, old, new, leaving=leaving, drop=drop)
    return _message_with(f"Saved in {template.name}: {new}", told) if new else f"Removed from {template.name}: {old}"


def copy_week_day(ctx: AppContext, template: WeekTemplate, weekday: int, to: list[int]) -> str:
    """Copy one weekday's blocks to others."""
    from planner.domain.workdays import WEEKDAYS
    from planner.services.day import week

    template = week.find(ctx, template.name)
    name = WEEKDAYS[weekday].capitalize()
    week.put_days(ctx, template, dict.fromkeys(to, template.days[weekday]), f"copied {name} in {template.name}")
    return f"Copied {name} to {week.named(to)}"


def win(ctx: AppContext, wanted: WinWanted, who: str | None = None) -> str:
    """Log a win. `who` is the contact chosen when the typed name fits several."""
    from planner.services.clients import deals

    (deal,) = deals.win(ctx, wanted.amount, contact=who or wanted.contact, title=wanted.title)
    who = f", {deal.contact}" if deal.contact else ""
    return f"Won: {deal.title}{who}, {formats.amount(wanted.amount)} closed"
