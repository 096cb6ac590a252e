"""Queries for what a phone shows beside today: promises and callbacks, also those of later days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from planner.store.recorder import Reads


_NUMBER = (
    "(SELECT value FROM contact_way WHERE contact_way.contact_id = contact.id AND contact_way.kind = 'phone'"
    " AND wrong = 0 ORDER BY position LIMIT 1)"
)


class Owed(NamedTuple):
    """An open promise or callback: its due time as ISO, its contact if it has one, whether they asked not to be called,
    and the number to call.
    """

    kind: str
    id: int
    due: str
    text: str
    contact_id: int | None
    contact: str | None
    company: str
    do_not_call: int | None
    phone: str | None


def owed(reads: Reads, most: int) -> list[Owed]:
    """Return open promises and callbacks by due time, `most` at most."""
    rows = reads.execute(
        "SELECT 'promise', promise.id, due, promise.text, contact_id, contact.name, coalesce(company.name, ''),"
        f" do_not_call, {_NUMBER} FROM promise LEFT JOIN contact ON contact.id = contact_id"
        " LEFT JOIN company ON company.id = company_id WHERE state = 'open'"
        " UNION ALL SELECT 'callback', task.id, due, title, contact_id, contact.name, coalesce(company.name, ''),"
        f" do_not_call, {_NUMBER} FROM task LEFT JOIN contact ON contact.id = contact_id"
        " LEFT JOIN company ON company.id = company_id"
        " WHERE state = 'open' AND task.kind = 'callback' AND due IS NOT NULL ORDER BY 3, 2 LIMIT ?",
        (most,),
    )
    return [Owed(*row) for row in rows]
