"""Tasks, days, blocks, weeks, events and meetings."""

from sqlalchemy import Column, ForeignKey, Index, Integer, text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, later, pointing, reference


class TaskRow(SQLModel, table=True):
    """A task, a callback, or a counter on the list of the day.

    `tags` are words with spaces between, `missed` how many dates of its rule are folded into it, `from_done` that the
    rule counts from its completion, `placed` that the rep gave it its place by hand. `care` says which step of looking
    after a customer it is (`domain.care`), `about` what that is reckoned from: the end of a contract, a complaint.
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
    """When a day was opened and closed, local time, what was said at its close, and its three most important tasks."""

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
    """A block of one day, once the day is opened or one of its blocks was changed. `planned` is ``08:30-12:00 calls``,
    the block as the template had it, empty for one added for the day only.
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
    """A week of the rep's own; `used` marks the one in force, none means the shipped one."""

    __tablename__ = "week_template"
    __table_args__ = NEVER_REUSED
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    used: int = 0
    created_at: int


class WeekBlockRow(SQLModel, table=True):
    """A block of a week template; `weekday` counts from Monday, 0."""

    __tablename__ = "week_block"
    __table_args__ = (Index("week_block_template", "template_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    template_id: int = reference("week_template.id", "CASCADE", required=True)
    weekday: int
    start: str
    end: str
    kind: str
    title: str = ""


class EventRow(SQLModel, table=True):
    """An event of an imported calendar, or a meeting of one's own (it has no source, and a contact).

    `source` is its text (iCalendar), from which its times are filled in anew; `until` the last day that they reach,
    NULL where it ends by itself. `booking_id` is the row of the log that a meeting of one's own was booked with.
    """

    __tablename__ = "event"
    __table_args__ = (
        pointing("event_booking", "booking_id"),
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


class EventTimeRow(SQLModel, table=True):
    """One time of an event: seconds since 1970 UTC, or as if UTC were local time where it is `floating` (an event
    without a time zone, or of whole days). `title` where this one is called otherwise.
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
    """What became of a meeting: held or no-show, and the row of the log that counts it; empty while it was only asked.

    Kept by event and begin, not by `event_time`, whose rows are made anew when a calendar is read again.
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
    """A target frozen when its day was opened. `source` is plan or goal, `other` what the one that gave way asked."""

    __tablename__ = "day_target"
    __table_args__ = (Index("day_target_once", "day", "metric", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    day: str
    metric: str
    target: int
    goal_id: int | None = None
    source: str = later("'goal'", "goal")
    other: int | None = None
