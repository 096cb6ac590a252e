"""The widget of a prospect's card: who they are, what is known of them, and what came before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.calls.calling_list import ordinal
from planner.domain.clients.deals import Stage
from planner.tui.shared import spans
from planner.tui.shared.big import big
from planner.tui.shared.contact_card import history_lines
from planner.tui.shared.panels import aired_to_fit, centred, panel, stack
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.services.calls.playbook import Advice
    from planner.services.calls.session import Card, Phone


MOST_PAST, MOST_NOTES = 3, 6
CHANCE_DAYS = 90  # before the end of a competitor's contract
COMPACT = 12  # rows: below this, each fact gets one line
NEEDS = {
    "": "unknown: find out what they need and why",
    "unknown": "unknown: find out what they need and why",
    "found": "found",
    "chosen": "already chosen: confirm it, or tactfully offer something better",
}


class ProspectCard(Lines):
    """Card of the prospect: name, company, phone number, known facts and last contact."""

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
        now = self.card, self.phone, self.today, self.advice, self.caution, self.there
        self.card, self.phone, self.today = card, card.phone, today
        self.advice, self.caution, self.there = advice, "", there
        lines = self._lines(*self.size)
        self._upcoming = self._facts(), lines
        self.draw_ahead(lines)
        self.card, self.phone, self.today, self.advice, self.caution, self.there = now

    def _facts(self) -> object:
        """Everything the lines depend on, for comparison."""
        return self.card, self.phone, self.today, self.advice, self.caution, self.there, self.size

    def build(self, width: int, height: int) -> list[Line]:
        if self._upcoming is not None and self._upcoming[0] == self._facts():
            return self._upcoming[1]
        return self._lines(width, height)

    def _lines(self, width: int, height: int) -> list[Line]:
        if self.card is None:
            return [spans.cut(line, width, measure) for line in centred(self.empty, width, height, measure)]
        card = self.card
        if spans.is_roomy(*self.app.size):
            return self._panels(card, width, height)
        room, compact = max(10, width - 5), height < COMPACT
        lines: list[Line] = [[(spans.fit(card.name, room, measure), "bold")], *self._who(card, room)]
        lines += self._number_lines(room, large=False)
        lines += [*([] if compact else [[]]), *self._known_lines(card, room, 1 if compact else 3)]
        lines += self._past_lines(card, room)
        lines += self._note_lines(card, room, max(1, height - len(lines) - 1))
        return [[("   ", ""), *line] for line in lines[:height]]

    def _panels(self, card: Card, width: int, height: int) -> list[Line]:
        """Who they are and what is known of them on one panel, and what came before on another below it."""
        room = width - 4
        past = self._history(card, room)
        left = height - min(len(past), MOST_PAST) - 7  # the edges of both panels, and the row between them
        who, facts = [*self._who(card, room), *self._number_lines(room, large=True), []], list[Line]()
        for most in (3, 1):
            facts = self._known_lines(card, room, most)
            if len(who) + len(facts) <= left:
                break
        facts = aired_to_fit(facts, left - len(who) - MOST_NOTES - 1 - len(past))
        known = [*who, *facts][: max(0, left)]
        notes = self._note_lines(card, room, left - len(known))
        air: list[Line] = [[]] if notes and len(known) + len(notes) < left else []
        lines = [*known, *air, *notes]
        tries = f"{ordinal(card.tries + 1)} try" if card.tries else ""
        lower = stack([("History", tries, past)], width, height - len(lines) - 3, measure, grows=None)
        return [*panel(card.name, "", lines, width, height - len(lower) - 1, measure, air=False), [], *lower]

    def _who(self, card: Card, room: int) -> list[Line]:
        """Their company, role and city, and whether they decide or mustn't be called."""
        about = " · ".join(part for part in (card.company, card.role, card.city, self.there) if part)
        if card.decides:
            about = f"{spans.fit(about, room - 19, measure)} · decision-maker ★" if about else "decision-maker ★"
        lines: list[Line] = [[(spans.fit(about, room, measure), "")]] if about else []
        return [*lines, [("! do not call", "warn")]] if card.do_not_call else lines

    def _note_lines(self, card: Card, room: int, most: int) -> list[Line]:
        """Their notes, in at most so many lines."""
        notes = spans.wrap(card.notes, room - 2, measure) if card.notes else []
        shown = notes[: max(0, min(most, MOST_NOTES))]
        if len(shown) < len(notes) and shown:
            shown[-1] = spans.fit(shown[-1] + " …", room - 2, measure)
        return [[(text, "dim")] for text in shown]

    def _number_lines(self, room: int, large: bool) -> list[Line]:
        """The number to call, in large figures if there is room."""
        line = self._number_line(room)
        number = self.phone.value if large and self.phone is not None else ""
        shorter = "".join(char for char in number.partition("x")[0] if char in "+0123456789")  # without its extension
        drawn = next((rows for rows in (big(number), big(shorter)) if rows[0] and len(rows[0]) <= room), ())
        if not drawn:
            return [line]
        (written, _), *rest = line
        more = spans.cut([(written, "dim"), *rest], room, measure)
        return [[], *([(row, "accent")] for row in drawn), more]

    def _number_line(self, room: int) -> Line:
        card = self.card
        assert card is not None
        if self.phone is None:
            return [("no working number", "warn")]
        line: Line = [(spans.fit(self.phone.value, room - 4, measure), "accent")]
        if self.phone.label:
            line.append((f"  {self.phone.label}", "dim"))
        usable = sum(not phone.wrong for phone in card.phones)
        if usable > 1:
            line += [("   g", "accent"), (f" {usable - 1} more", "dim")]
        if self.caution:
            line.append((f"   {self.caution}", "dim"))
        return spans.cut(line, room, measure)

    def _known_lines(self, card: Card, room: int, most: int) -> list[Line]:
        """What is known about a prospect, in at most `most` lines a fact."""
        rows: list[Line] = []
        for name, text, style in self._known_facts(card, brief=most < 2):
            first, *rest = spans.wrap(text, room - 12, measure)
            if len(rest) >= most:
                kept = [first, *rest]
                first, *rest = [*kept[: most - 1], spans.fit(" ".join(kept[most - 1 :]), room - 12, measure)]
            rows.append([(f"{name:<12}", "dim"), (first, style)])
            rows.extend([(" " * 12, ""), (line, style)] for line in rest)
        return rows

    def _known_facts(self, card: Card, *, brief: bool) -> Iterator[tuple[str, str, str]]:
        """Yield name, text and style of each fact."""
        if card.asked:
            yield "email", card.asked, "warn"
        yield from self._appointments(card)
        if card.deal and not brief:
            yield "deal", f"{card.deal} ({Stage(card.stage).label})", ""
        if self.advice is not None:
            dont = self.advice.dont
            yield card.kind, f"{self.advice.do}. {dont[:1].upper()}{dont[1:]}", ""
        elif card.kind:
            yield "type", card.kind, ""
        if card.supplier or card.supplier_until:
            ends, near = self._supplier_ends(card)
            weak = f", weak points: {card.weak}" if card.weak else ""
            yield "supplier", (card.supplier or "not named") + ends + weak, "warn" if near else ""
        yield "need", NEEDS.get(card.need, card.need), ""
        if (card.source or card.tags) and not brief:
            yield "source", " · ".join(part for part in (card.source, *(f"#{tag}" for tag in card.tags)) if part), ""

    def _appointments(self, card: Card) -> Iterator[tuple[str, str, str]]:
        """Yield the next meeting, the callback and the promises."""
        today = self.today.isoformat()

        def when(due: str) -> str:
            return formats.near_text(due, self.today)

        if card.meeting:
            yield "meeting", when(card.meeting) + (f", {card.place}" if card.place else ""), ""
        if card.callback is not None:
            due = card.callback[1]
            overdue = due[:10] <= today
            yield "callback", when(due) + " !" * overdue, "warn" if overdue else ""
        for due, text in card.promises:
            yield "promised", f"{text}, {when(due)}", "warn" if due[:10] <= today else ""

    def _supplier_ends(self, card: Card) -> tuple[str, bool]:
        """Return when the contract with their supplier ends, and whether that is an opportunity now."""
        if not card.supplier_until:
            return "", False
        end = date.fromisoformat(card.supplier_until)
        left = (end - self.today).days
        near = 0 <= left <= CHANCE_DAYS
        return f", contract ends {formats.when_text(end, self.today)}{' !' * near}", near

    def _past_lines(self, card: Card, room: int) -> list[Line]:
        """The last contacts beside a label, and how often they were tried."""
        past = self._history(card, room - 24)[:MOST_PAST]
        names = ("history", *[""] * MOST_PAST)
        rows: list[Line] = [[(f"{name:<12}", "dim"), *line] for name, line in zip(names, past, strict=False)]
        if card.tries:
            rows[0].append((f"  {ordinal(card.tries + 1)} try", "dim"))
        return rows

    def _history(self, card: Card, room: int) -> list[Line]:
        """When they were contacted before, and what came of it."""
        return history_lines(card, self.today, room, measure) or [[("never called", "")]]
