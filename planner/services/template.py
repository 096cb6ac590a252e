"""The week template: the blocks of a weekday, and what they hold."""

from __future__ import annotations

from datetime import date, time, timedelta
from fractions import Fraction

from planner import content
from planner.domain.day import Block
from planner.domain.workdays import WEEKDAYS


def blocks_of(day: date, weight: Fraction) -> tuple[Block, ...]:
    """The blocks of the shipped week template on a weekday; none on a day off."""
    if not weight:
        return ()
    found = _blocks(WEEKDAYS[day.weekday()])
    if not found:  # a Saturday worked is laid like a Friday
        return blocks_of(day - timedelta(days=day.weekday() - 4), weight) if day.weekday() > 4 else ()
    return tuple(sorted(found, key=lambda block: block.start))


def _blocks(weekday: str) -> list[Block]:
    return [
        Block(time.fromisoformat(block["start"]), time.fromisoformat(block["end"]), block["kind"])
        for block in content.load("week")["block"]
        if weekday in block["days"]
    ]


def call_minutes() -> float:
    """Minutes of the call blocks of an ordinary full day; 0 where the template has none."""
    found = [blocks for weekday in WEEKDAYS if (blocks := _blocks(weekday))]
    minutes = [sum(block.minutes for block in blocks if block.kind == "calls") for blocks in found]
    return sum(minutes) / len(minutes) if minutes else 0.0
