"""The header of Clients, with its three pages on a line of their own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual import events

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
        self._page_under: str | None = None  # the mouse

    def build(self, width: int, height: int) -> list[Line]:
        line: Line = []
        for name, title in PAGES.items():
            if name == self.page:
                line += [("▐", "bar"), (title, "bold on bar"), ("▌", "bar")]
            else:
                line.append((f" {title} ", "dim on hover" if name == self._page_under else "dim on tab"))
        return [*super().build(width, height), spans.tinted(line, "tab", width, measure)]

    def _page_at(self, event: events.MouseEvent) -> str | None:
        x = event.x
        for name, title in PAGES.items() if event.y else ():
            if x < len(title) + 2:
                return name
            x -= len(title) + 2
        return None

    def on_click(self, event: events.Click) -> None:
        name = self._page_at(event)
        if name is not None and name != self.page:
            self.post_message(KeyClicked(f"app.show({name!r})"))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._tint_page(self._page_at(event))

    def on_leave(self) -> None:
        self._tint_page(None)

    def _tint_page(self, name: str | None) -> None:
        if name != self._page_under:
            self._page_under = name
            self.redraw()
