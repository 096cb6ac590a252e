"""The calling list: whom to call on a day, built the evening before (S9)."""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from planner.domain import formats
from planner.domain.clients.people import Contact, ContactMethod
from planner.domain.errors import InputError
from planner.domain.text import clean

# Outcomes of a call that didn't reach the person. The cadence decides on the next try.
UNREACHED = ("no-answer", "voicemail", "gatekeeper")
CADENCE_REFUSED = 8  # weeks until a contact who refused is called again
CADENCE = (1, 3, 7)  # working days until the next try after the first, second and third unanswered one


class Why(StrEnum):
    """Reason why a contact is on the list, in calling order."""

    ASKED = "email"
    CALLBACK = "callback"
    PROMISE = "promise"
    RENEWAL = "renewal"
    FOLLOW_UP = "follow-up"
    TOUCH = "touch"
    RETRY = "retry"
    NEW = "new"
    AGAIN = "again"
    NAMED = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """Selects the contacts that a list is built from. Texts compare case-insensitively. `not_since` selects contacts
    not called since that date.
    """

    never_called: bool = False
    not_since: date | None = None
    tag: str = ""
    source: str = ""
    city: str = ""
    kind: str = ""
    hour: int | None = None

    def __post_init__(self) -> None:
        if self.hour is not None and not 0 <= self.hour <= 23:
            raise InputError(f"The hour must be from 0 to 23, not {self.hour}.")


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a day's list. `called` is whether they were called that day, `last` when they were last called,
    `tries` how often they weren't reached since they last were, `why` why they are on it, `at` the hour they asked for,
    `asked` what they wrote about.
    """

    id: int
    day: date
    contact: Contact
    called: bool = False
    last: date | None = None
    tries: int = 0
    why: Why = Why.NAMED
    at: str | None = None
    asked: str = ""

    def reason(self) -> str:
        """Return why they are on the list, in words: ``callback 11:00``, ``2nd try``, ``never called``."""
        return f"do not call, {self._reason()}" if self.contact.do_not_call else self._reason()

    def _reason(self) -> str:
        if self.why is Why.ASKED:
            return f"email: {self.asked}"
        if self.why is Why.CALLBACK:
            return f"callback {self.at}" if self.at else "callback"
        if self.why is Why.PROMISE:
            return f"promise {self.at}" if self.at else "promise"
        if self.why in (Why.RENEWAL, Why.FOLLOW_UP):
            return self.why.value
        if self.why is Why.TOUCH and self.last is not None:
            return f"due for contact, last {formats.when_text(self.last, self.day)}"
        if self.tries and self.last is not None:
            return f"{ordinal(self.tries + 1)} try, last {formats.when_text(self.last, self.day)}"
        return "never called" if self.last is None else f"last called {formats.when_text(self.last, self.day)}"


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``11th``."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def check_cadence(days: Sequence[int]) -> tuple[int, ...]:
    """Validate a cadence. Raises InputError unless it has 1 to 12 tries of 0 to 365 days."""
    if not 1 <= len(days) <= 12 or any(not 0 <= day <= 365 for day in days):
        raise InputError("A cadence has 1 to 12 steps, each from 0 to 365 working days.")
    return tuple(days)


def retry_due(
    tries: int, last: date, day: date, working: Sequence[date], cadence: Sequence[int] = CADENCE
) -> bool | None:
    """Return whether to retry on `day` a contact not reached `tries` times, last on `last`, or None once the cadence
    is used up (parked). `working` are the working days in order, at least those after `last` and up to `day`.
    """
    if not tries:
        return True
    if tries > len(cadence):
        return None
    passed = bisect_right(working, day) - bisect_right(working, last)
    return passed >= cadence[tries - 1]


_PHONE = re.compile(r"[+(]?[\d０-９][\d０-９\s().\-/ext#доб내선]{4,}", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
FEWEST_DIGITS = 5


def parse_pasted(text: str) -> tuple[list[Contact], list[int]]:
    """Parse pasted names and numbers, one per line: ``Kim Minsu, Hanbit, 02-555-1234``. Returns the contacts, and the
    numbers of lines without a phone number. Blank lines are skipped.

    Cells are separated by tabs, semicolons, commas or bars. The first text is the name, the second the company. A
    number on its own also serves as the name.
    """
    found: list[Contact] = []
    without: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.replace("\t", " ; ")
        line = clean(line)
        if not line:
            continue
        contact = _parse_line(line)
        if contact is None:
            without.append(number)
        else:
            found.append(contact)
    return found, without


def _parse_line(line: str) -> Contact | None:
    phones: list[ContactMethod] = []
    emails: list[ContactMethod] = []
    texts: list[str] = []
    line = re.sub(r"^(?:\d{1,3}[.)]|[•*–-])\s+", "", line)  # strip list numbers and bullets
    for cell in next(csv.reader([re.sub(r"\s*[;|]\s*", ",", line)], skipinitialspace=True)):
        cell = cell.strip().strip('"')
        if not cell:
            continue
        if _EMAIL.fullmatch(cell):
            emails.append(ContactMethod(cell))
            continue
        digits = sum(char.isdigit() for char in cell)
        if digits >= FEWEST_DIGITS and _PHONE.fullmatch(cell):
            phones.append(ContactMethod(cell))
            continue
        inside = _PHONE.search(cell)  # "Kim Minsu 02-555-1234", without a separator
        if inside and sum(char.isdigit() for char in inside[0]) >= FEWEST_DIGITS and not phones:
            phones.append(ContactMethod(inside[0].strip(" -/")))
            cell = (cell[: inside.start()] + " " + cell[inside.end() :]).strip(" -–:")
        if cell:
            texts.append(" ".join(cell.split()))
    if not phones:
        return None
    name = texts[0] if texts else phones[0].value
    company = texts[1] if len(texts) > 1 else None
    return Contact(
        0,
        "",
        name[:200],
        company=None if company is None else company[:200],
        phones=tuple(phones),
        emails=tuple(emails),
    )
