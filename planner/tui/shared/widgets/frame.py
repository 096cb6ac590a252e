"""The frame of every screen: header, message line, and footer with the keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.binding import Binding
from textual.geometry import Region
from textual.keys import format_key

from planner.tui.messages import KeyClicked
from planner.tui.shared import header, spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from datetime import datetime

    from textual.dom import DOMNode

    from planner.services.day.today_store import Today


class DayPart(Lines):
    """Base of the widgets that show a snapshot of the day."""

    def __init__(self, today: Today, now: datetime, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today = today
        self.now = now

    def show(self, today: Today, now: datetime) -> None:
        """Show a snapshot of the day."""
        self.today, self.now = today, now
        self.redraw()


class HeaderLine(DayPart):
    """Header with the tabs, date and time, current block and next email window. A click on a tab goes there."""

    FIXED_HEIGHT = True

    def __init__(self, tab: str, today: Today, now: datetime, *, part: str = "", id: str | None = None) -> None:
        super().__init__(today, now, id=id)
        self.tab = tab
        self.part = part

    def build(self, width: int, height: int) -> list[Line]:
        sync = getattr(self.app, "sync_text", "")
        return [header.header(self.today, self.now, width, measure, self.tab, self._keys, self.part, sync)]

    @property
    def _keys(self) -> dict[str, str]:
        return getattr(self.app, "own_keys", {})

    def _tab_at(self, x: int, y: int) -> tuple[str, int, int] | None:
        """Return the tab at a place, unless it is that of the current screen itself."""
        if y:
            return None
        found = header.tab_at(x, self.today, self.now, self.size.width, measure, self.tab, self._keys, self.part)
        return None if found is None or (found[0] == self.tab and not self.part) else found

    def area_at(self, x: int, y: int) -> Region | None:
        tab = self._tab_at(x, y)
        return None if tab is None else Region(tab[1], 0, tab[2], 1)

    def on_click(self, event: events.Click) -> None:
        tab = self._tab_at(event.x, event.y)
        if tab is not None:
            self.post_message(KeyClicked(f"app.show({tab[0]!r})"))


class MessageLine(Lines):
    """Line for what just happened and what can be done about it."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[Line] = [[]]

    def say(self, *lines: Line) -> None:
        """Show the first of the lines that fits off the edge, so pass the longest first. An empty one clears it."""
        self.lines = list(lines)
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        fitting = (line for line in self.lines if spans.width_of(line, measure) < width)
        return [next(fitting, spans.cut(self.lines[-1], width - 1, measure))]


class FooterKey(NamedTuple):
    """A footer entry with a label of its own, for one action or for two that belong together, such as up and down."""

    label: str
    action: str
    other: str = ""
    keys: str = ""
    """The keys, if a widget handles them itself and the screen has no binding."""


FooterItem = str | FooterKey
"""What a footer shows: an action under its binding's own description, or under another label."""

HELP = ("app.help",)
HELP_AND_QUIT = ("app.help", "app.quit")
# Wider than Textual's own names leave room for.
DISPLAY = {"tab": "⇥", "shift+tab": "⇤", "ctrl+q": "^q", "f2": "F2"}


@cache
def _bindings(owner: type[DOMNode]) -> dict[str, Binding]:
    """Return the bindings of a screen or an app by action, its own before inherited ones."""
    found: dict[str, Binding] = {}
    for base in owner.__mro__:
        for each in base.__dict__.get("BINDINGS", ()):
            if isinstance(each, Binding):
                found.setdefault(each.action, each)
    return found


class FooterLine(Lines):
    """Footer of the most relevant keys, taken from the bindings of the screen and the app.

    If space is short, the last of `keys` are left out, but never `beside`, which are at the right.
    """

    FIXED_HEIGHT = True

    def __init__(
        self, keys: Sequence[FooterItem], *, beside: Sequence[FooterItem] = HELP_AND_QUIT, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.keys = keys
        self.beside = beside

    def show(self, keys: Sequence[FooterItem]) -> None:
        """Show other keys."""
        self.keys = keys
        self.redraw()

    def binding(self, action: str) -> Binding:
        """Return the binding of an action on the screen, or of the app's action after ``app.``."""
        app_action = action.removeprefix("app.")
        found = _bindings(type(self.screen)).get(action)
        return found or _bindings(type(self.app))[app_action]

    def build(self, width: int, height: int) -> list[Line]:
        left, right = self._place_keys(width)
        return [spans.justify(_line(left, " "), _line(right, ""), width, measure)]

    def _place_keys(self, width: int) -> tuple[list[_Place], list[_Place]]:
        left, right = [self._place(key) for key in self.keys], [self._place(key) for key in self.beside]
        room = width - spans.width_of(_line(right, ""), measure) - 2
        while left and spans.width_of(_line(left, " "), measure) > room:
            left.pop()
        return left, right

    def _place(self, key: FooterItem) -> _Place:
        if isinstance(key, str):
            binding = self.binding(key)
            return _Place(self._key(binding), binding.description, (key,))
        actions = (key.action, key.other) if key.other else (key.action,)
        keys = key.keys or " ".join(self._key(self.binding(action)) for action in actions)
        return _Place(keys, key.label, actions)

    def _key(self, binding: Binding) -> str:
        """Return the first key of a binding in readable form, or the one that the rep has set instead."""
        own: dict[str, str] = getattr(self.app, "own_keys", {})
        first = binding.key.partition(",")[0]
        return own.get(binding.id or "") or DISPLAY.get(first) or format_key(first)

    def on_click(self, event: events.Click) -> None:
        place, start = self._place_at(event.x)
        if place is not None:
            self.post_message(KeyClicked(place.action_at(event.x - start)))

    def area_at(self, x: int, y: int) -> Region | None:
        place, start = self._place_at(x)
        last = self.size.height - 1
        return None if place is None or y < last else Region(start, last, place.width - 2, 1)

    def _place_at(self, x: int) -> tuple[_Place | None, int]:
        """Return the key at a cell and where it starts, None beside the keys."""
        left, right = self._place_keys(self.size.width)
        for places, start in ((left, 1), (right, self.size.width - spans.width_of(_line(right, ""), measure))):
            for place in places:
                if place.action_at(x - start):
                    return place, start
                start += place.width
        return None, 0


class _Place(NamedTuple):
    """The position of a key in the footer."""

    keys: str
    label: str
    actions: tuple[str, ...]

    @property
    def width(self) -> int:
        return measure(self.keys) + len(self.label) + 3

    def action_at(self, x: int) -> str:
        """Return the action at a cell, empty beside it. The label stands for the first action."""
        if not 0 <= x < self.width - 1:
            return ""
        for key, action in zip(self.keys.split(), self.actions, strict=False):
            x -= measure(key) + 1
            if x < 0:
                return action
        return self.actions[0]


def _line(places: Sequence[_Place], lead: str) -> Line:
    line: Line = [(lead, "")] if lead else []
    for place in places:
        line += [(place.keys, "accent"), (f" {place.label}", "dim"), ("  ", "dim")]
    return line
