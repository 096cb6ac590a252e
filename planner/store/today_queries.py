"""Reads today in plain SQL, for the screen's first paint, `planner status` and `planner today`.

No SQLModel, no dataclasses, no json. A test compares it with the tables. Appending to the log is in `quick_log.py`.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from planner.domain import formats
from planner.domain.day.activity import COUNTS, WORDS
from planner.domain.day.day_progress import clock_text, minute_on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from planner.store.recorder import Reads

LIST_LIMIT = 1_000
SPECIAL, FIELD = "\x1e", "\x1f"  # in a laid day's notes, before the contacts' days and between their fields
DAY = timedelta(days=1)
COUNT_COLUMNS = (*COUNTS, "revenue")
ODDS_COUNTS = (
    "dials", "conversations", "meetings_booked", "meetings_held", "no_shows", "proposals", "deals", "revenue",
)  # fmt: skip
_COUNTS_SQL = ", ".join(COUNT_COLUMNS)
_LAID = (
    "weight", "month_first", "month_last", "days_total", "days_elapsed", "days_left", "quota", "personal_plan",
    "currency", "wish", "for_whom", "picture", "serves", "mail_minutes", "mail_next", "asked_minutes",
    "available_minutes", "p_plan", "p_quota", "p_plan_end", "p_quota_end", "forecast", "forecast_low", "forecast_high",
    "noes", "noes_low", "noes_high", "holds", "advice", "odds_key", "list_day", "will_try", "day_notes", "midway",
    "bests", "next_due",
)  # fmt: skip


class TaskLine:
    """A line of the day's task list. `rank` counts from 1, `age_days` is how long it has waited, `missed` how many
    dates of its rule are folded in, `goal` the title of its goal, `value` its contact's open deals in hundredths,
    `tags` space-separated words, `care` its customer-care step, `do_not_call` that its contact asked not to be called.
    """

    __slots__ = (
        "age_days", "care", "contact", "do_not_call", "done", "done_time", "due", "every", "goal", "goal_id", "id",
        "kind", "metric", "minutes", "missed", "priority", "rank", "tags", "target", "title", "value",
    )  # fmt: skip

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
        """Its time if it is today's, else its day: ``11:30``, ``today``, ``Fri 13 Nov 11:30``."""
        if self.at[:10] == f"{now:%Y-%m-%d}":
            return self.at[11:] or "today"
        return formats.when_text(self.at, now.date())


def special_days(text: str) -> list[Due]:
    """Return the birthdays and other days of contacts stored in a laid day, with the contacts' ids."""
    found = []
    for line in filter(None, text.split("\n")):
        kind, day, contact, said, contact_id = line.split(FIELD)
        found.append(Due(kind, day, contact, said, int(contact_id)))
    return found


class BlockLine:
    """A stretch of the day's timeline, in minutes from its midnight (`laid_block`). `position` is None for a meeting,
    whose time is `meeting_id`, whose outcome is `mark` and whose subscribed calendar is `calendar`.
    """

    __slots__ = ("calendar", "clash", "dropped", "first", "kind", "last", "mark", "meeting_id", "position", "title")

    def __init__(self, row: tuple[int, int, str, str, int | None, int, str | None, str, int | None, str]) -> None:
        self.first, self.last, self.kind, self.title, self.position = row[:5]
        self.dropped = bool(row[5])
        self.mark, self.clash, self.meeting_id, self.calendar = row[6:]

    @property
    def start(self) -> str:
        """Its start, as ``08:30``."""
        return clock_text(self.first)

    @property
    def end(self) -> str:
        """Its end, as ``12:00``. Sleep ends the next morning."""
        return clock_text(self.last)


class Today:
    """The day's snapshot with its live counts. Amounts, weights, working days and required minutes are hundredths, odds
    are ten-thousandths. `sources` gives each target's origin (goal or plan) and the other one's value. `facts` are the
    rows of the day's log as (minute, kind, outcome, count), `ticked` the minutes at which tasks were done, `listed` the
    number of entries on the list of `list_day`, `built` whether any list was made on the day, `next_call` the next of
    the day's own list (name, number), `has_list` whether there is one, `began` the minute of the day at which planner
    was first used (below 0 on later days), `special` the birthdays and other days of contacts and
    `to_greet` those of them to call today, `top` the ids of the
    three tasks due before noon. `brought_in` is the part of `booked` won before the plan's first day, `last_plan` the
    last month with a plan up to that of `list_day`, with its two figures. `mail` are the opened mail windows
    (`domain.mail`), `looks` the number of looks outside them, `mail_next` when mail first opens on a later day.
    `unmarked` are the rep's own recent meetings without an outcome: id, contact, start and end (seconds since 1970
    UTC), and whether the rep was already asked.
    """

    def __init__(self, day: date) -> None:
        self.day = day
        self.weight = 0
        self.month_first = self.month_last = day.isoformat()
        self.days_total = self.days_elapsed = self.days_left = 0
        self.booked = self.brought_in = self.began = self.listed = self.looks = 0
        self.built = self.has_list = False
        self.advice = self.bests = self.day_notes = self.list_day = self.mail_next = self.midway = ""
        self.next_due = self.odds_key = self.will_try = ""
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
        self.p_plan_end: int | None = None
        self.p_quota_end: int | None = None
        self.forecast: int | None = None
        self.forecast_low: int | None = None
        self.forecast_high: int | None = None
        self.noes: int | None = None
        self.noes_low: int | None = None
        self.noes_high: int | None = None
        self.holds: int | None = None
        self.sources: dict[str, tuple[str, int | None]] = {}
        self.opened_at: str | None = None
        self.closed_at: str | None = None
        self.counts: dict[str, int] = dict.fromkeys(COUNT_COLUMNS, 0)
        self.targets: dict[str, tuple[int, int | None]] = {}
        self.blocks: list[BlockLine] = []
        self.last_plan: tuple[str, int, int] = ("", 0, 0)
        self.facts: list[tuple[int, str, str | None, int]] = []
        self.ticked: list[int] = []
        self.next_call: tuple[str, str] | None = None
        self.top: tuple[int, ...] = ()
        self.mail: list[tuple[str, int, int, int | None, int]] = []
        self.windows: list[tuple[str, str]] = []
        self.tasks: list[TaskLine] = []
        self.due: list[Due] = []
        self.unmarked: list[tuple[int, str, int, int, bool]] = []
        self.special: list[Due] = []
        self.to_greet: list[Due] = []

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
        """Return ``1 by Fri 27 Nov``: when a metric is next due. Empty if due today or never."""
        text = dict(word.split("=") for word in self.next_due.split()).get(metric)
        if text is None or self.target(metric):
            return ""
        day = date.fromisoformat(text)
        return f"1 by {formats.when_text(day)}"

    @property
    def by_end(self) -> str:
        """Return ``by Mon 30 Nov``: the date that the month's odds refer to."""
        last = date.fromisoformat(self.month_last)
        return f"by {formats.when_text(last)}"

    def odds_are_old(self) -> bool:
        """Whether anything was counted since the odds were computed."""
        return odds_key(self.counts) != self.odds_key


def read_today(connection: sqlite3.Connection, day: date, key: str) -> Today | None:
    """Return today's figures in one read transaction, or None when the day isn't laid, or under other settings."""
    text = day.isoformat()
    execute = connection.execute
    execute("BEGIN")
    try:
        laid = execute(f"SELECT key, {', '.join(_LAID)} FROM laid_day WHERE day = ?", (text,)).fetchone()
        if laid is None or laid[0] != key:
            return None
        today = Today(day)
        for name, value in zip(_LAID, laid[1:], strict=True):
            setattr(today, name, value)
        today.day_notes, _, special = today.day_notes.partition(SPECIAL)
        today.special = special_days(special)
        for metric, target, goal_id, source, other in execute(
            "SELECT metric, target, goal_id, source, other FROM laid_target WHERE day = ?", (text,)
        ):
            today.targets[metric] = (target, goal_id)
            today.sources[metric] = (source, other)
        rows = execute(
            "SELECT first, last, kind, title, position, dropped, mark, clash, meeting_id, calendar FROM laid_block"
            " WHERE day = ? ORDER BY seq",
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
    today.to_greet = [each for each in today.special if each.at == text and _is_to_greet(connection, each.id, text)]
    chosen = next_on_list(connection, today.day)
    today.next_call = execute(
        "SELECT name, coalesce((SELECT value FROM contact_way WHERE contact_id = contact.id"
        " AND contact_way.kind = 'phone' ORDER BY wrong, position LIMIT 1), '') FROM contact WHERE id = ?",
        (chosen,),
    ).fetchone()


def _is_to_greet(connection: Reads, contact_id: int, day: str) -> bool:
    """Whether a contact whose day it is may be called and hasn't been in touch yet on a day."""
    row = connection.execute(
        "SELECT 1 FROM contact WHERE id = ? AND do_not_call = 0 AND NOT EXISTS"
        " (SELECT 1 FROM activity WHERE activity.contact_id = contact.id AND activity.day = ?)",
        (contact_id, day),
    ).fetchone()
    return row is not None


def next_on_list(connection: Reads, day: date) -> int | None:
    """Return the id of the contact to call next on a day's list, or None if nobody is left."""
    row = connection.execute(
        "SELECT contact_id FROM list_entry JOIN contact ON contact.id = contact_id WHERE day = ? AND do_not_call = 0"
        " AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.contact_id = list_entry.contact_id"
        " AND activity.day = list_entry.day AND at >= coalesce(asked_at, 0))"
        " ORDER BY list_entry.position LIMIT 1",
        (day.isoformat(),),
    ).fetchone()
    return None if row is None else int(row[0])


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
    today.ticked = [_parse_minutes(line.done_time) for line in today.tasks if line.done and line.done_time]
    built, listed = execute(
        "SELECT EXISTS (SELECT 1 FROM list_entry WHERE built_on = ?), EXISTS (SELECT 1 FROM list_entry WHERE day = ?)",
        (text, text),
    ).fetchone()
    today.built, today.has_list = bool(built), bool(listed)


def _parse_minutes(clock: object) -> int:
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
    """Return ``100 calls``."""
    singular, plural = WORDS[metric]
    return f"{target:,} {singular if target == 1 else plural}"


def odds_key(counts: dict[str, int]) -> str:
    """Return the part of the odds' inputs that can change while a day stays laid: its counts."""
    return ",".join(str(counts.get(name, 0)) for name in ODDS_COUNTS)
