"""The calling list: whom to call on a day, made the evening before (S9)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date

from planner.domain.people import Contact, Way
from planner.domain.text import clean


@dataclass(frozen=True, slots=True)
class Filters:
    """Which contacts a list is built from. Texts compare regardless of case; `not_since` lets through who was not
    called since a date.
    """

    never_called: bool = False
    not_since: date | None = None
    tag: str = ""
    source: str = ""
    city: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a day's list. `called` says whether they were called on that day, `last` when they last were."""

    id: int
    day: date
    contact: Contact
    called: bool = False
    last: date | None = None
    built_on: str = ""


_PHONE = re.compile(r"[+(]?[\d０-９][\d０-９\s().\-/ext#доб내선]{4,}", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
FEWEST_DIGITS = 5


def pasted(text: str) -> tuple[list[Contact], list[int]]:
    """Names and numbers as they are pasted, a line each: ``Kim Minsu, Hanbit, 02-555-1234``. Returns the contacts and
    the numbers of the lines in which there is no phone number. Blank lines are passed over.

    Cells are parted by tabs, semicolons, commas or bars; the first text is the name, the second the company. A number
    alone is called by itself.
    """
    found: list[Contact] = []
    without: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.replace("\t", " ; ")
        line = clean(line)
        if not line:
            continue
        contact = _pasted(line)
        if contact is None:
            without.append(number)
        else:
            found.append(contact)
    return found, without


def _pasted(line: str) -> Contact | None:
    phones: list[Way] = []
    emails: list[Way] = []
    texts: list[str] = []
    line = re.sub(r"^(?:\d{1,3}[.)]|[•*–-])\s+", "", line)  # a list that was numbered or had bullets
    for cell in next(csv.reader([re.sub(r"\s*[;|]\s*", ",", line)], skipinitialspace=True)):
        cell = cell.strip().strip('"')
        if not cell:
            continue
        if _EMAIL.fullmatch(cell):
            emails.append(Way(cell))
            continue
        digits = sum(char.isdigit() for char in cell)
        if digits >= FEWEST_DIGITS and _PHONE.fullmatch(cell):
            phones.append(Way(cell))
            continue
        inside = _PHONE.search(cell)  # "Kim Minsu 02-555-1234", parted by nothing
        if inside and sum(char.isdigit() for char in inside[0]) >= FEWEST_DIGITS and not phones:
            phones.append(Way(inside[0].strip(" -/")))
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
