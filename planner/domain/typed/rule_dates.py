"""Computes the dates of a rule (an RRULE of RFC 5545), by the rep's calendar where it means working days.

Monday to Friday (``BYDAY=MO,TU,WE,TH,FR``) means working days: it is stored so that any calendar can read it, but falls
on the rep's own working days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice

from planner.domain.workdays import Worked

BY_DAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING_WEEK = "MO,TU,WE,TH,FR"
# A day that a shorter month lacks falls on that month's last day: 29 Feb on 28 Feb.
LEAP_DAY = "BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"
_SOONEST = timedelta(days=366 * 9)


def next_date(rule: str, start: date, after: date, calendar: Worked) -> date | None:
    """Return the first date of the rule strictly after `after`, counted from `start`, or None if it has ended.

    A working-day rule follows the rep's `calendar`. A monthly rule starting on the 29th, 30th or 31st falls on the last
    day of a shorter month and then returns to its day: 31 Jan, 28 Feb, 31 Mar. The same goes for a yearly one from 29
    Feb.
    """
    return next(_dates(rule, start, after, calendar), None)


def first_date(rule: str, start: date, after: date, calendar: Worked) -> date | None:
    """Return the first date of a new rule after `after`, or None if it has ended. For ``every other tuesday`` that is
    the coming Tuesday, from which the others are counted.
    """
    return next_date(re.sub(r";INTERVAL=\d+(?=.*;BY)", "", rule), start, after, calendar)


def on_working_days(rule: str) -> bool:
    """Whether a rule means working days and so follows the rep's calendar."""
    return set(parts_of(rule).get("BYDAY", "").split(",")) == set(WORKING_WEEK.split(","))


def parts_of(rule: str) -> dict[str, str]:
    """Return the parts of a rule by name."""
    return dict(part.partition("=")[::2] for part in rule.split(";"))


def _dates(rule: str, start: date, after: date, calendar: Worked) -> Iterator[date]:
    """Yield all dates as described in `next_date`."""
    parts = parts_of(rule)
    if on_working_days(rule):
        yield from _worked_dates(parts, start, after, calendar.is_working_day)
        return
    if parts.get("FREQ") == "MONTHLY" and start.day > 28 and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        days = ",".join(str(day) for day in range(28, start.day + 1))
        rule += f";BYMONTHDAY={days};BYSETPOS=-1"
    if (
        parts.get("FREQ") == "YEARLY"
        and (start.month, start.day) == (2, 29)
        and not any(p.startswith("BY") for p in parts)
    ):
        rule += f";{LEAP_DAY}"
    after_ = datetime.combine(after, time())
    yield from (found.date() for found in occurrences(rule, datetime.combine(start, time()), after_))


def _worked_dates(
    parts: dict[str, str], start: date, after: date, is_working_day: Callable[[date], bool]
) -> Iterator[date]:
    """Yield the dates of a working-day rule after a day. Of each week, month or year it takes the worked days, and of
    those the positions it names (the last, the first).
    """
    until = parts.get("UNTIL", "")[:8]
    last = datetime.strptime(until, "%Y%m%d").date() if until else date.max
    places = [int(place) for place in parts["BYSETPOS"].split(",")] if "BYSETPOS" in parts else None
    spans = ([day for day in span if is_working_day(day)] for span in _spans(parts, start, after))
    days = (day for worked in spans for day in _at_places(worked, places) if day >= start)
    for day in islice(days, int(parts["COUNT"]) if "COUNT" in parts else None):
        if day > last:
            return
        if day > after:
            yield day


def _spans(parts: dict[str, str], start: date, after: date) -> Iterator[Iterator[date]]:
    """Yield the days of each week, month or year that a working-day rule takes its dates from, each as a whole: its
    first working day may precede the day the rule starts on.
    """
    frequency = parts["FREQ"]
    kept = {name: value for name, value in parts.items() if name not in ("BYDAY", "BYSETPOS", "COUNT", "UNTIL")}
    every_day = {} if frequency == "DAILY" else {"BYDAY": ",".join(BY_DAY)}
    rule = ";".join(f"{name}={value}" for name, value in (kept | every_day).items())
    begin = _span(frequency, start)
    if "COUNT" not in parts and parts.get("INTERVAL", "1") == "1":  # don't walk through earlier years again
        begin = max(begin, _span(frequency, after))
    first = datetime.combine(begin, time())
    days = (found.date() for found in occurrences(rule, first, first - timedelta(days=1), near=max(start, after)))
    return (span for _, span in groupby(days, key=lambda day: _span(frequency, day)))


def _at_places(worked: list[date], places: Sequence[int] | None) -> list[date]:
    """Return the days at some places (1 the first, -1 the last), all for None."""
    if places is None:
        return worked
    at = {place - 1 if place > 0 else len(worked) + place for place in places}
    return [day for index, day in enumerate(worked) if index in at]


def _span(frequency: str, day: date) -> date:
    """Return the first day of the week, month or year containing a day. For daily rules it is the day itself."""
    if frequency == "WEEKLY":
        return day - timedelta(days=day.weekday())
    if frequency == "DAILY":
        return day
    return day.replace(day=1) if frequency == "MONTHLY" else day.replace(month=1, day=1)


def latest_due(rule: str, start: date, due: date, today: date, calendar: Worked) -> tuple[date, int]:
    """Return the last date of a rule up to `today`, and how many dates from `due` on were missed before it.

    Two weeks away make one task, not fourteen, and dates on holidays or vacations don't count as missed.
    """
    missed, last = 0, due
    for following in _dates(rule, start, due, calendar):
        if following > today:
            break
        missed += not calendar.taken_off(last)
        last = following
    return last, missed


def occurrences(rule: str, start: datetime, after: datetime, *, near: date | None = None) -> Iterator[datetime]:
    """Yield the occurrences after a moment, for nine years at most. A rule that never occurs (30 February) would
    otherwise be searched up to the year 9999.
    """
    from dateutil.rrule import rrule, rrulestr  # 4 ms, and a list of tasks only names their rules

    found = rrulestr(rule, dtstart=start, ignoretz=True)
    assert isinstance(found, rrule)
    limit = max(start, after, *([] if near is None else [datetime.combine(near, time())])) + _SOONEST
    if "COUNT=" not in rule and "UNTIL=" not in rule:
        found = found.replace(until=limit)
    for occurrence in found:
        if occurrence > limit:
            return
        if occurrence > after:
            yield occurrence
