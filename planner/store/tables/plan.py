"""Goals, plans, the calendar, and recorded forecasts."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, later


class GoalRow(SQLModel, table=True):
    """A goal in the goal tree."""

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
    """A month's quota and personal plan. `brought_in` is revenue won before planner was used for that month."""

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
    calls_per_day: int | None = None
    brought_in: int = later("0", 0)


class PeriodPlanRow(SQLModel, table=True):
    """The quota of a quarter (``2026-Q4``) or year (``2026``), and the rep's own plan for it if there is one."""

    __tablename__ = "period_plan"
    id: int | None = Field(default=None, primary_key=True)
    period: str = Field(unique=True)
    quota: int
    personal_plan: int | None = None


class CalendarRow(SQLModel, table=True):
    """The rep's override for one date."""

    __tablename__ = "calendar_exception"
    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(unique=True)
    weight: int
    note: str = ""


class SaidOddsRow(SQLModel, table=True):
    """A month's forecast on the morning a day was opened: odds in ten-thousandths, amounts in hundredths."""

    __tablename__ = "said_odds"
    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(unique=True)
    target: int
    quota: int
    p_plan: int
    p_quota: int | None = None
    median: int
    low: int
    high: int
