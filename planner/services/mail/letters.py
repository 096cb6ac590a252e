"""Triages the waiting emails: what becomes of each, and what follows from it (S8)."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from planner.domain import formats
from planner.domain.clients.people import Need
from planner.domain.day.tasks import Due
from planner.domain.errors import DoNotCall, InputError, NeedNotFound, StateError
from planner.domain.mail.letters import (
    DECISIONS,
    LONGEST_SUBJECT,
    Letter,
    Thread,
    bare_subject,
    in_order,
    mailto,
    reply_subject,
    threads,
)
from planner.domain.text import clean
from planner.services.calls import calling_list
from planner.services.calls.activity_log import find_contact, known_contact, new_name, unknown_error
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.store import follow_ups
from planner.store.mail import letters as store
from planner.store.mail import windows as window_store
from planner.store.mail.letters import Known as Known
from planner.store.mail.letters import Stored as Stored
from planner.store.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Said:
    """The result of a decision: the sentence for the rep, and the address to open for a reply."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on an email: `who` it is from, and the title of what follows, which is an `answer` to it unless the
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
class Letters:
    """The emails of the mailboxes and those entered by hand. Use it from one thread only."""

    ctx: AppContext
    live: TodayStore
    _fresh: set[str] = field(default_factory=set)  # manually entered emails with a new sender

    def take(self, account: str, letters: Iterable[Letter]) -> int:
        """Save emails read from a mailbox and return how many are new."""
        with self.live.writing() as handle:
            return store.take(handle, letters)

    def forget_but(self, account: str, there: Sequence[str]) -> None:
        """Forget a mailbox's emails that no longer wait there."""
        with self.live.writing() as handle:
            store.forget_but(handle, account, there)

    def threads(self) -> list[Thread[Stored]]:
        """Return the waiting emails, folded into threads and in order."""
        with self.live.reading() as handle:
            found = [] if handle is None else store.waiting(handle)
        return in_order(
            threads(found, lambda stored: stored.letter),
            lambda stored: stored.letter,
            lambda stored: None if stored.known is None else stored.known.value,
        )

    def enter(self, sender: str, subject: str) -> int:
        """Add an email by hand, to be decided on like the others. Returns its id."""
        letter, _ = self._by_hand(sender, subject)
        with self.live.writing() as handle, Recorder(handle, self._now(), f"email from {letter.who}") as change:
            if letter.ref in self._fresh:
                follow_ups.contact(change, letter.who, letter.address, self._now(), "mail")
            return store.enter(change, letter)

    def by_hand(self, sender: str, subject: str) -> Thread[Stored]:
        """Return a thread for a manually entered email, which is saved together with its decision."""
        letter, found = self._by_hand(sender, subject)
        with self.live.reading() as handle:
            if handle is None:
                known = None
            elif found is not None:
                known = store.by_id(handle, found[0])
            else:
                known = store.sender_of(handle, letter)
        return Thread((Stored(0, letter, known),))

    def _by_hand(self, sender: str, subject: str) -> tuple[Letter, tuple[int, str] | None]:
        """Return an email and the contact its sender refers to. ``new: NAME`` refers to no existing contact."""
        who, about = clean(sender)[:200], clean(subject)[:LONGEST_SUBJECT]
        if not who:
            raise InputError("Enter who it's from.")
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
            raise InputError(
                f"{decision!r} isn't something you can do with an email. Choose from {', '.join(DECISIONS)}."
            )
        letter = thread.newest.letter
        known, fresh = self._sender(thread, who)
        self._check_decision(decision, known, due, force=force)
        who = fresh or letter.who if known is None else known.name
        title = clean(text)[:500] or bare_subject(letter.subject) or f"Email from {who}"
        target = self.reply_target(letter) if decision == "reply" else ""
        now = self._now()
        with self.live.writing() as handle, Recorder(handle, now, f"email from {who}: {decision}") as change:
            if self._ids_waiting(handle, thread) == 0:
                raise StateError("That email has already been dealt with.")
            contact_id = None if known is None else known.id
            if known is None and decision in ("call", "promise"):
                contact_id = self._new_contact(handle, change, letter, fresh)
            made = Decision(decision, known, who, contact_id, title, due, answer=not text)
            said = self._follow(change, made, force=force)
            ids = [item.id or store.enter(change, item.letter) for item in thread.items]
            store.decide(change, ids, decision, contact_id, window_store.running(handle, today.day))
        return Said(said, target)

    def _follow(self, change: Recorder, made: Decision, *, force: bool) -> str:
        """Write what follows from a decision. Returns the sentence about it."""
        due = made.due
        if made.what == "call":
            return self._call(change, made.known, made.who, made.contact_id, made.title, due, force=force)
        if made.what == "task":
            task = f"Reply to {made.who}: {made.title}" if made.answer else made.title
            self._task(change, task, due, None, made.contact_id)
            return f"Added task: {task}" + ("" if due is None else f", {self._day(due)}")
        if made.what == "proposal":
            task = f"Proposal for {made.who if made.known is None else made.known.company or made.known.name}"
            self._task(change, task, due, "A", made.contact_id)
            return f"Added task: {task}"
        if made.what == "promise" and due is not None:
            follow_ups.promise(change, made.title, str(due), made.contact_id, self._now())
            return f"Promised {made.who}: {made.title}, {self._day(due)}"
        return f"Replying to {made.who}" if made.what == "reply" else f"{made.who}: no action"

    def _sender(self, thread: Thread[Stored], who: str) -> tuple[Known | None, str | None]:
        """The contact a thread is from: the one named, else the one its sender is; and the name for a new one."""
        letter = thread.newest.letter
        known = next((item.known for item in thread.items if item.known is not None), None)
        fresh = new_name(who) or (letter.who if letter.address or letter.ref in self._fresh else None)
        if who and new_name(who) is None:
            meant, _ = known_contact(self.ctx, who, may_be_new=True)
            with self.live.reading() as handle:
                known = None if handle is None else store.by_id(handle, meant)
        return known, fresh

    def _new_contact(self, handle: sqlite3.Connection, change: Recorder, letter: Letter, name: str | None) -> int:
        """Make a contact of a letter's sender. Raises InputError for a name that was only typed, without an address."""
        if name is None:
            raise unknown_error(handle, letter.who, may_be_new=True)
        return follow_ups.contact(change, name, letter.address, self._now(), "mail")

    def _check_decision(self, decision: str, known: Known | None, due: Due | None, *, force: bool) -> None:
        """Raise InputError or NeedNotFound for a decision that can't be taken."""
        need_known = known is None or known.need in (Need.FOUND.value, Need.CHOSEN.value)
        if decision == "proposal" and known is not None and not (force or need_known):
            raise NeedNotFound(f"Find {known.name}'s need before offering a proposal.")
        if decision == "promise" and due is None:
            raise InputError("By when? Add a date or time, as in: price list tomorrow 10.")
        if due is not None and str(due) < f"{self.ctx.now():%Y-%m-%dT%H:%M}"[: len(str(due))]:
            raise InputError(f"{self._day(due)} is in the past.")

    def _ids_waiting(self, handle: sqlite3.Connection, thread: Thread[Stored]) -> int:
        return sum(
            1 for item in thread.items if not item.id or (store.letter_by(handle, item.id) or ("", "gone"))[1] == ""
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
            if not force and follow_ups.is_do_not_call(change, known.id):
                raise DoNotCall(f"{name} asked not to be called. Reply in writing instead.")
            if due is not None:  # they gave a time: a callback, which comes up by itself
                follow_ups.task(change, f"Call back {name}: {title}", today=today, now=self._now(), due=when,
                             kind="callback", contact_id=known.id)  # fmt: skip
                return f"Callback added: {name}, {self._day(due)}: {title}"
            day = calling_list.next_list(self.ctx, change)
            follow_ups.asked_for(change, known.id, day, title, self._now(), today)
            which = "today's calling list" if day == today else f"the calling list for {formats.when_text(day, today)}"
            return f"{name} is at the top of {which}: {title}"
        self._task(change, f"Call {name}: {title}", due, "A", contact_id)
        return f"Added task: Call {name}: {title} (no phone number)"

    def reply_target(self, letter: Letter) -> str:
        """Return the address that opens a reply in the rep's mail program: a ``mailto:`` with subject and references,
        or the email itself by message id, depending on `mail.reply`.
        """
        if self.ctx.config["mail.reply"] == "mid" and letter.message_id:
            return "mid:" + quote(letter.message_id.strip("<>"), safe="@")
        address = letter.reply_to or letter.address
        if not address:
            raise StateError(f"There's no address to reply to {letter.who}.")
        return mailto(address, reply_subject(letter.subject), letter.message_id, letter.references)

    def _day(self, due: Due) -> str:
        """Return ``Fri 20 Nov 16:00``."""
        return formats.when_text(due, self.ctx.today())

    def _now(self) -> int:
        return int(self.ctx.clock.timestamp())
