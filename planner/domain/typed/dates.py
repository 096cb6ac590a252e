"""Parses a day as people write it: ``27 Nov``, ``next fri``, ``in 2 weeks``, ``end of month``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.typed.moment import Towards, When, WrongDate
from planner.domain.typed.names import (
    DAY_NAMES,
    MONTH_NAMES,
    MONTH_OF,
    NUMBER,
    PARTS_OF_DAY,
    PREPOSITION,
    WEEKDAY_OF,
    number,
)
from planner.domain.workdays import DAY, Period, month_of, parse_month, week_of

_UNITS = {"d": "days", "day": "days", "w": "weeks", "wk": "weeks", "week": "weeks", "mo": "months", "month": "months"}
_UNITS |= {"y": "years", "year": "years"}
_UNIT = r"days?|d|weeks?|wk|w|months?|mo|years?|y"


class DayReader:
    """Parser for the day in a phrase, whose whole `text` its messages quote. Each method returns None for what it
    doesn't know.
    """

    def __init__(self, text: str, today: date, towards: Towards) -> None:
        self.text, self.today, self.towards = text, today, towards

    def read(self, phrase: str, *, timed: bool = False) -> When | None:
        """Parse a day without hours. `timed` means its hours were given separately."""
        words = re.fullmatch(rf"((?:{PREPOSITION})*)(.+)", phrase)
        before, rest = (words[1].split(), words[2]) if words else ([], phrase)
        part = re.fullmatch(rf"(?:this |(.+) )({PARTS_OF_DAY})", rest)
        if part:
            found = self.read(part[1] or "today", timed=timed)
            unsaid = "no time was given" if found is not None and not timed else ""
            return None if found is None else replace(found, said="; ".join(filter(None, (found.said, unsaid))))
        for reader in (self._named_day, self._weekday, self._dated, self._offset):
            found = reader(rest)
            if found is None:
                continue
            if "after" in before and not timed:
                return When(found.day + DAY, None, "the day after")
            if "before" in before and not timed:
                return replace(found, said=found.said or "the day itself")
            return found
        return None

    def _named_day(self, rest: str) -> When | None:
        rest = re.sub(r"\bof (?:the|this) ", "of ", rest).removeprefix("the ")
        rest = {"eow": "end of week", "eom": "end of month", "eoy": "end of year"}.get(rest, rest)
        rest = {"month end": "end of month", "year end": "end of year", "quarter end": "end of quarter"}.get(rest, rest)
        near = {"today": 0, "tod": 0, "tonight": 0, "eod": 0, "end of day": 0, "tomorrow": 1, "tom": 1, "tmr": 1}
        near |= {"yesterday": -1, "day after tomorrow": 2, "day before yesterday": -2}
        if rest in near:
            return When(self.today + near[rest] * DAY)
        after_next = re.fullmatch(r"(week|month) after next", rest)
        if after_next:
            return When(period_of(after_next[1], self.today, 2).first, None, f"the first day of that {after_next[1]}")
        edge = re.fullmatch(r"(?:(end|start|beginning) of )?(next )?(week|month|quarter|year)", rest)
        if edge and (edge[1] or edge[2]):
            period = period_of(edge[3], self.today, 1 if edge[2] else 0)
            monday = not edge[1] and edge[3] == "week"
            return When(period.last if edge[1] == "end" else period.first, None, "the Monday of next week" * monday)
        month = re.fullmatch(rf"(end|start|beginning) of ({MONTH_NAMES})(?: (\d{{4}}))?", rest)
        if month is None:
            return None
        first = date(int(month[3]) if month[3] else self.today.year, MONTH_OF[month[2]], 1)
        if not month[3] and month_of(first).last < self.today:
            first = first.replace(year=first.year + 1)
        return When(month_of(first).last if month[1] == "end" else first)

    def _weekday(self, rest: str) -> When | None:
        match = re.fullmatch(rf"(?:(next|this|last|coming|this coming) )?({DAY_NAMES})", rest)
        if match:
            return self._one_weekday(match[1] or "", WEEKDAY_OF[match[2]])
        week = re.fullmatch(rf"(?:on )?({DAY_NAMES}) (?:of )?(next|this|last) week", rest) or re.fullmatch(
            rf"(?P<which>next|this|last) week (?:on )?(?P<day>{DAY_NAMES})", rest
        )
        if week:
            named = week.groupdict() or {"day": week[1], "which": week[2]}
            shift = {"next": 7, "this": 0, "last": -7}[named["which"]]
            day = week_of(self.today).first + timedelta(days=shift + WEEKDAY_OF[named["day"]])
            return When(day)
        after_next = re.fullmatch(rf"(?:the )?({DAY_NAMES}) after next", rest)
        if after_next:
            coming = self._one_weekday("", WEEKDAY_OF[after_next[1]]).day
            first, second = (When(coming + timedelta(days=7 * weeks)).echo() for weeks in (1, 2))
            raise WrongDate(f"{self.text!r} could be {first} or {second}. Write the date.")
        week_on = re.fullmatch(rf"({DAY_NAMES}) week|a week on ({DAY_NAMES})", rest)
        if week_on:  # British English: a week after the coming one
            day = self._one_weekday("", WEEKDAY_OF[week_on[1] or week_on[2]]).day + timedelta(days=7)
            return When(day, None, f"a week after this coming {day:%A}")
        ahead = rf"(?:in )?(?:{NUMBER}) weeks?(?: from now)?"
        later = re.fullmatch(rf"(?P<day>{DAY_NAMES}) (?P<ahead>in (?:{NUMBER}) weeks?)", rest) or re.fullmatch(
            rf"(?P<ahead>{ahead}) (?:on )?(?P<day>{DAY_NAMES})", rest
        )
        if later is None:
            return None
        then = self._offset(later["ahead"])
        if then is None:
            return None
        day = week_of(then.day).first + timedelta(days=WEEKDAY_OF[later["day"]])
        return When(day, None, f"the {day:%A} of that week")

    def _one_weekday(self, prefix: str, wanted: int) -> When:
        today = self.today
        ahead, back = (wanted - today.weekday()) % 7, (today.weekday() - wanted) % 7
        if prefix == "last":
            return When(today - timedelta(days=back or 7))
        if prefix == "next":
            # "next fri" is always the Friday of next week.
            day = week_of(today).first + timedelta(days=7 + wanted)
            return When(day, None, f"the {day:%A} of next week")
        if self.towards in ("past", "until"):
            return When(today - timedelta(days=back))
        if ahead == 0 and prefix != "this" and self.towards != "from":
            return When(today + timedelta(days=7), None, f"today is {today:%A}, so a week from today")
        return When(today + timedelta(days=ahead))

    def _offset(self, rest: str) -> When | None:
        match = re.fullmatch(
            rf"(?:in |\+)?({NUMBER}) ?({_UNIT})|({NUMBER}) ?({_UNIT}) (ago|from now)|-(\d+) ?(d|w)", rest
        )
        if match:
            back = match[5] == "ago" or match[6] is not None
            return self._shift(self.today, match[1] or match[3] or match[6], match[2] or match[4] or match[7], back)
        match = re.fullmatch(rf"(?:(the|{NUMBER}) )?({_UNIT}) (from|after|before) (.+)", rest)
        base = None if match is None else self.read(match[4])
        if match is None or base is None:
            return None
        number = match[1] if match[1] and match[1] != "the" else "a"
        return replace(self._shift(base.day, number, match[2], match[3] == "before"), said=base.said)

    def _shift(self, day: date, written: str, unit: str, back: bool) -> When:
        many = number(written)
        name = _UNITS[unit] if unit in _UNITS else _UNITS[unit.rstrip("s")]
        if many > {"days": 36_500, "weeks": 5_200, "months": 1_200, "years": 100}[name]:
            raise InputError(f"{self.text!r} is more than a hundred years away.")
        return When(day + relativedelta(**{name: -many if back else many}))  # type: ignore[arg-type]

    def _dated(self, rest: str) -> When | None:
        """Parse a date whose weekday, if given, must match: ``fri 27 nov``, ``27 nov (fri)``."""
        match = re.fullmatch(rf"(?:(?:next |this )?({DAY_NAMES}) )?(.+?)(?: \(?({DAY_NAMES})\)?)?", rest)
        assert match is not None
        name, written = match[1] or match[3], match[2]
        if name is not None and re.fullmatch(r"2[4-9]|3[01]", written):
            written += "th"  # not an hour
        weekday = None if name is None else WEEKDAY_OF[name]
        found = self._date_alone(written, weekday)
        if found is not None and weekday not in (None, found.day.weekday()):
            day = f"{formats.yearly_text(found.day)} {found.day.year}"
            raise WrongDate(f"{self.text!r}: {day} is a {found.day:%A}, not a {_weekday_name(name)}.")
        return found

    def _date_alone(self, rest: str, weekday: int | None) -> When | None:
        iso = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", rest)
        if iso:
            return When(self._date(int(iso[1]), int(iso[3]), int(iso[4])))
        named = re.fullmatch(
            rf"(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]?({MONTH_NAMES})(?:[ -](\d{{4}}|\d{{2}}))?", rest
        )
        if named:
            return self._with_month(named[3], named[2], named[1], weekday)
        named = re.fullmatch(rf"({MONTH_NAMES})[ -]?(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: (\d{{4}}|\d{{2}}))?", rest)
        if named:
            return self._with_month(named[3], named[1], named[2], weekday)
        dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?", rest)
        if dotted:  # day.month.year is the only dotted order
            return self._in_year(dotted[3], int(dotted[2]), int(dotted[1]), weekday)
        slashed = re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?|(\d{1,2})-(\d{1,2})-(\d{4})", rest)
        if slashed:
            first, second = int(slashed[1] or slashed[4]), int(slashed[2] or slashed[5])
            if 1 <= first <= 12 and 1 <= second <= 12 and first != second:
                raise WrongDate(f"{self.text!r} could be day or month first. Write it like 27 Nov or 2026-11-27.")
            day, month = (first, second) if first > 12 else (second, first)
            return self._in_year(slashed[3] or slashed[6], month, day, weekday)
        ordinal = re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)(?: of (?:(next|this|the) )month)?", rest)
        if ordinal:
            return self._of_month(int(ordinal[1]), ordinal[2] or "")
        return None

    def _date(self, year: int, month: int, day: int) -> date:
        try:
            return date(year, month, day)
        except ValueError as error:
            raise InputError(f"{self.text!r} isn't a day in the calendar.") from error

    def _with_month(self, year: str | None, month: str, day: str, weekday: int | None) -> When | None:
        if year is not None and len(year) == 2 and int(year) < 24:
            return None  # could be an hour as well as a year
        return self._in_year(year, MONTH_OF[month], int(day), weekday)

    def _in_year(self, year: str | None, month: int, day: int, weekday: int | None) -> When:
        today = self.today
        if year is not None and len(year) == 2:
            full = min((century + int(year) for century in (1900, 2000)), key=lambda each: abs(each - today.year))
            return When(self._date(full, month, day), None, f"the year {full}" if abs(full - today.year) > 9 else "")
        if year is not None:
            return When(self._date(int(year), month, day))
        if (month, day) == (2, 29):
            candidates = [date(y, 2, 29) for y in range(today.year - 8, today.year + 9) if _leap(y)]
        else:
            candidates = [self._date(today.year + shift, month, day) for shift in (-1, 0, 1)]
        if self.towards in ("future", "from"):
            found = min(candidate for candidate in candidates if candidate >= today)
        elif self.towards == "until":
            found = max(candidate for candidate in candidates if candidate <= today)
        else:
            found = min(candidates, key=lambda candidate: abs(candidate - today))
        this_year = next((candidate for candidate in candidates if candidate.year == today.year), found)
        if found.weekday() != weekday == this_year.weekday():
            found = this_year  # dates of this year are written without it, so the weekday tells
        return When(found, None, f"the one in {found.year}" if found.year != today.year else "")

    def _of_month(self, day: int, which: str) -> When:
        if not 1 <= day <= 31:
            raise InputError(f"{self.text!r} isn't a day in the calendar.")
        back = self.towards in ("past", "until")
        first = self.today.replace(day=1)
        if which:
            month = month_of(first + relativedelta(months=1 if which == "next" else 0))
            return When(self._date(month.first.year, month.first.month, day))
        for months in range(12):
            month = month_of(first + relativedelta(months=-months if back else months))
            if day <= month.last.day:
                found = month.first.replace(day=day)
                if (found <= self.today) if back else (found >= self.today):
                    return When(found)
        raise InputError(f"{self.text!r} isn't a day in the calendar.")


def period_of(unit: str, today: date, shift: int) -> Period:
    """Return the week, month, quarter or year containing today, or the one `shift` periods later."""
    if unit == "week":
        return week_of(today + timedelta(days=7 * shift))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(today.year, (today.month - 1) // months * months + 1, 1) + relativedelta(months=months * shift)
    return Period(first, first + relativedelta(months=months) - DAY)


def read_month(text: str, today: date) -> Period:
    """Parse ``2026-11``, ``nov``, ``November 2026`` or ``next month``. A name alone is the nearest month of that name.
    Raises InputError.
    """
    typed = " ".join(text.lower().replace(",", " ").split())
    near = {"this month": 0, "next month": 1, "last month": -1}
    if typed in near:
        return period_of("month", today, near[typed])
    named = re.fullmatch(rf"({MONTH_NAMES})\.?(?: (\d{{4}}))?", typed)
    if named is None:
        return parse_month(text)
    month = MONTH_OF[named[1]]
    away = (month - today.month + 5) % 12 - 5  # from five months back to six ahead
    return parse_month(f"{named[2]}-{month}") if named[2] else period_of("month", today, away)


def _weekday_name(name: str) -> str:
    return f"{date(2026, 11, 16 + WEEKDAY_OF[name]):%A}"  # the 16th is a Monday


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
