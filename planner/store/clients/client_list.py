"""Queries of the client list in plain SQL, filtering fifty thousand clients and reading them a page at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from planner.domain.clients.client_filter import ClientFilter, ClientLine, Wish
from planner.domain.clients.contact_cadence import Touch, Zone, rhythm_of, touch_of
from planner.domain.day.activity import REAL
from planner.store import search

if TYPE_CHECKING:
    from planner.store.recorder import Reads

Condition = tuple[str, list[object]]

_LATE = " AND (due < ? OR (length(due) > 10 AND due < ?))"
MOST_FOUND = 100_000


def _exists_sql(table: str, more: str = "") -> str:
    """Return SQL for whether a contact has a row in a table."""
    return f"EXISTS (SELECT 1 FROM {table} WHERE contact_id = contact.id{more})"


_STEP = (_exists_sql("task", " AND state = 'open'"), _exists_sql("promise", " AND state = 'open'"))
_CLIENT = f"({_exists_sql('deal', ' AND stage <> ' + repr('lost'))} OR {_exists_sql('activity', f' AND {REAL}')})"
_REFERRER = "EXISTS (SELECT 1 FROM contact AS other WHERE other.referrer_id = contact.id)"
_STATES: Mapping[tuple[str, str], str] = {
    ("is", "client"): _CLIENT,
    ("is", "customer"): _exists_sql("deal", " AND stage = 'won'"),
    ("is", "prospect"): f"NOT {_CLIENT}",
    ("is", "referrer"): _REFERRER,
    ("is", "supporter"): _REFERRER,  # what it was called
    ("step", "any"): f"({_STEP[0]} OR {_STEP[1]})",
    ("step", "none"): f"NOT ({_STEP[0]} OR {_STEP[1]})",
    ("deal", "open"): _exists_sql("deal", " AND stage NOT IN ('won', 'lost')"),
    ("deal", "won"): _exists_sql("deal", " AND stage = 'won'"),
    ("deal", "lost"): _exists_sql("deal", " AND stage = 'lost'"),
    ("deal", "none"): f"NOT {_exists_sql('deal')}",
    ("promise", "open"): _STEP[1],
    ("complaint", "open"): _exists_sql("complaint", " AND state <> 'checked'"),
    ("complaint", "any"): _exists_sql("complaint"),
    ("decides", "yes"): "contact.decides = 1",
    ("decides", "no"): "contact.decides = 0",
    ("call", "yes"): "contact.do_not_call = 0",
    ("call", "no"): "contact.do_not_call = 1",
    ("consent", "yes"): "contact.consent = 'yes'",
    ("consent", "no"): "contact.consent = 'no'",
    ("consent", "unknown"): "contact.consent = ''",
}
_TEXTS: Mapping[str, str] = {
    "city": "coalesce(nullif(contact.city, ''), company.city, '')",
    "source": "contact.source",
    "supplier": "contact.supplier",
    "company": "coalesce(company.name, '')",
}


def _condition(wish: Wish, today: date, now: datetime) -> Condition:
    """Return a filter term as SQL over a row of `contact`, with its parameters."""
    key, value = wish.key, wish.value
    if (key, value) in _STATES:
        return _STATES[key, value], []
    if key in _TEXTS:
        return f"instr(fold({_TEXTS[key]}), fold(?)) > 0", [value]
    if key == "tag":
        return "EXISTS (SELECT 1 FROM json_each(contact.tags) WHERE fold(value) = fold(?))", [value]
    if key in ("kind", "tier", "need"):
        return f"contact.{key} = ?", [value]
    late: list[object] = [today.isoformat(), now.isoformat(timespec="minutes")]
    open_late = f" AND state = 'open'{_LATE}"
    if key == "promise":
        return _exists_sql("promise", open_late), late
    if key == "step":
        return f"({_exists_sql('task', open_late)} OR {_exists_sql('promise', open_late)})", late * 2
    assert key == "contract", key
    span: list[object] = [today.isoformat(), (today + timedelta(days=int(value))).isoformat()]
    ends = _exists_sql("deal", " AND stage = 'won' AND runs_until(contract_end, term_months, ?) BETWEEN ? AND ?")
    return f"(contact.supplier_until BETWEEN ? AND ? OR {ends})", [*span, today.isoformat(), *span]


def _runs_until(end: str | None, months: int | None, today: str) -> str | None:
    if end is None or months is None or end >= today:
        return end
    from planner.domain.clients.care import runs_until  # calendar arithmetic, only needed for recurring deals

    return runs_until(date.fromisoformat(end), months, date.fromisoformat(today)).isoformat()


def find(
    connection: sqlite3.Connection, wanted: ClientFilter, today: date, now: datetime, rhythms: Mapping[str, int]
) -> list[int]:
    """Return the ids of the clients that pass a filter, by name, or by relevance if it has a text."""
    connection.create_function("fold", 1, lambda text: str(text).casefold(), deterministic=True)
    connection.create_function("runs_until", 3, _runs_until, deterministic=True)
    conditions: list[str] = []
    values: list[object] = []
    touch: list[Wish] = []
    for wish in wanted.wishes:
        if wish.key == "touch":
            touch.append(wish)
            continue
        condition, marks = _condition(wish, today, now)
        conditions.append(f"NOT coalesce({condition}, 0)" if wish.without else condition)
        values += marks
    order: dict[int, int] | None = None
    if wanted.text:
        found = search.contacts(connection, wanted.text, MOST_FOUND)
        order = {contact_id: place for place, contact_id in enumerate(found)}
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    if not conditions and order is not None:
        ids = list(order)
    else:
        rows = connection.execute(
            f"SELECT contact.id FROM contact LEFT JOIN company ON company.id = company_id{where}"
            " ORDER BY contact.name COLLATE NOCASE, contact.id",
            values,
        )
        ids = [row[0] for row in rows if order is None or row[0] in order]
        if order is not None:
            ids.sort(key=order.__getitem__)
    return _filter_by_touch(connection, ids, touch, today, rhythms) if touch else ids


def _filter_by_touch(
    connection: Reads, ids: list[int], wishes: Sequence[Wish], today: date, rhythms: Mapping[str, int]
) -> list[int]:
    """Return those of some contacts whose touch is in the wanted zones."""
    zones = {"due": {Zone.YELLOW, Zone.RED}, "yellow": {Zone.YELLOW}, "red": {Zone.RED}}
    found = touches(connection, today, rhythms)
    for wish in wishes:
        inside = zones[wish.value]
        ids = [key for key in ids if (key in found and found[key].zone in inside) is not wish.without]
    return ids


def touches(connection: Reads, today: date, rhythms: Mapping[str, int]) -> dict[int, Touch]:
    """Return the touch status of everybody who has a rhythm."""
    rows = connection.execute(
        "SELECT id, rhythm, tier, tags, date(created_at, 'unixepoch', 'localtime') FROM contact"
        " WHERE rhythm IS NOT NULL OR tier <> '' OR tags <> '[]'"
    ).fetchall()
    found: dict[int, Touch] = {}
    for contact_id, rhythm, tier, tags, since in rows:
        days = rhythm_of(rhythm, tier, json.loads(tags), rhythms)
        if days is None:
            continue
        touch = touch_of(days, last_real(connection, contact_id), date.fromisoformat(since), today)
        if touch is not None:
            found[contact_id] = touch
    return found


def last_real(connection: Reads, contact_id: int) -> date | None:
    """Return the day of the last real contact with somebody."""
    row = connection.execute(
        f"SELECT day FROM activity WHERE contact_id = ? AND {REAL} ORDER BY day DESC LIMIT 1", (contact_id,)
    ).fetchone()
    return None if row is None else date.fromisoformat(row[0])


def created_on(connection: Reads, contact_id: int) -> date:
    """Return the day a contact was added to the database."""
    row = connection.execute(
        "SELECT date(created_at, 'unixepoch', 'localtime') FROM contact WHERE id = ?", (contact_id,)
    ).fetchone()
    return date.fromisoformat(row[0])


def page(
    connection: sqlite3.Connection, ids: Sequence[int], today: date, rhythms: Mapping[str, int]
) -> list[ClientLine]:
    """Return the lines of some clients in the order of `ids`, without those that are gone."""
    found = {}
    for contact_id in ids:
        line = _line(connection, contact_id, today, rhythms)
        if line is not None:
            found[contact_id] = line
    return [found[contact_id] for contact_id in ids if contact_id in found]


def _line(
    connection: sqlite3.Connection, contact_id: int, today: date, rhythms: Mapping[str, int]
) -> ClientLine | None:
    row = connection.execute(
        "SELECT contact.name, coalesce(company.name, ''), role, coalesce(nullif(contact.city, ''), company.city, ''),"
        " tier, decides, do_not_call, rhythm, tags, date(contact.created_at, 'unixepoch', 'localtime') FROM contact"
        " LEFT JOIN company ON company.id = company_id WHERE contact.id = ?",
        (contact_id,),
    ).fetchone()
    if row is None:
        return None
    name, company, role, city, tier, decides, do_not_call, rhythm, tags, since = row
    steps = connection.execute(
        "SELECT title, coalesce(due, '') FROM task WHERE contact_id = ? AND state = 'open' UNION ALL"
        " SELECT text, due FROM promise WHERE contact_id = ? AND state = 'open'",
        (contact_id, contact_id),
    ).fetchall()
    first = min(steps, key=lambda pair: pair[1] or "~", default=("", ""))
    open_complaints = connection.execute(
        "SELECT count(*) FROM complaint WHERE contact_id = ? AND state <> 'checked'", (contact_id,)
    ).fetchone()[0]
    last = last_real(connection, contact_id)
    days = rhythm_of(rhythm, tier, json.loads(tags), rhythms)
    touch = touch_of(days, last, date.fromisoformat(since), today)
    return ClientLine(
        contact_id, name, company, role, city, tier, bool(decides), first[0], first[1],
        None if touch is None else touch.zone, last, open_complaints, bool(do_not_call),
    )  # fmt: skip


def saved_filters(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the rep's saved filters by name, as name and text."""
    return [(name, words) for name, words in connection.execute("SELECT name, words FROM saved_filter ORDER BY name")]


def filter_id(connection: sqlite3.Connection, name: str) -> int:
    """Return the id of a saved filter."""
    return int(connection.execute("SELECT id FROM saved_filter WHERE name = ?", (name,)).fetchone()[0])
