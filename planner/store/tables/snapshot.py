"""Tables of derived data: the counts of a day and the day's snapshot."""

from sqlalchemy import Column, ForeignKey, Text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import later


class DayCount(SQLModel, table=True):
    """Counts of a day, maintained by triggers on `activity` in its own transaction. Derived, so never in a change."""

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
    """A day's snapshot for the quick reads. Derived: deleted by whatever makes it stale, rebuilt by the slow path.

    Weights, working days, amounts and required minutes are hundredths, odds are ten-thousandths (`p_plan` by the end of
    the month, `p_plan_end` eventually). `forecast` is the month's median, `next_due` when targets below one a day are
    next due, as ``proposals=2026-11-19``, `noes` the refusals left before the next meeting, `advice` the sentence of
    Today and `odds_key` the day's counts behind the odds. `list_day` is the day of the next calling list, `will_try`
    the previous day's resolution, `day_notes` the day's whole-day events, one per line, then a mark and the contacts'
    special days (`day.notes_text`), and `mail_next` when mail first opens on a later day. `midway` is the mid-week or
    mid-month check, one point per line, `bests` the highest daily counts ever, as ``dials=131 deals=2``.
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
    mail_next: str = later()
    asked_minutes: int | None = None
    available_minutes: int = 0
    p_plan: int | None = None
    p_quota: int | None = None
    p_plan_end: int | None = None
    p_quota_end: int | None = None
    forecast: int | None = None
    forecast_low: int | None = None
    forecast_high: int | None = None
    noes: int | None = None
    noes_low: int | None = None
    noes_high: int | None = None
    holds: int | None = None
    advice: str = ""
    odds_key: str = ""
    list_day: str = ""
    will_try: str = ""
    day_notes: str = ""
    midway: str = ""
    bests: str = ""
    next_due: str = ""


class LaidTarget(SQLModel, table=True):
    """A target in a day's snapshot."""

    __tablename__ = "laid_target"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(sa_column=Column(Text, ForeignKey("laid_day.day", ondelete="CASCADE"), primary_key=True))
    metric: str = Field(primary_key=True)
    target: int
    goal_id: int | None = None
    source: str = "goal"
    other: int | None = None


class LaidBlock(SQLModel, table=True):
    """A stretch of the timeline in a day's snapshot, in minutes from its midnight: the rest of a block, or a meeting
    (no position).

    For a meeting, `meeting_id` is its `event_time`, `mark` its outcome and `calendar` the subscribed one it is from.
    """

    __tablename__ = "laid_block"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(sa_column=Column(Text, ForeignKey("laid_day.day", ondelete="CASCADE"), primary_key=True))
    seq: int = Field(primary_key=True)
    first: int
    last: int
    kind: str
    title: str = ""
    position: int | None = None
    dropped: int = 0
    mark: str | None = None
    clash: str = ""
    meeting_id: int | None = None
    calendar: str = ""


class LaidWindow(SQLModel, table=True):
    """An email window in a day's snapshot, in local times."""

    __tablename__ = "laid_window"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(sa_column=Column(Text, ForeignKey("laid_day.day", ondelete="CASCADE"), primary_key=True))
    opens: str = Field(primary_key=True)
    closes: str
