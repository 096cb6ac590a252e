"""The parts of a calling session: clocks, prospect, the sheet beside it, keys. Data in, lines out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import TYPE_CHECKING

from textual import events

from planner.domain.calls.calling_list import ordinal
from planner.domain.calls.session import clock, warning
from planner.tui.messages import KeyClicked
from planner.tui.shared import spans
from planner.tui.shared.spans import OUTCOMES, Line
from planner.tui.shared.widgets.frame import FooterLine
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

if TYPE_CHECKING:
    from planner.services.calls.playbook import Advice, Found
    from planner.services.calls.session import Card, Phone

CHANCE_DAYS = 90  # before the end of a competitor's contract
COMPACT = 12  # rows: below this, each fact gets one line
NEEDS = {
    "": "not known: find task and motive first",
    "unknown": "not known: find task and motive first",
    "found": "found",
    "chosen": "chosen already: check it, better it without wounding pride",
}


@dataclass(frozen=True)
class Clocks:
    """Readings of the clocks: seconds of the call and of the gap (None if unknown), counts, and calls per hour."""

    number: int = 1
    done: int = 0
    left: int = 0
    target: int | None = None
    call: int = 0
    in_call: bool = False
    talking: bool = False
    gap: int | None = None
    average: float | None = None
    pace: float | None = None
    needed: float | None = None
    paused: int | None = None
    sprint: tuple[int, int] | None = None
    amber: int = 150
    red: int = 180


class SessionLine(Lines):
    """The session line: call clock, gap clock with its average, calls per hour against the required pace."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.clocks = Clocks()

    def show(self, clocks: Clocks) -> None:
        """Show new clock readings."""
        self.clocks = clocks
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        c = self.clocks
        of = f"{c.done:,}" if c.target is None else f"{c.done:,} of {c.target:,}"
        wide = width >= spans.WIDE
        head: Line = [(" CALLING ", "fresh"), (f"  session {c.number} · " if wide else "  ", "dim"), (of, "")]
        if c.left > 1 and wide:
            head.append((f" · {c.left - 1:,} more listed", "dim"))
        if c.sprint is not None:
            head += [("  sprint ", "accent"), (f"{c.sprint[0]} of 25, {clock(c.sprint[1])}", "")]
        parts = [self._call(c), self._gap(c, wide), self._pace(c)]
        room = width - spans.width_of(head, measure)
        while len(parts) > 1 and sum(spans.width_of(part, measure) + 2 for part in parts) > room:
            parts.pop()
        spare = max(2, (room - sum(spans.width_of(part, measure) for part in parts) - 1) // len(parts))
        line = list(head)
        for part in parts:
            line += [(" " * min(spare, 9), ""), *part]
        return [spans.cut(line, width, measure)]

    def _call(self, c: Clocks) -> Line:
        if not c.in_call:
            if c.paused is not None:
                return [("paused ", "warn"), (clock(c.paused), "")]
            return [("call ", "dim"), ("–", "dim")]
        late = warning(c.call, c.amber, c.red)
        style, sign = {"": ("bold", ""), "amber": ("warn", " !"), "red": ("bad", " !!")}[late]
        return [("call " if c.talking else "ended ", "dim"), (clock(c.call) + sign, style)]

    def _gap(self, c: Clocks, wide: bool) -> Line:
        line: Line = [("gap ", "dim"), (clock(c.gap), "" if c.in_call else "bold")]
        if c.average is not None:
            line.append((f" (avg {c.average:.0f} s)", "dim"))
        return line

    def _pace(self, c: Clocks) -> Line:
        line: Line = [("–/h" if c.pace is None else f"{c.pace:.0f}/h", "")]
        if c.needed is not None:
            behind = c.pace is not None and c.pace < c.needed
            line.append((", need ", "dim"))
            line.append((f"{ceil(c.needed):,}/h" + (" ▼" if behind else ""), "warn" if behind else "dim"))
        return line


class ProspectCard(Lines):
    """The prospect's card: name, company, phone number, known facts and last contact."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.card: Card | None = None
        self.phone: Phone | None = None
        self.caution = self.there = ""
        self.advice: Advice | None = None
        self.today = date.min
        self.empty: Sequence[Line] = ()
        self._upcoming: tuple[object, list[Line]] | None = None

    def show(
        self,
        card: Card | None,
        phone: Phone | None,
        today: date,
        advice: Advice | None,
        caution: str = "",
        there: str = "",
    ) -> None:
        """Show a prospect, or None if nobody is left. `there` is the local time if they are in another time zone."""
        self.card, self.phone, self.today = card, phone, today
        self.advice, self.caution, self.there = advice, caution, there
        self.redraw()

    def expect(self, card: Card, today: date, advice: Advice | None, there: str = "") -> None:
        """Prerender the next prospect while the rep is busy with the current one."""
        now = self.card, self.phone, self.today, self.advice, self.caution
        self.card, self.phone, self.today, self.advice, self.caution = card, card.phone, today, advice, ""
        before, self.there = self.there, there
        lines = self._lines(*self.size)
        self._upcoming = self._facts(), lines
        self.draw_ahead(lines)
        self.card, self.phone, self.today, self.advice, self.caution = now
        self.there = before

    def _facts(self) -> object:
        """Everything the lines depend on, for comparison."""
        return self.card, self.phone, self.today, self.advice, self.caution, self.there, self.size

    def build(self, width: int, height: int) -> list[Line]:
        if self._upcoming is not None and self._upcoming[0] == self._facts():
            return self._upcoming[1]
        return self._lines(width, height)

    def _lines(self, width: int, height: int) -> list[Line]:
        if self.card is None:
            return [spans.cut(line, width, measure) for line in self.empty]
        card, room = self.card, max(10, width - 5)
        lines: list[Line] = [[("   ", ""), (spans.fit(card.name, room, measure), "bold")]]
        about = " · ".join(part for part in (card.company, card.role, card.city, self.there) if part)
        if card.decides:
            about = f"{spans.fit(about, room - 12, measure)} · decides ★" if about else "decides ★"
        if about:
            lines.append([("   ", ""), (spans.fit(about, room, measure), "")])
        if card.do_not_call:
            lines.append([("   ", ""), ("! do not call", "warn")])
        lines.append(self._number(room))
        compact = height < COMPACT
        if not compact:
            lines.append([])
        lines += self._known(card, room, 1 if compact else 3)
        lines += self._past(card, room)
        if card.notes:
            notes = spans.wrapped(card.notes, room - 2, measure)
            free = max(1, height - len(lines) - 1)
            shown = notes[: min(free, 6)]
            if len(shown) < len(notes) and shown:
                shown[-1] = spans.fit(shown[-1] + " …", room - 2, measure)
            lines += [[("   ", ""), (text, "dim")] for text in shown]
        return lines[:height]

    def _number(self, room: int) -> Line:
        card = self.card
        assert card is not None
        if self.phone is None:
            return [("   ", ""), ("no number that isn't wrong", "warn")]
        line: Line = [("   ", ""), (spans.fit(self.phone.value, room - 4, measure), "accent")]
        if self.phone.label:
            line.append((f"  {self.phone.label}", "dim"))
        usable = sum(not phone.wrong for phone in card.phones)
        if usable > 1:
            line += [("   g", "accent"), (f" {usable - 1} other{'s' if usable > 2 else ''}", "dim")]
        if self.caution:
            line.append((f"   {self.caution}", "dim"))
        return spans.cut(line, room + 3, measure)

    def _known(self, card: Card, room: int, most: int) -> list[Line]:
        """What is known about a prospect, in at most `most` lines a fact."""
        rows: list[Line] = []
        for name, text, style in self._known_facts(card, brief=most < 2):
            first, *rest = spans.wrapped(text, room - 12, measure)
            if len(rest) >= most:
                kept = [first, *rest]
                first, *rest = [*kept[: most - 1], spans.fit(" ".join(kept[most - 1 :]), room - 12, measure)]
            rows.append([("   ", ""), (f"{name:<12}", "dim"), (first, style)])
            rows.extend([("   " + " " * 12, ""), (line, style)] for line in rest)
        return rows

    def _known_facts(self, card: Card, *, brief: bool) -> Iterator[tuple[str, str, str]]:
        """Yield name, text and style of each fact."""
        if card.asked:
            yield "email", card.asked, "warn"
        yield from self._appointments(card)
        if card.deal and not brief:
            yield "deal", f"{card.deal} ({card.stage.replace('-', ' ')})", ""
        if self.advice is not None:
            yield card.kind, f"{self.advice.do}; {self.advice.dont}", ""
        elif card.kind:
            yield "kind", card.kind, ""
        if card.supplier or card.supplier_until:
            ends, near = self._supplier_ends(card)
            weak = f", weak: {card.weak}" if card.weak else ""
            yield "uses", (card.supplier or "a supplier") + ends + weak, "warn" if near else ""
        yield "need", NEEDS.get(card.need, card.need), ""
        if (card.source or card.tags) and not brief:
            yield "from", " · ".join(part for part in (card.source, *(f"#{tag}" for tag in card.tags)) if part), ""

    def _appointments(self, card: Card) -> Iterator[tuple[str, str, str]]:
        """Yield the next meeting, the callback and the promises."""
        today = self.today.isoformat()

        def when(due: str) -> str:
            day, _, at = due.partition("T")
            return at if at and day == today else due.replace("T", " ")

        if card.meeting:
            yield "meeting", when(card.meeting) + (f", {card.place}" if card.place else ""), ""
        if card.callback is not None:
            due = card.callback[1]
            overdue = due[:10] <= today
            yield "callback", when(due) + " !" * overdue, "warn" if overdue else ""
        for due, text in card.promises:
            yield "promised", f"{text}, {due.replace('T', ' ')}", "warn" if due[:10] <= today else ""

    def _supplier_ends(self, card: Card) -> tuple[str, bool]:
        """Return when the contract with their supplier ends, and whether that is an opportunity now."""
        if not card.supplier_until:
            return "", False
        end = date.fromisoformat(card.supplier_until)
        left = (end - self.today).days
        near = 0 <= left <= CHANCE_DAYS
        return f", contract ends {end.day} {end:%b}{'' if left < 300 else f' {end.year}'}{' !' * near}", near

    def _past(self, card: Card, room: int) -> list[Line]:
        if not card.past:
            return [[("   ", ""), ("last        ", "dim"), ("never called", "")]]
        rows: list[Line] = []
        for index, past in enumerate(card.past):
            what = (past.outcome or past.kind).replace("-", " ")
            text = (
                f"{past.day.day} {past.day:%b}{'' if past.day.year == self.today.year else f' {past.day.year}'}  {what}"
            )
            if past.note:
                text += f": {past.note}"
            rows.append(
                [("   ", ""), (f"{'last' if not index else '':<12}", "dim"), (spans.fit(text, room - 12, measure), "")]
            )
        if card.tries:
            rows[0] = [
                *rows[0][:2],
                (spans.fit(rows[0][2][0], room - 24, measure), ""),
                (f"  {ordinal(card.tries + 1)} try", "dim"),
            ]
        return rows


@dataclass(frozen=True)
class Row:
    """A row of the sheet: a styled marker, and text that wraps behind it."""

    text: str
    style: str = ""
    marker: str = "  "
    marker_style: str = "accent"
    indent: int = 0


@dataclass(frozen=True)
class Sheet:
    """Content of the sheet beside the prospect: a title, available actions, and rows with one marked as current."""

    title: str = ""
    about: str = ""
    rows: tuple[Row, ...] = ()
    present: int = 0
    below: tuple[Row, ...] = field(default=())


class SheetLines(Lines):
    """The script, the playbook, or the choices behind an outcome."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sheet = Sheet()

    def show(self, sheet: Sheet) -> None:
        """Show another sheet."""
        self.sheet = sheet
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        title: Line = [(" ", ""), (sheet.title, "bold")]
        if sheet.about:
            title.append((f"  {sheet.about}", "dim"))
        lines: list[Line] = []
        at: dict[int, tuple[int, int]] = {}
        for index, row in enumerate((*sheet.rows, *sheet.below)):
            start = len(lines)
            lines += self._broken(row, width)
            at[index] = (start, len(lines))
        room = max(1, height - 1)
        first, last = at.get(sheet.present, (0, 0))
        top = 0
        if last > room:
            # Keep the current step in the upper part, with what follows in view.
            top = max(0, min(first - max(0, (room - (last - first)) // 3), len(lines) - room))
        return [spans.cut(title, width, measure), *lines[top : top + room]]

    def _broken(self, row: Row, width: int) -> list[Line]:
        lead = 1 + 2 * row.indent
        behind = lead + measure(row.marker)
        texts = spans.wrapped(row.text, max(8, width - behind - 1), measure) or [""]
        lines: list[Line] = [[(" " * lead, ""), (row.marker, row.marker_style), (texts[0], row.style)]]
        lines += [[(" " * behind, ""), (text, row.style)] for text in texts[1:]]
        return lines


class ObjectionLines(EntryLines):
    """The playbook's objections, each with how often it came up."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.found: list[Found] = []

    def count(self) -> int:
        return len(self.found)

    @property
    def chosen(self) -> Found | None:
        """The objection under the cursor."""
        return self.found[self.cursor] if self.cursor < len(self.found) else None

    def show(self, found: list[Found]) -> None:
        """Show search results."""
        self.found = found
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = [[(" Playbook", "bold"), (f"   {len(self.found)} objections", "dim")]]
        for index in self.in_sight(height):
            one, chosen = self.found[index], index == self.cursor
            line: Line = [
                (" ▸ " if chosen else "   ", "accent"),
                (spans.fit(one.objection.text, max(8, width - 10), measure), "cursor" if chosen else ""),
            ]
            lines.append(spans.justified(line, [(f"{one.heard}× " if one.heard else "", "dim")], width, measure))
        return lines


class NoteLine(Lines):
    """The note of the current call while it isn't being edited."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.note = ""

    def show(self, note: str) -> None:
        """Show the note."""
        self.note = note
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if not self.note:
            return [[]]
        return [spans.cut([("   note ", "dim"), (spans.fit(self.note, width - 10, measure), "")], width, measure)]


class CallKeys(FooterLine):
    """The outcomes by digit, in the longest wording that fits, above the other keys."""

    LONG = (*OUTCOMES[0], "proposal promised")
    SHORT = ("none", "voice", "gate", "refused", "callback", "talk", "meeting", "wrong", "proposal")
    SHORTEST = (*OUTCOMES[2], "prop")

    def build(self, width: int, height: int) -> list[Line]:
        return [self._outcomes(width), *super().build(width, height)]

    def _outcomes(self, width: int) -> Line:
        line: Line = []
        for words, gap in ((self.LONG, "  "), (self.SHORT, " "), (self.SHORTEST, " ")):
            line = [(" ", "")]
            for digit, word in enumerate(words, start=1):
                line += [(f"{digit}", "accent"), (f" {word}{gap if digit < len(words) else ''}", "dim")]
            if spans.width_of(line, measure) <= width:
                break
        return spans.cut(line, width, measure)

    def on_click(self, event: events.Click) -> None:
        if event.y:
            return  # FooterLine handles the other keys
        event.prevent_default()
        x = 0
        digit = 0
        for text, style in self._outcomes(self.size.width):
            if style == "accent":
                digit = int(text)
            if x <= event.x < x + measure(text) and digit:
                self.post_message(KeyClicked(f"digit({digit})"))
                return
            x += measure(text)
