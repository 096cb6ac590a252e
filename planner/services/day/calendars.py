"""Subscribes to calendars, keeps them up to date, and publishes the rep's own days as one (S7).

What a subscribed calendar holds is derived from it: what is gone there goes here, and nothing of it is in the history.
A failed, cut off or empty answer removes nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING

from planner import __version__, files
from planner.domain.day.events import Subscription as Subscription
from planner.domain.day.events import TimeOff
from planner.domain.errors import InputError, PlannerError, StateError
from planner.domain.text import clean, plural
from planner.domain.workdays import DAY, Period
from planner.exchange import secret
from planner.exchange.day import feed, ics, ics_out
from planner.exchange.day.feed import Stopped as Stopped
from planner.exchange.text_file import FileRefused
from planner.services import settings
from planner.services.context import AppContext
from planner.services.day import events
from planner.services.mail import mailbox
from planner.store.connection import is_encrypted
from planner.store.day import calendars as store
from planner.store.day.events import Counts, database_uid

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

LONGEST_NAME = 40
VDIR = "vdir:"
PUBLISHED = 28  # days ahead
EMPTY = "empty"  # the digest of an empty answer that isn't believed yet


@dataclass(frozen=True, slots=True)
class Line:
    """A subscription for a list: with how many events it has and how many times of theirs are still to come."""

    calendar: Subscription
    events: int
    ahead: int

    @property
    def fetched(self) -> datetime | None:
        """When it was last read well, local time."""
        at = self.calendar.fetched_at
        return None if at is None else datetime.fromtimestamp(at)


@dataclass
class Refreshed:
    """How one calendar was read: what came, changed and went, or the sentence of a `problem`. `unchanged` ones weren't
    read at all. `notices` are sentences, `may_be_off` whole days that may be days off but count as worked.
    """

    name: str
    counts: Counts = field(default_factory=Counts)
    unchanged: bool = False
    problem: str = ""
    notices: list[str] = field(default_factory=list)
    may_be_off: list[TimeOff] = field(default_factory=list)

    def changes(self) -> str:
        """Return ``2 new, 1 gone``."""
        parts = ((self.counts.made, "new"), (self.counts.changed, "changed"), (self.counts.gone, "gone"))
        return ", ".join(f"{count:,} {word}" for count, word in parts if count) or "nothing new"


@dataclass(frozen=True, slots=True)
class _Read:
    """A calendar as it was read, None if it hasn't changed, and what to remember of the answer."""

    calendar: ics.Calendar | None
    etag: str = ""
    modified: str = ""
    digest: str = ""


def list_calendars(ctx: AppContext) -> list[Line]:
    """Return the subscriptions by name."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        counts = store.counts(reads, int(ctx.clock.timestamp()))
        return [Line(each, *counts.get(each.id, (0, 0))) for each in store.query(reads)]


def find(ctx: AppContext, name: str) -> Subscription:
    """Return a subscription by its name. Raises StateError."""
    lines = list_calendars(ctx)
    for line in lines:
        if line.calendar.name.casefold() == clean(name).casefold():
            return line.calendar
    if not lines:
        raise StateError("You aren't subscribed to a calendar. Start with `planner calendar subscribe NAME ADDRESS`.")
    known = ", ".join(line.calendar.name for line in lines)
    raise StateError(f"There's no calendar {clean(name)!r}. Yours are {known}.")


def subscribe(
    ctx: AppContext, name: str, where: str, *, local: bool = False, stop: threading.Event | None = None
) -> Refreshed:
    """Subscribe to a calendar, which is read at once. `where` is its address, ``env:NAME`` or ``command:WORDS`` that
    tell it, or the folder or file that another program keeps (``vdir:PATH``).

    A calendar that can't be read isn't subscribed to. Raises InputError, StateError, FetchFailed or FileRefused.
    """
    title = _name(ctx, name)
    source, place, address = _parse_source(where, local=local)
    known = Subscription(0, title, source, place, local)
    found = _read(ctx, known, address, stop or threading.Event())
    assert found.calendar is not None, "it was never read before"
    result = Refreshed(title, notices=list(found.calendar.notices))
    now = int(ctx.clock.timestamp())
    with ctx.database.derive() as writer:
        calendar_id = store.add(writer, title, source, place, local=local, now=now)
        if not source:
            private = None if is_encrypted(ctx.path) else secret.path_of(ctx.settings_path)
            source = secret.keep_secret(_key(writer, calendar_id), address, private)
            store.note(writer, calendar_id, source=source)
            if source == secret.PRIVATE:
                result.notices.append(
                    f"There's no keyring here, so its address is in {private}, which only you can read."
                )
        result.counts = store.take(writer, calendar_id, found.calendar.events, found.calendar.unread, _since(ctx))
        _note_read(writer, calendar_id, found, now)
        other = store.elsewhere(writer, calendar_id, {event.uid for event in found.calendar.events})
    if other:
        result.notices.append(f"{plural(len(other), 'event is', 'events are')} already on another calendar of yours.")
    result.may_be_off = events.find_time_off(ctx, found.calendar)
    return result


def _name(ctx: AppContext, name: str) -> str:
    title = clean(name).strip()
    if not title:
        raise InputError("Give the calendar a name, such as Work.")
    if len(title) > LONGEST_NAME:
        raise InputError(f"A calendar's name has at most {LONGEST_NAME} characters.")
    if any(line.calendar.name.casefold() == title.casefold() for line in list_calendars(ctx)):
        raise StateError(f"You're already subscribed to a calendar named {title}.")
    return title


def _parse_source(where: str, *, local: bool) -> tuple[str, str, str]:
    """Return the source of a subscription ("" for an address yet to be stored), what may be shown, and the address."""
    text = where.strip()
    if not text:
        raise InputError("Give the address of the calendar. `planner calendar subscribe --help` says where it is.")
    if text.startswith(("env:", "command:")):
        address = secret.read_secret(text, "calendar's address", threading.Event())
        return text, feed.parse_address(address, local=local).hostname or "", address
    path = os.path.abspath(os.path.expanduser(text.removeprefix(VDIR)))
    if text.startswith(VDIR) or ("://" not in text and os.path.exists(path)):
        if not os.path.exists(path):
            raise InputError(f"{path} doesn't exist.")
        return VDIR + path, path, ""
    return "", feed.parse_address(text, local=local).hostname or "", text


def refresh(ctx: AppContext, each: Subscription, stop: threading.Event | None = None) -> Refreshed:
    """Read a calendar again, if it has changed. A problem is part of the result, and written down.

    Raises Stopped when `stop` is set, StateError if it isn't subscribed to any more.
    """
    result = Refreshed(each.name)
    now = int(ctx.clock.timestamp())
    try:
        with ctx.database.read() as reads:
            key = _key(reads, each.id)
        vdir = each.source.startswith(VDIR)
        stop = stop or threading.Event()
        path = secret.path_of(ctx.settings_path)
        address = "" if vdir else secret.find_secret(each.source, key, path, "calendar's address", stop)
        found = _read(ctx, each, address, stop)
    except PlannerError as problem:
        result.problem = str(problem)
        with ctx.database.derive() as writer:
            store.note(writer, each.id, tried_at=now, problem=result.problem)
        return result
    with ctx.database.derive() as writer:
        if writer.execute("SELECT 1 FROM calendar WHERE id = ?", (each.id,)).fetchone() is None:
            raise StateError(f"You aren't subscribed to {each.name} any more.")
        if found.calendar is None:
            result.unchanged = True
            _note_read(writer, each.id, found, now)
            return result
        calendar = found.calendar
        result.notices = list(calendar.notices)
        if _emptied(writer, each, calendar):
            result.notices.append("It came back empty. What it had stays until it comes back empty once more.")
            found = _Read(None, digest=EMPTY)
        else:
            result.counts = store.take(writer, each.id, calendar.events, calendar.unread, _since(ctx))
        _note_read(writer, each.id, found, now)
    if result.counts.made or result.counts.changed:
        result.may_be_off = events.find_time_off(ctx, calendar)
    return result


def refresh_due(ctx: AppContext, stop: threading.Event) -> Iterator[Refreshed]:
    """Read the calendars that it is time to read again, one after another."""
    every = 60 * int(ctx.current_config()["calendar.refresh"])
    for line in list_calendars(ctx) if every else ():
        if line.calendar.due(ctx.clock.timestamp(), every):
            with suppress(StateError):  # unsubscribed meanwhile
                yield refresh(ctx, line.calendar, stop)


def unsubscribe(ctx: AppContext, name: str) -> tuple[Subscription, int]:
    """End a subscription. Its events that aren't over go. Returns it, and how many events went."""
    found = find(ctx, name)
    with ctx.database.derive() as writer:
        key = _key(writer, found.id)
        gone = store.drop(writer, found.id, _since(ctx))
    secret.forget_secret(found.source, key, secret.path_of(ctx.settings_path))
    return found, gone


def _read(ctx: AppContext, each: Subscription, address: str, stop: threading.Event) -> _Read:
    """Read a calendar, unless it is as it was. Raises FetchFailed, FileRefused, and Stopped."""
    reach = events.horizon(ctx.today())
    own = events.own_uids(ctx)
    if each.source.startswith(VDIR):
        path = each.source.removeprefix(VDIR)
        digest = _digest_of_path(path)
        if digest == each.digest:
            return _Read(None, digest=digest)
        calendar = ics.read(path, reach, own=own)
        if not calendar.whole and os.path.isdir(path):
            raise FileRefused(f"{path} has files that can't be read: {' '.join(calendar.notices)}")
        return _Read(_without_tasks(calendar), digest=digest)
    # after an empty answer that wasn't believed, the whole one is wanted
    etag, modified = ("", "") if each.digest == EMPTY else (each.etag, each.modified)
    answer = feed.fetch(address, etag=etag, modified=modified, local=each.local, stop=stop)
    if answer.body is None:
        return _Read(None, etag, modified, each.digest)
    digest = _digest(answer.body)
    if digest == each.digest:
        return _Read(None, answer.etag, answer.modified, digest)
    addresses = {account.user.lower() for account in mailbox.accounts(ctx) if "@" in account.user}
    try:
        calendar = ics.read_answer(answer.body, each.name, reach, own=own, addresses=addresses)
    except FileRefused as problem:
        said = str(problem).removesuffix(" Nothing was changed.").rstrip(".")
        raise FileRefused(f"What {each.place} sent can't be used: {said}. Nothing was changed.") from problem
    return _Read(_without_tasks(calendar), answer.etag, answer.modified, digest)


def _without_tasks(calendar: ics.Calendar) -> ics.Calendar:
    """Say that a subscription doesn't bring in tasks, since they are the rep's to change and to undo."""
    if calendar.todos:
        told = plural(len(calendar.todos), "task in it isn't", "tasks in it aren't")
        calendar.notice(f"{told} part of the subscription. Import tasks from a file: planner import tasks FILE.")
    return calendar


_STAMP = re.compile(rb"^DTSTAMP.*\r?\n", re.MULTILINE)


def _digest(body: bytes) -> str:
    """Return a digest of a calendar as this version reads it. Google stamps every event anew with every answer."""
    return hashlib.sha256(__version__.encode() + _STAMP.sub(b"", body)).hexdigest()


def _digest_of_path(path: str) -> str:
    """Return a digest of the names, sizes and times of a calendar's files. Raises FileRefused."""
    try:
        names = sorted(os.listdir(path)) if os.path.isdir(path) else [""]
        found = [(name, os.stat(os.path.join(path, name) if name else path)) for name in names]
    except OSError as error:
        raise FileRefused(f"{path} can't be read: {error.strerror}.") from error
    facts = [(name, stat.st_size, stat.st_mtime_ns, stat.st_ino) for name, stat in found]
    return hashlib.sha256(repr((__version__, facts)).encode()).hexdigest()


def _emptied(reads: Reads, each: Subscription, calendar: ics.Calendar) -> bool:
    """Whether a calendar that had events comes back without any for the first time."""
    if calendar.events or calendar.unread or calendar.cancelled or each.digest == EMPTY:
        return False
    return reads.execute("SELECT 1 FROM event WHERE calendar_id = ? LIMIT 1", (each.id,)).fetchone() is not None


def _note_read(writer: Writer, calendar_id: int, found: _Read, now: int) -> None:
    store.note(
        writer, calendar_id, etag=found.etag, modified=found.modified, digest=found.digest,
        fetched_at=now, tried_at=now, problem="",
    )  # fmt: skip


def _since(ctx: AppContext) -> int:
    """Return the start of today, in seconds since 1970 UTC. What was over before is history."""
    return int(datetime.combine(ctx.today(), time()).timestamp())


def _key(reads: Reads, calendar_id: int) -> str:
    return f"calendar:{database_uid(reads)}:{calendar_id}"


# outwards


def publish(ctx: AppContext) -> str | None:
    """Write the rep's own days as a calendar to the file in `calendar.publish`, if they have changed since.

    Returns its path if it was written. Raises StateError for a file that isn't planner's or can't be written.
    """
    path = publish_path(ctx)
    if not path:
        return None
    today = ctx.today()
    entries = events.collect_entries(ctx, Period(today - DAY, today + PUBLISHED * DAY), alarm=10, foreign=False)
    data = ics_out.write(entries, ctx.now(), "planner")
    with suppress(OSError), open(path, "rb") as file:
        if _unstamped(file.read(len(data) + 1_000)) == _unstamped(data):
            return None
    files.write(path, files.writer_of(data), near=os.path.dirname(path), ours=ics_out.PRODUCT.encode())
    return path


def start_publishing(ctx: AppContext, path: str) -> str:
    """Publish the rep's own days to a file from now on. Returns its path. Raises InputError and StateError."""
    target = files.target(path, "planner.ics", (".ics",))
    before = ctx.current_config()["calendar.publish"]
    settings.put(ctx, "calendar.publish", target)
    try:
        publish(ctx)
    except StateError:  # a file that isn't planner's: the next try is the rep's
        settings.put(ctx, "calendar.publish", before)
        raise
    return target


def stop_publishing(ctx: AppContext) -> None:
    """Leave the published file as it is. Raises StateError if there is none."""
    if not publish_path(ctx):
        raise StateError("Nothing is published.")
    settings.reset(ctx, "calendar.publish")


def publish_path(ctx: AppContext) -> str:
    """Return the file to publish to, empty for none."""
    text = str(ctx.current_config()["calendar.publish"])
    return os.path.abspath(os.path.expanduser(text)) if text else ""


_EDITION = re.compile(rb"^(DTSTAMP|SEQUENCE):.*\r\n", re.MULTILINE)


def _unstamped(data: bytes) -> bytes:
    return _EDITION.sub(b"", data)
