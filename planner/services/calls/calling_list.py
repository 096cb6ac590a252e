"""Builds the calling list, the evening before, from contacts, pasted lines or a file (S9)."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.calls.calling_list import FEWEST_DIGITS, ListEntry, parse_pasted
from planner.domain.calls.calling_list import Filters as Filters
from planner.domain.clients.contact_cadence import Zone, read_rhythms
from planner.domain.clients.people import Contact, phone_key
from planner.domain.day.snapshot import next_working_day, targets_of
from planner.domain.errors import InputError, KnownAlready, StateError
from planner.domain.text import plural
from planner.domain.workdays import DAY, Period
from planner.services.calls.activity_log import (
    do_not_call_error,
    numbering,
    one_contact,
    require_database,
    unknown_error,
)
from planner.services.context import AppContext
from planner.services.day.reading import Reading
from planner.services.plan.calendar import work_calendar
from planner.store.calls import calling_list as store
from planner.store.clients import client_list, people

if TYPE_CHECKING:
    from planner.store.recorder import Reads

LARGEST_LIST = 2_000
EVENING = 12  # from this hour on, a list is for the next working day
NO_LIST = "You have no contacts to call yet. Import names and numbers with `planner list build FILE`."


@dataclass(frozen=True, slots=True)
class CallingList:
    """A day's list and its call target (None if there is none)."""

    day: date
    entries: tuple[ListEntry, ...]
    target: int | None

    @property
    def short(self) -> int:
        """Return how many contacts are missing to reach the target."""
        return max(0, (self.target or 0) - len(self.entries))


@dataclass
class Built:
    """The result of building a list: entries added, contacts made, lines without a number, and the names left out
    because their number is already listed (`twice`) or because they asked not to be called (`barred`).
    """

    calling: CallingList
    added: int = 0
    made: int = 0
    without: list[int] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)


def day_for(ctx: AppContext, given: date | None = None) -> date:
    """Return the day a list is for: the given one, else today in the morning and the next working day after noon."""
    if given is not None:
        return given
    if not ctx.database.exists():
        return next_working_day(Reading(ctx, None), ctx.today()) if _evening(ctx) else ctx.today()
    with ctx.database.read() as reads:
        return _day_for(ctx, reads)


def _evening(ctx: AppContext) -> bool:
    """Return whether it is past noon in the rep's day, which includes the hours after midnight."""
    now = ctx.now()
    return now.hour >= EVENING or now.date() > ctx.today()


def _day_for(ctx: AppContext, reads: Reads) -> date:
    facts = Reading(ctx, reads)
    over = _evening(ctx) or facts.closed or not facts.calendar.weight(facts.today)
    return next_working_day(facts, facts.today) if over else facts.today


def next_list(ctx: AppContext, reads: Reads) -> date:
    """Return the day of the next list: today if it is an open working day, else the next working day."""
    facts = Reading(ctx, reads)
    open_ = facts.calendar.weight(facts.today) and not facts.closed
    return facts.today if open_ else next_working_day(facts, facts.today)


def show(ctx: AppContext, day: date) -> CallingList:
    """Return a day's list with its target."""
    if not ctx.database.exists():
        return CallingList(day, (), None)
    with ctx.database.read() as reads:
        return _read(ctx, reads, day)


def _read(ctx: AppContext, reads: Reads, day: date) -> CallingList:
    return CallingList(day, tuple(store.entries(reads, day)), target(Reading(ctx, reads), day))


def target(facts: Reading, day: date) -> int | None:
    """Return a day's call target: frozen once the day is opened, calculated before.

    After noon, when tomorrow's list is made, a later day's target assumes that today is finished, so it is the same
    before and after the day close.
    """
    frozen = facts.record(day).targets
    if frozen is None and day > facts.today and _evening(facts.ctx):
        facts = facts.as_closed()
    wanted = frozen if frozen is not None else targets_of(facts, day)
    found = wanted.get("dials")
    return None if found is None else found.target


def build(ctx: AppContext, day: date, filters: Filters, *, count: int | None = None) -> Built:
    """Fill a day's list with contacts that pass the filters, up to `count` or else the day's target.

    Raises StateError if no contact can be listed.
    """
    _check_day(ctx, day)
    require_database(ctx, NO_LIST)
    with ctx.database.write("calling list") as change:
        there = store.count(change, day)
        wanted = count if count is not None else target(Reading(ctx, change), day) or 50
        room = min(wanted, LARGEST_LIST) - there
        cadence = ctx.config["calls.cadence"]
        # further back than the cadence can reach, whatever the holidays
        reach = Period(day - (2 * sum(cadence) + 60) * DAY, day)
        working = [each for each, weight in work_calendar(ctx, change).weights(reach) if weight]
        touched = _touch_due(ctx, change, day)
        refused = store.refused_ids(change, day, ctx.config["calls.cadence_refused"])
        number_of = _number_of(ctx)
        found = (
            store.candidates(
                change, day, filters, room, working, cadence, touched, refused=refused, number_of=number_of
            )
            if room > 0
            else []
        )
        added = store.add(change, day, found, ctx.today())
        change.label = f"{plural(added, 'contact', 'contacts')} added to the calling list for {formats.when_text(day)}"
        built = Built(_read(ctx, change, day), added)
    if not added and not there:
        raise StateError(
            "No contacts to add. Everyone who passes the filters is waiting for another day, has refused recently, has "
            "used up their retries, is marked do not call or has no working number. Paste names and numbers, or build "
            "the list from a file."
        )
    return built


def _number_of(ctx: AppContext) -> Callable[[str], str]:
    """Return the key function that compares numbers in the format of the rep's country."""
    home = numbering(ctx)
    return lambda number: phone_key(number, home)


def _touch_due(ctx: AppContext, reads: Reads, day: date) -> list[int]:
    """Return contacts with a touch due on a day, longest overdue first. Only those spoken with before count."""
    found = client_list.touches(reads, day, read_rhythms(ctx.config["touch.rhythms"]))
    due = [(touch.due, key) for key, touch in found.items() if touch.zone is not Zone.GREEN and touch.last is not None]
    return [key for _, key in sorted(due)]


def paste(ctx: AppContext, day: date, text: str) -> Built:
    """Add pasted names and numbers to a day's list. Unknown people become contacts in the same change."""
    _check_day(ctx, day)
    found, without = parse_pasted(text)
    if not found:
        raise InputError("No phone numbers found. Write one contact per line: Kim Minsu, Hanbit, 02-555-1234.")
    return _take_in(ctx, day, found, without)


def from_file(ctx: AppContext, day: date, path: str) -> Built:
    """Add the people in a file to a day's list. The file is a CSV with a header, or lines of names and numbers."""
    from planner import content
    from planner.exchange.text_file import decode, read_bytes
    from planner.exchange.transfer import csv_file
    from planner.exchange.transfer.readers import READERS
    from planner.exchange.transfer.records import Wanted

    _check_day(ctx, day)
    name = os.path.basename(path)
    text, _ = decode(read_bytes(path, csv_file.LARGEST, "a list"), name, None)
    file = csv_file.read(path)
    shipped = content.load("imports")
    if any(sum(char.isdigit() for char in cell) >= FEWEST_DIGITS for cell in file.header):
        return paste(ctx, day, text)  # no header: the first line is already a person
    try:
        reader = READERS["contacts"](file, shipped, Wanted(), ctx.now(), lambda done: None)
        reader.scan()
        records = list(reader.records())
    except InputError:  # no header
        return paste(ctx, day, text)
    contacts = [record.value for record in records]
    without = [record.line for record in records if not record.value.phones]
    kept = [contact for contact in contacts if contact.phones]
    if not kept:
        raise InputError(f"{name}: none of the contacts has a phone number.")
    return _take_in(ctx, day, kept, without)


def _take_in(ctx: AppContext, day: date, contacts: Sequence[Contact], without: list[int]) -> Built:
    from planner.store.transfer.imports import Batch

    if len(contacts) > LARGEST_LIST:
        raise InputError(f"A list can have up to {LARGEST_LIST:,} contacts. This one has {len(contacts):,}.")
    with ctx.database.write("calling list") as change:
        batch = Batch(change.connection, int(ctx.clock.timestamp()), change, numbering(ctx))
        ids = []
        for contact in contacts:
            known = batch.people.find_same(contact, company_only=False)
            if known is None:
                known = batch.people.find_meant(contact)
            if known is None:
                known = batch.contact(contact)
            else:
                batch.merge(known, contact)
            ids.append(known)
        made = batch.count("contact")
        batch.write()
        who = {each.id: each for each in people.load(change, ids)}
        not_called = [key for key in dict.fromkeys(ids) if who[key].do_not_call]
        there = store.on_day(change, day)
        callable_ = [key for key in dict.fromkeys(ids) if key not in not_called and key not in there]
        kept = store.distinct_numbers(change, callable_, there, _number_of(ctx), LARGEST_LIST)
        added = store.add(change, day, kept, ctx.today())
        change.label = f"{plural(added, 'contact', 'contacts')} added to the calling list for {formats.when_text(day)}"
        built = Built(_read(ctx, change, day), added, made, without)
        built.twice = [who[key].name for key in callable_ if key not in kept]
        built.barred = [who[key].name for key in not_called]
        return built


def add(ctx: AppContext, day: date, contact: str, *, force: bool = False) -> Built:
    """Add one contact to a day's list. Unless `force`, raises DoNotCall if they asked not to be called, and StateError
    if their number is already listed.
    """
    _check_day(ctx, day)
    require_database(ctx, NO_LIST)
    with ctx.database.write("calling list") as change:
        found = one_contact(ctx, change, contact)
        if found is None:
            raise unknown_error(change, contact, may_be_new=False)
        there = store.on_day(change, day)
        if not force and found[0] not in there:
            _check_may_be_called(ctx, change, found, there)
        added = store.add(change, day, [found[0]], ctx.today())
        change.label = f"{found[1]} added to the calling list for {formats.when_text(day)}"
        return Built(_read(ctx, change, day), added)


def _check_may_be_called(ctx: AppContext, reads: Reads, who: tuple[int, str], there: Sequence[int]) -> None:
    """Refuse a contact who asked not to be called or whose number is already listed."""
    if people.get(reads, who[0]).do_not_call:
        raise do_not_call_error(who[1])
    if not store.distinct_numbers(reads, [who[0]], there, _number_of(ctx), 1):
        raise KnownAlready(f"{who[1]}'s number is already on the list.")


def drop(ctx: AppContext, day: date, contacts: Sequence[int] | None) -> CallingList:
    """Remove contacts from a day's list, or clear it if `contacts` is None."""
    require_database(ctx, NO_LIST)
    with ctx.database.write("calling list") as change:
        gone = store.drop(change, day, contacts)
        if not gone:
            raise StateError(f"None of these contacts is on the list for {formats.when_text(day, ctx.today())}.")
        change.label = (
            f"{plural(len(gone), 'contact', 'contacts')} removed from the calling list for {formats.when_text(day)}"
        )
        return _read(ctx, change, day)


def _check_day(ctx: AppContext, day: date) -> None:
    if day < ctx.today():
        raise InputError(f"{formats.when_text(day, ctx.today())} is in the past. Build the list for today or later.")
