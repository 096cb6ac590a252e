"""Mail three times a day: the windows, the gate, decisions on emails, and emails to write (S8).

It runs on the live connection like the calling session, so a key waits for nothing but the disk.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING
from urllib.parse import quote

from planner.domain.clients.people import Need
from planner.domain.day.day_progress import day_minute, mail_opens, mail_windows, minute_on, span_text
from planner.domain.day.tasks import Due
from planner.domain.errors import DoNotCall, InputError, NeedNotFound, StateError
from planner.domain.mail import windows as rules
from planner.domain.mail.letters import (
    DECISIONS,
    LONGEST_SUBJECT,
    Letter,
    Thread,
    bare_subject,
    in_order,
    reply_subject,
    threads,
)
from planner.domain.mail.windows import Window as Window
from planner.domain.text import clean
from planner.domain.workdays import DAY, Period, worked_ahead
from planner.services.calls import calling_list
from planner.services.calls.activity_log import find_contact, known_contact, new_name, nobody
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.services.plan.calendar import work_calendar
from planner.store import follow_ups
from planner.store.mail import drafts as draft_store
from planner.store.mail import letters as letter_store
from planner.store.mail import windows as window_store
from planner.store.mail.drafts import Draft as Draft
from planner.store.mail.letters import Known as Known
from planner.store.mail.letters import Stored as Stored
from planner.store.recorder import Recorder
from planner.store.today_queries import first_use

if TYPE_CHECKING:
    from planner.store.recorder import Reads

LONGEST_REASON = 300
WEEKS = 4  # weeks of adherence shown


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the mail outside its windows."""

    at: datetime
    reason: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """The mail status: windows, the next opening and the minutes until then, looks outside the windows, adherence, and
    the number of emails to write.
    """

    windows: tuple[Window, ...]
    state: str
    next_open: str | None
    wait: int | None
    looks: tuple[Look, ...]
    adherence: float | None
    to_write: int

    @property
    def running(self) -> Window | None:
        """Return the open window."""
        return rules.running(self.windows)


@dataclass(frozen=True, slots=True)
class DayOfMail:
    """A day in the weekly view. `due` means that it called for mail windows."""

    day: date
    windows: tuple[Window, ...]
    looks: int
    adherence: float | None
    due: bool


def days_of(ctx: AppContext, handle: Reads | None, weights: Mapping[date, Fraction]) -> list[DayOfMail]:
    """Return the windows of a range of days with their working weights, by today's settings."""
    if not weights:
        return []
    first, last = min(weights), max(weights)
    opened = {} if handle is None else window_store.openings(handle, first, last)
    looked = [] if handle is None else window_store.looks(handle, first, last)
    since = None if handle is None else window_store.first_day(handle)
    began = None if handle is None else first_use(handle)
    now = ctx.now()
    found = []
    for each, weight in weights.items():
        minute = (now.date() - each).days * 1440 + now.hour * 60 + now.minute
        due = bool(weight) and since is not None and each >= since
        windows = rules.states(
            [(opens, ctx.config["mail.minutes"]) for opens in ctx.config.mail_windows(each.weekday())],
            opened.get(each, []),
            minute,
            now.timestamp(),
            due=due,
            over=each < ctx.today(),
            began=minute_on(each, began),
        )
        looks = sum(1 for looked_on, *_ in looked if looked_on == each)
        adherence = rules.adherence(windows, looks) if due or opened.get(each) else None
        found.append(DayOfMail(each, tuple(windows), looks, adherence, due))
    return found


@dataclass(frozen=True, slots=True)
class WeekOfMail:
    """A week's days from Monday and its adherence. `before` holds the adherence of earlier weeks, oldest first."""

    days: tuple[DayOfMail, ...]
    adherence: float | None
    before: tuple[float | None, ...]

    @property
    def falls(self) -> bool:
        """Return whether adherence fell two weeks in a row, leaving out the unfinished current week."""
        return rules.falling(self.before)

    @property
    def minutes(self) -> int:
        """Return the minutes spent in windows."""
        return sum(window.minutes or 0 for day in self.days for window in day.windows)

    @property
    def letters(self) -> int:
        """Return the emails handled in windows."""
        return sum(window.letters for day in self.days for window in day.windows)

    @property
    def looks(self) -> int:
        """Return the looks outside a window."""
        return sum(day.looks for day in self.days)


@dataclass(frozen=True, slots=True)
class Said:
    """The result of a decision: a sentence, and the address to open for a reply."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a letter: `who` it is from, and the title of what follows, which is an `answer` to it unless the
    rep has named it.
    """

    what: str
    known: Known | None
    who: str
    contact_id: int | None
    title: str
    due: Due | None
    answer: bool


@dataclass(slots=True)
class MailSession:
    """Mail for the screen and the commands. Use it from one thread only."""

    ctx: AppContext
    live: TodayStore
    look_id: int | None = field(default=None)
    _fresh: set[str] = field(default_factory=set)  # manually entered emails with a new sender

    # the windows

    def gate(self, today: Today) -> Gate:
        """Return the mail status of a day that was read, updating its openings and looks."""
        now = self.ctx.now()
        looked: list[tuple[date, int, str, int]] = []
        to_write = 0
        with self.live.reading() as handle:
            if handle is not None:
                today.mail = window_store.openings(handle, today.day, today.day).get(today.day, [])
                looked = window_store.looks(handle, today.day, today.day)
                to_write = len(draft_store.drafts(handle))
        today.looks = len(looked)
        windows = mail_windows(today, now)
        opens, wait = mail_opens(today, now, windows), None
        if opens is not None:
            at = opens if len(opens) > 5 else f"{today.day.isoformat()}T{opens}"
            wait = max(
                0, int((datetime.fromisoformat(at) - now.replace(second=0, microsecond=0)).total_seconds()) // 60
            )
        return Gate(
            tuple(windows),
            rules.state_of(windows),
            None if opens is None else opens[-5:],
            wait,
            tuple(Look(datetime.fromtimestamp(at), reason, key) for _, at, reason, key in looked),
            rules.adherence(windows, len(looked)) if today.weight else None,
            to_write,
        )

    def open(self, today: Today) -> Window:
        """Open the window that is due and start its clock. Raises StateError outside, naming the next opening."""
        gate = self.gate(today)
        if gate.running is not None:
            raise StateError(f"The mail window of {gate.running.opens} is open already.")
        window = rules.to_open(gate.windows, day_minute(today, self.ctx.now()))
        if window is None:
            raise StateError(f"Mail is closed; {self.opens_text(gate)}")
        with self.live.writing() as handle:
            window_store.open_window(handle, today.day, window.opens, window.planned, self._now())
        return next(each for each in self.gate(today).windows if each.opens == window.opens)

    def may_open(self, gate: Gate, today: Today) -> bool:
        """Return whether a window can be opened now."""
        waiting = rules.to_open(gate.windows, day_minute(today, self.ctx.now()))
        return gate.running is None and waiting is not None

    def opens_text(self, gate: Gate) -> str:
        """Return when the next window opens, as a sentence."""
        if gate.next_open is None:
            return "no window is set; `planner config set mail.windows` sets them."
        wait = "" if gate.wait is None else f", in {span_text(gate.wait)}"
        return f"the next window opens at {gate.next_open}{wait}."

    def close(self, today: Today, letters: int | None = None) -> Window:
        """Close the open window. `letters` is the number handled if it wasn't counted."""
        if letters is not None and not 0 <= letters <= 10_000:
            raise InputError(f"A window holds from 0 to 10,000 letters, not {letters:,}.")
        with self.live.writing() as handle:
            window_id = window_store.running(handle, today.day)
            if window_id is None:
                raise StateError(f"No mail window is open; {self.opens_text(self.gate(today))}")
            opens = rules.running(self.gate(today).windows)
            window_store.close_window(handle, window_id, self._now(), letters)
        assert opens is not None
        return next(each for each in self.gate(today).windows if each.opens == opens.opens)

    def look(self, today: Today, reason: str) -> Look:
        """Log a look outside a window with its reason."""
        text = clean(reason)
        if not text:
            raise InputError("A look outside a window needs its reason.")
        if len(text) > LONGEST_REASON:
            raise InputError(f"A reason can have {LONGEST_REASON} characters; this one has {len(text):,}.")
        if self.gate(today).running is not None:
            raise StateError("A mail window is open: there is nothing to look past.")
        with self.live.writing() as handle:
            self.look_id = window_store.look(handle, today.day, text, self._now())
        return Look(self.ctx.now(), text, self.look_id)

    def end_look(self) -> None:
        """End the current look."""
        look_id, self.look_id = self.look_id, None
        if look_id is not None and not self.live.closed:
            with self.live.writing() as handle:
                window_store.end_look(handle, look_id, self._now())

    def week_of(self, day: date) -> WeekOfMail:
        """Return the week of a day and the weeks before it. Uses its own connections, for a worker."""
        with closing(TodayStore(self.ctx)) as live:
            return MailSession(self.ctx, live).week(day)

    def week(self, day: date) -> WeekOfMail:
        """Return the week of a day and the weeks before it. Reads the calendar."""
        monday = day - day.weekday() * DAY
        first = monday - 7 * (WEEKS - 1) * DAY
        last = monday + 6 * DAY
        period = Period(first, last)
        if self.ctx.database.exists():
            with self.ctx.database.read() as session:
                weights = dict(work_calendar(self.ctx, session).weights(period))
        else:
            weights = dict(work_calendar(self.ctx, None).weights(period))
        with self.live.reading() as handle:
            found = days_of(self.ctx, handle, weights)
        weeks = [rules.mean(each.adherence for each in found[start : start + 7]) for start in range(0, 7 * WEEKS, 7)]
        return WeekOfMail(tuple(found[-7:]), weeks[-1], tuple(weeks[:-1]))

    def _now(self) -> int:
        return int(self.ctx.clock.timestamp())

    # emails

    def take(self, account: str, letters: Iterable[Letter]) -> int:
        """Save emails read from a mailbox and return how many are new."""
        with self.live.writing() as handle:
            return letter_store.take(handle, letters)

    def forget_but(self, account: str, there: Sequence[str]) -> None:
        """Forget a mailbox's emails that no longer wait there."""
        with self.live.writing() as handle:
            letter_store.forget_but(handle, account, there)

    def threads(self) -> list[Thread[Stored]]:
        """Return the waiting emails, folded into threads and in order."""
        with self.live.reading() as handle:
            found = [] if handle is None else letter_store.waiting(handle)
        return in_order(
            threads(found, lambda stored: stored.letter),
            lambda stored: stored.letter,
            lambda stored: None if stored.known is None else stored.known.value,
        )

    def enter(self, sender: str, subject: str) -> int:
        """Add an email by hand, to be decided on like the others. Returns its id."""
        letter, _ = self._by_hand(sender, subject)
        with self.live.writing() as handle, Recorder(handle, self._now(), f"letter of {letter.who}") as change:
            if letter.ref in self._fresh:
                follow_ups.contact(change, letter.who, letter.address, self._now(), "mail")
            return letter_store.enter(change, letter)

    def by_hand(self, sender: str, subject: str) -> Thread[Stored]:
        """Return a thread for a manually entered email, which is saved together with its decision."""
        letter, found = self._by_hand(sender, subject)
        with self.live.reading() as handle:
            if handle is None:
                known = None
            elif found is not None:
                known = letter_store.by_id(handle, found[0])
            else:
                known = letter_store.sender_of(handle, letter)
        return Thread((Stored(0, letter, known),))

    def _by_hand(self, sender: str, subject: str) -> tuple[Letter, tuple[int, str] | None]:
        """Return an email and the contact its sender refers to. ``new: NAME`` refers to no existing contact."""
        who, about = clean(sender)[:200], clean(subject)[:LONGEST_SUBJECT]
        if not who:
            raise InputError("Whom is the letter from?")
        fresh, found = new_name(who), None
        if fresh is not None:
            who = fresh
        elif "@" not in who:
            found = find_contact(self.ctx, who)
            who = who if found is None else found[1]
        now = self._now()
        address = who if "@" in who and " " not in who else ""
        digest = hashlib.sha256(f"{who}\0{about}\0{self.ctx.clock.timestamp()}".encode()).hexdigest()[:24]
        with self.live.reading() as handle:
            taken = {} if handle is None else dict(handle.execute("SELECT ref, 1 FROM letter WHERE account = ''"))
        ref, number = f"hand:{digest}", 1
        while ref in taken:
            number += 1
            ref = f"hand:{digest}-{number}"
        if fresh is not None:
            self._fresh.add(ref)
        return Letter(ref, "", "", "", (), "" if address else who, address, about, now), found

    def decide(
        self,
        today: Today,
        thread: Thread[Stored],
        decision: str,
        *,
        text: str = "",
        due: Due | None = None,
        who: str = "",
        force: bool = False,
    ) -> Said:
        """Decide on a thread and apply the consequences as one change.

        `text` is the title of a task or promise (default: the subject), and `due` its time, which a promise needs.
        `who` names the sender (resolved by `known_contact`, or ``new: NAME``) if unknown. Unless `force`, a proposal
        before the need is found is refused, and so is a call to somebody who asked not to be called.
        """
        if decision not in DECISIONS:
            raise InputError(f"{decision!r} is not what can become of a letter; it can be {', '.join(DECISIONS)}.")
        letter = thread.newest.letter
        known, fresh = self._sender(thread, who)
        self._check_decision(decision, known, due, force=force)
        who = fresh or letter.who if known is None else known.name
        title = clean(text)[:500] or bare_subject(letter.subject) or f"Letter of {who}"
        target = self.reply_target(letter) if decision == "reply" else ""
        now = self._now()
        with self.live.writing() as handle, Recorder(handle, now, f"letter of {who}: {decision}") as change:
            if self._ids_waiting(handle, thread) == 0:
                raise StateError("That letter is decided on already.")
            contact_id = None if known is None else known.id
            if known is None and decision in ("call", "promise"):
                contact_id = self._new_contact(handle, change, letter, fresh)
            made = Decision(decision, known, who, contact_id, title, due, answer=not text)
            said = self._follow(change, made, force=force)
            ids = [item.id or letter_store.enter(change, item.letter) for item in thread.items]
            letter_store.decide(change, ids, decision, contact_id, window_store.running(handle, today.day))
        return Said(said, target)

    def _follow(self, change: Recorder, made: Decision, *, force: bool) -> str:
        """Write what follows from a decision. Returns the sentence about it."""
        due = made.due
        if made.what == "call":
            return self._call(change, made.known, made.who, made.contact_id, made.title, due, force=force)
        if made.what == "task":
            task = f"Answer {made.who}: {made.title}" if made.answer else made.title
            self._task(change, task, due, None, made.contact_id)
            return f"task: {task}" + ("" if due is None else f", {_day(due)}")
        if made.what == "proposal":
            task = f"Proposal for {made.who if made.known is None else made.known.company or made.known.name}"
            self._task(change, task, due, "A", made.contact_id)
            return f"task: {task}"
        if made.what == "promise" and due is not None:
            follow_ups.promise(change, made.title, str(due), made.contact_id, self._now())
            return f"promised {made.who}: {made.title}, {_day(due)}"
        return f"reply to {made.who}" if made.what == "reply" else f"{made.who}: nothing to do"

    def _sender(self, thread: Thread[Stored], who: str) -> tuple[Known | None, str | None]:
        """The contact a thread is from: the one named, else the one its sender is; and the name for a new one."""
        letter = thread.newest.letter
        known = next((item.known for item in thread.items if item.known is not None), None)
        fresh = new_name(who) or (letter.who if letter.address or letter.ref in self._fresh else None)
        if who and new_name(who) is None:
            meant, _ = known_contact(self.ctx, who, may_be_new=True)
            with self.live.reading() as handle:
                known = None if handle is None else letter_store.by_id(handle, meant)
        return known, fresh

    def _new_contact(self, handle: sqlite3.Connection, change: Recorder, letter: Letter, name: str | None) -> int:
        """Make a contact of a letter's sender. Raises InputError for a name that was only typed, without an address."""
        if name is None:
            raise nobody(handle, letter.who, may_be_new=True)
        return follow_ups.contact(change, name, letter.address, self._now(), "mail")

    def _check_decision(self, decision: str, known: Known | None, due: Due | None, *, force: bool) -> None:
        """Raise InputError or NeedNotFound for a decision that can't be taken."""
        need_known = known is None or known.need in (Need.FOUND.value, Need.CHOSEN.value)
        if decision == "proposal" and known is not None and not (force or need_known):
            raise NeedNotFound(f"No proposal for {known.name} before the need is found.")
        if decision == "promise" and due is None:
            raise InputError("By when? A promise has a day, or an hour: price list tomorrow 10.")
        if due is not None and str(due) < f"{self.ctx.now():%Y-%m-%dT%H:%M}"[: len(str(due))]:
            raise InputError(f"{due} is over already.")

    def _ids_waiting(self, handle: sqlite3.Connection, thread: Thread[Stored]) -> int:
        return sum(
            1
            for item in thread.items
            if not item.id or (letter_store.letter_by(handle, item.id) or ("", "gone"))[1] == ""
        )

    def _task(
        self, change: Recorder, title: str, due: Due | None, priority: str | None, contact_id: int | None
    ) -> None:
        follow_ups.task(
            change,
            title,
            today=self.ctx.today(),
            now=self._now(),
            due=None if due is None else str(due),
            priority=priority,
            contact_id=contact_id,
        )

    def _call(
        self,
        change: Recorder,
        known: Known | None,
        name: str,
        contact_id: int | None,
        title: str,
        due: Due | None,
        *,
        force: bool,
    ) -> str:
        """Call the sender instead: at the time they gave, else at the top of the next calling list. Without a phone
        number, add a task to find it.
        """
        today, when = self.ctx.today(), None if due is None else str(due)
        if known is not None and known.phone:
            if not force and follow_ups.barred(change, known.id):
                raise DoNotCall(f"{name} asked not to be called: answer in writing.")
            if due is not None:  # they gave a time: a callback, which comes up by itself
                follow_ups.task(change, f"callback {name}: {title}", today=today, now=self._now(), due=when,
                             kind="callback", contact_id=known.id)  # fmt: skip
                return f"call back {name} {_day(due)}: {title}"
            day = calling_list.next_list(self.ctx, change)
            follow_ups.asked_for(change, known.id, day, title, self._now(), today)
            which = "today's calling list" if day == today else f"the calling list for {day:%a} {day.day} {day:%b}"
            return f"{name} is on top of {which}: {title}"
        self._task(change, f"Call {name}: {title}", due, "A", contact_id)
        return f"task: Call {name}: {title} (no number is known)"

    def reply_target(self, letter: Letter) -> str:
        """Return the address that opens a reply in the rep's mail program: a ``mailto:`` with subject and references,
        or the email itself by message id, depending on `mail.reply`.
        """
        if self.ctx.config["mail.reply"] == "mid" and letter.message_id:
            return "mid:" + quote(letter.message_id.strip("<>"), safe="@")
        address = letter.reply_to or letter.address
        if not address:
            raise StateError(f"There is no address to answer {letter.who} at.")
        return mailto(address, reply_subject(letter.subject), letter.message_id, letter.references)

    # emails to write

    def drafts(self) -> list[Draft]:
        """Return the emails to write."""
        with self.live.reading() as handle:
            return [] if handle is None else draft_store.drafts(handle)

    def write(self, name: str, subject: str, *, proposal: bool = False) -> Draft:
        """Queue an email for the next window. It needs a recipient's name and a subject."""
        who, about = clean(name)[:200], clean(subject)[:LONGEST_SUBJECT]
        if not who:
            raise InputError("Whom is the letter for? It greets somebody by name.")
        if not about:
            raise InputError("What is it about? A letter has a telling subject.")
        fresh = new_name(who)
        found = None if fresh is not None else find_contact(self.ctx, who)
        who = fresh or who if found is None else found[1]
        with self.live.writing() as handle:
            with Recorder(handle, self._now(), f"letter to write: {who}") as change:
                contact_id = None if found is None else found[0]
                if fresh is not None:
                    contact_id = follow_ups.contact(change, fresh, fresh if "@" in fresh else "", self._now(), "mail")
                draft_id = draft_store.add_draft(change, who, contact_id, about, proposal, self._now())
            draft = draft_store.draft_by(handle, draft_id)
        assert draft is not None
        return draft

    def _draft(self, handle: sqlite3.Connection | None, draft_id: int) -> Draft:
        found = None if handle is None else draft_store.draft_by(handle, draft_id)
        if found is None:
            raise StateError(f"There is no letter {draft_id} to be written; `planner mail queue` lists them.")
        return found

    def draft_target(self, draft: Draft) -> str:
        """Return the address that opens an email to write in the rep's mail program."""
        return mailto(draft.address, draft.subject)

    def sent(self, draft_id: int) -> str:
        """Mark a queued email as sent and count it. A proposal gets a follow-up call. Returns a description of it."""
        now = self.ctx.now()
        with self.live.writing() as handle:
            draft = self._draft(handle, draft_id)
            is_working_day = work_calendar(self.ctx, handle).is_working_day
            call_on = worked_ahead(self.ctx.today(), is_working_day, self.ctx.config["mail.follow_up"])
            draft_store.send_draft(
                handle,
                draft,
                day=self.ctx.today(),
                local_time=f"{now:%H:%M:%S}",
                now=self._now(),
                call_on=call_on.isoformat() if draft.proposal else None,
            )
        followed = f"; call on {call_on:%a} {call_on.day} {call_on:%b}" if draft.proposal else ""
        return f"sent: {draft.name}, {draft.subject}{followed}"

    def drop(self, draft_id: int) -> str:
        """Remove a queued email without sending it."""
        with self.live.writing() as handle:
            draft = self._draft(handle, draft_id)
            draft_store.drop_draft(handle, draft, self._now())
        return f"not written: {draft.name}, {draft.subject}"

    def automatic_reply(self) -> str:
        """Return text for the mailbox's automatic reply: when mail is read, and how to reach the rep sooner."""
        config = self.ctx.config
        hours = list(config["mail.windows"])
        when = hours[0] if len(hours) == 1 else f"{', '.join(hours[:-1])} and {hours[-1]}"
        signed = "\n".join(part for part in (config["me.name"], config["me.firm"]) if part)
        text = (
            "Hello,\n\n"
            f"thank you for your letter. I read my mail at {when} and answer it then; in between I am with customers. "
            "If it can't wait, please call me.\n\nKind regards"
        )
        return f"{text}\n{signed}" if signed else text


def _day(due: Due) -> str:
    """Return ``Fri 20 Nov 16:00``."""
    return f"{due.day:%a} {due.day.day} {due.day:%b}" + (f" {due.at:%H:%M}" if due.at else "")


def mailto(address: str, subject: str, message_id: str = "", references: Sequence[str] = ()) -> str:
    """Return a ``mailto:`` address with every part quoted, so that no email can add a recipient or header."""
    parts = [f"subject={quote(subject, safe='')}"]
    if message_id:
        chain = list(dict.fromkeys([*references, message_id]))[-20:]
        parts += [f"In-Reply-To={quote(message_id, safe='')}", f"References={quote(' '.join(chain), safe='')}"]
    return f"mailto:{quote(address, safe='@')}?{'&'.join(parts)}"
