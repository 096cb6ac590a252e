"""Base of the views of a client and of a company: scrolling, and the wording of open items and history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients.contact_cadence import Zone
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.domain.clients.deals import Deal
    from planner.services.clients.dossier import Dossier, Event, NextStep

ZONES = {Zone.GREEN: ("▲", "good"), Zone.YELLOW: ("▬", "warn"), Zone.RED: ("▼", "bad")}
LABEL = 14
MARGIN = 2  # cells at the sides of a panel, whose lines start with a space of their own
STEP_LINES, FACT_LINES = 3, 8  # at most, of a next step and of a fact
HAPPENED = {
    "dial": "call",
    "meeting-booked": "meeting booked",
    "meeting-held": "meeting held",
    "deal": "won",
    "opened": "new deal",
    "promised": "promised",
    "lost": "lost",
    "email": "email",
    "email in": "email received",
}


def wrapped(text: str, width: int, most: int) -> list[str]:
    """Wrap a text to at most so many lines, with an ellipsis if anything is left out."""
    parts = spans.wrap(text[: (most + 1) * width], width, measure)  # what is longer can't be in sight
    return parts if len(parts) <= most else [*parts[: most - 1], spans.fit(" ".join(parts[most - 1 :]), width, measure)]


def indented(parts: Sequence[str], style: str) -> list[Line]:
    """Put the further lines of a text below its first one, beside the label."""
    return [[(" " * LABEL, ""), (part, style)] for part in parts]


def on_panel(lines: Sequence[Line], width: int, height: int = 0) -> list[Line]:
    """Put lines on a panel that ends below them, or has at least the given rows."""
    rows = [*lines, *[[]] * max(1, height - len(lines))]
    return [spans.tinted([(" ", ""), *row], "panel", width, measure) for row in rows]


class FileLines(Lines):
    """A view that scrolls if it is longer than the screen."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.today = date.min
        self.now = datetime.min
        self.first = 0

    def scroll(self, step: int) -> None:
        """Scroll by lines."""
        self.first = max(0, self.first + step)  # `build` keeps it within the view
        self.redraw()

    def on_mouse_scroll_down(self) -> None:
        self.scroll(3)

    def on_mouse_scroll_up(self) -> None:
        self.scroll(-3)

    def build(self, width: int, height: int) -> list[Line]:
        lines = self._all_lines(width)
        self.first = min(self.first, max(0, len(lines) - height))
        return self.part_in_sight(lines, height)

    def part_in_sight(self, lines: list[Line], height: int) -> list[Line]:
        """Return as many lines as there is room for, scrolled as far as there are more."""
        first = min(self.first, max(0, len(lines) - height))
        shown = lines[first : first + height]
        below = len(lines) - first - height
        if below > 0 and height > 2:
            shown[-1] = [(f" … {below + 1} more lines  ", "dim"), ("]", "accent")]
        return shown

    def _all_lines(self, width: int) -> list[Line]:
        raise NotImplementedError

    def row(self, label: str, text: str, due: str, style: str, width: int, most: int = 1) -> list[Line]:
        """Build the lines of an open item with its due date, at most so many."""
        sign = "! " if style == "bad" else ""
        when = f" {formats.near_text(due, self.today)} " if due else ""
        room = max(10, width - LABEL - measure(when) - 2)
        said = sign + " ".join(text.split())
        first = wrapped(said, room, min(most, 2))[0]
        left: Line = [(f" {label}".ljust(LABEL), "dim"), (first, style)]
        line = spans.justify(left, [(when, "bad" if style == "bad" else "dim")], width, measure)
        rest = said[len(first) :].strip() if most > 1 else ""
        return [line, *indented(wrapped(rest, max(10, width - LABEL - 1), most - 1), style)] if rest else [line]

    def fact(self, label: str, text: str, style: str, width: int) -> list[Line]:
        """Build the lines of a known fact, none for an empty one."""
        if not text:
            return []
        first, *rest = wrapped(text, max(10, width - LABEL - 1), FACT_LINES)
        return [[(f" {label}".ljust(LABEL), "dim"), (first, style)], *indented(rest, style)]

    def next_step(self, step: NextStep | None, key: Line, width: int) -> list[Line]:
        """Build the lines of the next step with its date, or of the key that adds one."""
        label = (" next step".ljust(LABEL), "dim")
        if step is None:
            return [[label, ("! none yet  ", "warn"), *key]]
        late = step.due is not None and spans.is_late(step.due, self.now)
        style = "bad" if late else "accent"
        sign = "! " if late else "→ "
        first, *rest = wrapped(sign + step.text, max(10, width - LABEL - 1), STEP_LINES)
        lines: list[Line] = [[label, (first, style)], *indented(rest, style)]
        when: Line = [(formats.near_text(step.due, self.today), "bad" if late else "")] if step.due else []
        if when and spans.width_of([*lines[-1], *when], measure) + 2 < width:
            lines[-1] += [("  ", ""), *when]
        elif when:
            lines.append([(" " * (LABEL + 2), ""), *when])
        return lines

    def of_deal(self, deal: Deal) -> tuple[str, str, str, str] | None:
        """Return the row of an open deal or a running contract."""
        if deal.stage.open:
            amount = "" if deal.value is None else f"  {formats.hundredths(int(deal.value * 100))}"
            close = "" if deal.expected_close is None else deal.expected_close.isoformat()
            return "deal", f"{deal.title}{amount}  {deal.stage.label}", close, ""
        end = deal.runs_until(self.today) if deal.stage == "won" else None
        if end is not None and end >= self.today:
            return "contract", deal.title, end.isoformat(), ""
        return None

    def of_people(self, found: Dossier) -> list[tuple[str, str, str, str]]:
        """Return the rows of open complaints and promises of a contact."""
        rows = [
            (
                "complaint",
                f"{complaint.kind}: {complaint.text} ({complaint.state.label})",
                str(complaint.due),
                "bad" if complaint.overdue(self.now) else "warn",
            )
            for complaint in found.complaints
            if complaint.state != "checked"
        ]
        return rows + [
            ("promise", promise.text, str(promise.due), "bad" if promise.overdue(self.now) else "warn")
            for promise in found.promises
            if promise.kept is None
        ]

    def events(self, found: Sequence[tuple[str, Event]], width: int, most: int = 1) -> list[Line]:
        """Build the lines of events, at most so many of each, with the contact's name if there is one."""
        kinds = [HAPPENED.get(event.kind, event.kind) for _, event in found]
        days = [formats.near_text(event.at, self.today) for _, event in found]
        room, longest = max(map(len, kinds), default=0), max(map(len, days), default=0)
        lines: list[Line] = []
        for day, kind, (who, event) in zip(days, kinds, found, strict=True):
            when = f" {day:<{longest}}  "
            head: Line = [(when, "dim"), (f"{kind:<{room}}  ", "dim"), *([(f"{who}  ", "dim")] if who else [])]
            said, left = " ".join(event.line(self.today).split()), width - spans.width_of(head, measure)
            if most == 1 or left < LABEL:
                lines.append(spans.cut([*head, (said, "")], width, measure))
                continue
            first, *rest = wrapped(said, left, most)
            lines += [[*head, (first, "")], *([(" " * (width - left), ""), (part, "")] for part in rest)]
        return lines
