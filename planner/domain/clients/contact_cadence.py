"""Contact cadence ("touch"): the time since the last real contact, against how often there should be one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from planner.domain.clients.people import LONGEST_RHYTHM, Contact
from planner.domain.errors import InputError

RED_FROM = Fraction(3, 2)


class Zone(StrEnum):
    """Whether a contact is due: not yet, now, or long overdue."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Touch:
    """A contact's cadence: the last real contact (None if never), its rhythm in days, and when the next one is due."""

    last: date | None
    rhythm: int
    due: date
    zone: Zone

    def days(self, today: date) -> int | None:
        """Return the days since the last real contact."""
        return None if self.last is None else (today - self.last).days


def read_rhythms(lines: Sequence[str]) -> dict[str, int]:
    """Parse ``["A=14", "expo=30"]`` into days by tier or tag, case-folded. Raises InputError."""
    found = {}
    for line in lines:
        name, equals, days = line.partition("=")
        if not equals or not name.strip() or not (days.strip().isascii() and days.strip().isdigit()):
            raise InputError(
                f"{line!r} isn't a contact frequency. Write a tier or tag and a number of days, such as A=14."
            )
        if not 1 <= int(days) <= LONGEST_RHYTHM:
            raise InputError(f"A contact frequency must be from 1 to {LONGEST_RHYTHM:,} days.")
        found[name.strip().casefold()] = int(days)
    return found


def rhythm_of(rhythm: int | None, tier: str, tags: Sequence[str], rhythms: Mapping[str, int]) -> int | None:
    """Return a contact's own rhythm, else the shortest of its tier and tags, or None."""
    if rhythm is not None:
        return rhythm
    known = [rhythms[name.casefold()] for name in (tier, *tags) if name.casefold() in rhythms]
    return min(known, default=None)


def touch_of(rhythm: int | None, last: date | None, known_since: date, today: date) -> Touch | None:
    """Return the touch of a contact, None without a rhythm. One who was never spoken to is counted from the day they
    were added to the database.
    """
    if rhythm is None:
        return None
    begin = last or known_since
    age = (today - begin).days
    zone = Zone.RED if age >= RED_FROM * rhythm else Zone.YELLOW if age >= rhythm else Zone.GREEN
    return Touch(last, rhythm, begin + timedelta(days=rhythm), zone)


def of_contact(
    contact: Contact, last: date | None, known_since: date, today: date, rhythms: Mapping[str, int]
) -> Touch | None:
    """Return the touch of a contact by its rhythm, tier and tags."""
    rhythm = rhythm_of(contact.rhythm, contact.tier, contact.tags, rhythms)
    return touch_of(rhythm, last, known_since, today)
