"""Tasks that come again: words or an RRULE, by the calendar (`commands.md`, `--every`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrule, rrulestr

from planner.domain.errors import InputError
from planner.domain.when import _DAYS

_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_BY_DAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ALLOWED = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST", "BYYEARDAY"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_SOONEST = timedelta(days=366 * 9)


def parse_every(text: str) -> str:
    """The RRULE behind ``weekday``, ``monday``, ``2 weeks``, ``month end`` or an RRULE itself. Raises InputError."""
    phrase = " ".join(text.strip().lower().split()).removeprefix("every ")
    if "freq=" in phrase:
        return _rrule(text.strip().upper().removeprefix("RRULE:"), text)
    if phrase in ("weekday", "weekdays", "working day", "workday"):
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    if phrase in ("month end", "end of month", "month's end"):
        return "FREQ=MONTHLY;BYMONTHDAY=-1"
    if phrase in ("daily", "weekly", "monthly", "yearly"):
        return f"FREQ={phrase.upper()}"
    if phrase == "other day":
        return "FREQ=DAILY;INTERVAL=2"
    days = [part for part in re.split(r"[ ,]+|\band\b", phrase) if part]
    if days and all(day.rstrip("s") in _DAYS or day in _DAYS for day in days):
        found = sorted({_DAYS[day] if day in _DAYS else _DAYS[day.rstrip("s")] for day in days})
        return f"FREQ=WEEKLY;BYDAY={','.join(_BY_DAY[index] for index in found)}"
    match = re.fullmatch(r"(?:(\d{1,3}) )?(day|week|month|year)s?", phrase)
    if match and int(match[1] or 1) >= 1:
        interval = f";INTERVAL={match[1]}" if match[1] and match[1] != "1" else ""
        return f"FREQ={_UNITS[match[2]]}{interval}"
    raise InputError(
        f"{text!r} is not a rule I can read; write weekday, monday, 2 weeks, month end, or an RRULE like "
        "FREQ=MONTHLY;BYMONTHDAY=15."
    )


def _rrule(rule: str, text: str) -> str:
    parts = dict(part.partition("=")[::2] for part in rule.split(";") if part)
    unknown = set(parts) - _ALLOWED
    if unknown or parts.get("FREQ") not in _FREQUENCIES:
        raise InputError(f"{text!r} is not a rule of days I can use (days, weeks, months or years; no hours).")
    if not re.fullmatch(r"\d{1,3}", parts.get("INTERVAL", "1"), re.ASCII) or not int(parts.get("INTERVAL", "1")):
        raise InputError(f"{text!r}: the interval must be from 1 to 999.")
    if parts["FREQ"] in ("WEEKLY", "DAILY") and re.search(r"\d", parts.get("BYDAY", "")):
        raise InputError(f"{text!r}: the first or last Monday is a rule of months, not of weeks or days.")
    try:
        start = datetime(2026, 1, 1)
        if "UNTIL" not in parts and not any(True for _ in _occurrences(rule, start, start - timedelta(days=1))):
            raise InputError(f"{text!r} never comes.")
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{text!r} is not a rule I can read ({error}).") from error
    return rule


def next_date(rule: str, start: date, after: date) -> date | None:
    """The first date of the rule strictly after `after`, counted from `start`; None when the rule has ended.

    A monthly rule that starts on the 29th, 30th or 31st falls on the last day of a shorter month and comes back:
    31 Jan, 28 Feb, 31 Mar.
    """
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    if parts.get("FREQ") == "MONTHLY" and start.day > 28 and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        days = ",".join(str(day) for day in range(28, start.day + 1))
        rule += f";BYMONTHDAY={days};BYSETPOS=-1"
    after_ = datetime.combine(after, time())
    return next((found.date() for found in _occurrences(rule, datetime.combine(start, time()), after_)), None)


def _occurrences(rule: str, start: datetime, after: datetime) -> Iterator[datetime]:
    """The occurrences after a moment, for nine years at most: a rule that never comes (30 February) would be sought
    for to the year 9999.
    """
    found = rrulestr(rule, dtstart=start, ignoretz=True)
    assert isinstance(found, rrule)
    limit = max(start, after) + _SOONEST
    if "COUNT=" not in rule and "UNTIL=" not in rule:
        found = found.replace(until=limit)
    for occurrence in found:
        if occurrence > limit:
            return
        if occurrence > after:
            yield occurrence


def in_words(rule: str) -> str:
    """A short reading of a rule for the screens; the rule itself where it has no short words."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    if parts.get("BYDAY") == "MO,TU,WE,TH,FR":
        return "weekday"
    if parts.get("BYMONTHDAY") == "-1":
        return "month end"
    weekly = set(parts) == {"FREQ", "BYDAY"} and parts["FREQ"] == "WEEKLY"
    if weekly and set(parts["BYDAY"].split(",")) <= set(_BY_DAY):
        names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        return ", ".join(names[_BY_DAY.index(day)] for day in parts["BYDAY"].split(","))
    if set(parts) <= {"FREQ", "INTERVAL"}:
        unit = {frequency: word for word, frequency in _UNITS.items()}[parts["FREQ"]]
        return unit if interval == 1 else f"{interval} {unit}s"
    return rule
