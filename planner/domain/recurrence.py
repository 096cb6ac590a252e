"""Tasks that come again: words or an RRULE, by the calendar (`commands.md`, `--every`)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr

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
    if not parts.get("INTERVAL", "1").isdigit() or not 1 <= int(parts.get("INTERVAL", "1")) <= 999:
        raise InputError(f"{text!r}: the interval must be from 1 to 999.")
    try:
        rrulestr(rule, dtstart=datetime(2026, 1, 1))
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
    begin = datetime.combine(start, time())
    found = rrulestr(rule, dtstart=begin, ignoretz=True).after(datetime.combine(after, time()))
    if found is None or found.date() - after > _SOONEST:
        return None
    return found.date()


def in_words(rule: str) -> str:
    """A short reading of a rule for the screens; the rule itself where it has no short words."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    if parts.get("BYDAY") == "MO,TU,WE,TH,FR":
        return "weekday"
    if parts.get("BYMONTHDAY") == "-1":
        return "month end"
    if set(parts) == {"FREQ", "BYDAY"} and parts["FREQ"] == "WEEKLY":
        names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        return ", ".join(names[_BY_DAY.index(day)] for day in parts["BYDAY"].split(","))
    if set(parts) <= {"FREQ", "INTERVAL"}:
        unit = {frequency: word for word, frequency in _UNITS.items()}[parts["FREQ"]]
        return unit if interval == 1 else f"{interval} {unit}s"
    return rule
