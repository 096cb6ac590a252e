"""The calling list of a day (S9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, func, not_, select

from planner.domain.activity import SPOKEN
from planner.domain.calling import UNREACHED, Filters, ListEntry, Why, retry_due
from planner.domain.care import OURS, THEIRS, Care
from planner.store import people
from planner.store.tables import (
    ActivityRow,
    CompanyRow,
    ContactRow,
    ContactWayRow,
    ListEntryRow,
    PromiseRow,
    TaskRow,
)


def entries(session: Session, day: date) -> list[ListEntry]:
    """The list of a day in its order, with whether each has been called on it, when they were last, how often they
    weren't reached since, and what is due with them.
    """
    rows = session.exec(
        select(ListEntryRow).where(ListEntryRow.day == day.isoformat()).order_by(col(ListEntryRow.position))
    ).all()
    contacts = {contact.id: contact for contact in people.load(session, [row.contact_id for row in rows])}
    last = _last_touched(session, list(contacts))
    called = _called_on(session, day, list(contacts))
    tried = unreached(session, list(contacts))
    waiting = due(session, day)
    found = []
    for row in rows:
        assert row.id is not None
        touched = last.get(row.contact_id)
        why, at = waiting.get(row.contact_id, (Why.NEW if touched is None else Why.AGAIN, None))
        tries = tried[row.contact_id][0] if row.contact_id in tried else 0
        found.append(
            ListEntry(
                row.id,
                day,
                contacts[row.contact_id],
                called=row.contact_id in called,
                last=touched,
                built_on=row.built_on,
                tries=tries,
                why=Why.RETRY if tries and why is Why.AGAIN else why,
                at=at,
            )
        )
    return found


def _last_touched(session: Session, ids: list[int]) -> dict[int, date]:
    found: dict[int, date] = {}
    for start in range(0, len(ids), 500):
        query = (
            select(ActivityRow.contact_id, func.max(ActivityRow.day))
            .where(col(ActivityRow.contact_id).in_(ids[start : start + 500]), ActivityRow.kind != "stop")
            .group_by(col(ActivityRow.contact_id))
        )
        found |= {key: date.fromisoformat(day) for key, day in session.exec(query) if key is not None}
    return found


def _called_on(session: Session, day: date, ids: list[int]) -> set[int]:
    """Whom of some contacts anything was logged with on a day."""
    query = select(ActivityRow.contact_id).where(ActivityRow.day == day.isoformat(), ActivityRow.kind != "stop")
    wanted = set(ids)
    return {key for key in session.exec(query) if key in wanted and key is not None}


def count(session: Session, day: date) -> int:
    """How many stand on the list of a day."""
    query = select(func.count()).select_from(ListEntryRow).where(ListEntryRow.day == day.isoformat())
    return int(session.exec(query).one())


def add(session: Session, day: date, contact_ids: Iterable[int], built_on: date) -> int:
    """Put contacts at the end of a day's list; who is on it already stays where they are. Returns how many are new."""
    query = select(ListEntryRow.contact_id, ListEntryRow.position).where(ListEntryRow.day == day.isoformat())
    known = dict(session.exec(query).all())
    position = max(known.values(), default=0)
    new = 0
    for contact_id in contact_ids:
        if contact_id in known:
            continue
        position += 1
        new += 1
        known[contact_id] = position
        session.add(
            ListEntryRow(day=day.isoformat(), contact_id=contact_id, position=position, built_on=built_on.isoformat())
        )
    session.flush()
    return new


def drop(session: Session, day: date, contact_ids: Iterable[int] | None) -> list[int]:
    """Take contacts off a day's list; None: all of them. Returns whom."""
    query = select(ListEntryRow).where(ListEntryRow.day == day.isoformat())
    if contact_ids is not None:
        query = query.where(col(ListEntryRow.contact_id).in_(list(contact_ids)))
    rows = session.exec(query).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return [row.contact_id for row in rows]


def candidates(
    session: Session,
    day: date,
    filters: Filters,
    limit: int,
    working: Sequence[date],
    cadence: Sequence[int],
    touched: Sequence[int] = (),
) -> list[int]:
    """Whom to put on the list of `day` next, who isn't on it yet: callbacks, promises and steps with customers due by
    then, whatever the filters say; then those the filters let through: with whom a touch is due (`touched`, the longest
    overdue first), who is to be tried again by the cadence, who was never called, who was called longest ago. Who waits
    for a later callback or for the cadence, and who is parked, is left out.

    Only who has a phone number can be called; a wrong number was none. `working` as for `retry_due`.
    """
    waiting = due(session, day)
    later = _later_callbacks(session, day)
    tried = unreached(session)
    everybody = set(session.exec(_eligible(day)))
    found = [key for key in waiting if key in everybody]
    groups: dict[Why, list[int]] = {Why.TOUCH: [], Why.RETRY: [], Why.NEW: [], Why.AGAIN: []}
    places = {key: place for place, key in enumerate(touched)}
    for key, last in session.exec(_filtered(_eligible(day, with_last=True), filters)):
        if key in waiting or key in later:
            continue
        tries, tried_last = tried.get(key, (0, None))
        if key in places and tried_last is None:
            groups[Why.TOUCH].append(key)
        elif tried_last is not None:
            if retry_due(tries, tried_last, day, working, cadence):
                groups[Why.RETRY].append(key)
        else:
            groups[Why.NEW if last is None else Why.AGAIN].append(key)
    groups[Why.TOUCH].sort(key=places.__getitem__)
    rest = [key for group in groups.values() for key in group]
    if filters.hour is not None:
        rest = _at_hour(session, rest, filters.hour)
    found += _tagged(session, rest, filters.tag, limit - len(found)) if filters.tag else rest
    return found[:limit]


def _last() -> Any:
    """When each contact was last in the log."""
    return (
        select(ActivityRow.contact_id, func.max(ActivityRow.day).label("last"))
        .where(col(ActivityRow.contact_id).is_not(None), ActivityRow.kind != "stop")
        .group_by(col(ActivityRow.contact_id))
        .subquery()
    )


def _eligible(day: date, *, with_last: bool = False) -> Any:
    """Who can be called and isn't on the list of a day; with the last day in the log, never before long ago."""
    on_list = select(ListEntryRow.contact_id).where(ListEntryRow.day == day.isoformat())
    phones = select(ContactWayRow.contact_id).where(ContactWayRow.kind == "phone", ContactWayRow.wrong == 0)
    last = _last()
    query: Any = select(ContactRow.id, last.c.last) if with_last else select(ContactRow.id)
    if with_last:
        query = query.join(last, last.c.contact_id == ContactRow.id, isouter=True)
        query = query.join(CompanyRow, col(CompanyRow.id) == col(ContactRow.company_id), isouter=True)
        query = query.order_by(last.c.last.is_not(None), last.c.last, col(ContactRow.id))
    return query.where(col(ContactRow.id).in_(phones), col(ContactRow.id).not_in(on_list))


def _filtered(query: Any, filters: Filters) -> Any:
    last = query.selected_columns[1]
    if filters.never_called:
        query = query.where(last.is_(None))
    if filters.not_since is not None:
        query = query.where((last.is_(None)) | (last < filters.not_since.isoformat()))
    for column, wanted in ((ContactRow.source, filters.source), (ContactRow.kind, filters.kind)):
        if wanted:
            query = query.where(col(column).collate("NOCASE") == wanted)
    if filters.city:
        query = query.where(
            (col(ContactRow.city).collate("NOCASE") == filters.city)
            | (col(CompanyRow.city).collate("NOCASE") == filters.city)
        )
    return query


def due(session: Session, day: date) -> dict[int, tuple[Why, str | None]]:
    """With whom a callback, a promise or a step of looking after customers is due by a day, in this order, then in that
    of their times; and at which hour, where it is due on the day itself.
    """
    found: dict[int, tuple[Why, str | None]] = {}
    until = (day + timedelta(days=1)).isoformat()
    callbacks = select(TaskRow.contact_id, TaskRow.due).where(TaskRow.state == "open", TaskRow.kind == "callback")
    promises = select(PromiseRow.contact_id, PromiseRow.due).where(PromiseRow.state == "open")
    cares = select(TaskRow.contact_id, TaskRow.due).where(TaskRow.state == "open")
    renewals = cares.where(col(TaskRow.care).in_([*OURS, *THEIRS, Care.SECOND_TOUCH]))
    follow_ups = cares.where(col(TaskRow.care).in_([Care.FOLLOW_UP, Care.REFERRAL]))
    for why, query, column in (
        (Why.CALLBACK, callbacks, TaskRow.due),
        (Why.PROMISE, promises, PromiseRow.due),
        (Why.RENEWAL, renewals, TaskRow.due),
        (Why.FOLLOW_UP, follow_ups, TaskRow.due),
    ):
        for key, when in session.exec(query.where(col(column) < until).order_by(col(column))):
            if key is not None:
                hour = when[11:] if when and when[:10] == day.isoformat() else ""
                found.setdefault(key, (why, hour or None))
    return found


def _later_callbacks(session: Session, day: date) -> set[int]:
    """Who asked to be called back on a later day: not before."""
    query = select(TaskRow.contact_id).where(
        TaskRow.state == "open", TaskRow.kind == "callback", col(TaskRow.due) >= (day + timedelta(days=1)).isoformat()
    )
    return {key for key in session.exec(query) if key is not None}


def unreached(session: Session, contact_ids: Sequence[int] | None = None) -> dict[int, tuple[int, date]]:
    """How often each contact was called without being reached since they last were, and when last. Who was reached at
    the last try, or was never tried, isn't in it.
    """
    missed = (col(ActivityRow.kind) == "dial") & col(ActivityRow.outcome).in_(UNREACHED)
    met = (
        select(ActivityRow.contact_id, func.max(ActivityRow.at).label("at"))
        .where(
            col(ActivityRow.contact_id).is_not(None),
            ActivityRow.kind != "stop",
            not_(missed & col(ActivityRow.outcome).is_not(None)),
        )
        .group_by(col(ActivityRow.contact_id))
        .subquery()
    )
    query = (
        select(ActivityRow.contact_id, func.sum(ActivityRow.count), func.max(ActivityRow.day))
        .join(met, met.c.contact_id == ActivityRow.contact_id, isouter=True)
        .where(col(ActivityRow.contact_id).is_not(None), missed)
        .where((met.c.at.is_(None)) | (ActivityRow.at > met.c.at))
        .group_by(col(ActivityRow.contact_id))
    )
    found: dict[int, tuple[int, date]] = {}
    parts: list[Any] = [query]
    if contact_ids is not None:
        starts = range(0, len(contact_ids), 500)
        parts = [query.where(col(ActivityRow.contact_id).in_(contact_ids[n : n + 500])) for n in starts]
    for part in parts:
        found |= {key: (int(tries), date.fromisoformat(last)) for key, tries, last in session.exec(part)}
    return found


def _at_hour(session: Session, ids: Sequence[int], hour: int) -> list[int]:
    """Of some contacts, those who were reached at an hour before, and those who weren't tried at it yet."""
    at = (ActivityRow.kind == "dial", col(ActivityRow.local_time).startswith(f"{hour:02}:"))
    tried = set(session.exec(select(ActivityRow.contact_id).where(*at)))
    spoken = set(session.exec(select(ActivityRow.contact_id).where(*at, col(ActivityRow.outcome).in_(SPOKEN))))
    return [key for key in ids if key in spoken or key not in tried]


def _tagged(session: Session, ids: Sequence[int], tag: str, limit: int) -> list[int]:
    """The first of some contacts that carry a tag."""
    wanted = tag.casefold()
    found: list[int] = []
    for start in range(0, len(ids), 500):
        if len(found) >= limit:
            break
        part = {contact.id: contact for contact in people.load(session, ids[start : start + 500])}
        found += [key for key in ids[start : start + 500] if wanted in (tag.casefold() for tag in part[key].tags)]
    return found


def built_on(session: Session, day: date) -> bool:
    """Whether anything was put on a list on a day."""
    query = select(ListEntryRow.id).where(ListEntryRow.built_on == day.isoformat()).limit(1)
    return session.exec(query).first() is not None
