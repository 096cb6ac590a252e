"""Makes `schema.sql` out of the tables: `python -m planner.store.schema` (part of `make schema`)."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from planner.domain.activity import COUNTED, REVENUE
from planner.store import connection, tables

SCHEMA_FILE = Path(__file__).with_name("schema.sql")


def count_triggers() -> list[str]:
    """The triggers that keep `day_count` in step with `activity`, in the activity's own transaction."""
    columns = (*COUNTED, "revenue")

    def change(row: str, sign: str) -> str:
        amounts = [f"{sign}{row}count * ({rule.format(row=row)})" for rule in COUNTED.values()]
        amounts.append(f"{sign}{REVENUE.format(row=row)}")
        # a comparison with NULL is NULL, and NULL must not wipe a count
        values = ",\n    ".join(f"coalesce({amount}, 0)" for amount in amounts)
        updates = ",\n    ".join(f"{name} = {name} + excluded.{name}" for name in columns)
        return (
            f"  INSERT INTO day_count (day, {', '.join(columns)}) VALUES ({row}day,\n    {values})\n"
            f"  ON CONFLICT (day) DO UPDATE SET\n    {updates};\n"
        )

    add, take = change("NEW.", ""), change("OLD.", "-")
    return [
        f"CREATE TRIGGER activity_counted AFTER INSERT ON activity BEGIN\n{add}END",
        f"CREATE TRIGGER activity_uncounted AFTER DELETE ON activity BEGIN\n{take}END",
        f"CREATE TRIGGER activity_recounted AFTER UPDATE ON activity BEGIN\n{take}{add}END",
    ]


def statements() -> list[str]:
    """Every statement that makes a new database, in order."""
    assert tables.Meta.metadata is SQLModel.metadata
    dialect = sqlite.dialect()
    found: list[str] = []
    for table in SQLModel.metadata.sorted_tables:
        found.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        found += [
            str(CreateIndex(index).compile(dialect=dialect)).strip()
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
    return [statement.replace("\t", "  ").replace(" \n", "\n") for statement in [*found, *count_triggers()]]


def text() -> str:
    """The content of `schema.sql`."""
    head = (
        f"-- The schema of version {connection.SCHEMA_VERSION}, made from store/tables.py by `make schema`. "
        "Don't edit: change the tables.\n"
    )
    return head + "".join(f"\n{statement};\n" for statement in statements())


if __name__ == "__main__":
    SCHEMA_FILE.write_text(text(), encoding="utf-8")
