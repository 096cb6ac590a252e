"""Schedules customer care: follow-ups, renewals, and competitors' contracts that end (S25).

A step that falls due is an ordinary task. `Task.care` says which step it is and `Task.about` what it was computed from,
so that changing a date moves its tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from planner.domain.errors import InputError
from planner.domain.workdays import nearest_worked, worked_ahead

SECOND_TOUCH_DAYS = 3


class Care(StrEnum):
    """The kinds of customer-care step."""

    FOLLOW_UP = "follow-up"
    FIRST_SIGN = "first-sign"
    RENEWAL = "renewal"
    SECOND_TOUCH = "second-touch"
    CHANCE_SIGN = "chance-sign"
    CHANCE = "chance"
    COMPLAINT = "complaint"
    REFERRAL = "referral"


# Steps before a contract ends, the first sign and the call: for our own, and for a competitor's.
OURS = (Care.FIRST_SIGN, Care.RENEWAL)
THEIRS = (Care.CHANCE_SIGN, Care.CHANCE)
# These calls get a second touch, because a competitor may have called in the meantime.
CALLS = (Care.RENEWAL, Care.CHANCE)


@dataclass(frozen=True, slots=True)
class Step:
    """A customer-care step and the day it is due."""

    care: Care
    day: date
    title: str
    about: str = ""


def contract_steps(
    end: date,
    today: date,
    is_working_day: Callable[[date], bool],
    *,
    days: tuple[int, int],
    cares: Sequence[Care],
    titles: tuple[str, str],
) -> list[Step]:
    """Return the steps `days` before a contract ends (the first sign, then the call), on working days.

    A day off becomes the working day before, because later may be too late. A first sign whose day is past is left out,
    and an overdue call is due today. A contract that has ended needs no steps.
    """
    if end < today:
        return []
    sign, call = (nearest_worked(end - timedelta(days=lead), is_working_day, back=True) for lead in days)
    found = []
    if today <= sign < call:
        found.append(Step(cares[0], sign, titles[0], end.isoformat()))
    found.append(Step(cares[1], max(call, today), titles[1], end.isoformat()))
    return found


def second_touch(today: date, is_working_day: Callable[[date], bool]) -> date:
    """Return the day of the second touch after a call: the last working day within three days, never today."""
    last = nearest_worked(today + timedelta(days=SECOND_TOUCH_DAYS), is_working_day, back=True)
    return last if last > today else worked_ahead(today, is_working_day)


def follow_up(won: date, today: date, days: int, is_working_day: Callable[[date], bool]) -> date:
    """Return the day to call and ask whether they are satisfied, not before today."""
    return nearest_worked(max(won + timedelta(days=days), today), is_working_day)


def ask_again(today: date, is_working_day: Callable[[date], bool]) -> date:
    """Return the day to ask a satisfied customer for a referral: the next working day."""
    return worked_ahead(today, is_working_day)


def runs_until(end: date, months: int | None, today: date) -> date:
    """Return when a contract ends as of today. One that renews itself runs past its written end."""
    return end if months is None or end >= today else next_end(end, months, today - timedelta(days=1))


def next_end(end: date, months: int, after: date) -> date:
    """Return the next end after a day of a contract that renews every `months`. A month's end stays one: 31 January is
    followed by 28 February and then 31 March.
    """
    if months < 1:
        raise InputError("A term must be at least 1 month.")
    last = (end + timedelta(days=1)).day == 1
    found, terms = end, 0
    while found <= after:
        terms += 1
        found = end + relativedelta(months=terms * months, day=31 if last else None)
    return found
