"""The widgets of the gate: when mail opens and how the windows went, and the clock while one is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.calls.session import clock
from planner.domain.text import plural
from planner.tui.mail.widgets.gate_panels import CONNECT, gate_panels, is_over, mark
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.domain.mail.windows import Window
    from planner.services.mail.drafts import Draft
    from planner.services.mail.windows import Gate, WeekOfMail


@dataclass(frozen=True)
class GateView:
    """The data that the closed gate shows. `pause` is the time left to think in seconds, None if no look was asked
    for.
    """

    gate: Gate
    week: WeekOfMail | None = None
    drafts: tuple[Draft, ...] = ()
    exceptions: tuple[str, ...] = ()
    mailboxes: int = 0
    pause: int | None = None
    may_open: bool = False


class GateLines(Lines):
    """View of the closed gate: when mail opens, figures of today and the week, and what waits to be written."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shown: GateView | None = None

    def show(self, shown: GateView) -> None:
        """Show the gate."""
        self.shown = shown
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        shown = self.shown
        if shown is None:
            return []
        if spans.is_roomy(*self.app.size):
            return gate_panels(shown, width, height)
        room = max(20, width - 4)
        lines = [self._head(shown, width), []]
        lines += self._today(shown.gate, room)
        if height >= 18:
            lines.append([])
        lines += self._week(shown.week, room)
        lines += self._looks(shown.gate, room)
        lines += self._drafts(shown.drafts, room, max(1, height - len(lines) - 6))
        lines += self._about(shown, room)
        return [spans.cut(line, width, measure) for line in lines[:height]]

    def _head(self, shown: GateView, width: int) -> Line:
        gate = shown.gate
        if shown.pause is not None:
            left: Line = [(" Worth it?", "bold")]
            wait = f"think for {shown.pause} s, then give a reason " if shown.pause else "give a reason, then ⏎ "
            return spans.justify(left, [(wait, "warn" if shown.pause else "accent")], width, measure)
        if shown.may_open:
            return spans.justify(
                [(" Time for email.", "bold")],
                [("⏎", "accent"), (" open and start the clock ", "")],
                width,
                measure,
            )
        right: Line = [("no email windows set ", "dim")]
        if gate.next_open is not None:
            right = [(f"opens {gate.next_open}", "bold")]
            if gate.wait is not None:
                right.append((f" ({formats.duration(gate.wait)}) ", "dim"))
        return spans.justify([(" Email is closed", "bold")], right, width, measure)

    def _today(self, gate: Gate, room: int) -> list[Line]:
        line: Line = [("   today   ", "dim")]
        lines = []
        for window in gate.windows:
            sign, style = mark(window)
            part: Line = [(f"{window.opens} ", ""), (sign, style)]
            if window.minutes is not None:
                used = f" {formats.duration(window.minutes)}, {plural(window.letters, 'email', 'emails')}"
                part.append((used, "warn" if is_over(window) else ""))
            elif window.state == "missed":
                part.append((" missed", "bad"))
            part.append(("     ", ""))
            if spans.width_of([*line, *part], measure) > room and len(line) > 1:
                lines.append(line)
                line = [("           ", "")]
            line += part
        return [*lines, line] if len(line) > 1 or lines else []

    def _week(self, week: WeekOfMail | None, room: int) -> list[Line]:
        if week is None:
            return [[("   week    ", "dim"), ("loading …", "dim")]]
        names: Line = [("   week    ", "dim")]
        marks: Line = [("           ", "")]
        parts: Line = [("           ", "")]
        for day in week.days:
            resting = not day.due and not any(window.minutes is not None for window in day.windows)
            signs = [("–", "dim")] if resting or not day.windows else [mark(window) for window in day.windows]
            names.append((f"{formats.WEEKDAYS[day.day.weekday()]}   ", "dim"))
            marks += [*signs, (" " * max(1, 6 - len(signs)), "")]
            parts.append((f"{'' if day.adherence is None else formats.percent(day.adherence):<6}", ""))
        lines = [names, marks, parts]
        said: Line = [("           ", "")]
        if week.adherence is not None:
            said += [("email discipline ", "dim"), (formats.percent(week.adherence), "bold")]
        if week.minutes:
            rate = week.letters / week.minutes
            peeks = f", {plural(week.looks, 'peek', 'peeks')}" if week.looks else ""
            emails = plural(week.letters, "email", "emails")
            said.append((f"   {formats.duration(week.minutes)}, {emails}, {rate:.1f} per minute{peeks}", "dim"))
        if len(said) > 1:
            lines.append(spans.cut(said, room, measure))
        known = [each for each in week.before if each is not None]
        if known:
            before = "  ".join("–" if each is None else formats.percent(each) for each in week.before)
            lines.append([("   earlier ", "dim"), (before, "dim"), ("  by week, oldest first", "dim")])
        if week.falls:
            lines.append(
                [
                    ("           ", ""),
                    ("▼ Down two weeks in a row. ", "warn"),
                    ("Three times a day is enough.", ""),
                ]
            )
        return lines

    def _looks(self, gate: Gate, room: int) -> list[Line]:
        lines: list[Line] = []
        for index, look in enumerate(gate.looks[-3:]):
            name = "   peeked  " if not index else "           "
            reason = spans.fit(look.reason, room - 19, measure)
            lines.append([(name, "dim"), (f"{look.at:%H:%M} “{reason}”", "warn")])
        return lines

    def _drafts(self, drafts: tuple[Draft, ...], room: int, most: int) -> list[Line]:
        if not drafts:
            return []
        count = len(drafts)
        lines: list[Line] = [[], [(f"   {plural(count, 'email', 'emails')} to write in the next window", "")]]
        for draft in drafts[:most]:
            text = f"{draft.name}: {draft.subject}" + ("  (proposal)" if draft.proposal else "")
            lines.append([("     ", ""), (spans.fit(text, room - 5, measure), "dim")])
        if count > most:
            lines.append([(f"     and {count - most} more", "dim")])
        return lines

    def _about(self, shown: GateView, room: int) -> list[Line]:
        lines: list[Line] = [[]]
        if shown.exceptions:
            said = f"always notified about: {', '.join(shown.exceptions)}"
            lines.append([("   ", ""), (spans.fit(said, room, measure), "dim")])
        if not shown.mailboxes:
            lines += [[("   ", ""), (part, "dim")] for part in spans.wrap(CONNECT, room, measure)]
        return lines if len(lines) > 1 else []


class MailLine(Lines):
    """Line with the clock of a window or a look: time, emails decided on, emails left."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.window: Window | None = None
        self.looking: int | None = None
        self.left = 0
        self.unread = ""

    def show(self, window: Window | None, looking: int | None, left: int, unread: str = "") -> None:
        """Show the open window or the seconds of a look. `unread` describes what is still in the mailbox."""
        self.window, self.looking, self.left, self.unread = window, looking, left, unread
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        window = self.window
        if window is None:
            line: Line = [(" Peek", "bold"), (f"   {clock(self.looking or 0)}", "warn")]
        elif window.left <= 0:
            line = [
                (" Email is ", "bold"),
                (formats.duration(max(1, -window.left // 60)), "bad"),
                (" over", "bold"),
                ("   x close", "dim"),
            ]
        else:
            line = [
                (" Email is open", "bold"),
                ("   ", ""),
                (clock(window.left), "bold" if window.left > 300 else "warn"),
                (f" left of {formats.duration(window.planned)}", "dim"),
            ]
        right: Line = []
        if window is not None and window.letters:
            rate = "" if window.seconds < 60 else f", {60 * window.letters / window.seconds:.1f} per minute"
            right.append((f"{window.letters} handled{rate}  ", "dim"))
        right.append(
            (
                f"{plural(self.left, 'email', 'emails')} to handle " if self.left else "nothing left ✓ ",
                "" if self.left else "good",
            )
        )
        if self.unread and width >= spans.WIDE:
            right.insert(0, (f"{self.unread}  ", "dim"))
        if spans.width_of([*line, *right], measure) + 2 > width:
            right = right[-1:]
        return [spans.justify(line, right, width, measure)]
