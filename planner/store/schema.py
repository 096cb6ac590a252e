"""Generates `schema.sql` from the tables: `python -m planner.store.schema` (part of `make schema`)."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from planner.domain.day.activity import COUNTED, REVENUE
from planner.store import connection, tables

SCHEMA_FILE = Path(__file__).with_name("schema.sql")


def count_triggers() -> list[str]:
    """Return the triggers that keep `day_count` in sync with `activity`, in the activity's own transaction."""
    columns = (*COUNTED, "revenue")

    def change(row: str, sign: str) -> str:
        amounts = [f"{sign}{row}count * ({rule.format(row=row)})" for rule in COUNTED.values()]
        amounts.append(f"{sign}{REVENUE.format(row=row)}")
        # a comparison with NULL is NULL, which must not wipe a count
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


# What the search indexes, as conditions on a table's rows, by the kinds of `search.py`.
SEARCHED = {
    "contact": "",
    "deal": "",
    "promise": "",
    "complaint": "",
    "activity": "{row}.note IS NOT NULL",
    "task": "{row}.kind <> 'counter'",
    "review_line": "",
    "day": "{row}.went_well || {row}.went_wrong || {row}.what_else || {row}.will_try <> ''",
    "learning": "",
}


def search_tables() -> list[str]:
    """Return the search indices: contacts (names first, then the rest), and all other text.

    `row` is a contact's id, or eight times a row's id plus its kind (`search.KINDS`).
    """
    tokens = "tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4 5 6', columnsize = 0"
    return [
        f"CREATE VIRTUAL TABLE search_contact USING fts5 (name, ways, rest, {tokens})",
        f"CREATE VIRTUAL TABLE search_text USING fts5 (body, {tokens})",
    ]


def search_triggers() -> list[str]:
    """Return the triggers that note rows for the search to reread, by kind and id without their text, so that the quick
    path doesn't pay for an index.
    """
    found = []
    for table, condition in SEARCHED.items():
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            both = f"{condition} OR {condition.replace('{row}', 'OLD')}" if event == "UPDATE" else condition
            when = f" WHEN {both.format(row=row)}" if condition else ""
            found.append(_noting(table, event, when, table, f"{row}.id", " WHERE"))
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        found.append(_noting("contact_way", event, "", "contact", f"{row}.contact_id", " WHERE"))
    found.append(
        _noting("company", "UPDATE", "", "contact", "contact.id", " FROM contact WHERE company_id = NEW.id AND")
    )
    return found


def _noting(table: str, event: str, when: str, kind: str, row_id: str, where: str) -> str:
    """Return a trigger that notes a row once. Not ``OR IGNORE``, which an upsert firing the trigger would override."""
    return (
        f"CREATE TRIGGER {table}_search_{event.lower()} AFTER {event} ON {table}{when} BEGIN\n"
        f"  INSERT INTO search_stale (kind, row_id) SELECT '{kind}', {row_id}{where}"
        f" NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = '{kind}' AND row_id = {row_id});\nEND"
    )


def statements() -> list[str]:
    """Return every statement that creates a database, in order."""
    assert tables.base.Meta.metadata is SQLModel.metadata
    dialect = sqlite.dialect()
    found: list[str] = []
    for table in SQLModel.metadata.sorted_tables:
        found.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        found += [
            str(CreateIndex(index).compile(dialect=dialect)).strip()
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
    return [
        statement.replace("\t", "  ").replace(" \n", "\n")
        for statement in [*found, *search_tables(), *count_triggers(), *search_triggers()]
    ]


def text() -> str:
    """Return the content of `schema.sql`."""
    head = (
        f"-- The schema of version {connection.SCHEMA_VERSION}, made from store/tables by `make schema`. "
        "Don't edit: change the tables.\n"
    )
    return head + "".join(f"\n{statement};\n" for statement in statements())


if __name__ == "__main__":
    SCHEMA_FILE.write_text(text(), encoding="utf-8")
