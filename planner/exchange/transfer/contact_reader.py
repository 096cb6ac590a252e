"""Reads contacts from the rows of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from planner.domain.clients import people
from planner.domain.clients.people import MAILINGS, TIERS, Contact, Need
from planner.domain.clients.special_days import LONGEST_DATE, check_birthday, read_named_day
from planner.domain.errors import InputError
from planner.domain.text import clean, plural
from planner.domain.typed import zones
from planner.exchange.transfer.columns import normal, split_cell
from planner.exchange.transfer.csv_file import Row
from planner.exchange.transfer.dates import birthday
from planner.exchange.transfer.facts import SELDOM
from planner.exchange.transfer.row_reader import Broken, RowReader
from planner.exchange.transfer.values import FALSE, TRUE, days, given_text, has_content


class ContactReader(RowReader[Contact]):
    """Row reader for contacts."""

    kind = "contacts"
    of = ("person", "contact", "lead")
    all_of = frozenset({"phone", "email", "tags", "dates", "do_not_call", "opt_out"})
    needs = (
        (
            ("name", "given", "family", "company", "email", "phone"),
            "no column has a name, company, email address or phone number.",
        ),
    )

    def prepare(self, first: Sequence[Sequence[str]]) -> None:
        names = [normal(name) for name in self.reading.columns.get("name", ())]
        if "primary contact name" in names and len(names) > 1 and "company" not in self.map.columns:
            # Close lists companies, each with a person: the other name is the company's
            places = self.map.columns["name"]
            person = places[names.index("primary contact name")]
            company = tuple(index for index in places if index != person)
            self.assign({**self.map.columns, "name": (person,), "company": company})
        self._unread: list[str] = []
        self._more = not self.map.columns.keys().isdisjoint((*SELDOM, "opt_out", "anniversary"))
        self._names = [normal(name) for name in self.file.header]
        self._orders = self.watch_dates("birthday", self.now), self.watch_dates("supplier_until")
        self._order_of_anniversaries = self.watch_dates("anniversary", self.now)

    def settle(self) -> None:
        birthdays, untils = self._orders
        self._birthdays = self.dates_of("birthday", birthdays)
        self._anniversaries = self.dates_of("anniversary", self._order_of_anniversaries)
        self._untils = self.dates_of("supplier_until", untils)

    def report_findings(self) -> None:
        if self._unread:
            dates = plural(len(self._unread), "birthday or other date", "birthdays or other dates")
            self.reading.notices.append(f"Skipped {dates} that can't be read: {self._unread[0]}.")

    def _days_of(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Return other days, each with what it is, skipping unreadable ones."""
        found = []
        for part in (part for cell in self.map.cells("dates", cells) for part in split_cell(cell)):
            if " " not in clean(part):
                continue
            try:
                day, what = read_named_day(clean(part))
                check_birthday(day, what)
            except InputError as problem:
                self._unread.append(str(problem).rstrip("."))
            else:
                found.append((day, what.strip()))
        return tuple(dict.fromkeys([*found, *self._anniversaries_of(cells)]))

    def _anniversaries_of(self, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the dates that have a column of their own: Outlook's Anniversary, Google's events with their labels."""
        for index in self.map.columns.get("anniversary", ()):
            text = clean(cells[index])
            if not has_content(text):
                continue
            label = re.fullmatch(r"event \d+ (?:label|type)", self._names[index - 1]) if index else None
            what = (clean(cells[index - 1]).lstrip("* ").lower() if label else "") or "anniversary"
            try:
                day = birthday(text, self._anniversaries, self.now.date())
                check_birthday(day, what)
            except (InputError, ValueError) as problem:
                self._unread.append(str(problem).rstrip("."))
            else:
                yield day, what[:LONGEST_DATE]

    def _one_of(self, name: str, cells: Sequence[str], words: Sequence[str]) -> str:
        """Return a field limited to a few words, or "" for any other."""
        text = self.text(name, cells).casefold()
        return next((word for word in words if word.casefold() == text), "")

    def value(self, row: Row) -> str | tuple[Contact, Contact | None, bool, datetime | None]:
        cells = row.cells
        phones, emails = self.ways("phone", cells), self.ways("email", cells)
        person, company = self.full_name(cells, "name"), self.text("company", cells)
        name = person or company or next((way.value for way in (*emails, *phones)), "")
        if not name:
            return "no name, company, email address or phone number"
        kind = self.translate_cell("kind", self.text("kind", cells), "") or ""
        contact = Contact(
            0,
            self.uid(cells),
            name,
            company or None,
            role=self.text("role", cells),
            phones=phones,
            emails=emails,
            kind=kind,
            source=self.text("source", cells),
            referrer=self.text("referrer", cells) or None,
            city=self._city(cells),
            birthday=self._birthday(cells),
            tags=self._tags(cells),
            notes=self.text("notes", cells),
        )
        return (
            (self._add_rare_fields(contact, cells) if self._more else contact),
            None,
            not person and bool(company),
            None,
        )

    def _add_rare_fields(self, contact: Contact, cells: Sequence[str]) -> Contact:
        """Return a contact with the fields that few files have."""
        texts: dict[str, Any] = {name: self.text(name, cells) for name in people.TEXTS if name in SELDOM}
        said = self.text("consent", cells).casefold()
        consent = True if said in TRUE else False if said and said in FALSE else None
        # an opt-out is an answer, but none is no consent
        consent = False if self._says_so("opt_out", cells) else consent
        return replace(
            contact,
            **texts,
            supplier_until=self.parse_cell("supplier_until", cells, lambda text: self._untils.moment(text).date()),
            tier=self._one_of("tier", cells, TIERS),
            decides=self.flag("decides", cells),
            need=Need(need) if (need := self._one_of("need", cells, tuple(Need))) else None,
            consent=consent,
            mailing=self._one_of("mailing", cells, MAILINGS) if consent else "",
            rhythm=self.parse_cell("rhythm", cells, days),
            dates=self._days_of(cells),
            zone=self.parse_cell("zone", cells, _zone) or "",
            do_not_call=self._says_so("do_not_call", cells),
        )

    def _says_so(self, name: str, cells: Sequence[str]) -> bool:
        """Whether one of a field's columns says yes, since a CRM has several."""
        return any(clean(cell).casefold() in TRUE for cell in self.map.cells(name, cells))

    def _city(self, cells: Sequence[str]) -> str:
        """Return the city of the work address, if one is marked (Google's "Address 2 - Type"), or else the first."""
        places = self.map.columns.get("city", ())
        if len(places) < 2:
            return self.text("city", cells)
        names = self._names
        for index in places:
            kind = names[index].removesuffix(" city") + " type"
            if cells[index].strip() and kind in names and "work" in cells[names.index(kind)].casefold():
                return clean(cells[index])
        return self.text("city", cells)

    def _birthday(self, cells: Sequence[str]) -> str | None:
        try:
            found = self.parse_cell("birthday", cells, lambda text: birthday(text, self._birthdays, self.now.date()))
        except Broken as problem:  # no reason to refuse a file of clients
            self._unread.append(str(problem))
            return None
        if found is not None:
            return found
        parts = [self.text(name, cells) for name in ("birth_year", "birth_month", "birth_day")]
        if all(part.isdecimal() for part in parts[1:]):
            year = f"{int(parts[0]):04}-" if parts[0].isdecimal() else "--"
            day = f"{year}{int(parts[1]):02}-{int(parts[2]):02}"
            try:
                check_birthday(day)
            except InputError as problem:
                self._unread.append(str(problem).rstrip("."))
                return None
            return day
        return None

    def _tags(self, cells: Sequence[str]) -> tuple[str, ...]:
        parts = (part for cell in self.texts("tags", cells) for part in split_cell(cell))
        found = (clean(part).lstrip("* ").strip() for part in parts)
        return tuple(dict.fromkeys(tag for tag in found if given_text(tag)))


def _zone(text: str) -> str:
    try:
        return zones.parse_zone(text)
    except InputError as problem:
        raise ValueError(str(problem).rstrip(".")) from problem
