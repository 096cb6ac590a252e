"""Logs activities from commands, and finds the contacts that a text refers to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.people import Contact, ContactMethod, Numbering, name_key
from planner.domain.errors import DoNotCall, InputError, StateError, WhichContact
from planner.domain.text import clean
from planner.services.context import AppContext
from planner.services.day.today_store import append
from planner.store import activity_log as store
from planner.store import connection, follow_ups, quick_log
from planner.store.clients import people
from planner.store.day import meetings

if TYPE_CHECKING:
    from planner.domain.day.events import Meeting
    from planner.domain.day.tasks import Due
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads, Writer


PLANNED_WITHIN = timedelta(days=14)  # how long after a meeting was planned a row of the log is taken for it


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """The result of logging an activity. `made_contact` is set if the contact is new, `meeting` is the planned meeting
    it settles.
    """

    entry: Activity
    made_contact: bool = False
    meeting: Meeting | None = None


def log(
    ctx: AppContext,
    kind: str,
    *,
    outcome: str | None = None,
    count: int = 1,
    contact: str | None = None,
    moment: datetime | None = None,
    amount: Decimal | None = None,
    minutes: int | None = None,
    reason: str | None = None,
    note: str | None = None,
    again: Due | None = None,
) -> LoggedEntry:
    """Log one row. `contact` is resolved by `one_contact`, or created from ``new: NAME``. A moment in the future is
    refused. `again` is the time they asked to be called back, and adds a callback in the same change.
    """
    now = ctx.now()
    happened = moment or now
    if happened > now:
        what = formats.when_text(happened, now.date())
        if kind == "meeting-booked":
            raise InputError(
                f"{what} is in the future. --at is when you booked the meeting; add the meeting itself with "
                "`planner meeting add`."
            )
        raise InputError(f"{what} is in the future. Log it once it has happened.")
    entry = Activity(
        id=0,
        moment=happened,
        kind=kind,
        outcome=outcome,
        count=count,
        amount=amount,
        minutes=minutes,
        reason=checked_note(reason),
        note=checked_note(note),
        day=ctx.clock.day_of(happened),
    )
    if kind == "deal" and amount is None:
        ctx.notice("No --amount was given, so the deal counts but adds no revenue.")
    _check_callback(ctx, entry, contact, again)
    if contact is not None:
        if new_name(contact) is not None or again is not None:
            return _log_with_all(ctx, entry, contact, again)
        contact_id, name = known_contact(ctx, contact, may_be_new=True)
        entry = replace(entry, contact_id=contact_id, contact=name)
        if kind == "meeting-held" and count == 1:
            planned = _log_planned(ctx, entry, dated=moment is not None)
            if planned is not None:
                return planned
    handle = ctx.database.raw()
    try:
        ctx.backup_wanted = quick_log.backup_due(handle, now.date())
        row_id, _ = append(handle, entry, now, ctx)
    except sqlite3.Error as error:
        raise connection.sentence(error, ctx.path) from error
    finally:
        handle.close()
    return LoggedEntry(replace(entry, id=row_id))


def _check_callback(ctx: AppContext, entry: Activity, contact: str | None, again: Due | None) -> None:
    """Refuse a callback that can't be saved, and warn about one without a time."""
    if again is None:
        if entry.outcome == "callback" and contact is not None:
            ctx.notice("No callback time was given, so you won't be reminded. Set one with --when.")
        return
    if entry.outcome != "callback" or contact is None:
        raise InputError("--when is a callback time, so it needs --outcome callback and --contact.")
    if str(again) < f"{ctx.now():%Y-%m-%dT%H:%M}"[: len(str(again))]:
        raise InputError(f"{formats.when_text(again, ctx.today())} is in the past.")


def _log_planned(ctx: AppContext, entry: Activity, *, dated: bool) -> LoggedEntry | None:
    """Log a planned meeting and mark it in one change, or return None if none was planned. Unless `dated`, the row
    takes the planned time.
    """
    contact_id = entry.contact_id
    assert contact_id is not None
    with ctx.database.write("log") as change:
        open_ones = meetings.open_with(change, contact_id)
        begun = [each for each in open_ones if entry.moment - PLANNED_WITHIN <= each.start <= entry.moment]
        if not begun:
            return None
        meeting = begun[-1]
        if not dated:
            entry = replace(
                entry,
                moment=meeting.start,
                day=ctx.clock.day_of(meeting.start),
                minutes=meeting.minutes if entry.minutes is None and entry.outcome != "no-show" else entry.minutes,
            )
        change.label = entry.label
        entry = store.add(change, entry, int(ctx.clock.timestamp()))
        outcome = entry.outcome or "held"
        meetings.mark(change, meeting, outcome, entry.id)
        follow(change, entry)
    return LoggedEntry(entry, meeting=replace(meeting, outcome=outcome))


def _log_with_all(ctx: AppContext, entry: Activity, wanted: str, again: Due | None) -> LoggedEntry:
    """Log the contact, the row and the agreed callback as one change, so that one undo reverts all of it."""
    now = int(ctx.clock.timestamp())
    with ctx.database.write("log") as change:
        contact_id, name, made = contact_or_new(ctx, change, wanted)
        entry = replace(entry, contact_id=contact_id, contact=name)
        change.label = entry.label
        entry = store.add(change, entry, now)
        follow(change, entry)
        if again is not None:
            follow_ups.task(
                change,
                f"Call back {name}",
                today=ctx.today(),
                now=now,
                due=str(again),
                kind="callback",
                contact_id=contact_id,
            )
    return LoggedEntry(entry, made)


def follow(change: Writer, entry: Activity) -> None:
    """Apply what follows from a row with a contact: a wrong number is marked, callbacks made are ticked off."""
    if entry.contact_id is None:
        return
    if entry.outcome == quick_log.WRONG:
        quick_log.mark_wrong(change, entry.contact_id)
    if quick_log.settles(entry.kind, entry.outcome):
        quick_log.settle_callbacks(change, entry.contact_id, entry.counts_for, entry.moment)


def checked_note(text: str | None) -> str | None:
    """Return a note or reason cleaned up, or None if it is empty."""
    if text is None:
        return None
    cleaned = clean(text)
    if len(cleaned) > 10_000:
        raise InputError(f"A note can have up to 10,000 characters. This one has {len(cleaned):,}.")
    return cleaned or None


def find_contact(ctx: AppContext, wanted: str) -> tuple[int, str] | None:
    """Return the contact that a text refers to (see `one_contact`), or None if there is no match."""
    if not ctx.database.exists():
        if not clean(wanted):
            raise InputError("Enter the contact's name.")
        return None
    with ctx.database.read() as reads:
        return one_contact(ctx, reads, wanted)


def known_contact(ctx: AppContext, wanted: str, *, may_be_new: bool = False) -> tuple[int, str]:
    """Like `find_contact`, but raise WhichContact if no one matches. `may_be_new` adds how to create a contact."""
    found = find_contact(ctx, wanted)
    if found is not None:
        return found
    if not ctx.database.exists():
        raise unknown_error(None, wanted, may_be_new=may_be_new)
    with ctx.database.read() as reads:
        raise unknown_error(reads, wanted, may_be_new=may_be_new)


def one_contact(ctx: AppContext, reads: Reads, wanted: str) -> tuple[int, str] | None:
    """Return the contact that a text refers to, or None if nobody matches. Accepts an id, a full or first name, a
    company, the start of either, a phone number in any format or an email address. Every command and screen uses this.

    Raises WhichContact if several fit equally well, StateError for an unknown id.
    """
    name = clean(wanted)
    if not name:
        raise InputError("Enter the contact's name.")
    found = people.find(reads, name, numbering(ctx) if any(char.isdigit() for char in name) else None)
    if len(found) > 1:
        raise ambiguous_error(name, found)
    if not found and is_id(name):
        raise StateError(people.NO_CONTACT.format(name))
    return (found[0].id, found[0].name) if found else None


def matching_contacts(ctx: AppContext, reads: Reads, wanted: str) -> tuple[tuple[int, str], ...]:
    """Return the contacts a text may refer to as (id, display name): the candidates of `one_contact`."""
    found = people.find(reads, clean(wanted), numbering(ctx) if any(char.isdigit() for char in wanted) else None)
    return tuple((each.id, display_name(each)) for each in found)


def is_id(wanted: str) -> bool:
    """Return whether a text is a contact id (``12``, ``#12``)."""
    text = clean(wanted).removeprefix("#")
    return text.isascii() and text.isdigit()


def numbering(ctx: AppContext) -> Numbering | None:
    """Return the number format of the rep's country, or None if no country is set."""
    from planner.exchange import phone

    return phone.numbering(str(ctx.config["calls.country"] or ctx.config["calendar.country"]))


def split_contact(
    ctx: AppContext, reads: Reads, words: Sequence[str], among: Sequence[int] | None = None
) -> tuple[tuple[int, str] | None, list[str]]:
    """Match the start of a line (``Kim price list``) to a contact, by whole words of the name or by company. Returns
    the contact, or None, and the remaining words. `among` limits the match to these contact ids.

    Raises WhichContact if several contacts match.
    """
    known, count = people.begin_with(reads, words, min(LONGEST_NAME_WORDS, len(words) - 1), among)
    if len(known) > 1:
        name = " ".join(words[:count]).rstrip(",:;")
        raise ambiguous_error(name, known, "Type @ID for the one you mean.")
    return ((known[0].id, known[0].name), list(words[count:])) if known else (None, list(words))


LONGEST_NAME_WORDS = 6


def do_not_call_error(name: str) -> DoNotCall:
    """Return the error for calling somebody who asked not to be called."""
    return DoNotCall(f"{name} asked not to be called.")


def ambiguous_error(
    wanted: str, found: Sequence[Contact], how: str = "Use the id of the one you mean."
) -> WhichContact:
    """Return the error for a name that matches several contacts."""
    candidates = tuple((each.id, display_name(each)) for each in found)
    most = " and more" if len(found) >= people.MOST_FOUND else ""
    who = "; ".join(f"{name} (id {key})" for key, name in candidates)
    return WhichContact(f"Several contacts match {wanted!r}: {who}{most}. {how}", wanted, candidates)


def display_name(contact: Contact) -> str:
    """Return a contact's display name with company: ``Kim Minsu, Hanbit``."""
    return f"{contact.name}, {contact.company}" if contact.company else contact.name


def unknown_error(reads: Reads | None, wanted: str, *, may_be_new: bool) -> WhichContact:
    """Return the error for a name that matches nobody, with similar names and how to create a contact."""
    name = clean(wanted)
    near = () if reads is None else tuple((each.id, display_name(each)) for each in _find_similar(reads, name))
    said = f"No contact matches {name!r}."
    if near:
        said += f" Did you mean {' or '.join(f'{who} (id {key})' for key, who in near)}?"
    if may_be_new:
        said += f' To add a new contact, type "new: {name}".'
    elif not near:
        said += " See your contacts with `planner contact list`."
    return WhichContact(said, name, near, may_be_new=may_be_new)


MOST_ALIKE = 3
ALIKE = 0.88  # minimum similarity for a name to be suggested


def _find_similar(reads: Reads, name: str) -> list[Contact]:
    """Return contacts with a similarly spelled name."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    names = {key: name_key(other) for key, other in reads.execute("SELECT id, name FROM contact")}
    found = process.extract(
        name_key(name), names, scorer=JaroWinkler.normalized_similarity, score_cutoff=ALIKE, limit=MOST_ALIKE
    )
    return people.load(reads, [key for _, _, key in found])


def contact_or_new(ctx: AppContext, change: WriteTransaction, wanted: str) -> tuple[int, str, bool]:
    """Return the contact that a text refers to and whether it was created, which only ``new: Kristine`` does.

    Raises WhichContact if several fit, or nobody does.
    """
    fresh = new_name(wanted)
    if fresh is None:
        try:
            found = one_contact(ctx, change, wanted)
        except WhichContact as problem:
            problem.may_be_new = True
            raise
        if found is None:
            raise unknown_error(change, wanted, may_be_new=True)
        return (*found, False)
    contact = _new_contact(fresh)
    warn_of_namesakes(ctx, change, contact.name)
    made = people.add(change, contact, int(ctx.clock.timestamp()))
    return made.id, made.name, True


def warn_of_namesakes(ctx: AppContext, reads: Reads, name: str) -> None:
    """Warn the rep that another contact already has this name."""
    same = people.with_same_name(reads, name)
    if same:
        ids = ", ".join(str(key) for key in same)
        ctx.notice(f"You already have a contact named {name!r} (id {ids}). Use ids to tell them apart.")


def new_name(wanted: str) -> str | None:
    """Return the name in ``new: Kristine``, or None without that prefix. Raises InputError if no name follows."""
    word, colon, name = clean(wanted).partition(":")
    if not colon or word.strip().casefold() != "new":
        return None
    if not name.strip():
        raise InputError('Type a name after "new:", such as "new: Kristine".')
    return name.strip()


def _new_contact(name: str) -> Contact:
    """Return a new contact from a name, an email address or a phone number."""
    if "@" in name and " " not in name:
        return Contact(0, "", name, emails=(ContactMethod(name),))
    if sum(char.isdigit() for char in name) >= people.FEWEST_DIGITS and not any(char.isalpha() for char in name):
        return Contact(0, "", name, phones=(ContactMethod(name),))
    return Contact(0, "", name)


def on_day(ctx: AppContext, day: date) -> list[Activity]:
    """Return a day's rows."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        return store.on_day(reads, day)


def require_database(ctx: AppContext, otherwise: str) -> None:
    """Refuse an edit if there is no database yet, rather than create an empty one."""
    if not ctx.database.exists():
        raise StateError(otherwise)
