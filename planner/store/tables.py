"""The schema, stated once, as SQLModel tables.

`schema.sql` beside this file is made from here by `python -m planner.store.schema` and committed, so that a new
database needs no SQLModel to be made and a change of schema shows in the diff; a test holds the two together.

Conventions: amounts and weights are whole hundredths; local dates and times are ISO text; instants are whole seconds
since 1970 UTC. No REAL anywhere: the history of changes keeps rows as JSON, and JSON text rounds reals.
Table models are not validated by SQLModel: they are mapped to domain objects, which are.
"""

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, text
from sqlmodel import Field, SQLModel

from planner.domain.activity import REAL

# Ids that are never used twice, even after the newest row was deleted.
NEVER_REUSED = {"sqlite_autoincrement": True}


def _reference(target: str, on_delete: str = "SET NULL", *, required: bool = False) -> Any:
    """A column that points at a row. Each has an index of its own: deleting the row looks for who points at it."""
    column = Column(Integer, ForeignKey(target, ondelete=on_delete), nullable=not required)
    return Field(sa_column=column) if required else Field(default=None, sa_column=column)


def _later(default: str = "''", value: Any = "") -> Any:
    """A column of a later schema, which rows in the history of changes may not have: it has a default of its own."""
    return Field(default=value, sa_column_kwargs={"server_default": text(default)})


def _pointing(name: str, column: str) -> Index:
    return Index(name, column, sqlite_where=text(f"{column} IS NOT NULL"))


class Meta(SQLModel, table=True):
    """Facts about the database itself: its uid, its currency, the day of the last backup."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    value: str


class CompanyRow(SQLModel, table=True):
    """A company. `change_id` on this and other rows: the import that made them, so that it is undone in one DELETE."""

    __tablename__ = "company"
    __table_args__ = (
        Index("company_name", text("name COLLATE NOCASE")),
        _pointing("company_change", "change_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: str
    website: str = ""
    city: str = ""
    notes: str = ""
    created_at: int
    change_id: int | None = None


class ContactRow(SQLModel, table=True):
    """Whom one calls: a person, or a company of which no person is known yet. `tags` is a JSON list of words, `dates`
    one of pairs: an ISO date and what it is. `supplier_until` is the day the present supplier's contract ends, `rhythm`
    how many days may lie between two real contacts where the tier and tags don't say it. `zone` is the name of their
    time zone (``Europe/Berlin``), empty for the rep's own.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index("contact_name", text("name COLLATE NOCASE")),
        _pointing("contact_company", "company_id"),
        _pointing("contact_referrer", "referrer_id"),
        _pointing("contact_change", "change_id"),
        Index("contact_chance", "supplier_until", sqlite_where=text("supplier_until IS NOT NULL")),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: str
    created_at: int
    company_id: int | None = _reference("company.id")
    role: str = _later()
    kind: str = _later()
    need: str = _later()
    decides: int = _later("0", 0)
    source: str = _later()
    supplier: str = _later()
    supplier_weak: str = _later()
    city: str = _later()
    birthday: str | None = None
    tags: str = _later("'[]'", "[]")
    notes: str = _later()
    referrer_id: int | None = _reference("contact.id")
    change_id: int | None = None
    languages: str = _later()
    preferences: str = _later()
    supplier_until: str | None = None
    dates: str = _later("'[]'", "[]")
    tier: str = _later()
    rhythm: int | None = None
    consent: str = _later()
    mailing: str = _later()
    do_not_call: int = _later("0", 0)
    zone: str = _later()


class ContactWayRow(SQLModel, table=True):
    """A phone number or a mail address of a contact. `key` is what it is looked up by (`domain.people`)."""

    __tablename__ = "contact_way"
    __table_args__ = (
        Index("contact_way_contact", "contact_id"),
        Index("contact_way_key", "kind", "key"),
        _pointing("contact_way_change", "change_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = _reference("contact.id", "CASCADE", required=True)
    kind: str
    value: str
    key: str
    label: str = ""
    position: int = 0
    change_id: int | None = None
    wrong: int = _later("0", 0)


class DealRow(SQLModel, table=True):
    """A deal in the pipeline. Its bookings are rows of the log that carry its id. `contract_end` is the day until which
    a won one runs, `term_months` after how many months it comes round again, `stage_since` when it came to its stage.
    """

    __tablename__ = "deal"
    __table_args__ = (
        Index("deal_open", "stage", sqlite_where=text("stage NOT IN ('won', 'lost')")),
        _pointing("deal_contact", "contact_id"),
        _pointing("deal_company", "company_id"),
        _pointing("deal_change", "change_id"),
        Index("deal_ends", "contract_end", sqlite_where=text("contract_end IS NOT NULL")),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    title: str
    contact_id: int | None = _reference("contact.id")
    company_id: int | None = _reference("company.id")
    value: int | None = None
    stage: str
    opened: str | None = None
    closed: str | None = None
    expected_close: str | None = None
    stage_before: str | None = None
    reason: str = ""
    owner: str = ""
    notes: str = ""
    created_at: int
    change_id: int | None = None
    contract_end: str | None = None
    term_months: int | None = None
    stage_since: str | None = None


class PromiseRow(SQLModel, table=True):
    """A promise to a customer, with its due time."""

    __tablename__ = "promise"
    __table_args__ = (
        Index("promise_open", "due", sqlite_where=text("state = 'open'")),
        _pointing("promise_contact", "contact_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    contact_id: int | None = _reference("contact.id")
    text: str
    due: str
    state: str = "open"
    settled_at: str | None = None
    note: str = ""
    created_at: int


class ComplaintRow(SQLModel, table=True):
    """A complaint: of what kind, until when it is to be answered, and how far it has come (`domain.complaints`).

    `received` and `due` are local ISO days, with an hour or without; `escalated` says to whom it was handed up.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        Index("complaint_open", "due", sqlite_where=text("state <> 'checked'")),
        _pointing("complaint_contact", "contact_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    contact_id: int | None = _reference("contact.id")
    kind: str
    text: str
    received: str
    due: str
    state: str
    agreed: str = ""
    compensation: str = ""
    escalated: str = ""
    done_on: str | None = None
    created_at: int


class SavedFilterRow(SQLModel, table=True):
    """A filter of the client list, kept under a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (NEVER_REUSED,)
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    words: str
    created_at: int


class ExportRow(SQLModel, table=True):
    """That data left the base: when, what, how many rows, into which file. Not undoable, so no part of the history."""

    __tablename__ = "export_log"
    __table_args__ = (NEVER_REUSED,)
    id: int | None = Field(default=None, primary_key=True)
    at: int
    what: str
    rows: int
    file: str


class SearchStaleRow(SQLModel, table=True):
    """What the search has still to read anew, put here by triggers; the search itself brings it up (`search.py`)."""

    __tablename__ = "search_stale"
    __table_args__ = {"sqlite_with_rowid": False}
    kind: str = Field(primary_key=True)
    row_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class ImportRefRow(SQLModel, table=True):
    """What an imported row was called where it came from, so that the same row again adds nothing.

    `kind` is contact, deal or call; `read` what was read, as a JSON object, `row_id` the row made of it. When the file
    says something else later, only that is changed here: what the rep has edited since stays. The row may be gone: what
    the rep dropped is not brought back.
    """

    __tablename__ = "import_ref"
    __table_args__ = (
        Index("import_ref_once", "kind", "ref", unique=True),
        _pointing("import_ref_change", "change_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    ref: str
    read: str
    row_id: int
    change_id: int | None = None


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
    """A month's quota and personal plan. `brought_in` is the revenue that was won before planner was used for it."""

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
    brought_in: int = _later("0", 0)


class PeriodPlanRow(SQLModel, table=True):
    """The quota of a quarter (``2026-Q4``) or a year (``2026``), and the rep's own plan for it where they set one."""

    __tablename__ = "period_plan"
    id: int | None = Field(default=None, primary_key=True)
    period: str = Field(unique=True)
    quota: int
    personal_plan: int | None = None


class CalendarRow(SQLModel, table=True):
    """The rep's own word on one date."""

    __tablename__ = "calendar_exception"
    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(unique=True)
    weight: int
    note: str = ""


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
        _pointing("task_goal", "goal_id"),
        _pointing("task_contact", "contact_id"),
        _pointing("task_deal", "deal_id"),
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
    tags: str = _later()
    missed: int = _later("0", 0)
    from_done: int = _later("0", 0)
    placed: int = _later("0", 0)
    done_time: str | None = None
    care: str = _later()
    about: str = _later()
    deal_id: int | None = _reference("deal.id")


class ActivityRow(SQLModel, table=True):
    """One row of the log: what was done, when, how often, with what outcome.

    Of a call made in a session: the session, how long it was (`seconds`), and how long nobody was called before it
    (`gap`, seconds, less pauses; NULL for the first and where it can't be told).
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index("activity_day", "day"),
        Index("activity_contact", "contact_id", "day", sqlite_where=text("contact_id IS NOT NULL")),
        _pointing("activity_deal", "deal_id"),
        _pointing("activity_change", "change_id"),
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
    deal_id: int | None = _reference("deal.id")
    change_id: int | None = None
    session_id: int | None = None
    seconds: int | None = None
    gap: int | None = None


class DayRow(SQLModel, table=True):
    """When a day was opened and closed, local time, what was said at its close, and its three most important tasks."""

    __tablename__ = "day"
    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(unique=True)
    opened_at: str | None = None
    closed_at: str | None = None
    note: str = ""
    went_well: str = _later()
    went_wrong: str = _later()
    what_else: str = _later()
    will_try: str = _later()
    top_three: str = _later("'[]'", "[]")


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
    template_id: int = _reference("week_template.id", "CASCADE", required=True)
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
        _pointing("event_booking", "booking_id"),
        _pointing("event_change", "change_id"),
        _pointing("event_contact", "contact_id"),
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
    contact_id: int | None = _reference("contact.id")
    booking_id: int | None = _reference("activity.id")


class EventTimeRow(SQLModel, table=True):
    """One time of an event: seconds since 1970 UTC, or as if UTC were local time where it is `floating` (an event
    without a time zone, or of whole days). `title` where this one is called otherwise.
    """

    __tablename__ = "event_time"
    __table_args__ = (
        Index("event_time_event", "event_id"),
        Index("event_time_start", "start_at"),
        _pointing("event_time_change", "change_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    event_id: int = _reference("event.id", "CASCADE", required=True)
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
        _pointing("meeting_outcome_activity", "activity_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    event_id: int = _reference("event.id", "CASCADE", required=True)
    start_at: int
    outcome: str = ""
    activity_id: int | None = _reference("activity.id", "CASCADE")


class ListEntryRow(SQLModel, table=True):
    """One line of the calling list of a day; `built_on` is the day on which it was put there, `reason` what
    they asked for where that put them there (an email that becomes a call), at `asked_at` (seconds since 1970 UTC).
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
    contact_id: int = _reference("contact.id", "CASCADE", required=True)
    position: int
    built_on: str
    reason: str = _later()
    asked_at: int | None = None


class CallSessionRow(SQLModel, table=True):
    """A run of calls, or a sprint within one. `paused` is how many seconds of it were a pause; what was done in it
    stands in the log. Never part of a change: taking calls back doesn't unmake the time.
    """

    __tablename__ = "call_session"
    __table_args__ = (Index("call_session_day", "day"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = _later("'session'", "session")
    day: str
    started_at: int
    ended_at: int | None = None
    paused: int = _later("0", 0)
    calls: int | None = None


class CallStateRow(SQLModel, table=True):
    """Where the rep stands in a session: one row, kept with each key, so that a killed program goes on there.

    Instants in seconds since 1970 UTC: of the last key (`seen`), when the call began and ended (its outcome is still to
    come), since when nobody is called (`gap_from`), since when there is a pause. `skipped` is a JSON list of contacts
    put to the end.
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
    note: str = _later()
    skipped: str = _later("'[]'", "[]")


class CallCheckRow(SQLModel, table=True):
    """The questions after a call, each 0, 1 or NULL (not asked): need met, effective, content, listened; and why."""

    __tablename__ = "call_check"
    __table_args__ = (Index("call_check_activity", "activity_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = _reference("activity.id", "CASCADE", required=True)
    day: str
    met: int | None = None
    effective: int | None = None
    content: int | None = None
    listened: int | None = None
    why: str = _later()


class HeardRow(SQLModel, table=True):
    """An objection that was heard, and how it was answered: `objection` and `answer` as in the playbook, `way` one of
    the seven, `sort` real, pretended or joking; `worked` whether a next step came of it, NULL while the call runs.
    """

    __tablename__ = "heard"
    __table_args__ = (
        Index("heard_objection", "objection"),
        Index("heard_open", "contact_id", sqlite_where=text("worked IS NULL")),
        _pointing("heard_contact", "contact_id"),
        _pointing("heard_activity", "activity_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    objection: str
    way: str = ""
    answer: str = ""
    sort: str = "real"
    contact_id: int | None = _reference("contact.id")
    activity_id: int | None = _reference("activity.id")
    day: str
    at: int
    worked: int | None = None


class MailWindowRow(SQLModel, table=True):
    """A mail window that was opened: the hour it belongs to, its planned minutes, when its clock ran (seconds since
    1970 UTC), and the letters handled, where the rep said how many (NULL: those of the triage count).
    """

    __tablename__ = "mail_window"
    __table_args__ = (Index("mail_window_day", "day"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    day: str
    opens: str
    planned: int
    opened_at: int
    closed_at: int | None = None
    letters: int | None = None


class MailLookRow(SQLModel, table=True):
    """A look into the mail outside its windows, with the reason that was written; `ended_at` where it is known."""

    __tablename__ = "mail_look"
    __table_args__ = (Index("mail_look_day", "day"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    day: str
    at: int
    reason: str
    ended_at: int | None = None


class LetterRow(SQLModel, table=True):
    """A letter: one that waits in the mailbox (as far as it was read, no change), or what became of one.

    `ref` is the account and what the letter is known by there, `thread` the letter that its thread began with, `bulk`
    whether a machine or a list wrote it. `decision` is empty while it waits; then reply, call, task, proposal, promise
    or nothing, and its text is gone.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index("letter_waiting", "account", sqlite_where=text("decision = ''")),
        _pointing("letter_contact", "contact_id"),
        _pointing("letter_window", "window_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True)
    account: str
    message_id: str = ""
    thread: str = ""
    refs: str = ""
    sender: str = ""
    address: str = ""
    reply_to: str = ""
    subject: str = ""
    sent_at: int
    bulk: int = 0
    preview: str = ""
    contact_id: int | None = _reference("contact.id")
    decision: str = ""
    decided_at: int | None = None
    window_id: int | None = _reference("mail_window.id")


class DraftRow(SQLModel, table=True):
    """A letter to be written in the next window. `state` is open, sent or dropped; `proposal` whether it carries one,
    so that a follow-up call comes of it.
    """

    __tablename__ = "draft"
    __table_args__ = (
        Index("draft_open", "id", sqlite_where=text("state = 'open'")),
        _pointing("draft_contact", "contact_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    contact_id: int | None = _reference("contact.id")
    name: str = ""
    subject: str
    proposal: int = 0
    state: str = "open"
    created_at: int
    sent_at: int | None = None


class DrillRow(SQLModel, table=True):
    """How well an objection is answered aloud: its step, when it is due, how often it was drilled, how often fluent."""

    __tablename__ = "drill"
    __table_args__ = NEVER_REUSED
    id: int | None = Field(default=None, primary_key=True)
    objection: str = Field(unique=True)
    step: int = 0
    due: str
    times: int = 0
    fluent: int = 0


class OwnWordsRow(SQLModel, table=True):
    """A list of `data/` as the rep has edited it; `lines` is a JSON list of texts. No row: the shipped one."""

    __tablename__ = "own_words"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    lines: str


class ReviewRow(SQLModel, table=True):
    """A weekly self-review that was begun, and finished or not. `week` is its Monday, `step` how far it has come.

    `figures` is what was counted as it stood when it was finished, as JSON: the log may be mended since.
    """

    __tablename__ = "review"
    __table_args__ = (NEVER_REUSED,)
    id: int | None = Field(default=None, primary_key=True)
    week: str = Field(unique=True)
    step: int = 0
    started_at: str
    finished_at: str | None = None
    figures: str = "{}"


class ReviewLineRow(SQLModel, table=True):
    """A line of a self-review (`domain.selfreview`): what went well or wrong, what was tried, an aim, one to the wish.

    `done` says of what was tried whether it was; `became` what a correction was made into, and `task_id` which task.
    `origin` is what a tried line is about: a day's close, or a line of the week before.
    """

    __tablename__ = "review_line"
    __table_args__ = (Index("review_line_review", "review_id"), _pointing("review_line_task", "task_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    review_id: int = _reference("review.id", "CASCADE", required=True)
    kind: str
    position: int
    text: str
    cause: str = ""
    correction: str = ""
    done: int | None = None
    became: str = ""
    task_id: int | None = _reference("task.id")
    origin: str = ""


class LearningRow(SQLModel, table=True):
    """A book, a training, a language, a piece of product knowledge, or a question that couldn't be answered (S28).

    `taken` is what was taken from it; of a question, `task_id` is the task to find it out.
    """

    __tablename__ = "learning"
    __table_args__ = (_pointing("learning_task", "task_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    title: str
    author: str = ""
    started: str
    done_on: str | None = None
    taken: str = ""
    task_id: int | None = _reference("task.id")
    created_at: int


class LearningUseRow(SQLModel, table=True):
    """Where something that was learnt was used: on a day, in a call or a deal, with whom."""

    __tablename__ = "learning_use"
    __table_args__ = (
        Index("learning_use_learning", "learning_id"),
        _pointing("learning_use_contact", "contact_id"),
        _pointing("learning_use_deal", "deal_id"),
        _pointing("learning_use_activity", "activity_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    learning_id: int = _reference("learning.id", "CASCADE", required=True)
    day: str
    note: str = ""
    contact_id: int | None = _reference("contact.id")
    deal_id: int | None = _reference("deal.id")
    activity_id: int | None = _reference("activity.id")


class DayTargetRow(SQLModel, table=True):
    """A target frozen when its day was opened. `source` is plan or goal, `other` what the one that gave way asked."""

    __tablename__ = "day_target"
    __table_args__ = (Index("day_target_once", "day", "metric", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    day: str
    metric: str
    target: int
    goal_id: int | None = None
    source: str = _later("'goal'", "goal")
    other: int | None = None


class SaidOddsRow(SQLModel, table=True):
    """What was said of a month on the morning a day was opened: odds in ten-thousandths, amounts in hundredths."""

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

    Weights, working days, amounts and asked minutes are hundredths; odds are ten-thousandths, `p_plan` by the end of
    the month, `p_plan_end` in the end. `forecast` is the median of the month, `next_due` when what is asked less than
    once a day is due next, as ``proposals=2026-11-19``, `noes` the refusals to go to the next meeting, `advice` the
    sentence of Today, `odds_key` the counts of the day that they rest on. `list_day` is the day that the next calling
    list is for, `will_try` what the day before closed with, `day_notes` the whole-day events of its calendars, a line
    each, and behind a mark the birthdays and other days of contacts (`day.notes_text`), `mail_next` when mail opens
    first on a later day. `midway` is what the check in the middle of a week or month says, a line each, `bests` the
    most that was ever counted on a day, as ``dials=131 deals=2``.
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
    mail_next: str = _later()
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
    """A target of a laid day."""

    __tablename__ = "laid_target"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(sa_column=Column(Text, ForeignKey("laid_day.day", ondelete="CASCADE"), primary_key=True))
    metric: str = Field(primary_key=True)
    target: int
    goal_id: int | None = None
    source: str = "goal"
    other: int | None = None


class LaidBlock(SQLModel, table=True):
    """A stretch of a laid day, in minutes from its midnight: what is left of a block, or a meeting (no position).

    `meeting_id` is the meeting's `event_time`, `mark` then what became of it.
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


class LaidWindow(SQLModel, table=True):
    """A mail window of a laid day, local times."""

    __tablename__ = "laid_window"
    __table_args__ = {"sqlite_with_rowid": False}
    day: str = Field(sa_column=Column(Text, ForeignKey("laid_day.day", ondelete="CASCADE"), primary_key=True))
    opens: str = Field(primary_key=True)
    closes: str
