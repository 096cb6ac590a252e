"""The frame of every screen: header, message line, and footer with the keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events

from planner.tui.messages import KeyClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.services.day.today_store import Today


class DayPart(Lines):
    """A part that shows a snapshot of the day."""

    def __init__(self, today: Today, now: datetime, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today = today
        self.now = now

    def show(self, today: Today, now: datetime) -> None:
        """Show a snapshot of the day."""
        self.today, self.now = today, now
        self.redraw()


class HeaderLine(DayPart):
    """Date and time, current block, next mail window."""

    FIXED_HEIGHT = True

    def build(self, width: int, height: int) -> list[Line]:
        return [spans.header(self.today, self.now, width, measure)]


class MessageLine(Lines):
    """One line for what just happened and what can be done about it."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[Line] = [[]]

    def say(self, *lines: Line) -> None:
        """Show the first of the lines that fits, so pass the longest first. An empty one clears the message."""
        self.lines = list(lines)
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        fitting = (line for line in self.lines if spans.width_of(line, measure) <= width)
        return [next(fitting, spans.cut(self.lines[-1], width, measure))]


@dataclass(frozen=True)
class FooterKey:
    """A key in the footer, the most important first. `last` ones are at the right and are dropped last."""

    key: str
    label: str
    action: str
    last: bool = False


class FooterLine(Lines):
    """The most relevant keys. If space is short, the least important are left out, but never help and quit."""

    FIXED_HEIGHT = True

    def __init__(self, keys: list[FooterKey], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.keys = keys

    def show(self, keys: list[FooterKey]) -> None:
        """Show other keys."""
        self.keys = keys
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        left, right = self._placed(width)
        return [spans.justified(self._line(left, " "), self._line(right, ""), width, measure)]

    def _placed(self, width: int) -> tuple[list[FooterKey], list[FooterKey]]:
        right = [key for key in self.keys if key.last]
        left = [key for key in self.keys if not key.last]
        room = width - spans.width_of(self._line(right, ""), measure) - 2
        while left and spans.width_of(self._line(left, " "), measure) > room:
            left.pop()
        return left, right

    def _own(self) -> dict[str, str]:
        """Return the keys that the rep has set, by action."""
        own: dict[str, str] = getattr(self.app, "own_keys", {})
        if not own:
            return {}
        active = self.screen.active_bindings.values()
        return {each.binding.action: own[each.binding.id] for each in active if each.binding.id in own}

    def _line(self, keys: list[FooterKey], lead: str) -> Line:
        line: Line = [(lead, "")] if lead else []
        own = self._own()
        for key in keys:
            line += [(own.get(key.action.removeprefix("app."), key.key), "accent"), (f" {key.label}  ", "dim")]
        return line

    def on_click(self, event: events.Click) -> None:
        left, right = self._placed(self.size.width)
        x = 1
        for key in left:
            size = measure(key.key) + len(key.label) + 3
            if x <= event.x < x + size - 1:
                self.post_message(KeyClicked(key.action))
                return
            x += size
        x = self.size.width - spans.width_of(self._line(right, ""), measure)
        for key in right:
            size = measure(key.key) + len(key.label) + 3
            if x <= event.x < x + size - 1:
                self.post_message(KeyClicked(key.action))
                return
            x += size
