"""What serves all: the base itself, the history of changes, imports, exports and the search."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Text, text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, pointing


class Meta(SQLModel, table=True):
    """Facts about the database itself: its uid, its currency, the day of the last backup."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    value: str


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
        pointing("import_ref_change", "change_id"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    ref: str
    read: str
    row_id: int
    change_id: int | None = None


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
