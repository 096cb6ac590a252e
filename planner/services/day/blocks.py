"""Manages one day's blocks: planned from the week, changed for that day only, marked kept or missed with one key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.blocks import (
    MARKS,
    MIDNIGHT,
    TYPED,
    Block,
    DayBlock,
    Piece,
    WeekTemplate,
    gave_way,
    give_way,
    make_room,
    protected_at,
)
from planner.domain.day.events import busy_on
from planner.domain.errors import InputError, ProtectedTime, StateError, changed_message
from planner.domain.workdays import DAY
from planner.services.context import AppContext
from planner.services.day import week
from planner.services.plan.calendar import work_calendar
from planner.store.day import events
from planner.store.day import week as store
from planner.store.today_queries import BlockLine

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day's blocks, the pieces that meetings leave of them, and the titles of whole-day events. After a change,
    `gave_way` describes the blocks that gave way.
    """

    blocks: tuple[DayBlock, ...]
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...]
    gave_way: tuple[str, ...] = ()


def of_day(reads: Reads | None, day: date, weight: Fraction, template: WeekTemplate | None = None) -> DayPlan:
    """Return a day's own blocks, or else those of the week in force, with the meetings around them."""
    blocks: Sequence[DayBlock] = ()
    times = []
    if reads is not None:
        blocks = store.day_blocks(reads, day)
        times = events.on_day(reads, day)
    if not blocks:
        planned = (template or week.in_force(reads)).blocks_on(day, weight > 0)
        blocks = [DayBlock(0, number, block, block) for number, block in enumerate(planned, start=1)]
    busy = busy_on(day, times)
    return DayPlan(tuple(blocks), tuple(give_way(blocks, busy)), tuple(event.title for event in busy if event.all_day))


def lines(pieces: Sequence[Piece]) -> list[BlockLine]:
    """Return pieces of a day in the form of the quick reads."""
    return [
        BlockLine((p.first, p.last, p.kind, p.title, p.position, p.dropped, p.mark, p.clash, p.meeting_id, p.calendar))
        for p in pieces
    ]


def fix(change: Writer, day: date, weight: Fraction) -> None:
    """Freeze a day's blocks as the week has them, once. Later changes to the week don't affect that day."""
    if not store.day_blocks(change, day):
        store.put_day_blocks(change, day, of_day(change, day, weight).blocks)


def weight_of(ctx: AppContext, reads: Reads | None, day: date) -> Fraction:
    """Return how much of a date is worked."""
    return work_calendar(ctx, reads).weight(day)


def read(ctx: AppContext, day: date) -> DayPlan:
    """Return a day's current blocks."""
    if not ctx.database.exists():
        return of_day(None, day, weight_of(ctx, None, day))
    with ctx.database.read() as reads:
        return of_day(reads, day, weight_of(ctx, reads, day))


def find(blocks: Sequence[DayBlock], which: str, now: datetime | None = None) -> DayBlock:
    """Return a block by start (``13:30``), number from 1, kind (``sport``) or ``now``. Raises StateError."""
    wanted = which.strip().lower()
    wanted = TYPED.get(wanted, wanted)
    if wanted == "now" and now is not None:
        minute = now.hour * 60 + now.minute
        found = [each for each in blocks if each.block.first <= minute < each.block.last and not each.dropped]
    elif ":" in wanted:
        found = [each for each in blocks if f"{each.block.start:%H:%M}" == wanted.zfill(5)]
    elif wanted.isascii() and wanted.isdigit():
        found = [each for each in blocks if each.position == int(wanted)]
    else:
        found = [each for each in blocks if wanted in (each.block.kind, each.block.title.casefold())]
    if len(found) == 1:
        return found[0]
    there = ", ".join(str(each.block) for each in blocks) or "none"
    what = "isn't a block of that day" if not found else f"matches {len(found)} blocks. Use a start time"
    raise StateError(f"{which!r} {what}. The day's blocks: {there}.")


Edit = Callable[[list[DayBlock]], list[DayBlock]]


def _change(ctx: AppContext, day: date, label: str, edit: Edit) -> DayPlan:
    """Apply an edit to the blocks of one day as one change."""
    with ctx.database.write(label) as change:
        weight = weight_of(ctx, change, day)
        fix(change, day, weight)
        blocks = edit(store.day_blocks(change, day))
        store.put_day_blocks(change, day, _sort(blocks))
        return of_day(change, day, weight)


def _sort(blocks: list[DayBlock]) -> list[DayBlock]:
    """Return blocks sorted by start. Positions stay, because a phone's calendar identifies blocks by them."""
    return sorted(blocks, key=lambda each: (each.block.first, each.position))


def mark(ctx: AppContext, day: date, block: DayBlock, how: str | None) -> DayPlan:
    """Mark a block kept or missed, or unmark it with None."""
    if how is not None and how not in MARKS:
        raise InputError(f"{how!r} isn't a block's status. Use {' or '.join(MARKS)}.")
    if block.dropped:
        raise StateError(f"{block.block} was dropped for the day. Restore it first.")
    _check_over(ctx, day, block, how)
    return _change(
        ctx,
        day,
        f"{how or 'cleared mark'}: {block.block}",
        lambda blocks: [replace(b, mark=how) if b.position == block.position else b for b in blocks],
    )


def _check_over(ctx: AppContext, day: date, block: DayBlock, how: str | None) -> None:
    """Refuse to mark a block kept before it has begun."""
    begins = datetime.combine(day, time()) + timedelta(minutes=block.block.first)
    if how == "kept" and begins > ctx.now():
        raise StateError(f"{block.block} hasn't started, so you can't mark it kept yet.")


def drop(ctx: AppContext, day: date, block: DayBlock) -> DayPlan:
    """Drop a block for the day."""
    return _change(
        ctx,
        day,
        f"dropped block: {block.block}",
        lambda blocks: [replace(b, dropped=True, mark=None) if b.position == block.position else b for b in blocks],
    )


def take_back(ctx: AppContext, day: date, block: DayBlock, *, drop: bool = False) -> DayPlan:
    """Restore a dropped block. Blocks now in its place give way as in `move`."""
    told: list[str] = []
    return replace(
        _change(
            ctx,
            day,
            f"restored block: {block.block}",
            lambda blocks: _apply_move(blocks, block.position, block.block, told, drop=drop),
        ),
        gave_way=tuple(told),
    )


def move(ctx: AppContext, day: date, block: DayBlock, first: int, last: int, *, drop: bool = False) -> DayPlan:
    """Move a block to other minutes, for this day only. The others give way, but protected ones never do.

    The others shrink or move (`domain.blocks.make_room`). One that doesn't fit is dropped for the day if `drop` is set,
    else WouldDrop is raised. Raises StateError if the block was changed meanwhile.
    """
    told: list[str] = []
    moved = block.block.moved_to(first, last)
    _check_night(ctx, day, moved)

    def edit(blocks: list[DayBlock]) -> list[DayBlock]:
        now = next((each for each in blocks if each.position == block.position), None)
        if now is None or (now.block, now.dropped) != (block.block, block.dropped):
            there = "" if now is None else f"{now.block}{', dropped for the day' if now.dropped else ''}"
            raise StateError(changed_message("block", there))
        return _apply_move(blocks, block.position, moved, told, drop=drop)

    return replace(_change(ctx, day, f"moved block: {moved}", edit), gave_way=tuple(told))


def add(ctx: AppContext, day: date, new: Block, *, drop: bool = False) -> DayPlan:
    """Add a block to one day only. The others give way as in `move`."""
    told: list[str] = []
    _check_night(ctx, day, new)

    def edit(blocks: list[DayBlock]) -> list[DayBlock]:
        position = max((each.position for each in blocks), default=0) + 1
        return _apply_move([*blocks, DayBlock(0, position, new)], position, new, told, drop=drop)

    return replace(_change(ctx, day, f"added block: {new}", edit), gave_way=tuple(told))


def _check_night(ctx: AppContext, day: date, new: Block) -> None:
    """Refuse a block in last night's sleep, which runs into this morning."""
    for each in read(ctx, day - DAY).blocks:
        night = each.block
        if night.protected and not each.dropped and new.kind != "sleep" and new.first < night.last - MIDNIGHT:
            raise InputError(f"{new} overlaps last night's {night}. Family and sleep are protected.")


def _apply_move(blocks: list[DayBlock], position: int, moved: Block, told: list[str], *, drop: bool) -> list[DayBlock]:
    """Return a day's blocks with one moved, and append to `told` which gave way."""
    others = [each for each in blocks if each.position != position and not each.dropped]
    now = make_room([each.block for each in others], moved, drop=drop)
    told += gave_way([each.block for each in others], now)
    found = [each for each in blocks if each.position != position and each.dropped]
    found += [replace(each, block=moved, dropped=False) for each in blocks if each.position == position]
    highest = max(each.position for each in blocks)
    for each, pieces in zip(others, now, strict=True):
        if not pieces:
            found.append(replace(each, dropped=True))
        for number, piece in enumerate(pieces):
            if number:
                highest += 1
                found.append(replace(each, id=0, position=highest, planned=None, block=piece))
            else:
                found.append(replace(each, block=piece))
    return found


def restore(ctx: AppContext, day: date) -> DayPlan:
    """Reset a day to the week's blocks, keeping the marks of positions that still exist."""

    with ctx.database.read() as reads:
        planned = week.in_force(reads).blocks_on(day, weight_of(ctx, reads, day) > 0)

    def edit(blocks: list[DayBlock]) -> list[DayBlock]:
        marks = {each.position: each.mark for each in blocks}
        return [
            DayBlock(0, number, block, block, mark=marks.get(number)) for number, block in enumerate(planned, start=1)
        ]

    return _change(ctx, day, "reset day to the week template", edit)


def protected(ctx: AppContext, moment: datetime) -> Block | None:
    """Return the protected block at a moment, when nothing may be planned."""
    day = moment.date()
    today = [each.block for each in read(ctx, day).blocks if not each.dropped]
    yesterday = [each.block for each in read(ctx, day - DAY).blocks if not each.dropped]
    return protected_at(moment.hour * 60 + moment.minute, today, yesterday)


def check_free(ctx: AppContext, moment: datetime) -> None:
    """Refuse a moment in family or sleep time. Callers skip this if the rep insists."""
    block = protected(ctx, moment)
    if block is not None:
        raise ProtectedTime(
            f"{formats.when_text(moment, ctx.today())} falls in {block.title or f'{block.kind} time'} "
            f"({block.start:%H:%M}–{block.end:%H:%M}), which is protected."
        )
