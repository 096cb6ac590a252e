"""Adds and moves meetings, and marks their outcome. Those from an imported calendar can only be marked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.people import Need
from planner.domain.day import activity
from planner.domain.day.events import Meeting
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, NeedNotFound, StateError
from planner.domain.text import clean
from planner.services.calls.activity_log import known_contact, new_name
from planner.services.calls.follow_up_time import When, read_when
from planner.services.context import AppContext
from planner.services.day.blocks import check_free
from planner.services.day.today_store import TodayStore
from planner.store import activity_log, follow_ups, quick_log
from planner.store.day import meetings as store
from planner.store.recorder import Recorder

if TYPE_CHECKING:
    from planner.store.recorder import Reads

LONGEST = 24 * 60  # minutes
ASKED_FOR = timedelta(days=14)  # how long after a meeting its outcome is asked for
HELD, NO_SHOW = "held", "no-show"
STEPS = {"proposal": "proposal", "offer": "proposal", "meeting": "meeting", "meet": "meeting",
         "callback": "callback", "call": "callback"}  # fmt: skip
STEP_HINT = "proposal fri 16:00, meeting thu 11 at their office, call tomorrow 10, or nothing"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What follows a meeting: a proposal (optionally due), another meeting or a callback."""

    kind: str
    when: When | None = None


@dataclass(frozen=True, slots=True)
class After:
    """The answers to the questions after a meeting or call (S22), None if unanswered, and why it went that way. `need`
    is the customer's need, None if unchanged.
    """

    met: bool | None = None
    effective: bool | None = None
    satisfied: bool | None = None
    why: str = ""
    need: Need | None = None

    @property
    def answered(self) -> bool:
        """Return whether there is anything to save in an after-call check."""
        return bool(self.why) or any(each is not None for each in (self.met, self.effective, self.satisfied))


def add(
    ctx: AppContext,
    title: str,
    due: Due,
    *,
    minutes: int = 60,
    place: str = "",
    contact: str | None = None,
    force: bool = False,
) -> Meeting:
    """Add a meeting. Family and sleep time are refused unless `force`."""
    start = _start(due, minutes)
    text = _title(title)
    fresh = None if contact is None else new_name(contact)
    contact_id = None if fresh is not None else _contact_id(ctx, contact)
    if not force:
        check_free(ctx, start)
    with _change(ctx, f"added meeting: {text}") as (handle, change):
        now = int(ctx.clock.timestamp())
        if fresh is not None:
            contact_id = follow_ups.contact(change, fresh, "", now)
        meeting_id = store.put(change, contact_id, text, str(due), minutes, clean(place)[:200], now)
        return _told_of_others(ctx, handle, _get(handle, meeting_id))


def _told_of_others(ctx: AppContext, handle: sqlite3.Connection, meeting: Meeting) -> Meeting:
    """Return the meeting, with a notice if another one is at the same time."""
    for each in store.ending_after(handle, meeting.start_at):
        if each.id != meeting.id and each.start < meeting.end and meeting.start < each.end:
            ctx.notice(f"This overlaps with {each.who}, {each.span}.")
            break
    return meeting


def _title(text: str) -> str:
    found = clean(text)[:200]
    if not found:
        raise InputError("Give the meeting a title or a contact.")
    return found


def _contact_id(ctx: AppContext, contact: str | None) -> int | None:
    if contact is None:
        return None
    return known_contact(ctx, contact, may_be_new=True)[0]


def _start(due: Due, minutes: int) -> datetime:
    if due.at is None:
        raise InputError("Add a time, like thu 11 or tomorrow 14:30.")
    if not 1 <= minutes <= LONGEST:
        raise InputError(f"A meeting takes from 1 to {LONGEST:,} minutes, not {minutes:,}.")
    return datetime.combine(due.day, due.at)


@contextmanager
def _change(ctx: AppContext, label: str) -> Iterator[tuple[sqlite3.Connection, Recorder]]:
    with (
        closing(TodayStore(ctx)) as live,
        live.writing() as handle,
        Recorder(handle, int(ctx.clock.timestamp()), label, ctx.today()) as change,
    ):
        yield handle, change


def list_meetings(ctx: AppContext) -> list[Meeting]:
    """Return meetings from today on by start, preceded by earlier ones without an outcome."""
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        if handle is None:
            return []
        midnight = int(datetime.combine(ctx.today(), datetime.min.time()).timestamp())
        waiting = [each for each in unmarked_in(ctx, handle) if each.start_at < midnight]
        return [*waiting, *(each for each in store.ending_after(handle, midnight) if each not in waiting)]


def list_unmarked(ctx: AppContext) -> list[Meeting]:
    """Return the rep's past meetings of the last two weeks that have no outcome."""
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        return [] if handle is None else unmarked_in(ctx, handle)


def unmarked_in(ctx: AppContext, reads: Reads) -> list[Meeting]:
    """Like `list_unmarked`, on an open connection."""
    now = ctx.now()
    return store.find_unmarked(reads, int((now - ASKED_FOR).timestamp()), int(now.timestamp()))


def get(ctx: AppContext, meeting_id: int) -> Meeting:
    """Return a meeting. Raises StateError if there is none."""
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        if handle is None:
            raise StateError(_NO_MEETING.format(meeting_id))
        return _get(handle, meeting_id)


def with_contact(ctx: AppContext, contact_id: int) -> Meeting | None:
    """Return the contact's meeting to mark or move next: the latest begun one without an outcome, else the next to
    come.
    """
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        found = [] if handle is None else store.open_with(handle, contact_id)
    begun = [each for each in found if each.start <= ctx.now()]
    return begun[-1] if begun else next(iter(found), None)


def mark_asked(ctx: AppContext, meeting_ids: list[int]) -> None:
    """Record that the rep was asked about some meetings, so that they aren't asked again. Not undoable."""
    with ctx.database.derive() as writer:
        for meeting_id in meeting_ids:
            found = store.get(writer, meeting_id)
            if found is not None and found.outcome_id is None:
                writer.insert("meeting_outcome", event_id=found.event_id, start_at=found.start_at, outcome="")


# moving and editing


def move(ctx: AppContext, meeting_id: int, due: Due, *, minutes: int | None = None, force: bool = False) -> Meeting:
    """Move one of the rep's own meetings. Its length stays unless `minutes` is given."""
    return edit(ctx, meeting_id, due=due, minutes=minutes, force=force, label="moved meeting")


def edit(
    ctx: AppContext,
    meeting_id: int,
    *,
    title: str | None = None,
    due: Due | None = None,
    minutes: int | None = None,
    place: str | None = None,
    contact: str | None = None,
    force: bool = False,
    label: str = "edited meeting",
    seen: Meeting | None = None,
) -> Meeting:
    """Change one of the rep's own meetings. None leaves a field unchanged, and an empty contact clears it.

    Raises StateError if the meeting no longer matches `seen`.
    """
    fresh = new_name(contact or "")
    contact_id = None if fresh is not None else _contact_id(ctx, contact or None)
    text = None if title is None else _title(title)
    before = get(ctx, meeting_id)
    length = before.minutes if minutes is None else minutes
    start = before.start if due is None else _start(due, length)
    _start(Due(start.date(), start.time()), length)
    if due is not None and start != before.start and not force:
        check_free(ctx, start)
    with _change(ctx, label) as (handle, change):
        found = _get_own(handle, meeting_id)
        if seen is not None and found != seen:
            starts = formats.when_text(found.start)
            raise StateError(f"The meeting with {seen.who} was changed in the meantime. It's at {starts} now.")
        if found.outcome:
            raise StateError(f"The meeting with {found.who} is already marked {found.outcome}. Add a new one instead.")
        change.label = f"{label}: {text or found.title}"
        if fresh is not None:
            contact_id = follow_ups.contact(change, fresh, "", int(ctx.clock.timestamp()))
        store.edit(
            change,
            found,
            title=text or found.title,
            place=found.place if place is None else clean(place)[:200],
            contact_id=found.contact_id if contact is None else contact_id,
            start=int(start.timestamp()),
            minutes=length,
        )
        return _told_of_others(ctx, handle, _get(handle, meeting_id))


def drop(ctx: AppContext, meeting_id: int) -> Meeting:
    """Delete a meeting. One of an imported calendar comes back with the next import if it is still there. Raises
    StateError for one of a subscribed calendar.
    """
    with _change(ctx, "dropped meeting") as (handle, change):
        found = _get(handle, meeting_id)
        if found.calendar:
            raise StateError(
                f"{found.title} is on your calendar {found.calendar}. Delete it there, and it goes here too."
            )
        change.label = f"dropped meeting: {found.title}"
        store.drop(change, found)
        return found


def _get_own(handle: sqlite3.Connection, meeting_id: int) -> Meeting:
    found = _get(handle, meeting_id)
    if found.calendar:
        raise StateError(
            f"{found.title} is on your calendar {found.calendar}. Change it there, and it changes here too."
        )
    if not found.own:
        raise StateError(f"{found.title} comes from your calendar. Change it there and import again.")
    return found


_NO_MEETING = "There's no meeting {}. `planner meeting list` shows your meetings."


def _get(handle: sqlite3.Connection, meeting_id: int) -> Meeting:
    found = store.get(handle, meeting_id)
    if found is None:
        raise StateError(_NO_MEETING.format(meeting_id))
    return found


# outcomes


def end(
    ctx: AppContext,
    meeting_id: int,
    outcome: str,
    after: After | None = None,
    step: NextStep | None = None,
    *,
    note: str = "",
    force: bool = False,
) -> Meeting:
    """Mark a meeting held or no-show, with the answers after it and the next step, as one change.

    It counts on its planned day. Raises StateError before its start or if it is already marked, and NeedNotFound for a
    proposal before the need is found (unless `force`).
    """
    after = after or After()
    with closing(TodayStore(ctx)) as live, live.writing() as handle:
        found = _get(handle, meeting_id)
        _check_end(ctx, found, outcome, after, step, handle, force=force)
        now = int(ctx.clock.timestamp())
        label = activity.label("meeting-held", outcome, 1, found.who)
        with Recorder(handle, now, label, ctx.today()) as change:
            row = activity_log.add(
                change,
                Activity(
                    0,
                    found.start,
                    "meeting-held",
                    None if outcome == HELD else outcome,
                    contact_id=found.contact_id,
                    minutes=found.minutes if outcome == HELD else None,
                    note=clean(note) or None,
                    day=ctx.clock.day_of(found.start),
                ),
                now,
            )
            store.mark(change, found, outcome, row.id)
            if after.answered:
                change.insert(
                    "call_check",
                    activity_id=row.id,
                    day=ctx.today().isoformat(),
                    met=_to_bit(after.met),
                    effective=_to_bit(after.effective),
                    content=_to_bit(after.satisfied),
                    why=clean(after.why)[:1_000],
                )
            if found.contact_id is not None and outcome == HELD:
                quick_log.settle_callbacks(change, found.contact_id, row.counts_for, found.start)
            if after.need is not None and found.contact_id is not None:
                change.update("contact", found.contact_id, need=after.need.value)
            if step is not None:
                _follow(ctx, change, found, step, now)
        return _get(handle, meeting_id)


def _to_bit(answer: bool | None) -> int | None:
    return None if answer is None else int(answer)


def _check_end(
    ctx: AppContext,
    found: Meeting,
    outcome: str,
    after: After,
    step: NextStep | None,
    handle: sqlite3.Connection,
    *,
    force: bool,
) -> None:
    if outcome not in (HELD, NO_SHOW):
        raise InputError(f"{outcome!r} isn't a meeting outcome. Use held or no-show.")
    if found.outcome:
        raise StateError(f"The meeting with {found.who} is already marked {found.outcome}.")
    if found.start > ctx.now():
        starts = formats.near_text(found.start, ctx.today())
        raise StateError(f"The meeting with {found.who} starts {starts}. You can mark it once it has started.")
    if step is None or force:
        return
    if step.kind == "meeting" and step.when is not None and step.when.due.at is not None:
        check_free(ctx, datetime.combine(step.when.due.day, step.when.due.at))
    if step.kind != "proposal" or found.contact_id is None:
        return
    need = handle.execute("SELECT need FROM contact WHERE id = ?", (found.contact_id,)).fetchone()[0]
    if after.need in (Need.FOUND, Need.CHOSEN) or (after.need is None and need in (Need.FOUND, Need.CHOSEN)):
        return
    raise NeedNotFound(f"You haven't found {found.who}'s need yet, so it's too early for a proposal.")


def _follow(ctx: AppContext, change: Recorder, found: Meeting, step: NextStep, now: int) -> None:
    """Add the next step after a meeting."""
    due = None if step.when is None else str(step.when.due)
    rest = "" if step.when is None else step.when.rest
    if step.kind == "meeting":
        assert due is not None
        booked = activity_log.add(
            change, Activity(0, ctx.now(), "meeting-booked", contact_id=found.contact_id, day=ctx.today()), now
        )
        title = found.contact or found.title
        minutes = (step.when and step.when.minutes) or found.minutes
        store.put(change, found.contact_id, title, due, minutes, rest or found.place, now, booked.id)
        return
    if step.kind == "proposal":
        title, kind, priority = f"Proposal for {_customer(change, found)}" + (f": {rest}" if rest else ""), "own", "A"
    else:
        title, kind, priority = f"Call back {found.who}" + (f": {rest}" if rest else ""), "callback", None
    follow_ups.task(
        change, title, today=ctx.today(), now=now, due=due, kind=kind, priority=priority, contact_id=found.contact_id
    )


def _customer(change: Recorder, found: Meeting) -> str:
    row = change.execute(
        "SELECT company.name FROM contact JOIN company ON company.id = company_id WHERE contact.id = ?",
        (found.contact_id,),
    ).fetchone()
    return found.who if row is None else str(row[0])


def read_step(ctx: AppContext, text: str) -> NextStep | None:
    """Parse a next step: its kind and time, or None for nothing. Raises InputError with what can be parsed."""
    word, _, rest = text.strip().partition(" ")
    if word.lower() in ("", "nothing", "none", "no"):
        return None
    kind = STEPS.get(word.lower().rstrip(":,"))
    if kind is None:
        raise InputError(f"{text.strip()!r} isn't a next step. Try {STEP_HINT}.")
    if not rest.strip():
        if kind == "proposal":
            return NextStep(kind)
        raise InputError(f"Add a time, like {kind if kind == 'meeting' else 'call'} thu 11.")
    return NextStep(kind, read_when(ctx, rest, hour=kind == "meeting"))
