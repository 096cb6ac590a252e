"""A calling session in plain SQL: whom to call, what is known about them, and each outcome in one transaction.

An outcome writes the log row, its consequences (a callback, a meeting, a wrong number) and the session's position, all
in one change. The next prospect is read beforehand, so that they appear at once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from planner.domain.calls.calling_list import UNREACHED
from planner.domain.calls.session import CallTimer, Sprint, Tally
from planner.domain.day.activity import REAL, SPOKEN, label
from planner.store import follow_ups, today_queries
from planner.store.day import meetings
from planner.store.recorder import Recorder


@dataclass(frozen=True, slots=True)
class State:
    """The row of `call_state`: the session, who is on the line or next, the clocks, and the note so far."""

    day: str = ""
    seen: int = 0
    session_id: int | None = None
    sprint_id: int | None = None
    contact_id: int | None = None
    standing: CallTimer = field(default_factory=CallTimer)
    note: str = ""
    skipped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Phone:
    """A contact's number. `wrong` means that nobody of that name was reached there."""

    value: str
    label: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """A row of a contact's log: its day, kind, outcome and note."""

    day: date
    kind: str
    outcome: str | None
    note: str
    backdated: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What is known about a prospect. `callback` is the open callback's id and due time, `tries` the unreached calls
    since they were last reached, `stage` that of their furthest open deal, `sold` the day of the last deal won, `care`
    the next customer-care step and when it is due, `supplier_until` the end of their supplier's contract, `asked` their
    unanswered requests, `meeting` and `place` those of the next meeting without an outcome, `zone` their IANA time
    zone, empty for the rep's own.
    """

    id: int
    name: str
    company: str
    role: str
    decides: bool
    kind: str
    need: str
    supplier: str
    weak: str
    city: str
    source: str
    notes: str
    tags: tuple[str, ...]
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    past: tuple[Past, ...]
    tries: int
    spoken: bool
    callback: tuple[int, str] | None
    promises: tuple[tuple[str, str], ...]
    stage: str
    deal: str
    sold: date | None
    care: str = ""
    care_due: str = ""
    supplier_until: str = ""
    do_not_call: bool = False
    asked: str = ""
    meeting: str = ""
    place: str = ""
    zone: str = ""

    @property
    def first(self) -> bool:
        """Whether nobody has spoken to them yet."""
        return not self.spoken and self.sold is None

    @property
    def phone(self) -> Phone | None:
        """The number to dial first."""
        return next((phone for phone in self.phones if not phone.wrong), None)


_STAGES = ("talk", "meeting", "proposal", "closing")


def state(connection: sqlite3.Connection) -> State:
    """Return the session's position."""
    row = connection.execute(
        "SELECT day, seen, session_id, sprint_id, contact_id, began, ended, gap_from, paused_at, note, skipped"
        " FROM call_state WHERE id = 1"
    ).fetchone()
    if row is None:
        return State()
    day, seen, session_id, sprint_id, contact_id, *clocks, note, skipped = row
    return State(day, seen, session_id, sprint_id, contact_id, CallTimer(*clocks), note, tuple(json.loads(skipped)))


def keep(connection: sqlite3.Connection, found: State) -> None:
    """Store the session's position, in the caller's transaction or in its own."""
    clocks = found.standing
    connection.execute(
        "INSERT OR REPLACE INTO call_state (id, day, seen, session_id, sprint_id, contact_id, began, ended, gap_from,"
        " paused_at, note, skipped) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            found.day,
            found.seen,
            found.session_id,
            found.sprint_id,
            found.contact_id,
            clocks.began,
            clocks.ended,
            clocks.gap_from,
            clocks.paused_at,
            found.note,
            json.dumps(list(found.skipped)),
        ),
    )


def begin(connection: sqlite3.Connection, day: date, at: int, kind: str = "session") -> int:
    """Begin a session or a sprint and return its id."""
    row_id = connection.execute(
        "INSERT INTO call_session (kind, day, started_at) VALUES (?, ?, ?)", (kind, day.isoformat(), at)
    ).lastrowid
    assert row_id is not None
    return row_id


def end(connection: sqlite3.Connection, session_id: int, at: int, calls: int) -> None:
    """End a session or a sprint."""
    connection.execute("UPDATE call_session SET ended_at = ?, calls = ? WHERE id = ?", (at, calls, session_id))


def add_pause(connection: sqlite3.Connection, session_id: int, seconds: int) -> None:
    """Add a finished pause to a session."""
    connection.execute("UPDATE call_session SET paused = paused + ? WHERE id = ?", (seconds, session_id))


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A stored session: its start, its end (None while it runs) and its pause time in seconds."""

    id: int
    day: date
    started: int
    ended: int | None
    paused: int


def session(connection: sqlite3.Connection, session_id: int) -> SessionRow | None:
    """Return one session, or None."""
    row = connection.execute(
        "SELECT id, day, started_at, ended_at, paused FROM call_session WHERE id = ?", (session_id,)
    ).fetchone()
    return None if row is None else SessionRow(row[0], date.fromisoformat(row[1]), *row[2:])


# a session's rows are found by day, since an own index would mean writing one more page with each call
_OF = "activity.day = (SELECT day FROM call_session WHERE id = :session) AND session_id = :session"


def tally(connection: sqlite3.Connection, session_id: int) -> Tally:
    """Return what the log says about a session."""
    row = connection.execute(
        f"SELECT count(*), coalesce(sum(seconds), 0), count(gap), coalesce(sum(gap), 0) FROM activity WHERE {_OF}",
        {"session": session_id},
    ).fetchone()
    return Tally(*row)


def calls_since(connection: sqlite3.Connection, session_id: int, at: int) -> int:
    """Return how many calls of a session began since an instant."""
    row = connection.execute(
        f"SELECT count(*) FROM activity WHERE {_OF} AND at >= :at", {"session": session_id, "at": at}
    ).fetchone()
    return int(row[0])


def last_end(connection: sqlite3.Connection, session_id: int) -> int | None:
    """Return when the last call of a session ended."""
    row = connection.execute(
        f"SELECT max(at + coalesce(seconds, 0)) FROM activity WHERE {_OF}", {"session": session_id}
    ).fetchone()
    return None if row[0] is None else int(row[0])


def sprints(connection: sqlite3.Connection) -> list[Sprint]:
    """Return the finished sprints."""
    rows = connection.execute(
        "SELECT day, calls, ended_at - started_at FROM call_session WHERE kind = 'sprint' AND ended_at IS NOT NULL"
        " AND calls > 0 ORDER BY id"
    )
    return [Sprint(*row) for row in rows]


def number_of_day(connection: sqlite3.Connection, session_id: int, day: date) -> int:
    """Return a session's number within its day, from 1."""
    return int(
        connection.execute(
            "SELECT count(*) FROM call_session WHERE day = ? AND kind = 'session' AND id <= ?",
            (day.isoformat(), session_id),
        ).fetchone()[0]
    )


def sessions_of_day(connection: sqlite3.Connection, day: date) -> int:
    """Return how many sessions a day has had."""
    row = connection.execute(
        "SELECT count(*) FROM call_session WHERE day = ? AND kind = 'session'", (day.isoformat(),)
    ).fetchone()
    return int(row[0])


# whom to call


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact with an open callback, due as ISO with or without a time."""

    contact_id: int
    task_id: int
    due: str


def callbacks(connection: sqlite3.Connection, day: date) -> list[Waiting]:
    """Return the open callbacks due by a day, by time, without do-not-call contacts."""
    rows = connection.execute(
        "SELECT contact_id, id, due FROM task WHERE state = 'open' AND kind = 'callback' AND contact_id IS NOT NULL"
        " AND due < ? AND EXISTS (SELECT 1 FROM contact_way WHERE contact_way.contact_id = task.contact_id"
        " AND contact_way.kind = 'phone' AND wrong = 0)"
        " AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = task.contact_id AND do_not_call = 1)"
        " ORDER BY due, id",
        ((day + timedelta(days=1)).isoformat(),),
    )
    return [Waiting(*row) for row in rows]


def listed(connection: sqlite3.Connection, day: date, hour: int) -> list[int]:
    """Return the contacts on a day's list still to be called, in order, with those whose last unanswered try was at
    this same hour at the end.
    """
    unreached = ", ".join(f"'{outcome}'" for outcome in UNREACHED)
    rows = connection.execute(
        "SELECT list_entry.contact_id, (SELECT outcome IN (" + unreached + ") AND substr(local_time, 1, 2) = ?"
        " FROM activity INDEXED BY activity_contact WHERE activity.contact_id = list_entry.contact_id"
        " AND kind = 'dial' AND list_entry.reason = '' ORDER BY activity.day DESC, activity.id DESC LIMIT 1)"
        " AS same_hour FROM list_entry"
        " WHERE day = ? AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.contact_id = list_entry.contact_id"
        " AND activity.day = list_entry.day AND at >= coalesce(asked_at, 0) AND kind <> 'stop')"
        " AND EXISTS (SELECT 1 FROM contact_way WHERE contact_way.contact_id = list_entry.contact_id"
        " AND contact_way.kind = 'phone' AND wrong = 0)"
        " AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = list_entry.contact_id AND do_not_call = 1)"
        " ORDER BY coalesce(same_hour, 0), position",
        (f"{hour:02}", day.isoformat()),
    )
    return [row[0] for row in rows]


def card(connection: sqlite3.Connection, contact_id: int) -> Card | None:
    """Return what is known about a contact, or None when it is gone."""
    meeting = next(iter(meetings.open_with(connection, contact_id)), None)
    execute = connection.execute
    row = execute(
        "SELECT contact.id, contact.name, coalesce(company.name, ''), role, decides, kind, need, supplier,"
        " supplier_weak, coalesce(nullif(contact.city, ''), company.city, ''), source, contact.notes, tags,"
        " coalesce(supplier_until, ''), contact.zone, do_not_call"
        " FROM contact LEFT JOIN company ON company.id = company_id WHERE contact.id = ?",
        (contact_id,),
    ).fetchone()
    if row is None:
        return None
    ways = execute(
        "SELECT kind, value, label, wrong FROM contact_way WHERE contact_id = ? ORDER BY wrong, position", (contact_id,)
    ).fetchall()
    log = execute(
        "SELECT day, kind, outcome, coalesce(note, ''), at, logged_at, coalesce(seconds, 0) FROM activity"
        " WHERE contact_id = ? AND kind <> 'stop' ORDER BY day DESC, id DESC LIMIT 60",
        (contact_id,),
    ).fetchall()
    tries = 0
    for each in log:
        if each[1] == "dial" and each[2] in UNREACHED:
            tries += 1
        elif each[1] in ("dial", "conversation", "meeting-held"):
            break
    spoken = any(each[2] in SPOKEN or each[1] not in ("dial", "email") for each in log)
    open_callback = execute(
        "SELECT id, due FROM task WHERE contact_id = ? AND state = 'open' AND task.kind = 'callback'"
        " ORDER BY due LIMIT 1",
        (contact_id,),
    ).fetchone()
    cared = execute(
        "SELECT care, due FROM task WHERE contact_id = ? AND state = 'open' AND care <> '' AND due IS NOT NULL"
        " ORDER BY care = 'referral', due LIMIT 1",  # a referral request comes after what they have bought
        (contact_id,),
    ).fetchone() or ("", "")
    promised = execute(
        "SELECT due, text FROM promise WHERE contact_id = ? AND state = 'open' ORDER BY due LIMIT 3", (contact_id,)
    ).fetchall()
    deals = execute(
        "SELECT stage, title, closed FROM deal WHERE contact_id = ? AND stage <> 'lost' ORDER BY id", (contact_id,)
    ).fetchall()
    going = max(
        (deal for deal in deals if deal[0] in _STAGES), key=lambda deal: _STAGES.index(deal[0]), default=("", "", None)
    )
    (asked,) = execute(
        "SELECT (SELECT reason FROM list_entry WHERE contact_id = ? AND reason <> '' AND NOT EXISTS"
        " (SELECT 1 FROM activity WHERE activity.contact_id = list_entry.contact_id AND at >= asked_at"
        f" AND {REAL}) ORDER BY day DESC LIMIT 1)",
        (contact_id,),
    ).fetchone()
    won = max((deal[2] for deal in deals if deal[0] == "won" and deal[2]), default=None)
    return Card(
        id=row[0],
        name=row[1],
        company=row[2],
        role=row[3],
        decides=bool(row[4]),
        kind=row[5],
        need=row[6],
        supplier=row[7],
        weak=row[8],
        city=row[9],
        source=row[10],
        notes=row[11],
        tags=tuple(str(tag) for tag in json.loads(row[12])),
        phones=tuple(Phone(way[1], way[2], bool(way[3])) for way in ways if way[0] == "phone"),
        emails=tuple(way[1] for way in ways if way[0] == "email"),
        past=tuple(Past(date.fromisoformat(each[0]), each[1], each[2], each[3]) for each in log[:3]),
        tries=tries,
        spoken=spoken,
        callback=None if open_callback is None or open_callback[1] is None else tuple(open_callback),
        promises=tuple((each[0], each[1]) for each in promised),
        stage=going[0],
        deal=going[1],
        sold=None if won is None else date.fromisoformat(won),
        care=cared[0],
        care_due=cared[1],
        supplier_until=row[13],
        do_not_call=bool(row[15]),
        asked=asked or "",
        meeting="" if meeting is None else f"{meeting.start:%Y-%m-%dT%H:%M}",
        place="" if meeting is None else meeting.place,
        zone=row[14],
    )


# what an outcome writes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended and what follows. Instants are seconds since 1970 UTC.

    `due` and `place` belong to a callback or meeting, `again` is when a due callback that wasn't reached comes up next,
    `number` is the one dialled, and `proposal` says that one was promised.
    """

    outcome: str
    contact_id: int
    name: str
    began: datetime
    seconds: int
    gap: int | None
    day: date
    today: date
    now: int
    note: str = ""
    reason: str = ""
    number: str = ""
    due: str | None = None
    minutes: int = 60
    place: str = ""
    again: str | None = None
    proposal: str | None = None
    proposal_title: str = ""


def write(connection: sqlite3.Connection, wanted: Outcome, after: State) -> int:
    """Write a call, its consequences and the session's position after it. Returns the log row's id."""
    spoken = wanted.outcome in SPOKEN
    name = label("dial", wanted.outcome, 1, wanted.name)
    with Recorder(connection, wanted.now, name, wanted.today) as change:
        row_id = change.insert(
            "activity",
            at=int(wanted.began.timestamp()),
            day=wanted.day.isoformat(),
            local_time=f"{wanted.began:%H:%M:%S}",
            kind="dial",
            outcome=wanted.outcome,
            count=1,
            contact_id=wanted.contact_id,
            reason=wanted.reason or None,
            note=wanted.note or None,
            logged_at=wanted.now,
            session_id=after.session_id,
            seconds=wanted.seconds,
            gap=wanted.gap,
        )
        if today_queries.settles("dial", wanted.outcome):
            today_queries.settle_callbacks(change, wanted.contact_id, wanted.today, datetime.fromtimestamp(wanted.now))
        elif wanted.again is not None:
            _call_again(change, wanted)
        if wanted.outcome == "callback" and wanted.due:
            _follow_up(change, wanted, f"callback {wanted.name}", wanted.due, kind="callback")
        if wanted.outcome == "meeting" and wanted.due:
            meetings.put(
                change, wanted.contact_id, wanted.name, wanted.due, wanted.minutes, wanted.place, wanted.now, row_id
            )
        if wanted.proposal is not None:
            _follow_up(change, wanted, wanted.proposal_title, wanted.proposal or None, priority="A")
        if wanted.outcome == today_queries.WRONG:
            today_queries.mark_wrong(change, wanted.contact_id, wanted.number or None)
        worked = None
        if spoken:
            worked = int(wanted.outcome in ("callback", "meeting") or wanted.proposal is not None)
        for heard in connection.execute(
            "SELECT id FROM heard WHERE contact_id = ? AND worked IS NULL", (wanted.contact_id,)
        ).fetchall():
            # no next step doesn't mean the answer failed, but it led nowhere
            change.update("heard", heard[0], worked=worked or 0, activity_id=row_id)
        keep(connection, after)
    return row_id


def _call_again(change: Recorder, wanted: Outcome) -> None:
    """Reschedule the callback of a contact who wasn't reached."""
    for (task_id,) in change.execute(
        "SELECT id FROM task WHERE contact_id = ? AND kind = 'callback' AND state = 'open' AND due < ?",
        (wanted.contact_id, (wanted.today + timedelta(days=1)).isoformat()),
    ).fetchall():
        change.update("task", task_id, due=wanted.again)


def _follow_up(
    change: Recorder, wanted: Outcome, title: str, due: str | None, *, kind: str = "own", priority: str | None = None
) -> None:
    follow_ups.task(
        change,
        title,
        today=wanted.today,
        now=wanted.now,
        due=due,
        kind=kind,
        priority=priority,
        contact_id=wanted.contact_id,
    )


def put_off(connection: sqlite3.Connection, task_id: int, due: str, now: int, name: str, after: State) -> None:
    """Postpone a callback, as a change, with the session's position after it."""
    with Recorder(connection, now, f"callback {name} put off") as change:
        change.confirm("task", task_id, due=due)
        keep(connection, after)


def set_need(connection: sqlite3.Connection, contact_id: int, need: str, now: int, name: str) -> None:
    """Set a contact's need."""
    with Recorder(connection, now, f"need {need}: {name}") as change:
        change.confirm("contact", contact_id, need=need)


def set_kind(connection: sqlite3.Connection, contact_id: int, kind: str, now: int, name: str) -> None:
    """Set a contact's kind of customer."""
    with Recorder(connection, now, f"{kind or 'no kind'}: {name}") as change:
        change.confirm("contact", contact_id, kind=kind)


def set_do_not_call(connection: sqlite3.Connection, contact_id: int, do_not_call: bool, now: int, day: date) -> None:
    """Set whether a contact asked not to be called, which takes them off the lists from `day` on."""
    (name,) = connection.execute("SELECT name FROM contact WHERE id = ?", (contact_id,)).fetchone()
    with Recorder(connection, now, f"{'do not call' if do_not_call else 'may be called'}: {name}") as change:
        change.confirm("contact", contact_id, do_not_call=int(do_not_call))
        if do_not_call:
            follow_ups.take_off(change, contact_id, day)


@dataclass(frozen=True, slots=True)
class Undone:
    """A call taken back by an undo: whose it was, its note, start, seconds and preceding gap."""

    contact_id: int
    note: str
    at: int
    seconds: int
    gap: int | None


def last_call_of_change(connection: sqlite3.Connection) -> Undone | None:
    """Return the session call that the newest change logged, or None."""
    row = connection.execute(
        "SELECT activity.contact_id, coalesce(activity.note, ''), at, coalesce(seconds, 0), gap FROM change_row"
        " JOIN activity ON activity.id = row_id"
        " WHERE change_row.change_id = (SELECT max(id) FROM change WHERE undone = 0) AND tbl = 'activity'"
        " AND image IS NULL AND activity.session_id IS NOT NULL AND activity.contact_id IS NOT NULL LIMIT 1"
    ).fetchone()
    return None if row is None else Undone(*row)


# after the call


def check(
    connection: sqlite3.Connection, activity_id: int, day: date, now: int, name: str, answer: str, yes: bool
) -> int:
    """Record the first answer to the questions after a call, as a change. The others are added to its row."""
    with Recorder(connection, now, f"check after the call: {name}") as change:
        return change.insert("call_check", activity_id=activity_id, day=day.isoformat(), why="", **{answer: int(yes)})


def add_to_check(connection: sqlite3.Connection, check_id: int, **values: object) -> None:
    """Add an answer to an existing check, to be undone along with it."""
    sets = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE call_check SET {sets} WHERE id = ?", (*values.values(), check_id))


# insight


def by_hour(connection: sqlite3.Connection, since: date, until: date | None = None) -> list[tuple[int, int, int, int]]:
    """Return (weekday, hour, dials, spoken) for calls and conversations between two days. Monday is 0."""
    spoken = ", ".join(f"'{outcome}'" for outcome in SPOKEN)
    return connection.execute(
        "SELECT (strftime('%w', day) + 6) % 7, CAST(substr(local_time, 1, 2) AS INTEGER), sum(count),"
        f" sum(CASE WHEN outcome IN ({spoken}) THEN count ELSE 0 END) FROM activity"
        # bulk-counted calls say nothing about hours, nor do those without an outcome
        " WHERE kind = 'dial' AND outcome IS NOT NULL AND count = 1 AND day BETWEEN ? AND ? GROUP BY 1, 2",
        (since.isoformat(), "9999" if until is None else until.isoformat()),
    ).fetchall()


def sessions(connection: sqlite3.Connection, limit: int) -> list[tuple[SessionRow, Tally, int]]:
    """Return the newest sessions, each with its log tally and how many contacts were spoken to."""
    spoken = ", ".join(f"'{outcome}'" for outcome in SPOKEN)
    rows = connection.execute(
        "SELECT call_session.id, call_session.day, started_at, ended_at, paused, count(activity.id),"
        " coalesce(sum(seconds), 0), count(gap), coalesce(sum(gap), 0),"
        f" coalesce(sum(outcome IN ({spoken})), 0), max(at + coalesce(seconds, 0))"
        " FROM call_session LEFT JOIN activity ON activity.day = call_session.day AND session_id = call_session.id"
        " WHERE call_session.kind = 'session' GROUP BY call_session.id ORDER BY call_session.id DESC LIMIT ?",
        (limit,),
    )
    return [
        (SessionRow(row[0], date.fromisoformat(row[1]), row[2], row[3] or row[10], row[4]), Tally(*row[5:9]), row[9])
        for row in rows
    ]


def without(found: State, contact_ids: Iterable[int]) -> State:
    """Return the state with some contacts no longer moved to the end."""
    gone = set(contact_ids)
    return replace(found, skipped=tuple(key for key in found.skipped if key not in gone))


def in_order(waiting: Sequence[Waiting], listed_ids: Sequence[int], found: State, now: str) -> list[int]:
    """Return whom to call, in order: callbacks whose time has come, the list, then skipped contacts. Contacts with a
    callback later today aren't called before it.
    """
    first = list(dict.fromkeys(each.contact_id for each in waiting if each.due[: len(now)] <= now))
    elsewhere = {each.contact_id for each in waiting}  # first, or later today
    rest = [key for key in listed_ids if key not in elsewhere] if elsewhere else list(listed_ids)
    if found.skipped:
        skipped = [key for key in found.skipped if key in rest]
        rest = [key for key in rest if key not in skipped] + skipped
    return first + rest
