"""The schema, stated once, as SQLModel tables.

`schema.sql` beside this file is made from here by `python -m planner.store.schema` and committed, so that a new
database needs no SQLModel to be made and a change of schema shows in the diff; a test holds the two together.

Conventions: amounts and weights are whole hundredths; local dates and times are ISO text; instants are whole seconds
since 1970 UTC. No REAL anywhere: the history of changes keeps rows as JSON, and JSON text rounds reals.
Table models are not validated by SQLModel: they are mapped to domain objects, which are.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, text
from sqlmodel import Field, SQLModel

# Ids that are never used twice, even after the newest row was deleted.
NEVER_REUSED = {"sqlite_autoincrement": True}


class Meta(SQLModel, table=True):
    """Facts about the database itself: its uid, its currency, the day of the last backup."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    value: str


class ContactRow(SQLModel, table=True):
    """A person."""

    __tablename__ = "contact"
    __table_args__ = (Index("contact_name", text("name COLLATE NOCASE")), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: str
    created_at: int


class GoalRow(SQLModel, table=True):
    """A rung of the ladder."""

    __tablename__ = "goal"
    __table_args__ = (Index("goal_parent", "parent_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    title: str
    horizon: str
    first_day: str
    last_day: str
    parent_id: int | None = Field(default=None, sa_column=Column(Integer, ForeignKey("goal.id", ondelete="SET NULL")))
    metric: str | None = None
    target: int | None = None
    start_figure: int | None = None
    starts: str | None = None
    whole: int = 0
    why: str = ""
    for_whom: str = ""
    picture: str = ""
    state: str = "open"
    tally: int = 0
    position: int = 0
    created_at: int


class PlanRow(SQLModel, table=True):
    """A month's quota and personal plan."""

    __tablename__ = "month_plan"
    __table_args__ = (CheckConstraint("personal_plan > quota", name="plan_above_quota"),)
    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(unique=True)
    quota: int
    personal_plan: int
    average_deal: int | None = None
    expected_other: int = 0
    starts: str | None = None
    whole: int = 0


class CalendarRow(SQLModel, table=True):
    """The rep's own word on one date."""

    __tablename__ = "calendar_exception"
    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(unique=True)
    weight: int
    note: str = ""


class TaskRow(SQLModel, table=True):
    """A task, or a counter on the list of the day."""

    __tablename__ = "task"
    __table_args__ = (
        Index("task_open", "rank", sqlite_where=text("state = 'open'")),
        Index("task_done", "done_on", sqlite_where=text("state = 'done'")),
        Index("task_goal", "goal_id", sqlite_where=text("goal_id IS NOT NULL")),
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


class ActivityRow(SQLModel, table=True):
    """One row of the log: what was done, when, how often, with what outcome."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("activity_day", "day"),
        Index("activity_contact", "contact_id", "day", sqlite_where=text("contact_id IS NOT NULL")),
        CheckConstraint("count > 0", name="count_above_zero"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    at: int
    day: str
    local_time: str
    kind: str
    outcome: str | None = None
    count: int = 1
    contact_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("contact.id", ondelete="SET NULL"))
    )
    amount: int | None = None
    minutes: int | None = None
    reason: str | None = None
    note: str | None = None
    logged_at: int


class DayRow(SQLModel, table=True):
    """When a day was opened and closed, local time."""

    __tablename__ = "day"
    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(unique=True)
    opened_at: str | None = None
    closed_at: str | None = None
    note: str = ""


class DayTargetRow(SQLModel, table=True):
    """A target frozen when its day was opened."""

    __tablename__ = "day_target"
    __table_args__ = (Index("day_target_once", "day", "metric", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    day: str
    metric: str
    target: int
    goal_id: int | None = None


class ChangeRow(SQLModel, table=True):
    """One change that can be undone, by its name."""

    __tablename__ = "change"
    __table_args__ = (Index("change_undone", "undone", sqlite_where=text("undone = 1")), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    at: int
    label: str
    undone: int = 0


class ChangeRowRow(SQLModel, table=True):
    """One row touched by a change. `image` is the row on the *other* side as JSON: NULL where it didn't exist."""

    __tablename__ = "change_row"
    __table_args__ = {"sqlite_with_rowid": False}
    change_id: int = Field(
        sa_column=Column(Integer, ForeignKey("change.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    seq: int = Field(primary_key=True)
    tbl: str
    row_id: int
    image: str | None = Field(default=None, sa_column=Column(Text))


class DayCount(SQLModel, table=True):
    """Counts of a day, kept by triggers on `activity` in its own transaction. Derived: never logged as a change."""

    __tablename__ = "day_count"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(primary_key=True)
    dials: int = 0
    conversations: int = 0
    meetings_booked: int = 0
    meetings_held: int = 0
    no_shows: int = 0
    proposals: int = 0
    deals: int = 0
    emails: int = 0
    referrals: int = 0
    refusals: int = 0
    stops_refused: int = 0
    stops_given_in: int = 0
    revenue: int = 0


class LaidDay(SQLModel, table=True):
    """A day laid out for the quick reads. Derived: deleted by whatever makes it stale, laid anew by the slow path.

    Weights, working days and asked minutes are hundredths.
    """

    __tablename__ = "laid_day"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(primary_key=True)
    key: str
    weight: int
    month_first: str
    month_last: str
    days_total: int
    days_elapsed: int
    days_left: int
    quota: int | None = None
    personal_plan: int | None = None
    currency: str | None = None
    wish: str | None = None
    for_whom: str | None = None
    picture: str | None = None
    serves: str | None = None
    mail_minutes: int = 30
    asked_minutes: int | None = None
    available_minutes: int = 0


class LaidTarget(SQLModel, table=True):
    """A target of a laid day."""

    __tablename__ = "laid_target"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(sa_column=Column(Text, ForeignKey("laid_day.day", ondelete="CASCADE"), primary_key=True))
    metric: str = Field(primary_key=True)
    target: int
    goal_id: int | None = None


class LaidBlock(SQLModel, table=True):
    """A block of a laid day, local times."""

    __tablename__ = "laid_block"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(sa_column=Column(Text, ForeignKey("laid_day.day", ondelete="CASCADE"), primary_key=True))
    start: str = Field(primary_key=True)
    end: str
    kind: str


class LaidWindow(SQLModel, table=True):
    """A mail window of a laid day, local times."""

    __tablename__ = "laid_window"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(sa_column=Column(Text, ForeignKey("laid_day.day", ondelete="CASCADE"), primary_key=True))
    opens: str = Field(primary_key=True)
    closes: str
