"""Runs the calling session: one prospect after the other, each outcome on disk before the next one shows (S17, S18).

It runs on the live connection, so an outcome waits for nothing but the disk. The position is saved with each key, so
that a killed program resumes at the same prospect.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from planner.domain import formats
from planner.domain.calls.calling_list import UNREACHED
from planner.domain.calls.session import CallTimer, Tally
from planner.domain.clients.people import Need
from planner.domain.day.activity import DIAL_OUTCOMES
from planner.domain.errors import InputError, StateError
from planner.domain.text import clean
from planner.services.calls.follow_up_time import When, next_try
from planner.services.calls.session_clock import SessionClock
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.calls import card as cards
from planner.store.calls import outcome as outcomes
from planner.store.calls import session as store
from planner.store.calls.card import Card as Card
from planner.store.calls.card import Phone as Phone

MEETING_MINUTES = 60  # default length of a meeting
NEW_AFTER = 60 * 60  # seconds of pause after which a new session begins
SKIPPED_CALLBACK = timedelta(minutes=30)
SAID_ANEW = 60  # seconds after a call within which an undo keeps its clocks
LONGEST_NOTE = 10_000
NOBODY = "There's no one left to call. Press l for the list, then b to fill it from your contacts."


@dataclass(frozen=True, slots=True)
class Made:
    """A logged call: its row, contact, outcome and seconds, and the gap before it."""

    row_id: int
    card: Card
    outcome: str
    seconds: int
    gap: int | None


class CallSession(SessionClock):
    """The session behind the calling screen. Use it from one thread only."""

    def __init__(self, ctx: AppContext, live: TodayStore) -> None:
        super().__init__(ctx, live)
        self.left = 0
        self._listed: list[int] = []
        self._waiting: list[store.Waiting] = []
        self._next: Card | None = None
        self._phone = 0

    # reading

    def open(self) -> None:
        """Load the saved position and resume anything left unfinished."""
        with self.live.reading() as handle:
            if handle is None:
                return
            now = self._seconds()
            found = store.state(handle)
            row = None if found.session_id is None else store.session(handle, found.session_id)
            today = self.ctx.today()
            over = row is None or row.ended is not None or found.standing.pause_seconds(now) > NEW_AFTER
            if not found.standing.in_call and (over or found.day != today.isoformat()):
                # a new session: within the same day, skipped contacts and the contact on screen stay
                row = None
                kept = found if found.day == today.isoformat() else store.State()
                found = store.State(contact_id=kept.contact_id, note=kept.note, skipped=kept.skipped)
            elif found.standing.talking and found.day != today.isoformat():
                # a call left open on another day ended with the last key, so only its outcome is missing
                found = replace(found, standing=found.standing.stopped(found.seen))
            found = replace(found, day=today.isoformat())
            standing = found.standing if row is None else found.standing.come_back(now, found.seen)
            self.state = replace(found, standing=standing)
            self._row = row
            self._read(handle)

    def _read(self, handle: sqlite3.Connection) -> None:
        session_id = self.state.session_id
        self.tally = Tally() if session_id is None else store.tally(handle, session_id)
        today = self.ctx.today()
        if session_id is not None:
            self.number = store.number_of_day(handle, session_id, today)
        else:
            self.number = store.sessions_of_day(handle, today) + 1
        self.sprint_calls = self._count_sprint(handle)
        self._waiting = store.callbacks(handle, today)
        self._listed = store.still_to_call(handle, today, self.ctx.now().hour)
        order = self._order()
        self.left = len(order)
        current = self.state.contact_id
        if current is not None and (self.state.standing.in_call or current in order):
            chosen: int | None = current
        else:
            chosen = order[0] if order else None
        self.card = None if chosen is None else cards.card(handle, chosen)
        if self.card is None and order:  # the contact was deleted meanwhile
            self.card = next((one for key in order if (one := cards.card(handle, key))), None)
        if (self.card is None or self.card.id != current) and self.standing.in_call:
            # the contact on the line no longer exists
            self.state = replace(self.state, standing=replace(self.standing, began=None, ended=None))
        if self.card is None or self.card.id != current:
            self.state = replace(self.state, contact_id=None if self.card is None else self.card.id, note="")
        self._next, self._phone = None, 0

    def reload(self) -> None:
        """Read again after a change elsewhere."""
        with self.live.reading() as handle:
            if handle is not None:
                self._read(handle)

    def look_ahead(self) -> None:
        """Preload the next contact during the call."""
        order = [key for key in self._order() if self.card is None or key != self.card.id]
        if order and (self._next is None or self._next.id != order[0]):
            with self.live.reading() as handle:
                self._next = None if handle is None else cards.card(handle, order[0])

    def following(self, count: int) -> list[Card]:
        """Read the contacts that come after the one on screen."""
        order = [key for key in self._order() if self.card is None or key != self.card.id]
        with self.live.reading() as handle:
            return [] if handle is None else [one for key in order[:count] if (one := cards.card(handle, key))]

    @property
    def upcoming(self) -> Card | None:
        """Return the next contact, once `look_ahead` has loaded it."""
        return self._next

    def _order(self) -> list[int]:
        return store.in_order(self._waiting, self._listed, self.state, f"{self.ctx.now():%Y-%m-%dT%H:%M}")

    # keys

    def outcome(
        self,
        outcome: str,
        *,
        reason: str = "",
        when: When | None = None,
        proposal: When | None = None,
        promised: bool = False,
    ) -> Made:
        """Log the outcome of the call with its consequences and move on to the next. It is on disk on return.

        `when` is the time of a callback or meeting. If `promised`, a proposal was promised, due at `proposal` if given.
        """
        card = self._need_card()
        if outcome not in DIAL_OUTCOMES:
            raise InputError(f"{outcome!r} isn't a call outcome.")
        if outcome in ("callback", "meeting") and when is None:
            raise InputError(f"When is the {outcome}? Enter a date and time.")
        if promised:
            self.need_is_known()
        now = self._seconds()
        with self.live.writing() as handle:
            if self._row is None or self.standing.paused_at is not None:
                self._ensure_begun(handle)
            self._seen()
            standing = self.standing.stopped(now)
            assert standing.began is not None
            began = datetime.fromtimestamp(standing.began)
            seconds, gap = standing.call_seconds(now), standing.gap_seconds(now)
            again = next_try(self.ctx, handle, outcome)
            after = replace(self.state, contact_id=None, standing=standing.finished(), note="")
            after = store.unskip(after, [card.id])
            listed, waiting = self._upcoming_after(card.id, outcome, again, when)
            order = store.in_order(waiting, listed, after, f"{self.ctx.now():%Y-%m-%dT%H:%M}")
            upcoming = order[0] if order else None
            after = replace(after, contact_id=upcoming)
            number = self.phone
            row_id = outcomes.write(
                handle,
                outcomes.Outcome(
                    outcome=outcome,
                    contact_id=card.id,
                    name=card.name,
                    began=began,
                    seconds=seconds,
                    gap=gap,
                    day=self.ctx.clock.day_of(began),
                    today=self.ctx.today(),
                    now=now,
                    note=self.state.note.strip(),
                    reason=reason,
                    number="" if number is None else number.value,
                    due=None if when is None else str(when.due),
                    place="" if when is None else when.rest,
                    minutes=(when and when.minutes) or MEETING_MINUTES,
                    again=again,
                    proposal=None if not promised else "" if proposal is None else str(proposal.due),
                    proposal_title=f"Proposal for {card.company or card.name}",
                ),
                after,
            )
            self.state, self._listed, self._waiting = after, listed, waiting
            self.tally = self.tally.plus(seconds, gap)
            self.sprint_calls += self.state.sprint_id is not None
            self.left, self._phone = len(order), 0
            if upcoming is None:
                self.card = None
            elif self._next is not None and self._next.id == upcoming:
                self.card = self._next
            else:
                self.card = cards.card(handle, upcoming)
            self._next = None
        return Made(row_id, card, outcome, seconds, gap)

    def _upcoming_after(
        self, contact_id: int, outcome: str, again: str | None, when: When | None
    ) -> tuple[list[int], list[store.Waiting]]:
        """Return the list and the callbacks after an outcome, as the store will have them."""
        listed = [key for key in self._listed if key != contact_id]
        waiting = [each for each in self._waiting if each.contact_id != contact_id]
        moved = [
            replace(each, due=again)
            for each in self._waiting
            if each.contact_id == contact_id and outcome in UNREACHED and again is not None
        ]
        tomorrow = (self.ctx.today() + timedelta(days=1)).isoformat()
        if outcome == "callback" and when is not None:
            moved.append(store.Waiting(contact_id, 0, str(when.due)))
        waiting += [each for each in moved if each.due < tomorrow]
        return listed, sorted(waiting, key=lambda each: each.due)

    def need_is_known(self) -> None:
        """Refuse a proposal if the contact's need isn't found (S21)."""
        if self._need_card().need not in (Need.FOUND.value, Need.CHOSEN.value):
            raise StateError(
                "Find their need before offering a proposal. Press f if you know it, or F if they've already chosen."
            )

    def skip(self) -> str:
        """Move the contact on screen to the end, or a callback half an hour ahead. Returns a description of it."""
        card = self._need_card()
        if self.standing.in_call:
            raise StateError("Log the outcome of this call first, or press u to undo it.")
        now = self.ctx.now()
        self._seen()
        after = replace(self.state, contact_id=None, note="", skipped=self._skipped(card.id))
        with self.live.writing() as handle:
            # read again: the session knows its own callbacks by time but not by task id
            self._waiting = store.callbacks(handle, self.ctx.today())
            waiting = next((each for each in self._waiting if each.contact_id == card.id), None)
            if waiting is not None:
                due = now + SKIPPED_CALLBACK
                outcomes.put_off(handle, waiting.task_id, f"{due:%Y-%m-%dT%H:%M}", self._seconds(), card.name, after)
                said = f"{card.name}: callback moved to {formats.near_text(due, self.ctx.today())}"
            else:
                store.keep(handle, after)
                said = f"{card.name}: moved to the end of the list"
            self.state = after
            self._read(handle)
        return said

    def _skipped(self, contact_id: int) -> tuple[int, ...]:
        return (*(key for key in self.state.skipped if key != contact_id), contact_id)

    def note(self, text: str) -> None:
        """Save the note of the current call, with each key."""
        if len(text) > LONGEST_NOTE:
            raise InputError(f"A note can have up to {LONGEST_NOTE:,} characters.")
        card = self._need_card()
        self.state = replace(self.state, note=clean(text) if text.strip() else "", contact_id=card.id)
        self._keep()

    def undo(self) -> str | None:
        """Undo the last change. An undone call returns to the screen with its note."""
        with self.live.reading() as handle:
            who = None if handle is None else outcomes.last_call_of_change(handle)
        label = self.live.undo()
        if label is None:
            return None
        with self.live.writing() as handle:
            if who is not None and not self.standing.in_call:
                self.state = replace(
                    self.state,
                    contact_id=who.contact_id,
                    note=who.note,
                    standing=self._back_in(handle, who),
                    skipped=tuple(key for key in self.state.skipped if key != who.contact_id),
                )
                self._seen()
                store.keep(handle, self.state)
            note = self.state.note
            self._read(handle)
            if who is not None and self.card is not None and self.card.id == who.contact_id:
                self.state = replace(self.state, note=note)
            store.keep(handle, self.state)
        return label

    def _back_in(self, handle: sqlite3.Connection, who: outcomes.Undone) -> CallTimer:
        """Return the clocks of an undone call. Right after the call they are its own, so that only the outcome is
        entered again. Later they hold only the gap since the previous call.
        """
        ended = who.at + who.seconds
        if self._seconds() - ended <= SAID_ANEW:
            return CallTimer(who.at, ended, None if who.gap is None else who.at - who.gap)
        session_id = self.state.session_id
        return CallTimer(gap_from=None if session_id is None else store.last_end(handle, session_id))

    # the number

    @property
    def phones(self) -> tuple[Phone, ...]:
        """Return the contact's numbers that aren't marked wrong."""
        return () if self.card is None else tuple(phone for phone in self.card.phones if not phone.wrong)

    @property
    def phone(self) -> Phone | None:
        """Return the number to dial next."""
        there = self.phones
        return there[self._phone % len(there)] if there else None

    def other_phone(self) -> Phone | None:
        """Switch to the contact's next number."""
        self._phone += 1
        return self.phone

    # what is found out

    def need(self, need: Need) -> None:
        """Set what is known of the contact's need."""
        card = self._need_card()
        with self.live.writing() as handle:
            outcomes.set_need(handle, card.id, need.value, self._seconds(), card.name)
            self.card = replace(card, need=need.value)

    def kind(self, kind: str) -> None:
        """Set the contact's kind of customer."""
        card = self._need_card()
        with self.live.writing() as handle:
            outcomes.set_kind(handle, card.id, kind, self._seconds(), card.name)
            self.card = replace(card, kind=kind)

    def do_not_call(self) -> bool:
        """Toggle whether the contact asked not to be called, and return the new value. It takes effect on the list at
        once, but a call under way goes on until its outcome.
        """
        card = self._need_card()
        barred = not card.do_not_call
        with self.live.writing() as handle:
            outcomes.set_do_not_call(handle, card.id, barred, self._seconds(), self.ctx.today())
            in_call = self.standing.in_call
            self._read(handle)
            if self.card is not None and self.card.id == card.id and (in_call or not barred):
                self.card = replace(card, do_not_call=barred)
            store.keep(handle, self.state)
        return barred

    # after the call

    def check(self, made: Made, answer: str, *, yes: bool) -> int:
        """Save the first answer to the questions after a call. Returns the check's id."""
        with self.live.writing() as handle:
            return outcomes.check(handle, made.row_id, self.ctx.today(), self._seconds(), made.card.name, answer, yes)

    def add_to_check(self, check_id: int, **values: object) -> None:
        """Add an answer or a reason to a check."""
        with self.live.writing() as handle:
            outcomes.add_to_check(handle, check_id, **values)
