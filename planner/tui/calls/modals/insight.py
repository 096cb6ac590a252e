"""The modal of call statistics: best hours with their uncertainty, sessions, sprint records, refusals still to go."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from planner.domain import formats
from planner.domain.calls.best_hours import Reach
from planner.domain.calls.session import clock
from planner.domain.text import plural
from planner.domain.workdays import WEEKDAYS
from planner.services.calls.insight import Insight
from planner.tui.shared.modal import Modal

STYLES = {"▲": "$text-success", "▼": "$text-warning", "·": "$text-disabled", "": ""}


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
            yield Static(Content("").join([*self._hours(), *self._sessions(), *self._rest()]), markup=False)

    def _hours(self) -> list[Content]:
        found = self.insight.hours
        parts = [Content.styled("Best hours to call\n", "bold")]
        if found.whole is None:
            return [*parts, Content("  No calls with an outcome yet. Patterns show after about 100.\n\n")]
        whole = found.whole
        calls = plural(whole.dials, "call", "calls")
        said = f"  {calls} with an outcome in the last 180 days, {formats.percent(whole.rate)} reached someone\n\n"
        parts.append(Content.styled(said, "$text-muted"))
        days = [day for day in range(7) if day in found.weekdays or day < 5]
        heads = "".join(f"{WEEKDAYS[day][:3].capitalize():>8}" for day in days)
        parts.append(Content.styled(f"  {'':5}{heads}{'all':>10}\n", "$text-muted"))
        for hour, reach in found.hours.items():
            parts.append(Content.styled(f"  {hour:02}:00", "$text-muted"))
            parts += [self._cell(found.cells.get((day, hour)), 8) for day in days]
            parts += [self._cell(reach, 10), Content("\n")]
        parts.append(Content.styled("  all  ", "$text-muted"))
        parts += [self._cell(found.weekdays.get(day), 8) for day in days]
        parts.append(Content("\n\n"))
        best = found.best_hours
        if best:
            hours = ", ".join(
                f"{hour}–{hour + 1} ({found.hours[hour].low * 100:.0f}–{formats.percent(found.hours[hour].high)})"
                for hour in best[:3]
            )
            parts.append(Content(f"  Best: {hours}\n"))
        else:
            parts.append(Content("  No hour stands out yet.\n"))
        parts.append(Content.styled("  ▲ ▼ clearly above, below average   · fewer than 10 calls\n\n", "$text-muted"))
        return parts

    def _cell(self, reach: Reach | None, width: int) -> Content:
        if reach is None:
            return Content(" " * (width - 2) + "  ")
        if reach.sign == "·":
            return Content.styled("·".rjust(width - 2) + "  ", STYLES["·"])
        return Content.styled(f"{reach.rate * 100:.0f} {reach.sign or ' '}".rjust(width), STYLES[reach.sign])

    def _sessions(self) -> list[Content]:
        parts = [Content.styled("Sessions\n", "bold")]
        if not self.insight.sessions:
            return [*parts, Content("  No sessions yet. In Calls, press space to start one.\n\n")]
        parts.append(
            Content.styled(
                f"  {'':17}{'calls':>6}{'conversations':>15}{'per hour':>10}{'avg call':>10}{'avg gap':>9}\n",
                "$text-muted",
            )
        )
        for one in self.insight.sessions:
            pace = "–" if one.pace is None else f"{one.pace:.0f}"
            began = formats.when_text(one.began)
            talk, gap = clock(one.tally.average_talk), clock(one.tally.average_gap)
            parts.append(Content(f"  {began:<17}{one.tally.calls:>6,}{one.spoken:>15,}{pace:>10}{talk:>10}{gap:>9}\n"))
        return [*parts, Content("\n")]

    def _rest(self) -> list[Content]:
        parts = []
        best = self.insight.best_sprint
        if best is not None:
            parts.append(Content.styled("Best sprint  ", "bold"))
            parts.append(
                Content(f"{plural(best.calls, 'call', 'calls')} in {clock(best.seconds)}, {best.pace:.0f} per hour\n")
            )
        if self.insight.noes is not None:
            few, low, high = self.insight.noes
            parts.append(Content.styled("Next meeting  ", "bold"))
            noes = plural(few, "no", "no's")
            parts.append(Content(f"about {noes} away ({low}–{high})\n"))
        return parts

    def action_close(self) -> None:
        """Close the modal."""
        self.leave(None)

    def action_scroll(self, step: int) -> None:
        """Scroll line by line."""
        self.query_one("#insight").scroll_relative(y=step, animate=False)
