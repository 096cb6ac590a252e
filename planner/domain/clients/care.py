"""Looking after who has bought, and who may: follow-ups, renewals, others' contracts that end (S25).

What falls due is a task of the rep's list like any other, which knows by `Task.care` which step it is and by
`Task.about` what it is reckoned from, so that a date that changes takes its tasks along.
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
    """A step of looking after a customer."""

    FOLLOW_UP = "follow-up"
    FIRST_SIGN = "first-sign"
    RENEWAL = "renewal"
    SECOND_TOUCH = "second-touch"
    CHANCE_SIGN = "chance-sign"
    CHANCE = "chance"
    COMPLAINT = "complaint"
    REFERRAL = "referral"


# What a contract's end asks for: a first sign, then the call. Ours, and a competitor's.
OURS = (Care.FIRST_SIGN, Care.RENEWAL)
THEIRS = (Care.CHANCE_SIGN, Care.CHANCE)
# After these calls a second touch follows: a competitor may have called meanwhile.
CALLS = (Care.RENEWAL, Care.CHANCE)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do by a day."""

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
    """What the end of a contract asks for, `days` before it (the first sign, then the call), on working days.

    A day that isn't worked becomes the working day before, because later may be too late. A first sign whose day is
    over is left out; the call is due at once then. A contract that has ended asks for nothing.
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
    """The day of the second touch after a call: the last working day within three days, at the earliest tomorrow."""
    last = nearest_worked(today + timedelta(days=SECOND_TOUCH_DAYS), is_working_day, back=True)
    return last if last > today else worked_ahead(today, is_working_day)


def follow_up(won: date, today: date, days: int, is_working_day: Callable[[date], bool]) -> date:
    """The day of the call that asks whether they are content; not before today."""
    return nearest_worked(max(won + timedelta(days=days), today), is_working_day)


def ask_again(today: date, is_working_day: Callable[[date], bool]) -> date:
    """The day on which somebody who is content is asked for a referral: the next working day."""
    return worked_ahead(today, is_working_day)


def runs_until(end: date, months: int | None, today: date) -> date:
    """When a contract ends as seen from today: what comes round by itself doesn't end on the day that is written."""
    return end if months is None or end >= today else next_end(end, months, today - timedelta(days=1))


def next_end(end: date, months: int, after: date) -> date:
    """When a contract that comes round every `months` ends next after a day. A month's end stays one: after 31 January
    comes 28 February, and then 31 March.
    """
    if months < 1:
        raise InputError("A term is at least a month.")
    last = (end + timedelta(days=1)).day == 1
    found, terms = end, 0
    while found <= after:
        terms += 1
        found = end + relativedelta(months=terms * months, day=31 if last else None)
    return found
