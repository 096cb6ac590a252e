"""Companies, people, deals, promises and complaints."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, later, pointing, reference


class CompanyRow(SQLModel, table=True):
    """A company. `change_id` on this and other rows: the import that made them, so that it is undone in one DELETE."""

    __tablename__ = "company"
    __table_args__ = (
        Index("company_name", text("name COLLATE NOCASE")),
        pointing("company_change", "change_id"),
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
        pointing("contact_company", "company_id"),
        pointing("contact_referrer", "referrer_id"),
        pointing("contact_change", "change_id"),
        Index("contact_chance", "supplier_until", sqlite_where=text("supplier_until IS NOT NULL")),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    name: str
    created_at: int
    company_id: int | None = reference("company.id")
    role: str = later()
    kind: str = later()
    need: str = later()
    decides: int = later("0", 0)
    source: str = later()
    supplier: str = later()
    supplier_weak: str = later()
    city: str = later()
    birthday: str | None = None
    tags: str = later("'[]'", "[]")
    notes: str = later()
    referrer_id: int | None = reference("contact.id")
    change_id: int | None = None
    languages: str = later()
    preferences: str = later()
    supplier_until: str | None = None
    dates: str = later("'[]'", "[]")
    tier: str = later()
    rhythm: int | None = None
    consent: str = later()
    mailing: str = later()
    do_not_call: int = later("0", 0)
    zone: str = later()


class ContactWayRow(SQLModel, table=True):
    """A phone number or a mail address of a contact. `key` is what it is looked up by (`domain.people`)."""

    __tablename__ = "contact_way"
    __table_args__ = (
        Index("contact_way_contact", "contact_id"),
        Index("contact_way_key", "kind", "key"),
        pointing("contact_way_change", "change_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = reference("contact.id", "CASCADE", required=True)
    kind: str
    value: str
    key: str
    label: str = ""
    position: int = 0
    change_id: int | None = None
    wrong: int = later("0", 0)


class DealRow(SQLModel, table=True):
    """A deal in the pipeline. Its bookings are rows of the log that carry its id. `contract_end` is the day until which
    a won one runs, `term_months` after how many months it comes round again, `stage_since` when it came to its stage.
    """

    __tablename__ = "deal"
    __table_args__ = (
        Index("deal_open", "stage", sqlite_where=text("stage NOT IN ('won', 'lost')")),
        pointing("deal_contact", "contact_id"),
        pointing("deal_company", "company_id"),
        pointing("deal_change", "change_id"),
        Index("deal_ends", "contract_end", sqlite_where=text("contract_end IS NOT NULL")),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    title: str
    contact_id: int | None = reference("contact.id")
    company_id: int | None = reference("company.id")
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
        pointing("promise_contact", "contact_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    contact_id: int | None = reference("contact.id")
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
        pointing("complaint_contact", "contact_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    contact_id: int | None = reference("contact.id")
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
