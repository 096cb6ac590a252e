"""The header of Clients, with its three pages on a line of their own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region

from planner.tui.messages import KeyClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.frame import HeaderLine
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.services.day.today_store import Today

PAGES = {"clients": "Contacts", "deals": "Deals", "care": "Promises"}
"""The pages by the name of their screen, in the order of the key that turns them."""


class PagesHeader(HeaderLine):
    """The header over the line of pages. A click on one of them goes there."""

    def __init__(self, page: str, today: Today, now: datetime, *, id: str | None = None) -> None:
        super().__init__("clients", today, now, id=id)
        self.page = page

    def build(self, width: int, height: int) -> list[Line]:
        line: Line = []
        for name, title in PAGES.items():
            if name == self.page:
                line += [("▐", "bar"), (title, "bold on bar"), ("▌", "bar")]
            else:
                line.append((f" {title} ", "dim on tab"))
        return [*super().build(width, height), spans.tinted(line, "tab", width, measure)]

    def _page_at(self, x: int, y: int) -> tuple[str, Region] | None:
        """Return the page at a cell that a click on it goes to, and its cells."""
        start = 0
        for name, title in PAGES.items() if y == 1 else ():
            size = len(title) + 2
            if start <= x < start + size and name != self.page:
                return name, Region(start, y, size, 1)
            start += size
        return None

    def area_at(self, x: int, y: int) -> Region | None:
        found = self._page_at(x, y)
        return super().area_at(x, y) if found is None else found[1]

    def on_click(self, event: events.Click) -> None:
        found = self._page_at(event.x, event.y)
        if found is not None:
            self.post_message(KeyClicked(f"app.show({found[0]!r})"))
