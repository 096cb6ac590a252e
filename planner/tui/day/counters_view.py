"""Renders the counters of Today as lines of styled spans, for the widgets and the first paint."""

from __future__ import annotations

from planner.domain.day.figures import expected_by_now
from planner.tui.shared.spans import WIDE, Line, cells, cut, fit, justify, thin_bar, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planner.store.today_queries import Today

    Counted = list[tuple[str, Line]]

# Key, metric, name. Other metrics are shown only if a target exists.
COUNTERS = (
    ("d", "dials", "Calls"),
    ("c", "conversations", "Conversations"),
    ("m", "meetings_booked", "Meetings booked"),
    ("p", "proposals", "Proposals"),
)
EXTRA_COUNTERS = (("", "meetings_held", "Meetings held"), ("w", "deals", "Deals won"))
COUNTED_BY_KEY = frozenset(metric for key, metric, _ in (*COUNTERS, *EXTRA_COUNTERS) if key)
SHORT_NAMES = {"conversations": "Convos", "meetings_booked": "Booked", "meetings_held": "Held", "deals": "Won"}
FOLDED = 28  # rows of a narrow screen below which its counters are folded


def shown_counters(today: Today) -> list[tuple[str, str, str]]:
    """Return key, metric and name of each counter to show."""
    return [*COUNTERS, *(each for each in EXTRA_COUNTERS if today.targets.get(each[1]) or today.counts[each[1]])]


def is_folded(width: int, height: int) -> bool:
    """Return whether a screen is so small that several counters share a line."""
    return width < WIDE and height < FOLDED


def counter_lines(
    today: Today,
    now: datetime,
    width: int,
    fresh: frozenset[str] = frozenset(),
    measure: Callable[[str], int] = cells,
    *,
    folded: bool = False,
) -> list[Counted]:
    """The lines of today's counters, each in parts with their metrics (empty for the title): a line for each, or two
    for all if `folded`.
    """
    title: Counted = [("", _counters_title(today, width, measure))]
    if folded:
        return [title, *_folded(today, now, width, fresh, measure)]
    return [title, *([line] for line in _counter_rows(today, now, width, fresh, measure))]


def _folded(
    today: Today, now: datetime, width: int, fresh: frozenset[str], measure: Callable[[str], int]
) -> list[Counted]:
    """Several counters beside each other in two lines, under short names if need be."""
    shown = shown_counters(today)
    count = -(-len(shown) // 2)
    for names in ({}, SHORT_NAMES):
        columns = [_column(today, now, shown[first::count], names, fresh, measure) for first in range(count)]
        sizes = [max(width_of(part, measure) for _, part in column) for column in columns]
        spare = (width - 1 - sum(sizes)) // count
        if spare >= 0:
            break
    rows: list[Counted] = [[], []]
    for column, size in zip(columns, sizes, strict=True):
        for row, (metric, part) in zip(rows, column, strict=False):
            line = cut(part, size + spare, measure)
            row.append((metric, [*line, (" " * (size + spare - width_of(line, measure)), "")]))
    return rows


def _column(
    today: Today,
    now: datetime,
    shown: list[tuple[str, str, str]],
    names: dict[str, str],
    fresh: frozenset[str],
    measure: Callable[[str], int],
) -> Counted:
    """Counters below each other, each with its metric: key, name, done against target, and a sign."""
    called = [names.get(metric, name) for _, metric, name in shown]
    size = max(measure(name) for name in called)
    parts: Counted = []
    for (key, metric, _), name in zip(shown, called, strict=True):
        target = today.target(metric)
        sign = [(f" {text.strip()}", style) for text, style in counter_sign(today, now, metric) if text.strip()]
        line: Line = [
            (f"  {key or ' '}", "accent"),
            (f" {name:<{size}} ", ""),
            (f"{today.counts[metric]:,}", "fresh" if metric in fresh else "bold"),
            (f"/{target:,}" if target else "", "dim"),
            *sign,
        ]
        parts.append((metric, line))
    return parts


def _counter_rows(
    today: Today, now: datetime, width: int, fresh: frozenset[str], measure: Callable[[str], int]
) -> list[tuple[str, Line]]:
    """A line for each counter with its metric: done against target, with a sign and a bar.

    If both the plan and a goal set a target, a word says which of the two applies.
    """
    lines: list[tuple[str, Line]] = []
    shown = shown_counters(today)
    pairs = [(today.counts[metric], today.target(metric)) for _, metric, _ in shown]
    texts = [(f"{done:,}", f"{target:,}" if target else "–") for done, target in pairs]
    done_width, target_width = (max(map(len, column)) for column in zip(*texts, strict=True))
    who = {metric: source for metric, (source, other) in today.sources.items() if other is not None}
    for (key, metric, name), (done, target), (done_text, target_text) in zip(shown, pairs, texts, strict=True):
        later = today.due_next(metric)
        line: Line = [
            (f"  {key or ' '} ", "accent"),
            (f" {name:<16}", ""),
            (f"{done_text:>{done_width}}", "fresh" if metric in fresh else "bold"),
            (f" ╱ {target_text:>{target_width}}", "dim"),
            *([(f"  {later} ", "dim")] if later and not done else counter_sign(today, now, metric)),
        ]
        said = f"set by {who[metric]}" if metric in who else ""
        if who and width >= 44 and width_of(line, measure) + 12 <= width:
            line.append((f"{said:<12}", "dim"))
        room = width - width_of(line, measure) - 3
        if target and room >= 6:
            line += [("  ", ""), *thin_bar(done / target, min(room, 40))]
        lines.append((metric, cut(line, width, measure)))
    return lines


def _counters_title(today: Today, width: int, measure: Callable[[str], int]) -> Line:
    """The title, with what today serves at the right: the wish, and who it's for."""
    title: Line = [(" Today", "bold")]
    if not serves(today) or width <= 24:
        return title
    return justify(title, [(fit(serves(today), width - 12, measure) + " ", "dim")], width, measure)


def serves(today: Today, between: str = " · ") -> str:
    """Return what today serves: the wish, and who it's for. Empty without either."""
    whom = f"for {today.for_whom}" if today.for_whom and today.wish else today.for_whom
    return between.join(part for part in (today.wish, whom) if part)


def counter_sign(today: Today, now: datetime, metric: str) -> Line:
    """Format ✓ if met, ▼ n behind the clock or ▲ n ahead of it, eight cells wide."""
    done, target = today.counts[metric], today.target(metric)
    if target is None or not (target or done):
        return [("        ", "")]
    if done >= target:
        return [("  ✓     ", "good")]
    late = expected_by_now(today, now, target) - done
    if metric != "dials" or not late or now.date() != today.day:
        return [("        ", "")]
    if late < 0:
        return [(f"  ▲ {-late:<4,}", "good")]
    return [(f"  ▼ {late:<4,}", "bad" if late > target // 10 else "warn")]
