"""Opening and closing the day."""

from __future__ import annotations

from dataclasses import replace

from planner.domain.day import DayRecord
from planner.domain.errors import StateError
from planner.services.calls import require_database
from planner.services.desk import Desk
from planner.services.laying import asked
from planner.store import day as store
from planner.store import goals


def open_day(desk: Desk, *, anew: bool = False) -> DayRecord:
    """Open today: its targets are frozen as they stand. `anew` takes them again; a closed day is opened again."""
    today, now = desk.today(), desk.now()
    desk.reread_config()
    frozen = None
    if desk.database.exists():
        with desk.database.read() as session:  # before the write: nobody's key waits for the odds
            frozen = asked(desk, session, goals.every(session), today)
    with desk.database.write("day opened") as unit:
        record = store.get(unit.session, today)
        if record.opened and not record.closed and not anew:
            assert record.opened_at is not None
            raise StateError(
                f"Today was opened at {record.opened_at:%H:%M} and its targets stand; --anew takes them again."
            )
        if record.opened and record.closed and not anew:
            unit.label = "day opened again"
            record = replace(record, closed_at=None)
        else:
            frozen = frozen if frozen is not None else asked(desk, unit.session, goals.every(unit.session), today)
            record = replace(record, opened_at=now, closed_at=None, targets=frozen)
        store.put(unit.session, record)
    return record


def close_day(desk: Desk, *, without_list: bool = False) -> DayRecord:
    """Close today: it no longer belongs to the days left."""
    require_database(desk, "There is nothing to close: no plan, no goal, nothing logged.")
    today, now = desk.today(), desk.now()
    with desk.database.write("day closed") as unit:
        record = store.get(unit.session, today)
        if record.closed:
            assert record.closed_at is not None
            raise StateError(f"Today was closed at {record.closed_at:%H:%M} already.")
        record = replace(record, closed_at=now, note="without list" if without_list else record.note)
        store.put(unit.session, record)
    return record
