"""The widgets of the mail screen: the incoming emails, the chosen one, and those to write."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.tui.shared import spans
from planner.tui.shared.contact_card import card_lines, history_lines
from planner.tui.shared.panels import centred, stack
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

if TYPE_CHECKING:
    from planner.domain.mail.letters import Thread
    from planner.services.calls.contact_card import Card
    from planner.services.mail.drafts import Draft
    from planner.services.mail.letters import Stored

CLEAR: list[Line] = [
    [("✓ ", "good"), ("Inbox clear.", "")],
    [],
    [("e", "accent"), (" add an email", "dim")],
    [("⇥", "accent"), (" emails to write", "dim")],
    [("x", "accent"), (" close", "dim")],
]
STRANGER: list[Line] = [
    [("Not one of your contacts yet.", "")],
    [],
    [("c", "accent"), (" put them on your calling list", "dim")],
    [("t", "accent"), (" make it a task", "dim")],
    [("p", "accent"), (" promise something by a date", "dim")],
]
NO_DRAFTS: list[Line] = [
    [("No emails to write.", "")],
    [],
    [("M", "accent"), (" queue one, on any screen", "dim")],
    [("⇥", "accent"), (" inbox", "dim")],
]
MOST_OLDER = 6  # earlier emails of a thread above what is known about its sender
COMPACT = 9  # rows: below this, an email shows its first lines rather than its subject again


def day_text(at: int, today: date) -> str:
    """Format when an email was written: its time if today, else its date."""
    moment = datetime.fromtimestamp(at)
    if moment.date() == today:
        return f"{moment:%H:%M}"
    return formats.when_text(moment.date(), today)


class LetterLines(EntryLines):
    """List of the incoming emails, known contacts first, ordered by what is open with them."""

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
        title: Line = [(" Inbox", "bold"), (f"   {letters:,}", "bold")]
        if letters > len(self.threads):
            title.append((f" in {len(self.threads):,} threads", "dim"))
        lines: list[Line] = [spans.cut(title, width, measure)]
        if not self.threads:
            if self.reading:
                return [*lines, [("   checking your mailboxes …", "dim")]]
            return [*lines, *centred(CLEAR, width, height - 2, measure)]
        seen = [(index, self.threads[index]) for index in self.in_sight(height)]
        ends = max(spans.width_of(self._end(thread, width), measure) for _, thread in seen)
        names = max(12, min(28, width // 3, width - 29 - ends))
        return [*lines, *(self._row(index, thread, width, names) for index, thread in seen)]

    def _end(self, thread: Thread[Stored], width: int) -> Line:
        """What is open with the sender, and when the email was written."""
        known = thread.newest.known
        worth: Line = []
        if known is not None and known.value:
            worth = [(f" {formats.hundredths(known.value)} open", "good" if width >= 60 else "dim")]
        return [*worth, (f" {day_text(thread.newest.letter.sent_at, self.today):>6} ", "dim")]

    def _row(self, index: int, thread: Thread[Stored], width: int, names: int) -> Line:
        item, chosen = thread.newest, index == self.cursor
        letter, known, right = item.letter, item.known, self._end(thread, width)
        sign = ("★ ", "accent") if known is not None else ("≡ ", "dim") if letter.bulk else ("  ", "")
        who = letter.who if known is None else known.name
        plain = "cursor" if chosen else "dim" if letter.bulk else ""
        more = f" ({len(thread.items)})" if len(thread.items) > 1 else ""
        room = max(6, width - names - 9 - spans.width_of(right, measure) - len(more))
        name = spans.fit(who, names, measure)
        line: Line = [
            spans.pointer(chosen),
            sign,
            (name + " " * (names - measure(name) + 1), plain),
            (spans.fit(letter.subject or "(no subject)", room, measure), plain),
            (more, "dim"),
        ]
        return spans.justify(line, right, width, measure)


class LetterCard(Lines):
    """View of one email as far as it was fetched: sender, subject, first lines."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.thread: Thread[Stored] | None = None
        self.card: Card | None = None
        self.today = date.min

    def show(self, thread: Thread[Stored] | None, today: date) -> None:
        """Show a thread."""
        self.thread, self.today = thread, today
        self.redraw()

    def show_card(self, card: Card | None) -> None:
        """Show what is known about the sender, where there is room for it."""
        self.card = card
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.thread is None:
            return []
        if spans.is_roomy(*self.app.size):
            return stack(self._sections(self.thread, width - 4), width, height, measure, grows=0)
        return self._letter(self.thread, width, height)

    def _sections(self, thread: Thread[Stored], width: int) -> list[tuple[str, str, list[Line]]]:
        """The letter, and what is known about its sender, each for a panel."""
        stored = thread.newest
        letter, known = stored.letter, stored.known
        when = day_text(letter.sent_at, self.today)
        about = " · ".join(part for part in (letter.address, letter.account) if part)
        lines: list[Line] = [[(spans.fit(letter.who, width, measure), ""), (f"  {about}", "dim")], []]
        lines += [[(text, "")] for text in spans.wrap(letter.preview, width, measure)] if letter.preview else []
        older = self._older(thread, width)
        more = len(older) - MOST_OLDER
        lines += [[], *older[:MOST_OLDER]] if older else []
        lines += [[(f"… {more} more", "dim")]] if more > 0 else []
        subject = spans.fit(letter.subject or "(no subject)", width - len(when) - 2, measure)
        found = [(subject, when, lines)]
        if known is None:
            found.append(("Sender", "", STRANGER))
            return found
        card = self.card if self.card is not None and self.card.id == known.id else None
        worth: list[Line] = [[(f"{formats.hundredths(known.value)} open", "good")]] if known.value else []
        if card is None:  # until it is read
            facts: list[Line] = [[(known.company, "dim")]] if known.company else []
            facts.append([(known.phone, "accent")] if known.phone else [("no working number", "warn")])
        else:
            facts = card_lines(card, self.today, width, measure, last=False)
        found.append((f"★ {known.name}", "", worth + facts))
        found.append(("History", "", [] if card is None else history_lines(card, self.today, width, measure)))
        return [section for section in found if section[2]]

    def _older(self, thread: Thread[Stored], width: int) -> list[Line]:
        """The earlier emails of a thread, a line each."""
        today = datetime.fromtimestamp(thread.newest.letter.sent_at).date()
        texts = (
            f"{day_text(each.letter.sent_at, today)}  {each.letter.who}: {each.letter.preview or '…'}"
            for each in thread.items[1:]
        )
        return [[(spans.fit(text, width, measure), "dim")] for text in texts]

    def _letter(self, thread: Thread[Stored], width: int, height: int) -> list[Line]:
        letter, room = thread.newest.letter, max(12, width - 5)
        lines = self._head(thread.newest, width, compact=height < COMPACT)
        preview = spans.wrap(letter.preview, room, measure) if letter.preview else []
        shown = preview[: height - len(lines)]
        if len(shown) < len(preview) and shown:
            shown[-1] = spans.fit(shown[-1] + " …", room, measure)
        lines += [[("   ", ""), (text, "")] for text in shown]
        older = self._older(thread, room)
        if older and len(lines) + 2 < height:
            lines += [[], *([("   ", ""), *line] for line in older)]
        return lines[:height]

    def _head(self, stored: Stored, width: int, *, compact: bool) -> list[Line]:
        """Sender, address and time, what is known about the sender, and the subject."""
        letter, known, room = stored.letter, stored.known, max(12, width - 5)
        who, facts, star = letter.who, [], []
        if known is not None:
            who = f"{known.name}, {known.company}" if known.company else known.name
            facts = [f"{formats.hundredths(known.value)} open"] * bool(known.value) + [known.phone or "no number"]
            star = [(" ★", "accent")]
        sent = datetime.fromtimestamp(letter.sent_at)
        when = formats.dated_text(sent)
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
            subject = spans.wrap(letter.subject or "(no subject)", room, measure)[:3]
            lines += [[], *([("   ", ""), (text, "bold")] for text in subject)]
        return lines


class DraftLines(EntryLines):
    """List of the emails to write."""

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
            return [*lines, *centred(NO_DRAFTS, width, height - 2, measure)]
        room = max(1, height - len(self.points) - 3)
        for index in self.in_sight(room):
            draft, chosen = self.drafts[index], index == self.cursor
            text = f"{draft.name}: {draft.subject}"
            right: Line = [("proposal " if draft.proposal else "", "accent")]
            line: Line = [
                spans.pointer(chosen),
                (spans.fit(text, max(8, width - 14), measure), "cursor" if chosen else ""),
            ]
            lines.append(spans.justify(line, right, width, measure))
        if self.points and len(lines) + len(self.points) + 1 <= height:
            lines.append([])
            lines += [[("   · ", "dim"), (spans.fit(text, width - 6, measure), "dim")] for text in self.points]
        return lines[:height]
