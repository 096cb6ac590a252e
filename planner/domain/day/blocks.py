"""Blocks of a day: their purpose, how they give way to one another, and which are protected (S7, S13).

Minutes count from midnight of the day a block belongs to. Only sleep may run past midnight, and its end then keeps
counting: 06:30 the next morning is minute 1,830.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise

from planner.domain.day.day_progress import BLOCK_WORDS
from planner.domain.day.day_progress import PERSONAL as PERSONAL
from planner.domain.day.day_progress import PROTECTED as PROTECTED
from planner.domain.errors import InputError, WouldDrop

BLOCK_KINDS = tuple(BLOCK_WORDS)
TYPED = {
    "email": "mail",
    "personal": "own",
    "break": "rest",
    "exercise": "sport",
}  # words for kinds that are stored under others
KIND_WORDS = tuple({kind: word for word, kind in TYPED.items()}.get(kind, kind) for kind in BLOCK_KINDS)
WORKING_KINDS = frozenset({"mail", "calls", "meetings", "proposals", "admin", "list"})
MIDNIGHT = 24 * 60
# Shorter leftovers of a block between two meetings aren't worth keeping.
SHORTEST_PIECE = 10
SHORTEST_BLOCK = 5
LONGEST_TITLE = 200
MARKS = ("kept", "missed")


def minute_of(at: time) -> int:
    """Return the minutes since midnight."""
    return at.hour * 60 + at.minute


def time_of(minute: int) -> time:
    """Return the time of day of a minute, wrapping to the next morning."""
    return time(minute // 60 % 24, minute % 60)


def kind_word(kind: str) -> str:
    """Return the word to type for a kind of block."""
    return KIND_WORDS[BLOCK_KINDS.index(kind)] if kind in BLOCK_KINDS else kind


def read_kind(text: str) -> str:
    """Return the kind of block that a word means. Raises InputError."""
    word = text.strip().lower()
    kind = TYPED.get(word, word)
    if kind not in BLOCK_KINDS:
        raise InputError(f"{text!r} isn't a kind of block. Use one of: {', '.join(KIND_WORDS)}.")
    return kind


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the day in local time, end excluded. An end of 00:00 is midnight."""

    start: time
    end: time
    kind: str
    title: str = ""

    def __post_init__(self) -> None:
        if self.kind not in BLOCK_KINDS:
            raise InputError(f"{self.kind!r} isn't a kind of block. Use one of: {', '.join(KIND_WORDS)}.")
        past_midnight = self.kind == "sleep" or self.end == time(0)
        if self.end == self.start or (self.end < self.start and not past_midnight):
            raise InputError(f"A block must end after it starts ({self.start:%H:%M} to {self.end:%H:%M}).")
        if self.minutes < SHORTEST_BLOCK:
            raise InputError(
                f"A block takes at least {SHORTEST_BLOCK} minutes ({self.start:%H:%M} to {self.end:%H:%M})."
            )
        if len(self.title) > LONGEST_TITLE:
            raise InputError(f"A block's name can have up to {LONGEST_TITLE} characters.")

    @property
    def first(self) -> int:
        """The first minute."""
        return minute_of(self.start)

    @property
    def last(self) -> int:
        """The minute it ends before, above 1,440 for sleep that ends the next morning."""
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

    def moved_to(self, first: int, last: int) -> Block:
        """Return the same block at other minutes."""
        if not 0 <= first < MIDNIGHT:
            raise InputError("A block must start between 00:00 and 23:59.")
        if not SHORTEST_BLOCK <= last - first < MIDNIGHT:
            raise InputError(f"A block takes at least {SHORTEST_BLOCK} minutes and less than 24 hours.")
        if last > MIDNIGHT and self.kind != "sleep":
            raise InputError("A block must end by midnight. Only sleep can run into the next morning.")
        return replace(self, start=time_of(first), end=time_of(last))

    def overlaps(self, other: Block) -> bool:
        """Whether the two share a minute."""
        return _overlap(self, other)

    def __str__(self) -> str:
        return f"{self.title or BLOCK_WORDS[self.kind]} {self.start:%H:%M}–{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class DayBlock:
    """A block of one day. `planned` is the block as in the template, None if it was added for this day only. `mark` is
    "kept" or "missed" if the rep said so, `dropped` whether it was given up for the day.
    """

    id: int
    position: int
    block: Block
    planned: Block | None = None
    dropped: bool = False
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """Time taken by a calendar meeting, in minutes of one day (0 to 1,440). An all-day event takes none."""

    first: int
    last: int
    title: str
    all_day: bool = False
    meeting_id: int | None = None
    outcome: str | None = None
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a day's timeline: a block's remaining time after meetings, or a meeting itself.

    `position` is that of the day's block, None for a meeting. `clash` is the kind of protected block a meeting
    overlaps. The `mark` of a meeting is its outcome, held or no-show, `calendar` the subscribed one it is from.
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
    calendar: str = ""


def subtract(first: int, last: int, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return what is left of a stretch after removing others, in order."""
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
    """Lay out the day: unprotected blocks give way to meetings. Sorted by start.

    A block that meetings cover completely is dropped, and its title says what for.
    """
    meetings = [event for event in busy if not event.all_day and event.last > event.first]
    protected = [each.block for each in blocks if each.block.protected and not each.dropped]
    found = [piece for each in blocks for piece in _left_of(each, meetings)]
    for event in meetings:
        clash = next((block.kind for block in protected if _overlap(event, block)), "")
        found.append(
            Piece(
                event.first,
                event.last,
                "meetings",
                event.title,
                mark=event.outcome,
                clash=clash,
                meeting_id=event.meeting_id,
                calendar=event.calendar,
            )
        )
    return sorted(found, key=lambda piece: (piece.first, piece.last, piece.position is None))


def _left_of(day_block: DayBlock, meetings: Sequence[Busy]) -> list[Piece]:
    """Return what meetings leave of a block: all of it if it is protected or dropped anyway."""
    block = day_block.block
    whole = Piece(
        block.first, block.last, block.kind, block.title, day_block.position, day_block.dropped, day_block.mark
    )
    if whole.dropped or block.protected:
        return [whole]
    left = subtract(block.first, block.last, ((event.first, event.last) for event in meetings))
    least = min(SHORTEST_PIECE, block.minutes)
    pieces = [replace(whole, first=first, last=last) for first, last in left if last - first >= least]
    if pieces:
        return pieces
    over = next(event for event in meetings if _overlap(event, block))
    return [replace(whole, dropped=True, title=f"made way for {over.title}")]


def _overlap(one: Block | Busy, other: Block | Busy) -> bool:
    return one.first < other.last and other.first < one.last


def make_room(others: Sequence[Block], new: Block, *, drop: bool = False) -> list[tuple[Block, ...]]:
    """Return what becomes of each of a day's blocks when a new one takes its place among them.

    Blocks that overlap the new one are shortened or split. A block with nothing left moves to the nearest place with
    room, where a neighbour is shortened by at most half. If there is no room anywhere it is dropped (an empty tuple),
    provided `drop` is set. Raises WouldDrop if it isn't, and InputError if the new block overlaps family or sleep,
    which never give way.
    """
    found: list[tuple[Block, ...]] = []
    covered: list[int] = []
    for index, other in enumerate(others):
        if not other.overlaps(new):
            found.append((other,))
            continue
        if other.protected:
            raise InputError(f"{new} overlaps {other}. Family and sleep are protected, so move that block first.")
        left = subtract(other.first, other.last, [(new.first, new.last)])
        found.append(tuple(other.moved_to(first, last) for first, last in left if last - first >= SHORTEST_BLOCK))
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
        moved = other.moved_to(first, first + other.minutes)
        for number, pieces in enumerate(found):
            found[number] = tuple(part for piece in pieces for part in _cut_out(piece, moved))
        found[index] = (moved,)
        fixed.append(moved)
    if homeless and not drop:
        what = f"{', '.join(homeless[:-1])} and {homeless[-1]}" if len(homeless) > 1 else homeless[0]
        raise WouldDrop(f"{new} leaves no room for {what}, which would be dropped.")
    return found


def _cut_out(piece: Block, taken: Block) -> list[Block]:
    left = subtract(piece.first, piece.last, [(taken.first, taken.last)])
    return [piece] if left == [(piece.first, piece.last)] else [piece.moved_to(first, last) for first, last in left]


def _room_for(block: Block, fixed: Sequence[Block], pieces: Sequence[Block], day: Sequence[Block]) -> int | None:
    """Return the nearest minute at which a block finds room, between the first and the last unprotected block of the
    day, or None. The blocks in `fixed` don't give way.
    """
    spans = [each for each in (*day, *fixed) if not each.protected]
    earliest, latest = min(each.first for each in spans), min(MIDNIGHT, max(each.last for each in spans))
    # the nearest place is always next to the end of another block
    starts = {edge for each in (*fixed, *pieces) for edge in (each.last, each.first - block.minutes)} | {earliest}
    for first in sorted(starts, key=lambda start: (abs(start - block.first), -start)):
        last = first + block.minutes
        if first < earliest or last > latest or any(each.first < last and first < each.last for each in fixed):
            continue
        if all(_spares(piece, first, last) for piece in pieces):
            return first
    return None


def _spares(piece: Block, first: int, last: int) -> bool:
    """Whether a block can give up these minutes: they lie at one end, and at least half of it stays."""
    taken = min(piece.last, last) - max(piece.first, first)
    if taken <= 0:
        return True
    at_an_end = first <= piece.first or last >= piece.last
    rest = piece.minutes - taken
    return not piece.protected and at_an_end and rest >= SHORTEST_BLOCK and rest * 2 >= piece.minutes


def gave_way(others: Sequence[Block], now: Sequence[tuple[Block, ...]]) -> list[str]:
    """Describe how each block gave way: ``calls shortened to 10:00–12:00``, ``rest moved to 12:00``."""
    said = []
    for other, pieces in zip(others, now, strict=True):
        name = other.title or BLOCK_WORDS[other.kind]
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


def place(others: Sequence[Block], new: Block, *, drop: bool = False) -> tuple[list[Block], list[str]]:
    """Return the blocks with a new one placed among them (`make_room`), by start, and how the others gave way."""
    now = make_room(others, new, drop=drop)
    found = [new, *(piece for pieces in now for piece in pieces)]
    return sorted(found, key=lambda block: block.first), gave_way(others, now)


def check_no_overlap(blocks: Sequence[Block]) -> None:
    """Raise InputError if blocks of a day overlap."""
    ordered = sorted(blocks, key=lambda block: block.first)
    for block, following in pairwise(ordered):
        if block.overlaps(following):
            raise InputError(f"{block} and {following} overlap.")


def protected_at(minute: int, today: Sequence[Block], yesterday: Sequence[Block]) -> Block | None:
    """Return the protected block at a minute of the day, including yesterday's sleep into this morning."""
    for block in today:
        if block.protected and block.first <= minute < block.last:
            return block
    return next((block for block in yesterday if block.protected and minute + MIDNIGHT < block.last), None)


WEEK_DAYS = 7
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class WeekTemplate:
    """A named week: seven lists of blocks, Monday first. Id 0 is a default week that the rep hasn't changed yet."""

    id: int
    name: str
    days: tuple[tuple[Block, ...], ...]
    used: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("A week needs a name.")
        if len(self.name) > LONGEST_NAME:
            raise InputError(f"A week's name can have up to {LONGEST_NAME} characters.")
        if len(self.days) != WEEK_DAYS:
            raise InputError("A week has seven days, Monday first.")
        for blocks in self.days:
            check_no_overlap(blocks)

    def blocks_on(self, day: date, worked: bool) -> tuple[Block, ...]:
        """Return the blocks of a date. A day off has no working blocks. A worked day without any takes those of the
        nearest working weekday before it (a worked Saturday is like a Friday).
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
