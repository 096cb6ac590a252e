"""Self-reviews and learning."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, pointing, reference


class ReviewRow(SQLModel, table=True):
    """A weekly self-review, finished or not. `week` is its Monday, `step` how far the rep has got.

    `figures` are the counts at the time it was finished, as JSON, since the log may be corrected later.
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
    """A line of a self-review (`domain.selfreview`): what went well or wrong, what was tried, an aim, a step to a wish.

    `done` says whether something tried was done, `became` what a correction turned into, and `task_id` its task.
    `origin` is what a tried line refers to: a day's close, or a line of the week before.
    """

    __tablename__ = "review_line"
    __table_args__ = (Index("review_line_review", "review_id"), pointing("review_line_task", "task_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    review_id: int = reference("review.id", "CASCADE", required=True)
    kind: str
    position: int
    text: str
    cause: str = ""
    correction: str = ""
    done: int | None = None
    became: str = ""
    task_id: int | None = reference("task.id")
    origin: str = ""


class LearningRow(SQLModel, table=True):
    """A book, a training, a language, a piece of product knowledge, or a question that couldn't be answered (S28).

    `taken` is the takeaway. For a question, `task_id` is the task to find the answer.
    """

    __tablename__ = "learning"
    __table_args__ = (pointing("learning_task", "task_id"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    title: str
    author: str = ""
    started: str
    done_on: str | None = None
    taken: str = ""
    task_id: int | None = reference("task.id")
    created_at: int


class LearningUseRow(SQLModel, table=True):
    """One use of something learnt: on which day, in which call or deal, with whom."""

    __tablename__ = "learning_use"
    __table_args__ = (
        Index("learning_use_learning", "learning_id"),
        pointing("learning_use_contact", "contact_id"),
        pointing("learning_use_deal", "deal_id"),
        pointing("learning_use_activity", "activity_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    learning_id: int = reference("learning.id", "CASCADE", required=True)
    day: str
    note: str = ""
    contact_id: int | None = reference("contact.id")
    deal_id: int | None = reference("deal.id")
    activity_id: int | None = reference("activity.id")
