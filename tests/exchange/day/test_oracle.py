"""Our expansion of real calendars against an independent one, over the year from their first event."""

from __future__ import annotations

import warnings
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from planner.domain.workdays import Period
from planner.exchange.day import ics

SHARED = Path(__file__).parents[4] / "shared" / "data" / "ics"
# files where the two differ, and why ours stands
DIFFERENT = {
    # one UID for a holiday of each year, without RECURRENCE-ID: the other takes the last as the only one
    "google_aus_holidays.ics",
}
FEWEST = 40  # the other can't read every file that we can


def day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def theirs(calendars: Any, reach: Period) -> list[date]:
    """The starts that the other library finds, as the rep's wall clock shows them."""
    events = [
        event
        for each in calendars
        for event in recurring_ical_events.of(each, components=["VEVENT"]).between(
            reach.first, reach.last + timedelta(days=1)
        )
        if str(event.get("STATUS", "")).upper() != "CANCELLED"
    ]
    starts = [event["DTSTART"].dt for event in events]
    local = [each.astimezone().replace(tzinfo=None) if getattr(each, "tzinfo", None) else each for each in starts]
    return sorted((start for start in local if day(start) in reach), key=str)


def ours(path: Path, reach: Period) -> list[date]:
    """The starts that planner finds."""
    times = [each for event in ics.read(str(path), reach).events for each in event.times]
    starts = [each.local()[0].date() if each.all_day else each.local()[0] for each in times]
    return sorted((start for start in starts if day(start) in reach), key=str)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared files lie beside the checkout")
def test_our_expansion_agrees_with_another() -> None:
    compared, different = 0, set()
    for path in sorted(SHARED.glob("*/*.ics")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                calendars: Any = icalendar.Calendar.from_ical(path.read_bytes(), multiple=True)
                starts = [event["DTSTART"].dt for each in calendars for event in each.walk("VEVENT")]
                first = min(map(day, starts), default=None)
                if first is None:
                    continue
                reach = Period(first, first + timedelta(days=365))
                expected = theirs(calendars, reach)
            except Exception:  # noqa: BLE001, S112 - broken on purpose: the other raises anything
                continue
        compared += 1
        if ours(path, reach) != expected:
            different.add(path.name)
    assert compared >= FEWEST
    assert different == DIFFERENT
