"""What the widgets of Plan share: the span they show, and how they write amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines

if TYPE_CHECKING:
    from planner.services.plan.months import Ahead, Sheet


class SheetPart(Lines):
    """Base of the widgets that show a span."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sheet: Sheet | None = None
        self.ahead: Ahead | None = None

    def title(self, text: str) -> list[Line]:
        """Return the title of a panel, or nothing where the screen has none."""
        return [[(f" {text}", "bold")]] if spans.is_roomy(*self.app.size) else []

    def show(self, sheet: Sheet) -> None:
        """Show a span."""
        if self.sheet is None or (self.sheet.span, self.sheet.period) != (sheet.span, sheet.period):
            self.ahead = None  # belonged to another page
        self.sheet = sheet
        self.redraw()

    def show_ahead(self, ahead: Ahead | None) -> None:
        """Show the outlook of the span."""
        self.ahead = ahead
        self.redraw()
