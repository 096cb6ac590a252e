"""Paints the Today screen as plain ANSI before Textual is imported. Uses little, and only of the standard library."""

from __future__ import annotations

import os
import sys

from planner.domain.text import make_visible
from planner.platform import Terminal
from planner.tui.day import counters_view, dashboard, day_view, today_view
from planner.tui.shared import odds_view, spans
from planner.tui.shared.header import header
from planner.tui.shared.welcome import is_first, welcome_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from types import TracebackType

    from planner.clock import Clock
    from planner.services.day.today_store import Today

ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
LEAVE = "\x1b[?25h\x1b[?1049l"
COLOURED = {
    "dim": "2",
    "bold": "1",
    "accent": "1;36",
    "fill": "0",
    "violet": "35",
    "good": "32",
    "warn": "33",
    "bad": "1;31",
    "track": "2",
    "cursor": "1",
    "pointer": "36",
    "tab": "2",
    "ground": "7",
    "fresh": "1",
}
PLAIN = {name: "1" if name in ("bold", "accent", "bad", "cursor", "fresh") else "2" for name in COLOURED}
PLAIN |= {"good": "0", "warn": "0", "fill": "0"}


def figures(db: str | None, config: str | None, clock: Clock | None = None) -> tuple[Today | None, datetime]:
    """Read the Today snapshot by the fast path, and the time. The snapshot is None if the day must be built first."""
    import sqlite3

    from planner import paths
    from planner.clock import Clock
    from planner.domain.errors import NeedsMigration
    from planner.store import connection, today_queries

    path, clock = paths.database(db), clock or Clock.from_environment(paths.turns_at(paths.settings(config)))
    now = clock.now()
    if not connection.exists(path):
        return None, now
    try:
        handle = connection.connect(path)
    except NeedsMigration:
        return None, now
    try:
        return today_queries.read_today(handle, clock.today(), paths.laid_key(paths.settings(config))), now
    except sqlite3.Error as error:
        raise connection.sentence(error, path) from error
    finally:
        handle.close()


class painted:  # noqa: N801 - reads as what it is in a with statement
    """Context manager that shows Today's figures with echo off, and restores the terminal at the end."""

    def __init__(self, today: Today | None, now: datetime) -> None:
        self.today = today
        self.now = now
        self._terminal = Terminal()

    def __enter__(self) -> painted:
        if not self._terminal.quiet():
            return self
        try:
            sys.stdout.write(ENTER)
            if self.today is not None:
                self.paint(self.today)
            sys.stdout.flush()
        except BaseException:  # including ctrl+c: the terminal is always restored
            self.__exit__(None, None, None)
            raise
        return self

    def paint(self, today: Today) -> None:
        """Paint the figures if the terminal supports it."""
        if self._terminal.is_quiet:
            paint(today, self.now)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal.is_quiet:
            sys.stdout.write(LEAVE)
            sys.stdout.flush()
            self._terminal.give_back()


def paint(today: Today, now: datetime) -> None:
    """Paint the figures on a terminal with echo off."""
    width, height = os.get_terminal_size(sys.stdout.fileno())
    codes = PLAIN if os.environ.get("NO_COLOR") else COLOURED
    text = []
    for row, line in enumerate(page(today, now, width, height), start=1):
        text.append(f"\x1b[{row};1H")
        text += [_painted(part, style, codes) for part, style in line]
    sys.stdout.write("".join(text))
    sys.stdout.flush()


def _painted(part: str, style: str, codes: dict[str, str]) -> str:
    """Colour a span by its text style. Tints need the theme, so bars are drawn in blocks instead."""
    sign, tint = {" on rail": ("░", "track"), " on fill": ("█", "fill")}.get(style, ("", ""))
    part, style = (sign * len(part), tint) if sign else (make_visible(part), style.partition(" on ")[0])
    return f"\x1b[{codes[style]}m{part}\x1b[0m" if codes.get(style) else part


def page(today: Today, now: datetime, width: int, height: int) -> list[spans.Line]:
    """Build the whole screen as lines in the app's layout. The footer comes with the app."""
    left, right = spans.columns(width)
    gap = 1 if height >= 24 else 0  # same as in today.tcss
    lines: list[spans.Line] = [header(today, now, width)]
    if is_first(today):
        below = 1 if spans.is_roomy(width, height) else 0
        room = height - 3 - gap - below  # the message and the footer
        return [*lines, *[[]] * gap, *welcome_lines(width, room)][: height - 1]
    if spans.is_roomy(width, height):
        return [*lines, *dashboard.page_lines(today, now, width, height)][: height - 1]
    blank: spans.Line = []
    folded = counters_view.is_folded(width, height)
    rows = counters_view.counter_lines(today, now, right or left, folded=folded)
    counters = [[span for _, part in row for span in part] for row in rows]
    counters += odds_view.held_line(today, right or left)
    if right:
        counters += odds_view.noes_line(today, right)
    month = today_view.month_lines(today, left) + odds_view.odds_lines(today, left, bool(right))
    lines += [blank] * gap
    if right:
        lines += list(_side_by_side(month, counters, left))
    else:
        lines += [*month, *[blank] * gap, *counters]
    lines += [blank]
    room = height - len(lines) - 2
    tasks = [line for _, line in today_view.task_lines(today, now, left, room, 0, alone=not right)]
    if not right:
        return [*lines, *tasks][: height - 1]
    day = [line for _, line in day_view.day_lines(today, now, right, height=room)]
    lines += _side_by_side(tasks, day, left)
    return lines[: height - 1]


def _side_by_side(left: list[spans.Line], right: list[spans.Line], width: int) -> Iterator[spans.Line]:
    for row in range(max(len(left), len(right))):
        line = left[row] if row < len(left) else []
        other = right[row] if row < len(right) else []
        yield [*line, (" " * (width - spans.width_of(line)), ""), *other]
