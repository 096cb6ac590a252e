"""The known values that complete a field, listed under it while the rep types.

Own lines rather than `textual-autocomplete` (4.0, MIT, well kept): it takes ⏎ and esc whenever its list is open, which
here save and leave the form, it filters its candidates itself instead of asking the search index, and it mounts an
`OptionList` of another look for each field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Region
from textual.message import Message

from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure
from planner.tui.shared.widgets.safe_input import LineInput

MOST = 5


@dataclass(frozen=True)
class Offer:
    """One known value: what is shown of it, with what tells it from others at the right, and the field's text with it.

    One that `goes_on`, such as a folder, is followed by the next offers.
    """

    shown: str
    text: str
    right: str = ""
    goes_on: bool = False


@dataclass(eq=False, repr=False)
class OfferClicked(Message):
    """Sent when a line of the list was clicked."""

    offer: Offer
    """The value."""


class Suggestions(Lines):
    """List of offers under a field. None is chosen until the rep moves into it."""

    DEFAULT_CSS = """
    Suggestions {
        display: none;
        overlay: screen;
        constrain: inside inflect;
        background: $panel;
        background-tint: $accent 12%;
    }
    """
    FIXED_HEIGHT = True

    def __init__(self) -> None:
        super().__init__(id="suggestions")
        self.offers: Sequence[Offer] = ()
        self.cursor = -1
        self._field: LineInput | None = None

    @property
    def is_open(self) -> bool:
        """Return whether there is anything to choose."""
        return bool(self.offers)

    @property
    def chosen(self) -> Offer | None:
        """The chosen offer, None while the rep has moved to none of them."""
        return self.offers[self.cursor] if 0 <= self.cursor < len(self.offers) else None

    def show(self, offers: Sequence[Offer], field: LineInput | None = None) -> None:
        """List offers under a field, or close the list if there are none."""
        self.offers, self.cursor, self._field = offers[:MOST], -1, field
        self.display = self.is_open
        if field is not None and self.is_open:
            widest = max(measure(each.shown) + measure(each.right) for each in self.offers) + 6
            self.styles.width = min(max(24, widest), max(24, field.region.width))
            self.styles.height = len(self.offers)
            self.place()
        self.redraw()

    def place(self) -> None:
        """Stand under the field, with the names under its text, wherever the form has moved it."""
        if self._field is not None and self.is_open:
            self.absolute_offset = self._field.region.bottom_left - (1, 0)
            self.refresh(layout=True)

    def step(self, by: int) -> None:
        """Choose another offer. Before the first, none is."""
        self.cursor = min(max(-1, self.cursor + by), len(self.offers) - 1)
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = []
        for index, each in enumerate(self.offers):
            chosen = index == self.cursor
            right = spans.fit(each.right, max(0, width // 2 - 2), measure)
            shown = spans.fit(each.shown, width - measure(right) - 5, measure)
            left: Line = [spans.pointer(chosen, 2), (shown, "cursor" if chosen else "")]
            lines.append(spans.justify(left, [(f"{right} ", "dim")], width, measure))
        return lines

    def area_at(self, x: int, y: int) -> Region | None:
        return self.row_area(y) if 0 <= y < len(self.offers) else None

    def on_click(self, event: events.Click) -> None:
        if 0 <= event.y < len(self.offers):
            self.post_message(OfferClicked(self.offers[event.y]))
