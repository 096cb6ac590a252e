"""The modal that explains each figure of a month by tracing it back to its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Region
from textual.message import Message

from planner.domain.forecast.advice import trials
from planner.tui.shared import spans
from planner.tui.shared.modal import Modal
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import ChoiceLines, Lines, measure

if TYPE_CHECKING:
    from planner.services.forecast.explain import Reasons
    from planner.services.forecast.why import Why


class FigureChosen(Message):
    """Sent when a figure was clicked."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class FigureList(ChoiceLines):
    """List of the figures with their values."""

    def __init__(self, figures: tuple[Why, ...], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.figures = figures

    def count(self) -> int:
        return len(self.figures)

    def build(self, width: int, height: int) -> list[Line]:
        shown = self.figures[self.first : self.first + max(1, height - 1)]
        lines: list[Line] = [[(" Why this number?", "bold")]]
        for index, figure in enumerate(shown, start=self.first):
            chosen = index == self.cursor
            left: Line = [spans.pointer(chosen), (figure.name, "cursor" if chosen else "")]
            right: Line = [(figure.value + " ", "bold" if chosen else "dim")]
            room = width - spans.width_of(right, measure) - 2
            lines.append(spans.justify(spans.cut(left, room, measure), right, width, measure))
        return lines

    def area_at(self, x: int, y: int) -> Region | None:
        return self.row_area(y) if y and self.first + y - 1 < len(self.figures) else None

    def on_click(self, event: events.Click) -> None:
        if event.y and self.first + event.y - 1 < len(self.figures):
            self.post_message(FigureChosen(self.first + event.y - 1))


class Derivation(Lines):
    """View of how a figure is derived, with the trials behind a rate. Scrolls if it is long."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.figure: Why | None = None
        self.trials: tuple[str, ...] = ()
        self.first = 0

    def show(self, figure: Why | None, trials: tuple[str, ...] = ()) -> None:
        """Show a figure. If its trials are given, scroll to where they begin."""
        self.figure, self.trials, self.first = figure, trials, 0
        rows = len(self._rows(self.size.width))
        if trials and rows > self.size.height:
            self.first = min(rows - len(trials) - 1, rows - self.size.height)
        self.redraw()

    def scroll_lines(self, step: int) -> None:
        """Scroll, at most to the last page."""
        rows = len(self._rows(self.size.width))
        self.first = max(0, min(self.first + step, rows - self.size.height))
        self.redraw()

    def _rows(self, width: int) -> list[Line]:
        figure = self.figure
        if figure is None:
            return [[(" No plan yet, and nothing logged.", "")]]
        lines: list[Line] = [
            spans.cut([(f" {figure.value}", "bold"), (f"  {figure.name}", "dim")], width, measure),
            [],
        ]
        for text in figure.lines:
            for index, part in enumerate(spans.wrap(text, width - 5, measure)):
                lines.append([("  · " if not index else "    ", "dim"), (part, "")])
        if self.trials:
            lines += [[], *([(f"  {text}", "dim")] for text in self.trials)]
        elif figure.stage:
            lines += [[], [("  ⏎", "accent"), (" see the log behind it", "dim")]]
        return [spans.cut(line, width, measure) for line in lines]

    def build(self, width: int, height: int) -> list[Line]:
        rows = self._rows(width)
        shown = rows[self.first : self.first + height]
        below = len(rows) - self.first - height
        if below > 0 and height > 2:
            shown[-1] = [(f"    … {below + 1} more lines, ", "dim"), ("PgDn", "accent")]
        return shown

    def on_mouse_scroll_down(self) -> None:
        self.scroll_lines(1)

    def on_mouse_scroll_up(self) -> None:
        self.scroll_lines(-1)


class WhyModal(Modal[None]):
    """Modal of all figures, chosen by ↑ ↓, with the selected one's derivation."""

    CSS_PATH = "explain.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,y,q", "close", "close", id="why-close"),
        Binding("up,k", "choose(-1)", "up", show=False),
        Binding("down,j", "choose(1)", "down", show=False),
        Binding("enter", "open", "see the log behind it", show=False),
        Binding("pagedown,space", "scroll(1)", "scroll down", show=False),
        Binding("pageup", "scroll(-1)", "scroll up", show=False),
    ]

    def __init__(self, reasons: Reasons, chosen: str) -> None:
        super().__init__()
        self._reasons = reasons
        keys = [figure.key for figure in reasons.figures]
        self._first = keys.index(chosen) if chosen in keys else 0

    def compose(self) -> ComposeResult:
        with Container(id="why"):
            yield FigureList(self._reasons.figures, id="figures")
            yield Derivation(id="derivation")

    def on_mount(self) -> None:
        self.call_after_refresh(self._choose, self._first)

    def _choose(self, index: int) -> None:
        figures = self.query_one(FigureList)
        figures.move_to(index)
        chosen = figures.figures[figures.cursor] if figures.figures else None
        self.query_one(Derivation).show(chosen)

    def action_choose(self, step: int) -> None:
        """Select another figure."""
        self._choose(self.query_one(FigureList).cursor + step)

    def on_figure_chosen(self, message: FigureChosen) -> None:
        self._choose(message.index)

    def action_open(self) -> None:
        """Show or hide the trials behind a rate."""
        part = self.query_one(Derivation)
        figure = part.figure
        if figure is not None and figure.stage:
            rate = self._reasons.view.outlook.rates[figure.stage]
            part.show(figure, () if part.trials else trials(rate))

    def action_scroll(self, pages: int) -> None:
        """Scroll the derivation."""
        part = self.query_one(Derivation)
        part.scroll_lines(pages * max(1, part.size.height - 1))

    def action_close(self) -> None:
        """Close the modal."""
        self.leave()
