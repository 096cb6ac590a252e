"""Parses a time of day or a range of hours as people write it: ``14:30``, ``noon``, ``9am-5``, ``between 10 and
11:30``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import NamedTuple

from planner.domain.errors import InputError
from planner.domain.typed import zones
from planner.domain.typed.moment import WrongDate
from planner.domain.typed.names import PREPOSITION, normal

# 14:30, 9am, 9.30am, 17h, 17h30, noon, and a bare 10 or 10.30 only if the words around it leave no other reading
_CLOCK = r"\d{1,2}[:h]\d{2}(?: ?[ap]m)?|\d{1,2}(?:\.\d{2})? ?[ap]m|\d{1,2}h|noon|midday|midnight"
_HOUR = rf"(?:{_CLOCK}|\d{{1,2}}(?:\.\d{{2}})?)"
TIME = (
    rf"(?P<before>{PREPOSITION}*)"
    rf"(?:(?P<open>between )?(?P<begin>{_HOUR}) ?(?P<to>-|\.\.|to|thru|through|until|till|and) ?)?"
    rf"(?P<end>{_HOUR})(?: (?P<zone>{zones.WRITTEN}))?"
)
_TIME_ONLY = re.compile(TIME)
_NAMED_HOURS = {"noon": 12, "midday": 12, "midnight": 0}
_NOON, _MIDNIGHT = 12 * 60, 24 * 60  # minutes


class Hours(NamedTuple):
    """A parsed time of day, and the minutes of a range that starts then. `said` explains how ambiguous hours were
    read.
    """

    at: time
    minutes: int | None = None
    said: str = ""


class _Clock(NamedTuple):
    """A written time of day: its minute (24:00 is 1440) and what fixes the half of the day (``am``, ``pm``, or
    ``named`` for noon and midnight), if anything does.
    """

    minute: int
    half: str


def is_hour(text: str) -> bool:
    """Whether a phrase is an hour or a range of hours, without a day."""
    return _TIME_ONLY.fullmatch(normal(text)) is not None


def read_hour(text: str, written: str, *, late: bool) -> Hours | None:
    """Return the hour in a phrase `text`, or None for a number that is no hour. `late` means in the evening."""
    clock = _clock(text, written)
    if clock is None or clock.minute >= _MIDNIGHT:
        return None
    minute = clock.minute
    if late and not clock.half and 60 <= minute < _NOON:
        minute += _NOON
    hour = minute // 60
    night = written.isdigit() and 60 <= minute < 7 * 60
    said = f"{hour:02}:00 is at night, so write {hour}pm for the afternoon" if night else ""
    return Hours(_time(minute), None, said)


def read_range(text: str, begin: str, end: str, *, late: bool, plain: bool) -> Hours | None:
    """Return the range of hours in a phrase `text`, or None for numbers that are no hours.

    `late` means in the evening, `plain` that only the words between the numbers make them hours.
    """
    first, last = _clock(text, begin), _clock(text, end)
    if first is None or last is None:
        return None
    start, stop, shifted = _halves(first, last, late=late)
    length = stop - start if stop > start else stop + _MIDNIGHT - start
    if start >= _MIDNIGHT or (stop <= start and length > _NOON):
        raise WrongDate(f"{text!r} ends before it starts.")
    said = "the numbers are read as times" if plain and begin.isdigit() and end.isdigit() else ""
    return Hours(_time(start), length, f"until {_time(stop):%H:%M} the same day" if shifted else said)


def _halves(first: _Clock, last: _Clock, *, late: bool) -> tuple[int, int, bool]:
    """Return the minutes of a range in the halves of the day that are meant, and whether its end was moved to the
    afternoon though nothing written says so.
    """
    start, stop = first.minute, last.minute or _MIDNIGHT
    if late and not first.half and not last.half:
        start, stop = (minute + _NOON if minute < _NOON else minute for minute in (start, stop))
    if last.half == "pm" and not first.half and start < _NOON <= stop and start + _NOON < stop:
        start += _NOON  # 2-4pm, but 10-2pm starts in the morning
    if stop < start < stop + _NOON and stop < _NOON and not last.half and start < 18 * 60:
        return start, stop + _NOON, True  # 9am-5, 10 to 2
    return start, stop, False


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _clock(text: str, written: str) -> _Clock | None:
    """Return a time of day as written, or None for a number that is no hour."""
    if written in _NAMED_HOURS:
        return _Clock(_NAMED_HOURS[written] * 60, "named")
    match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2})|h)? ?([ap]m)?", written)
    assert match is not None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3] or ""
    if (half and not 1 <= hour <= 12) or hour * 60 + minute > _MIDNIGHT or minute > 59:
        if _is_bare(written):
            return None
        raise InputError(f"{text!r}: {written!r} isn't a time of day. Write it like 14:30 or 9am.")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return _Clock(hour * 60 + minute, half)


def are_hours(parts: Mapping[str, str | None], before: Sequence[str], *, takes_hour: bool, front: bool) -> bool:
    """Whether numbers in the place of hours are meant as hours, which bare ones alone aren't."""
    begin, end, opened = parts["begin"], str(parts["end"]), parts["open"] is not None
    after_at = bool(before) and before[-1] == "at"
    if begin is not None:
        if (parts["to"] == "and") is not opened:
            return False
        return not (_is_bare(begin) and _is_bare(end)) or takes_hour or opened or "from" in before
    if not _is_bare(end):
        return True
    if re.fullmatch(r"\d{1,2}\.(?:0[1-9]|1[0-2])", end) and not after_at:
        return False  # could be a date as well
    if takes_hour:
        return True
    if parts.get("day") is None:
        return after_at
    if front:
        return bool(before) and before[-1] != "on"
    return bool(before) or parts.get("to_end") is not None


def _is_bare(written: str) -> bool:
    return re.fullmatch(r"\d{1,2}(?:\.\d{2})?", written) is not None
