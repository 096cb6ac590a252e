"""The modal of call statistics: best hours with their uncertainty, sessions, sprint records, refusals still to go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from planner.domain import formats
from planner.domain.calls.best_hours import Reach
from planner.domain.calls.session import clock
from planner.domain.text import plural
from planner.domain.workdays import WEEKDAYS
from planner.services.calls.insight import Insight
from planner.tui.shared import charts, spans
from planner.tui.shared.modal import Modal
from planner.tui.shared.spans import Line, Span
from planner.tui.shared.widgets.lines import Lines, measure

FEW = "·"  # the sign of too few calls

HEAD, DAY, ALL = 7, 8, 10  # cells of an hour, of a weekday, and of what is said of all


class InsightLines(Lines):
    """View of the statistics."""

    def __init__(self, insight: Insight) -> None:
        super().__init__()
        self.insight = insight

    def build(self, width: int, height: int) -> list[Line]:
        return [*self._hours(width), [], *self._sessions(width), *self._rest()]

    def _hours(self, width: int) -> list[Line]:
        """The share reached at each hour of each weekday, on a tint."""
        found = self.insight.hours
        lines: list[Line] = [[("Best hours to call", "bold")]]
        if found.whole is None:
            return [*lines, [("No calls with an outcome yet. Patterns show after about 100.", "")]]
        calls = plural(found.whole.dials, "call", "calls")
        reached = f"{formats.percent(found.whole.rate)} reached someone"
        lines += [[(f"{calls} with an outcome in the last 180 days, {reached}", "dim")], []]
        days = [day for day in range(7) if day in found.weekdays or day < 5]
        size = min(DAY, (width - HEAD - ALL) // len(days))
        names = "".join(f"{WEEKDAYS[day][:3].capitalize():>{size - 2}}  " for day in days)
        lines.append([(f"{'':{HEAD}}{names}{'all':>{ALL - 2}}  ", "dim")])
        rates = [reach.rate for reach in found.cells.values() if reach.sign != FEW]
        for hour, reach in found.hours.items():
            cells = [_cell(found.cells.get((day, hour)), size, rates) for day in days]
            lines.append([(f"{f'{hour:02}:00':{HEAD}}", "dim"), *cells, _cell(reach, ALL)])
        lines.append([(f"{'all':{HEAD}}", "dim"), *(_cell(found.weekdays.get(day), size) for day in days)])
        best = ", ".join(
            f"{hour}–{hour + 1} ({found.hours[hour].low * 100:.0f}–{formats.percent(found.hours[hour].high)})"
            for hour in found.best_hours[:3]
        )
        told = f"Best: {best}" if best else "No hour stands out yet."
        return [*lines, [], [(told, "")], [("▲ ▼ clearly above, below average   · fewer than 10 calls", "dim")]]

    def _sessions(self, width: int) -> list[Line]:
        lines: list[Line] = [[("Sessions", "bold")]]
        if not self.insight.sessions:
            return [*lines, [("No sessions yet. In Calls, press space to start one.", "")]]
        heads = f"{'':17}{'calls':>6}{'conversations':>15}{'per hour':>10}{'avg call':>10}{'avg gap':>9}"
        lines.append([(heads, "dim")])
        for one in self.insight.sessions:
            pace = "–" if one.pace is None else f"{one.pace:.0f}"
            talk, gap = clock(one.tally.average_talk), clock(one.tally.average_gap)
            figures = f"{one.tally.calls:>6,}{one.spoken:>15,}{pace:>10}{talk:>10}{gap:>9}"
            lines.append([(f"{formats.when_text(one.began):<17}", "dim"), (figures, "")])
        return [spans.cut(line, width, measure) for line in lines]

    def _rest(self) -> list[Line]:
        lines: list[Line] = []
        best = self.insight.best_sprint
        if best is not None:
            told = f"{plural(best.calls, 'call', 'calls')} in {clock(best.seconds)}, {best.pace:.0f} per hour"
            lines.append([("Best sprint  ", "bold"), (told, "")])
        if self.insight.noes is not None:
            few, low, high = self.insight.noes
            noes = plural(few, "no", "no's")
            lines.append([("Next meeting  ", "bold"), (f"about {noes} away ({low}–{high})", "")])
        return [[], *lines] if lines else []


def _cell(reach: Reach | None, size: int, rates: Sequence[float] = ()) -> Span:
    """A share in percent with its sign, on a tint if it is one of the `rates`."""
    if reach is None:
        return " " * size, ""
    if reach.sign == FEW:
        return f"{FEW:>{size - 2}}  ", "dim"
    text = f"{reach.rate * 100:>{size - 2}.0f} {reach.sign or ' '}"
    return charts.heat(text, reach.rate, min(rates), max(rates)) if rates else (text, "")


class InsightModal(Modal[None]):
    """Modal of call statistics, closed by the key that opened it."""

    CSS_PATH = "insight.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i,escape,q,enter", "close", "close", id="insight-close"),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("up,k", "scroll(-1)", "up", show=False),
    ]

    def __init__(self, insight: Insight) -> None:
        super().__init__()
        self.insight = insight

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="insight", can_focus=False):
            yield InsightLines(self.insight)

    def action_close(self) -> None:
        """Close the modal."""
        self.leave(None)

    def action_scroll(self, step: int) -> None:
        """Scroll line by line."""
        self.query_one("#insight").scroll_relative(y=step, animate=False)
