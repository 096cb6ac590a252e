"""Queries and changes of month plans and the quotas of quarters and years, and the database's currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.domain.errors import StateError
from planner.domain.plan.plan import MonthPlan, month_text
from planner.domain.plan.quotas import PeriodPlan
from planner.domain.workdays import Period, parse_month
from planner.store import metadata
from planner.store.mapper import Codec, Mapper

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

PLANS = Mapper(MonthPlan, "month_plan", month=Codec(parse_month, month_text))
LONGER = Mapper(PeriodPlan, "period_plan")


def get(reads: Reads, month: Period) -> MonthPlan | None:
    """Return the plan of a month, or None."""
    return PLANS.first(reads, "WHERE month = ?", month_text(month))


def load_all(reads: Reads) -> list[MonthPlan]:
    """Return all plans by month."""
    return PLANS.fetch_all(reads, "ORDER BY month")


def put(change: Writer, plan: MonthPlan) -> None:
    """Set the plan of its month."""
    _put(change, "month_plan", "month", PLANS.values(plan))


def period_plans(reads: Reads) -> dict[str, PeriodPlan]:
    """Return the quotas of quarters and years by name."""
    return {plan.period: plan for plan in LONGER.fetch_all(reads, "ORDER BY period")}


def put_longer(change: Writer, plan: PeriodPlan) -> None:
    """Set the quota of its quarter or year."""
    _put(change, "period_plan", "period", LONGER.values(plan))


def _put(change: Writer, table: str, key: str, values: dict[str, Any]) -> None:
    row = change.execute(f"SELECT id FROM {table} WHERE {key} = ?", (values[key],)).fetchone()
    if row is None:
        change.insert(table, **values)
    else:
        change.update(table, row[0], **values)


def currency(reads: Reads) -> str | None:
    """Return the database's only currency, or None while it isn't set."""
    return metadata.get(reads, "currency")


def set_currency(change: Writer, wanted: str, month: Period, *, booked: bool) -> None:
    """Set the database's currency. Refused once amounts are booked, or other months planned, in another."""
    known = currency(change)
    if known is not None and known != wanted:
        others = change.execute(
            "SELECT 1 FROM month_plan WHERE month <> ? UNION ALL SELECT 1 FROM period_plan LIMIT 1",
            (month_text(month),),
        ).fetchone()
        if booked or others is not None:
            raise StateError(f"This database already has amounts in {known}. Use another database (--db) for {wanted}.")
    metadata.put(change, "currency", wanted)
