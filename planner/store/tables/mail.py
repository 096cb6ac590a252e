"""Mail windows, emails and drafts."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, pointing, reference


class MailWindowRow(SQLModel, table=True):
    """An opened mail window: the hour it belongs to, its planned minutes, its start and end (seconds since 1970 UTC)
    and the emails handled as stated by the rep (NULL: the triage count).
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
    """A look at the mail outside its windows, with the reason given. `ended_at` is set where known."""

    __tablename__ = "mail_look"
    __table_args__ = (Index("mail_look_day", "day"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    day: str
    at: int
    reason: str
    ended_at: int | None = None


class LetterRow(SQLModel, table=True):
    """An email: one waiting in the mailbox (as far as it was read, not part of a change), or a decided one.

    `ref` identifies it by account and mailbox, `thread` is the first email of its thread, and `bulk` says whether a
    machine or a list wrote it. `decision` is empty while it waits, then reply, call, task, proposal, promise or
    nothing, and its text is deleted.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index("letter_waiting", "account", sqlite_where=text("decision = ''")),
        pointing("letter_contact", "contact_id"),
        pointing("letter_window", "window_id"),
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
    contact_id: int | None = reference("contact.id")
    decision: str = ""
    decided_at: int | None = None
    window_id: int | None = reference("mail_window.id")


class DraftRow(SQLModel, table=True):
    """An email to write in the next window. `state` is open, sent or dropped. `proposal` says whether it carries one,
    which leads to a follow-up call.
    """

    __tablename__ = "draft"
    __table_args__ = (
        Index("draft_open", "id", sqlite_where=text("state = 'open'")),
        pointing("draft_contact", "contact_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    contact_id: int | None = reference("contact.id")
    name: str = ""
    subject: str
    proposal: int = 0
    state: str = "open"
    created_at: int
    sent_at: int | None = None
