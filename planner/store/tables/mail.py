"""Mail windows, letters and drafts."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, pointing, reference


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
    """A letter to be written in the next window. `state` is open, sent or dropped; `proposal` whether it carries one,
    so that a follow-up call comes of it.
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
