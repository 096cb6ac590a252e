"""Queries and changes of week templates and of the blocks of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from planner.domain.day.blocks import WEEK_DAYS, Block, DayBlock, WeekTemplate
from planner.domain.errors import StateError
from planner.store.mapper import Mapper

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

_WEEK_BLOCKS = Mapper(Block, "week_block")
_DAY_BLOCKS = Mapper(Block, "day_block")


def templates(reads: Reads) -> list[WeekTemplate]:
    """Return the rep's own weeks, oldest first."""
    rows = reads.execute(
        f"SELECT week_template.id, name, used, weekday, {_WEEK_BLOCKS.columns} FROM week_template"
        " LEFT JOIN week_block ON template_id = week_template.id ORDER BY week_template.id, start"
    )
    found: dict[int, WeekTemplate] = {}
    days: dict[int, list[list[Block]]] = {}
    for key, name, in_force, weekday, *block in rows:
        if key not in found:
            days[key] = [[] for _ in range(WEEK_DAYS)]
            found[key] = WeekTemplate(key, name, ((),) * WEEK_DAYS, used=bool(in_force))
        if weekday is not None:
            days[key][weekday].append(_WEEK_BLOCKS.from_row(block))
    return [replace(each, days=tuple(tuple(blocks) for blocks in days[key])) for key, each in found.items()]


def add(change: Writer, template: WeekTemplate, now: int) -> WeekTemplate:
    """Add a week and return it with its id."""
    key = change.insert("week_template", name=template.name, used=int(template.used), created_at=now)
    for weekday, blocks in enumerate(template.days):
        put_day(change, key, weekday, blocks)
    return next(each for each in templates(change) if each.id == key)


def put_day(change: Writer, template_id: int, weekday: int, blocks: Sequence[Block]) -> None:
    """Replace the blocks of a weekday."""
    old = change.execute("SELECT id FROM week_block WHERE template_id = ? AND weekday = ?", (template_id, weekday))
    for (key,) in old.fetchall():
        change.delete("week_block", key)
    for block in blocks:
        change.insert("week_block", template_id=template_id, weekday=weekday, **_WEEK_BLOCKS.values(block))


def rename(change: Writer, template_id: int, name: str) -> None:
    """Rename a week."""
    try:
        change.update("week_template", template_id, name=name)
    except KeyError:
        raise StateError("That week no longer exists.") from None


def use(change: Writer, template_id: int | None) -> None:
    """Activate a week, or the default one for None."""
    for (key,) in change.execute("SELECT id FROM week_template ORDER BY id").fetchall():
        change.update("week_template", key, used=int(key == template_id))


def drop(change: Writer, template_id: int) -> None:
    """Delete a week and its blocks."""
    try:
        change.delete("week_template", template_id)
    except KeyError:
        raise StateError("That week no longer exists.") from None


def day_blocks(reads: Reads, day: date) -> list[DayBlock]:
    """Return a day's own blocks by start time, or none while it still follows the template."""
    rows = reads.execute(
        f"SELECT id, position, planned, dropped, mark, {_DAY_BLOCKS.columns} FROM day_block WHERE day = ?"
        " ORDER BY start, position",
        (day.isoformat(),),
    )
    found = []
    for key, position, planned, dropped, mark, *row in rows:
        block = _DAY_BLOCKS.from_row(row)
        found.append(DayBlock(key, position, block, _planned(planned, block), dropped=bool(dropped), mark=mark))
    return found


def _planned(text: str, block: Block) -> Block | None:
    """Return the template's version of a block from ``08:30-12:00 calls``, or None for an empty text."""
    if not text:
        return None
    return Block(time.fromisoformat(text[:5]), time.fromisoformat(text[6:11]), text[12:], block.title)


def day_block_values(each: DayBlock) -> dict[str, Any]:
    """Return a day's block as column values."""
    planned = each.planned
    text = "" if planned is None else f"{planned.start:%H:%M}-{planned.end:%H:%M} {planned.kind}"
    return _DAY_BLOCKS.values(
        each.block, position=each.position, planned=text, dropped=int(each.dropped), mark=each.mark
    )


def put_day_blocks(change: Writer, day: date, blocks: Sequence[DayBlock]) -> None:
    """Store the blocks of a day and delete any that are no longer among them."""
    text = day.isoformat()
    known = {key for (key,) in change.execute("SELECT id FROM day_block WHERE day = ?", (text,))}
    for each in blocks:
        if each.id in known:
            known.discard(each.id)
            change.update("day_block", each.id, **day_block_values(each))
        else:
            change.insert("day_block", day=text, **day_block_values(each))
    for key in sorted(known):
        change.delete("day_block", key)
