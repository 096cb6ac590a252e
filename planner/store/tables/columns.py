"""Columns that several tables share."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, text
from sqlmodel import Field

# Ids that are never used twice, even after the newest row was deleted.
NEVER_REUSED = {"sqlite_autoincrement": True}


def reference(target: str, on_delete: str = "SET NULL", *, required: bool = False) -> Any:
    """A column that points at a row. Each has an index of its own: deleting the row looks for who points at it."""
    column = Column(Integer, ForeignKey(target, ondelete=on_delete), nullable=not required)
    return Field(sa_column=column) if required else Field(default=None, sa_column=column)


def later(default: str = "''", value: Any = "") -> Any:
    """A column of a later schema, which rows in the history of changes may not have: it has a default of its own."""
    return Field(default=value, sa_column_kwargs={"server_default": text(default)})


def pointing(name: str, column: str) -> Index:
    return Index(name, column, sqlite_where=text(f"{column} IS NOT NULL"))
