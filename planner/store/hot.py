"""The hot path in plain SQL: append to the log, and read today.

Today, `planner log`, `planner status` and `planner today` all go through here, and only they: everything else goes
through the tables. No SQLModel, no dataclasses, no json; `tests/store/test_hot.py` holds it against the tables.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from planner.domain.activity import COUNTS, WORDS, label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

HISTORY_KEPT = 1_000
LIST_LIMIT = 1_000
DAY = timedelta(days=1)
COUNT_COLUMNS = (*COUNTS, "revenue")
ACTIVITY_COLUMNS = (
    "id",
    "at",
    "day",
    "local_time",
    "kind",
    "outcome",
    "count",
    "contact_id",
    "amount",
    "minutes",
    "reason",
    "note",
    "logged_at",
    "deal_id",
    "change_id",
)
ODDS_COUNTS = (
    "dials",
    "conversations",
    "meetings_booked",
    "meetings_held",
    "no_shows",
    "proposals",
    "deals",
    "revenue",
)
_IMAGE = "json_object(" + ", ".join(f"'{name}', {name}" for name in ACTIVITY_COLUMNS) + ")"
_COUNTS_SQL = ", ".join(COUNT_COLUMNS)


class TaskLine:
    """A line of the day's list. `rank` counts from 1; `age_days` is how long it has been waiting."""

    __slots__ = (
        "age_days",
        "contact",
        "done",
        "due",
        "every",
        "goal_id",
        "id",
        "kind",
        "metric",
        "minutes",
        "priority",
        "rank",
        "target",
        "title",
    )

    def __init__(self, row: tuple[object, ...], today: date) -> None:
        (self.id, self.title, self.kind, self.metric, self.due, self.priority, state, since, self.goal_id,
         self.minutes, self.every, self.contact) = row  # fmt: skip
        self.done = state == "done"
        self.rank = 0
        self.target: int | None = None
        self.age_days = max(0, (today - date.fromisoformat(str(since))).days)
        if self.kind == "counter":
            self.age_days = 0


class Due:
    """What falls due today or is overdue: a promise. `at` is ISO, with or without an hour."""

    __slots__ = ("at", "contact", "kind", "text")

    def __init__(self, kind: str, at: str, contact: str | None, text: str) -> None:
        self.kind, self.at, self.contact, self.text = kind, at, contact, text

    def overdue(self, now: datetime) -> bool:
        """Whether its time is over: its minute, or its day."""
        return f"{now:%Y-%m-%dT%H:%M}"[: len(self.at)] > self.at

    def when(self, now: datetime) -> str:
        """Its hour if it is of today, else its day: ``11:30``, ``today``, ``2026-11-13 11:30``."""
        if self.at[:10] == f"{now:%Y-%m-%d}":
            return self.at[11:] or "today"
        return self.at.replace("T", " ")


class Today:
    """A laid day with its live counts. Amounts, weights, working days and asked minutes are hundredths; odds are
    ten-thousandths. `sources` says of each target who asks it, goal or plan, and what the other asks.
    """

    __slots__ = (
        "advice",
        "asked_minutes",
        "available_minutes",
        "blocks",
        "booked",
        "closed_at",
        "counts",
        "currency",
        "day",
        "days_elapsed",
        "days_left",
        "days_total",
        "due",
        "for_whom",
        "forecast",
        "forecast_high",
        "forecast_low",
        "holds",
        "mail_minutes",
        "month_first",
        "month_last",
        "noes",
        "noes_high",
        "noes_low",
        "odds_key",
        "opened_at",
        "p_plan",
        "p_quota",
        "personal_plan",
        "picture",
        "quota",
        "serves",
        "sources",
        "targets",
        "tasks",
        "weight",
        "windows",
        "wish",
    )

    def __init__(self, day: date) -> None:
        self.day = day
        self.weight = 0
        self.month_first = self.month_last = day.isoformat()
        self.days_total = self.days_elapsed = self.days_left = 0
        self.quota: int | None = None
        self.personal_plan: int | None = None
        self.currency: str | None = None
        self.wish: str | None = None
        self.for_whom: str | None = None
        self.picture: str | None = None
        self.serves: str | None = None
        self.mail_minutes = 30
        self.asked_minutes: int | None = None
        self.available_minutes = 0
        self.p_plan: int | None = None
        self.p_quota: int | None = None
        self.forecast: int | None = None
        self.forecast_low: int | None = None
        self.forecast_high: int | None = None
        self.noes: int | None = None
        self.noes_low: int | None = None
        self.noes_high: int | None = None
        self.holds: int | None = None
        self.advice = ""
        self.odds_key = ""
        self.sources: dict[str, tuple[str, int | None]] = {}
        self.opened_at: str | None = None
        self.closed_at: str | None = None
        self.booked = 0
        self.counts: dict[str, int] = dict.fromkeys(COUNT_COLUMNS, 0)
        self.targets: dict[str, tuple[int, int | None]] = {}
        self.blocks: list[tuple[str, str, str]] = []
        self.windows: list[tuple[str, str]] = []
        self.tasks: list[TaskLine] = []
        self.due: list[Due] = []

    def target(self, metric: str) -> int | None:
        """The day's target of a metric; None when nothing asks for it."""
        found = self.targets.get(metric)
        return None if found is None else found[0]

    def odds_are_old(self, *, but_for_calls: bool = False) -> bool:
        """Whether something was counted since the odds were worked out; calls and talks move them least."""
        now, then = odds_key(self.counts), self.odds_key
        if but_for_calls:
            now, then = now.split(",", 2)[-1], then.split(",", 2)[-1]
        return now != then


def read_today(connection: sqlite3.Connection, day: date, key: str) -> Today | None:
    """Today's figures in one read transaction; None when the day isn't laid, or was laid under other settings."""
    text = day.isoformat()
    execute = connection.execute
    execute("BEGIN")
    try:
        laid = execute(
            "SELECT key, weight, month_first, month_last, days_total, days_elapsed, days_left, quota, personal_plan,"
            " currency, wish, for_whom, picture, serves, mail_minutes,"
            " asked_minutes, available_minutes, p_plan, p_quota, forecast, forecast_low, forecast_high,"
            " noes, noes_low, noes_high, holds, advice, odds_key FROM laid_day WHERE day = ?",
            (text,),
        ).fetchone()
        if laid is None or laid[0] != key:
            return None
        today = Today(day)
        (_, today.weight, today.month_first, today.month_last, today.days_total, today.days_elapsed, today.days_left,
         today.quota, today.personal_plan, today.currency, today.wish, today.for_whom, today.picture, today.serves,
         today.mail_minutes, today.asked_minutes, today.available_minutes, today.p_plan, today.p_quota,
         today.forecast, today.forecast_low, today.forecast_high, today.noes, today.noes_low, today.noes_high,
         today.holds, today.advice, today.odds_key) = laid  # fmt: skip
        for metric, target, goal_id, source, other in execute(
            "SELECT metric, target, goal_id, source, other FROM laid_target WHERE day = ?", (text,)
        ):
            today.targets[metric] = (target, goal_id)
            today.sources[metric] = (source, other)
        today.blocks = execute(
            'SELECT start, "end", kind FROM laid_block WHERE day = ? ORDER BY start', (text,)
        ).fetchall()
        today.windows = execute(
            "SELECT opens, closes FROM laid_window WHERE day = ? ORDER BY opens", (text,)
        ).fetchall()
        fill(connection, today)
        return today
    finally:
        execute("ROLLBACK")


def fill(connection: sqlite3.Connection, today: Today) -> None:
    """Read what is live into a laid day: whether it is open, the counts, what is booked, the list."""
    row = connection.execute("SELECT opened_at, closed_at FROM day WHERE day = ?", (today.day.isoformat(),)).fetchone()
    today.opened_at, today.closed_at = row or (None, None)
    read_counts(connection, today)
    today.tasks = _tasks(connection, today.day, today)
    rows = connection.execute(
        "SELECT due, contact.name, promise.text FROM promise LEFT JOIN contact ON contact.id = contact_id"
        " WHERE state = 'open' AND due < ? ORDER BY due, promise.id LIMIT ?",
        ((today.day + DAY).isoformat(), LIST_LIMIT),
    )
    today.due = [Due("promise", *row) for row in rows]


def read_counts(connection: sqlite3.Connection, today: Today) -> None:
    """Bring the live counts of a day that is already read up to date: after an undo, or another program's write."""
    execute = connection.execute
    counts = execute(f"SELECT {_COUNTS_SQL} FROM day_count WHERE day = ?", (today.day.isoformat(),)).fetchone()
    today.counts = dict(zip(COUNT_COLUMNS, counts or (0,) * len(COUNT_COLUMNS), strict=True))
    today.booked = execute(
        "SELECT coalesce(sum(revenue), 0) FROM day_count WHERE day BETWEEN ? AND ?",
        (today.month_first, today.month_last),
    ).fetchone()[0]


def _tasks(connection: sqlite3.Connection, day: date, today: Today) -> list[TaskLine]:
    columns = (
        "task.id, title, task.kind, metric, due, priority, state, since, goal_id, minutes, every, contact.name, rank"
        " FROM task LEFT JOIN contact ON contact.id = contact_id"
    )
    tomorrow = (day + DAY).isoformat()
    rows = connection.execute(
        f"SELECT {columns} WHERE state = 'open' AND (due IS NULL OR due < ?)"
        f" UNION ALL SELECT {columns} WHERE state = 'done' AND done_on = ?"
        " ORDER BY 13, 1 LIMIT ?",
        (tomorrow, day.isoformat(), LIST_LIMIT),
    )
    found: list[TaskLine] = []
    for row in rows:
        line = TaskLine(row[:12], day)
        if line.kind == "counter":
            target, line.goal_id = today.targets.get(str(line.metric), (0, None))
            if not target:
                continue
            line.target = target
            line.title = counter_title(str(line.metric), target)
            line.done = today.counts.get(str(line.metric), 0) >= target
        found.append(line)
    # what is done goes below what is left to do
    found.sort(key=lambda line: line.done)
    for rank, line in enumerate(found, start=1):
        line.rank = rank
    return found


def counter_title(metric: str, target: int) -> str:
    """``100 cold calls``."""
    singular, plural = WORDS[metric]
    return f"{target:,} {singular if target == 1 else plural}"


def backup_due(connection: sqlite3.Connection, today: date) -> bool:
    """Whether this is the first write of the day, before which a backup is made."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'backup_day'").fetchone()
    return row is None or row[0] != today.isoformat()


def append(
    connection: sqlite3.Connection,
    *,
    moment: datetime,
    now: datetime,
    kind: str,
    outcome: str | None = None,
    count: int = 1,
    contact: tuple[int, str] | None = None,
    amount: int | None = None,
    minutes: int | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> tuple[int, int]:
    """Append one row to the log in one transaction, with its inverse in the history.

    `moment` is when it happened and `now` when it is logged (local, naive). Returns the ids of the row and the change.
    The caller has checked the values (`domain.activity.check`).
    """
    execute = connection.execute
    name = label(kind, outcome, count, None if contact is None else contact[1])
    day = moment.date()
    logged_at = int(now.timestamp())
    execute("BEGIN IMMEDIATE")
    try:
        row_id = execute(
            "INSERT INTO activity (at, day, local_time, kind, outcome, count, contact_id, amount, minutes, reason,"
            " note, logged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                int(moment.timestamp()),
                day.isoformat(),
                f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}",
                kind,
                outcome,
                count,
                None if contact is None else contact[0],
                amount,
                minutes,
                reason,
                note,
                logged_at,
            ),
        ).lastrowid
        assert row_id is not None
        change_id = record(connection, logged_at, name, "activity", row_id, None)
        forget_laid(connection, None if day != now.date() else day)
        execute("COMMIT")
    except BaseException:
        rollback(connection)
        raise
    return row_id, change_id


def set_outcome(connection: sqlite3.Connection, row_id: int, outcome: str, now: datetime) -> int | None:
    """Give a logged row its outcome, with its inverse in the history; None when the row is gone."""
    execute = connection.execute
    execute("BEGIN IMMEDIATE")
    try:
        row = execute(f"SELECT {_IMAGE}, kind, day FROM activity WHERE id = ?", (row_id,)).fetchone()
        if row is None:
            execute("ROLLBACK")
            return None
        execute("UPDATE activity SET outcome = ? WHERE id = ?", (outcome, row_id))
        change_id = record(
            connection, int(now.timestamp()), f"outcome {outcome.replace('-', ' ')}", "activity", row_id, row[0]
        )
        today = now.date()
        forget_laid(connection, today if row[2] == today.isoformat() else None)
        execute("COMMIT")
    except BaseException:
        rollback(connection)
        raise
    return change_id


def last_call(connection: sqlite3.Connection, day: date) -> int | None:
    """The id of the single call logged last on a day, or None."""
    row = connection.execute(
        "SELECT id FROM activity WHERE day = ? AND kind = 'dial' AND count = 1 ORDER BY id DESC LIMIT 1",
        (day.isoformat(),),
    ).fetchone()
    return None if row is None else int(row[0])


def record(connection: sqlite3.Connection, at: int, name: str, table: str, row_id: int, image: str | None) -> int:
    """Write one change of one row into the history, inside the caller's transaction. Returns the change's id."""
    change_id = begin_change(connection, at, name)
    connection.execute(
        "INSERT INTO change_row (change_id, seq, tbl, row_id, image) VALUES (?, 1, ?, ?, ?)",
        (change_id, table, row_id, image),
    )
    return change_id


def begin_change(connection: sqlite3.Connection, at: int, name: str) -> int:
    """Open a change: what was undone can't be redone any more, and the oldest beyond the last thousand go."""
    execute = connection.execute
    execute("DELETE FROM change WHERE undone = 1")
    change_id = execute("INSERT INTO change (at, label, undone) VALUES (?, ?, 0)", (at, name)).lastrowid
    assert change_id is not None
    if change_id % 100 == 0:
        execute("DELETE FROM change WHERE id <= ?", (change_id - HISTORY_KEPT,))
    return change_id


def forget_laid(connection: sqlite3.Connection, but: date | None) -> None:
    """Forget the laid days that a logged row makes stale: all, or all but the day itself, whose targets rest on the
    days before it. (The clock may have been set back since another day was laid.)
    """
    connection.execute("DELETE FROM laid_day WHERE day <> ?", ("" if but is None else but.isoformat(),))


def rollback(connection: sqlite3.Connection) -> None:
    """Give up the transaction, if one is still open: a failing COMMIT may have ended it."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def contact_by(connection: sqlite3.Connection, wanted: str) -> Sequence[tuple[int, str]]:
    """The contacts of an id or a name, regardless of case; at most three."""
    if wanted.isascii() and wanted.isdigit():
        if len(wanted) > 15:
            return []
        return connection.execute("SELECT id, name FROM contact WHERE id = ?", (int(wanted),)).fetchall()
    return connection.execute(
        "SELECT id, name FROM contact WHERE name = ? COLLATE NOCASE ORDER BY id LIMIT 3", (wanted,)
    ).fetchall()


def odds_key(counts: dict[str, int]) -> str:
    """What today's odds rest on that can change while a day stays laid: its counts."""
    return ",".join(str(counts.get(name, 0)) for name in ODDS_COUNTS)


def data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection has committed; asked without waiting for anybody's lock."""
    patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout=0")
    try:
        return int(connection.execute("PRAGMA data_version").fetchone()[0])
    finally:
        connection.execute(f"PRAGMA busy_timeout={patience}")
