"""Month plans and the database's currency."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from planner.domain.errors import StateError
from planner.domain.money import from_hundredths, to_hundredths
from planner.domain.plan import MonthPlan, month_text
from planner.domain.workdays import Period, parse_month
from planner.store.tables import Meta, PlanRow


def _from_row(row: PlanRow) -> MonthPlan:
    return MonthPlan(
        month=parse_month(row.month),
        quota=from_hundredths(row.quota),
        personal_plan=from_hundredths(row.personal_plan),
        average_deal=None if row.average_deal is None else from_hundredths(row.average_deal),
        expected_other=from_hundredths(row.expected_other),
        starts=None if row.starts is None else date.fromisoformat(row.starts),
        whole=bool(row.whole),
        calls_per_day=row.calls_per_day,
    )


def get(session: Session, month: Period) -> MonthPlan | None:
    """The plan of a month."""
    row = session.exec(select(PlanRow).where(PlanRow.month == month_text(month))).first()
    return None if row is None else _from_row(row)


def between(session: Session, first: Period, last: Period) -> list[MonthPlan]:
    """The plans of a run of months, in order."""
    rows = session.exec(
        select(PlanRow)
        .where(col(PlanRow.month).between(month_text(first), month_text(last)))
        .order_by(col(PlanRow.month))
    )
    return [_from_row(row) for row in rows]


def latest(session: Session, month: Period) -> list[MonthPlan]:
    """The plans of a month and of those before it, the latest first."""
    rows = session.exec(
        select(PlanRow).where(col(PlanRow.month) <= month_text(month)).order_by(col(PlanRow.month).desc())
    )
    return [_from_row(row) for row in rows]


def put(session: Session, plan: MonthPlan) -> None:
    """Set the plan of its month."""
    month = month_text(plan.month)
    row = session.exec(select(PlanRow).where(PlanRow.month == month)).first()
    row = row or PlanRow(month=month, quota=0, personal_plan=0)
    row.quota = to_hundredths(plan.quota)
    row.personal_plan = to_hundredths(plan.personal_plan)
    row.average_deal = None if plan.average_deal is None else to_hundredths(plan.average_deal)
    row.expected_other = to_hundredths(plan.expected_other)
    row.starts = None if plan.starts is None else plan.starts.isoformat()
    row.whole = int(plan.whole)
    row.calls_per_day = plan.calls_per_day
    session.add(row)


def currency(session: Session) -> str | None:
    """The database's one currency, once it has been said."""
    row = session.exec(select(Meta).where(Meta.key == "currency")).first()
    return None if row is None else row.value


def set_currency(session: Session, wanted: str, month: Period, *, booked: bool) -> None:
    """Say the database's currency; refused once amounts are booked, or other months planned, in another."""
    row = session.exec(select(Meta).where(Meta.key == "currency")).first()
    if row is None:
        session.add(Meta(key="currency", value=wanted))
    elif row.value != wanted:
        others = session.exec(select(PlanRow.id).where(PlanRow.month != month_text(month)).limit(1)).first()
        if booked or others is not None:
            raise StateError(
                f"This database is kept in {row.value}, and there are amounts in it; "
                f"use another database (--db) for {wanted}."
            )
        row.value = wanted
        session.add(row)
