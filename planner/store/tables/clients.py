"""Companies, people, deals, promises and complaints."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, later, pointing, reference


class CompanyRow(SQLModel, table=True):
    """A company. `change_id`, here and on other rows, is the import that added it, so that one DELETE undoes it."""

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
    """A contact: a person, or a company without a known person. `tags` is a JSON list of words, `dates` a JSON list of
    pairs (an ISO date and what it is). `supplier_until` is the day the current supplier's contract ends, and `rhythm`
    the most days between two real contacts where tier and tags don't define it. `zone` is their time zone
    (``Europe/Berlin``), empty for the rep's own.
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
    """A contact's phone number or email address. `key` is the lookup key (`domain.people`)."""

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
    """A deal in the pipeline. Its bookings are log rows carrying its id. `contract_end` is the last day of a won deal's
    contract, `term_months` the months until it recurs, `stage_since` when it entered its stage.
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
    """A complaint: its kind, when the answer is due, and its progress (`domain.complaints`).

    `received` and `due` are local ISO days, with or without a time. `escalated` is whom it was escalated to.
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
    """A saved filter of the client list."""

    __tablename__ = "saved_filter"
    __table_args__ = (NEVER_REUSED,)
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    words: str
    created_at: int
