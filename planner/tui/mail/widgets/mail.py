"""The parts of the mail screen: gate, window clock, list of emails, single email. Data in, lines out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain.calls.session import clock
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

if TYPE_CHECKING:
    from planner.domain.mail.letters import Thread
    from planner.domain.mail.windows import Window
    from planner.services.mail.drafts import Draft
    from planner.services.mail.letters import Stored
    from planner.services.mail.windows import Gate, WeekOfMail

COMPACT = 9  # rows: below this, an email shows its first lines rather than its subject again
MARKS = {
    "done": ("✓", "good"),
    "missed": ("✗", "bad"),
    "open": ("●", "accent"),
    "overrun": ("!", "warn"),
    "closed": ("·", "dim"),
}


def over(window: Window) -> bool:
    """Return whether a window ran over its planned time."""
    return window.minutes is not None and window.minutes > window.planned


def mark(window: Window) -> tuple[str, str]:
    """Return the sign and style of a window: done, overrun, missed, open, or to come."""
    return ("!", "warn") if over(window) and window.state == "done" else MARKS[window.state]


@dataclass(frozen=True)
class GateView:
    """What the closed gate shows. `pause` is the time left to think in seconds, None if no look was asked for."""

    gate: Gate
    week: WeekOfMail | None = None
    drafts: tuple[Draft, ...] = ()
    exceptions: tuple[str, ...] = ()
    mailboxes: int = 0
    pause: int | None = None
    may_open: bool = False


class GateLines(Lines):
    """The closed gate: when mail opens, figures of today and the week, and what waits to be written."""

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
            left: Line = [(" Is it worth it?", "bold")]
            wait = f"another {shown.pause} s, and its reason " if shown.pause else "its reason, then ⏎ "
            return spans.justified(left, [(wait, "warn" if shown.pause else "accent")], width, measure)
        if shown.may_open:
            return spans.justified(
                [(" Mail may be opened.", "bold")],
                [("⏎", "accent"), (" opens it, the clock starts ", "")],
                width,
                measure,
            )
        right: Line = [("no window is set ", "dim")]
        if gate.next_open is not None:
            right = [(f"opens {gate.next_open}", "bold")]
            if gate.wait is not None:
                right.append((f", in {spans.span_text(gate.wait)} ", "dim"))
        return spans.justified([(" Mail is closed.", "bold")], right, width, measure)

    def _today(self, gate: Gate, room: int) -> list[Line]:
        line: Line = [("   today   ", "dim")]
        lines = []
        for window in gate.windows:
            sign, style = mark(window)
            part: Line = [(f"{window.opens} ", ""), (sign, style)]
            if window.minutes is not None:
                letters = f", {window.letters} letter{'s' * (window.letters != 1)}"
                part.append((f" {window.minutes} min{letters}", "warn" if over(window) else ""))
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
            return [[("   week    ", "dim"), ("reading …", "dim")]]
        names: Line = [("   week    ", "dim")]
        marks: Line = [("           ", "")]
        parts: Line = [("           ", "")]
        for day in week.days:
            resting = not day.due and not any(window.minutes is not None for window in day.windows)
            signs = [("–", "dim")] if resting or not day.windows else [mark(window) for window in day.windows]
            names.append((f"{day.day:%a}   ", "dim"))
            marks += [*signs, (" " * max(1, 6 - len(signs)), "")]
            parts.append((f"{'' if day.adherence is None else f'{day.adherence:.0%}':<6}", ""))
        lines = [names, marks, parts]
        said: Line = [("           ", "")]
        if week.adherence is not None:
            said += [(f"{week.adherence:.0%}", "bold"), (" kept", "dim")]
        if week.minutes:
            rate = week.letters / week.minutes
            looks = f", {week.looks} look{'s' * (week.looks != 1)} outside" if week.looks else ""
            said.append((f"   {week.minutes} min, {week.letters} letters, {rate:.1f} a minute{looks}", "dim"))
        if len(said) > 1:
            lines.append(spans.cut(said, room, measure))
        known = [each for each in week.before if each is not None]
        if known:
            before = "  ".join("–" if each is None else f"{each:.0%}" for each in week.before)
            lines.append([("   before  ", "dim"), (before, "dim"), ("  weeks, the oldest first", "dim")])
        if week.falls:
            lines.append(
                [
                    ("           ", ""),
                    ("▼ It has fallen for two weeks in a row. ", "warn"),
                    ("Three times is enough.", ""),
                ]
            )
        return lines

    def _looks(self, gate: Gate, room: int) -> list[Line]:
        lines: list[Line] = []
        for index, look in enumerate(gate.looks[-3:]):
            name = "   looked  " if not index else "           "
            lines.append([(name, "dim"), (spans.fit(f"{look.at:%H:%M} “{look.reason}”", room - 11, measure), "warn")])
        return lines

    def _drafts(self, drafts: tuple[Draft, ...], room: int, most: int) -> list[Line]:
        if not drafts:
            return []
        count = len(drafts)
        said = "One letter waits" if count == 1 else f"{count} letters wait"
        lines: list[Line] = [[], [(f"   {said} to be written in the next window", "")]]
        for draft in drafts[:most]:
            text = f"{draft.name}: {draft.subject}" + ("  (proposal)" if draft.proposal else "")
            lines.append([("     ", ""), (spans.fit(text, room - 5, measure), "dim")])
        if count > most:
            lines.append([(f"     and {count - most} more", "dim")])
        return lines

    def _about(self, shown: GateView, room: int) -> list[Line]:
        lines: list[Line] = [[]]
        if shown.exceptions:
            said = f"may be told of: {', '.join(shown.exceptions)}"
            lines.append([("   ", ""), (spans.fit(said, room, measure), "dim")])
        if not shown.mailboxes:
            lines.append([("   No mailbox is named; windows, clock and letters entered by hand work without.", "dim")])
            lines.append([("   planner mail account add NAME --host … --user …", "dim")])
        return lines if len(lines) > 1 else []


class MailLine(Lines):
    """The clock of a window or a look: time, emails decided on, emails left."""

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
            line: Line = [(" A look outside", "bold"), (f"   {clock(self.looking or 0)}", "warn")]
        elif window.left <= 0:
            line = [
                (" Mail is overrun", "bold"),
                ("   by ", "dim"),
                (clock(-window.left), "bad"),
                ("   x closes it", "dim"),
            ]
        else:
            line = [
                (" Mail is open", "bold"),
                ("   ", ""),
                (clock(window.left), "bold" if window.left > 300 else "warn"),
                (f" of {window.planned} min left", "dim"),
            ]
        right: Line = []
        if window is not None and window.letters:
            rate = "" if window.seconds < 60 else f", {60 * window.letters / window.seconds:.1f} a minute"
            right.append((f"{window.letters} decided{rate}  ", "dim"))
        right.append((f"{self.left} left " if self.left else "nothing left ✓ ", "" if self.left else "good"))
        if self.unread and width >= spans.WIDE:
            right.insert(0, (f"{self.unread}  ", "dim"))
        if spans.width_of([*line, *right], measure) + 2 > width:
            right = right[-1:]
        return [spans.justified(line, right, width, measure)]


def day_text(at: int, today: date) -> str:
    """Format when an email was written: its time if today, else its date."""
    moment = datetime.fromtimestamp(at)
    if moment.date() == today:
        return f"{moment:%H:%M}"
    return f"{moment.day} {moment:%b}" if moment.year == today.year else f"{moment:%Y}"


class LetterLines(EntryLines):
    """The incoming emails, known contacts first, ordered by what is open with them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.threads: list[Thread[Stored]] = []
        self.today = date.min
        self.reading = False
        self.touched = False  # until a key is pressed, the cursor stays on the first line even as threads arrive

    def count(self) -> int:
        return len(self.threads)

    @property
    def chosen(self) -> Thread[Stored] | None:
        """The thread under the cursor."""
        return self.threads[self.cursor] if self.cursor < len(self.threads) else None

    def show(self, threads: list[Thread[Stored]], today: date, *, reading: bool = False) -> None:
        """Show threads. The cursor stays on its thread if that still exists."""
        before = self.chosen if self.touched else None
        self.threads, self.today, self.reading = threads, today, reading
        index = self.cursor if self.touched else 0
        if before is not None:
            wanted = before.newest.id
            index = next(
                (place for place, each in enumerate(threads) if any(item.id == wanted for item in each.items)), index
            )
        self.move_to(index)

    def build(self, width: int, height: int) -> list[Line]:
        letters = sum(len(thread.items) for thread in self.threads)
        title: Line = [(" Letters", "bold"), (f"   {letters:,}", "bold")]
        if letters > len(self.threads):
            title.append((f" in {len(self.threads):,} threads", "dim"))
        lines: list[Line] = [spans.cut(title, width, measure)]
        if not self.threads:
            if self.reading:
                return [*lines, [("   reading the mailbox …", "dim")]]
            return [
                *lines,
                [],
                [("   ✓ ", "good"), ("Nothing waits: the inbox of this window is empty.", "")],
                [
                    ("   ", ""),
                    ("e", "accent"),
                    (" enters a letter by hand, ", "dim"),
                    ("⇥", "accent"),
                    (" what is to be written.", "dim"),
                ],
            ]
        return [*lines, *(self._row(index, self.threads[index], width) for index in self.in_sight(height))]

    def _row(self, index: int, thread: Thread[Stored], width: int) -> Line:
        item, chosen = thread.newest, index == self.cursor
        letter, known = item.letter, item.known
        right: Line = []
        if known is not None and known.value:
            right.append((f" {spans.amount(known.value)} open", "good" if width >= 60 else "dim"))
        right.append((f" {day_text(letter.sent_at, self.today):>6} ", "dim"))
        sign = ("★ ", "accent") if known is not None else ("≡ ", "dim") if letter.bulk else ("  ", "")
        names = max(12, min(28, width // 3))
        who = letter.who if known is None else known.name
        plain = "cursor" if chosen else "dim" if letter.bulk else ""
        more = f" ({len(thread.items)})" if len(thread.items) > 1 else ""
        room = max(6, width - names - 9 - spans.width_of(right, measure) - len(more))
        name = spans.fit(who, names, measure)
        line: Line = [
            (" ▸ " if chosen else "   ", "accent"),
            sign,
            (name + " " * (names - measure(name) + 1), plain),
            (spans.fit(letter.subject or "(no subject)", room, measure), plain),
            (more, "dim"),
        ]
        return spans.justified(line, right, width, measure)


class LetterCard(Lines):
    """One email as far as it was fetched: sender, subject, first lines."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.thread: Thread[Stored] | None = None

    def show(self, thread: Thread[Stored] | None) -> None:
        """Show a thread."""
        self.thread = thread
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.thread is None:
            return []
        letter, room = self.thread.newest.letter, max(12, width - 5)
        lines = self._head(self.thread.newest, width, compact=height < COMPACT)
        preview = spans.wrapped(letter.preview, room, measure) if letter.preview else []
        shown = preview[: height - len(lines)]
        if len(shown) < len(preview) and shown:
            shown[-1] = spans.fit(shown[-1] + " …", room, measure)
        lines += [[("   ", ""), (text, "")] for text in shown]
        older = self.thread.items[1:]
        if older and len(lines) + 2 < height:
            lines.append([])
            today = datetime.fromtimestamp(letter.sent_at).date()
            for each in older[: height - len(lines)]:
                text = f"{day_text(each.letter.sent_at, today)}  {each.letter.who}: {each.letter.preview or '…'}"
                lines.append([("   ", ""), (spans.fit(text, room, measure), "dim")])
        return lines[:height]

    def _head(self, stored: Stored, width: int, *, compact: bool) -> list[Line]:
        """Sender, address and time, what is known about the sender, and the subject."""
        letter, known, room = stored.letter, stored.known, max(12, width - 5)
        who, facts, star = letter.who, [], []
        if known is not None:
            who = f"{known.name}, {known.company}" if known.company else known.name
            facts = [f"{spans.amount(known.value)} open"] * bool(known.value) + [known.phone or "no number"]
            star = [(" ★", "accent")]
        sent = datetime.fromtimestamp(letter.sent_at)
        when = f"{sent:%a} {sent.day} {sent:%b %Y %H:%M}"
        about = " · ".join(
            part for part in (letter.address if letter.address != who else "", when, letter.account) if part
        )
        head: Line = [("   ", ""), (spans.fit(who, room - 2, measure), "bold"), *star]
        told = " · ".join(facts)
        if compact and told:
            head.append((f"  {told}", ""))
        lines: list[Line] = [spans.cut(head, width, measure), [("   ", ""), (spans.fit(about, room, measure), "dim")]]
        if not compact:
            lines += [[("   ", ""), (spans.fit(told, room, measure), "")]] if told else []
            subject = spans.wrapped(letter.subject or "(no subject)", room, measure)[:3]
            lines += [[], *([("   ", ""), (text, "bold")] for text in subject)]
        return lines


class DraftLines(EntryLines):
    """The emails to be written."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.drafts: list[Draft] = []
        self.points: tuple[str, ...] = ()

    def count(self) -> int:
        return len(self.drafts)

    @property
    def chosen(self) -> Draft | None:
        """The email under the cursor."""
        return self.drafts[self.cursor] if self.cursor < len(self.drafts) else None

    def show(self, drafts: list[Draft], points: tuple[str, ...]) -> None:
        """Show the emails to be written, and the points that every email should have."""
        self.drafts, self.points = drafts, points
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = [[(" To write", "bold"), (f"   {len(self.drafts):,}", "bold")]]
        if not self.drafts:
            lines += [
                [],
                [("   Nothing is to be written; ", ""), ("M", "accent"), (" queues a letter from any screen.", "")],
            ]
        room = max(1, height - len(self.points) - 3)
        for index in self.in_sight(room):
            draft, chosen = self.drafts[index], index == self.cursor
            text = f"{draft.name}: {draft.subject}"
            right: Line = [("proposal " if draft.proposal else "", "accent")]
            line: Line = [
                (" ▸ " if chosen else "   ", "accent"),
                (spans.fit(text, max(8, width - 14), measure), "cursor" if chosen else ""),
            ]
            lines.append(spans.justified(line, right, width, measure))
        if self.points and len(lines) + len(self.points) + 1 <= height:
            lines.append([])
            lines += [[("   · ", "dim"), (spans.fit(text, width - 6, measure), "dim")] for text in self.points]
        return lines[:height]
