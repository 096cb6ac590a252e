"""Month plans and the database's currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain.errors import StateError
from planner.domain.plan import MonthPlan, month_text
from planner.domain.workdays import Period, parse_month
from planner.store import facts
from planner.store.mapper import Codec, Mapper

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer

PLANS = Mapper(MonthPlan, "month_plan", month=Codec(parse_month, month_text))


def get(reads: Reads, month: Period) -> MonthPlan | None:
    """The plan of a month."""
    return PLANS.first(reads, "WHERE month = ?", month_text(month))


def every(reads: Reads) -> list[MonthPlan]:
    """All plans, in the order of their months."""
    return PLANS.all(reads, "ORDER BY month")


def put(change: Writer, plan: MonthPlan) -> None:
    """Set the plan of its month."""
    values = PLANS.values(plan)
    row = change.execute("SELECT id FROM month_plan WHERE month = ?", (values["month"],)).fetchone()
    if row is None:
        change.insert("month_plan", **values)
    else:
        change.update("month_plan", row[0], **values)


def currency(reads: Reads) -> str | None:
    """The database's one currency, once it has been said."""
    return facts.get(reads, "currency")


def set_currency(change: Writer, wanted: str, month: Period, *, booked: bool) -> None:
    """Say the database's currency; refused once amounts are booked, or other months planned, in another."""
    known = currency(change)
    if known is not None and known != wanted:
        others = change.execute("SELECT 1 FROM month_plan WHERE month <> ? LIMIT 1", (month_text(month),)).fetchone()
        if booked or others is not None:
            raise StateError(
                f"This database is kept in {known}, and there are amounts in it; "
                f"use another database (--db) for {wanted}."
            )
    facts.put(change, "currency", wanted)
