"""Tasks, days, blocks, weeks, events and meetings."""

from sqlalchemy import Column, ForeignKey, Index, Integer, text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, later, pointing, reference


class TaskRow(SQLModel, table=True):
    """A task, a callback, or a counter on the day's task list.

    `tags` are space-separated words, `missed` is how many dates of its rule are folded in, `from_done` that the rule
    counts from completion, and `placed` that the rep positioned it by hand. `care` is the customer-care step it
    represents (`domain.care`), and `about` what that is based on, such as a contract's end or a complaint.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("task_open", "rank", sqlite_where=text("state = 'open'")),
        Index("task_done", "done_on", sqlite_where=text("state = 'done'")),
        pointing("task_goal", "goal_id"),
        pointing("task_contact", "contact_id"),
        pointing("task_deal", "deal_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    title: str
    kind: str = "own"
    metric: str | None = Field(default=None, unique=True)
    due: str | None = None
    priority: str | None = None
    rank: int
    state: str = "open"
    done_on: str | None = None
    since: str
    goal_id: int | None = Field(default=None, sa_column=Column(Integer, ForeignKey("goal.id", ondelete="SET NULL")))
    contact_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("contact.id", ondelete="SET NULL"))
    )
    minutes: int | None = None
    every: str | None = None
    series_start: str | None = None
    reason: str = ""
    created_at: int
    tags: str = later()
    missed: int = later("0", 0)
    from_done: int = later("0", 0)
    placed: int = later("0", 0)
    done_time: str | None = None
    care: str = later()
    about: str = later()
    deal_id: int | None = reference("deal.id")


class DayRow(SQLModel, table=True):
    """When a day was opened and closed (local time), its closing notes and its three most important tasks."""

    __tablename__ = "day"
    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(unique=True)
    opened_at: str | None = None
    closed_at: str | None = None
    note: str = ""
    went_well: str = later()
    went_wrong: str = later()
    what_else: str = later()
    will_try: str = later()
    top_three: str = later("'[]'", "[]")


class DayBlockRow(SQLModel, table=True):
    """A block of one day, stored once the day is opened or one of its blocks changed. `planned` is the template's
    version, ``08:30-12:00 calls``, or empty for a block added for that day only.
    """

    __tablename__ = "day_block"
    __table_args__ = (Index("day_block_day", "day"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    day: str
    position: int
    start: str
    end: str
    kind: str
    title: str = ""
    planned: str = ""
    dropped: int = 0
    mark: str | None = None


class WeekTemplateRow(SQLModel, table=True):
    """One of the rep's own weeks. `used` marks the active one. If none is marked, the default week applies."""

    __tablename__ = "week_template"
    __table_args__ = NEVER_REUSED
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    used: int = 0
    created_at: int


class WeekBlockRow(SQLModel, table=True):
    """A block of a week template. `weekday` counts from Monday = 0."""

    __tablename__ = "week_block"
    __table_args__ = (Index("week_block_template", "template_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    template_id: int = reference("week_template.id", "CASCADE", required=True)
    weekday: int
    start: str
    end: str
    kind: str
    title: str = ""


class CalendarRow(SQLModel, table=True):
    """A calendar that is read again and again. `source` says where its secret address is (``keyring:``, ``private:``,
    ``env:NAME``, ``command:WORDS``) or is its path (``vdir:PATH``), `place` is what may be shown of it.

    `etag`, `modified` and `digest` are those of the last good answer, `problem` is the sentence of a failed one.
    """

    __tablename__ = "calendar"
    __table_args__ = (NEVER_REUSED,)
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    source: str
    place: str
    local: int = 0
    created_at: int
    etag: str = ""
    modified: str = ""
    digest: str = ""
    fetched_at: int | None = None
    tried_at: int | None = None
    problem: str = ""


class EventRow(SQLModel, table=True):
    """An event of a calendar (imported, or subscribed with a `calendar_id`), or one of the rep's own meetings (with a
    contact and no source).

    `source` is its iCalendar text, from which its times are refilled. `until` is the last day they reach, NULL for a
    finite event. `booking_id` is the log row with which one of the rep's own meetings was booked.
    """

    __tablename__ = "event"
    __table_args__ = (
        pointing("event_booking", "booking_id"),
        pointing("event_calendar", "calendar_id"),
        pointing("event_change", "change_id"),
        pointing("event_contact", "contact_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    title: str
    place: str = ""
    source: str
    until: str | None = None
    created_at: int
    change_id: int | None = None
    contact_id: int | None = reference("contact.id")
    booking_id: int | None = reference("activity.id")
    calendar_id: int | None = reference("calendar.id")


class EventTimeRow(SQLModel, table=True):
    """One time of an event, in seconds since 1970 UTC. `floating` times (no time zone, or whole days) are stored as if
    UTC were local time. `title` is set where this occurrence has another one.
    """

    __tablename__ = "event_time"
    __table_args__ = (
        Index("event_time_event", "event_id"),
        Index("event_time_start", "start_at"),
        pointing("event_time_change", "change_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    event_id: int = reference("event.id", "CASCADE", required=True)
    start_at: int
    end_at: int
    floating: int = 0
    all_day: int = 0
    busy: int = 1
    title: str = ""
    change_id: int | None = None


class MeetingOutcomeRow(SQLModel, table=True):
    """A meeting's outcome (held or no-show) and the log row that counts it. Empty if the rep was only asked.

    Keyed by event and start, not by `event_time`, whose rows are recreated when a calendar is read again.
    """

    __tablename__ = "meeting_outcome"
    __table_args__ = (
        Index("meeting_outcome_once", "event_id", "start_at", unique=True),
        pointing("meeting_outcome_activity", "activity_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    event_id: int = reference("event.id", "CASCADE", required=True)
    start_at: int
    outcome: str = ""
    activity_id: int | None = reference("activity.id", "CASCADE")


class DayTargetRow(SQLModel, table=True):
    """A target as frozen when its day was opened. `source` is plan or goal, `other` the target of the overridden
    one.
    """

    __tablename__ = "day_target"
    __table_args__ = (Index("day_target_once", "day", "metric", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    day: str
    metric: str
    target: int
    goal_id: int | None = None
    source: str = later("'goal'", "goal")
    other: int | None = None
