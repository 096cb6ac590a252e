"""Renders the day's column of Today as lines of styled spans: what is due, the blocks, and whether it all fits."""

from __future__ import annotations

from planner.domain import formats
from planner.domain.day.day_progress import block_states, day_minute, due_name, free_text, left_to_do
from planner.domain.text import plural
from planner.tui.shared.spans import BLOCK_WORDS, Line, block_name, cells, cut, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planner.store.today_queries import BlockLine, Today


DUE_SHOWN = 3
DUE_WORDS = {"promise": "Promises", "callback": "Callbacks"}
OVER = frozenset({"kept", "short", "missed", "dropped", "free", "before", None})
STATE_WORDS = {"short": "partly kept"}
SIGNS = {
    "kept": ("✓", "good"),
    "short": ("▬", "warn"),
    "missed": ("✗", "bad"),
    "dropped": ("–", "dim"),
    "free": ("·", "dim"),
    "before": (" ", ""),
    "now": ("▸", "accent"),
    "planned": (" ", ""),
    None: ("?", "dim"),
}


def _due_lines(today: Today, now: datetime, width: int, measure: Callable[[str], int]) -> list[Line]:
    """Promises and callbacks due today, with a sign on overdue ones. Empty if there are none."""
    lines: list[Line] = []
    for due in today.due[:DUE_SHOWN]:
        late = due.overdue(now)
        line: Line = [(" ! " if late else "   ", "bad"), (f"{due.when(now)}  ", "bad" if late else "dim")]
        lines.append(cut([*line, (due_name(due), "")], width - 1, measure))
    kinds = {due.kind for due in today.due}
    return _with_title(DUE_WORDS[kinds.pop()] if len(kinds) == 1 else "Promises and callbacks", lines, len(today.due))


def _special(today: Today, now: datetime, width: int, measure: Callable[[str], int]) -> list[Line]:
    """Birthdays and other special days of contacts. Empty if there are none."""
    lines = [
        cut([(f"   {each.when(now)}  ", "dim"), (f"{each.contact}: {each.text}", "")], width - 1, measure)
        for each in today.special[:DUE_SHOWN]
    ]
    return _with_title("Birthdays and dates", lines, len(today.special))


def _with_title(title: str, lines: list[Line], count: int) -> list[Line]:
    if not lines:
        return []
    more = count - DUE_SHOWN
    return [[(f" {title}", "bold"), (f"  and {more} more" if more > 0 else "", "dim")], *lines, []]


def fit_line(today: Today, now: datetime, width: int, measure: Callable[[str], int] = cells) -> list[Line]:
    """Say whether the day's work fits: all of it before the day begins, then the rest, and what to drop if not."""
    if today.asked_minutes is None or today.closed_at is not None:
        return []
    asked, room = round(today.asked_minutes / 100), today.available_minutes
    first = min((block.first for block in today.blocks if not block.dropped), default=0)
    going = today.opened_at is not None and day_minute(today, now) > first
    if going:
        asked, room = left_to_do(today, now)
    over = asked - room
    if over <= 0:
        time = f"{formats.duration(room)} {'left' if going else 'in the day'}"
        return [cut([(f"   {formats.duration(asked)} of work, {time}", "dim")], width, measure)]
    calls = max(0, (today.target("dials") or 0) - (today.counts["dials"] if going else 0))
    less = min(calls, -(-over * 2 // 3))  # a call takes a minute and a half
    line: Line = [(" ! ", "bad"), (f"{formats.duration(over)} more work than time{' left' if going else ''}", "")]
    if width_of(line, measure) > width:
        line = [(" ! ", "bad"), (f"{formats.duration(over)} too much", "")]
    hint = f": cut {plural(less, 'call', 'calls')} or drop a block"
    if less and width_of(line, measure) + measure(hint) <= width:
        line.append((hint, "dim"))
    return [cut(line, width, measure)]


def distractions(resisted: int, given_in: int) -> str:
    """Return ``3 resisted, gave in to 1``, empty without any."""
    told = (f"{resisted:,} resisted" if resisted else "", f"gave in to {given_in:,}" if given_in else "")
    return ", ".join(filter(None, told))


def day_lines(
    today: Today, now: datetime, width: int, measure: Callable[[str], int] = cells, height: int = 1000
) -> list[tuple[int, Line]]:
    """The day's blocks with their status, the current one with a pointer, each line with the index of its block (-1 for
    others). If height is short, past blocks are hidden first.
    """
    due = [*_due_lines(today, now, width, measure), *_special(today, now, width, measure)]
    notes = [
        cut([(f"   {note}", "dim"), (", all day", "dim")], width, measure)
        for note in today.day_notes.split("\n")
        if note
    ]
    title: Line = [(" The day", "bold")]
    tail = [*slack_line(today, now, width, measure), *fit_line(today, now, width, measure)] if today.blocks else []
    head = [*due, title, *notes]
    room = max(1, height - len(head) - len(tail)) if today.blocks else 1
    rows = block_rows(today, now, width, room, measure)
    return [*((-1, line) for line in head), *rows, *((-1, line) for line in tail)]


def block_rows(
    today: Today, now: datetime, width: int, height: int, measure: Callable[[str], int] = cells
) -> list[tuple[int, Line]]:
    """List the blocks with their status, one per line with its index. If height is short, past blocks are left out
    first, and what is left out is counted (index -1).
    """
    if not today.blocks:
        return [(-1, cut([("   No blocks today" if today.weight else "   Day off", "dim")], width, measure))]
    minute = day_minute(today, now)
    blocks = zip(today.blocks, block_states(today, now), strict=True)
    rows = [(index, block_line(block, state, width, measure)) for index, (block, state) in enumerate(blocks)]
    over = sum(block.last <= minute for block in today.blocks)
    if len(rows) > height > 1:
        gone = min(over, len(rows) - height + 1)
        rows = [(-1, [(f"   … {gone} earlier", "dim")]), *rows[gone:]] if gone > 1 else rows
    if len(rows) > height > 1:
        rows = [*rows[: height - 1], (-1, [(f"   … {len(rows) - height + 1} more", "dim")])]
    return rows[:height]


def block_line(block: BlockLine, state: str | None, width: int, measure: Callable[[str], int] = cells) -> Line:
    """One block of the day: sign, start, name."""
    sign, style = SIGNS[state]
    name = block_name(block)
    over = state in OVER
    line: Line = [(f" {sign} ", style), (f"{block.start}  ", "" if state == "now" else "dim")]
    line.append((name, "bold" if state == "now" else "dim" if over else ""))
    if state == "now":
        line.append((f"  now, until {block.end}", "dim"))
    elif state in ("short", "missed", "dropped", "free"):
        line.append((f"  {STATE_WORDS.get(state, state)}", style))
    if block.clash:
        line.append((f"  ! overlaps {BLOCK_WORDS[block.clash]}", "warn"))
    return cut(line, width, measure)


def slack_line(today: Today, now: datetime, width: int, measure: Callable[[str], int]) -> list[Line]:
    free = free_text(today, now)
    return [] if free is None else [cut([(" ▸ ", "accent"), (free[0], "dim"), (free[1], "")], width, measure)]
