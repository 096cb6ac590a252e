"""Known contacts, companies and tags by the letters typed so far, to complete a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.store import search

if TYPE_CHECKING:
    from sqlite3 import Connection


def contacts(reads: Connection, text: str, limit: int) -> list[tuple[int, str, str]]:
    """Return the contacts that a typed text finds as (id, name, company), best matches first."""
    found = []
    for key in search.contacts(reads, text, limit):
        found += reads.execute(
            "SELECT contact.id, contact.name, coalesce(company.name, '') FROM contact"
            " LEFT JOIN company ON company.id = contact.company_id WHERE contact.id = ?",
            (key,),
        ).fetchall()
    return found


def companies(reads: Connection, text: str, limit: int) -> list[str]:
    """Return the names of companies with a word that starts like a text, those that start with it first."""
    escaped = "".join(f"/{each}" if each in "%_/" else each for each in text)
    rows = reads.execute(
        # SQLite only folds ASCII case
        "SELECT DISTINCT name FROM company WHERE name LIKE ?1 || '%' ESCAPE '/' OR name LIKE ?2 || '%' ESCAPE '/'"
        " OR name LIKE '% ' || ?1 || '%' ESCAPE '/'"
        " ORDER BY name NOT LIKE ?1 || '%' ESCAPE '/', name COLLATE NOCASE LIMIT ?3",
        (escaped, escaped.capitalize(), limit),
    )
    return [name for (name,) in rows]


def tags(reads: Connection) -> list[str]:
    """Return all tags of contacts, the most used first."""
    rows = reads.execute(
        "SELECT value FROM contact, json_each(contact.tags) WHERE contact.tags <> '[]'"
        " GROUP BY value ORDER BY count(*) DESC, value"
    )
    return [tag for (tag,) in rows]
