"""The log, the calling list, sessions, scripts and objections."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, text
from sqlmodel import Field, SQLModel

from planner.domain.day.activity import REAL
from planner.store.tables.columns import NEVER_REUSED, later, pointing, reference


class ActivityRow(SQLModel, table=True):
    """One row of the log: what was done, when, how often and with what outcome.

    A call made in a session also has that session, its length (`seconds`) and the idle time before it (`gap`, in
    seconds without pauses, NULL for the first call and where unknown).
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index("activity_day", "day"),
        Index("activity_contact", "contact_id", "day", sqlite_where=text("contact_id IS NOT NULL")),
        pointing("activity_deal", "deal_id"),
        pointing("activity_change", "change_id"),
        CheckConstraint("count > 0", name="count_above_zero"),
        Index("activity_real", "contact_id", "day", sqlite_where=text(f"contact_id IS NOT NULL AND {REAL}")),
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
    deal_id: int | None = reference("deal.id")
    change_id: int | None = None
    session_id: int | None = None
    seconds: int | None = None
    gap: int | None = None


class ListEntryRow(SQLModel, table=True):
    """One entry of a day's calling list. `built_on` is the day it was added. `reason` is the request that put the
    contact there, if any (an email that becomes a call), made at `asked_at` (seconds since 1970 UTC).
    """

    __tablename__ = "list_entry"
    __table_args__ = (
        Index("list_entry_once", "day", "contact_id", unique=True),
        Index("list_entry_built", "built_on"),
        Index("list_entry_contact", "contact_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    day: str
    contact_id: int = reference("contact.id", "CASCADE", required=True)
    position: int
    built_on: str
    reason: str = later()
    asked_at: int | None = None


class CallSessionRow(SQLModel, table=True):
    """A run of calls, or a sprint within one. `paused` is its pause time in seconds. `calls` is what it came to; a
    sprint still running has those its session had when it began. Never part of a change: undoing calls doesn't undo
    the time.
    """

    __tablename__ = "call_session"
    __table_args__ = (Index("call_session_day", "day"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = later("'session'", "session")
    day: str
    started_at: int
    ended_at: int | None = None
    paused: int = later("0", 0)
    calls: int | None = None


class CallStateRow(SQLModel, table=True):
    """The rep's position in a session: one row, saved with each key, so that a killed program resumes there.

    Instants are seconds since 1970 UTC: the last key (`seen`), the call's start and end (while its outcome is pending),
    the start of the idle time (`gap_from`), the start of a pause. `skipped` is a JSON list of contacts moved to the
    end.
    """

    __tablename__ = "call_state"
    id: int | None = Field(default=None, primary_key=True)
    day: str
    seen: int
    session_id: int | None = None
    sprint_id: int | None = None
    contact_id: int | None = None
    began: int | None = None
    ended: int | None = None
    gap_from: int | None = None
    paused_at: int | None = None
    note: str = later()
    skipped: str = later("'[]'", "[]")


class CallCheckRow(SQLModel, table=True):
    """The questions after a call, each 0, 1 or NULL (not asked): need met, effective, content, listened. Also why."""

    __tablename__ = "call_check"
    __table_args__ = (Index("call_check_activity", "activity_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = reference("activity.id", "CASCADE", required=True)
    day: str
    met: int | None = None
    effective: int | None = None
    content: int | None = None
    listened: int | None = None
    why: str = later()


class HeardRow(SQLModel, table=True):
    """An objection heard, and how it was answered: `objection` and `answer` as in the playbook, `way` one of the seven,
    `sort` real, pretended or joking. `worked` is whether it led to a next step, NULL during the call.
    """

    __tablename__ = "heard"
    __table_args__ = (
        Index("heard_objection", "objection"),
        Index("heard_open", "contact_id", sqlite_where=text("worked IS NULL")),
        pointing("heard_contact", "contact_id"),
        pointing("heard_activity", "activity_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    objection: str
    way: str = ""
    answer: str = ""
    sort: str = "real"
    contact_id: int | None = reference("contact.id")
    activity_id: int | None = reference("activity.id")
    day: str
    at: int
    worked: int | None = None


class DrillRow(SQLModel, table=True):
    """Drill progress for an objection: its step, when it is due, how often it was drilled and how often fluently."""

    __tablename__ = "drill"
    __table_args__ = NEVER_REUSED
    id: int | None = Field(default=None, primary_key=True)
    objection: str = Field(unique=True)
    step: int = 0
    due: str
    times: int = 0
    fluent: int = 0


class OwnWordsRow(SQLModel, table=True):
    """A list of `data/` as edited by the rep. `lines` is a JSON list of texts. No row means the default list."""

    __tablename__ = "own_words"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    lines: str
