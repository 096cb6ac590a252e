"""Tasks that come again: words or an RRULE, by the calendar (`commands.md`, `--every`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from planner.domain import when
from planner.domain.errors import InputError

_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_BY_DAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ALLOWED = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST", "BYYEARDAY"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_SOONEST = timedelta(days=366 * 9)


@dataclass(frozen=True, slots=True)
class Every:
    """How something comes again: an RRULE, counted by the calendar or, with `from_done`, from each completion."""

    rule: str
    from_done: bool = False

    def __str__(self) -> str:
        return f"every {in_words(self.rule)}" + (" after it is done" if self.from_done else "")


_AFTER = re.compile(
    r" (?:after (?:(?:it(?:'s| is) )?(?:done|completed|finished)|completion)|from completion|when done)$"
)


def parse_repeat(text: str) -> Every:
    """Read ``every 2 weeks`` (by the calendar), and ``every! 2 weeks`` or ``2 weeks after done`` (from completion)."""
    phrase = " ".join(text.strip().lower().split())
    from_done = phrase.startswith("every!") or _AFTER.search(phrase) is not None
    if not from_done:
        return Every(parse_every(text))
    return Every(parse_every(_AFTER.sub("", phrase.removeprefix("every!").strip())), from_done=True)


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
    other = re.fullmatch(r"(?:other|second|2nd) (day|week|month|year)", phrase)
    if other:
        return f"FREQ={_UNITS[other[1]]};INTERVAL=2"
    if phrase in ("quarter end", "end of quarter"):
        return "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
    run = re.fullmatch(r"([a-z]+) ?[-–] ?([a-z]+)", phrase)
    if run and run[1] in when.WEEKDAY_OF and run[2] in when.WEEKDAY_OF:
        first, last = when.WEEKDAY_OF[run[1]], when.WEEKDAY_OF[run[2]]
        found = sorted((first + step) % 7 for step in range((last - first) % 7 + 1))
        return f"FREQ=WEEKLY;BYDAY={','.join(_BY_DAY[day] for day in found)}"
    if phrase in ("quarter", "quarterly"):
        return "FREQ=MONTHLY;INTERVAL=3"
    if phrase in ("weekend", "weekends"):
        return "FREQ=WEEKLY;BYDAY=SA,SU"
    if phrase in ("month start", "start of month"):
        return "FREQ=MONTHLY;BYMONTHDAY=1"
    monthly = _of_month(phrase)
    if monthly:
        return monthly
    days = [part for part in re.split(r"[ ,]+|\band\b", phrase) if part]
    if days and all(day.rstrip("s") in when.WEEKDAY_OF or day in when.WEEKDAY_OF for day in days):
        found = sorted(
            {when.WEEKDAY_OF[day] if day in when.WEEKDAY_OF else when.WEEKDAY_OF[day.rstrip("s")] for day in days}
        )
        return f"FREQ=WEEKLY;BYDAY={','.join(_BY_DAY[index] for index in found)}"
    match = re.fullmatch(r"(?:(\d{1,3}) )?(day|week|month|year)s?", phrase)
    if match and int(match[1] or 1) >= 1:
        interval = f";INTERVAL={match[1]}" if match[1] and match[1] != "1" else ""
        return f"FREQ={_UNITS[match[2]]}{interval}"
    raise InputError(
        f"{text!r} is not a rule I can read; write weekday, monday, 2 weeks, month end, or an RRULE like "
        "FREQ=MONTHLY;BYMONTHDAY=15."
    )


_PLACES = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}


_PLACE = "(?:" + "|".join(_PLACES) + ")"


def _of_month(phrase: str) -> str | None:
    """``15th``, ``1st and 15th``, ``month on the 15th``, ``first monday``, ``last friday of the month``."""
    phrase = re.sub(r" of (?:the|each|every) month$", "", phrase)
    if phrase.startswith(("month on the ", "month on ")):
        phrase = phrase.removeprefix("month on ").removeprefix("the ")
        phrase = re.sub(r"^(\d{1,2})$", r"\1th", phrase)
    phrase = phrase.removeprefix("the ")
    if phrase in ("last day", "end"):
        return "FREQ=MONTHLY;BYMONTHDAY=-1"
    several = re.fullmatch(rf"({_PLACE})((?:(?:, ?| and ){_PLACE})+) ([a-z]+)", phrase)
    if several and several[3] in when.WEEKDAY_OF:
        places = re.findall(_PLACE, several[1] + several[2])
        return "FREQ=MONTHLY;BYDAY=" + ",".join(
            f"{_PLACES[place]}{_BY_DAY[when.WEEKDAY_OF[several[3]]]}" for place in places
        )
    numbers = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?(?: ?(?:,|and) ?(\d{1,2})(?:st|nd|rd|th))?", phrase)
    if numbers and re.search(r"\d(?:st|nd|rd|th)", phrase):
        days = [int(day) for day in numbers.groups() if day]
        if all(1 <= day <= 31 for day in days):
            # a month too short for it has it on its last day
            if len(days) == 1 and days[0] > 28:
                return f"FREQ=MONTHLY;BYMONTHDAY={','.join(str(day) for day in range(28, days[0] + 1))};BYSETPOS=-1"
            return f"FREQ=MONTHLY;BYMONTHDAY={','.join(str(day) for day in sorted(days))}"
    named = re.fullmatch(rf"({'|'.join(_PLACES)}) (working day|weekday|workday|[a-z]+)", phrase)
    if named and named[2] in ("working day", "weekday", "workday"):
        return f"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={_PLACES[named[1]]}"
    if named and named[2] in when.WEEKDAY_OF:
        return f"FREQ=MONTHLY;BYDAY={_PLACES[named[1]]}{_BY_DAY[when.WEEKDAY_OF[named[2]]]}"
    return None


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
    return next(_dates(rule, start, after), None)


def _dates(rule: str, start: date, after: date) -> Iterator[date]:
    """See `next_date`: all of them."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    if parts.get("FREQ") == "MONTHLY" and start.day > 28 and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        days = ",".join(str(day) for day in range(28, start.day + 1))
        rule += f";BYMONTHDAY={days};BYSETPOS=-1"
    after_ = datetime.combine(after, time())
    return (found.date() for found in _occurrences(rule, datetime.combine(start, time()), after_))


def folded(rule: str, start: date, due: date, today: date) -> tuple[date, int]:
    """The last date of a rule up to `today`, and how many dates from `due` on were missed for it.

    Two weeks away make one task, not fourteen.
    """
    missed, last = 0, due
    for following in _dates(rule, start, due):
        if following > today:
            break
        last, missed = following, missed + 1
    return last, missed


def _occurrences(rule: str, start: datetime, after: datetime) -> Iterator[datetime]:
    """The occurrences after a moment, for nine years at most: a rule that never comes (30 February) would be sought
    for to the year 9999.
    """
    from dateutil.rrule import rrule, rrulestr  # 4 ms, and a list of tasks only names their rules

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


_WORDS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def in_words(rule: str) -> str:
    """A short reading of a rule for the screens; the rule itself where it has no short words."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    until = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", parts.pop("UNTIL", ""))
    if until:
        rest = ";".join(f"{name}={value}" for name, value in parts.items())
        return f"{in_words(rest)} until {'-'.join(until.groups())}"
    interval = int(parts.get("INTERVAL", "1"))
    names = set(parts)
    if parts["FREQ"] == "WEEKLY" and names == {"FREQ", "BYDAY"} and parts["BYDAY"] == "MO,TU,WE,TH,FR":
        return "weekday"
    monthly = parts["FREQ"] == "MONTHLY"
    if monthly and names == {"FREQ", "BYDAY", "BYSETPOS"} and parts["BYDAY"] == "MO,TU,WE,TH,FR":
        place = _WORDS.get(parts["BYSETPOS"])
        return f"{place} working day of the month" if place else rule
    if monthly and names == {"FREQ", "BYDAY"} and re.fullmatch(r"(-1|[1-4])[A-Z]{2}", parts["BYDAY"]):
        return f"{_WORDS[parts['BYDAY'][:-2]]} {_NAMES[_BY_DAY.index(parts['BYDAY'][-2:])]} of the month"
    if monthly and names == {"FREQ", "BYMONTHDAY"}:
        days = parts["BYMONTHDAY"].split(",")
        if days == ["-1"]:
            return "month end"
        if all(day.isdigit() for day in days):
            return f"{' and '.join(_ordinal(int(day)) for day in days)} of the month"
    if monthly and names == {"FREQ", "BYMONTHDAY", "BYSETPOS"} and parts["BYSETPOS"] == "-1":
        days = parts["BYMONTHDAY"].split(",")  # the 31st, or the last day of a shorter month
        if days == [str(day) for day in range(28, 28 + len(days))]:
            return f"{_ordinal(int(days[-1]))} of the month"
    weekly = set(parts) == {"FREQ", "BYDAY"} and parts["FREQ"] == "WEEKLY"
    if weekly and set(parts["BYDAY"].split(",")) <= set(_BY_DAY):
        return ", ".join(_NAMES[_BY_DAY.index(day)] for day in parts["BYDAY"].split(","))
    if set(parts) <= {"FREQ", "INTERVAL"}:
        unit = {frequency: word for word, frequency in _UNITS.items()}[parts["FREQ"]]
        return unit if interval == 1 else f"{interval} {unit}s"
    return rule
