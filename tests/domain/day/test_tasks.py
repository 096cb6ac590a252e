"""A task's due time."""

from __future__ import annotations

from datetime import date, time

from planner.domain.day.tasks import Due

MON = date(2026, 11, 16)


def test_due_times_read_back() -> None:
    for due in (Due(MON), Due(MON, time(16, 0))):
        assert Due.from_text(str(due)) == due
