"""Blocks of a day: what a stretch of it is for, what gives way to what, and what is protected (S7, S13).

Minutes count from midnight of the day that a block belongs to. Only sleep may run past midnight; its end then counts
on, 06:30 the next morning being minute 1,830.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise

from planner.domain.day.day_progress import PERSONAL as PERSONAL
from planner.domain.day.day_progress import PROTECTED as PROTECTED
from planner.domain.errors import InputError, WouldDrop

BLOCK_KINDS = (
    "mail",
    "calls",
    "meetings",
    "proposals",
    "admin",
    "list",
    "learning",
    "rest",
    "sport",
    "family",
    "sleep",
    "own",
)
WORKING_KINDS = frozenset({"mail", "calls", "meetings", "proposals", "admin", "list"})
MIDNIGHT = 24 * 60
# What is left of a block between two meetings is worth keeping from here on.
SHORTEST_PIECE = 10
SHORTEST_BLOCK = 5
LONGEST_TITLE = 200
MARKS = ("kept", "missed")


def minute_of(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def clock_text(minute: int) -> str:
    """``08:30`` of minute 510; midnight at the end of the day is ``24:00``, later ones are the next morning's."""
    return "24:00" if minute == MIDNIGHT else f"{minute // 60 % 24:02}:{minute % 60:02}"


def time_of(minute: int) -> time:
    """The time of day of a minute, the next morning's included."""
    return time(minute // 60 % 24, minute % 60)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the day, local time, end excluded; an end of 00:00 is midnight."""

    start: time
    end: time
    kind: str
    title: str = ""

    def __post_init__(self) -> None:
        if self.kind not in BLOCK_KINDS:
            raise InputError(f"{self.kind!r} is not a kind of block; it can be {', '.join(BLOCK_KINDS)}.")
        past_midnight = self.kind == "sleep" or self.end == time(0)
        if self.end == self.start or (self.end < self.start and not past_midnight):
            raise InputError(f"A block must end after it starts ({self.start:%H:%M} to {self.end:%H:%M}).")
        if self.minutes < SHORTEST_BLOCK:
            raise InputError(f"A block has at least {SHORTEST_BLOCK} minutes ({self.start:%H:%M} to {self.end:%H:%M}).")
        if len(self.title) > LONGEST_TITLE:
            raise InputError(f"The name of a block can have {LONGEST_TITLE} characters.")

    @property
    def first(self) -> int:
        """The minute it begins with."""
        return minute_of(self.start)

    @property
    def last(self) -> int:
        """The minute it ends before; past 1,440 for a sleep that ends the next morning."""
        end = minute_of(self.end)
        return end if end > self.first else end + MIDNIGHT

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return self.last - self.first

    @property
    def protected(self) -> bool:
        """Whether nothing may be planned into it."""
        return self.kind in PROTECTED

    def at(self, first: int, last: int) -> Block:
        """The same block at other minutes."""
        if not 0 <= first < MIDNIGHT:
            raise InputError("A block begins between 00:00 and 23:59.")
        if not SHORTEST_BLOCK <= last - first < MIDNIGHT:
            raise InputError(f"A block has from {SHORTEST_BLOCK} minutes up to less than a day.")
        if last > MIDNIGHT and self.kind != "sleep":
            raise InputError("A block ends by midnight; only sleep runs into the next morning.")
        return replace(self, start=time_of(first), end=time_of(last))

    def overlaps(self, other: Block) -> bool:
        """Whether the two share a minute."""
        return self.first < other.last and other.first < self.last

    def __str__(self) -> str:
        return f"{self.title or self.kind} {self.start:%H:%M}–{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class DayBlock:
    """A block of one day. `planned` is the block as the template had it, None for one that was added for the day only;
    `mark` is kept or missed where the rep said so, `dropped` that it was given up for the day.
    """

    id: int
    position: int
    block: Block
    planned: Block | None = None
    dropped: bool = False
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """Time taken by a meeting of a calendar, in minutes of one day: 0 to 1,440. An all-day event takes none."""

    first: int
    last: int
    title: str
    all_day: bool = False
    meeting_id: int | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the day as it is laid: what is left of a block beside the meetings, or a meeting itself.

    `position` is that of the day's block, None for a meeting; `clash` the kind of protected block a meeting falls in.
    The `mark` of a meeting is what became of it, held or no-show.
    """

    first: int
    last: int
    kind: str
    title: str = ""
    position: int | None = None
    dropped: bool = False
    mark: str | None = None
    clash: str = ""
    meeting_id: int | None = None


def subtract(first: int, last: int, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of a stretch without others, in order."""
    left = [(first, last)]
    for start, end in taken:
        left = [
            part
            for begin, stop in left
            for part in ((begin, min(stop, start)), (max(begin, end), stop))
            if part[0] < part[1]
        ]
    return left


def give_way(blocks: Sequence[DayBlock], busy: Sequence[Busy]) -> list[Piece]:
    """The day as it is laid: blocks give way to meetings, but for the protected ones. Sorted by begin.

    A block that a meeting covers wholly is dropped, and says for what.
    """
    meetings = [event for event in busy if not event.all_day and event.last > event.first]
    taken = [(event.first, event.last) for event in meetings]
    found: list[Piece] = []
    for each in blocks:
        block = each.block
        whole = Piece(block.first, block.last, block.kind, block.title, each.position, each.dropped, each.mark)
        if each.dropped or block.protected:
            found.append(whole)
            continue
        left = subtract(block.first, block.last, taken)
        pieces = [part for part in left if part[1] - part[0] >= min(SHORTEST_PIECE, block.minutes)]
        if not pieces:
            over = next(event for event in meetings if event.first < block.last and block.first < event.last)
            found.append(replace(whole, dropped=True, title=f"gave way to {over.title}"))
        found += [replace(whole, first=start, last=end) for start, end in pieces]
    for event in meetings:
        kept = (each.block for each in blocks if each.block.protected and not each.dropped)
        clash = next((block for block in kept if event.first < block.last and block.first < event.last), None)
        found.append(
            Piece(
                event.first,
                event.last,
                "meetings",
                event.title,
                mark=event.outcome,
                clash=clash.kind if clash else "",
                meeting_id=event.meeting_id,
            )
        )
    return sorted(found, key=lambda piece: (piece.first, piece.last, piece.position is None))


def make_room(others: Sequence[Block], new: Block, *, drop: bool = False) -> list[tuple[Block, ...]]:
    """What becomes of each of a day's blocks when one is put among them: it wins, the others give way.

    A block keeps what the new one leaves of it: it is shorter then, or two. One of which nothing is left moves, to
    where there is room nearest to where it was; a neighbour there becomes shorter by at most half. Where there is no
    room for it anywhere it is dropped (an empty tuple), if `drop` says so. Raises WouldDrop where nothing has said so,
    and InputError where the new block would fall into family or sleep, which never give way.
    """
    found: list[tuple[Block, ...]] = []
    covered: list[int] = []
    for index, other in enumerate(others):
        if not other.overlaps(new):
            found.append((other,))
            continue
        if other.protected:
            raise InputError(f"{new} falls into {other}: family and sleep are protected. Move that one first.")
        left = subtract(other.first, other.last, [(new.first, new.last)])
        found.append(tuple(other.at(first, last) for first, last in left if last - first >= SHORTEST_BLOCK))
        if not found[-1]:
            covered.append(index)
    fixed = [new]
    homeless = []
    for index in covered:
        other = others[index]
        first = _room_for(other, fixed, [piece for pieces in found for piece in pieces], others)
        if first is None:
            homeless.append(str(other))
            continue
        moved = other.at(first, first + other.minutes)
        for number, pieces in enumerate(found):
            found[number] = tuple(part for piece in pieces for part in _without(piece, moved))
        found[index] = (moved,)
        fixed.append(moved)
    if homeless and not drop:
        what = f"{', '.join(homeless[:-1])} and {homeless[-1]}" if len(homeless) > 1 else homeless[0]
        raise WouldDrop(f"{new} leaves no room for {what}, which would be dropped.")
    return found


def _without(piece: Block, taken: Block) -> list[Block]:
    left = subtract(piece.first, piece.last, [(taken.first, taken.last)])
    return [piece] if left == [(piece.first, piece.last)] else [piece.at(first, last) for first, last in left]


def _room_for(block: Block, fixed: Sequence[Block], pieces: Sequence[Block], day: Sequence[Block]) -> int | None:
    """The minute nearest to its begin at which a block finds room, between the first and the last block of the day that
    isn't protected; None where there is none. `fixed` are the blocks that give nothing.
    """
    spans = [each for each in (*day, *fixed) if not each.protected]
    earliest, latest = min(each.first for each in spans), min(MIDNIGHT, max(each.last for each in spans))
    # it can only stand at an end of another one
    starts = {edge for each in (*fixed, *pieces) for edge in (each.last, each.first - block.minutes)} | {earliest}
    for first in sorted(starts, key=lambda start: (abs(start - block.first), -start)):
        last = first + block.minutes
        if first < earliest or last > latest or any(each.first < last and first < each.last for each in fixed):
            continue
        if all(_spares(piece, first, last) for piece in pieces):
            return first
    return None


def _spares(piece: Block, first: int, last: int) -> bool:
    """Whether a block can do without some minutes: at one of its ends, and half of it stays."""
    taken = min(piece.last, last) - max(piece.first, first)
    if taken <= 0:
        return True
    at_an_end = first <= piece.first or last >= piece.last
    rest = piece.minutes - taken
    return not piece.protected and at_an_end and rest >= SHORTEST_BLOCK and rest * 2 >= piece.minutes


def gave_way(others: Sequence[Block], now: Sequence[tuple[Block, ...]]) -> list[str]:
    """What has become of each block that gave way: ``calls shortened to 10:00–12:00``, ``rest moved to 12:00``."""
    said = []
    for other, pieces in zip(others, now, strict=True):
        name = other.title or other.kind
        spans = [f"{piece.start:%H:%M}–{piece.end:%H:%M}" for piece in pieces]
        if not pieces:
            said.append(f"{name} {other.start:%H:%M} dropped")
        elif len(pieces) > 1:
            said.append(f"{name} split into {' and '.join(spans)}")
        elif pieces[0].minutes < other.minutes and pieces[0].overlaps(other):
            said.append(f"{name} shortened to {spans[0]}")
        elif pieces[0] != other:
            said.append(f"{name} moved to {pieces[0].start:%H:%M}")
    return said


def placed(others: Sequence[Block], new: Block, *, drop: bool = False) -> tuple[list[Block], list[str]]:
    """Blocks with one put among them (`make_room`), sorted by begin, and which of the others gave way and how."""
    now = make_room(others, new, drop=drop)
    found = [new, *(piece for pieces in now for piece in pieces)]
    return sorted(found, key=lambda block: block.first), gave_way(others, now)


def check_apart(blocks: Sequence[Block]) -> None:
    """Refuse blocks of a day that overlap."""
    ordered = sorted(blocks, key=lambda block: block.first)
    for block, following in pairwise(ordered):
        if block.overlaps(following):
            raise InputError(f"{block} and {following} overlap.")


def protected_at(minute: int, today: Sequence[Block], yesterday: Sequence[Block]) -> Block | None:
    """The protected block that a minute of the day falls in; yesterday's sleep runs into this morning."""
    for block in today:
        if block.protected and block.first <= minute < block.last:
            return block
    return next((block for block in yesterday if block.protected and minute + MIDNIGHT < block.last), None)


WEEK_DAYS = 7
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class WeekTemplate:
    """A named week: seven lists of blocks, Monday first. Id 0 is a shipped one that the rep hasn't changed yet."""

    id: int
    name: str
    days: tuple[tuple[Block, ...], ...]
    used: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("A week needs a name.")
        if len(self.name) > LONGEST_NAME:
            raise InputError(f"The name of a week can have {LONGEST_NAME} characters.")
        if len(self.days) != WEEK_DAYS:
            raise InputError("A week has seven days, Monday first.")
        for blocks in self.days:
            check_apart(blocks)

    def of(self, day: date, worked: bool) -> tuple[Block, ...]:
        """The blocks of a date. On a day off the working ones fall away; a worked day without any takes those of the
        nearest working weekday before it (a Saturday worked is laid like a Friday), around its own.
        """
        blocks = self.days[day.weekday()]
        if not worked:
            return tuple(block for block in blocks if block.kind not in WORKING_KINDS)
        if any(block.kind in WORKING_KINDS for block in blocks):
            return blocks
        for back in range(1, WEEK_DAYS):
            like = self.days[(day.weekday() - back) % WEEK_DAYS]
            if any(block.kind in WORKING_KINDS for block in like):
                return like
        return blocks
