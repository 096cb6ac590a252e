"""Announces what begins and what is due: blocks, email windows, callbacks, promises, tasks with a time.

Pure except for the notification itself. `Reminders.due` returns what came up between two checks of the clock. Each
reminder fires once, simultaneous ones fire together, and those during a call wait until it ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.day_progress import day_minute, due_name
from planner.tui.shared.spans import block_name, clock_minutes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.services.day.today_store import Today

# After waking from sleep, announce what is current, not everything that began in the meantime.
LONGEST_GAP = 10
# Terminals known to support each sequence.
OSC_9 = ("iTerm.app", "WezTerm", "ghostty", "kitty")
OSC_777 = ("foot", "rxvt")


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder: its identity, its time (minute of the day) and its text. Until the minute `until`, it is announced
    late rather than never.
    """

    key: tuple[str, str]
    minute: int
    text: str
    until: int | None = None


@dataclass
class Reminders:
    """Decides which reminders to announce: remembers those announced, and those that wait for the end of a call."""

    blocks: bool = True
    callbacks: bool = True
    mail: bool = True
    before: int = 5
    _said: set[tuple[date, tuple[str, str]]] = field(default_factory=set)
    _last: datetime | None = None
    _waiting: list[Reminder] = field(default_factory=list)

    def due(self, today: Today, now: datetime, *, in_call: bool = False) -> list[Reminder]:
        """Return the reminders to announce now. The first call omits blocks already begun, as the screen shows them."""
        last, self._last = self._last, now
        if last is None or now < last or now - last > timedelta(days=1):
            last = now  # at startup, or after the clock was changed
        minute, since = day_minute(today, now), day_minute(today, last)
        fresh = [
            each
            for each in self._all_of_day(today)
            if since < each.minute <= minute or (each.until is not None and each.minute <= minute < each.until)
        ]
        current = [each for each in fresh if each.minute > minute - LONGEST_GAP or each.key[0] != "block"]
        found = []
        for each in [*self._waiting, *current]:
            if (today.day, each.key) not in self._said:
                self._said.add((today.day, each.key))
                found.append(each)
        if in_call:
            self._waiting = found
            self._said -= {(today.day, each.key) for each in found}
            return []
        self._waiting = []
        return found

    def _all_of_day(self, today: Today) -> Iterator[Reminder]:
        """Yield every possible reminder of a day once."""
        if today.closed_at is None:
            yield from self._block_starts(today)
        if self.mail:
            yield from _mail_overruns(today)
        if self.callbacks:
            for due in today.due:
                word = "call back" if due.kind == "callback" else "promised"
                yield from self._at_time(today, due.at, due.kind, due.id, f"{word} {due_name(due)}")
            for task in today.tasks:
                if task.kind == "own" and not task.done:
                    yield from self._at_time(today, str(task.due or ""), "task", task.id, str(task.title))

    def _block_starts(self, today: Today) -> Iterator[Reminder]:
        """Yield the starts of blocks and mail windows. A mail block counts as its window."""
        opening = {clock_minutes(opens) for opens, _ in today.windows} if self.mail and today.weight else set()
        for block in today.blocks:
            mail = block.kind == "mail"
            if block.dropped or block.kind == "sleep" or not (self.mail if mail else self.blocks):
                continue
            if mail:
                opening.discard(block.first)
            key = f"{block.kind}-{block.position}-{block.first}-{block.last}-{block.title}"
            yield Reminder(("block", key), block.first, f"{block_name(block)} until {block.end}")
        for minute in opening:
            yield Reminder(("block", f"window-{minute}"), minute, "Your email window is open")

    def _at_time(self, today: Today, due: str, kind: str, row_id: object, words: str) -> Iterator[Reminder]:
        """Yield the reminder of something due at a time of this day, `before` minutes ahead of it."""
        day, _, at = due.partition("T")
        if at and day == today.day.isoformat():
            minute = clock_minutes(at)
            yield Reminder((kind, f"{row_id}-{at}"), minute - self.before, f"{at} {words}", minute)


def _mail_overruns(today: Today) -> Iterator[Reminder]:
    for opens, planned, opened, closed, _ in today.mail:
        if closed is None:
            minute = day_minute(today, datetime.fromtimestamp(opened)) + planned
            yield Reminder(
                ("block", f"over-{opens}-{opened}"), minute, f"Your {formats.duration(planned)} of email are up"
            )


def terminal_sequence(how: str, text: str, environment: dict[str, str] | None = None) -> str:
    """Return the notification sequence (OSC 9 or 777) for sanitized `text`, or "". `how` is the setting."""
    env = dict(os.environ) if environment is None else environment
    if how == "auto":
        program, term = env.get("TERM_PROGRAM", ""), env.get("TERM", "")
        if env.get("TMUX") or env.get("STY"):
            return ""  # the multiplexer swallows the sequence
        known = any(name.lower() in (program.lower(), term.lower().removeprefix("xterm-")) for name in OSC_9)
        how = "9" if known else "777" if term.startswith(OSC_777) else "off"
    plain = "".join(char for char in text if char.isprintable()).replace(";", ",")[:200]
    if how == "9":
        return f"\x1b]9;{plain}\x07"
    if how == "777":
        return f"\x1b]777;notify;planner;{plain}\x07"
    return ""


def desktop_notifier() -> Callable[[str], None] | None:
    """Return a function that shows desktop notifications, or None if planner's extra isn't installed."""
    try:
        from desktop_notifier.sync import DesktopNotifierSync
    except ImportError:
        return None
    notifier = DesktopNotifierSync(app_name="planner")
    return lambda text: void(notifier.send(title="planner", message=text))


def void(_: object) -> None:
    """Do nothing."""
