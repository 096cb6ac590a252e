"""Queries and changes of deals and their bookings."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain.clients.deals import Deal, Stage
from planner.domain.day.activity import PAYMENT
from planner.domain.errors import StateError
from planner.domain.money import from_hundredths
from planner.store.connection import new_uid
from planner.store.mapper import Mapper, joined_column

if TYPE_CHECKING:
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads, Writer

NO_DEAL = "There's no deal {}. See `planner deal list`."
DEALS = Mapper(
    Deal,
    "deal",
    "LEFT JOIN contact ON contact.id = deal.contact_id LEFT JOIN company ON company.id = deal.company_id",
    contact=joined_column("contact.name"),
    company=joined_column("company.name"),
    booked=joined_column(
        "(SELECT coalesce(sum(amount), 0) FROM activity"
        f" WHERE activity.deal_id = deal.id AND activity.kind IN ('deal', '{PAYMENT}'))"
    ),
)


def booked_by_company(reads: Reads, company_id: int) -> Decimal:
    """Return what a company has brought in: the payments of its deals, and what its contacts brought without one."""
    row = reads.execute(
        f"SELECT coalesce(sum(amount), 0) FROM activity WHERE kind IN ('deal', '{PAYMENT}') AND ("
        "deal_id IN (SELECT id FROM deal WHERE company_id = ?1) OR "
        "contact_id IN (SELECT id FROM contact WHERE company_id = ?1))",
        (company_id,),
    ).fetchone()
    return from_hundredths(int(row[0]))


def query(
    reads: Reads,
    *,
    stage: Stage | None = None,
    closed: bool = False,
    contact_id: int | None = None,
    company_id: int | None = None,
) -> list[Deal]:
    """Return deals by expected close, then age: those of a stage, else the open ones (all with `closed`). A company's
    deals include those of its current contacts.
    """
    where, parameters = "WHERE 1", list[object]()
    if company_id is not None:
        where += " AND (deal.company_id = ? OR contact.company_id = ?)"
        parameters += [company_id, company_id]
    if contact_id is not None:
        where += " AND deal.contact_id = ?"
        parameters.append(contact_id)
    if stage is not None:
        where += " AND stage = ?"
        parameters.append(stage.value)
    elif not closed:
        where += " AND stage NOT IN ('won', 'lost')"
    # open deals first
    order = "ORDER BY closed IS NOT NULL, closed DESC, coalesce(expected_close, '9999'), opened, deal.id"
    return DEALS.fetch_all(reads, f"{where} {order}", *parameters)


def without_step(reads: Reads) -> frozenset[int]:
    """Return the ids of open deals without an open task of theirs, and without anything open with their contact."""
    rows = reads.execute(
        "SELECT id FROM deal WHERE stage NOT IN ('won', 'lost')"
        " AND NOT EXISTS (SELECT 1 FROM task WHERE deal_id = deal.id AND state = 'open')"
        " AND NOT EXISTS (SELECT 1 FROM task WHERE contact_id = deal.contact_id AND state = 'open')"
        " AND NOT EXISTS (SELECT 1 FROM promise WHERE contact_id = deal.contact_id AND state = 'open')"
    ).fetchall()
    return frozenset(row[0] for row in rows)


def uids(reads: Reads) -> dict[int, str]:
    """Return the uid of every deal, by id."""
    return dict(reads.execute("SELECT id, uid FROM deal").fetchall())


def get(reads: Reads, deal_id: int) -> Deal:
    """Return one deal. Raises StateError when there is none."""
    found = DEALS.first(reads, "WHERE deal.id = ?", deal_id)
    if found is None:
        raise StateError(NO_DEAL.format(deal_id))
    return found


def renewal_of(reads: Reads, deal: Deal) -> int | None:
    """Return the later deal with the same customer and name that is open, or outlasts this one."""
    row = reads.execute(
        "SELECT id FROM deal WHERE id > ? AND title = ? AND contact_id IS ? AND company_id IS ?"
        " AND (stage NOT IN ('won', 'lost') OR (stage = 'won' AND coalesce(contract_end, '') > ?))"
        " ORDER BY id LIMIT 1",
        (deal.id, deal.title, deal.contact_id, deal.company_id, str(deal.contract_end or "")),
    ).fetchone()
    return None if row is None else int(row[0])


def add(change: Writer, deal: Deal, now: int) -> int:
    """Add a deal. Returns its id."""
    return change.insert("deal", **DEALS.values(deal, uid=new_uid(), created_at=now))


def put(change: WriteTransaction, deal: Deal) -> None:
    """Store an edited deal."""
    from planner.store.tables.clients import DealRow

    row = change.session.get(DealRow, deal.id)
    if row is None:
        raise StateError(f"Deal {deal.id} has been deleted.")
    change.session.add(row.sqlmodel_update(DEALS.values(deal)))
    change.session.flush()


def drop(change: Writer, deal_id: int) -> None:
    """Delete a deal and its bookings."""
    unbook(change, deal_id)
    change.delete("deal", deal_id)


def unbook(change: Writer, deal_id: int) -> Decimal:
    """Delete every booking of a deal from the log. Returns their total."""
    rows = change.execute("SELECT id, coalesce(amount, 0) FROM activity WHERE deal_id = ?", (deal_id,)).fetchall()
    for key, _ in rows:
        change.delete("activity", key)
    return from_hundredths(sum(amount for _, amount in rows))
