"""The hot path in plain SQL: appending to the log, and reading today.

Today, `planner log`, `planner status` and `planner today` go through here, and only they. Everything else goes through
the tables. No SQLModel, no dataclasses, no json. A test compares it with the tables.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from planner.domain.day.activity import COUNTS, SPOKEN, WORDS, label
from planner.domain.day.day_progress import minute_on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.store.recorder import Reads, Writer

LIST_LIMIT = 1_000
SPECIAL, FIELD = "\x1e", "\x1f"  # in a laid day's notes, before the contacts' days and between their fields
DAY = timedelta(days=1)
COUNT_COLUMNS = (*COUNTS, "revenue")
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
WRONG = "wrong-number"
_COUNTS_SQL = ", ".join(COUNT_COLUMNS)


class TaskLine:
    """A line of the day's task list. `rank` counts from 1, `age_days` is how long it has waited, `missed` how many
    dates of its rule are folded in, `goal` the title of its goal, `value` its contact's open deals in hundredths,
    `tags` space-separated words, `care` its customer-care step, `do_not_call` that its contact asked not to be called.
    """

    __slots__ = (
        "age_days",
        "care",
        "contact",
        "do_not_call",
        "done",
        "done_time",
        "due",
        "every",
        "goal",
        "goal_id",
        "id",
        "kind",
        "metric",
        "minutes",
        "missed",
        "priority",
        "rank",
        "tags",
        "target",
        "title",
        "value",
    )

    def __init__(self, row: tuple[object, ...], today: date, do_not_call: object = 0) -> None:
        self.do_not_call = bool(do_not_call)
        (self.id, self.title, self.kind, self.metric, self.due, self.priority, state, since, self.goal_id,
         self.minutes, self.every, self.contact, self.tags, self.missed, self.done_time, self.care, self.goal,
         self.value) = row  # fmt: skip
        self.done = state == "done"
        self.rank = 0
        self.target: int | None = None
        self.age_days = max(0, (today - date.fromisoformat(str(since))).days)
        if self.kind == "counter":
            self.age_days = 0


class Due:
    """A promise or callback that is due today or overdue, by id. `at` is ISO, with or without a time. `do_not_call`
    means they asked not to be called.
    """

    __slots__ = ("at", "contact", "do_not_call", "id", "kind", "text")

    def __init__(
        self, kind: str, at: str, contact: str | None, text: str, row_id: int = 0, do_not_call: int | None = 0
    ) -> None:
        self.kind, self.at, self.contact, self.text, self.id = kind, at, contact, text, row_id
        self.do_not_call = bool(do_not_call)

    def overdue(self, now: datetime) -> bool:
        """Whether its minute, or its day, has passed."""
        return f"{now:%Y-%m-%dT%H:%M}"[: len(self.at)] > self.at

    def when(self, now: datetime) -> str:
        """Its time if it is today's, else its day: ``11:30``, ``today``, ``2026-11-13 11:30``."""
        if self.at[:10] == f"{now:%Y-%m-%d}":
            return self.at[11:] or "today"
        return self.at.replace("T", " ")


def special_days(text: str) -> list[Due]:
    """Return the birthdays and other days of contacts stored in a laid day, with the contacts' ids."""
    found = []
    for line in filter(None, text.split("\n")):
        kind, day, contact, said, contact_id = line.split(FIELD)
        found.append(Due(kind, day, contact, said, int(contact_id)))
    return found


class BlockLine:
    """A stretch of the laid day, in minutes from its midnight (`laid_block`). `position` is None for a meeting, whose
    time is `meeting_id` and whose outcome is `mark`.
    """

    __slots__ = ("clash", "dropped", "first", "kind", "last", "mark", "meeting_id", "position", "title")

    def __init__(self, row: tuple[int, int, str, str, int | None, int, str | None, str, int | None]) -> None:
        self.first, self.last, self.kind, self.title, self.position = row[:5]
        self.dropped = bool(row[5])
        self.mark, self.clash, self.meeting_id = row[6:]

    @property
    def start(self) -> str:
        """Its start, as ``08:30``."""
        return clock_text(self.first)

    @property
    def end(self) -> str:
        """Its end, as ``12:00``. Sleep ends the next morning."""
        return clock_text(self.last)


def clock_text(minute: int) -> str:
    """Return ``08:30`` for minute 510. Midnight at the day's end is ``24:00``, then come the next morning's times."""
    return "24:00" if minute == 1440 else f"{minute // 60 % 24:02}:{minute % 60:02}"


class Today:
    """A laid day with its live counts. Amounts, weights, working days and required minutes are hundredths, odds are
    ten-thousandths. `sources` gives each target's origin (goal or plan) and the other one's value. `facts` are the rows
    of the day's log as (minute, kind, outcome, count), `ticked` the minutes at which tasks were done, `listed` the
    number of entries on the list of `list_day`, `built` whether any list was made on the day, `next_call` the next of
    the day's own list (name, number), `has_list` whether there is one, `began` the minute of the day at which planner
    was first used (below 0 on later days), `special` the birthdays and other days of contacts, `top` the ids of the
    three tasks due before noon. `brought_in` is the part of `booked` won before the plan's first day, `last_plan` the
    last month with a plan up to that of `list_day`, with its two figures. `mail` are the opened mail windows
    (`domain.mail`), `looks` the number of looks outside them, `mail_next` when mail first opens on a later day.
    `unmarked` are the rep's own recent meetings without an outcome: id, contact, start and end (seconds since 1970
    UTC), and whether the rep was already asked.
    """

    __slots__ = (
        "advice",
        "asked_minutes",
        "available_minutes",
        "began",
        "bests",
        "blocks",
        "booked",
        "brought_in",
        "built",
        "closed_at",
        "counts",
        "currency",
        "day",
        "day_notes",
        "days_elapsed",
        "days_left",
        "days_total",
        "due",
        "facts",
        "for_whom",
        "forecast",
        "forecast_high",
        "forecast_low",
        "has_list",
        "holds",
        "last_plan",
        "list_day",
        "listed",
        "looks",
        "mail",
        "mail_minutes",
        "mail_next",
        "midway",
        "month_first",
        "month_last",
        "next_call",
        "next_due",
        "noes",
        "noes_high",
        "noes_low",
        "odds_key",
        "opened_at",
        "p_plan",
        "p_plan_end",
        "p_quota",
        "p_quota_end",
        "personal_plan",
        "picture",
        "quota",
        "serves",
        "sources",
        "special",
        "targets",
        "tasks",
        "ticked",
        "top",
        "unmarked",
        "weight",
        "will_try",
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
        self.mail_next = ""
        self.asked_minutes: int | None = None
        self.available_minutes = 0
        self.p_plan: int | None = None
        self.p_quota: int | None = None
        self.p_plan_end: int | None = None
        self.p_quota_end: int | None = None
        self.forecast: int | None = None
        self.forecast_low: int | None = None
        self.forecast_high: int | None = None
        self.noes: int | None = None
        self.noes_low: int | None = None
        self.noes_high: int | None = None
        self.holds: int | None = None
        self.advice = ""
        self.odds_key = ""
        self.next_due = ""
        self.sources: dict[str, tuple[str, int | None]] = {}
        self.opened_at: str | None = None
        self.closed_at: str | None = None
        self.booked = 0
        self.brought_in = 0
        self.counts: dict[str, int] = dict.fromkeys(COUNT_COLUMNS, 0)
        self.targets: dict[str, tuple[int, int | None]] = {}
        self.blocks: list[BlockLine] = []
        self.last_plan: tuple[str, int, int] = ("", 0, 0)
        self.list_day = ""
        self.will_try = ""
        self.day_notes = ""
        self.midway = ""
        self.bests = ""
        self.facts: list[tuple[int, str, str | None, int]] = []
        self.ticked: list[int] = []
        self.listed = 0
        self.built = False
        self.has_list = False
        self.began = 0
        self.next_call: tuple[str, str] | None = None
        self.top: tuple[int, ...] = ()
        self.mail: list[tuple[str, int, int, int | None, int]] = []
        self.looks = 0
        self.windows: list[tuple[str, str]] = []
        self.tasks: list[TaskLine] = []
        self.due: list[Due] = []
        self.unmarked: list[tuple[int, str, int, int, bool]] = []
        self.special: list[Due] = []

    def best(self, metric: str) -> int:
        """Return the highest count of a metric on an earlier day, or 0 where there is nothing to beat."""
        for word in self.bests.split():
            name, _, most = word.partition("=")
            if name == metric:
                return int(most)
        return 0

    def target(self, metric: str) -> int | None:
        """Return the day's target of a metric, or None without one."""
        found = self.targets.get(metric)
        return None if found is None else found[0]

    def due_next(self, metric: str) -> str:
        """Return ``1 by Thu``, ``1 by 27 Nov``: when a metric is next due. Empty if due today or never."""
        text = dict(word.split("=") for word in self.next_due.split()).get(metric)
        if text is None or self.target(metric):
            return ""
        day = date.fromisoformat(text)
        return f"1 by {day:%a}" if (day - self.day).days < 7 else f"1 by {day.day} {day:%b}"

    @property
    def by_end(self) -> str:
        """Return ``by 30 Nov``: the date that the month's odds refer to."""
        last = date.fromisoformat(self.month_last)
        return f"by {last.day} {last:%b}"

    def odds_are_old(self) -> bool:
        """Whether anything was counted since the odds were computed."""
        return odds_key(self.counts) != self.odds_key


def read_today(connection: sqlite3.Connection, day: date, key: str) -> Today | None:
    """Return today's figures in one read transaction, or None when the day isn't laid, or under other settings."""
    text = day.isoformat()
    execute = connection.execute
    execute("BEGIN")
    try:
        laid = execute(
            "SELECT key, weight, month_first, month_last, days_total, days_elapsed, days_left, quota, personal_plan,"
            " currency, wish, for_whom, picture, serves, mail_minutes, mail_next,"
            " asked_minutes, available_minutes, p_plan, p_quota, p_plan_end, p_quota_end, forecast,"
            " forecast_low, forecast_high,"
            " noes, noes_low, noes_high, holds, advice, odds_key, list_day, will_try, day_notes,"
            " midway, bests, next_due"
            " FROM laid_day WHERE day = ?",
            (text,),
        ).fetchone()
        if laid is None or laid[0] != key:
            return None
        today = Today(day)
        (_, today.weight, today.month_first, today.month_last, today.days_total, today.days_elapsed, today.days_left,
         today.quota, today.personal_plan, today.currency, today.wish, today.for_whom, today.picture, today.serves,
         today.mail_minutes, today.mail_next, today.asked_minutes, today.available_minutes, today.p_plan, today.p_quota,
         today.p_plan_end, today.p_quota_end, today.forecast, today.forecast_low, today.forecast_high,
         today.noes, today.noes_low, today.noes_high,
         today.holds, today.advice, today.odds_key, today.list_day, today.will_try,
         today.day_notes, today.midway, today.bests, today.next_due) = laid  # fmt: skip
        today.day_notes, _, special = today.day_notes.partition(SPECIAL)
        today.special = special_days(special)
        for metric, target, goal_id, source, other in execute(
            "SELECT metric, target, goal_id, source, other FROM laid_target WHERE day = ?", (text,)
        ):
            today.targets[metric] = (target, goal_id)
            today.sources[metric] = (source, other)
        rows = execute(
            "SELECT first, last, kind, title, position, dropped, mark, clash, meeting_id FROM laid_block WHERE day = ?"
            " ORDER BY seq",
            (text,),
        )
        today.blocks = [BlockLine(row) for row in rows]
        today.windows = execute(
            "SELECT opens, closes FROM laid_window WHERE day = ? ORDER BY opens", (text,)
        ).fetchall()
        fill(connection, today)
        return today
    finally:
        execute("ROLLBACK")


def fill(connection: Reads, today: Today) -> None:
    """Read the live part of a laid day: whether it is open, the counts, bookings, the list, what is due."""
    execute = connection.execute
    text, tomorrow = today.day.isoformat(), (today.day + DAY).isoformat()
    row = execute("SELECT opened_at, closed_at, top_three FROM day WHERE day = ?", (text,)).fetchone()
    today.opened_at, today.closed_at, top = row or (None, None, "[]")
    today.top = tuple(int(part) for part in top.strip("[]").split(",") if part.strip())
    read_counts(connection, today)
    today.tasks = _tasks(connection, today.day, today)
    read_facts(connection, today)
    rows = execute(
        "SELECT 'promise', due, contact.name, promise.text, promise.id, do_not_call FROM promise"
        " LEFT JOIN contact ON contact.id = contact_id WHERE state = 'open' AND due < ?"
        " UNION ALL SELECT 'callback', due, contact.name, title, task.id, do_not_call FROM task"
        " LEFT JOIN contact ON contact.id = contact_id"
        " WHERE state = 'open' AND task.kind = 'callback' AND due < ? ORDER BY 2, 5 LIMIT ?",
        (tomorrow, tomorrow, LIST_LIMIT),
    )
    today.due = [Due(*row) for row in rows]
    today.unmarked = _unmarked(connection, today.day)
    read_mail(connection, today)
    today.began = minute_on(today.day, first_use(connection))
    today.listed = execute("SELECT count(*) FROM list_entry WHERE day = ?", (today.list_day,)).fetchone()[0]
    today.last_plan = execute(
        "SELECT month, quota, personal_plan FROM month_plan WHERE month <= ? ORDER BY month DESC LIMIT 1",
        ((today.list_day or text)[:7],),
    ).fetchone() or ("", 0, 0)
    today.next_call = execute(
        "SELECT contact.name, coalesce((SELECT value FROM contact_way WHERE contact_id = contact.id"
        " AND contact_way.kind = 'phone' ORDER BY wrong, position LIMIT 1), '') FROM list_entry"
        " JOIN contact ON contact.id = contact_id WHERE day = ? AND do_not_call = 0"
        " AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.contact_id = list_entry.contact_id"
        " AND activity.day = list_entry.day AND at >= coalesce(asked_at, 0))"
        " ORDER BY list_entry.position LIMIT 1",
        (text,),
    ).fetchone()


MEETINGS_ASKED = 14  # days back in which the rep is asked about a meeting


def _unmarked(connection: Reads, day: date) -> list[tuple[int, str, int, int, bool]]:
    midnight = datetime(day.year, day.month, day.day)
    rows = connection.execute(
        "SELECT event_time.id, coalesce(contact.name, event.title), event_time.start_at, end_at,"
        " meeting_outcome.id IS NOT NULL FROM event_time JOIN event ON event.id = event_time.event_id"
        " LEFT JOIN contact ON contact.id = event.contact_id LEFT JOIN meeting_outcome"
        " ON meeting_outcome.event_id = event.id AND meeting_outcome.start_at = event_time.start_at"
        " WHERE event_time.start_at BETWEEN ? AND ? AND event.source = ''"
        " AND coalesce(meeting_outcome.outcome, '') = '' ORDER BY event_time.start_at, event_time.id",
        (int((midnight - MEETINGS_ASKED * DAY).timestamp()), int((midnight + DAY).timestamp()) - 1),
    ).fetchall()
    return [(*row[:4], bool(row[4])) for row in rows]


def first_use(connection: Reads) -> datetime | None:
    """Return when the program was first used, local time: the database's creation or the first day opened or closed."""
    made = connection.execute("SELECT value FROM meta WHERE key = 'created_at'").fetchone()
    day = connection.execute("SELECT coalesce(opened_at, closed_at) FROM day ORDER BY day LIMIT 1").fetchone()
    moments = [] if made is None else [datetime.fromtimestamp(int(made[0]))]
    if day is not None and day[0]:
        moments.append(datetime.fromisoformat(day[0]))
    return min(moments, default=None)


# letters: as stated by the rep, otherwise those decided on in the window
OPENINGS_SQL = (
    "SELECT opens, planned, opened_at, closed_at, coalesce(letters, (SELECT count(*) FROM letter"
    " WHERE window_id = mail_window.id)) FROM mail_window WHERE day = ? ORDER BY id"
)


def read_mail(connection: Reads, today: Today) -> None:
    """Refresh the mail windows of a day."""
    day = (today.day.isoformat(),)
    today.mail = connection.execute(OPENINGS_SQL, day).fetchall()
    today.looks = connection.execute("SELECT count(*) FROM mail_look WHERE day = ?", day).fetchone()[0]


def read_facts(connection: Reads, today: Today) -> None:
    """Refresh what shows whether blocks were followed: the day's log, ticked-off tasks, the list made."""
    execute = connection.execute
    text = today.day.isoformat()
    # where the day turns after midnight, its last hours come after its first
    evening = int(datetime(today.day.year, today.day.month, today.day.day, 20).timestamp())
    today.facts = execute(
        "SELECT substr(local_time, 1, 2) * 60 + substr(local_time, 4, 2)"
        " + CASE WHEN at > ? AND local_time < '12' THEN 1440 ELSE 0 END, kind, outcome, count FROM activity"
        " WHERE day = ?",
        (evening, text),
    ).fetchall()
    today.ticked = [_minutes(line.done_time) for line in today.tasks if line.done and line.done_time]
    built, listed = execute(
        "SELECT EXISTS (SELECT 1 FROM list_entry WHERE built_on = ?), EXISTS (SELECT 1 FROM list_entry WHERE day = ?)",
        (text, text),
    ).fetchone()
    today.built, today.has_list = bool(built), bool(listed)


def _minutes(clock: object) -> int:
    return int(str(clock)[:2]) * 60 + int(str(clock)[3:5])


def read_counts(connection: Reads, today: Today) -> None:
    """Refresh the live counts of a day that is already read, after an undo or another program's write."""
    execute = connection.execute
    counts = execute(f"SELECT {_COUNTS_SQL} FROM day_count WHERE day = ?", (today.day.isoformat(),)).fetchone()
    today.counts = dict(zip(COUNT_COLUMNS, counts or (0,) * len(COUNT_COLUMNS), strict=True))
    row = execute("SELECT brought_in FROM month_plan WHERE month = ?", (today.month_last[:7],)).fetchone()
    today.brought_in = row[0] if row else 0
    logged = execute(
        "SELECT coalesce(sum(revenue), 0) FROM day_count WHERE day BETWEEN ? AND ?",
        (today.month_first, today.month_last),
    ).fetchone()[0]
    today.booked = today.brought_in + logged


def _tasks(connection: Reads, day: date, today: Today) -> list[TaskLine]:
    columns = (
        "task.id, task.title, task.kind, task.metric, due, priority, task.state, since, goal_id, minutes, every,"
        " contact.name, task.tags, missed, done_time, task.care, goal.title, (SELECT sum(value) FROM deal WHERE"
        " deal.contact_id = task.contact_id AND stage NOT IN ('won', 'lost')), rank, do_not_call"
        " FROM task LEFT JOIN contact ON contact.id = task.contact_id LEFT JOIN goal ON goal.id = goal_id"
    )
    tomorrow = (day + DAY).isoformat()
    rows = connection.execute(
        f"SELECT {columns} WHERE task.state = 'open' AND (due IS NULL OR due < ?) AND since <= ?"
        f" UNION ALL SELECT {columns} WHERE task.state = 'done' AND done_on = ?"
        " ORDER BY 19, 1 LIMIT ?",
        (tomorrow, day.isoformat(), day.isoformat(), LIST_LIMIT),
    )
    found: list[TaskLine] = []
    for row in rows:
        line = TaskLine(row[:18], day, row[19])
        if line.kind == "counter":
            target, line.goal_id = today.targets.get(str(line.metric), (0, None))
            if not target:
                continue
            line.target = target
            line.title = counter_title(str(line.metric), target)
            line.done = today.counts.get(str(line.metric), 0) >= target
        found.append(line)
    # done tasks go below the open ones
    found.sort(key=lambda line: line.done)
    for rank, line in enumerate(found, start=1):
        line.rank = rank
    return found


def counter_title(metric: str, target: int) -> str:
    """Return ``100 cold calls``."""
    singular, plural = WORDS[metric]
    return f"{target:,} {singular if target == 1 else plural}"


def own_words(connection: Reads, name: str) -> str | None:
    """Return the rep's own lines of a list as JSON, or None for the default."""
    row = connection.execute("SELECT lines FROM own_words WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def backup_due(connection: sqlite3.Connection, today: date) -> bool:
    """Whether this is the day's first write, before which a backup is made."""
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
    day: date | None = None,
    today: date | None = None,
) -> tuple[int, int]:
    """Append one row to the log, as a change of its own.

    `moment` is when it happened and `now` when it is logged (local, naive). `day` and `today` are the rep's days of the
    two, by default their dates. Returns the ids of the row and the change. The caller has checked the values
    (`domain.activity.check`).
    """
    from planner.store.recorder import Recorder  # not needed to read today

    name = label(kind, outcome, count, None if contact is None else contact[1])
    logged_at = int(now.timestamp())
    with Recorder(connection, logged_at, name, today or now.date()) as change:
        row_id = change.insert(
            "activity",
            at=int(moment.timestamp()),
            day=(day or moment.date()).isoformat(),
            local_time=f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}",
            kind=kind,
            outcome=outcome,
            count=count,
            contact_id=None if contact is None else contact[0],
            amount=amount,
            minutes=minutes,
            reason=reason,
            note=note,
            logged_at=logged_at,
        )
        if contact is not None:
            if outcome == WRONG:
                mark_wrong(change, contact[0])
            if settles(kind, outcome):
                settle_callbacks(change, contact[0], day or moment.date(), moment)
        return row_id, change.id


def set_outcome(
    connection: sqlite3.Connection, row_id: int, outcome: str, now: datetime, today: date | None = None
) -> int | None:
    """Set the outcome of a logged row, as a change. Returns None when the row is gone."""
    from planner.store.recorder import Recorder

    name = f"outcome {outcome.replace('-', ' ')}"
    with Recorder(connection, int(now.timestamp()), name, today or now.date()) as change:
        row = change.execute("SELECT contact_id FROM activity WHERE id = ?", (row_id,)).fetchone()
        if row is None:
            return None
        change.confirm("activity", row_id, outcome=outcome)
        if row[0] is not None:
            if outcome == WRONG:
                mark_wrong(change, row[0])
            if settles("dial", outcome):
                settle_callbacks(change, row[0], today or now.date(), now)
        return change.id


def settles(kind: str, outcome: str | None) -> bool:
    """Whether a log row settles its contact's callbacks, because they were spoken with or aren't there."""
    if kind == "dial":
        return outcome in SPOKEN or outcome == WRONG
    return kind == "conversation" or (kind == "meeting-held" and outcome != "no-show")


def settle_callbacks(change: Writer, contact_id: int, day: date, at: datetime) -> None:
    """Tick off a contact's callbacks due by a day, at a local time on it. A repeating one is ticked by hand, which
    creates its next date.
    """
    rows = change.execute(
        "SELECT id FROM task WHERE contact_id = ? AND kind = 'callback' AND state = 'open' AND due < ?"
        " AND every IS NULL",
        (contact_id, (day + DAY).isoformat()),
    ).fetchall()
    for (task_id,) in rows:
        change.update("task", task_id, state="done", done_on=day.isoformat(), done_time=f"{at:%H:%M}")


def mark_wrong(change: Writer, contact_id: int, number: str | None = None) -> None:
    """Mark the dialled number as wrong (default: the first that isn't yet), as part of a change."""
    row = change.execute(
        "SELECT id FROM contact_way WHERE contact_id = ? AND kind = 'phone' AND wrong = 0"
        " AND value = coalesce(?, value) ORDER BY position LIMIT 1",
        (contact_id, number),
    ).fetchone()
    if row is not None:
        change.update("contact_way", row[0], wrong=1)


def last_call(connection: sqlite3.Connection, day: date) -> int | None:
    """Return the id of the last single call logged on a day, or None."""
    row = connection.execute(
        "SELECT id FROM activity WHERE day = ? AND kind = 'dial' AND count = 1 ORDER BY id DESC LIMIT 1",
        (day.isoformat(),),
    ).fetchone()
    return None if row is None else int(row[0])


def latest_outcomes(connection: sqlite3.Connection, day: date, limit: int) -> list[tuple[str, int]]:
    """Return the last outcomes logged on a day, newest first, each with when it was logged."""
    rows = connection.execute(
        "SELECT coalesce(outcome, ''), logged_at FROM activity WHERE day = ? AND kind = 'dial'"
        " ORDER BY id DESC LIMIT ?",
        (day.isoformat(), limit),
    )
    return [(row[0], row[1]) for row in rows]


def contact_by(connection: sqlite3.Connection, wanted: str) -> Sequence[tuple[int, str]]:
    """Return the contacts with an id or a name (any case), three at most."""
    if wanted.isascii() and wanted.isdigit():
        if len(wanted) > 15:
            return []
        return connection.execute("SELECT id, name FROM contact WHERE id = ?", (int(wanted),)).fetchall()
    return connection.execute(
        "SELECT id, name FROM contact WHERE name = ? COLLATE NOCASE ORDER BY id LIMIT 3", (wanted,)
    ).fetchall()


def odds_key(counts: dict[str, int]) -> str:
    """Return the part of the odds' inputs that can change while a day stays laid: its counts."""
    return ",".join(str(counts.get(name, 0)) for name in ODDS_COUNTS)


def version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when another connection has committed. Asked within a transaction."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def data_version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when another connection has committed, without waiting for any lock."""
    patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout=0")
    try:
        return int(connection.execute("PRAGMA data_version").fetchone()[0])
    finally:
        connection.execute(f"PRAGMA busy_timeout={patience}")


def much_to_turn(connection: sqlite3.Connection, *, redo: bool) -> bool:
    """Whether the next change to undo (or redo) has sets of rows, like an import, or very many rows."""
    which = "undone = 1 ORDER BY id" if redo else "undone = 0 ORDER BY id DESC"
    row = connection.execute(
        "SELECT count(*), min(row_id) FROM (SELECT row_id FROM change_row WHERE change_id ="
        f" (SELECT id FROM change WHERE {which} LIMIT 1) LIMIT 2000)"
    ).fetchone()
    return bool(row[0] >= 2_000 or row[1] == 0)
