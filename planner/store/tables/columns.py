"""Column types that several tables share."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, text
from sqlmodel import Field

# Ids are never reused, not even after the newest row was deleted.
NEVER_REUSED = {"sqlite_autoincrement": True}


def reference(target: str, on_delete: str = "SET NULL", *, required: bool = False) -> Any:
    """Return a foreign-key column. Each has its own index, because deleting a row looks up its references."""
    column = Column(Integer, ForeignKey(target, ondelete=on_delete), nullable=not required)
    return Field(sa_column=column) if required else Field(default=None, sa_column=column)


def later(default: str = "''", value: Any = "") -> Any:
    """Return a column of a later schema, with a default for history rows that predate it."""
    return Field(default=value, sa_column_kwargs={"server_default": text(default)})


def pointing(name: str, column: str) -> Index:
    return Index(name, column, sqlite_where=text(f"{column} IS NOT NULL"))
