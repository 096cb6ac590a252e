"""Deals and what they have booked."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, func, select

from planner.domain.activity import PAYMENT
from planner.domain.deals import Deal, Stage
from planner.domain.errors import StateError
from planner.domain.money import from_hundredths, to_hundredths
from planner.store.tables import ActivityRow, CompanyRow, ContactRow, DealRow

NO_DEAL = "There is no deal {}; `planner deal list` shows those there are."


def _from_row(row: DealRow, contact: str | None, company: str | None, booked: int) -> Deal:
    assert row.id is not None
    return Deal(
        id=row.id,
        title=row.title,
        stage=Stage(row.stage),
        opened=_date(row.opened),
        contact=contact,
        contact_id=row.contact_id,
        company=company,
        company_id=row.company_id,
        value=None if row.value is None else from_hundredths(row.value),
        closed=_date(row.closed),
        expected_close=_date(row.expected_close),
        stage_before=None if row.stage_before is None else Stage(row.stage_before),
        reason=row.reason,
        owner=row.owner,
        notes=row.notes,
        booked=from_hundredths(booked),
        contract_end=_date(row.contract_end),
        term_months=row.term_months,
        stage_since=_date(row.stage_since),
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _fill(row: DealRow, deal: Deal) -> DealRow:
    row.title = deal.title
    row.contact_id, row.company_id = deal.contact_id, deal.company_id
    row.value = None if deal.value is None else to_hundredths(deal.value)
    row.stage = deal.stage.value
    row.opened = None if deal.opened is None else deal.opened.isoformat()
    row.closed = None if deal.closed is None else deal.closed.isoformat()
    row.expected_close = None if deal.expected_close is None else deal.expected_close.isoformat()
    row.stage_before = None if deal.stage_before is None else deal.stage_before.value
    row.reason, row.owner, row.notes = deal.reason, deal.owner, deal.notes
    row.contract_end = None if deal.contract_end is None else deal.contract_end.isoformat()
    row.term_months = deal.term_months
    row.stage_since = None if deal.stage_since is None else deal.stage_since.isoformat()
    return row


def _deals() -> Any:
    booked = (
        select(func.coalesce(func.sum(ActivityRow.amount), 0))
        .where(col(ActivityRow.deal_id) == col(DealRow.id), col(ActivityRow.kind).in_(("deal", PAYMENT)))
        .scalar_subquery()
    )
    return (
        select(DealRow, ContactRow.name, CompanyRow.name, booked)
        .join(ContactRow, col(ContactRow.id) == col(DealRow.contact_id), isouter=True)
        .join(CompanyRow, col(CompanyRow.id) == col(DealRow.company_id), isouter=True)
    )


def listed(
    session: Session,
    *,
    stage: Stage | None = None,
    closed: bool = False,
    contact_id: int | None = None,
    company_id: int | None = None,
) -> list[Deal]:
    """Deals: those of a stage, else the open ones (all with `closed`); by their expected close, then by age. Those of a
    company are also those with who is there now.
    """
    query = _deals()
    if company_id is not None:
        query = query.where((DealRow.company_id == company_id) | (ContactRow.company_id == company_id))
    if contact_id is not None:
        query = query.where(DealRow.contact_id == contact_id)
    if stage is not None:
        query = query.where(DealRow.stage == stage.value)
    elif not closed:
        query = query.where(col(DealRow.stage).not_in(("won", "lost")))
    order = (
        col(DealRow.closed).is_not(None),  # open ones first
        col(DealRow.closed).desc(),
        func.coalesce(DealRow.expected_close, "9999"),
        col(DealRow.opened),
        col(DealRow.id),
    )
    return [_from_row(*row) for row in session.exec(query.order_by(*order))]


def get(session: Session, deal_id: int) -> Deal:
    """One deal. Raises StateError when there is none."""
    row = session.exec(_deals().where(DealRow.id == deal_id)).first()
    if row is None:
        raise StateError(NO_DEAL.format(deal_id))
    return _from_row(*row)


def renewal_of(session: Session, deal: Deal) -> int | None:
    """The later deal of the same name with the same customer that is open, or runs on after this one's end."""
    query = select(DealRow).where(col(DealRow.id) > deal.id, DealRow.title == deal.title)
    for row in session.exec(query.order_by(col(DealRow.id))):
        same = (row.contact_id, row.company_id) == (deal.contact_id, deal.company_id)
        runs_on = row.stage == "won" and (row.contract_end or "") > str(deal.contract_end or "")
        if same and (row.stage not in ("won", "lost") or runs_on):
            return row.id
    return None


def add(session: Session, deal: Deal, now: int) -> int:
    """Add a deal. Returns its id."""
    row = _fill(DealRow(uid=str(uuid.uuid4()), created_at=now, title="", stage=""), deal)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def put(session: Session, deal: Deal) -> None:
    """Store an edited deal."""
    row = session.get(DealRow, deal.id)
    if row is None:
        raise StateError(f"Deal {deal.id} is gone.")
    session.add(_fill(row, deal))


def drop(session: Session, deal_id: int) -> None:
    """Delete a deal and what it has booked."""
    unbook(session, deal_id)
    session.delete(session.get(DealRow, deal_id))


def unbook(session: Session, deal_id: int) -> Decimal:
    """Take every booking of a deal out of the log. Returns what they came to."""
    total = 0
    for row in session.exec(select(ActivityRow).where(ActivityRow.deal_id == deal_id)).all():
        total += row.amount or 0
        session.delete(row)
    session.flush()
    return from_hundredths(total)
