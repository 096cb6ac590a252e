"""What begins and what is due, said once: a block, a mail window, a callback, a promise, a task with an hour.

Pure but for the ringing itself: `Reminders.due` says what is to be said between two looks at the clock. Nothing is said
twice, two things at one time are said together, and what falls in a call waits for its end.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from planner.domain.day.day_progress import day_minute, due_name
from planner.tui.shared.spans import block_name, clock_minutes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.services.day.today_store import Today

# A laptop that wakes up is told what is on now, not everything that has begun since.
LONGEST_GAP = 10
# Terminals that are known to show one of the two.
OSC_9 = ("iTerm.app", "WezTerm", "ghostty", "kitty")
OSC_777 = ("foot", "rxvt")


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to say: what it is known by, when (minutes of the day), and the words. `until` is the hour that it is
    said before: up to then it is said late rather than never.
    """

    key: tuple[str, str]
    minute: int
    text: str
    until: int | None = None


@dataclass
class Reminders:
    """What was said already, and what waits for the end of a call."""

    blocks: bool = True
    callbacks: bool = True
    mail: bool = True
    before: int = 5
    _said: set[tuple[date, tuple[str, str]]] = field(default_factory=set)
    _last: datetime | None = None
    _waiting: list[Reminder] = field(default_factory=list)

    def due(self, today: Today, now: datetime, *, in_call: bool = False) -> list[Reminder]:
        """What is to be said now. The first look says nothing of blocks: what has begun is on the screen."""
        last, self._last = self._last, now
        if last is None or now < last or now - last > timedelta(days=1):
            last = now  # the start, or a clock that was set
        minute, since = day_minute(today, now), day_minute(today, last)
        fresh = [
            each
            for each in self._of(today)
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

    def _of(self, today: Today) -> Iterator[Reminder]:
        """Everything of a day that may be said, each thing once: a mail block is its window."""
        opening = {clock_minutes(opens) for opens, _ in today.windows} if self.mail and today.weight else set()
        if today.closed_at is None:
            for block in today.blocks:
                mail = block.kind == "mail"
                if block.dropped or block.kind == "sleep" or not (self.mail if mail else self.blocks):
                    continue
                if mail:
                    opening.discard(block.first)
                words = f"{block_name(block)} until {block.end}"
                key = f"{block.kind}-{block.position}-{block.first}-{block.last}-{block.title}"
                yield Reminder(("block", key), block.first, words)
            for minute in opening:
                yield Reminder(("block", f"window-{minute}"), minute, "mail is open")
        for opens, planned, opened, closed, _ in today.mail if self.mail else ():
            if closed is None:
                minute = day_minute(today, datetime.fromtimestamp(opened)) + planned
                yield Reminder(("block", f"over-{opens}-{opened}"), minute, f"the {planned} minutes of mail are over")
        if not self.callbacks:
            return
        for due in today.due:
            if len(due.at) > 10 and due.at[:10] == today.day.isoformat():
                word = "call back" if due.kind == "callback" else "promised"
                at = due.at[11:]
                minute = clock_minutes(at)
                words = f"{at} {word} {due_name(due)}"
                yield Reminder((due.kind, f"{due.id}-{at}"), minute - self.before, words, minute)
        for task in today.tasks:
            text = "" if task.due is None else str(task.due)
            if task.kind == "own" and not task.done and len(text) > 10 and text[:10] == today.day.isoformat():
                minute = clock_minutes(text[11:])
                words = f"{text[11:]} {task.title}"
                yield Reminder(("task", f"{task.id}-{text[11:]}"), minute - self.before, words, minute)


def terminal_sequence(how: str, text: str, environment: dict[str, str] | None = None) -> str:
    """The sequence that makes a terminal notify (OSC 9 or 777), or nothing. `how` is the setting; `text` is clean."""
    env = dict(os.environ) if environment is None else environment
    if how == "auto":
        program, term = env.get("TERM_PROGRAM", ""), env.get("TERM", "")
        if env.get("TMUX") or env.get("STY"):
            return ""  # they keep it for themselves
        known = any(name.lower() in (program.lower(), term.lower().removeprefix("xterm-")) for name in OSC_9)
        how = "9" if known else "777" if term.startswith(OSC_777) else "off"
    plain = "".join(char for char in text if char.isprintable()).replace(";", ",")[:200]
    if how == "9":
        return f"\x1b]9;{plain}\x07"
    if how == "777":
        return f"\x1b]777;notify;planner;{plain}\x07"
    return ""


def desktop_notifier() -> Callable[[str], None] | None:
    """What notifies on the desktop; None where planner's extra isn't installed."""
    try:
        from desktop_notifier.sync import DesktopNotifierSync
    except ImportError:
        return None
    notifier = DesktopNotifierSync(app_name="planner")
    return lambda text: void(notifier.send(title="planner", message=text))


def void(_: object) -> None:
    """Nothing is done with it."""
