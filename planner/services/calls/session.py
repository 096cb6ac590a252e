"""The calling session: one prospect after the other, each outcome on disk before the next one shows (S17, S18).

It runs on the live connection, so an outcome waits for nothing but the disk. The position is saved with each key, so
that a killed program resumes at the same prospect.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from planner.domain.calls import session as clocks
from planner.domain.calls.calling_list import UNREACHED
from planner.domain.calls.session import CallTimer, Tally
from planner.domain.clients.people import Need
from planner.domain.day.activity import DIAL_OUTCOMES
from planner.domain.day.day_progress import day_minute
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, StateError
from planner.domain.text import clean
from planner.domain.typed.moment import HINT, WrongDate
from planner.domain.typed.moment import When as Phrase
from planner.domain.typed.task_line import parse_line
from planner.domain.typed.when import parse_when
from planner.domain.workdays import worked_ahead
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.services.plan.calendar import OwnCalendar, work_calendar
from planner.store.calls import card as cards
from planner.store.calls import outcome as outcomes
from planner.store.calls import session as store
from planner.store.calls.card import Card as Card
from planner.store.calls.card import Past as Past
from planner.store.calls.card import Phone as Phone
from planner.store.recorder import Transaction

MEETING_MINUTES = 60  # default length of a meeting
NEW_AFTER = 60 * 60  # seconds of pause after which a new session begins
SKIPPED_CALLBACK = timedelta(minutes=30)
TRIED_AGAIN = timedelta(hours=1)
LATEST_AGAIN = 18  # from this hour on, an unanswered callback moves to the next day
SAID_ANEW = 60  # seconds after a call within which an undo keeps its clocks
LONGEST_NOTE = 10_000
NOBODY = "Nobody is left to be called; l shows the list, b there fills it from your contacts."


@dataclass(frozen=True, slots=True)
class When:
    """The parsed phrase of a callback or meeting: when it is due, the remaining text (a place, a subject), and a
    meeting's minutes if a range of hours was given.
    """

    due: Due
    rest: str = ""
    said: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A logged call: row, contact, outcome, seconds, and the gap before it."""

    row_id: int
    card: Card
    outcome: str
    seconds: int
    gap: int | None


class CallSession:
    """The session behind the calling screen. Use it from one thread only."""

    def __init__(self, ctx: AppContext, live: TodayStore) -> None:
        self.ctx = ctx
        self.live = live
        self.state = store.State()
        self.card: Card | None = None
        self.tally = Tally()
        self.number = 1
        self.left = 0
        self._row: store.SessionRow | None = None
        self._listed: list[int] = []
        self._waiting: list[store.Waiting] = []
        self._next: Card | None = None
        self._phone = 0
        self.sprint_calls = 0
        self._sprint_from = 0

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
        self._listed = store.listed(handle, today, self.ctx.now().hour)
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

    @property
    def upcoming(self) -> Card | None:
        """Return the next contact, once `look_ahead` has loaded it."""
        return self._next

    def _order(self) -> list[int]:
        return store.in_order(self._waiting, self._listed, self.state, f"{self.ctx.now():%Y-%m-%dT%H:%M}")

    def _seconds(self) -> int:
        return int(self.ctx.clock.timestamp())

    # the clocks

    @property
    def standing(self) -> CallTimer:
        """Return the call clocks."""
        return self.state.standing

    def call_seconds(self) -> int:
        """Return the length of the current call in seconds."""
        return self.standing.call_seconds(self._seconds())

    def gap_seconds(self) -> int | None:
        """Return the seconds since the last call."""
        return self.standing.gap_seconds(self._seconds())

    def active_seconds(self) -> int:
        """Return the seconds of the session, less its pauses."""
        if self._row is None:
            return 0
        now = self._seconds()
        return max(0, now - self._row.started - self._row.paused - self.standing.pause_seconds(now))

    def pace(self) -> float | None:
        """Return the calls per hour."""
        return clocks.per_hour(self.tally.calls, self.active_seconds())

    def needed(self, today: Today) -> float | None:
        """Return the calls per hour needed for today's target in the calling blocks left, or None without a target."""
        target = today.target("dials")
        if not target:
            return None
        minute = day_minute(today, self.ctx.now())
        minutes = sum(
            max(0, block.last - max(block.first, minute))
            for block in today.blocks
            if block.kind == "calls" and not block.dropped
        )
        return clocks.needed_per_hour(target - today.counts["dials"], minutes)

    @property
    def running(self) -> bool:
        """Return whether a session has begun."""
        return self._row is not None

    # keys

    def _begun(self, handle: sqlite3.Connection) -> None:
        """Begin a session if there is none, and end a pause."""
        now = self._seconds()
        if self._row is None:
            session_id = store.begin(handle, self.ctx.today(), now)
            self._row = store.session(handle, session_id)
            self.state = replace(self.state, session_id=session_id, standing=replace(self.standing, gap_from=None))
            self.number = store.number_of_day(handle, session_id, self.ctx.today())
        paused = self.standing.pause_seconds(now)
        if self.standing.paused_at is not None:
            store.add_pause(handle, self._row.id if self._row else 0, paused)
            assert self._row is not None
            self._row = replace(self._row, paused=self._row.paused + paused)
            self.state = replace(self.state, standing=self.standing.resumed(now))

    def _need_card(self) -> Card:
        if self.card is None:
            raise StateError(NOBODY)
        return self.card

    def _seen(self) -> None:
        self.state = replace(self.state, day=self.ctx.today().isoformat(), seen=self._seconds())

    @contextmanager
    def _keeping(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that saves the session's state at its end and restores the previous state on failure."""
        before = (self.state, self._row, self.number)
        try:
            with self.live.writing() as handle, Transaction(handle):
                yield handle
                self._seen()
                store.keep(handle, self.state)
        except BaseException:
            self.state, self._row, self.number = before
            raise

    def press(self) -> bool:
        """Start the call, or stop or resume its clock. Returns whether the clock runs."""
        card = self._need_card()
        with self._keeping() as handle:
            self._begun(handle)
            self.state = replace(self.state, contact_id=card.id, standing=self.standing.press(self._seconds()))
        return self.standing.talking

    def start(self) -> None:
        """Start the call clock if it isn't running, because the number is being dialled."""
        if not self.standing.in_call:
            self.press()

    def stop(self) -> None:
        """Stop the call clock while the rep enters an outcome."""
        card = self._need_card()
        with self._keeping() as handle:
            self._begun(handle)
            self.state = replace(self.state, contact_id=card.id, standing=self.standing.stopped(self._seconds()))

    def go_on(self, standing: CallTimer) -> None:
        """Restore the clocks from before an outcome that was cancelled."""
        self.state = replace(self.state, standing=standing)
        self._keep()

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
            raise InputError(f"{outcome!r} is not an outcome of a call.")
        if outcome in ("callback", "meeting") and when is None:
            raise InputError(f"When? A {outcome} has a day, and an hour.")
        if promised:
            self.need_is_known()
        now = self._seconds()
        with self.live.writing() as handle:
            if self._row is None or self.standing.paused_at is not None:
                self._begun(handle)
            self._seen()
            standing = self.standing.stopped(now)
            assert standing.began is not None
            began = datetime.fromtimestamp(standing.began)
            seconds, gap = standing.call_seconds(now), standing.gap_seconds(now)
            again = self._again(handle, outcome)
            after = replace(self.state, contact_id=None, standing=standing.finished(), note="")
            after = store.without(after, [card.id])
            listed, waiting = self._after(card.id, outcome, again, when)
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

    def _after(
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

    def _again(self, handle: sqlite3.Connection, outcome: str) -> str | None:
        """Return when an unanswered callback is due again: in an hour, or if that is too late, the next working day."""
        if outcome not in UNREACHED:
            return None
        now = self.ctx.now()
        later = now + TRIED_AGAIN
        if later.hour < LATEST_AGAIN and later.date() == now.date():
            return f"{later:%Y-%m-%dT%H:%M}"
        following = worked_ahead(now.date(), work_calendar(self.ctx, handle).is_working_day)
        return f"{following.isoformat()}T{now:%H:%M}"

    def need_is_known(self) -> None:
        """Refuse a proposal if the contact's need isn't found (S21)."""
        if self._need_card().need not in (Need.FOUND.value, Need.CHOSEN.value):
            raise StateError(
                "No proposal before the need is found: f says that it is, F that they have chosen already."
            )

    def skip(self) -> str:
        """Move the contact on screen to the end, or a callback half an hour ahead. Returns a description of it."""
        card = self._need_card()
        if self.standing.in_call:
            raise StateError("Say how the call went first; u takes it back.")
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
                said = f"callback {card.name}: at {due:%H:%M}"
            else:
                store.keep(handle, after)
                said = f"{card.name}: at the end"
            self.state = after
            self._read(handle)
        return said

    def _skipped(self, contact_id: int) -> tuple[int, ...]:
        return (*(key for key in self.state.skipped if key != contact_id), contact_id)

    def pause(self) -> bool:
        """Pause or resume, and return whether the session is paused. Refused during a call."""
        if self._row is None:
            raise StateError("No session runs yet; space starts the first call.")
        if self.standing.in_call:
            raise StateError("A call isn't paused: say how it went first.")
        with self._keeping() as handle:
            if self.standing.paused_at is not None:
                self._begun(handle)
            else:
                self.state = replace(self.state, standing=self.standing.paused(self._seconds()))
        return self.standing.paused_at is not None

    def leave(self) -> None:
        """Leave the screen. This pauses the session between calls, while a call goes on."""
        if self._row is not None and not self.standing.in_call and self.standing.paused_at is None:
            self.pause()

    def note(self, text: str) -> None:
        """Save the note of the current call, with each key."""
        if len(text) > LONGEST_NOTE:
            raise InputError(f"A note can have {LONGEST_NOTE:,} characters.")
        card = self._need_card()
        self.state = replace(self.state, note=clean(text) if text.strip() else "", contact_id=card.id)
        self._keep()

    def _keep(self) -> None:
        with self._keeping():
            pass

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

    # a sprint

    def sprint(self) -> bool:
        """Start or abandon a sprint. Returns whether one is running."""
        with self._keeping() as handle:
            if self.state.sprint_id is not None:
                store.end(handle, self.state.sprint_id, self._seconds(), 0)
                self.state = replace(self.state, sprint_id=None)
            else:
                self._begun(handle)
                self._sprint_from = self._seconds()
                sprint_id = store.begin(handle, self.ctx.today(), self._sprint_from, "sprint")
                self.state = replace(self.state, sprint_id=sprint_id)
            self.sprint_calls = 0
        return self.state.sprint_id is not None

    def sprint_seconds(self) -> int:
        """Return the seconds of the current sprint."""
        return 0 if self.state.sprint_id is None else max(0, self._seconds() - self._sprint_from)

    def _count_sprint(self, handle: sqlite3.Connection) -> int:
        row = None if self.state.sprint_id is None else store.session(handle, self.state.sprint_id)
        if row is None or self.state.session_id is None:
            return 0
        self._sprint_from = row.started
        return store.calls_since(handle, self.state.session_id, row.started)

    def finish_sprint(self) -> tuple[clocks.Sprint, bool] | None:
        """End a sprint that has reached its calls or its time. Returns it and whether it is the record, or None."""
        if self.state.sprint_id is None or not clocks.sprint_over(self.sprint_calls, self.sprint_seconds()):
            return None
        done = clocks.Sprint(self.ctx.today().isoformat(), self.sprint_calls, self.sprint_seconds())
        with self._keeping() as handle:
            best = clocks.record(store.sprints(handle))
            store.end(handle, self.state.sprint_id, self._seconds(), done.calls)
            self.state = replace(self.state, sprint_id=None)
        return done, best is None or clocks.record([best, done]) is done


def read_when(ctx: AppContext, text: str, *, hour: bool, by_end: bool = False) -> When:
    """Parse the day and hour of a callback or meeting, and any other text. `hour` requires an hour, as for a meeting.
    Of a range of hours, a meeting takes both ends, a promise (`by_end`) the end, anything else the start.

    Raises InputError with what can be parsed.
    """
    if not text.strip():
        raise InputError(f"When? {HINT[0].upper()}{HINT[1:]}.")
    now, today = ctx.now(), ctx.today()
    rest = ""
    try:
        found = parse_when(text, now, today=today, spans=True)
    except WrongDate:
        raise
    except InputError:
        said_line = f"promise {text}" if by_end else text
        line = parse_line(said_line, now, today=today, calendar=OwnCalendar(ctx))
        if line.due is None:
            raise
        rest = line.title.removeprefix("at ")
        found = Phrase(line.due.day, line.due.at, "; ".join(line.said), line.minutes)
    if found.at is not None and found.minutes is not None and not hour:
        end = found.at_end()
        found = end if by_end else replace(found, said=f"{found.said}; from {found.at:%H:%M} on".removeprefix("; "))
    due = Due(found.day, found.at)
    if hour and due.at is None:
        raise InputError("At what hour? Write it like thu 11, or tomorrow 14:30.")
    if due.day < today or (due.at is not None and datetime.combine(due.day, due.at) < now):
        raise InputError(f"{text.strip()!r} is over already.")
    return When(due, rest, found.said, found.minutes if hour else None)
