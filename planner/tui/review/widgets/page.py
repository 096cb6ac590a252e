"""The widgets of the review: the list of its pages, and a page, on a large screen with panels beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual import events

from planner.domain.review.self_review import STEPS, Step
from planner.domain.review.spans import Span
from planner.tui.messages import EntryClicked
from planner.tui.shared import panels, spans
from planner.tui.shared.panels import GAP, centred, stack
from planner.tui.shared.spans import Line, tinted
from planner.tui.shared.widgets.lines import ChoiceLines, Lines, measure

# The names of pages in the contents and in headings.
PAGES: dict[str, str] = {
    Step.FIGURES: "Figures",
    Step.DISCIPLINE: "Discipline",
    Step.TRIED: "Experiments",
    Step.LESSONS: "Wins and misses",
    Step.HEARD: "Customer voice",
    Step.HONESTY: "Data quality",
    Step.NEXT: "Next week",
    Step.WISH: "Your why",
    "charts": "Charts",
    "learning": "Learning",
    "past": "Past reviews",
}
OTHERS = ("charts", "learning", "past")
# The pages of a span: days and months are only viewed, a week is worked through.
OF_SPAN: dict[Span, tuple[str, ...]] = {
    Span.WEEK: (*STEPS, *OTHERS),
    Span.DAY: (Step.FIGURES, Step.DISCIPLINE, Step.HEARD, Step.HONESTY, Step.NEXT, *OTHERS),
    Span.MONTH: (Step.FIGURES, Step.DISCIPLINE, Step.HEARD, Step.HONESTY, Step.NEXT, *OTHERS),
}
INDENT = "   "
INDENT_CELLS = 3


MARGINS = 3  # cells of a panel's edge and of the space at its right
Section = tuple[str, str, Sequence[Line]]
"""A panel beside the page: its title, a remark, and its lines."""
Beside = Callable[[object, int], Sequence[Section]]
"""Builds them for what is selected on the page and a width."""


def no_sections(chosen: object, width: int) -> Sequence[Section]:
    """Build no panels."""
    return ()


def main_width(width: int) -> int:
    """Return the width of a page that has panels beside it."""
    return width * 56 // 100


def page_name(page: str, span: Span) -> str:
    """Return the name of a page in the review of a span."""
    return f"Next {span}" if page == Step.NEXT else PAGES[page]


@dataclass(frozen=True)
class Row:
    """A line of a page, which can be selected if it has a key."""

    line: Line
    key: object = None
    hint: bool = False


def hint_rows(lines: Sequence[Line]) -> list[Row]:
    """Turn lines into the rows of an empty page, which has them in its middle."""
    return [Row(line, hint=True) for line in lines]


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Turn lines into rows that can't be selected."""
    return [Row(line) for line in lines]


class PageLines(ChoiceLines):
    """View of a page with a heading and rows. The cursor skips rows without a key, and a page without keys scrolls."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.heading: Line = []
        self.rows: Sequence[Row] = ()
        self.beside: Beside = no_sections

    def show(self, heading: Line, rows: Sequence[Row], *, anew: bool, beside: Beside | None = None) -> None:
        """Show a page, with panels `beside` it on a large screen and below it on a smaller one with room for panels.
        The cursor stays on its row unless the page is a different one (`anew`).
        """
        chosen = self.chosen
        self.heading, self.rows, self.beside = heading, rows, beside or no_sections
        places = self._places()
        if anew:
            self.first = 0
            self.cursor = places[0] if places else 0
        elif chosen is not None:
            same = [place for place in places if self.rows[place].key == chosen]
            self.cursor = same[0] if same else min(places, key=lambda at: abs(at - self.cursor), default=0)
        elif places and self.cursor not in places:
            self.cursor = places[0]
        if anew:
            self.redraw()
        else:
            self.move_to(self.cursor)

    def room(self, screen: int) -> int:
        """Return the cells that a row may take, before the first layout guessed by the screen's width."""
        width = self.size.width or screen
        if spans.is_large(*self.app.size):
            width = main_width(width)
        return max(20, width - INDENT_CELLS - (MARGINS if spans.is_roomy(*self.app.size) else 1))

    def choose(self, key: object) -> None:
        """Put the cursor on the row with a key, if it exists."""
        for place in self._places():
            if self.rows[place].key == key:
                self.move_to(place)
                return

    def _places(self) -> list[int]:
        return [place for place, row in enumerate(self.rows) if row.key is not None]

    def count(self) -> int:
        return len(self.rows)

    @property
    def chosen(self) -> object:
        """The key of the row under the cursor, None if nothing can be selected."""
        return self.rows[self.cursor].key if self.cursor < len(self.rows) else None

    def step(self, count: int) -> None:
        """Move the cursor by selectable rows, or scroll if there are none."""
        places = self._places()
        if not places:
            room = max(1, self.size.height - 2)
            self.first = max(0, min(self.first + count, len(self.rows) - room))
            self.redraw()
            return
        at = places.index(self.cursor) if self.cursor in places else 0
        wanted = max(0, min(at + count, len(places) - 1))
        if wanted != at:
            self.move_to(places[wanted])
            return
        # At either end of the selectable rows, scroll to what lies above the first or below the last.
        room = max(1, self.size.height - 2)
        last = max(0, len(self.rows) - room)
        self.first = 0 if count < 0 else min(last, self.first + (count if abs(count) > 1 else 3))
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        _, y = event.get_content_offset_capture(self)
        index = y - 2 + self.first
        if y >= 2 and index < self.count() and self.rows[index].key is not None:
            self.post_message(EntryClicked(index))

    def build(self, width: int, height: int) -> list[Line]:
        if not spans.is_roomy(*self.app.size):
            return self._page(width - 1, height)
        if not spans.is_large(*self.app.size):
            return self._panel(width, height, self.beside(self.chosen, width - 4))
        left = main_width(width)
        right = width - left - GAP
        sections = self.beside(self.chosen, right - 4)
        if not sections:
            return self._panel(width, height)
        fitting = panels.fitting(sections, height)
        room = height - len(self.rows) - 4  # below the page's heading, rows and edge, and an empty row
        further = self.beside(self.chosen, left - 4)[fitting:]  # drawn for the width of the page
        below = [section for section in further if len(section[2]) + 3 <= room]
        side = stack(sections[:fitting], right, height, measure)
        return panels.beside(self._panel(left, height, below), side, left, measure)

    def _panel(self, width: int, height: int, sections: Sequence[Section] = ()) -> list[Line]:
        """The page on a panel, with further ones below it, which leave it at least the rows it needs."""
        lines = self._page(width - MARGINS, height)
        hints = all(row.hint for row in self.rows)
        below = [] if hints else stack(sections, width, height - len(lines) - 2, measure)
        lines += [[]] * (height - len(lines) - len(below) - bool(below))
        marked = (tinted(line, "row", width - MARGINS, measure) if _is_marked(line) else line for line in lines)
        panel = [tinted([(" ", ""), *line], "panel", width, measure) for line in marked]
        return [*panel, [], *below] if below else panel

    def _page(self, width: int, height: int) -> list[Line]:
        """The heading and the rows in sight."""
        places = self._places()
        heading = [(text, "accent" if places and style == "bold" else style) for text, style in self.heading]
        lines: list[Line] = [spans.cut(heading, width, measure), []]
        if all(row.hint for row in self.rows):
            return lines + centred([row.line for row in self.rows], width, height - 3, measure)
        room = max(1, height - 2)
        for place in range(self.first, min(self.count(), self.first + room)):
            row = self.rows[place]
            chosen = place == self.cursor and row.key is not None
            lead = spans.pointer(chosen)
            line = [lead, *row.line]
            if chosen:
                line = [lead, *((text, "cursor" if style == "" else style) for text, style in row.line)]
            lines.append(spans.cut(line, width, measure))
        more = self.count() - self.first - room
        if more > 0 and len(lines) > 2:
            lines[-1] = [(f"{INDENT}… {more + 1} more ↓", "dim")]
        return lines


def _is_marked(line: Line) -> bool:
    return bool(line) and line[0][1] == "pointer"


class ContentsLines(Lines):
    """List of the pages, with completed ones marked, on a single line if it is narrow."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pages: Mapping[str, str] = {}
        self.page = ""
        self.done = 0

    def show(self, pages: Mapping[str, str], page: str, done: int) -> None:
        """Show the pages with their names, the current page, and the number of completed steps."""
        self.pages, self.page, self.done = pages, page, done
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.page not in self.pages:
            return []
        if height == 1:
            names = list(self.pages.values())
            at = list(self.pages).index(self.page)
            told: Line = [(f" {at + 1}/{len(names)}", "dim"), (f"  {names[at]}", "bold")]
            return [[*told, ("   ⇥ ", "accent"), (names[(at + 1) % len(names)], "dim")]]
        lines: list[Line] = []
        for place, (page, named) in enumerate(self.pages.items()):
            if page == OTHERS[0]:
                lines.append([])
            present = page == self.page
            sign = ("✓", "good") if page in STEPS and place < self.done else (" ", "")
            name = (named, "cursor" if present else "" if page in STEPS else "dim")
            lines.append([spans.pointer(present), (f"{sign[0]} ", sign[1]), name])
        return lines
