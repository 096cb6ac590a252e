"""The log: reading, editing and dropping its rows, and the counts of the days. Appending is `hot.append`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from planner.domain.calls import Activity
from planner.domain.errors import StateError
from planner.domain.money import from_hundredths, to_hundredths
from planner.domain.workdays import Period
from planner.store.tables import ActivityRow, ContactRow, DayCount


def _from_row(row: ActivityRow, contact: str | None) -> Activity:
    assert row.id is not None
    return Activity(
        id=row.id,
        moment=_moment(row),
        day=date.fromisoformat(row.day),
        kind=row.kind,
        outcome=row.outcome,
        count=row.count,
        contact=contact,
        contact_id=row.contact_id,
        amount=None if row.amount is None else from_hundredths(row.amount),
        minutes=row.minutes,
        reason=row.reason,
        note=row.note,
        logged_at=row.logged_at,
        deal_id=row.deal_id,
        seconds=row.seconds,
        gap=row.gap,
        imported=row.change_id is not None,
    )


def _moment(row: ActivityRow) -> datetime:
    """When it was by the rep's clock. A day that turns after midnight holds hours of the next date."""
    found = datetime.fromisoformat(f"{row.day}T{row.local_time}")
    # by the instant beside it, which a change of time zone since may have moved by hours, but not by a day
    return found + timedelta(days=1) if row.at - found.timestamp() > 15 * 3600 else found


def _fill(row: ActivityRow, activity: Activity) -> ActivityRow:
    row.at = int(activity.moment.timestamp())
    row.day = activity.counts_for.isoformat()
    row.local_time = f"{activity.moment:%H:%M:%S}"
    row.kind, row.outcome, row.count = activity.kind, activity.outcome, activity.count
    row.contact_id = activity.contact_id
    row.amount = None if activity.amount is None else to_hundredths(activity.amount)
    row.minutes, row.reason, row.note = activity.minutes, activity.reason, activity.note
    row.deal_id = activity.deal_id
    return row


def listed(session: Session, day: date) -> list[Activity]:
    """A day's rows in the order of their times."""
    query = (
        select(ActivityRow, ContactRow.name)
        .join(ContactRow, col(ContactRow.id) == col(ActivityRow.contact_id), isouter=True)
        .where(ActivityRow.day == day.isoformat())
        .order_by(col(ActivityRow.local_time), col(ActivityRow.id))
    )
    return [_from_row(row, name) for row, name in session.exec(query)]


def everything(session: Session) -> list[Activity]:
    """The whole log, in the order of its rows."""
    query = (
        select(ActivityRow, ContactRow.name)
        .join(ContactRow, col(ContactRow.id) == col(ActivityRow.contact_id), isouter=True)
        .order_by(col(ActivityRow.id))
    )
    return [_from_row(row, name) for row, name in session.exec(query)]


def with_contact(session: Session, contact_id: int, limit: int = 200) -> list[Activity]:
    """What was logged with a contact, the newest first."""
    query = (
        select(ActivityRow, ContactRow.name)
        .join(ContactRow, col(ContactRow.id) == col(ActivityRow.contact_id))
        .where(ActivityRow.contact_id == contact_id)
        .order_by(col(ActivityRow.day).desc(), col(ActivityRow.local_time).desc(), col(ActivityRow.id).desc())
        .limit(limit)
    )
    return [_from_row(row, name) for row, name in session.exec(query)]


def of_deal(session: Session, deal_id: int) -> list[Activity]:
    """What a deal has booked, in the order of its dates."""
    query = (
        select(ActivityRow).where(ActivityRow.deal_id == deal_id).order_by(col(ActivityRow.day), col(ActivityRow.id))
    )
    return [_from_row(row, None) for row in session.exec(query)]


def get(session: Session, activity_id: int) -> Activity:
    """One row. Raises StateError when there is none."""
    row = session.get(ActivityRow, activity_id)
    if row is None:
        raise StateError(f"There is no row {activity_id} in the log; `planner log list` shows a day's rows.")
    contact = session.get(ContactRow, row.contact_id) if row.contact_id is not None else None
    return _from_row(row, contact.name if contact else None)


def add(session: Session, activity: Activity, now: int) -> Activity:
    """Append a row inside a larger change; on its own, `hot.append` does it quicker."""
    row = ActivityRow(at=0, day="", local_time="", kind=activity.kind, logged_at=now)
    session.add(_fill(row, activity))
    session.flush()
    return _from_row(row, activity.contact)


def put(session: Session, activity: Activity) -> None:
    """Store an edited row; the instant follows its local time."""
    row = session.get(ActivityRow, activity.id)
    if row is None:
        raise StateError(f"Row {activity.id} of the log is gone.")
    session.add(_fill(row, activity))


def drop(session: Session, activity_id: int) -> None:
    """Delete a row from the log; its image stays in the history for an undo."""
    row = session.get(ActivityRow, activity_id)
    if row is None:
        raise StateError(f"There is no row {activity_id} in the log.")
    session.delete(row)


def counted(session: Session, column: str, period: Period | None) -> int:
    """The sum of one count over a period (revenue in hundredths)."""
    if period is None:
        return 0
    field = DayCount.__table__.c[column]  # type: ignore[attr-defined]
    days = col(DayCount.day).between(period.first.isoformat(), period.last.isoformat())
    return int(session.exec(select(func.coalesce(func.sum(field), 0)).where(days)).one())


def revenue_by_day(session: Session, period: Period) -> dict[date, int]:
    """What each day of a period has booked, in hundredths; days that booked nothing are left out."""
    days = col(DayCount.day).between(period.first.isoformat(), period.last.isoformat())
    rows = session.exec(select(DayCount.day, DayCount.revenue).where(days, DayCount.revenue != 0))
    return {date.fromisoformat(day): amount for day, amount in rows}


def any_amount(session: Session) -> bool:
    """Whether any amount is booked."""
    return session.exec(select(ActivityRow.id).where(col(ActivityRow.amount).is_not(None)).limit(1)).first() is not None


def totals(session: Session) -> tuple[int, str | None, str | None]:
    """How many rows the log has, and its first and last day."""
    row = session.connection().execute(text("SELECT count(*), min(day), max(day) FROM activity")).one()
    return int(row[0]), row[1], row[2]
