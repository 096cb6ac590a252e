"""The rep's own exceptions to the working week."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlmodel import Session, col, select

from planner.domain.workdays import CalendarException, Period
from planner.store.tables import CalendarRow


def exceptions(session: Session, period: Period | None = None) -> dict[date, CalendarException]:
    """Exceptions by date, of a period or all."""
    query = select(CalendarRow).order_by(col(CalendarRow.day))
    if period is not None:
        query = query.where(col(CalendarRow.day).between(period.first.isoformat(), period.last.isoformat()))
    return {
        date.fromisoformat(row.day): CalendarException(Fraction(row.weight, 100), row.note)
        for row in session.exec(query)
    }


def put(session: Session, day: date, exception: CalendarException | None) -> None:
    """Set the exception of a date, or take it away with None."""
    row = session.exec(select(CalendarRow).where(CalendarRow.day == day.isoformat())).first()
    if exception is None:
        if row is not None:
            session.delete(row)
        return
    row = row or CalendarRow(day=day.isoformat(), weight=0)
    row.weight, row.note = round(exception.weight * 100), exception.note
    session.add(row)
