"""Shared tables: facts about the database, the history of changes, imports, exports and the search."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Text, text
from sqlmodel import Field, SQLModel

from planner.store.tables.columns import NEVER_REUSED, pointing


class Meta(SQLModel, table=True):
    """Facts about the database itself: its uid, its currency, the day of the last backup."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    value: str


class ExportRow(SQLModel, table=True):
    """One export out of the database: when, what, how many rows, to which file. Not undoable, so not in the history."""

    __tablename__ = "export_log"
    __table_args__ = (NEVER_REUSED,)
    id: int | None = Field(default=None, primary_key=True)
    at: int
    what: str
    rows: int
    file: str


class SearchStaleRow(SQLModel, table=True):
    """Rows the search must reread, noted by triggers and processed by the search itself (`search.py`)."""

    __tablename__ = "search_stale"
    __table_args__ = {"sqlite_with_rowid": False}
    kind: str = Field(primary_key=True)
    row_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class ImportRefRow(SQLModel, table=True):
    """What an imported row was called at its source, so that importing it again adds nothing.

    `kind` is contact, deal or call, `read` the values read as a JSON object, `row_id` the row created. When the file
    later differs, only the difference is applied, so the rep's edits survive. The row may be gone, and what the rep
    deleted is not recreated.
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
    """One undoable change and its name."""

    __tablename__ = "change"
    __table_args__ = (Index("change_undone", "undone", sqlite_where=text("undone = 1")), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    at: int
    label: str
    undone: int = 0


class ChangeRowRow(SQLModel, table=True):
    """One row touched by a change. `image` is the row on the *other* side as JSON, NULL where it didn't exist."""

    __tablename__ = "change_row"
    __table_args__ = {"sqlite_with_rowid": False}
    change_id: int = Field(
        sa_column=Column(Integer, ForeignKey("change.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    seq: int = Field(primary_key=True)
    tbl: str
    row_id: int
    image: str | None = Field(default=None, sa_column=Column(Text))
