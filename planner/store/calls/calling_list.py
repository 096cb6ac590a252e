"""Queries and changes of a day's calling list (S9)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

from planner.domain.calls.calling_list import UNREACHED, Filters, ListEntry, Why, retry_due
from planner.domain.clients.care import OURS, THEIRS, Care
from planner.domain.clients.people import phone_key
from planner.domain.day.activity import REAL, SPOKEN
from planner.store import follow_ups
from planner.store.clients import people
from planner.store.mapper import marks

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

_AT_ONCE = 500  # parameters per statement
_UNREACHED = ", ".join(f"'{outcome}'" for outcome in UNREACHED)
_SPOKEN = ", ".join(f"'{outcome}'" for outcome in SPOKEN)
_MISSED = f"(kind = 'dial' AND outcome IN ({_UNREACHED}))"
# reachable, allowed to be called, and not on the list of a day
_ELIGIBLE = (
    "contact.do_not_call = 0"
    " AND contact.id IN (SELECT contact_id FROM contact_way WHERE contact_way.kind = 'phone' AND wrong = 0)"
    " AND contact.id NOT IN (SELECT contact_id FROM list_entry WHERE day = ?)"
)


def entries(reads: Reads, day: date) -> list[ListEntry]:
    """Return a day's list in order. Each entry says whether and when it was called that day, how often it wasn't
    reached in a row, and what is due.
    """
    rows = reads.execute(
        "SELECT id, contact_id, reason, coalesce(asked_at, 0) FROM list_entry WHERE day = ? ORDER BY position",
        (day.isoformat(),),
    ).fetchall()
    contacts = {contact.id: contact for contact in people.load(reads, [row[1] for row in rows])}
    last = _last_touched(reads, list(contacts))
    called = _called_on(reads, day, list(contacts))
    tried = unreached_tries(reads, list(contacts))
    waiting = due_contacts(reads, day)
    found = []
    for row_id, contact_id, reason, asked_at in rows:
        touched = last.get(contact_id)
        why, at = waiting.get(contact_id, (Why.NEW if touched is None else Why.AGAIN, None))
        tries = tried[contact_id][0] if contact_id in tried else 0
        found.append(
            ListEntry(
                row_id,
                day,
                contacts[contact_id],
                called=called.get(contact_id, -1) >= asked_at,
                last=touched,
                tries=tries,
                why=Why.ASKED if reason else Why.RETRY if tries and why is Why.AGAIN else why,
                at=at,
                asked=reason,
            )
        )
    return found


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Split ids into chunks that fit in one statement."""
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _last_touched(reads: Reads, ids: Sequence[int]) -> dict[int, date]:
    found: dict[int, date] = {}
    for some in _parts(ids):
        rows = reads.execute(
            f"SELECT contact_id, max(day) FROM activity WHERE contact_id IN ({marks(some)}) AND kind <> 'stop'"
            " GROUP BY contact_id",
            some,
        )
        found |= {key: date.fromisoformat(day) for key, day in rows}
    return found


def _called_on(reads: Reads, day: date, ids: Iterable[int]) -> dict[int, int]:
    """Return those of some contacts with a log row on a day, and the last instant (seconds since 1970 UTC)."""
    rows = reads.execute(
        "SELECT contact_id, max(at) FROM activity WHERE day = ? AND kind <> 'stop' AND contact_id IS NOT NULL"
        " GROUP BY contact_id",
        (day.isoformat(),),
    )
    wanted = set(ids)
    return {key: at for key, at in rows if key in wanted}


def carry(writer: Writer, today: date) -> None:
    """Move contacts who asked for something on an earlier day, and haven't been spoken to since, to the top of today's
    list, so that an unanswered request comes up again. Derived, so not a change of the rep's.
    """
    rows = writer.execute(
        "SELECT id, contact_id, reason, asked_at, built_on FROM list_entry WHERE reason <> '' AND day < ?"
        f" AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.contact_id = list_entry.contact_id AND ({REAL}"
        " OR outcome = 'wrong-number') AND at >= asked_at)"
        " AND EXISTS (SELECT 1 FROM contact WHERE contact.id = contact_id AND do_not_call = 0) ORDER BY asked_at DESC",
        (today.isoformat(),),
    ).fetchall()
    for row_id, contact_id, reason, asked_at, built_on_ in rows:
        follow_ups.asked_for(writer, contact_id, today, reason, asked_at, date.fromisoformat(built_on_))
        writer.update("list_entry", row_id, reason="")


def count(reads: Reads, day: date) -> int:
    """Return the number of entries on a day's list."""
    return int(reads.execute("SELECT count(*) FROM list_entry WHERE day = ?", (day.isoformat(),)).fetchone()[0])


def add(change: Writer, day: date, contact_ids: Iterable[int], built_on: date) -> int:
    """Append contacts to a day's list, skipping those already on it. Returns how many are new."""
    text = day.isoformat()
    rows = change.execute("SELECT contact_id, position FROM list_entry WHERE day = ?", (text,))
    known = dict(rows.fetchall())
    new = [key for key in dict.fromkeys(contact_ids) if key not in known]
    for position, key in enumerate(new, start=max(known.values(), default=0) + 1):
        change.insert("list_entry", day=text, contact_id=key, position=position, built_on=built_on.isoformat())
    return len(new)


def distinct_numbers(
    reads: Reads, ids: Iterable[int], taken: Iterable[int], number_of: Callable[[str], str], limit: int
) -> list[int]:
    """Return up to `limit` contacts with distinct phone numbers that aren't those of `taken`, since two contacts with
    one number are one call. `number_of` normalizes a number for comparison.
    """
    seen = set(_numbers(reads, list(taken), number_of).values())
    found: list[int] = []
    waiting = iter(ids)
    while len(found) < limit and (some := list(islice(waiting, _AT_ONCE))):
        numbers = _numbers(reads, some, number_of)
        for key in some:
            number = numbers.get(key)
            if number is None or number not in seen:
                found.append(key)
                seen.add(number or "")
    return found[:limit]


def _numbers(reads: Reads, ids: Sequence[int], number_of: Callable[[str], str]) -> dict[int, str]:
    """Return each contact's calling number, the first that isn't wrong."""
    found: dict[int, str] = {}
    for some in _parts(ids):
        for key, value in reads.execute(
            f"SELECT contact_id, value FROM contact_way WHERE contact_id IN ({marks(some)}) AND kind = 'phone'"
            " AND wrong = 0 ORDER BY position",
            some,
        ):
            if key not in found:
                found[key] = number_of(value)
    return found


def on_day(reads: Reads, day: date) -> list[int]:
    """Return the contacts on a day's list, in order."""
    rows = reads.execute("SELECT contact_id FROM list_entry WHERE day = ? ORDER BY position", (day.isoformat(),))
    return [key for (key,) in rows]


def refused_ids(reads: Reads, day: date, weeks: int) -> set[int]:
    """Return contacts who refused, and mustn't be called again automatically by `day`: within `weeks` weeks, or never
    for 0. Those spoken to otherwise since are excluded.
    """
    rows = reads.execute(
        "SELECT contact_id, max(day) FROM activity AS no WHERE kind = 'dial' AND outcome = 'refused'"
        " AND contact_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM activity AS met"
        f" WHERE met.contact_id = no.contact_id AND met.at > no.at AND {REAL}"
        " AND coalesce(met.outcome, '') <> 'refused') GROUP BY contact_id"
    )
    until = (day - timedelta(weeks=weeks)).isoformat()
    return {key for key, last in rows if not weeks or last > until}


def drop(change: Writer, day: date, contact_ids: Iterable[int] | None) -> list[int]:
    """Remove contacts from a day's list, or all of them for None. Returns the removed ids."""
    rows = change.execute("SELECT id, contact_id FROM list_entry WHERE day = ?", (day.isoformat(),)).fetchall()
    wanted = None if contact_ids is None else set(contact_ids)
    gone = [(row_id, key) for row_id, key in rows if wanted is None or key in wanted]
    for row_id, _ in gone:
        change.delete("list_entry", row_id)
    return [key for _, key in gone]


def candidates(
    reads: Reads,
    day: date,
    filters: Filters,
    limit: int,
    working: Sequence[date],
    cadence: Sequence[int],
    touched: Sequence[int] = (),
    *,
    refused: Collection[int] = (),
    number_of: Callable[[str], str] = phone_key,
) -> list[int]:
    """Return contacts to add next to the list of `day`, without those already on it.

    Callbacks, promises and customer-care steps due by then come first, whatever the filters say. Then those the filters
    let through: due touches (`touched`, longest overdue first), retries due by the cadence, contacts never called,
    contacts called longest ago. Contacts waiting for a later callback or for the cadence, parked, `refused` or
    do-not-call are left out, as are those without a phone number (a wrong one doesn't count) and all but the first of
    those sharing a number (`number_of`). `working` as for `retry_due`.
    """
    waiting = due_contacts(reads, day)
    later = _later_callbacks(reads, day)
    tried = unreached_tries(reads)
    everybody = {key for (key,) in reads.execute(f"SELECT id FROM contact WHERE {_ELIGIBLE}", (day.isoformat(),))}
    found = [key for key in waiting if key in everybody]
    groups: dict[Why, list[int]] = {Why.TOUCH: [], Why.RETRY: [], Why.NEW: [], Why.AGAIN: []}
    places = {key: place for place, key in enumerate(touched)}
    for key, last in _filter(reads, day, filters):
        if key in waiting or key in later or key in refused:
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
        rest = _at_hour(reads, rest, filters.hour)
    wanted = _filter_by_tag(reads, rest, filters.tag) if filters.tag else rest
    return distinct_numbers(reads, chain(found, wanted), on_day(reads, day), number_of, limit)


def _filter(reads: Reads, day: date, filters: Filters) -> list[tuple[int, str | None]]:
    """Return callable contacts that pass the filters, with their last day in the log. Never comes before long ago."""
    where = f"WHERE {_ELIGIBLE}"
    parameters: list[object] = [day.isoformat()]
    if filters.never_called:
        where += " AND last.day IS NULL"
    if filters.not_since is not None:
        where += " AND (last.day IS NULL OR last.day < ?)"
        parameters.append(filters.not_since.isoformat())
    for column, wanted in (("source", filters.source), ("kind", filters.kind)):
        if wanted:
            where += f" AND contact.{column} = ? COLLATE NOCASE"
            parameters.append(wanted)
    if filters.city:
        where += " AND (contact.city = ? COLLATE NOCASE OR company.city = ? COLLATE NOCASE)"
        parameters += [filters.city] * 2
    return reads.execute(
        "SELECT contact.id, last.day FROM contact LEFT JOIN (SELECT contact_id, max(day) AS day FROM activity"
        " WHERE contact_id IS NOT NULL AND kind <> 'stop' GROUP BY contact_id) AS last ON last.contact_id = contact.id"
        f" LEFT JOIN company ON company.id = contact.company_id {where}"
        " ORDER BY last.day IS NOT NULL, last.day, contact.id",
        parameters,
    ).fetchall()


def due_contacts(reads: Reads, day: date) -> dict[int, tuple[Why, str | None]]:
    """Return contacts with a callback, promise or customer-care step due by a day, in this order and then by time, with
    the time of day where it is due on the day itself.
    """
    renewals, after_sales = (*OURS, *THEIRS, Care.SECOND_TOUCH), (Care.FOLLOW_UP, Care.REFERRAL)
    task = "SELECT contact_id, due FROM task INDEXED BY task_open WHERE state = 'open'"
    queries: tuple[tuple[Why, str, tuple[str, ...]], ...] = (
        (Why.CALLBACK, f"{task} AND kind = 'callback'", ()),
        (Why.PROMISE, "SELECT contact_id, due FROM promise WHERE state = 'open'", ()),
        (Why.RENEWAL, f"{task} AND care IN ({marks(renewals)})", renewals),
        (Why.FOLLOW_UP, f"{task} AND care IN ({marks(after_sales)})", after_sales),
    )
    found: dict[int, tuple[Why, str | None]] = {}
    until = (day + timedelta(days=1)).isoformat()
    for why, query, cares in queries:
        rows = reads.execute(f"{query} AND due < ? AND contact_id IS NOT NULL ORDER BY due", (*cares, until))
        for key, when in rows:
            hour = when[11:] if when[:10] == day.isoformat() else ""
            found.setdefault(key, (why, hour or None))
    return found


def _later_callbacks(reads: Reads, day: date) -> set[int]:
    """Return contacts who asked to be called back on a later day."""
    rows = reads.execute(
        "SELECT contact_id FROM task INDEXED BY task_open WHERE state = 'open' AND kind = 'callback' AND due >= ?"
        " AND contact_id IS NOT NULL",
        ((day + timedelta(days=1)).isoformat(),),
    )
    return {key for (key,) in rows}


def unreached_tries(reads: Reads, contact_ids: Sequence[int] | None = None) -> dict[int, tuple[int, date]]:
    """Return each contact's number of unreached calls since last reached, and the day of the latest. Contacts reached
    on the last try, or never tried, are left out.
    """
    found: dict[int, tuple[int, date]] = {}
    parts: Iterable[Sequence[int]] = [()] if contact_ids is None else _parts(contact_ids)
    for some in parts:
        which = "activity.contact_id IS NOT NULL" if contact_ids is None else f"activity.contact_id IN ({marks(some)})"
        rows = reads.execute(
            "SELECT activity.contact_id, sum(count), max(day) FROM activity LEFT JOIN"
            f" (SELECT contact_id, max(at) AS at FROM activity WHERE {which} AND kind <> 'stop'"
            f" AND NOT ({_MISSED} AND outcome IS NOT NULL) GROUP BY contact_id) AS met"
            f" ON met.contact_id = activity.contact_id WHERE {which} AND {_MISSED}"
            " AND (met.at IS NULL OR activity.at > met.at) GROUP BY activity.contact_id",
            (*some, *some),
        )
        found |= {key: (int(tries), date.fromisoformat(last)) for key, tries, last in rows}
    return found


def _at_hour(reads: Reads, ids: Sequence[int], hour: int) -> list[int]:
    """Return those of some contacts who were reached at an hour before, then those not yet tried at it."""
    rows = reads.execute(
        f"SELECT contact_id, max(coalesce(outcome IN ({_SPOKEN}), 0)) FROM activity"
        " WHERE kind = 'dial' AND substr(local_time, 1, 3) = ? GROUP BY contact_id",
        (f"{hour:02}:",),
    )
    tried = dict(rows.fetchall())
    return [key for key in ids if tried.get(key, 1)]


def _filter_by_tag(reads: Reads, ids: Sequence[int], tag: str) -> Iterator[int]:
    """Yield those of some contacts that carry a tag, read lazily."""
    wanted = tag.casefold()
    for some in _parts(ids):
        known = {contact.id: contact for contact in people.load(reads, some)}
        yield from (key for key in some if wanted in (tag.casefold() for tag in known[key].tags))


def built_on(reads: Reads, day: date) -> bool:
    """Whether anything was added to a list on a day."""
    row = reads.execute("SELECT 1 FROM list_entry WHERE built_on = ? LIMIT 1", (day.isoformat(),)).fetchone()
    return row is not None
